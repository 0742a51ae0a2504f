# SPDX-License-Identifier: GPL-2.0-or-later
"""What Earth Engine lets things be called: assets, bands, properties."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from cog_browser.storage.errors import ConfigurationError

_LEGACY = "projects/earthengine-legacy/assets/"
_PROJECT = r"(?:[\w.\-]+\.\w+:)?[a-z][a-z0-9\-]{4,28}[a-z0-9]"
_ASSET = re.compile(rf"projects/{_PROJECT}/assets/(?P<path>.*)", re.ASCII)
_PATH = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*")
_LONGEST_BAND = 100
_BAND = re.compile(rf"[A-Za-z][A-Za-z0-9_-]{{0,{_LONGEST_BAND - 1}}}")
_PROPERTY = re.compile(r"[A-Za-z0-9_]+")
_TIMES = {"system:time_start": "start", "system:time_end": "end"}


def asset_name(text: str) -> str:
    """The asset's full name; the older form users/… is written out. Raises `ConfigurationError`.

    >>> asset_name("users/ada/dem")
    'projects/earthengine-legacy/assets/users/ada/dem'
    """
    name = text.strip()
    if name.startswith("users/"):
        name = _LEGACY + name
    check_asset_name(name)
    return name


def check_asset_name(name: str) -> None:
    """Raises `ConfigurationError`."""
    found = _ASSET.fullmatch(name)
    if not found:
        raise ConfigurationError(
            f"“{name}” is no name of an asset; write projects/PROJECT/assets/FOLDER/NAME with the "
            "id of your Cloud project (6 to 30 lower-case letters, digits and hyphens)."
        )
    if not _PATH.fullmatch(found["path"]):
        raise ConfigurationError(
            f"The asset “{name}” can't be called so; behind assets/ use letters of A to Z, digits, "
            "hyphens and underscores, with one slash between folders."
        )


def is_band_id(text: str) -> bool:
    return bool(_BAND.fullmatch(text))


def check_band_id(text: str) -> None:
    """Raises `ConfigurationError`."""
    if not is_band_id(text):
        raise ConfigurationError(
            f"A band can't be called “{text}” in Earth Engine; begin with a letter of A to Z and "
            f"use letters, digits, hyphens and underscores only, {_LONGEST_BAND} at most."
        )


def band_ids(names: Iterable[str]) -> list[str]:
    """Ids that Earth Engine takes, each once, as like the names as can be; b1, b2, … for no name.

    >>> band_ids(["Red", "Réd edge", "2024", "", "Red"])
    ['Red', 'Red_edge', 'b2024', 'b4', 'Red_2']
    """
    wanted = [_as_band_id(name) or f"b{number}" for number, name in enumerate(names, 1)]
    kept, used = set(wanted), set()
    last: dict[str, int] = {}  # number that an id was given
    made: list[str] = []
    for band_id in wanted:
        unique = band_id
        while unique in used or (unique != band_id and unique in kept):
            last[band_id] = last.get(band_id, 1) + 1
            ending = f"_{last[band_id]}"
            unique = band_id[: _LONGEST_BAND - len(ending)] + ending
        used.add(unique)
        made.append(unique)
    return made


def _as_band_id(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", plain).strip("_")
    if plain and not plain[0].isalpha():
        plain = "b" + plain.lstrip("-")
    return plain[:_LONGEST_BAND]


def check_properties(properties: Mapping[str, Any]) -> None:
    """Raises `ConfigurationError`."""
    for key, value in properties.items():
        if key in _TIMES:
            raise ConfigurationError(
                f"The property “{key}” is out of use; leave it out and give the {_TIMES[key]} time."
            )
        if not isinstance(key, str) or not _PROPERTY.fullmatch(key):
            raise ConfigurationError(
                f"A property can't be called “{key}” in Earth Engine; use letters of A to Z, "
                "digits and underscores only."
            )
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number and not isinstance(value, str):
            raise ConfigurationError(
                f"The property “{key}” is neither text nor a number, which is all that Earth "
                "Engine takes; write lists and truth values as text."
            )
        if isinstance(value, float) and not abs(value) < float("inf"):
            raise ConfigurationError(
                f"The property “{key}” is {value}, which a manifest can't hold; write it as text."
            )
