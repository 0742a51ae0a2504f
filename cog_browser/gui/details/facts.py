# SPDX-License-Identifier: GPL-2.0-or-later
"""What the details pane says of an object, as groups of lines. Strangers' text stays plain."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from qgis.PyQt.QtCore import QLocale

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.layer_time import taken_text
from cog_browser.cog.description import NO_COG, NO_RASTER, VALID, Band, Description
from cog_browser.cog.structure import Structure
from cog_browser.gui.text import one_line, size_text, time_text
from cog_browser.storage.swift.object_headers import OWNERS

_BANDS_LISTED = 100
_LONGEST = 2000  # characters of a line
#: Headers that other lines say better.
_SAID = {"content-length", "last-modified", "etag", "content-type", "accept-ranges"}


@dataclass(frozen=True)
class Group:
    """A title and its lines, each a name with a value."""

    title: str
    lines: tuple[tuple[str, str], ...]


def groups_of(found: Description) -> list[Group]:
    """All that is known, the most asked for first; groups without lines are left out."""
    structure = found.report.structure
    groups = []
    if structure is not None:
        groups.append(Group(tr("Raster"), _plain(_raster(structure, found))))
        groups.append(Group(tr("Bands"), _plain(_bands(found.bands))))
        groups.append(Group(tr("Place"), _plain(_place(structure))))
        groups.append(Group(tr("Dates"), _plain(_dates(found))))
    groups.append(Group(tr("Object"), _plain(_object(found))))
    groups.append(Group(tr("Metadata of the owner"), _plain(_owners(found))))
    groups.append(Group(tr("Headers"), _plain(_headers(found))))
    return [group for group in groups if group.lines]


def own_names() -> tuple[str, ...]:
    """All names of lines that are ours, which the pane shows whole."""
    return (
        tr("Size"), tr("Blocks"), tr("Compression"), tr("Overviews"), tr("No data"), tr("Taken"),
        tr("CRS"), tr("Pixel size"), tr("Extent"), tr("Container"), tr("Key"), tr("Modified"),
        tr("Content type"), tr("ETag"), tr("Read for this"), tr("Selected"), tr("Joint extent"),
        tr("Georeferenced"), tr("Verdicts"),
    )  # fmt: skip


def verdict_text(verdict: str) -> str:
    """The badge in words."""
    if verdict == VALID:
        return tr("Valid COG")
    if verdict == NO_COG:
        return tr("Not a COG")
    if verdict == NO_RASTER:
        return tr("Not a raster")
    return tr("Valid COG, with warnings")


def bounds_text(bounds: tuple[float, float, float, float], unit: str) -> str:
    """West, south, east and north, as precisely as the unit deserves."""
    places = 6 if _is_degrees(unit) else 3
    numbers = [
        QLocale().toString(round(value, places), "f", _digits(value, places)) for value in bounds
    ]
    return tr("{west} to {east}, {south} to {north}").format(
        west=numbers[0], south=numbers[1], east=numbers[2], north=numbers[3]
    ) + (f" ({unit_text(unit)})" if unit else "")


def unit_text(unit: str) -> str:
    """A unit of coordinates for people; one that isn't common, in the file's words."""
    if _is_degrees(unit):
        return tr("degrees")
    if unit.lower() in ("metre", "meter", "m"):
        return tr("metres")
    return one_line(unit)


def _raster(structure: Structure, found: Description) -> Iterator[tuple[str, str]]:
    yield (
        tr("Size"),
        tr("{width} × {height} pixels").format(width=structure.width, height=structure.height),
    )
    is_striped = structure.block_width == structure.width
    block = f"{structure.block_width} × {structure.block_height}"
    yield tr("Blocks"), tr("{size}, strips").format(size=block) if is_striped else block
    yield tr("Compression"), _compression(structure)
    levels = [f"{level.width} × {level.height}" for level in structure.overviews]
    yield tr("Overviews"), ", ".join(levels) if levels else tr("none")
    if structure.mask == "mask":
        yield tr("No data"), tr("where the mask says so")
    elif structure.mask == "alpha":
        yield tr("No data"), tr("where the alpha band says so")
    else:
        yield tr("No data"), _nodata(found.bands, structure.nodata)


def _dates(found: Description) -> Iterator[tuple[str, str]]:
    if found.taken is not None:
        yield tr("Taken"), taken_text(found.taken)
    yield from found.dates


def _compression(structure: Structure) -> str:
    name = tr("none") if structure.compression == "NONE" else structure.compression
    if structure.bands > 1 and structure.interleave:
        return tr("{name}, interleaved by {kind}").format(
            name=name, kind=structure.interleave.lower()
        )
    return name


def _nodata(bands: tuple[Band, ...], first: float | None) -> str:
    values = {repr(band.nodata) for band in bands}
    if len(values) > 1:
        return tr("differs by band")
    return tr("none") if first is None else _number(first)


def _bands(bands: tuple[Band, ...]) -> Iterator[tuple[str, str]]:
    differ = len({repr(band.nodata) for band in bands}) > 1
    for band in bands[:_BANDS_LISTED]:
        parts = [band.name, band.dtype, band.colour, f"[{band.unit}]" if band.unit else ""]
        if differ:
            value = tr("none") if band.nodata is None else _number(band.nodata)
            parts.append(tr("no data: {value}").format(value=value))
        yield str(band.number), ", ".join(part for part in parts if part)
    if len(bands) > _BANDS_LISTED:
        yield "…", tr("{count} more").format(count=len(bands) - _BANDS_LISTED)


def _place(structure: Structure) -> Iterator[tuple[str, str]]:
    crs = structure.crs
    if crs is None:
        yield tr("CRS"), tr("none: it has no place on the map")
    else:
        name = " – ".join(part for part in (crs.authid, crs.name) if part)
        yield tr("CRS"), name or tr("without a name")
    unit = crs.unit if crs else ""
    if structure.pixel_size is not None:
        x, y = (f"{value:.10g}" for value in structure.pixel_size)
        said = unit_text(unit) if unit else tr("unknown unit")
        yield tr("Pixel size"), f"{x} × {y} {said}"
    if structure.bbox is not None:
        yield tr("Extent"), bounds_text(structure.bbox, unit)


def _object(found: Description) -> Iterator[tuple[str, str]]:
    entry, reading = found.entry, found.report.reading
    yield tr("Container"), entry.container
    yield tr("Key"), entry.key
    size = tr("{count} bytes").format(count=QLocale().toString(entry.size))
    yield tr("Size"), f"{size_text(entry.size)} ({size})"
    if entry.last_modified is not None:
        yield tr("Modified"), time_text(entry.last_modified)
    yield tr("Content type"), entry.content_type
    yield tr("ETag"), entry.etag
    yield (
        tr("Read for this"),
        tr("{size} in {count} requests").format(
            size=size_text(reading.bytes), count=reading.requests or 0
        ),
    )


def _owners(found: Description) -> Iterator[tuple[str, str]]:
    for name, value in found.headers:
        if name.lower().startswith(OWNERS.lower()):
            yield name[len(OWNERS) :], value


def _headers(found: Description) -> Iterator[tuple[str, str]]:
    for name, value in found.headers:
        if name.lower() not in _SAID and not name.lower().startswith(OWNERS.lower()):
            yield name, value


def _plain(lines: Iterator[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((one_line(n)[:_LONGEST], one_line(v)[:_LONGEST]) for n, v in lines if v)


def _number(value: float) -> str:
    if isinstance(value, float) and math.isfinite(value):
        return f"{value:.17g}" if abs(value) >= 1e15 else f"{value:.12g}"
    return str(value)


def _digits(value: float, places: int) -> int:
    """No zeros at the end."""
    text = f"{value:.{places}f}".rstrip("0")
    return len(text.partition(".")[2])


def _is_degrees(unit: str) -> bool:
    return unit.lower().startswith("degree")
