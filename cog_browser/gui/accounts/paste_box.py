# SPDX-License-Identifier: GPL-2.0-or-later
"""Takes a pasted text that may hold secrets, and does not show those."""

from __future__ import annotations

from qgis.PyQt.QtCore import QMimeData, Qt, pyqtSignal
from qgis.PyQt.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
)
from qgis.PyQt.QtWidgets import QMenu, QPlainTextEdit, QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.storage.config_files.masking import hide_secrets

_PASTE, _DELETE = QKeySequence.StandardKey.Paste, QKeySequence.StandardKey.Delete


class PasteBox(QPlainTextEdit):
    """Shows the last text that was pasted or dropped; each replaces the one before.

    Nothing can be typed, and the text itself is never in the widget: whoever takes it from
    `taken` has it alone.
    """

    taken = pyqtSignal(str)

    def __init__(self, parent: QWidget, name: str, lines: int) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setAcceptDrops(True)
        self.setMaximumHeight(self.fontMetrics().lineSpacing() * lines + 14)

    def take(self, text: str) -> None:
        """As if the text had been pasted; an empty one clears the box."""
        self.setPlainText(hide_secrets(text))
        self.taken.emit(text)

    def take_clipboard(self) -> None:
        self._take_from(QGuiApplication.clipboard().mimeData())

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is not None and event.matches(_PASTE):
            self.take_clipboard()
        elif event is not None and (event.matches(_DELETE) or event.key() == Qt.Key.Key_Backspace):
            self.take("")
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        if event is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Paste")).triggered.connect(lambda _checked=False: self.take_clipboard())
        menu.addAction(tr("Clear")).triggered.connect(lambda _checked=False: self.take(""))
        menu.popup(event.globalPos())

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        _accept(event)

    def dragMoveEvent(self, event: QDragMoveEvent | None) -> None:
        _accept(event)

    def dropEvent(self, event: QDropEvent | None) -> None:
        if event is not None and event.mimeData().hasText():
            event.acceptProposedAction()
            self._take_from(event.mimeData())

    def _take_from(self, data: QMimeData | None) -> None:
        if data is not None and data.hasText():
            self.take(data.text())


def _accept(event: QDragMoveEvent | None) -> None:
    if event is not None and event.mimeData().hasText():
        event.acceptProposedAction()
