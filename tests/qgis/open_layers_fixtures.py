# SPDX-License-Identifier: GPL-2.0-or-later
"""A QGIS window with layers of the real store in it.

Import the fixtures you use.
"""

from __future__ import annotations

import dataclasses
import threading
import uuid

import pytest
from osgeo import gdal
from qgis.core import (
    QgsLayerTreeModel,
    QgsProject,
)
from qgis.gui import QgsLayerTreeView, QgsMapCanvas
from qgis.PyQt.QtWidgets import (
    QAction,
    QMainWindow,
)

from cog_browser.adapters import layer_states as layer_states_module
from cog_browser.adapters import path_translation
from cog_browser.adapters.layers import add_to_project, build_layer
from cog_browser.adapters.revive import Reviver
from cog_browser.gui.layers.open_layers import OpenLayers
from cog_browser.storage.connection import Connection
from cog_browser.storage.gateway.process import set_up_gateway, shared_gateway
from tests.support.faults import Fault
from tests.support.rasters import make_cog


class FakeInterface:
    """The part of `iface` that is used, on real widgets."""

    def __init__(self, bar):
        self._window, self._bar = QMainWindow(), bar
        self._view, self._canvas = QgsLayerTreeView(), QgsMapCanvas()
        self._model = QgsLayerTreeModel(QgsProject.instance().layerTreeRoot())
        self._view.setModel(self._model)
        self._canvas.resize(400, 300)
        self._identify = QAction("Identify")
        self._identify.setCheckable(True)
        self.factories = []

    def layerTreeView(self):
        return self._view

    def mapCanvas(self):
        return self._canvas

    def messageBar(self):
        return self._bar

    def mainWindow(self):
        return self._window

    def actionIdentify(self):
        return self._identify

    def registerOptionsWidgetFactory(self, factory):
        self.factories.append(factory)

    def unregisterOptionsWidgetFactory(self, factory):
        self.factories.remove(factory)


@pytest.fixture
def iface(message_bar, qtbot):
    made = FakeInterface(message_bar)
    yield made
    made.mainWindow().close()


@pytest.fixture
def states(sessions):
    path_translation.install()
    found = layer_states_module.layer_states()
    set_up_gateway(notify=found.hear)
    yield found
    set_up_gateway(notify=None)
    path_translation.uninstall()
    layer_states_module.close_layer_states()


@pytest.fixture
def reviver(sessions, workers, states):
    made = Reviver(sessions, workers, states)
    yield made
    made.stop()


@pytest.fixture
def seen(iface, sessions, states, reviver, controller, workers):
    made = OpenLayers(iface, sessions, states, controller.accounts, workers)
    yield made
    made.stop()


@pytest.fixture
def saved(sessions, faulty_store):
    """The demo account through fault proxies, its secret known for the session."""
    connection, credentials = Connection.from_environment(faulty_store.environment("demo"))
    connection = dataclasses.replace(connection, name="demo", id=str(uuid.uuid4()))
    sessions.repository.save(connection)
    sessions.secrets.save(connection.id, credentials, "session")
    sessions.store(connection, credentials)
    return connection


@pytest.fixture
def store(sessions, saved):
    return sessions.store(saved)


@pytest.fixture
def file(tmp_path):
    return make_cog(tmp_path / "scene.tif", 1200, 900)


def in_worker(function):
    outcome = []
    thread = threading.Thread(target=lambda: outcome.append(function()))
    thread.start()
    thread.join(60)
    return outcome[0]


@pytest.fixture
def add(store, container, file):
    """Adds a new object as a layer: add(key)."""

    def new(key="scene.tif"):
        store.upload(file, container, key, overwrite=True)
        layer = in_worker(lambda: build_layer(store, container, key))
        add_to_project(layer)
        return layer

    return new


def marks(iface, layer):
    node = QgsProject.instance().layerTreeRoot().findLayer(layer.id())
    return iface.layerTreeView().indicators(node)


def read(layer):
    """Read pixels as QGIS does, all at full resolution; returns whether it worked."""

    def work():
        gdal.PushErrorHandler("CPLQuietErrorHandler")
        try:
            dataset = gdal.Open(layer.source())
            return dataset is not None and dataset.ReadRaster() is not None
        except RuntimeError:
            return False
        finally:
            gdal.PopErrorHandler()

    return in_worker(work)


def break_reads(faulty_store, status=503):
    faulty_store.swift.add(Fault(status=status), method="GET", times=None)


def forget_pixels(layer):
    """Let the next read of pixels go all the way to the store."""
    shared_gateway().configure(0, None)
    gdal.VSICurlPartialClearCache(layer.source())


def told(bar):
    return [item.text() for item in bar.items()]


def failing(states, layer):
    return states.state_of(layer).state == "failing"
