# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures)
"""Layers and groups of a project that is embedded in another one."""

from __future__ import annotations

import pytest
from osgeo import gdal
from qgis.core import QgsLayerTreeLayer, QgsLayerTreeModel, QgsProject
from qgis.gui import QgsLayerTreeView
from qgis.PyQt.QtWidgets import QMenu

from cog_browser.gui.layers.indicators import LayerIndicators
from cog_browser.gui.layers.meters import LayerMeters
from tests.qgis.pending_fixtures import (  # noqa: F401 (fixtures)
    KEY,
    account,
    alive,
    container,
    file,
    forget_headers,
    pixels_of,
    saved_source,
    session,
)
from tests.support.rasters import checksums


@pytest.fixture
def outer(session, account, container, tmp_path):
    """A project that embeds a group and a layer of another, of an account that is waited for."""
    project, inner, path = QgsProject.instance(), tmp_path / "inner.qgs", tmp_path / "outer.qgs"
    session.sessions.repository.save(account[0])
    store = session.sign_in(*account)
    alone, grouped = (session.add(store, container, KEY) for _ in range(2))
    alone.setName("alone")
    grouped.setName("grouped")
    root = project.layerTreeRoot()
    group = root.addGroup("Group")
    group.addChildNode(root.findLayer(grouped).clone())
    root.removeChildNode(root.findLayer(grouped))
    assert project.write(str(inner))
    layer_id = alone.id()
    project.clear()
    node = project.createEmbeddedGroup("Group", str(inner), [])
    root.addChildNode(node)
    embed(layer_id, inner)
    assert project.write(str(path))
    session.restart()
    forget_headers(tmp_path)
    return path


def embed(layer_id, inner):
    """As QGIS's dialog does, by way of a project file."""
    node = QgsLayerTreeLayer(layer_id, "alone")
    node.setCustomProperty("embedded", 1)
    node.setCustomProperty("embedded_project", str(inner))
    QgsProject.instance().layerTreeRoot().addChildNode(node)


@pytest.fixture
def view(session, qtbot):
    """A layer tree with our marks."""
    made = QgsLayerTreeView()
    qtbot.addWidget(made)
    model = QgsLayerTreeModel(QgsProject.instance().layerTreeRoot())
    made.setModel(model)
    meters = LayerMeters(session.workers)
    indicators = LayerIndicators(made, session.states, meters, lambda _layer: QMenu())
    yield made
    indicators.stop()


def marked(view):
    nodes = QgsProject.instance().layerTreeRoot().findLayers()
    return {node.name() for node in nodes if view.indicators(node)}


def test_embedded_layers_wait_with_a_mark_and_come_alive(
    session, outer, view, account, stack, container, file
):
    mark = stack.mark()
    layers = session.open(outer)
    assert sorted(layer.name() for layer in layers) == ["alone", "grouped"]
    assert {session.state(layer) for layer in layers} == {"pending"}
    assert stack.swift_requests(since=mark, within=container) == []
    session.wait(lambda: marked(view) == {"alone", "grouped"})
    session.sign_in(*account)
    session.wait(lambda: all(alive(session, layer) for layer in layers))
    session.wait(lambda: marked(view) == set())
    assert [pixels_of(layer) for layer in layers] == [checksums(gdal.Open(str(file)))] * 2
    assert QgsProject.instance().write(str(outer))
    assert "vsimem" not in outer.read_text()
    assert "/vsicurl?" not in outer.read_text()  # the running form
    assert "embedded_project" in outer.read_text()
