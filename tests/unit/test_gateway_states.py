# SPDX-License-Identifier: GPL-2.0-or-later
"""What the gateway does while a store is away, and before anyone has signed in."""

from __future__ import annotations

import os
import stat
import threading
import time

import pytest

from cog_browser.storage.errors import AuthenticationError, ServerError, TransportError
from cog_browser.storage.gateway import gateway as gateway_module
from cog_browser.storage.gateway import revival
from cog_browser.storage.gateway.block_cache import BLOCK
from cog_browser.storage.gateway.gateway import Gateway
from cog_browser.storage.gateway.header_store import HeaderStore
from tests.support.memory_reader import MemoryReader


class Watched:
    """A gateway whose changes of state are noted."""

    def __init__(self, folder=None):
        self.states: list[tuple[str, str]] = []
        self._changed = threading.Condition()
        self.gateway = Gateway(notify=self._note)
        self.gateway.configure(64 << 20, folder)

    def share(self, reader, key="a.tif"):
        url = self.gateway.url(reader, "c", key, reader.source("c", key))
        return url, self.gateway.find(url)

    def wait_until(self, state, within=10.0):
        with self._changed:
            assert self._changed.wait_for(
                lambda: any(s == state for s, _ in self.states), within
            ), self.states
            return next(reason for s, reason in self.states if s == state)

    def _note(self, url, state, reason):
        assert url.startswith("http://127.0.0.1:")
        with self._changed:
            self.states.append((state, reason))
            self._changed.notify_all()


@pytest.fixture
def make(monkeypatch):
    monkeypatch.setattr(revival, "FIRST", 0.05)
    made = []

    def build(folder=None):
        made.append(Watched(folder))
        return made[-1]

    yield build
    for watched in made:
        watched.gateway.stop()


def test_a_failed_read_is_tried_again_until_it_works_and_both_are_told(make):
    watched, reader = make(), MemoryReader(os.urandom(3 * BLOCK))
    _, shared = watched.share(reader)
    assert watched.gateway.read(shared, 0, 10) == reader.data[:10]
    reader.error = ServerError("The store is ill.", status=503)
    with pytest.raises(ServerError):
        watched.gateway.read(shared, 2 * BLOCK, 2 * BLOCK + 5)
    assert watched.wait_until("failing") == "The store is ill."
    assert shared.meter.state == "failing"
    reader.error = None
    watched.wait_until("reading")
    assert [s for s, _ in watched.states] == ["failing", "reading"]
    asked = len(reader.reads)
    assert watched.gateway.read(shared, 2 * BLOCK, 2 * BLOCK + 5) == reader.data[-BLOCK:][:5]
    assert len(reader.reads) == asked  # the try that worked has filled the memory


def test_what_still_fails_is_not_called_well_because_something_else_works(make):
    watched, reader = make(), MemoryReader(os.urandom(3 * BLOCK))
    _, shared = watched.share(reader)
    watched.gateway.size(shared)
    broken = reader.read_range

    def one_bad_place(container, key, start, stop, *, etag=None):
        if start == BLOCK:
            raise ServerError("A bad disk.", status=500)
        return broken(container, key, start, stop, etag=etag)

    reader.read_range = one_bad_place
    with pytest.raises(ServerError):
        watched.gateway.read(shared, BLOCK, BLOCK + 1)
    assert watched.gateway.read(shared, 0, 4) == reader.data[:4]
    time.sleep(0.3)
    assert [s for s, _ in watched.states] == ["failing"]


def test_while_a_host_is_dead_one_reader_tries_and_the_others_fail_at_once(make):
    watched, reader = make(), MemoryReader(os.urandom(40 * BLOCK))
    _, shared = watched.share(reader)
    watched.gateway.size(shared)
    reader.error = TransportError("No route.")
    with pytest.raises(TransportError):
        watched.gateway.read(shared, 0, 1)
    reader.delay = 1.0  # from here on every try takes a second
    started = time.monotonic()
    failed = 0

    def read(block):
        nonlocal failed
        try:
            watched.gateway.read(shared, block * BLOCK, block * BLOCK + 1)
        except TransportError:
            failed += 1

    readers = [threading.Thread(target=read, args=(2 * n,)) for n in range(20)]
    for thread in readers:
        thread.start()
    for thread in readers:
        thread.join()
    assert failed == 20
    assert time.monotonic() - started < 10  # not twenty seconds, nor the deadline
    assert reader.most_active <= 2
    reader.error, reader.delay = None, 0.0
    watched.wait_until("reading")


def test_one_object_that_is_out_brings_the_others_of_its_connection_back_with_it(make):
    watched, reader = make(), MemoryReader(os.urandom(BLOCK))
    shared = [watched.share(reader, f"{n}.tif")[1] for n in range(10)]
    for each in shared:
        watched.gateway.size(each)
    reader.error = TransportError("No route.")
    for each in shared:
        with pytest.raises(TransportError):
            watched.gateway.read(each, 0, 1)
    assert {each.meter.state for each in shared} == {"failing"}
    reader.error = None
    give_up = time.monotonic() + 60
    while any(each.meter.state != "reading" for each in shared) and time.monotonic() < give_up:
        time.sleep(0.02)
    assert {each.meter.state for each in shared} == {"reading"}


def test_retry_does_not_wait_for_the_next_turn(make, monkeypatch):
    monkeypatch.setattr(revival, "FIRST", 30.0)
    watched, reader = make(), MemoryReader(os.urandom(BLOCK))
    url, shared = watched.share(reader)
    watched.gateway.size(shared)
    reader.error = ServerError("ill", status=500)
    with pytest.raises(ServerError):
        watched.gateway.read(shared, 0, 1)
    reader.error = None
    watched.gateway.retry(url)
    watched.wait_until("reading", within=20)


def test_a_read_that_fails_while_another_recovers_is_tried_again_too(make):
    """The try is over when it does, and so it must not be struck off with it."""
    shared = make().share(MemoryReader(os.urandom(BLOCK)))[1]
    tries = []

    def attempt(_shared):
        tries.append(sorted(shared.failed))
        shared.failed.clear()
        if len(tries) == 1:
            shared.failed.add(7)
            retrying.watch(shared)
        return True

    retrying = revival.Revival(attempt)
    shared.failed.add(3)
    retrying.watch(shared)
    give_up = time.monotonic() + 60
    while retrying._failing and time.monotonic() < give_up:
        time.sleep(0.01)
    assert (tries, retrying._failing) == ([[3], [7]], {})


def test_an_object_that_no_layer_shows_and_nobody_reads_is_not_tried_for_ever(make, monkeypatch):
    monkeypatch.setattr(gateway_module, "UNUSED", 0.4)
    monkeypatch.setattr(revival, "LONGEST", 0.05)
    watched = make()
    shown, unseen = MemoryReader(os.urandom(BLOCK)), MemoryReader(os.urandom(BLOCK), "other")
    shown_url, shown_object = watched.share(shown)
    _, object_unseen = watched.share(unseen)
    watched.gateway.use([shown_url, "http://127.0.0.1:1/gone"])
    for reader, shared in ((shown, shown_object), (unseen, object_unseen)):
        watched.gateway.size(shared)
        reader.error = ServerError("ill", status=500)
        with pytest.raises(ServerError):
            watched.gateway.read(shared, 0, 1)
    wait_for(lambda: not watched.gateway._revival._failing.get(unseen.connection.id))
    asked, asked_shown = len(unseen.reads), len(shown.reads)
    assert asked >= 2  # it was tried as long as somebody might have been waiting
    time.sleep(0.3)
    assert len(unseen.reads) == asked
    assert len(shown.reads) > asked_shown
    assert (shown_object.meter.state, object_unseen.meter.state) == ("failing", "reading")

    with pytest.raises(ServerError):  # a layer is there again
        watched.gateway.read(object_unseen, 0, 1)
    watched.gateway.use([watched.share(unseen)[0]])
    time.sleep(0.6)
    assert object_unseen.meter.state == "failing"
    unseen.error = None
    wait_for(lambda: object_unseen.meter.state == "reading")
    assert watched.gateway.read(object_unseen, 0, 5) == unseen.data[:5]


def wait_for(condition, within=60.0):
    give_up = time.monotonic() + within
    while not condition() and time.monotonic() < give_up:
        time.sleep(0.01)
    assert condition()


def test_who_begins_to_listen_hears_all_states(make, tmp_path):
    reader = MemoryReader(os.urandom(3 * BLOCK))
    saved = open_once(make(tmp_path), reader)
    watched = make(tmp_path)
    watched.gateway.expect(reader.connection.id, "c", "a.tif", saved)
    watched.share(MemoryReader(b"x", "well"), "b.tif")
    watched.states.clear()
    watched.gateway.tell_states()
    assert watched.states == [
        ("waiting", "“a.tif” waits for a sign-in to its account."),
        ("reading", ""),
    ]


def test_totals_are_of_all_objects_of_a_connection_also_of_those_that_are_gone(make):
    watched, reader = make(), MemoryReader(os.urandom(BLOCK))
    for key in ("a.tif", "b.tif"):
        _, shared = watched.share(reader, key)
        watched.gateway.read(shared, 0, 10)
    watched.gateway.forget(reader.connection.id, "c", "a.tif")
    total = watched.gateway.totals()[reader.connection.id]
    assert (total.requests, total.bytes_served, total.bytes_fetched) == (4, 20, 2 * BLOCK)


def test_changes_of_state_are_told_in_the_order_in_which_they_happen(make):
    watched = make()
    _, shared = watched.share(MemoryReader(os.urandom(BLOCK)))
    watched.gateway._revival.watch = lambda _shared: None
    tell, slow = watched.gateway._notify, threading.Event()

    def tell_slowly(url, state, reason):
        if state == "failing":
            slow.set()
            time.sleep(0.2)
        tell(url, state, reason)

    watched.gateway._notify = tell_slowly
    failing = threading.Thread(
        target=watched.gateway._note_failure, args=(shared, 3, ServerError("ill", status=500))
    )
    failing.start()
    assert slow.wait(60)
    watched.gateway._states.succeeded(shared, [3])
    failing.join()
    assert ([s for s, _ in watched.states], shared.meter.state) == (
        ["failing", "reading"],
        "reading",
    )


def test_doubted_bytes_are_not_taken_from_the_kept_header_either(make, tmp_path):
    reader = MemoryReader(os.urandom(3 * BLOCK))
    saved = open_once(make(tmp_path), reader)
    watched = make(tmp_path)
    url = watched.gateway.expect(reader.connection.id, "c", "a.tif", saved)
    watched.gateway.adopt(reader)
    reader.data = bytes(len(reader.data))  # under the same ETag: what was kept had been wrong
    shared = watched.gateway.find(url)
    watched.gateway.drop_blocks(url)
    assert list(tmp_path.iterdir()) == []
    assert watched.gateway.read(shared, 0, 100) == bytes(100)
    watched.gateway.keep_header(url)
    assert HeaderStore(tmp_path).load(saved).read(0, 100) == bytes(100)


def test_keeping_a_header_is_not_counted_as_read_by_gdal(make, tmp_path):
    watched, reader = make(tmp_path), MemoryReader(os.urandom(BLOCK))
    url, shared = watched.share(reader)
    watched.gateway.read(shared, 0, 1000)
    watched.gateway.keep_header(url)
    assert HeaderStore(tmp_path).load(shared.saved_source) is not None
    assert shared.meter.bytes_served == 1000


def open_once(watched, reader, parts=((0, 100), (100, 300), (BLOCK + 5, BLOCK + 50))):
    """Read as GDAL does when it opens the object, and keep that."""
    url, shared = watched.share(reader)
    for start, stop in parts:
        watched.gateway.read(shared, start, stop)
    watched.gateway.keep_header(url)
    return shared.saved_source


def test_a_header_from_an_earlier_session_opens_an_object_without_a_request(make, tmp_path):
    reader = MemoryReader(os.urandom(3 * BLOCK))
    saved = open_once(make(tmp_path), reader)
    reader.reads.clear()

    watched = make(tmp_path)
    url = watched.gateway.expect(reader.connection.id, "c", "a.tif", saved)
    shared = watched.gateway.find(url)
    assert watched.gateway.size(shared) == len(reader.data)
    assert watched.gateway.read(shared, 50, 250) == reader.data[50:250]
    assert watched.gateway.read(shared, BLOCK + 5, BLOCK + 9) == reader.data[BLOCK + 5 : BLOCK + 9]
    assert (shared.meter.state, reader.reads) == ("waiting", [])
    with pytest.raises(AuthenticationError) as caught:
        watched.gateway.read(shared, 0, BLOCK)
    assert caught.value.status == 401
    assert "sign-in" in str(caught.value)
    assert shared.meter.state == "waiting"

    watched.gateway.adopt(reader)
    watched.wait_until("reading")
    assert watched.gateway.read(shared, 0, BLOCK) == reader.data[:BLOCK]
    assert watched.share(reader)[0] == url


def test_an_object_that_changed_since_its_header_was_kept_is_replaced_not_mixed(make, tmp_path):
    reader = MemoryReader(b"old" * BLOCK)
    saved = open_once(make(tmp_path), reader)
    reader.data, reader.etag = b"new" * BLOCK, "2"
    watched = make(tmp_path)
    url = watched.gateway.expect(reader.connection.id, "c", "a.tif", saved)
    watched.gateway.adopt(reader)
    shared = watched.gateway.find(url)
    with pytest.raises(Exception, match="replaced"):
        watched.gateway.read(shared, 0, BLOCK)
    watched.wait_until("replaced")
    again, _ = watched.gateway.open(reader, "c", "a.tif", saved)
    assert again != url
    assert watched.gateway.read(watched.gateway.find(again), 0, 3) == b"new"
    assert watched.gateway.expect("x", "c", "a.tif", saved) is None  # the header is gone as well


def test_without_a_header_nothing_is_expected(make, tmp_path):
    assert make(tmp_path).gateway.expect("id", "c", "k", "/vsicurl/https://h/v1/a/c/k") is None
    assert make().gateway.expect("id", "c", "k", "/vsicurl/https://h/v1/a/c/k") is None


def test_another_account_of_the_connection_is_not_read_for_the_old_one(make, tmp_path):
    reader = MemoryReader(os.urandom(2 * BLOCK))
    saved = open_once(make(tmp_path), reader)
    watched = make(tmp_path)
    url = watched.gateway.expect(reader.connection.id, "c", "a.tif", saved)
    reader.source = lambda container, key: f"/vsicurl/https://other/{container}/{key}"
    watched.gateway.adopt(reader)
    assert watched.gateway.find(url).meter.state == "waiting"


def test_pixels_are_not_kept_as_header(make, tmp_path):
    watched, reader = make(tmp_path), MemoryReader(os.urandom(20 * BLOCK))
    url, shared = watched.share(reader)
    watched.gateway.read(shared, 0, 20 * BLOCK)
    watched.gateway.keep_header(url)
    assert list(tmp_path.iterdir()) == []


def test_kept_headers_are_for_the_user_s_eyes_and_within_a_budget(make, tmp_path, monkeypatch):
    folder = tmp_path / "headers"
    watched, reader = make(folder), MemoryReader(os.urandom(BLOCK))
    monkeypatch.setattr("cog_browser.storage.gateway.header_store._BUDGET", 3000)
    for n in range(5):
        url, shared = watched.share(reader, f"{n}.tif")
        watched.gateway.read(shared, 0, 1000)
        watched.gateway.keep_header(url)
    files = sorted(folder.iterdir())
    assert 1 <= len(files) <= 2
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[:-1],
        lambda data: b"",
        lambda data: b"{}\n",
        lambda data: b"not json\n" + data,
        lambda data: data.replace(b'"size": ', b'"size": "x'),
        lambda data: data.replace(b"store.example.org", b"store.example.com"),
        lambda data: data.replace(b'"parts": [[', b'"parts": [[-1, -5], ['),
        lambda data: data[:-50] + bytes(50),  # what a disk keeps that lost its power
    ],
)
def test_a_spoiled_header_is_no_header(make, tmp_path, spoil):
    saved = open_once(make(tmp_path), MemoryReader(os.urandom(2 * BLOCK)))
    (file,) = tmp_path.iterdir()
    file.write_bytes(spoil(file.read_bytes()))
    assert HeaderStore(tmp_path).load(saved) is None


def test_a_folder_that_can_t_be_written_only_costs_the_header(make, tmp_path):
    (tmp_path / "file").write_text("")
    watched, reader = make(tmp_path / "file"), MemoryReader(os.urandom(BLOCK))
    open_once(watched, reader, parts=((0, 10),))
    assert watched.gateway.read(watched.share(reader)[1], 0, 10) == reader.data[:10]
