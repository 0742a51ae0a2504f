# SPDX-License-Identifier: GPL-2.0-or-later
"""All that an object's headers tell of it: what a person wants to know before adding it."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from osgeo import gdal

from cog_browser.cog.conversion.false_alpha import wavelength_of
from cog_browser.cog.conversion.profiles import bands_of
from cog_browser.cog.conversion.proof import crs_of
from cog_browser.cog.dates import TimeRange, acquisition_range
from cog_browser.cog.gdal_call import datasets_released, gdal_errors
from cog_browser.cog.gdal_opinion import view_of_pieces
from cog_browser.cog.report import CogReport
from cog_browser.cog.rules.gather import gather
from cog_browser.cog.sources import open_raster
from cog_browser.cog.tiff.byte_sources import ByteSource, object_source
from cog_browser.cog.tiff.counted_reads import CountedReads
from cog_browser.cog.validate import name_of, report_of
from cog_browser.storage.errors import Cancelled, RasterError
from cog_browser.storage.models import ObjectEntry, ObjectRef
from cog_browser.storage.swift.object_headers import read_headers
from cog_browser.storage.swift.store import SwiftStore

#: What a badge says.
VALID, WITH_WARNINGS, NO_COG, NO_RASTER = "valid", "valid with warnings", "no COG", "no raster"
_DATES = re.compile(r"date|time|acquisition|start|stop", re.IGNORECASE)
_A_DATE = re.compile(r"\d{4}[-:/.]?\d\d[-:/.]?\d\d")
_MOST_DATES, _MOST_BANDS, _MOST_TEXT = 50, 1000, 200


@dataclass(frozen=True)
class Band:
    """``colour`` is GDAL's word for what the band means, "" where it means nothing special.

    ``wavelength`` is its centre in nanometres, where the file tells. ``palette`` has four numbers
    from 0 to 255 for each value.
    """

    number: int
    name: str
    dtype: str
    colour: str
    unit: str
    nodata: float | int | None
    wavelength: float | None = None
    scale: float | None = None
    offset: float | None = None
    palette: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True)
class Description:
    """``headers`` are the store's, by name. ``corners`` in the CRS, around the image.

    ``transform`` is GDAL's from pixels to the CRS, empty where there is none.
    """

    entry: ObjectEntry
    report: CogReport
    headers: tuple[tuple[str, str], ...] = ()
    bands: tuple[Band, ...] = ()
    dates: tuple[tuple[str, str], ...] = ()
    taken: TimeRange | None = None
    crs_wkt: str = ""
    corners: tuple[tuple[float, float], ...] = ()
    transform: tuple[float, ...] = ()

    @property
    def verdict(self) -> str:
        """One of the four above."""
        if any(finding.id == "T-HEAD" for finding in self.report.errors):
            return NO_RASTER
        if not self.report.is_valid:
            return NO_COG
        return WITH_WARNINGS if self.report.warnings else VALID


def describe(
    reference: ObjectRef, is_wanted: Callable[[], bool] = lambda: True, profile: str = "cog"
) -> Description:
    """Read an object's headers: one HEAD, then at most three GETs and 64 KiB.

    What is no raster is described as such. ``profile`` is whose rules the report goes by.
    ``is_wanted`` is asked before each read; no ends it.

    Raises:
      StoreError: The object can't be read.
      Cancelled: It is no longer wanted.
    """
    entry, headers = _head(reference)
    opened = _while_wanted(object_source(reference, entry), is_wanted)
    with datasets_released():
        reads = CountedReads(opened)
        file = gather(opened, reads, full=False, progress=None)
        report = report_of(reference, file, reads, profile)
        report = replace(report, layout=())  # long, and not shown here
        described = Description(entry, report, headers)
        if not file.ifds or file.too_many_blocks:
            return described
        with (
            suppress(RasterError),
            view_of_pieces(reads.pieces, file.size) as path,
            gdal_errors(name_of(reference), spelling={path: name_of(reference)}),
        ):
            return _with_raster(described, open_raster(path, drivers=["GTiff"]))
    return described


def _head(reference: ObjectRef) -> tuple[ObjectEntry, tuple[tuple[str, str], ...]]:
    store, container, key = reference.store, reference.container, reference.key
    if isinstance(store, SwiftStore):
        return read_headers(store, container, key)
    return store.head_object(container, key), ()


def _while_wanted(source: ByteSource, is_wanted: Callable[[], bool]) -> ByteSource:
    def read(offset: int, n: int) -> bytes:
        if not is_wanted():
            raise Cancelled
        return source.read(offset, n)

    return replace(source, read=read)


def _with_raster(described: Description, dataset: Any) -> Description:
    crs, transform = crs_of(dataset), dataset.GetGeoTransform(can_return_null=True)
    columns, rows = dataset.RasterXSize, dataset.RasterYSize
    corners: tuple[tuple[float, float], ...] = ()
    if transform is not None:
        around = ((0, 0), (columns, 0), (columns, rows), (0, rows))
        corners = tuple(
            tuple(gdal.ApplyGeoTransform(transform, float(x), float(y))) for x, y in around
        )
    return replace(
        described,
        bands=tuple(_band(band, i) for i, band in enumerate(bands_of(dataset)[:_MOST_BANDS], 1)),
        dates=_dates(dataset),
        taken=acquisition_range(dataset.GetMetadata() or {}, described.entry.key),
        crs_wkt=crs.ExportToWkt(["FORMAT=WKT2_2019"]) if crs is not None else "",
        corners=corners,
        transform=tuple(transform or ()),
    )


def _band(band: Any, number: int) -> Band:
    meaning = band.GetColorInterpretation()
    plain = meaning in (gdal.GCI_Undefined, gdal.GCI_GrayIndex)
    return Band(
        number,
        (band.GetDescription() or "")[:_MOST_TEXT],
        gdal.GetDataTypeName(band.DataType),
        "" if plain else gdal.GetColorInterpretationName(meaning),
        (band.GetUnitType() or "")[:_MOST_TEXT],
        band.GetNoDataValue(),
        wavelength_of(band),
        band.GetScale(),
        band.GetOffset(),
        _palette(band),
    )


def _palette(band: Any) -> tuple[tuple[int, ...], ...]:
    table = band.GetColorTable()
    return tuple(map(table.GetColorEntry, range(table.GetCount()))) if table is not None else ()


def _dates(dataset: Any) -> tuple[tuple[str, str], ...]:
    """Metadata that is called so and looks so, in the producer's words."""
    found = [
        (name[:_MOST_TEXT], value[:_MOST_TEXT])
        for name, value in (dataset.GetMetadata() or {}).items()
        if _DATES.search(name) and _A_DATE.search(value)
    ]
    return tuple(found[:_MOST_DATES])
