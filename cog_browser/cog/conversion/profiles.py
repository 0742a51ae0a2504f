# SPDX-License-Identifier: GPL-2.0-or-later
"""Named sets of creation options, each fitted to the raster at hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from osgeo import gdal

from cog_browser.cog.conversion.driver_options import driver_options
from cog_browser.cog.gdal_call import gdal_errors
from cog_browser.storage.errors import ConfigurationError, ConversionError


@dataclass(frozen=True)
class Profile:
    """``options(dataset)`` gives the creation options; ``lossless`` refuses any that alter pixels.

    Options the running GDAL doesn't have are left out later, see `creation_options`.

    ``display`` first makes the raster an 8-bit picture. ``band_interleaved`` keeps each band
    apart in the file, by whichever way the running GDAL can. ``types`` are the data types that
    the profile's reader takes; empty for all.
    """

    name: str
    description: str
    options: Callable[[Any], dict[str, str]]
    lossless: bool
    display: bool = False
    band_interleaved: bool = False
    types: tuple[str, ...] = ()


def bands_of(dataset: Any) -> list[Any]:
    """All bands, in their order."""
    return [dataset.GetRasterBand(i + 1) for i in range(dataset.RasterCount)]


def holds_classes(band: Any) -> bool:
    """Whether the pixel values are names for something, so that a mean of them means nothing."""
    if band.GetColorInterpretation() == gdal.GCI_PaletteIndex or band.GetColorTable() is not None:
        return True
    if band.GetCategoryNames() or band.GetMetadataItem("NBITS", "IMAGE_STRUCTURE") == "1":
        return True
    table = band.GetDefaultRAT()
    return table is not None and bool(table.GetTableType() == gdal.GRTT_THEMATIC)


def has_classes(dataset: Any) -> bool:
    """Whether any band does; GDAL resamples all bands alike."""
    with gdal_errors("The raster can't be described", ConversionError):
        return any(holds_classes(band) for band in bands_of(dataset))


def _common(dataset: Any) -> dict[str, str]:
    with gdal_errors("The raster can't be described", ConversionError):
        kind = dataset.GetRasterBand(1).DataType
        name = gdal.GetDataTypeName(kind)
        is_complex = bool(gdal.DataTypeIsComplex(kind))
    nearest = is_complex or has_classes(dataset)
    options = {
        "COMPRESS": "DEFLATE",
        "BLOCKSIZE": "512",
        "OVERVIEWS": "IGNORE_EXISTING",  # those of the source may be of any quality
        "OVERVIEW_RESAMPLING": "NEAREST" if nearest else "AVERAGE",
        "BIGTIFF": "IF_SAFER",  # BigTIFF from 2 GB of raw pixels: with overviews still below 4 GB
        "NUM_THREADS": "ALL_CPUS",
    }
    if not is_complex:  # the driver refuses some complex types, and none gains
        options["PREDICTOR"] = "FLOATING_POINT" if name.startswith("Float") else "STANDARD"
    return options


def _science(dataset: Any) -> dict[str, str]:
    return {**_common(dataset), "STATISTICS": "YES"}


def _science_zstd(dataset: Any) -> dict[str, str]:
    return {**_science(dataset), "COMPRESS": "ZSTD", "LEVEL": "9"}


def _earth_engine(dataset: Any) -> dict[str, str]:
    options = {**_common(dataset), "INTERLEAVE": "BAND"}
    if (
        "ZSTD" in driver_options()["COMPRESS"]
    ):  # Earth Engine's advice, at a level that costs seconds
        options.update(COMPRESS="ZSTD", LEVEL="9")
    return options


def _web(dataset: Any) -> dict[str, str]:
    classes = has_classes(dataset)
    # JPEG would blur the colours of classes into each other
    whole = classes and "WEBP" in driver_options()["COMPRESS"]
    return {
        "COMPRESS": "WEBP" if whole else "JPEG",
        "QUALITY": "100" if whole else "85",
        "TILING_SCHEME": "GoogleMapsCompatible",
        "ADD_ALPHA": "YES",  # around the warped picture; JPEG keeps it as a mask
        "WARP_RESAMPLING": "NEAREST" if classes else "BILINEAR",
        "OVERVIEWS": "IGNORE_EXISTING",
        "OVERVIEW_RESAMPLING": "NEAREST" if classes else "AVERAGE",
        "BIGTIFF": "IF_SAFER",
        "NUM_THREADS": "ALL_CPUS",
    }


#: All profiles by name, the default first.
PROFILES: dict[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile(
            "science",
            "Every pixel value kept bit by bit (DEFLATE, predictor by data type, overviews)",
            _science,
            lossless=True,
        ),
        Profile(
            "science-zstd",
            "As science, smaller and faster to read, for readers that know ZSTD",
            _science_zstd,
            lossless=True,
        ),
        Profile(
            "web",
            "For display only, pixels change: 8-bit colours, JPEG or WEBP, in web map tiles",
            _web,
            lossless=False,
            display=True,
        ),
        Profile(
            "earth-engine",
            "As science, in the layout that Earth Engine advises (ZSTD, each band by itself)",
            _earth_engine,
            lossless=True,
            band_interleaved=True,
            types=("Byte", "Int8", "UInt16", "Int16", "UInt32", "Int32", "Float32", "Float64"),
        ),
        Profile(
            "custom",
            "As science where you choose nothing else; your options may change pixels",
            _science,
            lossless=False,
        ),
    )
}


def find_profile(name: str) -> Profile:
    """Raises `ConfigurationError` with the list of names."""
    try:
        return PROFILES[name]
    except KeyError:
        known = ", ".join(sorted(PROFILES))
        raise ConfigurationError(f"There is no profile {name!r}; choose one of: {known}.") from None
