# SPDX-License-Identifier: GPL-2.0-or-later
"""Manifests for Earth Engine: what one may say, and the sentence for each thing it may not."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cog_browser.cog.earth_engine.gs_uri import GsUri
from cog_browser.cog.earth_engine.manifest import (
    MOST_BANDS,
    Band,
    Manifest,
    MaskBand,
    MissingData,
    Tileset,
)
from cog_browser.cog.earth_engine.manifest_file import manifest_of, read_manifest
from cog_browser.cog.earth_engine.names import asset_name, band_ids, is_band_id
from cog_browser.cog.earth_engine.prepare import gs_uri_of, upload_command
from cog_browser.cog.earth_engine.times import rfc3339
from cog_browser.cog.earth_engine.wording import parse_bands, parse_numbers, parse_properties
from cog_browser.storage.errors import ConfigurationError

_SCHEMA = json.loads(
    (Path(__file__).parents[1] / "support" / "image_manifest.schema.json").read_text()
)
FULL: dict[str, Any] = {
    "name": "projects/my-project/assets/folder/scene",
    "properties": {"version": "1.1", "cloud": 12.5, "orbit": 7},
    "uriPrefix": "gs://my-bucket/2024/",
    "tilesets": [
        {"id": "0", "sources": [{"uris": ["fine.tif#1700000000000001"]}]},
        {"id": "1", "dataType": "UINT16", "crs": "EPSG:32633", "sources": [{"uris": ["b.tif"]}]},
        {"id": "mask", "sources": [{"uris": ["mask.tif"]}]},
    ],
    "bands": [
        {"id": "red", "tilesetId": "0", "tilesetBandIndex": 0, "missingData": {}},
        {
            "id": "swir-1",
            "tilesetId": "1",
            "tilesetBandIndex": 3,
            "missingData": {"values": [-9999, 0.5]},
            "pyramidingPolicy": "MODE",
        },
    ],
    "maskBands": [{"tilesetId": "mask", "bandIds": ["red"]}],
    "missingData": {"values": [0]},
    "pyramidingPolicy": "SAMPLE",
    "startTime": "2024-05-01T10:20:30.123456789Z",
    "endTime": "2024-05-01T12:20:31+02:00",
    "memo": "made by hand",
}


def test_a_manifest_with_everything_is_read_and_written_in_the_service_s_order() -> None:
    manifest = manifest_of(FULL)
    assert manifest.to_dict() == FULL
    assert list(manifest.to_dict()) == list(FULL)
    assert read_manifest(manifest.to_json()) == manifest
    assert list(json.loads(manifest.to_json())) == list(FULL)
    jsonschema.validate(manifest.to_dict(), _SCHEMA)
    assert manifest.uris[0] == GsUri("my-bucket", "2024/fine.tif", "1700000000000001")


def test_the_smallest_manifest_says_only_what_it_must() -> None:
    manifest = Manifest("projects/my-project/assets/a", (Tileset("0", "gs://my-bucket/a.tif"),))
    assert manifest.to_dict() == {
        "name": "projects/my-project/assets/a",
        "tilesets": [{"id": "0", "sources": [{"uris": ["gs://my-bucket/a.tif"]}]}],
    }
    jsonschema.validate(manifest.to_dict(), _SCHEMA)


def test_the_body_of_a_request_is_read_as_the_manifest_in_it() -> None:
    body = json.dumps({"imageManifest": FULL, "overwrite": True})
    assert read_manifest(body).to_dict() == FULL


def _set(*path: Any) -> Callable[[dict[str, Any]], None]:
    *way, value = path

    def change(values: Any) -> None:
        for step in way[:-1]:
            values = values[step]
        values[way[-1]] = value

    return change


#: What is wrong → the sentence.
WRONG: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "duplicate tileset id": (
        _set("tilesets", 1, "id", "0"),
        "Two tilesets have the id “0”; give each its own.",
    ),
    "tileset without an id": (
        _set("tilesets", 0, "id", ""),
        "The tileset of “fine.tif#1700000000000001” has no id; give it one.",
    ),
    "unknown tileset": (
        _set("bands", 0, "tilesetId", "9"),
        (
            "The band “red” is of tileset “9”, which isn't in the manifest; use one of “0”, "
            "“1”, “mask”."
        ),
    ),
    "idle tileset": (
        _set("bands", 0, "tilesetId", "1"),
        (
            "No band is of tileset “0” (“fine.tif#1700000000000001”); leave it out, or list a "
            "band of it."
        ),
    ),
    "two sources in a tileset": (
        _set("tilesets", 0, "sources", [{"uris": ["a.tif"]}, {"uris": ["b.tif"]}]),
        (
            "The tileset “0” has 2 sources, and Earth Engine takes one COG in each; give every "
            "COG a tileset of its own."
        ),
    ),
    "many tiles in a source": (
        _set("tilesets", 0, "sources", 0, "uris", ["a.tif", "b.tif"]),
        (
            "The source of tileset “0” has 2 URIs, and Earth Engine takes one COG for a band, "
            "not many tiles; make one COG of the tiles first."
        ),
    ),
    "many tiles for one band": (
        _set("bands", 1, "id", "red"),
        (
            "Two bands have the id “red”, and Earth Engine takes one COG for each band, not "
            "several tiles; give each its own id, or make one COG of the tiles first."
        ),
    ),
    "several tilesets, no bands": (
        _set("bands", []),
        "The manifest has 3 tilesets, but doesn't say which bands come from which; list the bands.",
    ),
    "no tilesets": (
        _set("tilesets", []),
        "The manifest has no tileset; choose at least one COG.",
    ),
    "negative band index": (
        _set("bands", 0, "tilesetBandIndex", -1),
        "The band “red” is number “-1” of its tileset; count from 0.",
    ),
    "band id": (
        _set("bands", 0, "id", "2024 röd"),
        (
            "A band can't be called “2024 röd” in Earth Engine; begin with a letter of A to Z "
            "and use letters, digits, hyphens and underscores only, 100 at most."
        ),
    ),
    "end before start": (
        _set("endTime", "2024-05-01T10:20:30Z"),
        (
            "The end time 2024-05-01T10:20:30Z is not after the start time "
            "2024-05-01T10:20:30.123456789Z. The end is exclusive, so it must be later; for a "
            "single moment leave it out."
        ),
    ),
    "end at start": (
        _set("endTime", "2024-05-01T12:20:30.123456789+02:00"),
        (
            "The end time 2024-05-01T12:20:30.123456789+02:00 is not after the start time "
            "2024-05-01T10:20:30.123456789Z. The end is exclusive, so it must be later; for a "
            "single moment leave it out."
        ),
    ),
    "no time": (
        _set("startTime", "2024-13-01T00:00:00Z"),
        (
            "The start time “2024-13-01T00:00:00Z” is no time as RFC 3339 writes it; write e.g. "
            "2016-01-01T00:00:00Z (UTC)."
        ),
    ),
    "asset": (
        _set("name", "users/ada/scene"),
        (
            "“users/ada/scene” is no name of an asset; write "
            "projects/PROJECT/assets/FOLDER/NAME with the id of your Cloud project (6 to 30 "
            "lower-case letters, digits and hyphens)."
        ),
    ),
    "asset's folder": (
        _set("name", "projects/my-project/assets/a b"),
        (
            "The asset “projects/my-project/assets/a b” can't be called so; behind assets/ use "
            "letters of A to Z, digits, hyphens and underscores, with one slash between "
            "folders."
        ),
    ),
    "pyramiding policy": (
        _set("pyramidingPolicy", "mean"),
        (
            "“mean” is no pyramiding policy for the asset; use one of MEAN, SAMPLE, MIN, MAX, "
            "MODE, MEDIAN."
        ),
    ),
    "pyramiding policy of a band": (
        _set("bands", 1, "pyramidingPolicy", "AVERAGE"),
        (
            "“AVERAGE” is no pyramiding policy for the band “swir-1”; use one of MEAN, SAMPLE, "
            "MIN, MAX, MODE, MEDIAN."
        ),
    ),
    "data type": (
        _set("tilesets", 1, "dataType", "Byte"),
        (
            "The tileset “1” has the data type “Byte”, which Earth Engine doesn't have; use one "
            "of UINT8, INT8, UINT16, INT16, UINT32, INT32, FLOAT, DOUBLE."
        ),
    ),
    "property's name": (
        _set("properties", "sun angle", 3),
        (
            "A property can't be called “sun angle” in Earth Engine; use letters of A to Z, "
            "digits and underscores only."
        ),
    ),
    "property's type": (
        _set("properties", "passes", [1, 2]),
        (
            "The property “passes” is neither text nor a number, which is all that Earth Engine "
            "takes; write lists and truth values as text."
        ),
    ),
    "property's truth": (
        _set("properties", "cloudy", True),
        (
            "The property “cloudy” is neither text nor a number, which is all that Earth Engine "
            "takes; write lists and truth values as text."
        ),
    ),
    "time as a property": (
        _set("properties", "system:time_start", 5),
        "The property “system:time_start” is out of use; leave it out and give the start time.",
    ),
    "missing values": (
        _set("missingData", {"values": ["none"]}),
        (
            "The missing value “none” is no number that a manifest can hold; write one such as "
            "-9999, and leave NaN to the file's own nodata value."
        ),
    ),
    "mask of an unknown tileset": (
        _set("maskBands", 0, "tilesetId", "7"),
        "A mask is of tileset “7”, which isn't in the manifest.",
    ),
    "mask of an unknown band": (
        _set("maskBands", 0, "bandIds", ["blue"]),
        "A mask is for the band “blue”, which isn't in the manifest.",
    ),
    "other store": (
        _set("uriPrefix", "s3://my-bucket/"),
        (
            "“s3://my-bucket/fine.tif#1700000000000001” is no object of Google Cloud Storage, "
            "which is where Earth Engine reads from; write gs://bucket/folder/name.tif."
        ),
    ),
    "bucket": (
        _set("uriPrefix", "gs://My_Bucket/"),
        (
            "“My_Bucket” in “gs://My_Bucket/fine.tif#1700000000000001” is no name of a bucket; "
            "use 3 or more lower-case letters, digits, dots, hyphens and underscores."
        ),
    ),
    "unknown field": (
        _set("tilesets", 0, "source", []),
        (
            "This plugin doesn't know the field “source” of a tileset; check its spelling, or "
            "register the manifest with the command earthengine."
        ),
    ),
    "wrong kind of field": (
        _set("bands", {"id": "red"}),
        "The field “bands” of the manifest must be a list, not {'id': 'red'}.",
    ),
    "no object": (
        _set("bands", 0, "red"),
        "Where a band should be in the manifest is no JSON object.",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_each_error_is_refused_with_a_sentence(what: str) -> None:
    change, sentence = WRONG[what]
    values = copy.deepcopy(FULL)
    change(values)
    with pytest.raises(ConfigurationError) as caught:
        manifest_of(values)
    assert str(caught.value) == sentence


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"The manifest is no JSON: .*line 1"):
        read_manifest("{'name': 1}")
    with pytest.raises(ConfigurationError, match="The manifest is no JSON"):
        read_manifest("[" * 100_000)


def test_a_band_index_out_of_range_is_refused_where_the_cog_is_known() -> None:
    tileset = Tileset("0", "gs://my-bucket/a.tif", band_count=3)
    assert Manifest("projects/my-project/assets/a", (tileset,), (Band("a", "0", 2),))
    with pytest.raises(ConfigurationError) as caught:
        Manifest("projects/my-project/assets/a", (tileset,), (Band("a", "0", 3),))
    assert str(caught.value) == (
        "The band “a” is number 3 of tileset “0”, but “gs://my-bucket/a.tif” has 3, numbered from "
        "0; use a number of 0 to 2."
    )


def test_too_many_bands_and_too_long_a_manifest_are_refused() -> None:
    tilesets = (Tileset("0", "gs://my-bucket/a.tif"),)
    bands = tuple(Band(f"b{number}", "0", number) for number in range(MOST_BANDS + 1))
    assert Manifest("projects/my-project/assets/a", tilesets, bands[:-1])
    with pytest.raises(ConfigurationError, match=r"would have 5001 bands, .* 5000 at most"):
        Manifest("projects/my-project/assets/a", tilesets, bands)
    text = {"text": "x" * 10_000_000}
    with pytest.raises(ConfigurationError, match="10000000 at most; give it fewer bands or prop"):
        Manifest("projects/my-project/assets/a", tilesets, properties=text)


def test_a_mask_of_a_tileset_that_is_nowhere_is_refused() -> None:
    tilesets = (Tileset("0", "gs://my-bucket/a.tif"),)
    with pytest.raises(ConfigurationError, match="A mask is of tileset “7”, which isn't in the m"):
        Manifest("projects/my-project/assets/a", tilesets, mask_bands=(MaskBand("7"),))


@pytest.mark.parametrize("value", [math.nan, math.inf, True])
def test_missing_values_and_properties_are_what_json_can_hold(value: float) -> None:
    with pytest.raises(ConfigurationError, match="is no number that a manifest can hold"):
        MissingData((value,))
    with pytest.raises(ConfigurationError, match="The property “x” is"):
        replace(manifest_of(FULL), properties={"x": value})


@given(st.text(max_size=130))
@settings(deadline=None)
def test_every_name_of_a_band_becomes_an_id_that_earth_engine_takes(name: str) -> None:
    ids = band_ids([name, name, "b1", name])
    assert all(is_band_id(each) for each in ids)
    assert len(set(ids)) == 4


def test_good_names_of_bands_stay() -> None:
    names = ["vis-red", "B8A", "NDVI_max"]
    assert band_ids(names) == names
    assert band_ids(["Red", "Réd edge", "2024", "", "Red", "Red_2"]) == [
        "Red", "Red_edge", "b2024", "b4", "Red_3", "Red_2",
    ]  # fmt: skip


def test_thousands_of_bands_of_one_name_get_ids_at_once() -> None:
    ids = band_ids(["x"] * 20_000)
    assert ids[:3] == ["x", "x_2", "x_3"]
    assert len(set(ids)) == 20_000


def test_an_asset_of_the_old_kind_is_written_out() -> None:
    name = "projects/earthengine-legacy/assets/users/ada/dem"
    assert asset_name(" users/ada/dem ") == asset_name(name) == name


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ("gs://maps/2024/a.tif", GsUri("maps", "2024/a.tif")),
        ("gs://maps/a b#c.tif#17", GsUri("maps", "a b#c.tif", "17")),
        ("maps/a.tif", GsUri("maps", "a.tif")),
        ("/vsigs/maps/a.tif#1", GsUri("maps", "a.tif", "1")),
        ("https://storage.googleapis.com/maps/a%20b.tif#the-connection", GsUri("maps", "a b.tif")),
        ("/vsicurl/https://storage.googleapis.com/maps/%231.tif", GsUri("maps", "#1.tif")),
        ("https://storage.cloud.google.com/maps/a.tif", GsUri("maps", "a.tif")),
    ],
)
def test_objects_are_named_in_several_ways(text: str, uri: GsUri) -> None:
    assert gs_uri_of(text) == uri
    assert GsUri.parse(str(uri)) == uri


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("gs://maps/", "“gs://maps/” names no object"),
        ("gs://maps/a/", "“gs://maps/a/” names no object"),
        ("gs://maps/a\nb", "names no object"),
        ("maps", "is no object of Google Cloud Storage"),
        ("/data/a.tif", "“/data/a.tif” is no object of Google Cloud Storage"),
        ("https://maps/a.tif", "is no object of Google Cloud Storage"),
        ("gs://maps/" + "ä" * 513, "has 1026 bytes; Google Cloud Storage takes at most 1024"),
    ],
)
def test_what_is_no_object_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        gs_uri_of(text)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("2016-01-01", "2016-01-01T00:00:00Z"),
        (date(2016, 1, 1), "2016-01-01T00:00:00Z"),
        ("2016-12-31T15:01:23.000000000Z", "2016-12-31T15:01:23.000000000Z"),
        (datetime(2016, 1, 1, 12, tzinfo=timezone(timedelta(hours=2))), "2016-01-01T10:00:00Z"),
    ],
)
def test_days_and_times_become_rfc_3339(value: Any, text: str) -> None:
    assert rfc3339(value, "start time") == text


@pytest.mark.parametrize(
    "text", ["2016", "01.02.2016", "2016-01-01T00:00:00", "2016-02-30", "2016-01-01T25:00:00Z",
             "2016-01-01 00:00:00Z", "0001-01-01T00:00:00+01:00", "2016-01-01T00:00:00+24:00"]
)  # fmt: skip
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="is no time as RFC 3339 writes it"):
        rfc3339(text, "start time")


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="doesn't say its time zone"):
        rfc3339(datetime(2016, 1, 1), "end time")


FOUND = (Band("B4", "0", 0), Band("B3", "0", 1), Band("B5", "1", 0, MissingData((0,))))


@pytest.mark.parametrize(
    ("text", "bands"),
    [
        ("", None),
        ("B5, B4", (FOUND[2], FOUND[0])),
        ("red=B4, edge = B5", (Band("red", "0", 0), Band("edge", "1", 0, MissingData((0,))))),
        ("red=0:0\nedge=1:2\n", (Band("red", "0", 0), Band("edge", "1", 2))),
        (
            '[{"id": "red", "tilesetId": "1", "tilesetBandIndex": 2, "missingData": {}}]',
            (Band("red", "1", 2, MissingData()),),
        ),
    ],
)
def test_bands_as_users_write_them(text: str, bands: Any) -> None:
    assert parse_bands(text, FOUND) == bands


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("red", "The band “red” is in none of the COGs; they have B4, B3, B5. Write"),
        ("red=B9", "The band “B9” is in none of the COGs"),
        ("1=B4", "A band can't be called “1”"),
        ("[{", "The list of bands can't be read as JSON"),
        ('[{"ID": "red"}]', "doesn't know the field “ID” of a band"),
    ],
)
def test_bands_that_mean_nothing_are_refused(text: str, sentence: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_bands(text, FOUND)
    assert sentence in str(caught.value)


def test_properties_as_users_write_them() -> None:
    assert parse_properties("") == {}
    assert parse_properties('{"a": 1, "b": "2"}') == {"a": 1, "b": "2"}
    assert parse_properties("cloud=12.5, orbit=7,id=007") == {
        "cloud": 12.5,
        "orbit": 7,
        "id": "007",
    }
    text = "title=Alps, east\nbig=1e999\nsum=1+1=2"
    assert parse_properties(text) == {"title": "Alps, east", "big": "1e999", "sum": "1+1=2"}
    for wrong in ("cloud", "=1", "a=1, a=2", "{"):
        with pytest.raises(ConfigurationError):
            parse_properties(wrong)


def test_missing_values_as_users_write_them() -> None:
    assert parse_numbers(" ") is None
    assert parse_numbers("-9999, 0.5 7") == (-9999, 0.5, 7)
    with pytest.raises(ConfigurationError, match="The missing value “x” is no number"):
        parse_numbers("1, x")


def test_the_command_is_ready_to_paste() -> None:
    assert upload_command("/data/it's mine.json", overwrite=True) == (
        "earthengine upload external_image --manifest '/data/it'\"'\"'s mine.json' --force"
    )
