# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures)
"""QGIS's own Browser panel: its model and its tree on the rows of the plugin, over a real Swift."""

from __future__ import annotations

import unicodedata
from contextlib import closing
from dataclasses import replace
from threading import current_thread, main_thread

from qgis.core import QgsApplication, QgsMimeDataUtils, QgsProject
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QApplication, QLabel

from cog_browser.gui import listing
from cog_browser.gui.accounts.connection_dialog import ConnectionDialog
from cog_browser.gui.accounts.sign_in_dialog import SignInDialog
from cog_browser.gui.layers import loader as layer_loader
from cog_browser.gui.layers.drop_handler import PROVIDER_KEY, DropHandler, decode
from cog_browser.gui.place import ObjectAddress, Place
from cog_browser.gui.qgis_browser import place_listing
from cog_browser.gui.qgis_browser.items import ObjectItem
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.models import ObjectEntry
from tests.qgis.qgis_browser_fixtures import browser, panel  # noqa: F401 (fixtures)
from tests.support.faults import Fault

NFC = unicodedata.normalize("NFC", "Zürich.tif")
NFD = unicodedata.normalize("NFD", "Zürich.tif")
#: A key, and how its last part is shown.
NAMES = {
    "a b.tif": "a b.tif",
    "#?%41&+.tif": "#?%41&+.tif",
    "<b>bold</b": "b",
    '<i>it\'s "x".tif': '<i>it\'s "x".tif',
    NFC: NFC,
    NFD: NFD,
    "\N{SATELLITE}.tif": "\N{SATELLITE}.tif",
    "line\nend\t\x07.tif": "line\ufffdend\ufffd\ufffd.tif",
    "\u202efit.a": "\ufffdfit.a",
    "\u0634\u0631\u0642.tif": "\u0634\u0631\u0642.tif",
    "/leading.tif": "leading.tif",
    "double//slash.tif": "slash.tif",
    "?.tif": "?.tif",
    "x" * 900 + ".tif": "x" * 900 + ".tif",
}


def test_containers_folders_and_objects_are_listed(panel, saved, container, put):
    put("a.tif", b"x" * 1500, "image/tiff")
    put("2024/06/b.tif")
    panel.open("demo", container, "2024", "06")
    assert panel.index().data() == "COG Browser"
    assert panel.rows() == ["demo"]
    assert panel.rows("demo", container) == ["2024", "a.tif"]
    assert panel.rows("demo", container, "2024", "06") == ["b.tif"]
    assert not panel.proxy.hasChildren(panel.index("demo", container, "a.tif"))
    assert all(not item.icon().isNull() for item in (panel.item(), panel.item("demo", container)))


def test_an_empty_container_says_so(panel, saved, container):
    panel.open("demo", container)
    assert panel.rows("demo", container) == ["Nothing is in it."]


def test_names_of_every_kind_come_out_right(panel, saved, container, put):
    for key in NAMES:
        put(key, b"x")
    panel.open("demo", container)
    seen, paths, waiting = {}, set(), [panel.item("demo", container)]
    while waiting:
        place = waiting.pop()
        panel.wait(lambda place=place: place.state().name == "Populated" or place.populate())
        for row in place.rows.values():
            assert row.path().startswith(place.path() + "/")
            paths.add(row.path())
            if isinstance(row, ObjectItem):
                [uri] = row.mimeUris()
                assert decode(uri) == row.address
                seen[row.address.key] = row.name()
                assert "<b>" not in row.toolTip()
                assert "<i>" not in row.toolTip()
            else:
                waiting.append(row)
    assert seen == NAMES
    rows = len(NAMES) + 4  # the folders “<b>bold<”, “”, “double” and “” in it
    assert len(paths) == rows
    found = panel.model.findPath(panel.item("demo", container, '<i>it\'s "x".tif').path())
    assert found.data() == '<i>it\'s "x".tif'


def test_a_marker_of_a_folder_is_another_row_than_the_folder(panel, saved, container, put):
    put("folder/")
    put("folder/a.tif")
    panel.open("demo", container, "folder")
    assert sorted(panel.rows("demo", container, "folder")) == ["a.tif", "folder/"]
    items = panel.item("demo", container, "folder").rows.values()
    paths = {item.path() for item in items} | {panel.item("demo", container, "folder").path()}
    assert len(paths) == 3


def test_nothing_is_asked_of_the_store_on_the_gui_thread(panel, saved, container, put, monkeypatch):
    asked, made, pages = [], [], listing.pages

    def spy(*arguments):
        asked.append(current_thread())
        yield from pages(*arguments)

    item = place_listing.PlaceListing

    def start(self, *arguments):
        made.append(current_thread())
        return begin(self, *arguments)

    begin = item.start
    monkeypatch.setattr(item, "start", start)
    monkeypatch.setattr(listing, "pages", spy)
    put("a.tif")
    panel.open("demo", container)
    assert len(asked) == len(made) == 2
    assert main_thread() not in asked
    assert set(made) == {main_thread()}


# Pages


def _endless(monkeypatch, count):
    """A folder of so many objects; gives the numbers of those that the server was asked for."""
    read = []

    def pages(_store, place, page_size):
        for start in range(0, count, page_size):
            read.append(start)
            keys = range(start, min(start + page_size, count))
            entries = [
                ObjectEntry(place.container, f"{n:06}.tif", n, None, str(n), "") for n in keys
            ]
            yield listing.Page((), entries)

    monkeypatch.setattr(listing, "pages", pages)
    return read


def test_a_hundred_thousand_objects_come_page_by_page(panel, saved, container, monkeypatch, qtbot):
    panel.open("demo")
    read = _endless(monkeypatch, 100_000)
    folder = ("demo", container)
    panel.expand(*folder)
    panel.wait(lambda: panel.state(*folder) == "Populated")
    assert read == [0]
    rows = panel.rows(*folder)
    assert rows[:2] == ["000000.tif", "000001.tif"]
    assert rows[-1] == "More…"
    assert len(rows) == 501
    assert "500 names are shown" in panel.item(*folder, "More…").toolTip()
    panel.double_click(*folder, "More…")
    panel.wait(lambda: len(panel.rows(*folder)) == 1001)
    panel.double_click(*folder, "More…")
    panel.wait(lambda: len(panel.rows(*folder)) == 1501)
    assert read == [0, 1000]
    assert panel.rows(*folder)[1499:] == ["001499.tif", "More…"]
    panel.item(*folder).refresh()
    panel.wait(lambda: panel.state(*folder) == "Populated")
    assert len(panel.rows(*folder)) == 1501


def test_rows_are_added_in_turns_between_which_qgis_goes_on(
    panel, saved, container, monkeypatch, qtbot
):
    panel.open("demo")
    _endless(monkeypatch, 500)
    monkeypatch.setattr(place_listing, "_TURN", 0.0)
    counts = set()
    panel.expand("demo", container)
    rows = panel.item("demo", container).rows

    def over():
        counts.add(len(rows))
        return panel.state("demo", container) == "Populated"

    panel.wait(over)
    assert len(rows) == 500
    assert len(counts) > 3


def test_a_refresh_between_two_turns_loses_nothing(panel, saved, container, monkeypatch):
    panel.open("demo")
    _endless(monkeypatch, 300)
    monkeypatch.setattr(place_listing, "_TURN", 0.0)
    panel.expand("demo", container)
    item = panel.item("demo", container)
    panel.wait(lambda: len(item.rows) > 0)
    assert len(item.rows) < 300
    item.refresh()
    panel.wait(lambda: panel.state("demo", container) == "Populated")
    assert panel.rows("demo", container) == [f"{n:06}.tif" for n in range(300)]


def test_beyond_what_qgis_can_sort_the_panel_goes_on(
    panel, dock, saved, container, put, monkeypatch
):
    monkeypatch.setattr(place_listing, "AT_ONCE", 1)
    monkeypatch.setattr(place_listing, "MOST", 2)
    for name in "abc":
        put(name)
    place = ("demo", container)
    panel.open("demo")
    panel.wait(lambda: "More…" in panel.rows("demo") or container in panel.rows("demo"))
    while container not in panel.rows("demo"):  # containers of other tests
        monkeypatch.setattr(place_listing, "MOST", 10_000)
        panel.double_click("demo", "More…")
        panel.wait(lambda: panel.state("demo") == "Populated")
    monkeypatch.setattr(place_listing, "MOST", 2)
    panel.open(*place)
    panel.double_click(*place, "More…")
    panel.wait(lambda: panel.rows(*place) == ["a", "b", "More in the COG Browser panel…"])
    panel.double_click(*place, "More in the COG Browser panel…")
    assert dock.current_place == Place(saved.id, container)


# What changes


def test_refresh_shows_what_is_there_now_and_keeps_the_rest(
    panel, saved, container, put, stack, qtbot
):
    put("a.tif", b"x", "image/tiff")
    put("b.tif", b"x")
    put("c.tif", b"x")
    place = ("demo", container)
    panel.open(*place)
    kept = panel.item(*place, "a.tif")
    panel.view.setCurrentIndex(panel.index(*place, "a.tif"))
    put("b.tif", b"xy")
    put("d/e.tif")
    with closing(stack.connection("demo")) as connection:
        connection.delete_object(container, "c.tif")
    panel.menu(*place)["Refresh"].trigger()
    panel.wait(lambda: panel.rows(*place) == ["d", "a.tif", "b.tif"])
    assert panel.item(*place, "a.tif") is kept
    assert panel.view.currentIndex().data() == "a.tif"
    assert "2 bytes" in panel.item(*place, "b.tif").toolTip()


def test_connections_come_and_go(panel, sessions, account, qtbot, dock):
    panel.open()
    assert panel.rows() == ["Add a connection…"]
    panel.double_click("Add a connection…")
    dock.findChild(ConnectionDialog).reject()
    sessions.repository.save(account[0])
    assert panel.rows() == ["demo"]
    sessions.repository.save(replace(account[0], name="<i>other</i>"))
    assert panel.rows() == ["<i>other</i>"]
    sessions.repository.remove(account[0].id)
    assert panel.rows() == ["Add a connection…"]


# Signing in


def test_a_missing_secret_opens_no_window_before_the_user_wants_it(
    panel, dock, sessions, account, container, stack, qtbot
):
    connection, credentials = account
    sessions.repository.save(connection)
    panel.open("demo")
    assert panel.rows("demo") == ["Sign in…"]
    assert dock.findChild(SignInDialog) is None
    panel.double_click("demo", "Sign in…")
    dialog = dock.findChild(SignInDialog)
    assert dialog.isVisible()
    dialog.reject()
    assert panel.rows("demo") == ["Sign in…"]
    panel.menu("demo", "Sign in…")["Sign in…"].trigger()
    panel.wait(lambda: [one for one in dock.findChildren(SignInDialog) if one.isVisible()])
    (dialog,) = [one for one in dock.findChildren(SignInDialog) if one.isVisible()]
    dialog.secret.setText(credentials.password)
    dialog.secret_store.setCurrentIndex(dialog.secret_store.findData("session"))
    dialog.ok_button.click()
    panel.wait(lambda: container in panel.rows("demo"))


def test_a_refused_secret_is_sent_once_and_asked_for(
    panel, dock, sessions, account, container, monkeypatch
):
    connection, _ = account
    sessions.repository.save(connection)
    sessions.secrets.save(connection.id, Credentials(password="wrong"), "session")
    panel.open("demo")
    assert panel.rows("demo") == ["Sign in…"]
    assert "refuse" in panel.item("demo", "Sign in…").toolTip()
    assert dock.findChild(SignInDialog) is None
    tries = []
    monkeypatch.setattr(place_listing, "_read_first", lambda *_: tries.append(1))
    panel.item("demo").refresh()
    panel.wait(lambda: panel.state("demo") == "Populated")
    assert panel.rows("demo") == ["Sign in…"]
    assert tries == []
    panel.double_click("demo", "Sign in…")
    assert dock.findChild(SignInDialog).isVisible()
    dock.findChild(SignInDialog).reject()


def test_signing_out_closes_the_rows(panel, controller, saved, container, qtbot):
    panel.open("demo")
    assert container in panel.rows("demo")
    panel.menu("demo")["Sign out"].trigger()
    assert panel.rows("demo") == ["Sign in…"]
    panel.item("demo").refresh()
    panel.wait(lambda: panel.state("demo") == "Populated")
    assert panel.rows("demo") == ["Sign in…"]


def test_signing_in_elsewhere_is_enough(panel, controller, sessions, account, container, qtbot):
    connection, credentials = account
    sessions.repository.save(connection)
    panel.open("demo")
    assert panel.rows("demo") == ["Sign in…"]
    sessions.store(connection, credentials)
    panel.wait(lambda: container in panel.rows("demo"))


# What fails


def test_a_failure_says_why_and_can_be_retried(panel, sessions, faulty_store, qtbot):
    connection, credentials = Connection.from_environment(faulty_store.environment())
    connection = replace(connection, name="<b>Far</b>")
    sessions.repository.save(connection)
    sessions.secrets.save(connection.id, credentials, "session")
    faulty_store.swift.add(Fault(status=403), method="GET", times=None)
    panel.open("<b>Far</b>")
    [row] = panel.rows("<b>Far</b>")
    assert row.startswith("Not allowed: ")
    tip = panel.item("<b>Far</b>", row).toolTip()
    assert "Double click to retry." in tip
    faulty_store.clear()
    panel.double_click("<b>Far</b>", row)
    panel.wait(lambda: panel.rows("<b>Far</b>") not in ([], [row]))


# To the map


def test_what_is_dragged_is_no_source_that_qgis_would_open(
    panel, controller, saved, container, put, cog, qtbot, monkeypatch
):
    threads, build = [], layer_loader.build_layer

    def spy(*arguments):
        threads.append(current_thread())
        return build(*arguments)

    monkeypatch.setattr(layer_loader, "build_layer", spy)
    for name in ("a.tif", "b.tif"):
        put(name, cog.read_bytes(), "image/tiff")
    panel.open("demo", container)
    indexes = [panel.index("demo", container, name) for name in ("a.tif", "b.tif")]
    mime = panel.proxy.mimeData(indexes)
    assert not mime.hasUrls()
    assert not mime.hasText()
    uris = QgsMimeDataUtils.decodeUriList(mime)
    assert [(uri.layerType, uri.providerKey) for uri in uris] == [("custom", PROVIDER_KEY)] * 2
    assert not [uri for uri in uris if "://" in uri.uri or "/vsi" in uri.uri or uri.filePath]
    item = panel.item("demo", container, "a.tif")
    assert item.uri() == ""
    handler, canvas = DropHandler(), QgsMapCanvas()
    qtbot.addWidget(canvas)
    handler.objects_dropped.connect(controller.many.add_dropped)
    assert all(handler.handleCustomUriCanvasDrop(uri, canvas) for uri in uris)
    layers = QgsProject.instance().mapLayers
    panel.wait(lambda: len(layers()) == 2)
    assert len(threads) == 2
    assert main_thread() not in threads
    assert {layer.name() for layer in layers().values()} == {"a.tif", "b.tif"}


def test_a_double_click_adds_the_object(panel, controller, saved, container, put, cog, qtbot):
    put("a.tif", cog.read_bytes(), "image/tiff")
    panel.open("demo", container)
    panel.double_click("demo", container, "a.tif")
    panel.wait(lambda: QgsProject.instance().mapLayers())
    [layer] = QgsProject.instance().mapLayers().values()
    assert layer.dataProvider().sample(layer.extent().center(), 1) == (7.0, True)


# Menus


def test_the_menu_of_an_object(panel, dock, saved, container, put, stack, qtbot):
    put("a #.tif", b"x", "image/tiff")
    put("b.tif", b"x", "image/tiff")
    panel.open("demo", container)
    items = (panel.item("demo", container, "a #.tif"), panel.item("demo", container, "b.tif"))
    menu = panel.menu("demo", container, "a #.tif", selected=items)
    assert list(menu) == ["Open in the COG Browser panel", "Copy URL"]  # QGIS adds “Add layer”
    QApplication.clipboard().setText("")
    menu["Copy URL"].trigger()
    panel.wait(lambda: QApplication.clipboard().text())
    start = f"{stack.storage_url()}/{container}"
    assert QApplication.clipboard().text() == f"{start}/a%20%23.tif\n{start}/b.tif"
    dock.hide()
    menu["Open in the COG Browser panel"].trigger()
    assert dock.isVisible()
    panel.wait(dock.selected_addresses)
    assert dock.selected_addresses() == (ObjectAddress(saved.id, container, "a #.tif"),)


def test_the_menus_of_places(panel, dock, controller, saved, container, put, qtbot):
    put("2024/a.tif")
    panel.open("demo", container)
    assert list(panel.menu()) == [
        "Add a connection…",
        "Import connections…",
        "Open in the COG Browser panel",
    ]
    assert list(panel.menu("demo")) == [
        "Refresh",
        "Open in the COG Browser panel",
        "Sign in…",
        "Sign out",
        "Edit connection…",
        "Remove connection…",
    ]
    menu = panel.menu("demo", container, "2024")
    assert list(menu) == ["Refresh", "Open in the COG Browser panel"]
    menu["Open in the COG Browser panel"].trigger()
    assert dock.current_place == Place(saved.id, container, "2024/")


def test_what_is_shown_below_the_browser_is_plain_text(panel, browser, saved, container, put):
    put("<i>a.tif", b"x" * 1500, "image/tiff")
    panel.open("demo", container)
    label = browser.menus.createParamWidget(panel.item("demo", container, "<i>a.tif"), None)
    assert isinstance(label, QLabel)
    assert label.text().startswith("<i>a.tif\n1.5 kB, ")
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert browser.menus.createParamWidget(panel.item("demo", container), None) is None


def test_files_and_folders_of_the_disk_are_left_to_qgis(browser, qgis_app):
    registry = QgsApplication.dataItemProviderRegistry()
    [provider] = [one for one in registry.providers() if one.name() == PROVIDER_KEY]
    assert provider.createDataItem("/tmp/a.tif", None) is None
    assert provider.createDataItem("/tmp", None) is None
