# SPDX-License-Identifier: GPL-2.0-or-later
"""Every lossless profile keeps every bit of every data type, whatever stands for “no data”."""

from __future__ import annotations

import hashlib
import os
import struct

import pytest
from osgeo import gdal

from cog_browser.cog.conversion.convert import convert
from cog_browser.cog.conversion.profiles import PROFILES
from cog_browser.storage.errors import ConversionError

TYPES = [number for number in range(1, gdal.GDT_TypeCount) if gdal.GetDataTypeName(number)]
PROFILE_NAMES = ["science", "science-zstd", "earth-engine", "custom"]
WIDTH, HEIGHT = 200, 150
NOT_A_NUMBER = struct.pack("<Q", 0x7FF4123456789ABC)  # a signalling NaN with a payload


def mask_bytes():
    return bytes(255 * (value & 1) for value in os.urandom(WIDTH * HEIGHT))


def with_nodata(dataset):
    for number in range(1, dataset.RasterCount + 1):
        dataset.GetRasterBand(number).SetNoDataValue(7)


def with_mask(dataset):
    dataset.CreateMaskBand(gdal.GMF_PER_DATASET)
    dataset.GetRasterBand(1).GetMaskBand().WriteRaster(0, 0, WIDTH, HEIGHT, mask_bytes())


def with_alpha(dataset):
    dataset.GetRasterBand(dataset.RasterCount).SetColorInterpretation(gdal.GCI_AlphaBand)


CASES = {"plain": None, "nodata": with_nodata, "mask": with_mask, "alpha": with_alpha}


def pixels(kind, nans):
    size = gdal.GetDataTypeSize(kind) // 8 * WIDTH * HEIGHT
    noise = os.urandom(size)
    if not nans:
        return noise
    pattern = NOT_A_NUMBER
    if gdal.GetDataTypeName(kind) in ("Float32", "CFloat32"):
        pattern = struct.pack("<I", 0x7FA12345)
    return pattern * (size // len(pattern) // 2) + noise[: size // 2 // len(pattern) * len(pattern)]


def content(path):
    dataset = gdal.Open(str(path))
    bands = [dataset.GetRasterBand(i + 1) for i in range(dataset.RasterCount)]
    return {
        "types": [band.DataType for band in bands],
        "nodata": [band.GetNoDataValue() for band in bands],
        "mask kinds": [band.GetMaskFlags() for band in bands],
        "alpha": [band.GetColorInterpretation() == gdal.GCI_AlphaBand for band in bands],
        "masks": [bytes(band.GetMaskBand().ReadRaster()) for band in bands],
        "pixels": [bytes(band.ReadRaster()) for band in bands],
    }


@pytest.mark.parametrize("exception_mode", ["exceptions off"], indirect=True)
@pytest.mark.parametrize("profile", PROFILE_NAMES)
@pytest.mark.parametrize("kind", TYPES, ids=gdal.GetDataTypeName)
def test_types_by_profiles_by_kinds_of_nodata(make, out, kind, profile):
    refused = PROFILES[profile].types and gdal.GetDataTypeName(kind) not in PROFILES[profile].types
    is_float = "Float" in gdal.GetDataTypeName(kind)
    for name, prepare in CASES.items():
        source = make(
            name=f"{name}.tif", width=WIDTH, height=HEIGHT, bands=2, kind=kind, prepare=prepare,
            pixels=[pixels(kind, nans=is_float) for _ in range(2)],
        )  # fmt: skip
        target = out / f"{name}.tif"
        if refused:
            with pytest.raises(ConversionError, match="Earth Engine reads no"):
                convert(source, target, profile)
            continue
        made = convert(source, target, profile, creation_options={"BLOCKSIZE": 128})
        before, after = content(source), content(target)
        assert after == before, name
        assert made.verdict == "identical"
        assert made.proof.checksums == tuple(
            hashlib.sha256(band).hexdigest() for band in before["pixels"]
        )
        dataset = gdal.Open(str(target))
        assert dataset.GetRasterBand(1).GetOverviewCount() == 1
    assert sorted(os.listdir(out)) == ([] if refused else sorted(f"{name}.tif" for name in CASES))


def test_the_proof_can_be_left_out_and_the_result_says_so(make, out):
    made = convert(make(), out / "a.tif", verify=False)
    assert made.verdict == "not compared"
    assert made.to_dict()["sha256"] == []
    assert content(made.path)["pixels"] == content(out.parent / "in" / "source.tif")["pixels"]


def test_the_report_says_what_was_done(make, out):
    told = []
    report = convert(make(bands=2), out / "a.tif", on_plan=told.append).to_dict()
    assert report["pixels"] == "identical"
    assert len(report["sha256"]) == 2
    assert report["profile"] == "science"
    assert report["options"]["COMPRESS"] == "DEFLATE"
    assert report["size"] == (out / "a.tif").stat().st_size
    assert told[0].estimate.size == report["estimated_size"]
    assert report["size"] / 2 < report["estimated_size"] < report["size"] * 2
    assert told[0].estimate.seconds > 0


def test_wide_rasters_are_compared_in_parts_without_checksums(make, out, monkeypatch):
    monkeypatch.setattr("cog_browser.cog.conversion.proof._WINDOW_BYTES", 100_000)
    monkeypatch.setattr(gdal, "GetCacheMax", lambda: 1000)
    made = convert(make(width=1500, kind=gdal.GDT_UInt16), out / "a.tif")
    assert made.verdict == "identical"
    assert made.proof.checksums is None
