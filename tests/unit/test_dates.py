# SPDX-License-Identifier: GPL-2.0-or-later
"""When an image was taken: what is read, what counts first, and what is not guessed."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from cog_browser.cog.dates import METADATA, NAME, acquisition_range

DAY = ("2024-01-31", "2024-02-01")
SECOND = ("2024-01-31 10:15:59", "2024-01-31 10:16:00")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("key", "expected", "source"),
    [
        ("scene_20240131.tif", DAY, "20240131"),
        ("2024-01-31.tif", DAY, "2024-01-31"),
        ("ndvi.2024.01.31.v2.tif", DAY, "2024.01.31"),
        ("a/2024_01_31_ndvi.tif", DAY, "2024_01_31"),
        ("T32UQD_20240131T101559_B04_10m.tif", SECOND, "20240131T101559"),
        ("x_2024-01-31T10:15:59Z.tif", SECOND, "2024-01-31T10:15:59"),
        ("x_2024-01-31T10-15-59.tif", SECOND, "2024-01-31T10-15-59"),
        ("radar20240131101559.tif", SECOND, "20240131101559"),
        ("radar_202401311015.tif", ("2024-01-31 10:15", "2024-01-31 10:16"), "202401311015"),
        ("c_gls_NDVI300_202401310000_GLOBE.tif", DAY, "202401310000"),
        ("LC08_L1TP_190026_20240131_20240205_02_T1_B4.TIF", DAY, "20240131"),
        ("LC81900262024031LGN00_B4.TIF", DAY, "2024031"),
        ("S2A_MSIL2A_20240131T101559_N0510_R065_T32UQD_20240201T134500.SAFE/TCI.tif", SECOND, "20"),
        (
            "S1A_IW_GRDH_1SDV_20240131T053000_20240131T053025_052345_065432_1A2B.tiff",
            ("2024-01-31 05:30:00", "2024-01-31 05:30:26"),
            "20240131T053000 – 20240131T053025",
        ),
        ("MOD13Q1.A2024031.h18v04.061.2024047123456.tif", DAY, "2024031"),
        ("MOD13Q1.061_250m_16_days_NDVI_doy2024031_aid0001.tif", DAY, "doy2024031"),
        ("HLS.L30.T32UQD.2024031T101559.v2.0.B04.tif", SECOND, "2024031T101559"),
        (
            "OR_ABI-L2-CMIPF-M6C02_G16_s20240311015590_e20240311025594_c20240311026001.tif",
            ("2024-01-31 10:15:59", "2024-01-31 10:26:00"),
            "",
        ),
        ("20240131_101559_12_2414_3B_AnalyticMS.tif", SECOND, "20240131_101559"),
        ("20240131_101559.tif", DAY, "20240131"),  # six more digits can be any number
        ("sentinel-cogs/36/Q/WD/2024/1/S2A_36QWD_20240131_0_L2A/TCI.tif", DAY, "20240131"),
        ("2024/01/31/scene.tif", DAY, "2024/01/31"),
        ("year=2024/month=1/day=31/scene.tif", DAY, "2024/1/31"),
        ("20240131/20240131T101559.tif", SECOND, "20240131T101559"),
        ("20240131_x_20240131T101559.tif", SECOND, "20240131, 20240131T101559"),
    ],
)
def test_a_name_tells(key: str, expected: tuple[str, str], source: str) -> None:
    found = acquisition_range({}, key)
    assert found is not None
    assert (found.start, found.end) == (utc(expected[0]), utc(expected[1]))
    assert found.origin == NAME
    assert found.source.startswith(source)


@pytest.mark.parametrize(
    "key",
    [
        "scene.tif",
        "2024.tif",  # a year is not a date, nor a month
        "2024-01.tif",
        "202401.tif",
        "31.01.2024.tif",  # the day first: which one it is can't always be told
        "31012024.tif",
        "01-02-2024.tif",
        "240131.tif",
        "20241331.tif",  # no such month, no such day
        "2023-02-29.tif",
        "12345678.tif",
        "120240131.tif",  # a longer number
        "2024013.tif",
        "tile2024031.tif",  # could be a day of the year, or a tile
        "A2023366.tif",  # 2023 had no day 366
        "20240101_20240131.tif",  # two dates of an unknown product
        "change-2024-01-01-2024-02-01.tif",
        "LC08_20240131_20240205.tif",
        "x/2024/13/31/scene.tif",
        "",
    ],
)
def test_what_a_name_leaves_open_is_not_guessed(key: str) -> None:
    assert acquisition_range({}, key) is None


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"ACQUISITION_DATE": "2024-01-31"}, DAY),
        ({"Acquisition Date": "20240131"}, DAY),
        ({"ACQUISITIONDATETIME": "2024-01-31 10:15:59"}, SECOND),
        ({"TIFFTAG_DATETIME": "2024:01:31 10:15:59"}, SECOND),
        ({"TIFFTAG_DATETIME": "2024:01:31 00:00:00"}, DAY),
        ({"datetime": "2024-01-31T10:15:59.123Z"}, SECOND),
        ({"datetime": "2024-01-31T12:15:59+02:00"}, SECOND),
        ({"datetime": "2024-01-30T22:45:59-11:30"}, SECOND),
        ({"DATE_ACQUIRED": "2024-01-31", "SCENE_CENTER_TIME": '10:15:59.1234560Z"'}, SECOND),
        ({"DATE_ACQUIRED": "2024-01-31", "SCENE_CENTER_TIME": "?"}, DAY),
        ({"DATATAKE_1_DATATAKE_SENSING_START": "2024-01-31T10:15:59.024Z"}, SECOND),
        ({"system:time_start": "1706696159000"}, SECOND),
        (
            {
                "RANGEBEGINNINGDATE": "2024-01-31",
                "RANGEBEGINNINGTIME": "00:00:00",
                "RANGEENDINGDATE": "2024-02-15",
                "RANGEENDINGTIME": "23:59:59",
            },
            ("2024-01-31", "2024-02-16"),
        ),
        ({"start_date": "2024-01-31", "end_date": "2024-02-15"}, ("2024-01-31", "2024-02-16")),
        (
            {"time_start": "2024-01-31T00:00:00Z", "time_end": "2024-02-01T00:00:00Z"},
            ("2024-01-31", "2024-02-01"),
        ),
    ],
)
def test_metadata_tells(metadata: dict[str, str], expected: tuple[str, str]) -> None:
    found = acquisition_range(metadata, "scene.tif")
    assert found is not None
    assert (found.start, found.end) == (utc(expected[0]), utc(expected[1]))
    assert found.origin == METADATA
    assert set(found.source.split(", ")) <= set(metadata)


@pytest.mark.parametrize(
    "metadata",
    [
        {"ACQUISITION_DATE": "31/01/2024"},
        {"ACQUISITION_DATE": "January 2024"},
        {"ACQUISITION_DATE": "0000:00:00 00:00:00"},
        {"ACQUISITION_DATE": ""},
        {"start_date": "2024-02-15", "end_date": "2024-01-31"},
        {"PROCESSING_DATE": "2024-01-31"},  # when it was computed is no date of the image
        {"system:time_start": "99999999999999"},
        {"START_TIME": "1577836800"},  # seconds, days, or what?
        {"ACQUISITION_DATE": "202001011230"},
        {"start_date": "123456789"},
        {"EXIF_DateTimeOriginal": "2024:01:31 10:15:59"},  # in the camera's own time zone
    ],
)
def test_what_metadata_leaves_open_is_not_guessed(metadata: dict[str, str]) -> None:
    assert acquisition_range(metadata, "scene.tif") is None


def test_the_acquisition_counts_before_the_name_and_the_name_before_the_file() -> None:
    both = {"DATE_ACQUIRED": "2024-01-31", "TIFFTAG_DATETIME": "2025:01:01 00:00:00"}
    found = acquisition_range(both, "scene_20230101.tif")
    assert found is not None
    assert found.source == "DATE_ACQUIRED"
    made = acquisition_range({"TIFFTAG_DATETIME": "2025:01:01 12:00:00"}, "scene_20230101.tif")
    assert made is not None
    assert (made.origin, made.start) == (NAME, utc("2023-01-01"))
    # Two dates in the name are in doubt, and the date of the file settles nothing.
    doubtful = "20230101_20230131.tif"
    assert acquisition_range({"TIFFTAG_DATETIME": "2025:01:01 12:00:00"}, doubtful) is None


def test_a_moment_is_as_long_as_it_was_written_precisely() -> None:
    found = acquisition_range({"DATE_ACQUIRED": "2024-01-31 10:15"}, "")
    assert found is not None
    assert found.end - found.start == timedelta(minutes=1)
