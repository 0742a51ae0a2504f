# SPDX-License-Identifier: GPL-2.0-or-later
"""Manifests for Earth Engine, from COGs in a bucket of a connection to Google Cloud Storage."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from osgeo import gdal, osr

from cog_browser import api
from cog_browser.cog.conversion.convert import convert_to_cog
from cog_browser.cog.earth_engine.builder import Wishes
from cog_browser.cog.earth_engine.gs_uri import GsUri
from cog_browser.cog.earth_engine.manifest import Band, MissingData
from cog_browser.cog.earth_engine.manifest_file import read_manifest
from cog_browser.cog.earth_engine.prepare import Prepared, prepare
from cog_browser.cog.rules.finding import Finding
from cog_browser.storage.errors import (
    Cancelled,
    ConfigurationError,
    NotFoundError,
    ProtocolError,
)
from cog_browser.storage.s3.generations import read_generation
from cog_browser.storage.s3.store import S3Store
from cog_browser.storage.stores import open_store
from tests.integration.store_accounts import account_in
from tests.support.fault_proxy import FaultProxy
from tests.support.faults import Fault
from tests.support.memory_store import MemoryStore
from tests.support.object_servers import Server

#: The bucket of Earth Engine's guide; the two manifests below are those of its samples.
BUCKET = "ee-docs-demos"
ONE_TILESET = {
    "name": "projects/my-project/assets/cogdemo1",
    "tilesets": [{"id": "0", "sources": [{"uris": ["gs://ee-docs-demos/COG_demo.tif"]}]}],
    "properties": {"version": "1.1"},
    "startTime": "2016-01-01T00:00:00.000000000Z",
    "endTime": "2016-12-31T15:01:23.000000000Z",
}
TWO_TILESETS = {
    "name": "projects/my-project/assets/cogdemo2",
    "uriPrefix": "gs://ee-docs-demos/external_image_demo/",
    "tilesets": [
        {"id": "0", "sources": [{"uris": ["b4b3b2.tif"]}]},
        {"id": "1", "sources": [{"uris": ["b5b6b7.tif"]}]},
    ],
    "bands": [
        {"id": "red", "tilesetId": "0", "tilesetBandIndex": 0},
        {"id": "rededge3", "tilesetId": "1", "tilesetBandIndex": 2},
        {"id": "rededge2", "tilesetId": "1", "tilesetBandIndex": 1},
        {"id": "green", "tilesetId": "0", "tilesetBandIndex": 1},
        {"id": "blue", "tilesetId": "1", "tilesetBandIndex": 0},
        {"id": "rededge1", "tilesetId": "0", "tilesetBandIndex": 2},
    ],
}

MakeCog = Callable[..., Path]
Put = Callable[..., str]


@pytest.fixture
def make_cog(tmp_path: Path) -> MakeCog:
    """Makes a COG by the profile for Earth Engine, with named bands."""

    def make(
        name: str,
        bands: tuple[str, ...] = ("",),
        *,
        metres: float = 10.0,
        side: float = 6000.0,
        left: float = 400000.0,
        epsg: int = 32633,
        nodata: float | None = None,
        metadata: dict[str, str] | None = None,
        profile: str = "earth-engine",
        kind: int = gdal.GDT_UInt16,
        **options: Any,
    ) -> Path:
        source, cog = tmp_path / f"source-{name}", tmp_path / name
        size = int(side / metres)
        dataset = gdal.GetDriverByName("GTiff").Create(
            str(source), size, size, len(bands), kind, ["COMPRESS=DEFLATE"]
        )
        if epsg:
            crs = osr.SpatialReference()
            crs.ImportFromEPSG(epsg)
            dataset.SetProjection(crs.ExportToWkt())
            dataset.SetGeoTransform((left, metres, 0, 5000000, 0, -metres))
        dataset.SetMetadata(metadata or {})
        pixels = np.arange(size * size).reshape(size, size)
        for number, text in enumerate(bands, 1):
            band = dataset.GetRasterBand(number)
            band.SetDescription(text)
            if nodata is not None:
                band.SetNoDataValue(nodata)
            band.WriteArray((pixels // 7 + number) % 200)
        dataset = None
        convert_to_cog(source, cog, profile=profile, **options)
        return cog

    return make


@pytest.fixture
def store(amazon: Server) -> Iterator[S3Store]:
    opened = open_store(*account_in("gs-moto", amazon))
    assert isinstance(opened, S3Store)
    with closing(opened):
        opened.create_container(BUCKET)
        yield opened


@pytest.fixture
def put(store: S3Store) -> Put:
    def put(path: Path, key: str) -> str:
        store.upload(path, BUCKET, key, overwrite=True)
        return f"gs://{BUCKET}/{key}"

    return put


def test_the_guide_s_manifest_with_one_tileset(store: S3Store, make_cog: MakeCog, put: Put) -> None:
    uri = put(make_cog("c.tif", ("vis-red", "vis-green", "vis-blue")), "COG_demo.tif")
    wishes = Wishes(
        start=ONE_TILESET["startTime"],
        end=ONE_TILESET["endTime"],
        properties={"version": "1.1"},
    )
    made = prepare(store, [uri], "projects/my-project/assets/cogdemo1", wishes)
    assert made.manifest.to_dict() == ONE_TILESET
    assert made.is_ready


def test_the_guide_s_manifest_with_two_tilesets(
    store: S3Store, make_cog: MakeCog, put: Put
) -> None:
    folder = "external_image_demo"
    fine = put(make_cog("fine.tif", ("B4", "B3", "B2")), f"{folder}/b4b3b2.tif")
    coarse = put(make_cog("coarse.tif", ("B5", "B6", "B7"), metres=20), f"{folder}/b5b6b7.tif")
    made = api.earth_engine_manifest(
        store,
        f"{fine}\n{coarse}",
        "projects/my-project/assets/cogdemo2",
        "red=0:0, rededge3=1:2, rededge2=1:1, green=0:1, blue=1:0, rededge1=0:2",
    )
    assert made.manifest.to_dict() == TWO_TILESETS
    assert read_manifest(made.manifest.to_json()) == made.manifest
    assert made.is_ready


SCHEMA = json.loads(
    (Path(__file__).parents[1] / "support" / "image_manifest.schema.json").read_text()
)
ASSET = "projects/my-project/assets/scene"


def findings(made: Prepared) -> dict[str, Finding]:
    """By rule."""
    return {finding.id: finding for finding in made.preflight.findings}


def refused(store: Any, inputs: list[str], wishes: Wishes | None = None, **options: Any) -> str:
    """The sentence that says why no manifest can be made."""
    with pytest.raises(ConfigurationError) as caught:
        prepare(store, inputs, ASSET, wishes, **options)
    return str(caught.value)


def test_both_samples_fit_the_schema() -> None:
    for sample in (ONE_TILESET, TWO_TILESETS):
        jsonschema.validate(sample, SCHEMA)
        assert read_manifest(json.dumps(sample)).to_dict() == sample


def test_one_cog_for_each_band_is_called_like_its_file(
    store: S3Store, make_cog: MakeCog, put: Put
) -> None:
    keys = {"s2/20240131/B04.tif": 10, "s2/20240131/B05.tif": 20, "s2/20240131/B8A.tif": 20}
    uris = [
        put(make_cog(f"{number}.tif", metres=metres), key)
        for number, (key, metres) in enumerate(keys.items())
    ]
    made = prepare(store, uris, ASSET)
    assert made.manifest.to_dict() == {
        "name": ASSET,
        "uriPrefix": f"gs://{BUCKET}/s2/20240131/",
        "tilesets": [
            {"id": "0", "sources": [{"uris": ["B04.tif"]}]},
            {"id": "1", "sources": [{"uris": ["B05.tif"]}]},
            {"id": "2", "sources": [{"uris": ["B8A.tif"]}]},
        ],
        "bands": [
            {"id": "B04", "tilesetId": "0", "tilesetBandIndex": 0},
            {"id": "B05", "tilesetId": "1", "tilesetBandIndex": 0},
            {"id": "B8A", "tilesetId": "2", "tilesetBandIndex": 0},
        ],
        "startTime": "2024-01-31T00:00:00Z",
        "endTime": "2024-02-01T00:00:00Z",
    }
    jsonschema.validate(made.manifest.to_dict(), SCHEMA)
    assert made.is_ready
    assert set(findings(made)) == {"E-NAMES"}


def test_the_files_nodata_values_become_missing_data(
    store: S3Store, make_cog: MakeCog, put: Put
) -> None:
    same = [
        put(make_cog(f"{name}.tif", (name,), nodata=0), f"same/{name}.tif") for name in ("a", "b")
    ]
    made = prepare(store, same, ASSET).manifest.to_dict()
    assert made["missingData"] == {"values": [0]}
    assert not any("missingData" in band for band in made["bands"])
    other = put(make_cog("c.tif", ("c",), nodata=-9999, kind=gdal.GDT_Float32), "same/c.tif")
    none = put(make_cog("d.tif", ("d",)), "same/d.tif")
    made = prepare(store, [same[0], other, none], ASSET).manifest.to_dict()
    assert "missingData" not in made
    assert [band.get("missingData") for band in made["bands"]] == [
        {"values": [0]},
        {"values": [-9999]},
        None,
    ]


def test_missing_data_that_contradicts_the_file_is_a_warning(
    store: S3Store, make_cog: MakeCog, put: Put
) -> None:
    uri = put(make_cog("a.tif", ("a",), nodata=7), "nodata/a.tif")
    made = prepare(store, [uri], ASSET, Wishes(missing_data=[0, 7]))
    assert not findings(made)
    made = prepare(store, [uri], ASSET, Wishes(missing_data=[0]))
    [warning] = findings(made).values()
    assert (warning.id, warning.severity) == ("E-NODATA", "warning")
    assert (warning.expected, warning.found, warning.where) == ("7", "0", uri)
    assert warning.remedy == "Add 7 to the missing values, unless it is a measurement."
    assert made.is_ready
    ignoring = Wishes(bands=[Band("a", "0", 0, MissingData())])
    assert "E-NODATA" in findings(prepare(store, [uri], ASSET, ignoring))


def test_nan_is_left_to_the_file(store: S3Store, make_cog: MakeCog, put: Put) -> None:
    cog = make_cog("n.tif", ("a",), nodata=float("nan"), kind=gdal.GDT_Float32)
    made = prepare(store, [put(cog, "nodata/nan.tif")], ASSET)
    assert "missingData" not in made.manifest.to_dict()
    assert not findings(made)


def test_a_file_that_earth_engine_refuses_passes_once_it_is_converted(
    store: S3Store, make_cog: MakeCog, put: Put, tmp_path: Path
) -> None:
    make_cog("a.tif", ("a", "b"))
    made = prepare(store, [put(tmp_path / "source-a.tif", "fix/strips.tif")], ASSET)
    assert not made.is_ready
    assert {f.id for f in made.preflight.findings if f.severity == "error"} >= {"E-TILES"}
    assert "profile “earth-engine”" in findings(made)["E-TILES"].remedy
    assert all(f.where.startswith(f"gs://{BUCKET}/fix/strips.tif") for f in made.preflight.findings)
    science = make_cog("s.tif", ("a", "b"), profile="science")
    made = prepare(store, [put(science, "fix/science.tif")], ASSET)
    assert made.is_ready
    assert set(findings(made)) == {"C-PLANAR", "E-CODEC"}
    made = prepare(store, [put(tmp_path / "a.tif", "fix/fit.tif")], ASSET)
    assert made.is_ready
    assert not made.preflight.findings


def test_each_must_of_the_guide_is_an_error(
    store: S3Store, make_cog: MakeCog, put: Put, tmp_path: Path
) -> None:
    small = make_cog("t.tif", ("a",), profile="custom", BLOCKSIZE=128)
    made = prepare(store, [put(small, "must/tiles.tif")], ASSET)
    assert findings(made)["E-TILES"].severity == "error"
    late = make_cog("l.tif", ("a",), metres=4)
    dataset = gdal.Open(str(late), gdal.GA_Update)
    dataset.SetMetadataItem("CHANGED", "x" * 400)  # its IFD moves to the end
    dataset = None
    made = prepare(store, [put(late, "must/ifds.tif")], ASSET)
    assert not made.is_ready
    assert findings(made)["L-IFDS-FIRST"].severity == "error"


def test_a_cog_without_a_place_is_an_error(store: S3Store, put: Put, tmp_path: Path) -> None:
    path = tmp_path / "nowhere.tif"
    memory = gdal.GetDriverByName("MEM").Create("", 300, 300, 2, gdal.GDT_Byte)
    memory.GetRasterBand(2).SetColorInterpretation(gdal.GCI_AlphaBand)
    gdal.GetDriverByName("COG").CreateCopy(str(path), memory)
    made = prepare(store, [put(path, "nowhere.tif")], ASSET)
    assert not made.is_ready
    assert findings(made)["E-CRS"].severity == "error"
    assert findings(made)["E-MASK"].severity == "warning"
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(32633)
    memory.SetProjection(crs.ExportToWkt())
    gdal.GetDriverByName("COG").CreateCopy(str(path), memory)
    made = prepare(store, [put(path, "nowhere.tif")], ASSET)
    assert not made.is_ready
    assert findings(made)["E-PLACE"].severity == "error"


def test_an_object_that_is_no_raster_is_refused(store: S3Store, put: Put, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("no raster")
    uri = put(tmp_path / "a.txt", "a.tif")
    assert refused(store, [uri]) == (
        f"{uri} is no GeoTIFF whose headers can be read. Convert the raster with the profile "
        "“earth-engine”, and upload that."
    )


def test_tiles_of_a_mosaic_are_refused(store: S3Store, make_cog: MakeCog, put: Put) -> None:
    west = put(make_cog("w.tif", ("dem",)), "tiles/w.tif")
    east = put(make_cog("e.tif", ("dem",), left=405500), "tiles/e.tif")
    assert refused(store, [west, east]) == (
        f"{west} and {east} have the same bands and lie beside each other, as tiles of a mosaic "
        "do; Earth Engine takes one COG for a band. Make one COG of them (gdalbuildvrt, then "
        "convert it), or an asset of each."
    )
    shifted = put(make_cog("s.tif", ("dem",), left=402000), "tiles/s.tif")
    other = put(make_cog("o.tif", ("slope",), epsg=32632), "tiles/o.tif")
    made = prepare(store, [west, shifted, other], ASSET)
    assert [band.id for band in made.manifest.bands] == ["dem", "dem_2", "slope"]
    assert set(findings(made)) == {"E-SAME-PLACE", "E-SAME-CRS"}
    assert findings(made)["E-SAME-CRS"].found == "WGS 84 / UTM zone 32N"
    assert made.is_ready


def test_what_can_t_be_one_asset_is_refused(store: S3Store, make_cog: MakeCog, put: Put) -> None:
    uri = put(make_cog("a.tif", ("a",)), "a.tif")
    assert refused(store, []) == "No COG is given; choose at least one object of a bucket."
    assert refused(store, [uri, uri]) == f"{uri} is given twice; give each COG once."
    out = Wishes(bands=[Band("a", "0", 0), Band("b", "0", 1)])
    assert refused(store, [uri], out) == (
        f"The band “b” is number 1 of tileset “0”, but “{uri}” has 1, numbered from 0; use a "
        "number of 0 to 0."
    )
    assert "which isn't in the manifest" in refused(store, [uri], Wishes(bands=[Band("a", "1")]))
    times = Wishes(start="2024-02-01", end="2024-01-31")
    assert "is not after the start time" in refused(store, [uri], times)
    with pytest.raises(NotFoundError):
        prepare(store, [f"gs://{BUCKET}/nothing.tif"], ASSET)
    with pytest.raises(ConfigurationError, match="is no name of an asset"):  # nothing is read
        prepare(store, [f"gs://{BUCKET}/nothing.tif"], "scene")


def test_bands_beyond_the_thousandth_must_be_listed(
    store: S3Store, put: Put, tmp_path: Path
) -> None:
    path = tmp_path / "many.tif"
    memory = gdal.GetDriverByName("MEM").Create("", 16, 16, 1001, gdal.GDT_Byte)
    gdal.GetDriverByName("COG").CreateCopy(str(path), memory)
    uri = put(path, "many.tif")
    assert refused(store, [uri]) == (
        f"{uri} has 1001 bands, and the names of the first 1000 only are read; list the bands of "
        "the asset."
    )
    made = prepare(store, [uri], ASSET, Wishes(bands=[Band("last", "0", 1000)]))
    assert made.manifest.bands[0].tileset_band_index == 1000
    assert "number 1001 of" in refused(store, [uri], Wishes(bands=[Band("x", "0", 1001)]))


def test_times_are_read_from_metadata_or_wished(
    store: S3Store, make_cog: MakeCog, put: Put
) -> None:
    tags = {"ACQUISITION_START": "2020-05-06T10:20:30Z", "ACQUISITION_END": "2020-05-06T10:25:00Z"}
    uri = put(make_cog("m.tif", ("a",), metadata=tags), "times/19990101.tif")
    manifest = prepare(store, [uri], ASSET).manifest
    assert manifest.start_time == "2020-05-06T10:20:30Z"
    assert manifest.end_time.startswith("2020-05-06T10:25:0")
    manifest = prepare(store, [uri], ASSET, Wishes(start="2021-01-01")).manifest
    assert (manifest.start_time, manifest.end_time) == ("2021-01-01T00:00:00Z", "")
    manifest = prepare(store, [uri], ASSET, Wishes(start="")).manifest
    assert (manifest.start_time, manifest.end_time) == ("", "")


@pytest.fixture
def google(amazon: Server) -> Iterator[FaultProxy]:
    """The store with what Google's says besides: the object's generation."""
    with FaultProxy(amazon.url) as proxy:
        yield proxy


def through(proxy: FaultProxy, amazon: Server) -> Any:
    connection, credentials = account_in("gs-moto", amazon)
    return closing(open_store(replace(connection, endpoint=proxy.url), credentials))


def says(proxy: FaultProxy, generation: str, **headers: str) -> None:
    proxy.clear()
    told = {"x-goog-generation": generation, **headers}
    proxy.add(Fault(headers=told), method="HEAD", times=None)


def test_the_generation_that_was_read_is_pinned_on_request(
    google: FaultProxy, amazon: Server, make_cog: MakeCog, put: Put
) -> None:
    uri = put(make_cog("g.tif", ("a",)), "g/a.tif")
    with through(google, amazon) as store:
        says(google, "1700000000000001")
        made = prepare(store, [uri], ASSET, pin=True)
        assert [str(each) for each in made.manifest.uris] == [f"{uri}#1700000000000001"]
        assert made.is_ready
        before = len(google.requests)
        assert prepare(store, [uri], ASSET).manifest.uris[0].generation == ""
        assert [request.method for request in google.requests[before:]].count("HEAD") == 1


def test_a_pin_that_is_out_of_date_is_an_error(
    google: FaultProxy, amazon: Server, make_cog: MakeCog, put: Put
) -> None:
    uri = put(make_cog("g.tif", ("a",)), "g/b.tif")
    with through(google, amazon) as store:
        says(google, "18")
        made = prepare(store, [f"{uri}#17"], ASSET, pin=True)
        assert not made.is_ready
        error = findings(made)["E-GENERATION"]
        assert (error.found, error.expected, error.where) == ("17", "18", f"{uri}#17")
        assert prepare(store, [f"{uri}#18"], ASSET).is_ready


def test_an_object_that_is_replaced_meanwhile_is_not_pinned(
    google: FaultProxy, amazon: Server, make_cog: MakeCog, put: Put
) -> None:
    uri = GsUri.parse(put(make_cog("g.tif", ("a",)), "g/c.tif"))
    with through(google, amazon) as store:
        old = store.head_object(uri.bucket, uri.key)
        says(google, "19", ETag='"another"')
        with pytest.raises(ProtocolError, match="somebody has replaced it meanwhile"):
            read_generation(store, old)


def test_a_store_that_knows_no_generation_says_so(
    store: S3Store, make_cog: MakeCog, put: Put
) -> None:
    uri = put(make_cog("g.tif", ("a",)), "g/d.tif")
    assert refused(store, [uri], pin=True) == (
        f"Could not find the generation of “g/d.tif” in container “{BUCKET}”: the store doesn't "
        "say it, as Google Cloud Storage would. Leave the generation out."
    )


def test_earth_engine_reads_from_google_only() -> None:
    assert refused(MemoryStore("archive"), ["gs://maps/a.tif"]) == (
        "Earth Engine reads COGs from Google Cloud Storage only, and “archive” is a connection of "
        "kind “swift”. Choose one of kind “gs”, and upload the COG there first."
    )


def test_it_can_be_cancelled(store: S3Store, make_cog: MakeCog, put: Put) -> None:
    uri = put(make_cog("a.tif", ("a",)), "a.tif")
    with pytest.raises(Cancelled):
        prepare(store, [uri], ASSET, progress=lambda _done, _total: False)


def test_the_bucket_is_asked_where_somebody_can(
    store: S3Store, make_cog: MakeCog, put: Put
) -> None:
    uri = put(make_cog("a.tif", ("a",)), "a.tif")
    made = prepare(store, [uri], ASSET)
    checklist = " ".join(made.preflight.checklist)
    for point in (
        "US-CENTRAL1",
        "storage class must be Standard",
        "roles/storage.legacyBucketReader (storage.buckets.get)",
        "roles/storage.legacyObjectReader (storage.objects.get)",
    ):
        assert point in checklist
    bad = Finding("E-BUCKET", "error", "The bucket lies in EUROPE-WEST1.", where=BUCKET)
    asked: list[str] = []

    def check(bucket: str) -> list[Finding]:
        asked.append(bucket)
        return [bad]

    made = prepare(store, [uri], ASSET, check_bucket=check)
    assert (asked, made.preflight.checklist) == ([BUCKET], ())
    assert made.preflight.findings == (bad,)
    assert not made.is_ready
    cannot = prepare(store, [uri], ASSET, check_bucket=lambda _bucket: None)
    assert " ".join(cannot.preflight.checklist) == checklist


def test_the_console_writes_the_manifest_s_file(
    amazon: Server, make_cog: MakeCog, put: Put, tmp_path: Path
) -> None:
    uri = put(make_cog("a.tif", ("B4", "B3")), "console/a.tif")
    with closing(api.open_store(*account_in("gs-moto", amazon))) as store:
        made = api.earth_engine_manifest(
            store,
            uri,
            "users/ada/scene",
            bands="red=B4",
            start=date(2024, 1, 31),
            properties="cloud=12.5",
            missing_data="0",
            pyramiding_policy="MODE",
        )
    made.write(tmp_path / "m.json")
    assert json.loads((tmp_path / "m.json").read_text()) == {
        "name": "projects/earthengine-legacy/assets/users/ada/scene",
        "properties": {"cloud": 12.5},
        "tilesets": [{"id": "0", "sources": [{"uris": [uri]}]}],
        "bands": [{"id": "red", "tilesetId": "0", "tilesetBandIndex": 0}],
        "missingData": {"values": [0]},
        "pyramidingPolicy": "MODE",
        "startTime": "2024-01-31T00:00:00Z",
    }
    report = json.loads(json.dumps(made.to_dict()))
    assert (report["ready"], len(report["checklist"])) == (True, 3)
