# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin's panel as a user's hand moves it, for stories inside QGIS.

Nothing of the plugin is imported at the top: after a reload of it, its classes are others.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import qgis.utils
from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QModelIndex, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QDockWidget

from scripts.demo.story import Condition


def docks() -> list[Any]:
    """The plugin's panels in QGIS's window: one while the plugin is on."""
    return qgis.utils.iface.mainWindow().findChildren(QDockWidget, "CogBrowserDock")


def dock() -> Any:
    (found,) = docks()
    return found


def save_connection(openrc: str, name: str) -> Any:
    """Saves an openrc file's account as a connection, its secret for the session."""
    from cog_browser.adapters.sessions import sessions
    from cog_browser.storage.connection import Connection

    connection, credentials = Connection.from_openrc(openrc)
    connection = dataclasses.replace(connection, name=name)
    sessions().secrets.save(connection.id, credentials, "session")
    sessions().repository.save(connection)
    return connection


def open_folder(connection: Any, container: str, prefix: str = "") -> Iterator[Condition]:
    """Opens the rows of the tree down to a folder; over when its listing is complete."""
    from cog_browser.gui.place import Place

    place = Place(connection.id)
    yield from _open(place)
    place = place.child(container)
    yield from _open(place)
    for folder in prefix.split("/")[:-1]:
        place = place.child(f"{place.prefix}{folder}/")
        yield from _open(place)


def _open(place: Any) -> Iterator[Condition]:
    panel = dock()
    yield lambda: panel.tree_model.index_of(place).isValid()
    panel.select(place)
    panel.expand(place)
    yield lambda: panel.tree_model.state(place).name == "READY"


def listed() -> list[str]:
    """What the first column of the table shows."""
    model = dock().objects_model
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def add_by_double_click(key: str) -> Iterator[Condition]:
    """Double-clicks an object in the table; over when its layer is in the project."""
    project, table = QgsProject.instance(), dock().table
    count = len(project.mapLayers())
    yield lambda: _row_of(key).isValid()
    table.scrollTo(_row_of(key))
    point = table.visualRect(_row_of(key)).center()
    left, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mouseClick(table.viewport(), left, plain, point)
    QTest.mouseDClick(table.viewport(), left, plain, point)
    yield lambda: len(project.mapLayers()) > count


def only_layer() -> QgsRasterLayer:
    (layer,) = QgsProject.instance().mapLayers().values()
    return layer


def _row_of(key: str) -> QModelIndex:
    model = dock().objects_model
    for row in range(model.rowCount()):
        address = model.address(row)
        if address is not None and address.key == key:
            return model.index(row, 0)
    return QModelIndex()
