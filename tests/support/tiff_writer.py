# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes TIFF files byte by byte, sound or damaged on purpose.

::

    image = tiled_image(64, 48)
    image.set(Tag.IMAGE_WIDTH, LONG, [0])                     # a wrong value
    image.fields[Tag.BITS_PER_SAMPLE].offset = 1 << 31        # a lie about where it is
    data = write_tiff([image], big=True, order=">").data
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Union

from cog_browser.cog.tiff.tags import (
    ASCII,
    BLOCK_ARRAYS,
    FORMATS,
    LONG,
    LONG8,
    SHORT,
    SIZES,
    Tag,
)

Numbers = Sequence[Union[int, float]]

GHOST_TEXT = (
    b"LAYOUT=IFDS_BEFORE_DATA\nBLOCK_ORDER=ROW_MAJOR\nBLOCK_LEADER=SIZE_AS_UINT4\n"
    b"BLOCK_TRAILER=LAST_4_BYTES_REPEATED\nKNOWN_INCOMPATIBLE_EDITION=NO\n "
)


def ghost(text: bytes = GHOST_TEXT, size: bytes | None = None) -> bytes:
    """The structural metadata of GDAL's COG driver; ``size`` is the six digits to claim."""
    digits = b"%06d" % len(text) if size is None else size
    return b"GDAL_STRUCTURAL_METADATA_SIZE=" + digits + b" bytes\n" + text


@dataclass
class Field:
    """One tag. ``count``, ``offset`` and ``entry_type`` replace what would be written truly."""

    kind: int
    values: Numbers | bytes
    count: int | None = None
    offset: int | None = None
    entry_type: int | None = None

    def data(self, order: str) -> bytes:
        if isinstance(self.values, bytes):
            return self.values
        return struct.pack(f"{order}{len(self.values)}{FORMATS[self.kind][0]}", *self.values)


@dataclass
class Directory:
    """An IFD. The writer fills the arrays of block offsets from ``blocks`` (b"": sparse).

    ``claimed`` replaces the number of entries, ``next_ifd`` the link to the next IFD, ``order``
    the order of the entries; ``extra`` are entries written besides, e.g. duplicates.
    """

    fields: dict[int, Field] = field(default_factory=dict)
    blocks: list[bytes] = field(default_factory=list)
    sub_ifds: list[Directory] = field(default_factory=list)
    extra: list[tuple[int, Field]] = field(default_factory=list)
    order: list[int] | None = None
    claimed: int | None = None
    next_ifd: int | None = None

    def set(self, tag: int, kind: int, values: Numbers | bytes | str) -> Directory:
        if isinstance(values, str):
            values = values.encode() + b"\0"
        self.fields[int(tag)] = Field(kind, values)
        return self

    def entries(self) -> list[tuple[int, Field]]:
        tags = self.order if self.order is not None else sorted(self.fields)
        pairs = [(tag, self.fields[tag]) for tag in tags]
        return sorted(pairs + self.extra, key=lambda p: p[0]) if self.order is None else pairs


@dataclass
class Written:
    """``ifds`` are the offsets in the order of writing: each IFD, then its SubIFDs."""

    data: bytes
    ifds: list[int]
    entries: dict[tuple[int, int], int]
    values: dict[tuple[int, int], int]

    def entry(self, ifd: int, tag: int) -> int:
        """Where the entry of ``tag`` lies in IFD number ``ifd``."""
        return self.entries[ifd, int(tag)]

    def value(self, ifd: int, tag: int) -> int:
        """Where the values of ``tag`` lie."""
        return self.values[ifd, int(tag)]


def tiled_image(
    width: int = 64,
    height: int = 48,
    tile: int = 16,
    samples: int = 1,
    planar: int = 1,
    subfile: int = 0,
    big: bool = False,
) -> Directory:
    """An uncompressed image of bytes with tiles that differ."""
    planes = samples if planar == 2 else 1
    count = -(-width // tile) * -(-height // tile) * planes
    image = _image(width, height, samples, planar, subfile)
    image.set(Tag.TILE_WIDTH, SHORT, [tile]).set(Tag.TILE_LENGTH, SHORT, [tile])
    size = tile * tile * samples // planes
    image.blocks = [bytes([index % 255 + 1]) * size for index in range(count)]
    image.set(Tag.TILE_OFFSETS, LONG8 if big else LONG, [0] * count)
    image.set(Tag.TILE_BYTE_COUNTS, LONG, [0] * count)
    return image


def stripped_image(width: int = 64, height: int = 48, rows: int = 10) -> Directory:
    count = -(-height // rows)
    image = _image(width, height, 1, 1, 0).set(Tag.ROWS_PER_STRIP, SHORT, [rows])
    image.blocks = [bytes([index % 255 + 1]) * width * rows for index in range(count)]
    image.set(Tag.STRIP_OFFSETS, LONG, [0] * count)
    image.set(Tag.STRIP_BYTE_COUNTS, SHORT, [0] * count)
    return image


def _image(width: int, height: int, samples: int, planar: int, subfile: int) -> Directory:
    image = Directory()
    image.set(Tag.NEW_SUBFILE_TYPE, LONG, [subfile])
    image.set(Tag.IMAGE_WIDTH, SHORT, [width]).set(Tag.IMAGE_LENGTH, SHORT, [height])
    image.set(Tag.BITS_PER_SAMPLE, SHORT, [8] * samples)
    image.set(Tag.COMPRESSION, SHORT, [1]).set(Tag.PHOTOMETRIC, SHORT, [1])
    image.set(Tag.SAMPLES_PER_PIXEL, SHORT, [samples]).set(Tag.PLANAR_CONFIG, SHORT, [planar])
    image.set(Tag.SAMPLE_FORMAT, SHORT, [1] * samples)
    return image


def georeferenced(image: Directory, nodata: str = "-9999") -> Directory:
    """With the tags that GDAL writes for WGS 84 / UTM zone 31N."""
    names = "WGS 84 / UTM zone 31N|WGS 84|"
    keys = [1, 1, 0, 5, 1024, 0, 1, 1, 1025, 0, 1, 1, 1026, Tag.GEO_ASCII_PARAMS, 22, 0]
    keys += [2057, Tag.GEO_DOUBLE_PARAMS, 1, 1, 3072, 0, 1, 32631]
    image.set(Tag.MODEL_PIXEL_SCALE, 12, [10.0, 10.0, 0.0])
    image.set(Tag.MODEL_TIEPOINT, 12, [0.0, 0.0, 0.0, 500000.0, 5000000.0, 0.0])
    image.set(Tag.GEO_KEY_DIRECTORY, SHORT, keys)
    image.set(Tag.GEO_DOUBLE_PARAMS, 12, [298.257223563, 6378137.0])
    image.set(Tag.GEO_ASCII_PARAMS, ASCII, names)
    image.set(
        Tag.GDAL_METADATA, ASCII, '<GDALMetadata>\n  <Item name="A">é</Item>\n</GDALMetadata>'
    )
    return image.set(Tag.GDAL_NODATA, ASCII, nodata)


def write_tiff(
    directories: Sequence[Directory],
    *,
    order: str = "<",
    big: bool = False,
    structural_metadata: bytes = b"",
    frames: bool = False,
    first_ifd: int | None = None,
    arrays_last: bool = False,
) -> Written:
    """Header, structural metadata, each IFD with its values, then the data, last image first.

    ``frames`` puts leaders and trailers around the blocks; ``first_ifd`` replaces the header's
    pointer; ``arrays_last`` puts the block arrays behind all IFDs, as GDAL's COG driver does.
    """
    writer = _Writer(directories, order, big, structural_metadata, frames, first_ifd)
    writer.arrays_last = arrays_last
    return writer.written()


class _Writer:
    def __init__(self, directories, order, big, structural_metadata, frames, first_ifd):
        self.order, self.big, self.frames = order, big, frames
        self.top = list(directories)
        self.flat: list[Directory] = []
        for directory in self.top:
            self._flatten(directory)
        self.head = (16 if big else 8) + len(structural_metadata)
        self.structural_metadata = structural_metadata
        self.first_ifd = first_ifd
        self.entries: dict[tuple[int, int], int] = {}
        self.values: dict[tuple[int, int], int] = {}
        self.arrays_last = False
        self.arrays: dict[tuple[int, int], int] = {}

    def _flatten(self, directory):
        self.flat.append(directory)
        if directory.sub_ifds and Tag.SUB_IFDS not in directory.fields:
            kind = LONG8 if self.big else LONG
            directory.set(Tag.SUB_IFDS, kind, [0] * len(directory.sub_ifds))
        for sub in directory.sub_ifds:
            self._flatten(sub)

    def written(self) -> Written:
        starts, position = [], self.head
        for directory in self.flat:
            position += position % 2
            starts.append(position)
            position += len(self._directory(directory, position, 0))
        place = {id(directory): start for directory, start in zip(self.flat, starts)}
        blocks = b"".join(self._blocks(directory) for directory in reversed(self.flat))
        position = self._place_arrays(position)
        self._place_blocks(position)
        out = bytearray(self._header(starts[0] if starts else 0))
        for number, (directory, start) in enumerate(zip(self.flat, starts)):
            if directory.sub_ifds:
                below = [place[id(sub)] for sub in directory.sub_ifds]
                directory.fields[Tag.SUB_IFDS].values = below
            following = 0
            if any(directory is top for top in self.top):
                at = next(i for i, top in enumerate(self.top) if top is directory)
                following = place[id(self.top[at + 1])] if at + 1 < len(self.top) else 0
            if directory.next_ifd is not None:
                following = directory.next_ifd
            out += bytes(start - len(out))
            out += self._directory(directory, start, following, number)
        for number, tag in self.arrays:
            out += self.flat[number].fields[tag].data(self.order)
        return Written(bytes(out) + blocks, starts, self.entries, self.values)

    def _place_arrays(self, position):
        for number, directory in enumerate(self.flat):
            for tag, entry in directory.entries():
                if self._goes_last(tag, entry):
                    self.arrays[number, tag] = position
                    position += len(entry.data(self.order))
        return position

    def _goes_last(self, tag, entry):
        room = 8 if self.big else 4
        return self.arrays_last and tag in BLOCK_ARRAYS and len(entry.data(self.order)) > room

    def _header(self, first):
        first = first if self.first_ifd is None else self.first_ifd
        mark = b"II" if self.order == "<" else b"MM"
        if self.big:
            head = mark + struct.pack(f"{self.order}HHHQ", 43, 8, 0, first)
        else:
            head = mark + struct.pack(f"{self.order}HI", 42, first)
        return head + self.structural_metadata

    def _directory(self, directory, start, following, number=-1):
        entries = directory.entries()
        count_code, link_code, room = ("Q", "Q", 8) if self.big else ("H", "I", 4)
        entry_size = 20 if self.big else 12
        head = 8 if self.big else 2
        values_at = start + head + len(entries) * entry_size + room
        claimed = len(entries) if directory.claimed is None else directory.claimed
        table = struct.pack(self.order + count_code, claimed)
        values = b""
        for tag, entry in entries:
            data = entry.data(self.order)
            count = len(data) // SIZES[entry.kind] if entry.count is None else entry.count
            kind = entry.kind if entry.entry_type is None else entry.entry_type
            where = start + len(table)
            table += struct.pack(f"{self.order}HH{link_code}", tag, kind, count)
            self.entries[number, tag] = where
            if entry.offset is not None:
                table += struct.pack(self.order + link_code, entry.offset)
            elif self._goes_last(tag, entry):
                self.values[number, tag] = self.arrays.get((number, tag), 0)
                table += struct.pack(self.order + link_code, self.values[number, tag])
            elif len(data) <= room:
                self.values[number, tag] = start + len(table)
                table += data.ljust(room, b"\0")
            else:
                values += bytes(len(values) % 2)
                self.values[number, tag] = values_at + len(values)
                table += struct.pack(self.order + link_code, values_at + len(values))
                values += data
        return table + struct.pack(self.order + link_code, following) + values

    def _framed(self, block):
        if not block or not self.frames:
            return block
        return struct.pack("<I", len(block)) + block + block[-4:]

    def _blocks(self, directory):
        return b"".join(self._framed(block) for block in directory.blocks)

    def _place_blocks(self, position):
        lead = 4 if self.frames else 0
        for directory in reversed(self.flat):
            offsets, sizes = [], []
            for block in directory.blocks:
                offsets.append(position + lead if block else 0)
                sizes.append(len(block))
                position += len(self._framed(block))
            for tag, numbers in (
                (Tag.TILE_OFFSETS, offsets),
                (Tag.STRIP_OFFSETS, offsets),
                (Tag.TILE_BYTE_COUNTS, sizes),
                (Tag.STRIP_BYTE_COUNTS, sizes),
            ):
                entry = directory.fields.get(tag)
                if entry is not None and len(entry.values) == len(numbers):
                    entry.values = numbers
