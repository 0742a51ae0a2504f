# SPDX-License-Identifier: GPL-2.0-or-later
"""Foresees which blocks of a TIFF a map will need next, from those it has read.

Someone who moves over an image goes on in the same direction, so the next column or row of blocks
on that side comes first. After a jump or a zoom all four sides are as probable.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from cog_browser.cog.tiff.block_index import Block
from cog_browser.cog.tiff.ifd import Ifd
from cog_browser.cog.tiff.read import Tiff, read_tiff

#: Blocks of all images together; the arrays of more would cost more to read than they save.
_MOST_BLOCKS = 300_000
#: Columns or rows of blocks to look ahead, and blocks that one strip may have.
_DEPTH, _MOST_IN_STRIP = 2, 64


def planner_for(read: Callable[[int, int], bytes], size: int) -> LookAheadPlanner | None:
    """The planner of a TIFF; None where nothing can be foreseen. See `gateway.look_ahead`."""
    tiff = read_tiff(read, size)
    images = [ifd for ifd in tiff.all_ifds() if ifd.block_count > 1]
    if not images or sum(ifd.block_count for ifd in images) > _MOST_BLOCKS:
        return None
    return LookAheadPlanner([_Image(tiff, ifd) for ifd in images])


@dataclass(frozen=True)
class _Box:
    """Columns and rows of blocks, both ends included."""

    left: int
    top: int
    right: int
    bottom: int

    def meets(self, other: _Box) -> bool:
        """Whether they overlap or touch."""
        return (
            self.left <= other.right + 1
            and other.left <= self.right + 1
            and self.top <= other.bottom + 1
            and other.top <= self.bottom + 1
        )


class LookAheadPlanner:
    """See `storage.gateway.look_ahead.Planner`."""

    def __init__(self, images: Sequence[_Image]) -> None:
        self._images = images
        self._read: dict[int, set[int]] = {}
        self._image: _Image | None = None
        self._view: _Box | None = None
        self._direction = (0, 0)

    def note(self, start: int, stop: int) -> None:
        for number, image in enumerate(self._images):
            blocks = image.starting_in(start, stop)
            if blocks:
                self._read.setdefault(number, set()).update(blocks)

    def next_ranges(self) -> list[tuple[int, int]]:
        read, self._read = self._read, {}
        if read:
            # The image of which most was read; others are by-catch, or overviews on the way.
            number = max(read, key=lambda n: len(read[n]))
            self._move(self._images[number], read[number])
        if self._image is None or self._view is None:
            return []
        return [
            (block.offset, block.end)
            for strip in self._strips(self._view)
            for block in self._image.blocks_in(strip)
        ]

    def _move(self, image: _Image, blocks: set[int]) -> None:
        now = image.box_of(blocks)
        view = self._view
        if image is not self._image or view is None or not view.meets(now):
            self._image, self._view, self._direction = image, now, (0, 0)
            return
        # The reader's own cache holds the rest of the view: only what has come in was read.
        right, left = max(0, now.right - view.right), max(0, view.left - now.left)
        down, up = max(0, now.bottom - view.bottom), max(0, view.top - now.top)
        dx, dy = right - left, down - up
        if (right and left) or (down and up):  # a larger view, not a move
            self._view = _Box(
                min(view.left, now.left), min(view.top, now.top),
                max(view.right, now.right), max(view.bottom, now.bottom),
            )  # fmt: skip
            self._direction = (0, 0)
        elif dx or dy:
            self._view = _Box(view.left + dx, view.top + dy, view.right + dx, view.bottom + dy)
            self._direction = (_sign(dx), _sign(dy))

    def _strips(self, view: _Box) -> Iterator[_Box]:
        """The columns and rows beside the view, those in its direction first."""
        dx, dy = self._direction
        if (dx, dy) == (0, 0):
            sides = [(1, 0), (-1, 0), (0, 1), (0, -1)]
            depth = 1
        else:
            sides, depth = [(x, y) for x, y in ((dx, 0), (0, dy)) if (x, y) != (0, 0)], _DEPTH
        for step in range(1, depth + 1):
            for x, y in sides:
                if x:
                    column = view.right + step if x > 0 else view.left - step
                    yield _Box(column, view.top + min(dy, 0), column, view.bottom + max(dy, 0))
                else:
                    row = view.bottom + step if y > 0 else view.top - step
                    yield _Box(view.left + min(dx, 0), row, view.right + max(dx, 0), row)


class _Image:
    """Where the blocks of one image lie."""

    def __init__(self, tiff: Tiff, ifd: Ifd) -> None:
        found = tiff.blocks(ifd)
        self._across, self._down = ifd.blocks_across, ifd.blocks_down
        self._planes = ifd.planes
        self._offsets, self._counts = found.offsets, found.byte_counts
        self._seen_planes: set[int] = set()
        present = [n for n, offset in enumerate(self._offsets) if offset]
        self._order = sorted(present, key=self._offsets.__getitem__)
        self._sorted = [self._offsets[n] for n in self._order]

    def starting_in(self, start: int, stop: int) -> list[int]:
        """The numbers of the blocks that begin between two offsets."""
        first, last = bisect_left(self._sorted, start), bisect_right(self._sorted, stop - 1)
        return self._order[first:last]

    def box_of(self, blocks: set[int]) -> _Box:
        plane = self._across * self._down
        self._seen_planes = {number // plane for number in blocks}
        columns = [number % plane % self._across for number in blocks]
        rows = [number % plane // self._across for number in blocks]
        return _Box(min(columns), min(rows), max(columns), max(rows))

    def blocks_in(self, box: _Box) -> list[Block]:
        """The blocks of a strip that exist, in the planes that were read last."""
        plane = self._across * self._down
        numbers = [
            number + row * self._across + column
            for number in (p * plane for p in sorted(self._seen_planes))
            for row in range(max(box.top, 0), min(box.bottom, self._down - 1) + 1)
            for column in range(max(box.left, 0), min(box.right, self._across - 1) + 1)
        ]
        return [
            Block(n, self._offsets[n], self._counts[n])
            for n in numbers[:_MOST_IN_STRIP]
            if n < len(self._offsets) and n < len(self._counts) and self._offsets[n]
        ]


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
