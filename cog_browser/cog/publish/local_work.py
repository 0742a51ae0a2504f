# SPDX-License-Identifier: GPL-2.0-or-later
"""The work of a run in threads: some convert while others upload."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

from cog_browser.cog.publish.one_file import PASSING, FileTask, MadeFile, make, send
from cog_browser.cog.publish.plan import PlannedFile
from cog_browser.cog.publish.work import MADE_PART, News
from cog_browser.storage.progress import Progress
from cog_browser.storage.store import ObjectStore

UPLOADS = 4  # at once


class LocalWork:
    """See `Work`. COGs are made in ``folder``, ``jobs`` at a time."""

    def __init__(self, store: ObjectStore, folder: Path, jobs: int) -> None:
        self._store, self._jobs = store, jobs
        self._making: dict[Future[MadeFile], tuple[PlannedFile, FileTask]] = {}
        self._sending: dict[Future[Any], tuple[PlannedFile, FileTask, MadeFile]] = {}
        self._done: dict[str, float] = {}
        self._stopped = threading.Event()
        self._room = shutil.disk_usage(folder).free // 2
        self._kept = 0  # bytes that wait for the next run
        self.keeps = False
        self._makers = ThreadPoolExecutor(jobs, thread_name_prefix="make")
        self._senders = ThreadPoolExecutor(UPLOADS, thread_name_prefix="send")

    def takes(self, planned: PlannedFile) -> bool:
        now = [p for p, _ in self._making.values()] + [p for p, *_ in self._sending.values()]
        if len(self._making) >= self._jobs or len(now) >= self._jobs + UPLOADS:
            return False
        space = sum(p.working for p in now) + planned.working + self._kept
        return not now or space <= self._room  # one always may be

    def start(self, planned: PlannedFile, task: FileTask) -> None:
        progress = self._progress_of(planned, 0, MADE_PART)
        self._making[self._makers.submit(make, task, progress, self._store)] = (planned, task)

    def news(self, seconds: float) -> Iterator[News]:
        for future in wait({*self._making, *self._sending}, seconds, FIRST_COMPLETED).done:
            if future in self._making:
                yield from self._made(future)
            else:
                yield self._sent(future)

    def _made(self, future: Future[MadeFile]) -> Iterator[News]:
        planned, task = self._making.pop(future)
        try:
            made = future.result()
        except Exception as error:  # whatever it is, it is this file's
            yield News(planned, task, error=error)
            return
        yield News(planned, task, made)
        progress = self._progress_of(planned, MADE_PART, 100)
        sending = self._senders.submit(send, task, made, self._store, progress, self._stopped.wait)
        self._sending[sending] = (planned, task, made)

    def _sent(self, future: Future[Any]) -> News:
        planned, task, made = self._sending.pop(future)
        try:
            entry = future.result()
        except Exception as error:
            if (
                isinstance(error, PASSING)
                and task.made
                and self._kept + made.size < self._room // 2
            ):
                self._kept += made.size  # it is proven: the next run sends it
                self.keeps = True
            else:
                task.clean_up()
            return News(planned, task, error=error)
        task.clean_up()
        return News(planned, task, made, entry)

    def done_of(self, planned: PlannedFile) -> float:
        return self._done.get(planned.file.path, 0.0)

    def close(self) -> None:
        self._stopped.set()
        self._makers.shutdown(wait=True, cancel_futures=True)
        self._senders.shutdown(wait=True, cancel_futures=True)

    def _progress_of(self, planned: PlannedFile, start: int, stop: int) -> Progress:
        def progress(done: int, total: int | None) -> bool:
            fraction = min(done / total, 1.0) if total else 0.0
            self._done[planned.file.path] = (start + (stop - start) * fraction) / 100
            return not self._stopped.is_set()

        return progress
