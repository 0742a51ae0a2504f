# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures are imported)
"""Many files with one request for each: as whole, verified and careful as one at a time."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter

import pytest

from cog_browser.storage.errors import (
    AlreadyExistsError,
    Cancelled,
    ConfigurationError,
    NotFoundError,
    ProtocolError,
    QuotaExceededError,
)
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.swift import upload_many as module
from tests.integration.transfer_fixtures import (  # noqa: F401 (fixtures)
    SEGMENT,
    SIZE,
    behind,
    container,
    file,
    keys,
    md5,
    open_with,
    store,
    through,
)
from tests.support.faults import Fault


@pytest.fixture
def files(tmp_path):
    """Keys and paths of forty small files."""
    folder = tmp_path / "small"
    folder.mkdir()
    found = {}
    for number in range(40):
        path = folder / f"{number}"
        path.write_bytes(os.urandom(1000 + number))
        found[f"p/{number:03d} ü"] = path
    return found


def wrong(store, container, files):
    """Keys of objects that aren't what their files are."""
    entries = {e.key: e for page in store.list_objects(container, "", "") for e in page.objects}
    return [k for k, path in files.items() if k not in entries or entries[k].etag != md5(path)]


def test_each_file_takes_one_request_and_all_together_few(stack, store, container, files):
    mark = stack.mark()
    results = dict(store.upload_many(files, container))
    requests = stack.swift_requests(since=mark, within=container)
    sent = Counter(request.method for request in requests)
    assert wrong(store, container, files) == []
    assert {k: (r.etag, r.size) for k, r in results.items()} == {
        k: (md5(p), p.stat().st_size) for k, p in files.items()
    }
    assert all(r.last_modified for r in results.values())
    assert sent["PUT"] == len(files)
    assert sum(sent.values()) <= len(files) + 4, sent


def test_what_exists_is_kept_and_the_rest_is_sent(store, behind, container, files):
    taken = sorted(files)[3]
    behind.put_object(container, taken, b"theirs")
    results = dict(store.upload_many(files, container))
    assert [k for k, r in results.items() if isinstance(r, AlreadyExistsError)] == [taken]
    assert behind.get_object(container, taken)[1] == b"theirs"
    assert wrong(store, container, files) == [taken]
    results = dict(store.upload_many(files, container, overwrite=True))
    assert all(isinstance(r, ObjectEntry) for r in results.values())
    assert wrong(store, container, files) == []


def test_a_rival_that_overlaps_is_noticed(faulty_store, through, behind, container, files):
    """After ours has been answered and before we look again."""
    taken = sorted(files)[5]
    rule = faulty_store.swift.add(Fault(delay_s=1), method="GET", path="end_marker")
    theirs = threading.Timer(0.8, lambda: behind.put_object(container, taken, b"theirs"))
    theirs.start()
    results = dict(through.upload_many({taken: files[taken]}, container))
    theirs.join()
    assert rule.hits == 1
    assert isinstance(results[taken], ProtocolError)
    assert "another object under this key" in str(results[taken])


def test_a_listing_that_lags_behind_is_not_believed(faulty_store, through, container, files):
    rule = faulty_store.swift.add(Fault(status=204), method="GET", path="end_marker")
    results = dict(through.upload_many(files, container))
    assert rule.hits == 1
    assert all(isinstance(r, ObjectEntry) for r in results.values())
    assert wrong(through, container, files) == []


def test_lost_answers_and_busy_servers_spoil_nothing(faulty_store, through, container, files):
    for fault in (
        Fault(lose_answer=True),
        Fault(status=503),
        Fault(reset_upload_after=10),
        Fault(status=429, headers={"Retry-After": "0"}),
    ):
        faulty_store.swift.add(fault, method="PUT", path="/p/", after=3, times=2)
    results = dict(through.upload_many(files, container))
    assert all(isinstance(r, ObjectEntry) for r in results.values()), results
    assert wrong(through, container, files) == []


def test_bytes_that_are_damaged_on_the_way_are_sent_again(
    stack, store, container, files, monkeypatch
):
    send, damaged = type(store).call, []

    def call(self, method, names, doing, **options):
        if method == "PUT" and not damaged:
            damaged.append(names)
            options["body"] = b"x" * len(options["body"])
        return send(self, method, names, doing, **options)

    monkeypatch.setattr(type(store), "call", call)
    results = dict(store.upload_many(files, container))
    assert damaged
    assert all(isinstance(r, ObjectEntry) for r in results.values())
    assert wrong(store, container, files) == []


def test_one_that_fails_fails_alone(store, container, files, tmp_path):
    files["p/missing"] = tmp_path / "missing"
    files["p/../up"] = next(iter(files.values()))
    results = dict(store.upload_many(files, container))
    failed = {k: type(r) for k, r in results.items() if not isinstance(r, ObjectEntry)}
    assert failed == {"p/missing": ConfigurationError, "p/../up": ConfigurationError}
    assert len(results) == len(files)


def test_a_full_quota_is_said_of_each(stack, store, behind, container, files):
    behind.post_container(container, {"X-Container-Meta-Quota-Bytes": "10"})
    time.sleep(1.1)  # Swift remembers a container's quota for a second
    results = dict(store.upload_many(files, container))
    assert all(isinstance(r, QuotaExceededError) for r in results.values())


def test_a_missing_container_is_said_before_anything_is_sent(stack, store, files):
    mark, missing = stack.mark(), stack.unique_name()
    with pytest.raises(NotFoundError, match="Create it first"):
        list(store.upload_many(files, missing))
    assert {r.method for r in stack.swift_requests(since=mark, within=missing)} <= {"GET", "HEAD"}


def test_larger_files_and_progress(store, behind, container, files, file, monkeypatch):
    monkeypatch.setattr(module, "_BATCH", 7)
    monkeypatch.setattr(module, "_IN_MEMORY", 1010)
    files["large"] = file  # of segments
    seen = []
    results = dict(
        store.upload_many(
            files, container, progress=lambda done, total: seen.append((done, total)) is None
        )
    )
    total = sum(path.stat().st_size for path in files.values())
    assert results["large"].size == SIZE
    assert wrong(store, container, {k: p for k, p in files.items() if k != "large"}) == []
    assert keys(behind, f"{container}_segments")
    assert {t for _, t in seen} == {total}
    assert seen[-1] == (total, total)
    assert [d for d, _ in seen] == sorted(d for d, _ in seen)


def test_overwritten_large_objects_let_their_segments_expire(store, behind, container, files, file):
    key = sorted(files)[0]
    store.upload(file, container, key)
    [*old] = keys(behind, f"{container}_segments")
    assert len(old) > 1
    dict(store.upload_many(files, container, overwrite=True))
    assert all("x-delete-at" in behind.head_object(f"{container}_segments", n) for n in old)


def test_a_full_container_is_not_read_to_the_end(stack, store, behind, container, files):
    """A listing that costs more than single look-ups is given up."""
    for number in range(30):
        behind.put_object(container, f"p/000 {number}", b"")
    pages = type(store).pages
    few = {k: files[k] for k in sorted(files)[:2]} | {"p/9": files["p/000 ü"]}

    def short(self, names, doing, query):
        return pages(self, names, doing, {**query, "limit": 5} if "end_marker" in query else query)

    type(store).pages = short
    try:
        mark = stack.mark()
        results = dict(store.upload_many(few, container))
    finally:
        type(store).pages = pages
    assert all(isinstance(r, ObjectEntry) for r in results.values())
    listings = [r for r in stack.swift_requests(since=mark, within=container) if r.method == "GET"]
    assert len(listings) == 1


def test_cancelling_ends_within_a_second_though_the_server_is_silent(
    faulty_store, through, container, files
):
    faulty_store.swift.add(Fault(delay_s=20), method="PUT", path="/p/", times=None)
    started = []

    def progress(done, total):
        started.append(time.monotonic())
        return time.monotonic() < started[0] + 0.3

    with pytest.raises(Cancelled):
        list(through.upload_many(files, container, progress=progress))
    assert time.monotonic() - started[0] < 10
