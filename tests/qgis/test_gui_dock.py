# SPDX-License-Identifier: GPL-2.0-or-later
"""The dock over a real object store."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest
from qgis.core import QgsMimeDataUtils, QgsProject
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtTest import QAbstractItemModelTester
from qgis.PyQt.QtWidgets import QDialog, QMessageBox

from cog_browser.gui import dock as dock_module
from cog_browser.gui import layer_loader, listing, objects_model
from cog_browser.gui.connection_dialog import ConnectionDialog
from cog_browser.gui.drop_handler import DropHandler
from cog_browser.gui.menus import place_menu
from cog_browser.gui.place import ObjectAddress, Place
from cog_browser.gui.sign_in_dialog import SignInDialog
from cog_browser.gui.tree_model import NodeState
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import TransportError
from cog_browser.storage.models import ObjectEntry

WAIT = 15_000


@pytest.fixture(autouse=True)
def model_testers(dock):
    fatal = QAbstractItemModelTester.FailureReportingMode.Fatal
    testers = [
        QAbstractItemModelTester(model, fatal) for model in (dock.tree_model, dock.objects_model)
    ]
    yield
    del testers


def rows(dock):
    model = dock.objects_model
    return [model.data(model.index(row, 0)) for row in range(model.rowCount())]


def children(dock, place):
    model, parent = dock.tree_model, dock.tree_model.index_of(place)
    return [model.data(model.index(row, 0, parent)) for row in range(model.rowCount(parent))]


def open_place(dock, qtbot, place):
    parents = [place]
    while parents[0].parent is not None:
        parents.insert(0, parents[0].parent)
    for one in parents[:-1]:
        dock.expand(one)
        qtbot.waitUntil(lambda one=one: dock.tree_model.state(one) is NodeState.READY, timeout=WAIT)
    dock.select(place)
    qtbot.waitUntil(lambda: dock.state is not NodeState.LOADING, timeout=WAIT)
    assert dock.current_place == place


def click_row(dock, qtbot, name, **options):
    index = dock.objects_model.index(rows(dock).index(name), 0)
    where = dock.table.visualRect(index).center()
    qtbot.mouseClick(dock.table.viewport(), Qt.MouseButton.LeftButton, pos=where, **options)
    return where


def double_click_row(dock, qtbot, name):
    where = click_row(dock, qtbot, name)
    qtbot.mouseDClick(dock.table.viewport(), Qt.MouseButton.LeftButton, pos=where)


def told(message_bar):
    return " ".join(f"{item.title()} {item.text()}" for item in message_bar.items())


def layers():
    return list(QgsProject.instance().mapLayers().values())


def test_without_a_connection_the_dock_offers_to_add_one(dock, controller, qtbot):
    assert dock.welcome.isVisible()
    qtbot.mouseClick(dock.welcome.button, Qt.MouseButton.LeftButton)
    dialog = dock.findChild(ConnectionDialog)
    assert dialog.isVisible()
    dialog.reject()


def test_a_connection_from_an_openrc_is_saved_opened_and_listed(
    dock, controller, qtbot, stack, container, sessions
):
    dock.new_connection_action.trigger()
    dialog = dock.findChild(ConnectionDialog)
    dialog.show_openrc(stack.openrc("demo").read_text())
    dialog.form.secret_store.setCurrentIndex(dialog.form.secret_store.findData("session"))
    dialog.ok_button.click()
    qtbot.waitUntil(lambda: container in rows(dock), timeout=WAIT)
    connection = sessions.repository.all()[0]
    assert container in children(dock, Place(connection.id))
    assert not dock.welcome.isVisible()


def test_the_test_button_asks_the_store(dock, controller, qtbot, stack):
    dock.new_connection_action.trigger()
    dialog = dock.findChild(ConnectionDialog)
    dialog.show_openrc(stack.openrc("demo").read_text())
    dialog.test_button.click()
    qtbot.waitUntil(lambda: "It works" in dialog.problem.text(), timeout=WAIT)
    dialog.form.password.setText("wrong")
    dialog.test_button.click()
    qtbot.waitUntil(lambda: "refuses to sign you in" in dialog.problem.text(), timeout=WAIT)
    dialog.reject()


def test_an_openrc_file_is_read_off_the_gui_thread(dock, controller, qtbot, stack, tmp_path):
    dock.new_connection_action.trigger()
    dialog = dock.findChild(ConnectionDialog)
    dialog.read_file(str(stack.openrc("demo")))
    qtbot.waitUntil(lambda: dialog.form.user.text() == "demo", timeout=WAIT)
    dialog.read_file(str(tmp_path / "missing"))
    qtbot.waitUntil(lambda: "can't be read" in dialog.openrc_note.text(), timeout=WAIT)
    dialog.reject()


def test_a_folder_shows_its_folders_and_objects(dock, controller, saved, container, put, qtbot):
    put("a.tif", b"x" * 1500, "image/tiff")
    put("readme.txt", b"y" * 500)
    put("2024/06/b.tif")
    place = Place(saved.id, container)
    open_place(dock, qtbot, place)
    assert rows(dock) == ["2024", "a.tif", "readme.txt"]
    assert children(dock, place) == ["2024"]
    assert dock.status.text() == "1 folder, 2 objects, 2.0 kB"
    assert dock.path.text() == f"demo › {container}"


def test_double_clicks_lead_into_folders_and_up_leads_back(
    dock, controller, saved, container, put, qtbot
):
    put("2024/06/b.tif")
    open_place(dock, qtbot, Place(saved.id, container))
    double_click_row(dock, qtbot, "2024")
    qtbot.waitUntil(lambda: rows(dock) == ["06"], timeout=WAIT)
    qtbot.waitUntil(lambda: dock.state is NodeState.READY, timeout=WAIT)
    double_click_row(dock, qtbot, "06")
    qtbot.waitUntil(lambda: rows(dock) == ["b.tif"], timeout=WAIT)
    assert dock.tree_model.place(dock.tree.currentIndex()).prefix == "2024/06/"
    dock.up_action.trigger()
    qtbot.waitUntil(lambda: rows(dock) == ["06"], timeout=WAIT)


def test_a_double_click_adds_the_object_to_the_map(
    dock, controller, saved, container, put, cog, qtbot
):
    put("munich.tif", cog.read_bytes(), "image/tiff")
    open_place(dock, qtbot, Place(saved.id, container))
    double_click_row(dock, qtbot, "munich.tif")
    qtbot.waitUntil(lambda: len(layers()) == 1, timeout=WAIT)
    qtbot.waitUntil(lambda: not controller.loader.is_busy, timeout=WAIT)
    layer = layers()[0]
    assert layer.isValid()
    assert layer.name() == "munich.tif"
    assert (layer.width(), layer.height()) == (512, 512)
    assert layer.dataProvider().sample(layer.extent().center(), 1) == (7.0, True)


def test_enter_adds_all_selected_objects_in_their_order(
    dock, controller, saved, container, put, cog, qtbot, message_bar
):
    for name in ("a.tif", "b.tif", "c.tif"):
        put(name, cog.read_bytes(), "image/tiff")
    open_place(dock, qtbot, Place(saved.id, container))
    dock.table.setFocus()
    dock.table.selectAll()
    with qtbot.waitSignals([QgsProject.instance().layerWasAdded] * 3, timeout=WAIT):
        qtbot.keyClick(dock.table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not controller.loader.is_busy, timeout=WAIT)
    root = QgsProject.instance().layerTreeRoot()
    # Each goes on top, as QGIS does it.
    assert [layer.name() for layer in root.layerOrder()] == ["c.tif", "b.tif", "a.tif"]
    assert told(message_bar) == ""


def test_adding_a_whole_archive_at_once_is_refused(
    dock, controller, saved, container, put, qtbot, message_bar, monkeypatch
):
    monkeypatch.setattr(dock_module, "MAX_LAYERS_AT_ONCE", 1)
    put("a.tif")
    put("b.tif")
    open_place(dock, qtbot, Place(saved.id, container))
    dock.table.selectAll()
    dock.add_action.trigger()
    assert "2 objects are selected" in told(message_bar)
    assert not controller.loader.is_busy


def test_layers_are_built_off_the_gui_thread(
    dock, controller, saved, container, put, cog, qtbot, monkeypatch
):
    from threading import current_thread, main_thread

    threads, build = [], layer_loader.build_layer

    def spy(*arguments):
        threads.append(current_thread())
        return build(*arguments)

    monkeypatch.setattr(layer_loader, "build_layer", spy)
    put("a.tif", cog.read_bytes())
    controller.add_layers((ObjectAddress(saved.id, container, "a.tif"),))
    qtbot.waitUntil(lambda: len(layers()) == 1, timeout=WAIT)
    assert main_thread() not in threads


def test_an_object_that_is_no_raster_is_refused_with_a_reason(
    dock, controller, saved, container, put, qtbot, message_bar
):
    put("<i>notes</i>.tif", b"not a tiff")
    controller.add_layers((ObjectAddress(saved.id, container, "<i>notes</i>.tif"),))
    qtbot.waitUntil(lambda: "raster" in told(message_bar), timeout=WAIT)
    text = told(message_bar)
    assert "<i>" not in text
    assert "&lt;i&gt;notes" in text
    assert layers() == []


def test_dropping_on_the_map_adds_what_was_dragged(
    dock, controller, saved, container, put, cog, qtbot
):
    put("a.tif", cog.read_bytes())
    put("b.tif", cog.read_bytes())
    handler, canvas = DropHandler(), QgsMapCanvas()
    qtbot.addWidget(canvas)
    handler.objects_dropped.connect(controller.add_layers)
    open_place(dock, qtbot, Place(saved.id, container))
    mime = dock.objects_model.mimeData([dock.objects_model.index(row, 0) for row in range(2)])
    with qtbot.waitSignal(handler.objects_dropped) as dropped:
        for uri in QgsMimeDataUtils.decodeUriList(mime):
            assert uri.providerKey == handler.customUriProviderKey()
            assert handler.canHandleCustomUriCanvasDrop(uri, canvas)
            assert handler.handleCustomUriCanvasDrop(uri, canvas)
    assert [address.key for address in dropped.args[0]] == ["a.tif", "b.tif"]
    qtbot.waitUntil(lambda: len(layers()) == 2, timeout=WAIT)


def test_a_drop_of_something_else_is_left_alone(qgis_app):
    uri = QgsMimeDataUtils.Uri()
    uri.layerType, uri.providerKey, uri.uri = "custom", "other", "[]"
    handler = DropHandler()
    assert not handler.canHandleCustomUriCanvasDrop(uri, None)
    uri.providerKey, uri.uri = "cogbrowser", "no json"
    assert not handler.handleCustomUriCanvasDrop(uri, None)


def test_f5_shows_what_changed_and_keeps_the_selection(
    dock, controller, saved, container, put, qtbot
):
    put("b.txt")
    put("c.txt")
    open_place(dock, qtbot, Place(saved.id, container))
    click_row(dock, qtbot, "c.txt")
    put("a.txt")
    put("new/x.txt")
    dock.table.setFocus()
    dock.refresh_action.trigger()
    qtbot.waitUntil(lambda: rows(dock) == ["new", "a.txt", "b.txt", "c.txt"], timeout=WAIT)
    assert [address.key for address in dock.selected_addresses()] == ["c.txt"]
    assert children(dock, Place(saved.id, container)) == ["new"]


def test_refresh_of_a_new_folder_makes_it_appear(dock, controller, saved, container, put, qtbot):
    place = Place(saved.id, container)
    open_place(dock, qtbot, place)
    put("new/x.txt")
    controller.refresh(saved.id, container, "new/")
    qtbot.waitUntil(lambda: rows(dock) == ["new"], timeout=WAIT)
    open_place(dock, qtbot, place.child("new/"))
    put("new/y.txt")
    controller.refresh(saved.id, container, "new/")
    qtbot.waitUntil(lambda: rows(dock) == ["x.txt", "y.txt"], timeout=WAIT)


def test_a_refresh_that_fails_keeps_the_rows_and_says_so(
    dock, controller, saved, container, put, qtbot, message_bar, monkeypatch
):
    def fail(store, place, job):
        raise TransportError("The host is away.")

    put("a.txt")
    open_place(dock, qtbot, Place(saved.id, container))
    monkeypatch.setattr(listing, "collect", fail)
    dock.refresh_action.trigger()
    qtbot.waitUntil(lambda: "The host is away." in told(message_bar), timeout=WAIT)
    assert rows(dock) == ["a.txt"]


def test_an_expanded_folder_is_listed_to_its_end_when_another_is_selected(
    dock, controller, saved, container, put, qtbot, monkeypatch
):
    put("a/1/x.txt")
    put("b/2.txt")
    open_place(dock, qtbot, Place(saved.id, container))
    place, other = Place(saved.id, container, "a/"), Place(saved.id, container, "b/")
    dock.select(place)
    dock.expand(place)
    dock.select(other)
    qtbot.waitUntil(lambda: dock.tree_model.state(place) is NodeState.READY, timeout=WAIT)
    assert children(dock, place) == ["1"]
    qtbot.waitUntil(lambda: rows(dock) == ["2.txt"], timeout=WAIT)


def test_a_long_listing_is_sorted_in_a_worker(
    dock, controller, saved, container, put, qtbot, monkeypatch
):
    monkeypatch.setattr(objects_model, "SORTED_AT_ONCE", 0)
    put("a.txt", b"xxx")
    put("b.txt", b"x")
    put("c.txt", b"xx")
    open_place(dock, qtbot, Place(saved.id, container))
    dock.table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    qtbot.waitUntil(lambda: rows(dock) == ["b.txt", "c.txt", "a.txt"], timeout=WAIT)


def test_an_empty_folder_says_so(dock, controller, saved, container, qtbot):
    open_place(dock, qtbot, Place(saved.id, container))
    assert dock.notice.isVisible()
    assert dock.notice.title.text() == "This folder is empty"


def test_a_store_that_is_away_is_reported_and_can_be_retried(
    dock, controller, sessions, qtbot, workers
):
    away = Connection("away", auth_url="http://127.0.0.1:1/v3", user_name="x")
    sessions.repository.save(away)
    sessions.secrets.save(away.id, Credentials(password="x"), "session")
    dock.select(Place(away.id))
    qtbot.waitUntil(lambda: dock.state is NodeState.FAILED, timeout=60_000)
    assert dock.notice.title.text() == "No connection"
    assert "127.0.0.1:1" in dock.notice.text.text()
    assert children(dock, Place(away.id)) == ["No connection"]
    with qtbot.waitSignal(dock.refresh_requested):
        qtbot.mouseClick(dock.notice.button, Qt.MouseButton.LeftButton)
    assert dock.state is NodeState.LOADING


def test_a_missing_secret_is_asked_for_and_the_listing_goes_on(
    dock, controller, sessions, account, container, qtbot
):
    connection, credentials = account
    sessions.repository.save(connection)
    dock.select(Place(connection.id))
    dialog = dock.findChild(SignInDialog)
    dialog.secret.setText(credentials.password)
    dialog.secret_store.setCurrentIndex(dialog.secret_store.findData("session"))
    dialog.ok_button.click()
    qtbot.waitUntil(lambda: container in rows(dock), timeout=WAIT)


def test_declining_to_sign_in_leaves_a_button_that_asks_again(
    dock, controller, sessions, account, qtbot
):
    connection, _ = account
    sessions.repository.save(connection)
    dock.select(Place(connection.id))
    dock.findChild(SignInDialog).reject()
    assert dock.state is NodeState.FAILED
    assert dock.notice.button.text() == "Sign in…"
    qtbot.wait(10)
    dock.notice.button.click()
    assert any(d.isVisible() for d in dock.findChildren(SignInDialog))


def test_a_wrong_password_is_asked_for_again_and_the_right_one_works(
    dock, controller, sessions, account, container, qtbot
):
    connection, credentials = account
    sessions.repository.save(connection)
    sessions.secrets.save(connection.id, Credentials(password="wrong"), "session")
    dock.select(Place(connection.id))
    qtbot.waitUntil(lambda: dock.state is NodeState.FAILED, timeout=WAIT)
    assert dock.notice.title.text() == "Sign-in refused"
    dock.notice.button.click()
    dialog = dock.findChild(SignInDialog)
    dialog.secret.setText(credentials.password)
    dialog.ok_button.click()
    qtbot.waitUntil(lambda: container in rows(dock), timeout=WAIT)


def test_signing_out_forgets_the_secret_and_the_listing(
    dock, controller, sessions, saved, container, qtbot
):
    open_place(dock, qtbot, Place(saved.id, container))
    dock.sign_out_requested.emit(saved.id)
    assert dock.current_place is None
    assert rows(dock) == []
    assert sessions.secrets.load(saved.id) is None
    assert dock.tree_model.state(Place(saved.id)) is NodeState.IDLE


def test_removing_a_connection_asks_first_and_selects_no_other(
    dock, controller, sessions, saved, qtbot
):
    sessions.repository.save(Connection("other", auth_url="https://k.example.org/v3"))
    open_place(dock, qtbot, Place(saved.id))
    dock.remove_connection_requested.emit(saved.id)
    box = dock.findChild(QMessageBox)
    assert "demo" in box.text()
    next(b for b in box.buttons() if "Remove" in b.text()).click()
    assert [c.name for c in sessions.repository.all()] == ["other"]
    assert dock.current_place is None
    assert dock.findChild(SignInDialog) is None


def test_selecting_another_folder_drops_the_late_answer_of_the_first(
    dock, controller, saved, container, put, stack, qtbot
):
    put("a/1.txt")
    put("b/2.txt")
    open_place(dock, qtbot, Place(saved.id, container))
    dock.select(Place(saved.id, container, "a/"))
    dock.select(Place(saved.id, container, "b/"))
    qtbot.waitUntil(lambda: dock.state is NodeState.READY, timeout=WAIT)
    qtbot.wait(200)
    assert rows(dock) == ["2.txt"]


def test_a_new_container_is_created_and_shown(dock, controller, saved, stack, qtbot):
    open_place(dock, qtbot, Place(saved.id))
    name = stack.unique_name("new")
    controller.create_container(saved.id, name)
    qtbot.waitUntil(lambda: dock.current_place == Place(saved.id, name), timeout=WAIT)
    qtbot.waitUntil(lambda: dock.state is NodeState.READY, timeout=WAIT)
    assert name in children(dock, Place(saved.id))


def test_publish_opens_the_algorithm_filled_in_and_lists_the_folder_when_it_is_done(
    dock, controller, saved, container, put, qtbot, monkeypatch
):
    class Dialog(QDialog):
        algorithmFinished = pyqtSignal(bool, dict)  # noqa: N815

    opened, dialog = [], Dialog(dock)
    processing = ModuleType("processing")
    processing.createAlgorithmDialog = lambda *values: opened.append(values) or dialog
    monkeypatch.setitem(sys.modules, "processing", processing)
    open_place(dock, qtbot, Place(saved.id, container))
    dock.publish_action.trigger()
    values = {"CONNECTION": "demo", "CONTAINER": container, "KEY": ""}
    assert opened == [("cogbrowser:publishcog", values)]
    assert dialog.isVisible()
    assert not dialog.isModal()
    put("published.tif")
    dialog.algorithmFinished.emit(True, {})
    qtbot.waitUntil(lambda: rows(dock) == ["published.tif"], timeout=WAIT)


def test_selecting_everything_costs_nothing_per_row(dock, saved, controller, monkeypatch, qtbot):
    asked, model = [], dock.objects_model
    entries = [ObjectEntry("c", f"{n:06}", 1, None, "", "") for n in range(20_000)]
    dock.current_place = Place(saved.id, "c")
    model.begin(dock.current_place)
    model.append([], entries)
    monkeypatch.setattr(
        type(model), "entry", lambda self, row: asked.append(row) or entries[row], raising=True
    )
    dock.table.selectAll()
    qtbot.wait(50)
    assert dock.selected_count == 20_000
    assert dock.add_action.isEnabled()
    assert len(asked) < 2_000


def test_markup_in_names_is_shown_literally_everywhere(
    dock, controller, saved, container, put, qtbot
):
    put("<b>x</b>.txt")
    put("<img src='http://127.0.0.1:1/x'>.txt")
    open_place(dock, qtbot, Place(saved.id, container))
    assert rows(dock) == ["<b>x<", "<img src='http:"]
    model = dock.objects_model
    for row in range(model.rowCount()):
        tip = model.data(model.index(row, 0), Qt.ItemDataRole.ToolTipRole)
        assert "<b>" not in tip
        assert "<img" not in tip


def test_browsing_sends_nothing_that_writes(
    dock, controller, saved, container, put, cog, stack, qtbot
):
    put("a.tif", cog.read_bytes())
    mark = stack.mark()
    open_place(dock, qtbot, Place(saved.id, container))
    double_click_row(dock, qtbot, "a.tif")
    qtbot.waitUntil(lambda: len(layers()) == 1, timeout=WAIT)
    assert {r.method for r in stack.swift_requests(since=mark)} <= {"GET", "HEAD"}


def test_a_stopped_controller_lets_nothing_late_through(
    dock, controller, saved, container, put, cog, qtbot, message_bar
):
    put("a.tif", cog.read_bytes())
    dock.select(Place(saved.id, container))
    controller.add_layers((ObjectAddress(saved.id, container, "a.tif"),))
    controller.stop()
    qtbot.wait(500)
    assert rows(dock) == []
    assert layers() == []
    assert told(message_bar) == ""


def test_every_widget_the_keyboard_reaches_has_a_name(dock, controller, saved):
    for widget in (dock.tree, dock.table):
        assert widget.accessibleName()
    for action in (dock.add_action, dock.refresh_action, dock.publish_action):
        assert action.text()
        assert not action.icon().isNull()


def test_the_menu_of_a_connection_offers_its_actions(dock, controller, saved, qtbot):
    menu = place_menu(dock, Place(saved.id))
    labels = [action.text() for action in menu.actions() if action.text()]
    assert labels == [
        "Refresh",
        "New container…",
        "Sign in…",
        "Sign out",
        "Edit connection…",
        "Remove connection…",
    ]


def test_the_icons_are_those_that_the_resource_file_lists():
    import xml.etree.ElementTree as Xml

    root = Path(__file__).parents[2]
    listed = [element.text for element in Xml.parse(root / "resources.qrc").iter("file")]
    held = [p.relative_to(root).as_posix() for p in (root / "cog_browser/icons").glob("*.svg")]
    assert sorted(listed) == sorted(held)
