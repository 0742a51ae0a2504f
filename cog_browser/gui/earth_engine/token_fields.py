# SPDX-License-Identifier: GPL-2.0-or-later
"""Asks whose token Google is to be shown. A pasted one stays in its field, and goes with it."""

from __future__ import annotations

from collections.abc import Callable

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QLineEdit, QRadioButton, QVBoxLayout, QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.gui.accounts.form_fields import note_label
from cog_browser.storage import google_auth
from cog_browser.storage.earth_engine.tokens import (
    computer_token,
    connection_token,
    pasted_token,
)
from cog_browser.storage.http import HttpSettings
from cog_browser.storage.s3.signing import BearerToken
from cog_browser.storage.store import ObjectStore


class TokenFields(QWidget):
    """Thread: main."""

    changed = pyqtSignal()

    def __init__(self, store: ObjectStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self.computer = QRadioButton(tr("This computer's Google sign-in"), self)
        self.account = QRadioButton(tr("The connection's service account"), self)
        self.paste = QRadioButton(tr("An access token"), self)
        self.pasted = QLineEdit(self)
        self.pasted.setEchoMode(QLineEdit.EchoMode.Password)
        self.pasted.setAccessibleName(tr("Access token"))
        self.pasted.setPlaceholderText(tr("Paste what “gcloud auth print-access-token” prints"))
        has_library = google_auth.is_installed()
        self.computer.setEnabled(has_library)
        self.computer.setToolTip(
            tr("From “earthengine authenticate” or “gcloud auth application-default login”")
            if has_library
            else tr("This needs the Python package google-auth, which is not installed.")
        )
        is_account = store.connection.auth_mode == google_auth.SERVICE_ACCOUNT
        self.account.setVisible(is_account)
        note = note_label(self, tr("A pasted token is not kept, and good for an hour at most."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.account, self.computer, self.paste, self.pasted, note):
            layout.addWidget(widget)
        first = self.account if is_account else self.computer if has_library else self.paste
        first.setChecked(True)
        self.paste.toggled.connect(lambda _on: self._update())
        self.pasted.textChanged.connect(lambda _text: self.changed.emit())
        self._update()

    @property
    def is_filled(self) -> bool:
        return not self.paste.isChecked() or bool(self.pasted.text().strip())

    def source(self, settings: HttpSettings) -> Callable[[], BearerToken]:
        """What gets the token, in a worker."""
        if self.account.isChecked():
            return lambda: connection_token(self._store)
        if self.computer.isChecked():
            return lambda: computer_token(settings)
        text = self.pasted.text()
        return lambda: pasted_token(text)

    def forget(self) -> None:
        self.pasted.clear()

    def _update(self) -> None:
        self.pasted.setEnabled(self.paste.isChecked())
        if self.paste.isChecked():
            self.pasted.setFocus()
        self.changed.emit()
