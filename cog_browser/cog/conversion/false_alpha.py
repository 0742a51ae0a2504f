# SPDX-License-Identifier: GPL-2.0-or-later
"""Bands that GDAL calls alpha, and of which the name says that they are something else.

GDAL marks the fourth band of bytes as alpha in every file that it makes, unless it is told not to.
Where that is the near infrared, a picture would be transparent, and an overview 0 in all bands,
wherever the infrared is 0: over water.
"""

from __future__ import annotations

import math
from typing import Any

from osgeo import gdal

from cog_browser.cog.conversion.metadata import vrt_of
from cog_browser.cog.conversion.profiles import bands_of
from cog_browser.cog.natural_colours import measuring_bands


def without_false_alpha(dataset: Any) -> tuple[Any, list[str]]:
    """The dataset, or a view of it in which such bands are values, and what is to be said of it."""
    colours = [band.GetColorInterpretation() for band in bands_of(dataset)]
    measuring = sorted(measuring_bands(*names_of(dataset)))
    false = [number for number in measuring if colours[number - 1] == gdal.GCI_AlphaBand]
    if not false:
        return dataset, []
    view = vrt_of(dataset)
    for number in false:
        view.GetRasterBand(number).SetColorInterpretation(gdal.GCI_Undefined)
    listed = ", ".join(
        f"{number} ({dataset.GetRasterBand(number).GetDescription() or 'with a wavelength'})"
        for number in false
    )
    note = (
        f"The file calls band {listed} an alpha channel, which is not what the band's name says; "
        "it is taken for values, not for transparency."
    )
    return view, [note]


def names_of(dataset: Any) -> tuple[list[str], list[float | None]]:
    """The names and the wavelengths of all bands."""
    bands = list(bands_of(dataset))
    return [band.GetDescription() for band in bands], [wavelength_of(band) for band in bands]


def wavelength_of(band: Any) -> float | None:
    """In nanometres, as the ENVI driver and GDAL's domain IMAGERY tell it."""
    in_micrometres = band.GetMetadataItem("CENTRAL_WAVELENGTH_UM", "IMAGERY")
    text, unit = in_micrometres, "um"
    if not text:
        text = band.GetMetadataItem("wavelength")
        unit = (band.GetMetadataItem("wavelength_units") or "").lower()
    try:
        length = float(text or "nan")
    except ValueError:
        return None
    if not math.isfinite(length):
        return None
    return length * 1000 if unit.startswith(("um", "µm", "micro")) else length
