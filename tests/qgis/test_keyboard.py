# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures are imported)
"""The panel without a mouse: every key is pressed on the widget that has the focus."""

from __future__ import annotations

import pytest
from qgis.core import QgsSettings
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QMenu, QToolBar, QToolButton

from cog_browser.gui.help import HelpWindow
from cog_browser.gui.keyboard import KeyboardUse
from cog_browser.gui.manage.task_dialog import TaskDialog
from cog_browser.gui.menus import objects_menu, place_menu
from cog_browser.gui.place import Place
from cog_browser.gui.tree_model import NodeState
from tests.qgis.manage_fixtures import manager  # noqa: F401 (fixture)
from tests.support.patience import WAIT

KEY = Qt.Key


@pytest.fixture(autouse=True)
def usual(qgis_app):
    QgsSettings().remove("plugins/cog_browser/details")
    yield
    QgsSettings().remove("plugins/cog_browser/details")


@pytest.fixture
def press(dock, controller, qtbot):
    KeyboardUse(dock)
    with qtbot.waitActive(dock, timeout=WAIT):
        dock.activateWindow()

    def key(code, modifier=Qt.KeyboardModifier.NoModifier):
        QTest.keyClick(QApplication.focusWidget(), code, modifier)

    return key


def test_from_the_tree_to_a_layer_and_back(ui, dock, press, saved, container, put, cog, qtbot):
    put("2024/munich.tif", cog.read_bytes(), "image/tiff")
    dock.tree.setFocus()
    ui.wait(dock.tree.hasFocus)
    press(KEY.Key_Down)
    if dock.current_place is None:  # the first press only made the first row current
        press(KEY.Key_Space)
    ui.wait(lambda: dock.current_place == Place(saved.id))
    press(KEY.Key_Return)
    ui.wait(lambda: dock.tree_model.state(Place(saved.id)) is NodeState.READY)
    for _ in range(len(ui.children(Place(saved.id)))):
        if dock.current_place == Place(saved.id, container):
            break
        press(KEY.Key_Down)
    ui.wait(lambda: dock.current_place == Place(saved.id, container))
    ui.wait(lambda: ui.rows() == ["2024"])
    for _ in range(12):
        if QApplication.focusWidget() is dock.table:
            break
        press(KEY.Key_Tab)
    assert QApplication.focusWidget() is dock.table
    assert dock.table.currentIndex().row() == 0  # something to begin with
    press(KEY.Key_Return)
    ui.wait(lambda: ui.rows() == ["munich.tif"])
    ui.wait(lambda: QApplication.focusWidget() is dock.table)  # not on the way's Stop button
    press(KEY.Key_Space)
    ui.wait(lambda: dock.selected_count == 1)
    press(KEY.Key_Return)
    ui.wait(lambda: [layer.name() for layer in ui.layers()] == ["munich.tif"])
    # the message bar is a window of its own in these tests
    with qtbot.waitActive(dock, timeout=WAIT):
        dock.activateWindow()
    press(KEY.Key_Up, Qt.KeyboardModifier.AltModifier)
    ui.wait(lambda: ui.rows() == ["2024"])
    ui.wait(lambda: QApplication.focusWidget() is dock.table)
    press(KEY.Key_Backspace)
    ui.wait(lambda: dock.current_place == Place(saved.id))


def test_tab_reaches_everything_and_comes_round(ui, dock, press, saved, container, put):
    put("a.txt")
    ui.open(Place(saved.id, container))
    dock.tree.setFocus()
    seen = []
    for _ in range(40):
        press(KEY.Key_Tab)
        seen.append(QApplication.focusWidget())
        if seen[-1] is dock.tree:
            break
    assert seen[-1] is dock.tree
    for widget in (dock.table, dock.find.line, dock.find.rasters, dock.details.switch):
        assert widget in seen
    buttons = [
        button
        for bar in dock.findChildren(QToolBar)
        for button in bar.findChildren(QToolButton)
        if button.isVisible() and button.isEnabled()
    ]
    assert buttons
    assert [button.text() for button in buttons if button not in seen] == []


def test_down_opens_the_menu_of_a_button(ui, dock, press, saved, qtbot):
    button = dock.places_menu.button
    button.setFocus()
    opened = []

    def look():
        menu = QApplication.activePopupWidget()
        opened.append(menu)
        if isinstance(menu, QMenu):
            menu.close()

    from qgis.PyQt.QtCore import QTimer

    QTimer.singleShot(100, look)
    press(KEY.Key_Down)
    ui.wait(lambda: opened == [dock.places_menu.menu])


def test_the_menu_sorts(ui, dock, controller, saved, container, put):
    put("a.txt", b"xx")
    put("b.txt", b"x")
    ui.open(Place(saved.id, container))
    for title, rows in (
        ("Size", ["b.txt", "a.txt"]),
        ("Size", ["a.txt", "b.txt"]),
        ("Name", ["a.txt", "b.txt"]),
        ("Name", ["b.txt", "a.txt"]),
    ):
        menu = objects_menu(dock)
        [orders] = [one.menu() for one in menu.actions() if one.text() == "Sort by"]
        [entry] = [one for one in orders.actions() if one.text() == title]
        entry.trigger()
        ui.wait(lambda rows=rows: ui.rows() == rows)
        [shown] = [
            one.text()
            for one in objects_menu(dock).actions()
            if one.menu()
            for one in one.menu().actions()
            if one.isChecked()
        ]
        assert shown == title
    dock.table.sortByColumn(0, Qt.SortOrder.AscendingOrder)


def test_f1_is_help_and_escape_leaves_the_filter(ui, dock, press, saved, container, put):
    put("a.txt")
    ui.open(Place(saved.id, container))
    dock.table.setFocus()
    press(KEY.Key_F1)
    (window,) = dock.findChildren(HelpWindow)
    assert window.windowTitle() == "The panel – COG Browser"
    window.close()
    dock.activateWindow()
    press(KEY.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.focusWidget() is dock.find.line
    QTest.keyClicks(dock.find.line, "zzz")
    ui.wait(dock.notice.isVisible)
    press(KEY.Key_Escape)
    ui.wait(lambda: ui.rows() == ["a.txt"])


def test_keys_that_the_window_wants_as_well_are_the_panels_where_it_has_the_focus(
    ui, dock, controller, saved, container, put, qtbot
):
    from qgis.PyQt.QtGui import QAction, QKeySequence
    from qgis.PyQt.QtWidgets import QMainWindow

    window, theirs, asked = QMainWindow(), [], []
    qtbot.addWidget(window)
    for key in ("F1", "F5", "Del"):  # as QGIS has them
        action = QAction(key, window)
        action.setShortcut(QKeySequence(key))
        action.triggered.connect(lambda _checked=False, key=key: theirs.append(key))
        window.addAction(action)
    window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
    window.resize(500, 700)
    KeyboardUse(dock)
    put("a.txt")
    ui.open(Place(saved.id, container))
    dock.refresh_requested.connect(asked.append)
    try:
        window.show()
        with qtbot.waitActive(window, timeout=WAIT):
            window.activateWindow()
        dock.table.setFocus()
        QTest.keyClick(dock.table, KEY.Key_F5)
        assert asked == [Place(saved.id, container)]
        QTest.keyClick(dock.find.line, KEY.Key_F1)
        assert len(dock.findChildren(HelpWindow)) == 1
        dock.findChildren(HelpWindow)[0].close()
        assert theirs == []
    finally:
        window.removeDockWidget(dock)
        dock.setParent(None)


def test_the_menu_says_by_which_keys_it_is_done(ui, dock, controller, saved, container, put):
    put("a.tif")
    ui.open(Place(saved.id, container))
    ui.click("a.tif")
    menu = objects_menu(dock)
    said = {
        action.text(): action.shortcut().toString()
        for action in menu.actions()
        if not action.shortcut().isEmpty() and action.isShortcutVisibleInContextMenu()
    }
    menu.deleteLater()
    assert said == {
        "Add to map": "Return",
        "Rename or move…": "F2",
        "Delete…": "Del",
        "Refresh": "F5",
    }


def test_delete_and_f2_in_the_tree(
    ui, dock, controller, manager, press, saved, container, put, qtbot
):
    put("2024/a.txt")
    ui.open(Place(saved.id))
    dock.expand(Place(saved.id))
    ui.wait(lambda: dock.tree_model.state(Place(saved.id)) is NodeState.READY)
    dock.tree.setFocus()
    press(KEY.Key_Delete)  # a connection
    press(KEY.Key_F2)
    ui.open(Place(saved.id, container))
    dock.tree.setFocus()
    press(KEY.Key_F2)  # nothing: a container can't be renamed
    assert dock.findChildren(TaskDialog) == []
    press(KEY.Key_Delete)
    dialog = manager.dialog()
    assert dialog.windowTitle() == "Delete container"
    ui.wait(lambda: "is not empty" in dialog.text.text())
    dialog.reject()
    ui.wait(lambda: dock.findChildren(TaskDialog) == [])
    with qtbot.waitActive(dock):
        dock.activateWindow()
    dock.expand(Place(saved.id, container))
    ui.wait(lambda: dock.tree_model.state(Place(saved.id, container)) is NodeState.READY)
    ui.open(Place(saved.id, container, "2024/"))
    dock.tree.setFocus()
    press(KEY.Key_F2)
    assert manager.asked().windowTitle() == "Rename or move"


def test_delete_on_a_container_in_the_table(ui, dock, controller, manager, press, saved, container):
    ui.open(Place(saved.id))
    ui.wait(lambda: dock.state is NodeState.READY)
    dock.table.setFocus()
    dock.table.selectRow(ui.rows().index(container))
    press(KEY.Key_F2)
    assert dock.findChildren(TaskDialog) == []
    press(KEY.Key_Delete)
    dialog = manager.asked()
    assert f"Delete the empty container “{container}”?" in dialog.text.text()


def test_the_menus_tell_the_keys(ui, dock, controller, saved, container, put):
    put("a.txt")
    ui.open(Place(saved.id, container))
    dock.table.selectAll()
    place = Place(saved.id, container)
    found = {
        action.text(): action.shortcut().toString()
        for menu in (objects_menu(dock), place_menu(dock, place))
        for action in menu.actions()
        if action.isShortcutVisibleInContextMenu()
    }
    told = {text: found.get(text) for text in ("Delete…", "Rename or move…", "Delete container…")}
    assert told == {"Delete…": "Del", "Rename or move…": "F2", "Delete container…": "Del"}
