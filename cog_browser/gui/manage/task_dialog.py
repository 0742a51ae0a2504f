# SPDX-License-Identifier: GPL-2.0-or-later
"""A deed in four steps that one dialog shows: look, ask, do, tell."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QKeyEvent, QTextOption
from qgis.PyQt.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cog_browser.adapters.i18n import tr
from cog_browser.gui import messages
from cog_browser.gui.accounts.form_fields import note_label
from cog_browser.gui.help import help_button
from cog_browser.gui.mnemonics import Mnemonics
from cog_browser.gui.text import lines, one_line

#: More names than these are counted only.
_NAMED = 200
_WIDTH = 520  # pixels


class TaskDialog(QDialog):
    """Closing it while it works cancels the work, and a second time closes it. Thread: main."""

    agreed = pyqtSignal()
    cancel_requested = pyqtSignal()

    def __init__(
        self, title: str, parent: QWidget | None = None, name: str = "CogBrowserTaskDialog"
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setWindowTitle(one_line(title))
        self.is_working = False
        self._typed = ""
        self.text, self.warning, self.trouble = (note_label(self) for _ in range(3))
        font = self.warning.font()
        font.setBold(True)
        self.warning.setFont(font)
        self.names = QPlainTextEdit(self)
        self.names.setReadOnly(True)
        self.names.setAccessibleName(tr("Names"))
        self.names.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.names.setTabChangesFocus(True)
        self.prompt, self.typed = note_label(self), QLineEdit(self)
        self.typed.setAccessibleName(tr("Confirmation"))
        self.progress = QProgressBar(self)
        self.progress.setAccessibleName(tr("Progress"))
        self.ok_button, self.cancel_button = QPushButton(self), QPushButton(self)
        self.ok_button.setAutoDefault(False)
        self.cancel_button.setDefault(True)
        self.ok_button.clicked.connect(lambda _checked=False: self.agreed.emit())
        self.cancel_button.clicked.connect(lambda _checked=False: self.reject())
        self.typed.textChanged.connect(lambda _text: self._update())
        self.fields = QVBoxLayout()  # what a deed asks for besides
        row = QHBoxLayout()
        row.addWidget(help_button(self))
        row.addStretch()
        row.addWidget(self.ok_button)
        row.addWidget(self.cancel_button)
        layout = QVBoxLayout(self)
        for part in (self.text, self.warning, self.names):
            layout.addWidget(part)
        layout.addLayout(self.fields)
        for part in (self.trouble, self.prompt, self.typed, self.progress):
            layout.addWidget(part)
        layout.addStretch()
        layout.addLayout(row)
        Mnemonics(self)
        self.resize(_WIDTH, 0)

    # What it is told

    def show_looking(self, text: str) -> None:
        """Nothing is done yet; closing it ends the search."""
        self._show(text, busy=True)

    def ask(
        self,
        question: str,
        button: str,
        names: Sequence[str] = (),
        warning: str = "",
        typed: str = "",
        *,
        is_harmless: bool = False,
    ) -> None:
        """Ask for consent; with ``typed``, the user has to type that first.

        Enter agrees only to what ``is_harmless``, or once ``typed`` is typed.
        """
        self._typed = typed
        self._show(question, names, warning)
        self.ok_button.setText(button)
        self.ok_button.show()
        (self.ok_button if is_harmless else self.cancel_button).setDefault(True)
        self.cancel_button.setText(tr("Cancel"))
        if typed:
            self.prompt.setText(
                tr("Type {text}, the number of objects, to confirm:").format(text=typed)
            )
            self.prompt.show()
            self.typed.show()
            self.typed.clear()
            self.typed.setFocus()
        self._update()

    def set_trouble(self, text: str) -> None:
        """Why what the user has filled in is no good yet; empty when it is.

        Its room stays while it is empty: the dialog would jump with each letter otherwise.
        """
        self.trouble.setText(lines(text))
        self.trouble.setVisible(bool(text))
        self._update()
        QTimer.singleShot(0, lambda: self._fit(may_shrink=False))

    def show_working(self, text: str) -> None:
        self._show(text, busy=True)
        self.is_working = True

    def show_progress(self, percent: int) -> None:
        self.progress.setRange(0, 100)
        self.progress.setValue(percent)

    def show_count(self, text: str) -> None:
        self.text.setText(lines(text))

    def show_end(self, text: str, failures: Sequence[str] = ()) -> None:
        """What came of it; ``failures`` are a line each."""
        self._show(text, failures)
        self.cancel_button.setText(tr("Close"))

    def show_whole(self, text: str) -> None:
        """One long text that can be selected and copied, e.g. a link: it wraps."""
        self.names.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.names.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.names.setPlainText(text)
        self.names.show()
        width = max(1, self.width() - 40)
        lines = self.fontMetrics().horizontalAdvance(text) // width + 2
        self.names.setFixedHeight(self.fontMetrics().lineSpacing() * min(lines, 20) + 12)
        self.names.selectAll()
        QTimer.singleShot(0, self._fit)

    def show_failure(self, error: Exception) -> None:
        message = messages.describe(error)
        self.show_end(f"{message.title}. {message.full_text}")

    def reject(self) -> None:
        if self.is_working:
            self.is_working = False
            self.cancel_button.setEnabled(False)
            self.text.setText(tr("Stopping…"))
            self.cancel_requested.emit()
        else:
            super().reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter after a wrong number is no “Cancel”."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if not (is_enter and self.typed.hasFocus() and not self._is_typed):
            super().keyPressEvent(event)

    # How it looks

    def _show(
        self, text: str, names: Sequence[str] = (), warning: str = "", *, busy: bool = False
    ) -> None:
        self.is_working = False
        self.text.setText(one_line(text))
        self.warning.setText(one_line(warning))
        self.warning.setVisible(bool(warning))
        shown = [one_line(name) for name in names[:_NAMED]]
        if len(names) > _NAMED:
            shown.append(tr("… and {count} more").format(count=len(names) - _NAMED))
        self.names.setPlainText("\n".join(shown))
        self.names.setVisible(bool(shown))
        lines = min(max(len(shown), 2), 10)
        self.names.setFixedHeight(self.fontMetrics().lineSpacing() * (lines + 1) + 12)
        self.progress.setVisible(busy)
        self.progress.setRange(0, 0)
        self.trouble.clear()
        for widget in (self.prompt, self.typed, self.trouble, self.ok_button):
            widget.hide()
        self.cancel_button.setDefault(True)
        self.cancel_button.setText(tr("Cancel"))
        self.cancel_button.setEnabled(True)
        QTimer.singleShot(0, self._fit)  # when all that is to be shown is

    def _fit(self, *, may_shrink: bool = True) -> None:
        """As high as its text."""
        if sip.isdeleted(self):
            return
        self.layout().activate()
        wanted = self.layout().heightForWidth(self.width())
        self.resize(self.width(), wanted if may_shrink else max(wanted, self.height()))

    @property
    def _is_typed(self) -> bool:
        return self.typed.text().strip() == self._typed

    def _update(self) -> None:
        is_typed = not self._typed or self._is_typed
        self.ok_button.setEnabled(is_typed and not self.trouble.text())
        if self._typed:
            default = self.ok_button if self.ok_button.isEnabled() else self.cancel_button
            default.setDefault(True)
