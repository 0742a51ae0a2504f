# SPDX-License-Identifier: GPL-2.0-or-later
"""From the dock to the map: double clicks, Enter, drops; and publishing."""

from __future__ import annotations

import sys
from types import ModuleType

from qgis.core import QgsMimeDataUtils, QgsProject
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QDialog

from cog_browser.gui import dock as dock_module
from cog_browser.gui.layers import loader as layer_loader
from cog_browser.gui.layers.drop_handler import DropHandler
from cog_browser.gui.place import ObjectAddress, Place
from tests.support.patience import WAIT


def test_a_double_click_adds_the_object_to_the_map(
    ui, controller, saved, container, put, cog, qtbot
):
    put("munich.tif", cog.read_bytes(), "image/tiff")
    ui.open(Place(saved.id, container))
    ui.double_click("munich.tif")
    qtbot.waitUntil(lambda: len(ui.layers()) == 1, timeout=WAIT)
    qtbot.waitUntil(lambda: not controller.loader.is_busy, timeout=WAIT)
    layer = ui.layers()[0]
    assert layer.isValid()
    assert layer.name() == "munich.tif"
    assert (layer.width(), layer.height()) == (512, 512)
    assert layer.dataProvider().sample(layer.extent().center(), 1) == (7.0, True)


def test_enter_adds_all_selected_objects_in_their_order(
    ui, dock, controller, saved, container, put, cog, qtbot
):
    for name in ("a.tif", "b.tif", "c.tif"):
        put(name, cog.read_bytes(), "image/tiff")
    ui.open(Place(saved.id, container))
    dock.table.setFocus()
    dock.table.selectAll()
    with qtbot.waitSignals([QgsProject.instance().layerWasAdded] * 3, timeout=WAIT):
        qtbot.keyClick(dock.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not controller.loader.is_busy, timeout=WAIT)
    root = QgsProject.instance().layerTreeRoot()
    # Each goes on top, as QGIS does it.
    assert [layer.name() for layer in root.layerOrder()] == ["c.tif", "b.tif", "a.tif"]
    assert ui.told() == ""


def test_adding_a_whole_archive_at_once_is_refused(
    ui, dock, controller, saved, container, put, monkeypatch
):
    monkeypatch.setattr(dock_module, "MAX_LAYERS_AT_ONCE", 1)
    put("a.tif")
    put("b.tif")
    ui.open(Place(saved.id, container))
    dock.table.selectAll()
    dock.add_action.trigger()
    assert "2 objects are selected" in ui.told()
    assert not controller.loader.is_busy


def test_layers_are_built_off_the_gui_thread(
    ui, controller, saved, container, put, cog, qtbot, monkeypatch
):
    from threading import current_thread, main_thread

    threads, build = [], layer_loader.build_layer

    def spy(*arguments):
        threads.append(current_thread())
        return build(*arguments)

    monkeypatch.setattr(layer_loader, "build_layer", spy)
    put("a.tif", cog.read_bytes())
    controller.add_layers((ObjectAddress(saved.id, container, "a.tif"),))
    qtbot.waitUntil(lambda: len(ui.layers()) == 1, timeout=WAIT)
    assert main_thread() not in threads


def test_an_object_that_is_no_raster_is_refused_with_a_reason(
    ui, controller, saved, container, put, qtbot
):
    put("<i>notes</i>.tif", b"not a tiff")
    controller.add_layers((ObjectAddress(saved.id, container, "<i>notes</i>.tif"),))
    qtbot.waitUntil(lambda: "raster" in ui.told(), timeout=WAIT)
    text = ui.told()
    assert "<i>" not in text
    assert "&lt;i&gt;notes" in text
    assert ui.layers() == []


def test_dropping_on_the_map_adds_what_was_dragged(
    ui, dock, controller, saved, container, put, cog, qtbot
):
    put("a.tif", cog.read_bytes())
    put("b.tif", cog.read_bytes())
    handler, canvas = DropHandler(), QgsMapCanvas()
    qtbot.addWidget(canvas)
    handler.objects_dropped.connect(controller.many.add_dropped)
    ui.open(Place(saved.id, container))
    mime = dock.objects_model.mimeData([dock.objects_model.index(row, 0) for row in range(2)])
    with qtbot.waitSignal(handler.objects_dropped, timeout=WAIT) as dropped:
        for uri in QgsMimeDataUtils.decodeUriList(mime):
            assert uri.providerKey == handler.customUriProviderKey()
            assert handler.canHandleCustomUriCanvasDrop(uri, canvas)
            assert handler.handleCustomUriCanvasDrop(uri, canvas)
    assert [address.key for address in dropped.args[0]] == ["a.tif", "b.tif"]
    qtbot.waitUntil(lambda: len(ui.layers()) == 2, timeout=WAIT)


def test_a_drop_of_something_else_is_left_alone(qgis_app):
    uri = QgsMimeDataUtils.Uri()
    uri.layerType, uri.providerKey, uri.uri = "custom", "other", "[]"
    handler = DropHandler()
    assert not handler.canHandleCustomUriCanvasDrop(uri, None)
    uri.providerKey, uri.uri = "cogbrowser", "no json"
    assert not handler.handleCustomUriCanvasDrop(uri, None)


def test_publish_opens_the_algorithm_filled_in_and_lists_the_folder_when_it_is_done(
    ui, dock, controller, saved, container, put, qtbot, monkeypatch
):
    class Dialog(QDialog):
        algorithmFinished = pyqtSignal(bool, dict)  # noqa: N815

    opened, dialog = [], Dialog(dock)
    processing = ModuleType("processing")
    processing.createAlgorithmDialog = lambda *values: opened.append(values) or dialog
    monkeypatch.setitem(sys.modules, "processing", processing)
    ui.open(Place(saved.id, container))
    dock.publish_action.trigger()
    values = {"CONNECTION": "demo", "CONTAINER": container, "KEY": ""}
    assert opened == [("cogbrowser:publishcog", values)]
    assert dialog.isVisible()
    assert not dialog.isModal()
    put("published.tif")
    dialog.algorithmFinished.emit(True, {})
    qtbot.waitUntil(lambda: ui.rows() == ["published.tif"], timeout=WAIT)


def test_browsing_sends_nothing_that_writes(
    ui, controller, saved, container, put, cog, stack, qtbot
):
    put("a.tif", cog.read_bytes())
    mark = stack.mark()
    ui.open(Place(saved.id, container))
    ui.double_click("a.tif")
    qtbot.waitUntil(lambda: len(ui.layers()) == 1, timeout=WAIT)
    requests = stack.swift_requests(since=mark, within=container)
    assert {r.method for r in requests} <= {"GET", "HEAD"}


def test_a_stopped_controller_lets_nothing_late_through(
    ui, dock, controller, saved, container, put, cog, qtbot
):
    put("a.tif", cog.read_bytes())
    dock.select(Place(saved.id, container))
    controller.add_layers((ObjectAddress(saved.id, container, "a.tif"),))
    controller.stop()
    qtbot.wait(500)
    assert ui.rows() == []
    assert ui.layers() == []
    assert ui.told() == ""
