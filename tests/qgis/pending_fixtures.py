# SPDX-License-Identifier: GPL-2.0-or-later
"""A QGIS that can be left and entered again, with projects that outlive it.

Import the fixtures you use.
"""

from __future__ import annotations

import dataclasses
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from osgeo import gdal
from qgis.core import (
    QgsContrastEnhancement,
    QgsCoordinateReferenceSystem,
    QgsDateTimeRange,
    QgsMultiBandColorRenderer,
    QgsProject,
    QgsRasterLayer,
    QgsRasterRange,
)
from qgis.PyQt.QtCore import QDateTime
from qgis.PyQt.QtGui import QPainter
from qgis.PyQt.QtWidgets import QApplication

from cog_browser.adapters import (
    gateway_start,
    layer_states,
    path_translation,
)
from cog_browser.adapters import sessions as sessions_module
from cog_browser.adapters.layers import CONNECTION_PROPERTY, add_to_project, build_layer
from cog_browser.adapters.revive import Reviver
from cog_browser.adapters.stray_reader import StrayReader
from cog_browser.adapters.workers import Workers
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.gateway import process as gateway_process
from cog_browser.storage.stores import open_store
from cog_browser.storage.vsi import gateway_url
from tests.support.patience import WAIT
from tests.support.rasters import checksums, make_cog
from tests.support.stack_client import Stack

KEY = "2026/scène 1.tif"


class Session:
    """What the plugin sets up in a QGIS with a window. `leave` forgets all that a restart does."""

    def __init__(self, folder: Path, monkeypatch: Any, qtbot: Any) -> None:
        monkeypatch.setattr(gateway_start, "header_folder", lambda: folder / "headers")
        monkeypatch.setattr(gateway_start, "_start", None)
        self._qtbot = qtbot
        self._running = False
        self.enter()

    def enter(self, is_ready: bool = True) -> None:
        _stop_gateway()
        sessions_module.close_sessions()
        self.sessions = sessions_module.sessions()
        self.states = layer_states.layer_states()
        path_translation.install()
        gateway_start.set_up(self.states.hear, start=True)
        if is_ready:  # QGIS starts no faster
            self.wait(lambda: gateway_start.gateway_soon() is not None)
        self.workers = Workers()
        self.reviver = Reviver(self.sessions, self.workers, self.states)
        self.stray_reader = StrayReader(self.workers, self.states)
        path_translation.never_wait(True)
        self._running = True

    def leave(self) -> None:
        if not self._running:
            return
        self._running = False
        QgsProject.instance().clear()
        self.stray_reader.stop()
        self.reviver.stop()
        self.workers.stop(0.5)
        path_translation.uninstall()
        layer_states.close_layer_states()
        sessions_module.close_sessions()
        _stop_gateway()

    def restart(self) -> None:
        self.leave()
        self.enter()

    def sign_in(self, connection: Connection, credentials: Credentials) -> Any:
        """As the panel does, and lists nothing."""
        self.sessions.secrets.save(connection.id, credentials, "session")
        return self.sessions.store(connection, credentials)

    def add(self, store: Any, container: str, key: str) -> QgsRasterLayer:
        layer = in_worker(lambda: build_layer(store, container, key))
        add_to_project(layer)
        return layer

    def open(self, path: Path) -> list[QgsRasterLayer]:
        """Open a project; it waits for nobody and shows no dialog."""
        started = time.monotonic()
        assert QgsProject.instance().read(str(path))
        seconds = time.monotonic() - started
        assert seconds < 20, f"{seconds:.1f} s"  # who waits for a server waits for longer
        assert QApplication.activeModalWidget() is None
        return list(QgsProject.instance().mapLayers().values())

    def state(self, layer: QgsRasterLayer) -> str:
        found = self.states.state_of(layer)
        assert found is not None
        return found.state

    def reason(self, layer: QgsRasterLayer) -> str:
        found = self.states.state_of(layer)
        assert found is not None
        return found.reason

    def wait(self, condition: Callable[[], bool], timeout: int = WAIT) -> None:
        self._qtbot.waitUntil(condition, timeout=timeout)
        assert QApplication.activeModalWidget() is None


def _stop_gateway() -> None:
    running = gateway_process.running_gateway()
    gateway_process._shared = None
    if running is not None:
        running.stop()


def in_worker(function: Callable[[], Any]) -> Any:
    outcome: dict[str, Any] = {}

    def work() -> None:
        try:
            outcome["result"] = function()
        except Exception as error:
            outcome["error"] = error

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(60)
    if "error" in outcome:
        raise outcome["error"]
    return outcome["result"]


@pytest.fixture
def session(tmp_path: Path, monkeypatch: Any, qtbot: Any, qgis_app: Any) -> Iterator[Session]:
    made = Session(tmp_path, monkeypatch, qtbot)
    _forget_connections(made)
    yield made
    _forget_connections(made)
    made.leave()


def _forget_connections(session: Session) -> None:
    for connection in session.sessions.repository.all():
        session.sessions.secrets.remove(connection.id)
        session.sessions.sign_out(connection.id)
        session.sessions.repository.remove(connection.id)


@pytest.fixture
def account(stack: Stack) -> tuple[Connection, Credentials]:
    """The demo account, as a connection to save."""
    connection, credentials = Connection.from_environment(stack.environment("demo"))
    return dataclasses.replace(connection, name="Demo"), credentials


@pytest.fixture(scope="module")
def file(tmp_path_factory: Any) -> Path:
    return make_cog(tmp_path_factory.mktemp("cog") / "scene.tif", 900, 700, bands=5)


@pytest.fixture
def container(stack: Stack, file: Path, account: tuple[Connection, Credentials]) -> str:
    """A container that holds `file` under `KEY`."""
    store = open_store(*account)
    name = store.create_container(stack.unique_name()).name
    store.upload(file, name, KEY)
    store.close()
    return name


@pytest.fixture
def project(session, account, container, tmp_path):
    """A project with one layer of a saved connection, written by an earlier QGIS."""
    session.sessions.repository.save(account[0])
    layer = session.add(session.sign_in(*account), container, KEY)
    set_all(layer)
    path = tmp_path / "project.qgs"
    assert QgsProject.instance().write(str(path))
    session.restart()
    return path


def forget_headers(tmp_path):
    for header in (tmp_path / "headers").glob("*.header"):
        header.unlink()


def set_all(layer):
    """Everything that a user sets, other than QGIS would."""
    renderer = QgsMultiBandColorRenderer(None, 5, 3, 2)
    stretch = QgsContrastEnhancement.ContrastEnhancementAlgorithm.StretchToMinimumMaximum
    for setter in (
        renderer.setRedContrastEnhancement,
        renderer.setGreenContrastEnhancement,
        renderer.setBlueContrastEnhancement,
    ):
        enhancement = QgsContrastEnhancement(layer.dataProvider().dataType(1))
        enhancement.setMinimumValue(123)
        enhancement.setMaximumValue(4567)
        enhancement.setContrastEnhancementAlgorithm(stretch)
        setter(enhancement)
    renderer.setOpacity(0.5)
    layer.setRenderer(renderer)
    layer.setBlendMode(QPainter.CompositionMode.CompositionMode_Multiply)
    layer.setCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    layer.setCustomProperty("mine", 5)
    layer.setName("My name")
    times = layer.temporalProperties()
    times.setIsActive(True)
    times.setFixedTemporalRange(
        QgsDateTimeRange(QDateTime(2020, 1, 1, 0, 0), QDateTime(2021, 1, 1, 0, 0))
    )
    layer.dataProvider().setUserNoDataValue(2, [QgsRasterRange(10, 20)])
    layer.dataProvider().setUseSourceNoDataValue(3, False)
    metadata = layer.metadata()
    metadata.setTitle("My title")
    layer.setMetadata(metadata)
    layer.styleManager().addStyleFromLayer("second")


def all_set(layer):
    """What is left of `set_all`."""
    renderer, provider = layer.renderer(), layer.dataProvider()
    red = renderer.redContrastEnhancement()
    return {
        "bands": (renderer.redBand(), renderer.greenBand(), renderer.blueBand()),
        "stretch": (red.minimumValue(), red.maximumValue()),
        "opacity": renderer.opacity(),
        "blending": layer.blendMode(),
        "crs": layer.crs().authid(),
        "property": layer.customProperty("mine"),
        "connection": bool(layer.customProperty(CONNECTION_PROPERTY)),
        "name": layer.name(),
        "from": layer.temporalProperties().fixedTemporalRange().begin().date().year(),
        "is temporal": layer.temporalProperties().isActive(),
        "nodata": [(r.min(), r.max()) for r in provider.userNoDataValues(2)],
        "source nodata": provider.useSourceNoDataValue(3),
        "title": layer.metadata().title(),
        "styles": layer.styleManager().styles(),
    }


ALL_SET = {
    "bands": (5, 3, 2),
    "stretch": (123, 4567),
    "opacity": 0.5,
    "blending": QPainter.CompositionMode.CompositionMode_Multiply,
    "crs": "EPSG:3857",
    "property": 5,
    "connection": True,
    "name": "My name",
    "from": 2020,
    "is temporal": True,
    "nodata": [(10, 20)],
    "source nodata": False,
    "title": "My title",
    "styles": ["default", "second"],
}


def alive(session, layer):
    return session.state(layer) == "reading" and gateway_url(layer.source()) is not None


def pixels_of(layer):
    return checksums(gdal.Open(layer.source()))


def saved_source(project):
    [found] = re.findall("<datasource>(/vsi.*)</datasource>", project.read_text())
    return found


def qgis_events(session, seconds):
    end = time.monotonic() + seconds
    session.wait(lambda: time.monotonic() > end)
