# SPDX-License-Identifier: GPL-2.0-or-later
"""What the block arrays of one image say: where its data lie, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cog_browser.cog.tiff.block_index import Block
from cog_browser.cog.tiff.ifd import Ifd
from cog_browser.storage.progress import Progress, report

_CHUNK = 1 << 16
_MOST_RUNS = 200


@dataclass
class Tally:
    """How many blocks are so, and the first of them."""

    count: int = 0
    first: Block | None = None

    def add(self, block: Block) -> None:
        self.count += 1
        self.first = self.first or block


@dataclass
class BlockFacts:
    """``blocks`` are those looked at, all of them if ``complete``; sparse ones have no data.

    ``lowest`` and ``highest`` are where the data begin and end. ``disordered`` blocks lie before
    the one that precedes them. ``runs`` are the stretches (start, end) without large gaps.
    """

    ifd: Ifd
    total: int
    complete: bool
    looked_at: int = 0
    first: Block | None = None
    last: Block | None = None
    lowest: int | None = None
    highest: int | None = None
    sparse: int = 0
    half_sparse: Tally = field(default_factory=Tally)
    outside: Tally = field(default_factory=Tally)
    disordered: Tally = field(default_factory=Tally)
    runs: list[tuple[int, int]] = field(default_factory=list)
    samples: list[Block] = field(default_factory=list)
    offsets: Sequence[int] = ()
    byte_counts: Sequence[int] = ()

    @property
    def has_data(self) -> bool:
        return self.first is not None

    def block(self, index: int) -> Block | None:
        """A block of a complete array."""
        if not self.complete or index >= len(self.offsets):
            return None
        return Block(index, self.offsets[index], self.byte_counts[index])


def examine(
    facts: BlockFacts,
    blocks: Iterable[Block],
    size: int,
    progress: Progress | None = None,
) -> BlockFacts:
    """Fill in the facts from these blocks, which ascend by index."""
    gap = max(64, size // 100)
    previous = 0
    for block in blocks:
        if facts.looked_at % _CHUNK == 0:
            report(progress, facts.looked_at, facts.total)
        facts.looked_at += 1
        offset, end = block.offset, block.end
        if not offset or not block.byte_count:
            if offset or block.byte_count:
                facts.half_sparse.add(block)
            else:
                facts.sparse += 1
            continue
        if not facts.complete and len(facts.samples) < _MOST_RUNS:
            facts.samples.append(block)
        if end > size:
            facts.outside.add(block)
        if offset < previous:
            facts.disordered.add(block)
        previous = offset
        facts.first = facts.first or block
        facts.last = block
        facts.lowest = offset if facts.lowest is None else min(facts.lowest, offset)
        facts.highest = end if facts.highest is None else max(facts.highest, end)
        _extend(facts.runs, offset, end, gap)
    if facts.complete and facts.disordered.count and facts.ifd.planes > 1:
        _forgive_tile_interleaving(facts)
    return facts


def _extend(runs: list[tuple[int, int]], start: int, end: int, gap: int) -> None:
    if runs and runs[-1][0] - gap <= start and start <= runs[-1][1] + gap:
        runs[-1] = (min(runs[-1][0], start), max(runs[-1][1], end))
    elif len(runs) < _MOST_RUNS:
        runs.append((start, end))


def _forgive_tile_interleaving(facts: BlockFacts) -> None:
    """Bands that lie apart may follow each other tile by tile as well as band by band."""
    plane = facts.ifd.blocks_across * facts.ifd.blocks_down
    previous = 0
    for place in range(plane):
        for offset in facts.offsets[place::plane]:
            if offset and offset < previous:
                return
            previous = offset or previous
    facts.disordered = Tally()
