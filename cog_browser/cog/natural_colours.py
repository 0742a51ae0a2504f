# SPDX-License-Identifier: GPL-2.0-or-later
"""Which bands of a multispectral raster are red, green and blue, and which measure, by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Optional

Bands = tuple[int, int, int]
"""Numbers of the red, green and blue band, from 1."""

_WORDS = (
    {"red", "rouge", "rot", "rojo"},
    {"green", "vert", "grün", "gruen", "verde"},
    {"blue", "bleu", "blau", "azul"},
)
_INFRARED = {"nir", "infra", "infrared", "swir", "thermal", "tir", "infrarouge", "pir", "infrarot"}
_OTHER_RED = {"edge", "near", "nir", "infra", "infrared", "shortwave", "swir", "thermal"}
_NUMBERED = re.compile(r"(?P<before>.*[_\s.-])?[Bb](?P<padding>0?)(?P<number>\d{1,2})")
_LANDSAT_4_TO_7 = {1, 2, 3, 4, 5, 7}
_WAVELENGTHS, _NEAR = (665.0, 560.0, 490.0), 40.0  # nanometres


def natural_colours(
    names: Sequence[str], wavelengths: Sequence[Optional[float]] = ()
) -> Bands | None:
    """Find the bands by words, by Sentinel-2's and Landsat's numbers, or by wavelength.

    Args:
      names: The description of each band, or "".
      wavelengths: The centre of each band in nanometres, where it is known.

    >>> natural_colours(["B02", "B03", "B04", "B08"])
    (3, 2, 1)
    >>> natural_colours(["band 1", "band 2", "band 3"]) is None
    True
    """
    return _by_words(names) or _by_numbers(names) or _by_wavelengths(wavelengths)


def measuring_bands(names: Sequence[str], wavelengths: Sequence[Optional[float]] = ()) -> set[int]:
    """The bands whose names or wavelengths tell that they hold light, so none of them is alpha.

    GDAL itself calls the fourth band of bytes alpha, in files that it writes and in those that say
    nothing, so a near infrared band would become transparency.

    >>> measuring_bands(["Red", "Green", "Blue", "NIR"])
    {1, 2, 3, 4}
    >>> measuring_bands(["red", "green", "blue", "alpha"])
    {1, 2, 3}
    """
    light = set().union(*_WORDS, _INFRARED)
    numbers, are_sure = _numbered(names)
    found = set(numbers.values()) if are_sure else set()
    found |= {band for band, length in enumerate(wavelengths, 1) if length is not None}
    return found | {band for band, name in enumerate(names, 1) if _tokens(name) & light}


def _tokens(name: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]+", name.lower()))


def _by_words(names: Sequence[str]) -> Bands | None:
    tokens = [_tokens(name) for name in names]
    found = []
    for words in _WORDS:
        fitting = [n for n, has in enumerate(tokens, 1) if has & words and not has & _OTHER_RED]
        if len(fitting) != 1:
            return None
        found += fitting
    return found[0], found[1], found[2]


def _by_numbers(names: Sequence[str]) -> Bands | None:
    bands, are_sure = _numbered(names)
    red, green, blue = (3, 2, 1) if set(bands) == _LANDSAT_4_TO_7 else (4, 3, 2)
    if not are_sure or not {red, green, blue} <= set(bands):
        return None
    return bands[red], bands[green], bands[blue]


def _numbered(names: Sequence[str]) -> tuple[dict[int, int], bool]:
    """The bands by the numbers in their names, and whether a sensor's numbering is meant.

    Of names like B4, B04, SR_B4, T32TLT_20260101_B04, or “B4, central wavelength 665 nm”.
    """
    bands: dict[int, int] = {}
    is_sure = False  # B1, B2, B3… are also what programs call bands of which they know nothing
    for band, name in enumerate(names, 1):
        found = _NUMBERED.fullmatch(name.partition(",")[0].strip())
        if found:
            bands.setdefault(int(found["number"]), band)
            is_sure = is_sure or bool(found["before"] or found["padding"])
    return bands, is_sure or set(bands) != set(range(1, len(names) + 1))


def _by_wavelengths(wavelengths: Sequence[Optional[float]]) -> Bands | None:
    known = {band: length for band, length in enumerate(wavelengths, 1) if length is not None}
    if not known:
        return None
    nearest = [min(known, key=lambda b: abs(known[b] - wanted)) for wanted in _WAVELENGTHS]
    is_far = any(abs(known[b] - wanted) > _NEAR for b, wanted in zip(nearest, _WAVELENGTHS))
    if is_far or len(set(nearest)) < len(nearest):
        return None
    return nearest[0], nearest[1], nearest[2]
