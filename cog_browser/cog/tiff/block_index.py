# SPDX-License-Identifier: GPL-2.0-or-later
"""Where an image's blocks (tiles or strips) lie, and the bytes around them.

A raster of a million tiles has arrays of megabytes: only the wanted slice is read.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from cog_browser.cog.tiff.file_bytes import BoundedBytes, LimitReached, Problem, Problems
from cog_browser.cog.tiff.ifd import Entry, Ifd
from cog_browser.cog.tiff.tags import FORMATS, INTEGERS, SIZES, Tag, tag_name

_FRAMES_AT_ONCE = 32
_PAGED = 1 << 14  # shorter slices come with what lies around them, probably the next ones


@dataclass(frozen=True)
class Block:
    """Number ``index`` of its image; GDAL counts rows from the top, then planes.

    A sparse block has offset and byte count 0.
    """

    index: int
    offset: int
    byte_count: int

    @property
    def is_sparse(self) -> bool:
        return self.offset == 0 and self.byte_count == 0

    @property
    def end(self) -> int:
        return self.offset + self.byte_count


@dataclass(frozen=True)
class Blocks:
    """Blocks ``first`` and following; iterate for `Block` objects, or take the two arrays.

    There are fewer than asked for when the image, the file or the limits end before; the last
    two are on ``problems``.
    """

    first: int
    offsets: Sequence[int]
    byte_counts: Sequence[int]
    problems: tuple[Problem, ...] = ()

    def __len__(self) -> int:
        return len(self.offsets)

    def __iter__(self) -> Iterator[Block]:
        for index, (offset, count) in enumerate(zip(self.offsets, self.byte_counts), self.first):
            yield Block(index, offset, count)


@dataclass(frozen=True)
class Frame:
    """The bytes that GDAL's COG driver puts around a block; short where the file ends.

    ``leader``: the 4 bytes before it; ``last``: its own last 4; ``trailer``: the 4 bytes after it.
    """

    block: Block
    leader: bytes
    last: bytes
    trailer: bytes

    @property
    def leader_size(self) -> int | None:
        """What the leader says the block's byte count is. It is little-endian in every file."""
        return int.from_bytes(self.leader, "little") if len(self.leader) == 4 else None

    @property
    def is_intact(self) -> bool:
        """Whether both say what GDAL promises."""
        return self.leader_size == self.block.byte_count and self.trailer == self.last


def read_blocks(
    source: BoundedBytes, order: str, ifd: Ifd, first: int, count: int | None
) -> Blocks:
    """See `Tiff.blocks`."""
    problems = Problems()
    first = max(first, 0)
    wanted = max(ifd.block_count - first, 0)
    if count is not None:
        wanted = min(wanted, max(count, 0))
    if wanted > source.limits.blocks:
        problems.add("limit-blocks", f"{wanted} blocks are too many at once.", ifd=ifd.offset)
        wanted = source.limits.blocks
    arrays = []
    try:
        both = [e for e in (ifd.offsets, ifd.byte_counts) if e is not None and not e.inline]
        parts = [(e.offset + first * _size(e), wanted * _size(e)) for e in both]
        source.fetch([part for part in parts if part[1] <= _PAGED], problems)
        for entry, tag in (
            (ifd.offsets, Tag.TILE_OFFSETS),
            (ifd.byte_counts, Tag.TILE_BYTE_COUNTS),
        ):
            if entry is None:
                problems.add("missing-tag", f"{tag_name(tag)} is missing.", ifd=ifd.offset, tag=tag)
            else:
                arrays.append(_slice(source, order, entry, first, wanted, ifd.offset, problems))
    except LimitReached:
        pass  # on record
    if len(arrays) < 2:
        return Blocks(first, (), (), problems.found())
    length = min(map(len, arrays))
    return Blocks(first, arrays[0][:length], arrays[1][:length], problems.found())


def _size(entry: Entry) -> int:
    return SIZES.get(entry.type, 0)


def _slice(
    source: BoundedBytes,
    order: str,
    entry: Entry,
    first: int,
    wanted: int,
    ifd: int,
    problems: Problems,
) -> Sequence[int]:
    name = tag_name(entry.tag)
    if entry.type not in INTEGERS:
        message = f"{name} has the field type {entry.type}."
        problems.add("bad-type", message, entry.offset, ifd, entry.tag)
        return ()
    if first + wanted > entry.count:
        message = f"{name} has {entry.count} values, fewer than the image has blocks."
        problems.add("block-count", message, entry.offset, ifd, entry.tag)
        wanted = max(entry.count - first, 0)
    size = _size(entry)
    start, length = first * size, wanted * size
    if entry.inline:
        data = entry.data[start : start + length]
    elif length <= _PAGED:
        data = source.get(entry.offset + start, length, problems)
    else:
        data = source.exact(entry.offset + start, length, problems)
    if len(data) < length:
        message = f"{name} passes the end of the file."
        problems.add("value-outside", message, entry.offset, ifd, entry.tag)
    numbers = array(FORMATS[entry.type][0], data[: len(data) // size * size])
    if (sys.byteorder == "little") != (order == "<"):
        numbers.byteswap()
    if numbers.typecode.islower() and any(number < 0 for number in numbers):
        problems.add("bad-value", f"{name} is negative.", entry.offset, ifd, entry.tag)
        return ()
    return numbers


def read_frames(source: BoundedBytes, blocks: Iterable[Block], gap: int) -> Iterator[Frame]:
    """See `Tiff.frames`."""
    remaining = iter(blocks)
    while batch := list(islice(remaining, _FRAMES_AT_ONCE)):
        source.begin()
        spans = _spans([b for b in batch if b.byte_count], gap)
        found: list[tuple[int, bytes]] = []
        try:
            for start, end in spans:
                found.append((start, source.exact(start, end - start, Problems())))
        except LimitReached:
            return
        for block in batch:
            if block.byte_count:
                yield _frame(block, found)


def _spans(blocks: list[Block], gap: int) -> list[tuple[int, int]]:
    """What to read for these blocks' frames, in one piece where at most ``gap`` lies between."""
    wanted = [(max(b.offset - 4, 0), b.offset) for b in blocks]
    wanted += [(max(b.end - 4, b.offset), b.end + 4) for b in blocks]
    spans: list[tuple[int, int]] = []
    for start, end in sorted(wanted):
        if spans and start - spans[-1][1] <= gap:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def _frame(block: Block, found: list[tuple[int, bytes]]) -> Frame:
    def at(start: int, end: int) -> bytes:
        for first, data in found:
            if first <= start < first + len(data):
                return data[start - first : end - first]
        return b""

    return Frame(
        block,
        at(max(block.offset - 4, 0), block.offset),
        at(max(block.end - 4, block.offset), block.end),
        at(block.end, block.end + 4),
    )
