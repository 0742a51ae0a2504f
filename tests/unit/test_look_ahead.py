# SPDX-License-Identifier: GPL-2.0-or-later
"""What the gateway fetches before anyone asks."""

from __future__ import annotations

import os
import threading
import time

import pytest

from cog_browser.cog.look_ahead import planner_for
from cog_browser.storage.errors import ServerError
from cog_browser.storage.gateway.block_cache import AHEAD_BYTES, AHEAD_SHARE, BLOCK
from cog_browser.storage.gateway.gateway import Gateway
from tests.support.memory_reader import MemoryReader


class NextBlocks:
    """Foresees that whoever read a block reads so many following ones."""

    def __init__(self, count):
        self.count, self.last = count, 0

    def note(self, start, stop):
        self.last = (stop - 1) // BLOCK

    def next_ranges(self):
        return [(self.last * BLOCK + BLOCK, (self.last + 1 + self.count) * BLOCK)]


@pytest.fixture
def make():
    made = []

    def build(planner):
        made.append(Gateway(planner_for=lambda _read, _size: planner))
        return made[-1]

    yield build
    for gateway in made:
        gateway.stop()


def share(gateway, reader, key="a.tif"):
    return gateway.find(gateway.url(reader, "c", key, reader.source("c", key)))


def wait_for(condition, within=60.0):
    give_up = time.monotonic() + within
    while not condition() and time.monotonic() < give_up:
        time.sleep(0.01)
    assert condition()


def test_after_a_rest_the_next_read_waits_for_no_request(make):
    gateway, reader = make(NextBlocks(2)), MemoryReader(os.urandom(10 * BLOCK))
    shared = share(gateway, reader)
    gateway.read(shared, 0, BLOCK)
    wait_for(lambda: shared.meter.bytes_ahead == 2 * BLOCK)
    reader.error = ServerError("gone", status=500)
    assert gateway.read(shared, BLOCK, 3 * BLOCK) == reader.data[BLOCK : 3 * BLOCK]
    assert shared.meter.bytes_cached == 2 * BLOCK


def test_what_lies_unused_stays_within_its_budget_and_use_renews_it(make):
    gateway, reader = make(NextBlocks(1000)), MemoryReader(os.urandom(100 * BLOCK))
    shared = share(gateway, reader)
    gateway.read(shared, 0, 1)
    time.sleep(0.5)
    first = shared.meter.bytes_ahead
    assert 0 < first <= AHEAD_BYTES + AHEAD_SHARE * shared.meter.bytes_fetched
    gateway.read(shared, BLOCK, BLOCK + first)  # all of it is used
    time.sleep(0.5)
    assert first < shared.meter.bytes_ahead <= 2 * first + AHEAD_SHARE * shared.meter.bytes_fetched


def test_nothing_is_fetched_ahead_while_somebody_waits(make):
    gateway, reader = make(NextBlocks(4)), MemoryReader(os.urandom(100 * BLOCK))
    shared = share(gateway, reader)
    gateway.read(shared, 0, 1)
    wait_for(lambda: shared.meter.bytes_ahead)
    time.sleep(0.2)
    ahead = shared.meter.bytes_ahead
    reader.delay = 0.5
    busy = threading.Thread(target=gateway.read, args=(shared, 50 * BLOCK, 90 * BLOCK))
    busy.start()
    time.sleep(0.3)
    assert shared.meter.bytes_ahead == ahead
    busy.join()


def test_what_fails_ahead_is_nobody_s_failure_until_it_is_asked_for(make):
    gateway, reader = make(NextBlocks(2)), MemoryReader(os.urandom(10 * BLOCK))
    shared = share(gateway, reader)
    works = reader.read_range

    def only_the_first(container, key, start, stop, *, etag=None):
        if start:
            raise ServerError("ill", status=500)
        return works(container, key, start, stop, etag=etag)

    reader.read_range = only_the_first
    gateway.read(shared, 0, 1)
    wait_for(lambda: shared.meter.requests >= 3)
    time.sleep(0.1)
    assert (shared.meter.failures, shared.meter.state) == (0, "reading")
    with pytest.raises(ServerError):
        gateway.read(shared, BLOCK, BLOCK + 1)
    assert shared.meter.state == "failing"


def test_it_can_be_switched_off_and_on(make, tmp_path):
    gateway, reader = make(NextBlocks(2)), MemoryReader(os.urandom(20 * BLOCK))
    shared = share(gateway, reader)
    gateway.configure(64 << 20, None, look_ahead=False)
    gateway.read(shared, 0, 1)
    time.sleep(0.2)
    assert shared.meter.bytes_ahead == 0
    gateway.configure(64 << 20, None, look_ahead=True)
    gateway.read(shared, 5 * BLOCK, 5 * BLOCK + 1)
    wait_for(lambda: shared.meter.bytes_ahead)


def test_a_planner_that_fails_harms_no_reader(make):
    class Broken(NextBlocks):
        def next_ranges(self):
            raise RuntimeError("broken")

    gateway, reader = make(Broken(1)), MemoryReader(os.urandom(4 * BLOCK))
    shared = share(gateway, reader)
    for block in (0, 2):
        assert gateway.read(shared, block * BLOCK, block * BLOCK + 9)
        time.sleep(0.15)
    assert shared.meter.bytes_ahead == 0


def test_other_bytes_than_a_tiff_s_give_no_plan():
    assert planner_for(lambda offset, count: bytes(count), 1 << 20) is None


def test_a_reader_that_never_rests_fills_no_memory(make, monkeypatch):
    monkeypatch.setattr("cog_browser.storage.gateway.look_ahead.QUIET", 3600.0)
    gateway, reader = make(NextBlocks(1)), MemoryReader(os.urandom(BLOCK))
    shared = share(gateway, reader)
    for _ in range(5000):
        gateway.read(shared, 0, 10)
    assert len(gateway._look_ahead._reads[shared]) <= 1024
