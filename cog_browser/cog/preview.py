# SPDX-License-Identifier: GPL-2.0-or-later
"""A small picture of a raster from its smallest overview. Full resolution is read only if small."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

from osgeo import gdal

from cog_browser.cog.conversion.display import display_raster
from cog_browser.cog.gdal_call import datasets_released, gdal_errors, thread_option
from cog_browser.cog.sources import display_name, open_raster, secret_free
from cog_browser.storage.errors import ConfigurationError, RasterError

#: An overview whose longer side is shorter shows nothing.
_ENOUGH = 128
#: Bytes of pixels that a preview may need, before compression.
_MOST_BYTES = 32 << 20
_LONGEST = 512  # pixels of the picture


@dataclass(frozen=True)
class Preview:
    """``rgba`` has four bytes a pixel, row by row; what is no data is transparent.

    ``level`` is the overview's number from 1 on, 0 for full resolution; ``level_size`` its pixels.
    ``notes`` are sentences: which bands are shown, and how their values became colours.
    """

    width: int
    height: int
    rgba: bytes
    level: int
    level_size: tuple[int, int]
    notes: tuple[str, ...]


def preview_of(source: str | os.PathLike[str], name: str = "") -> Preview:
    """Make the picture. No pixel of the source changes, and nothing is written beside it.

    Args:
      source: What GDAL opens.
      name: How messages call it.

    Raises:
      ConfigurationError: There is no overview that is small enough.
      RasterError: A read failed.
    """
    said = name or display_name(source)
    spelling = {os.fspath(source): said, **secret_free(source)}
    with datasets_released(), thread_option("GDAL_PAM_ENABLED", "NO"):
        dataset = open_raster(source, drivers=["GTiff"])
        level, size = _level(dataset, said)
        with gdal_errors(f"The preview of {said} can't be read", spelling=spelling) as reported:
            if level:
                flags = gdal.OF_RASTER | gdal.OF_READONLY
                options = [f"OVERVIEW_LEVEL={level - 1}"]
                dataset = reported.need(
                    gdal.OpenEx(
                        os.fspath(source), flags, allowed_drivers=["GTiff"], open_options=options
                    )
                )
            view, notes = display_raster(dataset, "", reported)
            width, height = _fitted(*size)
            rgba = _rgba(view, width, height)
    return Preview(width, height, rgba, level, size, tuple(notes))


def _level(dataset: Any, name: str) -> tuple[int, tuple[int, int]]:
    band = dataset.GetRasterBand(1)
    levels = [(dataset.RasterXSize, dataset.RasterYSize)]
    for number in range(band.GetOverviewCount()):
        overview = band.GetOverview(number)
        levels.append((overview.XSize, overview.YSize))
    enough = [n for n, size in enumerate(levels) if max(size) >= _ENOUGH] or [0]
    level = min(enough, key=lambda n: levels[n][0] * levels[n][1])
    each = (gdal.GetDataTypeSize(band.DataType) + 7) // 8
    is_by_pixel = dataset.GetMetadataItem("INTERLEAVE", "IMAGE_STRUCTURE") == "PIXEL"
    depth = dataset.RasterCount if is_by_pixel else min(dataset.RasterCount, 4)
    if levels[level][0] * levels[level][1] * each * depth > _MOST_BYTES:
        columns, rows = levels[level]
        raise ConfigurationError(
            f"{name} has no small overview: {columns} × {rows} pixels would have to be read."
        )
    return level, levels[level]


def _fitted(width: int, height: int) -> tuple[int, int]:
    scale = min(1.0, _LONGEST / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def _rgba(view: Any, width: int, height: int) -> bytes:
    """Grey three times, or red, green and blue, then what of it is there."""
    last = view.RasterCount
    numbers = (1, 2, 3) if last >= 3 else (1, 1, 1)
    made = bytearray(4 * width * height)
    wanted = [view.GetRasterBand(n) for n in numbers] + [view.GetRasterBand(1).GetMaskBand()]
    for at, band in enumerate(wanted):
        data = band.ReadRaster(
            0,
            0,
            band.XSize,
            band.YSize,
            width,
            height,
            buf_type=gdal.GDT_Byte,
        )
        if data is None:
            raise RasterError("GDAL gave no pixels.")
        made[at::4] = data
    return bytes(made)
