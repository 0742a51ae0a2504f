# SPDX-License-Identifier: GPL-2.0-or-later
"""The TIFF reader and GDAL say the same about files that GDAL made."""

from __future__ import annotations

import http.server
import math
import re
import threading

import pytest
from osgeo import gdal

from cog_browser.cog.tiff.byte_sources import open_source
from cog_browser.cog.tiff.read import read_tiff
from cog_browser.cog.tiff.tags import COMPRESSIONS
from cog_browser.storage.errors import RasterError


def read(path):
    with open_source(path) as source:
        tiff = read_tiff(source.read, source.size)
        blocks = {ifd.offset: tiff.blocks(ifd) for ifd in tiff.all_ifds()}
        frames = {
            ifd.offset: list(tiff.frames(blocks[ifd.offset])) if tiff.ghost else []
            for ifd in tiff.all_ifds()
        }
    return tiff, blocks, frames


def with_mask(dataset):
    dataset.CreateMaskBand(gdal.GMF_PER_DATASET)
    mask = dataset.GetRasterBand(1).GetMaskBand()
    mask.WriteRaster(0, 0, 700, 600, b"\xff" * 400 * 600 + b"\0" * 300 * 600)


def with_nodata(dataset):
    for band in range(dataset.RasterCount):
        dataset.GetRasterBand(band + 1).SetNoDataValue(7)


# name: driver, bands, type, creation options, prepare
LAYOUTS = {
    "cog": ("COG", 1, gdal.GDT_UInt16, ["COMPRESS=DEFLATE", "PREDICTOR=2"], with_nodata),
    "cog float": ("COG", 2, gdal.GDT_Float32, ["COMPRESS=LZW", "PREDICTOR=3"], None),
    "cog jpeg and mask": ("COG", 3, gdal.GDT_Byte, ["COMPRESS=JPEG"], with_mask),
    "cog lzw and mask": ("COG", 2, gdal.GDT_Byte, ["COMPRESS=LZW"], with_mask),
    "cog bigtiff": ("COG", 1, gdal.GDT_Byte, ["BIGTIFF=YES"], with_nodata),
    "cog without overviews": ("COG", 1, gdal.GDT_Byte, ["OVERVIEWS=NONE"], None),
    "cog in web mercator": ("COG", 1, gdal.GDT_Byte, ["TILING_SCHEME=GoogleMapsCompatible"], None),
    "tiles": ("GTiff", 1, gdal.GDT_Int16, ["TILED=YES", "BLOCKXSIZE=128", "BLOCKYSIZE=64"], None),
    "strips": ("GTiff", 1, gdal.GDT_Byte, ["BLOCKYSIZE=37", "COMPRESS=PACKBITS"], with_nodata),
    "one strip": ("GTiff", 1, gdal.GDT_Byte, ["BLOCKYSIZE=600", "COMPRESS=LZW"], None),
    "big-endian": ("GTiff", 2, gdal.GDT_Int32, ["ENDIANNESS=BIG", "TILED=YES"], with_nodata),
    "big-endian bigtiff": ("GTiff", 1, gdal.GDT_Float64, ["ENDIANNESS=BIG", "BIGTIFF=YES"], None),
    "planar separate": (
        "GTiff", 4, gdal.GDT_Byte,
        ["INTERLEAVE=BAND", "TILED=YES", "COMPRESS=ZSTD", "PHOTOMETRIC=RGB", "ALPHA=YES"], None,
    ),
    "strips planar": ("GTiff", 3, gdal.GDT_Byte, ["INTERLEAVE=BAND", "COMPRESS=LZW"], None),
    "jpeg ycbcr": (
        "GTiff", 3, gdal.GDT_Byte, ["COMPRESS=JPEG", "PHOTOMETRIC=YCBCR", "TILED=YES"], None,
    ),
    "one bit": ("GTiff", 1, gdal.GDT_Byte, ["NBITS=1", "COMPRESS=CCITTFAX4"], None),
    "complex": ("GTiff", 1, gdal.GDT_CFloat32, ["TILED=YES"], None),
}  # fmt: skip


@pytest.fixture
def file(utm, out):
    def build(name):
        driver, bands, kind, options, prepare = LAYOUTS[name]
        memory = gdal.GetDriverByName("MEM").Create("", 700, 600, bands, kind)
        memory.SetProjection(utm)
        memory.SetGeoTransform((400000.0, 10.0, 0.0, 5000000.0, 0.0, -10.0))
        for band in range(bands):
            row = bytes(range(251)) * (700 * 16 // 251 + 1)
            size = 700 * gdal.GetDataTypeSize(kind) // 8
            for y in range(600):
                memory.GetRasterBand(band + 1).WriteRaster(0, y, 700, 1, row[y % 13 :][:size])
        if prepare:
            prepare(memory)
        path = out / "a.tif"
        with_internal = gdal.GetThreadLocalConfigOption("GDAL_TIFF_INTERNAL_MASK", None)
        gdal.SetThreadLocalConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES")
        made = gdal.GetDriverByName(driver).CreateCopy(str(path), memory, options=options)
        assert made is not None
        made = None
        if driver == "GTiff" and name != "one bit":
            dataset = gdal.Open(str(path), gdal.GA_Update)
            assert dataset.BuildOverviews("NEAREST", [2, 4]) == 0
            dataset = None
        gdal.SetThreadLocalConfigOption("GDAL_TIFF_INTERNAL_MASK", with_internal)
        return path

    return build


@pytest.mark.parametrize("name", LAYOUTS)
def test_it_says_what_gdal_says(file, name):
    path = file(name)
    tiff, blocks, frames = read(path)
    dataset = gdal.Open(str(path))
    band = dataset.GetRasterBand(1)
    main = tiff.ifds[0]
    assert tiff.problems == ()
    assert tiff.size == path.stat().st_size
    assert main.kind == "main"
    assert (main.width, main.height) == (dataset.RasterXSize, dataset.RasterYSize)
    assert main.samples_per_pixel == dataset.RasterCount
    assert [main.block_width, main.block_height] == band.GetBlockSize()
    assert main.offset == int(band.GetMetadataItem("IFD_OFFSET", "TIFF"))
    layout = dataset.GetMetadata("IMAGE_STRUCTURE")
    compression = layout.get("COMPRESSION", "NONE").replace("YCbCr JPEG", "JPEG")
    assert COMPRESSIONS[main.compression] == compression
    assert main.planar_config == (2 if layout["INTERLEAVE"] == "BAND" and main.samples_per_pixel > 1
                                  else 1)  # fmt: skip
    assert str(main.predictor) == layout.get("PREDICTOR", "1")
    assert main.has_jpeg_tables == (compression == "JPEG")
    few = band.GetMetadataItem("NBITS", "IMAGE_STRUCTURE")
    assert set(main.bits) == {int(few or gdal.GetDataTypeSize(band.DataType))}
    nodata = band.GetNoDataValue()
    assert (main.nodata is None) == (nodata is None)
    assert nodata is None or math.isclose(float(main.nodata), nodata)
    assert (tiff.ghost is not None) == (layout.get("LAYOUT") == "COG")
    overviews = [ifd for ifd in tiff.ifds if ifd.kind == "overview"]
    assert [(o.width, o.height, o.block_width, o.block_height) for o in overviews] == [
        (o.XSize, o.YSize, *o.GetBlockSize())
        for o in (band.GetOverview(i) for i in range(band.GetOverviewCount()))
    ]
    masks = [ifd for ifd in tiff.ifds if ifd.kind == "mask"]
    assert len(masks) == bool(band.GetMaskFlags() == gdal.GMF_PER_DATASET)
    levels = [(main, band), *((o, band.GetOverview(i)) for i, o in enumerate(overviews))]
    if masks:
        of_overviews = [ifd for ifd in tiff.ifds if ifd.kind == "mask-of-overview"]
        assert [(m.width, m.height) for m in of_overviews] == [
            (o.width, o.height) for o in overviews
        ]
        levels.append((masks[0], band.GetMaskBand()))
    for ifd, level in levels:
        check_blocks(tiff, ifd, level, dataset, blocks[ifd.offset])
        assert all(frame.is_intact for frame in frames[ifd.offset])


def check_blocks(tiff, ifd, level, dataset, blocks):
    assert blocks.problems == ()
    assert len(blocks) == ifd.block_count
    per_plane = ifd.blocks_across * ifd.blocks_down
    for block in list(blocks)[:per_plane]:
        x, y = block.index % ifd.blocks_across, block.index // ifd.blocks_across
        offset = level.GetMetadataItem(f"BLOCK_OFFSET_{x}_{y}", "TIFF")
        size = level.GetMetadataItem(f"BLOCK_SIZE_{x}_{y}", "TIFF")
        assert (block.offset, block.byte_count) == (int(offset or 0), int(size or 0))
    if ifd.planar_config == 2:
        last = dataset.GetRasterBand(ifd.samples_per_pixel)
        if ifd.kind == "main":
            offset = last.GetMetadataItem("BLOCK_OFFSET_0_0", "TIFF")
            assert blocks.offsets[per_plane * (ifd.planes - 1)] == int(offset)


def test_the_georeference_is_gdal_s(file):
    path = file("cog")
    main = read(path)[0].ifds[0]
    x, width, _, y, _, height = gdal.Open(str(path)).GetGeoTransform()
    assert main.geo.pixel_scale == (width, -height, 0)
    assert main.geo.tie_points == (0, 0, 0, x, y, 0)
    assert main.geo.keys[3072] == 32633
    assert main.geo.keys[1026] == "WGS 84 / UTM zone 33N"


def test_a_rotated_raster_has_a_transformation(make):
    path = make(prepare=lambda d: d.SetGeoTransform((400000, 8, 2, 5000000, 2, -8)))
    main = read(path)[0].ifds[0]
    assert main.geo.transformation[:8] == (8, 2, 0, 400000, 2, -8, 0, 5000000)
    assert main.geo.pixel_scale == ()


def test_metadata_is_gdal_s(make):
    def prepare(dataset):
        dataset.SetMetadataItem("PLACE", "Zürich")
        dataset.GetRasterBand(1).SetDescription("height")

    xml = read(make(prepare=prepare))[0].ifds[0].gdal_metadata
    assert '<Item name="PLACE">Zürich</Item>' in xml
    assert 'role="description">height<' in xml


def test_sparse_blocks_are_known(out):
    path = out / "sparse.tif"
    options = ["TILED=YES", "SPARSE_OK=TRUE", "COMPRESS=LZW"]
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), 2000, 2000, 1, options=options)
    dataset.GetRasterBand(1).WriteRaster(512, 256, 1, 1, b"\1")
    dataset = None
    tiff, blocks, _ = read(path)
    found = [block.index for block in blocks[tiff.ifds[0].offset] if not block.is_sparse]
    assert found == [8 + 2]
    assert tiff.problems == ()


def test_a_palette_is_known(make):
    def prepare(dataset):
        colours = gdal.ColorTable()
        colours.SetColorEntry(7, (255, 0, 0, 255))
        assert dataset.GetRasterBand(1).SetColorTable(colours) == 0

    main = read(make(prepare=prepare, crs=None))[0].ifds[0]
    assert main.has_color_map
    assert main.photometric == 3


# What it costs


@pytest.fixture
def serve():
    """Serve a file's bytes on loopback, ranges only, and note what was asked for."""
    servers = []

    def start(data, status=206):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_HEAD(self):
                self.do_GET()

            def do_GET(self):
                asked.append((self.command, self.headers.get("Range")))
                wanted = re.match(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
                first, last = map(int, wanted.groups()) if wanted else (0, len(data) - 1)
                body = data[first : last + 1]
                self.send_response(status if wanted else 200)
                self.send_header("Content-Length", str(len(body)))
                if wanted and status == 206:
                    stop = first + len(body) - 1
                    self.send_header("Content-Range", f"bytes {first}-{stop}/{len(data)}")
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            def log_message(self, *_):
                pass

        asked = []
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}", asked

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("name", [name for name in LAYOUTS if name.startswith("cog")])
def test_a_cog_takes_one_read(file, serve, name):
    url, asked = serve(file(name).read_bytes())
    with open_source(f"{url}/a.tif?token=planted") as source:
        tiff = read_tiff(source.read, source.size)
    assert tiff.problems == ()
    assert tiff.ifds[0].geo.keys[1024] == 1
    first = min(16384, tiff.size)
    assert (tiff.reads, tiff.bytes_read) == (1, first)
    gets = [byte_range for method, byte_range in asked if method == "GET"]
    assert gets == [f"bytes=0-{first - 1}"]


def test_a_header_of_several_pages_takes_two_reads(make, out, serve):
    def prepare(dataset):
        dataset.SetMetadataItem("NOTE", "x" * 30_000)

    source = gdal.Open(str(make(width=1100, prepare=prepare)))
    assert gdal.GetDriverByName("COG").CreateCopy(str(out / "a.tif"), source) is not None
    url, asked = serve((out / "a.tif").read_bytes())
    with open_source(f"{url}/a.tif") as opened:
        tiff = read_tiff(opened.read, opened.size)
        assert tiff.problems == ()
        assert "x" * 30_000 in tiff.ifds[0].gdal_metadata
        assert tiff.ifds[0].values_end > 30_000
        assert all(len(tiff.blocks(ifd, count=1)) == 1 for ifd in tiff.ifds)
    assert tiff.reads == 2
    assert len([method for method, _ in asked if method == "GET"]) == 2


# Where bytes come from


@pytest.mark.parametrize(
    ("name", "reason"), [("nowhere.tif", "there is no such file"), ("", "it is a folder")]
)
def test_what_can_not_be_read_is_said(tmp_path, name, reason):
    path = tmp_path / name
    with pytest.raises(RasterError) as caught, open_source(path):
        pass
    assert str(caught.value) == f"{path} can't be read: {reason}."


def test_a_path_of_gdal_is_read(file):
    data = file("tiles").read_bytes()
    gdal.FileFromMemBuffer("/vsimem/of-a-test.tif", data)
    try:
        with open_source("/vsimem/of-a-test.tif") as source:
            assert source.size == len(data)
            assert source.read(len(data) - 3, 100) == data[-3:]
            assert source.read(len(data) + 9, 100) == b""
            assert read_tiff(source.read, source.size).ifds[0].block_width == 128
    finally:
        gdal.Unlink("/vsimem/of-a-test.tif")


def test_a_server_that_does_not_answer(unused_port):
    url = f"http://user:planted@127.0.0.1:{unused_port}/a.tif?token=planted"
    with pytest.raises(RasterError) as caught, open_source(url):
        pass
    assert f"http://127.0.0.1:{unused_port}/a.tif can't be read: " in str(caught.value)
    assert "planted" not in str(caught.value)


def test_a_server_that_fails_is_no_short_file(serve):
    url, _ = serve(bytes(100_000), status=403)
    with open_source(f"{url}/a.tif?token=planted") as source:
        assert source.size == 100_000
        with pytest.raises(RasterError) as caught:
            read_tiff(source.read, source.size)
    assert str(caught.value).startswith(f"{url}/a.tif can't be read: ")
    assert "planted" not in str(caught.value)
