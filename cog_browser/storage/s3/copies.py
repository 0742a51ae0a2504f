# SPDX-License-Identifier: GPL-2.0-or-later
"""Copies within an S3 store; nothing comes down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cog_browser.storage.answers import already_exists, said
from cog_browser.storage.errors import (
    CogBrowserError,
    ConfigurationError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
)
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.object_names import encoded_path
from cog_browser.storage.progress import Progress
from cog_browser.storage.s3.answers import document
from cog_browser.storage.s3.upload import MOST_AT_ONCE

if TYPE_CHECKING:
    from cog_browser.storage.s3.store import S3Store


def copy_object(
    store: S3Store,
    container: str,
    key: str,
    to_container: str,
    to_key: str,
    overwrite: bool,
    progress: Progress | None,
) -> ObjectEntry:
    """See `ObjectStore.copy_object`."""
    doing = f"copy {said(container, key)} to {said(to_container, to_key)}"
    if (container, key) == (to_container, to_key):
        raise ConfigurationError(f"Could not {doing}: both are the same object.")
    store.check_upload(to_container, to_key, overwrite=True)  # the bucket is there
    if not overwrite:
        _refuse_taken(store, to_container, to_key, doing)
    entry = store.head_object(container, key)
    if entry.size > MOST_AT_ONCE:
        raise ConfigurationError(
            f"Could not {doing}: S3 copies at most 5 GiB at once. Download it and upload it again."
        )
    job = store.job(entry.size, progress)
    headers = {
        "x-amz-copy-source": encoded_path((container, key)),
        "x-amz-copy-source-if-match": f'"{entry.etag}"',
    }

    def copy() -> str:
        answer = store.call("PUT", (to_container, to_key), doing, headers=headers, body=b"")
        return document(answer, doing, "CopyObjectResult").value("ETag").strip('"')

    if overwrite or not store.place.is_amazon:  # s3api holds the condition against the original
        etag = job.call(copy)
    else:
        headers["If-None-Match"] = "*"
        try:
            etag = job.call(copy)
        except ProtocolError as error:
            if error.status == 412 and _is_there(store, to_container, to_key):
                raise already_exists(doing, error.request_id) from None
            # it knows no condition, or means the original by it (s3api); the key is free just now
            del headers["If-None-Match"]
            etag = job.call(copy)
    store.forget(to_container, to_key)
    made = job.call(lambda: store.head_object(to_container, to_key))
    # a copy of an object that came in parts has another ETag than it
    if made.size != entry.size or (etag and made.etag != etag):
        raise ProtocolError(
            f"Could not {doing}: right afterwards the store held another object there. Somebody "
            "else may be writing it."
        )
    job.finish()
    return made


def _refuse_taken(store: S3Store, container: str, key: str, doing: str) -> None:
    try:
        store.head_object(container, key)
    except NotFoundError:
        return
    except PermissionDeniedError as error:  # also a missing key, for who may not list
        raise PermissionDeniedError(
            f"Could not {doing}: these keys don't see whether something is there already. Use keys "
            "that may list the bucket, or allow overwriting.",
            status=error.status,
            request_id=error.request_id,
        ) from None
    raise already_exists(doing)


def _is_there(store: S3Store, container: str, key: str) -> bool:
    try:
        store.head_object(container, key)
    except CogBrowserError:
        return False
    return True
