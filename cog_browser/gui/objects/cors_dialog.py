# SPDX-License-Identifier: GPL-2.0-or-later
"""Asks which web pages may read a container, and says exactly what will be set."""

from __future__ import annotations

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QPlainTextEdit,
    QWidget,
)

from cog_browser.adapters.i18n import tr
from cog_browser.gui import messages
from cog_browser.gui.accounts.form_fields import NamesEdit, note_label
from cog_browser.gui.help import add_help
from cog_browser.gui.mnemonics import Mnemonics
from cog_browser.gui.text import one_line
from cog_browser.storage.cors import CorsSetting
from cog_browser.storage.errors import ConfigurationError

_WIDTH = 600  # pixels


class CorsDialog(QDialog):
    """Emits `submitted` once the user agrees; sets nothing itself. Thread: main."""

    submitted = pyqtSignal(object)  # the origins, a tuple

    def __init__(self, container: str, now: CorsSetting, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("CogBrowserCorsDialog")
        self.setWindowTitle(tr("CORS of container “{name}”").format(name=one_line(container)))
        self._before = now
        self.origins = NamesEdit(self, tr("Origins"))
        self.origins.setPlainText("\n".join(now.origins) or "*")
        self.now = _setting_view(self, tr("Set now"))
        self.now.setPlainText(_text(now))
        self.now.setMaximumHeight(self.fontMetrics().lineSpacing() * 6 + 14)
        self.preview = _setting_view(self, tr("Will be set"))
        self.note = note_label(self)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        add_help(self.buttons)
        Mnemonics(self)
        self.ok_button = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        about = note_label(
            self,
            tr(
                "Web pages of these origins may then read what their visitors may read in this "
                "container. Nothing becomes public by it. Write one origin on each line, e.g. "
                "https://maps.example.org, or * for all pages; none removes the permission."
            ),
        )
        form = QFormLayout(self)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setVerticalSpacing(10)
        form.addRow(about)
        form.addRow(tr("Set now"), self.now)
        form.addRow(tr("Origins"), self.origins)
        form.addRow(tr("Will be set"), self.preview)
        form.addRow(self.note)
        form.addRow(self.buttons)
        self.origins.textChanged.connect(self._update)
        self._update()
        self.resize(_WIDTH, self.layout().heightForWidth(_WIDTH))

    def accept(self) -> None:
        """Submit, unless an origin is none."""
        if self._wanted() is not None:
            super().accept()
            self.submitted.emit(self.origins.names())

    def _wanted(self) -> CorsSetting | None:
        try:
            return self._before.with_origins(self.origins.names())
        except ConfigurationError as error:
            self.note.setText(messages.describe(error).full_text)
            return None

    def _update(self) -> None:
        self.note.clear()
        wanted = self._wanted()
        self.ok_button.setEnabled(wanted is not None)
        removes = not self.origins.names()
        self.ok_button.setText(tr("Remove CORS") if removes else tr("Set CORS"))
        self.preview.setPlainText(_text(wanted) if wanted is not None else "")


def cors_elsewhere(kind: str) -> str:
    """Where CORS is set for a kind of store whose containers have no such setting of ours."""
    if kind == "azure":
        return tr(
            "For web maps of other sites: Azure sets CORS for a whole storage account. Set it in "
            "the portal, under Settings › Resource sharing (CORS), Blob service."
        )
    if kind == "gs":
        return tr(
            "For web maps of other sites: set CORS on the bucket with Google's own tool: gcloud "
            "storage buckets update --cors-file."
        )
    return ""


def _setting_view(parent: QWidget, name: str) -> QPlainTextEdit:
    view = QPlainTextEdit(parent)
    view.setAccessibleName(name)
    view.setReadOnly(True)
    view.setTabChangesFocus(True)
    return view


def _text(setting: CorsSetting) -> str:
    return "\n".join(map(one_line, setting.text.split("\n"))) or tr("nothing")
