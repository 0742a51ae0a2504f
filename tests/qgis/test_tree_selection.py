# SPDX-License-Identifier: GPL-2.0-or-later
"""After a jump the tree shows where one is, as soon as it knows the row."""

from __future__ import annotations

import pytest
from qgis.PyQt.QtTest import QSignalSpy

from cog_browser.gui import listing
from cog_browser.gui.place import Place
from cog_browser.gui.tree_model import NodeState


@pytest.fixture
def listed(monkeypatch):
    """The places that were listed."""
    found = []
    original = listing.pages
    monkeypatch.setattr(
        listing, "pages", lambda store, place: found.append(place) or original(store, place)
    )
    return found


def selected(dock):
    return [dock.tree_model.place(index) for index in dock.tree.selectedIndexes()]


def test_the_row_is_selected_when_the_tree_gets_it(
    ui, dock, controller, saved, container, put, listed, qtbot
):
    put("2024/a.txt")
    place = Place(saved.id, container, "2024/")
    with qtbot.waitActive(dock):
        dock.activateWindow()
    dock.find.line.setFocus()
    controller.find.go_to(place)
    ui.wait(lambda: ui.rows() == ["a.txt"])
    assert selected(dock) == []  # the tree knows the connection alone
    shown = QSignalSpy(dock.place_selected)
    dock.expand(Place(saved.id))
    ui.wait(lambda: dock.tree_model.state(Place(saved.id, container)) is not None)
    assert selected(dock) == []
    dock.expand(Place(saved.id, container))
    ui.wait(lambda: selected(dock) == [place])
    ui.wait(lambda: dock.tree_model.state(Place(saved.id, container)) is NodeState.READY)
    assert dock.current_place == place
    assert ui.rows() == ["a.txt"]
    assert len(shown) == 0
    assert listed.count(place) == 1
    assert dock.find.line.hasFocus()


def test_what_the_user_has_selected_meanwhile_stays(ui, dock, controller, saved, container, put):
    put("2024/a.txt")
    put("b/c.txt")
    controller.find.go_to(Place(saved.id, container, "2024/"))
    ui.wait(lambda: ui.rows() == ["a.txt"])
    ui.open(Place(saved.id))
    dock.expand(Place(saved.id))
    ui.wait(lambda: dock.tree_model.state(Place(saved.id)) is NodeState.READY)
    dock.expand(Place(saved.id, container))
    ui.wait(lambda: dock.tree_model.state(Place(saved.id, container)) is NodeState.READY)
    assert selected(dock) == [Place(saved.id)]
