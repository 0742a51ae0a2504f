# SPDX-License-Identifier: GPL-2.0-or-later
"""A folder of rasters into a container: planned first, then several at a time.

While some files are converted, others are uploaded. Only so many wait in between that the disk
space stays bounded. What fails, fails alone; what is done is noted, and not done again by the next
run. The thread that calls does the bookkeeping: callbacks and the journal are its own.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path
from typing import Any

from cog_browser.cog.publish.journal import DONE, FAILED, MADE, PublishJournal, Record
from cog_browser.cog.publish.one_file import FileTask, MadeFile, make, send
from cog_browser.cog.publish.outcome import PLANNED, SKIPPED, FolderResult, Outcome
from cog_browser.cog.publish.plan import (
    CONVERT,
    REFUSE,
    SKIP,
    FolderJob,
    FolderPlan,
    PlannedFile,
    plan_folder,
)
from cog_browser.storage.errors import (
    AuthenticationError,
    Cancelled,
    CogBrowserError,
    ConfigurationError,
    PermissionDeniedError,
)
from cog_browser.storage.progress import Progress, part, report
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.transfers.control import state_folder

_log = logging.getLogger(__name__)

UPLOADS = 4  # at once

_TICK = 0.2  # seconds between reports
_PLANNED_PART, _MADE_PART = 5, 60  # per cent of the whole, and of one file
#: Where one file meets these, all others will.
_HOPELESS = (AuthenticationError, PermissionDeniedError)


def default_journal(store: ObjectStore, job: FolderJob) -> Path:
    """The same for the same folder and place, in the folder for what outlives a restart."""
    place = f"{job.folder}\0{store.source(job.container, 'x')}\0{job.prefix}"
    name = hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return state_folder() / "folders" / f"{name}.jsonl"


def publish_folder(
    store: ObjectStore,
    job: FolderJob,
    *,
    jobs: int | None = None,
    journal: str | os.PathLike[str] | None = None,
    dry_run: bool = False,
    temp_folder: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
    on_plan: Callable[[FolderPlan], None] | None = None,
    on_outcome: Callable[[Outcome], None] | None = None,
) -> FolderResult:
    """Publish what is new or changed in a folder; a failure of one file is its outcome.

    Args:
      store: Where to.
      job: What, and under which keys.
      jobs: How many files are converted at once; by default as many as there are cores.
      journal: A file, made if it isn't there; by default `default_journal`.
      dry_run: Only plan; neither journal nor store is written.
      temp_folder: Where COGs wait for their upload; by default beside the journal. What a killed
        run left there is used by the next one.
      progress: Per cent of everything. Cancelling leaves what is done, and nothing half done.
      on_plan: Is told the plan before any work.
      on_outcome: Is told what became of each file, as it is known.

    Raises:
      ConfigurationError: The folder, pattern, template, profile or journal can't be used.
      StoreError: The container can't be used.
      Cancelled: By ``progress``.
    """
    job = replace(job, folder=Path(os.path.abspath(job.folder.expanduser())))  # noqa: PTH100
    count = max(1, jobs or os.cpu_count() or 1)
    path = Path(journal).expanduser() if journal else default_journal(store, job)
    planning = part(progress, 0, _PLANNED_PART)
    if dry_run and not path.exists():
        plan = plan_folder(store, job, None, count, planning)
        return _only_planned(plan, path, on_plan, on_outcome)
    with PublishJournal(path) as opened:
        plan = plan_folder(store, job, opened, count, planning)
        if dry_run:
            return _only_planned(plan, path, on_plan, on_outcome)
        if on_plan is not None:
            on_plan(plan)
        work = _work_folder(path, temp_folder)
        run = _Run(store, plan, opened, work, count, on_outcome)
        try:
            run.everything(part(progress, _PLANNED_PART, 100))
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return FolderResult(plan, tuple(run.outcomes[p.file.shown] for p in plan.files), path)


def _only_planned(
    plan: FolderPlan,
    journal: Path,
    on_plan: Callable[[FolderPlan], None] | None,
    on_outcome: Callable[[Outcome], None] | None,
) -> FolderResult:
    if on_plan is not None:
        on_plan(plan)
    outcomes = tuple(_without_work(planned) or _planned(planned) for planned in plan.files)
    if on_outcome is not None:
        for outcome in outcomes:
            on_outcome(outcome)
    return FolderResult(plan, outcomes, journal)


def _without_work(planned: PlannedFile) -> Outcome | None:
    state = {SKIP: SKIPPED, REFUSE: FAILED}.get(planned.action)
    if state is None:
        return None
    return Outcome(planned.file.shown, planned.key, state, planned.reason, planned.etag)


def _planned(planned: PlannedFile) -> Outcome:
    text = f"to {planned.action}: {planned.reason}"
    return Outcome(planned.file.shown, planned.key, PLANNED, text)


def _work_folder(journal: Path, chosen: str | os.PathLike[str] | None) -> Path:
    """Belongs to the journal, so that a later run finds what a killed one has converted."""
    parent = Path(chosen).expanduser() if chosen else journal.parent
    mark = hashlib.sha256(os.fsencode(journal.resolve())).hexdigest()[:16]
    folder = parent / f"cog-browser-folder-{mark}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise ConfigurationError(
            f"The folder for temporary files {parent} can't be used ({error.strerror}); choose one "
            "that exists and that you may write to."
        ) from error
    owner = getattr(os, "getuid", lambda: found.st_uid)()
    if folder.is_symlink() or found.st_uid != owner:
        raise ConfigurationError(
            f"{folder} belongs to somebody else; choose another folder for temporary files."
        )
    return folder


class _Run:
    """One pass over a plan."""

    def __init__(
        self,
        store: ObjectStore,
        plan: FolderPlan,
        journal: PublishJournal,
        work: Path,
        jobs: int,
        on_outcome: Callable[[Outcome], None] | None,
    ) -> None:
        self._store, self._plan, self._journal, self._work = store, plan, journal, work
        self._jobs, self._on_outcome = jobs, on_outcome
        self.outcomes: dict[str, Outcome] = {}
        self._waiting = deque(p for p in plan.files if _without_work(p) is None)
        self._making: dict[Future[MadeFile], tuple[PlannedFile, FileTask]] = {}
        self._sending: dict[Future[Any], tuple[PlannedFile, FileTask, MadeFile]] = {}
        self._fractions: dict[str, float] = {}  # of the files on the way
        self._all = sum(_weight(p) for p in self._waiting)
        self._ended = 0
        self._stopped = threading.Event()
        self._room = shutil.disk_usage(work).free // 2
        threads = max(1, (os.cpu_count() or 1) // jobs)
        self._options = (
            *({"NUM_THREADS": str(threads)}.items()),
            *((name, str(value)) for name, value in plan.job.creation_options.items()),
        )

    def everything(self, progress: Progress | None) -> None:
        for planned in self._plan.files:
            if planned.note is not None:
                self._journal.add(planned.note)
            ended = _without_work(planned)
            if ended is not None:
                self._tell(ended)
        makers = ThreadPoolExecutor(self._jobs, thread_name_prefix="make")
        senders = ThreadPoolExecutor(UPLOADS, thread_name_prefix="send")
        try:
            while self._waiting or self._making or self._sending:
                while self._waiting and self._has_room(self._waiting[0]):
                    self._start(self._waiting.popleft(), makers)
                futures = {*self._making, *self._sending}
                for future in wait(futures, _TICK, FIRST_COMPLETED).done:
                    if future in self._making:
                        self._made(future, senders)
                    else:
                        self._sent(future)
                self._report(progress)
        finally:
            self._stopped.set()
            makers.shutdown(wait=True, cancel_futures=True)
            senders.shutdown(wait=True, cancel_futures=True)

    def _has_room(self, planned: PlannedFile) -> bool:
        """A bounded number of files is on the way, in bounded space; one always may be."""
        now = [p for p, _ in self._making.values()] + [p for p, *_ in self._sending.values()]
        if len(self._making) >= self._jobs or len(now) >= self._jobs + UPLOADS:
            return False
        return not now or sum(p.working for p in now) + planned.working <= self._room

    def _start(self, planned: PlannedFile, pool: ThreadPoolExecutor) -> None:
        job, file = self._plan.job, planned.file
        made, known = "", (0, "")
        if planned.action == CONVERT:
            name = hashlib.sha256(f"{file.path!a}\0{planned.target}\0{job.recipe}".encode())
            made = str(self._work / f"{name.hexdigest()[:32]}.tif")
            last = self._journal.last(MADE, file.path, planned.target)
            if last is not None and (last.recipe, last.size, last.modified) == (
                job.recipe,
                file.size,
                file.modified,
            ):
                known = (last.made_size, last.made_md5)
        task = FileTask(
            str(job.folder / file.path),
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
        )
        progress = self._progress_of(planned, 0, _MADE_PART)
        self._making[pool.submit(make, task, progress)] = (planned, task)

    def _made(self, future: Future[MadeFile], pool: ThreadPoolExecutor) -> None:
        planned, task = self._making.pop(future)
        try:
            made = future.result()
        except Exception as error:  # whatever it is, it is this file's
            self._failed(planned, task, error)
            return
        if not made.is_reused:
            self._journal.add(self._record(MADE, planned, made))
        progress = self._progress_of(planned, _MADE_PART, 100)
        sending = pool.submit(send, task, made, self._store, progress, self._stopped.wait)
        self._sending[sending] = (planned, task, made)

    def _sent(self, future: Future[Any]) -> None:
        planned, task, made = self._sending.pop(future)
        try:
            entry = future.result()
        except Exception as error:
            self._failed(planned, task, error)
            return
        finally:
            if task.made:
                Path(task.made).unlink(missing_ok=True)
        self._journal.add(replace(self._record(DONE, planned, made), etag=entry.etag))
        self._end(planned)
        message = ". ".join((made.verdict, *made.warnings))
        self._tell(Outcome(planned.file.shown, planned.key, DONE, message, entry.etag))

    def _failed(self, planned: PlannedFile, task: FileTask, error: Exception) -> None:
        if isinstance(error, Cancelled):
            raise error
        if not isinstance(error, (CogBrowserError, OSError)):
            _log.error("%s can't be published", planned.file.path, exc_info=error)
        text = str(error) or type(error).__name__
        if task.made:
            text = text.replace(task.made, f"the COG of {planned.file.path}")
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
        self._fractions.pop(planned.file.path, None)
        self._ended += _weight(planned)

    def _tell(self, outcome: Outcome) -> None:
        self.outcomes[outcome.path] = outcome
        if self._on_outcome is not None:
            self._on_outcome(outcome)

    def _progress_of(self, planned: PlannedFile, start: int, stop: int) -> Progress:
        def progress(done: int, total: int | None) -> bool:
            fraction = min(done / total, 1.0) if total else 0.0
            self._fractions[planned.file.path] = (start + (stop - start) * fraction) / 100
            return not self._stopped.is_set()

        return progress

    def _report(self, progress: Progress | None) -> None:
        running = [p for p, _ in self._making.values()] + [p for p, *_ in self._sending.values()]
        done = self._ended + sum(
            _weight(p) * self._fractions.get(p.file.path, 0.0) for p in running
        )
        report(progress, round(100 * done / self._all) if self._all else 100, 100)


def _weight(planned: PlannedFile) -> int:
    return max(planned.file.size, 1)
