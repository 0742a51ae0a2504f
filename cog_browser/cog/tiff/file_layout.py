# SPDX-License-Identifier: GPL-2.0-or-later
"""Which bytes of a file hold what, in the order of the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cog_browser.cog.rules.block_facts import BlockFacts
from cog_browser.cog.rules.cog_file import CogFile
from cog_browser.cog.tiff.ifd import MAIN, MASK, MASK_OF_OVERVIEW, OVERVIEW, Ifd
from cog_browser.cog.tiff.tags import BLOCK_ARRAYS

#: The kinds of parts, as a reader meets them in a COG.
HEADER, GHOST, IFD, VALUES, ARRAYS, DATA, MASK_DATA = (
    "header",
    "ghost area",
    "IFD",
    "values of tags",
    "block arrays",
    "data",
    "mask data",
)
_MOST_PARTS = 1000


@dataclass(frozen=True)
class Part:
    """Bytes ``start`` to ``end`` (exclusive) hold ``kind`` of ``label``.

    ``level`` is 0 for the main image, 1 for its first overview, and so on; None for what belongs
    to no level. ``exact`` is False where only a sample of the blocks was looked at.
    """

    start: int
    end: int
    kind: str
    label: str
    level: int | None = None
    exact: bool = True


def parts_of(file: CogFile) -> tuple[Part, ...]:
    """The parts that are known, by where they begin; parts of a damaged file may overlap."""
    if not file.tiff.is_tiff:
        return ()
    parts = list(_headers(file))
    for ifd in file.tiff.all_ifds():
        parts += _directory(file, ifd)
    parts += _data(file)
    inside = (part for part in parts if 0 <= part.start < part.end and part.start < file.size)
    return tuple(sorted(inside, key=lambda part: (part.start, part.end))[:_MOST_PARTS])


def _headers(file: CogFile) -> Iterator[Part]:
    yield Part(0, 16 if file.tiff.big else 8, HEADER, "the header")
    if file.tiff.ghost:
        yield Part(file.tiff.ghost.offset, file.tiff.ghost.end, GHOST, "the ghost area")


def _directory(file: CogFile, ifd: Ifd) -> Iterator[Part]:
    label, level = file.label_at(ifd.offset), _level(file, ifd)
    yield Part(ifd.offset, ifd.end, IFD, label, level)
    for kind, arrays in ((VALUES, False), (ARRAYS, True)):
        places = [
            (entry.offset, entry.end)
            for entry in ifd.entries.values()
            if not entry.inline and (entry.tag in BLOCK_ARRAYS) == arrays
        ]
        for start, end in _joined(places):
            yield Part(start, end, kind, label, level)


def _joined(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if found and start - found[-1][1] <= 16:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _level(file: CogFile, ifd: Ifd) -> int | None:
    if ifd.kind in (MAIN, OVERVIEW):
        return file.levels.index(ifd) if ifd in file.levels else None
    if ifd.kind in (MASK, MASK_OF_OVERVIEW):
        sizes = [(level.width, level.height) for level in file.levels]
        return sizes.index((ifd.width, ifd.height)) if (ifd.width, ifd.height) in sizes else None
    return None


def _data(file: CogFile) -> Iterator[Part]:
    begins = sorted(f.lowest for f in file.blocks.values() if f.lowest is not None)
    for facts in file.blocks.values():
        if facts.lowest is None or facts.highest is None:
            continue
        kind = MASK_DATA if facts.ifd in file.masks else DATA
        label, level = file.label(facts.ifd), _level(file, facts.ifd)
        for start, end in facts.runs if facts.complete else [_estimate(file, facts, begins)]:
            yield Part(start, min(end, file.size), kind, label, level, facts.complete)


def _estimate(file: CogFile, facts: BlockFacts, begins: list[int]) -> tuple[int, int]:
    """Where only some blocks are known: up to where the next image begins."""
    start, end = facts.lowest or 0, facts.highest or 0
    following = [offset for offset in begins if offset > start] or [file.size]
    return start, max(end, min(following[0], file.size))
