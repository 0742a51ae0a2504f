# SPDX-License-Identifier: GPL-2.0-or-later
"""Nodata values that don't do what their author meant, found before overviews average them."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Sequence
from operator import ne
from typing import Any

from osgeo import gdal

from cog_browser.cog.conversion.profiles import bands_of
from cog_browser.cog.gdal_call import Reported

_WHOLE = {  # the range of each integer type
    "Byte": (0, 2**8 - 1), "Int8": (-(2**7), 2**7 - 1),
    "UInt16": (0, 2**16 - 1), "Int16": (-(2**15), 2**15 - 1),
    "UInt32": (0, 2**32 - 1), "Int32": (-(2**31), 2**31 - 1),
    "UInt64": (0, 2**64 - 1), "Int64": (-(2**63), 2**63 - 1),
}  # fmt: skip
_LOWEST = (-3.4028234663852886e38, -1.7976931348623157e308)  # of the floating point types
_USUAL = (-9999.0, -99999.0, -32768.0, -32767.0, -999.0, *_LOWEST)
_NOTABLE = 0.01  # of the sampled pixels
_CORNER = 16  # pixels in each direction


def nodata_warnings(dataset: Any, samples: Sequence[bytes], averaged: bool) -> Iterator[str]:
    """What is odd about nodata, in sentences. ``samples`` has pixels of each of the first bands."""
    for number, band in enumerate(bands_of(dataset), 1):
        impossible = _impossible_value(band)
        if impossible is not None:
            yield (
                f"The nodata value {impossible} of band {number} can't occur in "
                f"{gdal.GetDataTypeName(band.DataType)} pixels, so every pixel counts as data."
            )
    if not averaged:
        return
    for number, (band, pixels) in enumerate(zip(bands_of(dataset), samples), 1):
        if not band.GetMaskFlags() & gdal.GMF_ALL_VALID:
            continue
        found = _usual_fill(band, pixels)
        if found is not None:
            value, share = found
            spoilt = "lose what is beside them" if math.isnan(value) else "average them with data"
            shown = "NaN" if math.isnan(value) else f"{value:g}"
            yield (
                f"About {100 * share:.0f} % of the pixels of band {number} are {shown} and no "
                f"nodata value is declared, so the overviews will {spoilt}. If they mean “no "
                f"data”, declare it first (gdal_edit.py -a_nodata {shown})."
            )


def undeclared_edge(dataset: Any, chosen: Sequence[int], reported: Reported) -> Iterator[str]:
    """A sentence if a corner looks like nodata that nobody has declared, and would be drawn."""
    bands = [dataset.GetRasterBand(number) for number in chosen]
    if not all(band.GetMaskFlags() & gdal.GMF_ALL_VALID for band in bands):
        return
    width, height = min(_CORNER, dataset.RasterXSize), min(_CORNER, dataset.RasterYSize)
    right, bottom = dataset.RasterXSize - width, dataset.RasterYSize - height
    found: dict[float, list[str]] = {}
    for corner, x, y in (
        ("upper left", 0, 0), ("upper right", right, 0),
        ("lower left", 0, bottom), ("lower right", right, bottom),
    ):  # fmt: skip
        values = set()
        for band in bands:
            data = band.ReadRaster(x, y, width, height, buf_type=gdal.GDT_Float64)
            values |= set(array("d", bytes(reported.need(data))))
        fills = {0.0, *_USUAL, float(_WHOLE.get(_kind(bands[0]), (0, 0))[1])}
        if len(values) == 1 and values <= fills:
            found.setdefault(values.pop(), []).append(corner)
    for value, corners in found.items():
        yield (
            f"All pixels in the {' and the '.join(corners)} corner of the raster are {value:g} and "
            "no nodata value is declared, so they will cover the map as black or white. If they "
            f"mean “no data”, declare it first (gdal_edit.py -a_nodata {value:g})."
        )


def _kind(band: Any) -> str:
    return str(gdal.GetDataTypeName(band.DataType))


def _impossible_value(band: Any) -> float | None:
    value = band.GetNoDataValue()
    kind = gdal.GetDataTypeName(band.DataType)
    if value is None or kind not in _WHOLE:
        return None
    low, high = _WHOLE[kind]
    if band.GetMetadataItem("PIXELTYPE", "IMAGE_STRUCTURE") == "SIGNEDBYTE":
        low, high = _WHOLE["Int8"]
    fits = math.isfinite(value) and low <= value <= high and value == int(value)
    return None if fits else float(value)


def _usual_fill(band: Any, pixels: bytes) -> tuple[float, float] | None:
    """The most frequent of the values that usually mean “no data”, and its share."""
    code = {"Int16": "h", "Int32": "i", "Float32": "f", "Float64": "d"}.get(
        gdal.GetDataTypeName(band.DataType)
    )
    if code is None:
        return None
    values: array[Any] = array(code, pixels)
    if not values:
        return None
    whole = code in "hi"
    counts = {each: values.count(int(each) if whole else each) for each in _USUAL}
    suspects = {value: count for value, count in counts.items() if count}
    if not whole:
        suspects[math.nan] = sum(map(ne, values, values))  # NaN alone differs from itself
    if not suspects:
        return None
    value = max(suspects, key=lambda each: suspects[each])
    share = suspects[value] / len(values)
    return (value, share) if share >= _NOTABLE else None
