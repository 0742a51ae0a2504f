# SPDX-License-Identifier: GPL-2.0-or-later
"""How rasters fit together on one grid of whole pixels, or which of them don't and why.

No value is ever computed: a pixel of the result is a pixel of a source. So all pixels must lie on
one grid, and what would need resampling is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace

from cog_browser.cog.description import Band
from cog_browser.cog.mosaic.coverage import is_covered
from cog_browser.cog.mosaic.piece import Piece
from cog_browser.storage.errors import ConfigurationError

#: QGIS opens a mosaic on its main thread several times while it reads a project.
MOST_OBJECTS = 200
#: Pixels: edges so close to the grid are on it.
_SAME_PLACE = 0.01
#: Of a pixel's size: what makes less than a hundredth of a pixel over a thousand of them.
_SAME_SIZE = 1e-5
_MOST_PIXELS = 2**31 - 1
_NAMED = 5
#: What GDAL would bring through 53 bits to leave pixels out.
_TOO_LONG = ("Int64", "UInt64")

#: Column, row, width and height in pixels.
Rectangle = tuple[int, int, int, int]


@dataclass(frozen=True)
class Part:
    """Where a band of a piece goes."""

    piece: Piece
    band: int
    place: Rectangle


@dataclass(frozen=True)
class PlannedBand:
    """``parts`` from the lowest to the one on top. ``band`` tells what its values mean."""

    band: Band
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Plan:
    """``mask`` is empty if the values tell which pixels there are.

    Of a mosaic, a pixel is there if one part of it says so, of a stack if all do.
    """

    width: int
    height: int
    transform: tuple[float, ...]
    crs_wkt: str
    bands: tuple[PlannedBand, ...]
    mask: tuple[Part, ...]
    is_stack: bool


def plan_mosaic(pieces: Sequence[Piece]) -> Plan:
    """One raster of pieces side by side; where they overlap, later ones lie on top.

    Raises `ConfigurationError` that says which pieces don't fit, and how.
    """
    if len(pieces) > MOST_OBJECTS:
        raise ConfigurationError(
            f"{len(pieces)} objects are too many for one mosaic; at most {MOST_OBJECTS} can be "
            "joined."
        )
    _need_place(pieces)
    first = pieces[0]
    for what, value_of, say in _MUST_BE_SAME:
        _need_same(pieces, what, value_of, say)
    for number in range(len(first.bands)):
        _need_same_name(pieces, number)
    _need_one_way(pieces)
    _need_exact_values(pieces)
    _need_same(pieces, "pixel size", _SizeClass(pieces).of, _size_text)
    width, height, transform, places = _grid(pieces, first.transform[1], first.transform[5])
    bands = tuple(
        PlannedBand(
            band,
            tuple(Part(piece, number, place) for piece, place in zip(pieces, places)),
        )
        for number, band in enumerate(first.bands, 1)
    )
    mask = _mask(bands[0].parts, width, height)
    return Plan(width, height, transform, first.crs_wkt, bands, mask, False)


def plan_stack(chosen: Sequence[tuple[Piece, int]]) -> Plan:
    """One raster whose bands are these bands (numbers from 1) of these pieces, one on another.

    Coarser pixels are repeated where they are a whole number of the finest ones. Raises
    `ConfigurationError` that says which pieces don't fit, and how.
    """
    pieces = tuple(dict.fromkeys(piece for piece, _ in chosen))
    _need_place(pieces)
    _need_same(pieces, "CRS", lambda piece: piece.crs_wkt, lambda piece: piece.crs_name)
    finest = min(pieces, key=lambda piece: piece.transform[1])
    width, height, transform, places = _grid(pieces, finest.transform[1], finest.transform[5])
    place_of = dict(zip(pieces, places))
    bands = tuple(
        PlannedBand(
            replace(piece.bands[number - 1], name=piece.bands[number - 1].name or piece.name),
            (Part(piece, number, place_of[piece]),),
        )
        for piece, number in chosen
    )
    _need_whole(bands, (0, 0, width, height))
    mask = tuple(Part(p, 1, place_of[p]) for p in pieces if p.mask in ("mask", "alpha"))
    return Plan(width, height, transform, finest.crs_wkt, bands, mask, True)


def _mask(parts: tuple[Part, ...], width: int, height: int) -> tuple[Part, ...]:
    """The parts of the mask, where something is left empty that no other value tells."""
    if parts[0].piece.mask in ("nodata", "alpha"):
        return ()
    has_masks = any(part.piece.mask == "mask" for part in parts)
    is_whole = is_covered((width, height), [part.place for part in parts])
    return () if is_whole and not has_masks else tuple(replace(part, band=1) for part in parts)


# What must be the same


def _types(piece: Piece) -> Hashable:
    return tuple(band.dtype for band in piece.bands)


def _nodata(piece: Piece) -> Hashable:
    return tuple(repr(band.nodata) for band in piece.bands)


def _text(values: Sequence[object]) -> str:
    """The values of all bands, once where they are the same."""
    return str(values[0]) if len(set(values)) == 1 else ", ".join(map(str, values))


def _nodata_text(piece: Piece) -> str:
    values = ["none" if band.nodata is None else f"{band.nodata:.12g}" for band in piece.bands]
    return _text(values)


def _transparency(piece: Piece) -> Hashable:
    colours = [band.colour for band in piece.bands]
    return "Alpha" in colours, colours.index("Alpha") if "Alpha" in colours else 0


def _meaning(piece: Piece) -> Hashable:
    return tuple((band.scale or 1.0, band.offset or 0.0, band.unit) for band in piece.bands)


def _meaning_text(piece: Piece) -> str:
    return _text([f"× {b.scale or 1:g} + {b.offset or 0:g} {b.unit}".strip() for b in piece.bands])


_Rule = tuple[str, Callable[[Piece], Hashable], Callable[[Piece], str]]
_MUST_BE_SAME: tuple[_Rule, ...] = (
    ("CRS", lambda piece: piece.crs_wkt, lambda piece: piece.crs_name),
    ("number of bands", lambda piece: len(piece.bands), lambda piece: str(len(piece.bands))),
    ("data type", _types, lambda piece: _text([band.dtype for band in piece.bands])),
    ("nodata value", _nodata, _nodata_text),
    (
        "alpha band",
        _transparency,
        lambda piece: "with one" if _transparency(piece) != (False, 0) else "without",
    ),
    (
        "band order",
        lambda piece: tuple(band.colour for band in piece.bands),
        lambda piece: ", ".join(band.colour or "no colour" for band in piece.bands),
    ),
    ("scale, offset or unit", _meaning, _meaning_text),
    (
        "palette",
        lambda piece: tuple(band.palette for band in piece.bands),
        lambda piece: "another" if any(band.palette for band in piece.bands) else "none",
    ),
)


def _need_same(
    pieces: Sequence[Piece],
    what: str,
    value_of: Callable[[Piece], Hashable],
    say: Callable[[Piece], str],
) -> None:
    """All are compared with what most have."""
    values = [value_of(piece) for piece in pieces]
    usual, _ = Counter(values).most_common(1)[0]
    others = [piece for piece, value in zip(pieces, values) if value != usual]
    if not others:
        return
    model = pieces[values.index(usual)]
    raise ConfigurationError(
        f"The objects can't be joined: not all have the same {what}. "
        f"Of {len(pieces)}, {_listed(others, say)}; “{model.name}” has {say(model)}. "
        "Leave those out that differ, or make them alike first."
    )


def _need_same_name(pieces: Sequence[Piece], number: int) -> None:
    """Bands are joined by their numbers, so what has another name may be another band."""
    named = [piece for piece in pieces if piece.bands[number].name.strip()]
    if named:
        _need_same(
            named,
            "band order",
            lambda piece: piece.bands[number].name.strip().casefold(),
            lambda piece: f"“{piece.bands[number].name.strip()}” as band {number + 1}",
        )


def _need_one_way(pieces: Sequence[Piece]) -> None:
    """A VRT heeds either the nodata value or the mask of a source where others lie below."""
    ways = {piece: _ways(piece) for piece in pieces}
    both = [piece for piece in pieces if len(ways[piece]) > 1]
    if both:
        raise ConfigurationError(
            f"The objects can't be joined: {_listed(both, lambda p: ' and '.join(ways[p]))}. Only "
            "one of them can tell which pixels let what is below show. Leave those objects out, or "
            "make files of them that have only one."
        )


def _ways(piece: Piece) -> list[str]:
    """What tells which pixels a piece has."""
    is_there = {
        "a nodata value": any(band.nodata is not None for band in piece.bands),
        "a mask": piece.mask == "mask",
        "an alpha band": any(band.colour == "Alpha" for band in piece.bands),
    }
    return [way for way, is_so in is_there.items() if is_so]


def _need_whole(bands: Sequence[PlannedBand], whole: Rectangle) -> None:
    """What ends before the others needs a value that says so: a mask would hide the others too."""
    short = {
        planned.parts[0].piece: None
        for planned in bands
        if planned.parts[0].place != whole
        and (
            planned.band.nodata is None
            or planned.band.dtype in _TOO_LONG
            or planned.parts[0].piece.mask in ("mask", "alpha")
        )
    }
    if short:
        raise ConfigurationError(
            f"The objects can't be joined: {_quoted(tuple(short))} are missing in a part of what "
            "the others cover, and no nodata value can say so. Leave out what differs, or cut all "
            "to the same extent first."
        )


def _listed(pieces: Sequence[Piece], say: Callable[[Piece], str]) -> str:
    """“a.tif” has x, “b.tif” has y, and 3 others differ as well."""
    said = [f"“{piece.name}” has {say(piece)}" for piece in pieces[:_NAMED]]
    if len(pieces) > _NAMED:
        said.append(f"and {len(pieces) - _NAMED} others differ as well")
    return ", ".join(said)


def _need_place(pieces: Sequence[Piece]) -> None:
    lost = [piece for piece in pieces if not piece.transform or not piece.crs_wkt]
    if lost:
        raise ConfigurationError(
            f"The objects can't be joined: {_names(lost)} no place on the map (no CRS or no "
            "georeference). Leave out what has none."
        )
    turned = [piece for piece in pieces if not _is_north_up(*piece.transform)]
    if turned:
        raise ConfigurationError(
            f"The objects can't be joined: {_names(turned)} pixels that aren't north up. "
            "Warp them first."
        )


def _is_north_up(_x: float, dx: float, turn_x: float, _y: float, turn_y: float, dy: float) -> bool:
    return not turn_x and not turn_y and dx > 0 > dy


def _need_exact_values(pieces: Sequence[Piece]) -> None:
    """64-bit integers that lie over others only in part would be rounded on their way."""
    long = [piece for piece in pieces if any(band.dtype in _TOO_LONG for band in piece.bands)]
    rounded = [piece for piece in long if _ways(piece)]
    if rounded:
        raise ConfigurationError(
            "The objects can't be joined: 64-bit integers would be rounded by GDAL where "
            f"{_listed(rounded, lambda piece: _ways(piece)[0])}. Convert them to Int32 or Float64 "
            "first."
        )


def _names(pieces: Sequence[Piece]) -> str:
    """“a.tif” has / “a.tif” and 2 others have."""
    if len(pieces) == 1:
        return f"“{pieces[0].name}” has"
    return f"“{pieces[0].name}” and {len(pieces) - 1} others have"


def _quoted(pieces: Sequence[Piece]) -> str:
    more = f" and {len(pieces) - _NAMED} others" if len(pieces) > _NAMED else ""
    return ", ".join(f"“{piece.name}”" for piece in pieces[:_NAMED]) + more


class _SizeClass:
    """Pixel sizes of which one is as good as another: rounding makes them differ a bit."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._known: list[tuple[float, float]] = []
        for piece in pieces:
            self.of(piece)

    def of(self, piece: Piece) -> int:
        x, y = piece.transform[1], piece.transform[5]
        for number, (known_x, known_y) in enumerate(self._known):
            if abs(x / known_x - 1) < _SAME_SIZE and abs(y / known_y - 1) < _SAME_SIZE:
                return number
        self._known.append((x, y))
        return len(self._known) - 1


def _size_text(piece: Piece) -> str:
    return f"{piece.transform[1]:.10g} × {-piece.transform[5]:.10g}"


# The grid


def _grid(
    pieces: Sequence[Piece], step_x: float, step_y: float
) -> tuple[int, int, tuple[float, ...], list[Rectangle]]:
    """Size, transform and each piece's place on the grid around all of them."""
    west = min(piece.transform[0] for piece in pieces)
    north = max(piece.transform[3] for piece in pieces)
    places, off = [], []
    for piece in pieces:
        x0, dx, _, y0, _, dy = piece.transform
        edges = (
            (x0 - west) / step_x,
            (y0 - north) / step_y,
            piece.width * dx / step_x,
            piece.height * dy / step_y,
        )
        ratio = dx / step_x, dy / step_y
        place = tuple(round(edge) for edge in edges)
        is_whole = all(abs(one - round(one)) < 1e-3 for one in ratio)
        if not is_whole or any(abs(e - p) > _SAME_PLACE for e, p in zip(edges, place)):
            off.append(piece)
        places.append((place[0], place[1], place[2], place[3]))
    if off:
        model = next((piece for piece in pieces if piece not in off), pieces[0])
        raise ConfigurationError(
            f"The objects can't be joined: their pixels don't lie on one grid. Those of "
            f"{_quoted(off)} lie between those of “{model.name}”, so values would have to be "
            "resampled. Warp them to one grid first."
        )
    width = max(x + w for x, _, w, _ in places)
    height = max(y + h for _, y, _, h in places)
    if max(width, height) > _MOST_PIXELS:
        raise ConfigurationError(
            f"The objects are too far from each other for one raster: {width} × {height} pixels."
        )
    return width, height, (west, step_x, 0.0, north, 0.0, step_y), places
