# SPDX-License-Identifier: GPL-2.0-or-later
"""Read the structure of a TIFF, BigTIFF or COG from its bytes, however damaged or hostile.

::

    with open_source("scene.tif") as source:
        tiff = read_tiff(source.read, source.size)
    tiff.ifds[0].width, tiff.problems

A COG whose header fits the first page (16 KiB) takes one read; arrays of block offsets are read
only when asked for. Nothing here judges: rules make findings of facts and problems.
"""

from __future__ import annotations

import re
import struct
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from cog_browser.cog.tiff.block_index import Block, Blocks, Frame, read_blocks, read_frames
from cog_browser.cog.tiff.checks import Extent, check_arrays, entry_extents, find_overlaps
from cog_browser.cog.tiff.directory import read_directory
from cog_browser.cog.tiff.file_bytes import (
    BoundedBytes,
    LimitReached,
    Limits,
    Problem,
    Problems,
    Read,
)
from cog_browser.cog.tiff.ifd import Ifd, with_kinds
from cog_browser.cog.tiff.tags import ASCII, INTEGERS, Tag, tag_name
from cog_browser.cog.tiff.values import DECODED, Value, Values

PREFETCH = 1 << 14

_GHOST = re.compile(rb"GDAL_STRUCTURAL_METADATA_SIZE=(.{6}) bytes\n", re.DOTALL)
_GHOST_HEAD = 43
_MOST_GHOST = 4096
_ORDERS = {b"II": "<", b"MM": ">"}


@dataclass(frozen=True)
class Ghost:
    """The structural metadata that GDAL's COG driver puts behind the header.

    ``size`` is what it claims for ``text`` (None: no number), ``offset`` where its first line
    begins, ``metadata`` the text as keys and values.
    """

    offset: int
    size: int | None
    text: bytes
    metadata: Mapping[str, str]

    @property
    def end(self) -> int:
        return self.offset + _GHOST_HEAD + (self.size or 0)


@dataclass(frozen=True, eq=False)
class Tiff:
    """What `read_tiff` has found. ``ifds`` is the chain; SubIFDs are in their IFDs.

    ``byte_order`` is "little" or "big" ("" where the file is no TIFF), ``version`` 42 or 43.
    ``size`` is the file's, None where nobody knows. One thread at a time may use it.
    """

    size: int | None
    source: BoundedBytes = field(repr=False)
    byte_order: str = ""
    version: int = 0
    first_ifd_offset: int = 0
    ghost: Ghost | None = None
    ifds: tuple[Ifd, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def big(self) -> bool:
        return self.version == 43

    @property
    def is_tiff(self) -> bool:
        return bool(self.byte_order)

    @property
    def reads(self) -> int:
        """Calls of ``read`` so far, those for blocks included."""
        return self.source.reads

    @property
    def bytes_read(self) -> int:
        return self.source.bytes_read

    def all_ifds(self) -> Iterator[Ifd]:
        """The chain and all SubIFDs, each followed by its own."""
        waiting = list(reversed(self.ifds))
        while waiting:
            ifd = waiting.pop()
            yield ifd
            waiting.extend(reversed(ifd.sub_ifds))

    def value(self, ifd: Ifd, tag: int) -> Value | None:
        """All values of a tag, or None where it is missing, unreadable or over the limits."""
        entry = ifd.entries.get(tag)
        if entry is None:
            return None
        self.source.begin()
        return Values(self.source, self._order, Problems()).decode(entry, ifd.offset)

    def blocks(self, ifd: Ifd, first: int = 0, count: int | None = None) -> Blocks:
        """Offsets and byte counts of ``count`` blocks (None: all) from number ``first`` on."""
        self.source.begin()
        return read_blocks(self.source, self._order, ifd, first, count)

    def frames(self, blocks: Iterable[Block], gap: int = 4096) -> Iterator[Frame]:
        """The leader and trailer of each block that isn't empty, lazily, 32 blocks at a time.

        Up to ``gap`` bytes are read in vain where that saves a read: give more for a remote file.
        It ends early if a limit is reached, which counting the frames shows.
        """
        return read_frames(self.source, blocks, gap)

    @property
    def _order(self) -> str:
        return "<" if self.byte_order == "little" else ">"


def read_tiff(
    read: Read, size: int | None = None, limits: Limits | None = None, prefetch: int = PREFETCH
) -> Tiff:
    """Read header, IFDs and all values but the block arrays. No bytes make it raise or hang.

    Args:
      read: ``read(offset, n)`` gives n bytes, fewer only at the end of the file. What it raises
        passes through.
      size: The file's size where it is known: only then can truncation be seen.
      limits: Where to give up.
      prefetch: Bytes per page; the first read takes one page.
    """
    limits = limits or Limits()
    source = BoundedBytes(read, size, limits, prefetch)
    problems = Problems()
    header = Tiff(size=size, source=source)
    with suppress(LimitReached):  # on record, as in what follows
        header = _read_header(source, problems)
    ifds: list[Ifd] = []
    if header.is_tiff:
        order = "<" if header.byte_order == "little" else ">"
        ifds = _Walk(source, order, header.big, problems).ifds(header.first_ifd_offset)
    done = replace(header, size=source.size, ifds=tuple(ifds))
    find_overlaps(_occupied(done), problems)
    return replace(done, problems=problems.found())


def _occupied(tiff: Tiff) -> Iterator[Extent]:
    if tiff.is_tiff:
        yield Extent(0, 16 if tiff.big else 8, "the header")
    if tiff.ghost:
        yield Extent(tiff.ghost.offset, tiff.ghost.end, "the structural metadata")
    for ifd in tiff.all_ifds():
        yield from entry_extents(ifd)


def _read_header(source: BoundedBytes, problems: Problems) -> Tiff:
    nothing = Tiff(size=source.size, source=source)
    data = source.get(0, 16, problems)
    order = _ORDERS.get(data[:2])
    if len(data) < 8:
        problems.add("header-short", f"The file has {len(data)} bytes.", 0)
        return nothing
    version = struct.unpack(f"{order}H", data[2:4])[0] if order else 0
    if order is None or version not in (42, 43):
        problems.add("header-magic", "The file doesn't begin like a TIFF.", 0)
        return nothing
    first: int
    if version == 42:
        first = struct.unpack(f"{order}I", data[4:8])[0]
        ghost = _read_ghost(source, 8, problems)
    else:
        if len(data) < 16:
            problems.add("header-short", f"The file has {len(data)} bytes.", 0)
            return nothing
        offset_size, padding, first = struct.unpack(f"{order}HHQ", data[4:16])
        if (offset_size, padding) != (8, 0):
            message = f"The BigTIFF header says {offset_size} and {padding}, not 8 and 0."
            problems.add("header-bigtiff", message, 4)
        ghost = _read_ghost(source, 16, problems)
    if not first:
        problems.add("ifd-none", "The header names no IFD.", 4 if version == 42 else 8)
    return Tiff(
        size=source.size,
        byte_order="little" if order == "<" else "big",
        version=version,
        first_ifd_offset=first,
        ghost=ghost,
        source=source,
    )


def _read_ghost(source: BoundedBytes, offset: int, problems: Problems) -> Ghost | None:
    found = _GHOST.match(source.get(offset, _GHOST_HEAD, problems))
    if not found:
        return None
    start = offset + _GHOST_HEAD
    size = int(found[1]) if found[1].isdigit() else None
    text = source.get(start, min(size or 0, _MOST_GHOST), problems)
    if size is None or source.outside(start, size):
        problems.add("ghost-size", "The size of the structural metadata is wrong.", offset)
    lines = [line.strip() for line in text.decode("latin-1").splitlines() if line.strip()]
    pairs = [line.partition("=") for line in lines]
    if not all(equals and key.replace("_", "").isalnum() for key, equals, _ in pairs):
        problems.add("ghost-text", "The structural metadata are not KEY=VALUE lines.", start)
    return Ghost(offset, size, text, {key: value for key, equals, value in pairs if equals})


@dataclass(frozen=True)
class _Chain:
    """A chain of IFDs that waits for being walked. ``parent`` is a place in `_Walk.found`."""

    first: int
    parent: int | None = None
    depth: int = 0


class _Walk:
    """Follows the chain and all SubIFDs, each IFD once, without recursion."""

    def __init__(self, source: BoundedBytes, order: str, big: bool, problems: Problems) -> None:
        self._source = source
        self._order = order
        self._big = big
        self._problems = problems
        self._values = Values(source, order, problems)
        self._visited: set[int] = set()
        self._found: list[Ifd] = []
        self._parents: list[int | None] = []
        self._entries_left = source.limits.all_entries

    def ifds(self, first: int) -> list[Ifd]:
        waiting = deque([_Chain(first)])
        try:
            while waiting:
                waiting.extend(self._walk(waiting.popleft()))
            self._prefetch()
        except LimitReached:
            pass
        return self._assemble()

    def _walk(self, chain: _Chain) -> Iterator[_Chain]:
        """Read one chain; gives the chains of its SubIFDs."""
        offset = chain.first
        limits = self._source.limits
        while offset:
            self._source.check_time(self._problems)
            if offset in self._visited:
                self._problems.add("ifd-loop", f"The IFD at {offset} is met again.", offset)
                return
            if len(self._found) == limits.ifds:
                raise self._problems.stop("limit-ifds", f"There are more than {limits.ifds} IFDs.")
            self._visited.add(offset)
            ifd = read_directory(
                self._source, self._order, self._big, offset, self._entries_left, self._problems
            )
            if ifd is None:
                return
            self._entries_left -= len(ifd.entries)
            self._found.append(ifd)
            self._parents.append(chain.parent)
            yield from self._chains_below(ifd, chain.depth)
            offset = ifd.next_ifd

    def _chains_below(self, ifd: Ifd, depth: int) -> Iterator[_Chain]:
        entry = ifd.entries.get(Tag.SUB_IFDS)
        if entry is None:
            return
        if entry.type not in INTEGERS:
            message = f"{tag_name(entry.tag)} has the field type {entry.type}."
            self._problems.add("bad-type", message, entry.offset, ifd.offset, entry.tag)
            return
        if depth == self._source.limits.depth:
            self._problems.add("limit-depth", f"SubIFDs lie over {depth} deep.", ifd.offset)
            return
        parent = len(self._found) - 1
        for offset in self._values.decode(entry, ifd.offset) or ():
            if isinstance(offset, int) and offset > 0:
                yield _Chain(offset, parent, depth + 1)

    def _prefetch(self) -> None:
        """Get the values of all IFDs together."""
        most = self._source.limits.value_bytes
        self._source.fetch(
            [
                (entry.offset, min(entry.size, most))
                for ifd in self._found
                for entry in ifd.entries.values()
                if not entry.inline
                and entry.tag in DECODED
                and (entry.size <= most or entry.type == ASCII)
                and not self._source.outside(entry.offset, entry.size)
            ],
            self._problems,
        )

    def _assemble(self) -> list[Ifd]:
        layouts = [self._values.layout(ifd.entries, ifd.offset) for ifd in self._found]
        ifds = [replace(ifd, **vars(layout)) for ifd, layout in zip(self._found, layouts)]
        children: dict[int | None, list[int]] = {}
        for number, parent in enumerate(self._parents):
            children.setdefault(parent, []).append(number)
        for number in reversed(range(len(ifds))):  # children were found after their parent
            below = [ifds[child] for child in children.get(number, ())]
            if below:
                ifds[number] = replace(
                    ifds[number], sub_ifds=tuple(with_kinds(below, ifds[number]))
                )
        for ifd in ifds:
            check_arrays(ifd, self._source.limits, self._problems)
        return with_kinds([ifds[number] for number in children.get(None, ())])
