# SPDX-License-Identifier: GPL-2.0-or-later
"""Rules: what the ghost area promises is true. A file without one is no worse a COG.

Source: GDAL's documentation of the COG driver, section "File format details".
"""

from __future__ import annotations

from collections.abc import Iterator

from cog_browser.cog.rules.block_facts import BlockFacts, Tally
from cog_browser.cog.rules.cog_file import CogFile
from cog_browser.cog.rules.finding import ERROR, NOTE
from cog_browser.cog.rules.rule import REWRITE, Breach, rule
from cog_browser.cog.tiff.checks import count_text

_GHOST = "GDAL, ghost area of the COG driver"
_FULL_ONLY = "GDAL's validator sees it with the full check only, rio-cogeo's never."
_FRAME = 8  # bytes of trailer and leader between a tile and its mask
_KNOWN = {
    *("LAYOUT", "BLOCK_ORDER", "BLOCK_LEADER", "BLOCK_TRAILER", "KNOWN_INCOMPATIBLE_EDITION"),
    *("MASK_INTERLEAVED_WITH_IMAGERY", "INTERLEAVE"),
}


@rule("G-SIZE", ERROR, source=_GHOST, remedy=REWRITE, dispute="rio-cogeo doesn't read it.")
def size_is_true(file: CogFile) -> Iterator[Breach]:
    """The ghost area is as long as it says, and holds KEY=VALUE lines."""
    ghost = file.tiff.ghost
    for problem in file.problems("ghost-size", "ghost-text"):
        yield Breach(problem.message, offset=problem.offset, where="the ghost area")
    if ghost and ghost.size and not ghost.text.rstrip(b" ").endswith(b"\n"):
        text = "The ghost area doesn't end where it says."
        yield Breach(text, "a line's end", repr(ghost.text[-8:]), ghost.end, "the ghost area")


@rule("G-KEYS", NOTE, source=_GHOST, remedy="")
def keys_are_known(file: CogFile) -> Iterator[Breach]:
    """The ghost area holds no keys but the known ones."""
    unknown = sorted(set(file.declared) - _KNOWN)
    if unknown:
        found = ", ".join(unknown[:5])
        yield Breach("The ghost area holds unknown keys.", found=found, where="the ghost area")


@rule(
    "G-EDIT",
    ERROR,
    source=_GHOST,
    remedy="The file was changed after it became a COG. Convert it again.",
    gdal=True,
)
def not_edited(file: CogFile) -> Iterator[Breach]:
    """The file does not declare that it was edited (KNOWN_INCOMPATIBLE_EDITION=YES)."""
    if file.declared.get("KNOWN_INCOMPATIBLE_EDITION") == "YES" and file.tiff.ghost:
        yield Breach(
            "The file says itself that it was changed after it became a COG.",
            expected="KNOWN_INCOMPATIBLE_EDITION=NO",
            found="KNOWN_INCOMPATIBLE_EDITION=YES",
            offset=file.tiff.ghost.offset,
            where="the ghost area",
        )


def _wrong(file: CogFile, wrong: Tally, what: str, expected: str) -> Iterator[Breach]:
    if wrong.first is not None:
        number = count_text(wrong.count, "block")
        yield Breach(
            f"{number} of {file.frames.checked} looked at have {what}.",
            expected=expected,
            found=f"e.g. the block at byte {wrong.first.offset}",
            offset=wrong.first.offset,
        )


@rule("G-LEADER", ERROR, source=_GHOST, remedy=REWRITE, dispute=_FULL_ONLY)
def leaders(file: CogFile) -> Iterator[Breach]:
    """Where the file promises it, the 4 bytes before a block are its byte count."""
    if file.declared.get("BLOCK_LEADER") == "SIZE_AS_UINT4":
        what = "a wrong size in the 4 bytes before them"
        yield from _wrong(file, file.frames.leaders, what, "the block's byte count")


@rule("G-TRAILER", ERROR, source=_GHOST, remedy=REWRITE, dispute=_FULL_ONLY)
def trailers(file: CogFile) -> Iterator[Breach]:
    """Where the file promises it, the 4 bytes after a block repeat its last 4."""
    if file.declared.get("BLOCK_TRAILER") == "LAST_4_BYTES_REPEATED":
        what = "other bytes behind them than promised"
        yield from _wrong(file, file.frames.trailers, what, "the block's last 4 bytes")


@rule("G-MASK", ERROR, source=_GHOST, remedy=REWRITE, dispute=_FULL_ONLY)
def masks_follow(file: CogFile) -> Iterator[Breach]:
    """Where the file promises it, the mask of a tile follows right behind the tile."""
    if file.declared.get("MASK_INTERLEAVED_WITH_IMAGERY") != "YES":
        return
    for ifd in file.levels:
        mask = file.mask_of(ifd)
        images, masks = file.facts(ifd), file.facts(mask) if mask else None
        if mask is None or images is None or masks is None:
            continue
        if images.total != masks.total:
            text = f"The mask of {file.label(ifd)} has other blocks than the image."
            yield Breach(text, str(images.total), str(masks.total), mask.offset)
        else:
            yield from misplaced_masks(file, images, masks)


def misplaced_masks(
    file: CogFile, images: BlockFacts, masks: BlockFacts, gaps: tuple[int, ...] = (_FRAME,)
) -> Iterator[Breach]:
    """Where a tile isn't followed by its mask; ``gaps`` are the bytes that may lie between."""
    if not (images.complete and masks.complete):
        return
    wrong = [
        index
        for index, (offset, count, mask) in enumerate(
            zip(images.offsets, images.byte_counts, masks.offsets)
        )
        if offset and mask and mask - offset - count not in gaps
    ]
    if wrong:
        index = wrong[0]
        expected = images.offsets[index] + images.byte_counts[index] + gaps[0]
        yield Breach(
            f"{count_text(len(wrong), 'block')} of {file.label(images.ifd)} are not followed by "
            "their mask.",
            expected=str(expected),
            found=str(masks.offsets[index]),
            offset=masks.offsets[index],
            where=f"{file.label(images.ifd)}, block {index}",
        )


RULES = (size_is_true, keys_are_known, not_edited, leaders, trailers, masks_follow)
