# SPDX-License-Identifier: GPL-2.0-or-later
"""What the read gateway knows of an object that it serves."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Protocol

from cog_browser.storage.errors import AuthenticationError, ProtocolError
from cog_browser.storage.models import ObjectEntry

if TYPE_CHECKING:
    from cog_browser.storage.connection import Connection
    from cog_browser.storage.gateway.fetch import Fetch
    from cog_browser.storage.gateway.header_store import Header

#: The states of a served object. Waiting: nobody is signed in to its account. Silent: the store has
#: sent nothing for a while of what is waited for. Failing: a read failed, and is tried again from
#: time to time. Replaced: the store has another object by now.
READING, WAITING, SILENT = "reading", "waiting", "silent"
FAILING, REPLACED = "failing", "replaced"
#: Reads that are noted as the object's header, in number and in bytes.
_OPENING_READS, _OPENING_BYTES = 256, 2 << 20


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
    """What one object has cost since it was opened.

    ``bytes_fetched`` came from the store, of them ``bytes_ahead`` before anyone asked;
    ``bytes_served`` went to GDAL, of them ``bytes_cached`` without waiting for the store.
    """

    requests: int = 0
    bytes_fetched: int = 0
    bytes_ahead: int = 0
    bytes_served: int = 0
    bytes_cached: int = 0
    failures: int = 0
    last_error: str = ""
    state: str = READING

    def add(self, other: Meter) -> None:
        """Add the other's numbers to these."""
        for name in COUNTERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))


#: What can be summed of meters.
COUNTERS = tuple(x.name for x in fields(Meter) if x.type == "int")


@dataclass(frozen=True)
class PinnedObject:
    """One generation of an object, by the ETag it had when its header was read; "" for any."""

    container: str
    key: str
    saved_source: str
    etag: str


@dataclass(eq=False)
class SharedObject:
    """One generation of one object behind one URL: all its bytes belong to one ETag.

    GDAL caches by URL, so an object that was replaced gets another one. ``store`` is the latest
    sign-in of its connection, None before the first; ``saved_source`` the form for files;
    ``pinned`` the only ETag that it may have, "" where the first one that is found is it.
    """

    connection_id: str
    store: RangeReader | None
    container: str
    key: str
    saved_source: str
    path: str
    pinned: str = ""
    meter: Meter = field(default_factory=Meter)
    description: Fetch[ObjectEntry] | None = None
    header: Header | None = None
    #: Why the state is what it is, for people.
    reason: str = ""
    #: Blocks that could not be read, and those that nothing comes of; -1 stands for size and ETag.
    failed: set[int] = field(default_factory=set)
    silent: set[int] = field(default_factory=set)
    #: When somebody last read it, by the monotonic clock.
    read_at: float = 0.0
    #: The ranges read so far; None once they no longer are the header.
    opening: list[tuple[int, int]] | None = field(default_factory=list)
    #: Held while the state, or what has failed, changes.
    changing: threading.RLock = field(default_factory=threading.RLock)
    _counting: threading.Lock = field(default_factory=threading.Lock)

    @property
    def known(self) -> ObjectEntry | None:
        """The description that this generation is pinned to, if it has one."""
        asked = self.description
        if asked is None or not asked.done() or asked.exception() is not None:
            return None
        return asked.result()

    def signed_in_store(self) -> RangeReader:
        """Raises `AuthenticationError` while nobody is signed in."""
        if self.store is None:
            said = f"“{self.key}” waits for a sign-in to its account."
            raise AuthenticationError(said, status=401)
        return self.store

    def checked(self, entry: ObjectEntry) -> ObjectEntry:
        """The entry; raises `ProtocolError` (412) when it is not of this generation."""
        if self.pinned and entry.etag != self.pinned:
            raise ProtocolError(f"“{self.key}” was replaced in the store.", status=412)
        return entry

    def count(self, **amounts: int) -> None:
        """Add to the meter. Thread: any."""
        with self._counting:
            for name, amount in amounts.items():
                setattr(self.meter, name, getattr(self.meter, name) + amount)

    def note_read(self, start: int, stop: int) -> None:
        """Remember a read as part of the header, until there are too many."""
        with self._counting:
            if self.opening is not None:
                self.opening.append((start, stop))
                size = sum(b - a for a, b in self.opening)
                if len(self.opening) > _OPENING_READS or size > _OPENING_BYTES:
                    self.opening = None

    def forget_header(self) -> None:
        """Let what is read next be the header: somebody is going to open the object anew."""
        with self._counting:
            self.header, self.opening = None, []

    def take_opening(self) -> list[tuple[int, int]]:
        """The ranges read so far, merged and in order, once."""
        with self._counting:
            ranges, self.opening = sorted(self.opening or []), None
        merged: list[tuple[int, int]] = []
        for start, stop in ranges:
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
            else:
                merged.append((start, stop))
        return merged
