# SPDX-License-Identifier: GPL-2.0-or-later
"""Rasters that fit together, and what numpy makes of them: the judge of our mosaics."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from osgeo import gdal, osr

PIXEL = 10.0
WEST, NORTH = 500000.0, 5000000.0


def make_part(
    path: Path,
    column: float = 0,
    row: float = 0,
    size: tuple[int, int] = (700, 600),
    *,
    bands: int = 2,
    dtype: int = gdal.GDT_UInt16,
    nodata: float | None = None,
    transparency: str = "",
    pixel: float = PIXEL,
    epsg: int = 32631,
    names: Sequence[str] = (),
    wavelengths: Sequence[float] = (),
    colours: Sequence[int] = (),
    hole: tuple[int, int] | None = None,
    add: int = 0,
) -> Path:
    """A COG of noise whose corner is that many pixels of 10 m east and south of a fixed point.

    ``transparency`` is "mask" or "alpha": what is left out then has values all the same. It is a
    corner, or the columns of ``hole``. ``add`` is added to all values.
    """
    width, height = size
    memory = gdal.GetDriverByName("MEM").Create("", width, height, bands, dtype)
    memory.SetGeoTransform((WEST + PIXEL * column, pixel, 0, NORTH - PIXEL * row, 0, -pixel))
    system = osr.SpatialReference()
    system.ImportFromEPSG(epsg)
    memory.SetProjection(system.ExportToWkt())
    noise = np.random.default_rng(abs(hash((str(path.name), column, row))) % 2**32)
    most = 255 if dtype == gdal.GDT_Byte else 5000
    for number in range(1, bands + 1):
        values = noise.integers(1, most, (height, width)) + add
        band = memory.GetRasterBand(number)
        if nodata is not None:
            values[height // 4 : height // 2, width // 4 : width // 2] = (
                -1 if np.isnan(nodata) else nodata
            )
            values = np.where(values == -1, nodata, values) if np.isnan(nodata) else values
            band.SetNoDataValue(nodata)
        band.WriteArray(values)
        if number <= len(names):
            band.SetDescription(names[number - 1])
        if number <= len(wavelengths):
            text = {"wavelength": str(wavelengths[number - 1]), "wavelength_units": "nm"}
            band.SetMetadata(text)
    for number, colour in enumerate(colours, 1):
        memory.GetRasterBand(number).SetColorInterpretation(colour)
    shown = np.full((height, width), 255)
    if hole is None:
        shown[: height // 3, : width // 3] = 0
    else:
        shown[:, slice(*hole)] = 0
    if transparency == "alpha":
        memory.GetRasterBand(bands).WriteArray(shown)
        memory.GetRasterBand(bands).SetColorInterpretation(gdal.GCI_AlphaBand)
    elif transparency == "mask":
        memory.CreateMaskBand(gdal.GMF_PER_DATASET)
        memory.GetRasterBand(1).GetMaskBand().WriteArray(shown)
    options = ["COMPRESS=DEFLATE", "BLOCKSIZE=256", "OVERVIEW_RESAMPLING=NEAREST"]
    made = gdal.GetDriverByName("COG").CreateCopy(str(path), memory, options=options)
    assert made is not None
    del made
    return path


def composed(paths: Sequence[Path]) -> tuple[Any, Any]:
    """The values of all bands, and where there are any: later ones on top of earlier ones.

    Computed from what GDAL reads of each file alone, without the code under test.
    """
    opened = [gdal.Open(str(path)) for path in paths]
    places = []
    for dataset in opened:
        transform = dataset.GetGeoTransform()
        x, y = (transform[0] - WEST) / PIXEL, (NORTH - transform[3]) / PIXEL
        places.append((round(x), round(y), dataset.RasterXSize, dataset.RasterYSize))
    left, top = min(p[0] for p in places), min(p[1] for p in places)
    width = max(x + w for x, _, w, _ in places) - left
    height = max(y + h for _, y, _, h in places) - top
    first = opened[0].GetRasterBand(1)
    empty = first.GetNoDataValue()
    shape = (opened[0].RasterCount, height, width)
    values = np.full(shape, 0 if empty is None else empty, first.ReadAsArray(0, 0, 1, 1).dtype)
    valid = np.zeros((height, width), bool)
    for dataset, (x, y, w, h) in zip(opened, places):
        there = (slice(y - top, y - top + h), slice(x - left, x - left + w))
        for number in range(shape[0]):
            band = dataset.GetRasterBand(number + 1)
            mask = dataset.GetRasterBand(1 if empty is None else number + 1).GetMaskBand()
            counts = mask.ReadAsArray() != 0
            values[number][there][counts] = band.ReadAsArray()[counts]
        valid[there] |= dataset.GetRasterBand(1).GetMaskBand().ReadAsArray() != 0
    return values, valid
