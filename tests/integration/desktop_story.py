# SPDX-License-Identifier: GPL-2.0-or-later
"""What `test_desktop` does inside QGIS, as a user would; the test judges the facts."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import qgis.utils
from qgis.core import QgsApplication, QgsPointXY, QgsProject, QgsRectangle
from qgis.gui import QgsMapCanvas, QgsRubberBand
from qgis.PyQt.QtWidgets import QDialog, QMessageBox

from scripts.demo import panel, story


def colors(canvas: QgsMapCanvas, points: list[list[float]]) -> list[list[int]]:
    """The colour of the canvas at points of the map, without the footprint of what is selected."""
    for item in canvas.scene().items():
        if isinstance(item, QgsRubberBand):
            item.hide()
    image, transform = story.drawn(canvas), canvas.getCoordinateTransform()
    scale, found = image.devicePixelRatio(), []
    for x, y in points:
        pixel = transform.transform(QgsPointXY(x, y))
        color = image.pixelColor(round(pixel.x() * scale), round(pixel.y() * scale))
        found.append([color.red(), color.green(), color.blue()])
    return found


def _play(facts: dict[str, Any]) -> Iterator[story.Condition]:
    given, iface, project = story.parameters(), qgis.utils.iface, QgsProject.instance()
    canvas = iface.mapCanvas()
    views = {name: QgsRectangle(*view["extent"]) for name, view in given["views"].items()}

    def look(view: str) -> Iterator[story.Condition]:
        wanted, is_there = views[view].center(), False
        while not is_there:  # QGIS zooms to a project's first layer, and may do so after us
            done: list[bool] = []
            connected = canvas.mapCanvasRefreshed.connect(lambda done=done: done.append(True))
            canvas.setExtent(views[view])
            canvas.refreshAllLayers()
            yield lambda done=done: done  # a busy machine may take its time before it begins
            yield story.quiet(canvas)
            canvas.mapCanvasRefreshed.disconnect(connected)
            drawn = canvas.size(), canvas.extent()
            yield story.pause(0.8)  # longer than the canvas waits before it draws in a new size
            is_there = (canvas.size(), canvas.extent()) == drawn and not canvas.isDrawing()
            is_there &= canvas.extent().center().distance(wanted) < canvas.mapUnitsPerPixel()
        facts[view] = colors(canvas, given["views"][view]["points"])

    iface.mainWindow().setGeometry(0, 0, 1200, 800)
    iface.newProject()
    yield panel.docks
    connection = panel.save_connection(given["openrc"], "Local Swift")
    facts["providers"] = _providers()

    yield from panel.open_folder(connection, given["container"])
    facts["top"] = panel.listed()
    yield from panel.open_folder(connection, given["container"], given["prefix"])
    facts["folder"] = panel.listed()

    yield from panel.add_by_double_click(given["key"])
    facts["running"] = panel.only_layer().source()
    yield from look("added")

    project.write(given["project"])
    iface.newProject()
    yield lambda: not project.mapLayers()
    iface.addProject(given["project"])
    facts["reopened_is_valid"] = panel.only_layer().isValid()
    facts["reopened_running"] = panel.only_layer().source()
    yield from look("reopened")

    qgis.utils.unloadPlugin("cog_browser")
    yield lambda: not panel.docks()
    facts["unloaded_providers"] = _providers()
    yield from look("unloaded")

    qgis.utils.loadPlugin("cog_browser")
    qgis.utils.startPlugin("cog_browser")
    yield panel.docks
    facts["reloaded_docks"] = len(panel.docks())
    facts["reloaded_providers"] = _providers()
    yield from look("reloaded")

    project.write(given["project_after_reload"])
    yield from _close_over_a_transfer(facts)
    story.close_qgis(iface)


def _close_over_a_transfer(facts: dict[str, Any]) -> Iterator[story.Condition]:
    """QGIS is closed while one runs, and the question is answered with “Cancel”."""
    window, ended = qgis.utils.iface.mainWindow(), threading.Event()
    transfers = window.findChild(QDialog, "CogBrowserTransfersDialog")

    def boxes() -> list[QMessageBox]:
        found = window.findChildren(QMessageBox, "CogBrowserExitQuestion")
        return [box for box in found if box.isVisible()]

    def work(_progress: Any, _control: Any) -> list[str]:
        ended.wait()
        return []

    transfers.add("a file", work, lambda: None)
    story.close_qgis(qgis.utils.iface)
    yield boxes
    [box] = boxes()
    facts["asked_at_exit"] = [box.text(), *(b.text().replace("&", "") for b in box.buttons())]
    if folder := os.environ.get("SCREENSHOTS"):
        box.grab().save(str(Path(folder) / "exit-question.png"))
    [cancel] = [b for b in box.buttons() if box.standardButton(b) == box.StandardButton.Cancel]
    cancel.click()
    yield lambda: not boxes()
    facts["open_after_cancel"] = window.isVisible() and transfers.under_way == 1
    ended.set()
    yield lambda: not transfers.under_way


def _providers() -> list[str]:
    providers = QgsApplication.processingRegistry().providers()
    return [provider.id() for provider in providers if provider.id() == "cogbrowser"]


def start() -> None:
    story.play(_play)
