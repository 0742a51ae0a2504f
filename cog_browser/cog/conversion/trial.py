# SPDX-License-Identifier: GPL-2.0-or-later
"""A conversion of a few pixels in memory, before the real one: what is lost, how large, how long.

The running GDAL is tried instead of known: what its driver can't keep shows in the trial's result.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from osgeo import gdal

from cog_browser.cog.conversion.metadata import copy_description
from cog_browser.cog.conversion.profiles import bands_of
from cog_browser.cog.conversion.proof import description_difference, losses, own_mask
from cog_browser.cog.gdal_call import Reported, close, unlink

_SIDE = 3  # windows in each direction
_LARGEST = 256  # pixels of a window's side
_BYTES = 24 * 2**20  # of all windows together
_NOT_TRIED = {
    "TILING_SCHEME", "ZOOM_LEVEL", "ZOOM_LEVEL_STRATEGY", "ALIGNED_LEVELS", "TARGET_SRS", "RES",
    "EXTENT", "OVERVIEWS", "OVERVIEW_COUNT",
}  # fmt: skip


@dataclass(frozen=True)
class Trial:
    """What it showed. Seconds are for one pixel; ``ratio`` is compressed by raw size."""

    difference: str | None
    losses: tuple[str, ...]
    ratio: float
    read_seconds: float
    write_seconds: float
    samples: tuple[bytes, ...]


def make_trial(
    dataset: Any, driver_name: str, options: Mapping[str, str], reported: Reported
) -> Trial:
    """Copy nine windows of the dataset, with its whole description, as the options say."""
    started = time.perf_counter()
    memory, samples, decoded = _sampled(dataset, reported)
    read = (time.perf_counter() - started) / decoded
    copy_description(dataset, memory)
    folder = f"/vsimem/cog-browser-{uuid.uuid4().hex}"
    name = f"{folder}/trial.tif"
    tried = {key: value for key, value in options.items() if key not in _NOT_TRIED}
    if driver_name == "COG":
        tried["OVERVIEWS"] = "NONE"
    pairs = [f"{key}={value}" for key, value in tried.items()]
    try:
        started = time.perf_counter()
        driver = reported.need(gdal.GetDriverByName(driver_name))
        close(reported.need(driver.CreateCopy(name, memory, strict=0, options=pairs)))
        pixels = memory.RasterXSize * memory.RasterYSize
        written = (time.perf_counter() - started) / pixels
        unlink(f"{name}.aux.xml")  # what needs it is lost
        made = reported.need(gdal.Open(name))
        size = gdal.VSIStatL(name).size
        per_pixel = sum(gdal.GetDataTypeSize(b.DataType) // 8 for b in bands_of(memory))
        return Trial(
            description_difference(memory, made),
            tuple(losses(memory, made)),
            size / (pixels * per_pixel),
            read,
            written,
            samples,
        )
    finally:
        made = None
        for left in gdal.ReadDir(folder) or ():
            unlink(f"{folder}/{left}")


def _sampled(dataset: Any, reported: Reported) -> tuple[Any, tuple[bytes, ...], int]:
    """A raster in memory of the corners, the middle and the edges; also how much was decoded."""
    bands = bands_of(dataset)
    size = sum(max(1, gdal.GetDataTypeSize(band.DataType) // 8) for band in bands)
    side = max(16, min(_LARGEST, int((_BYTES / (size * _SIDE**2)) ** 0.5)))
    width, height = min(side, dataset.RasterXSize), min(side, dataset.RasterYSize)
    columns = _starts(dataset.RasterXSize, width)
    rows = _starts(dataset.RasterYSize, height)
    pixel_type = bands[0].GetMetadataItem("PIXELTYPE", "IMAGE_STRUCTURE")
    memory = gdal.GetDriverByName("MEM").Create(
        "", width * len(columns), height * len(rows), len(bands), bands[0].DataType,
        options=[f"PIXELTYPE={pixel_type}"] if pixel_type else [],
    )  # fmt: skip
    if any(own_mask(band) for band in bands):
        memory.CreateMaskBand(gdal.GMF_PER_DATASET)
        memory.GetRasterBand(1).GetMaskBand().Fill(255)
    decoded = 0
    for i, y in enumerate(rows):  # from the top: some formats can only be read downwards
        for j, x in enumerate(columns):
            data = reported.need(dataset.ReadRaster(x, y, width, height))
            memory.WriteRaster(j * width, i * height, width, height, bytes(data))
            decoded += _touched(bands[0], x, y, width, height)
    shown = range(1, min(len(bands), 4) + 1)
    samples = tuple(bytes(memory.GetRasterBand(number).ReadRaster()) for number in shown)
    return memory, samples, decoded


def _starts(whole: int, part: int) -> list[int]:
    return sorted({(whole - part) * i // (_SIDE - 1) for i in range(_SIDE)})


def _touched(band: Any, x: int, y: int, width: int, height: int) -> int:
    """Pixels of the blocks that a window reads."""
    across, down = band.GetBlockSize()
    columns = min(band.XSize, -(-(x + width) // across) * across) - x // across * across
    rows = min(band.YSize, -(-(y + height) // down) * down) - y // down * down
    return int(columns * rows)
