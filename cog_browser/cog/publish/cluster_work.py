# SPDX-License-Identifier: GPL-2.0-or-later
"""The work of a run on a cluster: a worker makes a COG, and the same one sends it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue

from cog_browser.cog.cluster.client import Cluster, Ended
from cog_browser.cog.cluster.settings import ClusterSettings
from cog_browser.cog.cluster.worker import make_there, send_from_there
from cog_browser.cog.publish.one_file import FileTask, MadeFile
from cog_browser.cog.publish.plan import PlannedFile
from cog_browser.cog.publish.work import News
from cog_browser.storage.errors import TransportError
from cog_browser.storage.store import ObjectStore

_WAITING = 4  # files more than the workers have threads
_TRIES = 3  # for a file whose worker is lost


@dataclass(frozen=True)
class _OnTheWay:
    planned: PlannedFile
    task: FileTask
    tries: int = 1
    made: MadeFile | None = None
    address: str = ""


class ClusterWork:
    """See `Work`."""

    keeps = False

    def __init__(self, store: ObjectStore, settings: ClusterSettings) -> None:
        self._ends: SimpleQueue[Ended] = SimpleQueue()
        self._cluster = Cluster(settings, store, self._ends.put)
        self._numbers = itertools.count()
        self._running: dict[int, _OnTheWay] = {}
        self._most = self._cluster.threads + _WAITING

    def takes(self, planned: PlannedFile) -> bool:
        del planned  # a worker looks for itself whether it has room
        return len(self._running) < self._most

    def start(self, planned: PlannedFile, task: FileTask) -> None:
        self._make(_OnTheWay(planned, task))

    def news(self, seconds: float) -> Iterator[News]:
        try:
            ended = self._ends.get(timeout=seconds)
        except Empty:
            pass
        else:
            yield from self._ended(ended)
        for number, job in list(self._running.items()):
            if job.address and not self._cluster.has(job.address):
                self._cluster.drop(number)
                yield from self._again(number)
        self._most = max(self._most, self._cluster.threads + _WAITING)

    def _ended(self, ended: Ended) -> Iterator[News]:
        job = self._running.get(ended.number)
        if job is None:
            return
        if ended.error is not None:
            if job.made is not None and _was_lost(ended.error):
                yield from self._again(ended.number)
                return
            del self._running[ended.number]
            yield News(job.planned, job.task, error=ended.error)
        elif job.made is None:
            made, address = ended.result
            yield News(job.planned, job.task, made)
            self._send(ended.number, replace(job, made=made, address=address))
        else:
            del self._running[ended.number]
            yield News(job.planned, job.task, job.made, ended.result)

    def _again(self, number: int) -> Iterator[News]:
        """The worker is gone with the COG, so another one makes it anew."""
        job = self._running.pop(number)
        if job.tries == _TRIES:
            error = TransportError(f"{_TRIES} workers were lost with this file; run it again.")
            yield News(job.planned, job.task, error=error)
            return
        self._make(_OnTheWay(job.planned, job.task, job.tries + 1))

    def _make(self, job: _OnTheWay) -> None:
        number = next(self._numbers)
        self._running[number] = job
        self._cluster.submit(number, make_there, job.task)

    def _send(self, number: int, job: _OnTheWay) -> None:
        del self._running[number]
        number = next(self._numbers)
        self._running[number] = job
        self._cluster.submit(number, send_from_there, job.task, job.made, address=job.address)

    def done_of(self, planned: PlannedFile) -> float:
        for number, job in self._running.items():
            if job.planned is planned:
                return max(self._cluster.done_of(number), 0.6 if job.made else 0.0)
        return 0.0

    def close(self) -> None:
        self._cluster.close()


def _was_lost(error: Exception) -> bool:
    return isinstance(error, TransportError) and "worker was lost" in str(error)
