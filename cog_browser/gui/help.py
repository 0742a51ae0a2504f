# SPDX-License-Identifier: GPL-2.0-or-later
"""Shows the pages of the documentation, in the colours of QGIS's theme and without a network."""

from __future__ import annotations

import re
from pathlib import Path

from qgis.PyQt.QtCore import QObject, Qt, QUrl, pyqtSlot
from qgis.PyQt.QtGui import (
    QAction,
    QDesktopServices,
    QKeySequence,
    QShowEvent,
    QTextBlock,
    QTextCursor,
)
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QPushButton,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from cog_browser.adapters.help_pages import FOLDER, PAGES, SCHEME, page_file, show_in_window
from cog_browser.adapters.i18n import tr
from cog_browser.gui.window_size import resize_on_screen

#: A picture in a line of its own, and the line in italics below it that is about it.
_PICTURE = re.compile(r"^!\[[^\]]*\]\([^)]*\)\n+(?:\*[^*]+\*\n)?", re.MULTILINE)
_NOT_IN_ANCHORS = re.compile(r"[^\w -]")


class HelpWindow(QDialog):
    """One page, and by its links the others."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("CogBrowserHelp")
        self.browser = QTextBrowser(self)
        self.browser.setAccessibleName(tr("Help"))
        self.browser.setOpenLinks(False)
        self.browser.anchorClicked.connect(self._follow)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self.back = buttons.addButton(tr("Back"), QDialogButtonBox.ButtonRole.ActionRole)
        self.back.clicked.connect(lambda _checked=False: self._go_back())
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self.browser)
        layout.addWidget(buttons)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        resize_on_screen(self, 760, 620)
        self._seen: list[tuple[Path, str]] = []

    def show_page(self, file: Path, heading: str = "") -> None:
        """Show a page from this heading on; its words or its anchor."""
        self._seen.append((file, heading))
        self.back.setEnabled(len(self._seen) > 1)
        self.browser.setMarkdown(_PICTURE.sub("", file.read_text(encoding="utf-8")))
        first = self.browser.document().firstBlock().text()
        self.setWindowTitle(tr("{page} – COG Browser").format(page=first))
        self._scroll_to(heading)

    def showEvent(self, event: QShowEvent) -> None:
        """Only now it is known where the lines break, and so where the heading is."""
        super().showEvent(event)
        if self._seen:
            self._scroll_to(self._seen[-1][1])

    def _scroll_to(self, heading: str) -> None:
        block = self.browser.document().firstBlock()
        while heading and block.isValid():
            is_heading = block.blockFormat().headingLevel() > 0
            if is_heading and anchor_of(block.text()) == anchor_of(heading):
                self._show_at_top(block)
                return
            block = block.next()
        self.browser.moveCursor(QTextCursor.MoveOperation.Start)

    def _show_at_top(self, block: QTextBlock) -> None:
        """Also the last heading, for which there has to be room below the page's end."""
        bar, frame = self.browser.verticalScrollBar(), self.browser.document().rootFrame()
        self.browser.setTextCursor(QTextCursor(block))
        wanted = bar.value() + self.browser.cursorRect().top()
        if wanted > bar.maximum():
            looks = frame.frameFormat()
            looks.setBottomMargin(looks.bottomMargin() + wanted - bar.maximum())
            frame.setFrameFormat(looks)
        bar.setValue(wanted)

    def _follow(self, url: QUrl) -> None:
        if url.scheme():
            QDesktopServices.openUrl(url)
            return
        here = self._seen[-1][0]
        file = (here.parent / url.path()).resolve() if url.path() else here
        if file.is_relative_to(FOLDER.resolve()) and file.suffix == ".md" and file.is_file():
            self.show_page(file, url.fragment())

    def _go_back(self) -> None:
        self._seen.pop()
        self.show_page(*self._seen.pop())


class HelpLinks(QObject):
    """Opens the links of Processing's help buttons, as long as it lives. Thread: main."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        QDesktopServices.setUrlHandler(SCHEME, self.open)
        show_in_window(True)

    def stop(self) -> None:
        show_in_window(False)
        QDesktopServices.unsetUrlHandler(SCHEME)
        self.deleteLater()

    @pyqtSlot(QUrl)
    def open(self, url: QUrl) -> None:
        if url.path() in PAGES:
            show_help(url.path(), self._window)


def anchor_of(heading: str) -> str:
    """How links call it: “The layer's menu” is “the-layers-menu”."""
    return _NOT_IN_ANCHORS.sub("", heading.lower()).strip().replace(" ", "-")


def show_help(subject: str, parent: QWidget) -> HelpWindow:
    """Open a window of its own: what it helps with goes on."""
    page, heading = PAGES[subject]
    known = parent.findChildren(HelpWindow, options=Qt.FindChildOption.FindDirectChildrenOnly)
    window = known[0] if known else HelpWindow(parent)
    window.show_page(page_file(page), heading)
    window.show()
    window.raise_()
    return window


def help_button(dialog: QWidget) -> QPushButton:
    """A button for the page about the dialog, by its object name; F1 does the same."""
    button = QPushButton(tr("Help"), dialog)
    button.setAutoDefault(False)
    button.clicked.connect(help_action(dialog).trigger)
    return button


def help_action(widget: QWidget) -> QAction:
    """By F1 in the widget, the page about it."""
    action = QAction(tr("Help"), widget)
    action.setShortcut(QKeySequence(QKeySequence.StandardKey.HelpContents))
    action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    action.triggered.connect(lambda _checked=False: show_help(widget.objectName(), widget))
    widget.addAction(action)
    return action


def add_help(buttons: QDialogButtonBox) -> None:
    """Put the help button among a dialog's buttons."""
    button = help_button(buttons.parentWidget())
    buttons.addButton(button, QDialogButtonBox.ButtonRole.HelpRole)
