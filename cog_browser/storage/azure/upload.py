# SPDX-License-Identifier: GPL-2.0-or-later
"""Uploads to Azure: one PUT for small files, blocks at the same time for large ones.

The object appears with the last request. Blocks of a failed upload can't be seen nor deleted; Azure
drops them after a week.
"""

from __future__ import annotations

import os
from base64 import b64encode
from binascii import unhexlify
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from cog_browser.storage.answers import already_exists, said
from cog_browser.storage.errors import CogBrowserError, ProtocolError
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.progress import Progress
from cog_browser.storage.transfers.control import TransferControl
from cog_browser.storage.transfers.job import TransferJob
from cog_browser.storage.transfers.local_files import FileBody, SourceFile

if TYPE_CHECKING:
    from cog_browser.storage.azure.store import AzureStore

#: Limits of blocks. Source: Azure Storage, "Scalability and performance targets for Blob storage".
_MOST_BLOCKS, _MIB = 50_000, 1 << 20
#: Bytes that tell an upload's blocks from others of the same key. With the number they are as long
#: as the blocks' names have always been: those that wait for one key must be of one length.
_SALT = 4


def upload(
    store: AzureStore,
    path: Path,
    container: str,
    key: str,
    overwrite: bool,
    headers: Mapping[str, str],
    progress: Progress | None,
    control: TransferControl | None,
) -> ObjectEntry:
    """See `ObjectStore.upload`. ``headers`` describe the object, one is its Content-Type."""
    names, doing = (container, key), f"upload to {said(container, key)}"
    source = SourceFile.at(path)
    store.check_upload(container, key, overwrite=overwrite)
    job = store.job(source.size, progress, control)
    md5 = job.call(lambda: source.md5(job))
    digest = b64encode(unhexlify(md5)).decode()
    kind = headers["Content-Type"]
    described = {name: value for name, value in headers.items() if name != "Content-Type"}
    condition = {} if overwrite else {"If-None-Match": "*"}
    is_large = source.size > min(store.transfers.threshold, 256 * _MIB)
    size = max(store.transfers.segment_size, -(-source.size // _MOST_BLOCKS))
    count = -(-source.size // size) if is_large else 0
    salt = os.urandom(_SALT)

    def put_whole() -> None:
        headers = {
            **described,
            "x-ms-blob-type": "BlockBlob",
            "Content-Type": kind,
            "Content-MD5": digest,
            **condition,
        }
        body = FileBody(source, job, 0, 0, source.size) if source.size else b""
        store.call("PUT", names, doing, headers=headers, body=body).close()

    def put_list() -> None:
        rows = "".join(f"<Latest>{_block(salt, number)}</Latest>" for number in range(count))
        body = f'<?xml version="1.0" encoding="utf-8"?><BlockList>{rows}</BlockList>'.encode()
        headers = {
            **described,
            "x-ms-blob-content-type": kind,
            "x-ms-blob-content-md5": digest,
            "Content-Type": "application/xml",
            **condition,
        }
        store.call("PUT", names, doing, query="comp=blocklist", headers=headers, body=body).close()

    if is_large:
        _send_blocks(store, source, names, job, size, salt)
    attempts = 0

    def publish() -> None:
        nonlocal attempts
        attempts += 1
        try:
            (put_list if is_large else put_whole)()
        except ProtocolError as error:
            if error.status not in (409, 412) or overwrite:
                raise
            if attempts > 1 and _is_there(store, names, digest, source.size):  # its answer was lost
                return
            raise already_exists(doing, error.request_id) from None

    job.call(publish)
    store.forget(container, key)
    if not job.call(lambda: _is_there(store, names, digest, source.size)):
        raise ProtocolError(
            f"Could not {doing}: right afterwards the store held another object under this key. "
            "Somebody else may be writing it."
        )
    entry = job.call(lambda: store.head_object(container, key))
    job.finish()
    return entry


def _send_blocks(
    store: AzureStore,
    source: SourceFile,
    names: tuple[str, str],
    job: TransferJob,
    size: int,
    salt: bytes,
) -> None:
    job.holds_end = True

    def send(number: int) -> None:
        start = number * size
        part = min(size, source.size - start)
        md5 = source.md5(job, start, part)
        body = FileBody(source, job, number, start, part)
        headers = {"Content-MD5": b64encode(unhexlify(md5)).decode()}
        query = f"comp=block&blockid={quote(_block(salt, number), safe='')}"
        doing = f"upload part {number + 1} to {said(*names)}"
        job.persist(
            lambda: store.call("PUT", names, doing, query=query, headers=headers, body=body).close()
        )

    job.run(range(-(-source.size // size)), send)
    source.open().close()  # raises where it was changed meanwhile


def _block(salt: bytes, number: int) -> str:
    return b64encode(salt + number.to_bytes(2, "big")).decode()


def _is_there(store: AzureStore, names: tuple[str, str], digest: str, size: int) -> bool:
    """The digest is only what an uploader has said, the length is the service's."""
    try:
        response = store.call("HEAD", names, f"find {said(*names)}")
    except CogBrowserError:
        return False
    response.close()
    length = response.headers.get("Content-Length")
    return response.headers.get("Content-MD5") == digest and length == str(size)
