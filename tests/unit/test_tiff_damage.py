# SPDX-License-Identifier: GPL-2.0-or-later
"""Each fault of a TIFF has a name, and none of them stops the reader or costs much."""

from __future__ import annotations

import struct
import time
import tracemalloc

import pytest

from cog_browser.cog.tiff.file_bytes import PROBLEMS, Limits
from cog_browser.cog.tiff.read import Tiff, read_tiff
from cog_browser.cog.tiff.tags import (
    ASCII,
    BYTE,
    DOUBLE,
    LONG,
    LONG8,
    SHORT,
    SLONG,
    UNDEFINED,
    Tag,
)
from tests.support.tiff_writer import (
    Directory,
    Field,
    georeferenced,
    ghost,
    stripped_image,
    tiled_image,
    write_tiff,
)


def read(data: bytes, size: int | None = -1, **limits) -> Tiff:
    size = len(data) if size == -1 else size
    return read_tiff(lambda offset, n: data[offset : offset + n], size, Limits(**limits))


def written(*images: Directory, **options) -> bytes:
    return write_tiff(images, **options).data


def ids(tiff: Tiff) -> list[str]:
    return [problem.id for problem in tiff.problems]


# The header


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "header-short"),
        (b"II*\0", "header-short"),
        (b"II\x2b\0\x08\0\0\0\x10\0", "header-short"),
        (b"<html><body>not found</body></html>", "header-magic"),
        (b"II\x2c\0\x08\0\0\0\0\0\0\0\0\0\0\0", "header-magic"),
        (b"\r\nII*\0\x08\0\0\0\0\0\0\0\0", "header-magic"),
    ],
)
def test_what_is_no_tiff_is_named(data: bytes, problem: str) -> None:
    tiff = read(data)
    assert ids(tiff) == [problem]
    assert not tiff.is_tiff
    assert tiff.ifds == ()
    assert ids(read(data, size=None)) == [problem]


def test_a_header_without_an_ifd() -> None:
    assert ids(read(b"II*\0\0\0\0\0")) == ["ifd-none"]


def test_bigtiff_constants_are_checked() -> None:
    data = bytearray(written(tiled_image(), big=True))
    data[4] = 4
    tiff = read(bytes(data))
    assert ids(tiff) == ["header-bigtiff"]
    assert tiff.ifds[0].width == 64


# Structural metadata


@pytest.mark.parametrize(
    ("area", "problem"),
    [
        (ghost(size=b"abcdef"), "ghost-size"),
        (ghost(size=b"999999"), "ghost-size"),
        (ghost(b"LAYOUT IFDS"), "ghost-text"),
        (ghost(size=b"000160"), "ghost-text"),
    ],
)
def test_wrong_structural_metadata(area: bytes, problem: str) -> None:
    tiff = read(written(tiled_image(), structural_metadata=area))
    assert problem in ids(tiff)
    assert tiff.ghost is not None
    assert tiff.ifds[0].width == 64


def test_structural_metadata_that_reach_into_the_ifd() -> None:
    tiff = read(written(tiled_image(), structural_metadata=ghost(size=b"000160")))
    assert "overlap" in ids(tiff)


def test_other_bytes_before_the_ifd_are_no_structural_metadata() -> None:
    tiff = read(written(tiled_image(), structural_metadata=b"GDAL_STRUCTURAL_METADATA_SIZE=12"))
    assert tiff.ghost is None
    assert tiff.problems == ()


# The chain


def test_a_chain_that_comes_back_is_cut() -> None:
    first, second = tiled_image(), tiled_image(32, 24, subfile=1)
    second.next_ifd = 8
    tiff = read(written(first, second))
    assert ids(tiff) == ["ifd-loop"]
    assert [ifd.width for ifd in tiff.ifds] == [64, 32]


def test_an_ifd_that_links_to_itself() -> None:
    image = tiled_image()
    image.next_ifd = 8
    assert ids(read(written(image))) == ["ifd-loop"]


def test_a_sub_ifd_that_is_its_parent() -> None:
    image = tiled_image().set(Tag.SUB_IFDS, LONG, [8])
    tiff = read(written(image))
    assert ids(tiff) == ["ifd-loop"]
    assert tiff.ifds[0].sub_ifds == ()


@pytest.mark.parametrize("size", [-1, None])
def test_ifds_outside_the_file(size: int | None) -> None:
    image = tiled_image()
    image.next_ifd = 1 << 30
    tiff = read(written(image), size)
    assert ids(tiff) == ["ifd-outside"]
    assert tiff.problems[0].offset == 1 << 30
    tiff = read(written(tiled_image(), first_ifd=1 << 30), size)
    assert ids(tiff) == ["ifd-outside"]
    assert tiff.ifds == ()


def test_an_ifd_farther_than_files_go() -> None:
    for far in (2**63 - 5, 2**64 - 2):
        asked = []
        image = tiled_image(512, 512, big=True)  # so large that the first read shows no end
        image.next_ifd = far
        data = written(image, big=True)
        tiff = read_tiff(lambda o, n, a=asked, d=data: a.append(o) or d[o : o + n], None)
        assert ids(tiff) == ["ifd-outside"]
        assert max(asked) < 2**62


@pytest.mark.parametrize("keep", [1, 30, 100, 151])
def test_an_ifd_that_is_cut(keep: int) -> None:
    file = write_tiff([tiled_image()])
    data = file.data[: file.ifds[0] + keep]
    tiff = read(data)
    assert ids(tiff)[0] == ("ifd-outside" if keep == 1 else "ifd-truncated")
    assert len(tiff.ifds[0].entries if tiff.ifds else ()) == max(keep - 2, 0) // 12
    assert all(ifd.truncated for ifd in tiff.ifds)


def test_odd_and_empty_ifds() -> None:
    data = bytearray(written(tiled_image()) + b"\0")
    data += bytes(len(data) % 2 == 0) + b"\0\0\0\0\0\0"
    struct.pack_into("<I", data, 4, len(data) - 6)
    assert ids(read(bytes(data)))[:2] == ["ifd-unaligned", "ifd-empty"]


# Entries


def test_entries_out_of_order() -> None:
    image = tiled_image()
    image.order = sorted(image.fields, reverse=True)
    tiff = read(written(image))
    assert ids(tiff) == ["unsorted"]
    assert tiff.ifds[0].width == 64


def test_the_first_of_two_equal_tags_counts() -> None:
    image = tiled_image()
    image.extra = [(int(Tag.IMAGE_WIDTH), Field(SHORT, [999]))]
    tiff = read(written(image))
    assert ids(tiff) == ["duplicate-tag"]
    assert tiff.ifds[0].width == 64
    assert tiff.problems[0].tag == Tag.IMAGE_WIDTH
    assert tiff.problems[0].ifd == 8


def test_an_unknown_field_type() -> None:
    image = tiled_image()
    image.fields[Tag.PHOTOMETRIC].entry_type = 99
    tiff = read(written(image))
    assert ids(tiff) == ["unknown-type"]
    assert tiff.value(tiff.ifds[0], Tag.PHOTOMETRIC) is None
    assert tiff.ifds[0].entries[Tag.PHOTOMETRIC].size == 0


@pytest.mark.parametrize(
    ("tag", "kind", "values", "problem"),
    [
        (Tag.IMAGE_WIDTH, UNDEFINED, b"\x40\0", "bad-type"),
        (Tag.IMAGE_WIDTH, ASCII, b"64\0", "bad-type"),
        (Tag.IMAGE_WIDTH, SHORT, [64, 64], "bad-count"),
        (Tag.IMAGE_WIDTH, SHORT, [0], "bad-value"),
        (Tag.IMAGE_LENGTH, SLONG, [-48], "bad-value"),
        (Tag.TILE_WIDTH, SHORT, [0], "bad-value"),
        (Tag.SAMPLES_PER_PIXEL, SHORT, [0], "bad-value"),
        (Tag.BITS_PER_SAMPLE, SHORT, [8, 8], "bad-count"),
        (Tag.BITS_PER_SAMPLE, SLONG, [-8], "bad-value"),
        (Tag.TILE_OFFSETS, SHORT, [8] * 11, "block-count"),
        (Tag.TILE_BYTE_COUNTS, LONG, [8] * 13, "block-count"),
        (Tag.TILE_OFFSETS, DOUBLE, [8.0] * 12, "bad-type"),
        (Tag.MODEL_PIXEL_SCALE, DOUBLE, [1.0, 1.0], "bad-count"),
        (Tag.MODEL_TIEPOINT, DOUBLE, [1.0] * 7, "bad-count"),
        (Tag.MODEL_TRANSFORMATION, SHORT, [1] * 16, "bad-type"),
        (Tag.GDAL_NODATA, DOUBLE, [0.0], "bad-type"),
        (Tag.SUB_IFDS, DOUBLE, [8.0], "bad-type"),
        (Tag.GEO_KEY_DIRECTORY, SHORT, [1, 1, 0], "geokeys"),
        (Tag.GEO_KEY_DIRECTORY, SHORT, [1, 1, 0, 9, 1024, 0, 1, 1], "geokeys"),
        (Tag.GEO_KEY_DIRECTORY, SHORT, [1, 1, 0, 1, 1026, 34737, 90, 0], "geokeys"),
        (Tag.GEO_KEY_DIRECTORY, SHORT, [1, 1, 0, 1, 1026, 77, 1, 0], "geokeys"),
        (Tag.GEO_KEY_DIRECTORY, SHORT, [1, 1, 0, 2, 1024, 0, 1, 1, 1024, 0, 1, 1], "geokeys"),
    ],
)
def test_values_that_a_tag_can_not_have(tag: Tag, kind: int, values, problem: str) -> None:
    tiff = read(written(georeferenced(tiled_image()).set(tag, kind, values)))
    assert problem in ids(tiff)
    found = next(p for p in tiff.problems if p.id == problem)
    assert found.tag == tag
    assert found.ifd == 8
    assert str(int(tag)) in found.message or problem == "geokeys"


@pytest.mark.parametrize("tag", [Tag.IMAGE_WIDTH, Tag.TILE_LENGTH, Tag.TILE_OFFSETS])
def test_tags_that_every_image_needs(tag: Tag) -> None:
    image = tiled_image()
    del image.fields[tag]
    tiff = read(written(image))
    assert ("missing-tag", tag) in [(p.id, p.tag) for p in tiff.problems]
    assert len(tiff.blocks(tiff.ifds[0])) == 0


def test_values_outside_the_file_are_not_read() -> None:
    image = georeferenced(tiled_image())
    image.fields[Tag.GEO_KEY_DIRECTORY].offset = 1 << 31
    image.fields[Tag.TILE_OFFSETS].offset = 1 << 31
    data = written(image)
    for size in (len(data), None):
        tiff = read(data, size)
        assert "value-outside" in ids(tiff)
        assert tiff.ifds[0].geo.keys == {}
        blocks = tiff.blocks(tiff.ifds[0])
        assert len(blocks) == 0
        assert "value-outside" in [problem.id for problem in blocks.problems]


def test_an_array_that_is_cut_gives_what_is_there() -> None:
    image = tiled_image(160, 160)
    file = write_tiff([image])
    data = file.data[: file.value(0, Tag.TILE_BYTE_COUNTS) + 10 * 4]
    tiff = read(data)
    assert "value-outside" in ids(tiff)
    blocks = tiff.blocks(tiff.ifds[0])
    assert len(blocks) == 10
    assert [problem.id for problem in blocks.problems] == ["value-outside"]


def test_an_array_that_is_too_short_is_not_read_beyond() -> None:
    image = tiled_image(160, 160).set(Tag.TILE_OFFSETS, LONG, [7] * 90)
    tiff = read(written(image))
    blocks = tiff.blocks(tiff.ifds[0])
    assert len(blocks) == 90
    assert set(blocks.offsets) == {7}
    assert [problem.id for problem in blocks.problems] == ["block-count"]
    assert len(tiff.blocks(tiff.ifds[0], first=95)) == 0


def test_negative_block_offsets() -> None:
    image = tiled_image()
    image.blocks = []
    image.set(Tag.TILE_OFFSETS, SLONG, [-1] * 12)
    tiff = read(written(image))
    blocks = tiff.blocks(tiff.ifds[0])
    assert [problem.id for problem in blocks.problems] == ["bad-value"]
    assert len(blocks) == 0


def test_blocks_that_do_not_exist() -> None:
    tiff = read(written(tiled_image()))
    ifd = tiff.ifds[0]
    assert len(tiff.blocks(ifd, first=99)) == 0
    assert len(tiff.blocks(ifd, first=-5, count=-1)) == 0
    assert [block.index for block in tiff.blocks(ifd, first=10, count=99)] == [10, 11]
    assert tiff.blocks(ifd, first=10, count=99).problems == ()


def test_arrays_that_share_bytes() -> None:
    image = tiled_image()
    file = write_tiff([image])
    image.fields[Tag.TILE_BYTE_COUNTS].offset = file.value(0, Tag.TILE_OFFSETS)
    tiff = read(written(image))
    assert ids(tiff) == ["overlap"]
    assert "TileOffsets (324)" in tiff.problems[0].message
    assert "TileByteCounts (325)" in tiff.problems[0].message


def test_ifds_may_share_the_values_of_a_tag() -> None:
    first, second = tiled_image(samples=3), tiled_image(samples=3)
    file = write_tiff([first, second])
    second.fields[Tag.BITS_PER_SAMPLE].offset = file.value(0, Tag.BITS_PER_SAMPLE)
    tiff = read(written(first, second))
    assert tiff.problems == ()
    assert tiff.ifds[1].bits == (8, 8, 8)


def test_an_ifd_inside_another() -> None:
    image = tiled_image()
    image.next_ifd = 8 + 2 + 12
    assert "overlap" in ids(read(written(image)))


def test_a_file_shorter_than_said() -> None:
    data = written(tiled_image())
    tiff = read(data, size=100_000)
    assert "file-short" in ids(tiff)
    assert tiff.size == len(data)


# What a file may cost


def test_too_many_ifds() -> None:
    images = [tiled_image(16, 16) for _ in range(30)]
    tiff = read(written(*images), ifds=20)
    assert len(tiff.ifds) == 20
    assert ids(tiff) == ["limit-ifds"]


def test_sub_ifds_too_deep() -> None:
    image = tiled_image(16, 16)
    for _ in range(100):
        image = _around(image)
    tiff = read(written(image))
    assert ids(tiff) == ["limit-depth"]
    assert len(list(tiff.all_ifds())) == 1 + Limits().depth


def _around(image: Directory) -> Directory:
    outer = tiled_image(16, 16)
    outer.sub_ifds = [image]
    return outer


def test_too_many_entries() -> None:
    image = tiled_image()
    for tag in range(60000, 60100):
        image.set(tag, BYTE, [1])
    tiff = read(written(image), entries=50)
    assert "limit-entries" in ids(tiff)
    assert len(tiff.ifds[0].entries) == 50
    assert tiff.ifds[0].truncated
    two = read(written(image, tiled_image()), all_entries=115)
    assert "limit-entries" in ids(two)
    assert sum(len(ifd.entries) for ifd in two.ifds) == 115


def test_a_value_over_the_limit_is_left_or_cut() -> None:
    image = georeferenced(tiled_image()).set(Tag.GDAL_METADATA, ASCII, "x" * 5000)
    image.set(60000, DOUBLE, [1.0] * 1000)
    tiff = read(written(image), value_bytes=1000)
    assert ids(tiff) == ["limit-value"]
    assert tiff.ifds[0].gdal_metadata == "x" * 1000
    assert tiff.value(tiff.ifds[0], 60000) is None
    tiff = read(written(image), all_value_bytes=1000)
    assert "limit-value" in ids(tiff)


def test_too_many_blocks_are_not_read() -> None:
    image = tiled_image(160, 160)
    tiff = read(written(image), blocks=50)
    assert ids(tiff) == ["limit-blocks"]
    assert tiff.ifds[0].block_count == 100
    blocks = tiff.blocks(tiff.ifds[0])
    assert len(blocks) == 50
    assert [problem.id for problem in blocks.problems] == ["limit-blocks"]
    assert len(tiff.blocks(tiff.ifds[0], first=90, count=10)) == 10


def test_a_few_bytes_may_claim_any_number_of_blocks() -> None:
    image = tiled_image(big=True)
    image.set(Tag.IMAGE_WIDTH, LONG8, [2**64 - 1]).set(Tag.IMAGE_LENGTH, LONG8, [2**64 - 1])
    for tag in (Tag.TILE_OFFSETS, Tag.TILE_BYTE_COUNTS):
        image.fields[tag].count = 2**62
    tiff = read(written(image, big=True), size=None)
    assert tiff.ifds[0].block_count == 2**120
    assert "limit-blocks" in ids(tiff)
    tracemalloc.start()
    assert len(tiff.blocks(tiff.ifds[0])) < 1000
    assert tracemalloc.get_traced_memory()[1] < 4 << 20
    tracemalloc.stop()


def test_too_many_bytes() -> None:
    images = [georeferenced(tiled_image(16, 16)) for _ in range(200)]
    tiff = read(written(*images), read_bytes=40_000)
    assert "limit-bytes" in ids(tiff)
    assert 0 < len(tiff.ifds) < 200
    assert tiff.bytes_read <= 40_000


def test_a_slow_source() -> None:
    data = written(*(tiled_image(512, 512) for _ in range(60)))

    def slow(offset: int, n: int) -> bytes:
        time.sleep(0.02)
        return data[offset : offset + n]

    start = time.monotonic()
    tiff = read_tiff(slow, len(data), Limits(seconds=0.1), prefetch=64)
    assert time.monotonic() - start < 10
    assert ids(tiff)[0] == "limit-time"
    assert len(tiff.ifds) < 60
    assert tiff.ifds[0].width == 512


def test_many_ifds_with_the_same_large_values_cost_little() -> None:
    """What was read once may be decoded again and again: that work must not multiply."""
    count, length = 2500, 2 + 5 * 12 + 4
    values = 8 + count * length
    tags = (Tag.NEW_SUBFILE_TYPE, Tag.IMAGE_WIDTH, Tag.BITS_PER_SAMPLE, *(338, 339))
    table = b"".join(struct.pack("<HHII", tag, SHORT, 32768, values) for tag in tags)
    chain = b"".join(
        struct.pack("<H", 5) + table + struct.pack("<I", 8 + length * (number + 1))
        for number in range(count)
    )
    data = b"II*\0" + struct.pack("<I", 8) + chain + bytes(65536)
    tracemalloc.start()
    start = time.monotonic()
    tiff = read(data)
    seconds, peak = time.monotonic() - start, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(tiff.ifds) == 2000
    assert {"limit-ifds", "limit-value"} <= set(ids(tiff))
    assert peak < 100 << 20
    assert seconds < 60
    assert len(tiff.problems) <= 20 * len(set(ids(tiff)))


def test_problems_of_one_kind_are_not_listed_without_end() -> None:
    image = tiled_image()
    for tag in range(60000, 61000):
        image.fields[tag] = Field(BYTE, [1], entry_type=77)
    tiff = read(written(image))
    assert 5 < ids(tiff).count("unknown-type") < 100


def test_geo_keys_that_share_values_do_not_multiply() -> None:
    count = 8000
    keys = [1, 1, 0, count]
    for key in range(count):
        keys += [key + 1, Tag.GEO_DOUBLE_PARAMS, 8000, 0]
    image = georeferenced(tiled_image())
    image.set(Tag.GEO_KEY_DIRECTORY, SHORT, keys)
    image.set(Tag.GEO_DOUBLE_PARAMS, DOUBLE, [1.0] * 8000)
    tiff = read(written(image))
    assert "geokeys" in ids(tiff)
    assert len(tiff.ifds[0].geo.keys) < 10


def test_strips_of_no_rows() -> None:
    tiff = read(written(stripped_image().set(Tag.ROWS_PER_STRIP, SHORT, [0])))
    assert "bad-value" in ids(tiff)
    assert tiff.ifds[0].block_count == 0


def test_every_problem_says_what_it_means() -> None:
    assert all(meaning and not meaning.endswith(".") for meaning in PROBLEMS.values())
