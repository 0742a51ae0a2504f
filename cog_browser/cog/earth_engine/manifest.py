# SPDX-License-Identifier: GPL-2.0-or-later
"""The manifest of an asset that is backed by COGs. It can't be made unless it is valid.

Every class raises `ConfigurationError` with the sentence that says what is wrong and what to do.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Union

from cog_browser.cog.earth_engine.gs_uri import GsUri
from cog_browser.cog.earth_engine.names import check_asset_name, check_band_id, check_properties
from cog_browser.cog.earth_engine.times import instant
from cog_browser.storage.errors import ConfigurationError

#: How Earth Engine makes the coarser levels of a band; the first is what it does unasked.
PYRAMIDING_POLICIES = ("MEAN", "SAMPLE", "MIN", "MAX", "MODE", "MEDIAN")
#: GDAL's name of a data type → Earth Engine's.
DATA_TYPES = {
    "Byte": "UINT8",
    "Int8": "INT8",
    "UInt16": "UINT16",
    "Int16": "INT16",
    "UInt32": "UINT32",
    "Int32": "INT32",
    "Float32": "FLOAT",
    "Float64": "DOUBLE",
}
#: Earth Engine's limits: bands of an image, and bytes of a manifest.
MOST_BANDS, MOST_BYTES = 5000, 10_000_000

Number = Union[int, float]


@dataclass(frozen=True)
class MissingData:
    """The values that mean "no data". Without any, a band's file is not asked for its own."""

    values: tuple[Number, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", tuple(self.values))
        for value in self.values:
            is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
            if not is_number or not math.isfinite(value):
                raise ConfigurationError(
                    f"The missing value “{value}” is no number that a manifest can hold; write one "
                    "such as -9999, and leave NaN to the file's own nodata value."
                )

    def to_dict(self) -> dict[str, Any]:
        return {"values": list(self.values)} if self.values else {}


@dataclass(frozen=True)
class Tileset:
    """One COG. ``uri`` follows the manifest's prefix, if it has one.

    ``band_count`` is what the COG's headers say, to check bands by; manifests don't hold it.
    ``data_type`` and ``crs`` are for manifests from elsewhere: the service reads them in the file.
    """

    id: str
    uri: str
    data_type: str = ""
    crs: str = ""
    band_count: int | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if not self.id:
            raise ConfigurationError(f"The tileset of “{self.uri}” has no id; give it one.")
        if self.data_type and self.data_type not in DATA_TYPES.values():
            raise ConfigurationError(
                f"The tileset “{self.id}” has the data type “{self.data_type}”, which Earth Engine "
                f"doesn't have; use one of {', '.join(DATA_TYPES.values())}."
            )

    def to_dict(self) -> dict[str, Any]:
        values: dict[str, Any] = {"id": self.id}
        if self.data_type:
            values["dataType"] = self.data_type
        if self.crs:
            values["crs"] = self.crs
        return {**values, "sources": [{"uris": [self.uri]}]}


@dataclass(frozen=True)
class Band:
    """A band of the asset: the band ``tileset_band_index``, counted from 0, of a tileset."""

    id: str
    tileset_id: str
    tileset_band_index: int = 0
    missing_data: MissingData | None = None
    pyramiding_policy: str = ""

    def __post_init__(self) -> None:
        check_band_id(self.id)
        index = self.tileset_band_index
        if not isinstance(index, int) or isinstance(index, bool) or index < 0:
            raise ConfigurationError(
                f"The band “{self.id}” is number “{index}” of its tileset; count from 0."
            )
        _check_policy(self.pyramiding_policy, f"the band “{self.id}”")

    def to_dict(self) -> dict[str, Any]:
        values: dict[str, Any] = {
            "id": self.id,
            "tilesetId": self.tileset_id,
            "tilesetBandIndex": self.tileset_band_index,
        }
        return {**values, **_common(self.missing_data, self.pyramiding_policy)}


@dataclass(frozen=True)
class MaskBand:
    """The last band of a tileset as the mask of some bands, or of all where none is named."""

    tileset_id: str
    band_ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "band_ids", tuple(self.band_ids))

    def to_dict(self) -> dict[str, Any]:
        values: dict[str, Any] = {"tilesetId": self.tileset_id}
        return {**values, "bandIds": list(self.band_ids)} if self.band_ids else values


@dataclass(frozen=True)
class Manifest:
    """All that Earth Engine needs to make the asset ``name``.

    Without ``bands`` the asset has all those of its one tileset, under the names in the file.
    Times are RFC 3339, the end is exclusive. ``properties`` are texts and numbers.
    """

    name: str
    tilesets: tuple[Tileset, ...]
    bands: tuple[Band, ...] = ()
    mask_bands: tuple[MaskBand, ...] = ()
    properties: Mapping[str, Any] = field(default_factory=dict)
    uri_prefix: str = ""
    start_time: str = ""
    end_time: str = ""
    missing_data: MissingData | None = None
    pyramiding_policy: str = ""
    memo: str = ""

    def __post_init__(self) -> None:
        for name in ("tilesets", "bands", "mask_bands"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        object.__setattr__(self, "properties", dict(self.properties))
        check_asset_name(self.name)
        self._check_tilesets()
        self._check_bands()
        self._check_masks()
        self._refuse_idle()
        check_properties(self.properties)
        _check_policy(self.pyramiding_policy, "the asset")
        self._check_times()
        size = len(self.to_json().encode())
        if size > MOST_BYTES:
            raise ConfigurationError(
                f"The manifest has {size} bytes, and Earth Engine takes {MOST_BYTES} at most; give "
                "it fewer bands or properties."
            )

    @property
    def uris(self) -> tuple[GsUri, ...]:
        """Where the COGs are, one for each tileset."""
        return tuple(GsUri.parse(self.uri_prefix + tileset.uri) for tileset in self.tilesets)

    def to_dict(self) -> dict[str, Any]:
        """In the spelling and order of the REST reference; only what is set."""
        values: dict[str, Any] = {"name": self.name}
        if self.properties:
            values["properties"] = dict(self.properties)
        if self.uri_prefix:
            values["uriPrefix"] = self.uri_prefix
        values["tilesets"] = [tileset.to_dict() for tileset in self.tilesets]
        if self.bands:
            values["bands"] = [band.to_dict() for band in self.bands]
        if self.mask_bands:
            values["maskBands"] = [mask.to_dict() for mask in self.mask_bands]
        values.update(_common(self.missing_data, self.pyramiding_policy))
        times = {"startTime": self.start_time, "endTime": self.end_time, "memo": self.memo}
        return {**values, **{name: text for name, text in times.items() if text}}

    def to_json(self) -> str:
        """The text of a manifest's file, as ``earthengine upload external_image`` takes it."""
        return json.dumps(self.to_dict(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"

    def _check_tilesets(self) -> None:
        if not self.tilesets:
            raise ConfigurationError("The manifest has no tileset; choose at least one COG.")
        twice = _twice(tileset.id for tileset in self.tilesets)
        if twice is not None:
            raise ConfigurationError(f"Two tilesets have the id “{twice}”; give each its own.")
        for tileset in self.tilesets:
            GsUri.parse(self.uri_prefix + tileset.uri)

    def _check_bands(self) -> None:
        if not self.bands and len(self.tilesets) > 1:
            raise ConfigurationError(
                f"The manifest has {len(self.tilesets)} tilesets, but doesn't say which bands come "
                "from which; list the bands."
            )
        if len(self.bands) > MOST_BANDS:
            raise ConfigurationError(
                f"The asset would have {len(self.bands)} bands, and Earth Engine's images have "
                f"{MOST_BANDS} at most; make several assets."
            )
        twice = _twice(band.id for band in self.bands)
        if twice is not None:
            raise ConfigurationError(
                f"Two bands have the id “{twice}”, and Earth Engine takes one COG for each band, "
                "not several tiles; give each its own id, or make one COG of the tiles first."
            )
        known = {tileset.id: tileset for tileset in self.tilesets}
        for band in self.bands:
            tileset = known.get(band.tileset_id)
            if tileset is None:
                raise ConfigurationError(
                    f"The band “{band.id}” is of tileset “{band.tileset_id}”, which isn't in the "
                    f"manifest; use one of {', '.join(f'“{name}”' for name in known)}."
                )
            count = tileset.band_count
            if count is not None and band.tileset_band_index >= count:
                raise ConfigurationError(
                    f"The band “{band.id}” is number {band.tileset_band_index} of tileset "
                    f"“{tileset.id}”, but “{tileset.uri}” has {count}, numbered from 0; use a "
                    f"number of 0 to {count - 1}."
                )

    def _check_masks(self) -> None:
        tilesets, bands = {t.id for t in self.tilesets}, {b.id for b in self.bands}
        for mask in self.mask_bands:
            if mask.tileset_id not in tilesets:
                raise ConfigurationError(
                    f"A mask is of tileset “{mask.tileset_id}”, which isn't in the manifest."
                )
            for name in mask.band_ids:
                if bands and name not in bands:
                    raise ConfigurationError(
                        f"A mask is for the band “{name}”, which isn't in the manifest."
                    )

    def _refuse_idle(self) -> None:
        used = {band.tileset_id for band in self.bands}
        used |= {mask.tileset_id for mask in self.mask_bands}
        for tileset in self.tilesets:
            if self.bands and tileset.id not in used:
                raise ConfigurationError(
                    f"No band is of tileset “{tileset.id}” (“{tileset.uri}”); leave it out, or "
                    "list a band of it."
                )

    def _check_times(self) -> None:
        start = instant(self.start_time, "start time") if self.start_time else None
        end = instant(self.end_time, "end time") if self.end_time else None
        if start and end and end <= start:
            raise ConfigurationError(
                f"The end time {self.end_time} is not after the start time {self.start_time}. The "
                "end is exclusive, so it must be later; for a single moment leave it out."
            )


def _common(missing: MissingData | None, policy: str) -> dict[str, Any]:
    values: dict[str, Any] = {} if missing is None else {"missingData": missing.to_dict()}
    return {**values, "pyramidingPolicy": policy} if policy else values


def _check_policy(policy: str, where: str) -> None:
    if policy and policy not in PYRAMIDING_POLICIES:
        raise ConfigurationError(
            f"“{policy}” is no pyramiding policy for {where}; use one of "
            f"{', '.join(PYRAMIDING_POLICIES)}."
        )


def _twice(names: Iterable[str]) -> str | None:
    return next((name for name, count in Counter(names).items() if count > 1), None)
