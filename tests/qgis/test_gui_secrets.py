# SPDX-License-Identifier: GPL-2.0-or-later
"""Secrets that are in a keyring never make the window wait."""

from __future__ import annotations

import html
import threading
import uuid
from dataclasses import replace

import pytest

from cog_browser.adapters.secret_store import SecretStore
from cog_browser.gui.accounts.connection_dialog import ConnectionDialog
from cog_browser.gui.accounts.sign_in_dialog import SignInDialog
from cog_browser.gui.place import Place
from cog_browser.storage.errors import ConfigurationError
from tests.support.patience import WAIT


class Keyring:
    """Stands in for the computer's keyring behind the real `SecretStore`."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.threads: list[bool] = []  # of each call that may wait: was it the main one?
        self.is_locked = False
        self.limit = 10_000
        self.ask = None
        self.held = threading.Event()  # unless it is set, writing takes long
        self.held.set()

    def _touch(self) -> None:
        self.threads.append(threading.current_thread() is threading.main_thread())
        if self.is_locked:
            raise ConfigurationError("The keyring stayed locked.")

    def why_not(self) -> str:
        return ""

    def name(self) -> str:
        return "Test keyring"

    def why_too_large(self, text: str) -> str:
        return "" if len(text) < self.limit else "The secret is too large."

    def lock(self, connection_id: str | None = None) -> object:
        from cog_browser.adapters.keyring_store import Lock

        return Lock.LOCKED if self.is_locked else Lock.OPEN

    def unlock(self) -> None:
        self._touch()

    def save(self, connection_id: str, text: str) -> None:
        self._touch()
        self.held.wait(60)
        self.kept[connection_id] = text

    def load(self, connection_id: str) -> str | None:
        self._touch()
        return self.kept.get(connection_id)

    def remove(self, connection_id: str) -> None:
        self._touch()
        self.kept.pop(connection_id, None)


@pytest.fixture()
def keyring(sessions):
    made = Keyring()
    sessions.secrets._keyring = made
    return made


@pytest.fixture()
def in_keyring(sessions, account, keyring):
    """A saved connection whose secret is in the keyring, as after a restart of QGIS."""
    connection, credentials = account
    sessions.repository.save(connection)
    sessions.secrets.save(connection.id, credentials, "keyring")
    keyring.threads.clear()
    fresh = SecretStore()
    fresh._keyring = keyring
    sessions.secrets = fresh
    return connection


def test_a_secret_is_read_from_the_keyring_in_a_worker_and_once(
    sessions, in_keyring, keyring, controller, ui, container, dock
):
    ui.open(Place(in_keyring.id, container))
    assert keyring.threads == [False]
    assert dock.findChild(SignInDialog) is None


def test_a_keyring_that_stays_locked_is_said_and_not_asked_again(
    in_keyring, keyring, controller, dock, qtbot
):
    keyring.is_locked = True
    dock.select(Place(in_keyring.id))
    qtbot.waitUntil(lambda: dock.findChild(SignInDialog) is not None, timeout=WAIT)
    shown = dock.findChild(SignInDialog)
    texts = [label.text() for label in shown.findChildren(type(shown.secret_store.explanation))]
    assert "The keyring stayed locked." in texts
    assert shown.secret_store.where == "keyring"
    assert True not in keyring.threads
    shown.reject()


def test_a_secret_for_the_keyring_is_used_at_once_and_kept_when_it_is_open(
    sessions, account, keyring, controller, ui, dock, container, qtbot
):
    connection, credentials = account
    sessions.repository.save(connection)
    dock.select(Place(connection.id))
    dialog = dock.findChild(SignInDialog)
    dialog.secret.setText(credentials.password)
    dialog.secret_store.setCurrentIndex(dialog.secret_store.findData("keyring"))
    dialog.ok_button.click()
    qtbot.waitUntil(lambda: container in ui.rows(), timeout=WAIT)
    qtbot.waitUntil(lambda: connection.id in keyring.kept, timeout=WAIT)
    assert sessions.secrets.where(connection.id) == "keyring"
    assert True not in keyring.threads


def test_a_secret_that_the_keyring_did_not_take_serves_this_session(
    sessions, account, keyring, controller, ui, dock, container, qtbot
):
    keyring.is_locked = True
    connection, credentials = account
    sessions.repository.save(connection)
    dock.select(Place(connection.id))
    dialog = dock.findChild(SignInDialog)
    dialog.secret.setText(credentials.password)
    dialog.secret_store.setCurrentIndex(dialog.secret_store.findData("keyring"))
    dialog.ok_button.click()
    qtbot.waitUntil(lambda: container in ui.rows(), timeout=WAIT)
    qtbot.waitUntil(lambda: "The keyring stayed locked." in ui.told(), timeout=WAIT)
    assert sessions.secrets.where(connection.id) == "session"
    assert keyring.kept == {}


def test_editing_may_move_the_secret_without_typing_it_again(
    sessions, saved, account, keyring, controller, dock, qtbot
):
    dock.edit_connection_requested.emit(saved.id)
    dialog = dock.findChild(ConnectionDialog)
    box = dialog.form.secret_store
    assert box.where == "session"
    name = "In this computer's keyring (Test keyring)"
    qtbot.waitUntil(lambda: box.itemText(box.findData("keyring")) == name, timeout=WAIT)
    box.setCurrentIndex(box.findData("keyring"))
    dialog.ok_button.click()
    qtbot.waitUntil(lambda: saved.id in keyring.kept, timeout=WAIT)
    assert sessions.secrets.where(saved.id) == "keyring"
    assert sessions.secrets.load(saved.id) == account[1]


def test_the_test_button_reads_the_keyring_in_a_worker(
    in_keyring, keyring, controller, dock, qtbot
):
    dock.edit_connection_requested.emit(in_keyring.id)
    dialog = dock.findChild(ConnectionDialog)
    dialog.test_button.click()
    qtbot.waitUntil(lambda: "It works" in dialog.steps.text(), timeout=WAIT)
    assert keyring.threads == [False]
    dialog.reject()


def test_signing_out_deletes_the_secret_in_a_worker(
    sessions, in_keyring, keyring, controller, dock, ui, qtbot
):
    dock.sign_out_requested.emit(in_keyring.id)
    assert sessions.secrets.where(in_keyring.id) is None
    qtbot.waitUntil(lambda: keyring.kept == {}, timeout=WAIT)
    assert keyring.threads == [False]
    assert ui.told().strip() == ""


def test_a_secret_that_is_not_deleted_is_said(in_keyring, keyring, controller, ui, qtbot):
    keyring.is_locked = True
    controller.accounts.remove(in_keyring.id)
    (box,) = controller.accounts._dialogs
    next(b for b in box.buttons() if b.text() == "Remove").click()
    sentence = "The secret was not deleted where it was. The keyring stayed locked."
    qtbot.waitUntil(lambda: sentence in ui.told(), timeout=WAIT)
    assert "The secret is still there" in ui.told()
    assert True not in keyring.threads


def test_a_secret_that_is_being_written_does_not_outlive_its_connection(
    sessions, account, keyring, controller, qtbot
):
    connection, credentials = account
    sessions.repository.save(connection)
    keyring.held.clear()
    controller.accounts.secrets.keep(connection, credentials, "keyring")
    qtbot.waitUntil(lambda: keyring.threads == [False], timeout=WAIT)
    controller.accounts._forget(connection.id)
    keyring.held.set()
    qtbot.waitUntil(lambda: len(keyring.threads) == 2, timeout=WAIT)
    qtbot.waitUntil(lambda: keyring.kept == {}, timeout=WAIT)
    qtbot.wait(50)
    assert sessions.secrets.where(connection.id) is None
    assert sessions.secrets.load(connection.id) is None
    assert sessions.repository.all() == []


def test_where_and_why_a_secret_went_elsewhere_is_said(
    sessions, account, keyring, controller, dock, ui, qtbot, monkeypatch
):
    keyring.limit = 1
    database = sessions.secrets._database
    threads = []

    def save(connection_id, text):
        threads.append(threading.current_thread() is threading.main_thread())

    monkeypatch.setattr(database, "save", save)
    connection, credentials = account
    sessions.repository.save(connection)
    dock.sign_in_requested.emit(connection.id)
    dialog = dock.findChild(SignInDialog)
    dialog.secret.setText(credentials.password)
    dialog.secret_store.setCurrentIndex(dialog.secret_store.findData("keyring"))
    dialog.ok_button.click()
    sentence = (
        "The secret is kept in QGIS's encrypted authentication database. The secret is too large."
    )
    qtbot.waitUntil(lambda: sentence in html.unescape(ui.told()), timeout=WAIT)
    assert threads == [True]  # where QGIS can ask for its master password
    controller.accounts.edit(connection.id)
    form = dock.findChild(ConnectionDialog).form
    assert form.secret_store.where == "qgis"
    assert "The secret is too large." in form.secret_store.explanation.text()
    assert not form.secret_store.explanation.isHidden()
    monkeypatch.setattr(database, "remove", lambda _id: None)
    sessions.secrets.remove(connection.id)


def test_the_dialogs_say_without_hovering_why_the_keyring_is_not_used(
    sessions, saved, keyring, controller, dock, qtbot
):
    keyring.why_not = lambda: "This keyring writes in clear."
    controller.accounts.edit(saved.id)
    box = dock.findChild(ConnectionDialog).form.secret_store
    box.setCurrentIndex(box.findData("auto"))
    qtbot.waitUntil(lambda: "writes in clear" in box.explanation.text(), timeout=WAIT)
    box.setCurrentIndex(box.findData("session"))
    assert "writes in clear" not in box.explanation.text()

    dock.sign_in_requested.emit(saved.id)
    dialog = dock.findChild(SignInDialog)
    dialog.secret_store.setCurrentIndex(dialog.secret_store.findData("auto"))
    label = dialog.secret_store.explanation
    qtbot.waitUntil(lambda: "writes in clear" in label.text(), timeout=WAIT)
    qtbot.waitUntil(lambda: label.height() >= label.heightForWidth(label.width()), timeout=WAIT)


def test_several_imported_secrets_that_stay_in_memory_are_told_of_once(
    account, keyring, controller, ui, qtbot
):
    keyring.is_locked = True
    connection, credentials = account
    pairs = [(replace(connection, id=str(uuid.uuid4()), name=name), credentials) for name in "ab"]
    controller.accounts._on_imported(pairs, "auto")
    sentence = "The secret is kept in memory and forgotten when QGIS closes."
    qtbot.waitUntil(lambda: sentence in ui.told(), timeout=WAIT)
    qtbot.wait(100)
    assert ui.told().count(sentence) == 1
