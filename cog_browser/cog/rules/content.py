# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules: what the file says of its pixels is meaningful."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from cog_browser.cog.rules.cog_file import CogFile, compression_name
from cog_browser.cog.rules.finding import NOTE, WARNING
from cog_browser.cog.rules.rule import Breach, rule
from cog_browser.cog.tiff.ifd import Ifd

_PALETTE, _YCBCR, _MASK = 3, 6, 4
_UNSIGNED, _SIGNED, _FLOAT = 1, 2, 3
_LOSSY = ("JPEG", "OLD_JPEG")
_MAYBE_LOSSY = ("WEBP", "LERC", "JXL", "JPEG2000")
_LOSS = re.compile(
    r'name="(COMPRESSION_REVERSIBILITY|MAX_Z_ERROR|WEBP_LEVEL|JXL_DISTANCE)"[^>]*>\s*([^<\s]+)'
)
_AVERAGING = ("AVERAGE", "BILINEAR", "CUBIC", "CUBICSPLINE", "LANCZOS", "GAUSS", "RMS")
_RESAMPLING = re.compile(r'name="(?:OVERVIEW_)?RESAMPLING"[^>]*>\s*([A-Za-z]+)')
_CATEGORIES = re.compile(r'name="(?:CATEGORY|LAYER_TYPE|STATISTICS_CLASS)[^>]*>[^<]*thematic', re.I)


@rule("C-PHOT", WARNING, source="TIFF 6.0, sections 5 and 21; GDAL, masks")
def colours_fit(file: CogFile) -> Iterator[Breach]:
    """A palette has its colours, YCbCr is JPEG with interleaved bands, a mask is one bit."""
    for ifd in file.ifds:
        name = file.label(ifd)
        if ifd.photometric == _PALETTE and not ifd.has_color_map:
            yield Breach(
                f"{name} is a palette without colours.", "ColorMap (320)", "none", where=name
            )
        if ifd.photometric == _YCBCR and (
            compression_name(ifd) not in _LOSSY or ifd.planar_config != 1
        ):
            found = f"{compression_name(ifd)}, planar configuration {ifd.planar_config}"
            yield Breach(f"{name} is YCbCr, but not JPEG.", "JPEG, interleaved", found, where=name)
        if ifd.is_mask and (ifd.photometric != _MASK or set(ifd.bits) - {1, 8}):
            found = f"photometric {ifd.photometric}, {ifd.bits[:1] or '?'} bits"
            yield Breach(
                f"{name} is not stored as a mask.", "photometric 4, 1 bit", found, where=name
            )


@rule(
    "C-PLANAR",
    None,
    earth_engine=WARNING,
    source="Earth Engine, external images",
    remedy="Convert it with the profile “earth-engine”.",
    dispute="GDAL's default is interleaved bands; WEBP and JPEG in YCbCr need it.",
)
def bands_lie_apart(file: CogFile) -> Iterator[Breach]:
    """Each band is stored by itself."""
    main = file.main
    if main and main.samples_per_pixel > 1 and main.planar_config == 1:
        text = "The bands are interleaved, so reading one means reading all."
        yield Breach(text, "INTERLEAVE=BAND", "INTERLEAVE=PIXEL", where=file.label(main))


@rule(
    "C-NODATA",
    WARNING,
    source="GDAL, tag 42113",
    remedy="Set a nodata value that can occur (gdal_edit.py -a_nodata), then convert it.",
)
def nodata_is_possible(file: CogFile) -> Iterator[Breach]:
    """The nodata value is a number that pixels of this data type can have."""
    main = file.main
    if main is None or main.nodata is None:
        return
    found = main.nodata.strip()
    value = _number(found)
    if value is None:
        yield Breach("The nodata value is no number.", "a number", found[:60], where="nodata")
    elif not _fits(value, main):
        yield Breach(
            "No pixel of this data type can have the nodata value, so every pixel is data.",
            expected=f"a value of {type_name(main)}",
            found=found[:60],
            where="nodata",
        )


def _number(text: str) -> float | int | None:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return None


def _fits(value: float | int, ifd: Ifd) -> bool:
    kind = ifd.sample_format[0] if ifd.sample_format else _UNSIGNED
    bits = ifd.bits[0] if ifd.bits else 0
    if kind not in (_UNSIGNED, _SIGNED) or not 0 < bits <= 64:
        return True
    if not math.isfinite(value) or value != int(value):
        return False
    low, high = (
        (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if kind == _SIGNED else (0, (1 << bits) - 1)
    )
    return low <= value <= high


def type_name(ifd: Ifd) -> str:
    """GDAL's name of the data type, e.g. "UInt16"; "" where there is none."""
    kind = ifd.sample_format[0] if ifd.sample_format else _UNSIGNED
    bits = ifd.bits[0] if ifd.bits else 0
    if kind in (_UNSIGNED, 4):
        return "Byte" if bits <= 8 else f"UInt{16 if bits <= 16 else 32 if bits <= 32 else 64}"
    names = {
        _SIGNED: f"Int{bits}",
        _FLOAT: f"Float{bits}",
        5: f"CInt{bits // 2}",
        6: f"CFloat{bits // 2}",
    }
    return names.get(kind, "")


@rule(
    "C-LOSSY",
    WARNING,
    web=None,
    source="measured values must stay as they were",
    remedy="For measurements convert the original with the profile “science”.",
)
def lossless(file: CogFile) -> Iterator[Breach]:
    """The compression keeps every value."""
    if file.main and _keeps_values(file.main) is False:
        name = compression_name(file.main)
        yield Breach(f"The pixels are not the original values: {name} changed them.", found=name)


def _keeps_values(ifd: Ifd) -> bool | None:
    """None where the file doesn't say; GDAL writes what it chose into its metadata."""
    name = compression_name(ifd)
    if name in _LOSSY:
        return False
    if name not in _MAYBE_LOSSY:
        return True
    said: dict[str, str] = dict(_LOSS.findall(ifd.gdal_metadata or ""))
    if "COMPRESSION_REVERSIBILITY" in said:
        return said["COMPRESSION_REVERSIBILITY"] == "LOSSLESS"
    if "MAX_Z_ERROR" in said:
        return not _number(said["MAX_Z_ERROR"])
    return False if "WEBP_LEVEL" in said or "JXL_DISTANCE" in said else None


@rule(
    "C-MAYBE-LOSSY",
    NOTE,
    web=None,
    source="measured values must stay as they were",
    remedy="Ask who made it, or convert the original with the profile “science”.",
)
def surely_lossless(file: CogFile) -> Iterator[Breach]:
    """The compression is one that always keeps every value, or the file says that it has."""
    if file.main and _keeps_values(file.main) is None:
        name = compression_name(file.main)
        yield Breach(f"{name} may or may not have changed the pixels.", found=name)


@rule(
    "C-RESAMP",
    WARNING,
    source="GDAL, COG driver: OVERVIEW_RESAMPLING",
    remedy="Convert it with RESAMPLING=NEAREST or MODE.",
    dispute="No validator tests it; files of older GDALs don't say how it was done.",
)
def classes_not_averaged(file: CogFile) -> Iterator[Breach]:
    """The overviews of classes (palettes, categories, single bits) were not made by averaging."""
    main = file.main
    if main is None or not file.overviews:
        return
    text = main.gdal_metadata or ""
    classes = main.photometric == _PALETTE or main.has_color_map or main.bits[:1] == (1,)
    if not classes and not _CATEGORIES.search(text):
        return
    texts = [text, *(ifd.gdal_metadata or "" for ifd in file.overviews)]
    methods = {found.upper() for each in texts for found in _RESAMPLING.findall(each)}
    for method in sorted(methods & set(_AVERAGING)):
        yield Breach(
            "The overviews average class numbers, which gives classes that are nowhere.",
            expected="NEAREST or MODE",
            found=method,
        )


RULES = (
    colours_fit, bands_lie_apart, nodata_is_possible, lossless, surely_lossless,
    classes_not_averaged,
)  # fmt: skip
