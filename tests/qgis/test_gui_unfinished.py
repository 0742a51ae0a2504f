# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of unfinished uploads, and the containers of segments, on a real Swift."""

from __future__ import annotations

import dataclasses
import os
import stat
import time
from contextlib import closing
from pathlib import Path

import pytest
from qgis.core import QgsApplication, QgsSettings
from qgis.PyQt.QtWidgets import QApplication, QFileDialog, QMessageBox

from cog_browser.adapters.sessions import transfer_settings
from cog_browser.gui.menus import connections_menu, place_menu
from cog_browser.gui.options_page import OptionsPage
from cog_browser.gui.place import Place
from cog_browser.gui.transfers.unfinished_dialog import UnfinishedDialog
from cog_browser.storage.errors import Cancelled
from cog_browser.storage.stores import open_store

SEGMENT = 256 << 10
SIZE = 4 * SEGMENT + 4711


@pytest.fixture
def settings(qgis_app, monkeypatch):
    """Small segments for all stores of this QGIS."""
    small = dataclasses.replace(transfer_settings(), threshold=SEGMENT, segment_size=SEGMENT)
    monkeypatch.setattr("cog_browser.adapters.sessions.transfer_settings", lambda: small)
    return small


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "data.bin"
    path.write_bytes(os.urandom(SIZE))
    return path


def break_off(account, transfers, path, container, key):
    """An upload that the user cancels on the way."""
    with closing(open_store(*account, transfers=transfers)) as store, pytest.raises(Cancelled):
        store.upload(path, container, key, progress=lambda done, total: done < 2 * SEGMENT)


@pytest.fixture
def broken(settings, account, container, file):
    break_off(account, settings, file, container, "a/k.bin")
    yield
    for journal in settings.journals.glob("*.upload"):
        journal.unlink()


def shoot(widget, name: str) -> None:
    """A picture for who looks at the dialogs: SCREENSHOTS=folder."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        QApplication.processEvents()
        widget.grab().save(str(Path(folder) / f"{name}.png"))


def open_list(ui, dock, connection_id):
    menu = place_menu(dock, Place(connection_id))
    [action] = [a for a in menu.actions() if a.text() == "Unfinished uploads…"]
    action.trigger()
    menu.deleteLater()
    ui.wait(lambda: any(d.isVisible() for d in dock.findChildren(UnfinishedDialog)))
    [dialog] = [d for d in dock.findChildren(UnfinishedDialog) if d.isVisible()]
    ui.wait(dialog.refresh_button.isEnabled)
    return dialog


def select(dialog, container):
    """The row of this container; other tests may have left some in the account."""
    dialog.table.clearSelection()
    items = [dialog.table.topLevelItem(n) for n in range(dialog.table.topLevelItemCount())]
    [item] = [i for i in items if i.text(0) == container]
    item.setSelected(True)
    return [item.text(column) for column in range(6)]


def containers_in(dialog):
    return [dialog.table.topLevelItem(n).text(0) for n in range(dialog.table.topLevelItemCount())]


def test_journals_are_in_the_profile_and_for_the_user_only(
    sessions, saved, account, container, file, settings, broken
):
    profile = Path(QgsApplication.qgisSettingsDirPath())
    assert transfer_settings().journals == profile / "cog_browser" / "uploads"
    assert sessions.store(saved, account[1]).transfers.journals == settings.journals
    [journal] = settings.journals.glob("*.upload")
    assert stat.S_IMODE(journal.stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.journals.stat().st_mode) == 0o700


def test_an_upload_of_this_computer_is_listed_and_resumed(
    ui, dock, controller, saved, container, broken, file, stack
):
    dialog = open_list(ui, dock, saved.id)
    shown = select(dialog, container)
    assert shown[1:3] == ["a/k.bin", "1.1 MB"]
    assert shown[3] != "0 bytes"
    assert shown[4]
    assert shown[5] == "this computer"
    shoot(dialog, "unfinished")
    assert not dialog.isModal()
    dialog.resume_button.click()
    ui.wait(lambda: dialog.refresh_button.isEnabled() and container not in containers_in(dialog))
    with closing(stack.connection("demo")) as behind:
        assert behind.get_object(container, "a/k.bin")[1] == file.read_bytes()
    dialog.close()


def test_a_moved_file_is_asked_for(ui, dock, controller, saved, container, broken, file, stack):
    moved = file.rename(file.with_name("moved.bin"))
    dialog = open_list(ui, dock, saved.id)
    select(dialog, container)
    dialog.resume_button.click()
    ui.wait(lambda: any(c.isVisible() for c in dialog.findChildren(QFileDialog)))
    [chooser] = [c for c in dialog.findChildren(QFileDialog) if c.isVisible()]
    assert "data.bin" in chooser.windowTitle()
    ui.wait(dialog.refresh_button.isEnabled)
    chooser.fileSelected.emit(str(moved))
    chooser.reject()
    ui.wait(lambda: dialog.refresh_button.isEnabled() and container not in containers_in(dialog))
    with closing(stack.connection("demo")) as behind:
        assert behind.get_object(container, "a/k.bin")[1] == moved.read_bytes()


def test_another_file_is_refused_and_said(ui, dock, controller, saved, container, broken, file):
    file.write_bytes(os.urandom(SIZE))
    dialog = open_list(ui, dock, saved.id)
    select(dialog, container)
    dialog.resume_button.click()
    ui.wait(lambda: dialog.refresh_button.isEnabled() and "changed" in dialog.note.text())
    assert "has been changed since its upload" in dialog.note.text()
    assert container in containers_in(dialog)


def test_cleaning_up_asks_and_then_deletes(ui, dock, controller, saved, container, broken, stack):
    dialog = open_list(ui, dock, saved.id)
    select(dialog, container)
    dialog.clean_up_button.click()
    box = dialog.findChild(QMessageBox, "CogBrowserCleanUpDialog")
    assert "may still run" not in box.text()
    box.reject()
    assert container in containers_in(dialog)
    dialog.clean_up_button.click()
    boxes = [b for b in dialog.findChildren(QMessageBox) if b.isVisible()]
    [delete] = [b for b in boxes[-1].buttons() if b.text() == "Delete the parts"]
    delete.click()
    ui.wait(lambda: dialog.refresh_button.isEnabled() and container not in containers_in(dialog))
    with closing(stack.connection("demo")) as behind:
        assert behind.get_container(f"{container}_segments")[1] == []


def test_another_computers_upload_is_deleted_only_after_a_clear_confirmation(
    ui, dock, controller, saved, account, container, settings, file, tmp_path, stack
):
    elsewhere = dataclasses.replace(settings, journals=tmp_path / "elsewhere")
    break_off(account, elsewhere, file, container, "a/k.bin")
    dialog = open_list(ui, dock, saved.id)
    assert select(dialog, container)[5] == "another computer or user"
    assert not dialog.resume_button.isEnabled()
    dialog.clean_up_button.click()
    [box] = [b for b in dialog.findChildren(QMessageBox) if b.isVisible()]
    assert "less than a week ago, so it may still run" in box.text()
    assert box.defaultButton() is box.button(QMessageBox.StandardButton.Cancel)
    shoot(box, "unfinished-clean-up")
    [delete] = [b for b in box.buttons() if b.text() == "Delete them all the same"]
    delete.click()
    ui.wait(lambda: dialog.refresh_button.isEnabled() and container not in containers_in(dialog))
    with closing(stack.connection("demo")) as behind:
        assert behind.get_container(f"{container}_segments")[1] == []


def test_a_resume_is_cancelled_within_a_second_and_stays_listed(
    ui, dock, controller, saved, container, broken, monkeypatch
):
    from cog_browser.storage.swift.store import SwiftStore
    from cog_browser.storage.transfers.control import TransferControl

    send = SwiftStore.resume_upload
    monkeypatch.setattr(
        SwiftStore,
        "resume_upload",
        lambda self, upload, **more: send(self, upload, **more, control=TransferControl(2e4)),
    )
    dialog = open_list(ui, dock, saved.id)
    select(dialog, container)
    dialog.resume_button.click()
    ui.wait(lambda: dialog.progress.value() > 0)
    started = time.monotonic()
    dialog.cancel_button.click()
    ui.wait(lambda: "Sending" not in dialog.note.text())
    assert time.monotonic() - started < 10
    ui.wait(dialog.refresh_button.isEnabled)
    assert container in containers_in(dialog)


def test_one_quiet_notice_after_a_sign_in(
    ui, dock, controller, saved, container, broken, message_bar
):
    ui.open(Place(saved.id, container))
    ui.wait(lambda: "is unfinished" in ui.told())
    ui.open(Place(saved.id))
    ui.open(Place(saved.id, container))
    assert ui.told().count("unfinished") == 1
    menu = connections_menu(dock)
    menu.aboutToShow.emit()
    [action] = [a for a in menu.actions() if a.text() == "Unfinished uploads…"]
    action.trigger()
    ui.wait(lambda: any(d.isVisible() for d in dock.findChildren(UnfinishedDialog)))
    assert "unfinished" not in ui.told()  # the list says it better
    menu.deleteLater()


def test_no_notice_without_unfinished_uploads(ui, dock, controller, saved, container, settings):
    ui.open(Place(saved.id, container))
    ui.wait(lambda: not controller._workers.is_running(("unfinished", "look", saved.id)))
    assert "unfinished" not in ui.told()


def test_containers_of_segments_are_hidden_unless_wanted(
    ui, dock, controller, saved, container, broken, workers, qtbot
):
    parts = f"{container}_segments"
    ui.open(Place(saved.id))
    assert container in ui.rows()
    assert parts not in ui.rows()
    assert parts not in ui.children(Place(saved.id))
    ui.open(Place(saved.id, container))
    dock.select(Place(saved.id, parts))  # by its name
    ui.wait(lambda: [row.strip("/") for row in ui.rows()] == ["a"])
    page = OptionsPage(workers)
    qtbot.addWidget(page)
    assert not page.part_containers.isChecked()
    page.part_containers.setChecked(True)
    page.apply()
    try:
        controller.refresh(saved.id)
        ui.open(Place(saved.id))
        ui.wait(lambda: parts in ui.rows())
    finally:
        QgsSettings().remove("plugins/cog_browser/panel")
