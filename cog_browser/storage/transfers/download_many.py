# SPDX-License-Identifier: GPL-2.0-or-later
"""Downloads many objects into a folder: planned and checked before the first byte comes."""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, runtime_checkable

from cog_browser.storage.errors import (
    AlreadyExistsError,
    CogBrowserError,
    ConfigurationError,
    NotFoundError,
)
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.object_names import encoded_path
from cog_browser.storage.progress import Progress, report
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.transfers.control import TransferControl
from cog_browser.storage.transfers.local_names import (
    collisions,
    folding,
    is_too_long,
    longest_name,
    shortened,
    why_unusable,
)

_FILES_AT_ONCE = 4
_TICK = 0.1  # seconds between two looks at the progress callback
_SHOWN = 5  # troubles that are named
_BLOCK = 1 << 20


@runtime_checkable
class KnowsPieces(Protocol):
    """A store that knows checksums where an object's ETag is none of its bytes."""

    def piece_checksums(self, container: str, key: str) -> list[tuple[int, str]]:
        """Sizes and MD5s of an object's pieces, in order; empty where nobody knows them."""
        ...


class NamesTooLongError(ConfigurationError):
    """``names``: the paths that could be taken instead, by key."""

    def __init__(self, names: Mapping[str, str], longest: int) -> None:
        self.names = dict(names)
        proposed = _listed([f"“{key}” as “{name}”" for key, name in names.items()])
        super().__init__(
            f"Names with parts longer than {longest} bytes can't be taken in this folder. They "
            f"could be shortened: {proposed}. Allow shorter names, or choose another folder."
        )


@dataclass(frozen=True)
class FileToFetch:
    """``name`` is the path in the folder, with slashes."""

    entry: ObjectEntry
    name: str


@dataclass(frozen=True)
class DownloadPlan:
    """What is to be fetched, and what is there already, byte by byte. Sizes are in bytes."""

    folder: Path
    fetched: tuple[FileToFetch, ...]
    there: tuple[FileToFetch, ...] = ()
    shortened: Mapping[str, str] = field(default_factory=dict)  # paths in the folder, by key

    @property
    def size(self) -> int:
        return sum(file.entry.size for file in self.fetched)


def plan_download(
    store: ObjectStore,
    container: str,
    wishes: Sequence[str],
    folder: Path,
    *,
    overwrite: bool = False,
    names: Mapping[str, str] | None = None,
    shorten: bool = False,
    progress: Progress | None = None,
) -> DownloadPlan:
    """Look all objects up, and refuse what can't go well; writes nothing but the folder.

    A wish is a key, or a prefix that ends with a slash (empty: the container), whose objects keep
    their folders below it. Files that are the same already are left out, so a second run goes on.
    ``progress`` gets the bytes compared for that. Raises `NotFoundError`, `AlreadyExistsError`,
    and `ConfigurationError` for names and room; `NamesTooLongError` if nothing else is wrong with
    the names, unless ``shorten`` allows those that it proposes.
    """
    wanted = {file.entry.key: file for wish in wishes for file in _found(store, container, wish)}
    given = names or {}
    files = [
        replace(file, name=given.get(key, file.name)) if given else file
        for key, file in wanted.items()
    ]
    folder = _made(folder)
    longest = longest_name(folder)
    changed = {
        file.entry.key: shortened(file.name, longest)
        for file in files
        if is_too_long(file.name, longest)
    }
    files = [replace(file, name=changed.get(file.entry.key, file.name)) for file in files]
    troubles = [
        f"“{file.entry.key}”: {why}"
        for file in files
        if (why := _why_refused(container, file, longest))
    ]
    if troubles and not shorten:
        said = "“{}”: it is too long, and could be saved as “{}”"
        troubles += [said.format(key, name) for key, name in changed.items()]
    _refuse(troubles, "can't be saved under their names. Download them singly, or rename them")
    pairs = collisions([file.name for file in files], folding(folder))
    _refuse(
        [f"“{files[a].entry.key}” and “{files[b].entry.key}”" for a, b in pairs],
        "would be the same file or folder here. Download them into different folders",
    )
    _refuse(
        [f"“{file.name}”" for file in files if not _is_inside(folder, file.name)],
        f"would be saved outside {folder}, through a link or over a file in it. Choose another "
        "folder",
    )
    if changed and not shorten:
        raise NamesTooLongError(changed, longest)
    there, fetched = _compared(store, files, folder, overwrite, progress)
    _refuse_small_disk(folder, fetched)
    return DownloadPlan(folder, tuple(fetched), tuple(there), changed)


def download_planned(
    store: ObjectStore,
    plan: DownloadPlan,
    progress: Progress | None = None,
    control: TransferControl | None = None,
) -> Iterator[tuple[FileToFetch, CogBrowserError | None]]:
    """Fetch what is planned, a few files at a time; yields each as it is done, or its error.

    Progress is reported from the caller's thread. Raises `Cancelled`; files that are whole by then
    stay.
    """
    moved: dict[str, int] = {}
    stop = threading.Event()

    def fetch(file: FileToFetch) -> None:
        key, path = file.entry.key, plan.folder / file.name

        def told(done: int, _total: int | None) -> bool:
            moved[key] = done
            return not stop.is_set()

        told(0, None)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(f"{path.parent} can't be made: {error.strerror}.") from error
        store.download(file.entry.container, key, path, progress=told, control=control)

    with ThreadPoolExecutor(_FILES_AT_ONCE, "cog-browser-download") as pool:
        running = {pool.submit(fetch, file): file for file in plan.fetched}
        try:
            while running:
                ready, _ = wait(running, _TICK, FIRST_COMPLETED)
                report(progress, sum(list(moved.values())), plan.size)
                for future in ready:
                    error = future.exception()
                    if error is not None and not isinstance(error, CogBrowserError):
                        raise error
                    yield running.pop(future), error
        finally:
            stop.set()
            pool.shutdown(cancel_futures=True)


def _found(store: ObjectStore, container: str, wish: str) -> Iterable[FileToFetch]:
    if wish and not wish.endswith("/"):
        entry = store.head_object(container, wish)
        yield FileToFetch(entry, wish.rpartition("/")[2])
        return
    nothing = True
    for listing in store.list_objects(container, wish, delimiter=""):
        for entry in listing.objects:
            if not entry.key.endswith("/"):  # a mark for an empty folder
                nothing = False
                yield FileToFetch(entry, entry.key[len(wish) :])
    if nothing:
        raise NotFoundError(
            f"Could not download from container “{container}”: nothing is below “{wish}”."
        )


def _why_refused(container: str, file: FileToFetch, longest: int) -> str:
    try:
        encoded_path((container, file.entry.key))
    except ConfigurationError:
        return "it has a “.” or “..” segment"
    return why_unusable(file.name, longest=longest)


def _refuse(troubles: Sequence[str], why: str) -> None:
    if troubles:
        raise ConfigurationError(f"{_listed(troubles)} {why}.")


def _listed(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else ""
    return "; ".join(texts[:_SHOWN]) + more


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return folder.resolve()
    except OSError as error:
        raise ConfigurationError(f"The folder {folder} can't be made: {error.strerror}.") from error


def _is_inside(folder: Path, name: str) -> bool:
    """Whether no link leads out, and no file is where a folder has to be."""
    parent = (folder / name).parent.resolve()
    while not parent.exists():
        parent = parent.parent
    return parent.is_dir() and (parent == folder or folder in parent.parents)


def _compared(
    store: ObjectStore,
    files: Sequence[FileToFetch],
    folder: Path,
    overwrite: bool,
    progress: Progress | None,
) -> tuple[list[FileToFetch], list[FileToFetch]]:
    """What is there already as it is in the store, and what has to be fetched."""
    there: list[FileToFetch] = []
    fetched: list[FileToFetch] = []
    others: list[str] = []
    alike = [f for f in files if _size_of(folder / f.name) == f.entry.size]
    total, done = sum(file.entry.size for file in alike), 0
    for file in files:
        path = folder / file.name
        if not path.exists():
            fetched.append(file)
        elif file in alike and _is_same(store, file.entry, path, progress, (done, total)):
            there.append(file)
        elif overwrite and path.is_file():
            fetched.append(file)
        else:
            others.append(f"“{file.name}”")
        done += file.entry.size if file in alike else 0
    if others:
        more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
        raise AlreadyExistsError(
            f"{', '.join(others[:_SHOWN])}{more} in {folder} would be replaced. Choose another "
            "folder, or allow overwriting."
        )
    return there, fetched


def _size_of(path: Path) -> int | None:
    try:
        return path.stat().st_size if path.is_file() else None
    except OSError:
        return None


def _is_same(
    store: ObjectStore,
    entry: ObjectEntry,
    path: Path,
    progress: Progress | None,
    so_far: tuple[int, int],
) -> bool:
    """By the MD5 that a plain object's ETag is, or by those of a large object's pieces."""
    if _has_pieces(path, [(entry.size, entry.etag)], progress, so_far):
        return True
    pieces = (
        store.piece_checksums(entry.container, entry.key) if isinstance(store, KnowsPieces) else []
    )
    return len(pieces) > 1 and _has_pieces(path, pieces, progress, so_far)


def _has_pieces(
    path: Path,
    pieces: Sequence[tuple[int, str]],
    progress: Progress | None,
    so_far: tuple[int, int],
) -> bool:
    done, total = so_far
    try:
        with path.open("rb") as file:
            for size, md5 in pieces:
                digest, left = hashlib.md5(usedforsecurity=False), size
                while left and (chunk := file.read(min(_BLOCK, left))):
                    digest.update(chunk)
                    left -= len(chunk)
                    done += len(chunk)
                    report(progress, done, total)
                if digest.hexdigest() != md5:
                    return False
    except OSError as error:
        raise ConfigurationError(f"{path} can't be read: {error.strerror}.") from error
    return True


def _refuse_small_disk(folder: Path, fetched: Sequence[FileToFetch]) -> None:
    needed, free = sum(file.entry.size for file in fetched), shutil.disk_usage(folder).free
    if free < needed:
        raise ConfigurationError(
            f"These objects have {needed} bytes, and {folder} has room for {free}. Make room, or "
            "choose another folder."
        )
