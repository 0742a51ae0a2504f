# SPDX-License-Identifier: GPL-2.0-or-later
"""One pass over a plan. The thread that calls does the bookkeeping: the journal is its own."""

from __future__ import annotations

import hashlib
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cog_browser.cog.publish.journal import DONE, FAILED, MADE, PublishJournal, Record
from cog_browser.cog.publish.one_file import FileTask, MadeFile
from cog_browser.cog.publish.outcome import SKIPPED, Outcome
from cog_browser.cog.publish.plan import CONVERT, REFUSE, SKIP, FolderPlan, PlannedFile
from cog_browser.cog.publish.work import News, Work
from cog_browser.storage.errors import (
    AuthenticationError,
    Cancelled,
    CogBrowserError,
    PermissionDeniedError,
)
from cog_browser.storage.progress import Progress, report

_log = logging.getLogger(__name__)

_TICK = 0.2  # seconds between reports
#: Where one file meets these, all others will.
_HOPELESS = (AuthenticationError, PermissionDeniedError)


class Run:
    """``folder`` is for what is made here, ``options`` are those of every conversion."""

    def __init__(
        self,
        plan: FolderPlan,
        journal: PublishJournal,
        work: Work,
        folder: Path,
        options: tuple[tuple[str, str], ...],
        on_outcome: Callable[[Outcome], None] | None,
    ) -> None:
        self._plan, self._journal, self._work, self._folder = plan, journal, work, folder
        self._options, self._on_outcome = options, on_outcome
        self.outcomes: dict[str, Outcome] = {}
        self._waiting = deque(p for p in plan.files if without_work(p) is None)
        self._running: dict[str, PlannedFile] = {}
        self._all = sum(_weight(p) for p in self._waiting)
        self._ended = self._percent = 0

    def everything(self, progress: Progress | None) -> None:
        for planned in self._plan.files:
            if planned.note is not None:
                self._journal.add(planned.note)
            ended = without_work(planned)
            if ended is not None:
                self._tell(ended)
        try:
            while self._waiting or self._running:
                while self._waiting and self._work.takes(self._waiting[0]):
                    planned = self._waiting.popleft()
                    self._running[planned.file.path] = planned
                    self._work.start(planned, self._task_of(planned))
                for news in self._work.news(_TICK):
                    self._take(news)
                self._report(progress)
        finally:
            self._work.close()

    def _task_of(self, planned: PlannedFile) -> FileTask:
        job, file = self._plan.job, planned.file
        name = hashlib.sha256(f"{file.path!a}\0{planned.target}\0{job.recipe}".encode()).hexdigest()
        made, known = "", (0, "")
        if planned.action == CONVERT:
            made = str(self._folder / f"{name[:32]}.tif")
            last = self._journal.last(MADE, file.path, planned.target)
            if last is not None and _is_of(last, planned, job.recipe):
                known = (last.made_size, last.made_md5)
        if job.folder is not None:
            source = str(job.folder / file.path)
        else:
            source = str(self._folder / f"{name[:32]}-source.tif")
        return FileTask(
            source,
            file.size,
            file.modified,
            job.container,
            planned.key,
            made,
            job.profile,
            self._options,
            job.verify,
            job.overwrite,
            known,
            planned.entry,
            planned.in_place,
        )

    def _take(self, news: News) -> None:
        planned, made = news.planned, news.made
        if news.error is not None:
            self._failed(planned, news.task, news.error)
        elif news.entry is not None and made is not None:
            self._journal.add(replace(self._record(DONE, planned, made), etag=news.entry.etag))
            self._end(planned)
            message = ". ".join((made.verdict, *made.warnings))
            self._tell(Outcome(planned.file.shown, planned.key, DONE, message, news.entry.etag))
        elif made is not None:
            record = self._record(MADE, planned, made)
            if self._journal.last(MADE, planned.file.path, planned.target) != record:
                self._journal.add(record)

    def _failed(self, planned: PlannedFile, task: FileTask, error: Exception) -> None:
        if isinstance(error, Cancelled):
            raise error
        if not isinstance(error, (CogBrowserError, OSError)):
            _log.error("%s can't be published", planned.file.path, exc_info=error)
        text = str(error) or type(error).__name__
        if task.made:
            text = text.replace(task.made, f"the COG of {planned.file.path}")
        if task.entry is not None:
            text = text.replace(task.source, planned.file.path)
        self._end(planned)
        self._journal.add(replace(self._record(FAILED, planned), message=text))
        self._tell(Outcome(planned.file.shown, planned.key, FAILED, text))
        if isinstance(error, _HOPELESS):
            while self._waiting:
                left = self._waiting.popleft()
                self._tell(Outcome(left.file.shown, left.key, FAILED, f"Not tried. {text}"))

    def _record(self, event: str, planned: PlannedFile, made: MadeFile | None = None) -> Record:
        file = planned.file
        record = Record(
            event, file.path, planned.target, file.size, file.modified, self._plan.job.recipe
        )
        if made is None:
            return record
        return replace(record, md5=made.source_md5, made_size=made.size, made_md5=made.md5)

    def _end(self, planned: PlannedFile) -> None:
        self._running.pop(planned.file.path, None)
        self._ended += _weight(planned)

    def _tell(self, outcome: Outcome) -> None:
        self.outcomes[outcome.path] = outcome
        if self._on_outcome is not None:
            self._on_outcome(outcome)

    def _report(self, progress: Progress | None) -> None:
        running = self._running.values()
        done = self._ended + sum(_weight(p) * self._work.done_of(p) for p in running)
        now = round(100 * done / self._all) if self._all else 100
        self._percent = max(self._percent, now)  # a file that starts anew takes nothing back
        report(progress, self._percent, 100)


def without_work(planned: PlannedFile) -> Outcome | None:
    """What became of a file that the plan has ended already."""
    state = {SKIP: SKIPPED, REFUSE: FAILED}.get(planned.action)
    if state is None:
        return None
    return Outcome(planned.file.shown, planned.key, state, planned.reason, planned.etag)


def _is_of(record: Record, planned: PlannedFile, recipe: str) -> bool:
    """Whether what was made then is what would be made now."""
    file = planned.file
    if (record.recipe, record.size, record.modified) != (recipe, file.size, file.modified):
        return False
    return planned.entry is None or record.md5 == planned.entry.etag


def _weight(planned: PlannedFile) -> int:
    return max(planned.file.size, 1)
