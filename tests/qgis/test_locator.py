# SPDX-License-Identifier: GPL-2.0-or-later
"""“cog …” in QGIS's own locator bar, typed as a user types it."""

from __future__ import annotations

import threading

import pytest
from qgis.core import QgsLocatorModelBridge, QgsSettings
from qgis.gui import QgsLocatorWidget
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, Qt
from qgis.PyQt.QtWidgets import QDialog, QLineEdit, QMainWindow, QTreeView

from cog_browser.gui import listing
from cog_browser.gui.find.known_places import KnownPlaces
from cog_browser.gui.find.locator import LocatorEntry
from cog_browser.gui.find.saved_places import note_recent, set_favourite
from cog_browser.gui.place import ObjectAddress, Place


class Window:
    """QGIS's window, as far as the locator needs it."""

    def __init__(self, dock) -> None:
        self.window = QMainWindow()
        self.window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
        self.bar = QgsLocatorWidget(self.window)
        self.window.setCentralWidget(self.bar)
        self.window.resize(900, 700)
        self.window.show()

    def mainWindow(self):
        return self.window

    def registerLocatorFilter(self, one):
        self.bar.locator().registerFilter(one)

    def deregisterLocatorFilter(self, one):
        self.bar.locator().deregisterFilter(one)

    @property
    def line(self) -> QLineEdit:
        return self.bar.findChild(QLineEdit)

    def results(self) -> list[str]:
        """What the list shows, without its headings."""
        (bridge,) = (
            one
            for one in self.bar.findChildren(QObject)
            if one.metaObject().className() == "QgsLocatorModelBridge"
        )
        model = sip.cast(bridge, QgsLocatorModelBridge).proxyModel()
        rows = (model.index(row, 0) for row in range(model.rowCount()))
        return [row.data().strip() for row in rows if row.flags() & Qt.ItemFlag.ItemIsSelectable]


@pytest.fixture(autouse=True)
def nothing_saved(qgis_app):
    QgsSettings().remove("plugins/cog_browser/places")
    yield
    QgsSettings().remove("plugins/cog_browser/places")


@pytest.fixture
def window(dock, controller, sessions, workers, qtbot):
    made = Window(dock)
    qtbot.addWidget(made.window)
    made.entry = LocatorEntry(made, dock, controller, sessions, workers)
    yield made
    made.entry.stop()
    made.window.removeDockWidget(dock)
    dock.setParent(None)


@pytest.fixture
def type_in(window):
    def type_text(text: str) -> None:
        window.line.clear()
        for letter in text:  # one by one, as the bar searches; QTest knows ASCII only
            window.line.insert(letter)

    return type_text


def choose(window, qtbot, row: int = 1) -> None:
    """Press Down until the row, and Enter; a heading comes first."""
    for _ in range(row):
        qtbot.keyClick(window.line, Qt.Key.Key_Down)
    qtbot.keyClick(window.line, Qt.Key.Key_Return)


def test_a_container_that_was_never_listed_is_found_and_shown(
    window, type_in, ui, dock, saved, sessions, container, put, qtbot
):
    put("a.tif")
    store = sessions.store(saved, sessions.credentials(saved))
    sessions.remember_root(store)  # as after a sign-in; nothing is listed yet
    dock.hide()
    asked = []
    original = listing.collect

    def collect(*arguments):
        asked.append(threading.current_thread() is threading.main_thread())
        return original(*arguments)

    listing.collect = collect
    try:
        type_in(f"cog {container}")
        ui.wait(lambda: any(container in text for text in window.results()))
    finally:
        listing.collect = original
    assert asked == [False]  # once, and not by the main thread
    choose(window, qtbot)
    ui.wait(lambda: dock.current_place == Place(saved.id, container))
    assert dock.isVisible()
    ui.wait(lambda: ui.rows() == ["a.tif"])


def test_favourites_and_recent_objects_are_found_without_a_request(
    window, type_in, ui, saved, sessions, monkeypatch
):
    monkeypatch.setattr(listing, "collect", lambda *_: pytest.fail("a request"))
    set_favourite(Place(saved.id, "rasters", "Ärzte & <b>2024</b>/"), True)
    note_recent([ObjectAddress(saved.id, "rasters", "2024/june.tif")])
    type_in("cog ärzte")
    ui.wait(lambda: any("Ärzte & <b>2024</b>" in text for text in window.results()))
    type_in("cog demo june")  # words, in any order, of the connection's name too
    ui.wait(lambda: any("june.tif" in text for text in window.results()))
    assert not any("Ärzte" in text for text in window.results())
    type_in("june")  # without the prefix as well
    ui.wait(lambda: any("june.tif" in text for text in window.results()))


def test_a_pasted_address_of_an_object_becomes_a_layer(
    window, type_in, ui, dock, saved, container, put, cog, qtbot
):
    put("2024/munich.tif", cog.read_bytes(), "image/tiff")
    window.line.setText(f"cog swift://{container}/2024/munich.tif")
    ui.wait(lambda: any("munich.tif" in text for text in window.results()))
    choose(window, qtbot)
    ui.wait(lambda: [layer.name() for layer in ui.layers()] == ["munich.tif"])
    assert dock.current_place is None


def test_an_object_can_be_shown_in_the_panel_instead(
    window, ui, dock, saved, container, put, controller
):
    put("2024/a.tif")
    address = ObjectAddress(saved.id, container, "2024/a.tif")
    window.entry._act(address.place, address, True)
    ui.wait(lambda: dock.selected_addresses() == (address,))


def test_an_address_of_nobody_offers_a_connection(window, type_in, ui, dock, sessions, qtbot):
    window.line.setText("cog https://elsewhere.example/v1/AUTH_x/c/a.tif")
    ui.wait(lambda: any("Add a connection" in text for text in window.results()))
    choose(window, qtbot)
    ui.wait(lambda: dock.findChild(QDialog, "CogBrowserConnectionDialog") is not None)
    dock.findChild(QDialog, "CogBrowserConnectionDialog").reject()


def test_nothing_is_asked_of_who_is_not_signed_in_or_was_just_asked(
    sessions, saved, workers, dock, ui, container
):
    known, told = KnownPlaces(dock.tree_model, sessions, workers, list), []
    known.refresh(lambda: told.append(1))
    assert not known._asked
    sessions.remember_root(sessions.store(saved, sessions.credentials(saved)))
    known.refresh(lambda: told.append(1))
    ui.wait(lambda: told == [1])
    known.refresh(lambda: told.append(2))
    assert not workers.is_running(("known places", saved.id))
    assert [m.title for m in known.matching(container)] == [container]
    sessions.sign_out(saved.id)
    assert [m.title for m in known.matching(container)] == []
    known.stop()


def test_unloading_takes_the_filter_out_while_a_search_runs(
    window, type_in, dock, controller, sessions, workers, saved
):
    names = [one.name() for one in window.bar.locator().filters()]
    assert "cog_browser" in names
    type_in("cog x")
    window.entry.stop()
    assert "cog_browser" not in [one.name() for one in window.bar.locator().filters()]
    assert window.bar.findChildren(QTreeView) is not None
    window.entry = LocatorEntry(window, dock, controller, sessions, workers)
