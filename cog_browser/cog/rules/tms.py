# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules: the tiles are those of web maps, so that a browser shows them without resampling.

Source: OGC Two Dimensional Tile Matrix Set, WebMercatorQuad; GDAL, TILING_SCHEME.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from cog_browser.cog.rules.cog_file import CogFile
from cog_browser.cog.rules.finding import ERROR
from cog_browser.cog.rules.rule import Breach, rule
from cog_browser.cog.tiff.ifd import Ifd

_SOURCE = "OGC 17-083r4, WebMercatorQuad"
_REMEDY = "Convert it with the profile “web”."
_ELSEWHERE = "No COG standard demands it; many viewers resample by themselves."
_ORIGIN = 20037508.342789244
_RESOLUTION = 2 * _ORIGIN / 256  # of zoom 0
_SIDE = 256
_PROJECTED_KEY = 3072
_WEB_MERCATOR = (3857, 900913, 102100, 102113)


@rule("M-CRS", None, web=ERROR, source=_SOURCE, remedy=_REMEDY, dispute=_ELSEWHERE)
def web_mercator(file: CogFile) -> Iterator[Breach]:
    """The raster is in Web Mercator (EPSG:3857)."""
    if file.main and not _is_web_mercator(file.main):
        found = file.main.geo.keys.get(_PROJECTED_KEY, "none")
        yield Breach("The raster is not in Web Mercator.", "EPSG:3857", str(found))


@rule("M-TMS", None, web=ERROR, source=_SOURCE, remedy=_REMEDY, dispute=_ELSEWHERE)
def aligned(file: CogFile) -> Iterator[Breach]:
    """The resolution is that of a zoom level, and tiles lie exactly on those of web maps."""
    main = file.main
    if main is None or not _is_web_mercator(main):
        return
    geo = main.geo
    if not geo.pixel_scale or not geo.tie_points or not main.tiled or geo.pixel_scale[0] <= 0:
        yield Breach(
            "The raster has no place in the grid of web maps.", "tiles, tie point and scale"
        )
        return
    resolution = geo.pixel_scale[0]
    zoom = math.log2(_RESOLUTION / resolution) if math.isfinite(resolution) else math.nan
    exact = math.ldexp(_RESOLUTION, -round(zoom)) if math.isfinite(zoom) else 0
    if not exact or abs(resolution - exact) > exact * 1e-9 or geo.pixel_scale[1] != resolution:
        text = "The resolution is not that of a zoom level."
        yield Breach(
            text, f"{exact:.10g} m (zoom {round(zoom)})" if exact else None, f"{resolution:.10g} m"
        )
        return
    if not _is_multiple(main.block_width) or main.block_width != main.block_height:
        found = f"{main.block_width} × {main.block_height}"
        yield Breach(
            "The tiles are not those of web maps, nor 2, 4, 8 … times as large.", "256", found
        )
        return
    i, j, _, x, y = geo.tie_points[:5]
    side = main.block_width * resolution
    place = ((x - i * resolution + _ORIGIN) / side, (_ORIGIN - y - j * resolution) / side)
    if not all(math.isfinite(p) and abs(p - round(p)) <= 1e-6 for p in place):
        found = f"tile {place[0]:.5f}, {place[1]:.5f}"
        yield Breach("The tiles lie between those of web maps.", "whole numbers", found)


@rule("M-LEVELS", None, web=ERROR, source=_SOURCE, remedy=_REMEDY, dispute=_ELSEWHERE)
def consecutive_zooms(file: CogFile) -> Iterator[Breach]:
    """The levels are consecutive zooms, all with tiles of one size."""
    for before, ifd in zip(file.levels, file.levels[1:]):
        halved = abs(2 * ifd.width - before.width) <= 1 and abs(2 * ifd.height - before.height) <= 1
        same = (ifd.block_width, ifd.block_height) == (before.block_width, before.block_height)
        if not (halved and same):
            yield Breach(
                f"{file.label(ifd)} is not the next zoom level.",
                expected=f"half of {before.width} × {before.height}, tiles of {before.block_width}",
                found=f"{ifd.width} × {ifd.height}, tiles of {ifd.block_width}",
                offset=ifd.offset,
                where=file.label(ifd),
            )


def _is_web_mercator(ifd: Ifd) -> bool:
    return ifd.geo.keys.get(_PROJECTED_KEY) in _WEB_MERCATOR


def _is_multiple(side: int) -> bool:
    factor, rest = divmod(side, _SIDE)
    return not rest and factor > 0 and not factor & (factor - 1)


RULES = (web_mercator, aligned, consecutive_zooms)
