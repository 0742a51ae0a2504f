# SPDX-License-Identifier: GPL-2.0-or-later
"""What a display's range is computed from, compared with NumPy on the same pixels."""

from __future__ import annotations

import numpy as np
import pytest
from osgeo import gdal

from cog_browser.cog.value_range import BUDGET, Sample, Statistics, stored_statistics
from cog_browser.storage.errors import RasterError


def write(path, array, gdal_type, *options, nodata=None, mask=None, overviews=()):
    """A GeoTIFF of one band for each layer of ``array``."""
    bands, rows, columns = array.shape
    driver = gdal.GetDriverByName("GTiff")
    dataset = driver.Create(str(path), columns, rows, bands, gdal_type, options=list(options))
    for number in range(bands):
        band = dataset.GetRasterBand(number + 1)
        band.WriteArray(array[number])
        if nodata is not None:
            band.SetNoDataValue(nodata)
    if mask is not None:
        dataset.CreateMaskBand(gdal.GMF_PER_DATASET)
        dataset.GetRasterBand(1).GetMaskBand().WriteArray(mask)
    if overviews:
        dataset.BuildOverviews("NEAREST", list(overviews))
    return str(path)


@pytest.fixture(autouse=True)
def masks_inside():
    gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", "YES")
    yield
    gdal.SetConfigOption("GDAL_TIFF_INTERNAL_MASK", None)


def skewed(columns, rows, bands=1, seed=3):
    """Values as a satellite has them: a narrow hump and a long tail."""
    random = np.random.default_rng(seed)
    return random.gamma(3.0, 400.0, (bands, rows, columns)).clip(1, 65535).astype(np.uint16)


def test_a_cut_of_whole_numbers_is_exact(tmp_path):
    array = skewed(900, 700, bands=2)
    source = write(tmp_path / "a.tif", array, gdal.GDT_UInt16)
    sample = Sample(source, [1, 2])
    for band in (1, 2):
        low, high = np.quantile(array[band - 1], [0.02, 0.98], method="inverted_cdf")
        assert sample.cut(band, 0.02, 0.98) == (low, high)
        assert sample.range(band) == (array[band - 1].min(), array[band - 1].max())


def test_a_cut_of_floats_survives_a_stray_value(tmp_path):
    array = np.random.default_rng(1).normal(0.3, 0.05, (1, 500, 500)).astype(np.float32)
    array[0, 0, 0], array[0, 0, 1], array[0, 3, 3] = 3e38, -9999.0, np.nan
    sample = Sample(write(tmp_path / "a.tif", array, gdal.GDT_Float32), [1])
    wanted = np.nanquantile(array, [0.02, 0.98])
    assert sample.cut(1, 0.02, 0.98) == pytest.approx(wanted, abs=0.005)


def test_a_spread_is_that_of_the_pixels(tmp_path):
    array = skewed(400, 300)
    found = Sample(write(tmp_path / "a.tif", array, gdal.GDT_UInt16), [1]).spread(1, 1.0)
    mean, deviation = array.mean(), array.std()
    assert found == pytest.approx((mean - deviation, mean + deviation), rel=0.01)


def test_only_the_coarsest_overview_that_is_fine_enough_is_read(tmp_path):
    array = skewed(3200, 3200)
    path = write(tmp_path / "a.tif", array, gdal.GDT_UInt16, "TILED=YES", overviews=(4, 16, 64))
    dataset = gdal.Open(path, gdal.GA_Update)
    for level, value in enumerate((11, 22, 33)):
        dataset.GetRasterBand(1).GetOverview(level).Fill(value)
    del dataset
    assert Sample(path, [1]).range(1) == (22, 22)  # 200 × 200; the next has 50 × 50 pixels


@pytest.mark.parametrize("options", [("TILED=YES",), ("BLOCKYSIZE=1",)], ids=["tiles", "strips"])
def test_without_overviews_some_blocks_spread_over_the_raster_are_enough(tmp_path, options):
    rows, columns = np.mgrid[0:4000, 0:2000]
    array = (rows + columns).astype(np.uint16)[np.newaxis]
    path = write(tmp_path / "a.tif", array, gdal.GDT_UInt16, *options)
    low, high = Sample(path, [1]).range(1)
    assert low < 1500
    assert high > 4500
    assert (low, high) != (array.min(), array.max())  # so it was not all read
    assert array.size > BUDGET


def test_what_is_no_data_or_masked_does_not_count(tmp_path):
    array = skewed(300, 300)
    valid = np.zeros((300, 300), np.uint8)
    valid[50:250, 50:250] = 255
    array[0][valid == 0] = 65535
    inside = array[0][valid > 0]
    masked = write(tmp_path / "mask.tif", array, gdal.GDT_UInt16, mask=valid)
    without = write(tmp_path / "nodata.tif", array, gdal.GDT_UInt16, nodata=65535)
    with_alpha = write(
        tmp_path / "alpha.tif",
        np.stack([array[0], valid.astype(np.uint16)]),
        gdal.GDT_UInt16,
        "ALPHA=YES",
    )
    cut = tuple(np.quantile(inside, [0.02, 0.98], method="inverted_cdf"))
    for path in (masked, without, with_alpha):
        sample = Sample(path, [1])
        assert sample.range(1) == (inside.min(), inside.max())
        assert sample.cut(1, 0.02, 0.98) == cut


def test_a_raster_without_a_valid_pixel_has_no_range(tmp_path):
    array = np.full((1, 200, 200), 7, np.uint16)
    sample = Sample(write(tmp_path / "a.tif", array, gdal.GDT_UInt16, nodata=7), [1])
    assert (sample.range(1), sample.cut(1, 0.02, 0.98), sample.spread(1, 2.0)) == (None,) * 3


def test_one_value_everywhere_is_a_range_of_no_width(tmp_path):
    array = np.full((1, 200, 200), 7.5, np.float32)
    sample = Sample(write(tmp_path / "a.tif", array, gdal.GDT_Float32), [1])
    assert (sample.cut(1, 0.02, 0.98), sample.spread(1, 2.0)) == ((7.5, 7.5), (7.5, 7.5))


def test_statistics_in_the_file_count_if_they_can_be_true(tmp_path):
    path = write(tmp_path / "a.tif", skewed(300, 300, bands=2), gdal.GDT_UInt16)

    def store(band, *values):
        dataset = gdal.Open(path, gdal.GA_Update)
        for name, value in zip(("MINIMUM", "MAXIMUM", "MEAN", "STDDEV"), values):
            dataset.GetRasterBand(band).SetMetadataItem(f"STATISTICS_{name}", value)

    assert stored_statistics(path, [1]) is None
    store(1, "1", "9000", "1200", "700")
    assert stored_statistics(path, [1]) == [Statistics(1, 9000, 1200, 700)]
    assert stored_statistics(path, [1])[0].spread(2) == (1, 2600)
    assert stored_statistics(path, [1, 2]) is None
    for values in (
        ("5", "1", "3", "1"),
        ("nan", "1", "1", "1"),
        ("0", "inf", "1", "1"),
        ("0", "9", "3", "-1"),
        ("x", "9", "3", "1"),
    ):
        store(2, *values)
        assert stored_statistics(path, [1, 2]) is None


def test_nothing_is_written_beside_the_raster(tmp_path):
    path = write(tmp_path / "a.tif", skewed(300, 300), gdal.GDT_UInt16)
    sample = Sample(path, [1])
    sample.cut(1, 0.02, 0.98)
    sample.spread(1, 2.0)
    assert [file.name for file in tmp_path.iterdir()] == ["a.tif"]


def test_pixels_that_cannot_be_read_are_an_error_without_the_source(tmp_path):
    path = write(tmp_path / "a.tif", skewed(600, 600), gdal.GDT_UInt16, "COMPRESS=DEFLATE")
    data = bytearray((tmp_path / "a.tif").read_bytes())
    data[20_000:30_000] = bytes(10_000)
    (tmp_path / "a.tif").write_bytes(data)
    with pytest.raises(RasterError, match="its pixels can't be read: ") as caught:
        Sample(path, [1])
    assert str(tmp_path) not in str(caught.value)
