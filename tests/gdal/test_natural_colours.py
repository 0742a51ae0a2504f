# SPDX-License-Identifier: GPL-2.0-or-later
"""Which bands are red, green and blue, and the edges that a picture would show as black."""

from __future__ import annotations

import logging

import pytest
from osgeo import gdal

from cog_browser.cog.conversion.convert import convert
from cog_browser.cog.natural_colours import measuring_bands, natural_colours
from cog_browser.cog.preview import preview_of


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["blue", "green", "red", "nir"], (3, 2, 1)),
        (["Red Edge", "Bleu", "Vert", "ROUGE", "near infrared"], (4, 3, 2)),
        (["SR_red", "SR_green", "SR_blue"], (1, 2, 3)),
        (["red", "green", "red", "blue"], None),
        (["red", "green", "nir"], None),
        (["B02", "B03", "B04", "B08"], (3, 2, 1)),
        (["B8", "B4", "B3", "B2"], (2, 3, 4)),
        (["B4, central wavelength 665 nm", "B3, central wavelength 560 nm", "B2, 490 nm"],
         (1, 2, 3)),
        ([f"SR_B{n}" for n in (1, 2, 3, 4, 5, 6, 7)], (4, 3, 2)),
        ([f"SR_B{n}" for n in (1, 2, 3, 4, 5, 7)], (3, 2, 1)),
        ([f"B{n}" for n in range(1, 8)], None),
        (["Band 1", "Band 2", "Band 3", "Band 4"], None),
        (["T32TLT_20260101_B08", "T32TLT_20260101_B02", "T32TLT_20260101_B03",
          "T32TLT_20260101_B04"], (4, 3, 2)),
        (["", "", ""], None),
        ([], None),
    ],
)  # fmt: skip
def test_names_tell_the_colours(names, expected):
    assert natural_colours(names) == expected


def test_wavelengths_tell_the_colours_where_names_do_not():
    lengths = [None, *range(400, 1000, 10)]
    assert natural_colours([""] * len(lengths), lengths) == (28, 18, 11)  # 660, 560 and 490 nm
    assert natural_colours(["", "", ""], [860.0, 1600.0, 2200.0]) is None
    assert natural_colours(["", ""], [665.0, 560.0]) is None


def described(*names, unit=None):
    def prepare(dataset):
        for number, name in enumerate(names, 1):
            band = dataset.GetRasterBand(number)
            if unit is None:
                band.SetDescription(name)
            else:
                band.SetMetadata({"wavelength": name, "wavelength_units": unit})

    return prepare


def middle(path):
    dataset = gdal.Open(str(path))
    x, y = dataset.RasterXSize // 2, dataset.RasterYSize // 2
    return [dataset.GetRasterBand(n).ReadRaster(x, y, 1, 1)[0] for n in (1, 2, 3)]


@pytest.mark.parametrize(
    "prepare",
    [
        described("B02", "B03", "B04", "B08"),
        described("0.49", "0.56", "0.665", "0.842", unit="Micrometers"),
        described("490", "560", "665", "842", unit="Nanometers"),
    ],
    ids=["names", "micrometres", "nanometres"],
)
def test_web_shows_a_multispectral_raster_in_natural_colours(make, out, caplog, prepare):
    pixels = [bytes([value]) * 720_000 for value in (50, 100, 150, 200)]
    source = make(width=900, height=800, bands=4, pixels=pixels, prepare=prepare)
    made = convert(source, out / "a.tif", "web")
    assert middle(made.path) == pytest.approx([150, 100, 50], abs=3)
    assert "as red, green and blue (by name); 1 more is left out." in caplog.text


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Red", "Green", "Blue", "NIR"], {1, 2, 3, 4}),
        (["red", "green", "blue", "alpha"], {1, 2, 3}),
        (["B02", "B03", "B04", "B08"], {1, 2, 3, 4}),
        (["B4", "B3", "B2", "B8"], {1, 2, 3, 4}),
        (["B1", "B2", "B3", "B4"], set()),
        (["Band 1", "Band 2", "Band 3", "Band 4"], set()),
        (["", "", "", "Near infrared"], {4}),
        (["", "", "", ""], set()),
    ],
)
def test_names_tell_which_bands_are_no_alpha(names, expected):
    assert measuring_bands(names) == expected
    assert measuring_bands(["", ""], [None, 842.0]) == {2}


def seen(path):
    """The values in the middle, by band, and whether the pixel is seen."""
    dataset = gdal.Open(str(path))
    x, y = dataset.RasterXSize // 2, dataset.RasterYSize // 2
    mask = dataset.GetRasterBand(1).GetMaskBand().ReadRaster(x, y, 1, 1)[0]
    return [dataset.GetRasterBand(n).ReadRaster(x, y, 1, 1)[0] for n in (1, 2, 3)], mask


@pytest.mark.parametrize(
    ("prepare", "expected"),
    [
        (described("Red", "Green", "Blue", "NIR"), 255),
        (described("655", "560", "490", "842", unit="nm"), 255),
        (described("Red", "Green", "Blue", "Alpha"), 0),
        (described("", "", "", ""), 0),
    ],
    ids=["NIR", "wavelengths", "alpha", "nameless"],
)
def test_infrared_that_gdal_calls_alpha_hides_nothing(make, out, prepare, expected):
    """Water is black in the infrared."""
    pixels = [bytes([value]) * 720_000 for value in (150, 100, 50, 0)]
    source = make(width=900, height=800, bands=4, pixels=pixels, prepare=prepare)
    assert gdal.Open(str(source)).GetRasterBand(4).GetColorInterpretation() == gdal.GCI_AlphaBand
    colours, mask = seen(convert(source, out / "a.tif", "web").path)
    assert mask == expected
    if expected:
        assert colours == pytest.approx([150, 100, 50], abs=3)
        assert preview_of(source).rgba[:4] == bytes([150, 100, 50, 255])


@pytest.mark.parametrize("profile", ["science", "earth-engine"])
@pytest.mark.parametrize(("name", "expected"), [("NIR", 150), ("Alpha", 0)])
def test_overviews_are_not_black_where_the_infrared_is(make, out, caplog, profile, name, expected):
    pixels = [bytes([value]) * 720_000 for value in (150, 100, 50, 0)]
    prepare = described("Red", "Green", "Blue", name)
    source = make(width=900, height=800, bands=4, pixels=pixels, prepare=prepare)
    made = convert(source, out / "a.tif", profile)
    assert made.verdict == "identical"
    dataset = gdal.Open(str(made.path))
    assert dataset.GetRasterBand(1).GetOverview(0).ReadRaster(9, 9, 1, 1)[0] == expected
    is_alpha = dataset.GetRasterBand(4).GetColorInterpretation() == gdal.GCI_AlphaBand
    assert is_alpha == (name == "Alpha")
    assert ("calls band 4 (NIR) an alpha channel" in caplog.text) == (name == "NIR")
    assert [dataset.GetRasterBand(n).GetDescription() for n in (1, 4)] == ["Red", name]


def test_web_says_when_no_band_is_known_to_be_red_green_or_blue(make, out, caplog):
    convert(make(bands=5, kind=gdal.GDT_UInt16), out / "a.tif", "web")
    assert "bands 1, 2, 3 as red, green and blue (none is said to be these" in caplog.text


@pytest.mark.parametrize("declared", [False, True])
@pytest.mark.parametrize("value", [0, 255])
def test_web_warns_of_an_edge_that_nobody_declared_before_any_work(
    make, out, caplog, value, declared
):
    width, height = 900, 800
    edge, inner = bytes([value]) * 60, bytes([90, 120, 150] * ((width - 60) // 3))
    source = make(
        width=width, height=height, bands=3, pixels=[(edge + inner) * height] * 3,
        prepare=lambda d: d.GetRasterBand(1).SetNoDataValue(value) if declared else None,
    )  # fmt: skip
    told = []
    caplog.set_level(logging.WARNING)
    convert(source, out / "a.tif", "web", on_plan=told.append)
    said = [text for text in told[0].warnings if "no nodata value is declared" in text]
    sentence = (
        "All pixels in the upper left and the lower left corner of the raster are "
        f"{value} and no nodata value is declared, so they will cover the map as black or "
        f"white. If they mean “no data”, declare it first (gdal_edit.py -a_nodata {value})."
    )
    assert said == ([] if declared else [sentence])


def test_a_palette_and_a_picture_without_edges_are_not_suspected(make, out):
    def palette(dataset):
        table = gdal.ColorTable()
        table.SetColorEntry(0, (10, 20, 30, 255))
        dataset.GetRasterBand(1).SetColorTable(table)

    told = []
    blank = make(name="p.tif", pixels=[bytes(420_000)], prepare=palette)
    convert(blank, out / "p.tif", "web", on_plan=told.append)
    convert(make(bands=3), out / "a.tif", "web", on_plan=told.append)
    assert [text for plan in told for text in plan.warnings if "nodata" in text] == []


def test_webp_without_loss_brings_no_warning_of_gdal_s_own(make, out, caplog):
    options = {"COMPRESS": "WEBP", "QUALITY": "100"}
    convert(make(bands=3), out / "a.tif", "web", creation_options=options)
    assert "WEBP" not in caplog.text
    assert "Pixel values change" in caplog.text
