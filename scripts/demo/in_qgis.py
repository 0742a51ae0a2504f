# SPDX-License-Identifier: GPL-2.0-or-later
"""What the demo does inside QGIS: the clicks of a user, on the plugin's real panel."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

import qgis.utils
from qgis.core import QgsProject, QgsRectangle
from qgis.PyQt.QtCore import QRect, Qt
from qgis.PyQt.QtWidgets import QDockWidget

from cog_browser.adapters.sessions import sessions
from cog_browser.gui.place import Place
from cog_browser.storage.connection import Connection
from scripts.demo import panel, story

_DOCK_WIDTH = 460
_VIEW = QgsRectangle(-62, -58, 108, 76)  # fills the canvas
_FEWEST_COLORS = 50  # a drawn Blue Marble has hundreds, a blank canvas one


def _play(facts: dict[str, Any]) -> Iterator[story.Condition]:
    given, iface = story.parameters(), qgis.utils.iface
    window = iface.mainWindow()
    window.setGeometry(QRect(window.screen().availableGeometry()))
    yield lambda: panel.dock() is not None
    dock = panel.dock()
    iface.newProject()
    window.findChild(QDockWidget, "Browser").hide()  # QGIS's own
    layers = window.findChild(QDockWidget, "Layers")
    dock.show()
    window.resizeDocks([dock], [_DOCK_WIDTH], Qt.Orientation.Horizontal)
    window.resizeDocks([layers, dock], [1, 3], Qt.Orientation.Vertical)

    connection, credentials = Connection.from_openrc(given["openrc"])
    connection = dataclasses.replace(connection, name="Local Swift")
    sessions().secrets.save(connection.id, credentials, "session")
    sessions().repository.save(connection)

    folders = given["key"].split("/")[:-1]
    place = Place(connection.id)
    yield from panel.open_place(place)
    place = place.child(given["container"])
    yield from panel.open_place(place)
    for folder in folders:
        place = place.child(place.prefix + folder + "/")
        yield from panel.open_place(place)
    yield from panel.double_click_object(given["key"])
    layer = next(iter(QgsProject.instance().mapLayers().values()))

    canvas = iface.mapCanvas()
    yield story.quiet(canvas)
    canvas.setExtent(_VIEW)
    canvas.refresh()
    yield story.quiet(canvas)
    facts["layer"] = layer.name()
    facts["colors"] = story.color_count(story.drawn(canvas))
    if facts["colors"] < _FEWEST_COLORS:
        raise RuntimeError(f"the canvas is blank: {facts['colors']} colours")
    if given["screenshot"]:
        yield story.pause(0.5)  # what is on the screen lags behind
        story.grab_screen(given["screenshot"])
        story.close_qgis(iface)


def start() -> None:
    story.play(_play)
