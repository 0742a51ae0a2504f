# SPDX-License-Identifier: GPL-2.0-or-later
"""What publishing a folder will do with each file, and why, before anything is done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from osgeo import gdal

from cog_browser.cog.conversion.profiles import PROFILES, bands_of, find_profile
from cog_browser.cog.gdal_call import datasets_released, gdal_errors
from cog_browser.cog.publish.folder_scan import PATTERN, TEMPLATE, FoundFile, find_files, keys_of
from cog_browser.cog.publish.journal import DONE, MADE, PublishJournal, Record
from cog_browser.cog.publish.one_file import held, md5_of
from cog_browser.cog.sources import open_raster
from cog_browser.cog.validate import validate_cog
from cog_browser.storage.errors import Cancelled, CogBrowserError, ConfigurationError
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.progress import Progress, report
from cog_browser.storage.store import ObjectStore

CONVERT, UPLOAD, SKIP, REFUSE = "convert", "upload", "skip", "refuse"

_WITH_OVERVIEWS, _WORKING = 4 / 3, 2  # times the raw pixels: a COG, and all while it is made
_AS_IT_IS = next(iter(PROFILES))  # the profile that asks no more than a valid COG with all bits


@dataclass(frozen=True)
class FolderJob:
    """What to publish where. ``template`` makes keys, see `folder_scan.key_of`."""

    folder: Path
    container: str
    prefix: str = ""
    pattern: str = PATTERN
    template: str = TEMPLATE
    profile: str = _AS_IT_IS
    overwrite: bool = False
    verify: bool = True
    creation_options: Mapping[str, object] = field(default_factory=dict)

    @property
    def recipe(self) -> str:
        """Tells apart what makes other COGs of the same file."""
        options = {name: str(value) for name, value in sorted(self.creation_options.items())}
        return json.dumps([self.profile, options])


@dataclass(frozen=True)
class PlannedFile:
    """``made_size`` is what goes into the store, at most; ``working`` the disk space meanwhile.

    ``note`` is what the journal doesn't know yet of a file that is there already.
    """

    file: FoundFile
    key: str
    target: str
    action: str
    reason: str
    etag: str = ""
    made_size: int = 0
    working: int = 0
    note: Record | None = None


@dataclass(frozen=True)
class FolderPlan:
    """All files in the order of their paths."""

    job: FolderJob
    files: tuple[PlannedFile, ...]

    def of(self, action: str) -> list[PlannedFile]:
        return [planned for planned in self.files if planned.action == action]

    @property
    def largest(self) -> int:
        """The disk space, in bytes, that the largest conversion needs at most."""
        return max((planned.working for planned in self.files), default=0)

    @property
    def size(self) -> int:
        """Bytes to upload at most."""
        return sum(planned.made_size for planned in self.files)

    def __str__(self) -> str:
        counts = ", ".join(
            f"{len(self.of(action))} to {action}" for action in (CONVERT, UPLOAD, SKIP)
        )
        return (
            f"{len(self.files)} files: {counts}, {len(self.of(REFUSE))} that can't be published; "
            f"at most {self.size / 1e6:.1f} MB to upload, and {self.largest / 1e6:.1f} MB on the "
            "disk for the largest conversion."
        )


def plan_folder(
    store: ObjectStore,
    job: FolderJob,
    journal: PublishJournal | None,
    jobs: int,
    progress: Progress | None = None,
) -> FolderPlan:
    """Look at every file's header and at what is in the container; nothing is written.

    Raises `ConfigurationError` for what is wrong with the whole, e.g. two files for one key, and
    `StoreError` where the container can't be used.
    """
    find_profile(job.profile)
    found = find_files(job.folder, job.pattern)
    keys, refused = keys_of((file.path for file in found), job.template, job.prefix)
    if not found:
        raise ConfigurationError(f"No file in {job.folder} matches {job.pattern}.")
    store.check_upload(job.container, next(iter(keys.values()), "x"), overwrite=True)
    listed = _listed(store, job, set(keys.values()))
    stopped: list[bool] = []

    def decide(file: FoundFile) -> PlannedFile:
        if stopped:
            raise Cancelled
        if file.path in refused:
            return PlannedFile(file, "", "", REFUSE, refused[file.path])
        key = keys[file.path]
        target = store.source(job.container, key)
        planned = PlannedFile(file, key, target, REFUSE, "")
        try:
            if journal is not None:
                known = _known(store, job, planned, journal, listed.get(key))
                if known is not None:
                    return known
            if key in listed and not job.overwrite:
                reason = "there is an object under this key, and replacing was not asked for"
                return replace(planned, action=SKIP, reason=reason, etag=listed[key].etag)
            return _work(job, planned)
        except (CogBrowserError, OSError) as error:
            return replace(planned, reason=str(error))

    pool = ThreadPoolExecutor(max(jobs, 1), thread_name_prefix="plan")
    files = []
    try:
        for planned in pool.map(decide, found):
            files.append(planned)
            report(progress, len(files), len(found))
    finally:
        stopped.append(True)
        pool.shutdown(wait=True, cancel_futures=True)
    return FolderPlan(job, tuple(files))


def _listed(store: ObjectStore, job: FolderJob, keys: set[str]) -> dict[str, ObjectEntry]:
    prefix = "/".join(part for part in job.prefix.split("/") if part)
    return {
        entry.key: entry
        for page in store.list_objects(job.container, prefix, delimiter="")
        for entry in page.objects
        if entry.key in keys
    }


def _known(
    store: ObjectStore,
    job: FolderJob,
    planned: PlannedFile,
    journal: PublishJournal,
    entry: ObjectEntry | None,
) -> PlannedFile | None:
    """What the journal and the store together know of a file; None: it is to be done."""
    done = journal.last(DONE, planned.file.path, planned.target)
    made = journal.last(MADE, planned.file.path, planned.target)
    if done is not None and (same := _unchanged(done, job, planned)) is not None:
        if entry is None or entry.etag != done.etag:  # a listing may lag, a HEAD doesn't
            entry = held(store, job.container, planned.key, done.made_size, done.made_md5)
        if entry is not None:
            note = None if same is done else replace(same, etag=entry.etag)
            reason = "unchanged since it was published"
            return replace(planned, action=SKIP, reason=reason, etag=entry.etag, note=note)
    if made is not None and (same := _unchanged(made, job, planned)) is not None:
        there = held(store, job.container, planned.key, made.made_size, made.made_md5)
        if there is not None:
            note = replace(same, event=DONE, etag=there.etag)
            reason = "an interrupted run had published it already"
            return replace(planned, action=SKIP, reason=reason, etag=there.etag, note=note)
    return None


def _unchanged(record: Record, job: FolderJob, planned: PlannedFile) -> Record | None:
    """The record, with the file's time of now, where the file and its treatment are the same."""
    file = planned.file
    if (record.recipe, record.size) != (job.recipe, file.size):
        return None
    if record.modified == file.modified:
        return record
    if md5_of(str(job.folder / file.path), file.size) != record.md5:
        return None
    return replace(record, modified=file.modified)


def _work(job: FolderJob, planned: PlannedFile) -> PlannedFile:
    path = str(job.folder / planned.file.path)
    if job.profile == _AS_IT_IS and not job.creation_options and validate_cog(path).is_valid:
        reason = "it is a valid COG already"
        size = planned.file.size
        return replace(planned, action=UPLOAD, reason=reason, made_size=size)
    with datasets_released(), gdal_errors(f"{path} can't be examined"):
        dataset = open_raster(path)
        bits = sum(max(8, gdal.GetDataTypeSize(band.DataType)) for band in bands_of(dataset))
        raw = dataset.RasterXSize * dataset.RasterYSize * bits // 8
        del dataset
    return replace(
        planned,
        action=CONVERT,
        reason=f"it becomes a COG with the profile {job.profile}",
        made_size=round(raw * _WITH_OVERVIEWS),
        working=round(raw * _WORKING),
    )
