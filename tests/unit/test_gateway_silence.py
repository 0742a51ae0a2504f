# SPDX-License-Identifier: GPL-2.0-or-later
"""A store that takes a request and sends nothing is told of long before the deadline."""

from __future__ import annotations

import os
import threading
import time

import pytest

from cog_browser.storage import http
from cog_browser.storage.gateway import revival
from cog_browser.storage.gateway.block_cache import BLOCK
from cog_browser.storage.gateway.gateway import Gateway
from tests.support.faults import Fault
from tests.support.memory_reader import MemoryReader

SILENCE = 0.5


class HttpReader(MemoryReader):
    """As `MemoryReader`, but its bytes come over HTTP."""

    def __init__(self, url, data):
        super().__init__(data)
        self._url, self._http = url, http.HttpClient()

    def read_range(self, container, key, start, stop, *, etag=None):
        return self._http.call("GET", self._url, "read").read(len(self.data))


@pytest.fixture
def states():
    return []


@pytest.fixture
def make(states):
    made = []

    def build(**options):
        made.append(
            Gateway(notify=lambda *change: states.append(change), silence=SILENCE, **options)
        )
        return made[-1]

    yield build
    for gateway in made:
        gateway.stop()


def share(gateway, reader, key="a.tif"):
    return gateway.find(gateway.url(reader, "c", key, reader.source("c", key)))


def names(states):
    return [state for _, state, _ in states]


def test_no_byte_for_a_while_is_told_and_taken_back_when_the_answer_comes(make, states):
    gateway, reader = make(), MemoryReader(os.urandom(BLOCK))
    shared = share(gateway, reader)
    gateway.size(shared)
    reader.delay = 3 * SILENCE
    assert gateway.read(shared, 0, 5) == reader.data[:5]
    assert names(states) == ["silent", "reading"]
    assert states[0][2] == "The store of “a.tif” has sent nothing for 10 s."
    assert shared.meter.failures == 0


def test_an_answer_in_time_is_not_told(make, states):
    gateway, reader = make(), MemoryReader(os.urandom(BLOCK))
    shared = share(gateway, reader)
    reader.delay = 0.5 * SILENCE
    gateway.read(shared, 0, 5)
    assert states == []


def test_silence_that_ends_at_the_deadline_is_a_failure(make, states, monkeypatch):
    monkeypatch.setattr(revival, "FIRST", 0.05)
    monkeypatch.setattr(revival, "LONGEST", 0.05)
    gateway, reader = make(deadline=3 * SILENCE), MemoryReader(os.urandom(BLOCK))
    shared = share(gateway, reader)
    gateway.size(shared)
    reader.delay = 8 * SILENCE
    with pytest.raises(Exception, match="within"):
        gateway.read(shared, 0, 5)
    assert names(states) == ["silent", "failing"]
    reader.delay = 0.0
    give_up = time.monotonic() + 20
    while len(states) < 3 and time.monotonic() < give_up:
        time.sleep(0.02)
    assert names(states) == ["silent", "failing", "reading"]


def test_bytes_that_drip_are_an_answer_until_they_stop(make, states, fault_proxy):
    """Each takes its time, so that the whole takes much longer than silence may."""
    data = os.urandom(4000)
    drip = Fault(status=200, body=data, drip=(200, 0.1))
    with_pause = Fault(status=200, body=data, delay_s=3 * SILENCE)
    server = fault_proxy(answer=drip)
    gateway, reader = make(), HttpReader(server.url, data)
    shared = share(gateway, reader)
    started = time.monotonic()
    assert gateway.read(shared, 0, 4000) == data
    assert time.monotonic() - started > 3 * SILENCE
    assert states == []
    server.answer = with_pause
    gateway.drop_blocks(gateway._url_of(shared))
    assert gateway.read(shared, 0, 4000) == data
    assert names(states) == ["silent", "reading"]


def test_who_waits_for_its_turn_at_a_living_store_is_not_called_silent(make, states):
    gateway, reader = make(parallel=1), MemoryReader(os.urandom(BLOCK))
    shared = [share(gateway, reader, f"{n}.tif") for n in range(4)]
    for one in shared:
        gateway.size(one)
    reader.delay = 0.8 * SILENCE
    readers = [threading.Thread(target=gateway.read, args=(one, 0, 5)) for one in shared]
    for thread in readers:
        thread.start()
    for thread in readers:
        thread.join()
    assert states == []
    reader.delay = 2 * SILENCE
    readers = [threading.Thread(target=read_anew, args=(gateway, one)) for one in shared]
    for thread in readers:
        thread.start()
    for thread in readers:
        thread.join()
    assert {url for url, state, _ in states if state == "silent"} == {
        gateway._url_of(one) for one in shared
    }
    assert {one.meter.state for one in shared} == {"reading"}


def read_anew(gateway, shared):
    gateway.drop_blocks(gateway._url_of(shared))
    gateway.read(shared, 0, 5)
