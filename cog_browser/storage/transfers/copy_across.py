# SPDX-License-Identifier: GPL-2.0-or-later
"""Copies objects from one account to another, of any kind, through a file on this computer.

Each object comes down whole and checked, and goes up as every upload does. So it appears whole or
not at all, and both halves go on where they were broken off, as far as the stores allow.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from cog_browser.storage.answers import entry_of_headers, said
from cog_browser.storage.errors import (
    ConfigurationError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    ServerError,
    ThrottledError,
    TransportError,
)
from cog_browser.storage.http_store import HttpStore
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.object_properties import Properties, properties_of
from cog_browser.storage.progress import Progress
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.transfers.control import TransferControl, state_folder
from cog_browser.storage.transfers.unfinished import SPARED, KeepsUploads

#: What comes again some day: the file waits for the next attempt.
_PASSING = (TransportError, ThrottledError, ServerError)
_SUFFIX = ".copy"
_ROUNDED = 1.0  # seconds


class CopyAcross:
    """From ``source`` to ``target``; files lie in ``folder`` meanwhile. Thread: any."""

    #: Objects on their way together: each may take its size on the disk.
    at_once = 3

    def __init__(
        self,
        source: ObjectStore,
        target: ObjectStore,
        folder: Path | None = None,
        control: TransferControl | None = None,
    ) -> None:
        self.source, self.target, self.control = source, target, control
        self._folder = folder or state_folder() / "copies"

    def copy_object(
        self,
        container: str,
        key: str,
        to_container: str,
        to_key: str,
        *,
        overwrite: bool = False,
        progress: Progress | None = None,
    ) -> ObjectEntry:
        """As `ObjectStore.copy_object`; ``progress`` gets the bytes of both ways."""
        doing = f"copy {said(container, key)} to {said(to_container, to_key)}"
        self.target.check_upload(to_container, to_key, overwrite=overwrite)
        entry, properties = self._described(container, key)
        if overwrite:
            self._refuse_itself(entry, to_container, to_key, doing)
        path = self._prepared(entry, to_container, to_key)
        total = 2 * entry.size

        def moved(before: int) -> Progress | None:
            if progress is None:
                return None
            return lambda done, _total: progress(before + min(done, entry.size), total)

        try:
            if not _is_there(path, entry):
                self.source.download(container, key, path, progress=moved(0), control=self.control)
            made = self.target.upload(
                path,
                to_container,
                to_key,
                overwrite=overwrite,
                content_type=entry.content_type or None,
                properties=properties,
                progress=moved(entry.size),
                control=self.control,
            )
        except BaseException as error:
            if not (isinstance(error, _PASSING) or self._goes_on(path)):
                path.unlink(missing_ok=True)
            raise
        path.unlink(missing_ok=True)
        if made.size != entry.size:
            raise ProtocolError(
                f"Could not {doing}: it has been replaced meanwhile, and its new bytes were copied."
            )
        return made

    def _refuse_itself(
        self, entry: ObjectEntry, to_container: str, to_key: str, doing: str
    ) -> None:
        """Two accounts may lead to one bucket: a move would delete the only copy."""
        if to_key != entry.key:
            return
        with suppress(NotFoundError, PermissionDeniedError):  # who may not list hears of no key
            there = self.target.head_object(to_container, to_key)
            if _may_be_one(there, entry):
                raise ConfigurationError(
                    f"Could not {doing}: this is the same object, as both connections lead to it. "
                    "Choose another container or name."
                )

    def _described(self, container: str, key: str) -> tuple[ObjectEntry, Properties]:
        if not isinstance(self.source, HttpStore):
            return self.source.head_object(container, key), Properties()
        response = self.source.call("HEAD", (container, key), f"find {said(container, key)}")
        response.close()
        headers = response.headers
        return entry_of_headers(container, key, headers), properties_of(headers)

    def _prepared(self, entry: ObjectEntry, to_container: str, to_key: str) -> Path:
        """Where this very object waits on its way to there: a second attempt finds it again."""
        route = (
            self.source.connection.id,
            self.source.source(entry.container, entry.key),
            f"{entry.etag} {entry.size} {entry.last_modified}",
            self.target.connection.id,
            self.target.source(to_container, to_key),
        )
        name = hashlib.sha256("\n".join(route).encode("utf-8", "surrogatepass")).hexdigest()
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(
                f"The folder {self._folder} can't be made: {error.strerror}."
            ) from error
        for path in _abandoned(self._folder):
            with suppress(OSError):
                path.unlink()
        return self._folder / (name[:32] + _SUFFIX)

    def _goes_on(self, path: Path) -> bool:
        """Whether an unfinished upload still needs the file."""
        if not isinstance(self.target, KeepsUploads):
            return False
        return any(u.path == str(path.resolve()) for u in self.target.own_unfinished_uploads())


def same_account(one: ObjectStore, other: ObjectStore) -> bool:
    """Whether objects have the same names in both, so that one copies for the other.

    May sign in. Never for S3, where a URL does not say whose keys open it.
    """
    if one is not other and "http" in (one.connection.kind, other.connection.kind):
        return False  # a web address, which has no account
    return one is other or one.source("c", "k") == other.source("c", "k")


def _may_be_one(one: ObjectEntry, other: ObjectEntry) -> bool:
    """Whether two servers may be speaking of one object; they round times in different ways.

    That of an object in parts (with “-”) isn't the same ETag in Swift and by its S3 interface.
    """
    if one.size != other.size:
        return False
    if one.etag != other.etag and "-" not in one.etag + other.etag:
        return False
    if one.last_modified is None or other.last_modified is None:
        return True
    return abs((one.last_modified - other.last_modified).total_seconds()) <= _ROUNDED


def _is_there(path: Path, entry: ObjectEntry) -> bool:
    """A file has its name only when it is whole and checked."""
    with suppress(OSError):
        return bool(entry.etag) and path.stat().st_size == entry.size
    return False


def _abandoned(folder: Path) -> Iterator[Path]:
    """What nobody has gone on with for long: of copies that were given up, or killed."""
    for path in folder.glob(f"*{_SUFFIX}*"):  # parts begin with a dot, which matches as well
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > SPARED:
                yield path
