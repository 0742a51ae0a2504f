# SPDX-License-Identifier: GPL-2.0-or-later
"""A folder published through Processing, on the real object store."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from qgis.core import QgsProcessingException

from cog_browser.gui.cluster_options import ClusterOptions
from tests.qgis.processing_fixtures import (
    RecordingFeedback,
    Run,
    container,
    env,
    keys_in,
    make_raster,
    provider,
    run,
)
from tests.support.dask_cluster import dask_cluster
from tests.support.stack_client import Stack

__all__ = ["container", "env", "make_raster", "provider", "run"]


@pytest.fixture
def folder(tmp_path: Path, make_raster: Callable[..., Path]) -> Path:
    (tmp_path / "scenes" / "ü").mkdir(parents=True)
    make_raster("scenes/a.tif")
    make_raster("scenes/ü/b.TIF", width=300)
    (tmp_path / "scenes" / "<bad>.tif").write_text("no raster")
    return tmp_path / "scenes"


def test_a_folder_becomes_a_table_and_a_page(
    run: Run, env: Stack, container: str, folder: Path, tmp_path: Path
) -> None:
    feedback, threads = RecordingFeedback(), set()
    feedback.progressChanged.connect(lambda _: threads.add(threading.get_ident()))
    page = tmp_path / "report.html"
    parameters = {
        "FOLDER": str(folder),
        "CONNECTION": "env",
        "CONTAINER": container,
        "PREFIX": "dem",
        "JOURNAL": str(tmp_path / "journal"),
        "OUTPUT": "memory:",
        "OUTPUT_HTML": str(page),
    }

    planned = run("publishfolder", DRY_RUN=True, **parameters)
    assert (planned["DONE"], planned["FAILED"], keys_in(env, container)) == (0, 1, [])
    assert {f["state"] for f in planned["OUTPUT"].getFeatures()} == {"planned", "failed"}

    results = run("publishfolder", feedback, **parameters)

    assert (results["DONE"], results["FAILED"], results["SKIPPED"]) == (2, 1, 0)
    rows = {f["path"]: f for f in results["OUTPUT"].getFeatures()}
    assert sorted(rows) == ["<bad>.tif", "a.tif", "ü/b.TIF"]
    assert (rows["ü/b.TIF"]["key"], rows["ü/b.TIF"]["state"]) == ("dem/ü/b.tif", "done")
    assert rows["ü/b.TIF"]["etag"] == env.connection().head_object(container, "dem/ü/b.tif")["etag"]
    assert keys_in(env, container) == ["dem/a.tif", "dem/ü/b.tif"]
    assert feedback.progress() == 100
    assert threads == {threading.get_ident()}
    assert any("3 files: 2 to convert" in info for info in feedback.infos)
    (warning,) = feedback.warnings
    assert warning.startswith("<bad>.tif: failed: ")
    assert "&lt;bad&gt;.tif" in page.read_text(encoding="utf-8")

    again = run("publishfolder", **parameters)
    assert (again["DONE"], again["FAILED"], again["SKIPPED"]) == (0, 1, 2)


def test_a_cancelled_run_leaves_nothing_but_its_journal(
    run: Run, env: Stack, container: str, folder: Path, tmp_path: Path
) -> None:
    results = run(
        "publishfolder",
        RecordingFeedback(cancel_at=10),
        FOLDER=str(folder),
        CONNECTION="env",
        CONTAINER=container,
        JOURNAL=str(tmp_path / "journal"),
        OUTPUT="memory:",
    )

    assert results == {}
    assert {p.name for p in tmp_path.iterdir()} == {"journal", "scenes"}


def test_objects_of_a_container_become_cogs_and_are_judged(
    run: Run, env: Stack, container: str, folder: Path, tmp_path: Path
) -> None:
    swift = env.connection()
    for path in (folder / "a.tif", folder / "<bad>.tif"):
        swift.put_object(container, f"dem/{path.name}", path.read_bytes())
    place = {"CONNECTION": "env", "CONTAINER": container, "PREFIX": "dem", "OUTPUT": "memory:"}
    before = run("validatefolder", **place)
    assert (before["VALID"], before["INVALID"], before["NOT_JUDGED"]) == (0, 2, 0)

    parameters = {
        "SOURCE_CONTAINER": container,
        "SOURCE_PREFIX": "dem",
        "CONNECTION": "env",
        "JOURNAL": str(tmp_path / "journal"),
        "OUTPUT": "memory:",
    }
    assert run("publishfolder", **parameters)["SKIPPED"] == 1  # replacing was not asked for
    results = run("publishfolder", OVERWRITE=True, **parameters)
    assert (results["DONE"], results["FAILED"], results["SKIPPED"]) == (1, 1, 0)

    after = run("validatefolder", **place)
    rows = {f["key"]: (f["verdict"], f["errors"]) for f in after["OUTPUT"].getFeatures()}
    assert rows["dem/a.tif"] == ("valid", 0)
    assert rows["dem/<bad>.tif"][0] == "invalid"
    local = run("validatefolder", FOLDER=str(folder), OUTPUT="memory:")
    assert {f["key"] for f in local["OUTPUT"].getFeatures()} == {"<bad>.tif", "a.tif", "ü/b.TIF"}


def test_the_cluster_comes_from_the_options_and_does_the_work(
    run: Run, env: Stack, container: str, folder: Path, tmp_path: Path, qgis_app: object
) -> None:
    parameters = {
        "FOLDER": str(folder),
        "CONNECTION": "env",
        "CONTAINER": container,
        "JOURNAL": str(tmp_path / "journal"),
        "EXECUTOR": "dask",
        "OUTPUT": "memory:",
    }
    with pytest.raises(QgsProcessingException, match="No Dask scheduler is named"):
        run("publishfolder", **parameters)
    options = ClusterOptions()
    try:
        options.scheduler.setText("tcp://scheduler.example.org:8786")
        options.apply()
        with pytest.raises(QgsProcessingException, match="its connection is not encrypted"):
            run("publishfolder", **parameters)
        with dask_cluster(workers=1) as cluster:
            options.scheduler.setText(cluster.scheduler_address)
            options.apply()
            assert ClusterOptions().scheduler.text() == cluster.scheduler_address
            results = run("publishfolder", **parameters)
            place = {"CONNECTION": "env", "CONTAINER": container, "OUTPUT": "memory:"}
            judged = run("validatefolder", EXECUTOR="dask", **place)
    finally:
        options.scheduler.setText("")
        options.apply()
    assert (results["DONE"], results["FAILED"]) == (2, 1)
    assert (judged["VALID"], judged["INVALID"], judged["NOT_JUDGED"]) == (2, 0, 0)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"TEMPLATE": "{nope}"}, "a place that isn't known"),
        ({"TEMPLATE": "same.tif"}, "needs {name} or {stem}"),
        ({"FOLDER": "/nowhere"}, "does not exist"),
        ({"CONTAINER": "nowhere"}, "there is no container “nowhere”"),
        ({"PATTERN": "*.img"}, "No file in"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    run: Run, env: Stack, container: str, folder: Path, tmp_path: Path, wrong: dict, says: str
) -> None:
    parameters = {
        "FOLDER": str(folder),
        "CONNECTION": "env",
        "CONTAINER": container,
        "JOURNAL": str(tmp_path / "journal"),
        "OUTPUT": "memory:",
    }
    with pytest.raises(QgsProcessingException) as refused:
        run("publishfolder", **{**parameters, **wrong})
    assert says in str(refused.value)
    assert keys_in(env, container) == []
