# SPDX-License-Identifier: GPL-2.0-or-later
"""The gateway over a store in memory: what no real server does on demand."""

from __future__ import annotations

import http.client
import os
import threading
import time
from urllib.parse import urlsplit

import pytest

from cog_browser.storage.errors import (
    AuthenticationError,
    NotFoundError,
    ProtocolError,
    ServerError,
    TransportError,
)
from cog_browser.storage.gateway.block_cache import BLOCK, RUN
from cog_browser.storage.gateway.gateway import Gateway
from tests.support.memory_reader import MemoryReader

TIFF = b"II*\x00"  # all that is served begins so


@pytest.fixture
def gateway():
    gateway = Gateway()
    yield gateway
    gateway.stop()


def share(gateway, reader, key="a.tif"):
    url = gateway.url(reader, "c", key, reader.source("c", key))
    return url, gateway.find(url)


def ask(url, method="GET", host=None, path=None, **headers):
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    connection.request(
        method,
        parts.path if path is None else path,
        headers={"Host": host or parts.netloc, **headers},
    )
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def test_any_range_is_answered_with_exactly_its_bytes(gateway):
    data = TIFF + os.urandom(3 * BLOCK + 1230)
    url, shared = share(gateway, MemoryReader(data))
    for start, stop in [(0, 1), (0, len(data)), (BLOCK - 1, BLOCK + 1), (5, 3 * BLOCK + 7)]:
        answer, body = ask(url, Range=f"bytes={start}-{stop - 1}")
        assert answer.status == 206
        assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(data)}"
        assert body == data[start:stop]
    answer, body = ask(url)
    assert (answer.status, body) == (200, data)
    answer, body = ask(url, Range="bytes=-10")
    assert body == data[-10:]
    assert shared.meter.bytes_fetched == len(data)


def test_head_tells_the_size_without_reading(gateway):
    reader = MemoryReader(b"x" * 1000)
    url, _ = share(gateway, reader)
    answer, body = ask(url, "HEAD")
    assert (answer.status, answer.headers["Content-Length"], body) == (200, "1000", b"")
    assert reader.reads == []


@pytest.mark.parametrize("wanted", ["bytes=2000-", "bytes=0-1,5-9", "items=0-1", "bytes=-"])
def test_ranges_that_cannot_be_served_are_refused(gateway, wanted):
    url, _ = share(gateway, MemoryReader(b"x" * 1000))
    answer, _ = ask(url, Range=wanted)
    assert (answer.status, answer.headers["Content-Range"]) == (416, "bytes */1000")


def test_only_the_one_object_is_served_and_only_for_reading(gateway):
    url, _ = share(gateway, MemoryReader(b"x" * 10))
    assert ask(url, "PUT")[0].status == 501
    assert ask(url, "DELETE")[0].status == 501
    assert ask(url, path=urlsplit(url).path + ".aux.xml")[0].status == 404
    assert ask(url, path="/")[0].status == 404
    assert ask(url, host="evil.example.org")[0].status == 403
    assert (
        "Access-Control-Allow-Origin" not in ask(url, Origin="https://evil.example.org")[0].headers
    )


def test_the_path_is_unguessable_and_differs_from_run_to_run(gateway):
    reader = MemoryReader(b"x")
    url, _ = share(gateway, reader)
    assert share(gateway, reader)[0] == url
    other = Gateway()
    try:
        path = urlsplit(share(other, reader)[0]).path
    finally:
        other.stop()
    assert len(path.split("/")[1]) == 32
    assert path != urlsplit(url).path


def test_a_long_read_is_split_into_parallel_requests(gateway):
    reader = MemoryReader(os.urandom(8 * RUN * BLOCK))
    reader.delay = 0.05
    _, shared = share(gateway, reader)
    assert gateway.read(shared, 0, len(reader.data)) == reader.data
    assert len(reader.reads) == 8
    assert reader.most_active > 1


def test_readers_of_the_same_blocks_cause_one_request(gateway):
    reader = MemoryReader(os.urandom(BLOCK))
    reader.delay = 0.1
    _, shared = share(gateway, reader)
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(gateway.read(shared, 10, 1000)))
        for _ in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [reader.data[10:1000]] * 20
    assert len(reader.reads) == 1


def test_memory_stays_within_its_budget_and_evicted_blocks_are_read_again():
    reader = MemoryReader(os.urandom(10 * BLOCK))
    gateway = Gateway(cache_bytes=3 * BLOCK)
    try:
        _, shared = share(gateway, reader)
        assert gateway.read(shared, 0, len(reader.data)) == reader.data
        assert sum(map(len, gateway._cache._blocks.values())) <= 3 * BLOCK
        assert gateway.read(shared, 0, BLOCK) == reader.data[:BLOCK]
    finally:
        gateway.stop()


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (AuthenticationError("no"), 401),
        (NotFoundError("gone"), 404),
        (ServerError("broken"), 502),
        (ValueError("a bug"), 502),
    ],
)
def test_a_failure_becomes_an_error_and_is_not_remembered(gateway, error, status):
    reader = MemoryReader(TIFF + b"x" * 996)
    url, shared = share(gateway, reader)
    gateway.size(shared)
    reader.error = error
    assert ask(url, Range="bytes=0-9")[0].status == status
    assert shared.meter.failures == 1
    assert shared.meter.last_error == str(error)
    reader.error = None
    assert ask(url, Range="bytes=0-9")[1] == TIFF + b"x" * 6


def test_a_failure_in_a_long_answer_breaks_it_off_instead_of_ending_it_well(gateway, monkeypatch):
    monkeypatch.setattr("cog_browser.storage.gateway.server._WHOLE", 10)
    monkeypatch.setattr("cog_browser.storage.gateway.server._PIECE", BLOCK)
    reader = MemoryReader(TIFF + os.urandom(4 * RUN * BLOCK - 4))
    url, shared = share(gateway, reader)
    gateway.read(shared, 0, 1)
    reader.error = ServerError("broken")
    with pytest.raises(http.client.IncompleteRead):
        ask(url)


def test_an_object_that_was_replaced_is_never_mixed_with_the_old_one(gateway):
    reader = MemoryReader(b"a" * (2 * BLOCK))
    url, shared = share(gateway, reader)
    assert gateway.read(shared, 0, 4) == b"aaaa"
    reader.data, reader.etag = b"b" * (2 * BLOCK), "2"
    gateway.forget(reader.connection.id, "c", "a.tif")
    for start in (0, BLOCK):
        with pytest.raises(ProtocolError):
            gateway.read(shared, start, start + 4)
    new_url, new = share(gateway, reader)
    assert new_url != url  # GDAL caches by URL
    assert gateway.read(new, 0, 4) == b"bbbb"
    assert gateway.saved_source(url) == gateway.saved_source(new_url)


def test_opening_again_finds_out_that_somebody_has_replaced_the_object(gateway):
    reader = MemoryReader(b"a" * 100)
    saved = reader.source("c", "a.tif")
    url, first = gateway.open(reader, "c", "a.tif", saved)
    assert first == b"a" * 16
    assert gateway.open(reader, "c", "a.tif", saved)[0] == url
    reader.data, reader.etag = b"b" * 100, "2"
    new_url, first = gateway.open(reader, "c", "a.tif", saved)
    assert (new_url != url, first) == (True, b"b" * 16)


def test_a_failed_read_of_a_replaced_object_makes_the_next_url_a_new_one(gateway):
    reader = MemoryReader(b"a" * (2 * RUN * BLOCK))
    url, shared = share(gateway, reader)
    gateway.read(shared, 0, 4)
    reader.data, reader.etag = b"b" * (2 * RUN * BLOCK), "2"
    with pytest.raises(ProtocolError):
        gateway.read(shared, RUN * BLOCK, RUN * BLOCK + 4)
    assert share(gateway, reader)[0] != url


def test_a_store_that_stalls_holds_up_nobody_but_its_own_readers():
    gateway = Gateway(deadline=0.3)
    stalled, fine = MemoryReader(b"x" * 10), MemoryReader(TIFF + b"y" * 6)
    answer = stalled.head_object
    ended = threading.Event()
    stalled.head_object = lambda container, key: ended.wait(60) and answer(container, key)
    try:
        _, shared = share(gateway, stalled)
        started = time.monotonic()
        failures = []

        def read():
            try:
                gateway.size(shared)
            except TransportError as error:
                failures.append(error)

        readers = [threading.Thread(target=read) for _ in range(4)]
        for reader in readers:
            reader.start()
        gateway.forget(stalled.connection.id, "c", "a.tif")
        assert ask(share(gateway, fine)[0])[1] == TIFF + b"y" * 6
        for reader in readers:
            reader.join()
        assert len(failures) == 4
        assert time.monotonic() - started < 10
    finally:
        ended.set()
        gateway.stop()


def test_a_dead_store_is_given_up_on(monkeypatch):
    gateway = Gateway(deadline=0.2)
    reader = MemoryReader(b"x" * 10)
    reader.delay = 30
    try:
        url, _ = share(gateway, reader)
        started = time.monotonic()
        assert ask(url, Range="bytes=0-3")[0].status == 502
        assert time.monotonic() - started < 10
    finally:
        gateway.stop()


def test_a_new_sign_in_of_the_connection_serves_the_layers_that_are_open(gateway):
    old = MemoryReader(TIFF + b"x" * 6)
    url, _ = share(gateway, old)
    old.error = AuthenticationError("expired")
    assert ask(url)[0].status == 401
    new = MemoryReader(TIFF + b"x" * 6)
    new.connection = old.connection
    assert share(gateway, new)[0] == url
    assert ask(url)[1] == TIFF + b"x" * 6


def test_two_accounts_never_share_an_object(gateway):
    one, two = MemoryReader(TIFF + b"1"), MemoryReader(TIFF + b"2")
    urls = [share(gateway, reader)[0] for reader in (one, two)]
    assert [ask(url)[1] for url in urls] == [TIFF + b"1", TIFF + b"2"]


def test_an_empty_object_is_served(gateway):
    url, _ = share(gateway, MemoryReader(b""))
    answer, body = ask(url)
    assert (answer.status, body) == (200, b"")
    assert ask(url, Range="bytes=0-9")[0].status == 416


@pytest.mark.parametrize("data", [b"<VRTDataset/>", b"II*", b"PK\x03\x04" * 9])
def test_what_is_no_tiff_is_not_given_to_gdal(gateway, data):
    url, shared = share(gateway, MemoryReader(data))
    for wanted in ({}, {"Range": "bytes=0-1"}, {"Range": "bytes=2-"}):
        answer, body = ask(url, **wanted)
        assert (answer.status, body) == (415, b"")
    assert shared.meter.last_error == "“a.tif” in container “c” is no TIFF, so it is not read."


def test_what_is_served_is_looked_at_once_even_when_its_first_block_is_evicted():
    reader = MemoryReader(TIFF + os.urandom(4 * BLOCK))
    gateway = Gateway(cache_bytes=BLOCK)
    try:
        url, _ = share(gateway, reader)
        for number in (0, 1, 2, 3):
            ask(url, Range=f"bytes={number * BLOCK}-{number * BLOCK + 9}")
        assert [start for start, _ in reader.reads] == [0, BLOCK, 2 * BLOCK, 3 * BLOCK]
    finally:
        gateway.stop()
