# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import math
import os

import pytest
from osgeo import gdal

from cog_browser.cog.conversion import band_interleaved, creation_options, preflight
from cog_browser.cog.conversion.convert import convert
from cog_browser.cog.conversion.driver_options import driver_options
from cog_browser.cog.conversion.profiles import PROFILES
from cog_browser.cog.validate import validate_cog
from cog_browser.storage.errors import ConfigurationError, ConversionError

WEB_ZOOM_0 = 2 * math.pi * 6378137 / 256


def noise(count):
    return bytes(1 + value % 255 for value in os.urandom(count))


def structure(path):
    return gdal.Open(str(path)).GetMetadata("IMAGE_STRUCTURE")


def palette(dataset):
    table = gdal.ColorTable()
    for value in range(256):
        table.SetColorEntry(value, (value, 255 - value, 77, 255))
    dataset.GetRasterBand(1).SetColorTable(table)


def half_nodata(value):
    def prepare(dataset):
        for number in range(1, dataset.RasterCount + 1):
            dataset.GetRasterBand(number).SetNoDataValue(value)

    return prepare


def hidden_share(path):
    dataset = gdal.Open(str(path))
    mask = bytes(dataset.GetRasterBand(1).GetMaskBand().ReadRaster())
    return mask.count(0) / len(mask)


def test_zstd_is_used_where_the_build_has_it(make, out, monkeypatch):
    made = convert(make(), out / "a.tif", "science-zstd")
    assert structure(made.path)["COMPRESSION"] == "ZSTD"
    known = {**driver_options(), "COMPRESS": ("NONE", "DEFLATE")}
    monkeypatch.setattr(creation_options, "driver_options", lambda: known)
    with pytest.raises(ConfigurationError, match=r"can't write COMPRESS=ZSTD\. It can: NONE"):
        convert(make(), out / "b.tif", "science-zstd")


@pytest.mark.parametrize("bands", [1, 3])
@pytest.mark.parametrize("masked", [False, True])
def test_earth_engine_gets_bands_apart_directories_first_and_powers_of_two(
    make, out, bands, masked
):
    def prepare(dataset):
        if masked:
            dataset.CreateMaskBand(gdal.GMF_PER_DATASET)
            dataset.GetRasterBand(1).GetMaskBand().Fill(255)

    source = make(width=1500, height=1100, bands=bands, kind=gdal.GDT_UInt16, prepare=prepare)
    made = convert(source, out / "a.tif", "earth-engine").path
    dataset = gdal.Open(str(made))
    band = dataset.GetRasterBand(bands)
    assert structure(made)["COMPRESSION"] == "ZSTD"
    assert structure(made)["INTERLEAVE"] == "BAND"
    assert band.GetBlockSize() == [512, 512]
    assert [band.GetOverview(i).XSize for i in range(band.GetOverviewCount())] == [750, 375]
    assert (band.GetOverview(0).GetMaskFlags() == gdal.GMF_PER_DATASET) == masked
    assert validate_cog(made, "earth-engine", full=True).is_valid
    assert os.listdir(out) == ["a.tif"]


def test_a_gdal_that_can_keep_bands_apart_is_asked_to(monkeypatch):
    dataset = gdal.GetDriverByName("MEM").Create("", 8, 8, 2)
    known = {**driver_options(), "INTERLEAVE": ("BAND", "PIXEL", "TILE")}
    monkeypatch.setattr(creation_options, "driver_options", lambda: known)
    options = creation_options.creation_options(dataset, PROFILES["earth-engine"])
    assert options["INTERLEAVE"] == "BAND"


def test_earth_engine_without_zstd_gets_deflate(monkeypatch):
    dataset = gdal.GetDriverByName("MEM").Create("", 8, 8, 2)
    monkeypatch.setattr(
        "cog_browser.cog.conversion.profiles.driver_options",
        lambda: {"COMPRESS": ("NONE", "DEFLATE")},
    )
    options = PROFILES["earth-engine"].options(dataset)
    assert options["COMPRESS"] == "DEFLATE"
    assert "LEVEL" not in options


def test_directories_behind_pixels_are_refused(make, out, monkeypatch):
    copy = band_interleaved.create_copy

    def without_order(driver, dataset, made, goal, options, *rest):
        options = {k: v for k, v in options.items() if k != "COPY_SRC_OVERVIEWS"}
        copy(driver, dataset, made, goal, options, *rest)
        gdal.Open(str(made), gdal.GA_Update).BuildOverviews("NEAREST", [2])

    monkeypatch.setattr(band_interleaved, "create_copy", without_order)
    with pytest.raises(ConversionError, match="directory behind pixels"):
        convert(make(width=1100, bands=2), out / "a.tif", "earth-engine")
    assert os.listdir(out) == []


def test_what_the_gtiff_way_cannot_heed_is_refused(make, out):
    with pytest.raises(ConfigurationError, match="OVERVIEW_COMPRESS=LZW can't be used"):
        convert(
            make(bands=2), out / "a.tif", "earth-engine",
            creation_options={"OVERVIEW_COMPRESS": "LZW"},
        )  # fmt: skip


def test_earth_engine_needs_a_geotransform(make, out, utm):
    def place(dataset):
        corners = [(0, 0, 4e5, 5e6), (700, 0, 4.07e5, 5e6), (0, 600, 4e5, 4.9e6)]
        dataset.SetGCPs([gdal.GCP(x, y, 0, c, r) for c, r, x, y in corners], utm)

    with pytest.raises(ConversionError, match="warp it first"):
        convert(make(crs=None, prepare=place), out / "a.tif", "earth-engine")


@pytest.mark.parametrize("compress", ["JPEG", "WEBP"])
@pytest.mark.parametrize("bands", [1, 3])
def test_web_lies_on_the_tiles_of_web_maps_and_says_that_pixels_change(
    make, out, compress, bands, caplog
):
    source = make(width=900, height=800, bands=bands)
    made = convert(source, out / "a.tif", "web", creation_options={"COMPRESS": compress})
    dataset = gdal.Open(str(made.path))
    assert compress in structure(made.path)["COMPRESSION"]
    tiling = dataset.GetMetadata("TILING_SCHEME")
    size = WEB_ZOOM_0 / 2 ** int(tiling["ZOOM_LEVEL"])
    left, step, _, top, _, down = dataset.GetGeoTransform()
    assert tiling["NAME"] == "GoogleMapsCompatible"
    assert (step, -down) == pytest.approx((size, size), rel=1e-9)
    for edge in (left + WEB_ZOOM_0 * 128, WEB_ZOOM_0 * 128 - top):
        assert edge / (256 * size) == pytest.approx(round(edge / (256 * size)), abs=1e-6)
    assert dataset.GetRasterBand(1).GetBlockSize() == [256, 256]
    assert 0.2 < hidden_share(made.path) < 0.8  # around the raster, which lies askew
    assert made.verdict == "changed"
    assert "Pixel values change" in caplog.text
    assert validate_cog(made.path, "web", full=True).is_valid


@pytest.mark.parametrize(
    ("kind", "code", "nodata", "fill"),
    [("Byte", "B", 0, 0), ("Float32", "f", -9999, -9999), ("Float32", "f", None, math.nan)],
)
def test_nodata_is_transparent_on_the_web_and_does_not_bleed(make, out, kind, code, nodata, fill):
    from array import array

    width, height = 900, 800
    pixels = array(code, [fill] * (width * height // 2) + [200] * (width * height // 2))
    source = make(
        width=width, height=height, kind=gdal.GetDataTypeByName(kind), pixels=[pixels.tobytes()],
        prepare=half_nodata(nodata) if nodata is not None else None,
    )  # fmt: skip
    whole = convert(make(name="w.tif", width=width, height=height), out / "w.tif", "web")
    made = convert(source, out / "a.tif", "web")
    drawn, all_drawn = 1 - hidden_share(made.path), 1 - hidden_share(whole.path)
    assert drawn == pytest.approx(all_drawn / 2, rel=0.02)
    dataset = gdal.Open(str(made.path))
    assert dataset.GetRasterBand(1).GetNoDataValue() is None


def test_a_palette_becomes_its_colours_on_the_web(make, out):
    source = make(width=900, height=800, pixels=[b"\x0a" * 720_000], prepare=palette)
    made = convert(source, out / "a.tif", "web").path
    dataset = gdal.Open(str(made))
    x, y = dataset.RasterXSize // 2, dataset.RasterYSize // 2
    colour = [dataset.GetRasterBand(i).ReadRaster(x, y, 1, 1)[0] for i in (1, 2, 3)]
    assert colour == [10, 245, 77]


def test_many_deep_bands_are_chosen_and_stretched_with_words(make, out, caplog):
    made = convert(make(bands=7, kind=gdal.GDT_UInt16), out / "a.tif", "web").path
    assert gdal.Open(str(made)).RasterCount == 3
    assert "bands 1, 2, 3 as red, green and blue (none is said to be these" in caplog.text
    assert "; 4 more are left out." in caplog.text
    assert "stretched to 8 bits" in caplog.text


def test_complex_numbers_have_no_colours(make, out):
    with pytest.raises(ConversionError, match="Complex numbers have no colours"):
        convert(make(kind=gdal.GDT_CFloat32), out / "a.tif", "web")


def test_custom_allows_loss_and_says_so(make, out, caplog):
    made = convert(make(), out / "a.tif", "custom", creation_options={"COMPRESS": "JPEG"})
    assert made.verdict == "changed"
    assert "Pixel values change" in caplog.text
    assert structure(made.path)["COMPRESSION"] == "JPEG"


@pytest.mark.parametrize("profile", ["science", "web", "custom"])
@pytest.mark.parametrize("key", ["RESAMPLING", "OVERVIEW_RESAMPLING"])
def test_classes_are_never_averaged_whoever_asks(make, out, profile, key):
    source = make(prepare=palette)
    with pytest.raises(ConfigurationError, match="would mix the classes"):
        convert(source, out / "a.tif", profile, creation_options={key: "AVERAGE"})
    made = convert(source, out / "a.tif", "science", creation_options={key: "mode"})
    assert made.verdict == "identical"


def test_the_plan_is_made_without_a_name_for_versions():
    """Options are asked of GDAL: no module of the engine may look at a version."""
    from pathlib import Path

    for path in Path(preflight.__file__).parent.glob("*.py"):
        assert "VersionInfo" not in path.read_text(encoding="utf-8"), path
