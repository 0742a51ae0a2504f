# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin's panel as a user's hand moves it, for stories inside QGIS."""

from __future__ import annotations

from collections.abc import Iterator

import qgis.utils
from qgis.core import QgsProject
from qgis.PyQt.QtCore import QModelIndex, Qt
from qgis.PyQt.QtTest import QTest

from cog_browser.gui.dock import CogBrowserDock
from cog_browser.gui.place import Place
from cog_browser.gui.tree_model import NodeState
from scripts.demo.story import Condition


def dock() -> CogBrowserDock:
    found: CogBrowserDock = qgis.utils.iface.mainWindow().findChild(CogBrowserDock)
    return found


def open_place(place: Place) -> Iterator[Condition]:
    """Selects and expands a row of the tree; over when its children are there."""
    panel = dock()
    yield lambda: panel.tree_model.index_of(place).isValid()
    panel.select(place)
    panel.expand(place)
    yield lambda: panel.tree_model.state(place) is NodeState.READY


def row_of(key: str) -> QModelIndex:
    """The row of an object in the table; invalid where it is not listed."""
    model = dock().objects_model
    for row in range(model.rowCount()):
        address = model.address(row)
        if address is not None and address.key == key:
            return model.index(row, 0)
    return QModelIndex()


def double_click_object(key: str) -> Iterator[Condition]:
    """Adds an object to the map; over when the layer is in the project."""
    project, panel = QgsProject.instance(), dock()
    count = len(project.mapLayers())
    yield lambda: row_of(key).isValid()
    table = panel.table
    table.scrollTo(row_of(key))
    point = table.visualRect(row_of(key)).center()
    left = Qt.MouseButton.LeftButton
    QTest.mouseClick(table.viewport(), left, Qt.KeyboardModifier.NoModifier, point)
    QTest.mouseDClick(table.viewport(), left, Qt.KeyboardModifier.NoModifier, point)
    yield lambda: len(project.mapLayers()) > count
