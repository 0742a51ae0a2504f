# SPDX-License-Identifier: GPL-2.0-or-later
"""Copies within an S3 store; nothing comes down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cog_browser.storage.errors import ConfigurationError, ProtocolError
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.object_names import encoded_path
from cog_browser.storage.progress import Progress
from cog_browser.storage.s3.answers import document
from cog_browser.storage.s3.upload import MOST_AT_ONCE
from cog_browser.storage.swift.answers import said

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
    store.check_upload(to_container, to_key, overwrite=overwrite)
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

    def copy() -> None:
        answer = store.call("PUT", (to_container, to_key), doing, headers=headers, body=b"")
        document(answer, doing, "CopyObjectResult")

    job.call(copy)
    store.forget(to_container, to_key)
    made = job.call(lambda: store.head_object(to_container, to_key))
    if made.size != entry.size or ("-" not in entry.etag and made.etag != entry.etag):
        raise ProtocolError(
            f"Could not {doing}: right afterwards the store held another object there. Somebody "
            "else may be writing it."
        )
    job.finish()
    return made
