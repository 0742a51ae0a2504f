# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules: OGC 21-026's requirements classes on the format and the GeoTIFF keys."""

from __future__ import annotations

from collections.abc import Iterator

from cog_browser.cog.rules.cog_file import CogFile, compression_name, full_resolution
from cog_browser.cog.rules.finding import ERROR, NOTE, WARNING
from cog_browser.cog.rules.rule import Breach, rule
from cog_browser.cog.tiff.ifd import MASK_OF_OVERVIEW, OVERVIEW
from cog_browser.cog.tiff.tags import Tag

_OGC = "OGC 21-026 /req/"
_CLASSIC_MOST = (1 << 32) - 1
_SMALL = 512
_GEO_TAGS = (
    *(Tag.MODEL_PIXEL_SCALE, Tag.MODEL_TIEPOINT, Tag.MODEL_TRANSFORMATION),
    *(Tag.GEO_KEY_DIRECTORY, Tag.GEO_DOUBLE_PARAMS, Tag.GEO_ASCII_PARAMS),
)


# Format


@rule("F-BIGTIFF", ERROR, source=_OGC + "geotiff-format/use-geotiff", ogc_class="format")
def large_is_bigtiff(file: CogFile) -> Iterator[Breach]:
    """A file over 4 GB is a BigTIFF."""
    if file.tiff.version == 42 and file.size > _CLASSIC_MOST:
        yield Breach("The file is larger than a classic TIFF can be.", "BigTIFF", "classic TIFF", 0)


@rule(
    "F-CLASSIC",
    NOTE,
    source="OGC 21-026 /rec/geotiff-format/use-geotiff",
    remedy="",
    dispute="GDAL chooses BigTIFF already where 4 GB might be passed.",
)
def small_is_classic(file: CogFile) -> Iterator[Breach]:
    """A file under 4 GB is a classic TIFF, which more programs read."""
    if file.tiff.big and file.size <= _CLASSIC_MOST:
        yield Breach("The file is a BigTIFF though it is under 4 GB.", "classic TIFF", "BigTIFF", 0)


_TILED_DISPUTE = "GDAL accepts strips up to 1024 pixels wide, rio-cogeo up to 512 × 512."


def _in_strips(file: CogFile, small: bool) -> Iterator[Breach]:
    for ifd in file.ifds:
        is_small = max(ifd.width, ifd.height) <= _SMALL
        if not ifd.tiled and is_small == small and ifd.width:
            name = file.label(ifd)
            yield Breach(
                f"{name[0].upper()}{name[1:]} is stored in strips, not in tiles.",
                expected="tiles",
                found=f"strips of {ifd.block_width} × {ifd.block_height} pixels",
                offset=ifd.offset,
                where=name,
            )


@rule(
    "F-TILED",
    ERROR,
    source=_OGC + "geotiff-format/tiling",
    dispute=_TILED_DISPUTE,
    ogc_class="format",
    gdal=True,
)
def tiled(file: CogFile) -> Iterator[Breach]:
    """An image wider or higher than 512 pixels is tiled, overviews and masks too."""
    yield from _in_strips(file, small=False)


@rule(
    "F-TILED-SMALL",
    WARNING,
    ogc=ERROR,
    earth_engine=ERROR,
    source=_OGC + "geotiff-format/tiling",
    dispute=_TILED_DISPUTE + " OGC and Earth Engine accept none.",
    ogc_class="format",
)
def small_tiled(file: CogFile) -> Iterator[Breach]:
    """An image of at most 512 × 512 pixels is tiled as well."""
    yield from _in_strips(file, small=True)


@rule(
    "F-COMPRESSED",
    NOTE,
    source="OGC 21-026 /rec/geotiff-format/rec-compression",
    remedy="Convert it with compression; DEFLATE, LZW and ZSTD keep every value.",
    dispute="A recommendation only; no validator tests it.",
)
def compressed(file: CogFile) -> Iterator[Breach]:
    """The blocks are compressed."""
    if file.main and file.main.compression == 1:
        found = compression_name(file.main)
        yield Breach("The blocks are not compressed.", found=found, where=file.label(file.main))


# Keys


@rule(
    "K-GEOTIFF",
    WARNING,
    ogc=ERROR,
    earth_engine=ERROR,
    source=_OGC + "geotiff-keys/basic-metadata-format",
    remedy="Set the coordinate reference system (gdal_edit.py -a_srs), then convert it.",
    dispute="GDAL's and rio-cogeo's validators need no georeference.",
    ogc_class="keys",
)
def has_geo_keys(file: CogFile) -> Iterator[Breach]:
    """The main image has GeoTIFF keys."""
    if file.main and not file.main.geo.keys:
        text = "There are no GeoTIFF keys, so nobody knows where the raster lies."
        yield Breach(text, "GeoKeyDirectory (34735)", "none", where=file.label(file.main))


@rule(
    "K-GEOREF",
    NOTE,
    ogc=ERROR,
    source=_OGC + "geotiff-keys/georeference",
    remedy="Warp it to a raster without rotation (gdalwarp), then convert it.",
    dispute="GDAL and Earth Engine read rotated rasters; GDAL reads control points, too.",
    ogc_class="keys",
)
def is_georeferenced(file: CogFile) -> Iterator[Breach]:
    """Images of full resolution have a tie point, a pixel scale and GeoTIFF keys."""
    for ifd in full_resolution(file):
        geo = ifd.geo
        if geo.tie_points and geo.pixel_scale and geo.keys:
            continue
        has = [
            name
            for name, value in (
                ("ModelTiepoint", geo.tie_points),
                ("ModelPixelScale", geo.pixel_scale),
                ("ModelTransformation", geo.transformation),
                ("GeoKeyDirectory", geo.keys),
            )
            if value
        ]
        yield Breach(
            f"{file.label(ifd)} is not georeferenced as the standard demands.",
            expected="ModelTiepoint, ModelPixelScale and GeoKeyDirectory",
            found=", ".join(has) or "none",
            offset=ifd.offset,
            where=file.label(ifd),
        )


@rule(
    "K-ORIGIN",
    NOTE,
    ogc=ERROR,
    source=_OGC + "geotiff-keys/point-of-origin",
    dispute="GDAL and rio-cogeo don't look, and readers pass over it.",
    ogc_class="keys",
)
def overviews_have_no_keys(file: CogFile) -> Iterator[Breach]:
    """Overviews carry no georeference of their own."""
    for ifd in file.ifds:
        tags = [tag for tag in _GEO_TAGS if tag in ifd.entries]
        if ifd.kind in (OVERVIEW, MASK_OF_OVERVIEW) and tags:
            yield Breach(
                f"{file.label(ifd)} has a georeference of its own.",
                expected="none",
                found=", ".join(f"tag {int(tag)}" for tag in tags),
                offset=ifd.offset,
                where=file.label(ifd),
            )


@rule(
    "K-CONSISTENT",
    WARNING,
    ogc=ERROR,
    source="OGC GeoTIFF 1.1, section 7.1",
    remedy="Set the coordinate reference system again (gdal_edit.py -a_srs), then convert it.",
    ogc_class="keys",
)
def keys_are_consistent(file: CogFile) -> Iterator[Breach]:
    """The directory of GeoTIFF keys names values that are there."""
    for problem in file.problems("geokeys"):
        yield Breach(problem.message, offset=problem.offset, where=file.label_at(problem.ifd))


RULES = (
    large_is_bigtiff, small_is_classic, tiled, small_tiled, compressed, has_geo_keys,
    is_georeferenced, overviews_have_no_keys, keys_are_consistent,
)  # fmt: skip
