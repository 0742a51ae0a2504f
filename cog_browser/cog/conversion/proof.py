# SPDX-License-Identifier: GPL-2.0-or-later
"""Proof that a converted raster is its source, bit by bit.

GDAL's checksums don't do: they have 16 bits and can't tell one NaN from another. Both rasters are
read window by window and their bytes compared, in bounded memory; a SHA-256 of each band lets
others repeat the comparison.
"""

from __future__ import annotations

import hashlib
import logging
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Optional

from osgeo import gdal, osr

from cog_browser.cog.conversion.metadata import domains_of
from cog_browser.cog.conversion.profiles import bands_of
from cog_browser.cog.gdal_call import Reported, gdal_errors
from cog_browser.storage.errors import ConversionError
from cog_browser.storage.progress import Progress, report

_log = logging.getLogger(__name__)

_WINDOW_BYTES = 16 * 2**20  # per raster
_NONZERO_IS_VALID = bytes([0]) + bytes([255]) * 255
_STATED_ELSEWHERE = ("AREA_OR_POINT", "TIFFTAG_", "STATISTICS_")


@dataclass(frozen=True)
class Proof:
    """That nothing differs.

    ``checksums`` has the SHA-256 of each band's pixels, row by row, in this computer's byte order;
    None where a row of tiles is too large to be read whole.
    """

    checksums: Optional[tuple[str, ...]]


def prove_exact(source: Any, result: Any, name: str, progress: Progress | None = None) -> Proof:
    """Compare pixels, masks, georeference and band properties of two open datasets.

    Raises `ConversionError` for the first difference in anything that a GeoTIFF can hold. What it
    can't (see `losses`) is no matter of this.
    """
    doing = f"{name} can't be compared with its source"
    with gdal_errors(doing, ConversionError) as reported:
        difference = description_difference(source, result)
        checksums = _Checksums(result)
        if difference is None:
            difference = _difference_in_pixels(source, result, checksums, reported, progress)
        if difference is not None:
            raise ConversionError(
                f"{name} was not made: the converted file differs from its source in {difference}."
            )
    return Proof(checksums.digests())


class _Checksums:
    """Of the bands, as long as they are read row by row."""

    def __init__(self, dataset: Any) -> None:
        self._whole_rows = _window_size(dataset)[0] >= dataset.RasterXSize
        self._hashes = [hashlib.sha256() for _ in range(dataset.RasterCount)]

    def add(self, group: list[int], pixels: bytes) -> None:
        if self._whole_rows:
            size = len(pixels) // len(group)
            for i, number in enumerate(group):
                self._hashes[number - 1].update(memoryview(pixels)[i * size : (i + 1) * size])

    def digests(self) -> tuple[str, ...] | None:
        return tuple(each.hexdigest() for each in self._hashes) if self._whole_rows else None


def description_difference(source: Any, result: Any) -> str | None:
    """What a TIFF can hold besides pixels and is not the same, in words; None where all is."""
    for what, describe in (
        ("its size", lambda d: (d.RasterXSize, d.RasterYSize)),
        ("the number of bands", lambda d: d.RasterCount),
        ("the data type", lambda d: [b.DataType for b in bands_of(d)]),
        ("the ground control points", _control_points),
    ):
        if describe(source) != describe(result):
            return what
    if not _same_transform(source, result):
        return "the geotransform"
    if not same_crs(source, result):
        crs = crs_of(source)
        name = crs.GetName() if crs else "none"
        return (
            f"the coordinate reference system ({name}); if GeoTIFF can't hold it, reproject first"
        )
    if not _same_rpc(source, result):
        return "the rational polynomial coefficients (RPC)"
    for number, (one, other) in enumerate(zip(bands_of(source), bands_of(result)), 1):
        for what, differs in (
            ("the nodata value", not same_number(one.GetNoDataValue(), other.GetNoDataValue())),
            ("the scale", (one.GetScale() or 1.0) != (other.GetScale() or 1.0)),
            ("the offset", (one.GetOffset() or 0.0) != (other.GetOffset() or 0.0)),
            ("the unit", one.GetUnitType() != other.GetUnitType()),
            ("the description", one.GetDescription() != other.GetDescription()),
            ("the signedness", _signed_byte(one) != _signed_byte(other)),
            ("the alpha channel", _is_alpha(one) != _is_alpha(other)),
            ("the colour table", _colours_differ(source, one, other)),
            ("the kind of mask", _mask_kind(one) != _mask_kind(other)),
        ):
            if differs:
                return f"{what} of band {number}"
    return None


def same_number(one: float | None, other: float | None) -> bool:
    """Equal, or both NaN, or both missing."""
    if one is None or other is None:
        return one is other
    return one == other or (math.isnan(one) and math.isnan(other))


def _control_points(dataset: Any) -> list[tuple[float, ...]]:
    points = dataset.GetGCPs() if dataset.GetGCPCount() else ()
    return [(p.GCPPixel, p.GCPLine, p.GCPX, p.GCPY, p.GCPZ) for p in points]


def _same_transform(source: Any, result: Any) -> bool:
    one = source.GetGeoTransform(can_return_null=True)
    other = result.GetGeoTransform(can_return_null=True)
    if one is None or source.GetGCPCount():  # GDAL writes either of them, GCPs first
        return True
    if other is None:
        return bool(one == (0.0, 1.0, 0.0, 0.0, 0.0, 1.0))
    pixel = max(abs(v) for v in (one[1], one[2], one[4], one[5]))
    size = (0, source.RasterXSize, source.RasterYSize)
    parts = zip(one, other, size + size)
    # far below what shifts anything: 10⁻⁶ pixels at the far corner
    return all(abs(a - b) * (n or 1) <= 1e-6 * pixel for a, b, n in parts)


def crs_of(dataset: Any) -> Any | None:
    """The spatial reference of the raster, or that of its ground control points."""
    crs = dataset.GetSpatialRef()
    if crs is None and dataset.GetGCPCount():
        crs = dataset.GetGCPSpatialRef()
    return crs


def same_crs(source: Any, result: Any) -> bool:
    """Whether both name the same place by the same numbers, however they write it."""
    one, other = crs_of(source), crs_of(result)
    if one is None or other is None:
        return one is other
    if one.IsSame(other, ["IGNORE_DATA_AXIS_TO_SRS_AXIS_MAPPING=YES"]):
        return True
    transform = source.GetGeoTransform(can_return_null=True)
    if transform is None or one.IsLocal() or other.IsLocal():
        return False
    one, other = one.Clone(), other.Clone()
    for crs in (one, other):
        crs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        shift = osr.CoordinateTransformation(one, other)
        pixel = max(abs(v) for v in (transform[1], transform[2], transform[4], transform[5]))
        corners = [
            gdal.ApplyGeoTransform(transform, x * source.RasterXSize, y * source.RasterYSize)
            for x, y in ((0, 0), (1, 0), (0.5, 0.5), (0, 1), (1, 1))
        ]
        moved = [shift.TransformPoint(*corner)[:2] for corner in corners]
    except (RuntimeError, TypeError, ValueError):
        return False
    finally:
        gdal.PopErrorHandler()
    pairs = [(a, b) for corner, there in zip(corners, moved) for a, b in zip(corner, there)]
    return all(math.isfinite(b) and abs(a - b) <= 1e-3 * pixel for a, b in pairs)


def _same_rpc(source: Any, result: Any) -> bool:
    wanted, got = source.GetMetadata("RPC") or {}, result.GetMetadata("RPC") or {}
    for key, text in wanted.items():
        if key in ("ERR_BIAS", "ERR_RAND") and key not in got:
            continue
        numbers, others = text.split(), got.get(key, "").split()
        if len(numbers) != len(others) or not all(map(_same_text_number, numbers, others)):
            return False
    return True


def _same_text_number(one: str, other: str) -> bool:
    try:
        return math.isclose(float(one), float(other), rel_tol=1e-12, abs_tol=1e-300)
    except ValueError:
        return one == other


def _signed_byte(band: Any) -> bool:
    return bool(band.GetMetadataItem("PIXELTYPE", "IMAGE_STRUCTURE") == "SIGNEDBYTE")


def _is_alpha(band: Any) -> bool:
    return bool(band.GetColorInterpretation() == gdal.GCI_AlphaBand)


def _colours(band: Any) -> list[tuple[int, ...]]:
    table = band.GetColorTable()
    if table is None:
        return []
    return [tuple(table.GetColorEntry(i)[:3]) for i in range(table.GetCount())]


def _colours_differ(source: Any, one: Any, other: Any) -> bool:
    if source.RasterCount > 1 or one.DataType not in (gdal.GDT_Byte, gdal.GDT_UInt16):
        return False  # TIFF holds none there; `losses` tells
    wanted = _colours(one)
    return wanted != _colours(other)[: len(wanted)]


def own_mask(band: Any) -> bool:
    """Whether there is a mask of its own, neither alpha nor nodata."""
    flags = band.GetMaskFlags()
    return not flags & (gdal.GMF_ALL_VALID | gdal.GMF_ALPHA | gdal.GMF_NODATA)


def _mask_kind(band: Any) -> int:
    return gdal.GMF_PER_DATASET if own_mask(band) else int(band.GetMaskFlags())


def _window_size(dataset: Any) -> tuple[int, int]:
    """Whole rows, of tiles where they fit; parts of a row of tiles where GDAL can't keep it.

    A tile is decoded once: GDAL's cache holds those of a row until all of it has been read.
    """
    width = dataset.RasterXSize
    block_width, block_height = dataset.GetRasterBand(1).GetBlockSize()
    per_pixel = sum(max(1, gdal.GetDataTypeSize(b.DataType) // 8) for b in bands_of(dataset))
    rows = _WINDOW_BYTES // (per_pixel * width)
    if rows >= block_height:
        return width, rows // block_height * block_height
    if 4 * per_pixel * width * block_height < gdal.GetCacheMax():
        return width, max(1, rows)
    columns = max(1, _WINDOW_BYTES // (per_pixel * block_height * block_width)) * block_width
    return min(columns, width), block_height


def _windows(dataset: Any) -> Iterator[tuple[int, int, int, int]]:
    width, height = dataset.RasterXSize, dataset.RasterYSize
    columns, rows = _window_size(dataset)
    for y in range(0, height, rows):
        for x in range(0, width, columns):
            yield x, y, min(columns, width - x), min(rows, height - y)


def _band_groups(dataset: Any, pixels: int) -> Iterator[list[int]]:
    size = max(1, gdal.GetDataTypeSize(dataset.GetRasterBand(1).DataType) // 8)
    at_once = max(1, _WINDOW_BYTES // (size * pixels))
    for first in range(1, dataset.RasterCount + 1, at_once):
        yield list(range(first, min(first + at_once, dataset.RasterCount + 1)))


def _difference_in_pixels(
    source: Any,
    result: Any,
    checksums: _Checksums,
    reported: Reported,
    progress: Progress | None,
) -> str | None:
    kind = source.GetRasterBand(1).DataType
    masks = None
    if own_mask(source.GetRasterBand(1)):
        masks = [dataset.GetRasterBand(1).GetMaskBand() for dataset in (source, result)]
    total = source.RasterXSize * source.RasterYSize
    done, partial = 0, False
    for x, y, width, height in _windows(result):
        where = f"(columns {x} to {x + width - 1}, rows {y} to {y + height - 1})"
        for group in _band_groups(result, width * height):
            pair = [
                reported.need(
                    dataset.ReadRaster(x, y, width, height, buf_type=kind, band_list=group)
                )
                for dataset in (source, result)
            ]
            if pair[0] != pair[1]:
                return f"pixel values {where}"
            checksums.add(group, pair[1])
            del pair  # before the next two windows take as much
        if masks:
            pair = [reported.need(m.ReadRaster(x, y, width, height)) for m in masks]
            if pair[0] != pair[1]:
                pair = [bytes(mask).translate(_NONZERO_IS_VALID) for mask in pair]
                if pair[0] != pair[1]:
                    return f"the mask {where}"
                partial = True
        done += width * height
        report(progress, done, total)
    if partial:
        _log.warning("The source's mask holds values between 0 and 255; TIFF keeps only 0 and 255")
    return None


def losses(source: Any, result: Any) -> Iterator[str]:
    """What the result lacks because no TIFF holds it, or not one that this GDAL writes."""
    yield from _lost_metadata(source, result, "")
    for number, (one, other) in enumerate(zip(bands_of(source), bands_of(result)), 1):
        if (one.GetCategoryNames() or []) != (other.GetCategoryNames() or []):
            yield f"category names of band {number}"
        if one.GetDefaultRAT() is not None and other.GetDefaultRAT() is None:
            yield f"raster attribute table of band {number}"
        wanted = _colours(one)
        if wanted != _colours(other)[: len(wanted)]:
            yield f"colour table of band {number}"
        colour = one.GetColorInterpretation()
        if colour not in (gdal.GCI_Undefined, other.GetColorInterpretation()):
            yield f"colour interpretation of band {number}"
        yield from _lost_metadata(one, other, f" of band {number}")


def _lost_metadata(one: Any, other: Any, of_what: str) -> Iterator[str]:
    wanted, got = one.GetMetadata() or {}, other.GetMetadata() or {}
    lost = [
        key
        for key, value in wanted.items()
        if not key.startswith(_STATED_ELSEWHERE) and got.get(key) != value
    ]
    if lost:
        yield f"metadata {', '.join(sorted(lost))}{of_what}"
    kept = domains_of(other)
    for domain, content in domains_of(one).items():
        if kept.get(domain) != content:
            yield f"metadata domain {domain}{of_what}"
