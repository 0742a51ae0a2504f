# SPDX-License-Identifier: GPL-2.0-or-later
"""The TIFF reader over sound files, and what each read costs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cog_browser.cog.tiff.file_bytes import Limits
from cog_browser.cog.tiff.read import Tiff, read_tiff
from cog_browser.cog.tiff.tags import (
    ASCII,
    DOUBLE,
    LONG,
    RATIONAL,
    SHORT,
    SRATIONAL,
    SSHORT,
    UNDEFINED,
    Tag,
    tag_name,
)
from tests.support.tiff_writer import (
    GHOST_TEXT,
    Directory,
    georeferenced,
    ghost,
    stripped_image,
    tiled_image,
    write_tiff,
)

FORMS = pytest.mark.parametrize(
    ("order", "big"), [("<", False), (">", False), ("<", True), (">", True)]
)


def reader(data: bytes, asked: list[tuple[int, int]] | None = None) -> Callable[[int, int], bytes]:
    def read(offset: int, n: int) -> bytes:
        if asked is not None:
            asked.append((offset, n))
        return data[offset : offset + n]

    return read


def tiff_of(data: bytes, **options) -> Tiff:
    return read_tiff(reader(data), len(data), **options)


def written(*images: Directory, **options) -> bytes:
    return write_tiff(images, **options).data


# What a file says


@FORMS
def test_a_cog_is_read_whole(order: str, big: bool) -> None:
    main = georeferenced(tiled_image(80, 48, samples=3, big=big))
    mask = tiled_image(80, 48, subfile=4, big=big).set(Tag.PHOTOMETRIC, SHORT, [4])
    overview = tiled_image(40, 24, samples=3, subfile=1, big=big)
    mask_of_overview = tiled_image(40, 24, subfile=5, big=big)
    file = write_tiff(
        [main, mask, overview, mask_of_overview],
        order=order, big=big, structural_metadata=ghost(), frames=True,
    )  # fmt: skip
    tiff = tiff_of(file.data)
    assert tiff.problems == ()
    assert (tiff.big, tiff.version) == (big, 43 if big else 42)
    assert tiff.byte_order == ("little" if order == "<" else "big")
    assert [ifd.kind for ifd in tiff.ifds] == ["main", "mask", "overview", "mask-of-overview"]
    assert [ifd.offset for ifd in tiff.ifds] == file.ifds
    assert tiff.first_ifd_offset == file.ifds[0]
    assert tiff.ghost is not None
    assert tiff.ghost.text == GHOST_TEXT
    assert tiff.ghost.size == len(GHOST_TEXT)
    assert tiff.ghost.metadata["BLOCK_LEADER"] == "SIZE_AS_UINT4"
    assert tiff.ghost.metadata["KNOWN_INCOMPATIBLE_EDITION"] == "NO"
    assert tiff.ghost.end + tiff.ghost.end % 2 == tiff.first_ifd_offset
    ifd = tiff.ifds[0]
    assert (ifd.width, ifd.height, ifd.block_width, ifd.block_height) == (80, 48, 16, 16)
    assert (ifd.blocks_across, ifd.blocks_down, ifd.planes, ifd.block_count) == (5, 3, 1, 15)
    assert ifd.tiled
    assert ifd.bits == (8, 8, 8)
    assert ifd.sample_format == (1, 1, 1)
    assert (ifd.samples_per_pixel, ifd.compression, ifd.predictor) == (3, 1, 1)
    assert (ifd.photometric, ifd.planar_config, ifd.nodata) == (1, 1, "-9999")
    assert 'name="A">é<' in ifd.gdal_metadata
    assert ifd.geo.pixel_scale == (10, 10, 0)
    assert ifd.geo.tie_points == (0, 0, 0, 500000, 5000000, 0)
    assert ifd.geo.keys == {
        1024: 1, 1025: 1, 1026: "WGS 84 / UTM zone 31N", 2057: 6378137.0, 3072: 32631,
    }  # fmt: skip
    assert tiff.ifds[1].geo.keys == {}
    assert (tiff.reads, tiff.bytes_read) == (1, min(len(file.data), 16384))


@FORMS
def test_blocks_lie_where_they_were_written(order: str, big: bool) -> None:
    image = tiled_image(80, 48, samples=2, planar=2, big=big)
    image.blocks[7] = b""
    data = written(image, order=order, big=big, frames=True)
    tiff = tiff_of(data)
    blocks = tiff.blocks(tiff.ifds[0])
    assert len(blocks) == 30 == tiff.ifds[0].block_count
    assert tiff.ifds[0].planes == 2
    for block, pixels in zip(blocks, image.blocks):
        assert data[block.offset : block.end] == pixels
        assert block.is_sparse == (block.index == 7)
    frames = list(tiff.frames(blocks))
    assert [frame.block.index for frame in frames] == [i for i in range(30) if i != 7]
    assert all(frame.is_intact for frame in frames)
    assert {frame.leader_size for frame in frames} == {256}
    assert frames[0].trailer == image.blocks[0][-4:]


def test_strips_are_blocks_as_wide_as_the_image() -> None:
    tiff = tiff_of(written(stripped_image(64, 48, rows=10)))
    ifd = tiff.ifds[0]
    assert not ifd.tiled
    assert (ifd.block_width, ifd.block_height, ifd.block_count) == (64, 10, 5)
    assert [block.byte_count for block in tiff.blocks(ifd)] == [640] * 5
    assert tiff.problems == ()


def test_one_strip_needs_no_rows_per_strip() -> None:
    image = stripped_image(64, 48, rows=48)
    del image.fields[Tag.ROWS_PER_STRIP]
    tiff = tiff_of(written(image))
    assert (tiff.ifds[0].block_height, tiff.ifds[0].block_count) == (48, 1)
    assert tiff.problems == ()


def test_tiles_may_lie_under_the_tags_of_strips() -> None:
    image = tiled_image()
    for old, new in (
        (Tag.TILE_OFFSETS, Tag.STRIP_OFFSETS),
        (Tag.TILE_BYTE_COUNTS, Tag.STRIP_BYTE_COUNTS),
    ):
        image.fields[new] = image.fields.pop(old)
    tiff = tiff_of(written(image))
    assert tiff.problems == ()
    assert len(tiff.blocks(tiff.ifds[0])) == 12


def test_leaders_and_trailers_that_are_wrong_are_seen() -> None:
    image = tiled_image(32, 16)
    file = write_tiff([image], structural_metadata=ghost(), frames=True)
    tiff = tiff_of(file.data)
    first, second = tiff.blocks(tiff.ifds[0])
    broken = bytearray(file.data)
    broken[first.offset - 4] ^= 1
    broken[second.end] ^= 1
    damaged = tiff_of(bytes(broken))
    assert [frame.is_intact for frame in damaged.frames([first, second])] == [False, False]
    cut = tiff_of(file.data[: second.end + 2])
    (frame,) = cut.frames([second])
    assert (len(frame.last), len(frame.trailer), frame.is_intact) == (4, 2, False)


def test_every_field_type_has_values() -> None:
    image = tiled_image()
    image.set(60000, RATIONAL, [1, 2, 3, 4]).set(60001, SRATIONAL, [-1, 2])
    image.set(60002, SSHORT, [-5, 5]).set(60003, UNDEFINED, b"\0\1").set(60004, ASCII, "a\0b")
    image.set(60005, DOUBLE, [0.5]).set(60006, 11, [0.25]).set(60007, 6, [-1, 1])
    tiff = tiff_of(written(image))
    values = [tiff.value(tiff.ifds[0], tag) for tag in range(60000, 60009)]
    assert values == [
        ((1, 2), (3, 4)), ((-1, 2),), (-5, 5), b"\0\1", "a\0b\0", (0.5,), (0.25,), (-1, 1), None,
    ]  # fmt: skip


def test_text_that_is_not_utf_8_is_read() -> None:
    image = georeferenced(tiled_image()).set(Tag.GDAL_METADATA, ASCII, b"caf\xe9\0")
    image.set(Tag.GEO_ASCII_PARAMS, ASCII, b"caf\xe9 / UTM zone 31N..|WGS 84|\0")
    ifd = tiff_of(written(image)).ifds[0]
    assert ifd.gdal_metadata == "café"
    assert ifd.geo.keys[1026] == "café / UTM zone 31N.."


def test_geo_keys_count_bytes_not_letters() -> None:
    image = georeferenced(tiled_image())
    image.set(Tag.GEO_ASCII_PARAMS, ASCII, "ééé|WGS|")
    keys = [1, 1, 0, 2, 1026, Tag.GEO_ASCII_PARAMS, 7, 0, 2049, Tag.GEO_ASCII_PARAMS, 4, 7]
    image.set(Tag.GEO_KEY_DIRECTORY, SHORT, keys)
    assert tiff_of(written(image)).ifds[0].geo.keys == {1026: "ééé", 2049: "WGS"}


def test_the_old_subfile_type_counts_where_there_is_no_new_one() -> None:
    overview = tiled_image(32, 24).set(Tag.SUBFILE_TYPE, SHORT, [2])
    page = tiled_image().set(Tag.SUBFILE_TYPE, SHORT, [3])
    for image in (overview, page):
        del image.fields[Tag.NEW_SUBFILE_TYPE]
    tiff = tiff_of(written(tiled_image(), overview, page))
    assert [ifd.kind for ifd in tiff.ifds] == ["main", "overview", "other"]


def test_kinds_follow_flags_and_sizes() -> None:
    images = [
        tiled_image(64, 48, subfile=1),  # GDAL takes the first one as it comes
        tiled_image(32, 24, subfile=0),
        tiled_image(32, 24, subfile=1),
        tiled_image(64, 48, subfile=4),
        tiled_image(32, 24, subfile=4),
        tiled_image(20, 20, subfile=4),
        tiled_image(64, 48).set(Tag.PHOTOMETRIC, SHORT, [4]),
    ]
    tiff = tiff_of(written(*images))
    assert [ifd.kind for ifd in tiff.ifds] == [
        "main", "other", "overview", "mask", "mask-of-overview", "mask", "mask",
    ]  # fmt: skip
    assert tiff.ifds[0].is_reduced
    assert [ifd.index for ifd in tiff.ifds] == list(range(7))


@FORMS
def test_sub_ifds_are_in_their_ifd(order: str, big: bool) -> None:
    main = tiled_image(64, 48, big=big)
    deeper = tiled_image(16, 12, subfile=1, big=big)
    main.sub_ifds = [tiled_image(32, 24, subfile=1, big=big), tiled_image(64, 48, subfile=4)]
    main.sub_ifds[0].sub_ifds = [deeper]
    second = tiled_image(48, 48, big=big)
    tiff = tiff_of(written(main, second, order=order, big=big))
    assert [ifd.width for ifd in tiff.ifds] == [64, 48]
    assert [ifd.kind for ifd in tiff.ifds[0].sub_ifds] == ["overview", "mask"]
    assert [ifd.width for ifd in tiff.ifds[0].sub_ifds[0].sub_ifds] == [16]
    assert [ifd.width for ifd in tiff.all_ifds()] == [64, 32, 16, 64, 48]
    assert len(tiff.blocks(tiff.ifds[0].sub_ifds[0].sub_ifds[0])) == 1
    assert tiff.problems == ()


def test_extents_tell_values_from_arrays() -> None:
    image = georeferenced(tiled_image(160, 160))
    file = write_tiff([image])
    ifd = tiff_of(file.data).ifds[0]
    assert ifd.end == file.ifds[0] + 2 + 12 * len(image.fields) + 4 == ifd.offset + ifd.length
    last = ifd.entries[Tag.GDAL_NODATA]
    assert last.offset == file.value(0, Tag.GDAL_NODATA)
    assert ifd.values_end == last.end
    assert ifd.arrays_end == last.end  # the writer puts arrays between the values
    assert ifd.entries[Tag.TILE_OFFSETS].size == 400
    assert not ifd.entries[Tag.TILE_OFFSETS].inline
    assert ifd.entries[Tag.IMAGE_WIDTH].inline


def test_tags_have_the_names_of_the_specification() -> None:
    assert tag_name(324) == "TileOffsets (324)"
    assert tag_name(330) == "SubIFDs (330)"
    assert tag_name(65000) == "tag 65000"


def test_ifds_that_look_alike_are_not_the_same() -> None:
    tiff = tiff_of(written(tiled_image(), tiled_image()))
    assert len(set(tiff.ifds)) == 2
    assert tiff.ifds[0] != tiff.ifds[1]


# What it costs


def test_a_slice_of_a_huge_index_reads_only_the_slice() -> None:
    count = 1_000_000
    image = tiled_image(16, 16)
    image.set(Tag.IMAGE_WIDTH, LONG, [16 * 1000]).set(Tag.IMAGE_LENGTH, LONG, [16 * 1000])
    image.set(Tag.TILE_OFFSETS, LONG, [i * 10 for i in range(count)])
    image.set(Tag.TILE_BYTE_COUNTS, SHORT, [i % 1000 for i in range(count)])
    data = written(image)
    asked: list[tuple[int, int]] = []
    tiff = read_tiff(reader(data, asked), len(data))
    assert len(asked) == 1
    blocks = tiff.blocks(tiff.ifds[0], first=500_000, count=3)
    assert [(b.index, b.offset, b.byte_count) for b in blocks] == [
        (500_000 + i, 5_000_000 + 10 * i, i) for i in range(3)
    ]
    assert len(asked) <= 3
    assert tiff.bytes_read <= 4 * 16384
    tiff.blocks(tiff.ifds[0], first=500_003, count=10)  # what lay around the first ones
    assert len(asked) <= 3
    every = tiff.blocks(tiff.ifds[0])
    assert len(every) == count
    assert every.offsets[-1] == 10 * (count - 1)
    assert every.problems == ()


def test_values_behind_the_first_page_come_together() -> None:
    main = georeferenced(tiled_image()).set(Tag.GDAL_METADATA, ASCII, "x" * 20_000)
    images = [main, *(tiled_image(32, 24, subfile=1) for _ in range(30))]
    asked: list[tuple[int, int]] = []
    data = written(*images)
    tiff = read_tiff(reader(data, asked), len(data))
    assert tiff.problems == ()
    assert len(tiff.ifds) == 31
    assert len(tiff.ifds[0].gdal_metadata) == 20_000
    assert len(asked) <= 3
    assert tiff.reads == len(asked)


def test_all_values_of_an_ifd_take_one_read() -> None:
    image = georeferenced(tiled_image(), nodata="7" * 3000)
    image.set(Tag.GDAL_METADATA, ASCII, "x" * 3000).set(Tag.GEO_ASCII_PARAMS, ASCII, "y" * 3000)
    asked: list[tuple[int, int]] = []
    data = written(image)
    tiff = read_tiff(reader(data, asked), len(data), prefetch=512)
    assert len(tiff.ifds[0].nodata) == len(tiff.ifds[0].gdal_metadata) == 3000
    assert len(asked) == 2


def test_a_small_gap_is_read_over() -> None:
    image = georeferenced(tiled_image()).set(40000, UNDEFINED, bytes(1400))
    asked: list[tuple[int, int]] = []
    data = written(image)
    assert read_tiff(reader(data, asked), len(data), prefetch=512).problems == ()
    assert len(asked) == 2
    image.set(40000, UNDEFINED, bytes(4000))
    data = written(image)
    asked.clear()
    assert read_tiff(reader(data, asked), len(data), prefetch=512).problems == ()
    assert len(asked) == 3


def test_the_first_read_has_the_size_asked_for() -> None:
    data = written(tiled_image(512, 512))
    asked: list[tuple[int, int]] = []
    read_tiff(reader(data, asked), None, prefetch=32768)
    assert asked == [(0, 32768)]


def test_frames_of_neighbours_come_together() -> None:
    data = written(tiled_image(128, 128), frames=True)
    asked: list[tuple[int, int]] = []
    tiff = read_tiff(reader(data, asked), len(data), prefetch=1024)
    blocks = tiff.blocks(tiff.ifds[0])
    before = len(asked)
    assert all(frame.is_intact for frame in tiff.frames(blocks))
    assert len(asked) - before == 2  # 64 blocks, 32 at a time
    before = len(asked)
    assert all(frame.is_intact for frame in tiff.frames(blocks, gap=0))
    assert 60 < len(asked) - before <= 66  # a trailer and the next leader touch
    assert sum(n for _, n in asked[before:]) <= 64 * 12


def test_the_size_is_learnt_from_a_short_read() -> None:
    data = written(tiled_image())
    assert read_tiff(reader(data), None).size == len(data)
    big = written(tiled_image(512, 512))
    assert read_tiff(reader(big), None).size is None


def test_what_the_source_raises_passes_through() -> None:
    def read(_offset: int, _n: int) -> bytes:
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError, match="gone"):
        read_tiff(read, 100)


def test_limits_hold_per_call() -> None:
    data = written(tiled_image(1024, 1024))
    tiff = tiff_of(data, limits=Limits(read_bytes=20_000))
    assert tiff.problems == ()
    for _ in range(3):
        assert len(tiff.blocks(tiff.ifds[0], first=4000, count=50)) == 50
