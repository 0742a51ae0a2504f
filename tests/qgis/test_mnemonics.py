# SPDX-License-Identifier: GPL-2.0-or-later
"""Alt and a letter lead to every field of every dialog, and no letter to two."""

from __future__ import annotations

from collections import Counter

import pytest
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from cog_browser.gui.accounts.connection_dialog import ConnectionDialog
from cog_browser.gui.earth_engine.asset_dialog import AssetDialog
from cog_browser.gui.manage.task_dialog import TaskDialog
from cog_browser.gui.mnemonics import Mnemonics, letter_of
from tests.qgis.test_accessible_names import Maker, dialogs
from tests.support.patience import WAIT

_FIELDS = (QLineEdit, QComboBox, QAbstractSpinBox, QPlainTextEdit)
#: Fields without a label of their own.
UNLABELLED = {
    "Confirmation": "it has the focus when it is there",
    "Names": "text to be read",
    "Manifest": "a page of tabs",
    "Text of an openrc.sh": "the first field, in a box with a title",
    "Text of a file with accounts": "the same",
}


def shown(dialog: QWidget, kind: type | tuple) -> list[QWidget]:
    return [widget for widget in dialog.findChildren(kind) if widget.isVisibleTo(dialog)]


def letters(dialog: QWidget) -> list[str]:
    """Of all that can be seen, also on other pages."""
    texts = [label.text() for label in shown(dialog, QLabel) if label.buddy() is not None]
    texts += [button.text() for button in shown(dialog, QAbstractButton)]
    for bar in shown(dialog, QTabBar):
        texts += [bar.tabText(number) for number in range(bar.count())]
    return [letter for letter in map(letter_of, texts) if letter]


def twice(dialog: QWidget) -> list[str]:
    return [letter for letter, count in Counter(letters(dialog)).items() if count > 1]


def unreached(dialog: QWidget) -> list[str]:
    """Fields that no letter leads to."""
    labels = [label for label in shown(dialog, QLabel) if letter_of(label.text())]
    reached = {label.buddy() for label in labels if label.buddy() is not None}
    fields = [
        field
        for field in shown(dialog, _FIELDS)
        if not isinstance(field.parentWidget(), _FIELDS) and not is_inside(field, reached)
    ]
    boxes = shown(dialog, (QCheckBox, QRadioButton))
    missing = [box.text() for box in boxes if box.text() and not letter_of(box.text())]
    return missing + [field.accessibleName() for field in fields]


def nameless(dialog: QWidget) -> list[str]:
    return [name for name in unreached(dialog) if name not in UNLABELLED]


def is_inside(widget: QWidget, others: set[QWidget]) -> bool:
    while widget is not None and widget not in others:
        widget = widget.parentWidget()
    return widget is not None


@pytest.mark.parametrize("kind", dialogs(), ids=lambda kind: kind.__name__)
def test_no_letter_is_twice_in_a_dialog(kind, sessions, workers, controller, dock, qtbot):
    maker = Maker(sessions, workers, controller, dock)
    dialog = maker(kind)
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: not nameless(dialog), timeout=WAIT)
    found = twice(dialog)
    tabs = dialog.tabs if kind is AssetDialog else None
    for number in range(tabs.count() if tabs is not None else 0):
        tabs.setCurrentIndex(number)
        found += twice(dialog)
    if maker.browser is not None:
        maker.browser.stop()
    assert found == []


def test_every_way_to_sign_in_has_letters(sessions, workers, controller, dock, qtbot):
    dialog = Maker(sessions, workers, controller, dock)(ConnectionDialog)
    qtbot.addWidget(dialog)
    dialog.show()
    form = dialog.form
    form.more.setCollapsed(False)
    for kind in range(form.kind.count()):
        form.kind.setCurrentIndex(kind)
        for mode in range(form.mode.count()):
            form.mode.setCurrentIndex(mode)
            qtbot.waitUntil(lambda: not nameless(dialog), timeout=WAIT)
            assert twice(dialog) == [], (kind, mode)


def test_the_letter_leads_to_the_field(sessions, workers, controller, dock, qtbot):
    dialog = Maker(sessions, workers, controller, dock)(ConnectionDialog)
    qtbot.addWidget(dialog)
    dialog.show()
    with qtbot.waitActive(dialog):
        dialog.activateWindow()
    [label] = [found for found in shown(dialog, QLabel) if found.buddy() is dialog.form.user]
    assert label.text().replace("&", "") == "User"
    assert not dialog.form.user.hasFocus()
    qtbot.waitUntil(lambda: bool(letter_of(label.text())))

    def is_reached() -> bool:
        key = getattr(Qt.Key, f"Key_{letter_of(label.text())}")
        QTest.keyClick(dialog, key, Qt.KeyboardModifier.AltModifier)
        return dialog.form.user.hasFocus()

    qtbot.waitUntil(is_reached, timeout=WAIT)


def test_letters_are_exchanged_before_one_goes_without(qtbot):
    dialog = QDialog()
    qtbot.addWidget(dialog)
    form = QFormLayout(dialog)
    for text in ("Ab", "A", "B && C", "???"):
        form.addRow(text, QLineEdit(dialog))
    Mnemonics(dialog)
    dialog.show()
    texts = [form.labelForField(field).text() for field in dialog.findChildren(QLineEdit)]
    assert texts == ["A&b", "&A", "B && &C", "???"]
    assert twice(dialog) == []
    assert unreached(dialog) == [""]


def test_fields_that_come_later_get_letters_of_their_own(qtbot):
    dialog = TaskDialog("Copy")
    qtbot.addWidget(dialog)
    dialog.show()
    form = QFormLayout()
    form.addRow("Name", QLineEdit(dialog))
    form.addRow("Folder", QLineEdit(dialog))
    dialog.fields.addLayout(form)
    dialog.ask("Where to?", "Copy")
    qtbot.waitUntil(lambda: sorted(letters(dialog)) == ["F", "N"])


def test_two_with_one_letter_are_noticed(qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    for text in ("&Name", "&Number"):
        layout.addWidget(QCheckBox(text, window))
    window.show()
    assert twice(window) == ["N"]
