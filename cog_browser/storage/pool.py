# SPDX-License-Identifier: GPL-2.0-or-later
"""A bounded pool of threads that never keeps the process from ending."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

log = logging.getLogger(__name__)


class DaemonPool:
    """Runs jobs on up to ``count`` daemon threads, started as they are needed.

    Not a ThreadPoolExecutor: the interpreter joins its threads at exit, so that one read from a
    dead network would keep QGIS from closing.
    """

    def __init__(self, count: int, name: str) -> None:
        self._count, self._name = count, name
        self._jobs: SimpleQueue[Callable[[], Any] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._pending = 0

    def submit(self, job: Callable[[], Any]) -> None:
        """Queue a job. It must deal with its own errors; what it lets out is logged."""
        with self._lock:
            self._pending += 1
            if self._pending > len(self._threads) and len(self._threads) < self._count:
                thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._threads.append(thread)
                thread.start()
        self._jobs.put(job)

    def stop(self, timeout: float = 0.0) -> None:
        """Let the threads end, waiting for them at most ``timeout`` seconds."""
        with self._lock:
            threads = list(self._threads)
        for _ in threads:
            self._jobs.put(None)
        give_up = time.monotonic() + timeout
        for thread in threads:
            thread.join(max(0.0, give_up - time.monotonic()))

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except Exception:
                log.exception("A background job failed")
            finally:
                with self._lock:
                    self._pending -= 1
