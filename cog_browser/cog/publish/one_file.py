# SPDX-License-Identifier: GPL-2.0-or-later
"""One file of many on its way into the store: made on the disk, then sent.

`make` and `send` take and give plain values that can be pickled, and know nothing of the others:
they may run in any thread, or in another process.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cog_browser.cog.conversion.convert import convert
from cog_browser.cog.pinned_object import Replacement, fetch
from cog_browser.cog.validate import validate_cog
from cog_browser.storage.errors import (
    AlreadyExistsError,
    AuthenticationError,
    ChecksumError,
    ConversionError,
    InvalidCogError,
    NotFoundError,
    ProtocolError,
    ServerError,
    StoreError,
    ThrottledError,
    TransportError,
)
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.object_names import COG_CONTENT_TYPE
from cog_browser.storage.progress import Progress, part, report
from cog_browser.storage.sign_in.auth import FRESH
from cog_browser.storage.store import ObjectStore

_CHUNK = 4 << 20
_ATTEMPTS = 4
#: What may be otherwise the next time.
PASSING = (TransportError, ServerError, ThrottledError, ChecksumError)


@dataclass(frozen=True)
class FileTask:
    """What to do with one file. ``made`` is where its COG goes; empty: the file is one already.

    ``size`` and ``modified`` are the file's as it was planned. ``known`` are size and MD5 of a COG
    that an earlier run may have left at ``made``. With ``entry``, the file is this object, which
    comes down to ``source`` first; ``in_place``: it is to be replaced.
    """

    source: str
    size: int
    modified: int
    container: str
    key: str
    made: str = ""
    profile: str = "science"
    options: tuple[tuple[str, str], ...] = ()
    verify: bool = True
    overwrite: bool = False
    known: tuple[int, str] = (0, "")
    entry: ObjectEntry | None = None
    in_place: bool = False

    def clean_up(self) -> None:
        """Remove what was made or downloaded for it."""
        for path in (self.made, self.source if self.entry is not None else ""):
            if path:
                Path(path).unlink(missing_ok=True)


@dataclass(frozen=True)
class MadeFile:
    """What is to be sent. ``source_md5`` is that of the file it was made of, or the ETag."""

    path: str
    size: int
    md5: str
    source_md5: str
    verdict: str
    warnings: tuple[str, ...] = ()


def make(
    task: FileTask, progress: Progress | None = None, store: ObjectStore | None = None
) -> MadeFile:
    """Download an object; convert, prove and validate; nothing is left where that fails.

    Raises `ConversionError`, `InvalidCogError`, `StoreError`, `Cancelled` and `OSError`.
    """
    if task.entry is None:
        _refuse_changed(task)
        source_md5 = md5_of(task.source, task.size, part(progress, 0, 5))
    else:
        source_md5 = task.entry.etag
    if (left := _left_by_an_earlier_run(task, source_md5, part(progress, 5, 100))) is not None:
        return left
    if task.entry is not None and store is not None:
        fetch(store, task.entry, Path(task.source), part(progress, 0, 30))
    try:
        return _made(task, source_md5, part(progress, 5 if task.entry is None else 30, 100))
    except BaseException:
        task.clean_up()
        raise


def _left_by_an_earlier_run(
    task: FileTask, source_md5: str, progress: Progress | None
) -> MadeFile | None:
    size, known = task.known
    left = Path(task.made) if task.made else None
    if left is None or not known or not left.is_file() or left.stat().st_size != size:
        return None
    if md5_of(task.made, size, progress) != known:
        return None
    return MadeFile(task.made, size, known, source_md5, "converted")


def _made(task: FileTask, source_md5: str, progress: Progress | None) -> MadeFile:
    if not task.made:
        if task.entry is None:
            _refuse_changed(task)
            return MadeFile(task.source, task.size, source_md5, source_md5, "uploaded as it is")
        md5 = md5_of(task.source, task.size, progress)
        return MadeFile(task.source, task.size, md5, source_md5, "uploaded as it is")
    done = convert(
        task.source,
        task.made,
        task.profile,
        part(progress, 0, 95),
        verify=task.verify,
        creation_options=dict(task.options),
    )
    if task.entry is None:
        _refuse_changed(task)
    else:
        Path(task.source).unlink()
    verdict = validate_cog(task.made)
    if not verdict.is_valid:
        reasons = " ".join(finding.message for finding in verdict.errors)
        raise InvalidCogError(
            f"The conversion made no valid COG, so nothing was uploaded: {reasons}", verdict
        )
    md5 = md5_of(task.made, done.size, part(progress, 95, 100))
    said = f"converted; pixels {done.verdict}"
    return MadeFile(task.made, done.size, md5, source_md5, said, done.plan.warnings)


def send(
    task: FileTask,
    made: MadeFile,
    store: ObjectStore,
    progress: Progress | None = None,
    pause: Callable[[float], object] = time.sleep,
) -> ObjectEntry:
    """Upload and look at what is there then; failures that may pass are tried again.

    An object that holds these very bytes counts as sent. Raises `StoreError` and `Cancelled`.
    """
    was_refused = False
    for attempt in range(_ATTEMPTS):
        try:
            sent = _upload(task, made, store, progress)
            return _verified(store, task, made, sent)
        except AlreadyExistsError:
            present = held(store, task.container, task.key, made.size, made.md5)
            if present is None:
                raise
            return present
        except AuthenticationError:  # a store may refuse a good token once, even a fresh one
            if was_refused:
                raise
            was_refused = True
            pause(FRESH)
            report(progress, 0, made.size)
        except PASSING as error:
            with suppress(StoreError):  # an answer may be lost although the object is there
                present = held(store, task.container, task.key, made.size, made.md5)
                if present is not None:
                    return present
            if attempt == _ATTEMPTS - 1:
                raise
            wait = getattr(error, "retry_after", None)
            pause(0.5 * 2**attempt if wait is None else wait)
            report(progress, 0, made.size)  # may be cancelled meanwhile
    raise TransportError(f"Could not upload “{task.key}”: the store refuses it again and again.")


def _upload(
    task: FileTask, made: MadeFile, store: ObjectStore, progress: Progress | None
) -> ObjectEntry:
    if task.in_place and task.entry is not None:
        return Replacement(store, task.entry, Path(made.path), made.size).send(progress)
    return store.upload(
        made.path,
        task.container,
        task.key,
        overwrite=task.overwrite,
        content_type=COG_CONTENT_TYPE,
        progress=progress,
    )


def publish_file(
    task: FileTask, store: ObjectStore, progress: Progress | None = None
) -> tuple[MadeFile, ObjectEntry]:
    """Both, for a process that has one file to do by itself."""
    made = make(task, part(progress, 0, 60), store)
    try:
        return made, send(task, made, store, part(progress, 60, 100))
    finally:
        task.clean_up()


def held(store: ObjectStore, container: str, key: str, size: int, md5: str) -> ObjectEntry | None:
    """The object, if it has this size and MD5; one that was sent in segments is read for that."""
    try:
        entry = store.head_object(container, key)
    except NotFoundError:
        return None
    if entry.size != size:
        return None
    if entry.etag == md5:
        return entry
    digest = hashlib.md5(usedforsecurity=False)
    for start in range(0, size, _CHUNK):
        stop = min(start + _CHUNK, size)
        digest.update(store.read_range(container, key, start, stop, etag=entry.etag))
    return entry if digest.hexdigest() == md5 else None


def md5_of(path: str, size: int, progress: Progress | None = None) -> str:
    """Of a whole file; for telling files apart, not for security."""
    digest, done = hashlib.md5(usedforsecurity=False), 0
    with Path(path).open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            done += len(chunk)
            report(progress, done, size)
    return digest.hexdigest()


def _refuse_changed(task: FileTask) -> None:
    found = Path(task.source).stat()
    if (found.st_size, found.st_mtime_ns) != (task.size, task.modified):
        raise ConversionError(
            f"{task.source} has been changed since the plan was made; run it again when nothing "
            "writes the file any more."
        )


def _verified(store: ObjectStore, task: FileTask, made: MadeFile, sent: ObjectEntry) -> ObjectEntry:
    """The store has compared the bytes with checksums; what counts is what it holds now."""
    now = store.head_object(task.container, task.key)
    if (now.etag, now.size) != (sent.etag, made.size):
        raise ProtocolError(
            f"“{task.key}” in container “{task.container}” was replaced by somebody else right "
            "after the upload. Look at what is there now."
        )
    return now
