# SPDX-License-Identifier: GPL-2.0-or-later
"""What S3 answers: pages of a listing, and the reason where it refuses.

Source: Amazon S3 API Reference, "Error responses" and "ListObjectsV2"; what others answer was tried
on Swift's s3api and on moto.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timezone
from urllib.parse import unquote_plus

from cog_browser.storage.errors import (
    AuthenticationError,
    ChecksumError,
    ConfigurationError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    QuotaExceededError,
    ServerError,
    StoreError,
    ThrottledError,
    TransportError,
)
from cog_browser.storage.http import Response
from cog_browser.storage.http_errors import MAX_RETRY_AFTER, status_error
from cog_browser.storage.listed_names import below, damaged, size_of
from cog_browser.storage.models import Listing, ObjectEntry
from cog_browser.storage.xml_answers import MAX_XML, Element, parse

_MOST_OF_AN_ERROR = 64 << 10
_SIGN_IN_AGAIN = "Get new ones and sign in again."
#: S3's code → our error and what it says after "Could not …: ".
_KNOWN: dict[str, tuple[type[StoreError], str]] = {
    "InvalidAccessKeyId": (
        AuthenticationError,
        "the access key is unknown here. Check it, and that it belongs to this end point.",
    ),
    "SignatureDoesNotMatch": (
        AuthenticationError,
        "the secret key does not fit the access key. Copy both again.",
    ),
    "ExpiredToken": (
        AuthenticationError,
        f"the temporary keys have expired. {_SIGN_IN_AGAIN}",
    ),
    "InvalidToken": (
        AuthenticationError,
        f"the session token does not belong to these keys. {_SIGN_IN_AGAIN}",
    ),
    "RequestTimeTooSkewed": (
        ProtocolError,
        "this computer's clock differs too much from the server's. Set the clock and try again.",
    ),
    "RequestExpired": (
        ProtocolError,
        "this computer's clock differs too much from the server's. Set the clock and try again.",
    ),
    "AccessDenied": (PermissionDeniedError, "these keys are not allowed to."),
    "AllAccessDisabled": (PermissionDeniedError, "the bucket has been closed by its provider."),
    "AccountProblem": (PermissionDeniedError, "the provider has suspended the account."),
    "InvalidObjectState": (
        PermissionDeniedError,
        "the object is archived. Restore it at the provider first.",
    ),
    "NoSuchBucket": (NotFoundError, "there is no such bucket. Create it, or choose another."),
    "NoSuchKey": (NotFoundError, "it does not exist."),
    "NoSuchUpload": (NotFoundError, "the store knows nothing of this upload any more."),
    "BadDigest": (ChecksumError, "the bytes that arrived are not the ones sent."),
    "InvalidDigest": (ChecksumError, "the bytes that arrived are not the ones sent."),
    "EntityTooLarge": (QuotaExceededError, "it is larger than the server takes."),
    "QuotaExceeded": (QuotaExceededError, "the quota is used up."),
    "TooManyBuckets": (QuotaExceededError, "the account has all the buckets it may have."),
    "RequestTimeout": (TransportError, "the server waited too long for the bytes."),
    "BucketNotEmpty": (ProtocolError, "it is not empty."),
    "BucketAlreadyExists": (
        ProtocolError,
        "somebody else has a bucket of this name. Choose another.",
    ),
    "InvalidBucketName": (
        ProtocolError,
        "this is no bucket's name: 3 to 63 lower-case letters, digits and hyphens are.",
    ),
    "KeyTooLongError": (ProtocolError, "the key is too long; 1024 bytes are the most."),
    "InvalidLocationConstraint": (
        ProtocolError,
        "the region of the connection is none in which this end point makes buckets.",
    ),
    "IllegalLocationConstraintException": (
        ProtocolError,
        "this end point makes buckets in another region than the connection's.",
    ),
    "PreconditionFailed": (ProtocolError, "it is not in the state that was expected."),
    # what stores say to requests they don't know, too
    "MalformedXML": (ProtocolError, "this store does not understand the request."),
    "NotImplemented": (ProtocolError, "this store can't do that."),
}
#: Codes that ask to slow down; "Slow Down" is MinIO's.
_BUSY = ("SlowDown", "SlowDownRead", "SlowDownWrite", "RequestLimitExceeded", "Throttling",
         "ThrottlingException", "TooManyRequests")  # fmt: skip
#: Codes of an answer that names the region to sign for.
WRONG_REGION = (
    "PermanentRedirect",
    "TemporaryRedirect",
    "AuthorizationHeaderMalformed",
    "AuthorizationQueryParametersError",
    "IllegalLocationConstraintException",
)


def read_error(response: Response) -> Element:
    """The document of an answer that is none of those asked for; empty where it has none."""
    try:
        found = parse(response.read(_MOST_OF_AN_ERROR))
    except (StoreError, ValueError, IndexError):
        return Element("")
    return found if found.name == "Error" else Element("")


def error_of(response: Response, found: Element, doing: str) -> StoreError:
    """The error for an answer whose document is ``found``."""
    code, status, request_id = found.value("Code"), response.status, response.request_id
    if code in _KNOWN:
        kind, said = _KNOWN[code]
        return kind(f"Could not {doing}: {said}", status=status, request_id=request_id)
    if code in _BUSY or status == 429:
        after = response.headers.get("Retry-After", "")
        return ThrottledError(
            f"Could not {doing}: the server asks to slow down ({status}). Try again later.",
            status=status,
            request_id=request_id,
            retry_after=min(float(after[:20]), MAX_RETRY_AFTER) if after.isdecimal() else None,
        )
    if code in WRONG_REGION or 300 <= status < 400:
        region = region_of(response, found)
        where = f"the bucket is in the region {region}" if region else "it is elsewhere"
        return ProtocolError(
            f"Could not {doing}: {where}. Set the region, or the end point, in the connection.",
            status=status,
            request_id=request_id,
        )
    if status == 501:
        return ProtocolError(
            f"Could not {doing}: this store can't do that.", status=501, request_id=request_id
        )
    return status_error(response, doing)


def region_of(response: Response, found: Element) -> str:
    """The region that a refusal names; empty where it names none."""
    return found.value("Region") or response.headers.get("x-amz-bucket-region", "")


def document(response: Response, doing: str, *names: str) -> Element:
    """The answer's document, whose root must have one of these names.

    S3 begins some long answers before it knows how they end: one of status 200 may hold an error.
    """
    body = response.read(MAX_XML)
    try:
        found = parse(body)
    except (ValueError, IndexError):
        found = Element("")
    if found.name in names:
        return found
    if found.name == "Error":
        kind, said = _KNOWN.get(
            found.value("Code"), (ServerError, "the server failed. Try again later.")
        )
        raise kind(
            f"Could not {doing}: {said}", status=response.status, request_id=response.request_id
        )
    raise ProtocolError(
        f"Could not {doing}: the answer is none of an S3 store. Is the end point right?",
        status=response.status,
        request_id=response.request_id,
    )


def listing_of(container: str, found: Element, prefix: str, doing: str) -> Listing:
    """A page of ListObjectsV2 that was asked for below ``prefix``."""
    try:
        listing = _listing(container, found)
    except ValueError:  # so are those of decoding
        raise damaged(doing) from None
    return below(listing, prefix, doing)


def _listing(container: str, found: Element) -> Listing:
    is_encoded = found.value("EncodingType") == "url"

    def name(text: str) -> str:
        return unquote_plus(text, errors="strict") if is_encoded else text

    return Listing(
        tuple(name(part.value("Prefix")) for part in found.all("CommonPrefixes")),
        tuple(
            ObjectEntry(
                container=container,
                key=name(row.value("Key")),
                size=size_of(row.value("Size")),
                last_modified=time_of(row.value("LastModified")),
                etag=row.value("ETag").strip('"'),
                content_type="",  # a listing has none
            )
            for row in found.all("Contents")
        ),
    )


def time_of(text: str) -> datetime | None:
    with suppress(ValueError):
        return datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S").replace(tzinfo=timezone.utc)
    return None


def check_bucket_name(name: str, doing: str) -> None:
    if not 3 <= len(name) <= 63 or name != name.strip(".-") or not name.isascii() or "/" in name:
        raise ConfigurationError(
            f"Could not {doing}: a bucket's name has 3 to 63 lower-case letters, digits, hyphens "
            "and dots."
        )
