# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures)
"""What Identify says where a layer could not be read; on the real store."""

from __future__ import annotations

import pytest
from qgis.PyQt.QtCore import QPoint, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import (
    QTreeWidget,
    QTreeWidgetItem,
)

from tests.qgis.open_layers_fixtures import (  # noqa: F401 (fixtures)
    add,
    break_reads,
    failing,
    file,
    forget_pixels,
    iface,
    read,
    reviver,
    saved,
    seen,
    states,
    store,
    told,
)
from tests.support.patience import WAIT


@pytest.fixture
def results(iface):
    """A list like that of QGIS's panel, filled for a layer: results(layer, values)."""
    tree = QTreeWidget(iface.mainWindow())
    tree.setObjectName("lstResults")
    tree.setColumnCount(2)

    def fill(layer, values):
        top = QTreeWidgetItem([layer.name(), "0"])
        top.setData(0, Qt.ItemDataRole.UserRole, layer)
        place = QTreeWidgetItem(top, [layer.name(), ""])
        for number, value in enumerate(values, 1):
            QTreeWidgetItem(place, [f"Band {number}", value])
        derived = QTreeWidgetItem(place, ["(Derived)"])
        QTreeWidgetItem(derived, ["Column (0-based)", "1"])
        tree.addTopLevelItem(top)
        return lambda: [place.child(row).text(1) for row in range(len(values))]

    return fill


def click_on(iface, layer):
    canvas = iface.mapCanvas()
    canvas.setDestinationCrs(layer.crs())
    canvas.setExtent(layer.extent())
    iface.actionIdentify().setChecked(True)
    middle = QPoint(canvas.viewport().width() // 2, canvas.viewport().height() // 2)
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=middle)


def test_identify_says_could_not_be_read_instead_of_no_data_or_0(
    seen, iface, add, faulty_store, states, results, qtbot
):
    layer = add()
    break_reads(faulty_store)
    forget_pixels(layer)
    assert not read(layer)
    qtbot.waitUntil(lambda: failing(states, layer), timeout=WAIT)
    values = results(layer, ["no data", "0"])
    click_on(iface, layer)
    qtbot.waitUntil(lambda: values() == ["could not be read"] * 2, timeout=WAIT)


def test_identify_without_its_panel_says_it_in_the_bar(
    seen, iface, add, faulty_store, states, qtbot
):
    layer = add()
    break_reads(faulty_store)
    forget_pixels(layer)
    assert not read(layer)
    qtbot.waitUntil(lambda: failing(states, layer), timeout=WAIT)
    iface.mapCanvas().setCurrentLayer(layer)
    click_on(iface, layer)
    qtbot.waitUntil(
        lambda: any("could not be read here" in text for text in told(iface.messageBar())),
        timeout=WAIT,
    )


def test_identify_leaves_real_nodata_alone(seen, iface, add, results, qtbot):
    layer = add()
    values = results(layer, ["no data", "0"])
    click_on(iface, layer)
    qtbot.wait(800)
    assert values() == ["no data", "0"]
    assert told(iface.messageBar()) == []
