# SPDX-License-Identifier: GPL-2.0-or-later
"""Shows what the check of an object's server has found."""

from __future__ import annotations

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from cog_browser.adapters.i18n import tr
from cog_browser.cog.server.report import ServerReport
from cog_browser.gui import messages
from cog_browser.gui.accounts.form_fields import note_label, paint_as
from cog_browser.gui.help import add_help
from cog_browser.gui.objects.findings_view import FindingsView
from cog_browser.gui.text import one_line


class ServerDialog(QDialog):
    """Closing it cancels the check. Thread: main."""

    again_requested = pyqtSignal()
    cors_requested = pyqtSignal()

    def __init__(
        self,
        key: str,
        *,
        has_cors: bool,
        cors_elsewhere: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("CogBrowserServerDialog")
        self.setWindowTitle(tr("Server of “{name}”").format(name=one_line(key)))
        self.report: ServerReport | None = None
        self._cors_elsewhere = cors_elsewhere
        self.verdict, self.note = note_label(self), note_label(self)
        self.progress, self.findings = QProgressBar(self), FindingsView(self)
        self.progress.setAccessibleName(tr("Progress"))
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        add_help(self.buttons)
        action = QDialogButtonBox.ButtonRole.ActionRole
        self.cors_button = self.buttons.addButton(tr("Set CORS on this container…"), action)
        self.copy_button = self.buttons.addButton(tr("Copy settings"), action)
        self.again_button = self.buttons.addButton(tr("Check again"), action)
        self.copy_button.setToolTip(tr("What to write into the server's settings"))
        self.cors_button.setVisible(has_cors)
        for button, act in (
            (self.cors_button, self.cors_requested.emit),
            (self.again_button, self.again_requested.emit),
            (self.copy_button, self._copy),
        ):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, act=act: act())
        self.buttons.rejected.connect(self.reject)
        font = self.verdict.font()
        font.setBold(True)
        self.verdict.setFont(font)
        layout = QVBoxLayout(self)
        for widget in (self.verdict, self.note, self.progress):
            layout.addWidget(widget)
        layout.addWidget(self.findings, 1)
        layout.addWidget(self.buttons)
        self.resize(680, 480)
        self.show_running()

    def show_running(self) -> None:
        """A check has begun."""
        self.report = None
        self.verdict.setText(tr("Asking the server…"))
        paint_as(self.verdict, "")
        self.note.clear()
        self.progress.setRange(0, 100)
        self.progress.setValue(0)
        self._update(is_running=True)

    def show_progress(self, percent: int) -> None:
        self.progress.setValue(percent)

    def show_report(self, report: ServerReport) -> None:
        self.report = report
        self.verdict.setText(_verdict(report))
        paint_as(self.verdict, "good" if report.is_ok else "bad")
        where = "" if report.is_web_ready else self._cors_elsewhere
        self.note.setText("\n".join(filter(None, (one_line(report.url), where))))
        self.findings.show_parts([("", (*report.errors, *report.warnings, *report.notes))])
        self._update(is_running=False)

    def show_failure(self, error: Exception) -> None:
        """The server could not be judged."""
        message = messages.describe(error)
        self.verdict.setText(message.title)
        paint_as(self.verdict, "bad")
        self.note.setText(message.full_text)
        self.findings.clear()
        self._update(is_running=False)

    def show_cors_running(self) -> None:
        self.progress.setRange(0, 0)
        self._update(is_running=True)

    def show_cors_done(self) -> None:
        self._update(is_running=False)

    def show_cors_failure(self, error: Exception) -> None:
        """The setting could not be read or written; what the check has found stays."""
        self.note.setText(messages.describe(error).full_text)
        self._update(is_running=False)

    def _update(self, *, is_running: bool) -> None:
        self.progress.setVisible(is_running)
        self.again_button.setEnabled(not is_running)
        self.cors_button.setEnabled(not is_running)
        self.copy_button.setEnabled(self.report is not None and bool(self.report.settings))

    def _copy(self) -> None:
        if self.report is not None:
            parts = (f"{name}:\n{text}" for name, text in self.report.settings.items())
            QApplication.clipboard().setText("\n\n".join(parts) + "\n")


def _verdict(report: ServerReport) -> str:
    if not report.is_ok:
        return tr("This server can't be read in parts.")
    said = _ready(report)
    if report.is_no_cog:
        text = tr("{verdict} This is about the server only: the file is no COG.")
        return text.format(verdict=said)
    return said


def _ready(report: ServerReport) -> str:
    if not report.is_web_ready:
        return tr("Ready for QGIS and GDAL, but not for web maps of other sites.")
    return tr("Ready for QGIS, GDAL and web maps.")
