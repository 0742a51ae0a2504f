# SPDX-License-Identifier: GPL-2.0-or-later
"""A tiny COG without any fault, and files that each break one rule of the validator.

`MUTANTS` maps a rule's id to a function that writes the file, and to the profile and severity in
which the rule must speak.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

from osgeo import gdal

from cog_browser.cog.tiff.tags import ASCII, LONG, SHORT, Tag
from tests.support.tiff_writer import (
    GHOST_TEXT,
    Directory,
    Written,
    georeferenced,
    ghost,
    stripped_image,
    tiled_image,
    write_tiff,
)

_ORIGIN = 20037508.342789244
_RESOLUTION = 2 * _ORIGIN / 256 / 2**10
_ZSTD = 50000
_MASK = 4

Write = Callable[[Path], None]


def image(width: int = 1024, height: int = 1024, tile: int = 512, **options) -> Directory:
    """Tiles of 100 bytes that claim to be compressed."""
    across, down = -(-width // tile), -(-height // tile)
    made = tiled_image(16 * across, 16 * down, 16, **options)
    made.set(Tag.IMAGE_WIDTH, LONG, [width]).set(Tag.IMAGE_LENGTH, LONG, [height])
    made.set(Tag.TILE_WIDTH, SHORT, [tile]).set(Tag.TILE_LENGTH, SHORT, [tile])
    made.blocks = [bytes([n % 255 + 1]) * 100 for n in range(len(made.blocks))]
    return made.set(Tag.COMPRESSION, SHORT, [_ZSTD])


def main_image(**options) -> Directory:
    """Aligned with zoom 10 of web maps."""
    made = georeferenced(image(**options), nodata="0")
    side = 512 * _RESOLUTION
    place = [0.0, 0.0, 0.0, -_ORIGIN + 500 * side, _ORIGIN - 300 * side, 0.0]
    made.set(Tag.MODEL_PIXEL_SCALE, 12, [_RESOLUTION, _RESOLUTION, 0.0])
    made.set(Tag.MODEL_TIEPOINT, 12, place)
    keys = list(made.fields[Tag.GEO_KEY_DIRECTORY].values)
    keys[keys.index(32631)] = 3857
    return made.set(Tag.GEO_KEY_DIRECTORY, SHORT, keys)


def overview(width: int = 512, height: int = 512, **options) -> Directory:
    return image(width, height, **{"subfile": 1, **options})


def mask(width: int = 1024, subfile: int = 4) -> Directory:
    made = image(width, width, subfile=subfile).set(Tag.PHOTOMETRIC, SHORT, [_MASK])
    return made.set(Tag.BITS_PER_SAMPLE, SHORT, [1])


def cog(*images: Directory, text: bytes | None = GHOST_TEXT, **options) -> Written:
    """With ghost area, leaders and trailers, or plain where ``text`` is None."""
    chain = images or (main_image(), overview())
    if text is None:
        return write_tiff(chain, **options)
    area = options.pop("structural_metadata", ghost(text))
    return write_tiff(chain, structural_metadata=area, frames=True, **options)


def good(path: Path) -> None:
    path.write_bytes(cog().data)


def _main(change: Callable[[Directory], object], **options) -> Write:
    """The good file with another main image."""

    def write(path):
        made = main_image(**options)
        change(made)
        path.write_bytes(cog(made, overview()).data)

    return write


def _with(*images: Callable[[], Directory], **options) -> Write:
    return lambda path: path.write_bytes(cog(*(each() for each in images), **options).data)


def _patched(patch: Callable[[bytearray, Written], object], *images, **options) -> Write:
    """A file whose bytes are changed afterwards."""

    def write(path):
        written = cog(*(each() for each in images), **options)
        data = bytearray(written.data)
        patch(data, written)
        path.write_bytes(data)

    return write


def _put(data: bytearray, at: int, number: int) -> None:
    data[at : at + 4] = struct.pack("<I", number)


def _get(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little")


def _swap(data: bytearray, one: int, other: int) -> None:
    first, second = _get(data, one), _get(data, other)
    _put(data, one, second)
    _put(data, other, first)


def _relinked(order: list[int], *images, text: bytes | None = GHOST_TEXT, **options) -> Write:
    """The IFDs are written one after the other, but chained in the given order."""

    def write(path):
        made = [each() for each in images]
        starts = cog(*made, text=text, **options).ifds
        for number, following in zip(order, [*order[1:], None]):
            made[number].next_ifd = 0 if following is None else starts[following]
        data = cog(*made, text=text, first_ifd=starts[order[0]], **options).data
        path.write_bytes(data)

    return write


def _appended_ifd(odd: bool) -> Write:
    """The overview's IFD is moved behind the data."""

    def patch(data, written):
        start = written.ifds[1]
        count = struct.unpack("<H", data[start : start + 2])[0]
        table = bytes(data[start : start + 2 + 12 * count + 4])
        data += bytes((len(data) + odd) % 2)
        link = written.ifds[0] + 2 + 12 * struct.unpack_from("<H", data, written.ifds[0])[0]
        _put(data, link, len(data))
        data += table

    return _patched(patch)


def _loop(data, written):
    start = written.ifds[1]
    _put(data, start + 2 + 12 * struct.unpack_from("<H", data, start)[0], written.ifds[0])


def _values_behind(data, written):
    at = written.entry(0, Tag.GDAL_METADATA)
    _put(data, at + 8, len(data))
    data += b"<GDALMetadata></GDALMetadata>".ljust(_get(data, at + 4), b"\0")


def _block(data: bytes, written: Written, ifd: int, number: int) -> int:
    return _get(data, written.value(ifd, Tag.TILE_OFFSETS) + 4 * number)


def _swap_blocks(data, written):
    at = written.value(0, Tag.TILE_OFFSETS)
    _swap(data, at + 4, at + 8)


def _mix_levels(data, written):
    _swap(
        data,
        written.value(0, Tag.TILE_OFFSETS) + 4,
        written.value(1, Tag.TILE_OFFSETS) + 4,
    )


def _half_empty(data, written):
    _put(data, written.value(0, Tag.TILE_BYTE_COUNTS) + 4, 0)


def _bad_leader(data, written):
    data[_block(data, written, 0, 2) - 4] ^= 0xFF


def _bad_trailer(data, written):
    data[_block(data, written, 0, 2) + 100] ^= 0xFF


def _overlap(data, written):
    at = written.entry(0, Tag.MODEL_PIXEL_SCALE)
    _put(data, at + 8, written.value(0, Tag.MODEL_TIEPOINT))


def _over_4_gb(path):
    good(path)
    with path.open("r+b") as file:
        file.truncate((1 << 32) + 1)


def _external(path):
    good(path)
    Path(f"{path}.ovr").write_bytes(path.read_bytes())


def _external_mask(path):
    good(path)
    Path(f"{path}.msk").write_bytes(path.read_bytes())


def _added_overviews(path):
    raster(path, ["TILED=YES", "COMPRESS=LZW"])
    dataset = gdal.Open(str(path), gdal.GA_Update)
    dataset.BuildOverviews("NEAREST", [2, 4])


def raster(path: Path, options=(), driver="GTiff", width=1100, height=1000, bands=1, masked=False):
    """What GDAL writes: a georeferenced raster in UTM, of one value per row."""
    memory = gdal.GetDriverByName("MEM").Create("", width, height, bands)
    memory.SetProjection(UTM)
    memory.SetGeoTransform((400000, 10, 0, 5000000, 0, -10))
    for band in range(bands):
        pixels = b"".join(bytes([row * 7 % 251]) * width for row in range(height))
        memory.GetRasterBand(band + 1).WriteRaster(0, 0, width, height, pixels)
    if masked:
        memory.CreateMaskBand(gdal.GMF_PER_DATASET)
        half = b"\xff" * (width // 2) + b"\0" * (width - width // 2)
        memory.GetRasterBand(1).GetMaskBand().WriteRaster(0, 0, width, height, half * height)
    assert gdal.GetDriverByName(driver).CreateCopy(str(path), memory, options=list(options))


UTM = (
    'PROJCS["WGS 84 / UTM zone 33N",GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,'
    '298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],'
    'AUTHORITY["EPSG","4326"]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],'
    'PARAMETER["central_meridian",15],PARAMETER["scale_factor",0.9996],PARAMETER["false_easting",'
    '500000],PARAMETER["false_northing",0],UNIT["metre",1],AUTHORITY["EPSG","32633"]]'
)


def masked_cog(path: Path) -> None:
    raster(path, ["COMPRESS=LZW", "BLOCKSIZE=256"], "COG", masked=True)


def swap_masks(path: Path) -> None:
    """Two mask tiles of the main image change places."""
    masked_cog(path)
    dataset = gdal.Open(str(path))
    band = dataset.GetRasterBand(1).GetMaskBand()
    one, other = (
        int(band.GetMetadataItem(f"BLOCK_OFFSET_{x}_0", "TIFF")).to_bytes(4, "little")
        for x in (0, 1)
    )
    dataset = None
    data = path.read_bytes()
    at = data.index(one + other)
    path.write_bytes(data[:at] + other + one + data[at + 8 :])


def _averaged_classes(made):
    made.set(Tag.PHOTOMETRIC, SHORT, [3]).set(Tag.COLOR_MAP, SHORT, [0] * 768)
    text = '<GDALMetadata><Item name="OVERVIEW_RESAMPLING">AVERAGE</Item></GDALMetadata>'
    made.set(Tag.GDAL_METADATA, ASCII, text)


def _rotated(made):
    del made.fields[Tag.MODEL_PIXEL_SCALE], made.fields[Tag.MODEL_TIEPOINT]
    made.set(Tag.MODEL_TRANSFORMATION, 12, [8.0, 2, 0, 4, 2, -8, 0, 5, 0, 0, 0, 0, 0, 0, 0, 1])


def _no_keys(made):
    for tag in (Tag.GEO_KEY_DIRECTORY, Tag.GEO_DOUBLE_PARAMS, Tag.GEO_ASCII_PARAMS):
        del made.fields[tag]


def _shifted(made):
    place = list(made.fields[Tag.MODEL_TIEPOINT].values)
    place[3] += _RESOLUTION / 2
    made.set(Tag.MODEL_TIEPOINT, 12, place)


def _flat_tiles():
    made = image(512, 512, subfile=1)
    made.set(Tag.TILE_LENGTH, SHORT, [256])
    made.blocks *= 2
    made.set(Tag.TILE_OFFSETS, LONG, [0, 0])
    return made.set(Tag.TILE_BYTE_COUNTS, LONG, [0, 0])


def _bomb(made):
    made.set(Tag.IMAGE_WIDTH, LONG, [1 << 30]).set(Tag.IMAGE_LENGTH, LONG, [1 << 30])


def _without(tag):
    return lambda made: made.fields.pop(tag)


def _set(tag, kind, values):
    return lambda made: made.set(tag, kind, values)


def _one_tile():
    return main_image(width=512, height=512)


def _offset(tag, offset):
    def change(made):
        made.fields[tag].offset = offset

    return change


def _small_strips():
    return stripped_image().set(Tag.COMPRESSION, SHORT, [_ZSTD])


ALL = "cog ogc earth-engine web"

MUTANTS: dict[str, tuple[Write, str, str]] = {
    "T-HEAD": (lambda path: path.write_bytes(b"<html>"), ALL, "error"),
    "T-CHAIN": (_patched(_loop), ALL, "error"),
    "T-ALIGN": (_appended_ifd(odd=True), ALL, "warning"),
    "T-VALS": (_main(_offset(Tag.GEO_DOUBLE_PARAMS, 1 << 30)), ALL, "error"),
    "T-TAGS": (_main(_without(Tag.IMAGE_WIDTH)), ALL, "error"),
    "T-OTHER-TAGS": (_main(_set(Tag.SAMPLE_FORMAT, SHORT, [1, 1])), ALL, "warning"),
    "T-OVERLAP": (_patched(_overlap), ALL, "warning"),
    "T-ARR": (_main(_without(Tag.TILE_OFFSETS)), ALL, "error"),
    "T-DATA": (lambda path: path.write_bytes(cog().data[:-50]), ALL, "error"),
    "T-SPARSE": (_patched(_half_empty), ALL, "warning"),
    "T-EMPTY": (_main(lambda made: made.blocks.__setitem__(1, b"")), ALL, "note"),
    "T-LIMIT": (_main(_bomb), ALL, "error"),
    "T-LONG": (_main(_set(Tag.GDAL_METADATA, ASCII, "x" * 300_000)), ALL, "note"),
    "T-MULT16": (_with(main_image, lambda: overview(40, 40, tile=40)), ALL, "error"),
    "T-CODEC": (_main(_set(Tag.COMPRESSION, SHORT, [34666])), ALL, "warning"),
    "T-SUBIFD": (_main(lambda made: made.sub_ifds.append(overview())), ALL, "note"),
    "B-1": (_relinked([1, 0], overview, main_image, big=True, text=None), ALL, "error"),
    "F-BIGTIFF": (_over_4_gb, ALL, "error"),
    "F-CLASSIC": (_with(big=True), ALL, "note"),
    "F-TILED": (_with(lambda: stripped_image(600, 40)), ALL, "error"),
    "F-TILED-SMALL": (_with(main_image, _small_strips), "ogc earth-engine", "error"),
    "F-COMPRESSED": (_main(_set(Tag.COMPRESSION, SHORT, [1])), ALL, "note"),
    "V-FULLRES": (_with(lambda: main_image(subfile=1), overview), ALL, "error"),
    "V-ORDER": (_with(overview, main_image), ALL, "error"),
    "V-SIZE": (_with(main_image, lambda: overview(512, 1024)), ALL, "error"),
    "V-FLAG": (_with(main_image, lambda: overview(subfile=0)), "ogc", "error"),
    "V-NO-OVR": (_with(main_image), "cog earth-engine web", "warning"),
    "K-GEOTIFF": (_main(_no_keys), "ogc earth-engine", "error"),
    "K-GEOREF": (_main(_rotated), "ogc", "error"),
    "K-ORIGIN": (_with(main_image, lambda: georeferenced(overview())), "ogc", "error"),
    "K-CONSISTENT": (_main(_set(Tag.GEO_KEY_DIRECTORY, SHORT, [1, 1, 0, 9, 1024])), "ogc", "error"),
    "O-SQUARE": (_with(main_image, _flat_tiles), "ogc", "error"),
    "O-VIEWPORT": (_with(main_image, lambda: overview(tile=2048)), ALL, "warning"),
    "O-FACTOR": (_with(main_image, lambda: overview(40, 40)), "ogc", "error"),
    "O-STOP": (_with(main_image), "ogc", "error"),
    "O-POW2": (_with(main_image, lambda: overview(tile=528)), ALL, "warning"),
    "O-SAME": (_with(main_image, lambda: overview(tile=1024)), ALL, "warning"),
    "O-LEVELS": (_with(main_image, lambda: overview(256, 256)), "ogc earth-engine", "warning"),
    "V-LETTER": (masked_cog, "ogc", "note"),
    "L-MAIN-FIRST": (_with(text=None, structural_metadata=b"x" * 100), ALL, "error"),
    "L-IFDS-FIRST": (_appended_ifd(odd=False), "earth-engine", "error"),
    "L-VALS-FIRST": (_patched(_values_behind), ALL, "warning"),
    "L-OVR-ASC": (_relinked([1, 0], overview, main_image), ALL, "error"),
    "L-IFD-ASC": (_relinked([0, 2, 1], main_image, mask, overview), ALL, "warning"),
    "L-16K": (_main(_set(Tag.GDAL_METADATA, ASCII, "x" * 20_000)), ALL, "warning"),
    "L-OVR-FIRST": (_added_overviews, ALL, "error"),
    "L-OVR-APART": (
        _patched(_mix_levels, lambda: main_image(tile=256), lambda: overview(tile=256)),
        ALL,
        "warning",
    ),
    "L-ROWMAJOR": (_patched(_swap_blocks), ALL, "error"),
    "L-ORDER": (_patched(_swap_blocks, text=None), ALL, "note"),
    "V-OVR-EXT": (_external, ALL, "error"),
    "L-MASKS": (_with(main_image, mask, overview), ALL, "note"),
    "V-MSK-EXT": (_external_mask, ALL, "warning"),
    "G-SIZE": (_with(structural_metadata=ghost(size=b"000300")), ALL, "error"),
    "G-KEYS": (_with(text=GHOST_TEXT.replace(b"\n ", b"\nFOO=BAR\n ")), ALL, "note"),
    "G-EDIT": (_with(text=GHOST_TEXT.replace(b"=NO", b"=YES")), ALL, "error"),
    "G-LEADER": (_patched(_bad_leader), ALL, "error"),
    "G-TRAILER": (_patched(_bad_trailer), ALL, "error"),
    "G-MASK": (swap_masks, ALL, "error"),
    "C-PHOT": (_main(_set(Tag.PHOTOMETRIC, SHORT, [3])), ALL, "warning"),
    "C-PLANAR": (_with(lambda: main_image(samples=3)), "earth-engine", "warning"),
    "C-NODATA": (_main(_set(Tag.GDAL_NODATA, ASCII, "-9999")), ALL, "warning"),
    "C-LOSSY": (_main(_set(Tag.COMPRESSION, SHORT, [7])), "cog ogc earth-engine", "warning"),
    "C-MAYBE-LOSSY": (_main(_set(Tag.COMPRESSION, SHORT, [34887])), "cog", "note"),
    "C-RESAMP": (_main(_averaged_classes), ALL, "warning"),
    "E-TILES": (_with(main_image, lambda: overview(tile=128)), "earth-engine", "error"),
    "E-TILE-SIDE": (_main(lambda made: None, tile=256), "earth-engine", "warning"),
    "E-TYPE": (_main(_set(Tag.BITS_PER_SAMPLE, SHORT, [64])), "earth-engine", "error"),
    "E-CODEC": (_main(_set(Tag.COMPRESSION, SHORT, [8])), "earth-engine", "note"),
    "M-CRS": (_main(_no_keys), "web", "error"),
    "M-TMS": (_main(_shifted), "web", "error"),
    "M-LEVELS": (_with(main_image, lambda: overview(256, 256)), "web", "error"),
}
