# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures are imported)
"""Deleting in the panel, on a real Swift."""

from __future__ import annotations

import dataclasses
import os
import threading
from contextlib import closing

import pytest
from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt

from cog_browser.adapters.layer_states import close_layer_states, layer_states
from cog_browser.adapters.revive import Reviver
from cog_browser.adapters.sessions import transfer_settings
from cog_browser.gui.manage.new_container import NewContainerDialog
from cog_browser.gui.manage.task_dialog import TaskDialog
from cog_browser.gui.menus import objects_menu, place_menu
from cog_browser.gui.place import Place
from cog_browser.gui.tree_model import NodeState
from cog_browser.storage import many_objects
from cog_browser.storage.errors import Cancelled, PermissionDeniedError
from cog_browser.storage.gateway.process import set_up_gateway
from cog_browser.storage.gateway.shared_object import FAILING
from cog_browser.storage.stores import open_store
from cog_browser.storage.swift.store import SwiftStore
from tests.qgis.manage_fixtures import manager, shoot  # noqa: F401 (fixtures)
from tests.support.patience import WAIT

SEGMENT = 256 << 10


def test_objects_and_folders_are_counted_named_and_deleted(
    ui, dock, manager, saved, container, put, qtbot
):
    for key in ("a.tif", "b.tif", "old/1.tif", "old/deep/2 #?.tif", "new/3.tif"):
        put(key, b"1234")
    ui.open(Place(saved.id, container))
    manager.select("a.tif", "old")
    manager.choose("Delete…")
    dialog = manager.asked()
    assert f"Delete 1 folder, 3 objects, 12 bytes from container “{container}”?" in (
        dialog.text.text()
    )
    assert dialog.names.toPlainText() == "old/\na.tif"
    assert not dialog.typed.isVisible()
    assert not dialog.isModal()
    shoot(dialog, "delete-ask")
    assert len(manager.keys(container)) == 5  # nothing before the consent
    dialog.ok_button.click()
    assert manager.ended(dialog) == "Deleted: 3 objects."
    assert manager.keys(container) == ["b.tif", "new/3.tif"]
    ui.wait(lambda: ui.rows() == ["new", "b.tif"])
    ui.wait(lambda: not dock.findChildren(TaskDialog))  # it closes by itself


def test_the_delete_key_asks_and_cancel_keeps_all(ui, dock, manager, saved, container, put, qtbot):
    put("a.tif")
    ui.open(Place(saved.id, container))
    ui.click("a.tif")
    dock.table.setFocus()
    qtbot.keyClick(dock.table, Qt.Key.Key_Delete)
    if not dock.findChildren(TaskDialog):  # off screen, shortcuts need an active window
        dock.table.actions()[0].trigger()
    dialog = manager.asked()
    assert dialog.cancel_button.isDefault()
    dialog.cancel_button.click()
    assert manager.keys(container) == ["a.tif"]


def test_a_folder_of_the_tree_is_deleted_and_left(ui, dock, manager, saved, container, put):
    put("old/", b"", "application/directory")
    put("old/1.tif")
    put("b.tif")
    ui.open(Place(saved.id, container, "old/"))
    manager.choose("Delete…", place=Place(saved.id, container, "old/"))
    dialog = manager.asked()
    assert "1 folder, 2 objects" in dialog.text.text()
    dialog.ok_button.click()
    manager.ended(dialog)
    assert manager.keys(container) == ["b.tif"]
    ui.wait(lambda: dock.tree_model.state(Place(saved.id, container, "old/")) is None)
    assert dock.current_place is None


def test_above_a_hundred_the_number_is_typed(ui, dock, manager, saved, container, put):
    for number in range(101):
        put(f"many/{number}")
    ui.open(Place(saved.id, container))
    manager.select("many")
    manager.choose("Delete…")
    dialog = manager.asked()
    assert dialog.typed.isVisible()
    assert not dialog.ok_button.isEnabled()
    dialog.typed.setText("100")
    assert not dialog.ok_button.isEnabled()
    shoot(dialog, "delete-typed")
    dialog.typed.setText("101")
    assert dialog.ok_button.isEnabled()
    dialog.ok_button.click()
    assert manager.ended(dialog) == "Deleted: 101 objects."
    assert manager.keys(container) == []


def test_enter_agrees_once_the_number_is_right_and_is_no_cancel_before(qtbot, qgis_app):
    dialog, agreed = TaskDialog("Delete"), []
    qtbot.addWidget(dialog)
    dialog.agreed.connect(lambda: agreed.append(True))
    dialog.show()
    dialog.ask("Delete 101 objects?", "Delete", typed="101")
    dialog.activateWindow()
    qtbot.waitUntil(dialog.typed.hasFocus, timeout=WAIT)
    for wrong in ("", "10"):
        dialog.typed.setText(wrong)
        assert dialog.cancel_button.isDefault() and not dialog.ok_button.isDefault()
        qtbot.keyClick(dialog.typed, Qt.Key.Key_Return)
        assert dialog.isVisible() and not agreed
    dialog.typed.setText("101")
    assert dialog.ok_button.isDefault()
    dialog.typed.setText("1011")  # one too many: Enter must not agree any more
    assert dialog.cancel_button.isDefault()
    dialog.typed.setText("101")
    qtbot.keyClick(dialog.typed, Qt.Key.Key_Return)
    assert agreed == [True]
    dialog.show_working("Deleting…")
    assert dialog.cancel_button.isDefault() and not dialog.ok_button.isDefault()


def test_large_objects_go_with_their_segments(
    ui, dock, manager, saved, account, container, tmp_path, qtbot
):
    (tmp_path / "big").write_bytes(os.urandom(3 * SEGMENT))
    small = dataclasses.replace(transfer_settings(), threshold=SEGMENT, segment_size=SEGMENT)
    with closing(open_store(*account, transfers=small)) as store:
        store.upload(tmp_path / "big", container, "big.tif")
    assert len(manager.keys(f"{container}_segments")) == 3
    ui.open(Place(saved.id, container))
    manager.select("big.tif")
    manager.choose("Delete…")
    dialog = manager.asked()
    dialog.ok_button.click()
    manager.ended(dialog)
    assert manager.keys(container) == manager.keys(f"{container}_segments") == []
    # and then the container, with the one that held the segments
    manager.choose("Delete container…", place=Place(saved.id, container))
    dialog = manager.asked()
    dialog.ok_button.click()
    assert f"{container}_segments" in manager.ended(dialog)
    ui.wait(lambda: dock.tree_model.state(Place(saved.id, container)) is None)


def test_a_container_that_is_not_empty_is_kept_and_it_is_said_why(
    ui, dock, manager, saved, container, put
):
    put("a")
    ui.open(Place(saved.id, container))
    manager.choose("Delete container…", place=Place(saved.id, container))
    dialog = manager.dialog()
    said = manager.ended(dialog)
    assert f"Container “{container}” is not empty" in said
    assert "select all" in said
    shoot(dialog, "delete-container-full")
    assert not dialog.ok_button.isVisible()
    assert manager.keys(container) == ["a"]


def test_a_container_filled_meanwhile_is_kept(ui, dock, manager, saved, container, put):
    ui.open(Place(saved.id, container))
    manager.choose("Delete container…", place=Place(saved.id, container))
    dialog = manager.asked()
    put("a")
    dialog.ok_button.click()
    assert "is not empty" in manager.ended(dialog)


def test_a_selected_container_can_be_deleted_from_the_table(
    ui, dock, manager, saved, container, put
):
    ui.open(Place(saved.id))
    manager.select(container)
    manager.choose("Delete container…")
    dialog = manager.asked()
    dialog.ok_button.click()
    manager.ended(dialog)
    ui.wait(lambda: container not in ui.rows())


def test_a_container_is_created_in_the_menu_and_deleted_again(ui, dock, manager, saved, stack):
    place = Place(saved.id)
    ui.open(place)
    name = stack.unique_name("new")
    manager.choose("New container…", place=place)
    dialog = manager.dialog(NewContainerDialog)
    dialog.name.setText(name)
    dialog.ok_button.click()
    ui.wait(lambda: dock.current_place == Place(saved.id, name))
    assert manager.keys(name) == []
    manager.choose("Delete container…", place=Place(saved.id, name))
    dialog = manager.asked()
    dialog.ok_button.click()
    assert manager.ended(dialog) == f"Container “{name}” is deleted."
    ui.wait(lambda: name not in ui.children(place))


def test_failures_are_told_for_each_object(ui, dock, manager, saved, container, put, monkeypatch):
    put("good")
    put("bad")
    real = SwiftStore.delete_object

    def refuse(store, name, key):
        if key == "bad":
            raise PermissionDeniedError("Could not delete “bad”: not yours.", status=403)
        real(store, name, key)

    monkeypatch.setattr(SwiftStore, "delete_object", refuse)
    ui.open(Place(saved.id, container))
    dock.table.selectAll()
    manager.choose("Delete…")
    dialog = manager.asked()
    dialog.ok_button.click()
    assert manager.ended(dialog) == "Deleted: 1 object. 1 failed:"
    assert dialog.names.toPlainText() == "bad: Could not delete “bad”: not yours."
    shoot(dialog, "delete-failed")
    assert manager.keys(container) == ["bad"]


@pytest.fixture
def cancelled_deletion(ui, dock, manager, saved, container, put, monkeypatch):
    """Thirty objects are being deleted, all waiting for what `go` says, when it is cancelled."""
    go, real = threading.Event(), SwiftStore.delete_object

    def slow(store, name, key):
        if key > "03":
            go.wait(60)
        real(store, name, key)

    monkeypatch.setattr(SwiftStore, "delete_object", slow)
    for number in range(30):
        put(f"{number:02}")
    ui.open(Place(saved.id, container))
    dock.table.selectAll()
    manager.choose("Delete…")
    dialog = manager.asked()
    dialog.ok_button.click()
    ui.wait(lambda: dialog.progress.maximum() == 100 and dialog.progress.value() == 13)
    yield dialog, go
    go.set()


def test_a_cancelled_deletion_counts_what_was_on_its_way(
    cancelled_deletion, ui, manager, container, monkeypatch
):
    heard, real = threading.Event(), many_objects.report

    def report(*numbers):
        try:
            real(*numbers)
        except Cancelled:
            heard.set()
            raise

    monkeypatch.setattr(many_objects, "report", report)
    monkeypatch.setattr(many_objects, "_GOODBYE", 60.0)
    dialog, go = cancelled_deletion
    dialog.cancel_button.click()
    ui.wait(heard.is_set)
    assert dialog.text.text() == "Stopping…"
    go.set()
    assert manager.ended(dialog) == "Deleted: 12 objects. You have stopped it; 18 are left."
    assert manager.keys(container) == [f"{number:02}" for number in range(12, 30)]


def test_a_cancelled_deletion_does_not_wait_and_says_what_may_still_go(
    cancelled_deletion, ui, manager, container
):
    dialog, go = cancelled_deletion
    dialog.cancel_button.click()
    said = manager.ended(dialog)
    assert len(manager.keys(container)) == 26
    assert said == (
        "Deleted: 4 objects. You have stopped it; 26 are left. "
        "Up to 8 of these were on their way and may still be done."
    )
    shoot(dialog, "delete-stopped")
    go.set()
    ui.wait(lambda: len(manager.keys(container)) == 18)


@pytest.fixture
def states(sessions, workers):
    """The states of layers, as the plugin sets them up."""
    found = layer_states()
    set_up_gateway(notify=found.hear)
    reviver = Reviver(sessions, workers, found)
    yield found
    reviver.stop()
    set_up_gateway(notify=None)
    close_layer_states()


def test_open_layers_are_named_before_and_marked_after(
    ui, dock, manager, states, saved, container, put, cog
):
    put("munich.tif", cog.read_bytes(), "image/tiff")
    ui.open(Place(saved.id, container))
    ui.double_click("munich.tif")
    ui.wait(lambda: len(ui.layers()) == 1)
    manager.select("munich.tif")
    manager.choose("Delete…")
    dialog = manager.asked()
    assert "Open layers show what is to be deleted" in dialog.warning.text()
    assert "munich" in dialog.warning.text()
    shoot(dialog, "delete-open-layer")
    dialog.ok_button.click()
    manager.ended(dialog)
    [layer] = ui.layers()
    ui.wait(lambda: states.state_of(layer).state == FAILING)
    assert "munich.tif" in states.state_of(layer).reason
    QgsProject.instance().clear()


def test_parts_of_large_objects_are_warned_of(ui, dock, manager, saved, account, stack):
    name = stack.unique_name("dock") + "_segments"
    with closing(stack.connection("demo")) as behind:
        behind.put_container(name)
        behind.put_object(name, "part", b"x")
    ui.open(Place(saved.id, name))
    dock.table.selectAll()
    manager.choose("Delete…")
    assert "parts of large objects" in manager.asked().warning.text()


def test_menus_say_why_nothing_can_be_deleted(ui, dock, manager, saved, container):
    ui.open(Place(saved.id, container))
    menu = objects_menu(dock)
    [action] = [a for a in menu.actions() if a.text() == "Delete…"]
    assert not action.isEnabled()
    assert action.toolTip() == "Select objects or folders first."
    menu.deleteLater()
    menu = place_menu(dock, Place(saved.id))
    assert not [a for a in menu.actions() if a.text().startswith("Delete")]
    menu.deleteLater()
    assert dock.tree_model.state(Place(saved.id, container)) is NodeState.READY
