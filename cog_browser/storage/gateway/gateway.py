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
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from cog_browser.storage.errors import ProtocolError
from cog_browser.storage.gateway.block_cache import (
    BLOCK,
    CACHE_BYTES,
    DEADLINE,
    PARALLEL,
    BlockCache,
)
from cog_browser.storage.gateway.fetch import SILENCE, Fetch
from cog_browser.storage.gateway.header_store import Header, HeaderStore
from cog_browser.storage.gateway.look_ahead import LookAhead, PlannerFor
from cog_browser.storage.gateway.object_states import ObjectStates
from cog_browser.storage.gateway.revival import Revival
from cog_browser.storage.gateway.served_objects import ServedObjects
from cog_browser.storage.gateway.server import GatewayServer
from cog_browser.storage.gateway.shared_object import (
    REPLACED,
    Meter,
    PinnedObject,
    RangeReader,
    SharedObject,
)
from cog_browser.storage.models import ObjectEntry

log = logging.getLogger(__name__)

#: Seconds after which nobody reads an object any more that no layer shows.
UNUSED = 60.0
_DESCRIPTION = -1  # stands for size and ETag among the block numbers


class Gateway:
    """Serves objects on loopback. Thread-safe. Starts its server with the first URL.

    ``notify(url, state, reason)`` is called in any thread when an object's state changes; the
    states are those of `shared_object`.
    """

    def __init__(
        self,
        cache_bytes: int = CACHE_BYTES,
        parallel: int = PARALLEL,
        deadline: float = DEADLINE,
        silence: float = SILENCE,
        notify: Callable[[str, str, str], None] | None = None,
        planner_for: PlannerFor | None = None,
    ) -> None:
        self._notify = notify or (lambda _url, _state, _reason: None)
        self._lock = threading.Lock()
        self._objects = ServedObjects()
        #: Paths of the objects that layers show.
        self._used: frozenset[str] = frozenset()
        self._states = ObjectStates(self._tell)
        self._cache = BlockCache(
            self._note_failure,
            self._states.succeeded,
            self._states.silent,
            cache_bytes,
            parallel,
            deadline,
            silence,
        )
        self._revival = Revival(self._read_again)
        self._look_ahead = LookAhead(planner_for, self._cache, self._bytes) if planner_for else None
        self._headers: HeaderStore | None = None
        self._server: GatewayServer | None = None

    def configure(
        self, cache_bytes: int, header_folder: Path | None, *, look_ahead: bool = True
    ) -> None:
        """Memory for blocks in bytes, and where headers are kept for `expect`, if anywhere.

        ``look_ahead``: whether to fetch in idle time what will probably be read next.
        """
        self._cache.set_budget(cache_bytes)
        if self._look_ahead is not None:
            self._look_ahead.switch(look_ahead)
        self._headers = HeaderStore(header_folder) if header_folder else None

    def url(self, store: RangeReader, container: str, key: str, saved_source: str) -> str:
        """The URL that serves this object as long as the process lives. Sends nothing.

        ``saved_source`` is ``store.source(container, key)``. The same object of the same
        connection keeps its URL until it is known to have been replaced; reads use ``store``
        from now on.
        """
        shared = self._share(store.connection.id, container, key, saved_source)
        self._states.sign_in(shared, store)
        return self._url_of(shared)

    def expect(self, connection_id: str, container: str, key: str, saved_source: str) -> str | None:
        """The URL of an object whose account nobody has signed in to yet. Sends nothing.

        None unless its header is known from an earlier session: with it GDAL can open the object
        and its pixels wait for `adopt`, or fail with 401 until then.
        """
        known = self._objects.latest(connection_id, saved_source)
        header = self._headers.load(saved_source) if self._headers else None
        if known is not None and known.known is not None:
            is_same = header is not None and header.entry.etag == known.known.etag
            if is_same and known.header is None:
                known.header = header  # the blocks may no longer be in memory
            return self._url_of(known)
        if header is None:
            return None
        shared = self._share(connection_id, container, key, saved_source)
        description: Fetch[ObjectEntry] = self._cache.fetch(connection_id)
        description.set_result(header.entry)
        with self._lock:
            if shared.known is None:
                shared.header, shared.description = header, description
        if shared.store is None:
            self._states.wait(shared)
        return self._url_of(shared)

    def reserve(
        self, connection_id: str, objects: Iterable[PinnedObject], store: RangeReader | None
    ) -> list[str]:
        """The URLs of objects of which others know the headers. Sends nothing.

        Without ``store``, all reads fail with 401 until `adopt`.
        """
        found = []
        for one in objects:
            names = (one.container, one.key, one.saved_source, one.etag)
            shared = self._share(connection_id, *names)
            if store is not None:
                self._states.sign_in(shared, store)
            elif shared.store is None:
                self._states.wait(shared)
            found.append(self._url_of(shared))
        return found

    def keep_header(self, url: str) -> None:
        """Keep what has been read of an object so far: it is what GDAL needs to open it.

        Call it when GDAL has opened the object, before its pixels are read; blocks up to the
        deadline.
        """
        shared = self.find(url)
        if shared is None or self._headers is None or shared.header is not None:
            return
        ranges = shared.take_opening()
        if ranges:
            parts = tuple((start, self._bytes(shared, start, stop)) for start, stop in ranges)
            self._headers.save(shared.saved_source, Header(self._describe(shared), parts))

    def adopt(self, store: RangeReader) -> None:
        """Let a new sign-in read for the layers that are open of its connection.

        Only for objects that are the same to it: an edited connection may be another account. May
        sign in; not for a GUI thread.
        """
        known = [s for s in self._objects.all() if s.connection_id == store.connection.id]
        for shared in known:
            if store.source(shared.container, shared.key) == shared.saved_source:
                self._states.sign_in(shared, store)
        self._cache.reached(store.connection.id)
        self._revival.hurry(store.connection.id)

    def open(
        self, store: RangeReader, container: str, key: str, saved_source: str
    ) -> tuple[str, bytes]:
        """The URL of the object as it is now, and its first bytes, at most 16.

        Asks the store: an object that somebody has replaced gets another URL. Raises
        `StoreError`; blocks up to twice the deadline.
        """
        url = self.url(store, container, key, saved_source)
        shared = self.find(url)
        if shared is not None and shared.known is not None:
            again = self._ask(shared)
            now = self._cache.wait_for(shared, _DESCRIPTION, again)
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

    def totals(self) -> dict[str, Meter]:
        """What all objects of each connection have cost so far, by its id."""
        return self._objects.totals()

    def use(self, urls: Iterable[str]) -> None:
        """Layers show these. What else nobody reads for a while is no longer tried again."""
        self._used = frozenset(shared.path for shared in map(self.find, urls) if shared)

    def tell_states(self) -> None:
        """Let `notify` hear of every object how it is."""
        for shared in self._objects.all():
            self._states.tell(shared)

    def retry(self, url: str) -> None:
        """Try now what could not be read; `notify` tells when it works."""
        shared = self.find(url)
        if shared is not None:
            self._revival.hurry(shared.connection_id)

    def drop_blocks(self, url: str) -> None:
        """Read the object's bytes from the store again: somebody doubts those that are kept."""
        shared = self.find(url)
        if shared is not None:
            self._cache.drop(shared)
            shared.forget_header()
            if self._headers is not None:
                self._headers.drop(shared.saved_source)

    def find(self, url: str) -> SharedObject | None:
        """The object that a URL of this gateway serves."""
        with self._lock:
            if self._server is None:
                return None
            root = f"http://127.0.0.1:{self._server.port}"
        return self._objects.at_path(url[len(root) :]) if url.startswith(root) else None

    def at_path(self, path: str) -> SharedObject | None:
        """The object at a URL's path."""
        return self._objects.at_path(path)

    def size(self, shared: SharedObject) -> int:
        """The object's size in bytes, as of when it was first read."""
        return self._describe(shared).size

    def read(self, shared: SharedObject, start: int, stop: int) -> bytes:
        """Exactly the bytes from ``start`` to ``stop``; blocks up to the deadline.

        Raises `CogBrowserError` when they can't be had, or the object has changed since.
        """
        if start >= stop:
            return b""
        shared.note_read(start, stop)
        shared.read_at = time.monotonic()
        data, is_cached = self._find_bytes(shared, start, stop)
        shared.count(bytes_served=len(data), bytes_cached=len(data) if is_cached else 0)
        if self._look_ahead is not None:
            self._look_ahead.note(shared, start, stop)
        return data

    def forget(self, connection_id: str, container: str, key: str) -> None:
        """Give an object another URL from now on, after it was replaced or deleted.

        Who reads on from the old URL gets errors, never a mixture. Waits for nothing.
        """
        for shared in self._objects.named(connection_id, container, key):
            self._retire(shared)

    def stop(self) -> None:
        """Close the server. Every URL it gave is dead afterwards."""
        with self._lock:
            server, self._server = self._server, None
        self._revival.stop()
        if self._look_ahead is not None:
            self._look_ahead.stop()
        if server is not None:
            server.stop()
        self._cache.stop()

    def _share(
        self, connection_id: str, container: str, key: str, saved_source: str, etag: str = ""
    ) -> SharedObject:
        with self._lock:
            if self._server is None:
                self._server = GatewayServer(self)
        return self._objects.share(connection_id, container, key, saved_source, etag)

    def _url_of(self, shared: SharedObject) -> str:
        with self._lock:
            if self._server is None:
                raise ProtocolError("The read gateway has been stopped.")
            return f"http://127.0.0.1:{self._server.port}{shared.path}"

    def _bytes(self, shared: SharedObject, start: int, stop: int) -> bytes:
        return self._find_bytes(shared, start, stop)[0]

    def _find_bytes(self, shared: SharedObject, start: int, stop: int) -> tuple[bytes, bool]:
        """The bytes from ``start`` to ``stop``, and whether nobody had to wait for the store."""
        entry = self._describe(shared)
        data = shared.header.read(start, stop) if shared.header else None
        is_cached = data is not None
        if data is None:
            shared.signed_in_store()
            first, last = start // BLOCK, (stop - 1) // BLOCK
            blocks, is_cached = self._cache.blocks_of(shared, entry, first, last)
            if len(blocks) == 1:
                data = blocks[0][start - first * BLOCK : stop - first * BLOCK]
            else:
                blocks[0] = blocks[0][start - first * BLOCK :]
                blocks[-1] = blocks[-1][: stop - last * BLOCK]
                data = b"".join(blocks)
        if len(data) != stop - start:
            raise ProtocolError(f"“{shared.key}” ends before byte {stop}.")
        return data, is_cached

    def _retire(self, shared: SharedObject) -> None:
        """Let the object's next URL be another one; this one keeps its ETag."""
        self._objects.retire(shared)
        self._cache.drop(shared)
        with shared.changing:
            shared.failed.clear()
        self._revival.forget(shared)
        if self._headers is not None:
            self._headers.drop(shared.saved_source)
        said = f"“{shared.key}” was replaced or deleted in the store."
        self._states.change(shared, REPLACED, said)

    def _describe(self, shared: SharedObject) -> ObjectEntry:
        """Size and ETag, asked for once; every byte of this URL belongs to this ETag."""
        with self._lock:
            asked = shared.description
            if asked is None or (asked.done() and asked.exception() is not None):
                asked = shared.description = self._ask(shared)
        return self._cache.wait_for(shared, _DESCRIPTION, asked)

    def _ask(self, shared: SharedObject) -> Fetch[ObjectEntry]:
        """Send for size and ETag."""
        asked: Fetch[ObjectEntry] = self._cache.fetch(shared.connection_id)

        def work() -> None:
            began = time.monotonic()
            shared.count(requests=1)
            try:
                store = shared.signed_in_store()
                with asked.begun():
                    entry = shared.checked(store.head_object(shared.container, shared.key))
            except BaseException as error:  # whatever it is, the waiting readers must be told
                self._cache.not_reached(shared.connection_id, began, error)
                self._note_failure(shared, _DESCRIPTION, error)
                asked.set_exception(error)
            else:
                self._cache.reached(shared.connection_id)
                self._states.succeeded(shared, [_DESCRIPTION])
                asked.set_result(entry)

        self._cache.submit(shared.connection_id, work)
        return asked

    def _note_failure(self, shared: SharedObject, block: int, error: BaseException) -> None:
        self._states.failed(shared, block, error)
        if getattr(error, "status", None) == 412:
            self._retire(shared)  # replaced by somebody: opening it again must work
        elif shared.meter.state != REPLACED:
            self._revival.watch(shared)

    def _read_again(self, shared: SharedObject) -> bool:
        """Read all that failed; the state follows from how it goes."""
        if shared.path not in self._used and time.monotonic() - shared.read_at > UNUSED:
            self._states.forget(shared)
            return True
        with shared.changing:
            failed = sorted(shared.failed)
        for block in failed:
            try:
                if block == _DESCRIPTION:
                    self._cache.wait_for(shared, block, self._ask(shared))
                else:
                    self._cache.fetch_again(shared, self._describe(shared), block)
                    self._states.succeeded(shared, [block])
            except Exception:  # noted where it was raised
                return shared.meter.state == REPLACED
        return True

    def _tell(self, shared: SharedObject, state: str, reason: str) -> None:
        try:
            self._notify(self._url_of(shared), state, reason)
        except ProtocolError:
            log.debug("The gateway has been stopped.")
