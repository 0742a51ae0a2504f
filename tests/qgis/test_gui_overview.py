# SPDX-License-Identifier: GPL-2.0-or-later
"""The overview of accounts, and the warning before a sign-in ends."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from qgis.PyQt.QtWidgets import QPushButton

from cog_browser.gui.accounts.accounts_dialog import AccountsDialog
from cog_browser.gui.accounts.connection_dialog import ConnectionDialog
from cog_browser.gui.accounts.import_dialog import ImportDialog
from cog_browser.gui.accounts.sign_in_dialog import SignInDialog
from cog_browser.gui.menus import connections_menu
from cog_browser.gui.place import Place
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from tests.support.patience import WAIT


@pytest.fixture()
def overview(dock, controller, qtbot):
    menu = connections_menu(dock)
    next(a for a in menu.actions() if a.text() == "Accounts…").trigger()
    return dock.findChild(AccountsDialog)


@pytest.fixture()
def passing(sessions, stack):
    """A saved connection by a Keystone token, which can't renew, and its secret."""
    base, _ = Connection.from_environment(stack.environment("demo"))
    connection = replace(base, name="passing", auth_mode="keystone_token")
    sessions.repository.save(connection)
    credentials = Credentials(token=stack.sign_in("demo")[0])
    sessions.secrets.save(connection.id, credentials, "session")
    return connection


def end_in(sessions, connection, seconds):
    """Let the token at hand end in so many seconds."""
    auth = sessions.store(connection)._auth
    auth._access = replace(auth._access, ends_at=time.monotonic() + seconds)


def test_each_account_is_shown_with_its_state_and_where_its_secret_is(
    saved, passing, sessions, stack, overview, ui, qtbot, container
):
    public = Connection("public", auth_mode="anonymous", storage_url=stack.storage_url())
    sessions.repository.save(public)
    sessions.repository.save(Connection("idle", auth_url="https://k.example.org", user_name="me"))
    host = stack.auth_url.split("/")[2]
    assert overview.row("idle") == ["idle", "no", "me at k.example.org", "not kept", "–"]
    assert overview.row("public")[1] == "not needed"
    assert overview.row("public")[3] == "none needed"
    assert overview.row("demo")[1:] == [
        "no", f"demo › demo at {host}, RegionOne", "For this session only", "–"
    ]  # fmt: skip
    for connection in (saved, passing):
        ui.open(Place(connection.id))
    overview.refresh()
    assert overview.row("demo")[1] == "yes, renews by itself"
    assert overview.row("passing")[1].startswith("yes, until ")


def test_signing_in_and_out_is_seen_at_once(saved, overview, ui, dock, qtbot):
    ui.open(Place(saved.id))
    qtbot.waitUntil(lambda: overview.row("demo")[1] == "yes, renews by itself", timeout=WAIT)
    assert overview.selected_id() == saved.id
    overview.sign_out_button.click()
    qtbot.waitUntil(lambda: overview.row("demo")[1] == "no", timeout=WAIT)
    assert overview.row("demo")[3] == "not kept"
    overview.sign_in_button.click()
    assert dock.findChild(SignInDialog).isVisible()


def test_the_selected_account_is_edited_and_others_are_added(saved, overview, dock, qtbot):
    overview.edit_button.click()
    (dialog,) = dock.findChildren(ConnectionDialog)
    assert dialog.form.name.text() == "demo"
    dialog.reject()
    overview.import_button.click()
    assert dock.findChild(ImportDialog).isVisible()


def test_a_secret_is_moved_to_another_place(saved, overview, sessions, monkeypatch, qtbot):
    moved = []
    monkeypatch.setattr(sessions.secrets, "move", lambda *a: moved.append(a) or "qgis")
    overview.move_menu.aboutToShow.emit()
    actions = {a.text(): a for a in overview.move_menu.actions()}
    now = actions["For this session only"]
    assert now.isChecked()
    assert not now.isEnabled()
    actions["In QGIS's authentication database"].triggered.emit()
    qtbot.waitUntil(lambda: moved == [(saved.id, "qgis")], timeout=WAIT)


def test_without_a_connection_the_overview_says_so(overview):
    assert overview.note.text() == "There is no connection yet."
    assert not overview.sign_in_button.isEnabled()
    assert not overview.edit_button.isEnabled()


def test_it_is_opened_once(overview, dock, controller):
    controller.accounts.show_overview()
    assert len(dock.findChildren(AccountsDialog)) == 1


def test_ten_minutes_before_the_end_a_sign_in_that_can_t_renew_warns_once(
    saved, passing, sessions, controller, message_bar, ui, qtbot
):
    watch = controller.accounts.watch
    ui.open(Place(passing.id))
    ui.open(Place(saved.id))
    end_in(sessions, saved, 30)  # it renews: nobody has to know
    end_in(sessions, passing, 700)
    watch.look()
    assert "ends in" not in ui.told()
    end_in(sessions, passing, 595)
    for _ in range(3):
        watch.look()
    assert len(message_bar.items()) == 1
    assert "“passing” ends in 10 min" in ui.told()


def test_the_warning_becomes_another_when_the_sign_in_has_ended(
    passing, sessions, controller, message_bar, ui
):
    watch = controller.accounts.watch
    ui.open(Place(passing.id))
    end_in(sessions, passing, 10)
    watch.look()
    end_in(sessions, passing, -1)
    watch.look()
    assert len(message_bar.items()) == 1
    assert "“passing” has ended. Your layers stay" in ui.told()


def test_the_warning_s_button_signs_in_again_and_takes_it_away(
    passing, sessions, controller, message_bar, ui, dock, stack, qtbot
):
    ui.open(Place(passing.id))
    end_in(sessions, passing, 60)
    controller.accounts.watch.look()
    (item,) = message_bar.items()
    (button,) = (b for b in item.findChildren(QPushButton) if b.text() == "Sign in again")
    button.click()
    dialog = dock.findChild(SignInDialog)
    dialog.secret.setText(stack.sign_in("demo")[0])
    dialog.ok_button.click()
    assert message_bar.items() == [] or "ends in" not in ui.told()
    ui.open(Place(passing.id))
    controller.accounts.watch.look()
    assert "ends in" not in ui.told()
    assert sessions.store(passing).signed_in_for > 600


def test_a_warning_that_was_closed_does_not_come_back(
    passing, sessions, controller, message_bar, ui
):
    ui.open(Place(passing.id))
    end_in(sessions, passing, 60)
    controller.accounts.watch.look()
    message_bar.popWidget(message_bar.items()[0])
    controller.accounts.watch.look()
    assert message_bar.items() == []


def test_signing_out_and_leaving_take_the_warning_away(
    passing, sessions, controller, message_bar, ui
):
    ui.open(Place(passing.id))
    end_in(sessions, passing, 60)
    controller.accounts.watch.look()
    controller.accounts.sign_out(passing.id)
    assert message_bar.items() == []
