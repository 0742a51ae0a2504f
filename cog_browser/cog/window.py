# SPDX-License-Identifier: GPL-2.0-or-later
"""Save a part of a raster at full resolution: every read checked, the whole file or nothing.

QGIS's own export reports success over a file full of nodata when reads fail.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from osgeo import gdal

from cog_browser.cog.conversion.convert import convert_to_cog
from cog_browser.cog.conversion.proof import crs_of
from cog_browser.cog.gdal_call import datasets_released, gdal_errors, thread_option
from cog_browser.cog.local_target import create_copy, private_folder, publish, usable_target
from cog_browser.cog.sources import display_name, open_raster, secret_free
from cog_browser.storage.errors import ConfigurationError, ConversionError, RasterError
from cog_browser.storage.progress import Progress, part

#: What a window can be saved as.
FORMS = ("COG", "GTiff")
_OPTIONS = {"TILED": "YES", "BLOCKXSIZE": "512", "BLOCKYSIZE": "512", "BIGTIFF": "IF_SAFER"}
_COPIED, _DONE = 70, 100  # per cent of the progress
_SAME_PLACE = 1e-6  # pixels: edges so close are one

#: Column, row, width and height in pixels.
Window = tuple[int, int, int, int]


def save_window(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    bounds: Sequence[float] | None = None,
    form: str = "COG",
    progress: Progress | None = None,
) -> Path:
    """Copy the pixels that meet ``bounds``, bit by bit, with all that a GeoTIFF can hold of them.

    Args:
      source: What GDAL opens; it is only read, and no overview of it is used.
      target: A local path in an existing folder; what is there is replaced at the end.
      bounds: West, south, east and north in the raster's own CRS; None: all of it.
      form: One of `FORMS`. A COG is proven against what was read.
      progress: Reports per cent.

    Raises:
      ConversionError: A read or a write failed; the message says why, and nothing is left.
      ConfigurationError: The bounds miss the raster, or it has no place on a map.
      Cancelled: ``progress`` returned False.
    """
    if form not in FORMS:
        raise ConfigurationError(f"“{form}” is no form to save in; use {' or '.join(FORMS)}.")
    goal = usable_target(target)
    with (
        datasets_released(),
        thread_option("GDAL_PAM_ENABLE_MARK_DIRTY", "NO"),  # no statistics beside the source
        thread_option("GDAL_TIFF_INTERNAL_MASK", "YES"),
        private_folder(goal) as folder,
    ):
        part_of_it = folder / f"window-{goal.name}"
        is_cog = form == "COG"
        _copy(
            source,
            part_of_it,
            goal,
            bounds,
            is_cog,
            part(progress, 0, _COPIED if is_cog else _DONE),
        )
        made = folder / goal.name
        if is_cog:
            convert_to_cog(part_of_it, made, progress=part(progress, _COPIED, _DONE))
        else:
            part_of_it.replace(made)
        publish(made, goal)
    return goal


def why_unreadable(source: str | os.PathLike[str], bounds: Sequence[float]) -> str | None:
    """Why one pixel as large as ``bounds`` can't be read; None where it can, or is outside."""
    name = display_name(source)
    try:
        with datasets_released(), thread_option("GDAL_PAM_ENABLE_MARK_DIRTY", "NO"):
            dataset = open_raster(source)
            with gdal_errors(f"{name} can't be read", spelling=secret_free(source)) as reported:
                window = _window(dataset, bounds)
                reported.need(dataset.ReadRaster(*window, buf_xsize=1, buf_ysize=1))
    except ConfigurationError:
        return None
    except RasterError as error:
        return str(error)
    return None


def pixel_window(
    transform: Sequence[float], width: int, height: int, bounds: Sequence[float]
) -> Window:
    """The pixels that ``bounds`` touch, as far as there are any.

    Raises `ConfigurationError` where there are none.
    """
    inverse = gdal.InvGeoTransform(transform)
    if inverse is None:
        raise ConfigurationError("The raster has no place on a map; save all of it instead.")
    west, south, east, north = bounds
    corners = [gdal.ApplyGeoTransform(inverse, x, y) for x in (west, east) for y in (south, north)]
    columns, rows = zip(*corners)
    left, right = _within(columns, width)
    top, bottom = _within(rows, height)
    if left >= right or top >= bottom:
        raise ConfigurationError("Nothing of the raster is in this part of the map.")
    return left, top, right - left, bottom - top


def _within(edges: Sequence[float], size: int) -> tuple[int, int]:
    first = math.floor(min(edges) + _SAME_PLACE)
    return max(0, first), min(size, math.ceil(max(edges) - _SAME_PLACE))


def _copy(
    source: str | os.PathLike[str],
    made: Path,
    goal: Path,
    bounds: Sequence[float] | None,
    is_cog: bool,
    progress: Progress | None,
) -> None:
    name = display_name(source)
    dataset = open_raster(source, ConversionError)
    with gdal_errors(f"{name} can't be examined", ConversionError, secret_free(source)) as reported:
        if is_cog and crs_of(dataset) is None:
            raise ConfigurationError(
                f"{name} has no coordinate reference system, which a COG needs; "
                "save it as GeoTIFF instead."
            )
        window = _window(dataset, bounds)
        # Only a description: its pixels are read one after another while they are written.
        cut = reported.need(gdal.Translate("", dataset, format="VRT", srcWin=list(window)))
        for number in range(1, dataset.RasterCount + 1):  # which GDAL 3.6 forgets
            cut.GetRasterBand(number).SetUnitType(dataset.GetRasterBand(number).GetUnitType())
    compression = {"COMPRESS": "DEFLATE", "ZLEVEL": "1"} if is_cog else {"COMPRESS": "DEFLATE"}
    create_copy(
        "GTiff", cut, made, goal, {**_OPTIONS, **compression}, progress, secret_free(source)
    )


def _window(dataset: Any, bounds: Sequence[float] | None) -> Window:
    size = dataset.RasterXSize, dataset.RasterYSize
    if bounds is None:
        return (0, 0, *size)
    transform = dataset.GetGeoTransform(can_return_null=True)
    if transform is None:
        raise ConfigurationError("The raster has no place on a map; save all of it instead.")
    return pixel_window(transform, *size, bounds)
