# SPDX-License-Identifier: GPL-2.0-or-later
"""Finding objects in all containers of a connection."""

from __future__ import annotations

import threading
import time
from contextlib import closing

import pytest
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest

from cog_browser.gui.find import everywhere
from cog_browser.gui.find.everywhere import search_everywhere
from cog_browser.gui.find.query import Query
from cog_browser.gui.menus import objects_menu
from cog_browser.gui.place import ObjectAddress, Place
from cog_browser.gui.tree_model import NodeState
from cog_browser.storage.errors import AuthenticationError, PermissionDeniedError, TransportError
from cog_browser.storage.models import Container, Listing, ObjectEntry
from tests.qgis.manage_fixtures import manager  # noqa: F401 (fixtures)


def enter(dock, text: str) -> None:
    dock.find.line.setFocus()
    dock.find.line.setText(text)
    QTest.keyClick(dock.find.line, Qt.Key.Key_Return)


@pytest.fixture()
def two_more(stack) -> list[str]:
    """Two more containers, with a raster each; one for the parts of the first's large objects."""
    names = [stack.unique_name("everywhere") for _ in range(2)]
    word = names[0].rpartition("-")[2]  # of this test alone
    with closing(stack.connection("demo")) as connection:
        for name in (*names, f"{names[0]}_segments"):
            connection.put_container(name)
            connection.put_object(name, f"f/{word}-{name[-4:]}.tif", b"x" * 10)
            connection.put_object(name, "other.tif", b"x")
    return [*names, word]


def test_a_search_at_the_connection_looks_into_all_containers(
    ui,
    dock,
    controller,
    saved,
    two_more,
    manager,  # noqa: F811
):
    first, second, word = two_more
    ui.open(Place(saved.id))
    enter(dock, word)
    ui.wait(lambda: dock.state is NodeState.READY and len(ui.rows()) == 2)
    expected = {f"{one}/f/{word}-{one[-4:]}.tif" for one in (first, second)}
    assert set(ui.rows()) == expected
    assert dock.status.text().startswith("2 found among ")
    assert ui.rows() == sorted(ui.rows())
    manager.select(*ui.rows())
    assert {one.container for one in dock.selected_addresses()} == {first, second}
    menu = objects_menu(dock)
    [delete] = [action for action in menu.actions() if action.text() == "Delete…"]
    assert (delete.isEnabled(), delete.toolTip()) == (False, "Select objects of one container.")
    menu.deleteLater()
    manager.select(f"{second}/f/{word}-{second[-4:]}.tif")
    [address] = dock.selected_addresses()
    assert address == ObjectAddress(saved.id, second, f"f/{word}-{second[-4:]}.tif")
    manager.choose("Delete…")
    dialog = manager.asked()
    dialog.ok_button.click()
    manager.ended(dialog)
    ui.wait(lambda: dock.state is NodeState.READY and len(ui.rows()) == 1)  # searched again
    assert manager.keys(second) == ["other.tif"]
    qt_escape(dock)
    ui.wait(lambda: dock.state is NodeState.READY and first in ui.rows())


def qt_escape(dock) -> None:
    dock.find.line.setFocus()
    QTest.keyClick(dock.find.line, Qt.Key.Key_Escape)


class _Containers:
    """A store whose containers have a page for each of their keys."""

    def __init__(self, gate=None, **containers):
        self.containers, self.gate = containers, gate
        self.at_once = self.most_at_once = self.pages = 0

    def list_objects(self, container, _prefix, _delimiter):
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        keys = self.containers[container]
        try:
            if isinstance(keys, Exception):
                raise keys
            for key in keys:
                if self.gate is not None:
                    self.gate.acquire()
                self.pages += 1
                yield Listing(("f/",), (ObjectEntry(container, key, 1, None, "", ""),))
        finally:
            self.at_once -= 1

    def found(self, query):
        names = [Container(name) for name in self.containers]
        return search_everywhere(self, Place("i"), query, names)


def test_containers_are_searched_a_few_at_a_time():
    store = _Containers(**{f"c{n}": ["a.tif", "b.txt"] for n in range(20)})
    found = list(store.found(Query("*.tif")))
    assert sorted(e.container for f in found for e in f.page.objects) == sorted(store.containers)
    assert found[-1].seen == 40
    assert 1 <= store.most_at_once <= everywhere.AT_ONCE
    assert all(not f.page.folders for f in found)


def test_a_container_that_can_not_be_listed_does_not_end_the_search():
    store = _Containers(good=["a.tif"], bad=PermissionDeniedError("Not for you."), more=["b.tif"])
    found = list(store.found(Query("*.tif")))
    assert sorted(e.key for f in found for e in f.page.objects) == ["a.tif", "b.tif"]
    assert max((f.failed for f in found), key=len) == ("bad",)
    with pytest.raises(AuthenticationError):
        list(_Containers(c=AuthenticationError("Sign in.")).found(Query("*.tif")))


@pytest.mark.parametrize(
    "containers",
    [
        {"one": PermissionDeniedError("Not for you."), "two": PermissionDeniedError("Nor this.")},
        {"good": ["a.tif"], "bad": TransportError("The host is away."), "more": ["b.tif"]},
    ],
)
def test_a_search_fails_where_no_container_can_be_listed_or_nobody_answers(containers):
    [error] = {type(held) for held in containers.values() if isinstance(held, Exception)}
    with pytest.raises(error):
        list(_Containers(**containers).found(Query("*.tif")))


def test_a_search_in_all_containers_ends_with_its_caller():
    gate = threading.Semaphore(3)
    store = _Containers(gate, **{f"c{n}": ["a.tif"] * 100 for n in range(9)})
    results = store.found(Query("*.tif"))
    next(results)
    results.close()
    for _ in range(200):
        gate.release(4)
        if not store.at_once:
            break
        time.sleep(0.05)
    assert store.at_once == 0
    assert store.pages < 60
