# SPDX-License-Identifier: GPL-2.0-or-later
"""The password of a real encrypted keyring file is asked for in the panel, never by itself."""

from __future__ import annotations

import getpass
import re
import threading
import time
from dataclasses import replace

import keyring
import pytest
from keyrings.alt.file import EncryptedKeyring
from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtWidgets import QApplication, QDialog, QLabel, QMessageBox

from cog_browser.adapters import path_translation
from cog_browser.adapters.keyring_store import Question
from cog_browser.adapters.layers import CONNECTION_PROPERTY
from cog_browser.adapters.secret_store import SecretStore
from cog_browser.gui.accounts import keyring_prompt
from cog_browser.gui.accounts.connection_dialog import ConnectionDialog
from cog_browser.gui.accounts.keyring_prompt import KeyringPasswordDialog, KeyringPrompt
from cog_browser.gui.accounts.sign_in_dialog import SignInDialog
from cog_browser.gui.controller import BrowserController
from cog_browser.gui.place import Place
from cog_browser.storage.errors import Cancelled
from tests.support.patience import WAIT

PASSWORD = "file-password"


@pytest.fixture()
def file(tmp_path, monkeypatch):
    """An encrypted file is this computer's keyring; nothing may ask on the terminal."""
    path = tmp_path / "crypted_pass.cfg"

    def no_terminal(*_arguments):
        raise AssertionError("asked on the terminal")

    monkeypatch.setattr(getpass, "getpass", no_terminal)
    lock(path, monkeypatch)
    return path


def lock(path, monkeypatch):
    backend = EncryptedKeyring()
    backend.file_path = str(path)
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)


@pytest.fixture()
def locked(sessions, account, file, monkeypatch):
    """Two saved connections whose secrets are in the locked file, as after a restart of QGIS."""
    connection, credentials = account
    other = replace(connection, id="00000000-0000-4000-8000-000000000002", name="other")
    sessions.secrets.set_ask(lambda _question: PASSWORD)
    for one in (connection, other):
        sessions.repository.save(one)
        sessions.secrets.save(one.id, credentials, "keyring")
    lock(file, monkeypatch)
    sessions.secrets = SecretStore()
    yield connection, other
    sessions.secrets.set_ask(lambda _question: PASSWORD)


def open_dialogs(dock):
    return [d for d in dock.findChildren(KeyringPasswordDialog) if d.isVisible()]


def asked(dock, qtbot):
    """The dialog, once it is there. The window lives on meanwhile."""
    qtbot.waitUntil(lambda: len(open_dialogs(dock)) == 1, timeout=WAIT)
    return open_dialogs(dock)[0]


def texts(dialog):
    return " ".join(label.text() for label in dialog.findChildren(QLabel))


def answer(dialog, password):
    dialog.password.setText(password)
    dialog.ok_button.click()


def test_a_locked_file_is_asked_for_once_and_opens_all(
    locked, file, controller, dock, ui, container, qtbot
):
    first, second = locked
    dock.select(Place(first.id))
    controller.accounts.with_store(second.id, lambda _store: None)
    dialog = asked(dock, qtbot)
    assert str(file) in texts(dialog)
    answer(dialog, PASSWORD)
    assert dialog.password.text() == ""
    qtbot.waitUntil(lambda: container in ui.rows(), timeout=WAIT)
    qtbot.waitUntil(lambda: controller.accounts._sessions.is_signed_in(second.id), timeout=WAIT)
    assert open_dialogs(dock) == []
    assert dock.findChild(SignInDialog) is None


def test_a_wrong_password_is_said_and_may_be_corrected(
    locked, controller, dock, ui, container, qtbot
):
    dock.select(Place(locked[0].id))
    answer(asked(dock, qtbot), "wrong")
    qtbot.waitUntil(
        lambda: any("not the file's" in texts(d) for d in open_dialogs(dock)), timeout=WAIT
    )
    answer(asked(dock, qtbot), PASSWORD)
    qtbot.waitUntil(lambda: container in ui.rows(), timeout=WAIT)


def test_after_three_wrong_passwords_a_sentence_says_so(locked, file, controller, dock, qtbot):
    dock.select(Place(locked[0].id))
    for _ in range(3):
        dialog = asked(dock, qtbot)
        answer(dialog, "wrong")
        qtbot.waitUntil(lambda dialog=dialog: dialog not in open_dialogs(dock), timeout=WAIT)
    qtbot.waitUntil(lambda: dock.findChild(SignInDialog) is not None, timeout=WAIT)
    sentence = f"That is not the password of the encrypted keyring file {file}. Try again"
    assert sentence in texts(dock.findChild(SignInDialog))


def test_a_declined_question_has_a_sentence_and_can_be_asked_again(
    locked, file, controller, dock, ui, container, qtbot
):
    dock.select(Place(locked[0].id))
    asked(dock, qtbot).reject()
    qtbot.waitUntil(lambda: dock.findChild(SignInDialog) is not None, timeout=WAIT)
    dialog = dock.findChild(SignInDialog)
    sentence = f"The encrypted keyring file {file} stays locked: no password was given."
    assert sentence in texts(dialog)
    dialog.reject()
    controller.accounts.with_store(locked[0].id, lambda _store: controller.refresh(locked[0].id))
    answer(asked(dock, qtbot), PASSWORD)
    qtbot.waitUntil(lambda: container in ui.rows(), timeout=WAIT)


def test_no_answer_counts_as_declined(locked, controller, dock, qtbot, monkeypatch):
    monkeypatch.setattr(keyring_prompt, "PATIENCE", 0.1)
    dock.select(Place(locked[0].id))
    qtbot.waitUntil(lambda: dock.findChild(SignInDialog) is not None, timeout=WAIT)
    assert "no password was given" in texts(dock.findChild(SignInDialog))
    assert open_dialogs(dock) == []


def test_the_test_button_asks_as_well(locked, controller, dock, qtbot):
    dock.edit_connection_requested.emit(locked[0].id)
    dialog = dock.findChild(ConnectionDialog)
    dialog.test_button.click()
    answer(asked(dock, qtbot), PASSWORD)
    qtbot.waitUntil(lambda: "It works" in dialog.steps.text(), timeout=WAIT)
    dialog.reject()


def test_a_new_file_s_password_is_typed_twice(
    saved, sessions, file, account, controller, dock, qtbot
):
    controller.accounts.secrets.move(saved, "keyring", lambda: None)
    dialog = asked(dock, qtbot)
    assert "will be made now" in texts(dialog)
    dialog.password.setText(PASSWORD)
    assert not dialog.ok_button.isEnabled()
    dialog.again.setText("a slip")
    dialog.accept()
    assert dialog.isVisible()
    dialog.again.setText(PASSWORD)
    dialog.ok_button.click()
    qtbot.waitUntil(lambda: sessions.secrets.where(saved.id) == "keyring", timeout=WAIT)
    assert account[1].password.encode() not in file.read_bytes()


@pytest.mark.parametrize("is_shown", [True, False])
def test_a_question_does_not_hold_the_plugin_back_when_it_is_unloaded(
    locked, controller, dock, qtbot, is_shown
):
    """Not even one that is on its way, and that nobody will ever show."""
    dock.select(Place(locked[0].id))
    if is_shown:
        asked(dock, qtbot)
    else:
        prompt = controller.accounts.secrets._prompt
        end = time.monotonic() + 10
        while not prompt._main._waiting and time.monotonic() < end:
            time.sleep(0.01)  # and no events
        assert prompt._main._waiting
    began = time.monotonic()
    controller.stop()
    assert time.monotonic() - began < 10
    assert open_dialogs(dock) == []
    assert not any(t.is_alive() for t in controller.accounts.secrets._lane._pool._threads)


def test_after_the_panel_is_gone_nobody_waits(dock, qtbot):
    prompt = KeyringPrompt(dock, dock)
    prompt.stop()
    outcome = []

    def ask():
        try:
            prompt.ask(Question("file"))
        except Cancelled as error:
            outcome.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()
    assert len(outcome) == 1


def test_the_main_thread_is_told_instead_of_made_to_wait(locked, sessions, controller, dock):
    assert sessions.secrets.load(locked[0].id) is None
    assert "Open the connection in the COG Browser panel" in sessions.secrets.notice(locked[0].id)
    assert open_dialogs(dock) == []


def test_nothing_is_asked_while_a_project_opens(
    locked, sessions, account, stack, cog, dock, workers, message_bar, tmp_path, qtbot
):
    """Of a layer whose connection has its secret in a locked store."""
    connection, credentials = account
    store = sessions.store(connection, credentials)
    saved_form = store.source("c", "k.tif")
    sessions.sign_out(connection.id)
    layer = QgsRasterLayer(str(cog), "private")
    layer.setCustomProperty(CONNECTION_PROPERTY, connection.id)
    project = QgsProject.instance()
    project.addMapLayer(layer)
    path = tmp_path / "project.qgs"
    assert project.write(str(path))
    project.clear()
    source = re.compile(f"<datasource>[^<]*{cog.name}</datasource>")
    text, count = source.subn(f"<datasource>{saved_form}</datasource>", path.read_text())
    assert count == 1
    path.write_text(text)

    questions = []
    panel = BrowserController(dock, sessions, workers, message_bar)
    ask = panel.accounts.secrets._prompt.ask
    sessions.secrets.set_ask(lambda question: questions.append(question) or ask(question))
    path_translation.install()
    try:
        project.read(str(path))
        (opened,) = project.mapLayers().values()
        assert opened.customProperty(CONNECTION_PROPERTY) == connection.id
        qtbot.wait(300)
        assert questions == []
        assert QApplication.activeModalWidget() is None
        assert not [d for d in dock.findChildren(QDialog) if d.isVisible()]
        assert not [w for w in QApplication.topLevelWidgets() if isinstance(w, QMessageBox)]
        assert sessions.secrets.load(connection.id, may_prompt=False) is None
        assert questions == []
    finally:
        path_translation.uninstall()
        panel.stop()
