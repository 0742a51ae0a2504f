# SPDX-License-Identifier: GPL-2.0-or-later
"""Asks for the password of an encrypted keyring file, on behalf of workers."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import TimeoutError as TookTooLong

from qgis.PyQt.QtCore import QObject, QTimer
from qgis.PyQt.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.keyring_store import Question
from cog_browser.adapters.main_thread import MainThread, is_main_thread
from cog_browser.gui.accounts.form_fields import note_label, paint_as
from cog_browser.gui.accounts.secret_fields import secret_edit
from cog_browser.gui.help import add_help
from cog_browser.gui.mnemonics import Mnemonics
from cog_browser.storage.errors import ConfigurationError

PATIENCE = 300  # seconds; no answer until then is taken as declined

Answer = Callable[["str | None"], None]


class KeyringPrompt(QObject):
    """Shows one dialog for each question, however many workers ask it."""

    def __init__(self, window: QWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._window, self._main = window, MainThread()
        self._dialogs: dict[Question, KeyringPasswordDialog] = {}

    def ask(self, question: Question) -> str | None:
        """The user's answer; None where it was declined. Thread: any but main.

        On the main thread nobody can wait for the user: that is a `ConfigurationError`.
        """
        if is_main_thread():
            raise ConfigurationError(
                tr(
                    "The encrypted keyring file {path} is locked. Open the connection in the COG "
                    "Browser panel, which asks for the file's password, and try again."
                ).format(path=question.path)
            )
        try:
            return self._main.ask(lambda answer: self._show(question, answer), PATIENCE + 5)
        except TookTooLong:  # the main thread is busy with something else
            return None

    def stop(self) -> None:
        """Decline what is open, and let nobody wait any more."""
        self._main.stop()
        for dialog in list(self._dialogs.values()):
            dialog.reject()

    def _show(self, question: Question, answer: Answer) -> None:
        dialog = self._dialogs.get(question)
        if dialog is None:
            dialog = KeyringPasswordDialog(question, self._window)
            self._dialogs[question] = dialog
            dialog.finished.connect(lambda _result: self._close(question))
            patience = QTimer(dialog)
            patience.timeout.connect(dialog.reject)
            patience.start(int(PATIENCE * 1000))
            dialog.open()
        dialog.answers.append(answer)

    def _close(self, question: Question) -> None:
        dialog = self._dialogs.pop(question, None)
        if dialog is not None:
            dialog.deleteLater()


class KeyringPasswordDialog(QDialog):
    """Gives the password, or None, to all of ``answers`` when it closes."""

    def __init__(self, question: Question, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("CogBrowserKeyringPasswordDialog")
        self.setWindowTitle(tr("Encrypted keyring file"))
        self.answers: list[Answer] = []
        self.password = secret_edit(self, tr("Password"))
        self.again: QLineEdit | None = None
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        add_help(self.buttons)
        Mnemonics(self)
        self.ok_button = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        form = QFormLayout(self)
        if question.is_new:
            text = tr(
                "This computer's keyring is the encrypted file {path}, which will be made now. "
                "Choose its password. It can't be recovered."
            )
        else:
            text = tr("This computer's keyring is the encrypted file {path}. Give its password.")
        form.addRow(note_label(self, text.format(path=question.path)))
        if question.was_wrong:
            wrong = note_label(self, tr("That was not the file's password. Try again."))
            paint_as(wrong, "bad")
            form.addRow(wrong)
        form.addRow(tr("Password"), self.password)
        self.password.textChanged.connect(lambda _text: self._validate())
        if question.is_new:
            self.again = secret_edit(self, tr("Password again"))
            self.again.textChanged.connect(lambda _text: self._validate())
            form.addRow(tr("Password again"), self.again)
        form.addRow(self.buttons)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._validate()
        self.resize(460, max(form.heightForWidth(460), self.sizeHint().height()))
        self.password.setFocus()

    def accept(self) -> None:
        if self._is_complete():
            super().accept()

    def done(self, result: int) -> None:
        """However it closes, nobody waits on, and no password stays in the widgets."""
        given = self.password.text() if result == QDialog.DialogCode.Accepted else None
        super().done(result)
        self.password.clear()
        if self.again is not None:
            self.again.clear()
        while self.answers:
            self.answers.pop()(given)

    def _is_complete(self) -> bool:
        text = self.password.text()
        return bool(text) and (self.again is None or self.again.text() == text)

    def _validate(self) -> None:
        self.ok_button.setEnabled(self._is_complete())
