# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules: what Google Earth Engine demands of external images.

Source: its guides on Cloud Optimized GeoTIFF and external images, the ImageManifest of its API.
"""

from __future__ import annotations

from collections.abc import Iterator

from cog_browser.cog.rules.cog_file import CogFile, compression_name
from cog_browser.cog.rules.content import type_name
from cog_browser.cog.rules.finding import ERROR, NOTE, WARNING
from cog_browser.cog.rules.rule import Breach, rule

_GUIDE = "Earth Engine, external images"
_SIDES = (256, 512, 1024, 2048)
_TYPES = ("Byte", "Int8", "UInt16", "Int16", "UInt32", "Int32", "Float32", "Float64")
_PROFILE = "Convert it with the profile “earth-engine”."


@rule(
    "E-TILES",
    NOTE,
    earth_engine=ERROR,
    source=_GUIDE,
    remedy=_PROFILE,
    dispute="Other readers accept any size.",
)
def tile_sides(file: CogFile) -> Iterator[Breach]:
    """Tiles are squares of 256, 512, 1024 or 2048 pixels."""
    for ifd in file.ifds:
        size = (ifd.block_width, ifd.block_height)
        if not ifd.tiled or size[0] != size[1] or size[0] not in _SIDES:
            yield Breach(
                f"Earth Engine doesn't take the blocks of {file.label(ifd)}.",
                expected="square tiles of 256, 512, 1024 or 2048",
                found=f"{'tiles' if ifd.tiled else 'strips'} of {size[0]} × {size[1]}",
                offset=ifd.offset,
                where=file.label(ifd),
            )


@rule(
    "E-TILE-SIDE",
    None,
    earth_engine=WARNING,
    source=_GUIDE,
    remedy=_PROFILE,
    dispute="A recommendation only; to OGC 256 is as good as 512 and 1024.",
)
def large_tiles(file: CogFile) -> Iterator[Breach]:
    """The side of a tile is at least 512 pixels."""
    if file.main and file.main.tiled and file.main.block_width < 512:
        found = f"{file.main.block_width} × {file.main.block_height}"
        yield Breach("Earth Engine advises larger tiles.", "512 × 512 or more", found)


@rule(
    "E-TYPE",
    NOTE,
    earth_engine=ERROR,
    source="Earth Engine, ImageManifest: DataType",
    remedy="Convert the values to one of the types first (gdal_translate -ot).",
)
def data_type(file: CogFile) -> Iterator[Breach]:
    """The data type is one that Earth Engine has."""
    if file.main and type_name(file.main) not in _TYPES:
        found = type_name(file.main) or "unknown"
        yield Breach("Earth Engine has no such data type.", ", ".join(_TYPES), found)


@rule(
    "E-CODEC",
    None,
    earth_engine=NOTE,
    source=_GUIDE,
    remedy=_PROFILE,
    dispute="Not every GDAL has ZSTD, and OGC warns that not all readers know newer codecs.",
)
def zstd(file: CogFile) -> Iterator[Breach]:
    """The compression is ZSTD, which Earth Engine reads fastest."""
    if file.main and compression_name(file.main) != "ZSTD":
        yield Breach("Earth Engine advises ZSTD.", "ZSTD", compression_name(file.main))


RULES = (tile_sides, large_tiles, data_type, zstd)
