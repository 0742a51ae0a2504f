# SPDX-License-Identifier: GPL-2.0-or-later
"""How large a conversion's files will be and how long it takes, from a trial with a few pixels."""

from __future__ import annotations

import math
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from osgeo import gdal, osr

from cog_browser.cog.conversion.profiles import bands_of
from cog_browser.cog.conversion.trial import Trial
from cog_browser.storage.errors import ConversionError

_WITH_OVERVIEWS = 4 / 3
_DECODING = 0.2  # of the time of writing
_AMPLE, _POOR = 4, 0.3  # times the need of bare temporary files; what compression leaves
_WEB_MERCATOR, _WORLD = "EPSG:3857", 2 * math.pi * 6378137 / 256  # metres of a pixel at zoom 0


@dataclass(frozen=True)
class Estimate:
    """Right within a factor of two. ``temporary`` bytes are needed besides the result's.

    ``bare``: the temporary files are not compressed. That saves a fifth of all work, and is done
    where there is ample room and compression would not gain much.
    """

    size: int
    temporary: int
    seconds: float
    bare: bool


def estimate(
    dataset: Any,
    options: Mapping[str, str],
    trial: Trial,
    temporary_folder: Path,
    *,
    verified: bool,
    staged: bool,
) -> Estimate:
    """``staged``: a whole copy is made first, as the band-interleaved way needs it."""
    pixels = dataset.RasterXSize * dataset.RasterYSize
    made = _warped_pixels(dataset) if options.get("TILING_SCHEME", "CUSTOM") != "CUSTOM" else pixels
    per_pixel = sum(max(1, gdal.GetDataTypeSize(band.DataType) // 8) for band in bands_of(dataset))
    levels = 1.0 if options.get("OVERVIEWS") == "NONE" else _WITH_OVERVIEWS
    base = made * per_pixel * min(trial.ratio, 1.2)
    warps = "TILING_SCHEME" in options or "TARGET_SRS" in options
    raw = made * per_pixel * (levels if staged else levels - 1)
    bare = not warps and trial.ratio > _POOR and _is_ample(temporary_folder, raw)
    if bare:
        temporary = raw
    elif staged:
        temporary = base * levels * 1.2
    else:
        temporary = base * (levels - 1)  # GDAL makes the overviews in a file of their own
        temporary += made * per_pixel * 0.6 if warps else 0.0  # the warped picture, without loss
    seconds = trial.read_seconds * pixels * (2 if verified else 1)
    seconds += trial.write_seconds * made * (levels + (_DECODING if verified else 0))
    if staged:
        seconds += trial.write_seconds * made * 0.5
    return Estimate(round(base * levels), round(temporary), seconds, bare)


def _is_ample(folder: Path, needed: float) -> bool:
    return shutil.disk_usage(folder).free > _AMPLE * needed


def _warped_pixels(dataset: Any) -> int:
    """Of the zoom level that is nearest to the raster's own resolution."""
    pixels = dataset.RasterXSize * dataset.RasterYSize
    warped = gdal.AutoCreateWarpedVRT(dataset, None, _mercator())
    if warped is None:
        return int(pixels)
    size = abs(warped.GetGeoTransform()[1]) or 1.0
    zoom = round(math.log2(_WORLD / size))
    return int(warped.RasterXSize * warped.RasterYSize * (size / (_WORLD / 2**zoom)) ** 2)


def _mercator() -> str:
    crs = osr.SpatialReference()
    crs.SetFromUserInput(_WEB_MERCATOR)
    return str(crs.ExportToWkt())


def refuse_small_disk(expected: Estimate, goal: Path, temporary_folder: Path) -> None:
    """Refuse what can't fit even in half the estimate; what may fit is tried."""
    needs = {goal.parent: expected.size}
    if _on_one_disk(temporary_folder, goal.parent):
        needs[goal.parent] += expected.temporary
    else:
        needs[temporary_folder] = expected.temporary
    for folder, needed in needs.items():
        disk = shutil.disk_usage(folder)
        if disk.total and disk.free < needed / 2:  # some network file systems tell nothing
            what = goal if folder == goal.parent else f"the temporary files in {folder}"
            raise ConversionError(
                f"No room for {what}: about {_megabytes(needed)} are needed and "
                f"{_megabytes(disk.free)} are free; free some space, or choose another folder."
            )


def _on_one_disk(one: Path, other: Path) -> bool:
    return one.stat().st_dev == other.stat().st_dev


def _megabytes(size: float) -> str:
    return f"{size / 1e6:.0f} MB" if size >= 1e7 else f"{size / 1e6:.1f} MB"
