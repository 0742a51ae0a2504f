# SPDX-License-Identifier: GPL-2.0-or-later
"""Asks whether to make an application credential, and says what that means."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from datetime import datetime

from qgis.PyQt.QtCore import QDate, QLocale, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.secret_store import StoreInfo
from cog_browser.gui.accounts.form_fields import note_label
from cog_browser.gui.accounts.secret_fields import SecretStoreBox
from cog_browser.gui.help import add_help
from cog_browser.gui.mnemonics import Mnemonics
from cog_browser.gui.text import one_line
from cog_browser.storage.connection import Connection
from cog_browser.storage.sign_in.application_credentials import LIFETIME_DAYS, TokenRights

_MOST_DAYS = 3650
_LONGEST_NAME = 255
_WIDTH = 560  # pixels


class CredentialDialog(QDialog):
    """Emits `submitted` once the user agrees; makes nothing itself."""

    submitted = pyqtSignal(str, int, str)  # the credential's name, its days, where its secret goes

    def __init__(
        self, connection: Connection, rights: TokenRights, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("CogBrowserCredentialDialog")
        self.setWindowTitle(tr("Application credential"))
        self.name = QLineEdit(_default_name(), self)
        self.name.setAccessibleName(tr("Name"))
        self.name.setMaxLength(_LONGEST_NAME)
        self.days = QSpinBox(self)
        self.days.setAccessibleName(tr("Days until it ends"))
        self.days.setRange(1, _MOST_DAYS)
        self.days.setValue(LIFETIME_DAYS)
        self.end = QLabel(self)
        self.secret_store = SecretStoreBox(self)
        # it would fall back to the session, and nobody knows the secret afterwards
        self.secret_store.removeItem(self.secret_store.findData("auto"))
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        add_help(self.buttons)
        Mnemonics(self)
        self.ok_button = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.ok_button.setText(tr("Make credential"))
        self._lay_out(connection, rights)
        self.name.textChanged.connect(lambda _text: self._update())
        self.days.valueChanged.connect(lambda _days: self._update())
        self.secret_store.explained.connect(self._update)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._update()

    def show_places(self, places: Iterable[StoreInfo], now: str | None) -> None:
        """Offer these places, and choose a lasting one: that in use ``now``, or the first."""
        found = list(places)
        self.secret_store.show_available(found)
        usable = [place.name for place in found if place.usable]
        best = now if now in usable and now != "session" else usable[0]
        self.secret_store.setCurrentIndex(self.secret_store.findData(best))

    def accept(self) -> None:
        """Submit, unless the name is missing."""
        if self._name():
            super().accept()
            self.submitted.emit(self._name(), self.days.value(), self.secret_store.where)

    def _name(self) -> str:
        return self.name.text().strip()

    def _update(self) -> None:
        self.ok_button.setEnabled(bool(self._name()))
        self.days.setSuffix(" " + (tr("day") if self.days.value() == 1 else tr("days")))
        self.end.setText(tr("until {date}").format(date=date_after(self.days.value())))
        if self.secret_store.where == "session":
            self.secret_store.explanation.setText(
                tr(
                    "Nothing is written: when QGIS closes, the credential is of no use any more, "
                    "and you set the sign-in of the connection up again."
                )
            )
        # a layout doesn't grow its dialog: a longer text would be cut off
        width, height = (self.width(), self.height()) if self.isVisible() else (_WIDTH, 0)
        self.resize(width, max(height, self.layout().heightForWidth(width)))

    def _lay_out(self, connection: Connection, rights: TokenRights) -> None:
        about = tr(
            "Your sign-in to “{name}” can't be renewed without you. An application credential "
            "can: a secret for this computer alone, which Keystone makes for you. The connection "
            "signs in with it from then on, in place of the secret it has now."
        )
        may = tr("use this project with your roles ({roles}), but not make or delete credentials")
        form = QFormLayout(self)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setVerticalSpacing(10)
        form.addRow(note_label(self, about.format(name=one_line(connection.name))))
        form.addRow(tr("Name"), self.name)
        form.addRow(tr("Project"), note_label(self, one_line(rights.project)))
        roles = one_line(", ".join(rights.roles))
        form.addRow(tr("It may"), note_label(self, may.format(roles=roles)))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.days)
        row.addWidget(self.end, 1)
        lasts = QLabel(tr("It lasts"), self)
        lasts.setBuddy(self.days)
        form.addRow(lasts, row)
        form.addRow(tr("Keep the secret"), self.secret_store)
        form.addRow("", self.secret_store.explanation)
        form.addRow(
            note_label(
                self,
                tr(
                    "It is valid until it ends, also without QGIS. To end it earlier, delete it at "
                    "your provider, in Horizon under Identity › Application Credentials."
                ),
            )
        )
        form.addRow(self.buttons)


def date_after(days: int) -> str:
    """The day that is so many days from today."""
    return QLocale().toString(QDate.currentDate().addDays(days), QLocale.FormatType.ShortFormat)


def _default_name() -> str:
    """Names this computer, and the minute, as a user can't have two of one name."""
    now = datetime.now().strftime("%Y-%m-%d %H:%M")
    return f"COG Browser, {platform.node() or 'QGIS'}, {now}"[:_LONGEST_NAME]
