# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules: OGC 21-026's requirements classes on overviews and on the sizes of levels and tiles.

Masks are judged as a pyramid of their own: taken literally, the standard would refuse the layout
that its own recommendation describes and GDAL writes.
"""

from __future__ import annotations

from collections.abc import Iterator

from cog_browser.cog.rules.cog_file import CogFile
from cog_browser.cog.rules.finding import ERROR, NOTE, WARNING
from cog_browser.cog.rules.rule import CONVERT, Breach, rule
from cog_browser.cog.tiff.ifd import OTHER, PAGE, Ifd

_OGC = "OGC 21-026 /req/"
_SMALL = 512
_VIEWPORT = 1024


def _size(ifd: Ifd) -> str:
    return f"{ifd.width} × {ifd.height}"


def _tile(ifd: Ifd) -> str:
    return f"{ifd.block_width} × {ifd.block_height}"


# Overviews


@rule(
    "V-FULLRES",
    ERROR,
    source=_OGC + "geotiff-overviews/overviews A",
    dispute="GDAL and rio-cogeo take the first image for the main one, marked or not.",
    ogc_class="overviews",
)
def has_full_resolution(file: CogFile) -> Iterator[Breach]:
    """At least one image is not marked as a reduced one."""
    if file.ifds and all(ifd.is_reduced for ifd in file.ifds):
        found = f"NewSubfileType {file.ifds[0].subfile_type}"
        yield Breach("Every image is marked as an overview of another.", "bit 0 unset", found)


@rule(
    "V-ORDER",
    ERROR,
    source=_OGC + "geotiff-overviews/overviews B, F",
    dispute="GDAL's and rio-cogeo's validators don't look.",
    ogc_class="overviews",
)
def full_resolution_first(file: CogFile) -> Iterator[Breach]:
    """Each image of full resolution comes before its overviews, and so does each mask."""
    for group in file.groups:
        first = group[0]
        if first.is_reduced and not all(ifd.is_reduced for ifd in file.ifds):
            name = file.label(first)
            yield Breach(
                f"{name[0].upper()}{name[1:]} is an overview without an image before it.",
                offset=first.offset,
                where=name,
            )


@rule(
    "V-SIZE",
    ERROR,
    source=_OGC + "geotiff-overviews/overviews C, D, E",
    dispute="GDAL accepts an overview as large as the level before it.",
    ogc_class="overviews",
    gdal=True,
)
def each_is_smaller(file: CogFile) -> Iterator[Breach]:
    """Each overview has fewer columns and rows than the level before it."""
    for group in file.groups:
        for before, ifd in zip(group, group[1:]):
            narrower = ifd.width < before.width or before.width == ifd.width == 1
            lower = ifd.height < before.height or before.height == ifd.height == 1
            if not (narrower and lower):
                yield Breach(
                    f"{file.label(ifd)} is not smaller than the level before it.",
                    expected=f"less than {_size(before)}",
                    found=_size(ifd),
                    offset=ifd.offset,
                    where=file.label(ifd),
                )


@rule(
    "V-FLAG",
    WARNING,
    ogc=ERROR,
    source=_OGC + "geotiff-overviews/overviews B",
    remedy="Readers take it for another image. Convert the file to a COG.",
    dispute="GDAL and rio-cogeo take it for one more page.",
)
def overviews_are_marked(file: CogFile) -> Iterator[Breach]:
    """An image that has the size of an overview is marked as one (NewSubfileType bit 0)."""
    main = file.main
    for ifd in file.ifds[1:]:
        if main is None or ifd.kind != OTHER or ifd.subfile_type & PAGE or ifd.is_mask:
            continue
        alike = (ifd.samples_per_pixel, ifd.bits) == (main.samples_per_pixel, main.bits)
        if alike and _is_reduction(main, ifd):
            yield Breach(
                f"{file.label(ifd)} looks like an overview, but is not marked as one.",
                expected="NewSubfileType 1",
                found=f"NewSubfileType {ifd.subfile_type}",
                offset=ifd.offset,
                where=file.label(ifd),
            )


def _is_reduction(main: Ifd, ifd: Ifd) -> bool:
    """Whether it has the size of the main image halved once or several times, give or take 1."""
    sizes = ((-(-main.width // 2**n), -(-main.height // 2**n)) for n in range(1, 32))
    return ifd.width < main.width and any(
        abs(width - ifd.width) <= 1 and abs(height - ifd.height) <= 1 for width, height in sizes
    )


@rule(
    "V-NO-OVR",
    WARNING,
    ogc=ERROR,
    source="GDAL's and rio-cogeo's validators",
    remedy=f"{CONVERT} It adds overviews.",
    dispute="rio-cogeo --strict and OGC's class “optimized” call it an error.",
    gdal=True,
)
def has_overviews(file: CogFile) -> Iterator[Breach]:
    """An image wider or higher than 512 pixels has overviews."""
    main = file.main
    if main and max(main.width, main.height) > _SMALL and not file.overviews:
        text = "There are no overviews, so a view of the whole reads the whole file."
        yield Breach(text, expected="overviews", found=f"none for {_size(main)} pixels")


# Optimized


@rule(
    "O-SQUARE",
    NOTE,
    ogc=ERROR,
    source=_OGC + "optimized_geotiff/small-sizes A",
    dispute="GDAL and rio-cogeo accept any size.",
    ogc_class="optimized",
)
def tiles_are_square(file: CogFile) -> Iterator[Breach]:
    """Tiles are square."""
    for ifd in file.ifds:
        if ifd.tiled and ifd.block_width != ifd.block_height:
            text = f"The tiles of {file.label(ifd)} are not square."
            yield Breach(text, "square tiles", _tile(ifd), ifd.offset, file.label(ifd))


@rule(
    "O-VIEWPORT",
    WARNING,
    source=_OGC + "optimized_geotiff/small-sizes B",
    dispute="The standard gives no number, but names 256, 512 and 1024; Earth Engine takes 2048.",
)
def tiles_are_small(file: CogFile) -> Iterator[Breach]:
    """The side of a tile is no longer than a common screen: at most 1024 pixels."""
    for ifd in file.ifds:
        if ifd.tiled and max(ifd.block_width, ifd.block_height) > _VIEWPORT:
            text = f"The tiles of {file.label(ifd)} are larger than a screen."
            yield Breach(text, "at most 1024", _tile(ifd), ifd.offset, file.label(ifd))


@rule(
    "O-FACTOR",
    NOTE,
    ogc=ERROR,
    source=_OGC + "optimized_geotiff/number A",
    dispute="GDAL accepts any overviews that become smaller, rio-cogeo any factor above 1.",
    ogc_class="optimized",
)
def factors(file: CogFile) -> Iterator[Breach]:
    """Each overview is 2 to 10 times smaller than the level before it (halves rounded up)."""
    for group in file.groups:
        for before, ifd in zip(group, group[1:]):
            pairs = ((before.width, ifd.width), (before.height, ifd.height))
            if not all(-(-large // 10) <= small <= -(-large // 2) for large, small in pairs):
                yield Breach(
                    f"{file.label(ifd)} is not 2 to 10 times smaller than the level before it.",
                    expected=f"a tenth to half of {_size(before)}",
                    found=_size(ifd),
                    offset=ifd.offset,
                    where=file.label(ifd),
                )


@rule(
    "O-STOP",
    NOTE,
    ogc=ERROR,
    source=_OGC + "optimized_geotiff/number B",
    remedy=f"{CONVERT} It adds overviews down to one tile.",
    dispute="GDAL's COG driver stops when both sides fit a block; rio-cogeo needs no last level.",
    ogc_class="optimized",
)
def coarsest_is_one_tile(file: CogFile) -> Iterator[Breach]:
    """The coarsest level has one tile across or one down."""
    for group in file.groups:
        last = group[-1]
        if min(last.blocks_across, last.blocks_down) > 1:
            yield Breach(
                f"The coarsest level, {file.label(last)}, is still many tiles.",
                expected="one tile across or down",
                found=f"{last.blocks_across} × {last.blocks_down} tiles",
                offset=last.offset,
                where=file.label(last),
            )


@rule(
    "O-POW2",
    WARNING,
    source="OGC 21-026 /rec/optimized-geotiff/size-and-numbers",
    dispute="GDAL and rio-cogeo accept any size; Earth Engine demands 256 to 2048.",
)
def tile_side_is_a_power_of_two(file: CogFile) -> Iterator[Breach]:
    """The side of a tile is a power of two, at best 256, 512 or 1024."""
    for ifd in file.ifds:
        sides = (ifd.block_width, ifd.block_height)
        if ifd.tiled and any(side & (side - 1) for side in sides):
            text = f"The sides of the tiles of {file.label(ifd)} are no powers of two."
            yield Breach(text, "256, 512 or 1024", _tile(ifd), ifd.offset, file.label(ifd))


@rule(
    "O-SAME",
    WARNING,
    source="OGC 21-026 /rec/optimized-geotiff/size-and-numbers",
    dispute="GDAL and rio-cogeo accept different sizes.",
)
def one_tile_size(file: CogFile) -> Iterator[Breach]:
    """All tiles of the file have one size."""
    sizes = sorted({_tile(ifd) for ifd in file.ifds if ifd.tiled})
    if len(sizes) > 1:
        yield Breach("The levels have tiles of different sizes.", "one size", ", ".join(sizes))


@rule(
    "O-LEVELS",
    NOTE,
    ogc=WARNING,
    earth_engine=WARNING,
    source="OGC 21-026 /rec/optimized-geotiff/size-and-numbers; Earth Engine",
    dispute="A recommendation only; GDAL accepts any smaller size, rio-cogeo any factor above 1.",
)
def levels_double(file: CogFile) -> Iterator[Breach]:
    """Each overview has half the resolution of the level before it."""
    for group in file.groups:
        for before, ifd in zip(group, group[1:]):
            if abs(2 * ifd.width - before.width) > 1 or abs(2 * ifd.height - before.height) > 1:
                yield Breach(
                    f"{file.label(ifd)} has not half the resolution of the level before it.",
                    expected=f"half of {_size(before)}",
                    found=_size(ifd),
                    offset=ifd.offset,
                    where=file.label(ifd),
                )


@rule("V-LETTER", None, ogc=NOTE, source=_OGC + "geotiff-overviews/overviews C, E", remedy="")
def letter_of_the_standard(file: CogFile) -> Iterator[Breach]:
    """Taken literally, masks would have to be overviews of the image, which no reader expects."""
    if file.masks:
        yield Breach(
            "Masks were judged as a pyramid of their own. By the letter of the standard the "
            "file would fail here, as every COG with a mask that GDAL writes."
        )


RULES = (
    has_full_resolution, full_resolution_first, each_is_smaller, overviews_are_marked,
    has_overviews, tiles_are_square, tiles_are_small, factors, coarsest_is_one_tile,
    tile_side_is_a_power_of_two, one_tile_size, levels_double, letter_of_the_standard,
)  # fmt: skip
