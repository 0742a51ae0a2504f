# SPDX-License-Identifier: GPL-2.0-or-later
"""Lets a worker have something done on the main thread, and wait for what comes of it.

The main thread never waits for a worker here, and `stop` sends every waiting worker on its way; so
nothing stands still when the plugin is unloaded or QGIS closes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from typing import Any, TypeVar

from qgis.PyQt.QtCore import QCoreApplication, QObject, Qt, QThread, pyqtSignal

from cog_browser.storage.errors import Cancelled

T = TypeVar("T")


class MainThread(QObject):
    """Make it on the main thread."""

    _called = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._waiting: set[Future[Any]] = set()
        self._is_stopped = False
        self._called.connect(lambda call: call(), Qt.ConnectionType.QueuedConnection)

    def run(self, function: Callable[[], T]) -> T:
        """What the function returns or raises there. Thread: any.

        Raises `Cancelled` in a worker that `stop` has woken.
        """
        if is_main_thread():
            return function()
        return self.ask(lambda answer: answer(function()))

    def ask(self, start: Callable[[Callable[[T], None]], None], timeout: float | None = None) -> T:
        """Call ``start(answer)`` there, and wait until something calls ``answer(value)``.

        Thread: any but main. Raises `Cancelled` as `run` does, and what ``start`` raises, and
        `concurrent.futures.TimeoutError` after so many seconds.
        """
        future: Future[T] = Future()

        def answer(value: T) -> None:
            with suppress(InvalidStateError):  # nobody waits any more
                future.set_result(value)

        def call() -> None:
            try:
                if not future.done():
                    start(answer)
            except Exception as error:
                with suppress(InvalidStateError):
                    future.set_exception(error)

        with self._lock:
            if self._is_stopped:
                raise Cancelled
            self._waiting.add(future)
        try:
            self._emit(call)
            return future.result(timeout)
        finally:
            with self._lock:
                self._waiting.discard(future)

    def stop(self) -> None:
        """Wake all who wait, and let nobody wait any more."""
        with self._lock:
            self._is_stopped = True
            for future in self._waiting:
                with suppress(InvalidStateError):
                    future.set_exception(Cancelled())

    def _emit(self, call: Callable[[], None]) -> None:
        try:
            self._called.emit(call)
        except RuntimeError:  # QGIS is closing and has deleted this object
            raise Cancelled from None


def is_main_thread() -> bool:
    application = QCoreApplication.instance()
    return application is None or QThread.currentThread() == application.thread()
