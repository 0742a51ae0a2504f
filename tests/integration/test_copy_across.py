# SPDX-License-Identifier: GPL-2.0-or-later
"""Copies from one account to another, of any two kinds, on real servers."""

from __future__ import annotations

import dataclasses
import os
import time
import uuid
from datetime import timedelta

import pytest

from cog_browser.storage.errors import (
    AlreadyExistsError,
    Cancelled,
    ConfigurationError,
    NotFoundError,
    ProtocolError,
    StoreError,
    TransportError,
)
from cog_browser.storage.many_objects import Transfer, remove_original, transfer_all
from cog_browser.storage.object_properties import Properties, azure_headers, properties_of
from cog_browser.storage.transfers.control import TransferControl
from cog_browser.storage.transfers.copy_across import CopyAcross, same_account
from tests.integration.store_accounts import SERVERS, store_in
from tests.support.faults import Fault

KINDS = ("swift", "s3-moto", "azure")
PART = 5 << 20
OWN = {"sensor": "msi", "scene_id": "T32TPT 2026"}


@pytest.fixture
def open_kind(request, tmp_path):
    """Opens an account of a kind, with a container of its own: (store, container)."""
    opened = []

    def make(name):
        store = store_in(name, request.getfixturevalue(SERVERS[name]), tmp_path)
        opened.append(store)
        return store, store.create_container(f"across-{uuid.uuid4().hex[:12]}").name

    yield make
    for store in opened:
        store.close()


@pytest.fixture
def across(tmp_path):
    return lambda source, target, **more: CopyAcross(source, target, tmp_path / "way", **more)


def left_on_the_way(tmp_path):
    return [path.name for path in (tmp_path / "way").iterdir()]


def bytes_of(store, container, key, tmp_path):
    store.download(container, key, tmp_path / "got")
    return (tmp_path / "got").read_bytes()


def properties_in(store, container, key):
    response = store.call("HEAD", (container, key), "look")
    response.close()
    return properties_of(response.headers)


def filled(store, container, key, tmp_path, size, **more):
    path = tmp_path / f"{uuid.uuid4().hex}.bin"
    path.write_bytes(os.urandom(size))
    store.upload(path, container, key, **more)
    return path.read_bytes()


@pytest.mark.parametrize(("one", "other"), [(a, b) for a in KINDS for b in KINDS if a != b])
def test_bytes_type_and_metadata_arrive(open_kind, across, tmp_path, one, other):
    (source, container), (target, to) = open_kind(one), open_kind(other)
    given = Properties({"content-disposition": 'attachment; filename="a.tif"'}, OWN)
    data = filled(source, container, "in/é #?.tif", tmp_path, 1000, content_type="image/x-test",
                  properties=given)  # fmt: skip
    seen = []
    made = across(source, target).copy_object(
        container, "in/é #?.tif", to, "out/é.tif", progress=lambda *x: seen.append(x) or True
    )
    assert (made.size, made.content_type) == (1000, "image/x-test")
    assert bytes_of(target, to, "out/é.tif", tmp_path) == data
    kept = properties_in(target, to, "out/é.tif")
    assert kept.headers["content-disposition"] == 'attachment; filename="a.tif"'
    assert {name.replace("-", "_"): value for name, value in kept.own.items()} == OWN
    assert {total for _, total in seen} == {2000}
    assert seen[-1] == (2000, 2000)
    assert left_on_the_way(tmp_path) == []
    assert source.head_object(container, "in/é #?.tif").size == 1000


@pytest.mark.parametrize(("one", "other"), [("swift", "s3-moto"), ("s3-moto", "swift")])
def test_large_objects_go_in_parts_with_their_metadata(open_kind, across, tmp_path, one, other):
    (source, container), (target, to) = open_kind(one), open_kind(other)
    data = filled(source, container, "k", tmp_path, 2 * PART + 7, properties=Properties({}, OWN))
    across(source, target).copy_object(container, "k", to, "k")
    assert bytes_of(target, to, "k", tmp_path) == data
    kept = properties_in(target, to, "k").own
    assert {name.replace("-", "_"): value for name, value in kept.items()} == OWN


def test_what_is_there_stays_unless_it_may_be_replaced(open_kind, across, tmp_path):
    (source, container), (target, to) = open_kind("swift"), open_kind("azure")
    data = filled(source, container, "k", tmp_path, 10)
    mine = filled(target, to, "k", tmp_path, 20)
    with pytest.raises(AlreadyExistsError):
        across(source, target).copy_object(container, "k", to, "k")
    assert bytes_of(target, to, "k", tmp_path) == mine
    across(source, target).copy_object(container, "k", to, "k", overwrite=True)
    assert bytes_of(target, to, "k", tmp_path) == data
    with pytest.raises(NotFoundError):
        across(source, target).copy_object(container, "none", to, "x")
    with pytest.raises(NotFoundError):
        across(source, target).copy_object(container, "k", "not-there", "x")
    assert left_on_the_way(tmp_path) == []


@pytest.mark.parametrize("share", [0.2, 0.8])  # while it comes down, and while it goes up
def test_a_cancelled_copy_ends_within_a_second_and_leaves_nothing(
    open_kind, across, tmp_path, share
):
    (source, container), (target, to) = open_kind("swift"), open_kind("s3-moto")
    filled(source, container, "k", tmp_path, 3 * PART)
    control, stopped = TransferControl(bandwidth=40e6), []

    def progress(done, total):
        if done >= share * total and not stopped:
            stopped.append(time.monotonic())
        return not stopped

    with pytest.raises(Cancelled):
        across(source, target, control=control).copy_object(
            container, "k", to, "k", progress=progress
        )
    assert time.monotonic() - stopped[0] < 10  # 1 s on a machine that isn't busy
    with pytest.raises(NotFoundError):
        target.head_object(to, "k")
    assert left_on_the_way(tmp_path) == []


def test_an_upload_that_broke_off_goes_on_without_a_second_download(
    open_kind, across, faulty_store, tmp_path
):
    source, container = open_kind("s3-moto")
    data = filled(source, container, "k", tmp_path, 3 * PART)
    target, to = open_kind("swift")
    proxied = store_in("swift", faulty_store, tmp_path)
    proxied.transfers = dataclasses.replace(proxied.transfers, attempts=1, parallel=1)
    rule = faulty_store.swift.add(
        Fault(status=500), path=f"{to}_segments/.*/00000002", method="PUT", times=None
    )
    with pytest.raises(StoreError):
        across(source, proxied).copy_object(container, "k", to, "k")
    assert rule.hits
    assert len(left_on_the_way(tmp_path)) == 1
    faulty_store.swift.clear()

    def refused(*_arguments, **_options):
        raise AssertionError("it has come down already")

    source.download = refused
    mark = len(faulty_store.swift.requests)
    across(source, proxied).copy_object(container, "k", to, "k")
    sent = [r.target for r in faulty_store.swift.requests[mark:] if r.method == "PUT"]
    assert not any("/00000000" in path for path in sent)
    assert bytes_of(target, to, "k", tmp_path) == data
    assert left_on_the_way(tmp_path) == []
    proxied.close()


def test_a_download_that_broke_off_leaves_its_parts(open_kind, across, tmp_path, monkeypatch):
    (source, container), (target, to) = open_kind("swift"), open_kind("azure")
    data = filled(source, container, "k", tmp_path, 4 << 20)
    source.transfers = dataclasses.replace(
        source.transfers, part_size=1 << 20, parallel=1, attempts=1
    )
    real, ranges, is_broken = source.call, [], [True]

    def call(method, names, doing, **more):
        if method == "GET" and names[1:] == ("k",):
            ranges.append(more["headers"]["Range"])
            if is_broken[0] and len(ranges) > 2:
                raise TransportError("The line broke.")
        return real(method, names, doing, **more)

    monkeypatch.setattr(source, "call", call)
    with pytest.raises(TransportError):
        across(source, target).copy_object(container, "k", to, "k")
    assert len(left_on_the_way(tmp_path)) == 2  # with its notes
    is_broken[0] = False
    ranges.clear()
    across(source, target).copy_object(container, "k", to, "k")
    assert ranges == ["bytes=2097152-3145727", "bytes=3145728-4194303"]
    assert bytes_of(target, to, "k", tmp_path) == data
    assert left_on_the_way(tmp_path) == []


def test_a_damaged_answer_never_arrives(faulty_store, open_kind, across, tmp_path):
    source, container = open_kind("swift")
    target, to = open_kind("s3-moto")
    filled(source, container, "k", tmp_path, 100_000)
    proxied = store_in("swift", faulty_store, tmp_path)
    proxied.transfers = dataclasses.replace(proxied.transfers, attempts=1)
    faulty_store.swift.add(Fault(corrupt_at=5000), path=f"{container}/k", method="GET", times=None)
    with pytest.raises(StoreError, match="differ from the checksum"):
        across(proxied, target).copy_object(container, "k", to, "k")
    with pytest.raises(NotFoundError):
        target.head_object(to, "k")
    assert left_on_the_way(tmp_path) == []
    proxied.close()


def test_a_disk_without_room_is_told_before_a_byte_comes(open_kind, across, tmp_path, monkeypatch):
    (source, container), (target, to) = open_kind("swift"), open_kind("azure")
    filled(source, container, "k", tmp_path, 100)
    usage = "cog_browser.storage.transfers.download.shutil.disk_usage"
    monkeypatch.setattr(usage, lambda _path: type("U", (), {"free": 50}))
    with pytest.raises(ConfigurationError, match="has room for 50"):
        across(source, target).copy_object(container, "k", to, "k")
    assert left_on_the_way(tmp_path) == []


def test_many_are_moved_and_each_original_goes_with_its_copy(open_kind, across, tmp_path):
    (source, container), (target, to) = open_kind("swift"), open_kind("s3-moto")
    bodies = {f"a/{n}": filled(source, container, f"a/{n}", tmp_path, 100 + n) for n in range(6)}
    filled(target, to, "b/3", tmp_path, 5)
    pairs = tuple((key, key.replace("a/", "b/")) for key in bodies)
    seen = []
    done = dict(
        transfer_all(
            source,
            Transfer(container, to, pairs),
            lambda _key: True,
            lambda *x: seen.append(x) or True,
            across=across(source, target),
        )
    )
    assert [key for key, error in done.items() if error] == ["a/3"]
    assert isinstance(done["a/3"], AlreadyExistsError)
    assert {total for _, total in seen} == {6000}
    for key, new in pairs:
        if key == "a/3":
            assert source.head_object(container, key).size == 103
            continue
        assert bytes_of(target, to, new, tmp_path) == bodies[key]
        with pytest.raises(NotFoundError):
            source.head_object(container, key)


@pytest.mark.parametrize("name", ["s3-moto", "azure"])
def test_a_move_onto_itself_by_another_connection_deletes_nothing(
    open_kind, across, tmp_path, name
):
    source, container = open_kind(name)
    target, _ = open_kind(name)
    body = filled(source, container, "only.bin", tmp_path, 100)
    transfer = Transfer(container, container, (("only.bin", "only.bin"),), overwrite=True)
    done = dict(transfer_all(source, transfer, lambda _key: True, across=across(source, target)))
    assert "this is the same object" in str(done["only.bin"])
    assert bytes_of(source, container, "only.bin", tmp_path) == body


def test_an_original_that_was_written_again_meanwhile_stays(open_kind, across, tmp_path):
    (source, container), (target, to) = open_kind("swift"), open_kind("s3-moto")
    filled(source, container, "one.bin", tmp_path, 100)
    original = source.head_object(container, "one.bin")
    copy = across(source, target).copy_object(container, "one.bin", to, "one.bin")
    earlier = dataclasses.replace(
        original, last_modified=original.last_modified - timedelta(seconds=5)
    )
    with pytest.raises(ProtocolError, match="was not deleted"):
        remove_original(source, earlier, copy)
    remove_original(source, original, copy)
    with pytest.raises(NotFoundError):
        source.head_object(container, "one.bin")


def test_a_paused_copy_stands_still(open_kind, across, tmp_path):
    (source, container), (target, to) = open_kind("swift"), open_kind("azure")
    data = filled(source, container, "k", tmp_path, 4 << 20)
    control, seen = TransferControl(), []
    control.pause()
    ticks = []

    def progress(done, _total):
        seen.append(done)
        ticks.append(control.is_paused)
        if len(ticks) == 5:
            control.proceed()
        return True

    across(source, target, control=control).copy_object(container, "k", to, "k", progress=progress)
    assert seen[:5] == [0] * 5
    assert bytes_of(target, to, "k", tmp_path) == data


def test_old_leftovers_are_swept_up(open_kind, across, tmp_path):
    (source, container), (target, to) = open_kind("swift"), open_kind("azure")
    filled(source, container, "k", tmp_path, 10)
    way = tmp_path / "way"
    way.mkdir()
    for name, days in (("old.copy", 8), (".old.copy.cogb-part", 8), ("new.copy", 1)):
        (way / name).write_bytes(b"x")
        then = time.time() - days * 86400
        os.utime(way / name, (then, then))
    across(source, target).copy_object(container, "k", to, "k")
    assert left_on_the_way(tmp_path) == ["new.copy"]


def test_the_same_account_is_known(open_kind):
    swift, azure, s3 = (open_kind(name)[0] for name in KINDS[:1] + KINDS[2:] + KINDS[1:2])
    twin = open_kind("swift")[0]
    assert same_account(swift, twin)
    assert same_account(s3, s3)
    assert not same_account(s3, open_kind("s3-moto")[0])  # perhaps other keys
    assert not same_account(swift, azure)


def test_only_what_every_store_takes_is_sent():
    own = {"a-b": "1", "é": "x", "long": "x" * 3000, "text": "é", "2nd": "y"}
    properties = Properties({"cache-control": "no-cache"}, own)
    assert azure_headers(properties) == {
        "x-ms-blob-cache-control": "no-cache",
        "x-ms-meta-a_b": "1",
        "x-ms-meta-_2nd": "y",
    }
    assert properties_of({"Content-Encoding": "aws-chunked", "X-Amz-Meta-A": "1"}) == Properties(
        {}, {"a": "1"}
    )
