# SPDX-License-Identifier: GPL-2.0-or-later
"""Shows the steps of a test of a connection as they are taken."""

from __future__ import annotations

from collections.abc import Iterable

from qgis.PyQt.QtCore import QLocale, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QGridLayout, QLabel, QPushButton, QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.gui.accounts.form_fields import note_label, paint_as
from cog_browser.gui.text import containers_text, one_line
from cog_browser.storage.diagnosis import CONTAINERS, Step

_PENDING, _RUNNING, _GOOD, _BAD, _SKIPPED, _UNSAFE = "·", "…", "✓", "✗", "–", "⚠"


class StepsView(QWidget):
    """One row for each step: a mark, its name, its time; below, what the last one said."""

    certificate_requested = pyqtSignal(str)  # the URL of a server that isn't trusted

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: dict[str, tuple[QLabel, QLabel, QLabel]] = {}
        self._untrusted_url = ""
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(4, 2, 4, 2)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self.said = note_label(self)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button = QPushButton(tr("Show certificate…"), self)
        self.button.clicked.connect(
            lambda _checked=False: self.certificate_requested.emit(self._untrusted_url)
        )
        self.forget()

    def begin(self, names: Iterable[str]) -> None:
        """Show the steps that are to be taken."""
        self.forget()
        for row, name in enumerate(names):
            mark, time = QLabel(_PENDING, self), QLabel(self)
            label = QLabel(_label(name), self)
            self._grid.addWidget(mark, row, 0)
            self._grid.addWidget(label, row, 1)
            self._grid.addWidget(time, row, 2, Qt.AlignmentFlag.AlignRight)
            self._rows[name] = (mark, label, time)
        self._grid.addWidget(self.said, len(self._rows), 0, 1, 3)
        self._grid.addWidget(self.button, len(self._rows) + 1, 0, 1, 3, Qt.AlignmentFlag.AlignLeft)
        self._mark_running()
        self.setVisible(True)

    def show_step(self, step: Step) -> None:
        """Fill in a step that was taken."""
        mark, label, time = self._rows[step.name]
        mark.setText(_GOOD if step.ok else _BAD)
        if step.ok and step.is_unsafe:
            mark.setText(_UNSAFE)
            label.setText(tr("Not encrypted (http)"))
        is_good = step.ok and not step.is_unsafe
        for part in (mark, *(() if is_good else (label,))):
            paint_as(part, "good" if is_good else "bad")
        time.setText(tr("{seconds} s").format(seconds=QLocale().toString(step.seconds, "f", 2)))
        label.setToolTip(one_line(step.detail).replace("<", "‹"))
        if not step.ok or (step.name == CONTAINERS and step.detail):
            self._tell(one_line(step.detail), is_bad=not step.ok)
        elif step.name == CONTAINERS:
            count = tr("It works: {what}.").format(what=containers_text(step.count or 0))
            self._tell(count, is_bad=False)
        self._untrusted_url = step.untrusted_url
        self.button.setVisible(bool(step.untrusted_url))
        if step.ok:
            self._mark_running()
        else:
            for pending, _, _ in self._rows.values():
                if pending.text() == _PENDING:
                    pending.setText(_SKIPPED)

    def tell(self, text: str) -> None:
        """Say why no step was taken at all."""
        self.forget()
        self._grid.addWidget(self.said, 0, 0, 1, 3)
        self._tell(text, is_bad=True)
        self.setVisible(True)

    def forget(self) -> None:
        """Show nothing."""
        for widgets in self._rows.values():
            for widget in widgets:
                widget.hide()
                widget.deleteLater()
        self._rows.clear()
        for part in (self, self.said, self.button):
            part.setVisible(False)
        self.said.setText("")

    def text(self) -> str:
        """All that it shows, one line for each row."""
        rows = [" ".join(label.text() for label in row) for row in self._rows.values()]
        return "\n".join([*rows, self.said.text()])

    def _tell(self, text: str, *, is_bad: bool) -> None:
        self.said.setText(text)
        self.said.setVisible(bool(text))
        paint_as(self.said, "bad" if is_bad else "")

    def _mark_running(self) -> None:
        for mark, _, _ in self._rows.values():
            if mark.text() == _PENDING:
                mark.setText(_RUNNING)
                return


def _label(name: str) -> str:
    return {
        "reach": tr("Reach the host"),
        "tls": tr("Speak TLS with it"),
        "sign_in": tr("Sign in"),
        "catalogue": tr("Find the object store in the catalogue"),
        "containers": tr("List the containers"),
    }[name]
