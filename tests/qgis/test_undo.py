# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures)
"""What can be taken back, by the button in the message bar."""

from __future__ import annotations

import pytest
from qgis.core import QgsSettings
from qgis.PyQt.QtWidgets import QPushButton

from cog_browser.gui.find.saved_places import is_favourite, set_favourite
from cog_browser.gui.place import Place
from tests.qgis.manage_fixtures import manager  # noqa: F401 (fixtures)
from tests.qgis.test_manage_move import fields, selected


@pytest.fixture(autouse=True)
def nothing_saved(qgis_app):
    QgsSettings().remove("plugins/cog_browser/places")
    yield
    QgsSettings().remove("plugins/cog_browser/places")


def undo_buttons(message_bar) -> list[QPushButton]:
    return [
        button
        for item in message_bar.items()
        for button in item.findChildren(QPushButton)
        if button.text() == "Undo"
    ]


def rename(ui, dock, manager, name, new_key):
    manager.select(name)
    manager.choose("Rename or move…")
    dialog = manager.asked()
    fields(dialog)[1].setText(new_key)
    dialog.ok_button.click()
    return manager.ended(dialog)


def test_a_removed_favourite_comes_back(ui, dock, controller, saved, container, message_bar):
    place = Place(saved.id, container)
    set_favourite(place, True)
    ui.open(place)
    dock.places_menu.fill()
    (action,) = (a for a in dock.places_menu.menu.actions() if a.text().startswith("Remove"))
    action.trigger()
    assert not is_favourite(place)
    assert f"“{container}” is no favourite any more." in ui.told()
    (button,) = undo_buttons(message_bar)
    button.click()
    assert is_favourite(place)
    assert undo_buttons(message_bar) == []


def test_a_rename_is_taken_back(ui, dock, manager, saved, container, put, message_bar):
    put("a/b.tif", b"pixels")
    ui.open(Place(saved.id, container, "a/"))
    rename(ui, dock, manager, "b.tif", "a/c.tif")
    assert "“b.tif” is “c.tif” now." in ui.told()
    (button,) = undo_buttons(message_bar)
    button.click()
    assert manager.ended(manager.dialog()) == "“c.tif” is “b.tif” now."
    assert manager.keys(container) == ["a/b.tif"]
    ui.wait(lambda: ui.rows() == ["b.tif"])
    ui.wait(lambda: selected(ui, dock) == ["b.tif"])
    assert "“c.tif” is “b.tif” now." in ui.told()  # which can be taken back as well


def test_taking_back_overwrites_nothing_without_a_question(
    ui, dock, manager, saved, container, put, message_bar
):
    put("b.tif", b"pixels")
    ui.open(Place(saved.id, container))
    rename(ui, dock, manager, "b.tif", "c.tif")
    put("b.tif", b"another one's")
    undo_buttons(message_bar)[0].click()
    dialog = manager.asked()
    assert "there already" in dialog.text.text()
    dialog.reject()
    assert manager.keys(container) == ["b.tif", "c.tif"]


def test_what_replaced_something_is_not_offered_to_be_taken_back(
    ui, dock, manager, saved, container, put, message_bar
):
    put("b.tif", b"pixels")
    put("c.tif", b"old")
    ui.open(Place(saved.id, container))
    manager.select("b.tif")
    manager.choose("Rename or move…")
    dialog = manager.asked()
    fields(dialog)[1].setText("c.tif")
    dialog.ok_button.click()
    ui.wait(lambda: dialog.ok_button.text() == "Replace")
    dialog.ok_button.click()
    manager.ended(dialog)
    assert undo_buttons(message_bar) == []
