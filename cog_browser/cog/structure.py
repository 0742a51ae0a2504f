# SPDX-License-Identifier: GPL-2.0-or-later
"""What a raster consists of, as plain values."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from osgeo import gdal

from cog_browser.cog.conversion.proof import crs_of, own_mask


@dataclass(frozen=True)
class Crs:
    """``authid`` like "EPSG:32633", empty where there is none; ``unit`` of its coordinates."""

    authid: str
    name: str
    unit: str


@dataclass(frozen=True)
class Overview:
    """Sizes in pixels."""

    width: int
    height: int
    block_width: int
    block_height: int


@dataclass(frozen=True)
class Structure:
    """Sizes in pixels, ``bbox`` (x min, y min, x max, y max) and ``pixel_size`` in CRS units.

    ``mask`` is one of "none", "nodata", "alpha", "mask".
    """

    width: int
    height: int
    bands: int
    dtype: str
    block_width: int
    block_height: int
    compression: str
    interleave: str
    overviews: tuple[Overview, ...]
    nodata: float | int | None
    mask: str
    crs: Crs | None
    bbox: tuple[float, float, float, float] | None
    pixel_size: tuple[float, float] | None

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; a nodata value that JSON has no number for is text ("nan")."""
        values = asdict(self)
        values["overviews"] = [asdict(overview) for overview in self.overviews]
        values["bbox"] = list(self.bbox) if self.bbox else None
        values["pixel_size"] = list(self.pixel_size) if self.pixel_size else None
        if self.nodata is not None and not math.isfinite(self.nodata):
            values["nodata"] = str(self.nodata)
        return values


def read_structure(dataset: Any) -> Structure:
    """Describe an open dataset from its headers; the caller is in a `gdal_errors` block."""
    band = dataset.GetRasterBand(1)
    block_width, block_height = band.GetBlockSize()
    layout = dataset.GetMetadata("IMAGE_STRUCTURE") or {}
    bbox, pixel_size = _extent(dataset)
    return Structure(
        width=dataset.RasterXSize,
        height=dataset.RasterYSize,
        bands=dataset.RasterCount,
        dtype=gdal.GetDataTypeName(band.DataType),
        block_width=block_width,
        block_height=block_height,
        compression=layout.get("COMPRESSION", "NONE"),
        interleave=layout.get("INTERLEAVE", ""),
        overviews=tuple(
            Overview(level.XSize, level.YSize, *level.GetBlockSize())
            for level in (band.GetOverview(i) for i in range(band.GetOverviewCount()))
        ),
        nodata=band.GetNoDataValue(),
        mask=_mask(band),
        crs=_crs(dataset),
        bbox=bbox,
        pixel_size=pixel_size,
    )


def _mask(band: Any) -> str:
    flags = band.GetMaskFlags()
    if own_mask(band):
        return "mask"
    if flags & gdal.GMF_ALPHA:
        return "alpha"
    return "nodata" if flags & gdal.GMF_NODATA else "none"


def _crs(dataset: Any) -> Crs | None:
    crs = crs_of(dataset)
    if crs is None:
        return None
    authority, code = crs.GetAuthorityName(None), crs.GetAuthorityCode(None)
    geographic = bool(crs.IsGeographic())
    unit = crs.GetAngularUnitsName() if geographic else crs.GetLinearUnitsName()
    return Crs(f"{authority}:{code}" if authority and code else "", crs.GetName() or "", unit or "")


def _extent(
    dataset: Any,
) -> tuple[tuple[float, float, float, float] | None, tuple[float, float] | None]:
    transform = dataset.GetGeoTransform(can_return_null=True)
    if transform is None:
        return None, None
    corners = [
        gdal.ApplyGeoTransform(transform, float(x), float(y))
        for x in (0, dataset.RasterXSize)
        for y in (0, dataset.RasterYSize)
    ]
    xs, ys = [corner[0] for corner in corners], [corner[1] for corner in corners]
    size = (math.hypot(transform[1], transform[4]), math.hypot(transform[2], transform[5]))
    return (min(xs), min(ys), max(xs), max(ys)), size
