# SPDX-License-Identifier: GPL-2.0-or-later
"""Uploads that were interrupted: what is left of them, to be continued or thrown away."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from cog_browser.storage.answers import said, server_time
from cog_browser.storage.errors import (
    ConfigurationError,
    NotFoundError,
    PermissionDeniedError,
)
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.progress import Progress
from cog_browser.storage.swift.answers import entry_of_row
from cog_browser.storage.swift.large_objects import (
    SEGMENTS,
    own_segments,
    remove_segments,
    segments_container,
)
from cog_browser.storage.swift.segment_upload import discard, send_segments
from cog_browser.storage.swift.upload_journal import (
    UploadJournal,
    UploadPlan,
    journals,
    segment_owner,
)
from cog_browser.storage.transfers.control import TransferControl
from cog_browser.storage.transfers.job import TransferJob
from cog_browser.storage.transfers.local_files import SourceFile
from cog_browser.storage.transfers.unfinished import UnfinishedUpload

if TYPE_CHECKING:
    from cog_browser.storage.swift.store import SwiftStore


def unfinished_uploads(
    store: SwiftStore, container: str | None = None
) -> Iterator[UnfinishedUpload]:
    """What the journals on this machine and the store's listing know; running ones left out."""
    for name in [container] if container is not None else _containers(store):
        yield from _of_container(store, name)


def own_unfinished_uploads(store: SwiftStore) -> list[UnfinishedUpload]:
    """Those that the journals on this machine know; sends nothing."""
    found = []
    for path, _ in journals(store.transfers.journals, store.storage_url):
        if (plan_and_sent := _waiting(path)) is not None:
            found.append(_ours(path, *plan_and_sent))
    return found


def _containers(store: SwiftStore) -> list[str]:
    """Where there may be some: what has a container for segments, and what the journals name."""
    found = {p.container for _, p in journals(store.transfers.journals, store.storage_url)}
    with suppress(PermissionDeniedError):  # whoever may not list the account knows their own
        for container in store.list_containers():
            if container.holds_parts:
                found.add(container.name[: -len(SEGMENTS)])
    return sorted(found)


def _of_container(store: SwiftStore, container: str) -> Iterator[UnfinishedUpload]:
    listed = _listed(store, container)
    for path, plan in journals(store.transfers.journals, store.storage_url):
        if plan.container != container:
            continue
        size, age, _names = listed.pop((plan.key, plan.upload_id), (0, None, []))
        if (plan_and_sent := _waiting(path)) is not None:
            ours = _ours(path, *plan_and_sent)
            age = ours.age if age is None else age
            yield replace(ours, sent=max(size, ours.sent), age=age)
    for (key, upload_id), (size, age, names) in listed.items():
        if set(names) & set(own_segments(store, container, key)) or _expires(
            store, container, names
        ):
            continue
        yield UnfinishedUpload(upload_id, container, key, "", None, size, age, None)


def _waiting(path: Path) -> tuple[UploadPlan, int] | None:
    """What a journal says, and the bytes that are safe; None where it runs or makes no sense."""
    try:
        journal = UploadJournal.open(path)
    except ConfigurationError:
        return None
    if journal is None:
        return None
    journal.close()
    return journal.plan, sum(journal.plan.span(n)[1] for n in journal.done)


def _ours(path: Path, plan: UploadPlan, sent: int) -> UnfinishedUpload:
    try:
        age: float | None = max(0.0, time.time() - path.stat().st_mtime)
    except OSError:
        age = None
    return UnfinishedUpload(
        plan.upload_id, plan.container, plan.key, plan.path, plan.size, sent, age, path
    )


def resume(
    store: SwiftStore,
    unfinished: UnfinishedUpload,
    *,
    path: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
    control: TransferControl | None = None,
) -> ObjectEntry:
    """Send what is missing; ``path`` is where the file is now, if it has been moved.

    Raises `ConfigurationError` when the file has been changed.
    """
    journal = _its_journal(store, unfinished)
    plan = journal.plan
    try:
        source = SourceFile.at(path or plan.path)
        # a copy has another time: then all that is safe is compared, not the last part only
        is_moved = path is not None and str(source.path.resolve()) != plan.path
        if source.size != plan.size or (source.modified != plan.modified and not is_moved):
            raise ConfigurationError(
                f"{source.path} has been changed since its upload to "
                f"{said(plan.container, plan.key)} began, so the parts would not fit together. "
                "Clean this upload up, and upload the file anew."
            )
        job = store.job(plan.size, progress, control)
        for number in journal.done:
            job.move(number, plan.span(number)[1])
        _check_bytes(source, journal, job, sorted(journal.done)[0 if is_moved else -1 :])
        if is_moved:
            journal.move(str(source.path.resolve()), source.modified)
    except BaseException:
        journal.close()
        raise
    return send_segments(store, source, journal, job)


def clean_up(
    store: SwiftStore,
    unfinished: UnfinishedUpload,
    *,
    confirmed: bool = False,
    progress: Progress | None = None,
) -> None:
    """Delete what was sent; segments that an object uses stay.

    Another machine may still be at work: its uploads younger than a week are refused with a
    `ConfigurationError` unless ``confirmed``.
    """
    if unfinished.journal is not None:
        journal = _its_journal(store, unfinished)
        plan = journal.plan
        try:
            _remove_listed(store, plan.container, plan.key, plan.upload_id, progress)
            discard(store, journal)
        finally:
            journal.close()
        return
    if not confirmed and unfinished.may_still_run:
        raise ConfigurationError(
            f"The upload to {said(unfinished.container, unfinished.key)} was begun on another "
            "machine or by another user less than a week ago, and may still run. Confirm that it "
            "may be deleted."
        )
    _remove_listed(store, unfinished.container, unfinished.key, unfinished.upload_id, progress)


def _check_bytes(
    source: SourceFile, journal: UploadJournal, job: TransferJob, numbers: list[int]
) -> None:
    """A file that was restored from elsewhere may have the same size and time."""

    def md5() -> str:
        return source.md5(job, *journal.plan.span(number))

    for number in numbers:
        if job.call(md5) != journal.done[number]:
            raise ConfigurationError(
                f"{source.path} holds other bytes than when its upload began. Clean this upload "
                "up, and upload the file anew."
            )


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


def _remove_listed(
    store: SwiftStore, container: str, key: str, upload_id: str, progress: Progress | None
) -> None:
    names = [entry.key for entry, _ in _segments(store, container, f"{key}/{upload_id}/")]
    remove_segments(store, container, names, store.job(len(names), progress))
