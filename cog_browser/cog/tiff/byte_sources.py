# SPDX-License-Identifier: GPL-2.0-or-later
"""Where `read_tiff` gets its bytes: what GDAL opens, or an object of a store."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from osgeo import gdal

from cog_browser.cog.gdal_call import gdal_errors
from cog_browser.cog.sources import display_name, is_remote, running_source, secret_free
from cog_browser.cog.tiff.file_bytes import Read
from cog_browser.storage.errors import RasterError
from cog_browser.storage.models import ObjectEntry, ObjectRef


@dataclass(frozen=True)
class ByteSource:
    """``read(offset, n)`` gives n bytes, fewer only at the end of the ``size`` bytes.

    ``remote``: each read costs a round trip. ``read_many`` takes up to `MOST_RANGES` ascending,
    separate (start, stop) and reads them with one request, or gives None where the server can't.
    """

    read: Read
    size: int
    remote: bool = False
    read_many: Callable[[list[tuple[int, int]]], list[bytes] | None] | None = None


@contextmanager
def open_source(source: str | os.PathLike[str] | ObjectRef) -> Iterator[ByteSource]:
    """Open a path, an http(s) URL, a ``/vsi…`` path or an object for reading bytes.

    Raises:
      RasterError: It isn't there, or a read failed; for an object it is a `StoreError`.
    """
    if isinstance(source, ObjectRef):
        yield object_source(source, source.store.head_object(source.container, source.key))
        return
    name, spelling = display_name(source), secret_free(source)
    doing = f"{name} can't be read"
    with gdal_errors(doing, spelling=spelling) as reported:
        path = running_source(source)
        facts = gdal.VSIStatL(path)
        if facts is None:  # only a warning where a server doesn't answer
            reason = reported.warnings[0] if reported.warnings else "there is no such file"
            raise reported.as_error(otherwise=reason)
        if facts.IsDirectory():
            raise reported.as_error(otherwise="it is a folder")
        handle = reported.need(gdal.VSIFOpenL(path, "rb"))
    size = int(facts.size)

    def read(offset: int, n: int) -> bytes:
        wanted = max(min(n, size - offset), 0)
        if not wanted:
            return b""
        with gdal_errors(doing, spelling=spelling):
            gdal.VSIFSeekL(handle, offset, os.SEEK_SET)
            data = bytes(gdal.VSIFReadL(1, wanted, handle) or b"")
        if len(data) < wanted:  # GDAL doesn't report every failure
            raise RasterError(f"{doing}: {len(data)} bytes came instead of {wanted}.")
        return data

    try:
        yield ByteSource(read, size, remote=is_remote(path))
    finally:
        _close(handle)


def _close(handle: Any) -> None:
    with gdal_errors("A file can't be closed"):
        gdal.VSIFCloseL(handle)


def object_source(reference: ObjectRef, entry: ObjectEntry) -> ByteSource:
    """All bytes belong to the ETag that ``entry``, what the store says of the object, has."""
    store, container, key = reference.store, reference.container, reference.key

    def read(offset: int, n: int) -> bytes:
        stop = min(offset + n, entry.size)
        if offset >= stop:
            return b""
        return store.read_range(container, key, offset, stop, etag=entry.etag)

    def read_many(ranges: list[tuple[int, int]]) -> list[bytes] | None:
        return store.read_ranges(container, key, ranges, etag=entry.etag)

    return ByteSource(read, entry.size, remote=True, read_many=read_many)
