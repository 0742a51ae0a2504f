# SPDX-License-Identifier: GPL-2.0-or-later
"""The same deed for many objects: found first, then done a few at a time, each for itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TypeVar

from cog_browser.storage.errors import (
    Cancelled,
    CogBrowserError,
    NotFoundError,
    ProtocolError,
    ServerError,
    StoreError,
    ThrottledError,
    TransportError,
)
from cog_browser.storage.http import pause
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.pool import DaemonPool
from cog_browser.storage.progress import Progress, report
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.transfers.copy_across import CopyAcross
from cog_browser.storage.turns import in_turns

Item = TypeVar("Item")

AT_ONCE = 8
_TICK = 0.1  # seconds between two looks at the progress callback
_GOODBYE = 0.7  # seconds that a cancelled deed waits for what is on its way
_ATTEMPTS = 3
#: So many failures in a row mean that the next would fail as well.
_GIVE_UP = 50
#: To know of more keys whether they are there, the container is listed.
_ASKED_SINGLY = 50
_RETRIED = (TransportError, ThrottledError, ServerError)


@dataclass(frozen=True)
class Survey:
    """What a deed would be done to. ``size`` in bytes."""

    keys: tuple[str, ...]
    size: int


def survey(
    store: ObjectStore,
    container: str,
    entries: Iterable[ObjectEntry],
    prefixes: Iterable[str],
    progress: Progress | None = None,
) -> Survey:
    """These objects and all below these prefixes; ``progress`` gets how many were found."""
    sizes = {entry.key: entry.size for entry in entries}
    report(progress, len(sizes), None)
    for prefix in prefixes:
        for page in store.list_objects(container, prefix, delimiter=""):
            sizes.update((entry.key, entry.size) for entry in page.objects)
            report(progress, len(sizes), None)
    return Survey(tuple(sizes), sum(sizes.values()))


def each(
    items: Sequence[Item],
    work: Callable[[Item], object],
    progress: Progress | None = None,
    at_once: int = AT_ONCE,
) -> Iterator[tuple[Item, CogBrowserError | None]]:
    """Do it to all, a few at a time; yields each as it is done, or its error.

    Cancelled, it begins nothing more, yields what ends within a second, and raises `Cancelled`
    with the number of those that may still be done. After many failures in a row, the rest is
    left alone.
    """
    waiting, running, done, failed = iter(items), 0, 0, 0
    results: SimpleQueue[tuple[Item, BaseException | None]] = SimpleQueue()
    pool = DaemonPool(at_once, "cog-browser-many")
    ends_at: float | None = None

    def run(item: Item) -> None:
        try:
            work(item)
        except BaseException as error:  # it is raised or told in the caller's thread
            results.put((item, error))
        else:
            results.put((item, None))

    def submit(item: Item) -> None:
        pool.submit(lambda: run(item))

    try:
        while True:
            while ends_at is None and failed < _GIVE_UP and running < at_once:
                try:
                    submit(next(waiting))
                except StopIteration:
                    break
                running += 1
            if ends_at is None:
                try:
                    report(progress, done, len(items))
                except Cancelled:
                    ends_at = time.monotonic() + _GOODBYE
            if not running:
                break
            try:
                item, error = results.get(timeout=_TICK)
            except Empty:
                if ends_at is not None and time.monotonic() > ends_at:
                    break
                continue
            running -= 1
            if isinstance(error, Cancelled):  # it has noticed first, and is not done
                ends_at = ends_at or time.monotonic() + _GOODBYE
                continue
            done += 1
            if error is not None and not isinstance(error, CogBrowserError):
                raise error
            failed = failed + 1 if error is not None else 0
            yield item, error
    finally:
        pool.stop()
    if ends_at is not None:
        raise Cancelled(on_the_way=running)


def _told(progress: Progress | None, stopped: threading.Event) -> Progress:
    """``progress``, which sets ``stopped`` for the threads when it says stop."""

    def told(done: int, total: int | None) -> bool:
        if progress is not None and not progress(done, total):
            stopped.set()
        return not stopped.is_set()

    return told


def persistently(work: Callable[[], object], stopped: threading.Event) -> None:
    """Repeat what the network or a busy server has spoiled; only for what may be done twice."""
    for attempt in range(_ATTEMPTS):
        try:
            work()
            return
        except _RETRIED as error:
            if attempt + 1 == _ATTEMPTS:
                raise
            pause(attempt, error)
            if stopped.is_set():
                raise


def delete_all(
    store: ObjectStore, container: str, keys: Sequence[str], progress: Progress | None = None
) -> Iterator[tuple[str, CogBrowserError | None]]:
    """Delete objects with their segments; one that is gone already counts as deleted."""
    stopped = threading.Event()

    def delete(key: str) -> None:
        with suppress(NotFoundError):
            persistently(lambda: store.delete_object(container, key), stopped)

    return each(keys, delete, _told(progress, stopped))


def existing(
    store: ObjectStore, container: str, keys: Sequence[str], progress: Progress | None = None
) -> list[str]:
    """Which of these keys are there, in this order. Raises where one can't be asked for."""
    found: set[str] = set()
    if len(keys) > _ASKED_SINGLY:
        wanted, first, last = set(keys), min(keys), max(keys)
        common = next((n for n, (a, b) in enumerate(zip(first, last)) if a != b), len(first))
        for page in store.list_objects(container, first[:common], delimiter=""):
            found |= {entry.key for entry in page.objects if entry.key in wanted}
            report(progress, len(found), None)
    else:
        for key, error in each(keys, lambda key: store.head_object(container, key), progress):
            if error is None:
                found.add(key)
            elif not isinstance(error, NotFoundError):
                raise error
    return [key for key in keys if key in found]


@dataclass(frozen=True)
class Transfer:
    """Objects that get other names: ``pairs`` of the old key and the new."""

    container: str
    to_container: str
    pairs: tuple[tuple[str, str], ...]
    overwrite: bool = False

    def reversed(self) -> Transfer:
        """What takes it back."""
        pairs = tuple((new, old) for old, new in in_turns(self.pairs))
        return Transfer(self.to_container, self.container, pairs)


def transfer_all(
    store: ObjectStore,
    transfer: Transfer,
    is_moved: Callable[[str], bool],
    progress: Progress | None = None,
    originals: dict[str, ObjectEntry] | None = None,
    across: CopyAcross | None = None,
) -> Iterator[tuple[str, CogBrowserError | None]]:
    """Copy within the store, or ``across``; ``is_moved`` says whether an original goes as well.

    ``originals`` gets those that stay, as they were copied, for `remove_original`.
    Yields old keys. ``progress`` gets bytes where it is one object, else thousandths of objects.
    """
    stopped = threading.Event()
    told = _told(progress, stopped)
    source, target = transfer.container, transfer.to_container
    copy_object = across.copy_object if across else store.copy_object
    parts: dict[str, float] = {}

    def run(pair: tuple[str, str], inner: Progress) -> None:
        key, to_key = pair
        goes = is_moved(key)
        original = store.head_object(source, key) if goes or originals is not None else None
        copy = copy_object(
            source, key, target, to_key, overwrite=transfer.overwrite, progress=inner
        )
        if original is not None and goes:
            remove_original(store, original, copy)
        elif original is not None and originals is not None:
            originals[key] = original

    if len(transfer.pairs) == 1:
        key = transfer.pairs[0][0]
        try:
            run(transfer.pairs[0], told)
        except Cancelled:
            raise
        except CogBrowserError as error:
            yield key, error
        else:
            yield key, None
        return

    def one_of_many(pair: tuple[str, str]) -> None:
        def part(done: int, total: int | None) -> bool:
            parts[pair[0]] = min(done / total, 1.0) if total else 0.0
            return not stopped.is_set()

        run(pair, part)

    def all_told(done: int, total: int | None) -> bool:
        return told(round(1000 * (done + sum(list(parts.values())))), 1000 * (total or 0))

    at_once = across.at_once if across else AT_ONCE
    for pair, why in each(transfer.pairs, one_of_many, all_told, at_once):
        parts.pop(pair[0], None)
        yield pair[0], why


def remove_original(store: ObjectStore, original: ObjectEntry, copy: ObjectEntry) -> None:
    """The second half of a move; one that has been replaced since it was copied stays.

    ``original`` is what it was before: on S3 and Azure, copies have ETags of their own.
    """
    container, key = original.container, original.key
    now = store.head_object(container, key)
    if (now.etag, now.last_modified) != (original.etag, original.last_modified) or (
        now.size != copy.size
    ):
        raise ProtocolError(
            f"“{key}” in container “{container}” has been replaced while it was copied to "
            f"“{copy.key}” in container “{copy.container}”, so it was not deleted."
        )
    store.delete_object(container, key)


def holds_nothing(store: ObjectStore, container: str) -> bool:
    """Whether the container is empty; asks for one name at most."""
    pages = store.list_objects(container, delimiter="", page_size=1)
    return not any(page.objects for page in pages)


def delete_empty_container(store: ObjectStore, container: str, parts: str = "") -> bool:
    """Delete it, and the empty container ``parts`` that held its large objects' segments.

    Returns whether that one was deleted, too. Raises `ProtocolError` where it isn't empty.
    """
    store.delete_container(container)
    if not parts:
        return False
    try:
        store.delete_container(parts)
    except StoreError:  # not there, or not empty: unfinished uploads can still be cleaned up
        return False
    return True
