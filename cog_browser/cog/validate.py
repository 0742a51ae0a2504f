# SPDX-License-Identifier: GPL-2.0-or-later
"""Judge whether a file is a COG: by its own bytes, rule by rule, and ask GDAL what it thinks."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any, Union

from osgeo import gdal

from cog_browser.cog.gdal_call import datasets_released, gdal_errors
from cog_browser.cog.gdal_opinion import (
    MOST_BLOCKS,
    Opinion,
    ask_gdal,
    difference,
    script_sees_enough,
    view_of_pieces,
)
from cog_browser.cog.report import CogReport, Reading
from cog_browser.cog.rules.catalogue import RULES, apply_rules, classes_met, findings, is_valid
from cog_browser.cog.rules.cog_file import CogFile
from cog_browser.cog.rules.finding import ERROR, NOTE, WARNING, Finding
from cog_browser.cog.rules.gather import gather
from cog_browser.cog.rules.rule import PROFILES
from cog_browser.cog.sources import (
    display_name,
    is_remote,
    open_raster,
    running_source,
    secret_free,
)
from cog_browser.cog.structure import Structure, read_structure
from cog_browser.cog.tiff.byte_sources import open_source
from cog_browser.cog.tiff.counted_reads import CountedReads
from cog_browser.cog.tiff.file_layout import parts_of
from cog_browser.storage.errors import Cancelled, CogBrowserError, ConfigurationError, RasterError
from cog_browser.storage.models import ObjectRef
from cog_browser.storage.progress import Progress, report

#: What may be judged: a path, an http(s) URL, another file that GDAL opens, or an object.
Source = Union[str, "os.PathLike[str]", ObjectRef]

_PATIENCE = 0.5  # seconds until one that waits looks whether it is still wanted


def validate_cog(
    source: Source, profile: str = "cog", full: bool = False, progress: Progress | None = None
) -> CogReport:
    """Judge a file by its headers and a sample of its blocks; with ``full`` by every block.

    What is no COG, or no TIFF, is a normal report. Nothing is written anywhere, and no other file
    that the source may name is opened. A remote file costs at most three GETs and 64 KiB if its
    headers fit in that; ``full`` reads a few bytes around every block. No file makes this hang.

    Args:
      source: A path, an http(s) URL, another file that GDAL opens, or an object of a store.
      profile: Which rules are errors: one of `PROFILES`.
      full: Look at the offsets of every block, and at the bytes around it.
      progress: For the full check; False cancels.

    Raises:
      RasterError: The source can't be read; for an object it is a `StoreError`.
      ConfigurationError: An unknown profile.
      Cancelled: By ``progress``.
    """
    if profile not in PROFILES:
        raise ConfigurationError(
            f"There is no validation profile {profile!r}; choose one of: {', '.join(PROFILES)}."
        )
    with datasets_released():
        try:
            with open_source(source) as opened:
                reads = CountedReads(opened)
                file = gather(opened, reads, full, progress)
        except RasterError:
            if isinstance(source, ObjectRef) or not (other := _other_format(source)):
                raise
            return _not_a_file(display_name(source), profile, other)
        file = replace(
            file,
            external_overviews=_has_sidecar(source, ".ovr"),
            external_mask=_has_sidecar(source, ".msk"),
        )
        return report_of(source, file, reads, profile, full)


def report_of(
    source: Source, file: CogFile, reads: CountedReads, profile: str = "cog", full: bool = False
) -> CogReport:
    """The verdict on a file that was gathered; nothing more is read of a remote one."""
    broken = apply_rules(file)
    opinion, structure = _gdal_view(source, file, reads, full)
    found = findings(broken, profile)
    differs = difference(opinion, broken, profile) if opinion else None
    found += [differs] if differs else []
    return CogReport(
        name_of(source),
        errors=tuple(f for f in found if f.severity == ERROR),
        warnings=tuple(f for f in found if f.severity == WARNING),
        notes=tuple(f for f in found if f.severity == NOTE),
        classes=classes_met(broken),
        earth_engine_ready=is_valid(broken, "earth-engine"),
        gdal_verdict=opinion.verdict if opinion else None,
        structure=structure,
        profile=profile,
        size=file.size,
        layout=parts_of(file),
        reading=Reading(
            full=full,
            blocks=sum(ifd.block_count for ifd in file.ifds),
            blocks_examined=sum(facts.looked_at for facts in file.blocks.values()),
            frames_examined=file.frames.checked,
            requests=reads.requests if reads.remote else None,
            bytes=reads.bytes,
        ),
    )


def name_of(source: Source) -> str:
    """What a report calls the source."""
    if isinstance(source, ObjectRef):
        return f"{source.container}/{source.key}"
    return display_name(source)


def _gdal_view(
    source: Source, file: CogFile, reads: CountedReads, full: bool
) -> tuple[Opinion | None, Structure | None]:
    """What GDAL makes of the file: of a remote one, of the bytes that were read already."""
    if not file.tiff.is_tiff or not file.ifds or file.too_many_blocks:
        return None, None
    with ExitStack() as stack, suppress(RasterError):
        if reads.remote or isinstance(source, ObjectRef):
            path = stack.enter_context(view_of_pieces(reads.pieces, file.size))
            spelling = {path: name_of(source)}
        else:
            path, spelling = running_source(source), secret_free(source)
        dataset = open_raster(path, drivers=["GTiff"])
        with gdal_errors("The raster can't be described", spelling=spelling):
            structure = read_structure(dataset)
        opinion = None
        few = sum(ifd.block_count for ifd in file.ifds) <= MOST_BLOCKS
        if few and (not reads.remote or script_sees_enough(file)):
            opinion = ask_gdal(dataset, full and not reads.remote, spelling)
        del dataset
        return opinion, structure
    return None, None


def _other_format(source: str | os.PathLike[str]) -> str | None:
    """Which driver would open what is no file; asked by name only."""
    found: Any = None
    with suppress(RasterError), gdal_errors("The source can't be examined"):
        driver = gdal.IdentifyDriverEx(running_source(source), gdal.OF_RASTER)
        found = driver.ShortName if driver else None
    return None if found in ("GTiff", "COG", "LIBERTIFF") else found


def _not_a_file(name: str, profile: str, format_name: str) -> CogReport:
    rule = RULES["T-HEAD"]
    finding = Finding(
        rule.id,
        ERROR,
        f"The raster is no TIFF, but of the format {format_name}.",
        "Convert it to a COG.",
        expected="GTiff",
        found=format_name,
        source=rule.source,
    )
    return CogReport(name, errors=(finding,), profile=profile)


def _has_sidecar(source: Source, suffix: str) -> bool:
    """Only for local files: asking a server for sidecars is what costs most."""
    if isinstance(source, ObjectRef) or is_remote(running_source(source)):
        return False
    path = os.fspath(source)
    return not path.startswith("/vsi") and Path(path + suffix).is_file()


# Many files


@dataclass(frozen=True)
class Judged:
    """One of many: its report, or why there is none."""

    source: Source
    report: CogReport | None = None
    error: CogBrowserError | None = None

    @property
    def verdict(self) -> str:
        """“valid”, “invalid” or “not judged”."""
        if self.report is None:
            return "not judged"
        return "valid" if self.report.is_valid else "invalid"


def validate_many(
    sources: Iterable[Source],
    profile: str = "cog",
    full: bool = False,
    jobs: int = 8,
    progress: Progress | None = None,
) -> Iterator[Judged]:
    """Judge many files, ``jobs`` at a time, and give each as soon as it is done.

    ``sources`` is taken lazily, a few ahead. What can't be read is a row with its error. Leaving
    the loop, or False from ``progress`` (called with the number done, at least twice a second),
    stops the rest; reads that are on their way then end by themselves.
    """

    def judge(source: Source) -> Judged:
        try:
            return Judged(source, validate_cog(source, profile, full, lambda *_: not stopped))
        except Cancelled:
            raise
        except CogBrowserError as error:
            return Judged(source, error=error)
        except OSError as error:
            reason = f"{name_of(source)} can't be read: {error.strerror or error}."
            return Judged(source, error=RasterError(reason))

    if profile not in PROFILES:
        validate_cog("", profile)  # raises
    stopped: list[bool] = []
    waiting: set[Future[Judged]] = set()
    remaining = iter(sources)
    done = 0
    pool = ThreadPoolExecutor(max(jobs, 1), thread_name_prefix="validate")
    try:
        while True:
            free = 2 * max(jobs, 1) - len(waiting)
            waiting |= {pool.submit(judge, source) for source in islice(remaining, free)}
            if not waiting:
                return
            finished, waiting = wait(waiting, _PATIENCE, FIRST_COMPLETED)
            for future in finished:
                yield future.result()
                done += 1
            report(progress, done, None)
    finally:
        stopped.append(True)
        pool.shutdown(wait=False, cancel_futures=True)
