# SPDX-License-Identifier: GPL-2.0-or-later
"""What users see of open layers: marks, menus, messages, meters; on the real store."""

from __future__ import annotations

import dataclasses
import os
import threading
import uuid

import pytest
from osgeo import gdal
from qgis.core import (
    Qgis,
    QgsLayerTreeModel,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsSettings,
)
from qgis.gui import QgsLayerTreeView, QgsMapCanvas
from qgis.PyQt.QtCore import QPoint, QSettings, Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import (
    QAction,
    QApplication,
    QLabel,
    QMainWindow,
    QMenu,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
)

from cog_browser.adapters import layer_states as layer_states_module
from cog_browser.adapters import path_translation
from cog_browser.adapters.layers import add_to_project, build_layer
from cog_browser.adapters.reading_settings import (
    ReadingSettings,
    reading_settings,
    save_reading_settings,
)
from cog_browser.adapters.revive import Reviver
from cog_browser.gui.accounts.accounts_dialog import AccountsDialog
from cog_browser.gui.accounts.sign_in_dialog import SignInDialog
from cog_browser.gui.layers.details import LayerDetails
from cog_browser.gui.layers.download_dialog import DownloadDialog
from cog_browser.gui.layers.open_layers import OpenLayers
from cog_browser.gui.options_page import OptionsFactory
from cog_browser.storage.connection import Connection
from cog_browser.storage.gateway import process as gateway_process
from cog_browser.storage.gateway.process import GatewayOptions, set_up_gateway, shared_gateway
from cog_browser.storage.vsi import gateway_url
from tests.support.faults import Fault
from tests.support.rasters import make_cog

WAIT = 15_000


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


# Marks in the layer tree


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


# Menus


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


# Messages


def test_many_failing_layers_of_a_connection_give_one_message(
    seen, iface, add, faulty_store, states, qtbot
):
    layers = [add(f"{number}.tif") for number in range(8)]
    break_reads(faulty_store)
    assert not any(read(layer) for layer in layers)
    expected = "8 layers of “demo” can&#x27;t be read. The first: "
    bar = iface.messageBar()
    qtbot.waitUntil(lambda: len(told(bar)) == 1 and expected in told(bar)[0], timeout=WAIT)
    assert "503" in told(bar)[0]
    buttons = [b.text() for b in bar.items()[0].findChildren(QPushButton)]
    assert buttons == ["Retry", "Sign in…"]
    faulty_store.clear()
    qtbot.waitUntil(lambda: told(bar) == [], timeout=WAIT)


def test_qgis_s_own_messages_on_failed_reads_give_way_to_ours(
    seen, iface, add, faulty_store, states, qtbot
):
    layers, bar = [add("a.tif"), add("b.tif")], iface.messageBar()
    bar.pushMessage("a.tif", "IReadBlock failed at X offset 0", Qgis.MessageLevel.Warning, 0)
    qtbot.wait(500)
    assert len(told(bar)) == 1  # the gateway knows of no failure: QGIS's word is all there is
    break_reads(faulty_store)
    assert not any(read(layer) for layer in layers)
    for name in ("a.tif", "b.tif", "another"):
        bar.pushMessage(name, "IReadBlock failed at X offset 9", Qgis.MessageLevel.Warning, 0)
    qtbot.waitUntil(lambda: any("2 layers of" in text for text in told(bar)), timeout=WAIT)
    qtbot.waitUntil(lambda: len(told(bar)) == 2, timeout=WAIT)
    assert [item.title() for item in bar.items() if "IReadBlock" in item.text()] == ["another"]


def test_a_message_that_was_closed_stays_closed(seen, iface, add, faulty_store, states, qtbot):
    layers, bar = [add("a.tif"), add("b.tif")], iface.messageBar()
    break_reads(faulty_store)
    assert not read(layers[0])
    qtbot.waitUntil(lambda: len(told(bar)) == 1, timeout=WAIT)
    bar.popWidget(bar.items()[0])
    assert not read(layers[1])
    qtbot.waitUntil(lambda: failing(states, layers[1]), timeout=WAIT)
    qtbot.wait(600)
    assert told(bar) == []


def test_retry_in_the_message_tries_at_once(seen, iface, add, faulty_store, states, qtbot):
    layer, bar = add(), iface.messageBar()
    break_reads(faulty_store)
    assert not read(layer)
    qtbot.waitUntil(lambda: len(told(bar)) == 1, timeout=WAIT)
    qtbot.wait(4000)  # so that the next try by itself is some seconds away
    faulty_store.clear()
    retry, _ = bar.items()[0].findChildren(QPushButton)
    retry.click()
    qtbot.waitUntil(lambda: not failing(states, layer), timeout=2500)


def test_sign_in_in_the_message_asks_for_the_secret(
    seen, iface, dock, add, faulty_store, states, qtbot
):
    layer, bar = add(), iface.messageBar()
    break_reads(faulty_store, 403)
    assert not read(layer)
    qtbot.waitUntil(lambda: len(told(bar)) == 1, timeout=WAIT)
    bar.items()[0].findChildren(QPushButton)[1].click()
    assert dock.findChild(SignInDialog).isVisible()


# Overwritten and deleted objects


def test_overwritten_by_the_plugin_many_layers_are_renewed_with_one_message(
    seen, iface, add, store, container, tmp_path, qtbot
):
    layers = [add(f"{number}.tif") for number in range(5)]
    before = [layer.source() for layer in layers]
    other = make_cog(tmp_path / "other.tif", 640, 480)
    for number in range(5):
        in_worker(lambda n=number: store.upload(other, container, f"{n}.tif", overwrite=True))
    qtbot.waitUntil(lambda: all(x.width() == 640 for x in layers), timeout=WAIT)
    assert all(x.source() != y for x, y in zip(layers, before))
    bar = iface.messageBar()
    qtbot.waitUntil(lambda: len(told(bar)) >= 1, timeout=WAIT)
    qtbot.wait(700)
    assert len(told(bar)) <= 2  # the first may come before the last is renewed
    assert all("replaced in the store" in text for text in told(bar))


def test_deleted_by_the_plugin_a_layer_says_so(seen, iface, add, store, container, states, qtbot):
    layer = add()
    in_worker(lambda: store.delete_object(container, "scene.tif"))
    qtbot.waitUntil(lambda: failing(states, layer), timeout=WAIT)
    qtbot.waitUntil(lambda: len(marks(iface, layer)) == 1, timeout=WAIT)
    bar = iface.messageBar()
    qtbot.waitUntil(lambda: len(told(bar)) == 1, timeout=WAIT)
    assert "“scene.tif”" in told(bar)[0]


def test_reload_says_that_nothing_has_changed(seen, iface, add, qtbot):
    layer = add()
    before = layer.source()
    seen.actions.reload([layer])
    bar = iface.messageBar()
    qtbot.waitUntil(lambda: told(bar) == ["“scene.tif” is unchanged in the store."], timeout=WAIT)
    assert layer.source() == before


def test_reload_shows_what_others_have_put_there_keeps_the_style_and_says_so_once(
    seen, iface, add, put, tmp_path, qtbot
):
    layer = add()
    layer.setOpacity(0.4)
    layer.renderer().setOpacity(0.5)
    put("scene.tif", make_cog(tmp_path / "other.tif", 640, 480).read_bytes())
    seen.actions.reload([layer])
    bar = iface.messageBar()
    qtbot.waitUntil(lambda: layer.width() == 640, timeout=WAIT)
    qtbot.waitUntil(lambda: len(told(bar)) == 1, timeout=WAIT)
    assert "“scene.tif” had been replaced in the store" in told(bar)[0]
    assert (layer.opacity(), layer.renderer().opacity()) == (0.5, 0.5)
    qtbot.wait(700)
    assert len(told(bar)) == 1


def test_a_change_by_others_is_noticed_when_pixels_are_read(seen, iface, add, put, tmp_path, qtbot):
    layer = add()
    forget_pixels(layer)
    put("scene.tif", make_cog(tmp_path / "other.tif", 640, 480).read_bytes())
    assert not read(layer)
    qtbot.waitUntil(lambda: layer.width() == 640, timeout=WAIT)
    bar = iface.messageBar()
    qtbot.waitUntil(lambda: len(told(bar)) == 1, timeout=WAIT)
    assert "“scene.tif” was replaced in the store" in told(bar)[0]
    assert read(layer)


# Meters


def test_meters_are_asked_for_in_a_worker_only(seen, add, monkeypatch, qtbot):
    layer, threads, gateway = add(), [], shared_gateway()
    ask = type(gateway).meter

    def spy(self, url):
        threads.append(threading.current_thread())
        return ask(self, url)

    monkeypatch.setattr(type(gateway), "meter", spy)
    with qtbot.waitSignal(seen.meters.changed, timeout=WAIT):
        seen.meters.refresh()
    assert threads
    assert threading.main_thread() not in threads
    assert seen.meters.of(layer).requests >= 2


def test_details_show_state_and_meter_and_follow_them(
    seen, iface, add, saved, container, faulty_store, qtbot
):
    layer = add()
    assert read(layer)
    seen.actions.show_details(layer)
    details = iface.mainWindow().findChild(LayerDetails)

    def shown(name):
        return details.values[name].text() if name in details.values else ""

    qtbot.waitUntil(lambda: shown("Requests to the store") not in ("", "0"), timeout=WAIT)
    assert (shown("Connection"), shown("Container")) == ("demo", container)
    assert (shown("Object"), shown("Failures")) == ("scene.tif", "0")
    assert "without errors" in shown("State")
    assert "MB" in shown("Read from the store")
    break_reads(faulty_store)
    forget_pixels(layer)
    assert not read(layer)
    qtbot.waitUntil(lambda: "503" in shown("Reason"), timeout=WAIT)
    qtbot.waitUntil(lambda: shown("Failures") != "0", timeout=WAIT)
    QgsProject.instance().removeMapLayer(layer.id())
    assert not details.isVisible()


def test_the_accounts_list_sums_the_layers_of_a_connection(
    seen, iface, dock, add, controller, qtbot
):
    layers = [add("a.tif"), add("b.tif")]
    assert all(read(layer) for layer in layers)
    controller.accounts.show_overview()
    overview = dock.findChild(AccountsDialog)
    qtbot.waitUntil(lambda: "requests" in overview.row("demo")[4], timeout=WAIT)
    meters = [shared_gateway().meter(gateway_url(layer.source())) for layer in layers]
    seen.meters.refresh()
    requests = sum(meter.requests for meter in meters)
    qtbot.waitUntil(lambda: f"{requests} requests" in overview.row("demo")[4], timeout=WAIT)
    QgsProject.instance().clear()  # what layers have cost stays what it was
    seen.meters.refresh()
    qtbot.wait(200)
    overview.refresh()
    assert f"{requests} requests" in overview.row("demo")[4]


# Identify


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


# Downloads


def pixels(path, *window):
    dataset = gdal.Open(str(path))
    return dataset.ReadRaster(*window)


def test_download_window_saves_what_the_map_shows_at_full_resolution(
    seen, iface, add, file, tmp_path, qtbot
):
    layer, canvas = add(), iface.mapCanvas()
    canvas.setDestinationCrs(layer.crs())
    canvas.setExtent(layer.extent().buffered(-2000))
    seen.actions._download.window(layer)
    dialog = iface.mainWindow().findChild(DownloadDialog)
    assert "pixels, bands: 1" in " ".join(label.text() for label in dialog.findChildren(QLabel))
    dialog.file.setFilePath(str(tmp_path / "window.tif"))
    dialog.add_layer.setChecked(True)
    with qtbot.waitSignal(dialog.finished, timeout=WAIT):
        dialog.start_button.click()
    made = gdal.Open(str(tmp_path / "window.tif"))
    x0, y0 = made.GetGeoTransform()[0], made.GetGeoTransform()[3]
    column, row = round((x0 - 500000) / 10), round((5000000 - y0) / 10)
    size = made.RasterXSize, made.RasterYSize
    assert size[0] < 1200
    assert size[1] < 900
    assert made.ReadRaster() == pixels(file, column, row, *size)
    assert len(QgsProject.instance().mapLayers()) == 2
    assert any("is complete" in text for text in told(iface.messageBar()))


def test_download_window_that_can_t_read_says_why_and_leaves_nothing(
    seen, iface, add, faulty_store, tmp_path, qtbot
):
    layer, canvas = add(), iface.mapCanvas()
    canvas.setDestinationCrs(layer.crs())
    canvas.setExtent(layer.extent())
    (tmp_path / "out").mkdir()
    seen.actions._download.window(layer)
    dialog = iface.mainWindow().findChild(DownloadDialog)
    dialog.file.setFilePath(str(tmp_path / "out" / "window.tif"))
    break_reads(faulty_store)
    forget_pixels(layer)
    dialog.start_button.click()
    qtbot.waitUntil(lambda: dialog.note.isVisible() or dialog.note.text() != "", timeout=WAIT)
    assert "window.tif was not made" in dialog.note.text()
    assert "503" in dialog.note.text()
    assert "127.0.0.1" not in dialog.note.text()
    assert os.listdir(tmp_path / "out") == []
    assert dialog.start_button.isEnabled()


def test_a_window_beside_the_raster_is_refused_before_anything_is_asked(seen, iface, add):
    layer, canvas = add(), iface.mapCanvas()
    canvas.setDestinationCrs(layer.crs())
    box = layer.extent()
    canvas.setExtent(QgsRectangle(box.xMaximum() + 1e5, 0, box.xMaximum() + 2e5, 1e5))
    seen.actions._download.window(layer)
    assert iface.mainWindow().findChild(DownloadDialog) is None
    assert "Nothing of the raster" in told(iface.messageBar())[0]


def test_download_raster_gives_the_object_byte_by_byte(seen, iface, add, file, tmp_path, qtbot):
    layer = add()
    seen.actions._download.raster(layer)
    dialog = iface.mainWindow().findChild(DownloadDialog)
    dialog.file.setFilePath(str(tmp_path / "copy.tif"))
    with qtbot.waitSignal(dialog.finished, timeout=WAIT):
        dialog.start_button.click()
    assert (tmp_path / "copy.tif").read_bytes() == file.read_bytes()


def test_a_download_replaces_no_file_without_a_word(seen, iface, add, file, tmp_path, qtbot):
    layer = add()
    mine = tmp_path / "mine.tif"
    mine.write_bytes(b"mine")
    seen.actions._download.raster(layer)
    dialog = iface.mainWindow().findChild(DownloadDialog)
    dialog.file.setFilePath(str(mine))
    dialog.start_button.click()
    assert "exists" in dialog.note.text()
    assert mine.read_bytes() == b"mine"
    with qtbot.waitSignal(dialog.finished, timeout=WAIT):
        dialog.start_button.click()
    assert mine.read_bytes() == file.read_bytes()


def test_the_name_that_is_proposed_is_free(tmp_path, qtbot, qgis_app):
    (tmp_path / "a.tif").write_bytes(b"")
    (tmp_path / "a (2).tif").write_bytes(b"")
    QSettings().setValue("plugins/cog_browser/download_folder", str(tmp_path))
    dialog = DownloadDialog("Download", "a.tif", "all", has_forms=False)
    qtbot.addWidget(dialog)
    assert dialog.file.filePath() == str(tmp_path / "a (3).tif")


def test_closing_the_dialog_cancels_and_leaves_nothing(
    seen, iface, add, faulty_store, tmp_path, qtbot
):
    layer = add()
    (tmp_path / "out").mkdir()
    faulty_store.swift.add(Fault(drip=(20_000, 0.05)), method="GET", times=None)
    seen.actions._download.raster(layer)
    dialog = iface.mainWindow().findChild(DownloadDialog)
    dialog.file.setFilePath(str(tmp_path / "out" / "copy.tif"))
    dialog.start_button.click()
    qtbot.waitUntil(lambda: dialog.progress.value() > 2, timeout=WAIT)
    dialog.reject()
    qtbot.waitUntil(lambda: os.listdir(tmp_path / "out") == [], timeout=WAIT)
    assert not any("is complete" in text for text in told(iface.messageBar()))


# Options


def test_the_options_page_saves_and_applies_in_a_worker(workers, monkeypatch, qtbot, qgis_app):
    applied = []
    monkeypatch.setattr(
        "cog_browser.gui.options_page.set_up_gateway",
        lambda **changes: applied.append((changes, threading.current_thread())),
    )
    try:
        save_reading_settings(ReadingSettings())
        page = OptionsFactory(workers).createWidget()
        qtbot.addWidget(page)
        assert (page.memory.value(), page.read_ahead.isChecked()) == (256, True)
        page.memory.setValue(512)
        page.read_ahead.setChecked(False)
        page.apply()
        assert reading_settings() == ReadingSettings(512, False)
        qtbot.waitUntil(lambda: len(applied) == 1, timeout=WAIT)
        changes, thread = applied[0]
        assert changes == {"cache_bytes": 512 << 20, "look_ahead": False}
        assert thread is not threading.main_thread()
    finally:
        QgsSettings().remove("plugins/cog_browser/reading")
        assert reading_settings() == ReadingSettings()


def test_a_new_budget_changes_nothing_else_of_the_gateway(monkeypatch):
    notify = print
    before = GatewayOptions(1, notify=notify)
    monkeypatch.setattr(gateway_process, "_options", before)
    monkeypatch.setattr(gateway_process, "_shared", None)
    gateway_process.set_up_gateway(cache_bytes=5)
    assert gateway_process._options == GatewayOptions(5, notify=notify)
