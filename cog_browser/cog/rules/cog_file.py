# SPDX-License-Identifier: GPL-2.0-or-later
"""All that is known of a file when the rules judge it. Nothing is read here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cog_browser.cog.rules.block_facts import BlockFacts
from cog_browser.cog.rules.frame_facts import FrameFacts
from cog_browser.cog.tiff.file_bytes import Problem
from cog_browser.cog.tiff.ifd import MAIN, MASK, MASK_OF_OVERVIEW, OTHER, OVERVIEW, Ifd
from cog_browser.cog.tiff.read import Tiff
from cog_browser.cog.tiff.tags import COMPRESSIONS


@dataclass(frozen=True, eq=False)
class CogFile:
    """``blocks`` by the offset of their IFD; ``head`` is how the file begins.

    ``readable`` are the names of the compressions that the running GDAL reads.
    ``external_overviews``, ``external_mask``: an .ovr or .msk file lies beside it.
    ``too_many_blocks`` is how many the file claims where these are too many to look at.
    """

    tiff: Tiff
    size: int
    head: bytes = b""
    blocks: Mapping[int, BlockFacts] = field(default_factory=dict)
    frames: FrameFacts = field(default_factory=FrameFacts)
    readable: frozenset[str] = frozenset()
    external_overviews: bool = False
    external_mask: bool = False
    too_many_blocks: int = 0

    @property
    def ifds(self) -> tuple[Ifd, ...]:
        """The chain; SubIFDs are left out, as readers of COGs do."""
        return self.tiff.ifds

    @property
    def main(self) -> Ifd | None:
        return self.ifds[0] if self.ifds else None

    @property
    def overviews(self) -> list[Ifd]:
        """Those of the main image: up to the next image of full resolution."""
        return [ifd for ifd in self.ifds[1:] if ifd.kind == OVERVIEW]

    @property
    def levels(self) -> list[Ifd]:
        """The main image and its overviews."""
        return [self.main, *self.overviews] if self.main else []

    @property
    def masks(self) -> list[Ifd]:
        return [ifd for ifd in self.ifds[1:] if ifd.kind in (MASK, MASK_OF_OVERVIEW)]

    @property
    def groups(self) -> list[list[Ifd]]:
        """Pyramids: each full resolution with the reduced ones behind it, masks by themselves."""
        images = [ifd for ifd in self.ifds if ifd.kind in (MAIN, OVERVIEW, OTHER)]
        found: list[list[Ifd]] = []
        for chain in (images, self.masks):
            for number, ifd in enumerate(chain):
                if not number or not (ifd.is_reduced or ifd.kind == MASK_OF_OVERVIEW):
                    found.append([])
                found[-1].append(ifd)
        return found

    def facts(self, ifd: Ifd) -> BlockFacts | None:
        return self.blocks.get(ifd.offset)

    def mask_of(self, ifd: Ifd) -> Ifd | None:
        """The mask as large as a level."""
        same = (m for m in self.masks if (m.width, m.height) == (ifd.width, ifd.height))
        return next(same, None)

    def problems(self, *names: str) -> Iterator[Problem]:
        return (problem for problem in self.tiff.problems if problem.id in names)

    def label(self, ifd: Ifd) -> str:
        """How findings call an image."""
        if ifd.kind == MAIN:
            return "the main image"
        size = f"({ifd.width} × {ifd.height})"
        number = 1 + sum(o.kind == ifd.kind for o in self.ifds[: ifd.index])
        names = {
            OVERVIEW: f"overview {number} {size}",
            MASK: "the mask",
            MASK_OF_OVERVIEW: f"the mask of overview {number} {size}",
        }
        return names.get(ifd.kind, f"page {ifd.index + 1} {size}")

    def label_at(self, offset: int | None) -> str:
        """The same for an IFD's offset, which problems know."""
        found = next((ifd for ifd in self.tiff.all_ifds() if ifd.offset == offset), None)
        if found is None:
            return ""
        if found not in self.ifds:
            return "a SubIFD"
        return self.label(found)

    @property
    def declared(self) -> Mapping[str, str]:
        """What the file says of its own layout, in the ghost area."""
        return self.tiff.ghost.metadata if self.tiff.ghost else {}


def compression_name(ifd: Ifd) -> str:
    return COMPRESSIONS.get(ifd.compression, f"number {ifd.compression}")


def full_resolution(file: CogFile) -> list[Ifd]:
    """The images that are neither overviews nor masks."""
    return [i for i in file.ifds if not i.is_reduced and i.kind not in (MASK, MASK_OF_OVERVIEW)]
