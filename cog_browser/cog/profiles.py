# SPDX-License-Identifier: GPL-2.0-or-later
"""Named sets of creation options, each fitted to the raster at hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from osgeo import gdal

from cog_browser.cog.gdal_call import gdal_errors
from cog_browser.storage.errors import ConfigurationError, ConversionError


@dataclass(frozen=True)
class Profile:
    """``options(dataset)`` gives the creation options; ``lossless`` refuses any that alter pixels.

    Options the running GDAL doesn't have are left out later, see `creation_options`.
    """

    name: str
    description: str
    options: Callable[[Any], dict[str, str]]
    lossless: bool


def holds_classes(band: Any) -> bool:
    """Whether the pixel values are names for something, so that a mean of them means nothing."""
    if band.GetColorInterpretation() == gdal.GCI_PaletteIndex or band.GetColorTable() is not None:
        return True
    if band.GetCategoryNames() or band.GetMetadataItem("NBITS", "IMAGE_STRUCTURE") == "1":
        return True
    table = band.GetDefaultRAT()
    return table is not None and bool(table.GetTableType() == gdal.GRTT_THEMATIC)


def _science(dataset: Any) -> dict[str, str]:
    with gdal_errors("The raster can't be described", ConversionError):
        bands = [dataset.GetRasterBand(i + 1) for i in range(dataset.RasterCount)]
        kind = gdal.GetDataTypeName(bands[0].DataType)
        is_complex = bool(gdal.DataTypeIsComplex(bands[0].DataType))
        nearest = is_complex or any(holds_classes(band) for band in bands)
    options = {
        "COMPRESS": "DEFLATE",
        "BLOCKSIZE": "512",
        "OVERVIEWS": "IGNORE_EXISTING",  # those of the source may be of any quality
        "OVERVIEW_RESAMPLING": "NEAREST" if nearest else "AVERAGE",
        "STATISTICS": "YES",
        "BIGTIFF": "IF_SAFER",  # BigTIFF from 2 GB of raw pixels: with overviews still below 4 GB
        "NUM_THREADS": "ALL_CPUS",
    }
    if not is_complex:  # the driver refuses some complex types, and none gains
        options["PREDICTOR"] = "FLOATING_POINT" if kind.startswith("Float") else "STANDARD"
    return options


#: All profiles by name.
PROFILES: dict[str, Profile] = {
    "science": Profile(
        "science",
        "Every pixel value kept bit by bit (DEFLATE, predictor by data type, overviews)",
        _science,
        lossless=True,
    ),
}


def find_profile(name: str) -> Profile:
    """Raises `ConfigurationError` with the list of names."""
    try:
        return PROFILES[name]
    except KeyError:
        known = ", ".join(sorted(PROFILES))
        raise ConfigurationError(f"There is no profile {name!r}; choose one of: {known}.") from None
