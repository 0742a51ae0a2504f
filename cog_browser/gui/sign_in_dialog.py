# SPDX-License-Identifier: GPL-2.0-or-later
"""Asks for the secret of a saved connection."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.gui.secret_fields import SecretStoreBox, secret_edit
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials


class SignInDialog(QDialog):
    """Emits `submitted` once it is accepted, and forgets the secret when it closes."""

    submitted = pyqtSignal(object, str)  # Credentials, where to keep them

    def __init__(
        self, connection: Connection, *, reason: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("CogBrowserSignInDialog")
        self.setWindowTitle(tr("Sign in"))
        self._mode = connection.auth_mode
        label = {
            "password": tr("Password"),
            "application_credential": tr("Credential secret"),
            "token": tr("Token"),
        }[connection.auth_mode]
        self.secret = secret_edit(self, label)
        self.secret_store = SecretStoreBox(self)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        self.ok_button = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.ok_button.setText(tr("Sign in"))
        self.ok_button.setEnabled(False)
        form = QFormLayout(self)
        form.addRow(_plain(self, tr("Sign in to “{name}”.").format(name=connection.name)))
        if reason:
            form.addRow(_plain(self, reason))
        who = connection.user_name or connection.user_id
        if connection.auth_mode == "password" and who:
            form.addRow(tr("User"), _plain(self, who))
        form.addRow(label, self.secret)
        form.addRow(tr("Keep the secret"), self.secret_store)
        form.addRow("", self.secret_store.explanation)
        form.addRow(self.buttons)
        self.secret.textChanged.connect(lambda text: self.ok_button.setEnabled(bool(text)))
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.resize(460, max(form.heightForWidth(460), self.sizeHint().height()))
        self.secret.setFocus()

    def accept(self) -> None:
        """Submit, unless there is no secret."""
        secret, where = self.secret.text(), self.secret_store.where
        if not secret:
            return
        super().accept()
        self.submitted.emit(Credentials.for_mode(self._mode, secret), where)

    def done(self, result: int) -> None:
        """However it closes, no secret stays in the widget."""
        super().done(result)
        self.secret.clear()


def _plain(parent: QWidget, text: str) -> QLabel:
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setText(text)
    return label
