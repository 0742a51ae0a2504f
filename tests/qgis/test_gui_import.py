# SPDX-License-Identifier: GPL-2.0-or-later
"""Importing the accounts of other tools, and exporting a connection."""

from __future__ import annotations

import pytest
from qgis.PyQt.QtCore import QMimeData, QPointF, Qt
from qgis.PyQt.QtGui import QContextMenuEvent, QDragEnterEvent, QDropEvent, QGuiApplication
from qgis.PyQt.QtWidgets import QApplication, QFileDialog, QMenu, QPlainTextEdit

from cog_browser.gui.accounts import import_dialog, usual_places
from cog_browser.gui.accounts.connection_dialog import ConnectionDialog
from cog_browser.gui.accounts.import_dialog import ImportDialog
from cog_browser.gui.menus import connections_menu, place_menu
from cog_browser.gui.place import Place
from cog_browser.storage.config_files.imports import find_candidates
from cog_browser.storage.credentials import Credentials
from tests.support.patience import WAIT


@pytest.fixture()
def dialog(qtbot, workers):
    made = ImportDialog(workers, taken_names=["demo"])
    qtbot.addWidget(made)
    made.show()
    return made


def rows(dialog):
    table = dialog.table
    return [
        [table.topLevelItem(row).text(column) for column in range(4)]
        for row in range(table.topLevelItemCount())
    ]


def shown(dialog, qtbot, count):
    qtbot.waitUntil(lambda: dialog.table.topLevelItemCount() == count, timeout=WAIT)


def test_the_clouds_of_a_file_are_listed_with_who_where_secret_and_origin(dialog, qtbot, stack):
    expected = find_candidates(stack.clouds_yaml)
    assert not dialog.ok_button.isEnabled()
    dialog.read_file(str(stack.clouds_yaml))
    shown(dialog, qtbot, len(expected))
    by_name = {row[0]: row for row in rows(dialog)}
    assert set(by_name) == {c.name for c in expected}
    name, account, secret, origin = by_name[expected[0].name]
    assert name
    assert stack.auth_url.split("/")[2] in account
    assert secret == "yes"
    assert origin == str(stack.clouds_yaml)
    assert dialog.ok_button.text() == f"Import {sum(c.problem is None for c in expected)}"


def test_only_what_is_ticked_is_imported_and_under_a_free_name(dialog, qtbot, stack):
    dialog.text.take(stack.openrc("demo").read_text())
    shown(dialog, qtbot, 1)
    item = dialog.table.topLevelItem(0)
    item.setCheckState(0, Qt.CheckState.Unchecked)
    assert not dialog.ok_button.isEnabled()
    item.setCheckState(0, Qt.CheckState.Checked)
    dialog.secret_store.setCurrentIndex(dialog.secret_store.findData("session"))
    with qtbot.waitSignal(dialog.submitted, timeout=WAIT) as signal:
        dialog.ok_button.click()
    ((connection, credentials),), where = signal.args
    assert connection.name == "demo 2"
    assert credentials == Credentials(password=stack.users["demo"]["password"])
    assert where == "session"


def test_what_can_t_be_imported_says_why_and_has_no_tick(dialog, qtbot):
    dialog.text.take("export OS_AUTH_URL=https://k.example.org/v3\nexport OS_PASSWORD=$(x)")
    shown(dialog, qtbot, 1)
    assert rows(dialog)[0][1] == "can't be imported"
    assert "Line 2" in dialog.note.text()
    assert dialog.note.textFormat() == Qt.TextFormat.PlainText
    assert dialog.chosen() == []
    assert not dialog.ok_button.isEnabled()


def test_a_pasted_path_is_text_and_opens_no_file(dialog, qtbot, stack):
    dialog.text.take(str(stack.openrc("demo")))
    shown(dialog, qtbot, 1)
    assert "none of the files" in dialog.note.text()


def test_a_file_that_is_not_there_is_said(dialog, qtbot, tmp_path):
    dialog.read_file(str(tmp_path / "missing.yaml"))
    qtbot.waitUntil(lambda: "doesn't exist" in dialog.note.text(), timeout=WAIT)


@pytest.mark.parametrize("end", ["accept", "reject"])
def test_no_secret_stays_in_the_dialog(dialog, qtbot, stack, end):
    dialog.text.take(stack.openrc("demo").read_text())
    shown(dialog, qtbot, 1)
    getattr(dialog, end)()
    assert dialog._candidates == []
    for edit in dialog.findChildren(QPlainTextEdit):
        edit.undo()
        assert edit.toPlainText() == ""


def test_the_computer_is_searched_where_other_tools_look(
    dialog, qtbot, stack, tmp_path, monkeypatch
):
    folder = tmp_path / ".config"
    (folder / "openstack").mkdir(parents=True)
    (folder / "openstack" / "clouds.yaml").write_text(stack.clouds_yaml.read_text())
    (folder / "rclone").mkdir()
    (folder / "rclone" / "rclone.conf").write_text(stack.rclone_conf.read_text())
    environment = {**stack.environment("calibration"), "HOME": str(tmp_path)}
    found = usual_places.found_on_this_computer(environment)
    origins = {c.origin for c in found}
    assert "Environment" in origins
    assert str(folder / "openstack" / "clouds.yaml") in origins
    assert str(folder / "rclone" / "rclone.conf") in origins
    assert not any(c.name.startswith("env") for c in found if c.problem is None)
    monkeypatch.setattr(import_dialog.os, "environ", environment)
    dialog.search_button.click()
    shown(dialog, qtbot, len(found))


def test_an_environment_without_accounts_adds_none(tmp_path):
    found = usual_places.found_on_this_computer({"HOME": str(tmp_path), "OS_PASSWORD": "x"})
    assert not [c for c in found if c.origin == "Environment"]


def test_an_import_is_saved_only_after_ok_with_its_secrets(
    dock, controller, sessions, qtbot, stack, ui
):
    menu = connections_menu(dock)
    next(a for a in menu.actions() if a.text() == "Import connections…").trigger()
    dialog = dock.findChild(ImportDialog)
    dialog.read_file(str(stack.clouds_yaml))
    qtbot.waitUntil(lambda: dialog.table.topLevelItemCount() > 1, timeout=WAIT)
    assert sessions.repository.all() == []
    chosen = dialog.chosen()
    dialog.secret_store.setCurrentIndex(dialog.secret_store.findData("session"))
    dialog.ok_button.click()
    saved = sessions.repository.all()
    assert len(saved) == len(chosen)
    assert f"{len(chosen)} connections were imported." in ui.told()
    by_name = {c.connection.name: c.credentials for c in chosen}
    for connection in saved:
        if by_name.get(connection.name):
            assert sessions.secrets.load(connection.id) == by_name[connection.name]


@pytest.mark.parametrize("form", ["openrc.sh", "clouds.yaml"])
def test_an_exported_connection_comes_back_without_its_secret(
    dock, controller, saved, sessions, tmp_path, qtbot, ui, form, stack
):
    path = tmp_path / form
    controller.accounts.exports.write(saved, form, str(path))
    qtbot.waitUntil(lambda: "without its secret" in ui.told(), timeout=WAIT)
    assert stack.users["demo"]["password"] not in path.read_text()
    (found,) = find_candidates(path)
    assert found.problem is None
    assert not found.credentials
    assert found.connection.auth_url == saved.auth_url
    assert found.connection.user_name == saved.user_name


def test_the_menu_s_export_asks_for_a_file(dock, controller, saved, qtbot):
    menu = place_menu(dock, Place(saved.id))
    (export,) = (a.menu() for a in menu.actions() if a.menu())
    assert [a.text() for a in export.actions()] == ["As openrc.sh…", "As clouds.yaml…"]
    export.actions()[0].trigger()
    dialog = dock.findChild(QFileDialog)
    assert dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave
    assert dialog.selectedFiles()[0].endswith("demo-openrc.sh")
    dialog.reject()


def test_an_export_that_fails_is_said(dock, controller, saved, tmp_path, qtbot, ui):
    controller.accounts.exports.write(saved, "openrc.sh", str(tmp_path / "no" / "folder"))
    qtbot.waitUntil(lambda: "be written: No such file" in ui.told(), timeout=WAIT)


def test_hostile_names_are_shown_as_text(dialog, qtbot):
    dialog.text.take(
        "[<b>x</b>\u202e]\ntype = swift\nuser = me\nkey = k\nauth = https://k.example.org/v3\n"
    )
    shown(dialog, qtbot, 1)
    item = dialog.table.topLevelItem(0)
    assert "\u202e" not in item.text(0)
    assert "<b>" not in item.toolTip(1).replace("&lt;b&gt;", "")


@pytest.fixture(params=["import", "connection"])
def box(request, dialog, qtbot):
    """The box for an openrc.sh, in each of the dialogs that have one."""
    if request.param == "import":
        return dialog.text
    connection_dialog = ConnectionDialog()
    qtbot.addWidget(connection_dialog)
    connection_dialog.show()
    return connection_dialog.openrc


def test_a_pasted_secret_is_taken_but_never_shown(box, qtbot, stack):
    text, secret = stack.openrc("demo").read_text(), stack.users["demo"]["password"]
    assert secret in text
    QGuiApplication.clipboard().setText(text)
    with qtbot.waitSignal(box.taken, timeout=WAIT) as signal:
        qtbot.keyClick(box, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert signal.args == [text]
    assert secret not in box.toPlainText()
    assert "OS_AUTH_URL" in box.toPlainText()
    assert "OS_PASSWORD=••••••••" in box.toPlainText().replace('"', "")
    box.selectAll()
    assert secret not in box.createMimeDataFromSelection().text()

    qtbot.keyClicks(box, "typed")
    assert "typed" not in box.toPlainText()
    qtbot.keyClick(box, Qt.Key.Key_Backspace)
    assert box.toPlainText() == ""


def test_text_is_pasted_by_menu_and_by_drop(box, qtbot):
    QGuiApplication.clipboard().setText("OS_PASSWORD=one")
    where = box.rect().center()
    QApplication.sendEvent(
        box.viewport(),
        QContextMenuEvent(QContextMenuEvent.Reason.Mouse, where, box.mapToGlobal(where)),
    )
    (menu,) = box.findChildren(QMenu)
    with qtbot.waitSignal(box.taken, timeout=WAIT) as signal:
        next(a for a in menu.actions() if a.text() == "Paste").trigger()
    assert signal.args == ["OS_PASSWORD=one"]
    menu.close()

    data = QMimeData()
    data.setText("OS_PASSWORD=two")
    how = Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton
    plain = Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(where, *how, plain)
    QApplication.sendEvent(box.viewport(), entering)
    assert entering.isAccepted()
    with qtbot.waitSignal(box.taken, timeout=WAIT) as signal:
        QApplication.sendEvent(box.viewport(), QDropEvent(QPointF(where), *how, plain))
    assert signal.args == ["OS_PASSWORD=two"]
    assert box.toPlainText() == "OS_PASSWORD=••••••••"


def test_clearing_the_box_empties_the_list(dialog, qtbot, stack):
    dialog.text.take(stack.openrc("demo").read_text())
    shown(dialog, qtbot, 1)
    qtbot.keyClick(dialog.text, Qt.Key.Key_Delete)
    shown(dialog, qtbot, 0)
    assert not dialog.ok_button.isEnabled()
