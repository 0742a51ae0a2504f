# SPDX-License-Identifier: GPL-2.0-or-later
"""`cogbrowser:earthenginemanifest`, on COGs in a bucket of a connection to Google's storage."""

from __future__ import annotations

import dataclasses
import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from qgis.core import QgsProcessingException

from cog_browser.adapters.sessions import Sessions
from cog_browser.cog.conversion.convert import convert_to_cog
from cog_browser.storage.connection import Connection
from cog_browser.storage.s3 import places
from cog_browser.storage.stores import open_store
from tests.integration.store_accounts import account_in, make_public
from tests.qgis.processing_fixtures import RecordingFeedback, Run, make_raster, provider, run
from tests.support.object_servers import Server

__all__ = ["make_raster", "provider", "run"]

ASSET = "projects/my-project/assets/scene"


@pytest.fixture
def maps(sessions: Sessions, amazon: Server) -> Connection:
    """A saved connection of kind “gs” whose secret is known for the session."""
    connection, credentials = account_in("gs-moto", amazon)
    connection = dataclasses.replace(connection, name="Maps")
    sessions.repository.save(connection)
    sessions.secrets.save(connection.id, credentials, "session")
    return connection


@pytest.fixture
def bucket(amazon: Server) -> Iterator[Callable[..., str]]:
    """Puts a file into a new bucket, and says where it is then."""
    name = f"ee-{uuid.uuid4().hex[:12]}"
    with closing(open_store(*account_in("gs-moto", amazon))) as store:
        store.create_container(name)

        def put(path: Path, key: str) -> str:
            store.upload(path, name, key)
            return f"gs://{name}/{key}"

        yield put


@pytest.fixture
def uri(bucket: Any, make_raster: Any, tmp_path: Path) -> str:
    convert_to_cog(make_raster(), tmp_path / "cog.tif", profile="earth-engine")
    return bucket(tmp_path / "cog.tif", "dem/alps_20240131.tif")


def test_it_writes_the_manifest_and_says_how_to_use_it(
    run: Run, maps: Connection, uri: str, tmp_path: Path
) -> None:
    feedback = RecordingFeedback()
    target = tmp_path / "my manifest.json"
    results = run(
        "earthenginemanifest",
        feedback,
        CONNECTION="Maps",
        INPUTS=uri,
        ASSET=ASSET,
        BANDS="height=0:0",
        PROPERTIES="source=lidar\nrun=3",
        PYRAMIDING_POLICY="MEAN",
        OUTPUT=str(target),
    )
    assert json.loads(target.read_text()) == {
        "name": ASSET,
        "properties": {"source": "lidar", "run": 3},
        "tilesets": [{"id": "0", "sources": [{"uris": [uri]}]}],
        "bands": [{"id": "height", "tilesetId": "0", "tilesetBandIndex": 0}],
        "pyramidingPolicy": "MEAN",
        "startTime": "2024-01-31T00:00:00Z",
        "endTime": "2024-02-01T00:00:00Z",
    }
    assert results["OUTPUT"] == str(target)
    assert results["READY"] is True
    report = json.loads(results["REPORT"])
    assert report["manifest"] == json.loads(target.read_text())
    assert len(report["checklist"]) == 3
    said = feedback.infos
    assert f"earthengine upload external_image --manifest '{target}'" in feedback.commands
    assert (
        "Taken from 2024-01-31T00:00:00Z to 2024-02-01T00:00:00Z (exclusive), as 20240131 says."
    ) in said
    assert "The headers hold nothing that Earth Engine refuses." in said
    assert any("roles/storage.legacyObjectReader" in line for line in said)


def test_inputs_may_be_a_list_of_a_script_and_the_only_connection_is_found(
    run: Run, maps: Connection, uri: str, bucket: Any, make_raster: Any, tmp_path: Path
) -> None:
    convert_to_cog(make_raster("s.tif"), tmp_path / "s-cog.tif", profile="earth-engine")
    other = bucket(tmp_path / "s-cog.tif", "dem/slope.tif")
    for inputs in ([uri, other.removeprefix("gs://")], f"{uri}\n\n  {other}\n"):
        results = run(
            "earthenginemanifest",
            INPUTS=inputs,
            ASSET=ASSET,
            START="none",
            OUTPUT=str(tmp_path / "m.json"),
        )
        manifest = json.loads(Path(results["OUTPUT"]).read_text())
        assert [t["sources"][0]["uris"] for t in manifest["tilesets"]] == [
            ["alps_20240131.tif"],
            ["slope.tif"],
        ]
        assert [band["id"] for band in manifest["bands"]] == ["alps_20240131", "slope"]
        assert "startTime" not in manifest


def test_a_cog_that_earth_engine_refuses_is_a_result(
    run: Run, maps: Connection, bucket: Any, make_raster: Any, tmp_path: Path
) -> None:
    feedback = RecordingFeedback()
    uri = bucket(make_raster("strips.tif"), "strips.tif")
    results = run(
        "earthenginemanifest",
        feedback,
        CONNECTION="Maps",
        INPUTS=uri,
        ASSET=ASSET,
        OUTPUT=str(tmp_path / "m.json"),
    )
    assert results["READY"] is False
    assert (tmp_path / "m.json").is_file()
    told = [line for line in feedback.warnings if line.startswith("E-TILES: ")]
    assert told == [
        (
            "E-TILES: Earth Engine doesn't take the blocks of the main image. Convert it with the "
            f"profile “earth-engine”. ({uri}: the main image)"
        )
    ]
    assert "Earth Engine would refuse this; see above what to do." in feedback.warnings
    assert "Once the COGs are fit, this registers the asset:" in feedback.infos
    assert any("the asset has no time" in line for line in feedback.warnings)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"ASSET": "scene"}, "“scene” is no name of an asset"),
        ({"INPUTS": "/data/a.tif"}, "is no object of Google Cloud Storage"),
        ({"INPUTS": " "}, "No COG is given; choose at least one object of a bucket."),
        ({"BANDS": "blue"}, "The band “blue” is in none of the COGs"),
        ({"START": "2024-01-31", "END": "2024-01-31"}, "is not after the start time"),
        ({"START": "tomorrow"}, "is no time as RFC 3339 writes it"),
        ({"PROPERTIES": "a b=1"}, "A property can't be called “a b”"),
        ({"MISSING_DATA": "nan"}, "The missing value “nan” is no number"),
        ({"PIN_GENERATION": True}, "the store doesn't say it"),
    ],
)
def test_what_can_t_be_is_said_and_nothing_is_written(
    run: Run, maps: Connection, uri: str, tmp_path: Path, wrong: dict[str, Any], sentence: str
) -> None:
    parameters = {"INPUTS": uri, "ASSET": ASSET, "OUTPUT": str(tmp_path / "m.json"), **wrong}
    with pytest.raises(QgsProcessingException) as caught:
        run("earthenginemanifest", CONNECTION="Maps", **parameters)
    assert sentence in str(caught.value)
    assert not list(tmp_path.glob("*m.json*"))


def test_a_connection_of_another_kind_is_refused(
    run: Run, sessions: Sessions, tmp_path: Path
) -> None:
    url = "https://swift.example.org/v1/AUTH_a"
    sessions.repository.save(Connection("Archive", auth_mode="anonymous", storage_url=url))
    with pytest.raises(QgsProcessingException, match="Earth Engine reads COGs from Google Cloud"):
        run(
            "earthenginemanifest",
            CONNECTION="Archive",
            INPUTS="gs://bucket/a.tif",
            ASSET=ASSET,
            OUTPUT=str(tmp_path / "m.json"),
        )


def test_public_cogs_need_no_connection(
    run: Run,
    sessions: Sessions,
    uri: str,
    amazon: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_public(amazon, uri)
    monkeypatch.setattr(places, "_GOOGLE", amazon.url)
    signed_in: list[str] = []
    sessions.signed_in.connect(signed_in.append)
    results = run("earthenginemanifest", INPUTS=uri, ASSET=ASSET, OUTPUT=str(tmp_path / "m.json"))
    assert results["READY"] is True
    assert not sessions.repository.all()
    assert not signed_in  # the panel has no part in it


def test_one_of_several_connections_must_be_named(
    run: Run, maps: Connection, sessions: Sessions, uri: str, tmp_path: Path
) -> None:
    other = Connection("Other", kind="gs", auth_mode="anonymous")
    sessions.repository.save(other)
    with pytest.raises(QgsProcessingException, match="choose one: Maps, Other"):
        run("earthenginemanifest", INPUTS=uri, ASSET=ASSET, OUTPUT=str(tmp_path / "m.json"))


def test_it_can_be_cancelled_and_leaves_nothing(
    run: Run, maps: Connection, uri: str, tmp_path: Path
) -> None:
    feedback = RecordingFeedback(cancel_at=1)
    target = tmp_path / "m.json"
    assert not run(
        "earthenginemanifest", feedback, INPUTS=uri, ASSET=ASSET, OUTPUT=str(target)
    ).get("READY")
    assert not list(tmp_path.glob("*m.json*"))
