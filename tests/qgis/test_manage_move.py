# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures are imported)
"""Renaming, moving and copying in the panel, on a real Swift."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest
from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt

from cog_browser.adapters.layer_states import close_layer_states, layer_states
from cog_browser.adapters.revive import Reviver
from cog_browser.gui.manage import move, target_names
from cog_browser.gui.manage.target_names import (
    folder_of,
    renamed,
    why_not_folder,
    why_not_key,
    why_not_object,
)
from cog_browser.gui.place import Place
from cog_browser.gui.tree_model import NodeState
from cog_browser.storage.gateway.process import set_up_gateway
from cog_browser.storage.many_objects import existing
from cog_browser.storage.stores import open_store
from cog_browser.storage.swift.store import SwiftStore
from tests.qgis.manage_fixtures import manager, shoot  # noqa: F401 (fixtures)
from tests.support.many_rows import fill


def fields(dialog):
    """The container's and the name's line."""
    from qgis.PyQt.QtWidgets import QComboBox, QLineEdit

    [container] = [w for w in dialog.findChildren(QComboBox) if w.accessibleName() == "Container"]
    lines = [w for w in dialog.findChildren(QLineEdit) if w.accessibleName() in ("Name", "Folder")]
    [name] = lines
    return container, name


def selected(ui, dock):
    """The names of the selected rows."""
    ranges = dock.selection.ranges()
    return [ui.rows()[row] for top, last in ranges for row in range(top, last + 1)]


def test_what_was_renamed_is_selected_and_in_sight(ui, dock, manager, saved, container, put):
    for number in range(60):
        put(f"{number:02}.tif")
    ui.open(Place(saved.id, container))
    manager.select("03.tif")
    manager.choose("Rename or move…")
    dialog = manager.asked()
    fields(dialog)[1].setText("z.tif")
    dialog.ok_button.click()
    ui.wait(lambda: selected(ui, dock) == ["z.tif"])
    row = dock.table.visualRect(dock.table.currentIndex())
    assert dock.objects_model.entry(dock.table.currentIndex().row()).key == "z.tif"
    assert dock.table.viewport().rect().contains(row)


def test_several_that_were_renamed_with_their_folder_are_that_folder(
    ui, dock, manager, saved, container, put
):
    for key in ("old/1.tif", "old/x/2.tif", "left/3.tif"):
        put(key)
    ui.open(Place(saved.id, container))
    manager.select("old")
    manager.choose("Rename or move…")
    dialog = manager.asked()
    fields(dialog)[1].setText("new")
    dialog.ok_button.click()
    ui.wait(lambda: selected(ui, dock) == ["new"])


def test_what_the_user_has_selected_meanwhile_stays_selected(
    ui, dock, manager, saved, container, put
):
    for key in ("a.tif", "b.tif"):
        put(key)
    ui.open(Place(saved.id, container))
    manager.select("a.tif")
    manager.choose("Rename or move…")
    dialog = manager.asked()
    fields(dialog)[1].setText("c.tif")
    dialog.ok_button.click()
    manager.select("b.tif")
    ui.wait(lambda: ui.rows() == ["b.tif", "c.tif"])
    ui.wait(lambda: dock.state is NodeState.READY)
    assert selected(ui, dock) == ["b.tif"]


def test_an_object_is_renamed(ui, dock, manager, saved, container, put, qtbot):
    put("a/b.tif", b"pixels")
    ui.open(Place(saved.id, container, "a/"))
    manager.select("b.tif")
    manager.choose("Rename or move…")
    dialog = manager.asked()
    _, name = fields(dialog)
    assert name.text() == "a/b.tif"
    assert name.selectedText() == "b.tif"
    assert not dialog.ok_button.isEnabled()
    name.setText("a/../c.tif")
    assert "between slashes" in dialog.trouble.text()
    assert not dialog.ok_button.isEnabled()
    shoot(dialog, "move-trouble")
    name.setText("a/ć #?.tif")
    assert dialog.ok_button.isEnabled()
    shoot(dialog, "move-ask")
    qtbot.keyClick(name, Qt.Key.Key_Return)
    assert manager.ended(dialog) == "“b.tif” is “ć #?.tif” now."
    assert manager.keys(container) == ["a/ć #?.tif"]
    ui.wait(lambda: ui.rows() == ["ć #?.tif"])
    ui.wait(lambda: selected(ui, dock) == ["ć #?.tif"])


def test_objects_and_folders_are_copied_to_another_container(
    ui, dock, manager, saved, container, put, stack
):
    for key in ("in/a.tif", "in/deep/b.tif", "in/deep/er/c.tif", "in/left.tif"):
        put(key, key.encode())
    with closing(stack.connection("demo")) as behind:
        behind.put_container(f"{container}-to")
    ui.open(Place(saved.id, container, "in/"))
    manager.select("a.tif", "deep")
    manager.choose("Copy to…")
    dialog = manager.asked()
    assert "Copy 1 folder, 3 objects" in dialog.text.text()
    to, folder = fields(dialog)
    assert container in [to.itemText(n) for n in range(to.count())]
    to.setEditText(f"{container}-to")
    folder.setText("out")
    dialog.ok_button.click()
    assert manager.ended(dialog) == "Copied: 3 objects."
    wanted = ["out/a.tif", "out/deep/b.tif", "out/deep/er/c.tif"]
    assert manager.keys(f"{container}-to") == wanted
    assert len(manager.keys(container)) == 4


def test_a_folder_is_renamed_and_not_into_itself(ui, dock, manager, saved, container, put):
    put("old/", b"", "application/directory")
    put("old/1.tif")
    put("old/x/2.tif")
    ui.open(Place(saved.id, container))
    manager.choose("Rename or move…", place=Place(saved.id, container, "old/"))
    dialog = manager.asked()
    _, name = fields(dialog)
    name.setText("old/x")
    assert dialog.trouble.text() == "A folder can't be put into itself."
    name.setText("new")
    dialog.ok_button.click()
    assert manager.ended(dialog) == "Moved: 3 objects."
    assert manager.keys(container) == ["new/", "new/1.tif", "new/x/2.tif"]
    ui.wait(lambda: ui.rows() == ["new"])


def test_what_is_there_is_replaced_only_after_a_question(
    ui, dock, manager, saved, container, put, stack
):
    put("a.tif", b"new")
    put("b.tif", b"old")
    ui.open(Place(saved.id, container))
    manager.select("a.tif")
    for answer in (False, True):
        manager.choose("Copy to…")
        dialog = manager.asked()
        fields(dialog)[1].setText("b.tif")
        dialog.ok_button.click()
        ui.wait(lambda dialog=dialog: dialog.ok_button.text() == "Replace")
        assert dialog.names.toPlainText() == "b.tif"
        assert dialog.cancel_button.isDefault()
        shoot(dialog, "move-replace")
        if answer:
            dialog.ok_button.click()
            manager.ended(dialog)
        else:
            dialog.close()
        with closing(stack.connection("demo")) as behind:
            assert behind.get_object(container, "b.tif")[1] == (b"new" if answer else b"old")


def test_a_missing_container_is_told(ui, dock, manager, saved, container, put):
    put("a.tif")
    ui.open(Place(saved.id, container))
    manager.select("a.tif")
    manager.choose("Rename or move…")
    dialog = manager.asked()
    fields(dialog)[0].setEditText("not-there")
    dialog.ok_button.click()
    assert "1 failed" in manager.ended(dialog)
    assert "there is no container “not-there”" in dialog.names.toPlainText()
    assert manager.keys(container) == ["a.tif"]


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


def test_open_layers_follow(ui, dock, manager, states, saved, container, put, cog):
    put("munich.tif", cog.read_bytes(), "image/tiff")
    put("other.txt")
    ui.open(Place(saved.id, container))
    ui.double_click("munich.tif")
    ui.wait(lambda: len(ui.layers()) == 1)
    [layer] = ui.layers()
    before = layer.source()
    dock.table.selectAll()
    manager.choose("Rename or move…")
    dialog = manager.asked()
    fields(dialog)[1].setText("moved/")
    dialog.ok_button.click()
    assert manager.ended(dialog) == "Moved: 2 objects."
    assert manager.keys(container) == ["moved/munich.tif", "moved/other.txt"]
    assert layer.source() != before
    state = states.state_of(layer)
    assert (state.key, state.state) == ("moved/munich.tif", "reading")
    block = layer.dataProvider().block(1, layer.extent(), 4, 4)
    assert block.value(1, 1) == 7
    QgsProject.instance().clear()


def test_a_cancelled_copy_does_not_wait_and_says_what_may_still_come(
    ui, dock, manager, saved, container, put, monkeypatch
):
    go, real = threading.Event(), SwiftStore.copy_object

    def slow(store, source, key, *names, **options):
        if key > "03":
            go.wait(60)
        return real(store, source, key, *names, **options)

    monkeypatch.setattr(SwiftStore, "copy_object", slow)
    for number in range(30):
        put(f"{number:02}")
    ui.open(Place(saved.id, container))
    dock.table.selectAll()
    manager.choose("Copy to…")
    dialog = manager.asked()
    fields(dialog)[1].setText("to/")
    dialog.ok_button.click()
    ui.wait(lambda: dialog.is_working and dialog.progress.value() == 13)
    dialog.cancel_button.click()
    try:
        assert manager.ended(dialog) == (
            "Copied: 4 objects. You have stopped it; 26 are left. "
            "Up to 8 of these were on their way and may still be done."
        )
    finally:
        go.set()


def test_many_targets_are_looked_up_with_a_listing(stack, account, container, put):
    for number in range(60):
        put(f"a/{number}")
    with closing(open_store(*account)) as store:
        keys = [f"a/{number}" for number in range(100)]
        mark = stack.mark()
        assert existing(store, container, keys) == keys[:60]
        assert len(stack.swift_requests(since=mark, within=container)) <= 3
        assert existing(store, container, ["a/1", "b"]) == ["a/1"]


def test_while_one_types_not_every_key_is_judged(
    ui, dock, manager, saved, container, put, stack, monkeypatch
):
    judged_by, judge = [], target_names.why_not_key

    def watched(key):
        judged_by.append(threading.current_thread())
        return judge(key)

    for module in (target_names, move):
        monkeypatch.setattr(module, "why_not_key", watched)
    keys = [f"in/{'x' * n}.tif" for n in range(1, 8)]
    for key in keys:
        put(key)
    ui.open(Place(saved.id, container, "in/"))
    manager.select(*(key[3:] for key in keys))
    manager.choose("Copy to…")
    dialog = manager.asked()
    _, folder = fields(dialog)
    judged_by.clear()
    folder.setText("z" * (1024 - len("/xxxxxxx.tif") + 1))
    assert "too long" in dialog.trouble.text()  # with the longest key alone
    folder.setText(folder.text()[1:])
    assert dialog.ok_button.isEnabled()
    assert judged_by == [threading.main_thread()] * 2
    folder.setText("out")
    judged_by.clear()
    dialog.ok_button.click()
    assert manager.ended(dialog) == "Copied: 7 objects."
    assert len(judged_by) == 7
    assert threading.main_thread() not in judged_by


def test_a_key_that_can_not_be_is_told_before_anything_is_done(
    ui, dock, manager, saved, container, put, stack
):
    put("in/much-longer.tif")
    fill(stack, container, ["in/d/../b.tif"])  # no client of HTTP can put it
    ui.open(Place(saved.id, container))
    manager.select("in")
    manager.choose("Copy to…")
    dialog = manager.asked()
    fields(dialog)[1].setText("out")
    dialog.ok_button.click()
    assert "“out/d/../b.tif” has a “.” or “..” between slashes" in manager.ended(dialog)
    assert manager.keys(container) == ["in/d/../b.tif", "in/much-longer.tif"]


def test_names_are_judged():
    assert renamed(["a/b", "a/c/d"], "a/", "x/") == (("a/b", "x/b"), ("a/c/d", "x/c/d"))
    assert [folder_of(text) for text in ("", "a", "a/")] == ["", "a/", "a/"]
    assert why_not_key("a/b c#?.tif") == ""
    assert why_not_key("é" * 512) == ""
    assert "at most 1024 bytes" in why_not_key("é" * 513)
    assert "line break" in why_not_key("a\nb")
    assert "broken" in why_not_key("\ud800")
    assert why_not_key("") == "Write a name."
    assert "folder" in why_not_object("a/")
    assert why_not_folder("a/", "a/b/", is_same_container=False) == ""
    assert "itself" in why_not_folder("a/", "a/b/", is_same_container=True)
    assert why_not_folder("a/", "", is_same_container=True) == "Write the folder's name."
