# SPDX-License-Identifier: GPL-2.0-or-later
"""The range of a raster's values for its display, from as few pixels as are enough for it.

Nothing is read in full resolution, unless it is small, and nothing is written: what GDAL computes
with `ComputeStatistics` it would keep in an ``.aux.xml``.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, compress

from osgeo import gdal

from cog_browser.cog.gdal_call import Reported, gdal_errors
from cog_browser.storage.errors import RasterError

#: Values that are read at most, unless a single block has more.
BUDGET = 2_000_000
#: An overview with fewer pixels is too coarse to stand for the raster.
_ENOUGH = 10_000
#: Blocks that are read where there is no small overview.
_BLOCKS = 12
#: Whole numbers within this range are counted one by one.
_COUNTABLE = 65536
_BUCKETS = 4096
#: A cut that spans fewer buckets is narrowed down: one stray value may stretch the range a lot.
_FINE, _ROUNDS = 64, 12
_WHOLE = ("Byte", "Int8", "UInt16", "Int16", "UInt32", "Int32")

Range = tuple[float, float]


@dataclass(frozen=True)
class Statistics:
    """What is known of a band's values, as they are stored."""

    minimum: float
    maximum: float
    mean: float
    deviation: float

    def spread(self, deviations: float) -> Range:
        """So many standard deviations around the mean, within the values that there are."""
        reach = deviations * self.deviation
        return max(self.minimum, self.mean - reach), min(self.maximum, self.mean + reach)


def stored_statistics(source: str, bands: Sequence[int]) -> list[Statistics] | None:
    """The statistics in the file's metadata; None unless all bands have some that can be true.

    Reads no pixel. Raises `RasterError`, whose text doesn't name the ``source``.
    """
    with gdal_errors("its pixels can't be read", spelling={source: "the source"}) as gdal_call:
        dataset = gdal_call.need(gdal.OpenEx(source, gdal.OF_RASTER | gdal.OF_READONLY))
        found = [_stored(dataset.GetRasterBand(band)) for band in bands]
    known = [statistics for statistics in found if statistics is not None]
    return known if len(known) == len(found) else None


class Sample:
    """Pixels of some bands that stand for the whole raster, held in memory.

    They are those of the coarsest overview that is fine enough, or some of its blocks where it is
    large. Raises `RasterError`, whose text doesn't name the ``source``, when they can't be read.
    """

    def __init__(self, source: str, bands: Sequence[int]) -> None:
        flags = gdal.OF_RASTER | gdal.OF_READONLY
        with gdal_errors("its pixels can't be read", spelling={source: "the source"}) as gdal_call:
            dataset = gdal_call.need(gdal.OpenEx(source, flags))
            level = _coarsest(dataset.GetRasterBand(1))
            if level is not None:
                options = [f"OVERVIEW_LEVEL={level}"]
                dataset = gdal_call.need(gdal.OpenEx(source, flags, open_options=options))
            windows = _windows(dataset, len(bands))
            self._parts = {
                band: [_copy(gdal_call, dataset.GetRasterBand(band), one) for one in windows]
                for band in bands
            }
            self._types = {band: dataset.GetRasterBand(band).DataType for band in bands}

    def range(self, band: int) -> Range | None:
        """Minimum and maximum; None where no pixel is valid."""
        found = [limits for limits in map(_limits, self._bands(band)) if limits is not None]
        return (min(low for low, _ in found), max(high for _, high in found)) if found else None

    def cut(self, band: int, lower: float, upper: float) -> Range | None:
        """The values below which the fractions ``lower`` and ``upper`` of all pixels lie."""
        found = self.range(band)
        if found is None:
            return None
        low, high = found
        if high - low < _COUNTABLE and self._is_whole(band):
            counts = self._histogram(band, low - 0.5, high + 0.5, int(high - low) + 1)
            first, last = _positions(counts, lower, upper)
            return low + first, low + last
        for _ in range(_ROUNDS):
            if not low < high:
                break
            first, last = _positions(self._histogram(band, low, high, _BUCKETS), lower, upper)
            width = (high - low) / _BUCKETS
            low, high = low + first * width, low + (last + 1) * width
            if last - first >= _FINE:
                break
        return low, high

    def spread(self, band: int, deviations: float) -> Range | None:
        """So many standard deviations around the mean, within the values that there are."""
        found = self.range(band)
        if found is None or not found[0] < found[1]:
            return found
        counts = self._histogram(band, *found, _BUCKETS)
        width, total = (found[1] - found[0]) / _BUCKETS, sum(counts)
        middles = [found[0] + (index + 0.5) * width for index in range(_BUCKETS)]
        mean = sum(n * value for n, value in zip(counts, middles)) / total
        variance = sum(n * (value - mean) ** 2 for n, value in zip(counts, middles)) / total
        return Statistics(*found, mean, math.sqrt(variance)).spread(deviations)

    def _bands(self, band: int) -> list[gdal.Band]:
        return [part.GetRasterBand(1) for part in self._parts[band]]

    def _is_whole(self, band: int) -> bool:
        return gdal.GetDataTypeName(self._types[band]) in _WHOLE

    def _histogram(self, band: int, low: float, high: float, buckets: int) -> list[int]:
        """How many values each bucket has; those outside are counted at the ends."""
        with gdal_errors("The values can't be counted"):
            counted = [
                one.GetHistogram(low, high, buckets, include_out_of_range=1, approx_ok=0)
                for one in self._bands(band)
            ]
        return [sum(parts) for parts in zip(*counted)]


def _stored(band: gdal.Band) -> Statistics | None:
    try:
        found = [
            float(band.GetMetadataItem(f"STATISTICS_{name}"))
            for name in ("MINIMUM", "MAXIMUM", "MEAN", "STDDEV")
        ]
    except (TypeError, ValueError):  # missing, or no number
        return None
    low, high, mean, deviation = found
    can_be_true = all(map(math.isfinite, found)) and low <= mean <= high and deviation >= 0
    return Statistics(low, high, mean, deviation) if can_be_true else None


def _coarsest(band: gdal.Band) -> int | None:
    """The overview with the fewest pixels that are enough; None where there is none."""
    overviews = [band.GetOverview(level) for level in range(band.GetOverviewCount())]
    sizes = [(one.XSize * one.YSize, level) for level, one in enumerate(overviews)]
    enough = [size for size in sizes if size[0] >= _ENOUGH]
    return min(enough)[1] if enough else None


def _windows(dataset: gdal.Dataset, band_count: int) -> list[list[int]]:
    """All of the dataset, or some of its blocks, spread over it: column, row, width, height."""
    columns, rows = dataset.RasterXSize, dataset.RasterYSize
    is_by_pixel = dataset.GetMetadataItem("INTERLEAVE", "IMAGE_STRUCTURE") == "PIXEL"
    depth = dataset.RasterCount if is_by_pixel else band_count
    if columns * rows * depth <= BUDGET:
        return [[0, 0, columns, rows]]
    width, height = dataset.GetRasterBand(1).GetBlockSize()
    count = max(1, min(_BLOCKS, BUDGET // (width * height * depth)))
    across, down = math.ceil(columns / width), math.ceil(rows / height)
    found = []
    for index in range(count):
        # Even in rows and, by the golden ratio, in columns: blocks may be tiles or strips.
        x = int((index + 0.5) * 0.618 % 1 * across) * width
        y = int((index + 0.5) / count * down) * height
        found.append([x, y, min(width, columns - x), min(height, rows - y)])
    return found


def _copy(gdal_call: Reported, band: gdal.Band, window: list[int]) -> gdal.Dataset:
    """A part of a band in memory, without what a mask or alpha band takes away.

    GDAL's histograms count those pixels, at least up to 3.6; they know nodata. (gdal.Translate
    would do, but looks for two dozen files with metadata beside the raster.)
    """
    columns, rows, kind = window[2], window[3], band.DataType
    data = gdal_call.need(band.ReadRaster(*window))
    if band.GetMaskFlags() & gdal.GMF_PER_DATASET:
        kind = gdal.GDT_Float64
        values = memoryview(band.ReadRaster(*window, buf_type=kind)).cast("d")
        mask = gdal_call.need(band.GetMaskBand().ReadRaster(*window, buf_type=gdal.GDT_Byte))
        valid = array("d", compress(values, mask)) or array("d", [math.nan])
        columns, rows, data = len(valid), 1, valid.tobytes()
    dataset = gdal.GetDriverByName("MEM").Create("", columns, rows, 1, kind)
    copy = dataset.GetRasterBand(1)
    copy.WriteRaster(0, 0, columns, rows, bytes(data))
    if kind == band.DataType and band.GetNoDataValue() is not None:
        copy.SetNoDataValue(band.GetNoDataValue())
    return dataset


def _limits(band: gdal.Band) -> Range | None:
    try:
        with gdal_errors("No pixel is valid"):
            low, high = band.ComputeRasterMinMax(False)
    except (RasterError, TypeError, ValueError):
        return None
    return (low, high) if math.isfinite(low) and math.isfinite(high) else None


def _positions(counts: list[int], lower: float, upper: float) -> tuple[int, int]:
    """The buckets in which the fractions ``lower`` and ``upper`` of what was counted end."""
    below = list(accumulate(counts))
    last = len(counts) - 1
    return (
        min(last, bisect_left(below, max(1, lower * below[-1]))),
        min(last, bisect_left(below, upper * below[-1])),
    )
