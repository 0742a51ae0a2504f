# SPDX-License-Identifier: GPL-2.0-or-later
"""What Azure answers: pages of a listing, and the reason where it refuses.

Source: Azure Storage REST API reference, "Blob service error codes" and "List Blobs".
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from urllib.parse import unquote

from cog_browser.storage.errors import (
    AuthenticationError,
    ChecksumError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    QuotaExceededError,
    StoreError,
    ThrottledError,
)
from cog_browser.storage.http import Response
from cog_browser.storage.http_errors import status_error
from cog_browser.storage.listed_names import below, damaged, size_of
from cog_browser.storage.models import Listing, ObjectEntry
from cog_browser.storage.xml_answers import MAX_XML, Element, parse

_MOST_OF_AN_ERROR = 64 << 10
_REFUSED = "the key or the shared access signature is not accepted. Copy it again."
_NOT_ALLOWED = "the sign-in does not allow it."
_NOT_PUBLIC = "it is not public. Sign in with a key or a shared access signature."
#: Azure's code → our error and what it says after "Could not …: ".
_KNOWN: dict[str, tuple[type[StoreError], str]] = {
    "AuthenticationFailed": (AuthenticationError, _REFUSED),
    "InvalidAuthenticationInfo": (AuthenticationError, _REFUSED),
    "AuthorizationFailure": (PermissionDeniedError, _NOT_ALLOWED),
    "AuthorizationPermissionMismatch": (PermissionDeniedError, _NOT_ALLOWED),
    "AuthorizationResourceTypeMismatch": (PermissionDeniedError, _NOT_ALLOWED),
    "AuthorizationServiceMismatch": (PermissionDeniedError, _NOT_ALLOWED),
    "InsufficientAccountPermissions": (PermissionDeniedError, _NOT_ALLOWED),
    "AccountIsDisabled": (PermissionDeniedError, "the storage account has been disabled."),
    "NoAuthenticationInformation": (PermissionDeniedError, _NOT_PUBLIC),
    "PublicAccessNotPermitted": (PermissionDeniedError, _NOT_PUBLIC),
    "BlobArchived": (
        PermissionDeniedError,
        "the object is archived. Restore it at the provider first.",
    ),
    "ContainerNotFound": (
        NotFoundError,
        "there is no such container. Create it, or choose another.",
    ),
    "BlobNotFound": (NotFoundError, "it does not exist."),
    "ResourceNotFound": (NotFoundError, "it does not exist, or is not public."),
    "ContainerBeingDeleted": (
        ProtocolError,
        "a container of this name is being deleted. Try again in a minute.",
    ),
    "Md5Mismatch": (ChecksumError, "the bytes that arrived are not the ones sent."),
    "RequestBodyTooLarge": (QuotaExceededError, "it is larger than the server takes at once."),
    "ServerBusy": (ThrottledError, "the server asks to slow down. Try again later."),
    "OperationTimedOut": (ThrottledError, "the server took too long. Try again later."),
    "InvalidResourceName": (
        ProtocolError,
        "this is no container's name: 3 to 63 lower-case letters, digits and hyphens are.",
    ),
}


def code_of(response: Response) -> str:
    return response.headers.get("x-ms-error-code", "")


def error_of(response: Response, doing: str) -> StoreError:
    """The error for an answer that is none of those asked for. Reads and closes it."""
    code, status = code_of(response), response.status
    request_id = response.headers.get("x-ms-request-id", "")[:80] or None
    if code not in _KNOWN:
        return status_error(response, doing)
    kind, said = _KNOWN[code]
    try:
        detail = parse(response.read(_MOST_OF_AN_ERROR)).value("AuthenticationErrorDetail").lower()
    except (StoreError, ValueError, IndexError):
        detail = ""
    if "time frame" in detail or "expir" in detail:
        said = "the shared access signature has expired, or is not good yet. Get a new one."
    elif "date header" in detail:
        kind, said = (
            ProtocolError,
            "this computer's clock differs too much from the server's. Set the clock.",
        )
    return kind(f"Could not {doing}: {said}", status=status, request_id=request_id)


def document(response: Response, doing: str) -> Element:
    """A listing; Azure begins it with a mark of its byte order."""
    body = response.read(MAX_XML)
    try:
        found = parse(body.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, IndexError):
        found = Element("")
    if found.name != "EnumerationResults":
        raise ProtocolError(
            f"Could not {doing}: the answer is none of Azure's. Is the end point right?",
            status=response.status,
        )
    return found


def listing_of(container: str, found: Element, prefix: str, doing: str) -> Listing:
    """A page of List Blobs that was asked for below ``prefix``."""
    try:
        listing = _listing(container, found)
    except ValueError:  # so are those of decoding, and of two where one belongs
        raise damaged(doing) from None
    return below(listing, prefix, doing)


def _listing(container: str, found: Element) -> Listing:
    [blobs] = found.all("Blobs") or [Element("")]
    return Listing(
        tuple(_name(part) for part in blobs.all("BlobPrefix")),
        tuple(
            ObjectEntry(
                container=container,
                key=_name(blob),
                size=size_of(blob.value("Properties", "Content-Length")),
                last_modified=_time(blob.value("Properties", "Last-Modified")),
                etag=blob.value("Properties", "Etag").strip('"'),
                content_type=blob.value("Properties", "Content-Type"),
            )
            for blob in blobs.all("Blob")
        ),
    )


def _name(part: Element) -> str:
    """Percent-encoded where it has characters that XML can't carry."""
    [name] = part.all("Name") or [Element("")]
    is_encoded = name.attributes.get("Encoded") == "true"
    return unquote(name.text, errors="strict") if is_encoded else name.text


def _time(text: str) -> datetime | None:
    with suppress(ValueError, TypeError):
        return parsedate_to_datetime(text).astimezone(timezone.utc)
    return None
