# SPDX-License-Identifier: GPL-2.0-or-later
"""Lets a message be as high as its text: QGIS's own shows two lines, and hides the rest."""

from __future__ import annotations

from qgis.PyQt.QtCore import QEvent, QObject, Qt, QTimer
from qgis.PyQt.QtWidgets import QTextBrowser, QWidget

_MOST_LINES = 5


def wrap(item: QWidget | None) -> None:
    """Grow and shrink a message of a `QgsMessageBar` with what it says and its width."""
    browser = item.findChild(QTextBrowser) if item is not None else None
    if browser is not None:
        _Height(browser)


class _Height(QObject):
    """Lives as long as the text does."""

    def __init__(self, browser: QTextBrowser) -> None:
        super().__init__(browser)
        self._browser, self._least = browser, browser.minimumHeight()
        browser.textChanged.connect(self._follow)
        browser.installEventFilter(self)
        self._soon = QTimer(self)  # its font is known when it is shown
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._follow)
        self._soon.start(0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._follow()
        return super().eventFilter(watched, event)

    def _follow(self) -> None:
        browser = self._browser
        document = browser.document().clone(self)
        document.setDefaultFont(browser.font())
        document.deleteLater()
        document.setTextWidth(browser.width() - 2 * browser.frameWidth())
        line = browser.fontMetrics().lineSpacing()
        margin = 2 * (document.documentMargin() + browser.frameWidth())
        wanted = document.size().height() + 2 * browser.frameWidth()
        most = _MOST_LINES * line + margin
        height = round(min(max(wanted, self._least), most))
        policy = Qt.ScrollBarPolicy  # a bar that isn't needed would make itself needed
        browser.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if wanted > most else policy.ScrollBarAlwaysOff
        )
        if height != browser.height():
            browser.setFixedHeight(height)
