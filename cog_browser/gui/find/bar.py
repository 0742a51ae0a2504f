# SPDX-License-Identifier: GPL-2.0-or-later
"""The line above the table: type to filter, Enter to search below, paste an address to go there."""

from __future__ import annotations

from datetime import datetime, timezone

from qgis.PyQt.QtCore import QDate, QSize, Qt, QTimer, pyqtSignal
from qgis.PyQt.QtGui import QKeyEvent
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QDoubleSpinBox,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cog_browser.adapters.i18n import tr
from cog_browser.gui.find.address import is_address
from cog_browser.gui.find.query import BEGINNING, BELOW, Query
from cog_browser.gui.icons import icon

#: Milliseconds of rest in typing before the filter follows.
_REST = 150
_MEGABYTE = 1_000_000


class FindBar(QWidget):
    """It says what the user wants; who listens does it."""

    filter_changed = pyqtSignal(str, bool)  # text, rasters only
    search_requested = pyqtSignal(object)  # Query
    stop_requested = pyqtSignal()
    address_entered = pyqtSignal(str)
    cleared = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("CogBrowserFind")
        self.line = QLineEdit(self)
        self.line.setObjectName("CogBrowserFindText")
        self.line.setAccessibleName(tr("Find"))
        self.line.setPlaceholderText(tr("Filter, or paste an address"))
        self.line.setToolTip(
            tr("Type to filter what is listed; press Enter to search in all folders below")
        )
        self.line.setClearButtonEnabled(True)
        self.rasters = _tool(self, "raster", tr("Rasters only"))
        self.more = QToolButton(self)
        self.more.setText(tr("Search…"))
        self.more.setCheckable(True)
        self.more.setAutoRaise(True)
        self.stop = QPushButton(tr("Stop"), self)
        self.stop.hide()
        row = QHBoxLayout()
        row.setSpacing(2)
        for widget, stretch in ((self.line, 1), (self.rasters, 0), (self.more, 0), (self.stop, 0)):
            row.addWidget(widget, stretch)
        self.options = SearchOptions(self)
        form = _scrolled(self.options)
        self.options.hide()
        form.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 0, 4, 2)
        layout.setSpacing(2)
        layout.addLayout(row)
        layout.addWidget(form)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST)
        self._rest.timeout.connect(self._tell)
        self.line.textChanged.connect(self._on_text)
        self.line.returnPressed.connect(self._on_enter)
        self.rasters.toggled.connect(lambda _on: self._tell())
        self.more.toggled.connect(self.options.setVisible)
        self.more.toggled.connect(form.setVisible)
        self.options.search.clicked.connect(lambda _checked=False: self._search())
        self.stop.clicked.connect(lambda _checked=False: self.stop_requested.emit())

    def show_searching(self, is_searching: bool) -> None:
        """While a search runs it can be stopped."""
        self.stop.setVisible(is_searching)

    def forget(self) -> None:
        """Another place is shown: what was typed was meant for the last one."""
        self._rest.stop()
        self.line.textChanged.disconnect(self._on_text)  # blocked, its clear button would stay
        self.line.clear()
        self.line.textChanged.connect(self._on_text)
        self._tell()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.line.text():
            self.line.clear()
            return
        super().keyPressEvent(event)

    def _on_text(self, text: str) -> None:
        if not text:
            self._rest.stop()
            self.cleared.emit()
            self._tell()
        elif is_address(text):
            self._rest.stop()
        else:
            self._rest.start()

    def _on_enter(self) -> None:
        self._rest.stop()
        if is_address(self.line.text()):
            self.address_entered.emit(self.line.text())
        elif self.line.text().strip() or not self.options.isHidden():
            self._search()

    def _tell(self) -> None:
        text = self.line.text()
        self.filter_changed.emit("" if is_address(text) else text, self.rasters.isChecked())

    def _search(self) -> None:
        self._rest.stop()
        text, rasters_only = self.line.text(), self.rasters.isChecked()
        if self.options.isHidden():
            self.search_requested.emit(Query(text, rasters_only=rasters_only))
        else:
            self.search_requested.emit(self.options.query(text, rasters_only))


class SearchOptions(QWidget):
    """Where to search, and for which extensions, sizes and dates."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.where = QComboBox(self)
        self.where.addItem(tr("In this folder and all below"), BELOW)
        self.where.addItem(tr("Here, names that begin so"), BEGINNING)
        self.extensions = QLineEdit(self)
        self.extensions.setPlaceholderText("tif, tiff")
        self.least, self.most = _megabytes(self), _megabytes(self)
        self.after, self.before = OptionalDate(self), OptionalDate(self)
        self.search = QPushButton(tr("Search"), self)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(2)
        for label, field in (
            (tr("Where"), self.where),
            (tr("Extensions"), self.extensions),
            (tr("At least"), self.least),
            (tr("At most"), self.most),
            (tr("Modified from"), self.after),
            (tr("Modified to"), self.before),
        ):
            form.addRow(label, field)
            field.setAccessibleName(label)
        form.addRow("", self.search)

    def query(self, text: str, rasters_only: bool) -> Query:
        """What is filled in. Days are whole days here, not in UTC."""
        names = self.extensions.text().replace(",", " ").split()
        last = self.before.date()
        return Query(
            text,
            self.where.currentData(),
            tuple(name.lstrip("*").lstrip(".").lower() for name in names),
            int(self.least.value() * _MEGABYTE) or None,
            int(self.most.value() * _MEGABYTE) or None,
            _start(self.after.date()),
            _start(last.addDays(1) if last is not None else None),
            rasters_only,
        )


class OptionalDate(QWidget):
    """A day, if its box is ticked."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.box, self.edit = QCheckBox(self), QDateEdit(QDate.currentDate(), self)
        self.edit.setCalendarPopup(True)
        self.edit.setEnabled(False)
        self.box.toggled.connect(self.edit.setEnabled)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.box)
        row.addWidget(self.edit, 1)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.box.setAccessibleName(name)
        self.edit.setAccessibleName(name)

    def date(self) -> QDate | None:
        return self.edit.date() if self.box.isChecked() else None


def _start(day: QDate | None) -> datetime | None:
    if day is None:
        return None
    local = datetime(day.year(), day.month(), day.day()).astimezone()
    return local.astimezone(timezone.utc)


def _megabytes(parent: QWidget) -> QDoubleSpinBox:
    box = QDoubleSpinBox(parent)
    box.setRange(0, 1e9)
    box.setSuffix(" MB")
    box.setSpecialValueText(tr("any size"))
    return box


def _scrolled(form: QWidget) -> QScrollArea:
    """The form in full where it has the room; without this QGIS outgrows small screens."""
    area = QScrollArea(form.parentWidget())
    area.setWidget(form)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
    return area


def _tool(parent: QWidget, icon_name: str, text: str) -> QToolButton:
    button = QToolButton(parent)
    button.setIcon(icon(icon_name))
    button.setIconSize(QSize(16, 16))
    button.setText(text)
    button.setToolTip(text)
    button.setAccessibleName(text)
    button.setCheckable(True)
    button.setAutoRaise(True)
    return button
