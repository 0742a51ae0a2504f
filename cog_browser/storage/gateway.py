# SPDX-License-Identifier: GPL-2.0-or-later
"""The read gateway: GDAL reads objects from loopback, our own client reads them from the store.

GDAL can't carry a secret safely and reads one range after another; see ``docs/decisions/``. So
each object that is opened gets an unguessable URL on 127.0.0.1 that answers GET and HEAD for this
one object and nothing else. Behind it, missing blocks are fetched in parallel, every answer is
checked, and what can't be repaired becomes an HTTP error that GDAL reports: never empty pixels.

It runs in a process of its own (`gateway_process`), since PyQGIS calls that read while they hold
the interpreter's lock would wait for a server in the same interpreter for ever.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections import OrderedDict
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar
from urllib.parse import quote

from cog_browser.storage.errors import ProtocolError, TransportError
from cog_browser.storage.gateway_server import GatewayServer
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.pool import DaemonPool

if TYPE_CHECKING:
    from cog_browser.storage.connection import Connection

log = logging.getLogger(__name__)
_T = TypeVar("_T")

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


class RangeReader(Protocol):
    """The part of an `ObjectStore` that the gateway needs."""

    @property
    def connection(self) -> Connection: ...

    def head_object(self, container: str, key: str) -> ObjectEntry: ...

    def read_range(
        self, container: str, key: str, start: int, stop: int, *, etag: str | None = None
    ) -> bytes: ...

    def source(self, container: str, key: str) -> str: ...


@dataclass
class Meter:
    """What one object has cost since it was opened."""

    requests: int = 0
    bytes_fetched: int = 0
    bytes_served: int = 0
    failures: int = 0
    last_error: str = ""


@dataclass
class SharedObject:
    """One generation of one object behind one URL: all its bytes belong to one ETag.

    GDAL caches by URL, so an object that was replaced gets another one. ``store`` is the latest
    sign-in of its connection, ``saved_source`` the form for files.
    """

    store: RangeReader
    container: str
    key: str
    saved_source: str
    path: str
    meter: Meter = field(default_factory=Meter)
    description: Future[ObjectEntry] | None = None


class Gateway:
    """Serves objects on loopback. Thread-safe. Starts its server with the first URL."""

    def __init__(
        self, cache_bytes: int = CACHE_BYTES, parallel: int = PARALLEL, deadline: float = DEADLINE
    ) -> None:
        self._cache_bytes, self._parallel, self._deadline = cache_bytes, parallel, deadline
        self._lock = threading.Lock()
        self._shared: dict[tuple[str, str], SharedObject] = {}
        self._by_path: dict[str, SharedObject] = {}
        self._blocks: OrderedDict[tuple[str, str, int], bytes] = OrderedDict()
        self._held = 0
        self._in_flight: dict[tuple[str, str, int], tuple[Future[list[bytes]], int]] = {}
        self._fetchers: dict[str, DaemonPool] = {}
        self._server: GatewayServer | None = None

    def url(self, store: RangeReader, container: str, key: str, saved_source: str) -> str:
        """The URL that serves this object as long as the process lives. Sends nothing.

        ``saved_source`` is ``store.source(container, key)``. The same object of the same
        connection keeps its URL until it is known to have been replaced; reads use ``store``
        from now on.
        """
        identity = (store.connection.id, saved_source)
        with self._lock:
            if self._server is None:
                self._server = GatewayServer(self)
            shared = self._shared.get(identity)
            if shared is None:
                name = key.rstrip("/").rsplit("/", 1)[-1] or "object"
                path = f"/{secrets.token_hex(16)}/{quote(name, safe='')}"
                shared = SharedObject(store, container, key, saved_source, path)
                self._shared[identity] = self._by_path[path] = shared
            shared.store = store
            return f"http://127.0.0.1:{self._server.port}{shared.path}"

    def adopt(self, store: RangeReader) -> None:
        """Let a new sign-in read for the layers that are open of its connection.

        Only for objects that are the same to it: an edited connection may be another account. May
        sign in; not for a GUI thread.
        """
        with self._lock:
            known = [
                s for s in self._by_path.values() if s.store.connection.id == store.connection.id
            ]
        for shared in known:
            if store.source(shared.container, shared.key) == shared.saved_source:
                shared.store = store

    def open(
        self, store: RangeReader, container: str, key: str, saved_source: str
    ) -> tuple[str, bytes]:
        """The URL of the object as it is now, and its first bytes, at most 16.

        Asks the store: an object that somebody has replaced gets another URL. Raises
        `StoreError`; blocks up to twice the deadline.
        """
        url = self.url(store, container, key, saved_source)
        shared = self.find(url)
        if shared is not None and _known(shared) is not None:
            now = self._await(shared, self._describe_again(shared))
            if now.etag != self._describe(shared).etag:
                self._retire(shared)
                url = self.url(store, container, key, saved_source)
                shared = self.find(url)
        if shared is None:
            raise ProtocolError("The read gateway has been stopped.")
        return url, self.read(shared, 0, min(16, self.size(shared)))

    def saved_source(self, url: str) -> str | None:
        """The saved form of what a URL of this gateway serves."""
        shared = self.find(url)
        return shared.saved_source if shared else None

    def meter(self, url: str) -> Meter | None:
        """What the object behind a URL has cost so far."""
        shared = self.find(url)
        return shared.meter if shared else None

    def find(self, url: str) -> SharedObject | None:
        """The object that a URL of this gateway serves."""
        with self._lock:
            if self._server is None:
                return None
            root = f"http://127.0.0.1:{self._server.port}"
            return self._by_path.get(url[len(root) :]) if url.startswith(root) else None

    def at_path(self, path: str) -> SharedObject | None:
        """The object at a URL's path."""
        with self._lock:
            return self._by_path.get(path)

    def size(self, shared: SharedObject) -> int:
        """The object's size in bytes, as of when it was first read."""
        return self._describe(shared).size

    def read(self, shared: SharedObject, start: int, stop: int) -> bytes:
        """Exactly the bytes from ``start`` to ``stop``; blocks up to the deadline.

        Raises `CogBrowserError` when they can't be had, or the object has changed since.
        """
        entry = self._describe(shared)
        if start >= stop:
            return b""
        first, last = start // BLOCK, (stop - 1) // BLOCK
        blocks = self._blocks_of(shared, entry, first, last)
        if len(blocks) == 1:
            data = blocks[0][start - first * BLOCK : stop - first * BLOCK]
        else:
            blocks[0] = blocks[0][start - first * BLOCK :]
            blocks[-1] = blocks[-1][: stop - last * BLOCK]
            data = b"".join(blocks)
        if len(data) != stop - start:
            raise ProtocolError(f"“{shared.key}” ends before byte {stop}.")
        shared.meter.bytes_served += len(data)
        return data

    def forget(self, connection_id: str, container: str, key: str) -> None:
        """Give an object another URL from now on, after it was replaced or deleted.

        Who reads on from the old URL gets errors, never a mixture. Waits for nothing.
        """
        with self._lock:
            changed = [
                shared
                for (owner, _), shared in self._shared.items()
                if (owner, shared.container, shared.key) == (connection_id, container, key)
            ]
        for shared in changed:
            self._retire(shared)

    def stop(self) -> None:
        """Close the server. Every URL it gave is dead afterwards."""
        with self._lock:
            server, self._server = self._server, None
            fetchers, self._fetchers = self._fetchers, {}
        if server is not None:
            server.stop()
        for pool in fetchers.values():
            pool.stop()

    def _retire(self, shared: SharedObject) -> None:
        """Let the object's next URL be another one; this one keeps its ETag."""
        with self._lock:
            self._shared = {i: s for i, s in self._shared.items() if s is not shared}
            for name in [n for n in self._blocks if n[0] == shared.path]:
                self._held -= len(self._blocks.pop(name))

    def _describe(self, shared: SharedObject) -> ObjectEntry:
        """Size and ETag, asked for once; every byte of this URL belongs to this ETag."""
        with self._lock:
            asked = shared.description
            if asked is None or (asked.done() and asked.exception() is not None):
                asked = shared.description = self._ask(shared)
        return self._await(shared, asked)

    def _describe_again(self, shared: SharedObject) -> Future[ObjectEntry]:
        with self._lock:
            return self._ask(shared)

    def _ask(self, shared: SharedObject) -> Future[ObjectEntry]:
        """Send for size and ETag. The caller holds the lock."""
        asked: Future[ObjectEntry] = Future()

        def work() -> None:
            shared.meter.requests += 1
            try:
                asked.set_result(shared.store.head_object(shared.container, shared.key))
            except BaseException as error:  # whatever it is, the waiting readers must be told
                self._note_failure(shared, error)
                asked.set_exception(error)

        self._pool(shared).submit(work)
        return asked

    def _await(self, shared: SharedObject, future: Future[_T]) -> _T:
        try:
            return future.result(self._deadline)
        except FutureTimeoutError:
            error = TransportError(
                f"“{shared.key}” could not be read within {self._deadline:.0f} s."
            )
            self._note_failure(shared, error)
            raise error from None

    def _pool(self, shared: SharedObject) -> DaemonPool:
        """The threads of the object's connection. The caller holds the lock."""
        connection = shared.store.connection.id
        pool = self._fetchers.get(connection)
        if pool is None:
            pool = self._fetchers[connection] = DaemonPool(self._parallel, "cog-browser-fetch")
        return pool

    def _blocks_of(
        self, shared: SharedObject, entry: ObjectEntry, first: int, last: int
    ) -> list[bytes]:
        """The blocks ``first`` to ``last``, from the cache, from a fetch under way, or fetched."""
        found: dict[int, bytes] = {}
        waiting: dict[int, tuple[Future[list[bytes]], int]] = {}
        with self._lock:
            run: list[int] = []
            for index in range(first, last + 1):
                name = (shared.path, entry.etag, index)
                block = self._blocks.get(name)
                if block is not None:
                    self._blocks.move_to_end(name)
                    found[index] = block
                elif name in self._in_flight:
                    waiting[index] = self._in_flight[name]
                else:
                    if run and (index != run[-1] + 1 or len(run) == RUN):
                        waiting.update(self._start(shared, entry, run))
                        run = []
                    run.append(index)
            if run:
                waiting.update(self._start(shared, entry, run))
        for index, (future, position) in waiting.items():
            found[index] = self._await(shared, future)[position]
        return [found[index] for index in range(first, last + 1)]

    def _start(
        self, shared: SharedObject, entry: ObjectEntry, run: list[int]
    ) -> dict[int, tuple[Future[list[bytes]], int]]:
        """Send for a run of blocks. The caller holds the lock."""
        future: Future[list[bytes]] = Future()
        parts = {index: (future, position) for position, index in enumerate(run)}
        for index, part in parts.items():
            self._in_flight[(shared.path, entry.etag, index)] = part
        blocks = list(run)
        self._pool(shared).submit(lambda: self._fetch(shared, entry, blocks, future))
        return parts

    def _fetch(
        self, shared: SharedObject, entry: ObjectEntry, run: list[int], future: Future[list[bytes]]
    ) -> None:
        start, stop = run[0] * BLOCK, min((run[-1] + 1) * BLOCK, entry.size)
        shared.meter.requests += 1
        blocks: list[bytes] = []
        failure: BaseException | None = None
        try:
            data = shared.store.read_range(
                shared.container, shared.key, start, stop, etag=entry.etag
            )
            blocks = [data[i * BLOCK : (i + 1) * BLOCK] for i in range(len(run))]
            shared.meter.bytes_fetched += len(data)
        except BaseException as error:  # whatever it is, the waiting readers must be told
            failure = error
            self._note_failure(shared, error)
            if getattr(error, "status", None) == 412:
                self._retire(shared)  # replaced by somebody: opening it again must work
        with self._lock:
            for position, index in enumerate(run):
                name = (shared.path, entry.etag, index)
                self._in_flight.pop(name, None)
                if failure is None:
                    self._blocks[name] = blocks[position]
                    self._held += len(blocks[position])
            while self._held > self._cache_bytes and self._blocks:
                self._held -= len(self._blocks.popitem(last=False)[1])
        if failure is None:
            future.set_result(blocks)
        else:
            future.set_exception(failure)

    def _note_failure(self, shared: SharedObject, error: BaseException) -> None:
        shared.meter.failures += 1
        if shared.meter.last_error != str(error):  # one repaint may fail in many blocks
            log.warning("%s", error)
        shared.meter.last_error = str(error)


def _known(shared: SharedObject) -> ObjectEntry | None:
    """The description that this generation is pinned to, if it has one."""
    asked = shared.description
    if asked is None or not asked.done() or asked.exception() is not None:
        return None
    return asked.result()
