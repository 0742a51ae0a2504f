# SPDX-License-Identifier: GPL-2.0-or-later
"""Collect what the rules need to know of a file, with as few reads as the question allows.

The headers are always read. Of a local file of ordinary size all block arrays are read, and a
sample of the bytes around the blocks. A remote file gets what is left of three requests and
64 KiB: the block arrays if they are short, else a sample of them. The full check looks at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from osgeo import gdal

from cog_browser.cog.rules.block_facts import BlockFacts, examine
from cog_browser.cog.rules.cog_file import CogFile
from cog_browser.cog.rules.frame_facts import FrameFacts, add_all
from cog_browser.cog.tiff.block_index import Block, Frame
from cog_browser.cog.tiff.byte_sources import ByteSource
from cog_browser.cog.tiff.counted_reads import (
    FIRST_READ,
    MOST_BYTES,
    MOST_REQUESTS,
    RANGES_AT_ONCE,
    CountedReads,
)
from cog_browser.cog.tiff.file_bytes import Limits
from cog_browser.cog.tiff.ifd import Ifd
from cog_browser.cog.tiff.read import PREFETCH, Tiff, read_tiff
from cog_browser.cog.tiff.tags import SIZES
from cog_browser.storage.progress import Progress, part

#: Blocks of all images together of which each is looked at without the full check.
ORDINARY = 200_000
SAMPLE = 20
_PAGE = 4096
_FRAME = 4
_MOST_PIECE = 1 << 18  # bytes to read in one piece for the frames of small blocks


def gather(
    source: ByteSource, reads: CountedReads, full: bool, progress: Progress | None
) -> CogFile:
    """See the module. Faults of the network pass through, as does `Cancelled`."""
    page = _PAGE if reads.remote else PREFETCH
    tiff = read_tiff(reads.read, source.size, prefetch=page)
    head = reads.read(0, min(64, source.size))
    reads.widening = False
    images = [ifd for ifd in tiff.ifds if ifd.block_count]
    total = sum(ifd.block_count for ifd in images)
    blocks: dict[int, BlockFacts] = {}
    frames = FrameFacts(total=total)
    if total <= Limits().blocks:
        fetched = _fetch_arrays(reads, images, full)
        if full or fetched or (total <= ORDINARY and not reads.remote):
            done = 0
            for image in images:
                share = part(progress, 20 * done // total, 20 * (done + image.block_count) // total)
                blocks[image.offset] = _all_blocks(tiff, image, source.size, share)
                done += image.block_count
            _look_at_frames(tiff, blocks, reads, frames, full, part(progress, 20, 100))
        else:
            blocks = _some_blocks(tiff, images, reads)
            _look_at_frames(tiff, blocks, reads, frames, full, progress)
    return CogFile(
        tiff=tiff,
        size=source.size,
        head=head,
        blocks=blocks,
        frames=frames,
        readable=readable_compressions(),
        too_many_blocks=total if total > Limits().blocks else 0,
    )


def readable_compressions() -> frozenset[str]:
    """Those that the running GDAL lists, and those that libtiff always has."""
    driver: Any = gdal.GetDriverByName("GTiff")
    options = driver.GetMetadataItem("DMD_CREATIONOPTIONLIST") or "" if driver else ""
    listed = options.partition('name="COMPRESS"')[2] or options.partition("name='COMPRESS'")[2]
    names = [piece.partition("<")[0] for piece in listed.partition("</Option>")[0].split("<Value>")]
    return frozenset({*names[1:], "NONE", "PACKBITS", "OLD_JPEG"}) if names[1:] else frozenset()


# Block arrays


def _left(reads: CountedReads) -> tuple[int, int]:
    """Requests and bytes that a header verdict may still cost."""
    return MOST_REQUESTS - reads.requests, MOST_BYTES - reads.bytes


def _arrays(images: Iterable[Ifd]) -> list[tuple[int, int]]:
    """Where the block arrays lie."""
    entries = [e for ifd in images for e in (ifd.offsets, ifd.byte_counts) if e and not e.inline]
    return [(entry.offset, entry.end) for entry in entries]


def _fetch_arrays(reads: CountedReads, images: list[Ifd], full: bool) -> bool:
    """Whether all arrays of a remote file could be had with one read, and within the budget."""
    if not reads.remote:
        return False
    missing = [(a, b) for a, b in _arrays(images) if b > a and reads.known(a, b - a) is None]
    if not missing:
        return True
    requests, room = _left(reads)
    if full:  # it costs more anyway
        requests, room = 1, 2 * sum(b - a for a, b in missing) + MOST_BYTES
    start = min(a for a, _ in missing) // _PAGE * _PAGE
    stop = min(-(-max(b for _, b in missing) // _PAGE) * _PAGE, reads.size)
    wanted = stop - start
    if requests < 1 or wanted > room:
        return False
    reads.read(start, wanted)
    return True


def _all_blocks(tiff: Tiff, ifd: Ifd, size: int, progress: Progress | None) -> BlockFacts:
    found = tiff.blocks(ifd)
    facts = BlockFacts(
        ifd,
        ifd.block_count,
        complete=len(found) == ifd.block_count,
        offsets=found.offsets,
        byte_counts=found.byte_counts,
    )
    return examine(facts, found, size, progress)


def _some_blocks(tiff: Tiff, images: list[Ifd], reads: CountedReads) -> dict[int, BlockFacts]:
    """The first block of each image, the last one, and a sample, as far as can be had."""
    wanted = [(ifd, 0) for ifd in sorted(images, key=lambda i: i.block_count, reverse=True)]
    wanted += [(ifd, ifd.block_count - 1) for ifd in images[:1]]
    largest = max(images, key=lambda ifd: ifd.block_count)
    step = max(largest.block_count // SAMPLE, 1)
    wanted += [(largest, number) for number in range(step, largest.block_count, step)]
    places = {pair: _places(*pair) for pair in wanted}
    if reads.remote:
        ranges = [place for pair in wanted for place in places[pair] or ()]
        requests, room = _left(reads)
        reserve = 1 if reads.can_read_many else 0  # the last request is for the blocks' frames
        reads.fetch(ranges, max(requests - reserve, 0), room)
    found: dict[int, list[Block]] = {ifd.offset: [] for ifd in images}
    for ifd, number in sorted(places, key=lambda pair: pair[1]):
        values = []
        for start, stop in places[ifd, number] or ():
            data = (
                reads.known(start, stop - start)
                if reads.remote
                else reads.read(start, stop - start)
            )
            if data is not None and len(data) == stop - start:
                values.append(
                    int.from_bytes(data, "little" if tiff.byte_order == "little" else "big")
                )
        if len(values) == 2:
            found[ifd.offset].append(Block(number, *values))
    return {
        ifd.offset: examine(
            BlockFacts(ifd, ifd.block_count, complete=False), found[ifd.offset], reads.size
        )
        for ifd in images
    }


def _places(ifd: Ifd, number: int) -> list[tuple[int, int]] | None:
    """Where a block's offset and byte count are written."""
    places = []
    for entry in (ifd.offsets, ifd.byte_counts):
        size = SIZES.get(entry.type, 0) if entry else 0
        if entry is None or not size or number >= entry.count:
            return None
        places.append((entry.offset + number * size, entry.offset + (number + 1) * size))
    return places


# Leaders and trailers


def _look_at_frames(
    tiff: Tiff,
    blocks: dict[int, BlockFacts],
    reads: CountedReads,
    facts: FrameFacts,
    full: bool,
    progress: Progress | None,
) -> None:
    """Look at the bytes around the blocks, where the file promises something of them."""
    if tiff.ghost is None or not {"BLOCK_LEADER", "BLOCK_TRAILER"} & set(tiff.ghost.metadata):
        return
    if full:
        kept, reads.keeping = reads.keeping, reads.can_read_many
        blocks_with_data = _with_data(blocks)
        if reads.can_read_many:
            frames = _frames_by_many(reads, blocks_with_data)
        else:
            frames = tiff.frames(blocks_with_data, gap=FIRST_READ if reads.remote else _PAGE)
        add_all(facts, frames, progress)
        reads.keeping = kept
        return
    sample = _sample(blocks)
    if not reads.remote:
        add_all(facts, tiff.frames(sample), progress)
        return
    requests, room = _left(reads)
    ranges = [place for block in sample for place in _around(block, reads.size)]
    if requests > 0:
        reads.fetch(ranges, requests, room)
    add_all(facts, _known_frames(reads, _with_data(blocks)), progress)


def _with_data(blocks: dict[int, BlockFacts]) -> Iterator[Block]:
    for facts in blocks.values():
        if facts.complete:
            yield from (
                b for b in map(facts.block, range(len(facts.offsets))) if b and _is_sound(b)
            )
        else:
            yield from facts.samples


def _is_sound(block: Block) -> bool:
    return block.offset > 0 and block.byte_count > 0


def _sample(blocks: dict[int, BlockFacts]) -> list[Block]:
    """About 20 blocks from the whole file: the first and the last, and some between."""
    counts = [len(f.offsets) if f.complete else len(f.samples) for f in blocks.values()]
    total = sum(counts)
    numbers = (
        sorted({round(i * (total - 1) / (SAMPLE - 1)) for i in range(SAMPLE)}) if total else []
    )
    found: list[Block] = []
    for facts, count in zip(blocks.values(), counts):
        for number in numbers:
            if 0 <= number < count:
                block = facts.block(number) if facts.complete else facts.samples[number]
                if block and _is_sound(block):
                    found.append(block)
        numbers = [number - count for number in numbers if number >= count]
    return found


def _around(block: Block, size: int) -> list[tuple[int, int]]:
    """What to read for a block's frame."""
    before = (max(block.offset - _FRAME, 0), block.offset)
    behind = (max(block.end - _FRAME, block.offset), block.end + _FRAME)
    return [(a, min(b, size)) for a, b in (before, behind) if a < min(b, size)]


def _frames_by_many(reads: CountedReads, blocks: Iterable[Block]) -> Iterator[Frame]:
    """The frames of all blocks, as many with each request as it takes ranges."""
    waiting: list[Block] = []
    ranges: list[tuple[int, int]] = []
    for block in blocks:
        waiting.append(block)
        ranges = _joined(ranges, _around(block, reads.size))
        if not ranges:
            continue  # it would lie past the end of the file
        if len(ranges) >= RANGES_AT_ONCE - 1 or ranges[-1][1] - ranges[-1][0] > _MOST_PIECE:
            yield from _fetched(reads, waiting, ranges)
            waiting, ranges = [], []
    yield from _fetched(reads, waiting, ranges)


def _joined(
    ranges: list[tuple[int, int]], more: Iterable[tuple[int, int]]
) -> list[tuple[int, int]]:
    """With those that follow closely joined to the last one."""
    for start, stop in more:
        if ranges and 0 <= start - ranges[-1][1] <= _PAGE:
            ranges[-1] = (ranges[-1][0], stop)
        else:
            ranges.append((start, stop))
    return ranges


def _fetched(
    reads: CountedReads, blocks: list[Block], ranges: list[tuple[int, int]]
) -> Iterator[Frame]:
    kept = list(reads.pieces)
    reads.fetch(ranges, RANGES_AT_ONCE, _MOST_PIECE * RANGES_AT_ONCE)
    frames = list(_known_frames(reads, blocks))
    reads.pieces = kept  # these are needed once, and may be many
    yield from frames


def _known_frames(reads: CountedReads, blocks: Iterable[Block]) -> Iterator[Frame]:
    """The frames of those blocks whose surroundings were read."""
    for block in blocks:
        pieces = []
        for start, stop in _around(block, reads.size):
            data = reads.known(start, stop - start)
            if data is None:
                break
            pieces.append(data)
        else:
            leader, tail = [*pieces, b"", b""][:2]
            last = min(_FRAME, block.byte_count)
            yield Frame(block, leader, tail[:last], tail[last:])
