# SPDX-License-Identifier: GPL-2.0-or-later
"""A label for sentences with names of any length: Qt's own is as wide as its longest word."""

from __future__ import annotations

import re

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QLabel, QWidget

#: Characters without a space, after which a line may end.
_LONGEST = re.compile(r"\S{20}(?=\S)")
_BREAK = "\u200b"


class WrappedLabel(QLabel):
    """Plain text. With Qt's, one container with a long name makes QGIS wider than its screen.

    A text that can be selected stays as it is: what is copied must have nothing in it unseen.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)

    def text(self) -> str:
        return self._text

    def setText(self, text: str) -> None:
        self._text = text
        is_copied = self.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
        super().setText(text if is_copied else _LONGEST.sub(rf"\g<0>{_BREAK}", text))

    def setTextInteractionFlags(self, flags: Qt.TextInteractionFlag) -> None:
        super().setTextInteractionFlags(flags)
        self.setText(self._text)
