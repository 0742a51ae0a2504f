# SPDX-License-Identifier: GPL-2.0-or-later
"""A bucket of Google Cloud Storage in the panel, like any container: listed, described, shown."""

from __future__ import annotations

import dataclasses
import json
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from osgeo import gdal
from qgis.core import QgsSettings

from cog_browser.adapters.sessions import Sessions
from cog_browser.gui.controller import BrowserController
from cog_browser.gui.dock import CogBrowserDock
from cog_browser.gui.place import Place
from cog_browser.storage.connection import Connection
from cog_browser.storage.stores import open_store
from tests.integration.store_accounts import account_in
from tests.qgis.processing_fixtures import Run, provider, run
from tests.support.object_servers import Server
from tests.support.rasters import checksums, make_cog

__all__ = ["provider", "run"]

KEY = "2024/scene.tif"


@pytest.fixture(autouse=True)
def is_open(qgis_app: object) -> Iterator[None]:
    """The details are open, as they are for a new user."""
    QgsSettings().remove("plugins/cog_browser/details")
    yield
    QgsSettings().remove("plugins/cog_browser/details")


@pytest.fixture
def maps(sessions: Sessions, amazon: Server) -> Connection:
    connection, credentials = account_in("gs-moto", amazon)
    connection = dataclasses.replace(connection, name="Maps")
    sessions.repository.save(connection)
    sessions.secrets.save(connection.id, credentials, "session")
    return connection


@pytest.fixture
def scene(amazon: Server, tmp_path: Path) -> tuple[str, Path]:
    """The bucket that has it, and the same on the disk."""
    bucket = f"maps-{uuid.uuid4().hex[:12]}"
    path = make_cog(tmp_path / "scene.tif", 700, 600)
    with closing(open_store(*account_in("gs-moto", amazon))) as store:
        store.create_container(bucket)
        store.upload(path, bucket, KEY)
    return bucket, path


def test_a_scene_is_listed_described_previewed_and_added(
    ui: Any,
    dock: CogBrowserDock,
    controller: BrowserController,
    maps: Connection,
    scene: tuple[str, Path],
) -> None:
    bucket, path = scene
    ui.open(Place(maps.id, bucket, "2024/"))
    assert ui.rows() == ["scene.tif"]
    ui.click("scene.tif")
    ui.wait(lambda: dock.details.facts.isVisible() and dock.details.badge.text() == "Valid COG")
    ui.wait(lambda: "overview" in dock.details.caption.text())
    assert not dock.details.picture.pixmap().isNull()
    ui.double_click("scene.tif")
    ui.wait(lambda: len(ui.layers()) == 1)
    [layer] = ui.layers()
    assert layer.isValid()
    assert checksums(gdal.Open(layer.source())) == checksums(gdal.Open(str(path)))


def test_a_scene_is_validated(run: Run, maps: Connection, scene: tuple[str, Path]) -> None:
    verdict = run("validatecog", CONNECTION="Maps", CONTAINER=scene[0], KEY=KEY)
    assert verdict["VALID"] is True
    report = json.loads(verdict["REPORT"])
    assert (report["source"], report["earth_engine_ready"]) == (f"{scene[0]}/{KEY}", True)
