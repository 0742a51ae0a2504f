# SPDX-License-Identifier: GPL-2.0-or-later
"""Copies within a Swift. A large object gets segments of its own: no two share them.

A plain COPY would make one flat object of it, and a copied manifest would lose its bytes with the
original.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cog_browser.storage.answers import already_exists, said
from cog_browser.storage.errors import CogBrowserError, ConfigurationError, ProtocolError
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.progress import Progress
from cog_browser.storage.swift.large_objects import (
    Segment,
    delete_object,
    ensure_segments_container,
    header_path,
    is_large,
    newest,
    own_segments,
    put_manifest,
    read_manifest,
    segments_container,
)
from cog_browser.storage.swift.segment_upload import discard
from cog_browser.storage.swift.upload import check_key
from cog_browser.storage.swift.upload_journal import UploadJournal, UploadPlan, new_upload_id
from cog_browser.storage.swift.upload_target import finish_replaced
from cog_browser.storage.transfers.job import TransferJob

if TYPE_CHECKING:
    from cog_browser.storage.swift.store import SwiftStore

_KEPT = ("content-type", "content-disposition", "content-encoding", "x-delete-at")


def copy_object(
    store: SwiftStore,
    container: str,
    key: str,
    to_container: str,
    to_key: str,
    overwrite: bool,
    progress: Progress | None,
) -> ObjectEntry:
    """See `ObjectStore.copy_object`."""
    doing = f"copy {said(container, key)} to {said(to_container, to_key)}"
    if (container, key) == (to_container, to_key):
        raise ConfigurationError(f"Could not {doing}: both are the same object.")
    store.check_upload(to_container, to_key, overwrite=overwrite)
    entry, headers = newest(store, container, key)
    job = store.job(entry.size, progress)
    replaced = job.call(lambda: own_segments(store, to_container, to_key)) if overwrite else []
    if is_large(headers):
        _copy_large(store, entry, headers, (to_container, to_key), overwrite, job)
    else:
        made = job.call(lambda: _copy(store, entry, (to_container, to_key), doing))
        if made != entry.etag:
            raise ProtocolError(f"Could not {doing}: the copy has another checksum.")
    store.forget(to_container, to_key)
    copy, _ = job.call(lambda: newest(store, to_container, to_key))
    if (copy.etag, copy.size) != (entry.etag, entry.size):
        raise ProtocolError(
            f"Could not {doing}: right afterwards the store held another object there. Somebody "
            "else may be writing it."
        )
    finish_replaced(store, to_container, replaced)
    job.finish()
    return copy


def move_object(
    store: SwiftStore,
    container: str,
    key: str,
    to_container: str,
    to_key: str,
    *,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> ObjectEntry:
    """Rename: copy, then delete the original unless it has been replaced meanwhile."""
    copy = copy_object(store, container, key, to_container, to_key, overwrite, progress)
    entry, _ = newest(store, container, key)
    if entry.etag != copy.etag:
        raise ProtocolError(
            f"{said(container, key)} has been replaced while it was copied to "
            f"{said(to_container, to_key)}, so it was not deleted."
        )
    delete_object(store, container, key)
    store.forget(container, key)
    return copy


def _copy(store: SwiftStore, entry: ObjectEntry, target: tuple[str, str], doing: str) -> str:
    """One plain object, by the store itself; the ETag of what was made."""
    headers = {
        "X-Copy-From": header_path(entry.container, entry.key),
        "If-Match": f'"{entry.etag}"',  # of the original: its generation is known
    }
    response = store.call("PUT", target, doing, headers=headers, body=b"", accept=(201, 202))
    response.close()
    return response.headers.get("ETag", "").strip('"')


def _copy_large(
    store: SwiftStore,
    entry: ObjectEntry,
    headers: Mapping[str, str],
    target: tuple[str, str],
    overwrite: bool,
    job: TransferJob,
) -> None:
    container, key = target
    doing = f"copy {said(entry.container, entry.key)} to {said(container, key)}"
    segments = job.call(lambda: read_manifest(store, entry.container, entry.key))
    if any(s.nested for s in segments):
        raise ConfigurationError(
            f"Could not {doing}: it is a large object made of large objects. Download it, and "
            "upload it again."
        )
    plan = UploadPlan(
        new_upload_id(), store.storage_url, container, key, segments_container(container),
        entry.size, max(1, -(-entry.size // max(1, len(segments)))), entry.content_type, overwrite,
    )  # fmt: skip
    check_key(store, plan)
    job.call(lambda: ensure_segments_container(store, container))
    journal = UploadJournal.create(store.transfers.journals, plan)
    kept = {
        name: value
        for name, value in headers.items()
        if name.lower() in _KEPT or name.lower().startswith("x-object-meta-")
    }
    made: dict[int, Segment] = {}

    def copy(number: int) -> None:
        segment = segments[number]
        with job.serial:
            journal.begin(number)
        source = ObjectEntry(segment.container, segment.key, segment.size, None, segment.etag, "")
        etag = job.persist(lambda: _copy(store, source, (plan.segments, plan.name(number)), doing))
        if etag != segment.etag:
            raise ProtocolError(f"Could not {doing}: part {number + 1} has another checksum.")
        made[number] = Segment(plan.segments, plan.name(number), etag, segment.size, segment.range)
        job.move(number, segment.size)

    def put() -> None:
        ordered = [made[n] for n in range(len(segments))]
        precondition = {} if overwrite else {"If-None-Match": "*"}
        try:
            put_manifest(store, container, key, ordered, {**kept, **precondition})
        except ProtocolError as error:
            # an earlier attempt may have succeeded although its answer was lost
            ours = {s.key for s in ordered}
            if error.status != 412 or not ours <= set(own_segments(store, container, key)):
                raise

    job.holds_end = True
    try:
        job.run(range(len(segments)), copy)
        job.call(put)
    except BaseException as error:
        try:
            discard(store, journal)
        except CogBrowserError:
            journal.close()  # it is listed among the unfinished uploads
        if isinstance(error, ProtocolError) and error.status == 412 and not overwrite:
            raise already_exists(doing, error.request_id) from None
        raise
    journal.remove()
