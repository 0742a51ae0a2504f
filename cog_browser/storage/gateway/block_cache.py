# SPDX-License-Identifier: GPL-2.0-or-later
"""The gateway's memory: aligned blocks of objects, fetched in parallel, each only once."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import wait
from typing import TypeVar

from cog_browser.storage.errors import AuthenticationError, TransportError
from cog_browser.storage.gateway.fetch import SILENCE, Fetch, Line
from cog_browser.storage.gateway.shared_object import SharedObject
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.pool import DaemonPool

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
#: Requests in flight per connection for what nobody has asked for yet.
PARALLEL_AHEAD = 8
#: What may be fetched ahead of an object and lie unused: so many bytes, and this share of what was
#: asked for.
AHEAD_BYTES, AHEAD_SHARE = 2 << 20, 0.15
#: Seconds a reader waits while its connection is out.
TRIAL = 3.0


class BlockCache:
    """Fetches, keeps and hands out blocks. Thread-safe.

    ``on_failure(shared, block, error)`` and ``on_success(shared, blocks)`` are called in the
    fetching thread, ``on_silence(shared, block, is_silent)`` in a waiting one when nothing has come
    for so long, or something again; all without a lock held.
    """

    def __init__(
        self,
        on_failure: Callable[[SharedObject, int, BaseException], None],
        on_success: Callable[[SharedObject, list[int]], None],
        on_silence: Callable[[SharedObject, int, bool], None],
        cache_bytes: int = CACHE_BYTES,
        parallel: int = PARALLEL,
        deadline: float = DEADLINE,
        silence: float = SILENCE,
    ) -> None:
        self._on_failure, self._on_success, self._on_silence = on_failure, on_success, on_silence
        self._budget, self._parallel, self._deadline = cache_bytes, parallel, deadline
        self._silence = silence
        self._lock = threading.Lock()
        self._blocks: OrderedDict[_Name, bytes] = OrderedDict()
        self._held = 0
        self._in_flight: dict[_Name, tuple[Fetch[list[bytes]], int]] = {}
        self._fetchers: dict[str, DaemonPool] = {}
        self._lines: dict[str, Line] = {}
        #: Connection → when something last came from it, and the error that nothing follows.
        self._last_success: dict[str, float] = {}
        self._outages: dict[str, BaseException] = {}
        self._trials: set[str] = set()
        #: Connection → requests that somebody waits for, those ahead, and what is to be ahead.
        self._asked: dict[str, int] = {}
        self._ahead: dict[str, int] = {}
        self._later: dict[str, deque[tuple[SharedObject, ObjectEntry, list[int]]]] = {}
        self._unused: dict[_Name, int] = {}
        self._wasted: dict[str, int] = {}

    def set_budget(self, cache_bytes: int) -> None:
        """Keep at most so many bytes from now on."""
        with self._lock:
            self._budget = cache_bytes
            self._trim()

    def submit(self, connection_id: str, job: Callable[[], None]) -> None:
        """Run a job on one of the connection's threads."""
        with self._lock:
            self._submit(connection_id, job)

    def fetch(self, connection_id: str) -> Fetch[_T]:
        """What stands for something that `submit` is going to fetch."""
        with self._lock:
            return Fetch(self._line(connection_id))

    def wait_for(
        self, shared: SharedObject, block: int, fetch: Fetch[_T], patience: float | None = None
    ) -> _T:
        """The result of a fetch; raises `TransportError` at the deadline or after ``patience``."""
        patience = self._deadline if patience is None else patience
        give_up = time.monotonic() + patience
        is_silent = False
        try:
            while not fetch.done():
                left = give_up - time.monotonic()
                if left <= 0:
                    text = f"“{shared.key}” could not be read within {patience:.0f} s."
                    error = TransportError(text)
                    self._on_failure(shared, block, error)
                    raise error
                wait([fetch], min(left, self._silence / 10))
                if (fetch.silence >= self._silence and not fetch.done()) != is_silent:
                    is_silent = not is_silent
                    self._on_silence(shared, block, is_silent)
            return fetch.result()
        finally:
            if is_silent:
                self._on_silence(shared, block, False)

    def blocks_of(
        self, shared: SharedObject, entry: ObjectEntry, first: int, last: int
    ) -> tuple[list[bytes], bool]:
        """The blocks ``first`` to ``last``, and whether all were here already.

        Missing ones are fetched; what others are fetching is waited for. While nothing comes from
        the connection, one read at a time tries it, for a short while, and the others fail at
        once: a dead host must not hold up whoever waits for QGIS.
        """
        found: dict[int, bytes] = {}
        waiting: dict[int, tuple[Fetch[list[bytes]], int]] = {}
        missing: list[int] = []
        owner = shared.connection_id
        with self._lock:
            for index in range(first, last + 1):
                name = (shared.path, index)
                block = self._blocks.get(name)
                self._note_use(name)
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

    def ahead(self, shared: SharedObject, entry: ObjectEntry, blocks: list[int]) -> None:
        """Fetch these blocks, the first first, as long as nobody asks for others.

        They replace what was to be fetched ahead of the same object. Waits for nothing.
        """
        with self._lock:
            owner = shared.connection_id
            kept = [item for item in self._later.get(owner, ()) if item[0] is not shared]
            wanted = [b for b in blocks if (shared.path, b) not in self._blocks]
            self._later[owner] = deque([*((shared, entry, run) for run in _runs(wanted)), *kept])
            self._go_ahead(owner)

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
            for name in [n for n in self._unused if n[0] == shared.path]:
                self._unused.pop(name)
            self._wasted.pop(shared.path, None)

    def stop(self) -> None:
        with self._lock:
            fetchers, self._fetchers = self._fetchers, {}
        for pool in fetchers.values():
            pool.stop()

    def _line(self, connection_id: str) -> Line:
        return self._lines.setdefault(connection_id, Line())

    def _submit(self, connection_id: str, job: Callable[[], None]) -> None:
        pool = self._fetchers.get(connection_id)
        if pool is None:
            pool = self._fetchers[connection_id] = DaemonPool(self._parallel, "cog-browser-fetch")
        pool.submit(job)

    def _start(
        self, shared: SharedObject, entry: ObjectEntry, missing: list[int]
    ) -> dict[int, tuple[Fetch[list[bytes]], int]]:
        """Send for blocks, in runs. The caller holds the lock."""
        waiting: dict[int, tuple[Fetch[list[bytes]], int]] = {}
        for run in _runs(missing):
            future: Fetch[list[bytes]] = Fetch(self._line(shared.connection_id))
            for position, index in enumerate(run):
                waiting[index] = self._in_flight[(shared.path, index)] = (future, position)
            self._send(shared, entry, run, future, self._asked)
        return waiting

    def _send(
        self,
        shared: SharedObject,
        entry: ObjectEntry,
        run: list[int],
        future: Fetch[list[bytes]],
        under_way: dict[str, int],
    ) -> None:
        """Let one of the connection's threads fetch. The caller holds the lock."""
        owner = shared.connection_id
        under_way[owner] = under_way.get(owner, 0) + 1

        def work() -> None:
            try:
                self._fetch(shared, entry, run, future, is_ahead=under_way is self._ahead)
            finally:
                with self._lock:
                    under_way[owner] -= 1
                    self._go_ahead(owner)

        self._submit(owner, work)

    def _go_ahead(self, owner: str) -> None:
        """Send for what is to be ahead, unless somebody waits. The caller holds the lock."""
        later = self._later.get(owner)
        while later and not self._asked.get(owner) and owner not in self._outages:
            if self._ahead.get(owner, 0) >= PARALLEL_AHEAD:
                return
            shared, entry, run = later.popleft()
            names = [(shared.path, index) for index in run]
            if any(name in self._blocks or name in self._in_flight for name in names):
                continue
            size = len(run) * BLOCK
            allowed = AHEAD_BYTES + AHEAD_SHARE * shared.meter.bytes_fetched
            if self._wasted.get(shared.path, 0) + size > allowed:
                continue
            future: Fetch[list[bytes]] = Fetch(self._line(shared.connection_id))
            for position, name in enumerate(names):
                self._in_flight[name] = (future, position)
                self._unused[name] = BLOCK
            self._wasted[shared.path] = self._wasted.get(shared.path, 0) + size
            self._send(shared, entry, run, future, self._ahead)

    def _note_use(self, name: _Name) -> bool:
        """Whether a block was fetched ahead and never asked for; now it no longer counts as waste.

        The caller holds the lock.
        """
        size = self._unused.pop(name, 0)
        if size:
            self._wasted[name[0]] -= size
        return bool(size)

    def _fetch(
        self,
        shared: SharedObject,
        entry: ObjectEntry,
        run: list[int],
        future: Fetch[list[bytes]],
        *,
        is_ahead: bool,
    ) -> None:
        start, stop = run[0] * BLOCK, min((run[-1] + 1) * BLOCK, entry.size)
        began = time.monotonic()
        shared.count(requests=1)
        blocks: list[bytes] = []
        failure: BaseException | None = None
        try:
            if shared.store is None:
                raise AuthenticationError("Nobody is signed in.", status=401)
            with future.begun():
                data = shared.store.read_range(
                    shared.container, shared.key, start, stop, etag=entry.etag
                )
            blocks = [data[i * BLOCK : (i + 1) * BLOCK] for i in range(len(run))]
            shared.count(bytes_fetched=len(data), bytes_ahead=len(data) if is_ahead else 0)
            self.reached(shared.connection_id)
        except BaseException as error:  # whatever it is, the waiting readers must be told
            failure = error
            self.not_reached(shared.connection_id, began, error)
        is_wanted = not is_ahead
        with self._lock:
            for position, index in enumerate(run):
                name = (shared.path, index)
                self._in_flight.pop(name, None)
                if failure is None:
                    self._blocks[name] = blocks[position]
                    self._held += len(blocks[position])
                else:
                    is_wanted = not self._note_use(name) or is_wanted
            self._trim()
        if failure is None:
            self._on_success(shared, run)
            future.set_result(blocks)
        else:
            if is_wanted:  # nobody need know what would have been read in vain
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
