# SPDX-License-Identifier: GPL-2.0-or-later
"""Asks for the secret of a saved connection."""

from __future__ import annotations

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLineEdit, QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.gui.accounts.form_fields import note_label
from cog_browser.gui.accounts.secret_fields import SecretStoreBox, secret_edit
from cog_browser.gui.accounts.sign_in_modes import MODES, secret_label
from cog_browser.gui.help import add_help
from cog_browser.gui.mnemonics import Mnemonics
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials


class SignInDialog(QDialog):
    """Emits `submitted` once it is accepted, and forgets the secrets when it closes.

    What is ``known``, e.g. the password where only the passcode is asked for, may stay empty.
    """

    submitted = pyqtSignal(object, str)  # Credentials, where to keep them
    edit_requested = pyqtSignal()  # it may be the user or the project that is wrong; it closes

    def __init__(
        self,
        connection: Connection,
        *,
        reason: str = "",
        known: Credentials | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("CogBrowserSignInDialog")
        self.setWindowTitle(tr("Sign in"))
        self._known = known or Credentials()
        self._mode = mode = MODES[connection.auth_mode]
        self.secrets: dict[str, QLineEdit] = {}
        self.secret_store = SecretStoreBox(self)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        add_help(self.buttons)
        Mnemonics(self)
        self.ok_button = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.ok_button.setText(tr("Sign in"))
        self.edit_button = self.buttons.addButton(
            tr("Edit connection…"), QDialogButtonBox.ButtonRole.ActionRole
        )
        self.edit_button.setAutoDefault(False)
        self.edit_button.clicked.connect(lambda _checked=False: self._edit())
        form = QFormLayout(self)
        form.addRow(note_label(self, tr("Sign in to “{name}”.").format(name=connection.name)))
        if reason:
            form.addRow(note_label(self, reason))
        who = connection.user_name or connection.user_id
        if "user" in mode.fields and who:
            form.addRow(tr("User"), note_label(self, who))
        for name in mode.secrets:
            label = secret_label(mode.name, name)
            self.secrets[name] = edit = secret_edit(self, label)
            if getattr(self._known, name):
                edit.setPlaceholderText(tr("unchanged"))
            edit.textChanged.connect(lambda _text: self._validate())
            form.addRow(label, edit)
        form.addRow(tr("Keep the secret"), self.secret_store)
        form.addRow("", self.secret_store.explanation)
        if "passcode" in mode.secrets:
            form.addRow("", note_label(self, tr("The passcode is good once and never kept.")))
        form.addRow(self.buttons)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._validate()
        self.resize(460, max(form.heightForWidth(460), self.sizeHint().height()))
        self.secret_store.explained.connect(self._make_room)
        empty = [e for n, e in self.secrets.items() if not getattr(self._known, n)]
        (empty or list(self.secrets.values()))[0].setFocus()

    @property
    def secret(self) -> QLineEdit:
        """The first secret's field."""
        return next(iter(self.secrets.values()))

    def accept(self) -> None:
        """Submit, unless a secret is missing."""
        if not self._is_complete():
            return
        given, where = self._credentials(), self.secret_store.where
        super().accept()
        self.submitted.emit(given, where)

    def done(self, result: int) -> None:
        """However it closes, no secret stays in the widgets."""
        super().done(result)
        for edit in self.secrets.values():
            edit.clear()

    def choose_place(self, where: str) -> None:
        """Keep the secret there, unless that is empty."""
        if where:
            self.secret_store.setCurrentIndex(self.secret_store.findData(where))

    def _edit(self) -> None:
        self.reject()
        self.edit_requested.emit()

    def _make_room(self) -> None:
        height = self.layout().heightForWidth(self.width())
        self.resize(self.width(), max(self.height(), height))

    def _credentials(self) -> Credentials:
        values = {n: e.text() or getattr(self._known, n) for n, e in self.secrets.items()}
        return Credentials(**{name: value for name, value in values.items() if value})

    def _is_complete(self) -> bool:
        return all(
            edit.text() or getattr(self._known, name) or name in self._mode.optional_secrets
            for name, edit in self.secrets.items()
        )

    def _validate(self) -> None:
        self.ok_button.setEnabled(self._is_complete())
