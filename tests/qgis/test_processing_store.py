# SPDX-License-Identifier: GPL-2.0-or-later
"""Listing, uploading and publishing through Processing, on the real object store."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from qgis.core import (
    QgsApplication,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingUtils,
    QgsProject,
    QgsRasterLayer,
)
from qgis.PyQt.QtCore import QTimeZone

from cog_browser.adapters.layers import build_layer
from cog_browser.adapters.sessions import sessions
from cog_browser.cog.private_folders import PREFIX
from cog_browser.processing.provider import CogBrowserProvider
from cog_browser.processing.store_algorithm import StoreAlgorithm
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import TransportError
from cog_browser.storage.models import Listing, ObjectEntry
from cog_browser.storage.object_names import COG_CONTENT_TYPE
from tests.qgis.processing_fixtures import (
    RecordingFeedback,
    Run,
    container,
    env,
    keys_in,
    make_raster,
    pixels_of,
    provider,
    run,
)
from tests.support.patience import WAIT
from tests.support.stack_client import Stack

__all__ = ["container", "env", "make_raster", "provider", "run"]

Make = Callable[..., Path]


@pytest.fixture
def work(stack: Stack) -> Iterator[Connection]:
    """The account of ``demo`` as a saved connection, its password for this session only."""
    connection, credentials = Connection.from_environment(stack.environment("demo"))
    saved = Connection.from_dict({**connection.to_dict(), "name": "Work"})
    sessions().repository.save(saved)
    sessions().secrets.save(saved.id, credentials, "session")
    yield saved
    sessions().sign_out(saved.id)
    sessions().secrets.remove(saved.id)
    sessions().repository.remove(saved.id)


def _in_a_worker(function: Callable[[], Any]) -> Any:
    results: list[Any] = []
    worker = threading.Thread(target=lambda: results.append(function()))
    worker.start()
    worker.join(60)
    return results[0]


def _left_over() -> list[Path]:
    return list(Path(QgsProcessingUtils.tempFolder()).rglob(f"{PREFIX}*"))


class TestListing:
    def _fill(self, env: Stack, container: str) -> None:
        client = env.connection()
        for key, body in (("a.txt", "1"), ("dem/ä b.tif", "22"), ("dem/x/c.tif", "333")):
            client.put_object(container, key, body, content_type="text/plain")

    def test_tables_what_is_in_a_container(self, run: Run, env: Stack, container: str) -> None:
        self._fill(env, container)

        results = run("listobjects", CONNECTION="env", CONTAINER=container, OUTPUT="memory:")

        rows = {f["key"]: f for f in results["OUTPUT"].getFeatures()}
        assert (results["COUNT"], results["SIZE"]) == (3, 6)
        assert sorted(rows) == ["a.txt", "dem/x/c.tif", "dem/ä b.tif"]
        row = rows["dem/ä b.tif"]
        assert row["container"] == container
        assert row["size"] == 2
        assert row["etag"] == hashlib.md5(b"22").hexdigest()
        assert row["content_type"] == "text/plain"
        assert row["source"] == f"/vsicurl/{env.storage_url()}/{container}/dem/%C3%A4%20b.tif"
        assert row["last_modified"].timeZone() == QTimeZone.utc()
        age = datetime.now(timezone.utc) - datetime.fromtimestamp(
            row["last_modified"].toSecsSinceEpoch(), timezone.utc
        )
        assert timedelta(seconds=-2) < age < timedelta(minutes=1)

    @pytest.mark.parametrize(
        ("prefix", "recursive", "keys"),
        [
            ("", False, ["a.txt"]),
            ("dem/", False, ["dem/ä b.tif"]),
            ("dem/", True, ["dem/x/c.tif", "dem/ä b.tif"]),
            ("nothing/", True, []),
        ],
    )
    def test_keeps_to_the_prefix_and_the_level(
        self, run: Run, env: Stack, container: str, prefix: str, recursive: bool, keys: list[str]
    ) -> None:
        self._fill(env, container)
        results = run(
            "listobjects",
            CONNECTION="env",
            CONTAINER=container,
            PREFIX=prefix,
            RECURSIVE=recursive,
            OUTPUT="memory:",
        )
        assert sorted(f["key"] for f in results["OUTPUT"].getFeatures()) == keys
        assert results["COUNT"] == len(keys)

    @pytest.mark.parametrize("suffix", ["csv", "gpkg"])
    def test_a_listing_that_breaks_off_leaves_no_table(
        self, run: Run, env: Stack, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, suffix: str
    ) -> None:
        class BreaksOff:
            def list_objects(self, *_: object, **__: object) -> Iterator[Listing]:
                yield Listing((), (ObjectEntry("c", "k", 5 << 32, None, "e", "t"),))
                raise TransportError("The connection to the store broke; try again.")

            def source(self, container: str, key: str) -> str:
                return f"/vsicurl/https://example.org/{container}/{key}"

        monkeypatch.setattr(StoreAlgorithm, "open_store", lambda _self: BreaksOff())
        folder = tmp_path / "out"
        folder.mkdir()
        with pytest.raises(QgsProcessingException, match="broke; try again"):
            run(
                "listobjects",
                CONNECTION="env",
                CONTAINER="c",
                OUTPUT=str(folder / f"table.{suffix}"),
            )
        assert not list(folder.iterdir())

    def test_sizes_beyond_32_bits_fit(
        self, run: Run, env: Stack, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Large:
            def list_objects(self, *_: object, **__: object) -> Iterator[Listing]:
                yield Listing((), (ObjectEntry("c", "k", 5 << 32, None, "e", "t"),))

            def source(self, container: str, key: str) -> str:
                return ""

        monkeypatch.setattr(StoreAlgorithm, "open_store", lambda _self: Large())
        results = run("listobjects", CONNECTION="env", CONTAINER="c", OUTPUT="memory:")
        (row,) = results["OUTPUT"].getFeatures()
        assert row["size"] == results["SIZE"] == 5 << 32

    def test_cancelling_leaves_no_table(
        self, run: Run, env: Stack, container: str, tmp_path: Path
    ) -> None:
        self._fill(env, container)
        feedback = RecordingFeedback()
        feedback.cancel()
        table = tmp_path / "table.csv"
        results = run(
            "listobjects", feedback, CONNECTION="env", CONTAINER=container, OUTPUT=str(table)
        )
        assert "COUNT" not in results
        assert not table.exists()


class TestUpload:
    def test_puts_the_file_below_a_prefix(
        self, run: Run, env: Stack, container: str, tmp_path: Path
    ) -> None:
        file = tmp_path / "Übersicht.json"
        file.write_text("{}")
        feedback = RecordingFeedback()

        results = run(
            "upload", feedback, INPUT=str(file), CONNECTION="env", CONTAINER=container, KEY="a/"
        )

        headers, body = env.connection().get_object(container, "a/Übersicht.json")
        assert body == b"{}"
        assert results["ETAG"] == headers["etag"]
        assert results["SIZE"] == 2
        assert results["SOURCE"].endswith(f"/{container}/a/%C3%9Cbersicht.json")
        assert not feedback.warnings

    def test_asks_before_it_replaces(
        self, run: Run, env: Stack, container: str, tmp_path: Path
    ) -> None:
        file = tmp_path / "a.txt"
        file.write_text("new")
        env.connection().put_object(container, "a.txt", "old")
        target = {"INPUT": str(file), "CONNECTION": "env", "CONTAINER": container, "KEY": "a.txt"}

        with pytest.raises(QgsProcessingException, match="exists already"):
            run("upload", **target)
        assert env.connection().get_object(container, "a.txt")[1] == b"old"

        run("upload", OVERWRITE=True, **target)
        assert env.connection().get_object(container, "a.txt")[1] == b"new"

    def test_warns_of_a_tiff_that_is_no_cog(
        self, run: Run, env: Stack, container: str, make_raster: Make
    ) -> None:
        feedback = RecordingFeedback()
        file = make_raster(width=1100)  # GDAL forgives strips of up to 1024 pixels
        run("upload", feedback, INPUT=str(file), CONNECTION="env", CONTAINER=container, KEY="a")
        (warning,) = feedback.warnings
        assert "dem.tif is no valid COG" in warning
        assert keys_in(env, container) == ["a"]

    def test_a_missing_file_is_said(self, run: Run, env: Stack, container: str) -> None:
        with pytest.raises(QgsProcessingException, match=r"There is no file .*none\.tif"):
            run("upload", INPUT="/none.tif", CONNECTION="env", CONTAINER=container, KEY="a")


class TestPublishing:
    def test_publishes_a_proven_valid_cog(
        self, run: Run, env: Stack, container: str, make_raster: Make, tmp_path: Path
    ) -> None:
        source = make_raster()
        feedback = RecordingFeedback()

        results = run(
            "publishcog",
            feedback,
            INPUT=str(source),
            CONNECTION="env",
            CONTAINER=container,
            KEY="dem/",
            REPORT=str(tmp_path / "report.json"),
            OUTPUT_HTML=str(tmp_path / "report.html"),
        )

        headers, body = env.connection().get_object(container, "dem/dem.tif")
        copy = tmp_path / "copy.tif"
        copy.write_bytes(body)
        np.testing.assert_array_equal(pixels_of(copy), pixels_of(source))
        assert headers["content-type"] == COG_CONTENT_TYPE
        assert results["ETAG"] == headers["etag"]
        assert results["SIZE"] == len(body)
        assert results["SOURCE"] == f"/vsicurl/{env.storage_url()}/{container}/dem/dem.tif"
        assert (results["PIXELS"], results["WARNINGS"]) == ("identical", 0)
        report = json.loads(Path(results["REPORT"]).read_text(encoding="utf-8"))
        assert report["conversion"]["pixels"] == "identical"
        assert "Valid COG" in Path(results["OUTPUT_HTML"]).read_text(encoding="utf-8")
        assert report["is_valid"] is True
        assert report["source"] == results["SOURCE"]
        assert feedback.progress() == 100
        assert not _left_over()

        checked = run(
            "validatecog", CONNECTION="env", CONTAINER=container, KEY="dem/dem.tif", FULL=True
        )
        assert checked["VALID"] is True

    @pytest.mark.parametrize("problem", ["container", "key"])
    def test_finds_out_what_is_wrong_before_it_converts(
        self,
        run: Run,
        env: Stack,
        container: str,
        make_raster: Make,
        monkeypatch: pytest.MonkeyPatch,
        problem: str,
    ) -> None:
        env.connection().put_object(container, "taken", "old")
        monkeypatch.setattr(
            "cog_browser.cog.publish.raster.convert",
            lambda *_, **__: pytest.fail("converted in vain"),
        )
        target = {"CONTAINER": "not-there"} if problem == "container" else {"CONTAINER": container}
        said = "there is no container" if problem == "container" else "exists already"
        with pytest.raises(QgsProcessingException, match=said):
            run("publishcog", INPUT=str(make_raster()), CONNECTION="env", KEY="taken", **target)

    def test_an_invalid_result_is_not_uploaded(
        self,
        run: Run,
        env: Stack,
        container: str,
        make_raster: Make,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        source = make_raster(width=1100)

        def copy(_source: str, target: Path, *_: object, **__: object) -> SimpleNamespace:
            target.write_bytes(source.read_bytes())
            return SimpleNamespace(path=target)

        monkeypatch.setattr("cog_browser.cog.publish.raster.convert", copy)
        with pytest.raises(QgsProcessingException, match="no valid COG, so nothing was uploaded"):
            run("publishcog", INPUT=str(source), CONNECTION="env", CONTAINER=container, KEY="a")
        assert keys_in(env, container) == []
        assert not _left_over()

    @pytest.mark.parametrize("percent", [5, 65])
    def test_a_cancelled_run_leaves_nothing(
        self, run: Run, env: Stack, container: str, make_raster: Make, percent: int
    ) -> None:
        results = run(
            "publishcog",
            RecordingFeedback(percent),
            INPUT=str(make_raster(width=3000, height=2000)),  # 24 MB
            CONNECTION="env",
            CONTAINER=container,
            KEY="a.tif",
        )
        assert "SOURCE" not in results
        assert keys_in(env, container) == []
        assert not _left_over()

    def test_a_layer_on_an_object_is_published_through_its_running_source(
        self,
        run: Run,
        env: Stack,
        container: str,
        make_raster: Make,
        work: Connection,
        qgis_new_project: None,
        tmp_path: Path,
    ) -> None:
        source = make_raster()
        target = {"CONNECTION": "Work", "CONTAINER": container}
        run("publishcog", INPUT=str(source), KEY="first.tif", **target)
        store = sessions().store(work)
        layer: QgsRasterLayer = _in_a_worker(lambda: build_layer(store, container, "first.tif"))
        QgsProject.instance().addMapLayer(layer)

        file = tmp_path / "report.json"
        run("publishcog", INPUT=layer, KEY="second/", REPORT=str(file), **target)
        report = json.loads(run("validatecog", INPUT=layer.id())["REPORT"])

        assert keys_in(env, container) == ["first.tif", "second/first.tif"]
        assert report["source"] == store.source(container, "first.tif")
        copy = _in_a_worker(lambda: store.open_dataset(container, "second/first.tif").ReadAsArray())
        np.testing.assert_array_equal(copy, pixels_of(source))
        said = file.read_text(encoding="utf-8").replace(env.storage_url(), "")
        assert "127.0.0.1" not in said

    def test_runs_in_the_background_as_the_dialog_does_it(
        self,
        provider: CogBrowserProvider,
        env: Stack,
        container: str,
        make_raster: Make,
        work: Connection,
        qtbot: Any,
    ) -> None:
        context, feedback = QgsProcessingContext(), RecordingFeedback()
        parameters = {
            "INPUT": str(make_raster()),
            "CONNECTION": "Work",
            "CONTAINER": container,
            "KEY": "a.tif",
        }
        algorithm = provider.algorithm("publishcog").create()
        task = QgsProcessingAlgRunnerTask(algorithm, parameters, context, feedback)
        with qtbot.waitSignal(task.executed, timeout=WAIT) as done:
            QgsApplication.taskManager().addTask(task)
        assert done.args[0] is True
        assert keys_in(env, container) == ["a.tif"]


def test_a_connection_without_its_password_says_where_to_sign_in(
    run: Run, work: Connection, container: str
) -> None:
    sessions().secrets.remove(work.id)
    with pytest.raises(QgsProcessingException, match="Sign in"):
        run("listobjects", CONNECTION="Work", CONTAINER=container, OUTPUT="memory:")


def test_a_wrong_password_is_said_and_not_shown(run: Run, work: Connection, container: str) -> None:
    sessions().secrets.save(work.id, Credentials(password="hunter2-secret"), "session")
    with pytest.raises(QgsProcessingException, match="refuses to sign you in") as caught:
        run("listobjects", CONNECTION="Work", CONTAINER=container, OUTPUT="memory:")
    assert "hunter2-secret" not in str(caught.value)
