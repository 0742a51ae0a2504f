# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures)
"""Marks of layers in the layer tree, and the menus of layers; on the real store."""

from __future__ import annotations

from qgis.core import (
    QgsProject,
    QgsRasterLayer,
)
from qgis.PyQt.QtWidgets import (
    QApplication,
    QMenu,
)

from cog_browser.gui.layers.open_layers import OpenLayers
from tests.qgis.open_layers_fixtures import (  # noqa: F401 (fixtures)
    add,
    break_reads,
    file,
    iface,
    marks,
    read,
    reviver,
    saved,
    seen,
    states,
    store,
    told,
)
from tests.support.patience import WAIT


def test_a_layer_that_reads_has_no_mark(seen, iface, add, qtbot):
    layer = add()
    assert read(layer)
    qtbot.wait(400)
    assert marks(iface, layer) == []
    assert told(iface.messageBar()) == []


def test_a_failing_layer_is_marked_with_the_reason_until_it_reads_again(
    seen, iface, add, faulty_store, states, qtbot
):
    layer = add("<b>scène</b>.tif")
    break_reads(faulty_store)
    assert not read(layer)
    qtbot.waitUntil(lambda: len(marks(iface, layer)) == 1, timeout=WAIT)
    (mark,) = marks(iface, layer)
    assert "be read at the moment" in mark.toolTip()
    assert "503" in mark.toolTip()
    assert "&lt;b&gt;scène" in mark.toolTip()
    assert "tried again by itself" in mark.toolTip()
    qtbot.waitUntil(lambda: "failure" in mark.toolTip(), timeout=WAIT)  # the meter
    assert not mark.icon().isNull()
    faulty_store.clear()
    qtbot.waitUntil(lambda: marks(iface, layer) == [], timeout=WAIT)
    qtbot.waitUntil(lambda: told(iface.messageBar()) == [], timeout=WAIT)
    assert read(layer)


def test_nodes_in_groups_moved_nodes_and_late_layers_are_marked_too(
    seen, iface, add, faulty_store, states, qtbot
):
    root = QgsProject.instance().layerTreeRoot()
    layer = add()
    break_reads(faulty_store)
    assert not read(layer)
    qtbot.waitUntil(lambda: len(marks(iface, layer)) == 1, timeout=WAIT)
    group = root.addGroup("g").addGroup("inner")
    node = root.findLayer(layer.id())
    group.addChildNode(node.clone())
    node.parent().removeChildNode(node)
    qtbot.waitUntil(lambda: len(marks(iface, layer)) == 1, timeout=WAIT)
    clone = layer.clone()
    QgsProject.instance().addMapLayer(clone)
    qtbot.waitUntil(lambda: len(marks(iface, clone)) == 1, timeout=WAIT)
    root.removeChildNode(root.findGroup("g"))
    QgsProject.instance().clear()
    qtbot.wait(50)
    assert seen.indicators._shown == []


def test_stopping_takes_marks_messages_menu_and_options_page_away(
    iface, sessions, states, reviver, controller, workers, add, faulty_store, qtbot
):
    seen = OpenLayers(iface, sessions, states, controller.accounts, workers)
    layer = add()
    break_reads(faulty_store)
    assert not read(layer)
    qtbot.waitUntil(lambda: len(told(iface.messageBar())) == 1, timeout=WAIT)
    assert len(iface.factories) == 1
    seen.stop()
    assert marks(iface, layer) == []
    assert told(iface.messageBar()) == []
    assert iface.factories == []
    menu = QMenu()
    iface.layerTreeView().contextMenuAboutToShow.emit(menu)
    assert menu.actions() == []


def actions_of(menu):
    return {a.objectName().removeprefix("CogBrowserLayer"): a for a in menu.actions()}


def test_a_click_on_the_mark_opens_its_menu(seen, iface, add, faulty_store, qtbot):
    layer = add()
    break_reads(faulty_store)
    assert not read(layer)
    qtbot.waitUntil(lambda: len(marks(iface, layer)) == 1, timeout=WAIT)
    view = iface.layerTreeView()
    marks(iface, layer)[0].clicked.emit(view.currentIndex())
    (menu,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, QMenu) and w.isVisible()]
    assert {"SignIn", "Retry", "Reload", "Details"} <= set(actions_of(menu))
    menu.close()


def test_the_layer_menu_has_a_part_of_ours_for_our_layers_only(seen, iface, add, cog):
    view, ours = iface.layerTreeView(), add()
    other = QgsProject.instance().addMapLayer(QgsRasterLayer(str(cog), "local", "gdal"))
    for layer, expected in ((ours, ["COG Browser"]), (other, [])):
        view.setCurrentLayer(layer)
        menu = QMenu()
        view.contextMenuAboutToShow.emit(menu)
        assert [a.text() for a in menu.actions() if a.menu()] == expected
    view.setCurrentLayer(ours)
    menu = QMenu()
    view.contextMenuAboutToShow.emit(menu)
    (own,) = [a.menu() for a in menu.actions() if a.menu()]
    assert [a.text() for a in own.actions() if a.text()] == [
        "Reload from store", "Download window…", "Download raster…", "Details…"
    ]  # fmt: skip
