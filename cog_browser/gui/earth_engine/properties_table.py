# SPDX-License-Identifier: GPL-2.0-or-later
"""The properties of the asset: names with texts or numbers."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QKeySequence, QShortcut
from qgis.PyQt.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cog_browser.adapters.i18n import tr
from cog_browser.cog.earth_engine.wording import parse_properties


class PropertiesTable(QWidget):
    """Rows without a name and a value don't count. Thread: main."""

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = QTableWidget(0, 2, self)
        self.table.setAccessibleName(tr("Properties of the asset"))
        self.table.setHorizontalHeaderLabels([tr("Property"), tr("Value")])
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.verticalHeader().hide()
        self.table.setTabKeyNavigation(False)
        self.table.itemChanged.connect(lambda _item: self.changed.emit())
        buttons = QHBoxLayout()
        for text, act in ((tr("Add property"), self.add), (tr("Remove property"), self.remove)):
            button = QPushButton(text, self)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, act=act: act())
            buttons.addWidget(button)
        buttons.addStretch()
        shortcut = QShortcut(QKeySequence(Qt.Key.Key_Delete), self.table)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
        shortcut.activated.connect(self.remove)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table, 1)
        layout.addLayout(buttons)

    def add(self, name: str = "", value: str = "") -> None:
        """A new row, to be written in at once where it has no name."""
        row = self.table.rowCount()
        self.table.insertRow(row)
        self.table.setItem(row, 0, QTableWidgetItem(name))
        self.table.setItem(row, 1, QTableWidgetItem(value))
        self.table.setCurrentCell(row, 0)
        if not name:
            self.table.editItem(self.table.item(row, 0))

    def remove(self) -> None:
        rows = {index.row() for index in self.table.selectionModel().selectedIndexes()}
        for row in sorted(rows, reverse=True):
            self.table.removeRow(row)
        self.changed.emit()

    def properties(self) -> dict[str, Any]:
        """What looks like a number is one. Raises `ConfigurationError`."""
        lines = []
        for row in range(self.table.rowCount()):
            cells = (self.table.item(row, 0), self.table.item(row, 1))
            name, value = (cell.text().strip() if cell else "" for cell in cells)
            if name or value:
                lines.append(f"{name}={value}\n")
        return parse_properties("".join(lines))
