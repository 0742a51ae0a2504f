# SPDX-License-Identifier: GPL-2.0-or-later
"""An object as it was when it was looked at: fetched and replaced only while it is still that one.

Swift compares no ETag when it takes a PUT, so the object is looked at right before the last bytes
are sent: until then the store keeps the old one.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cog_browser.storage.errors import (
    ConversionError,
    ProtocolError,
    ServerError,
    StoreError,
    TransportError,
)
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.object_names import COG_CONTENT_TYPE, TIFF_MAGIC
from cog_browser.storage.progress import Progress
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.swift.metadata import read_metadata, write_metadata

_log = logging.getLogger(__name__)

_CHUNK = 1 << 20


@dataclass(frozen=True)
class Replacement:
    """A COG on the disk, and the object, as it was when it was looked at, that it is to replace."""

    store: ObjectStore
    entry: ObjectEntry
    made: Path
    size: int

    def send(self, progress: Progress | None = None) -> ObjectEntry:
        """Upload it under the object's key; the object's own metadata stays.

        Raises `ProtocolError` if somebody else has changed the object, and leaves it alone.
        """
        self._refuse_foreign()
        metadata = read_metadata(self.store, self.entry.container, self.entry.key)
        uploaded = self._upload(progress)
        _keep_metadata(self.store, uploaded, metadata)
        return uploaded

    def _upload(self, progress: Progress | None) -> ObjectEntry:
        is_checked = [False]

        def watched(done: int, total: int | None) -> bool:
            if done != total:
                is_checked[0] = False  # a sign-in that ended makes the store send it all again
            elif not is_checked[0]:
                is_checked[0] = True
                self._refuse_foreign()
            return progress is None or progress(done, total)

        try:
            return self.store.upload(
                self.made,
                self.entry.container,
                self.entry.key,
                overwrite=True,
                content_type=COG_CONTENT_TYPE,
                progress=watched,
            )
        except (TransportError, ServerError) as error:
            return self._after_a_lost_answer(error)

    def _refuse_foreign(self) -> None:
        """Raise unless the object is the old one, or by a lost answer the new one already."""
        now = self.store.head_object(self.entry.container, self.entry.key)
        if not (is_same(now, self.entry) or self._is_new(now)):
            raise changed(self.entry)

    def _after_a_lost_answer(self, error: StoreError) -> ObjectEntry:
        """The store may have the new object all the same."""
        try:
            now = self.store.head_object(self.entry.container, self.entry.key)
        except StoreError:
            raise error from None
        if self._is_new(now):
            return now
        raise error

    def _is_new(self, now: ObjectEntry) -> bool:
        return now.size == self.size and now.etag == _md5(self.made)


def fetch(
    store: ObjectStore, entry: ObjectEntry, path: Path, progress: Progress | None = None
) -> None:
    """Download the object.

    Raises `ProtocolError` where it is another one by now, `ConversionError` where it is no TIFF:
    GDAL would take a VRT of any name, and put other files' pixels into the store.
    """
    refuse_changed(store, entry)
    store.download(entry.container, entry.key, path, progress=progress)
    try:
        refuse_changed(store, entry)
        with path.open("rb") as file:
            if file.read(4) not in TIFF_MAGIC:
                raise ConversionError(
                    f"“{entry.key}” in container “{entry.container}” is no TIFF, so it can't "
                    "become a COG under the same name. Download it, and publish it under another."
                )
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def refuse_changed(store: ObjectStore, entry: ObjectEntry) -> None:
    """Raise `ProtocolError` unless the object is still the one that was looked at."""
    if not is_same(store.head_object(entry.container, entry.key), entry):
        raise changed(entry)


def is_same(now: ObjectEntry, entry: ObjectEntry) -> bool:
    return (now.etag, now.size) == (entry.etag, entry.size)


def changed(entry: ObjectEntry) -> ProtocolError:
    return ProtocolError(
        f"“{entry.key}” in container “{entry.container}” has been replaced by somebody else "
        "meanwhile, so it was left as it is. Refresh, and look at the new one."
    )


def _keep_metadata(store: ObjectStore, entry: ObjectEntry, metadata: Mapping[str, str]) -> None:
    try:
        write_metadata(store, entry.container, entry.key, metadata)
    except StoreError as error:  # the pixels are safe; the rest can be written again
        _log.warning(
            "“%s” is a proper COG now, but lost its metadata (%s); write it again. %s",
            entry.key,
            ", ".join(metadata),
            error,
        )


def _md5(path: Path) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
