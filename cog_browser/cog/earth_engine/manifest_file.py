# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads a manifest that somebody wrote: nothing in it is passed over."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from cog_browser.cog.earth_engine.manifest import (
    Band,
    Manifest,
    MaskBand,
    MissingData,
    Tileset,
)
from cog_browser.storage.errors import ConfigurationError

_FIELDS: dict[str, dict[str, type]] = {
    "the manifest": {
        "name": str,
        "properties": dict,
        "uriPrefix": str,
        "tilesets": list,
        "bands": list,
        "maskBands": list,
        "missingData": dict,
        "pyramidingPolicy": str,
        "startTime": str,
        "endTime": str,
        "memo": str,
    },
    "a tileset": {"id": str, "dataType": str, "crs": str, "sources": list},
    "a source": {"uris": list},
    "a band": {
        "id": str,
        "tilesetId": str,
        "tilesetBandIndex": int,
        "missingData": dict,
        "pyramidingPolicy": str,
    },
    "a mask band": {"tilesetId": str, "bandIds": list},
    "missingData": {"values": list},
}
_KINDS: dict[type, str] = {str: "text", dict: "an object", list: "a list", int: "a whole number"}


def read_manifest(text: str) -> Manifest:
    """The manifest in a JSON text. Raises `ConfigurationError` for what is wrong in it.

    So it does for fields of the service that this plugin doesn't know, rather than drop them.
    """
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"The manifest is no JSON: {error}.") from None
    if isinstance(values, dict) and set(values) <= {"imageManifest", "overwrite"}:
        values = values.get("imageManifest")  # the body of a request, as in the guide
    return manifest_of(values)


def manifest_of(values: Any) -> Manifest:
    """The same for what JSON became in Python."""
    given = _checked(values, "the manifest")
    return Manifest(
        name=given.get("name", ""),
        tilesets=tuple(_tileset(each) for each in given.get("tilesets", [])),
        bands=bands_of(given.get("bands", [])),
        mask_bands=tuple(_mask(each) for each in given.get("maskBands", [])),
        properties=given.get("properties", {}),
        uri_prefix=given.get("uriPrefix", ""),
        start_time=given.get("startTime", ""),
        end_time=given.get("endTime", ""),
        missing_data=_missing(given),
        pyramiding_policy=given.get("pyramidingPolicy", ""),
        memo=given.get("memo", ""),
    )


def bands_of(values: list[Any]) -> tuple[Band, ...]:
    """The bands of a manifest's list ``bands``. Raises `ConfigurationError`."""
    return tuple(_band(each) for each in values)


def _tileset(values: Any) -> Tileset:
    given = _checked(values, "a tileset")
    name, sources = given.get("id", ""), given.get("sources", [])
    if len(sources) != 1:
        raise ConfigurationError(
            f"The tileset “{name}” has {len(sources)} sources, and Earth Engine takes one COG in "
            "each; give every COG a tileset of its own."
        )
    uris = _checked(sources[0], "a source").get("uris", [])
    if len(uris) != 1 or not isinstance(uris[0], str):
        raise ConfigurationError(
            f"The source of tileset “{name}” has {len(uris)} URIs, and Earth Engine takes one COG "
            "for a band, not many tiles; make one COG of the tiles first."
        )
    return Tileset(name, uris[0], given.get("dataType", ""), given.get("crs", ""))


def _band(values: Any) -> Band:
    given = _checked(values, "a band")
    return Band(
        given.get("id", ""),
        given.get("tilesetId", ""),
        given.get("tilesetBandIndex", 0),
        _missing(given),
        given.get("pyramidingPolicy", ""),
    )


def _mask(values: Any) -> MaskBand:
    given = _checked(values, "a mask band")
    return MaskBand(given.get("tilesetId", ""), tuple(given.get("bandIds", [])))


def _missing(given: Mapping[str, Any]) -> MissingData | None:
    if "missingData" not in given:
        return None
    values = _checked(given["missingData"], "missingData")
    return MissingData(tuple(values.get("values", [])))


def _checked(values: Any, what: str) -> dict[str, Any]:
    """The object itself, if it has known fields of the right kinds only."""
    if not isinstance(values, dict):
        raise ConfigurationError(f"Where {what} should be in the manifest is no JSON object.")
    known = _FIELDS[what]
    for name, value in values.items():
        if name not in known:
            raise ConfigurationError(
                f"This plugin doesn't know the field “{name}” of {what}; check its spelling, or "
                "register the manifest with the command earthengine."
            )
        if not isinstance(value, known[name]) or isinstance(value, bool):
            raise ConfigurationError(
                f"The field “{name}” of {what} must be {_KINDS[known[name]]}, not {value!r:.60}."
            )
    return values
