# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import os
import struct

import pytest
from osgeo import gdal, osr

from cog_browser.cog.conversion.convert import convert_to_cog

TYPES = [number for number in range(1, gdal.GDT_TypeCount) if gdal.GetDataTypeName(number)]

SPECIAL = {
    4: [0x7FC00001, 0x7FA12345, 0xFFC00000, 0x7F800000, 0xFF800000, 0x80000000, 1, 0x007FFFFF],
    8: [
        0x7FF8000000000001, 0x7FF4123456789ABC, 0xFFF8000000000000, 0x7FF0000000000000,
        0xFFF0000000000000, 0x8000000000000000, 1, 0x000FFFFFFFFFFFFF,
    ],
}  # fmt: skip
"""NaNs with payloads (quiet and signalling), infinities, -0.0 and subnormals, as bit patterns."""


def read(path):
    dataset = gdal.Open(str(path))
    return [bytes(dataset.GetRasterBand(i + 1).ReadRaster()) for i in range(dataset.RasterCount)]


def band_of(path, number=1):
    dataset = gdal.Open(str(path))
    band = dataset.GetRasterBand(number)
    band.dataset = dataset  # a band doesn't keep its dataset open
    return band


def structure(path):
    return gdal.Open(str(path)).GetMetadata("IMAGE_STRUCTURE")


def floats(size, count):
    code = {4: "I", 8: "Q"}[size]
    patterns = SPECIAL[size] * (count // 8 + 1)
    return struct.pack(f"<{count}{code}", *patterns[:count])


@pytest.mark.parametrize("kind", TYPES, ids=gdal.GetDataTypeName)
def test_every_data_type_keeps_every_bit(make, out, kind):
    source = make(kind=kind, bands=2, driver="GTiff")
    made = convert_to_cog(source, out / "a.tif")
    assert read(made) == read(source)
    assert band_of(made, 2).DataType == kind


@pytest.mark.parametrize("kind", [gdal.GDT_Float32, gdal.GDT_Float64, gdal.GDT_CFloat32,
                                  gdal.GDT_CFloat64], ids=gdal.GetDataTypeName)  # fmt: skip
def test_nan_payloads_infinities_negative_zero_and_subnormals_survive(make, out, kind):
    size = gdal.GetDataTypeSize(kind) // 8
    part = size // 2 if gdal.DataTypeIsComplex(kind) else size
    pixels = floats(part, 700 * 600 * size // part)
    source = make(kind=kind, pixels=[pixels])
    assert read(convert_to_cog(source, out / "a.tif")) == [pixels]


def test_the_predictor_follows_the_data_type(make, out):
    for kind, predictor in ((gdal.GDT_UInt16, "2"), (gdal.GDT_Float32, "3")):
        made = convert_to_cog(make(kind=kind), out / "a.tif")
        assert structure(made)["PREDICTOR"] == predictor
        assert structure(made)["COMPRESSION"] == "DEFLATE"


def test_the_result_is_a_cog_in_512_tiles_with_overviews_down_to_one_tile(make, out):
    made = convert_to_cog(make(width=1300, height=1100), out / "a.tif")
    dataset = gdal.Open(str(made))
    band = dataset.GetRasterBand(1)
    assert structure(made)["LAYOUT"] == "COG"
    assert band.GetBlockSize() == [512, 512]
    sizes = [band.GetOverview(i).XSize for i in range(band.GetOverviewCount())]
    assert sizes == [650, 325]


def test_a_single_tile_has_no_overview(make, out):
    made = convert_to_cog(make(width=512, height=17), out / "a.tif")
    assert band_of(made).GetOverviewCount() == 0


def test_one_pixel_converts(make, out):
    source = make(width=1, height=1)
    assert read(convert_to_cog(source, out / "a.tif")) == read(source)


def stripes(width=1024, height=1024):
    return bytes((0, 10) * (width // 2)) * height


def overview_values(path):
    band = band_of(path)
    return set(bytes(band.GetOverview(0).ReadRaster()))


def test_overviews_of_measurements_are_means(make, out):
    source = make(width=1024, height=1024, pixels=[stripes()])
    assert overview_values(convert_to_cog(source, out / "a.tif")) == {5}


def palette(dataset):
    table = gdal.ColorTable()
    for value, colour in ((0, (255, 0, 0)), (5, (9, 9, 9)), (10, (0, 0, 255))):
        table.SetColorEntry(value, colour)
    dataset.GetRasterBand(1).SetColorTable(table)
    dataset.GetRasterBand(1).SetColorInterpretation(gdal.GCI_PaletteIndex)


def categories(dataset):
    dataset.GetRasterBand(1).SetCategoryNames(["sea", "land"])


def thematic(dataset):
    table = gdal.RasterAttributeTable()
    table.CreateColumn("Value", gdal.GFT_Integer, gdal.GFU_MinMax)
    table.SetRowCount(1)
    table.SetTableType(gdal.GRTT_THEMATIC)
    dataset.GetRasterBand(1).SetDefaultRAT(table)


@pytest.mark.parametrize("classes", [palette, categories, thematic])
def test_overviews_of_classes_hold_no_value_that_the_source_lacks(make, out, classes):
    source = make(width=1024, height=1024, pixels=[stripes()], prepare=classes)
    made = convert_to_cog(source, out / "a.tif")
    assert read(made) == [stripes()]
    assert overview_values(made) < {0, 10}


def test_the_colour_table_is_kept(make, out):
    made = convert_to_cog(make(prepare=palette), out / "a.tif")
    band = band_of(made, 1)
    assert band.GetColorInterpretation() == gdal.GCI_PaletteIndex
    assert band.GetColorTable().GetColorEntry(10) == (0, 0, 255, 255)


def test_existing_overviews_of_the_source_are_not_copied(make, out):
    source = make(width=1024, height=1024, pixels=[stripes()])
    dataset = gdal.Open(str(source), gdal.GA_Update)
    dataset.BuildOverviews("NEAREST", [2])
    dataset.GetRasterBand(1).GetOverview(0).Fill(77)
    dataset = None
    assert overview_values(convert_to_cog(source, out / "a.tif")) == {5}


def test_alpha_is_kept(make, out):
    source = make(bands=4, options=["PHOTOMETRIC=RGB", "ALPHA=YES"])
    made = convert_to_cog(source, out / "a.tif")
    band = band_of(made, 4)
    assert band.GetColorInterpretation() == gdal.GCI_AlphaBand
    assert read(made) == read(source)


def test_an_external_mask_becomes_an_internal_one_with_the_same_bytes(make, out):
    mask = bytes(255 * (b & 1) for b in os.urandom(700 * 600))

    def masked(dataset):
        dataset.CreateMaskBand(gdal.GMF_PER_DATASET)
        dataset.GetRasterBand(1).GetMaskBand().WriteRaster(0, 0, 700, 600, mask)

    source = make(bands=3, prepare=masked)
    assert source.with_name("source.tif.msk").exists()
    made = convert_to_cog(source, out / "a.tif")
    band = band_of(made, 2)
    assert band.GetMaskFlags() == gdal.GMF_PER_DATASET
    assert bytes(band.GetMaskBand().ReadRaster()) == mask
    assert os.listdir(out) == ["a.tif"]


@pytest.mark.parametrize("nodata", [float("nan"), float("-inf"), -9999.0, 0.1])
def test_nodata_is_kept(make, out, nodata):
    source = make(
        kind=gdal.GDT_Float64, prepare=lambda d: d.GetRasterBand(1).SetNoDataValue(nodata)
    )
    made = convert_to_cog(source, out / "a.tif")
    kept = band_of(made, 1).GetNoDataValue()
    assert struct.pack("d", kept) == struct.pack("d", nodata)


def test_a_64_bit_nodata_beyond_double_is_kept(make, out):
    wanted = 2**62 + 1
    source = make(kind=gdal.GDT_Int64, prepare=lambda d: d.GetRasterBand(1).SetNoDataValue(wanted))
    made = convert_to_cog(source, out / "a.tif")
    assert band_of(made, 1).GetNoDataValue() == wanted


def test_band_properties_and_metadata_are_kept(make, out):
    def describe(dataset):
        band = dataset.GetRasterBand(2)
        band.SetScale(0.1)
        band.SetOffset(-273.15)
        band.SetUnitType("°C")
        band.SetDescription("Temperatur <1 m>")
        dataset.SetMetadataItem("SENSOR", "A & B")

    made = convert_to_cog(make(bands=2, prepare=describe), out / "a.tif")
    dataset = gdal.Open(str(made))
    band = dataset.GetRasterBand(2)
    assert (band.GetScale(), band.GetOffset()) == (0.1, -273.15)
    assert (band.GetUnitType(), band.GetDescription()) == ("°C", "Temperatur <1 m>")
    assert dataset.GetMetadataItem("SENSOR") == "A & B"


@pytest.mark.parametrize(
    "transform",
    [(399999.123, 30, 0, 5e6 + 1 / 3, 0, -30), (4e5, 10, 1, 5e6, 1, -10), (4e5, 10, 0, 5e6, 0, 10)],
    ids=["odd origin", "rotated", "south up"],
)
@pytest.mark.parametrize("meaning", ["Area", "Point"])
def test_the_geotransform_and_crs_are_kept(make, out, utm, transform, meaning):
    def place(dataset):
        dataset.SetGeoTransform(transform)
        dataset.SetMetadataItem("AREA_OR_POINT", meaning)

    made = gdal.Open(str(convert_to_cog(make(prepare=place), out / "a.tif")))
    assert made.GetGeoTransform() == pytest.approx(transform, rel=1e-14)
    assert made.GetMetadataItem("AREA_OR_POINT") == meaning
    assert made.GetSpatialRef().IsSame(osr.SpatialReference(utm))


def test_ground_control_points_are_kept(make, out, utm):
    places = [(0, 0, 1.5, 2.5, 3), (700, 0, 4, 5, 6), (0, 600.25, 7, 8, 9)]

    def place(dataset):
        points = [gdal.GCP(x, y, z, column, row) for column, row, x, y, z in places]
        dataset.SetGCPs(points, utm)

    made = gdal.Open(str(convert_to_cog(make(crs=None, prepare=place), out / "a.tif")))
    kept = [(p.GCPPixel, p.GCPLine, p.GCPX, p.GCPY, p.GCPZ) for p in made.GetGCPs()]
    assert kept == places
    assert made.GetGCPSpatialRef().IsSame(osr.SpatialReference(utm))


def test_rational_polynomials_do_for_a_georeference_and_are_kept(make, out):
    numbers = " ".join(str(i / 7) for i in range(20))
    rpc = {
        "LINE_OFF": "300.5", "SAMP_OFF": "350", "LAT_OFF": "45.1", "LONG_OFF": "11.3",
        "HEIGHT_OFF": "100", "LINE_SCALE": "300", "SAMP_SCALE": "350", "LAT_SCALE": "0.1",
        "LONG_SCALE": "0.2", "HEIGHT_SCALE": "500", "LINE_NUM_COEFF": numbers,
        "LINE_DEN_COEFF": numbers, "SAMP_NUM_COEFF": numbers, "SAMP_DEN_COEFF": numbers,
    }  # fmt: skip
    source = make(crs=None, prepare=lambda d: d.SetMetadata(rpc, "RPC"))
    kept = gdal.Open(str(convert_to_cog(source, out / "a.tif"))).GetMetadata("RPC")
    assert float(kept["LINE_OFF"]) == 300.5
    assert [float(n) for n in kept["SAMP_DEN_COEFF"].split()] == pytest.approx(
        [i / 7 for i in range(20)], rel=1e-14
    )


def test_more_than_two_gigabytes_of_pixels_become_a_bigtiff_and_fewer_a_classic_tiff(
    make, out, utm
):
    huge = out.parent / "huge.vrt"
    huge.write_text(
        f'<VRTDataset rasterXSize="46400" rasterYSize="46400"><SRS>{utm}</SRS>'
        "<GeoTransform>0,1,0,0,0,-1</GeoTransform>"
        '<VRTRasterBand dataType="Byte" band="1"/></VRTDataset>'
    )
    big = convert_to_cog(huge, out / "big.tif", SPARSE_OK=True, overviews="none")
    small = convert_to_cog(make(), out / "small.tif")
    assert big.read_bytes()[:4] == b"II\x2b\x00"
    assert small.read_bytes()[:4] == b"II\x2a\x00"


def test_windows_smaller_than_a_row_of_tiles_are_proved_too(make, out, monkeypatch):
    monkeypatch.setattr("cog_browser.cog.conversion.proof._WINDOW_BYTES", 100_000)
    source = make(width=1500, bands=3, kind=gdal.GDT_UInt16)
    assert read(convert_to_cog(source, out / "a.tif")) == read(source)


def test_any_gdal_source_converts(make, out):
    source = make(name="a.tif", bands=2)
    subdataset = f"GTIFF_DIR:1:{source}"
    assert read(convert_to_cog(subdataset, out / "a.tif")) == read(source)
