# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixtures of tests that need QGIS. pytest-qgis gives each run a profile of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from osgeo import gdal, osr
from qgis.core import QgsProject
from qgis.gui import QgsMessageBar

from cog_browser.adapters import sessions as sessions_module
from cog_browser.adapters.sessions import Sessions
from cog_browser.adapters.workers import Workers
from cog_browser.gui.controller import BrowserController
from cog_browser.gui.dock import CogBrowserDock
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from tests.support.stack_client import Stack


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
