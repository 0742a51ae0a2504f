# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixtures of tests that need QGIS. pytest-qgis gives each run a profile of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from osgeo import gdal, osr
from qgis.core import QgsMapLayer, QgsProject, QgsSettings
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QObject, QPoint, Qt
from qgis.PyQt.QtTest import QAbstractItemModelTester

from cog_browser.adapters import sessions as sessions_module
from cog_browser.adapters.sessions import Sessions
from cog_browser.adapters.workers import Workers
from cog_browser.gui.controller import BrowserController
from cog_browser.gui.dock import CogBrowserDock
from cog_browser.gui.objects_model import ObjectsModel
from cog_browser.gui.place import Place
from cog_browser.gui.tree_model import NodeState, TreeModel
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from tests.support.patience import WAIT
from tests.support.stack_client import Stack


@pytest.fixture(autouse=True)
def empty_project(qgis_app: object) -> Iterator[None]:
    """No test finds layers of another: the plugin would go on to read and revive them."""
    QgsProject.instance().clear()
    yield
    QgsProject.instance().clear()


@pytest.fixture()
def sessions(qgis_app: object) -> Iterator[Sessions]:
    """The process's sessions, with no connection saved before and after."""
    sessions_module.close_sessions()
    found = sessions_module.sessions()
    for connection in found.repository.all():
        found.repository.remove(connection.id)
    yield found
    for connection in found.repository.all():
        found.secrets.remove(connection.id)
        found.repository.remove(connection.id)
    QgsProject.instance().clear()
    sessions_module.close_sessions()


@pytest.fixture()
def workers(qgis_app: object) -> Iterator[Workers]:
    pool = Workers()
    yield pool
    pool.stop()


@pytest.fixture()
def message_bar(qtbot: object) -> QgsMessageBar:
    # notes would go after five seconds, which a busy machine may need to get to look at them
    QgsSettings().setValue("qgis/messageTimeout", 3600)
    bar = QgsMessageBar()
    qtbot.addWidget(bar)
    return bar


@pytest.fixture()
def account(stack: Stack) -> tuple[Connection, Credentials]:
    """The stack's demo account."""
    return Connection.from_openrc(stack.openrc("demo"), "demo")


@pytest.fixture()
def saved(sessions: Sessions, account: tuple[Connection, Credentials]) -> Connection:
    """The demo account as a saved connection whose secret is known for the session."""
    connection, credentials = account
    sessions.repository.save(connection)
    sessions.secrets.save(connection.id, credentials, "session")
    return connection


@pytest.fixture()
def dock(qtbot: object) -> CogBrowserDock:
    widget = CogBrowserDock()
    qtbot.addWidget(widget)
    widget.resize(380, 720)
    widget.show()
    return widget


@pytest.fixture()
def controller(
    dock: CogBrowserDock, sessions: Sessions, workers: Workers, message_bar: QgsMessageBar
) -> Iterator[BrowserController]:
    made = BrowserController(dock, sessions, workers, message_bar)
    yield made
    made.stop()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Keep pytest-qgis from asking for a fixture again that has just failed.

    It looks for layers in all fixtures. The failure would come once more, before anything is torn
    down, and all later tests of the file would find what this one has left.
    """
    found = getattr(item, "funcargs", {})
    if set(getattr(item, "fixturenames", ())) - set(found):
        found.pop("request", None)


@pytest.fixture(scope="session")
def cog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A COG of 512 × 512 pixels near Munich."""
    path = tmp_path_factory.mktemp("cog") / "munich.tif"
    memory = gdal.GetDriverByName("MEM").Create("", 512, 512, 1, gdal.GDT_Byte)
    memory.SetGeoTransform((690000, 10, 0, 5340000, 0, -10))
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(32632)
    memory.SetProjection(crs.ExportToWkt())
    memory.GetRasterBand(1).Fill(7)
    gdal.GetDriverByName("COG").CreateCopy(str(path), memory)
    return path


@pytest.fixture()
def container(stack: Stack) -> str:
    """A new, empty container of the demo account."""
    name = stack.unique_name("dock")
    with closing(stack.connection("demo")) as connection:
        connection.put_container(name)
    return name


@pytest.fixture()
def put(stack: Stack, container: str) -> Iterator[Callable[..., None]]:
    """Stores an object in `container` behind the plugin's back: put(key, data)."""
    with closing(stack.connection("demo")) as connection:

        def store(key: str, data: bytes = b"x", content_type: str = "text/plain") -> None:
            connection.put_object(container, key, data, content_type=content_type)

        yield store


class DockDriver:
    """Uses the dock as a person does, and reads what it shows."""

    def __init__(self, dock: CogBrowserDock, message_bar: QgsMessageBar, qtbot: Any) -> None:
        self._dock, self._bar, self._qtbot = dock, message_bar, qtbot

    def rows(self) -> list[str]:
        """The names in the table."""
        model = self._dock.objects_model
        return [model.data(model.index(row, 0)) for row in range(model.rowCount())]

    def children(self, place: Place) -> list[str]:
        """The rows below a place in the tree."""
        model = self._dock.tree_model
        parent = model.index_of(place)
        return [model.data(model.index(row, 0, parent)) for row in range(model.rowCount(parent))]

    def open(self, place: Place) -> None:
        """Expand down to a place, select it, and wait for its listing."""
        dock, above = self._dock, [place]
        while above[0].parent is not None:
            above.insert(0, above[0].parent)
        for one in above[:-1]:
            dock.expand(one)
            self.wait(lambda one=one: dock.tree_model.state(one) is NodeState.READY)
        dock.select(place)
        self.wait(lambda: dock.state is not NodeState.LOADING)
        assert dock.current_place == place

    def click(self, name: str) -> QPoint:
        index = self._dock.objects_model.index(self.rows().index(name), 0)
        where = self._dock.table.visualRect(index).center()
        viewport = self._dock.table.viewport()
        self._qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=where)
        return where

    def double_click(self, name: str) -> None:
        where = self.click(name)
        viewport = self._dock.table.viewport()
        self._qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=where)

    def told(self) -> str:
        """All that stands in the message bar."""
        return " ".join(f"{item.title()} {item.text()}" for item in self._bar.items())

    def layers(self) -> list[QgsMapLayer]:
        return list(QgsProject.instance().mapLayers().values())

    def wait(self, condition: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(condition, timeout=WAIT)


@pytest.fixture()
def ui(dock: CogBrowserDock, message_bar: QgsMessageBar, qtbot: object) -> DockDriver:
    """Drives the dock."""
    return DockDriver(dock, message_bar, qtbot)


@pytest.fixture()
def untested_models() -> None:
    """For tests of so many rows that Qt's tester, which walks through them, takes too long."""


@pytest.fixture(autouse=True)
def tested_models(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Qt's own tester watches every model of every dock, and ends the process if one errs."""
    if "untested_models" in request.fixturenames:
        return
    for kind in (TreeModel, ObjectsModel):
        monkeypatch.setattr(kind, "__init__", _watched(kind.__init__))


def _watched(init: Callable[..., None]) -> Callable[..., None]:
    def watched(self: Any, parent: QObject | None = None) -> None:
        init(self, parent)
        QAbstractItemModelTester(self, QAbstractItemModelTester.FailureReportingMode.Fatal, self)

    return watched
