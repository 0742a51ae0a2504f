# SPDX-License-Identifier: GPL-2.0-or-later
"""What the COG keeps of its source's description, and what is said before any work."""

from __future__ import annotations

import os
import struct

import pytest
from osgeo import gdal

from cog_browser.cog.conversion import convert as convert_module
from cog_browser.cog.conversion.convert import convert
from cog_browser.cog.conversion.driver_options import keeps_metadata_domains

EXACT = {"STATISTICS_MINIMUM": "1", "STATISTICS_MAXIMUM": "9", "STATISTICS_MEAN": "4.5",
         "STATISTICS_STDDEV": "2"}  # fmt: skip


def band_metadata(path, number=1):
    dataset = gdal.Open(str(path))
    return dataset.GetRasterBand(number).GetMetadata()


def warnings_before_work(source, out, monkeypatch, **options):
    """The warnings of a conversion that stops when the first byte would be written."""

    class Stopped(Exception):
        pass

    def stop(*_):
        raise Stopped

    told = []
    monkeypatch.setattr(convert_module, "_write", stop)
    with pytest.raises(Stopped):
        convert(source, out / "a.tif", on_plan=told.append, **options)
    monkeypatch.undo()
    assert os.listdir(out) == []
    return " ".join(told[0].warnings)


def categories(dataset):
    dataset.GetRasterBand(1).SetCategoryNames(["sea", "land"])


def attribute_table(dataset):
    table = gdal.RasterAttributeTable()
    table.CreateColumn("Value", gdal.GFT_Integer, gdal.GFU_MinMax)
    table.SetRowCount(1)
    dataset.GetRasterBand(1).SetDefaultRAT(table)


def own_domain(dataset):
    dataset.SetMetadata({"GAIN": "3"}, "CALIBRATION")


def own_band_domain(dataset):
    dataset.GetRasterBand(1).SetMetadata({"GAIN": "3"}, "CALIBRATION")


def xml_domain(dataset):
    dataset.SetMetadata(["<a>1</a>"], "xml:ORDER")


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (categories, "category names of band 1"),
        (attribute_table, "raster attribute table of band 1"),
        (own_domain, "metadata domain CALIBRATION"),
        (own_band_domain, "metadata domain CALIBRATION of band 1"),
        (xml_domain, "metadata domain xml:ORDER"),
    ],
)
def test_what_a_tiff_cannot_hold_is_said_before_any_work_and_is_so(
    make, out, prepare, words, monkeypatch
):
    """The trial is right: a loss is announced if, and only if, the finished file has it."""
    source = make(prepare=prepare)
    said = words in warnings_before_work(source, out, monkeypatch)
    made = convert(source, out / "a.tif")
    assert os.listdir(out) == ["a.tif"]  # nothing needs a sidecar
    dataset, before = gdal.Open(str(made.path)), gdal.Open(str(source))
    pairs = [(before, dataset), (before.GetRasterBand(1), dataset.GetRasterBand(1))]
    lost = any(
        (one.GetMetadata(domain) or None) != (other.GetMetadata(domain) or None)
        for domain in ("CALIBRATION", "xml:ORDER")
        for one, other in pairs
    ) or any(
        bool(ask(pairs[1][0])) != bool(ask(pairs[1][1]))
        for ask in (lambda b: b.GetCategoryNames(), lambda b: b.GetDefaultRAT())
    )
    assert said == lost
    if "domain" in words:
        assert said != keeps_metadata_domains()


def test_what_a_tiff_can_hold_is_announced_by_nobody(make, out, monkeypatch):
    def describe(dataset):
        dataset.SetMetadata({"TIFFTAG_DATETIME": "2026:01:02 03:04:05", "SENSOR": "X"})
        dataset.SetMetadata(['<?xpacket begin=""?><x/>'], "xml:XMP")
        band = dataset.GetRasterBand(2)
        band.SetDescription("NIR")
        band.SetScale(0.5)
        band.SetUnitType("K")
        band.SetMetadataItem("WAVELENGTH", "842")
        band.SetNoDataValue(3)
        dataset.GetRasterBand(1).SetNoDataValue(3)

    source = make(bands=2, prepare=describe)
    assert warnings_before_work(source, out, monkeypatch) == ""
    made = convert(source, out / "a.tif").path
    dataset = gdal.Open(str(made))
    band = dataset.GetRasterBand(2)
    assert dataset.GetMetadataItem("TIFFTAG_DATETIME") == "2026:01:02 03:04:05"
    assert dataset.GetMetadata("xml:XMP") == ['<?xpacket begin=""?><x/>']
    assert (band.GetDescription(), band.GetScale(), band.GetUnitType()) == ("NIR", 0.5, "K")
    assert band.GetMetadataItem("WAVELENGTH") == "842"


def test_exact_statistics_travel(make, out):
    source = make(prepare=lambda d: d.GetRasterBand(1).SetMetadata(EXACT))
    made = convert(source, out / "a.tif").path
    assert {k: band_metadata(made)[k] for k in EXACT} == EXACT


@pytest.mark.parametrize("profile", ["science", "earth-engine"])
def test_estimated_statistics_beside_the_source_do_not_travel(make, out, utm, profile):
    """QGIS writes them by merely showing a raster."""

    def describe(dataset):
        dataset.GetRasterBand(2).SetMetadata({**EXACT, "WAVELENGTH": "842"})
        dataset.GetRasterBand(1).SetMetadataItem("WAVELENGTH", "500")
        dataset.SetMetadata(['<?xpacket begin=""?><x/>'], "xml:XMP")
        dataset.CreateMaskBand(gdal.GMF_PER_DATASET)
        dataset.GetRasterBand(1).GetMaskBand().Fill(255)

    source = make(width=1500, height=1500, bands=2, kind=gdal.GDT_UInt16, prepare=describe)
    dataset = gdal.Open(str(source))
    dataset.GetRasterBand(1).ComputeStatistics(True)
    dataset = None
    sidecar = source.with_name("source.tif.aux.xml")
    before = sidecar.read_bytes()
    assert b"STATISTICS_APPROXIMATE" in before
    made = convert(source, out / "a.tif", profile)
    assert made.verdict == "identical"
    first = band_metadata(made.path)
    assert "STATISTICS_APPROXIMATE" not in first
    assert "STATISTICS_STDDEV" not in first or float(first["STATISTICS_STDDEV"]) > 0
    assert first["WAVELENGTH"] == "500"
    assert {k: band_metadata(made.path, 2)[k] for k in EXACT} == EXACT
    dataset = gdal.Open(str(made.path))
    assert dataset.GetMetadata("xml:XMP") == ['<?xpacket begin=""?><x/>']
    assert sidecar.read_bytes() == before


def test_no_statistics_travel_where_pixels_change(make, out):
    source = make(prepare=lambda d: d.GetRasterBand(1).SetMetadata(EXACT))
    made = convert(source, out / "a.tif", "web").path
    assert not any(key.startswith("STATISTICS") for key in band_metadata(made))


def test_control_points_survive_the_dropping_of_statistics(make, out, utm):
    places = [(0, 0, 1.5, 2.5, 3), (700, 0, 4, 5, 6), (0, 600.25, 7, 8, 9)]

    def place(dataset):
        points = [gdal.GCP(x, y, z, column, row) for column, row, x, y, z in places]
        dataset.SetGCPs(points, utm)
        dataset.GetRasterBand(1).SetMetadata({**EXACT, "STATISTICS_APPROXIMATE": "YES"})

    made = gdal.Open(str(convert(make(crs=None, prepare=place), out / "a.tif").path))
    assert [(p.GCPPixel, p.GCPLine, p.GCPX, p.GCPY, p.GCPZ) for p in made.GetGCPs()] == places


@pytest.mark.parametrize(
    ("value", "kind", "words"),
    [
        (-9999, gdal.GDT_Byte, "-9999.0 of band 1 can't occur in Byte pixels"),
        (0.5, gdal.GDT_Int16, "0.5 of band 1 can't occur in Int16 pixels"),
        (70000, gdal.GDT_UInt16, "70000.0 of band 1 can't occur in UInt16 pixels"),
        (255, gdal.GDT_Byte, ""),
        (-9999, gdal.GDT_Float32, ""),
    ],
)
def test_a_nodata_value_that_no_pixel_can_have_is_said(make, out, monkeypatch, value, kind, words):
    source = make(kind=kind, prepare=lambda d: d.GetRasterBand(1).SetNoDataValue(value))
    said = warnings_before_work(source, out, monkeypatch)
    assert words in said
    assert bool(said) == bool(words)


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [(struct.pack("<f", -9999), "-9999"), (struct.pack("<I", 0x7FC00000), "NaN")],
)
def test_undeclared_nodata_is_said_before_overviews_average_it(
    make, out, monkeypatch, pattern, shown
):
    pixels = pattern * 100_000 + struct.pack("<f", 5) * (420_000 - 100_000)
    source = make(kind=gdal.GDT_Float32, pixels=[pixels])
    said = warnings_before_work(source, out, monkeypatch)
    assert f"pixels of band 1 are {shown} and no nodata value is declared" in said
    assert f"-a_nodata {shown}" in said
    nearest = {"creation_options": {"OVERVIEW_RESAMPLING": "NEAREST"}}
    assert warnings_before_work(source, out, monkeypatch, **nearest) == ""


def test_declared_nodata_stays_out_of_the_averages(make, out):
    pixels = struct.pack("<ff", -9999, 5) * 210_000
    source = make(
        width=700, height=600, kind=gdal.GDT_Float32, pixels=[pixels],
        prepare=lambda d: d.GetRasterBand(1).SetNoDataValue(-9999),
    )  # fmt: skip
    made = convert(source, out / "a.tif").path
    dataset = gdal.Open(str(made))
    overview = dataset.GetRasterBand(1).GetOverview(0)
    data = overview.ReadRaster()
    assert set(struct.unpack(f"<{len(data) // 4}f", data)) == {5.0}
