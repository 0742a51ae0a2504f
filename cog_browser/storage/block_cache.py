# SPDX-License-Identifier: GPL-2.0-or-later
"""The gateway's memory: aligned blocks of objects, fetched in parallel, each only once."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import TypeVar

from cog_browser.storage.errors import AuthenticationError, TransportError
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.pool import DaemonPool
from cog_browser.storage.shared_object import SharedObject

_T = TypeVar("_T")
_Name = tuple[str, int]  # the object's path, which belongs to one ETag, and the block's number

#: Bytes of one cached block. A 512 × 512 tile of uint16 is at most 512 KiB, mostly half of it.
BLOCK = 256 << 10
#: Blocks asked for in one request: below that, parallel requests beat one long one.
RUN = 4
#: Bytes of blocks kept in memory, for all objects together.
CACHE_BYTES = 256 << 20
#: Requests in flight per connection.
PARALLEL = 16
#: Seconds after which a read gives up. GDAL waits a little longer (`vsi.TIMEOUT`).
DEADLINE = 90.0
#: Seconds a reader waits while its connection is out.
TRIAL = 3.0


class BlockCache:
    """Fetches, keeps and hands out blocks. Thread-safe.

    ``on_failure(shared, block, error)`` and ``on_success(shared, blocks)`` are called in the
    fetching thread, without a lock held.
    """

    def __init__(
        self,
        on_failure: Callable[[SharedObject, int, BaseException], None],
        on_success: Callable[[SharedObject, list[int]], None],
        cache_bytes: int = CACHE_BYTES,
        parallel: int = PARALLEL,
        deadline: float = DEADLINE,
    ) -> None:
        self._on_failure, self._on_success = on_failure, on_success
        self._budget, self._parallel, self._deadline = cache_bytes, parallel, deadline
        self._lock = threading.Lock()
        self._blocks: OrderedDict[_Name, bytes] = OrderedDict()
        self._held = 0
        self._in_flight: dict[_Name, tuple[Future[list[bytes]], int]] = {}
        self._fetchers: dict[str, DaemonPool] = {}
        #: Connection → when something last came from it, and the error that nothing follows.
        self._last_success: dict[str, float] = {}
        self._outages: dict[str, BaseException] = {}
        self._trials: set[str] = set()

    def set_budget(self, cache_bytes: int) -> None:
        """Keep at most so many bytes from now on."""
        with self._lock:
            self._budget = cache_bytes
            self._trim()

    def submit(self, connection_id: str, job: Callable[[], None]) -> None:
        """Run a job on one of the connection's threads."""
        with self._lock:
            self._submit(connection_id, job)

    def wait_for(
        self, shared: SharedObject, block: int, future: Future[_T], patience: float | None = None
    ) -> _T:
        """The result of a fetch; raises `TransportError` at the deadline or after ``patience``."""
        patience = self._deadline if patience is None else patience
        try:
            return future.result(patience)
        except FutureTimeoutError:
            error = TransportError(f"“{shared.key}” could not be read within {patience:.0f} s.")
            self._on_failure(shared, block, error)
            raise error from None

    def blocks_of(
        self, shared: SharedObject, entry: ObjectEntry, first: int, last: int
    ) -> tuple[list[bytes], bool]:
        """The blocks ``first`` to ``last``, and whether all were here already.

        Missing ones are fetched; what others are fetching is waited for. While nothing comes from
        the connection, one read at a time tries it, for a short while, and the others fail at
        once: a dead host must not hold up whoever waits for QGIS.
        """
        found: dict[int, bytes] = {}
        waiting: dict[int, tuple[Future[list[bytes]], int]] = {}
        missing: list[int] = []
        owner = shared.connection_id
        with self._lock:
            for index in range(first, last + 1):
                name = (shared.path, index)
                block = self._blocks.get(name)
                if block is not None:
                    self._blocks.move_to_end(name)
                    found[index] = block
                elif name in self._in_flight:
                    waiting[index] = self._in_flight[name]
                else:
                    missing.append(index)
            outage = self._outages.get(owner)
            is_refused = bool(outage and missing and owner in self._trials)
            if not is_refused:
                waiting.update(self._start(shared, entry, missing))
            if outage and missing:
                self._trials.add(owner)
        if outage is not None and is_refused:
            self._on_failure(shared, missing[0], outage)
            raise outage
        patience = None if outage is None else TRIAL
        for index, (future, position) in waiting.items():
            found[index] = self.wait_for(shared, index, future, patience)[position]
        return [found[index] for index in range(first, last + 1)], not waiting

    def fetch_again(self, shared: SharedObject, entry: ObjectEntry, block: int) -> None:
        """Fetch one block even while the connection is out. Raises what is still wrong."""
        with self._lock:
            name = (shared.path, block)
            if name in self._blocks:
                return
            waiting = self._in_flight.get(name) or self._start(shared, entry, [block])[block]
            self._trials.add(shared.connection_id)
        self.wait_for(shared, block, waiting[0])

    def reached(self, connection_id: str) -> None:
        """Note that the connection's store has answered."""
        with self._lock:
            self._last_success[connection_id] = time.monotonic()
            self._outages.pop(connection_id, None)
            self._trials.discard(connection_id)

    def not_reached(self, connection_id: str, began: float, error: BaseException) -> None:
        """Note a failed request. Where nothing came since it began, the connection is out."""
        with self._lock:
            self._trials.discard(connection_id)
            is_out = isinstance(error, (TransportError, AuthenticationError))
            if is_out and self._last_success.get(connection_id, 0.0) < began:
                self._outages[connection_id] = error

    def drop(self, shared: SharedObject) -> None:
        """Free the object's blocks."""
        with self._lock:
            for name in [n for n in self._blocks if n[0] == shared.path]:
                self._held -= len(self._blocks.pop(name))

    def stop(self) -> None:
        with self._lock:
            fetchers, self._fetchers = self._fetchers, {}
        for pool in fetchers.values():
            pool.stop()

    def _submit(self, connection_id: str, job: Callable[[], None]) -> None:
        pool = self._fetchers.get(connection_id)
        if pool is None:
            pool = self._fetchers[connection_id] = DaemonPool(self._parallel, "cog-browser-fetch")
        pool.submit(job)

    def _start(
        self, shared: SharedObject, entry: ObjectEntry, missing: list[int]
    ) -> dict[int, tuple[Future[list[bytes]], int]]:
        """Send for blocks, in runs. The caller holds the lock."""
        waiting: dict[int, tuple[Future[list[bytes]], int]] = {}
        for run in _runs(missing):
            future: Future[list[bytes]] = Future()
            for position, index in enumerate(run):
                waiting[index] = self._in_flight[(shared.path, index)] = (future, position)
            self._submit(
                shared.connection_id,
                lambda run=run, future=future: self._fetch(shared, entry, run, future),  # type: ignore[misc]
            )
        return waiting

    def _fetch(
        self, shared: SharedObject, entry: ObjectEntry, run: list[int], future: Future[list[bytes]]
    ) -> None:
        start, stop = run[0] * BLOCK, min((run[-1] + 1) * BLOCK, entry.size)
        began = time.monotonic()
        shared.count(requests=1)
        blocks: list[bytes] = []
        failure: BaseException | None = None
        try:
            if shared.store is None:
                raise AuthenticationError("Nobody is signed in.", status=401)
            data = shared.store.read_range(
                shared.container, shared.key, start, stop, etag=entry.etag
            )
            blocks = [data[i * BLOCK : (i + 1) * BLOCK] for i in range(len(run))]
            shared.count(bytes_fetched=len(data))
            self.reached(shared.connection_id)
        except BaseException as error:  # whatever it is, the waiting readers must be told
            failure = error
            self.not_reached(shared.connection_id, began, error)
        with self._lock:
            for position, index in enumerate(run):
                name = (shared.path, index)
                self._in_flight.pop(name, None)
                if failure is None:
                    self._blocks[name] = blocks[position]
                    self._held += len(blocks[position])
            self._trim()
        if failure is None:
            self._on_success(shared, run)
            future.set_result(blocks)
        else:
            self._on_failure(shared, run[0], failure)
            future.set_exception(failure)

    def _trim(self) -> None:
        while self._held > self._budget and self._blocks:
            self._held -= len(self._blocks.popitem(last=False)[1])


def _runs(indexes: list[int]) -> list[list[int]]:
    """Neighbours together, up to `RUN` of them."""
    runs: list[list[int]] = []
    for index in indexes:
        if runs and index == runs[-1][-1] + 1 and len(runs[-1]) < RUN:
            runs[-1].append(index)
        else:
            runs.append([index])
    return runs
