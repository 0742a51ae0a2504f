# SPDX-License-Identifier: GPL-2.0-or-later
"""Fetches what a reader will probably ask for next, while its connection has nothing else to do.

What that is, a planner from above knows: this package knows nothing of images.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from typing import Protocol

from cog_browser.storage.gateway.block_cache import BLOCK, BlockCache
from cog_browser.storage.gateway.shared_object import SharedObject

log = logging.getLogger(__name__)

#: Seconds without a read after which a view is taken to be complete.
QUIET = 0.05
#: Objects whose plans are kept, and the latest reads of one that count: some never pause.
_PLANS, _READS = 64, 1024


class Planner(Protocol):
    """Foresees the reads of one object. Used by one thread at a time."""

    def note(self, start: int, stop: int) -> None:
        """These bytes were read."""

    def next_ranges(self) -> list[tuple[int, int]]:
        """The bytes that will probably be read next, the most probable first."""


#: Makes the planner of an object from ``read(offset, count)`` and its size; None where there is
#: nothing to foresee. May read, and raise.
PlannerFor = Callable[[Callable[[int, int], bytes], int], "Planner | None"]


class LookAhead:
    """Tells the block cache what to fetch in idle time. Thread-safe."""

    def __init__(
        self,
        planner_for: PlannerFor,
        cache: BlockCache,
        read: Callable[[SharedObject, int, int], bytes],
    ) -> None:
        self._planner_for, self._cache, self._read = planner_for, cache, read
        self._changed = threading.Condition()
        self._reads: OrderedDict[SharedObject, deque[tuple[int, int]]] = OrderedDict()
        self._last_read = 0.0
        self._plans: OrderedDict[SharedObject, Planner | None] = OrderedDict()
        self._thread: threading.Thread | None = None
        self._is_on = True

    def switch(self, is_on: bool) -> None:
        """Whether anything is fetched ahead."""
        with self._changed:
            self._is_on = is_on
            self._changed.notify_all()

    def note(self, shared: SharedObject, start: int, stop: int) -> None:
        """A reader has asked for these bytes. Waits for nothing."""
        with self._changed:
            if not self._is_on:
                return
            self._reads.setdefault(shared, deque(maxlen=_READS)).append((start, stop))
            self._last_read = time.monotonic()
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="cog-browser-look-ahead", daemon=True
                )
                self._thread.start()
            self._changed.notify_all()

    def stop(self) -> None:
        self.switch(False)

    def _run(self) -> None:
        while True:
            with self._changed:
                while self._is_on and (not self._reads or self._quiet_in > 0):
                    self._changed.wait(self._quiet_in if self._reads else None)
                if not self._is_on:
                    self._thread = None
                    self._reads.clear()
                    return
                shared, reads = self._reads.popitem(last=False)
            try:
                self._plan(shared, reads)
            except Exception as error:  # whatever is wrong with it, its readers get to know
                log.debug("No look-ahead for “%s”: %s", shared.key, error)
                self._plans[shared] = None

    @property
    def _quiet_in(self) -> float:
        return self._last_read + QUIET - time.monotonic()

    def _plan(self, shared: SharedObject, reads: Iterable[tuple[int, int]]) -> None:
        entry = shared.known
        if entry is None or shared.store is None:
            return
        if shared not in self._plans:
            self._plans[shared] = self._planner_for(
                lambda offset, count: self._read(shared, offset, min(offset + count, entry.size)),
                entry.size,
            )
            while len(self._plans) > _PLANS:
                self._plans.popitem(last=False)
        self._plans.move_to_end(shared)
        planner = self._plans[shared]
        if planner is None:
            return
        for start, stop in reads:
            planner.note(start, stop)
        blocks: dict[int, None] = {}
        for start, stop in planner.next_ranges():
            blocks.update(dict.fromkeys(range(start // BLOCK, (stop - 1) // BLOCK + 1)))
        self._cache.ahead(shared, entry, list(blocks))
