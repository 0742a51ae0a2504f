# SPDX-License-Identifier: GPL-2.0-or-later
"""The dock over a real object store: what it lists and shows."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QAbstractItemModelTester

from cog_browser.gui import kept_selection, listing, objects_model, selection
from cog_browser.gui.menus import objects_menu
from cog_browser.gui.object_rows import ObjectRows
from cog_browser.gui.place import Place
from cog_browser.gui.row_numbers import Numbers
from cog_browser.gui.tree_model import NodeState
from cog_browser.storage.errors import TransportError
from cog_browser.storage.models import ObjectEntry
from tests.support.patience import WAIT


def test_a_folder_shows_its_folders_and_objects(ui, dock, controller, saved, container, put):
    put("a.tif", b"x" * 1500, "image/tiff")
    put("readme.txt", b"y" * 500)
    put("2024/06/b.tif")
    place = Place(saved.id, container)
    ui.open(place)
    assert ui.rows() == ["2024", "a.tif", "readme.txt"]
    assert ui.children(place) == ["2024"]
    assert dock.status.text() == "1 folder, 2 objects, 2.0 kB"
    assert dock.path.text() == f"demo › {container}"


def test_double_clicks_lead_into_folders_and_up_leads_back(
    ui, dock, controller, saved, container, put, qtbot
):
    put("2024/06/b.tif")
    ui.open(Place(saved.id, container))
    ui.double_click("2024")
    qtbot.waitUntil(lambda: ui.rows() == ["06"], timeout=WAIT)
    qtbot.waitUntil(lambda: dock.state is NodeState.READY, timeout=WAIT)
    ui.double_click("06")
    qtbot.waitUntil(lambda: ui.rows() == ["b.tif"], timeout=WAIT)
    assert dock.tree_model.place(dock.tree.currentIndex()).prefix == "2024/06/"
    dock.up_action.trigger()
    qtbot.waitUntil(lambda: ui.rows() == ["06"], timeout=WAIT)


def test_a_listing_that_has_brought_nothing_yet_can_be_stopped(
    ui, dock, controller, saved, container, put, qtbot
):
    put("a.txt")
    dock.select(Place(saved.id, container))
    assert (dock.notice.title.text(), dock.notice.button.text()) == ("Loading…", "Stop")
    dock.notice.button.click()
    assert dock.state is NodeState.FAILED
    assert (dock.notice.title.text(), dock.notice.button.text()) == ("Stopped", "Go on")
    dock.notice.button.click()
    qtbot.waitUntil(lambda: dock.state is NodeState.READY, timeout=WAIT)
    assert ui.rows() == ["a.txt"]


@pytest.fixture()
def gated(monkeypatch):
    """Listings with a page for each name, from the second on only as the test releases them."""
    gate, pages, asked = threading.Semaphore(0), listing.pages, []

    def one_by_one(store, place):
        for page in pages(store, place):
            if not place.container:
                yield page
            for number, entry in enumerate(page.objects):
                if number:
                    gate.acquire()
                asked.append(entry.key)
                yield listing.Page(page.folders if not number else (), ObjectRows([entry]))

    monkeypatch.setattr(listing, "pages", one_by_one)
    return gate, asked


@pytest.mark.parametrize("by", ["button", "escape"])
def test_a_stopped_listing_goes_on_where_it_stopped(
    ui, dock, controller, saved, container, put, qtbot, gated, by
):
    gate, asked = gated
    for key in ("a.txt", "b.txt", "c.txt", "f/x.txt"):
        put(key)
    place = Place(saved.id, container)
    dock.expand(place.parent)
    ui.wait(lambda: dock.tree_model.state(place.parent) is NodeState.READY)
    dock.select(place)
    ui.wait(lambda: ui.rows() == ["f", "a.txt"])
    assert dock.status.text() == "1 folder, 1 object, 1 bytes, loading… (Esc stops)"
    dock.activateWindow()
    if by == "button":
        dock.status.button.click()
    else:
        dock.table.setFocus()
        qtbot.keyClick(dock.table, Qt.Key.Key_Escape)
    assert dock.state is NodeState.FAILED
    assert dock.status.text() == "1 folder, 1 object, 1 bytes, incomplete"
    gate.release()  # what was on its way when it was stopped comes
    ui.wait(lambda: ui.rows() == ["f", "a.txt", "b.txt"])
    ui.wait(lambda: dock.tree_model.state(place) is NodeState.FAILED)
    gate.release(9)
    qtbot.wait(100)
    assert asked == ["a.txt", "b.txt"]
    assert dock.status.button.text() == "Go on"
    dock.status.button.click()
    ui.wait(lambda: dock.state is NodeState.READY)
    assert ui.rows() == ["f", "a.txt", "b.txt", "c.txt"]
    assert asked == ["a.txt", "b.txt", "c.txt"]  # nothing twice
    assert ui.children(place) == ["f"]
    assert not dock.status.button.isVisible()


def test_a_listing_that_goes_on_before_it_has_stopped_misses_nothing(
    ui, dock, controller, saved, container, put, gated
):
    gate, asked = gated
    for key in ("a.txt", "b.txt", "c.txt"):
        put(key)
    dock.select(Place(saved.id, container))
    ui.wait(lambda: ui.rows() == ["a.txt"])
    dock.status.button.click()
    dock.status.button.click()
    assert dock.state is NodeState.LOADING
    gate.release(9)
    ui.wait(lambda: dock.state is NodeState.READY)
    assert ui.rows() == asked == ["a.txt", "b.txt", "c.txt"]


def test_a_stopped_listing_is_sorted_and_filtered_and_a_refresh_lists_it_anew(
    ui, dock, controller, saved, container, put, gated
):
    gate, asked = gated
    put("a.txt", b"x")
    put("b.txt", b"xxx")
    put("c.txt", b"xx")
    dock.table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    dock.select(Place(saved.id, container))
    ui.wait(lambda: ui.rows() == ["a.txt"])
    dock.status.button.click()
    gate.release()
    ui.wait(lambda: ui.rows() == ["b.txt", "a.txt"])
    gate.release(9)
    dock.refresh_action.trigger()
    ui.wait(lambda: dock.state is NodeState.READY)
    assert ui.rows() == ["b.txt", "c.txt", "a.txt"]
    assert asked == ["a.txt", "b.txt", "a.txt", "b.txt", "c.txt"]
    dock.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)


def test_a_listing_without_end_stops_by_itself(
    ui, dock, controller, saved, container, put, gated, monkeypatch
):
    gated[0].release(9)
    monkeypatch.setattr(listing, "MOST_AT_ONCE", 2)
    for key in ("a.txt", "b.txt", "c.txt"):
        put(key)
    dock.select(Place(saved.id, container))
    ui.wait(lambda: dock.state is NodeState.FAILED)
    assert ui.rows() == ["a.txt", "b.txt"]
    dock.status.button.click()
    ui.wait(lambda: dock.state is NodeState.READY)
    assert ui.rows() == ["a.txt", "b.txt", "c.txt"]


def test_menus_say_why_something_can_not_be_chosen(ui, dock, controller, saved, container, put):
    put("a.txt")
    ui.open(Place(saved.id, container))
    menu = objects_menu(dock)
    assert menu.toolTipsVisible()
    off = {a.text(): a.toolTip() for a in menu.actions() if a.text() and not a.isEnabled()}
    assert off["Check server…"] == off["Make it a proper COG…"] == "Select one object."
    ui.click("a.txt")
    off = [a.text() for a in objects_menu(dock).actions() if a.text() and not a.isEnabled()]
    assert off == ["Add as a group", "Add as one mosaic", "Earth Engine asset…"]  # of one, here


def test_f5_shows_what_changed_and_keeps_the_selection(
    ui, dock, controller, saved, container, put, qtbot
):
    put("b.txt")
    put("c.txt")
    ui.open(Place(saved.id, container))
    ui.click("c.txt")
    put("a.txt")
    put("new/x.txt")
    dock.table.setFocus()
    dock.refresh_action.trigger()
    qtbot.waitUntil(lambda: ui.rows() == ["new", "a.txt", "b.txt", "c.txt"], timeout=WAIT)
    assert [address.key for address in dock.selected_addresses()] == ["c.txt"]
    assert ui.children(Place(saved.id, container)) == ["new"]


def test_refresh_of_a_new_folder_makes_it_appear(ui, controller, saved, container, put, qtbot):
    place = Place(saved.id, container)
    ui.open(place)
    put("new/x.txt")
    controller.refresh(saved.id, container, "new/")
    qtbot.waitUntil(lambda: ui.rows() == ["new"], timeout=WAIT)
    ui.open(place.child("new/"))
    put("new/y.txt")
    controller.refresh(saved.id, container, "new/")
    qtbot.waitUntil(lambda: ui.rows() == ["x.txt", "y.txt"], timeout=WAIT)


def test_a_refresh_that_fails_keeps_the_rows_and_says_so(
    ui, dock, controller, saved, container, put, qtbot, monkeypatch
):
    def fail(_stream, _job):
        raise TransportError("The host is away.")

    put("a.txt")
    ui.open(Place(saved.id, container))
    monkeypatch.setattr(listing.Stream, "collect", fail)
    dock.refresh_action.trigger()
    qtbot.waitUntil(lambda: "The host is away." in ui.told(), timeout=WAIT)
    assert ui.rows() == ["a.txt"]
    assert dock.status.text() == "1 object, 1 bytes"


@pytest.mark.parametrize("by", ["button", "escape"])
def test_a_refresh_says_so_and_can_be_stopped(
    ui, dock, controller, saved, container, put, qtbot, gated, by
):
    gate, _ = gated
    for key in ("a.txt", "b.txt", "f/x.txt"):
        put(key)
    place, tree = Place(saved.id, container), dock.tree_model
    dock.expand(place.parent)
    ui.wait(lambda: tree.state(place.parent) is NodeState.READY)
    gate.release()
    ui.open(place)
    put("c.txt")
    put("g/x.txt")
    for _ in range(2):
        dock.refresh_action.trigger()
        ui.wait(lambda: tree.state(place) is NodeState.LOADING)
        assert dock.status.text() == "1 folder, 2 objects, 2 bytes, refreshing… (Esc stops)"
    dock.activateWindow()
    if by == "button":
        assert dock.status.button.text() == "Stop"
        dock.status.button.click()
    else:
        dock.table.setFocus()
        qtbot.keyClick(dock.table, Qt.Key.Key_Escape)
    gate.release(9)
    qtbot.wait(100)
    assert dock.status.text() == "1 folder, 2 objects, 2 bytes"
    assert ui.rows() == ["f", "a.txt", "b.txt"]
    assert (tree.state(place), ui.children(place)) == (NodeState.READY, ["f"])
    dock.refresh_action.trigger()
    ui.wait(lambda: dock.state is NodeState.READY)
    assert ui.rows() == ["f", "g", "a.txt", "b.txt", "c.txt"]
    assert ui.children(place) == ["f", "g"]


def test_a_refresh_without_end_stops_by_itself(
    ui, dock, controller, saved, container, put, gated, monkeypatch
):
    gated[0].release(9)
    for key in ("a.txt", "b.txt", "c.txt"):
        put(key)
    ui.open(Place(saved.id, container))
    put("d.txt")
    monkeypatch.setattr(listing, "MOST_AT_ONCE", 2)
    dock.refresh_action.trigger()
    ui.wait(lambda: dock.state is NodeState.FAILED)
    assert ui.rows() == ["a.txt", "b.txt"]
    assert dock.status.button.text() == "Go on"
    dock.status.button.click()
    ui.wait(lambda: dock.state is NodeState.FAILED and len(ui.rows()) == 4)
    dock.status.button.click()
    ui.wait(lambda: dock.state is NodeState.READY)
    assert ui.rows() == ["a.txt", "b.txt", "c.txt", "d.txt"]


def test_an_expanded_folder_is_listed_to_its_end_when_another_is_selected(
    ui, dock, controller, saved, container, put, qtbot, monkeypatch
):
    put("a/1/x.txt")
    put("b/2.txt")
    ui.open(Place(saved.id, container))
    place, other = Place(saved.id, container, "a/"), Place(saved.id, container, "b/")
    dock.select(place)
    dock.expand(place)
    dock.select(other)
    qtbot.waitUntil(lambda: dock.tree_model.state(place) is NodeState.READY, timeout=WAIT)
    assert ui.children(place) == ["1"]
    qtbot.waitUntil(lambda: ui.rows() == ["2.txt"], timeout=WAIT)


def test_a_long_listing_is_sorted_in_a_worker(
    ui, dock, controller, saved, container, put, qtbot, monkeypatch
):
    monkeypatch.setattr(objects_model, "SORTED_AT_ONCE", 0)
    put("a.txt", b"xxx")
    put("b.txt", b"x")
    put("c.txt", b"xx")
    ui.open(Place(saved.id, container))
    dock.table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    qtbot.waitUntil(lambda: ui.rows() == ["b.txt", "c.txt", "a.txt"], timeout=WAIT)


def test_an_empty_folder_says_so(ui, dock, controller, saved, container):
    ui.open(Place(saved.id, container))
    assert dock.notice.isVisible()
    assert dock.notice.title.text() == "This folder is empty"


def test_selecting_another_folder_drops_the_late_answer_of_the_first(
    ui, dock, controller, saved, container, put, stack, qtbot
):
    put("a/1.txt")
    put("b/2.txt")
    ui.open(Place(saved.id, container))
    dock.select(Place(saved.id, container, "a/"))
    dock.select(Place(saved.id, container, "b/"))
    qtbot.waitUntil(lambda: dock.state is NodeState.READY, timeout=WAIT)
    qtbot.wait(200)
    assert ui.rows() == ["2.txt"]


def test_the_focus_alone_lists_nothing(ui, dock, controller, saved, qtbot):
    dock.table.setFocus()
    dock.tree.setFocus()
    qtbot.wait(50)
    assert dock.current_place is None
    qtbot.keyClick(dock.tree, Qt.Key.Key_Space)
    ui.wait(lambda: dock.state is NodeState.READY)
    assert dock.current_place == Place(saved.id)


def test_selecting_everything_costs_nothing_per_row(
    ui, dock, controller, saved, container, monkeypatch, qtbot
):
    ui.open(Place(saved.id, container))
    asked, model = [], dock.objects_model
    entries = [ObjectEntry("c", f"{n:06}", 1, None, "", "") for n in range(20_000)]
    model.append([], entries)
    monkeypatch.setattr(
        type(model), "entry", lambda self, row: asked.append(row) or entries[row], raising=True
    )
    dock.table.selectAll()
    qtbot.wait(50)
    assert dock.selected_count == 20_000
    assert dock.add_action.isEnabled()
    assert len(asked) < 2_000


def test_sorting_a_long_selection_leaves_its_rows_to_workers(
    ui, dock, controller, saved, container, monkeypatch, qtbot
):
    ui.open(Place(saved.id, container))
    model, asked, read = dock.objects_model, [], Numbers.__getitem__
    model.append(
        [f"{n:06}/" for n in range(10_000)],
        [ObjectEntry(container, f"{n:06}", 10_000 - n, None, "", "") for n in range(10_000)],
    )

    def counted(numbers: Numbers, at: object) -> object:
        asked.append(threading.current_thread() is threading.main_thread())
        return read(numbers, at)

    monkeypatch.setattr(Numbers, "__getitem__", counted)
    places = []
    monkeypatch.setattr(type(model), "folder", lambda _self, row: places.append(row), raising=True)
    dock.table.selectAll()
    for column, last in ((1, "000000"), (0, "009999")):
        dock.table.sortByColumn(column, Qt.SortOrder.AscendingOrder)
        ui.wait(lambda name=last: model.entry(model.rowCount() - 1).key == name)
        ui.wait(lambda: dock.selected_count == 10_000)
        assert dock.selection.ranges() == [(0, 19_999)]
    assert asked
    assert not any(asked)
    assert not places


def test_markup_in_names_is_shown_literally_everywhere(ui, dock, controller, saved, container, put):
    put("<b>x</b>.txt")
    put("<img src='http://127.0.0.1:1/x'>.txt")
    ui.open(Place(saved.id, container))
    assert ui.rows() == ["<b>x<", "<img src='http:"]
    model = dock.objects_model
    for row in range(model.rowCount()):
        tip = model.data(model.index(row, 0), Qt.ItemDataRole.ToolTipRole)
        assert "<b>" not in tip
        assert "<img" not in tip


def test_both_models_are_watched_by_qts_tester(dock):
    for view in (dock.tree, dock.table):
        assert view.model().findChild(QAbstractItemModelTester) is not None
    assert dock.tree.model() is dock.tree_model  # there is no proxy in between
    assert dock.table.model() is dock.objects_model


def test_every_widget_the_keyboard_reaches_has_a_name(dock, controller, saved):
    for widget in (dock.tree, dock.table):
        assert widget.accessibleName()
    for action in (dock.add_action, dock.refresh_action, dock.publish_action):
        assert action.text()
        assert not action.icon().isNull()


def test_the_icons_are_those_that_the_resource_file_lists():
    import xml.etree.ElementTree as Xml

    root = Path(__file__).parents[2]
    listed = [element.text for element in Xml.parse(root / "resources.qrc").iter("file")]
    held = [p.relative_to(root).as_posix() for p in (root / "cog_browser/icons").glob("*.svg")]
    assert sorted(listed) == sorted(held)


@pytest.mark.parametrize("at_once", [True, False])
def test_a_long_selection_stays_when_rows_are_sorted_filtered_and_listed_anew(
    ui, dock, controller, saved, container, put, monkeypatch, at_once
):
    monkeypatch.setattr(objects_model, "SORTED_AT_ONCE", 1000 if at_once else 0)
    for number in range(12):
        put(f"{number:02}.txt", b"x" * (99 - number))
    put("f/x.txt")
    ui.open(Place(saved.id, container))
    dock.table.selectAll()
    dock.table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    ui.wait(lambda: ui.rows()[1] == "11.txt")
    ui.wait(lambda: dock.selected_count == 12)
    dock.table.clearSelection()
    for row in (2, 3, 4):
        dock.table.selectionModel().select(
            dock.objects_model.index(row, 0),
            dock.table.selectionModel().SelectionFlag.Select
            | dock.table.selectionModel().SelectionFlag.Rows,
        )
    chosen = [one.key for one in dock.selected_addresses()]
    assert chosen == ["10.txt", "09.txt", "08.txt"]
    put("11a.txt", b"x" * 90)  # it comes between them
    put("e/x.txt")
    dock.refresh_action.trigger()
    ui.wait(lambda: "11a.txt" in ui.rows())
    assert sorted(one.key for one in dock.selected_addresses()) == sorted(chosen)
    dock.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    ui.wait(lambda: ui.rows()[2] == "00.txt")
    assert sorted(one.key for one in dock.selected_addresses()) == sorted(chosen)


def test_a_selection_that_would_be_scattered_is_given_up_and_it_is_said(
    ui, dock, controller, saved, container, put, monkeypatch
):
    monkeypatch.setattr(objects_model, "SORTED_AT_ONCE", 0)
    monkeypatch.setattr(kept_selection, "MOST_RANGES", 1)
    monkeypatch.setattr(selection, "_FEW", 1)
    for key, size in (("a.txt", 9), ("b.txt", 1), ("c.txt", 5)):
        put(key, b"x" * size)
    ui.open(Place(saved.id, container))
    table, flag = dock.table, dock.table.selectionModel().SelectionFlag
    for row in (0, 1):
        table.selectionModel().select(dock.objects_model.index(row, 0), flag.Select | flag.Rows)
    table.sortByColumn(1, Qt.SortOrder.AscendingOrder)
    ui.wait(lambda: ui.rows() == ["b.txt", "c.txt", "a.txt"])
    assert dock.selected_addresses() == ()
    assert "scattered" in ui.told()
