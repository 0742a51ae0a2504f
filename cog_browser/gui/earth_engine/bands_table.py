# SPDX-License-Identifier: GPL-2.0-or-later
"""The bands of the asset: which they are, in which order, and what Earth Engine makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from qgis.PyQt.QtCore import QModelIndex, Qt, pyqtSignal
from qgis.PyQt.QtGui import QKeySequence, QShortcut
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cog_browser.adapters.i18n import tr
from cog_browser.cog.earth_engine.manifest import PYRAMIDING_POLICIES, Band, MissingData
from cog_browser.cog.earth_engine.wording import parse_numbers
from cog_browser.gui.text import one_line
from cog_browser.storage.errors import ConfigurationError

ID, TILESET, INDEX, POLICY, MISSING = range(5)
#: What stands for missing data without any value.
NONE = "none"


class BandsTable(QWidget):
    """``labels`` name the tilesets "0", "1", … Thread: main."""

    changed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labels: list[str] = []
        self._suggested: tuple[Band, ...] = ()
        self.table = QTableWidget(0, 5, self)
        self.table.setAccessibleName(tr("Bands of the asset"))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.setHorizontalHeaderLabels(
            [tr("Id"), tr("COG"), tr("Its band"), tr("Pyramid"), tr("Missing data")]
        )
        for column, text in (
            (ID, tr("The band's name in Earth Engine")),
            (TILESET, tr("The tileset: one for each COG")),
            (INDEX, tr("Which band of the COG, counted from 0")),
            (POLICY, tr("How coarser levels are made: MEAN for measurements, MODE for classes")),
            (MISSING, tr("Values that mean “no data”; “none” makes all values count")),
        ):
            self.table.horizontalHeaderItem(column).setToolTip(text)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.verticalHeader().hide()
        self._delegates = [
            _Choice(self.table, lambda: self._labels),
            _Choice(self.table, lambda: ["", *PYRAMIDING_POLICIES]),
        ]
        for column, delegate in zip((TILESET, POLICY), self._delegates):
            self.table.setItemDelegateForColumn(column, delegate)
        self.table.itemChanged.connect(lambda _item: self.changed.emit())
        buttons = QHBoxLayout()
        for text, act in (
            (tr("Move up"), partial(self.move, -1)),
            (tr("Move down"), partial(self.move, 1)),
            (tr("Remove"), self.remove),
            (tr("All bands again"), self.reset),
        ):
            button = QPushButton(text, self)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, act=act: act())
            buttons.addWidget(button)
        buttons.addStretch()
        for keys, act in (
            ("Alt+Up", partial(self.move, -1)),
            ("Alt+Down", partial(self.move, 1)),
            ("Del", self.remove),
        ):
            shortcut = QShortcut(QKeySequence(keys), self.table)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(act)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.table, 1)
        layout.addLayout(buttons)

    def show_bands(self, labels: Sequence[str], suggested: Sequence[Band]) -> None:
        """The COGs' names by number of tileset, and all their bands."""
        self._labels = [f"{number}: {one_line(label)}" for number, label in enumerate(labels)]
        self._suggested = tuple(suggested)
        self.reset()
        self.table.resizeColumnsToContents()
        for column, letters in ((ID, 16), (POLICY, 10)):  # room to write in
            width = self.fontMetrics().averageCharWidth() * letters
            self.table.setColumnWidth(column, max(width, self.table.columnWidth(column)))

    def reset(self) -> None:
        """All bands of all COGs, as the files have them."""
        self._fill([_texts(band, self._labels) for band in self._suggested])

    def bands(self) -> tuple[Band, ...] | None:
        """None where nothing was changed. Raises `ConfigurationError`."""
        found = tuple(self._band(row) for row in range(self.table.rowCount()))
        if not found:
            raise ConfigurationError(tr("The asset has no band; leave at least one in the table."))
        return None if found == self._suggested else found

    def move(self, step: int) -> None:
        """Move the selected rows up or down by one."""
        rows, chosen = self._rows(), self._chosen()
        if not chosen or chosen[0] + step < 0 or chosen[-1] + step >= len(rows):
            return
        for row in chosen if step < 0 else reversed(chosen):
            rows[row], rows[row + step] = rows[row + step], rows[row]
        self._fill(rows, [row + step for row in chosen])

    def remove(self) -> None:
        chosen = self._chosen()
        self._fill([row for number, row in enumerate(self._rows()) if number not in chosen])

    def _chosen(self) -> list[int]:
        return sorted({index.row() for index in self.table.selectionModel().selectedIndexes()})

    def _rows(self) -> list[list[str]]:
        return [
            [self.table.item(row, column).text() for column in range(5)]
            for row in range(self.table.rowCount())
        ]

    def _fill(self, rows: Sequence[Sequence[str]], selected: Sequence[int] = ()) -> None:
        self.table.blockSignals(True)
        self.table.setRowCount(len(rows))
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                self.table.setItem(row, column, QTableWidgetItem(text))
        self.table.clearSelection()
        if selected:
            self.table.setCurrentCell(selected[0], ID)
        for row in selected:
            for column in range(5):
                self.table.item(row, column).setSelected(True)
        self.table.blockSignals(False)
        self.changed.emit()

    def _band(self, row: int) -> Band:
        name, tileset, index, policy, missing = self._rows_at(row)
        if not index.isdecimal():
            text = tr("The band “{name}” is number “{index}” of its COG; count from 0.")
            raise ConfigurationError(text.format(name=name, index=index))
        return Band(name, tileset.partition(":")[0], int(index), _missing(missing), policy)

    def _rows_at(self, row: int) -> list[str]:
        return [self.table.item(row, column).text().strip() for column in range(5)]


def _texts(band: Band, labels: Sequence[str]) -> list[str]:
    missing = ""
    if band.missing_data is not None:
        missing = ", ".join(str(value) for value in band.missing_data.values) or NONE
    label = labels[int(band.tileset_id)]
    return [band.id, label, str(band.tileset_band_index), band.pyramiding_policy, missing]


def _missing(text: str) -> MissingData | None:
    """None for an empty text: as the file, or the asset, has it."""
    if text.lower() == NONE:
        return MissingData()
    values = parse_numbers(text)
    return None if values is None else MissingData(values)


class _Choice(QStyledItemDelegate):
    """A list to choose from."""

    def __init__(self, parent: QWidget, choices) -> None:
        super().__init__(parent)
        self._choices = choices

    def createEditor(
        self, parent: QWidget, _option: QStyleOptionViewItem, _index: QModelIndex
    ) -> QWidget:
        box = QComboBox(parent)
        box.addItems(self._choices())
        box.activated.connect(lambda _index: self._take(box))
        return box

    def setEditorData(self, editor: QWidget, index: QModelIndex) -> None:
        editor.setCurrentText(index.data() or "")

    def setModelData(self, editor: QWidget, model, index: QModelIndex) -> None:
        model.setData(index, editor.currentText())

    def _take(self, box: QComboBox) -> None:
        self.commitData.emit(box)
        self.closeEditor.emit(box)
