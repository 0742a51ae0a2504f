# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules: the parts of the file lie in the order in which a reader needs them."""

from __future__ import annotations

from collections.abc import Iterator

from cog_browser.cog.rules.block_facts import BlockFacts
from cog_browser.cog.rules.cog_file import CogFile
from cog_browser.cog.rules.finding import ERROR, NOTE, WARNING
from cog_browser.cog.rules.ghost import misplaced_masks
from cog_browser.cog.rules.rule import CONVERT, Breach, rule
from cog_browser.cog.tiff.checks import count_text
from cog_browser.cog.tiff.ifd import MAIN, MASK, MASK_OF_OVERVIEW, OVERVIEW, Ifd

_GDAL = "GDAL, COG driver and validator"
_ORDER = "OGC 21-026 /rec/geotiff-overviews/ifd-order"
_UNSEEN = "A recommendation only; GDAL and rio-cogeo don't test it."
_ONE_GET = 1 << 14
_NEAR = 17  # bytes that may lie between a tile and its mask, for alignment and frames
_MASKED_ORDER = (MAIN, MASK, OVERVIEW, MASK_OF_OVERVIEW)
_EDITED = f"The file was changed after it became a COG. {CONVERT}"


def _data(file: CogFile) -> list[BlockFacts]:
    return [facts for facts in file.blocks.values() if facts.has_data]


def _first_data(file: CogFile) -> int | None:
    return min((facts.lowest for facts in _data(file) if facts.lowest is not None), default=None)


@rule(
    "L-MAIN-FIRST",
    ERROR,
    source=_GDAL,
    remedy=_EDITED,
    dispute="rio-cogeo accepts any place in the first 300 bytes; for OGC it is a recommendation.",
    gdal=True,
)
def main_ifd_first(file: CogFile) -> Iterator[Breach]:
    """The main IFD follows the header, or the ghost area where there is one."""
    main = file.main
    if main is None:
        return
    start = 16 if file.tiff.big else 8
    if file.tiff.ghost and file.tiff.ghost.size is not None:
        start = file.tiff.ghost.end + file.tiff.ghost.end % 2
    if main.offset not in (8, 16, start):
        yield Breach(
            "The main IFD is not at the beginning of the file.",
            expected=str(start),
            found=str(main.offset),
            offset=main.offset,
            where="the main image",
        )


@rule(
    "L-IFDS-FIRST",
    WARNING,
    earth_engine=ERROR,
    source=f"Earth Engine, external images; {_ORDER}",
    dispute="GDAL and rio-cogeo look at overviews only; Earth Engine refuses the file.",
)
def ifds_before_data(file: CogFile) -> Iterator[Breach]:
    """Every IFD, those of masks included, lies before the first block."""
    first = _first_data(file)
    if first is None:
        return
    late = [ifd for ifd in file.ifds if ifd.end > first]
    if late:
        names = ", ".join(file.label(ifd) for ifd in late[:3]) + (" and others" if late[3:] else "")
        yield Breach(
            f"{count_text(len(late), 'IFD')} lie behind the first data: {names}.",
            expected=f"before {first}",
            found=str(late[0].offset),
            offset=late[0].offset,
            where=file.label(late[0]),
        )


@rule("L-VALS-FIRST", WARNING, source=_ORDER, dispute=_UNSEEN)
def values_before_data(file: CogFile) -> Iterator[Breach]:
    """The values of tags and the block arrays lie before the first block."""
    first = _first_data(file)
    if first is None:
        return
    for ifd in file.ifds:
        if ifd.arrays_end > first >= ifd.end:
            yield Breach(
                f"Values of {file.label(ifd)} lie behind the first data.",
                expected=f"before {first}",
                found=f"up to {ifd.arrays_end}",
                offset=first,
                where=file.label(ifd),
            )


@rule("L-OVR-ASC", ERROR, source=_GDAL, dispute="OGC recommends it.", gdal=True)
def overview_ifds_ascend(file: CogFile) -> Iterator[Breach]:
    """The IFD of each overview lies behind that of the level before it."""
    yield from _ascend(file, file.levels)


@rule("L-IFD-ASC", WARNING, source=_ORDER, dispute=_UNSEEN)
def ifds_ascend(file: CogFile) -> Iterator[Breach]:
    """All IFDs lie in the order of their chain."""
    if not any(_ascend(file, file.levels)):  # said by L-OVR-ASC
        yield from _ascend(file, list(file.ifds))


def _ascend(file: CogFile, ifds: list[Ifd]) -> Iterator[Breach]:
    for before, ifd in zip(ifds, ifds[1:]):
        if ifd.offset < before.offset:
            yield Breach(
                f"The IFD of {file.label(ifd)} lies before that of {file.label(before)}.",
                expected=f"after {before.offset}",
                found=str(ifd.offset),
                offset=ifd.offset,
                where=file.label(ifd),
            )


@rule(
    "L-16K",
    WARNING,
    source="what readers get with their first request",
    remedy="Fewer bands, overviews or metadata make it smaller; larger blocks don't.",
    dispute="No standard gives a number.",
)
def header_in_one_request(file: CogFile) -> Iterator[Breach]:
    """All IFDs with their values, block arrays aside, end within the first 16 KiB."""
    end = max((ifd.values_end for ifd in file.ifds), default=0)
    first = _first_data(file)
    if end > _ONE_GET and (first is None or end <= first):  # else L-IFDS-FIRST says more
        text = "The header is longer than what readers get with their first request."
        yield Breach(text, expected=f"at most {_ONE_GET}", found=str(end), offset=_ONE_GET)


@rule(
    "L-OVR-FIRST",
    ERROR,
    source=_GDAL,
    dispute="OGC recommends it.",
    gdal=True,
)
def coarse_levels_begin_first(file: CogFile) -> Iterator[Breach]:
    """The data of each level begin behind those of the coarser one, the coarsest behind its IFD."""
    levels = [(ifd, facts) for ifd in file.levels if (facts := file.facts(ifd)) and facts.first]
    for (ifd, facts), (coarser, behind) in zip(levels, levels[1:]):
        if facts.first and behind.first and facts.first.offset < behind.first.offset:
            yield Breach(
                f"The data of {file.label(ifd)} begin before those of {file.label(coarser)}.",
                expected=f"after {behind.first.offset}",
                found=str(facts.first.offset),
                offset=facts.first.offset,
                where=file.label(ifd),
            )
    for ifd, facts in levels[-1:]:
        if facts.first and ifd is file.levels[-1] and facts.first.offset < ifd.offset:
            yield Breach(
                f"The data of {file.label(ifd)} begin before its IFD.",
                expected=f"after {ifd.offset}",
                found=str(facts.first.offset),
                offset=facts.first.offset,
                where=file.label(ifd),
            )


@rule(
    "L-OVR-APART",
    WARNING,
    source=_ORDER,
    dispute="GDAL and rio-cogeo look at the first block of each level only.",
)
def levels_lie_apart(file: CogFile) -> Iterator[Breach]:
    """All data of a level lie behind all data of the coarser one."""
    levels = [(ifd, _extent(file, ifd)) for ifd in file.levels]
    known = [(ifd, extent) for ifd, extent in levels if extent]
    for (ifd, extent), (coarser, behind) in zip(known, known[1:]):
        if extent[0] < behind[1] and extent[0] >= behind[0]:  # else L-OVR-FIRST says it
            yield Breach(
                f"The data of {file.label(ifd)} and {file.label(coarser)} are mixed.",
                expected=f"after {behind[1]}",
                found=str(extent[0]),
                offset=extent[0],
                where=file.label(ifd),
            )


def _extent(file: CogFile, ifd: Ifd) -> tuple[int, int] | None:
    """Where the data of a level and its mask begin and end."""
    mask = file.mask_of(ifd)
    both = [f for f in (file.facts(i) for i in (ifd, mask) if i) if f and f.has_data]
    lows = [facts.lowest for facts in both if facts.lowest is not None]
    highs = [facts.highest for facts in both if facts.highest is not None]
    return (min(lows), max(highs)) if lows and highs else None


def _disordered(file: CogFile) -> Iterator[Breach]:
    for facts in _data(file):
        block = facts.disordered.first
        if block is not None:
            some = "" if facts.complete else " among those looked at"
            number = count_text(facts.disordered.count, "block")
            name = file.label(facts.ifd)
            yield Breach(
                f"{number} of {name} lie before the one that precedes them{some}.",
                expected="offsets that ascend",
                found=str(block.offset),
                offset=block.offset,
                where=f"{name}, block {block.index}",
            )


@rule(
    "L-ROWMAJOR",
    ERROR,
    source="GDAL, BLOCK_ORDER=ROW_MAJOR in the ghost area",
    remedy=_EDITED,
    dispute="GDAL's validator sees it with the full check only, rio-cogeo's never.",
)
def promised_order(file: CogFile) -> Iterator[Breach]:
    """Where the file promises it, blocks follow each other row by row."""
    if file.declared.get("BLOCK_ORDER") == "ROW_MAJOR":
        yield from _disordered(file)


@rule("L-ORDER", NOTE, source="GDAL, BLOCK_ORDER=ROW_MAJOR", remedy="")
def usual_order(file: CogFile) -> Iterator[Breach]:
    """Blocks follow each other row by row, even where that is not promised."""
    if file.declared.get("BLOCK_ORDER") != "ROW_MAJOR":
        yield from _disordered(file)


@rule("L-MASKS", NOTE, source=_ORDER, remedy="", dispute=_UNSEEN)
def masks_are_near(file: CogFile) -> Iterator[Breach]:
    """The mask's IFD follows the main one, masks of overviews the overviews; tiles their image."""
    kinds = [ifd.kind for ifd in file.ifds if ifd.kind in _MASKED_ORDER]
    if file.masks and kinds != sorted(kinds, key=_MASKED_ORDER.index):
        text = "The IFDs of masks stand elsewhere in the chain than the standard recommends."
        yield Breach(text, ", then ".join(_MASKED_ORDER), ", ".join(kinds[:8]))
    if file.declared.get("MASK_INTERLEAVED_WITH_IMAGERY") == "YES":
        return  # G-MASK looks at it
    for ifd in file.levels:
        mask = file.mask_of(ifd)
        images, masks = file.facts(ifd), file.facts(mask) if mask else None
        if images and masks and images.total == masks.total:
            yield from misplaced_masks(file, images, masks, tuple(range(_NEAR)))


@rule(
    "V-OVR-EXT",
    ERROR,
    source="GDAL's and rio-cogeo's validators",
    remedy=f"{CONVERT} The overviews must be inside the file.",
    gdal=True,
)
def overviews_inside(file: CogFile) -> Iterator[Breach]:
    """The overviews are inside the file, not in an .ovr beside it."""
    if file.external_overviews:
        text = "The overviews are in an .ovr file beside it, which remote readers don't ask for."
        yield Breach(text, expected="overviews inside", found=".ovr file")


@rule(
    "V-MSK-EXT",
    WARNING,
    source="GDAL, external masks",
    remedy=f"{CONVERT} The mask then is inside the file.",
    dispute="No validator tests it.",
)
def mask_inside(file: CogFile) -> Iterator[Breach]:
    """The mask is inside the file, not in an .msk beside it."""
    if file.external_mask:
        text = (
            "The mask is in an .msk file beside it, which remote readers don't ask for: they show "
            "what it hides."
        )
        yield Breach(text, expected="mask inside", found=".msk file")


RULES = (
    main_ifd_first, ifds_before_data, values_before_data, overview_ifds_ascend, ifds_ascend,
    header_in_one_request, coarse_levels_begin_first, levels_lie_apart, promised_order,
    usual_order, masks_are_near, overviews_inside, mask_inside,
)  # fmt: skip
