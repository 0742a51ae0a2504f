# SPDX-License-Identifier: GPL-2.0-or-later
"""What can be said about the parts of a TIFF only when they are seen together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cog_browser.cog.tiff.file_bytes import Limits, Problems
from cog_browser.cog.tiff.ifd import Ifd
from cog_browser.cog.tiff.tags import INTEGERS, Tag, tag_name


@dataclass(frozen=True)
class Extent:
    """Bytes ``start`` to ``end`` (exclusive) of the file hold ``what``."""

    start: int
    end: int
    what: str
    ifd: int | None = None
    tag: int | None = None


def entry_extents(ifd: Ifd) -> Iterator[Extent]:
    """Where the IFD itself and its values outside of it lie."""
    yield Extent(ifd.offset, ifd.end, f"the IFD at {ifd.offset}", ifd.offset)
    for entry in ifd.entries.values():
        if not entry.inline and entry.size:
            what = f"{tag_name(entry.tag)} of the IFD at {ifd.offset}"
            yield Extent(entry.offset, entry.end, what, ifd.offset, entry.tag)


def find_overlaps(extents: Iterable[Extent], problems: Problems) -> None:
    """Only IFDs that share the same tag's values may share bytes, as some writers let them."""
    last: Extent | None = None
    for extent in sorted(extents, key=lambda extent: (extent.start, extent.end)):
        if last is not None and extent.start < last.end:
            same = (last.start, last.end, last.tag) == (extent.start, extent.end, extent.tag)
            if extent.tag is None or not same:
                message = f"From byte {extent.start} on {last.what} and {extent.what} overlap."
                problems.add("overlap", message, extent.start, extent.ifd, extent.tag)
        if last is None or extent.end > last.end:
            last = extent


def check_arrays(ifd: Ifd, limits: Limits, problems: Problems) -> None:
    """The two block arrays are there, of whole numbers, one per block."""
    if ifd.block_count > limits.blocks:
        message = f"The IFD at {ifd.offset} claims {ifd.block_count} blocks."
        problems.add("limit-blocks", message, ifd.offset, ifd.offset)
    tags = (Tag.TILE_OFFSETS, Tag.TILE_BYTE_COUNTS)
    if not ifd.tiled:
        tags = (Tag.STRIP_OFFSETS, Tag.STRIP_BYTE_COUNTS)
    for tag, entry in zip(tags, (ifd.offsets, ifd.byte_counts)):
        if entry is None:
            message = f"{tag_name(tag)} is missing."
            problems.add("missing-tag", message, ifd.offset, ifd.offset, tag)
        elif entry.type not in INTEGERS:
            message = f"{tag_name(entry.tag)} has the field type {entry.type}."
            problems.add("bad-type", message, entry.offset, ifd.offset, entry.tag)
        elif entry.count != ifd.block_count:
            message = f"{tag_name(entry.tag)} has {entry.count} values, not {ifd.block_count}."
            problems.add("block-count", message, entry.offset, ifd.offset, entry.tag)


def count_text(count: int, noun: str) -> str:
    """E.g. "1 block", "2 blocks"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
