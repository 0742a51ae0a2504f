# SPDX-License-Identifier: GPL-2.0-or-later
"""Finding objects in the panel, on a real Swift: filter, searches, addresses, favourites."""

from __future__ import annotations

import os
import threading
import time
import uuid
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from qgis.core import QgsSettings
from qgis.PyQt.QtCore import Qt, QTimer
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QToolButton

from cog_browser.gui.find import find as find_module
from cog_browser.gui.find import query as query_module
from cog_browser.gui.find.address import Account, NoSuchAccount, Target, is_address, target_of
from cog_browser.gui.find.query import BEGINNING, Query, search
from cog_browser.gui.find.saved_places import favourites, recent_objects, set_favourite
from cog_browser.gui.object_rows import ObjectRows
from cog_browser.gui.place import ObjectAddress, Place
from cog_browser.gui.tree_model import NodeState
from cog_browser.storage.errors import TransportError
from cog_browser.storage.models import Listing, ObjectEntry
from tests.support.patience import WAIT


@pytest.fixture(autouse=True)
def nothing_saved(qgis_app):
    for group in ("places", "details"):
        QgsSettings().remove(f"plugins/cog_browser/{group}")
    yield
    for group in ("places", "details"):
        QgsSettings().remove(f"plugins/cog_browser/{group}")


@pytest.fixture()
def filled(put) -> None:
    for key in ("2024/05/may.tif", "2024/06/june.tif", "2024/06/note.txt", "june.txt", "top.TIF"):
        put(key, b"x" * 100)
    put("2024/06/large-june.tif", b"x" * 1_500_000)


def enter(dock, text: str) -> None:
    dock.find.line.setFocus()
    dock.find.line.setText(text)
    QTest.keyClick(dock.find.line, Qt.Key.Key_Return)


def shoot(widget, name: str) -> None:
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        QApplication.processEvents()
        widget.grab().save(str(Path(folder) / f"{name}.png"))


# The filter


def test_typing_filters_what_is_loaded(ui, dock, controller, saved, container, filled, qtbot):
    ui.open(Place(saved.id, container))
    assert ui.rows() == ["2024", "june.txt", "top.TIF"]
    qtbot.keyClicks(dock.find.line, "JUNE")
    ui.wait(lambda: ui.rows() == ["june.txt"])
    assert dock.status.text() == "1 object, 100 bytes, 2 hidden"
    qtbot.keyClick(dock.find.line, Qt.Key.Key_Escape)
    ui.wait(lambda: len(ui.rows()) == 3)
    dock.find.rasters.click()
    assert ui.rows() == ["2024", "top.TIF"]
    qtbot.keyClicks(dock.find.line, "zzz")
    ui.wait(dock.notice.isVisible)
    assert dock.notice.title.text() == "Nothing here matches"
    dock.notice.button.click()
    assert len(ui.rows()) == 3


def test_another_folder_starts_without_the_filter(
    ui, dock, controller, saved, container, filled, qtbot
):
    place = Place(saved.id, container)
    ui.open(place)
    qtbot.keyClicks(dock.find.line, "2024")
    ui.wait(lambda: ui.rows() == ["2024"])
    ui.double_click("2024")
    ui.wait(lambda: ui.rows() == ["05", "06"])
    assert dock.find.line.text() == ""


def test_filtering_many_rows_does_not_stall(
    untested_models, dock, controller, saved, container, qtbot
):
    dock.select(Place(saved.id, container))
    qtbot.waitUntil(lambda: dock.state is NodeState.READY, timeout=WAIT)
    entries = [ObjectEntry("c", f"scene-{n:07}.tif", n, None, "e", "") for n in range(200_000)]
    for start in range(0, len(entries), 10_000):
        dock.objects_model.append([], entries[start : start + 10_000])
    qtbot.wait(300)
    turns = []
    timer = QTimer()
    # the thread's own time, in which the machine's other processes don't count
    timer.timeout.connect(lambda: turns.append(time.thread_time()))
    timer.start(1)
    qtbot.waitUntil(lambda: bool(turns), timeout=WAIT)
    for _ in range(4):
        dock.find.line.setText(dock.find.line.text() + "7")
        qtbot.wait(170)
    qtbot.waitUntil(lambda: 0 < dock.objects_model.rowCount() < 1000, timeout=WAIT)
    timer.stop()
    longest = max(after - before for before, after in zip(turns, turns[1:]))
    print(f"longest stall while filtering 200,000 rows: {longest * 1e3:.0f} ms")
    assert longest < 0.25


# Searches


def test_a_search_looks_into_all_folders_below(ui, dock, controller, saved, container, filled):
    ui.open(Place(saved.id, container))
    enter(dock, "june")
    ui.wait(lambda: dock.state is NodeState.READY and len(ui.rows()) == 3)
    assert ui.rows() == ["2024/06/june.tif", "2024/06/large-june.tif", "june.txt"]
    assert dock.status.text() == "3 found among 6 objects"
    assert not dock.find.stop.isVisible()
    shoot(dock, "find-search")
    ui.click("2024/06/june.tif")
    assert dock.selected_addresses() == (ObjectAddress(saved.id, container, "2024/06/june.tif"),)
    dock.refresh_action.trigger()
    ui.wait(lambda: dock.state is NodeState.LOADING or len(ui.rows()) == 3)
    ui.wait(lambda: dock.state is NodeState.READY and len(ui.rows()) == 3)
    dock.find.line.clear()
    ui.wait(lambda: ui.rows() == ["2024", "june.txt", "top.TIF"])
    ui.wait(lambda: "found" not in dock.status.text())


def test_conditions_are_those_of_the_form(ui, dock, controller, saved, container, filled):
    ui.open(Place(saved.id, container))
    dock.find.more.click()
    options = dock.find.options
    options.extensions.setText("*.tif, .tiff")
    options.least.setValue(1)
    shoot(dock, "find-options")
    options.search.click()
    ui.wait(lambda: dock.state is NodeState.READY and ui.rows() == ["2024/06/large-june.tif"])
    options.least.setValue(0)
    options.after.box.setChecked(True)
    options.after.edit.setDate(options.after.edit.date().addDays(2))
    options.search.click()
    ui.wait(lambda: dock.state is NodeState.READY and dock.notice.title.text() == "Nothing found")
    dock.notice.button.click()
    dock.find.line.setText("x")
    dock.find.line.clear()
    ui.wait(lambda: ui.rows() == ["2024", "june.txt", "top.TIF"])


def test_the_server_looks_for_what_begins_so(ui, dock, controller, saved, container, filled):
    ui.open(Place(saved.id, container))
    dock.find.more.click()
    dock.find.options.where.setCurrentIndex(1)
    enter(dock, "20")
    ui.wait(lambda: dock.state is NodeState.READY and ui.rows() == ["2024"])
    ui.double_click("2024")
    ui.wait(lambda: ui.rows() == ["05", "06"])


def test_a_running_search_can_be_stopped_and_what_was_found_stays(
    ui, dock, controller, saved, container, filled, monkeypatch, qtbot
):
    ended = []

    def endless(_store, _place, _query):
        try:
            for n in range(100_000):
                entry = ObjectEntry(container, f"{n:06}.tif", 1, None, "e", "")
                yield query_module.Found(query_module.Page((), [entry]), n + 1)
                time.sleep(0.01)
        finally:
            ended.append(time.monotonic())

    ui.open(Place(saved.id, container))
    monkeypatch.setattr(find_module, "search", endless)
    enter(dock, "tif")
    ui.wait(lambda: len(ui.rows()) > 3)
    assert "searching" in dock.status.text()
    assert dock.find.stop.isVisible()
    asked = time.monotonic()
    dock.find.stop.click()
    assert dock.state is NodeState.READY
    count = len(ui.rows())
    ui.wait(lambda: bool(ended))
    assert ended[0] - asked < 10
    qtbot.wait(50)
    assert len(ui.rows()) == count > 3


@pytest.mark.parametrize("by", ["button", "escape"])
def test_a_search_stopped_before_it_has_found_anything_leaves_the_tree_alone(
    ui, dock, controller, saved, container, filled, monkeypatch, qtbot, by
):
    gate = threading.Event()

    def slow(_store, _place, _query):
        gate.wait(WAIT / 1000)
        yield query_module.Found()

    place, tree = Place(saved.id, container), dock.tree_model
    dock.expand(place.parent)
    ui.wait(lambda: tree.state(place.parent) is NodeState.READY)
    ui.open(place)
    monkeypatch.setattr(find_module, "search", slow)
    enter(dock, "june")
    assert (dock.notice.title.text(), dock.notice.button.text()) == ("Loading…", "Stop")
    dock.activateWindow()
    if by == "button":
        dock.notice.button.click()
    else:
        dock.tree.setFocus()
        qtbot.keyClick(dock.tree, Qt.Key.Key_Escape)
    gate.set()
    assert (dock.state, tree.state(place)) == (NodeState.READY, NodeState.READY)
    assert tree.rowCount(tree.index_of(place)) == len(ui.children(place)) == 1
    assert dock.notice.title.text() == "Nothing found"
    assert dock.notice.text.text() == "0 found among 0 objects"
    assert not dock.find.stop.isVisible()


def test_what_is_found_comes_packed_and_without_the_folder_itself(
    ui, dock, controller, saved, container, put, monkeypatch
):
    for key in ("f/", "f/a.tif", "f/deep/b.tif"):
        put(key, b"x" if key.endswith("tif") else b"")
    ui.open(Place(saved.id, container, "f/"))
    packed_by, pack = [], ObjectRows._append

    def watched(rows, entry, before):
        packed_by.append(threading.current_thread())
        pack(rows, entry, before)

    monkeypatch.setattr(ObjectRows, "_append", watched)
    enter(dock, "*")
    ui.wait(lambda: dock.state is NodeState.READY and len(ui.rows()) == 2)
    assert ui.rows() == ["a.tif", "deep/b.tif"]
    assert len(packed_by) == 2
    assert threading.main_thread() not in packed_by  # the window would stall


def test_a_search_ends_where_nobody_reads_on_and_says_so(
    ui, dock, controller, saved, container, filled, monkeypatch
):
    monkeypatch.setattr(find_module, "MOST_FOUND", 2)
    ui.open(Place(saved.id, container))
    enter(dock, "*")
    ui.wait(lambda: "stopped at 2 objects" in ui.told())
    assert len(ui.rows()) == 2
    assert dock.state is NodeState.READY


def test_the_form_of_the_search_needs_no_tall_window(ui, dock, controller, saved, container):
    ui.open(Place(saved.id, container))
    before = dock.minimumSizeHint().height()
    dock.find.more.click()
    try:
        ui.wait(dock.find.options.isVisible)
        whole = dock.find.options.sizeHint().height()
        ui.wait(lambda: before < dock.minimumSizeHint().height() < before + 0.6 * whole)
        dock.resize(dock.width(), 900)
        ui.wait(lambda: dock.find.options.visibleRegion().boundingRect().height() >= whole)
        dock.resize(dock.width(), dock.minimumSizeHint().height())
        ui.wait(lambda: dock.find.options.visibleRegion().boundingRect().height() < whole)
        dock.find.options.after.box.setFocus()
        QTest.keyClick(dock.find.options.after.box, Qt.Key.Key_Tab)
        ui.wait(lambda: not dock.find.options.before.box.visibleRegion().isEmpty())
    finally:
        dock.find.more.click()


def test_a_search_needs_a_place(ui, dock, controller, saved):
    enter(dock, "june")
    ui.wait(lambda: "Select a connection" in ui.told())


def test_ctrl_f_leads_to_the_line(ui, dock, controller, saved, container, filled, qtbot):
    ui.open(Place(saved.id, container))
    dock.table.setFocus()
    dock.activateWindow()
    qtbot.keyClick(dock.table, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    ui.wait(dock.find.line.hasFocus)


def test_a_search_that_fails_says_so(ui, dock, controller, saved, container, filled, monkeypatch):
    def broken(_store, _place, _query):
        raise TransportError("The host is away.")
        yield

    ui.open(Place(saved.id, container))
    monkeypatch.setattr(find_module, "search", broken)
    enter(dock, "tif")
    ui.wait(lambda: "The host is away." in dock.notice.text.text())


def test_a_search_that_breaks_off_keeps_what_was_found_and_can_be_tried_again(
    ui, dock, controller, saved, container, filled, monkeypatch
):
    def broken(_store, _place, _query):
        rows = ObjectRows([ObjectEntry(container, "june.txt", 1, None, "e", "")])
        yield query_module.Found(query_module.Page((), rows), 4)
        raise TransportError("The host is away.")

    ui.open(Place(saved.id, container))
    monkeypatch.setattr(find_module, "search", broken)
    enter(dock, "june")
    ui.wait(lambda: "The host is away." in ui.told())
    assert ui.rows() == ["june.txt"]
    assert dock.status.text() == "1 found among 4 objects, incomplete"
    assert dock.status.button.text() == "Retry"
    monkeypatch.undo()
    dock.status.button.click()
    ui.wait(lambda: dock.state is NodeState.READY and len(ui.rows()) == 3)


class _Listed:
    """A store that knows keys, and remembers what it was asked for."""

    def __init__(self, *keys: str) -> None:
        self.keys, self.asked = keys, []

    def list_objects(self, container, prefix, delimiter):
        self.asked.append((prefix, delimiter))
        day = datetime(2024, 6, 1, tzinfo=timezone.utc)
        rows = [ObjectEntry(container, k, len(k), day, "", "") for k in self.keys]
        yield Listing((), tuple(row for row in rows if row.key.startswith(prefix)))


@pytest.mark.parametrize(
    ("query", "prefix", "keys"),
    [
        (Query("*.tif"), "p/", ["p/2024/a.tif", "p/b.TIF"]),
        (Query("2024/*.tif"), "p/2024/", ["p/2024/a.tif"]),
        (Query("20?4/a*"), "p/20", ["p/2024/a.tif"]),
        (Query("A"), "p/", ["p/2024/a.tif"]),
        (Query(extensions=("txt",)), "p/", ["p/c.txt"]),
        (Query(least=8), "p/", ["p/2024/a.tif"]),
        (Query(most=7), "p/", ["p/b.TIF", "p/c.txt"]),
        (Query("b", BEGINNING), "p/b", ["p/b.TIF"]),
        (Query(rasters_only=True), "p/", ["p/2024/a.tif", "p/b.TIF"]),
        (Query(after=datetime(2024, 6, 2, tzinfo=timezone.utc)), "p/", []),
        (Query(before=datetime(2024, 6, 1, tzinfo=timezone.utc)), "p/", []),
        (
            Query(after=datetime(2024, 6, 1, tzinfo=timezone.utc) - timedelta(1)),
            "p/",
            ["p/2024/a.tif", "p/b.TIF", "p/c.txt"],
        ),
    ],
)
def test_what_a_query_takes_and_asks_the_server_for(query, prefix, keys):
    store = _Listed("p/2024/a.tif", "p/b.TIF", "p/c.txt", "q/a.tif")
    found = list(search(store, Place("i", "c", "p/"), query))
    assert [entry.key for one in found for entry in one.page.objects] == keys
    assert store.asked[0][0] == prefix
    assert store.asked[0][1] == ("/" if query.where == BEGINNING else "")


# Addresses


def test_a_pasted_url_leads_to_its_object(ui, dock, controller, saved, container, put, stack):
    put("a b/ünï.tif")
    put("a b/z.tif")
    ui.open(Place(saved.id, container))
    enter(dock, f"{stack.storage_url()}/{container}/a%20b/%C3%BCn%C3%AF.tif")
    wanted = ObjectAddress(saved.id, container, "a b/ünï.tif")
    ui.wait(lambda: dock.selected_addresses() == (wanted,))
    assert dock.current_place == Place(saved.id, container, "a b/")
    assert dock.find.line.text() == ""
    [clear] = dock.find.line.findChildren(QToolButton)
    ui.wait(lambda: clear.property("opacity") == 0.0)  # it fades
    enter(dock, f"/vsiswift/{container}/a b/z.tif")
    ui.wait(lambda: [a.key for a in dock.selected_addresses()] == ["a b/z.tif"])
    enter(dock, f"swift://{container}/a b/")
    ui.wait(lambda: dock.find.line.text() == "")
    assert dock.current_place == Place(saved.id, container, "a b/")


def test_odd_keys_are_pasted_back_as_their_path_was_copied(
    ui, dock, controller, saved, container, put
):
    keys = ["a\\b.tif", "d/e.tif", "d/e.tif ", "f.tif"]
    for key in keys:
        put(key)
    ui.open(Place(saved.id, container))
    for key in keys:
        enter(dock, f"/vsiswift/{container}/{key}")
        ui.wait(lambda key=key: [one.key for one in dock.selected_addresses()] == [key])
    enter(dock, f"swift://{container}/f.tif ")  # the space was pasted along
    ui.wait(lambda: [one.key for one in dock.selected_addresses()] == ["f.tif"])
    enter(dock, f"swift://{container}/d/ ")
    ui.wait(lambda: dock.current_place == Place(saved.id, container, "d/"))
    ui.wait(lambda: dock.state is NodeState.READY)
    assert "isn't in" not in ui.told()


def test_what_an_address_shows_stays_while_the_tree_is_opened(
    ui, dock, controller, saved, container, put
):
    put("a/x.tif")
    put("b/c/y.tif")
    ui.open(Place(saved.id, container, "a/"))
    enter(dock, f"swift://{container}/b/c/y.tif")
    wanted = (ObjectAddress(saved.id, container, "b/c/y.tif"),)
    ui.wait(lambda: dock.selected_addresses() == wanted)
    for place in (Place(saved.id, container, "a/"), Place(saved.id, container, "b/")):
        dock.expand(place)
        ui.wait(lambda place=place: dock.tree_model.state(place) is NodeState.READY)
        assert dock.selected_addresses() == wanted
    assert ui.children(Place(saved.id, container, "b/")) == ["c"]
    # the row that was shown before can be clicked again
    row = dock.tree_model.index_of(Place(saved.id, container, "a/"))
    where = dock.tree.visualRect(row).center()
    QTest.mouseClick(dock.tree.viewport(), Qt.MouseButton.LeftButton, pos=where)
    ui.wait(lambda: ui.rows() == ["x.tif"])


def test_what_an_address_shows_goes_with_its_container(ui, dock, controller, saved, put, stack):
    with closing(stack.connection("demo")) as connection:
        name = f"gone-{uuid.uuid4().hex}"
        connection.put_container(name)
        connection.put_object(name, "deep/x.tif", b"x")
        ui.open(Place(saved.id))
        enter(dock, f"swift://{name}/deep/x.tif")
        ui.wait(lambda: ui.rows() == ["x.tif"])
        connection.delete_object(name, "deep/x.tif")
        connection.delete_container(name)
    controller.refresh(saved.id)
    ui.wait(lambda: dock.current_place is None)
    assert ui.rows() == []


def test_an_address_that_leads_nowhere_says_why(ui, dock, controller, saved, container, put, stack):
    put("a.tif")
    ui.open(Place(saved.id, container))
    enter(dock, "https://user:secret@elsewhere.org/v1/AUTH_x/c/k.tif")
    ui.wait(lambda: "No saved connection is for https://elsewhere.org" in ui.told())
    assert "secret" not in ui.told()
    enter(dock, "s3://bucket/k.tif")
    ui.wait(lambda: "No saved connection is for s3://bucket" in ui.told())
    enter(dock, f"{stack.storage_url()}/{container}/gone.tif")
    ui.wait(lambda: "“gone.tif”" in ui.told())


ACCOUNTS = [
    Account("1", "one", "swift", "https://host.org/v1/AUTH_a"),
    Account("2", "two", "swift", "https://host.org/v1/AUTH_ab/"),
    Account("3", "three", "s3", "https://s3.host.org"),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://host.org/v1/AUTH_a/c/p/k.tif", ObjectAddress("1", "c", "p/k.tif")),
        ("HTTPS://HOST.org/v1/AUTH_ab/c/k?temp_url_sig=x", ObjectAddress("2", "c", "k")),
        ("/vsicurl/https://host.org/v1/AUTH_ab/c/%23.tif", ObjectAddress("2", "c", "#.tif")),
        (
            "/vsicurl?max_retry=3&url=https%3A%2F%2Fhost.org%2Fv1/AUTH_a/c/%2523.tif&list_dir=no",
            ObjectAddress("1", "c", "#.tif"),
        ),
        ("/vsiswift_streaming/c/k.tif", ObjectAddress("2", "c", "k.tif")),
        ("s3://c/k.tif", ObjectAddress("3", "c", "k.tif")),
        ("/vsis3/c/k.tif", ObjectAddress("3", "c", "k.tif")),
        ("swift://c/p/k.tif", ObjectAddress("2", "c", "p/k.tif")),
        ("/vsiswift/c/p\\k.tif", ObjectAddress("2", "c", "p\\k.tif")),
        ("https://host.org/v1/AUTH_a/c/p%5Ck.tif ", ObjectAddress("1", "c", "p\\k.tif")),
        (" swift://c/p/k \r\n", ObjectAddress("2", "c", "p/k ")),
    ],
)
def test_addresses_of_our_accounts(text, expected):
    assert is_address(text)
    assert target_of(text, ACCOUNTS, current="2") == Target(expected.place, expected)


@pytest.mark.parametrize("text", ["https://host.org/v1/AUTH_a", "https://host.org/v1/AUTH_a/"])
def test_the_address_of_an_account_leads_to_its_connection(text):
    assert target_of(text, ACCOUNTS, current="2") == Target(Place("1"))


@pytest.mark.parametrize(
    "text",
    [
        "https://host.org/v1/AUTH_abc/c/k",
        "https://host.org/v1/AUTH_",
        "/vsizip/https://host.org/v1/AUTH_a/c/k.zip",
        "/vsicurl?url=https%3A%2F%2Fme%40host.org/v1/AUTH_a/c/k",
        "/vsicurl?url=https%3A%2F%2Fhost.org/v1/AUTH_a/c/%5Ck",
        "https://host.org:444/v1/AUTH_a/c/k",
        "https://me@host.org/v1/AUTH_a/c/k",
        "http://host.org/v1/AUTH_a/c/k",
        "https://host.org\\@evil/v1/AUTH_a/c/k",
        "https://host.org/v1/AUTH_a/c\\k",
        "swift://c/a\nb",
        "gs://c/k",
        "swift://",
        "https://[",
    ],
)
def test_addresses_of_nobody_we_know(text):
    with pytest.raises(NoSuchAccount):
        target_of(text, ACCOUNTS)


def test_words_are_no_addresses():
    assert not any(map(is_address, ("june", "2024/06", "https", "*.tif", "vsi")))


# Favourites and recent objects


def test_favourites_and_recent_objects_lead_back(
    ui, dock, controller, saved, container, put, cog, qtbot
):
    put("2024/a & b.tif", cog.read_bytes(), "image/tiff")
    place = Place(saved.id, container, "2024/")
    ui.open(place)
    menu = dock.places_menu
    menu.fill()
    assert menu.menu.actions()[0].text() == "Add this folder to the favourites"
    menu.menu.actions()[0].trigger()
    assert favourites(saved.id) == [place]
    ui.double_click("a & b.tif")
    ui.wait(lambda: len(ui.layers()) == 1)
    address = ObjectAddress(saved.id, container, "2024/a & b.tif")
    assert recent_objects(saved.id) == [address]
    ui.open(Place(saved.id))
    menu.fill()
    texts = {action.text(): action for action in menu.menu.actions()}
    shoot(menu.menu, "find-favourites")
    texts[f"{container}/2024"].trigger()
    ui.wait(lambda: dock.current_place == place)
    ui.open(Place(saved.id, container))
    menu.fill()
    texts = {action.text(): action for action in menu.menu.actions()}
    texts[f"{container}/2024/a && b.tif"].trigger()
    ui.wait(lambda: dock.selected_addresses() == (address,))
    menu.fill()
    texts = {action.text(): action for action in menu.menu.actions()}
    texts["Forget recent objects"].trigger()
    assert recent_objects(saved.id) == []
    menu.fill()
    menu.menu.actions()[0].trigger()
    assert favourites(saved.id) == []
    ui.open(Place(saved.id, container))
    menu.fill()
    assert menu.menu.actions()[0].text() == "Add this container to the favourites"


def test_they_go_with_their_connection(dock, controller, sessions, saved):
    set_favourite(Place(saved.id, "c", "p/"), True)
    sessions.repository.remove(saved.id)
    assert favourites(saved.id) == []


def test_what_somebody_else_wrote_into_the_settings_does_no_harm(dock, controller, saved):
    QgsSettings().setValue(f"plugins/cog_browser/places/{saved.id}/favourites", "{]")
    assert favourites(saved.id) == []
