# SPDX-License-Identifier: GPL-2.0-or-later
"""Make a COG on the local disk: the whole, proven file or nothing."""

from __future__ import annotations

import errno
import logging
import os
import shutil
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from osgeo import gdal

from cog_browser.cog.creation_options import creation_options as options_for
from cog_browser.cog.gdal_call import (
    close,
    datasets_released,
    gdal_errors,
    no_echo_of_failed_closing,
    thread_option,
)
from cog_browser.cog.profiles import Profile, find_profile
from cog_browser.cog.proof import crs_of, own_mask, prove_exact, same_number
from cog_browser.cog.sources import display_name, open_raster, secret_free
from cog_browser.storage.errors import ConversionError
from cog_browser.storage.progress import Progress, part, report

_log = logging.getLogger(__name__)

_NO_ROOM = tuple(
    os.strerror(getattr(errno, name))
    for name in ("ENOSPC", "EDQUOT", "EFBIG")
    if hasattr(errno, name)
)
_SIDECARS = (".aux.xml", ".ovr", ".msk", ".msk.ovr")
_WITH_OVERVIEWS = 4 / 3
_WRITTEN, _PROVEN = 80, 100  # per cent of the progress


def convert_to_cog(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    profile: str = "science",
    progress: Progress | None = None,
    **creation_options: object,
) -> Path:
    """Convert any raster GDAL opens, prove the result, and put it in the place of ``target``.

    Until then nothing is visible under that name, and a failure or a cancellation leaves nothing
    behind; an existing ``target``, with its sidecar files, is replaced only at the end.

    Args:
      source: A path, an http(s) URL or another GDAL source; nothing is written beside it. It is
        read once to convert and once to prove.
      target: A local path in an existing folder.
      profile: A name in `PROFILES`. ``science`` proves that every bit of every pixel is kept.
      progress: Reports per cent: 80 of them are writing, the rest is the proof.
      **creation_options: Options of GDAL's COG driver, over those of the profile.

    Raises:
      ConversionError: It can't be done; the message says why.
      ConfigurationError: An unknown profile, or an option that it or GDAL doesn't allow.
      Cancelled: ``progress`` returned False.
    """
    recipe = find_profile(profile)
    goal = _usable_target(target)
    # GDAL must not save statistics it meets on the way beside the source
    with datasets_released(), thread_option("GDAL_PAM_ENABLE_MARK_DIRTY", "NO"):
        _convert(source, goal, recipe, progress, creation_options)
    return goal


def _convert(
    source: str | os.PathLike[str],
    goal: Path,
    recipe: Profile,
    progress: Progress | None,
    chosen: Mapping[str, object],
) -> None:
    name = display_name(source)
    dataset = open_raster(source, ConversionError)
    with gdal_errors(f"{name} can't be examined", ConversionError, secret_free(source)):
        _refuse_unfit(dataset, name)
        _refuse_own_source(dataset, source, goal)
    options = options_for(dataset, recipe, chosen)
    with _private_folder(goal) as folder:
        _refuse_small_disk(dataset, goal)
        made = folder / goal.name
        _write(dataset, made, goal, options, part(progress, 0, _WRITTEN))
        (folder / f"{made.name}.aux.xml").unlink(missing_ok=True)
        if recipe.lossless:
            _prove(dataset, made, goal, part(progress, _WRITTEN, _PROVEN))
        report(progress, _PROVEN, _PROVEN)
        _publish(made, goal)


def _usable_target(target: str | os.PathLike[str]) -> Path:
    text = os.fspath(target)
    if text.startswith("/vsi") or "://" in text:
        raise ConversionError(
            f"{display_name(text)} is not a local file; convert to a local file and upload that."
        )
    goal = Path(os.path.abspath(Path(text).expanduser()))  # noqa: PTH100 - keeps symbolic links
    if goal.is_dir():
        raise ConversionError(f"{goal} is a folder; name a file in it.")
    if not goal.parent.is_dir():
        raise ConversionError(f"The folder {goal.parent} does not exist; create it first.")
    return goal


def _refuse_unfit(dataset: Any, name: str) -> None:
    bands = [dataset.GetRasterBand(i + 1) for i in range(dataset.RasterCount)]
    if not bands:
        inner = dataset.GetSubDatasets()
        choice = (
            f"; choose one of its {len(inner)} subdatasets, e.g. {inner[0][0]}" if inner else ""
        )
        raise ConversionError(f"{name} holds no raster bands{choice}.")
    kinds = {band.DataType for band in bands}
    if len(kinds) > 1:
        listed = ", ".join(sorted(gdal.GetDataTypeName(kind) for kind in kinds))
        raise ConversionError(
            f"The bands of {name} have different data types ({listed}), and a TIFF has one for "
            "all; convert them to one type (gdal_translate -ot …) or convert each by itself."
        )
    if crs_of(dataset) is None and not dataset.GetMetadata("RPC"):
        raise ConversionError(
            f"{name} has no coordinate reference system; assign one (Raster › Projections › "
            "Assign Projection, or gdal_edit.py -a_srs EPSG:…) and convert again."
        )
    values = [band.GetNoDataValue() for band in bands]
    if not all(same_number(values[0], value) for value in values):
        listed = ", ".join("none" if value is None else str(value) for value in values)
        raise ConversionError(
            f"The bands of {name} have different nodata values ({listed}), and a TIFF has one "
            "for all; give them the same one, or convert each band by itself."
        )
    if any(own_mask(band) and not band.GetMaskFlags() & gdal.GMF_PER_DATASET for band in bands):
        raise ConversionError(
            f"{name} has a mask per band, and a TIFF has one for all bands; convert each band by "
            "itself (gdal_translate -b 1 -mask mask,1 …)."
        )


def _refuse_own_source(dataset: Any, source: str | os.PathLike[str], goal: Path) -> None:
    for file in {os.fspath(source), *(dataset.GetFileList() or ())}:
        try:
            same = goal.exists() and goal.samefile(file)
        except OSError:
            same = False
        if same:
            raise ConversionError(
                f"{goal} is read by the conversion, so it can't be its target; choose another name."
            )


def _refuse_small_disk(dataset: Any, goal: Path) -> None:
    """Refuse what a sample of the pixels says can't fit; what may fit is tried."""
    disk = shutil.disk_usage(goal.parent)
    if disk.total == 0:  # some network file systems don't tell
        return
    with gdal_errors("The size of the result can't be estimated", ConversionError):
        bands = [dataset.GetRasterBand(i + 1) for i in range(dataset.RasterCount)]
        pixels = dataset.RasterXSize * dataset.RasterYSize
        raw = pixels * sum(gdal.GetDataTypeSize(band.DataType) // 8 for band in bands)
        if disk.free > 2 * raw:
            return
        expected = raw * _compressibility(dataset) * _WITH_OVERVIEWS
    if disk.free < expected / 2:
        raise ConversionError(
            f"No room for {goal}: about {expected / 1e6:.0f} MB are needed and "
            f"{disk.free / 1e6:.0f} MB are free; free some space, or choose another folder."
        )


def _compressibility(dataset: Any) -> float:
    """Compressed by raw size of nine small windows."""
    before = after = 0
    width, height = (min(256, n) for n in (dataset.RasterXSize, dataset.RasterYSize))
    for row in range(3):
        for column in range(3):
            x = (dataset.RasterXSize - width) * column // 2
            y = (dataset.RasterYSize - height) * row // 2
            sample = bytes(dataset.ReadRaster(x, y, width, height, band_list=[1]) or b"")
            before += len(sample)
            after += len(zlib.compress(sample, 1))
    return after / before if before else 1.0


@contextmanager
def _private_folder(goal: Path) -> Iterator[Path]:
    """A folder on the target's file system for all that GDAL writes; removed in any case."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=".cog-", dir=goal.parent))
    except OSError as problem:
        raise _cant_write(goal, problem) from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _cant_write(goal: Path, problem: OSError) -> ConversionError:
    if problem.strerror in _NO_ROOM:
        return _disk_full(goal, str(problem.strerror))
    return ConversionError(
        f"{goal} can't be written ({problem.strerror}); choose a folder you may write to, "
        "and close what has the file open."
    )


def _disk_full(goal: Path, reason: str) -> ConversionError:
    return ConversionError(
        f"No room for {goal} ({reason}); free some space, or choose another folder."
    )


class _Steps:
    """GDAL's progress callback. Errors of ours wait here: GDAL would print and lose them."""

    def __init__(self, progress: Progress | None) -> None:
        self.problem: BaseException | None = None
        self._progress = progress
        self._done = 0

    def __call__(self, fraction: float, _message: str | None, _data: object) -> int:
        self._done = max(self._done, int(fraction * 1000))
        try:
            report(self._progress, self._done, 1000)
        except BaseException as problem:
            self.problem = problem
            return 0
        return 1


def _write(
    dataset: Any, made: Path, goal: Path, options: Mapping[str, str], progress: Progress | None
) -> None:
    steps = _Steps(progress)
    pairs = [f"{key}={value}" for key, value in options.items()]
    spelling = {str(made): goal.name}
    try:
        with (
            no_echo_of_failed_closing(),
            gdal_errors(f"{goal} can't be made", ConversionError, spelling) as reported,
        ):
            driver = reported.need(gdal.GetDriverByName("COG"))
            result = reported.need(
                driver.CreateCopy(str(made), dataset, strict=0, options=pairs, callback=steps)
            )
            close(result)  # which may still fail
    except ConversionError:
        if steps.problem is not None:
            raise steps.problem from None
        for reason in _NO_ROOM:
            if any(reason in message for message in reported.failures):
                raise _disk_full(goal, reason) from None
        raise
    if steps.problem is not None:  # GDAL heeds no answer to its last call
        raise steps.problem
    for warning in reported.warnings:
        _log.warning("%s: %s", goal, warning.replace(str(made), goal.name))


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


def _prove(dataset: Any, made: Path, goal: Path, progress: Progress | None) -> None:
    result = _read_back(made, goal)
    try:
        with datasets_released():
            prove_exact(dataset, result, str(goal), progress)
    finally:
        del result


def _publish(made: Path, goal: Path) -> None:
    """Replace the target; sidecar files of the old one would be taken for the new one's."""
    try:
        with made.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(made, goal)  # noqa: PTH105
    except OSError as problem:
        raise _cant_write(goal, problem) from None
    for suffix in _SIDECARS:
        _remove_sidecar(goal.with_name(goal.name + suffix))


def _remove_sidecar(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as problem:
        _log.warning("%s belongs to the file that was replaced; remove it: %s", file, problem)
