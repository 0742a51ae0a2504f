# SPDX-License-Identifier: GPL-2.0-or-later
"""What the bytes around the blocks say, which GDAL's COG driver promises: leaders and trailers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cog_browser.cog.rules.block_facts import Tally
from cog_browser.cog.tiff.block_index import Frame
from cog_browser.storage.progress import Progress, report


@dataclass
class FrameFacts:
    """``checked`` of ``total`` frames were looked at; the others are what was wrong."""

    total: int = 0
    checked: int = 0
    leaders: Tally = field(default_factory=Tally)
    trailers: Tally = field(default_factory=Tally)

    def add(self, frame: Frame) -> None:
        self.checked += 1
        if frame.leader_size != frame.block.byte_count:
            self.leaders.add(frame.block)
        if frame.block.byte_count >= 4 and frame.trailer != frame.last:
            self.trailers.add(frame.block)


def add_all(
    facts: FrameFacts, frames: Iterable[Frame] | Iterator[Frame], progress: Progress | None
) -> None:
    """Add them as they come; a cancelled progress raises."""
    for frame in frames:
        if facts.checked % 32 == 0:
            report(progress, facts.checked, facts.total)
        facts.add(frame)
