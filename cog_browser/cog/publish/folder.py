# SPDX-License-Identifier: GPL-2.0-or-later
"""A folder of rasters, or what is in a container, into a container: planned, then many at a time.

While some files are converted, others are uploaded. Only so many wait in between that the disk
space stays bounded. What fails, fails alone; what is done is noted, and not done again by the next
run.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cog_browser.cog.cluster.settings import ClusterSettings
from cog_browser.cog.publish.cluster_work import ClusterWork
from cog_browser.cog.publish.folder_scan import TEMPLATE
from cog_browser.cog.publish.journal import PublishJournal
from cog_browser.cog.publish.local_work import LocalWork
from cog_browser.cog.publish.outcome import PLANNED, FolderResult, Outcome
from cog_browser.cog.publish.plan import FolderJob, FolderPlan, PlannedFile, plan_folder
from cog_browser.cog.publish.run import Run, without_work
from cog_browser.cog.publish.work import Work
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.progress import Progress, part
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.transfers.control import state_folder

_PLANNED_PART = 5  # per cent of the whole


def default_journal(store: ObjectStore, job: FolderJob) -> Path:
    """The same for the same source and place, in the folder for what outlives a restart."""
    source = str(job.folder)
    if job.folder is None:
        source = f"{store.source(job.source_container, 'x')}\0{job.source_prefix}"
    place = f"{source}\0{store.source(job.container, 'x')}\0{job.prefix}"
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
    cluster: ClusterSettings | None = None,
    progress: Progress | None = None,
    on_plan: Callable[[FolderPlan], None] | None = None,
    on_outcome: Callable[[Outcome], None] | None = None,
) -> FolderResult:
    """Publish what is new or changed; a failure of one file is its outcome.

    Args:
      store: Where to, and where the objects are that are to become COGs.
      job: What, and under which keys.
      jobs: How many files are converted at once; by default as many as there are cores.
      journal: A file, made if it isn't there; by default `default_journal`.
      dry_run: Only plan; neither journal nor store is written.
      temp_folder: Where COGs wait for their upload; by default beside the journal. What a killed
        run left there is used by the next one.
      cluster: Its workers do the work, as many files at once as they have threads.
      progress: Per cent of everything. Cancelling leaves what is done, and nothing half done.
      on_plan: Is told the plan before any work.
      on_outcome: Is told what became of each file, as it is known.

    Raises:
      ConfigurationError: The source, pattern, template, profile, journal or cluster can't be used.
      StoreError: The container can't be used.
      Cancelled: By ``progress``.
    """
    job = _whole(job)
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
        folder = _work_folder(path, temp_folder)
        keeps = False
        try:
            work: Work
            if cluster is None:
                work, threads = LocalWork(store, folder, count), _threads_of_one(count)
            else:
                work, threads = ClusterWork(store, cluster), 1
            options = {"NUM_THREADS": str(threads)}
            options.update({name: str(value) for name, value in job.creation_options.items()})
            run = Run(plan, opened, work, folder, tuple(options.items()), on_outcome)
            run.everything(part(progress, _PLANNED_PART, 100))
            keeps = work.keeps
        finally:
            if not keeps:
                shutil.rmtree(folder, ignore_errors=True)
    return FolderResult(plan, tuple(run.outcomes[p.file.shown] for p in plan.files), path)


def _whole(job: FolderJob) -> FolderJob:
    """With what is left out filled in. Raises `ConfigurationError` for what can't be meant."""
    if bool(job.folder) == bool(job.source_container):
        raise ConfigurationError(
            "Say what is to be published: either a folder, or a container whose objects are to "
            "become COGs."
        )
    if job.folder is not None:
        folder = Path(os.path.abspath(job.folder.expanduser()))  # noqa: PTH100
        if not job.container:
            raise ConfigurationError("The container that the folder is to go into is missing.")
        return replace(job, folder=folder, template=job.template or TEMPLATE)
    if not job.container:
        if job.prefix:
            raise ConfigurationError(
                "A prefix without a container says nothing: leave both out to replace the objects "
                "in place, or give both."
            )
        return replace(job, container=job.source_container, prefix=job.source_prefix)
    return job


def _threads_of_one(jobs: int) -> int:
    return max(1, (os.cpu_count() or 1) // jobs)


def _only_planned(
    plan: FolderPlan,
    journal: Path,
    on_plan: Callable[[FolderPlan], None] | None,
    on_outcome: Callable[[Outcome], None] | None,
) -> FolderResult:
    if on_plan is not None:
        on_plan(plan)
    outcomes = tuple(without_work(planned) or _planned(planned) for planned in plan.files)
    if on_outcome is not None:
        for outcome in outcomes:
            on_outcome(outcome)
    return FolderResult(plan, outcomes, journal)


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
