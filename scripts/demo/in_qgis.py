# SPDX-License-Identifier: GPL-2.0-or-later
"""What the demo does inside QGIS: the clicks of a user, on the plugin's real panel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import qgis.utils
from qgis.core import QgsProject, QgsRectangle
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QDockWidget

from scripts.demo import panel, story

_DOCK_WIDTH = 460
_VIEW = QgsRectangle(-62, -58, 108, 76)  # fills the canvas
_FEWEST_COLORS = 50  # a drawn Blue Marble has hundreds, a blank canvas one


def _play(facts: dict[str, Any]) -> Iterator[story.Condition]:
    given, iface = story.parameters(), qgis.utils.iface
    window = iface.mainWindow()
    if given["screenshot"]:
        window.setGeometry(window.screen().availableGeometry())  # Xvfb has no window manager
    else:
        window.showMaximized()
    yield panel.docks
    dock = panel.dock()
    iface.newProject()
    window.findChild(QDockWidget, "Browser").hide()  # QGIS's own
    layers = window.findChild(QDockWidget, "Layers")
    dock.show()
    window.resizeDocks([dock], [_DOCK_WIDTH], Qt.Orientation.Horizontal)
    window.resizeDocks([layers, dock], [1, 3], Qt.Orientation.Vertical)

    connection = panel.save_connection(given["openrc"], "Local Swift")
    prefix, _, _ = given["key"].rpartition("/")
    yield from panel.open_folder(connection, given["container"], f"{prefix}/")
    yield from panel.add_by_double_click(given["key"])

    canvas = iface.mapCanvas()
    yield story.quiet(canvas)
    canvas.setExtent(_VIEW)
    canvas.refresh()
    yield story.quiet(canvas)
    facts["layer"] = panel.only_layer().name()
    facts["colors"] = story.color_count(story.drawn(canvas))
    if facts["colors"] < _FEWEST_COLORS:
        raise RuntimeError(f"the canvas is blank: {facts['colors']} colours")
    QgsProject.instance().setDirty(False)  # nobody has to answer whether to save a demo
    if given["screenshot"]:
        yield story.pause(0.5)  # what is on the screen lags behind
        story.grab_screen(given["screenshot"])
        story.close_qgis(iface)


def start() -> None:
    story.play(_play)
