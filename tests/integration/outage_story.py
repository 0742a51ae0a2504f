# SPDX-License-Identifier: GPL-2.0-or-later
"""What `test_outage` does inside QGIS while the test takes a store away and gives it back."""

from __future__ import annotations

import gc
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import qgis.utils
from qgis.core import (
    Qgis,
    QgsApplication,
    QgsMapRendererSequentialJob,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
)
from qgis.PyQt.QtGui import QImage
from qgis.PyQt.QtWidgets import QApplication

from scripts.demo import panel, story

_RGB = QImage.Format.Format_RGB32


def _play(facts: dict[str, Any]) -> Iterator[story.Condition]:
    from cog_browser.adapters.layer_states import layer_states
    from cog_browser.adapters.sessions import sessions
    from cog_browser.storage.credentials import Credentials
    from cog_browser.storage.gateway.process import shared_gateway

    given, iface, project = story.parameters(), qgis.utils.iface, QgsProject.instance()
    canvas, tree = iface.mapCanvas(), iface.layerTreeView()

    def states() -> dict[str, str]:
        layers = project.mapLayers().values()
        return {layer.name(): layer_states().state_of(layer).state for layer in layers}

    def are(state: str, names: list[str]) -> bool:
        found = states()
        return {found[name] for name in names} == {state}

    def store_is(what: str) -> story.Condition:
        """Ask the test to change how the far store is; true when it has."""
        folder = Path(given["folder"])
        (folder / "wanted").write_text(what)
        return lambda: (folder / "is").exists() and (folder / "is").read_text() == what

    def look(name: str) -> None:
        """What a user sees now."""
        nodes = project.layerTreeRoot().findLayers()
        facts[name] = {
            "marks": {n.name(): [x.toolTip() for x in tree.indicators(n)] for n in nodes},
            "said": [f"{x.title()} {x.text()}" for x in iface.messageBar().items()],
            "is right": is_right(),
            "states": states(),
        }

    def is_right() -> bool:
        """Whether the canvas shows, pixel by pixel, what it would show of local files."""
        settings, twins = canvas.mapSettings(), []
        for layer in canvas.layers():
            twins.append(QgsRasterLayer(given["files"][layer.name()], layer.name(), "gdal"))
            twins[-1].setRenderer(layer.renderer().clone())
        settings.setLayers(twins)
        job = QgsMapRendererSequentialJob(settings)
        job.start()
        job.waitForFinished()
        return job.renderedImage().convertToFormat(_RGB) == story.drawn(canvas).convertToFormat(
            _RGB
        )

    def show(window: str) -> None:
        canvas.setExtent(QgsRectangle(*given["windows"][window]))
        canvas.refresh()

    facts["messages"], facts["logged"], facts["exceptions"] = [], [], []

    def note_exception(kind: Any, error: Any, trace: Any) -> None:
        facts["exceptions"].append("".join(traceback.format_exception(kind, error, trace)))

    sys.excepthook = note_exception
    iface.messageBar().widgetAdded.connect(
        lambda _item: facts["messages"].extend(
            f"{item.title()} {item.text()}" for item in iface.messageBar().items()
        )
    )
    QgsApplication.messageLog().messageReceived[str, str, Qgis.MessageLevel].connect(
        lambda text, tag, _level: facts["logged"].append(f"{tag}: {text}")
    )
    iface.mainWindow().setGeometry(0, 0, 1200, 800)
    yield panel.docks
    started = time.monotonic()
    iface.addProject(given["project"])
    facts["seconds"] = time.monotonic() - started
    yield story.pause(1)
    modal = QApplication.activeModalWidget()
    facts["modal"] = type(modal).__name__ if modal else ""
    facts["opened"] = states()
    for connection in sessions().repository.all():
        credentials = Credentials(**given["credentials"][connection.id])
        sessions().secrets.save(connection.id, credentials, "session")
    sessions().repository.changed.emit()  # as a saved secret is looked for
    near = [name for name in states() if not name.startswith("far")]
    far = [name for name in states() if name.startswith("far")]
    yield lambda: are("reading", near)
    shared_gateway().configure(0, None, look_ahead=False)  # each view is read from the store
    show("all")
    yield story.quiet(canvas)
    yield story.pause(2)
    look("far is lost")

    yield store_is("well")
    yield lambda: are("reading", near + far)
    yield story.quiet(canvas)
    yield story.pause(1)
    look("far is back")

    yield store_is("refusing")
    for window in given["steps"]:
        show(window)
        yield story.pause(0.4)
    yield lambda: are("failing", far) and not canvas.isDrawing()
    yield story.pause(1)
    look("lost during a pan")
    yield store_is("well")
    yield lambda: are("reading", near + far)
    yield story.quiet(canvas)
    yield story.pause(2)
    look("back after a pan")

    yield store_is("silent")
    show("all")
    show("silent")
    yield lambda: "silent" in states().values()
    yield story.pause(1)
    look("silent")
    yield store_is("well")
    yield lambda: are("reading", near + far)
    yield story.quiet(canvas)
    yield story.pause(1)
    look("speaks again")

    yield store_is("read-only")
    for layer in project.mapLayers().values():
        layer.dataProvider().bandStatistics(1)  # GDAL would like to keep these beside the object
    project.removeAllMapLayers()
    gc.collect()
    yield story.pause(1)
    yield store_is("well")
    facts["layers left"] = len(project.mapLayers())
    story.close_qgis(iface)


def start() -> None:
    story.play(_play)
