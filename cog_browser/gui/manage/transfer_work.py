# SPDX-License-Identifier: GPL-2.0-or-later
"""What a row of the transfers list does: files up, objects down or across. In workers only."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.sessions import copies_folder
from cog_browser.gui import messages
from cog_browser.gui.text import one_line
from cog_browser.storage.errors import Cancelled, CogBrowserError, ConfigurationError
from cog_browser.storage.many_objects import Transfer, transfer_all
from cog_browser.storage.progress import Progress
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.swift.store import SwiftStore
from cog_browser.storage.transfers.control import TransferControl
from cog_browser.storage.transfers.copy_across import CopyAcross
from cog_browser.storage.transfers.download_many import download_planned, plan_download


@dataclass(frozen=True)
class LocalFiles:
    """What is to go up, by the keys that it gets; ``links`` in folders are left out."""

    by_key: Mapping[str, Path]
    links: int = 0

    @property
    def left_out(self) -> str:
        """What of the folders does not go up, and why; empty where all does."""
        if not self.links:
            return ""
        said = tr("Symbolic links in a folder are not followed, so they are left out: {count}.")
        return said.format(count=self.links)


def files_in(paths: Sequence[str], prefix: str) -> LocalFiles:
    """What was chosen, with what is in folders; a folder's files keep their folders.

    Raises `ConfigurationError` where two would get the same key, or a folder can't be read.
    """
    found: dict[str, Path] = {}
    links: set[Path] = set()
    for text in paths:
        path = Path(text)
        for file in _files_below(path, links) if path.is_dir() else (path,):
            key = prefix + file.relative_to(path.parent).as_posix()
            other = found.setdefault(key, file)
            if other != file:
                said = tr(
                    "“{one}” and “{other}” would both become “{key}”. Upload them to two folders."
                )
                raise ConfigurationError(said.format(one=other, other=file, key=key))
    return LocalFiles(found, len(links))


def _files_below(folder: Path, links: set[Path]) -> Iterator[Path]:
    """All plain files; ``links`` gets those that lead elsewhere."""

    def fail(error: OSError) -> None:  # else what is in there would be left out in silence
        said = tr("Folder “{name}” can't be read: {reason}.")
        raise ConfigurationError(said.format(name=error.filename, reason=error.strerror))

    for inner, folders, names in os.walk(folder, onerror=fail):
        for name in (*folders, *names):
            file = Path(inner) / name
            if file.is_symlink():
                links.add(file)
            elif file.is_file():
                yield file


class Upload:
    """Files that are to become objects; called again, it sends what has not arrived."""

    def __init__(
        self, store: ObjectStore, container: str, files: Mapping[str, Path], *, overwrite: bool
    ) -> None:
        self._store, self._container, self._overwrite = store, container, overwrite
        self._files: Mapping[str, Path] = files
        self._left: dict[str, Path] | None = None

    def __call__(self, progress: Progress, control: TransferControl) -> list[str]:
        """A line for each file that failed. Raises `Cancelled`."""
        if self._left is None:  # in the worker: there may be a million
            self._left = dict(self._files)
        failures = []
        for key, error in self._send(progress, control):
            if error is None:
                del self._left[key]
            else:
                failures.append(f"{one_line(key)}: {messages.describe(error).full_text}")
        return failures

    def _send(
        self, progress: Progress, control: TransferControl
    ) -> Iterator[tuple[str, CogBrowserError | None]]:
        store, files = self._store, dict(self._left)
        if isinstance(store, SwiftStore):
            for key, result in store.upload_many(
                files,
                self._container,
                overwrite=self._overwrite,
                progress=progress,
                control=control,
            ):
                yield key, result if isinstance(result, CogBrowserError) else None
            return
        sizes = {key: _size_of(path) for key, path in files.items()}
        total, before = sum(sizes.values()), 0
        for key, path in files.items():
            told = _share(progress, before, total)
            before += sizes[key]
            try:
                store.upload(
                    path,
                    self._container,
                    key,
                    overwrite=self._overwrite,
                    progress=told,
                    control=control,
                )
            except Cancelled:
                raise
            except CogBrowserError as error:
                yield key, error
            else:
                yield key, None


class Download:
    """Objects and prefixes that are to become files; called again, it fetches what is missing."""

    def __init__(
        self,
        store: ObjectStore,
        container: str,
        wishes: Sequence[str],
        folder: Path,
        *,
        overwrite: bool,
        names: Mapping[str, str] | None = None,
        shorten: bool = False,
    ) -> None:
        self._store, self._container, self._wishes = store, container, wishes
        self._folder, self._overwrite, self._names = folder, overwrite, names
        self._shorten = shorten

    def __call__(self, progress: Progress, control: TransferControl) -> list[str]:
        """As `Upload`."""
        plan = plan_download(
            self._store,
            self._container,
            self._wishes,
            self._folder,
            overwrite=self._overwrite,
            names=self._names,
            shorten=self._shorten,
            progress=lambda _done, _total: progress(0, 1),
        )
        return [
            f"{one_line(file.name)}: {messages.describe(error).full_text}"
            for file, error in download_planned(self._store, plan, progress, control)
            if error is not None
        ]


class Copy:
    """Objects that are to be copied into another account; called again, those that are missing."""

    def __init__(self, source: ObjectStore, target: ObjectStore, transfer: Transfer) -> None:
        self._source, self._target, self._transfer = source, target, transfer
        self._left: dict[str, str] | None = None

    def __call__(self, progress: Progress, control: TransferControl) -> list[str]:
        """As `Upload`."""
        if self._left is None:
            self._left = dict(self._transfer.pairs)
        transfer = replace(self._transfer, pairs=tuple(self._left.items()))
        across = CopyAcross(self._source, self._target, copies_folder(), control)
        failures = []
        for key, error in transfer_all(
            self._source, transfer, lambda _key: False, progress, across=across
        ):
            if error is None:
                del self._left[key]
            else:
                failures.append(f"{one_line(key)}: {messages.describe(error).full_text}")
        if failures and (untouched := len(self._left) - len(failures)):
            said = tr("{count} more were not tried after many failures in a row.")
            failures.append(said.format(count=untouched))
        return failures


def _size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # its upload says what is wrong
        return 0


def _share(progress: Progress, before: int, total: int) -> Progress:
    """The progress of one of several files."""
    return lambda done, _total: progress(before + done, total)
