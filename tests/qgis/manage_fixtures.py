# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of the panel's managing actions share: menus, dialogs, a look behind."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest
from qgis.PyQt import sip
from qgis.PyQt.QtWidgets import QApplication

from cog_browser.gui.manage.task_dialog import TaskDialog
from cog_browser.gui.menus import objects_menu, place_menu


def shoot(widget, name: str) -> None:
    """A picture for who looks at the dialogs: SCREENSHOTS=folder."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        QApplication.processEvents()
        widget.grab().save(str(Path(folder) / f"{name}.png"))


class Manager:
    """Chooses from the panel's menus and answers its dialogs, as a person does."""

    def __init__(self, ui, dock, stack, bar):
        self._ui, self._dock, self._stack, self._bar = ui, dock, stack, bar

    def choose(self, text, *, place=None):
        """An entry of the table's menu, or of a place's; “A > B” is in a submenu."""
        menu = objects_menu(self._dock) if place is None else place_menu(self._dock, place)
        actions = menu.actions()
        for part in text.split(" > "):
            [action] = [a for a in actions if a.text() == part]
            actions = action.menu().actions() if action.menu() else []
        assert action.isEnabled(), action.toolTip()
        action.trigger()
        menu.deleteLater()

    def dialog(self, kind=TaskDialog):
        """The one of that kind that is open, once it is."""

        def found():
            return [d for d in self._dock.findChildren(kind) if d.isVisible()]

        self._ui.wait(lambda: len(found()) == 1)
        return found()[0]

    def asked(self):
        """The task dialog once it asks."""
        dialog = self.dialog()
        self._ui.wait(dialog.ok_button.isVisible)
        return dialog

    def ended(self, dialog):
        """What the dialog says in the end, or the message bar where it closes by itself."""
        self._ui.wait(lambda: self._is_gone(dialog) or dialog.cancel_button.text() == "Close")
        return self._bar.currentItem().text() if self._is_gone(dialog) else dialog.text.text()

    @staticmethod
    def _is_gone(dialog):
        return sip.isdeleted(dialog) or not dialog.isVisible()

    def select(self, *names):
        self._dock.table.clearSelection()
        model, selection = self._dock.objects_model, self._dock.table.selectionModel()
        flag = selection.SelectionFlag
        for name in names:
            index = model.index(self._ui.rows().index(name), 0)
            selection.select(index, flag.Select | flag.Rows)

    def keys(self, container):
        """What the store lists, without the code under test."""
        with closing(self._stack.connection("demo")) as behind:
            return [row["name"] for row in behind.get_container(container, full_listing=True)[1]]


@pytest.fixture
def manager(ui, dock, controller, stack, message_bar):
    return Manager(ui, dock, stack, message_bar)
