# SPDX-License-Identifier: GPL-2.0-or-later
"""Saving a part of a raster: exact, whole or not at all, and never over a failed read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from osgeo import gdal

from cog_browser.cog.window import pixel_window, save_window
from cog_browser.storage.errors import Cancelled, ConfigurationError, ConversionError
from tests.support.fault_proxy import FaultProxy
from tests.support.faults import Fault

NORTH_UP = (400000.0, 10.0, 0.0, 5000000.0, 0.0, -10.0)
BOUNDS = (401000, 4996000, 404000, 4999000)  # columns 100 to 400, rows 100 to 400


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def pixels(path, *window):
    dataset = gdal.Open(str(path))
    return [dataset.GetRasterBand(i + 1).ReadRaster(*window) for i in range(dataset.RasterCount)]


@pytest.mark.parametrize(
    ("bounds", "window"),
    [
        (BOUNDS, (100, 100, 300, 300)),
        ((401005, 4996005, 403995, 4998995), (100, 100, 300, 300)),
        ((0, 0, 9e6, 9e6), (0, 0, 700, 600)),
        ((399000, 4999990, 400005, 5001000), (0, 0, 1, 1)),
    ],
    ids=["on edges", "parts of pixels", "all", "a corner"],
)
def test_all_pixels_that_the_bounds_touch_and_no_more(bounds, window):
    assert pixel_window(NORTH_UP, 700, 600, bounds) == window


def test_bounds_beside_the_raster_are_refused():
    with pytest.raises(ConfigurationError, match="Nothing of the raster"):
        pixel_window(NORTH_UP, 700, 600, (0, 0, 10, 10))


def test_a_turned_raster_gives_the_window_around_the_bounds():
    turned = (0.0, 1.0, 1.0, 0.0, 1.0, -1.0)  # by 45 degrees
    assert pixel_window(turned, 100, 100, (10, -2, 12, 2)) == (4, 4, 3, 3)


@pytest.mark.parametrize("form", ["COG", "GTiff"])
@pytest.mark.parametrize(
    "kind",
    [gdal.GDT_Byte, gdal.GDT_UInt16, gdal.GDT_Int32, gdal.GDT_Float32, gdal.GDT_Float64],
    ids=gdal.GetDataTypeName,
)
def test_pixels_are_kept_bit_by_bit(make, out, kind, form):
    source = make(bands=3, kind=kind)
    assert save_window(source, out / "a.tif", BOUNDS, form) == out / "a.tif"
    assert pixels(out / "a.tif", 0, 0, 300, 300) == pixels(source, 100, 100, 300, 300)
    made = gdal.Open(str(out / "a.tif"))
    assert (made.RasterXSize, made.RasterYSize) == (300, 300)
    assert made.GetGeoTransform() == (401000.0, 10.0, 0.0, 4999000.0, 0.0, -10.0)
    layout = made.GetMetadataItem("LAYOUT", "IMAGE_STRUCTURE")
    assert layout == ("COG" if form == "COG" else None)
    assert os.listdir(out) == ["a.tif"]


@pytest.mark.parametrize("form", ["COG", "GTiff"])
def test_everything_around_the_pixels_is_kept(make, out, form):
    def describe(dataset):
        table = gdal.ColorTable()
        table.SetColorEntry(1, (10, 20, 30, 255))
        band = dataset.GetRasterBand(1)
        band.SetColorTable(table)
        band.SetNoDataValue(7)
        band.SetDescription("land cover")
        band.SetUnitType("class")
        band.SetMetadataItem("STATISTICS_MAXIMUM", "9")
        dataset.SetMetadataItem("TIFFTAG_DATETIME", "2026:01:02 03:04:05")

    source = make(prepare=describe)
    save_window(source, out / "a.tif", BOUNDS, form)
    made = gdal.Open(str(out / "a.tif"))
    band = made.GetRasterBand(1)
    assert band.GetColorTable().GetColorEntry(1) == (10, 20, 30, 255)
    assert (band.GetNoDataValue(), band.GetDescription()) == (7, "land cover")
    assert band.GetUnitType() == "class"
    assert made.GetSpatialRef().IsSame(gdal.Open(str(source)).GetSpatialRef())
    assert made.GetMetadataItem("TIFFTAG_DATETIME") == "2026:01:02 03:04:05"
    assert band.GetMetadataItem("STATISTICS_MAXIMUM") is None  # it was that of the whole


@pytest.mark.parametrize("form", ["COG", "GTiff"])
def test_a_mask_goes_along_inside_the_file(make, out, form):
    def masked(dataset):
        before = gdal.GetConfigOption("GDAL_TIFF_INTERNAL_MASK")
        gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES")
        dataset.CreateMaskBand(gdal.GMF_PER_DATASET)
        gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", before)
        dataset.GetRasterBand(1).GetMaskBand().WriteRaster(150, 150, 2, 1, b"\xff\xff")

    save_window(make(prepare=masked), out / "a.tif", BOUNDS, form)
    made = gdal.Open(str(out / "a.tif"))
    assert made.GetRasterBand(1).GetMaskBand().ReadRaster(49, 50, 4, 1) == b"\x00\xff\xff\x00"
    assert os.listdir(out) == ["a.tif"]


def test_without_bounds_all_of_it_is_saved(make, out):
    source = make(bands=2)
    save_window(source, out / "a.tif")
    assert pixels(out / "a.tif", 0, 0, 700, 600) == pixels(source, 0, 0, 700, 600)


def test_a_raster_without_crs_can_be_a_geotiff_but_no_cog(make, out):
    source = make(crs=None)
    with pytest.raises(ConfigurationError, match="save it as GeoTIFF"):
        save_window(source, out / "a.tif")
    assert os.listdir(out) == []
    save_window(source, out / "a.tif", form="GTiff")
    assert pixels(out / "a.tif", 0, 0, 700, 600) == pixels(source, 0, 0, 700, 600)


def test_another_form_is_refused(make, out):
    with pytest.raises(ConfigurationError, match="COG or GTiff"):
        save_window(make(), out / "a.png", form="PNG")


@pytest.mark.parametrize("form", ["COG", "GTiff"])
@pytest.mark.parametrize("stop", [0, 40, 90])
def test_cancelling_leaves_nothing_and_spares_what_is_there(make, out, form, stop):
    (out / "a.tif").write_bytes(b"old")
    with pytest.raises(Cancelled):
        save_window(make(), out / "a.tif", None, form, lambda done, _total: done < stop)
    assert os.listdir(out) == ["a.tif"]
    assert (out / "a.tif").read_bytes() == b"old"


def test_progress_runs_to_a_hundred_and_never_back(make, out):
    seen = []
    save_window(make(), out / "a.tif", progress=lambda *done: seen.append(done) or True)
    assert seen == sorted(seen)
    assert seen[-1] == (100, 100)


@pytest.fixture
def remote(make):
    """A tiled TIFF on a server, and the faults that can be done to it."""
    source = make(
        width=2048, height=2048, kind=gdal.GDT_UInt16, options=["TILED=YES", "COMPRESS=DEFLATE"]
    )
    data = Path(source).read_bytes()

    def answer(request):
        if request.method == "HEAD":
            return Fault(status=200, headers={"Content-Length": str(len(data))})
        start, stop = (request.header("Range") or "bytes=0-").removeprefix("bytes=").split("-")
        first, last = int(start), min(int(stop or len(data)), len(data) - 1)
        where = f"bytes {first}-{last}/{len(data)}"
        return Fault(status=206, body=data[first : last + 1], headers={"Content-Range": where})

    with FaultProxy(answer=answer) as server:
        yield server, f"/vsicurl?empty_dir=yes&url={server.url}/a.tif", source
    gdal.VSICurlClearCache()


def test_a_remote_window_is_exact(remote, out):
    _, source, local = remote
    save_window(source, out / "a.tif", (405000, 4990000, 410000, 4995000))
    assert pixels(out / "a.tif", 0, 0, 500, 500) == pixels(local, 500, 500, 500, 500)


@pytest.mark.parametrize("form", ["COG", "GTiff"])
@pytest.mark.parametrize("status", [401, 404, 503])
def test_a_failed_read_is_an_error_and_leaves_nothing(remote, out, form, status):
    server, source, _ = remote
    server.add(Fault(status=status), method="GET", times=None, after=3)
    with pytest.raises(ConversionError) as caught:
        save_window(source, out / "a.tif", None, form)
    assert os.listdir(out) == []
    assert server.url not in str(caught.value)
