# SPDX-License-Identifier: GPL-2.0-or-later
"""What users write of bands and properties, in a form or on a command line."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from cog_browser.cog.earth_engine.manifest import Band
from cog_browser.cog.earth_engine.manifest_file import bands_of
from cog_browser.storage.errors import ConfigurationError

_PLACE = re.compile(r"(\d+):(\d+)")


def parse_bands(text: str, suggested: Sequence[Band]) -> tuple[Band, ...] | None:
    """The bands of the asset in their order; None for an empty text: all of them.

    Either a manifest's list ``bands`` as JSON, or parts with commas or line breaks between: an
    id of ``suggested``, new=id, or new=tileset:index, both counted from 0. Raises
    `ConfigurationError`.
    """
    text = text.strip()
    if not text:
        return None
    if text.startswith("["):
        return bands_of(_json(text, "list of bands"))
    known = {band.id: band for band in suggested}
    return tuple(_band(part, known) for part in _parts(text))


def _band(part: str, known: dict[str, Band]) -> Band:
    new, equals, old = (piece.strip() for piece in part.partition("="))
    place = _PLACE.fullmatch(old)
    if place:
        return Band(new, place[1], int(place[2]))
    found = known.get(old if equals else new)
    if found is None:
        raise ConfigurationError(
            f"The band “{old if equals else new}” is in none of the COGs; they have "
            f"{', '.join(list(known)[:20])}. Write NEW=TILESET:INDEX for a band by its place, "
            "counted from 0."
        )
    return replace(found, id=new)


def parse_properties(text: str) -> dict[str, Any]:
    """A JSON object, or parts name=value with line breaks or commas between.

    What looks like a number is one. Raises `ConfigurationError`.
    """
    text = text.strip()
    if text.startswith("{"):
        values = _json(text, "properties")
        return dict(values)
    found: dict[str, Any] = {}
    for part in _parts(text):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals or not name:
            raise ConfigurationError(f"“{part}” is no property; write NAME=VALUE.")
        if name in found:
            raise ConfigurationError(f"The property “{name}” is given twice; give it once.")
        found[name] = _value(value)
    return found


def parse_numbers(text: str) -> tuple[float, ...] | None:
    """Numbers with commas or blanks between; None for an empty text."""
    parts = re.split(r"[,\s]+", text.strip()) if text.strip() else []
    values = [_value(part) for part in parts]
    for part, value in zip(parts, values):
        if isinstance(value, str):
            raise ConfigurationError(f"The missing value “{part}” is no number.")
    return tuple(values) or None


def _parts(text: str) -> list[str]:
    """Line by line where there are several, so that values may hold commas."""
    parts = text.splitlines() if "\n" in text else text.split(",")
    return [part.strip() for part in parts if part.strip()]


def _value(text: str) -> Any:
    """A number only where it says just what the text says: "007" and "1e999" stay text."""
    if re.fullmatch(r"-?(0|[1-9]\d*)", text):
        return int(text)
    if re.fullmatch(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", text) and float(text) not in (
        float("inf"),
        -float("inf"),
    ):
        return float(text)
    return text


def _json(text: str, what: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"The {what} can't be read as JSON: {error}.") from None
