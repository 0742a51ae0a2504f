# SPDX-License-Identifier: GPL-2.0-or-later
"""One image file directory: its entries as they stand, and what they say about the image."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cog_browser.cog.tiff.tags import BLOCK_ARRAYS, SIZES, Tag

#: The kinds of IFD.
MAIN, OVERVIEW, MASK, MASK_OF_OVERVIEW, OTHER = (
    "main",
    "overview",
    "mask",
    "mask-of-overview",
    "other",
)

REDUCED, PAGE, MASK_BIT = 1, 2, 4  # bits of NewSubfileType
_MASK_PHOTOMETRIC = 4


@dataclass(frozen=True)
class Entry:
    """A tag. ``offset`` is where its values lie: inside the IFD if ``inline``, else elsewhere.

    ``type`` and ``count`` are what the file claims; ``data`` holds the bytes of inline values.
    """

    tag: int
    type: int
    count: int
    offset: int
    inline: bool
    data: bytes

    @property
    def size(self) -> int:
        """Bytes of all values; 0 for an unknown type."""
        return self.count * SIZES.get(self.type, 0)

    @property
    def end(self) -> int:
        return self.offset + self.size


@dataclass(frozen=True)
class Georeference:
    """What the GeoTIFF tags hold; empty where a tag is missing or can't be used.

    ``keys`` maps a GeoKey's number to its value; ``tie_points`` has six numbers per point.
    """

    keys: Mapping[int, int | float | str | tuple[float, ...]] = field(default_factory=dict)
    pixel_scale: tuple[float, ...] = ()
    tie_points: tuple[float, ...] = ()
    transformation: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class Layout:
    """What an IFD says about its pixels, with TIFF's defaults for what it doesn't say.

    A number that is missing or can't be used is 0, and the `Problem` is on the list. A stripped
    image has blocks as wide as itself.
    """

    subfile_type: int = 0
    width: int = 0
    height: int = 0
    tiled: bool = False
    block_width: int = 0
    block_height: int = 0
    bits: tuple[int, ...] = (1,)
    samples_per_pixel: int = 1
    sample_format: tuple[int, ...] = (1,)
    extra_samples: tuple[int, ...] = ()
    photometric: int | None = None
    compression: int = 1
    predictor: int = 1
    planar_config: int = 1
    nodata: str | None = None
    gdal_metadata: str | None = None
    geo: Georeference = field(default_factory=Georeference)


@dataclass(frozen=True, eq=False)
class Ifd(Layout):
    """``index`` counts within its chain; ``offset`` and ``length`` are in bytes.

    ``kind`` is "main" for the first of the chain, whatever its flags say, as GDAL takes it.
    ``truncated`` says that entries are missing because the file, or a limit, ends before them.
    """

    index: int = 0
    offset: int = 0
    length: int = 0
    next_ifd: int = 0
    kind: str = OTHER
    truncated: bool = False
    entries: Mapping[int, Entry] = field(default_factory=dict, repr=False)
    sub_ifds: tuple[Ifd, ...] = ()

    @property
    def end(self) -> int:
        return self.offset + self.length

    @property
    def is_reduced(self) -> bool:
        return bool(self.subfile_type & REDUCED)

    @property
    def is_mask(self) -> bool:
        return bool(self.subfile_type & MASK_BIT) or self.photometric == _MASK_PHOTOMETRIC

    @property
    def has_jpeg_tables(self) -> bool:
        return Tag.JPEG_TABLES in self.entries

    @property
    def has_color_map(self) -> bool:
        return Tag.COLOR_MAP in self.entries

    @property
    def blocks_across(self) -> int:
        return -(-self.width // self.block_width) if self.block_width else 0

    @property
    def blocks_down(self) -> int:
        return -(-self.height // self.block_height) if self.block_height else 0

    @property
    def planes(self) -> int:
        """How often the grid of blocks is repeated: once per sample if these lie apart."""
        return self.samples_per_pixel if self.planar_config == 2 else 1

    @property
    def block_count(self) -> int:
        """As many as the image needs. It may be any number, and the arrays may hold fewer."""
        return self.blocks_across * self.blocks_down * self.planes

    @property
    def offsets(self) -> Entry | None:
        """The array of block offsets. A tiled image may keep it under the strips' tag."""
        tiles = self.entries.get(Tag.TILE_OFFSETS) if self.tiled else None
        return tiles or self.entries.get(Tag.STRIP_OFFSETS)

    @property
    def byte_counts(self) -> Entry | None:
        tiles = self.entries.get(Tag.TILE_BYTE_COUNTS) if self.tiled else None
        return tiles or self.entries.get(Tag.STRIP_BYTE_COUNTS)

    @property
    def values_end(self) -> int:
        """Where the IFD and its values end, without the block arrays."""
        return self._end_of(arrays=False)

    @property
    def arrays_end(self) -> int:
        """Where the IFD and all its values end, block arrays included."""
        return self._end_of(arrays=True)

    def _end_of(self, arrays: bool) -> int:
        ends = (e.end for e in self.entries.values() if arrays or e.tag not in BLOCK_ARRAYS)
        return max(self.end, *ends, 0)


def with_kinds(chain: list[Ifd], parent: Ifd | None = None) -> list[Ifd]:
    """The same IFDs with their kinds: by flags, and a mask's by whose size it has.

    ``parent`` is the IFD whose SubIFDs these are.
    """
    sizes = {(ifd.width, ifd.height) for ifd in chain if ifd.is_reduced and not ifd.is_mask}
    main = parent or (chain[0] if chain else None)
    return [
        replace(ifd, kind=MAIN if ifd is main else _kind(ifd, main, sizes), index=index)
        for index, ifd in enumerate(chain)
    ]


def _kind(ifd: Ifd, main: Ifd | None, overviews: set[tuple[int, int]]) -> str:
    if ifd.subfile_type & PAGE:
        return OTHER
    if ifd.is_mask:
        size = (ifd.width, ifd.height)
        whole = main is not None and size == (main.width, main.height)
        return MASK_OF_OVERVIEW if ifd.is_reduced or (size in overviews and not whole) else MASK
    return OVERVIEW if ifd.is_reduced else OTHER
