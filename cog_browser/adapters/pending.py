# SPDX-License-Identifier: GPL-2.0-or-later
"""Placeholders: layers that are there before their object can be read.

A placeholder is a tiny dataset in GDAL's memory without any source: QGIS opens it at once, and
keeps what the project says of the layer. It has so many bands that every renderer keeps its own.
A read of it fails with a reason, so nothing takes it for nodata. See ``docs/decisions/``.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from html import escape
from urllib.parse import quote, unquote

from osgeo import gdal

from cog_browser.cog.mosaic.document import is_document

_FOLDER, _SUFFIX = "/vsimem/cog_browser/pending/", ".vrt"
_BANDS = 256
_MOSAIC = "mosaic:"  # a quoted source has no colon


def placeholder(saved_source: str) -> str:
    """The source of a placeholder that stands for a saved form. Thread: any."""
    if is_document(saved_source):
        return _of_mosaic(saved_source)
    path = f"{_FOLDER}{quote(saved_source, safe='')}{_SUFFIX}"
    if gdal.VSIStatL(path) is None:
        name = "".join(
            c for c in unquote(saved_source.partition("#")[0].rsplit("/", 1)[-1]) if c.isprintable()
        )
        gdal.FileFromMemBuffer(path, _document(f"“{name}” waits for a sign-in"))
    return path


def saved_source_of_placeholder(source: str) -> str | None:
    """The saved form that a placeholder stands for; None for any other source. Thread: any."""
    if not (source.startswith(_FOLDER) and source.endswith(_SUFFIX)):
        return None
    name = source[len(_FOLDER) : -len(_SUFFIX)]
    return _saved_mosaic(name) if name.startswith(_MOSAIC) else unquote(name)


def _of_mosaic(document: str) -> str:
    """A mosaic's saved form is too long for a name: it is a file in GDAL's memory as well."""
    name = f"{_MOSAIC}{hashlib.sha256(document.encode()).hexdigest()}"
    path = f"{_FOLDER}{name}{_SUFFIX}"
    if gdal.VSIStatL(path) is None:
        gdal.FileFromMemBuffer(f"{_FOLDER}{name}", document.encode())
        gdal.FileFromMemBuffer(path, _document("The mosaic waits for a sign-in"))
    return path


@lru_cache(maxsize=64)
def _saved_mosaic(name: str) -> str | None:
    found = gdal.VSIStatL(f"{_FOLDER}{name}")
    if found is None:
        return None
    file = gdal.VSIFOpenL(f"{_FOLDER}{name}", "rb")
    try:
        return bytes(gdal.VSIFReadL(1, found.size, file)).decode()
    finally:
        gdal.VSIFCloseL(file)


@lru_cache(maxsize=64)
def _document(reason: str) -> bytes:
    # GDAL looks the function up when pixels are read, fails, and names it in the error.
    bands = "".join(
        f'<VRTRasterBand dataType="Float32" band="{band}" subClass="VRTDerivedRasterBand">'
        f"<NoDataValue>nan</NoDataValue><PixelFunctionType>{escape(reason)}</PixelFunctionType>"
        "</VRTRasterBand>"
        for band in range(1, _BANDS + 1)
    )
    return (
        '<VRTDataset rasterXSize="1" rasterYSize="1">'
        f"<GeoTransform>0,1e-6,0,0,0,-1e-6</GeoTransform>{bands}</VRTDataset>"
    ).encode()
