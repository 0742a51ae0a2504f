# SPDX-License-Identifier: GPL-2.0-or-later
"""Uploads that were interrupted: what is left of them, to be continued or thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from cog_browser.storage.errors import ConfigurationError, NotFoundError
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.progress import Progress
from cog_browser.storage.swift.answers import entry_of_row, said, server_time
from cog_browser.storage.swift.large_objects import (
    own_segments,
    remove_segments,
    segments_container,
)
from cog_browser.storage.swift.segment_upload import discard, send_segments
from cog_browser.storage.swift.upload_journal import UploadJournal, journals, segment_owner
from cog_browser.storage.transfers.control import TransferControl
from cog_browser.storage.transfers.job import TransferJob
from cog_browser.storage.transfers.local_files import SourceFile

if TYPE_CHECKING:
    from cog_browser.storage.swift.store import SwiftStore

#: Other machines' uploads are spared for so long after their last segment, in seconds.
SPARED = 7 * 86400


@dataclass(frozen=True)
class UnfinishedUpload:
    """``path`` is the local file, empty where another machine or user has it.

    ``sent`` is in bytes as the store lists them, ``size`` None where nobody here knows it.
    ``age`` is in seconds by the store's clock since the last segment, None before the first.
    """

    upload_id: str
    container: str
    key: str
    path: str
    size: int | None
    sent: int
    age: float | None
    journal: Path | None

    @property
    def is_resumable(self) -> bool:
        return self.journal is not None and bool(self.path)


def unfinished_uploads(store: SwiftStore, container: str) -> list[UnfinishedUpload]:
    """What the journals on this machine and the store's listing know; running ones left out."""
    found: list[UnfinishedUpload] = []
    listed = _listed(store, container)
    for path, plan in journals(store.transfers.journals, store.storage_url):
        if plan.container != container:
            continue
        size, age, _names = listed.pop((plan.key, plan.upload_id), (0, None, []))
        if (journal := _opened(path)) is None:
            continue  # it runs
        journal.close()
        sent = max(size, sum(plan.span(n)[1] for n in journal.done))
        found.append(
            UnfinishedUpload(
                plan.upload_id, container, plan.key, plan.path, plan.size, sent, age, path
            )
        )
    for (key, upload_id), (size, age, names) in listed.items():
        if set(names) & set(own_segments(store, container, key)) or _expires(
            store, container, names
        ):
            continue
        found.append(UnfinishedUpload(upload_id, container, key, "", None, size, age, None))
    return found


def resume(
    store: SwiftStore,
    unfinished: UnfinishedUpload,
    *,
    progress: Progress | None = None,
    control: TransferControl | None = None,
) -> ObjectEntry:
    """Send what is missing. Raises `ConfigurationError` when the file has been changed."""
    journal = _its_journal(store, unfinished)
    plan = journal.plan
    try:
        source = SourceFile.at(plan.path)
        if (source.size, source.modified) != (plan.size, plan.modified):
            raise ConfigurationError(
                f"{plan.path} has been changed since its upload to {said(plan.container, plan.key)}"
                " began, so the parts would not fit together. Clean this upload up, and upload the "
                "file anew."
            )
        job = store.job(plan.size, progress, control)
        for number in journal.done:
            job.move(number, plan.span(number)[1])
        _check_last(source, journal, job)
    except BaseException:
        journal.close()
        raise
    return send_segments(store, source, journal, job)


def clean_up(store: SwiftStore, unfinished: UnfinishedUpload, *, confirmed: bool = False) -> None:
    """Delete what was sent; segments that an object uses stay.

    Another machine may still be at work: its uploads younger than a week are refused with a
    `ConfigurationError` unless ``confirmed``.
    """
    if unfinished.journal is not None:
        journal = _its_journal(store, unfinished)
        plan = journal.plan
        try:
            _remove_listed(store, plan.container, plan.key, plan.upload_id)
            discard(store, journal)
        finally:
            journal.close()
        return
    if not confirmed and (unfinished.age is None or unfinished.age < SPARED):
        raise ConfigurationError(
            f"The upload to {said(unfinished.container, unfinished.key)} was begun on another "
            "machine or by another user less than a week ago, and may still run. Confirm that it "
            "may be deleted."
        )
    _remove_listed(store, unfinished.container, unfinished.key, unfinished.upload_id)


def _check_last(source: SourceFile, journal: UploadJournal, job: TransferJob) -> None:
    """A file that was restored from elsewhere may have the same size and time."""
    if not journal.done:
        return
    number = max(journal.done)
    start, size = journal.plan.span(number)
    if job.call(lambda: source.md5(job, start, size)) != journal.done[number]:
        raise ConfigurationError(
            f"{source.path} holds other bytes than when its upload began. Clean this upload up, "
            "and upload the file anew."
        )


def _opened(path: Path) -> UploadJournal | None:
    try:
        return UploadJournal.open(path)
    except ConfigurationError:
        return None


def _its_journal(store: SwiftStore, unfinished: UnfinishedUpload) -> UploadJournal:
    journal = UploadJournal.open(unfinished.journal) if unfinished.journal else None
    if journal is None:
        raise ConfigurationError(
            f"The upload to {said(unfinished.container, unfinished.key)} is not waiting: it runs, "
            "has ended, or was begun on another machine."
        )
    if journal.plan.storage_url != store.storage_url:
        journal.close()
        raise ConfigurationError("This upload belongs to another account.")
    return journal


def _segments(
    store: SwiftStore, container: str, prefix: str = ""
) -> Iterator[tuple[ObjectEntry, float]]:
    """Every segment of a container's large objects, and the store's time."""
    home = segments_container(container)
    try:
        now = server_time(store.call("HEAD", (home,), f"find container “{home}”"))
        for page in store.pages((home,), f"list container “{home}”", {"prefix": prefix}):
            for row in page:
                yield entry_of_row(home, row), now
    except NotFoundError:
        return


def _listed(
    store: SwiftStore, container: str
) -> dict[tuple[str, str], tuple[int, float | None, list[str]]]:
    """By key and upload id: bytes, age and names of what the store lists."""
    found: dict[tuple[str, str], tuple[int, float | None, list[str]]] = {}
    for entry, now in _segments(store, container):
        if (owner := segment_owner(entry.key)) is None:
            continue
        size, age, names = found.get(owner, (0, None, []))
        since = (entry.last_modified or datetime.now(timezone.utc)).timestamp()
        age = max(0.0, now - since) if age is None else min(age, max(0.0, now - since))
        found[owner] = (size + entry.size, age, [*names, entry.key])
    return found


def _expires(store: SwiftStore, container: str, names: list[str]) -> bool:
    """Whether they go by themselves: the old segments of an object that was overwritten."""
    home = segments_container(container)
    try:
        response = store.call("HEAD", (home, names[0]), f"find {said(home, names[0])}")
    except NotFoundError:
        return True
    response.close()
    return "X-Delete-At" in response.headers


def _remove_listed(store: SwiftStore, container: str, key: str, upload_id: str) -> None:
    names = [entry.key for entry, _ in _segments(store, container, f"{key}/{upload_id}/")]
    remove_segments(store, container, names, store.job(0))
