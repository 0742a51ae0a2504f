# SPDX-License-Identifier: GPL-2.0-or-later
"""Why an object has the badge that it has."""

from __future__ import annotations

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.cog.report import CogReport
from cog_browser.gui.help import add_help
from cog_browser.gui.objects.findings_view import FindingsView
from cog_browser.gui.text import one_line


class ReasonsDialog(QDialog):
    """It reads nothing: the findings are those of the headers."""

    def __init__(self, name: str, verdict: str, report: CogReport, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("CogBrowserReasons")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"{one_line(name)}: {verdict}")
        self.findings = FindingsView(self)
        self.findings.show_parts([("", (*report.errors, *report.warnings, *report.notes))])
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        add_help(buttons)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.findings, 1)
        layout.addWidget(buttons)
        self.setAccessibleName(tr("Findings"))
        self.resize(560, 380)
