# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures)
"""QGIS's own marks of failed reads give way to ours; `test_outage` shows it in a real desktop."""

from __future__ import annotations

import pytest
from qgis.core import QgsProject, QgsRasterLayer
from qgis.gui import QgsLayerTreeViewIndicator

from tests.qgis.open_layers_fixtures import (  # noqa: F401 (fixtures)
    add,
    break_reads,
    failing,
    file,
    iface,
    marks,
    read,
    reviver,
    saved,
    seen,
    states,
    store,
)
from tests.support.patience import WAIT

GDALS_WORDS = "IReadBlock failed at X offset 1, Y offset 0: TIFFReadEncodedTile() failed."


@pytest.fixture
def qgis_tells(iface):
    """Does what QGIS does when a layer could not be drawn: qgis_tells(layer)."""

    def tell(layer, text=GDALS_WORDS):
        node = QgsProject.instance().layerTreeRoot().findLayer(layer.id())
        mark = QgsLayerTreeViewIndicator(iface.layerTreeView())
        mark.setToolTip(text)
        iface.layerTreeView().addIndicator(node, mark)
        iface.mapCanvas().renderErrorOccurred.emit(text, layer)

    return tell


def tool_tips(iface, layer):
    return [mark.toolTip() for mark in marks(iface, layer)]


def test_an_error_of_a_failing_layer_is_told_by_our_mark_alone(
    seen, iface, add, faulty_store, states, qgis_tells, qtbot
):
    layer = add()
    break_reads(faulty_store)
    assert not read(layer)
    qtbot.waitUntil(lambda: failing(states, layer), timeout=WAIT)
    qgis_tells(layer)
    qtbot.waitUntil(lambda: len(marks(iface, layer)) == 1, timeout=WAIT)
    assert "503" in tool_tips(iface, layer)[0]
    faulty_store.clear()
    qtbot.waitUntil(lambda: marks(iface, layer) == [], timeout=WAIT)
    qgis_tells(layer)  # a view that was begun before
    qtbot.waitUntil(lambda: marks(iface, layer) == [], timeout=WAIT)


def test_an_error_that_is_known_before_its_reason_is_taken_away_with_it(
    seen, iface, add, faulty_store, states, qgis_tells, qtbot
):
    layer = add()
    qgis_tells(layer)
    qtbot.wait(100)
    assert tool_tips(iface, layer) == [GDALS_WORDS]
    break_reads(faulty_store)
    assert not read(layer)
    qtbot.waitUntil(lambda: failing(states, layer), timeout=WAIT)
    qtbot.waitUntil(lambda: GDALS_WORDS not in tool_tips(iface, layer), timeout=WAIT)


def test_an_error_that_the_gateway_knows_nothing_of_stays(seen, iface, add, qgis_tells, qtbot):
    """E.g. a flipped byte, which GDAL alone notices."""
    layer = add()
    qgis_tells(layer)
    seen.qgis_marks.update()
    qtbot.wait(100)
    assert tool_tips(iface, layer) == [GDALS_WORDS]


def test_marks_of_other_layers_and_other_marks_are_left_alone(
    seen, iface, add, faulty_store, states, qgis_tells, cog, qtbot
):
    layer = add()
    other = QgsProject.instance().addMapLayer(QgsRasterLayer(str(cog), "local", "gdal"))
    break_reads(faulty_store)
    assert not read(layer)
    qtbot.waitUntil(lambda: len(marks(iface, layer)) == 1, timeout=WAIT)
    qgis_tells(other)
    qgis_tells(layer, "Layer has no coordinate reference system set!")
    qtbot.wait(200)
    assert tool_tips(iface, other) == [GDALS_WORDS]
    assert len(marks(iface, layer)) == 2


def test_when_qgis_puts_the_mark_back_it_is_taken_away_again(
    seen, iface, add, faulty_store, states, qgis_tells, qtbot
):
    layer, view = add(), iface.layerTreeView()
    break_reads(faulty_store)
    assert not read(layer)
    qtbot.waitUntil(lambda: failing(states, layer), timeout=WAIT)
    qgis_tells(layer)
    faulty_store.clear()
    qtbot.waitUntil(lambda: marks(iface, layer) == [], timeout=WAIT)
    mark = QgsLayerTreeViewIndicator(view)
    mark.setToolTip(GDALS_WORDS)
    node = QgsProject.instance().layerTreeRoot().findLayer(layer.id())
    view.addIndicator(node, mark)  # as QGIS does when a layer's source has changed
    states.changed.emit(layer.id())
    qtbot.waitUntil(lambda: marks(iface, layer) == [], timeout=WAIT)
