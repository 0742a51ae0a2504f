# SPDX-License-Identifier: GPL-2.0-or-later
"""What publishing will do with each file or object, and why, before anything is done."""

from __future__ import annotations

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from osgeo import gdal

from cog_browser.cog.conversion.profiles import PROFILES, bands_of, find_profile
from cog_browser.cog.gdal_call import datasets_released, gdal_errors
from cog_browser.cog.publish.folder_scan import (
    PATTERN,
    FoundFile,
    find_files,
    find_objects,
    folder_prefix,
    keys_of,
)
from cog_browser.cog.publish.journal import DONE, MADE, PublishJournal, Record
from cog_browser.cog.publish.one_file import held, md5_of
from cog_browser.cog.repair import plan_repair
from cog_browser.cog.sources import open_raster
from cog_browser.cog.validate import validate_cog
from cog_browser.storage.errors import Cancelled, CogBrowserError, ConfigurationError
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.progress import Progress, report
from cog_browser.storage.store import ObjectStore

CONVERT, UPLOAD, SKIP, REFUSE = "convert", "upload", "skip", "refuse"

_WITH_OVERVIEWS, _WORKING = 4 / 3, 2  # times the raw pixels: a COG, and all while it is made
_HEADERS = 8  # objects whose headers are read at once
_IS_COG = "it is a valid COG already"
_AS_IT_IS = next(iter(PROFILES))  # the profile that asks no more than a valid COG with all bits


@dataclass(frozen=True)
class FolderJob:
    """What to publish where: a folder, or what is below ``source_prefix`` in ``source_container``.

    ``template`` makes keys, see `folder_scan.key_of`; objects keep their names without one.
    """

    folder: Path | None
    container: str
    prefix: str = ""
    pattern: str = PATTERN
    template: str = ""
    profile: str = _AS_IT_IS
    overwrite: bool = False
    verify: bool = True
    creation_options: Mapping[str, object] = field(default_factory=dict)
    source_container: str = ""
    source_prefix: str = ""

    @property
    def where(self) -> str:
        """The source, as people say it."""
        return str(self.folder) if self.folder else f"{self.source_container}/{self.source_prefix}"

    @property
    def recipe(self) -> str:
        """Tells apart what makes other COGs of the same file."""
        options = {name: str(value) for name, value in sorted(self.creation_options.items())}
        return json.dumps([self.profile, options])


@dataclass(frozen=True)
class PlannedFile:
    """``made_size`` is what goes into the store, at most; ``working`` the disk space meanwhile.

    ``note`` is what the journal doesn't know yet of a file that is there already. ``entry`` is the
    object to begin with, as it was when its header was read; ``in_place``: it is to be replaced.
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
    entry: ObjectEntry | None = None
    in_place: bool = False


@dataclass(frozen=True, repr=False)
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

    @property
    def download(self) -> int:
        """Bytes to download."""
        return sum(
            planned.file.size
            for planned in self.files
            if planned.entry is not None and planned.action in (CONVERT, UPLOAD)
        )

    def __repr__(self) -> str:
        return f"<FolderPlan {self}>"

    def __str__(self) -> str:
        counts = ", ".join(
            f"{len(self.of(action))} to {action}" for action in (CONVERT, UPLOAD, SKIP)
        )
        down = f"{self.download / 1e6:.1f} MB to download, " if self.download else ""
        return (
            f"{len(self.files)} files: {counts}, {len(self.of(REFUSE))} that can't be published; "
            f"{down}at most {self.size / 1e6:.1f} MB to upload, and {self.largest / 1e6:.1f} MB on "
            "the disk for the largest conversion."
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
    `StoreError` where a container can't be used.
    """
    find_profile(job.profile)
    found = _found(store, job)
    keys, refused = keys_of((file.path for file in found), job.template, job.prefix)
    if not found:
        raise ConfigurationError(f"No file in {job.where} matches {job.pattern}.")
    store.check_upload(job.container, next(iter(keys.values()), "x"), overwrite=True)
    planner = _Planner(store, job, journal, _listed(store, job, set(keys.values())))
    stopped: list[bool] = []

    def decide(file: FoundFile) -> PlannedFile:
        if stopped:
            raise Cancelled
        if file.path in refused:
            return PlannedFile(file, "", "", REFUSE, refused[file.path])
        return planner.decide(file, keys[file.path])

    threads = max(jobs, _HEADERS) if job.source_container else max(jobs, 1)
    pool = ThreadPoolExecutor(threads, thread_name_prefix="plan")
    files = []
    try:
        for planned in pool.map(decide, found):
            files.append(planned)
            report(progress, len(files), len(found))
    finally:
        stopped.append(True)
        pool.shutdown(wait=True, cancel_futures=True)
    return FolderPlan(job, tuple(files))


def _found(store: ObjectStore, job: FolderJob) -> list[FoundFile]:
    if job.folder is not None:
        return find_files(job.folder, job.pattern)
    return find_objects(store, job.source_container, job.source_prefix, job.pattern)


def _listed(store: ObjectStore, job: FolderJob, keys: set[str]) -> dict[str, ObjectEntry]:
    prefix = "/".join(part for part in job.prefix.split("/") if part)
    return {
        entry.key: entry
        for page in store.list_objects(job.container, prefix, delimiter="")
        for entry in page.objects
        if entry.key in keys
    }


class _Planner:
    """Decides for one file at a time, in any thread."""

    def __init__(
        self,
        store: ObjectStore,
        job: FolderJob,
        journal: PublishJournal | None,
        listed: dict[str, ObjectEntry],
    ) -> None:
        self._store, self._job, self._journal, self._listed = store, job, journal, listed

    def decide(self, file: FoundFile, key: str) -> PlannedFile:
        job, target = self._job, self._store.source(self._job.container, key)
        source_key = folder_prefix(job.source_prefix) + file.path
        in_place = (job.source_container, source_key) == (job.container, key)
        planned = PlannedFile(file, key, target, REFUSE, "", in_place=in_place)
        try:
            known = self._known(planned)
            if known is not None:
                return known
            if key in self._listed and not job.overwrite and not in_place:
                reason = "there is an object under this key, and replacing was not asked for"
                return replace(planned, action=SKIP, reason=reason, etag=self._listed[key].etag)
            if job.folder is not None:
                return self._work_on_file(planned, job.folder / file.path)
            return self._work_on_object(planned, source_key)
        except (CogBrowserError, OSError) as error:
            return replace(planned, reason=str(error))

    def _known(self, planned: PlannedFile) -> PlannedFile | None:
        """What the journal and the store together know of a file; None: it is to be done."""
        if self._journal is None:
            return None
        entry, reason = self._listed.get(planned.key), "unchanged since it was published"
        done = self._journal.last(DONE, planned.file.path, planned.target)
        if done is not None and (same := self._unchanged(done, planned)) is not None:
            if entry is None or entry.etag != done.etag:  # a listing may lag, a HEAD doesn't
                entry = self._held(done, planned)
            if entry is not None:
                note = None if same is done else replace(same, etag=entry.etag)
                return replace(planned, action=SKIP, reason=reason, etag=entry.etag, note=note)
        made = self._journal.last(MADE, planned.file.path, planned.target)
        if made is not None and (same := self._unchanged(made, planned)) is not None:
            there = self._held(made, planned)
            if there is not None:
                note = replace(same, event=DONE, etag=there.etag)
                reason = "an interrupted run had published it already"
                return replace(planned, action=SKIP, reason=reason, etag=there.etag, note=note)
        return None

    def _held(self, record: Record, planned: PlannedFile) -> ObjectEntry | None:
        container = self._job.container
        return held(self._store, container, planned.key, record.made_size, record.made_md5)

    def _unchanged(self, record: Record, planned: PlannedFile) -> Record | None:
        """The record, with the file's time of now, where the file and its treatment are the same.

        What was replaced in place is not the file any more that it was: the store tells.
        """
        file = planned.file
        if record.recipe != self._job.recipe:
            return None
        if planned.in_place:
            return record
        if record.size != file.size:
            return None
        if self._job.folder is None:
            return record if record.md5 == file.etag else None
        if record.modified == file.modified:
            return record
        if md5_of(str(self._job.folder / file.path), file.size) != record.md5:
            return None
        return replace(record, modified=file.modified)

    def _work_on_file(self, planned: PlannedFile, path: Path) -> PlannedFile:
        if self._takes_cogs_as_they_are() and validate_cog(path).is_valid:
            return replace(planned, action=UPLOAD, reason=_IS_COG, made_size=planned.file.size)
        with datasets_released(), gdal_errors(f"{path} can't be examined"):
            dataset = open_raster(str(path))
            bits = sum(max(8, gdal.GetDataTypeSize(band.DataType)) for band in bands_of(dataset))
            raw = dataset.RasterXSize * dataset.RasterYSize * bits // 8
            del dataset
        return self._to_convert(planned, raw, 0)

    def _work_on_object(self, planned: PlannedFile, source_key: str) -> PlannedFile:
        """By its header alone; the entry pins what was looked at."""
        job = self._job
        seen = plan_repair(self._store, job.source_container, source_key, job.profile)
        entry, before = seen.entry, seen.before
        file = replace(planned.file, size=entry.size, etag=entry.etag)
        planned = replace(planned, file=file, entry=entry)
        if before.is_valid and self._takes_cogs_as_they_are():
            if planned.in_place:
                return replace(planned, action=SKIP, reason=_IS_COG, etag=entry.etag)
            size = entry.size
            return replace(planned, action=UPLOAD, reason=_IS_COG, made_size=size, working=size)
        if before.structure is None:
            why = " ".join(finding.message for finding in before.errors[:1])
            return replace(planned, reason=f"It can't be read as a raster. {why}".strip())
        if planned.in_place and not job.overwrite:
            why = " ".join(finding.message for finding in before.errors[:1])
            reason = f"it is no valid COG, and replacing was not asked for. {why}".strip()
            return replace(planned, action=SKIP, reason=reason, etag=entry.etag)
        seen_as = before.structure
        bits = max(8, gdal.GetDataTypeSize(gdal.GetDataTypeByName(seen_as.dtype)) or 64)
        raw = seen_as.width * seen_as.height * seen_as.bands * bits // 8
        return self._to_convert(planned, raw, entry.size)

    def _takes_cogs_as_they_are(self) -> bool:
        return self._job.profile == _AS_IT_IS and not self._job.creation_options

    def _to_convert(self, planned: PlannedFile, raw: int, downloaded: int) -> PlannedFile:
        return replace(
            planned,
            action=CONVERT,
            reason=f"it becomes a COG with the profile {self._job.profile}",
            made_size=round(raw * _WITH_OVERVIEWS),
            working=round(raw * _WORKING) + downloaded,
        )
