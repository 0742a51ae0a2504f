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
from cog_browser.gui.text import one_line
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.swift.cors import CorsRules, cors_headers, cors_rules

_WIDTH = 600  # pixels


class CorsDialog(QDialog):
    """Emits `submitted` once the user agrees; sets nothing itself. Thread: main."""

    submitted = pyqtSignal(object)  # CorsRules

    def __init__(self, container: str, now: CorsRules, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("CogBrowserCorsDialog")
        self.setWindowTitle(tr("CORS of container “{name}”").format(name=one_line(container)))
        self.origins = NamesEdit(self, tr("Origins"))
        self.origins.setPlainText("\n".join(now.origins) or "*")
        self.preview = QPlainTextEdit(self)
        self.preview.setAccessibleName(tr("Will be set"))
        self.preview.setReadOnly(True)
        self.preview.setMaximumHeight(self.fontMetrics().lineSpacing() * 6 + 14)
        self.note = note_label(self)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
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
        self.now = note_label(self, _text(now))
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
        rules = self._rules()
        if rules is not None:
            super().accept()
            self.submitted.emit(rules)

    def _rules(self) -> CorsRules | None:
        try:
            return cors_rules(self.origins.names())
        except ConfigurationError as error:
            self.note.setText(messages.describe(error).full_text)
            return None

    def _update(self) -> None:
        self.note.clear()
        rules = self._rules()
        self.ok_button.setEnabled(rules is not None)
        removes = rules is not None and not rules.origins
        self.ok_button.setText(tr("Remove CORS") if removes else tr("Set CORS"))
        self.preview.setPlainText(_text(rules) if rules is not None else "")


def _text(rules: CorsRules) -> str:
    lines = [f"{name}: {value}" for name, value in cors_headers(rules).items() if value]
    return "\n".join(map(one_line, lines)) or tr("nothing")
