# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures)
"""The network goes away and comes back while somebody moves over a map."""

from __future__ import annotations

import dataclasses
import time

import pytest
from qgis.core import QgsRasterLayer, QgsRectangle
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor

from cog_browser.storage.connection import Connection
from tests.qgis.pending_fixtures import session  # noqa: F401 (fixture)
from tests.support.faults import Fault
from tests.support.rasters import make_cog

WIDTH, HEIGHT, STEPS = 300, 200, 8
LOST = {
    "connections are reset": Fault(refuse=True),
    "nothing answers": Fault(delay_s=600),
    "answers break off": Fault(reset_after=5000),
}


@pytest.fixture
def cog(tmp_path):
    return make_cog(tmp_path / "large.tif", 12_000, 600)


@pytest.fixture
def layer(session, faulty_store, stack, cog):
    connection, credentials = Connection.from_environment(faulty_store.environment())
    patient = session.sign_in(connection, credentials)
    container = patient.create_container(stack.unique_name()).name
    patient.upload(cog, container, "large.tif")
    connection = dataclasses.replace(connection, connect_timeout=5, read_timeout=5)
    store = session.sign_in(connection, credentials)
    return session.add(store, container, "large.tif")


@pytest.fixture
def canvas(session, layer, qtbot):
    made = QgsMapCanvas()
    qtbot.addWidget(made)
    made.setCanvasColor(QColor("red"))
    made.enableAntiAliasing(False)
    made.resize(QSize(WIDTH, HEIGHT))
    made.setDestinationCrs(layer.crs())
    made.setLayers([layer])
    made.show()
    yield made
    made.stopRendering()
    made.setLayers([])


def view(step):
    """A window at full resolution; the last one is the farthest to the right."""
    left = 500_000 + step * 10_000
    return QgsRectangle(left, 5_000_000 - 3000 - HEIGHT * 10, left + WIDTH * 10, 5_000_000 - 3000)


def pan(session, canvas, start, stop):
    for step in range(start, stop):
        canvas.setExtent(view(step))
        canvas.refresh()
        end = time.monotonic() + 0.15  # on and on, also while the last view isn't complete
        session.wait(lambda end=end: time.monotonic() > end)


def is_right(canvas, local):
    """Whether the canvas shows, pixel by pixel, what it would show of a local file."""
    return not canvas.isDrawing() and canvas.grab().toImage() == local


@pytest.fixture
def local(canvas, layer, cog, session):
    """What the last view has to look like."""
    twin = QgsRasterLayer(str(cog), "local", "gdal")
    twin.setRenderer(layer.renderer().clone())
    canvas.setLayers([twin])
    canvas.setExtent(view(STEPS))
    canvas.refresh()
    canvas.waitWhileRendering()
    image = canvas.grab().toImage()
    assert len({image.pixel(x, y) for x in range(0, WIDTH, 7) for y in range(0, HEIGHT, 7)}) > 50
    canvas.setExtent(view(0))  # the layer itself must not have been there yet
    canvas.setLayers([layer])
    return image


@pytest.mark.parametrize("fault", LOST)
def test_a_view_completes_by_itself_when_the_network_is_back(
    session, faulty_store, layer, canvas, local, fault
):
    pan(session, canvas, 0, 2)
    for proxy in (faulty_store.swift, faulty_store.keystone):
        proxy.add(LOST[fault], times=None)
    pan(session, canvas, 2, STEPS + 1)
    session.wait(lambda: session.state(layer) == "failing" and not canvas.isDrawing())
    assert session.reason(layer)
    assert not is_right(canvas, local)
    faulty_store.clear()
    session.wait(lambda: session.state(layer) == "reading" and is_right(canvas, local))


def test_connections_that_died_in_the_meantime_are_not_noticed(
    session, faulty_store, layer, canvas, local
):
    """As after a computer has slept: the store has hung up on all that were idle."""
    pan(session, canvas, 0, 2)
    session.wait(lambda: not canvas.isDrawing())
    before = faulty_store.swift.connections
    faulty_store.swift.hang_up()
    pan(session, canvas, 2, STEPS + 1)
    session.wait(lambda: is_right(canvas, local))
    assert faulty_store.swift.connections > before
    session.wait(lambda: session.state(layer) == "reading")
