# SPDX-License-Identifier: GPL-2.0-or-later
"""Make a COG on the local disk: the whole, proven file or nothing."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Optional

from osgeo import gdal

from cog_browser.cog.conversion.band_interleaved import write_band_interleaved
from cog_browser.cog.conversion.estimate import refuse_small_disk
from cog_browser.cog.conversion.false_alpha import without_false_alpha
from cog_browser.cog.conversion.preflight import Plan, plan_conversion, refuse_own_source
from cog_browser.cog.conversion.profiles import Profile, find_profile
from cog_browser.cog.conversion.proof import Proof, prove_exact
from cog_browser.cog.gdal_call import datasets_released, gdal_errors, thread_option
from cog_browser.cog.local_target import create_copy, private_folder, publish, usable_target
from cog_browser.cog.private_folders import temporary_folder_in
from cog_browser.cog.sources import display_name, open_raster, secret_free
from cog_browser.storage.errors import ConversionError
from cog_browser.storage.progress import Progress, part, report

_log = logging.getLogger(__name__)

_WRITTEN, _PROVEN = 80, 100  # per cent of the progress


@dataclass(frozen=True)
class Conversion:
    """What was made. ``proof`` is None where pixels change, or where none was asked for."""

    path: Path
    plan: Plan
    size: int
    seconds: float
    proof: Optional[Proof]

    @property
    def verdict(self) -> str:
        """How the pixels compare with the source's: "identical", "not compared" or "changed"."""
        if self.proof is not None:
            return "identical"
        return "not compared" if self.plan.exact else "changed"

    def to_dict(self) -> dict[str, Any]:
        """For a report in JSON."""
        checksums = self.proof.checksums if self.proof is not None else None
        return {
            "profile": self.plan.profile,
            "options": dict(self.plan.options),
            "pixels": self.verdict,
            "sha256": list(checksums or ()),
            "sha256_of": "each band's pixels, row by row, in the byte order of the computer",
            "warnings": list(self.plan.warnings),
            "size": self.size,
            "seconds": round(self.seconds, 1),
            "estimated_size": self.plan.estimate.size,
            "estimated_seconds": round(self.plan.estimate.seconds, 1),
        }


def convert_to_cog(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    profile: str = "science",
    progress: Progress | None = None,
    *,
    verify: bool = True,
    temp_folder: str | os.PathLike[str] | None = None,
    **creation_options: object,
) -> Path:
    """Convert any raster GDAL opens, prove the result, and put it in the place of ``target``.

    As `convert`, for those who want the file alone. ``creation_options`` are options of GDAL's
    COG driver, over those of the profile.
    """
    return convert(
        source,
        target,
        profile,
        progress,
        verify=verify,
        temp_folder=temp_folder,
        creation_options=creation_options,
    ).path


def convert(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    profile: str = "science",
    progress: Progress | None = None,
    *,
    verify: bool = True,
    temp_folder: str | os.PathLike[str] | None = None,
    on_plan: Callable[[Plan], None] | None = None,
    creation_options: Mapping[str, object] | None = None,
) -> Conversion:
    """Convert any raster GDAL opens, prove the result, and put it in the place of ``target``.

    Until then nothing is visible under that name, and a failure or a cancellation leaves nothing
    behind; an existing ``target``, with its sidecar files, is replaced only at the end. What a
    killed process left is swept up by the next conversion to the same folder.

    Args:
      source: A path, an http(s) URL or another GDAL source; nothing is written beside it. A few
        of its pixels are read for the estimate, all of them once to convert and once to prove.
      target: A local path in an existing folder.
      profile: A name in `PROFILES`. ``science`` proves that every bit of every pixel is kept.
      progress: Reports per cent: 80 of them are writing, the rest is the proof.
      verify: False leaves the proof out.
      temp_folder: Where GDAL's temporary files go; by default beside the target. The unfinished
        target itself is always beside its place, so that it can appear at once.
      on_plan: Is told the estimate and the warnings, which are logged as well, before any work.
      creation_options: Options of GDAL's COG driver, over those of the profile.

    Raises:
      ConversionError: It can't be done; the message says why.
      ConfigurationError: An unknown profile, or an option that it or GDAL doesn't allow.
      Cancelled: ``progress`` returned False.
    """
    recipe = find_profile(profile)
    goal = usable_target(target)
    started = time.monotonic()
    with (
        datasets_released(),
        # GDAL must not save statistics it meets on the way beside the source
        thread_option("GDAL_PAM_ENABLE_MARK_DIRTY", "NO"),
        thread_option("GDAL_TIFF_INTERNAL_MASK", "YES"),
        private_folder(goal) as folder,
        nullcontext(folder)
        if temp_folder is None
        else temporary_folder_in(Path(temp_folder)) as temporary,
        thread_option("CPL_TMPDIR", str(temporary)),
    ):
        made = folder / goal.name
        plan, proof = _make(
            source, goal, made, temporary, recipe, progress, verify, on_plan, creation_options or {}
        )
        report(progress, _PROVEN, _PROVEN)
        size = made.stat().st_size
        publish(made, goal)
    return Conversion(goal, plan, size, time.monotonic() - started, proof)


def _make(
    source: str | os.PathLike[str],
    goal: Path,
    made: Path,
    temporary: Path,
    recipe: Profile,
    progress: Progress | None,
    verify: bool,
    on_plan: Callable[[Plan], None] | None,
    chosen: Mapping[str, object],
) -> tuple[Plan, Proof | None]:
    report(progress, 0, _PROVEN)
    name, spelling = display_name(source), secret_free(source)
    dataset = open_raster(source, ConversionError)
    with gdal_errors(f"{name} can't be examined", ConversionError, spelling):
        refuse_own_source(dataset, source, goal)
        dataset, notes = without_false_alpha(dataset)
    plan, view = plan_conversion(dataset, name, goal, temporary, recipe, chosen, verify, spelling)
    plan = replace(plan, warnings=(*notes, *plan.warnings))
    for warning in plan.warnings:
        _log.warning("%s", warning)
    if on_plan is not None:
        on_plan(plan)
    refuse_small_disk(plan.estimate, goal, temporary)
    proves = plan.exact and verify
    writing = part(progress, 0, _WRITTEN if proves else _PROVEN)
    _write(view, made, goal, plan, temporary, writing, spelling)
    made.with_name(f"{made.name}.aux.xml").unlink(missing_ok=True)
    if not proves:
        return plan, None
    return plan, _prove(dataset, made, goal, part(progress, _WRITTEN, _PROVEN))


def _write(
    view: Any,
    made: Path,
    goal: Path,
    plan: Plan,
    temporary: Path,
    progress: Progress | None,
    spelling: Mapping[str, str],
) -> None:
    bare = plan.estimate.bare
    if plan.apart:
        write_band_interleaved(view, made, goal, plan.options, temporary, bare, progress, spelling)
        return
    with thread_option("COG_TMP_COMPRESSION", "NONE") if bare else nullcontext():
        create_copy("COG", view, made, goal, plan.options, progress, spelling)


def _read_back(made: Path, goal: Path) -> Any:
    """Open a local TIFF so that its tiles are decoded by all cores; never do so remotely."""
    with gdal_errors(f"{goal} was written but can't be read back", ConversionError) as reported:
        return reported.need(
            gdal.OpenEx(
                str(made),
                gdal.OF_RASTER | gdal.OF_READONLY | gdal.OF_VERBOSE_ERROR,
                allowed_drivers=["GTiff"],
                open_options=["NUM_THREADS=ALL_CPUS"],
            )
        )


def _prove(dataset: Any, made: Path, goal: Path, progress: Progress | None) -> Proof:
    result = _read_back(made, goal)
    try:
        with datasets_released():
            return prove_exact(dataset, result, str(goal), progress)
    finally:
        del result
