# SPDX-License-Identifier: GPL-2.0-or-later
"""What `test_projects` does inside QGIS with projects whose layers can't be read yet."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import qgis.utils
from qgis.core import QgsLayerTreeLayer, QgsPointXY, QgsProject
from qgis.PyQt.QtWidgets import QApplication

from scripts.demo import panel, story


def _play(facts: dict[str, Any]) -> Iterator[story.Condition]:
    from cog_browser.adapters.layer_states import layer_states
    from cog_browser.adapters.sessions import sessions
    from cog_browser.storage.connection import Connection

    given, iface, project = story.parameters(), qgis.utils.iface, QgsProject.instance()

    def states() -> dict[str, list[str]]:
        found = {}
        for layer in project.mapLayers().values():
            state = layer_states().state_of(layer)
            found[layer.name()] = [state.state, state.reason] if state else ["foreign", ""]
        return found

    def sample() -> dict[str, float]:
        point, layers = QgsPointXY(*given["point"]), project.mapLayers().values()
        return {layer.name(): layer.dataProvider().sample(point, 1)[0] for layer in layers}

    yield panel.docks
    yield lambda: len(project.mapLayers()) == given["count"]
    yield story.pause(1)
    facts["from command line"] = states()
    facts["modal"] = [_modal()]

    iface.newProject()
    yield lambda: not project.mapLayers()
    started = time.monotonic()
    iface.addProject(given["project"])
    facts["seconds"] = time.monotonic() - started
    facts["modal"].append(_modal())
    facts["opened"] = states()
    yield story.pause(1)
    facts["modal"].append(_modal())

    for name, openrc in given["openrc"].items():
        connection, credentials = Connection.from_openrc(openrc, name)
        saved = {c.name: c for c in sessions().repository.all()}
        if name in saved:
            connection = saved[name]
        else:
            sessions().repository.save(connection)
        sessions().secrets.save(connection.id, credentials, "session")
        sessions().store(connection, credentials)
    names = given["alive"]
    yield lambda: all(states()[name][0] == "reading" for name in names)
    facts["alive"] = states()
    facts["modal"].append(_modal())
    facts["sampled"] = {name: sample()[name] for name in names}
    project.write(given["written"])

    (inner,) = project.mapLayersByName("demo")
    node = QgsLayerTreeLayer(inner.id(), "inner")  # as QGIS's dialog makes it
    node.setCustomProperty("embedded", 1)
    node.setCustomProperty("embedded_project", given["project"])
    iface.newProject()
    yield lambda: not project.mapLayers()
    project.layerTreeRoot().addChildNode(node)
    project.write(given["outer"])
    iface.newProject()
    iface.addProject(given["outer"])
    yield lambda: states()["demo"][0] == "reading"
    facts["embedded"] = sample()
    story.close_qgis(iface)


def _modal() -> str:
    widget = QApplication.activeModalWidget()
    return "" if widget is None else f"{type(widget).__name__} “{widget.windowTitle()}”"


def start() -> None:
    story.play(_play)
