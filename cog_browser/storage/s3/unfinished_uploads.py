# SPDX-License-Identifier: GPL-2.0-or-later
"""Uploads in parts that were never ended: no listing of objects shows them, but they are billed.

Source: Amazon S3 API Reference, "ListMultipartUploads" and "ListParts".
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from cog_browser.storage.answers import said, server_time
from cog_browser.storage.errors import (
    ConfigurationError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
)
from cog_browser.storage.listed_names import damaged, size_of
from cog_browser.storage.progress import Progress
from cog_browser.storage.s3.answers import document, time_of
from cog_browser.storage.s3.signing import query_text
from cog_browser.storage.s3.upload import running_uploads
from cog_browser.storage.transfers.unfinished import UnfinishedUpload
from cog_browser.storage.xml_answers import Element

if TYPE_CHECKING:
    from cog_browser.storage.s3.store import S3Store

#: Amazon's name of such an answer, and moto's.
_PARTS = ("ListPartsResult", "ListPartsResponse")


@dataclass(frozen=True)
class _Page:
    found: Element
    now: float


def unfinished_uploads(store: S3Store, container: str | None) -> Iterator[UnfinishedUpload]:
    """What the store lists; those that this process is at work on are left out."""
    if container is not None:
        yield from _of_bucket(store, container)
        return
    for bucket in store.list_containers():
        with suppress(PermissionDeniedError):  # keys may be for some buckets only
            yield from _of_bucket(store, bucket.name)


def clean_up(
    store: S3Store,
    unfinished: UnfinishedUpload,
    *,
    confirmed: bool = False,
    progress: Progress | None = None,
) -> None:
    """Take away the parts. Objects are never touched: they have none."""
    names = (unfinished.container, unfinished.key)
    if unfinished.upload_id in running_uploads():
        raise ConfigurationError(f"The upload to {said(*names)} is running.")
    if not confirmed and unfinished.may_still_run:
        raise ConfigurationError(
            f"The upload to {said(*names)} was begun less than a week ago, and may still run on "
            "another machine or in another program. Confirm that it may be deleted."
        )
    doing = f"clean up the upload to {said(*names)}"
    with suppress(NotFoundError):  # it has ended since
        query = query_text({"uploadId": unfinished.upload_id})
        store.call("DELETE", names, doing, query=query).close()
    if progress is not None:
        progress(1, 1)


def _of_bucket(store: S3Store, bucket: str) -> Iterator[UnfinishedUpload]:
    doing = f"list the unfinished uploads of bucket “{bucket}”"
    query = {"uploads": "", "encoding-type": "url"}
    markers = {"NextKeyMarker": "key-marker", "NextUploadIdMarker": "upload-id-marker"}
    for page in _pages(store, (bucket,), doing, query, markers, ("ListMultipartUploadsResult",)):
        is_encoded = page.found.value("EncodingType") == "url"
        for row in page.found.all("Upload"):
            key, number = row.value("Key"), row.value("UploadId")
            try:
                key = unquote_plus(key, errors="strict") if is_encoded else key
            except UnicodeError:
                raise damaged(doing) from None
            if number not in running_uploads():
                with suppress(NotFoundError):  # it has ended meanwhile
                    yield _upload_of(store, bucket, key, number, row.value("Initiated"))


def _upload_of(
    store: S3Store, bucket: str, key: str, number: str, initiated: str
) -> UnfinishedUpload:
    doing = f"list the parts of the upload to {said(bucket, key)}"
    sent, times, now = 0, [time_of(initiated)], 0.0
    markers = {"NextPartNumberMarker": "part-number-marker"}
    query = {"uploadId": number}
    for page in _pages(store, (bucket, key), doing, query, markers, _PARTS):
        now = page.now
        for part in page.found.all("Part"):
            try:
                sent += size_of(part.value("Size"))
            except ValueError:
                raise damaged(doing) from None
            times.append(time_of(part.value("LastModified")))
    known = [time.timestamp() for time in times if time is not None]
    age = max(0.0, now - max(known)) if known else None
    return UnfinishedUpload(number, bucket, key, "", None, sent, age, None)


def _pages(
    store: S3Store,
    names: tuple[str, ...],
    doing: str,
    query: dict[str, str],
    markers: dict[str, str],
    roots: tuple[str, ...],
) -> Iterator[_Page]:
    """``markers``: element of an answer → parameter that asks for what follows."""
    following: dict[str, str] = {}
    while True:
        response = store.call("GET", names, doing, query=query_text({**query, **following}))
        found = document(response, doing, *roots)
        yield _Page(found, server_time(response))
        if found.value("IsTruncated") != "true":
            return
        moved = {parameter: found.value(name) for name, parameter in markers.items()}
        if moved == following or not any(moved.values()):
            raise ProtocolError(f"Could not {doing}: the listing does not move on.")
        following = {name: value for name, value in moved.items() if value}
