# SPDX-License-Identifier: GPL-2.0-or-later
"""Moves the parts of one transfer in parallel, again and again until they are through."""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import TypeVar

from cog_browser.storage.errors import (
    AuthenticationError,
    Cancelled,
    ChecksumError,
    ServerError,
    StoreError,
    ThrottledError,
    TransportError,
)
from cog_browser.storage.progress import Progress, report
from cog_browser.storage.sign_in.auth import FRESH
from cog_browser.storage.transfers.control import TransferControl, TransferSettings

Part = TypeVar("Part")
Result = TypeVar("Result")

_TICK = 0.1  # seconds between two looks at the progress callback
_GOODBYE = 0.5  # seconds that a cancelled transfer waits for its threads
_PATIENCE = 5.0  # and one that failed
_REFUSALS = 2  # how often a fresh token may be refused before it counts
#: Bytes that are worth a report, and after which a broken part is as good as new.
_HEADWAY = 1 << 20
_RETRIED = (TransportError, ThrottledError, ServerError, ChecksumError)


class TransferJob:
    """Progress is reported from the caller's thread, bytes move in others.

    So a cancelled job returns within a second even while a server is silent; a thread that is
    left behind ends with its time-out.
    """

    def __init__(
        self,
        settings: TransferSettings,
        control: TransferControl | None,
        progress: Progress | None,
        total: int,
    ) -> None:
        self._settings, self._progress, self.total = settings, progress, total
        self.control = control or TransferControl()
        self.stopped = threading.Event()
        #: For what the parts may only do one after the other.
        self.serial = threading.Lock()
        #: While set, the whole is not reported: something remains to be done after the bytes.
        self.holds_end = False
        self._moved: dict[int, int] = {}
        self._unreported = 0
        self._changed = threading.Condition()
        self._limit, self._successes = max(1, settings.parallel), 0
        self._busy = self._threads = 0
        self._hold_until = 0.0
        self._failure: BaseException | None = None
        self._is_ending, self._may_end = False, threading.Event()

    def move(self, part: int, size: int) -> None:
        """``size`` bytes of this part have moved by now. Thread: any."""
        with self._changed:
            self._unreported += size - self._moved.get(part, 0)
            self._moved[part] = size
            if self._unreported >= _HEADWAY:
                self._changed.notify_all()

    def let_pass(self, count: int) -> None:
        """Wait for bandwidth and for the end of a pause; raises `Cancelled` when stopped."""
        self.control.take(count, self.stopped)

    def confirm_end(self) -> None:
        """Wait until the caller has been told that all is done but the last bytes.

        The callback may still refuse then, and the object will not appear.
        """
        with self._changed:
            self._may_end.clear()
            self._is_ending = True
            self._changed.notify_all()
        while not self._may_end.wait(_TICK):
            if self.stopped.is_set():
                raise Cancelled

    def report(self) -> None:
        """Tell the callback; raises `Cancelled` when it says stop."""
        with self._changed:
            done, self._unreported = min(sum(self._moved.values()), self.total), 0
        if self.holds_end:
            done = max(0, min(done, self.total - 1))
        self.control.note(done, self.total)
        report(self._progress, done, self.total)

    def finish(self) -> None:
        """Report the whole; raises `Cancelled` when even now the callback says stop."""
        self.holds_end = False
        report(self._progress, self.total, self.total)

    def call(self, work: Callable[[], Result]) -> Result:
        """The result of one request or computation, persistently; can be cancelled."""
        found: list[Result] = []
        self.run([None], lambda _: found.append(self.persist(work)))
        return found[0]

    def run(
        self,
        parts: Iterable[Part],
        work: Callable[[Part], object],
        meanwhile: Callable[[], object] | None = None,
    ) -> None:
        """Do ``work`` for each part; raises the first failure, and then begins no other part.

        ``meanwhile`` is called in this thread now and then.
        """
        waiting = deque(parts)
        self._threads = min(self._settings.parallel, len(waiting))
        threads = [
            threading.Thread(target=self._serve, args=(waiting, work), daemon=True)
            for _ in range(self._threads)
        ]
        for thread in threads:
            thread.start()
        try:
            self._watch(meanwhile)
            if self._failure is not None:
                raise self._failure
        except BaseException as error:
            self.stopped.set()
            # what is on its way should arrive before a failure is tidied up
            patience = _PATIENCE if isinstance(error, StoreError) else _GOODBYE
            deadline = time.monotonic() + patience
            for thread in threads:
                thread.join(max(0.0, deadline - time.monotonic()))
            raise

    def _watch(self, meanwhile: Callable[[], object] | None) -> None:
        while True:
            self.report()
            with self._changed:
                if not self._threads:
                    return
                if not self._is_ending:
                    self._changed.wait(_TICK)
                is_ending, self._is_ending = self._is_ending, False
            if is_ending:
                report(self._progress, self.total, self.total)
                self._may_end.set()
            if meanwhile is not None:
                meanwhile()

    def _serve(self, waiting: deque[Part], work: Callable[[Part], object]) -> None:
        try:
            while True:
                with self._changed:
                    while not self.stopped.is_set() and self._is_held():
                        self._changed.wait(_TICK)
                    if self.stopped.is_set() or not waiting:
                        return
                    part = waiting.popleft()
                    self._busy += 1
                try:
                    work(part)
                finally:
                    with self._changed:
                        self._busy -= 1
                        self._changed.notify_all()
        except BaseException as error:  # it is raised in the caller's thread
            if self._failure is None and not self.stopped.is_set():
                self._failure = error
            self.stopped.set()
        finally:
            with self._changed:
                self._threads -= 1
                self._changed.notify_all()

    def _is_held(self) -> bool:
        return self._busy >= self._limit or time.monotonic() < self._hold_until

    def persist(
        self, work: Callable[[], Result], headway: Callable[[], int] | None = None
    ) -> Result:
        """Repeat what the network, a busy server or damage on the way has spoiled.

        ``headway`` says how many bytes are safe already; the count starts anew as they grow.
        """
        failures = refusals = 0
        safe = headway() if headway else 0
        while True:
            try:
                result = work()
                self._speed_up()
                return result
            except AuthenticationError:
                refusals += 1
                if refusals > _REFUSALS:
                    raise
                self.sleep(FRESH)
            except _RETRIED as error:
                if headway and headway() - safe >= _HEADWAY:
                    safe, failures = headway(), 0
                failures += 1
                if failures >= self._settings.attempts:
                    raise
                self._slow_down(error)
                self.sleep(self._pause(failures - 1, error))

    def _pause(self, failures: int, error: StoreError) -> float:
        jitter = 0.5 + random.random()  # noqa: S311  # nosec B311
        pause = min(self._settings.first_pause * 2.0**failures, self._settings.longest_pause)
        return max(pause * jitter, _wish(error))

    def sleep(self, seconds: float) -> None:
        """Raises `Cancelled` when stopped."""
        if self.stopped.wait(seconds):
            raise Cancelled

    def _slow_down(self, error: StoreError) -> None:
        if not isinstance(error, ThrottledError) and error.status != 503:
            return
        with self._changed:
            self._limit, self._successes = max(1, self._limit // 2), 0
            self._hold_until = max(self._hold_until, time.monotonic() + _wish(error))

    def _speed_up(self) -> None:
        with self._changed:
            self._successes += 1
            if self._limit < self._settings.parallel and self._successes >= 2 * self._limit:
                self._limit, self._successes = self._limit + 1, 0


def _wish(error: StoreError) -> float:
    """How many seconds the server wants to be left alone."""
    return (error.retry_after or 0.0) if isinstance(error, ThrottledError) else 0.0
