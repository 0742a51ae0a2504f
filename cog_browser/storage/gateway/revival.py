# SPDX-License-Identifier: GPL-2.0-or-later
"""Tries again what could not be read, so that layers repaint by themselves."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from cog_browser.storage.gateway.shared_object import SharedObject

#: Seconds between two tries: the first, and the longest.
FIRST, LONGEST = 1.0, 30.0


class Revival:
    """One object of each failing connection is tried again, with growing pauses.

    ``attempt(shared)`` reads again what failed, in this class's own thread, and returns whether it
    worked. When it has, the other objects of the connection follow at once. Whoever calls `watch`
    has noted in ``shared.failed`` why.
    """

    def __init__(self, attempt: Callable[[SharedObject], bool]) -> None:
        self._attempt = attempt
        self._changed = threading.Condition()
        self._failing: dict[str, _Patience] = {}
        self._stopped = False

    def watch(self, shared: SharedObject) -> None:
        """Try this object again until it can be read. Thread: any."""
        with self._changed:
            patience = self._failing.get(shared.connection_id)
            if patience is None:
                patience = self._failing[shared.connection_id] = _Patience()
                threading.Thread(
                    target=lambda: self._run(shared.connection_id, patience),
                    name="cog-browser-revival",
                    daemon=True,
                ).start()
            if shared not in patience.objects:
                patience.objects.append(shared)

    def hurry(self, connection_id: str) -> None:
        """Try the connection's objects now: somebody has signed in, or asked for it."""
        with self._changed:
            patience = self._failing.get(connection_id)
            if patience is not None:
                patience.pause = FIRST
                patience.due = 0.0
                self._changed.notify_all()

    def forget(self, shared: SharedObject) -> None:
        """Stop trying this object."""
        with self._changed:
            patience = self._failing.get(shared.connection_id)
            if patience is not None and shared in patience.objects:
                patience.objects.remove(shared)
                self._changed.notify_all()

    def stop(self) -> None:
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _run(self, connection_id: str, patience: _Patience) -> None:
        while True:
            with self._changed:
                while not self._stopped and patience.objects and patience.wait > 0:
                    self._changed.wait(patience.wait)
                if self._stopped or not patience.objects:
                    self._failing.pop(connection_id, None)
                    return
                shared = patience.objects[0]
                patience.due = float("inf")
            works = self._attempt(shared)
            with self._changed:
                if works:
                    # Unless another read has failed in the meantime.
                    if not shared.failed and shared in patience.objects:
                        patience.objects.remove(shared)
                    patience.due, patience.pause = 0.0, FIRST
                elif patience.due == float("inf"):  # nobody has hurried us in between
                    patience.pause = min(2 * patience.pause, LONGEST)
                    patience.due = time.monotonic() + patience.pause
                    if shared in patience.objects:  # one hopeless object must not hold up others
                        patience.objects.remove(shared)
                        patience.objects.append(shared)


class _Patience:
    """When a connection is tried next, and which of its objects wait for it."""

    def __init__(self) -> None:
        self.objects: list[SharedObject] = []
        self.pause = FIRST
        self.due = time.monotonic() + FIRST

    @property
    def wait(self) -> float:
        return self.due - time.monotonic()
