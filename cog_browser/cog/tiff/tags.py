# SPDX-License-Identifier: GPL-2.0-or-later
"""The numbers of TIFF, BigTIFF and GeoTIFF that this package knows by name."""

from __future__ import annotations

from enum import IntEnum


class Tag(IntEnum):
    """Spelled as in the TIFF specification, but in this language's style."""

    NEW_SUBFILE_TYPE = 254
    SUBFILE_TYPE = 255
    IMAGE_WIDTH = 256
    IMAGE_LENGTH = 257
    BITS_PER_SAMPLE = 258
    COMPRESSION = 259
    PHOTOMETRIC = 262
    STRIP_OFFSETS = 273
    SAMPLES_PER_PIXEL = 277
    ROWS_PER_STRIP = 278
    STRIP_BYTE_COUNTS = 279
    PLANAR_CONFIG = 284
    PREDICTOR = 317
    COLOR_MAP = 320
    TILE_WIDTH = 322
    TILE_LENGTH = 323
    TILE_OFFSETS = 324
    TILE_BYTE_COUNTS = 325
    SUB_IFDS = 330
    EXTRA_SAMPLES = 338
    SAMPLE_FORMAT = 339
    JPEG_TABLES = 347
    MODEL_PIXEL_SCALE = 33550
    MODEL_TIEPOINT = 33922
    MODEL_TRANSFORMATION = 34264
    GEO_KEY_DIRECTORY = 34735
    GEO_DOUBLE_PARAMS = 34736
    GEO_ASCII_PARAMS = 34737
    GDAL_METADATA = 42112
    GDAL_NODATA = 42113


#: One entry per block: as long as the raster is large, so read only when asked for.
BLOCK_ARRAYS = frozenset(
    (Tag.STRIP_OFFSETS, Tag.STRIP_BYTE_COUNTS, Tag.TILE_OFFSETS, Tag.TILE_BYTE_COUNTS)
)

BYTE, ASCII, SHORT, LONG, RATIONAL, SBYTE, UNDEFINED, SSHORT, SLONG, SRATIONAL = range(1, 11)
FLOAT, DOUBLE, IFD_TYPE, LONG8, SLONG8, IFD8 = 11, 12, 13, 16, 17, 18

#: Field type -> (code of `struct`, numbers per value). ASCII and UNDEFINED stay bytes.
FORMATS: dict[int, tuple[str, int]] = {
    BYTE: ("B", 1),
    ASCII: ("s", 1),
    SHORT: ("H", 1),
    LONG: ("I", 1),
    RATIONAL: ("I", 2),
    SBYTE: ("b", 1),
    UNDEFINED: ("s", 1),
    SSHORT: ("h", 1),
    SLONG: ("i", 1),
    SRATIONAL: ("i", 2),
    FLOAT: ("f", 1),
    DOUBLE: ("d", 1),
    IFD_TYPE: ("I", 1),
    LONG8: ("Q", 1),
    SLONG8: ("q", 1),
    IFD8: ("Q", 1),
}
_BYTES = {"B": 1, "s": 1, "b": 1, "H": 2, "h": 2, "I": 4, "i": 4, "f": 4, "d": 8, "Q": 8, "q": 8}

#: Field type -> bytes per value.
SIZES: dict[int, int] = {kind: _BYTES[code] * n for kind, (code, n) in FORMATS.items()}

#: The types that hold one integer per value.
INTEGERS = frozenset((BYTE, SHORT, LONG, SBYTE, SSHORT, SLONG, IFD_TYPE, LONG8, SLONG8, IFD8))

#: The value of `Tag.COMPRESSION` -> what GDAL calls it.
COMPRESSIONS: dict[int, str] = {
    1: "NONE",
    2: "CCITTRLE",
    3: "CCITTFAX3",
    4: "CCITTFAX4",
    5: "LZW",
    6: "OLD_JPEG",
    7: "JPEG",
    8: "DEFLATE",
    32773: "PACKBITS",
    32946: "DEFLATE",
    34712: "JPEG2000",
    34887: "LERC",
    34925: "LZMA",
    50000: "ZSTD",
    50001: "WEBP",
    50002: "JXL",
    52546: "JXL",
}


def tag_name(tag: int) -> str:
    """How messages call a tag, e.g. "TileOffsets (324)"."""
    try:
        words = Tag(tag).name.split("_")
    except ValueError:
        return f"tag {tag}"
    return f"{''.join(_CASED.get(word, word.title()) for word in words)} ({tag})"


_CASED = {"IFDS": "IFDs", "GDAL": "GDAL", "JPEG": "JPEG"}
