# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import re
import threading

import pytest
from osgeo import gdal

from cog_browser.cog.conversion.convert import convert_to_cog
from cog_browser.cog.conversion.creation_options import creation_options
from cog_browser.cog.conversion.driver_options import driver_options
from cog_browser.cog.conversion.profiles import PROFILES, find_profile
from cog_browser.cog.gdal_call import gdal_errors, thread_option
from cog_browser.storage.errors import ConfigurationError, ConversionError, RasterError

SCIENCE = PROFILES["science"]


def memory(kind=gdal.GDT_Byte, bands=1):
    return gdal.GetDriverByName("MEM").Create("", 8, 8, bands, kind)


def test_the_driver_is_asked_for_its_options_and_their_values():
    known = driver_options()
    assert {"COMPRESS", "BLOCKSIZE", "PREDICTOR", "OVERVIEW_RESAMPLING"} <= known.keys()
    assert {"NONE", "DEFLATE", "LZW"} <= set(known["COMPRESS"])
    assert known["BLOCKSIZE"] == ()


def test_science_asks_for_statistics_only_where_the_driver_has_them():
    options = creation_options(memory(), SCIENCE)
    assert ("STATISTICS" in options) == ("STATISTICS" in driver_options())
    assert SCIENCE.options(memory())["STATISTICS"] == "YES"


@pytest.mark.parametrize(
    ("kind", "predictor", "resampling"),
    [
        (gdal.GDT_Byte, "STANDARD", "AVERAGE"),
        (gdal.GDT_Int32, "STANDARD", "AVERAGE"),
        (gdal.GDT_Float32, "FLOATING_POINT", "AVERAGE"),
        (gdal.GDT_Float64, "FLOATING_POINT", "AVERAGE"),
        (gdal.GDT_CInt16, None, "NEAREST"),
        (gdal.GDT_CFloat64, None, "NEAREST"),
    ],
)
def test_science_fits_its_options_to_the_data_type(kind, predictor, resampling):
    options = creation_options(memory(kind), SCIENCE)
    assert options.get("PREDICTOR") == predictor
    assert options["OVERVIEW_RESAMPLING"] == resampling
    assert options["BIGTIFF"] == "IF_SAFER"
    assert options["NUM_THREADS"] == "ALL_CPUS"


def test_one_class_band_makes_all_overviews_nearest():
    dataset = memory(bands=2)
    dataset.GetRasterBand(2).SetCategoryNames(["sea", "land"])
    assert creation_options(dataset, SCIENCE)["OVERVIEW_RESAMPLING"] == "NEAREST"


def test_the_user_overrides_the_profile_in_any_spelling():
    options = creation_options(memory(), SCIENCE, {"blocksize": 256, "Compress": "lzw"})
    assert options["BLOCKSIZE"] == "256"
    assert options["COMPRESS"] == "lzw"
    assert options["PREDICTOR"] == "STANDARD"


def test_a_compression_without_predictor_gets_none():
    assert "PREDICTOR" not in creation_options(memory(), SCIENCE, {"COMPRESS": "NONE"})


@pytest.mark.parametrize("compress", sorted({"NONE", "LZW", "ZSTD", "LZMA", "LERC", "LERC_ZSTD"}))
def test_every_lossless_compression_of_this_gdal_proves_exact(make, out, compress):
    source = make(kind=gdal.GDT_Int16)
    if compress not in driver_options()["COMPRESS"]:
        with pytest.raises(ConfigurationError, match=f"can't write COMPRESS={compress}"):
            convert_to_cog(source, out / "a.tif", COMPRESS=compress)
        return
    made = gdal.Open(str(convert_to_cog(source, out / "a.tif", COMPRESS=compress)))
    assert made.ReadRaster() == gdal.Open(str(source)).ReadRaster()


@pytest.mark.parametrize(
    "option",
    [
        "TILING_SCHEME=GoogleMapsCompatible", "TARGET_SRS=EPSG:3857", "RES=10", "EXTENT=0,0,1,1",
        "ZOOM_LEVEL=3", "ADD_ALPHA=YES", "COMPRESS=JPEG", "COMPRESS=webp", "OVERVIEW_COMPRESS=JPEG",
        "QUALITY=99", "MAX_Z_ERROR=0.001",
    ],
)  # fmt: skip
def test_science_refuses_what_alters_pixels(make, out, option):
    key, value = option.split("=")
    with pytest.raises(ConfigurationError, match="keeps every pixel value; leave it out") as caught:
        convert_to_cog(make(), out / "a.tif", **{key: value})
    assert str(caught.value).startswith(f"{key}={value} ")
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("option", ["MAX_Z_ERROR=0", "QUALITY=100", "TILING_SCHEME=CUSTOM"])
def test_science_allows_the_harmless_values_of_such_options(option):
    key, value = option.split("=")
    assert creation_options(memory(), SCIENCE, {key: value})[key] == value


def test_an_option_this_driver_lacks_is_refused_with_the_list(make, out):
    with pytest.raises(ConfigurationError, match=r"no creation option TILED\. It has: .*BLOCKSIZE"):
        convert_to_cog(make(), out / "a.tif", TILED=True)


def test_a_value_that_is_no_number_is_refused():
    with pytest.raises(ConfigurationError, match="MAX_Z_ERROR=much is not a number"):
        creation_options(memory(), SCIENCE, {"MAX_Z_ERROR": "much"})


def test_a_value_the_driver_refuses_comes_back_as_its_own_words(make, out):
    with pytest.raises(ConversionError, match="Bad value 129"):
        convert_to_cog(make(), out / "a.tif", BLOCKSIZE=129)
    assert list(out.iterdir()) == []


def test_an_unknown_profile_is_refused_with_the_names():
    with pytest.raises(
        ConfigurationError,
        match=re.escape("'pretty'; choose one of: custom, earth-engine, science"),
    ):
        find_profile("pretty")


def test_a_failure_carries_gdals_first_reason_and_prints_nothing(capfd):
    with pytest.raises(ConversionError, match=r"^It can't be: first\.$"):  # noqa: SIM117
        with gdal_errors("It can't be", ConversionError):
            with gdal_errors("Inner"):
                gdal.Error(gdal.CE_Warning, 1, "only a warning")
            gdal.PushErrorHandler("CPLQuietErrorHandler")
            gdal.PopErrorHandler()
            try:
                gdal.Error(gdal.CE_Failure, 1, "first")
                gdal.Error(gdal.CE_Failure, 1, "second")
            except RuntimeError as problem:
                raise problem from None
    assert capfd.readouterr().err == ""


def test_none_without_a_reason_is_an_error_too():
    with pytest.raises(RasterError, match="gave no reason"), gdal_errors("X") as reported:
        reported.need(None)


def test_a_bug_is_not_taken_for_an_error_of_gdal():
    with pytest.raises(RecursionError), gdal_errors("X"):
        raise RecursionError


def test_secrets_in_gdals_reason_are_spelled_otherwise():
    with pytest.raises(RasterError, match=r"^X: no …!\.$"):  # noqa: SIM117
        with gdal_errors("X", spelling={"sig=planted": "…"}):
            gdal.Error(gdal.CE_Failure, 1, "no sig=planted!")


def test_a_block_sees_only_its_own_threads_failures():
    inside, done = threading.Event(), threading.Event()
    caught = []

    def other():
        try:
            with gdal_errors("Other"):
                inside.wait(60)
                gdal.Error(gdal.CE_Failure, 1, "theirs")
        except RasterError as problem:
            caught.append(str(problem))
        done.set()

    thread = threading.Thread(target=other)
    thread.start()
    with gdal_errors("Mine") as reported:
        inside.set()
        assert done.wait(60)
    thread.join()
    assert caught == ["Other: theirs."]
    assert reported.failures == []


def test_a_thread_option_is_put_back():
    gdal.SetThreadLocalConfigOption("COG_BROWSER_TEST", "before")
    with thread_option("COG_BROWSER_TEST", "inside"):
        assert gdal.GetThreadLocalConfigOption("COG_BROWSER_TEST") == "inside"
    assert gdal.GetThreadLocalConfigOption("COG_BROWSER_TEST") == "before"
    gdal.SetThreadLocalConfigOption("COG_BROWSER_TEST", None)


def test_gdals_exception_mode_stays_as_it_was(make, out, exception_mode):
    before = gdal.GetUseExceptions()
    convert_to_cog(make(), out / "a.tif")
    assert gdal.GetUseExceptions() == before == int(exception_mode == "exceptions on")
