# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the manifest of an asset of what the headers of its COGs say."""

from __future__ import annotations

import posixpath
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Union

from cog_browser.cog.dates import TimeRange
from cog_browser.cog.earth_engine.manifest import Band, Manifest, MissingData, Tileset
from cog_browser.cog.earth_engine.names import asset_name, band_ids, is_band_id
from cog_browser.cog.earth_engine.source_image import SourceImage
from cog_browser.cog.earth_engine.times import rfc3339
from cog_browser.storage.errors import ConfigurationError

Time = Union[str, date, datetime]

_SURE_INTEGERS = 2.0**53  # up to here a float holds each


@dataclass(frozen=True)
class Wishes:
    """What the user wants said of the asset; the rest comes from the files.

    ``bands`` choose, order and name the asset's bands; the tilesets are numbered "0", "1", … as
    the files are given; None takes all bands of all files. ``start`` and ``end`` (exclusive) may
    be days; None looks into metadata and names, "" leaves them out. ``missing_data`` None takes
    the files' own nodata values.
    """

    bands: Sequence[Band] | None = None
    start: Time | None = None
    end: Time | None = None
    properties: Mapping[str, Any] | None = None
    missing_data: Sequence[float] | None = None
    pyramiding_policy: str = ""


def build_manifest(
    images: Sequence[SourceImage], asset: str, wishes: Wishes | None = None
) -> Manifest:
    """The manifest of the asset that the images are to back, one tileset for each.

    Raises `ConfigurationError` with what can't be, and what to do.
    """
    wishes = wishes or Wishes()
    _refuse_unfit(images)
    prefix = _common_folder(images)
    tilesets = tuple(
        Tileset(str(number), str(image.uri)[len(prefix) :], band_count=image.band_count)
        for number, image in enumerate(images)
    )
    needs_bands = wishes.bands is not None or not _speak_for_themselves(images)
    if wishes.bands is None and needs_bands:
        _refuse_unnamed(images)
    bands = suggest_bands(images) if wishes.bands is None else tuple(wishes.bands)
    missing, bands, is_per_band = _missing_data(images, bands, wishes)
    start, end = _times(images, wishes)
    return Manifest(
        asset_name(asset),
        tilesets,
        bands if needs_bands or is_per_band else (),
        properties=wishes.properties or {},
        uri_prefix=prefix,
        start_time=start,
        end_time=end,
        missing_data=missing,
        pyramiding_policy=wishes.pyramiding_policy,
    )


def suggest_bands(images: Sequence[SourceImage]) -> tuple[Band, ...]:
    """All bands of all images in their order, with ids as like the files' names as can be.

    The only band of a file, if it has no name, is called like the file.
    """
    places = [(number, band) for number, image in enumerate(images) for band in image.bands]
    ids = band_ids(_name_of(images[number], band.name) for number, band in places)
    return tuple(
        Band(band_id, str(number), band.number - 1) for band_id, (number, band) in zip(ids, places)
    )


def found_times(images: Sequence[SourceImage]) -> TimeRange | None:
    """From the first moment to the last that metadata or names tell; None where none does."""
    found = [taken for taken in (image.taken for image in images) if taken is not None]
    if not found:
        return None
    first = min(found, key=lambda taken: taken.start)
    return replace(first, end=max(taken.end for taken in found))


def _name_of(image: SourceImage, name: str) -> str:
    is_only = len(image.bands) == 1
    return name or (posixpath.splitext(posixpath.basename(image.uri.key))[0] if is_only else "")


def _speak_for_themselves(images: Sequence[SourceImage]) -> bool:
    """Whether Earth Engine, which takes the names in the file unasked, can use them all."""
    names = [band.name for band in images[0].bands]
    is_named = all(is_band_id(name) for name in names) and len(set(names)) == len(names)
    return len(images) == 1 and is_named


def _common_folder(images: Sequence[SourceImage]) -> str:
    """Up to and with the last slash that all URIs share; none for a single one."""
    if len(images) < 2:
        return ""
    shared = posixpath.commonprefix([str(image.uri) for image in images])
    prefix = shared[: shared.rindex("/") + 1]
    return "" if prefix == "gs://" else prefix


def _missing_data(
    images: Sequence[SourceImage], bands: tuple[Band, ...], wishes: Wishes
) -> tuple[MissingData | None, tuple[Band, ...], bool]:
    """For the asset where one value is that of all its bands; else band by band."""
    if wishes.missing_data is not None:
        return MissingData(tuple(_plain(value) for value in wishes.missing_data)), bands, False
    own = {str(number): _missing_in(image) for number, image in enumerate(images)}
    used = {own.get(band.tileset_id) for band in bands if band.missing_data is None}
    if len(used) <= 1:
        return next(iter(used), None), bands, False
    told = tuple(
        replace(band, missing_data=own.get(band.tileset_id)) if band.missing_data is None else band
        for band in bands
    )
    return None, told, True


def _missing_in(image: SourceImage) -> MissingData | None:
    """NaN is left to the file: JSON has no number for it."""
    value = image.nodata
    if value is None or value != value or abs(value) == float("inf"):  # noqa: PLR0124 (NaN)
        return None
    return MissingData((_plain(value),))


def _plain(value: float | int) -> float | int:
    """-9999, not -9999.0."""
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) < _SURE_INTEGERS
    return int(value) if is_whole else value


def _times(images: Sequence[SourceImage], wishes: Wishes) -> tuple[str, str]:
    start, end = wishes.start, wishes.end
    if start is None and end is None:
        found = found_times(images)
        start, end = (found.start, found.end) if found else ("", "")
    return (
        rfc3339(start, "start time") if start else "",
        rfc3339(end, "end time") if end else "",
    )


# What can't become one asset


def _refuse_unfit(images: Sequence[SourceImage]) -> None:
    if not images:
        raise ConfigurationError("No COG is given; choose at least one object of a bucket.")
    seen: set[tuple[str, str]] = set()
    alike: dict[Hashable, list[SourceImage]] = {}
    for image in images:
        if not image.bands:
            raise ConfigurationError(
                f"{image.uri} is no GeoTIFF whose headers can be read. Convert the raster with the "
                "profile “earth-engine”, and upload that."
            )
        place = (image.uri.bucket, image.uri.key)
        if place in seen:
            raise ConfigurationError(f"{image.uri} is given twice; give each COG once.")
        seen.add(place)
        bands = tuple((band.name, band.dtype) for band in image.bands)
        others = alike.setdefault((bands, image.description.crs_wkt), [])
        for other in others:
            if _lie_apart(other, image):
                raise ConfigurationError(
                    f"{other.uri} and {image.uri} have the same bands and lie beside each other, "
                    "as tiles of a mosaic do; Earth Engine takes one COG for a band. Make one COG "
                    "of them (gdalbuildvrt, then convert it), or an asset of each."
                )
        others.append(image)


def _refuse_unnamed(images: Sequence[SourceImage]) -> None:
    for image in images:
        if len(image.bands) < image.band_count:
            raise ConfigurationError(
                f"{image.uri} has {image.band_count} bands, and the names of the first "
                f"{len(image.bands)} only are read; list the bands of the asset."
            )


def _lie_apart(one: SourceImage, other: SourceImage) -> bool:
    """Whether less than half of either place is common to both."""
    a, b = one.bbox, other.bbox
    if a is None or b is None:
        return False
    width = max(min(a[2], b[2]) - max(a[0], b[0]), 0.0)
    height = max(min(a[3], b[3]) - max(a[1], b[1]), 0.0)
    smaller = min((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
    return width * height < smaller / 2
