# SPDX-License-Identifier: GPL-2.0-or-later
"""Headers of many files, judged by the workers of a cluster."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator
from queue import Empty, SimpleQueue
from typing import Union

from cog_browser.cog.cluster.client import Cluster, Ended
from cog_browser.cog.cluster.settings import ClusterSettings
from cog_browser.cog.cluster.worker import judge_there
from cog_browser.cog.rules.rule import PROFILES
from cog_browser.cog.validate import Judged, Source, validate_cog
from cog_browser.storage.errors import Cancelled, CogBrowserError, ConfigurationError
from cog_browser.storage.models import ObjectRef
from cog_browser.storage.progress import Progress
from cog_browser.storage.store import ObjectStore

_AHEAD = 4  # tasks for each thread of a worker, so that none waits for us
_TICK = 0.2  # seconds between two looks at the user's wish to cancel


def validate_on_cluster(
    settings: ClusterSettings,
    sources: Iterable[Source],
    profile: str = "cog",
    full: bool = False,
    progress: Progress | None = None,
) -> Iterator[Judged]:
    """As `validate_many`. Paths must be on a disk that the workers share; one store at most."""
    if profile not in PROFILES:
        validate_cog("", profile)  # raises
    remaining = iter(sources)
    first = list(itertools.islice(remaining, 1))
    store = first[0].store if first and isinstance(first[0], ObjectRef) else None
    everything = itertools.chain(first, remaining)
    ends: SimpleQueue[Ended] = SimpleQueue()
    running: dict[int, Source] = {}
    numbers, done = itertools.count(), 0
    if not first:
        return
    with Cluster(settings, store, ends.put) as cluster:
        while True:
            free = _AHEAD * cluster.threads - len(running)
            for source in itertools.islice(everything, max(0, free)):
                number = next(numbers)
                running[number] = source
                cluster.submit(number, judge_there, _named(source, store), profile, full)
            if not running:
                return
            try:
                ended = ends.get(timeout=_TICK)
            except Empty:
                ended = None
            if ended is not None and ended.number in running:
                yield _judged(running.pop(ended.number), ended)
                done += 1
            if progress is not None and not progress(done, None):
                raise Cancelled


def _named(source: Source, store: ObjectStore | None) -> Union[str, tuple[str, str]]:
    if not isinstance(source, ObjectRef):
        return os.fspath(source)
    if source.store is not store:
        raise ConfigurationError(
            "On a cluster, the objects of one store can be judged at a time, and no files beside "
            "them. Make one run for each."
        )
    return source.container, source.key


def _judged(source: Source, ended: Ended) -> Judged:
    if isinstance(ended.error, CogBrowserError):
        return Judged(source, error=ended.error)
    if ended.error is not None:
        raise ended.error
    return Judged(source, ended.result)
