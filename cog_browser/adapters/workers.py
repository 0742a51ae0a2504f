# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs functions off the GUI thread and hands their results back to it.

QgsTask's pool has as many threads as the machine has cores, and one slow network would fill it;
so short network work runs on threads of our own.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from functools import partial
from typing import Any

from qgis.PyQt.QtCore import QObject, Qt, pyqtSignal

from cog_browser.storage.errors import Cancelled
from cog_browser.storage.pool import DaemonPool
from cog_browser.storage.turns import rest, take_turns

THREADS = 8


class Job:
    """One running function, as the function and its owner see it. Thread-safe."""

    def __init__(self, deliver: Callable[[Callable[[], None]], None], item: Any) -> None:
        self._deliver, self._item = deliver, item
        self._cancelled = threading.Event()

    @property
    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Ask the function to end; nothing of it is delivered any more."""
        self._cancelled.set()

    def check(self) -> None:
        """Raise `Cancelled` when the job was cancelled. Long loops call it often.

        It also rests now and then, so that the GUI thread has its turns.
        """
        if self.is_cancelled:
            raise Cancelled
        rest()

    def emit(self, value: Any) -> None:
        """Hand an intermediate result to ``item`` on the main thread; raises when cancelled."""
        self.check()
        self._deliver(lambda: None if self.is_cancelled else self._item(value))


class Workers(QObject):
    """A bounded pool of threads whose results arrive on the thread this object lives in."""

    _delivered = pyqtSignal(object)

    def __init__(self, parent: QObject | None = None, threads: int = THREADS) -> None:
        super().__init__(parent)
        self._pool = DaemonPool(threads, "cog-browser-worker")
        self._jobs: dict[Hashable, Job] = {}
        self._running: set[Job] = set()
        self._stopped = False
        self._delivered.connect(self._call, Qt.ConnectionType.QueuedConnection)

    def run(
        self,
        function: Callable[[Job], Any],
        *,
        done: Callable[[Any], None] | None = None,
        failed: Callable[[Exception], None] | None = None,
        item: Callable[[Any], None] | None = None,
        key: Hashable | None = None,
    ) -> Job:
        """Run ``function(job)`` in a worker. Thread: main.

        ``done``, ``failed`` and ``item`` are called on the main thread, never after the job was
        cancelled. A newer job with the same ``key`` cancels the older.
        """
        if key is not None:
            self.cancel(key)
        job = Job(self._deliver, item)
        self._running.add(job)
        if key is not None:
            self._jobs[key] = job

        def work() -> None:
            take_turns()
            try:
                job.check()
                result = function(job)
            except Cancelled:
                self._deliver(lambda: self._finish(job, key, None, None))
            except Exception as error:
                self._deliver(partial(self._finish, job, key, failed, error))
            else:
                # In a box that the main thread empties: a QObject must not die in this thread.
                box = [result]
                del result
                self._deliver(lambda: self._finish(job, key, done, box.pop()))

        self._pool.submit(work)
        return job

    def is_running(self, key: Hashable) -> bool:
        """Whether the job of that key is still to deliver its end. Thread: main."""
        return key in self._jobs

    def cancel(self, key: Hashable) -> None:
        """Cancel the job of that key, if one runs. Thread: main."""
        job = self._jobs.pop(key, None)
        if job is not None:
            job.cancel()

    def stop(self, timeout: float = 2.0) -> None:
        """Cancel everything and wait at most ``timeout`` seconds. Thread: main."""
        self._stopped = True
        for job in self._running:
            job.cancel()
        self._jobs.clear()
        self._pool.stop(timeout)

    def _deliver(self, call: Callable[[], None]) -> None:
        try:
            self._delivered.emit(call)
        except RuntimeError:  # QGIS is closing and has deleted this object
            return

    def _call(self, call: Callable[[], None]) -> None:
        if not self._stopped:
            call()

    def _finish(
        self, job: Job, key: Hashable | None, callback: Callable[[Any], None] | None, value: Any
    ) -> None:
        self._running.discard(job)
        if self._jobs.get(key) is job:
            del self._jobs[key]
        if callback is not None and not job.is_cancelled:
            callback(value)
