# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes all of the panel usable without a mouse, where Qt alone doesn't."""

from __future__ import annotations

from qgis.PyQt.QtCore import QEvent, QObject, Qt
from qgis.PyQt.QtGui import QAction, QKeyEvent, QKeySequence
from qgis.PyQt.QtWidgets import QToolBar, QToolButton, QWidget

from cog_browser.gui.dock import CogBrowserDock
from cog_browser.gui.help import help_action

_KEYS = (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress)
_OPENING = (Qt.Key.Key_Down, Qt.Key.Key_F4)


class KeyboardUse(QObject):
    """Thread: main."""

    def __init__(self, dock: CogBrowserDock) -> None:
        super().__init__(dock)
        self._dock = dock
        help_action(dock)
        dock.up_action.setShortcut(QKeySequence(Qt.Modifier.ALT | Qt.Key.Key_Up))
        dock.up_action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        buttons = [button for bar in dock.findChildren(QToolBar) for button in _buttons(bar)]
        for button in buttons:
            # Qt takes the buttons of toolbars out of the tab order.
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.installEventFilter(self)
        find = (dock.find.line, dock.find.rasters, dock.find.more)
        order = (*buttons, dock.tree, *find, dock.table, dock.details.switch)
        for before, after in zip(order, order[1:]):
            dock.setTabOrder(before, after)
        for widget in (dock.table, dock.tree, dock):
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _KEYS and isinstance(event, QKeyEvent):
            action = _action_of(watched, event)
            if action is not None and event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if action is not None:
                action.trigger()
                return True
            is_menu = isinstance(watched, QToolButton) and watched.menu() is not None
            if is_menu and event.type() == QEvent.Type.KeyPress and event.key() in _OPENING:
                watched.showMenu()
                return True
        elif event.type() == QEvent.Type.FocusIn and watched is self._dock.table:
            self._begin_with_a_row()
        return False

    def _begin_with_a_row(self) -> None:
        """So that Shift+F10, F2 and arrows have something to begin with."""
        table = self._dock.table
        if not table.currentIndex().isValid() and table.model().rowCount():
            index = table.model().index(0, 0)
            table.selectionModel().setCurrentIndex(
                index, table.selectionModel().SelectionFlag.NoUpdate
            )


def _action_of(watched: QObject, event: QKeyEvent) -> QAction | None:
    """The widget's own action for the key.

    QGIS's window wants F1, F5 and others as well. Of two actions that want a key Qt runs neither;
    but a widget that takes the key for itself comes before both.
    """
    if not isinstance(watched, QWidget):
        return None
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    pressed = QKeySequence(int(getattr(modifiers, "value", modifiers)) | event.key())
    fitting = (a for a in watched.actions() if a.isEnabled() and pressed in a.shortcuts())
    return next(fitting, None)


def _buttons(bar: QToolBar) -> list[QToolButton]:
    """From left to right."""
    found = (bar.widgetForAction(action) for action in bar.actions())
    return [widget for widget in found if isinstance(widget, QToolButton)]
