# SPDX-License-Identifier: GPL-2.0-or-later
"""Many files at once into Swift, with one request for each and few for all.

A PUT says the file's MD5, so the store itself refuses damaged bytes. What it can't refuse is a
rival whose PUT overlaps with ours (see `upload`). `upload` looks again after each file; here one
listing tells of a thousand, and only what it doesn't confirm is looked up singly. It looks later
than `upload` would, so it notices more rivals.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cog_browser.storage.errors import (
    Cancelled,
    CogBrowserError,
    ConfigurationError,
    NotFoundError,
    ProtocolError,
)
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.object_names import encoded_path
from cog_browser.storage.progress import Progress
from cog_browser.storage.swift.answers import entry_of_row
from cog_browser.storage.swift.large_objects import own_segments
from cog_browser.storage.swift.upload import explained, upload, whole_put
from cog_browser.storage.swift.upload_target import UploadTarget, finish_replaced, verified
from cog_browser.storage.transfers.control import TransferControl
from cog_browser.storage.transfers.job import TransferJob
from cog_browser.storage.transfers.local_files import FileBody, SourceFile

if TYPE_CHECKING:
    from cog_browser.storage.swift.store import SwiftStore

#: Files that are sent before they are looked up together.
_BATCH = 1000
#: Small files wait for answers, not for bandwidth; as many as `swift upload` sends at once.
_AT_ONCE = 10
#: Up to this size, in bytes, a file is read at once and hashed in memory.
_IN_MEMORY = 1 << 20
#: One page of a listing costs about as much as so many single look-ups.
_PAGE_COST = 50

#: Of one file: what is in the store now, or why it isn't.
Outcome = tuple[str, "ObjectEntry | CogBrowserError"]


@dataclass(frozen=True)
class _File:
    source: SourceFile
    target: UploadTarget


def upload_many(
    store: SwiftStore,
    files: Mapping[str, Path],
    container: str,
    overwrite: bool,
    progress: Progress | None,
    control: TransferControl | None,
) -> Iterator[Outcome]:
    """See `SwiftStore.upload_many`."""
    store.check_upload(container, "-", overwrite=True)  # the container, and whether we may
    found: list[_File] = []
    for key, path in files.items():
        try:
            encoded_path((container, key))
            found.append(_File(SourceFile.at(path), UploadTarget(container, key, overwrite)))
        except ConfigurationError as error:
            yield key, error
    total, done = sum(file.source.size for file in found), 0
    most = min(store.transfers.threshold, store.limits().max_put)
    is_strict = store.transfers.strict
    small = [f for f in found if f.source.size <= most and not is_strict]
    for start in range(0, len(small), _BATCH):
        batch = small[start : start + _BATCH]
        size = sum(file.source.size for file in batch)
        yield from _send(store, batch, _after(progress, done, total), control)
        done += size
    for file in found:
        if file.source.size <= most and not is_strict:
            continue
        moved = _after(progress, done, total)
        try:
            yield file.target.key, upload(store, file.source.path, file.target, moved, control)
        except Cancelled:
            raise
        except CogBrowserError as error:
            yield file.target.key, error
        done += file.source.size


def _after(progress: Progress | None, before: int, total: int) -> Progress | None:
    if progress is None:
        return None
    return lambda done, _total: progress(before + done, total)


def _send(
    store: SwiftStore,
    files: Sequence[_File],
    progress: Progress | None,
    control: TransferControl | None,
) -> Iterator[Outcome]:
    settings = replace(store.transfers, parallel=max(_AT_ONCE, store.transfers.parallel))
    job = TransferJob(settings, control, progress, sum(file.source.size for file in files))
    job.holds_end = True
    replaced = _replaced(store, files, job)
    failed: dict[str, CogBrowserError] = {}
    md5s: dict[str, str] = {}

    def send(number: int) -> None:
        file = files[number]
        try:
            md5s[file.target.key] = _put(store, file, number, job)
        except Cancelled:
            raise
        except CogBrowserError as error:
            failed[file.target.key] = error

    job.run(range(len(files)), send)
    for key in md5s:
        store.forget(files[0].target.container, key)
    entries = _looked_up(store, files, md5s, failed, job)
    for key, names in replaced.items():
        if key in entries:
            finish_replaced(store, files[0].target.container, names)
    job.finish()
    for file in files:
        key = file.target.key
        yield key, entries[key] if key in entries else failed[key]


def _put(store: SwiftStore, file: _File, number: int, job: TransferJob) -> str:
    """Send one file; its MD5."""
    source, target = file.source, file.target
    body: bytes | FileBody
    if source.size <= _IN_MEMORY:
        try:
            with source.open() as opened:
                body = opened.read(source.size + 1)
        except OSError as error:
            raise ConfigurationError(f"{source.path} can't be read: {error.strerror}.") from error
        if len(body) != source.size:
            raise ConfigurationError(f"{source.path} has been changed since its upload began.")
        md5 = hashlib.md5(body, usedforsecurity=False).hexdigest()
        job.let_pass(len(body))
    else:
        md5 = source.md5(job)
        body = FileBody(source, job, number, 0, source.size)
    try:
        job.persist(whole_put(store, target, md5, body))
    except (ProtocolError, NotFoundError) as error:
        raise explained(store, target, error) from None
    job.move(number, source.size)
    return md5


def _replaced(store: SwiftStore, files: Sequence[_File], job: TransferJob) -> dict[str, list[str]]:
    """The segments of large objects that will be overwritten, by key."""
    if not files[0].target.overwrite:
        return {}
    container = files[0].target.container
    rows, unknown = job.call(lambda: _listed(store, container, [f.target.key for f in files]))
    found: dict[str, list[str]] = {}

    def look(key: str) -> None:
        if names := job.persist(lambda: own_segments(store, container, key)):
            found[key] = names

    job.run([*unknown, *(key for key, row in rows.items() if "slo_etag" in row)], look)
    return found


def _looked_up(
    store: SwiftStore,
    files: Sequence[_File],
    md5s: Mapping[str, str],
    failed: dict[str, CogBrowserError],
    job: TransferJob,
) -> dict[str, ObjectEntry]:
    """What is there now, of what was sent; what somebody else has replaced counts as failed."""
    sent = [file for file in files if file.target.key in md5s]
    if not sent:
        return {}
    container = sent[0].target.container
    rows, _ = job.call(lambda: _listed(store, container, [f.target.key for f in sent]))
    entries: dict[str, ObjectEntry] = {}
    for key, row in rows.items():
        entry = entry_of_row(container, row)
        if key in md5s and entry.etag == md5s[key]:
            entries[key] = entry

    def look(file: _File) -> None:
        key = file.target.key
        try:
            entries[key] = job.persist(
                lambda: verified(store, file.target, md5s[key], file.source.size)
            )
        except Cancelled:
            raise
        except CogBrowserError as error:
            failed[key] = error

    job.run([file for file in sent if file.target.key not in entries], look)
    return entries


def _listed(
    store: SwiftStore, container: str, keys: Sequence[str]
) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Rows of the container's listing by key, and the keys that it was not worth reading to.

    A listing may lag behind: what is missing in it need not be missing in the store.
    """
    wanted, last = set(keys), max(keys)
    rows: dict[str, dict[str, Any]] = {}
    marker = min(keys)[:-1]  # comes just before, in the order of the listing
    query = {"marker": marker, "end_marker": last + "\0"}
    pages = store.pages((container,), f"list container “{container}”", query)
    for number, page in enumerate(pages, 1):
        rows.update((row["name"], row) for row in page if row["name"] in wanted)
        reached = page[-1]["name"] if page else last
        if len(rows) == len(wanted) or reached >= last:
            return rows, []
        if number * _PAGE_COST > len(wanted):
            return rows, [key for key in keys if key > reached]
    return rows, []
