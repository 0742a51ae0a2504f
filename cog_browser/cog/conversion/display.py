# SPDX-License-Identifier: GPL-2.0-or-later
"""A picture of a raster: 8 bits, grey or red, green and blue, and a mask where nothing is."""

from __future__ import annotations

import math
from array import array
from typing import Any

from osgeo import gdal

from cog_browser.cog.conversion.false_alpha import names_of, without_false_alpha
from cog_browser.cog.conversion.nodata import undeclared_edge
from cog_browser.cog.conversion.profiles import bands_of
from cog_browser.cog.gdal_call import Reported
from cog_browser.cog.natural_colours import natural_colours
from cog_browser.storage.errors import ConversionError

_SAMPLE = 512  # pixels in each direction, for the range of the values
_TAIL = 0.02  # of them, at either end, that may saturate
_COLOURS = (gdal.GCI_RedBand, gdal.GCI_GreenBand, gdal.GCI_BlueBand)


def display_raster(dataset: Any, compression: str, reported: Reported) -> tuple[Any, list[str]]:
    """A view of the dataset that JPEG and WEBP can hold, and what it leaves out, in sentences.

    What the nodata value, a mask, an alpha channel or NaN hides becomes the mask of the view.
    Raises `ConversionError` for complex numbers.
    """
    if any(gdal.DataTypeIsComplex(band.DataType) for band in bands_of(dataset)):
        raise ConversionError(
            "Complex numbers have no colours; make their amplitude a raster first, or choose the "
            "profile science."
        )
    is_palette = dataset.RasterCount == 1 and dataset.GetRasterBand(1).GetColorTable() is not None
    if is_palette:
        dataset = _expanded(dataset, reported)
    dataset, notes = without_false_alpha(dataset)
    chosen, alpha, why = _chosen_bands(dataset)
    others = dataset.RasterCount - len(chosen) - bool(alpha)
    if others or chosen != sorted(chosen):
        notes.append(_said_choice(dataset, chosen, others, why))
    mask = str(alpha) if alpha else "none"
    if not alpha:
        if not is_palette:
            notes += undeclared_edge(dataset, chosen, reported)
        dataset, mask = _masked(dataset, chosen, reported)
    scales = None
    if any(_is_deep(dataset.GetRasterBand(number)) for number in chosen):
        scales = [[*_range(dataset.GetRasterBand(number), reported), 0, 255] for number in chosen]
        listed = "; ".join(f"{low:g} to {high:g}" for low, high, *_ in scales)
        notes.append(f"The values are stretched to 8 bits: {listed} become 0 to 255.")
    if compression in ("JPEG", "WEBP") and len(chosen) == 1:
        # WEBP knows no grey, and JPEG would blur the mask of a grey picture, as a second band
        chosen, scales = chosen * 3, scales and scales * 3
    options = {"bandList": chosen, "maskBand": mask, "noData": "none", "stats": False}
    if scales:
        options.update(scaleParams=scales, outputType=gdal.GDT_Byte)
    view = reported.need(gdal.Translate("", dataset, format="VRT", **options))
    if len(chosen) == 3:
        for band, colour in zip(bands_of(view), _COLOURS):
            band.SetColorInterpretation(colour)
    return view, notes


def _expanded(dataset: Any, reported: Reported) -> Any:
    """With colours instead of a palette's numbers, and its transparency if nodata says nothing."""
    band = dataset.GetRasterBand(1)
    table = band.GetColorTable()
    transparent = any(table.GetColorEntry(i)[3] < 255 for i in range(table.GetCount()))
    if band.GetMaskFlags() & gdal.GMF_ALL_VALID:
        expand = "rgba" if transparent else "rgb"
        return reported.need(gdal.Translate("", dataset, format="VRT", rgbExpand=expand))
    return reported.need(
        gdal.Translate("", dataset, format="VRT", rgbExpand="rgb", maskBand="mask,1", noData="none")
    )


def _chosen_bands(dataset: Any) -> tuple[list[int], int | None, str]:
    """The bands to show, the one with the alpha channel, and why it is these.

    Names come first: GDAL itself calls the first three bands of bytes red, green and blue.
    """
    colours = [band.GetColorInterpretation() for band in bands_of(dataset)]
    alpha = colours.index(gdal.GCI_AlphaBand) + 1 if gdal.GCI_AlphaBand in colours else None
    named = natural_colours(*names_of(dataset))
    if named is not None:
        return list(named), alpha, "by name"
    if all(colour in colours for colour in _COLOURS):
        return [colours.index(colour) + 1 for colour in _COLOURS], alpha, "as the file says"
    values = [number for number in range(1, len(colours) + 1) if number != alpha]
    if len(values) < 3:
        return values[:1], alpha, ""
    return values[:3], alpha, "none is said to be these, so it is the first three"


def _said_choice(dataset: Any, chosen: list[int], others: int, why: str) -> str:
    shown = []
    for number in chosen:
        name = dataset.GetRasterBand(number).GetDescription()
        shown.append(f"{number} ({name})" if name else str(number))
    text = f"The picture shows band{'s' * (len(chosen) > 1)} {', '.join(shown)}"
    if len(chosen) == 3:
        text += f" as red, green and blue ({why})"
    are = "is" if others == 1 else "are"
    return f"{text}; {others} more {are} left out." if others else f"{text}."


def _masked(dataset: Any, chosen: list[int], reported: Reported) -> tuple[Any, str]:
    """The dataset, with NaN as its nodata value if it has none, and its mask for gdal_translate."""
    band = dataset.GetRasterBand(chosen[0])
    if band.GetMaskFlags() & gdal.GMF_ALL_VALID:
        if not gdal.GetDataTypeName(band.DataType).startswith("Float"):
            return dataset, "none"
        dataset = reported.need(gdal.Translate("", dataset, format="VRT", noData=math.nan))
    return dataset, f"mask,{chosen[0]}"


def _is_deep(band: Any) -> bool:
    signed = band.GetMetadataItem("PIXELTYPE", "IMAGE_STRUCTURE") == "SIGNEDBYTE"
    return bool(band.DataType != gdal.GDT_Byte or signed)


def _range(band: Any, reported: Reported) -> tuple[float, float]:
    """The values between which nearly all valid pixels of a sample lie."""
    size = min(band.XSize, _SAMPLE), min(band.YSize, _SAMPLE)
    pixels, mask = (
        reported.need(each.ReadRaster(0, 0, band.XSize, band.YSize, *size, buf_type=buffer))
        for each, buffer in ((band, gdal.GDT_Float64), (band.GetMaskBand(), gdal.GDT_Byte))
    )
    values = sorted(
        value for value, valid in zip(array("d", pixels), mask) if valid and math.isfinite(value)
    )
    if not values:
        return 0.0, 1.0
    last = len(values) - 1
    low, high = values[round(last * _TAIL)], values[round(last * (1 - _TAIL))]
    return (low, high) if low < high else (low, low + 1.0)
