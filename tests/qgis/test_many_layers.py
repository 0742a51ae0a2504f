# SPDX-License-Identifier: GPL-2.0-or-later
"""Forty objects added in one go, from a real Swift behind a slow line."""

from __future__ import annotations

import html
import threading
import time

import pytest
from qgis.core import QgsLayerTreeModel, QgsProject
from qgis.gui import QgsLayerTreeMapCanvasBridge, QgsLayerTreeView, QgsMapCanvas
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtWidgets import QProgressBar, QPushButton

from cog_browser.gui.layers import loader as layer_loader
from cog_browser.gui.layers.loader import AT_ONCE, LayerLoader
from cog_browser.gui.place import ObjectAddress
from cog_browser.storage.connection import Connection
from cog_browser.storage.stores import open_store
from tests.support.fault_proxy import Fault
from tests.support.patience import WAIT
from tests.support.rasters import make_cog

COUNT = 40
LATENCY = 0.04
#: Seconds that the main thread may be away at once, also on a busy machine of two cores.


@pytest.fixture
def store(sessions, faulty_store):
    return sessions.store(*Connection.from_environment(faulty_store.environment()))


@pytest.fixture(scope="module")
def scenes(stack, tmp_path_factory):
    """A container with forty objects, for tests that only read."""
    store = open_store(*Connection.from_environment(stack.environment()))
    name = store.create_container(stack.unique_name()).name
    data = make_cog(tmp_path_factory.mktemp("cog") / "one.tif", 700, 600)
    for number in range(COUNT):
        store.upload(data, name, f"{number:02}.tif")
    return name


@pytest.fixture
def addresses(store, scenes):
    return tuple(
        ObjectAddress(store.connection.id, scenes, f"{number:02}.tif") for number in range(COUNT)
    )


@pytest.fixture
def loader(workers, message_bar):
    made = LayerLoader(workers, message_bar, lambda _connection_id: None)
    yield made
    made.stop()


@pytest.fixture
def window(qtbot, qgis_app):
    """A canvas and a layer tree, so that adding a layer costs what it costs in QGIS."""
    root = QgsProject.instance().layerTreeRoot()
    canvas, tree = QgsMapCanvas(), QgsLayerTreeView()
    tree.setModel(QgsLayerTreeModel(root, tree))
    for widget in (canvas, tree):
        qtbot.addWidget(widget)
        widget.show()
    bridge = QgsLayerTreeMapCanvasBridge(root, canvas)
    yield canvas
    QgsProject.instance().clear()
    canvas.stopRendering()
    canvas.waitWhileRendering()
    del bridge


class Pulse(QTimer):
    """The longest time between two turns of the event loop."""

    def __init__(self):
        super().__init__()
        self.longest, self._last = 0.0, time.perf_counter()
        self.timeout.connect(self._beat)
        self.start(1)

    def _beat(self):
        now = time.perf_counter()
        self.longest, self._last = max(self.longest, now - self._last), now


def names():
    order = QgsProject.instance().layerTreeRoot().layerOrder()
    return [layer.name() for layer in reversed(order)]  # each goes on top


def told(bar):
    return " ".join(html.unescape(f"{item.title()} {item.text()}") for item in bar.items())


def test_forty_layers_load_in_parallel_in_order_and_qgis_goes_on(
    store, addresses, loader, message_bar, window, faulty_store, qtbot
):
    qtbot.wait(100)
    faulty_store.swift.latency_s = LATENCY
    faulty_store.swift.clear()
    pulse, began = Pulse(), time.perf_counter()
    loader.add(store, addresses)
    assert f"Adding {COUNT} layers…" in told(message_bar)
    bar = message_bar.findChild(QProgressBar, "CogBrowserLayerProgress")
    assert (bar.maximum(), bar.value()) == (COUNT, -1)
    values = []
    bar.valueChanged.connect(values.append)
    qtbot.waitUntil(lambda: not loader.is_busy, timeout=WAIT)
    assert any(0 < value < COUNT for value in values)
    took = time.perf_counter() - began
    pulse.stop()
    assert names() == [address.key for address in addresses]
    assert told(message_bar) == ""
    print(f"{COUNT} layers in {took:.2f} s, longest gap {pulse.longest * 1e3:.0f} ms")
    assert pulse.longest < took / 2  # one layer after the other would be all of it
    reads = [r for r in faulty_store.swift.requests if r.method in ("GET", "HEAD")]
    most = max(sum(r.started <= x.started < r.started + LATENCY for r in reads) for x in reads)
    assert 1 < most <= 16


def test_no_more_than_a_few_are_opened_at_once(store, addresses, loader, monkeypatch, qtbot):
    build, lock, running, most = layer_loader.build_layer, threading.Lock(), [], []

    def spy(*arguments):
        with lock:
            running.append(1)
            most.append(len(running))
        try:
            return build(*arguments)
        finally:
            with lock:
                running.pop()

    monkeypatch.setattr(layer_loader, "build_layer", spy)
    loader.add(store, addresses[:20])
    loader.add(store, addresses[20:])
    qtbot.waitUntil(lambda: not loader.is_busy, timeout=WAIT)
    assert 1 < max(most) <= AT_ONCE
    assert len(QgsProject.instance().mapLayers()) == COUNT


def test_cancel_leaves_what_was_added_and_drops_the_rest(
    store, addresses, loader, message_bar, monkeypatch, qtbot
):
    build, is_cancelled = layer_loader.build_layer, threading.Event()

    def half(store, container, key, name):
        if key >= addresses[COUNT // 2].key:
            is_cancelled.wait(60)
        return build(store, container, key, name)

    monkeypatch.setattr(layer_loader, "build_layer", half)
    loader.add(store, addresses)
    [cancel] = [b for b in message_bar.findChildren(QPushButton) if b.text() == "Cancel"]
    qtbot.waitUntil(lambda: len(QgsProject.instance().mapLayers()) >= 5, timeout=WAIT)
    qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    is_cancelled.set()
    kept = names()
    assert not loader.is_busy
    assert told(message_bar) == ""
    qtbot.wait(1000)
    assert names() == kept == [address.key for address in addresses[: len(kept)]]
    assert 5 <= len(kept) < COUNT
    loader.add(store, addresses[-1:])  # and can be asked for again
    qtbot.waitUntil(lambda: addresses[-1].key in names(), timeout=WAIT)


def test_a_closed_message_cancels_nothing(store, addresses, loader, message_bar, qtbot):
    loader.add(store, addresses[:8])
    message_bar.clearWidgets()
    qtbot.waitUntil(lambda: not loader.is_busy, timeout=WAIT)
    assert names() == [address.key for address in addresses[:8]]


def test_all_failures_are_one_message(store, addresses, loader, message_bar, faulty_store, qtbot):
    for number in (3, 7):
        faulty_store.swift.add(Fault(status=403), path=f"/{number:02}.tif", times=None)
    loader.add(store, addresses[:10])
    qtbot.waitUntil(lambda: not loader.is_busy, timeout=WAIT)
    assert names() == [a.key for a in addresses[:10] if a.key not in ("03.tif", "07.tif")]
    assert len(message_bar.items()) == 1
    assert "2 of 10 layers could not be added: “03.tif”, “07.tif”. The first: " in told(message_bar)
    assert "03.tif" in told(message_bar)
