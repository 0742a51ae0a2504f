# SPDX-License-Identifier: GPL-2.0-or-later
"""Leads through a repair: the findings before, the work, the findings after, the replacement."""

from __future__ import annotations

from qgis.PyQt.QtCore import pyqtSignal
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from cog_browser.adapters.i18n import tr
from cog_browser.cog.conversion.profiles import PROFILES
from cog_browser.cog.repair import PreparedRepair, RepairPlan
from cog_browser.cog.report import CogReport, Finding
from cog_browser.gui import messages
from cog_browser.gui.accounts.form_fields import note_label
from cog_browser.gui.help import add_help
from cog_browser.gui.mnemonics import Mnemonics
from cog_browser.gui.objects.findings_view import FindingsView
from cog_browser.gui.text import one_line, size_text

_DEFAULT = "science"


class RepairDialog(QDialog):
    """Does nothing by itself. Closing it cancels what runs. Thread: main."""

    prepare_requested = pyqtSignal(str)  # the profile
    replace_requested = pyqtSignal()

    def __init__(self, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("CogBrowserRepairDialog")
        self._name = one_line(key)
        self.setWindowTitle(tr("Make “{name}” a proper COG").format(name=self._name))
        self._plan: RepairPlan | None = None
        self._prepared: PreparedRepair | None = None
        self.step, self.profile = note_label(self), QComboBox(self)
        self.warning = note_label(self)
        font = self.warning.font()
        font.setBold(True)
        self.warning.setFont(font)
        self.warning.hide()
        self.about_profile = note_label(self)
        self.findings, self.progress = FindingsView(self), QProgressBar(self)
        self.progress.setAccessibleName(tr("Progress"))
        for name, profile in PROFILES.items():
            if profile.lossless:  # the original will be gone
                self.profile.addItem(name, tr(profile.description))
        self.profile.setCurrentIndex(max(0, self.profile.findText(_DEFAULT)))
        self.profile.currentIndexChanged.connect(lambda _index: self._explain_profile())
        self.profile.setAccessibleName(tr("Profile"))
        self._explain_profile()
        self.progress.setRange(0, 100)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        add_help(self.buttons)
        Mnemonics(self)
        action = QDialogButtonBox.ButtonRole.ActionRole
        self.prepare_button = self.buttons.addButton(tr("Convert"), action)
        self.replace_button = self.buttons.addButton(tr("Replace"), action)
        self.prepare_button.clicked.connect(
            lambda _checked=False: self.prepare_requested.emit(self.profile.currentText())
        )
        self.replace_button.clicked.connect(lambda _checked=False: self.replace_requested.emit())
        self.buttons.rejected.connect(self.reject)
        form = QFormLayout()
        form.addRow(tr("Profile"), self.profile)
        form.addRow("", self.about_profile)
        layout = QVBoxLayout(self)
        layout.addWidget(self.step)
        layout.addWidget(self.warning)
        layout.addWidget(self.findings, 1)
        layout.addLayout(form)
        layout.addWidget(self.progress)
        layout.addWidget(self.buttons)
        self.resize(680, 520)
        self.show_planning()

    def show_planning(self) -> None:
        self._say(tr("Looking at the object…"), is_running=True)

    def show_plan(self, plan: RepairPlan, warning: str = "") -> None:
        """The findings before; from here the user may start the work.

        ``warning`` says what the replacement will break.
        """
        self._plan = plan
        self.warning.setText(warning)
        self.warning.setVisible(bool(warning) and plan.is_needed)
        self.findings.show_parts([(tr("The object now"), _findings(plan.before))])
        if plan.is_needed:
            text = tr(
                "The object has {size}. It is downloaded and converted on this computer first; "
                "nothing is replaced before you have seen the result."
            ).format(size=size_text(plan.entry.size))
        else:
            text = tr("This is a proper COG already. There is nothing to do.")
        self._say(text)

    def show_preparing(self) -> None:
        self._say(tr("Downloading, converting and checking…"), is_running=True)

    def show_prepared(self, prepared: PreparedRepair) -> None:
        """The findings after; from here the user may replace the object."""
        self._prepared = prepared
        before, after = prepared.plan, prepared.after
        self.findings.show_parts(
            [
                (tr("The new COG"), _findings(after)),
                (tr("The object now"), _findings(before.before)),
            ]
        )
        self._say(
            tr(
                "The new COG is ready and checked: {after}, in place of {before}. Replace the "
                "object “{name}” in container “{container}” with it? The old one is then gone, "
                "unless the container keeps versions."
            ).format(
                after=size_text(prepared.size),
                before=size_text(before.entry.size),
                name=self._name,
                container=one_line(before.entry.container),
            )
        )

    def show_replacing(self) -> None:
        self._say(tr("Uploading…"), is_running=True)

    def show_progress(self, percent: int) -> None:
        self.progress.setValue(percent)

    def show_failure(self, error: Exception) -> None:
        """What went wrong; what can be tried again may be."""
        self._say(messages.describe(error).full_text)

    def _say(self, text: str, *, is_running: bool = False) -> None:
        self.step.setText(text)
        self.progress.setValue(0)
        self.progress.setVisible(is_running)
        is_due = self._plan is not None and self._plan.is_needed and self._prepared is None
        self.prepare_button.setEnabled(is_due and not is_running)
        self.profile.setEnabled(is_due and not is_running)
        self.replace_button.setEnabled(self._prepared is not None and not is_running)

    def _explain_profile(self) -> None:
        self.about_profile.setText(self.profile.currentData())


def _findings(report: CogReport) -> tuple[Finding, ...]:
    return (*report.errors, *report.warnings, *report.notes)
