# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures are imported)
"""Static large objects on a real Swift: whole or not at all, and no segment left over."""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time

import pytest

from cog_browser.storage.errors import (
    AlreadyExistsError,
    Cancelled,
    ConfigurationError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    QuotaExceededError,
    StoreError,
)
from cog_browser.storage.object_names import COG_CONTENT_TYPE
from cog_browser.storage.swift.copies import move_object
from cog_browser.storage.swift.large_objects import judge, own_segments, read_manifest
from cog_browser.storage.swift.limits import SwiftLimits
from cog_browser.storage.swift.metadata import change_metadata, read_metadata
from tests.integration.test_swift import ODD_KEYS
from tests.integration.transfer_fixtures import (  # noqa: F401 (fixtures)
    SEGMENT,
    SIZE,
    behind,
    container,
    file,
    journals_in,
    keys,
    md5,
    open_with,
    store,
    through,
)
from tests.support.faults import Fault


def test_a_large_file_becomes_segments_and_a_manifest(store, behind, container, file, tmp_path):
    entry = store.upload(file, container, "a/b.tif", content_type=COG_CONTENT_TYPE)
    assert (entry.size, entry.content_type) == (SIZE, COG_CONTENT_TYPE)
    names = keys(behind, f"{container}_segments")
    assert len(names) == 5
    assert {name.rsplit("/", 1)[0] for name in names} == {names[0].rsplit("/", 1)[0]}
    assert names[0].startswith("a/b.tif/cogb-")
    assert hashlib.md5(behind.get_object(container, "a/b.tif")[1]).hexdigest() == md5(file)
    assert journals_in(tmp_path) == []
    # size and ETag are the same from everywhere
    parts = [file.read_bytes()[i : i + SEGMENT] for i in range(0, SIZE, SEGMENT)]
    etag = hashlib.md5("".join(hashlib.md5(p).hexdigest() for p in parts).encode()).hexdigest()
    [listed] = next(store.list_objects(container, "a/")).objects
    assert [e.etag for e in (entry, listed, store.head_object(container, "a/b.tif"))] == [etag] * 3
    assert (listed.size, listed.key) == (SIZE, "a/b.tif")
    start = SEGMENT - 10
    data = store.read_range(container, "a/b.tif", start, start + 20, etag=etag)
    assert data == file.read_bytes()[start : start + 20]
    with pytest.raises(ProtocolError, match="replaced"):
        store.read_range(container, "a/b.tif", 0, 1, etag="0" * 32)
    store.delete_object(container, "a/b.tif")
    assert keys(behind, container) == keys(behind, f"{container}_segments") == []


@pytest.mark.parametrize("key", ODD_KEYS[:-1], ids=ascii)
def test_every_key_can_be_large(store, behind, container, file, tmp_path, key):
    store.upload(file, container, key)
    store.download(container, key, tmp_path / "back.bin")
    assert md5(tmp_path / "back.bin") == md5(file)
    copy = store.copy_object(container, key, container, "copy of " + key)
    assert copy.size == SIZE
    store.delete_object(container, key)
    store.delete_object(container, "copy of " + key)
    assert keys(behind, container) == keys(behind, f"{container}_segments") == []


def test_a_key_that_is_too_long_for_segments_is_refused_before_anything_is_sent(
    stack, store, container, file
):
    mark = stack.mark()
    with pytest.raises(ConfigurationError, match="bytes too long for a large object"):
        store.upload(file, container, ODD_KEYS[-1])
    assert {r.method for r in stack.swift_requests(since=mark, within=container)} <= {"HEAD", "GET"}


@pytest.mark.parametrize("size", [0, 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT])
def test_every_size_comes_back(store, container, tmp_path, size):
    path = tmp_path / "x"
    path.write_bytes(os.urandom(size))
    assert store.upload(path, container, "k").size == size
    store.download(container, "k", tmp_path / "back")
    assert md5(tmp_path / "back") == md5(path)


def test_segments_have_the_containers_policy_and_readers(stack, store, behind, file):
    name = stack.unique_name()
    behind.put_container(
        name, {"X-Storage-Policy": "silver", "X-Container-Read": ".r:*,.rlistings"}
    )
    store.upload(file, name, "k")
    headers = behind.head_container(f"{name}_segments")
    assert headers["x-storage-policy"] == "silver"
    assert headers["x-container-read"] == ".r:*"
    with stack.session() as session:  # without a token
        assert session.get(f"{stack.storage_url()}/{name}/k").content == file.read_bytes()


def test_nothing_is_visible_before_every_segment_is_verified(
    faulty_store, through, behind, container, file
):
    faulty_store.swift.add(Fault(status=403), method="PUT", path="_segments/.*/00000003$")
    with pytest.raises(PermissionDeniedError):
        through.upload(file, container, "k")
    assert keys(behind, container) == []
    assert not [r for r in faulty_store.swift.requests if "multipart-manifest=put" in r.target]


def test_a_segment_with_another_checksum_is_sent_again(
    faulty_store, through, behind, container, file
):
    faulty_store.swift.add(Fault(headers={"ETag": "0" * 32}), method="PUT", path="/00000001$")
    through.upload(file, container, "k")
    assert hashlib.md5(behind.get_object(container, "k")[1]).hexdigest() == md5(file)
    sent = [r for r in faulty_store.swift.requests if r.target.endswith("/00000001")]
    assert [r.method for r in sent].count("PUT") == 2


def test_a_segment_that_the_store_has_lost_is_sent_again(store, behind, container, file):
    lost = []

    def lose_one(done, total):
        if done == total and not lost:
            lost.extend(keys(behind, f"{container}_segments")[1:2])
            behind.delete_object(f"{container}_segments", lost[0])
        return True

    store.upload(file, container, "k", progress=lose_one)
    assert lost
    assert hashlib.md5(behind.get_object(container, "k")[1]).hexdigest() == md5(file)


def test_an_overwritten_large_object_lets_its_segments_expire(
    store, behind, container, file, tmp_path
):
    store.upload(file, container, "k")
    old = keys(behind, f"{container}_segments")
    other = tmp_path / "other"
    other.write_bytes(os.urandom(SIZE))
    store.upload(other, container, "k", overwrite=True)
    home = f"{container}_segments"
    assert set(old) < set(keys(behind, home))
    assert all("x-delete-at" in behind.head_object(home, name) for name in old)
    new = own_segments(store, container, "k")
    assert len(new) == 5 and not set(new) & set(old)
    assert not any("x-delete-at" in behind.head_object(home, name) for name in new)
    small = tmp_path / "small"
    small.write_bytes(b"small")
    store.upload(small, container, "k", overwrite=True)
    assert all("x-delete-at" in behind.head_object(home, name) for name in new)
    assert behind.get_object(container, "k")[1] == b"small"


def test_segments_that_another_manifest_uses_do_not_expire(
    store, behind, container, file, tmp_path
):
    store.upload(file, container, "k")
    old = keys(behind, f"{container}_segments")
    _, manifest = behind.get_object(
        container, "k", query_string="multipart-manifest=get&format=raw"
    )
    behind.put_object(container, "shared", manifest, query_string="multipart-manifest=put")
    small = tmp_path / "small"
    small.write_bytes(b"small")
    store.upload(small, container, "k", overwrite=True)
    assert not any("x-delete-at" in behind.head_object(f"{container}_segments", n) for n in old)
    assert behind.get_object(container, "shared")[1] == file.read_bytes()


def test_foreign_segments_are_left_alone(store, behind, container, file, tmp_path):
    """As `swift upload` names them: only our own upload ids go."""
    home = f"{container}_segments"
    behind.put_container(home)
    etag = behind.put_object(home, "k/slo/1/2/00", file.read_bytes())
    rows = [{"path": f"/{home}/k/slo/1/2/00", "etag": etag, "size_bytes": SIZE}]
    behind.put_object(container, "k", json.dumps(rows), query_string="multipart-manifest=put")
    store.upload(file, container, "k", overwrite=True)
    assert "x-delete-at" not in behind.head_object(home, "k/slo/1/2/00")


def test_an_existing_key_is_kept_and_no_segment_stays(store, behind, container, file, tmp_path):
    behind.put_object(container, "k", b"theirs")
    with pytest.raises(AlreadyExistsError):
        store.upload(file, container, "k")
    late = []

    def somebody_else(done, total):
        if done == total and not late:
            late.append(behind.put_object(container, "late", b"theirs"))
        return True

    with pytest.raises(AlreadyExistsError, match="exists already"):
        store.upload(file, container, "late", progress=somebody_else)
    assert late
    assert behind.get_object(container, "late")[1] == b"theirs"
    assert keys(behind, f"{container}_segments") == []
    assert journals_in(tmp_path) == []


@pytest.mark.parametrize("size", [17, SIZE])
def test_of_two_strict_uploads_at_once_exactly_one_wins(stack, behind, container, tmp_path, size):
    files, results = [], {}
    for number in range(4):
        path = tmp_path / f"{number}"
        path.write_bytes(os.urandom(size))
        files.append(path)

    def upload(path):
        one = open_with(stack.environment("demo"), tmp_path / "state" / path.name, strict=True)
        try:
            results[path] = one.upload(path, container, "k")
        except StoreError as error:
            results[path] = error

    threads = [threading.Thread(target=upload, args=(path,)) for path in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [winner] = [path for path, result in results.items() if not isinstance(result, StoreError)]
    losers = [result for path, result in results.items() if path != winner]
    # a server may accept several manifests at once; then reading again tells
    assert all(isinstance(e, (AlreadyExistsError, ProtocolError)) for e in losers), losers
    assert behind.get_object(container, "k")[1] == winner.read_bytes()
    assert len(keys(behind, f"{container}_segments")) == max(1, -(-size // SEGMENT))


def test_a_plain_upload_that_lost_to_somebody_else_is_an_error(
    faulty_store, through, behind, container, tmp_path
):
    path = tmp_path / "small"
    path.write_bytes(b"ours")
    rule = faulty_store.swift.add(Fault(), method="HEAD", path="/k$", after=1)
    takes = rule.takes

    def takes_once_theirs_is_there(request):
        is_it = takes(request)
        if is_it:
            behind.put_object(container, "k", b"theirs")
        return is_it

    rule.takes = takes_once_theirs_is_there
    with pytest.raises(ProtocolError, match="another object under this key"):
        through.upload(path, container, "k")
    assert rule.hits == 1


@pytest.mark.parametrize("size", [17, SIZE])
def test_a_lost_answer_does_not_make_an_upload_its_own_rival(
    faulty_store, through, behind, container, tmp_path, size
):
    path = tmp_path / "x"
    path.write_bytes(os.urandom(size))
    rule = faulty_store.swift.add(Fault(lose_answer=True), method="PUT", path=rf"/{container}/k")
    assert through.upload(path, container, "k").size == size
    assert rule.hits == 1
    assert behind.get_object(container, "k")[1] == path.read_bytes()
    assert len(keys(behind, f"{container}_segments")) == (5 if size == SIZE else 0)


def test_a_copy_has_segments_of_its_own_and_the_metadata(store, behind, container, file, stack):
    store.upload(file, container, "k", content_type=COG_CONTENT_TYPE)
    behind.post_object(container, "k", {"X-Object-Meta-Source": "drone", "Content-Type": "image/x"})
    other = store.create_container(stack.unique_name()).name
    copy = store.copy_object(container, "k", other, "d/é copy.tif")
    assert (copy.size, copy.etag) == (SIZE, store.head_object(container, "k").etag)
    assert behind.head_object(other, "d/é copy.tif")["x-object-meta-source"] == "drone"
    assert copy.content_type == "image/x"
    with pytest.raises(AlreadyExistsError):
        store.copy_object(container, "k", other, "d/é copy.tif")
    store.delete_object(container, "k")
    assert behind.get_object(other, "d/é copy.tif")[1] == file.read_bytes()
    assert len(keys(behind, f"{other}_segments")) == 5


def test_a_plain_object_is_copied_by_the_store(stack, store, behind, container):
    behind.put_object(container, "a b", b"data", headers={"X-Object-Meta-A": "1"})
    mark = stack.mark()
    copy = store.copy_object(container, "a b", container, "c#d")
    assert (copy.size, behind.get_object(container, "c#d")[1]) == (4, b"data")
    assert behind.head_object(container, "c#d")["x-object-meta-a"] == "1"
    requests = stack.swift_requests(since=mark, within=container)
    assert sum(r.bytes_received for r in requests) < 100
    behind.put_object(container, "old", b"old")
    with pytest.raises(AlreadyExistsError):
        store.copy_object(container, "a b", container, "old")
    assert store.copy_object(container, "a b", container, "old", overwrite=True).size == 4
    with pytest.raises(ConfigurationError, match="the same object"):
        store.copy_object(container, "old", container, "old", overwrite=True)


def test_a_copy_that_fails_leaves_no_segment(faulty_store, through, behind, container, file):
    through.upload(file, container, "k")
    before = keys(behind, f"{container}_segments")
    faulty_store.swift.add(Fault(status=403), method="PUT", path="to/cogb-.*/00000002$")
    with pytest.raises(PermissionDeniedError):
        through.copy_object(container, "k", container, "to")
    assert keys(behind, f"{container}_segments") == before
    assert keys(behind, container) == ["k"]


@pytest.mark.parametrize("size", [17, SIZE])
def test_renaming_moves_every_byte(store, behind, container, tmp_path, size):
    path = tmp_path / "x"
    path.write_bytes(os.urandom(size))
    store.upload(path, container, "old")
    assert move_object(store, container, "old", container, "new").size == size
    assert keys(behind, container) == ["new"]
    assert behind.get_object(container, "new")[1] == path.read_bytes()
    assert len(keys(behind, f"{container}_segments")) == (5 if size == SIZE else 0)


def test_an_object_that_ends_takes_its_segments_with_it(store, behind, container, file):
    store.upload(file, container, "k", delete_after=3600)
    home = f"{container}_segments"
    ends = {behind.head_object(home, n)["x-delete-at"] for n in keys(behind, home)}
    ends.add(behind.head_object(container, "k")["x-delete-at"])
    assert len(ends) == 1
    assert abs(int(ends.pop()) - time.time() - 3600) < 60


def test_a_change_of_metadata_keeps_the_rest(store, behind, container, file):
    store.upload(file, container, "k")
    first = {"X-Object-Meta-A": "1", "Content-Disposition": "attachment", "X-Delete-After": "900"}
    change_metadata(store, container, "k", first)
    change_metadata(store, container, "k", {"X-Object-Meta-B": "2"})
    found = {n.lower(): v for n, v in read_metadata(store, container, "k").items()}
    assert found["x-object-meta-a"] == "1"
    assert found["x-object-meta-b"] == "2"
    assert found["content-disposition"] == "attachment"
    home = f"{container}_segments"
    ends = {behind.head_object(home, n)["x-delete-at"] for n in keys(behind, home)}
    assert len(ends) in (1, 2)  # each within a second of the object's own
    assert abs(int(ends.pop()) - int(found["x-delete-at"])) <= 1
    change_metadata(store, container, "k", {"X-Object-Meta-A": "", "X-Delete-At": ""})
    found = {n.lower() for n in read_metadata(store, container, "k")}
    assert found == {"x-object-meta-b", "content-disposition"}
    assert not any("x-delete-at" in behind.head_object(home, n) for n in keys(behind, home))


@pytest.mark.parametrize("size", [3_000_000, 40_000_000])
def test_a_full_quota_is_said_although_the_file_is_still_being_sent(
    store, behind, container, tmp_path, size
):
    behind.post_container(container, {"X-Container-Meta-Quota-Bytes": "1000000"})
    time.sleep(1.2)  # the proxy remembers a container for a second
    path = tmp_path / "x"
    path.write_bytes(bytes(size))
    store.transfers = type(store.transfers)(journals=tmp_path)
    with pytest.raises(QuotaExceededError, match="quota is used up"):
        store.upload(path, container, "k")


def test_a_file_that_no_large_object_can_hold_is_refused():
    limits = SwiftLimits(max_put=100, max_segments=10)
    assert limits.segment_size(1000, 64, "x") == 100
    with pytest.raises(QuotaExceededError, match="at most 1000"):
        limits.segment_size(1001, 64, "x")
    assert SwiftLimits().segment_size(65 << 30, 64 << 20, "x") == 67 << 20


@pytest.mark.parametrize(
    "info", [{}, {"swift": {}, "slo": {}}, {"swift": {"max_file_size": "x"}, "slo": [1]}]
)
def test_an_odd_info_means_swifts_own_limits(info):
    assert SwiftLimits.from_info(info) == SwiftLimits()
    assert not SwiftLimits.from_info({"swift": {}}).has_large_objects


@pytest.mark.parametrize("status", [404, 403, 500])
def test_an_absent_info_does_not_stop_an_upload(
    faulty_store, through, behind, container, file, status
):
    faulty_store.swift.add(Fault(status=status), path="/info$", times=None)
    assert through.upload(file, container, "k").size == SIZE
    assert hashlib.md5(behind.get_object(container, "k")[1]).hexdigest() == md5(file)


def test_a_server_that_takes_less_at_once_gets_segments(make_stack, tmp_path):
    stack = make_stack(max_file_size=2 << 20)
    store = open_with(stack.environment("demo"), tmp_path, threshold=1 << 30, segment_size=8 << 20)
    container = store.create_container("small").name
    path = tmp_path / "x"
    path.write_bytes(os.urandom(5_000_000))
    assert store.upload(path, container, "k").size == 5_000_000
    assert [s.size for s in read_manifest(store, container, "k")] == [2 << 20, 2 << 20, 805696]


@pytest.mark.parametrize(
    ("document", "kind"),
    [
        (
            {"Response Status": "400 Bad Request", "Errors": [["/c/k", "403 Forbidden"]]},
            "Permission",
        ),
        ({"Response Status": "200 OK", "Errors": [["/c/k", "500 Error"]]}, "Server"),
        ({"Response Status": "401 Unauthorized", "Errors": []}, "Authentication"),
        ({"Response Status": "502 Bad Gateway", "Errors": []}, "Server"),
        ({"Response Status": "400 Bad Request", "Errors": [["/c/k", "Etag Mismatch"]]}, "Protocol"),
        ([], "Protocol"),
        ({}, "Protocol"),
    ],
)
def test_an_answer_is_judged_by_its_body(document, kind):
    with pytest.raises(StoreError, match="Could not delete it") as caught:
        judge(document, "delete it", None)
    assert type(caught.value).__name__.startswith(kind)
    judge({"Response Status": "200 OK", "Errors": []}, "delete it", None)


def test_a_reader_may_not_delete_a_large_object(stack, store, behind, container, file, tmp_path):
    store.upload(file, container, "k")
    reader = open_with(stack.environment("reader"), tmp_path)
    with pytest.raises(PermissionDeniedError):
        reader.delete_object(container, "k")
    assert behind.get_object(container, "k")[1] == file.read_bytes()
    with pytest.raises(NotFoundError):
        store.delete_object(container, "nothing")


def test_the_last_moment_to_refuse_is_before_the_manifest(store, behind, container, file):
    with pytest.raises(Cancelled):
        store.upload(file, container, "k", progress=lambda done, total: done < total)
    assert keys(behind, container) == []
