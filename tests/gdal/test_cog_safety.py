# SPDX-License-Identifier: GPL-2.0-or-later
"""A conversion gives the whole, proven file or leaves everything as it was."""

from __future__ import annotations

import errno
import os
import struct
from pathlib import Path

import pytest
from osgeo import gdal, osr

from cog_browser.cog.conversion import convert
from cog_browser.cog.conversion.convert import convert_to_cog
from cog_browser.storage.errors import Cancelled, ConversionError


def snapshot(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    } | {str(path.relative_to(folder)): None for path in folder.rglob("*") if path.is_dir()}


def refused(source, target, *words, **options):
    """The message of the refusal, which must hold ``words`` and be one line."""
    before = snapshot(target.parent)
    with pytest.raises(ConversionError) as caught:
        convert_to_cog(source, target, **options)
    message = str(caught.value)
    for word in words:
        assert word in message
    assert "\n" not in message
    assert message.endswith(".")
    assert not message.endswith("..")
    assert snapshot(target.parent) == before
    return message


@pytest.fixture
def small_windows(monkeypatch):
    monkeypatch.setattr("cog_browser.cog.conversion.proof._WINDOW_BYTES", 2**20)


@pytest.mark.parametrize("stop", [0, 10, 40, 79, 81, 95, 100])
def test_cancelling_leaves_nothing_and_spares_an_existing_target(make, out, stop, small_windows):
    source = make(width=1500, height=1500, bands=2)
    target = out / "a.tif"
    target.write_bytes(b"the old one")
    with pytest.raises(Cancelled):
        convert_to_cog(source, target, progress=lambda done, _total: done < stop)
    assert snapshot(out) == {"a.tif": b"the old one"}


def test_progress_runs_from_nought_to_a_hundred_and_never_back(make, out, small_windows):
    seen = []
    source = make(width=1500, height=1500, bands=2)
    convert_to_cog(source, out / "a.tif", progress=lambda *step: seen.append(step) or True)
    done = [step for step, _total in seen]
    assert {total for _step, total in seen} == {100}
    assert done == sorted(done)
    assert (done[0], done[-1]) == (0, 100)
    assert any(0 < step < 80 for step in done)
    assert any(80 < step < 100 for step in done)


def test_an_error_in_the_progress_callback_comes_through_and_leaves_nothing(make, out):
    def fail(done, _total):
        if done > 20:
            raise LookupError("mine")
        return True

    with pytest.raises(LookupError, match="mine"):
        convert_to_cog(make(width=1500, height=1500), out / "a.tif", progress=fail)
    assert os.listdir(out) == []


def test_an_existing_target_is_replaced_together_with_its_sidecar_files(make, out):
    target = out / "a.tif"
    for suffix in ("", ".aux.xml", ".ovr", ".msk"):
        (out / f"a.tif{suffix}").write_bytes(b"old")
    (out / "a.tfw").write_bytes(b"not ours")
    assert convert_to_cog(make(), target) == target
    assert sorted(os.listdir(out)) == ["a.tfw", "a.tif"]
    assert gdal.Open(str(target)).RasterXSize == 700


def test_nothing_is_written_beside_the_source(make, out):
    source = make(bands=2, kind=gdal.GDT_Float32)
    before = snapshot(source.parent)
    convert_to_cog(source, out / "a.tif")
    assert snapshot(source.parent) == before
    assert os.listdir(out) == ["a.tif"]


def test_what_only_a_sidecar_could_hold_is_named_in_a_warning(make, out, caplog):
    source = make(prepare=lambda d: d.GetRasterBand(1).SetCategoryNames(["sea", "land"]))
    convert_to_cog(source, out / "a.tif")
    assert os.listdir(out) == ["a.tif"]
    assert "category names of band 1" in caplog.text


def spoil(monkeypatch, change):
    """Let ``change(dataset)`` alter what GDAL wrote, before the proof."""
    write = convert._write

    def write_and_spoil(dataset, made, *rest):
        write(dataset, made, *rest)
        result = gdal.OpenEx(
            str(made), gdal.OF_UPDATE, open_options=["IGNORE_COG_LAYOUT_BREAK=YES"]
        )
        change(result)
        result = None

    monkeypatch.setattr(convert, "_write", write_and_spoil)


def one_pixel(dataset):
    band = dataset.GetRasterBand(2)
    old = band.ReadRaster(699, 599, 1, 1)
    band.WriteRaster(699, 599, 1, 1, bytes([old[0] ^ 1]))


def mask_pixel(dataset):
    mask = dataset.GetRasterBand(1).GetMaskBand()
    mask.WriteRaster(3, 3, 1, 1, b"\x00")


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (one_pixel, "pixel values"),
        (lambda d: d.GetRasterBand(1).SetNoDataValue(7), "nodata value of band 1"),
        (lambda d: d.SetGeoTransform((400000.001, 10, 0, 5e6, 0, -10)), "geotransform"),
        (lambda d: d.SetProjection("EPSG:32634"), "WGS 84 / UTM zone 33N"),
        (lambda d: d.GetRasterBand(2).SetScale(2), "scale of band 2"),
        (lambda d: d.GetRasterBand(2).SetDescription("x"), "description of band 2"),
    ],
    ids=["one pixel", "nodata", "geotransform", "CRS", "scale", "description"],
)
def test_a_result_that_differs_is_never_seen(make, out, monkeypatch, change, what, utm):
    def really(dataset):
        if what.startswith("WGS"):
            crs = osr.SpatialReference()
            crs.ImportFromEPSG(32634)
            dataset.SetProjection(crs.ExportToWkt())
        else:
            change(dataset)

    spoil(monkeypatch, really)
    (out / "a.tif").write_bytes(b"old")
    refused(make(bands=2), out / "a.tif", "differs from its source", what)


def test_a_nan_that_becomes_another_nan_is_found(make, out, monkeypatch):
    pixels = struct.pack("<I", 0x7FC00001) * (700 * 600)
    spoil(
        monkeypatch,
        lambda d: d.GetRasterBand(1).WriteRaster(9, 9, 1, 1, struct.pack("<I", 0x7FC00002)),
    )
    source = make(kind=gdal.GDT_Float32, pixels=[pixels])
    refused(source, out / "a.tif", "pixel values")


def test_a_changed_mask_is_found(make, out, monkeypatch):
    def masked(dataset):
        dataset.CreateMaskBand(gdal.GMF_PER_DATASET)
        dataset.GetRasterBand(1).GetMaskBand().Fill(255)

    spoil(monkeypatch, mask_pixel)
    refused(make(prepare=masked), out / "a.tif", "the mask")


def test_a_full_disk_is_named_as_such(make, small_disk):
    folder, _reason = small_disk
    source = make(width=1500, height=1500)  # random bytes: 2 MB
    refused(source, folder / "a.tif", "No room for", "free some space")


def test_a_disk_that_fills_up_while_writing_is_named_as_such(make, small_disk, monkeypatch):
    folder, reason = small_disk
    monkeypatch.setattr(convert, "refuse_small_disk", lambda *_: None)
    refused(make(width=1500, height=1500), folder / "a.tif", "No room for", reason)


def test_a_file_that_would_grow_over_the_limit_is_named_as_such(out, limited_file_size):
    xml = (
        '<VRTDataset rasterXSize="3000" rasterYSize="3000"><SRS>EPSG:4326</SRS>'
        "<GeoTransform>0,1,0,0,0,-1</GeoTransform>"
        '<VRTRasterBand dataType="Float64" band="1"/></VRTDataset>'
    )
    source = out.parent / "zeros.vrt"
    source.write_text(xml)
    refused(source, out / "a.tif", "No room for", os.strerror(errno.EFBIG), compress="NONE")


def test_a_small_disk_is_no_reason_to_refuse_a_raster_that_compresses_well(make, small_disk):
    folder, _reason = small_disk
    source = make(width=1500, height=1500, pixels=[bytes(1500 * 1500)])
    assert convert_to_cog(source, folder / "a.tif").stat().st_size < 50_000


def test_an_unwritable_folder_is_named(out):
    source = "/vsimem/unwritable.tif"
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(4326)
    dataset = gdal.GetDriverByName("GTiff").Create(source, 9, 9)
    dataset.SetProjection(crs.ExportToWkt())
    dataset = None
    if os.geteuid() == 0:
        folder = Path("/sys/kernel")  # where not even root may
    else:
        folder = out.parent / "locked"
        folder.mkdir(mode=0o555)
    with pytest.raises(ConversionError, match="can't be written") as caught:
        convert_to_cog(source, folder / "a.tif")
    gdal.Unlink(source)
    assert str(folder / "a.tif") in str(caught.value)


def test_a_missing_source_is_named(out):
    refused(out / "missing.tif", out / "a.tif", "missing.tif", "No such file")


def test_a_file_that_is_no_raster_is_named(tmp_path, out):
    text = tmp_path / "notes.txt"
    text.write_text("Dear diary")
    refused(text, out / "a.tif", "notes.txt", "can't be opened as a raster")


@pytest.mark.parametrize("data", [b"II*\0", b"II*\0\x08\0\0\0" + b"\xff" * 40])
def test_a_broken_tiff_is_named_once(tmp_path, out, data):
    broken = tmp_path / "broken.tif"
    broken.write_bytes(data)
    with pytest.raises(ConversionError, match="can't be opened as a raster: ") as caught:
        convert_to_cog(broken, out / "a.tif")
    assert str(caught.value).count("broken.tif") == 1


def test_a_vector_file_is_no_raster(tmp_path, out):
    points = tmp_path / "points.geojson"
    points.write_text('{"type": "Point", "coordinates": [1, 2]}')
    refused(points, out / "a.tif", "points.geojson", "can't be opened as a raster")


def test_a_truncated_source_leaves_nothing(make, out):
    source = make(width=1500, height=1500)
    os.truncate(source, 1_000_000)
    refused(source, out / "a.tif", "a.tif")


def test_a_container_of_subdatasets_names_one_of_them(make, tmp_path, out):
    source = tmp_path / "two.gpkg"
    driver = gdal.GetDriverByName("GPKG")
    for table in ("one", "two"):
        options = [f"RASTER_TABLE={table}", "APPEND_SUBDATASET=YES"]
        driver.CreateCopy(str(source), gdal.Open(str(make())), options=options)
    refused(source, out / "a.tif", "no raster bands", f"GPKG:{source}:one")


def test_a_raster_without_crs_is_refused_with_what_to_do(make, out):
    refused(make(crs=None), out / "a.tif", "no coordinate reference system", "gdal_edit.py -a_srs")


def test_a_crs_that_geotiff_cant_hold_is_refused(tmp_path, out):
    source = tmp_path / "rotated.vrt"
    source.write_text(
        '<VRTDataset rasterXSize="5" rasterYSize="5">'
        "<SRS>+proj=ob_tran +o_proj=longlat +o_lon_p=0 +o_lat_p=30 +lon_0=10</SRS>"
        "<GeoTransform>0,1,0,0,0,-1</GeoTransform>"
        '<VRTRasterBand dataType="Byte" band="1"/></VRTDataset>'
    )
    refused(source, out / "a.tif", "coordinate reference system", "reproject")


def band_xml(number, kind="Byte", inner=""):
    return f'<VRTRasterBand dataType="{kind}" band="{number}">{inner}</VRTRasterBand>'


@pytest.mark.parametrize(
    ("bands", "words"),
    [
        (
            band_xml(1, inner="<NoDataValue>0</NoDataValue>")
            + band_xml(2, inner="<NoDataValue>255</NoDataValue>"),
            ("different nodata values (0.0, 255.0)",),
        ),
        (
            band_xml(1, inner="<NoDataValue>0</NoDataValue>") + band_xml(2),
            ("different nodata values (0.0, none)",),
        ),
        (band_xml(1) + band_xml(2, "UInt16"), ("different data types (Byte, UInt16)",)),
        (
            band_xml(1, inner=f"<MaskBand>{band_xml('mask,1')}</MaskBand>")
            + band_xml(2, inner=f"<MaskBand>{band_xml('mask,2')}</MaskBand>"),
            ("mask per band",),
        ),
    ],
    ids=["two nodata values", "nodata in one band only", "two data types", "two masks"],
)
def test_what_a_tiff_has_only_one_of_is_refused_where_bands_differ(tmp_path, out, bands, words):
    source = tmp_path / "mixed.vrt"
    source.write_text(
        '<VRTDataset rasterXSize="5" rasterYSize="5"><SRS>EPSG:4326</SRS>'
        f"<GeoTransform>0,1,0,0,0,-1</GeoTransform>{bands}</VRTDataset>"
    )
    refused(source, out / "a.tif", "mixed.vrt", *words)


def test_the_source_and_the_files_it_reads_are_no_targets(make):
    source = make()
    mosaic = source.with_name("mosaic.vrt")
    gdal.GetDriverByName("VRT").CreateCopy(str(mosaic), gdal.Open(str(source)))
    link = source.with_name("link.tif")
    link.symlink_to(source)
    for origin in (source, mosaic, link):
        refused(origin, source, "choose another name")


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("/vsimem/a.tif", "not a local file"),
        ("https://example.org/a.tif?sig=planted", "not a local file"),
        ("{out}", "is a folder"),
        ("{out}/no/such/a.tif", "does not exist"),
    ],
)
def test_targets_that_cant_be_are_refused(make, out, target, words):
    with pytest.raises(ConversionError, match=words) as caught:
        convert_to_cog(make(), target.format(out=out))
    assert "planted" not in str(caught.value)


def test_an_error_keeps_neither_the_source_nor_the_result_open(make, out, monkeypatch):
    spoil(monkeypatch, one_pixel)
    source = make(bands=2)
    with pytest.raises(ConversionError) as caught:
        convert_to_cog(source, out / "a.tif")
    links = [os.readlink(link) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    assert [link for link in links if str(source.parent.parent) in link] == []
    assert "pixel values" in str(caught.value)  # its traceback is still alive here
