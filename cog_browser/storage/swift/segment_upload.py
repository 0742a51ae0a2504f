# SPDX-License-Identifier: GPL-2.0-or-later
"""Sends the segments of a large object that are missing, and then its manifest."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from cog_browser.storage.answers import already_exists, said
from cog_browser.storage.errors import (
    AlreadyExistsError,
    Cancelled,
    ChecksumError,
    CogBrowserError,
    ConfigurationError,
    NotFoundError,
    ProtocolError,
    StoreError,
)
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.swift.large_objects import (
    Segment,
    etag_of,
    own_segments,
    put_manifest,
    remove_segments,
)
from cog_browser.storage.swift.upload_journal import UploadJournal, UploadPlan
from cog_browser.storage.swift.upload_target import (
    ReplacedError,
    UploadTarget,
    finish_replaced,
    verified,
)
from cog_browser.storage.transfers.job import TransferJob
from cog_browser.storage.transfers.local_files import FileBody, SourceFile

if TYPE_CHECKING:
    from cog_browser.storage.swift.store import SwiftStore

#: After this many seconds no manifest's PUT that overlapped with ours is still on its way.
_SETTLED = 0.5


def send_segments(
    store: SwiftStore,
    source: SourceFile,
    journal: UploadJournal,
    job: TransferJob,
    headers: Mapping[str, str] | None = None,
) -> ObjectEntry:
    """Send what is missing, then make the object visible. Ends the journal if all is well."""
    plan = journal.plan
    target = UploadTarget(
        plan.container, plan.key, plan.overwrite, plan.content_type, headers=headers or {}
    )
    job.holds_end = True
    try:
        for _ in range(3):  # again, where the store has lost a segment that was safe
            _send_missing(store, source, journal, job)
            source.open().close()
            if _publish(store, target, journal, job):
                break
        etag = etag_of(md5 for _, md5 in sorted(journal.done.items()))
        store.forget(plan.container, plan.key)
        entry = job.call(lambda: verified(store, target, etag, plan.size))
        if store.transfers.strict:  # the rival's PUT may have begun before ours ended
            job.call(lambda: job.sleep(_SETTLED))
            entry = job.call(lambda: verified(store, target, etag, plan.size))
    except BaseException as error:
        _give_up(store, journal, error)
        raise
    finish_replaced(store, plan.container, journal.replaced)
    journal.remove()
    return entry


def _send_missing(
    store: SwiftStore, source: SourceFile, journal: UploadJournal, job: TransferJob
) -> None:
    plan = journal.plan
    for number in journal.done:
        job.move(number, plan.span(number)[1])

    def send(number: int) -> None:
        start, size = plan.span(number)
        if number in journal.begun and job.persist(
            lambda: _arrived(store, source, job, plan, number)
        ):
            md5 = source.md5(job, start, size)
            job.move(number, size)
        else:
            with job.serial:
                journal.begin(number)
            body = FileBody(source, job, number, start, size)
            job.persist(lambda: _put_segment(store, plan, number, body))
            md5 = body.md5
        with job.serial:
            journal.finish(number, md5)

    job.run([n for n in range(plan.count) if n not in journal.done], send)


def _arrived(
    store: SwiftStore, source: SourceFile, job: TransferJob, plan: UploadPlan, number: int
) -> bool:
    """Whether a segment is whole in the store although nobody has heard so."""
    try:
        entry = store.head_object(plan.segments, plan.name(number))
    except NotFoundError:
        return False
    start, size = plan.span(number)
    return entry.size == size and entry.etag == source.md5(job, start, size)


def _put_segment(store: SwiftStore, plan: UploadPlan, number: int, body: FileBody) -> None:
    doing = f"upload part {number + 1} of {plan.count} to {said(plan.container, plan.key)}"
    headers = {"Content-Type": "application/octet-stream"}
    if plan.delete_at:
        headers["X-Delete-At"] = str(plan.delete_at)
    response = store.call(
        "PUT",
        (plan.segments, plan.name(number)),
        doing,
        headers=headers,
        body=body,
        accept=(201, 202),
    )
    response.close()
    if response.headers.get("ETag", "").strip('"') != body.md5:
        raise ChecksumError(f"Could not {doing}: the bytes that arrived are not the ones sent.")


def _publish(
    store: SwiftStore, target: UploadTarget, journal: UploadJournal, job: TransferJob
) -> bool:
    """Put the manifest; False when the store misses segments, which are then to be sent again."""
    plan = journal.plan
    segments = [
        Segment(plan.segments, plan.name(n), journal.done[n], plan.span(n)[1])
        for n in range(plan.count)
    ]
    new = {s.key for s in segments}
    headers: Mapping[str, str] = {
        **target.headers,
        "Content-Type": plan.content_type,
        **({} if plan.overwrite else {"If-None-Match": "*"}),
        **({"X-Delete-At": str(plan.delete_at)} if plan.delete_at else {}),
    }
    if plan.overwrite:
        # what a kill between these two steps leaves is told from the new object's by its names
        old = job.call(lambda: own_segments(store, plan.container, plan.key))
        journal.replaces([name for name in old if name not in new] or journal.replaced)

    def put() -> StoreError | None:
        try:
            put_manifest(store, plan.container, plan.key, segments, headers)
        except (ProtocolError, NotFoundError) as error:
            if error.status != 412 or not new <= set(own_segments(store, plan.container, plan.key)):
                return error
        return None

    job.finish()  # the last chance to refuse
    refusal = job.call(put)
    if refusal is None:
        return True
    if refusal.status == 412 and not plan.overwrite:
        raise already_exists(target.doing, refusal.request_id)
    if refusal.status in (400, 404) and _find_lost(store, journal, job):
        return False
    raise refusal


def _find_lost(store: SwiftStore, journal: UploadJournal, job: TransferJob) -> bool:
    """Look which segments the store no longer has as they were sent."""
    plan, lost = journal.plan, []

    def look(number: int) -> None:
        try:
            entry = job.persist(lambda: store.head_object(plan.segments, plan.name(number)))
            if entry.etag == journal.done[number]:
                return
        except NotFoundError:
            pass
        lost.append(number)

    job.run(sorted(journal.done), look)
    for number in lost:
        journal.doubt(number)
        job.move(number, 0)
    return bool(lost)


def _give_up(store: SwiftStore, journal: UploadJournal, error: BaseException) -> None:
    """Keep what was sent for another time, unless there is nothing or it is of no use."""
    lost = (AlreadyExistsError, ConfigurationError, ReplacedError)
    is_useless = isinstance(error, lost) or not journal.done
    if not journal.begun:
        journal.remove()
    elif is_useless and isinstance(error, CogBrowserError) and not isinstance(error, Cancelled):
        with suppress(CogBrowserError):
            discard(store, journal)
    journal.close()


def discard(store: SwiftStore, journal: UploadJournal) -> None:
    """Delete what an upload has sent, and its journal."""
    plan = journal.plan
    numbers = sorted(journal.begun | set(journal.done))
    remove_segments(store, plan.container, [plan.name(n) for n in numbers], store.job(0))
    finish_replaced(store, plan.container, journal.replaced)
    journal.remove()
