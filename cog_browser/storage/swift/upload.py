# SPDX-License-Identifier: GPL-2.0-or-later
"""Uploads to Swift: one PUT for small files, segments and a manifest for large ones.

``If-None-Match: *`` is checked when a PUT begins, so of two that overlap the later wins. A
manifest's PUT takes milliseconds, but even of those several at once may all be told that they have
succeeded. What is under the key afterwards is therefore read again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from cog_browser.storage.answers import already_exists, server_time
from cog_browser.storage.errors import (
    ConfigurationError,
    NotFoundError,
    ProtocolError,
    QuotaExceededError,
    StoreError,
)
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.progress import Progress
from cog_browser.storage.swift.large_objects import (
    ensure_segments_container,
    newest,
    own_segments,
    segments_container,
)
from cog_browser.storage.swift.segment_upload import send_segments
from cog_browser.storage.swift.upload_journal import (
    UploadJournal,
    UploadPlan,
    journals,
    new_upload_id,
)
from cog_browser.storage.swift.upload_target import UploadTarget, finish_replaced, verified
from cog_browser.storage.transfers.control import TransferControl
from cog_browser.storage.transfers.job import TransferJob
from cog_browser.storage.transfers.local_files import FileBody, SourceFile

if TYPE_CHECKING:
    from cog_browser.storage.swift.store import SwiftStore

log = logging.getLogger(__name__)

#: Up to this size, in bytes, a file is sent without asking whether the key is free: the PUT asks.
_SMALL = 1 << 20


def upload(
    store: SwiftStore,
    path: Path,
    target: UploadTarget,
    progress: Progress | None,
    control: TransferControl | None,
) -> ObjectEntry:
    """See `ObjectStore.upload`. An interrupted upload of the same file is continued."""
    settings = store.transfers
    source = SourceFile.at(path)
    job = store.job(source.size, progress, control)
    is_large = source.size > settings.threshold or (settings.strict and source.size > 0)
    if is_large or source.size > _SMALL:
        is_large = is_large or source.size > store.limits().max_put
    if is_large and (journal := _continued(store, source, target)):
        return send_segments(store, source, journal, job, target.headers)
    if is_large or target.overwrite or source.size > _SMALL or not store.knows(target.container):
        store.check_upload(target.container, target.key, overwrite=target.overwrite)
    if is_large and store.limits().has_large_objects:
        journal = _begun(store, source, target, job)
        return send_segments(store, source, journal, job, target.headers)
    if is_large and (settings.strict or source.size > store.limits().max_put):
        raise QuotaExceededError(
            f"Could not {target.doing}: the file has {source.size} bytes, and this server takes "
            f"{store.limits().max_put} at once and no large objects."
        )
    return _put_whole(store, source, target, job)


def _put_whole(
    store: SwiftStore, source: SourceFile, target: UploadTarget, job: TransferJob
) -> ObjectEntry:
    container, key = target.container, target.key
    md5 = job.call(lambda: source.md5(job))  # Swift compares it before the object appears
    replaced = job.call(lambda: own_segments(store, container, key)) if target.overwrite else []
    body = FileBody(source, job, 0, 0, source.size)
    put = whole_put(store, target, md5, body if source.size else b"")
    try:
        job.call(put)
    except (ProtocolError, NotFoundError) as error:
        raise explained(store, target, error) from None
    store.forget(container, key)
    entry = job.call(lambda: verified(store, target, md5, source.size))
    finish_replaced(store, container, replaced)
    job.finish()
    return entry


def whole_put(
    store: SwiftStore, target: UploadTarget, md5: str, body: bytes | FileBody
) -> Callable[[], None]:
    """One PUT of a whole object, to be called until it is through."""
    headers = {
        **target.headers,
        "ETag": md5,
        "Content-Type": target.type,
        **({} if target.overwrite else {"If-None-Match": "*"}),
        **({"X-Delete-After": str(target.delete_after)} if target.delete_after else {}),
    }
    names, attempts = (target.container, target.key), 0

    def put() -> None:
        nonlocal attempts
        attempts += 1
        try:
            store.call(
                "PUT", names, target.doing, headers=headers, body=body, accept=(201, 202)
            ).close()
        except ProtocolError as error:
            # an earlier attempt may have succeeded although its answer was lost
            may_be_ours = error.status == 412 and not target.overwrite and attempts > 1
            if not (may_be_ours and _is_ours(store, target, md5)):
                raise

    return put


def explained(store: SwiftStore, target: UploadTarget, error: StoreError) -> StoreError:
    """What a refused PUT means."""
    if isinstance(error, NotFoundError):
        return store.no_container(target.doing, target.container, error)
    if error.status == 412 and not target.overwrite:
        return already_exists(target.doing, error.request_id)
    return error


def _is_ours(store: SwiftStore, target: UploadTarget, etag: str) -> bool:
    try:
        return newest(store, target.container, target.key)[0].etag == etag
    except NotFoundError:
        return False


def _begun(
    store: SwiftStore, source: SourceFile, target: UploadTarget, job: TransferJob
) -> UploadJournal:
    """A new journal, and the container for the segments."""
    container = target.container
    size = store.limits().segment_size(source.size, store.transfers.segment_size, target.doing)
    delete_at = 0
    if target.delete_after:
        now = job.call(lambda: server_time(store.call("HEAD", (container,), target.doing)))
        delete_at = int(now) + target.delete_after
    plan = UploadPlan(
        new_upload_id(),
        store.storage_url,
        container,
        target.key,
        segments_container(container),
        source.size,
        size,
        target.type,
        target.overwrite,
        str(source.path.resolve()),
        source.modified,
        delete_at,
    )
    check_key(store, plan)
    job.call(lambda: ensure_segments_container(store, container))
    return UploadJournal.create(store.transfers.journals, plan)


def check_key(store: SwiftStore, plan: UploadPlan) -> None:
    """Raise `ConfigurationError` where segments would have names that are too long."""
    length, most = len(plan.name(0).encode()), store.limits().max_key
    if length > most:
        raise ConfigurationError(
            f"The key “{plan.key[:60]}…” is {length - most} bytes too long for a large object. "
            "Choose a shorter one."
        )


def _continued(store: SwiftStore, source: SourceFile, target: UploadTarget) -> UploadJournal | None:
    """The journal of an interrupted upload of this very file to this very key."""
    for path, plan in journals(store.transfers.journals, store.storage_url):
        if (
            (plan.container, plan.key) == (target.container, target.key)
            and plan.path == str(source.path.resolve())
            and (plan.size, plan.modified) == (source.size, source.modified)
            and (plan.content_type, plan.overwrite) == (target.type, target.overwrite)
            and not plan.delete_at
            and not target.delete_after
            and (journal := UploadJournal.open(path)) is not None
        ):
            log.info("Continuing upload %s", plan.upload_id)
            return journal
    return None
