# SPDX-License-Identifier: GPL-2.0-or-later
"""Rasters made for tests."""

from __future__ import annotations

import functools
import random
import tempfile
from pathlib import Path

from osgeo import gdal, osr

EPSG_UTM31 = 32631


def make_cog(path: Path, width: int = 2000, height: int = 1500, bands: int = 1) -> Path:
    """A georeferenced uint16 COG of noise, 10 m pixels, so that every block differs."""
    path.write_bytes(_cog(width, height, bands))
    return path


@functools.lru_cache(maxsize=8)
def _cog(width: int, height: int, bands: int) -> bytes:
    memory = gdal.GetDriverByName("MEM").Create("", width, height, bands, gdal.GDT_UInt16)
    memory.SetGeoTransform((500000, 10, 0, 5000000, 0, -10))
    system = osr.SpatialReference()
    system.ImportFromEPSG(EPSG_UTM31)
    memory.SetProjection(system.ExportToWkt())
    source = random.Random(width * 31 + height)
    for band in range(1, bands + 1):
        data = source.randbytes(width * height * 2)
        memory.GetRasterBand(band).WriteRaster(0, 0, width, height, data)
    options = ["COMPRESS=DEFLATE", "BLOCKSIZE=512", "OVERVIEW_RESAMPLING=NEAREST"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "noise.tif"
        cog = gdal.GetDriverByName("COG").CreateCopy(str(path), memory, options=options)
        assert cog is not None
        del cog
        return path.read_bytes()


def checksums(dataset: gdal.Dataset) -> list[int]:
    """GDAL's checksum of every band."""
    return [dataset.GetRasterBand(i + 1).Checksum() for i in range(dataset.RasterCount)]
