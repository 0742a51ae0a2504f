# SPDX-License-Identifier: GPL-2.0-or-later
"""The lower part of the panel: where one is, the objects there, and what is selected of them."""

from __future__ import annotations

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import QByteArray, QSize, Qt
from qgis.PyQt.QtGui import QAction
from qgis.PyQt.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QToolButton, QWidget

from cog_browser.gui.details.pane import DetailsPane
from cog_browser.gui.dock_widgets import ElidedLabel, stack
from cog_browser.gui.find.bar import FindBar

_SIZES = "plugins/cog_browser/details/sizes"


class LowerPart(QWidget):
    """Only arranges; the dock fills it."""

    def __init__(self, table: QWidget, notice: QWidget, up: QAction, parent: QWidget) -> None:
        super().__init__(parent)
        self.path, self.find, self.details = ElidedLabel(self), FindBar(self), DetailsPane(self)
        self.pages = QStackedWidget(self)
        self.pages.addWidget(table)
        self.pages.addWidget(notice)
        button = QToolButton(self)
        button.setDefaultAction(up)
        button.setAutoRaise(True)
        button.setIconSize(QSize(14, 14))
        row = QHBoxLayout()
        row.setContentsMargins(2, 1, 4, 1)
        row.setSpacing(2)
        row.addWidget(button)
        row.addWidget(self.path, 1)
        splitter = QSplitter(Qt.Orientation.Vertical, self)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(self.pages)
        splitter.addWidget(self.details)
        splitter.setStretchFactor(0, 3)
        splitter.setStretchFactor(1, 2)
        kept = QgsSettings().value(_SIZES)
        if isinstance(kept, QByteArray):
            splitter.restoreState(kept)
        splitter.splitterMoved.connect(
            lambda *_: QgsSettings().setValue(_SIZES, splitter.saveState())
        )
        self.splitter = splitter
        find = QHBoxLayout()
        find.addWidget(self.find)
        stack(self, row, find, splitter)
