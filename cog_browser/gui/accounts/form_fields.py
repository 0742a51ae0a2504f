# SPDX-License-Identifier: GPL-2.0-or-later
"""The small widgets of the connection form."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtGui import QPalette
from qgis.PyQt.QtWidgets import (
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QSpinBox,
    QToolButton,
    QWidget,
)

from cog_browser.adapters.i18n import tr
from cog_browser.gui.wrapped_label import WrappedLabel


class ChoiceEdit(QComboBox):
    """A line of text with suggestions, each with a value of its own."""

    text_changed = pyqtSignal(str)
    chosen = pyqtSignal(object)  # the value of the suggestion that the user took

    def __init__(self, parent: QWidget, name: str) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setAccessibleName(name)
        self.lineEdit().setAccessibleName(name)
        self.setCompleter(None)  # it would change the case of what is typed
        self.lineEdit().textChanged.connect(self.text_changed)
        self.activated.connect(lambda index: self.chosen.emit(self.itemData(index)))

    def text(self) -> str:
        return self.lineEdit().text()

    def setText(self, text: str) -> None:
        self.setEditText(text)

    def setPlaceholderText(self, text: str) -> None:
        """Also on Qt 5, whose combo boxes show none while they are editable."""
        self.lineEdit().setPlaceholderText(text)
        # QGIS's dark themes would show it like something that was typed.
        palette = self.lineEdit().palette()
        colour = palette.color(QPalette.ColorRole.Text)
        colour.setAlpha(128)
        palette.setColor(QPalette.ColorRole.PlaceholderText, colour)
        self.lineEdit().setPalette(palette)

    def suggest(self, suggestions: Iterable[tuple[str, object]]) -> None:
        """Replace the list by texts with their values; what is written stays."""
        text = self.text()
        self.blockSignals(True)
        self.lineEdit().blockSignals(True)
        self.clear()
        for label, value in suggestions:
            self.addItem(label, value)
        self.setCurrentIndex(self.findText(text, Qt.MatchFlag.MatchExactly))
        self.setEditText(text)
        self.lineEdit().blockSignals(False)
        self.blockSignals(False)


class NamesEdit(QPlainTextEdit):
    """Names, one on each line."""

    def __init__(self, parent: QWidget, name: str) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setMaximumHeight(self.fontMetrics().lineSpacing() * 3 + 14)

    def text(self) -> str:
        return self.toPlainText()

    def names(self) -> tuple[str, ...]:
        """Each name once, without spaces around."""
        lines = (line.strip() for line in self.toPlainText().splitlines())
        return tuple(dict.fromkeys(line for line in lines if line))


class FollowingForm(QFormLayout):
    """A form that has only the rows that are used: a hidden one would still take its spacing."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)

    def show_rows(self, rows: Iterable[tuple[str, QWidget]]) -> None:
        """Lay these rows out; the fields of other rows are hidden by whoever calls."""
        while self.rowCount():
            label = self.takeRow(0).labelItem
            if label is not None and label.widget() is not None:
                label.widget().hide()
                label.widget().deleteLater()
        for text, field in rows:
            self.addRow(text, field)
            field.setAccessibleName(text)
            field.setVisible(True)  # one that came from another parent is hidden


def name_file_field(field: QgsFileWidget, name: str) -> None:
    """Give its line and its button names for screen readers."""
    field.lineEdit().setAccessibleName(name)
    for button in field.findChildren(QToolButton):
        button.setAccessibleName(tr("{name}: choose a file").format(name=name))


def note_label(parent: QWidget, text: str = "") -> QLabel:
    """Plain text that wraps."""
    label = WrappedLabel(parent)
    label.setText(text)
    return label


def paint_as(label: QLabel, role: str) -> None:
    """Colour a label as a ``bad`` or ``good`` one, readable on light and dark ground."""
    palette = QPalette(label.parentWidget().palette())
    is_dark = palette.color(QPalette.ColorRole.Window).lightness() < 128
    if role == "bad":
        colour = Qt.GlobalColor.red if is_dark else Qt.GlobalColor.darkRed
        palette.setColor(QPalette.ColorRole.WindowText, colour)
    elif role == "good":
        colour = Qt.GlobalColor.green if is_dark else Qt.GlobalColor.darkGreen
        palette.setColor(QPalette.ColorRole.WindowText, colour)
    label.setPalette(palette)


def on_change(field: QWidget, call: Callable[[], None]) -> None:
    """Call whenever the user or the program changes a field."""
    if isinstance(field, ChoiceEdit):
        field.text_changed.connect(lambda _text: call())
    elif isinstance(field, QLineEdit):
        field.textChanged.connect(lambda _text: call())
    elif isinstance(field, QPlainTextEdit):
        field.textChanged.connect(call)
    elif isinstance(field, QSpinBox):
        field.valueChanged.connect(lambda _value: call())
    elif isinstance(field, QComboBox):
        field.currentIndexChanged.connect(lambda _index: call())
