# SPDX-License-Identifier: GPL-2.0-or-later
"""The entries of the panel's menus that change what is in a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtGui import QAction
from qgis.PyQt.QtWidgets import QMenu

from cog_browser.adapters.i18n import tr
from cog_browser.gui.manage.chosen import Chosen, chosen_in_table, chosen_place
from cog_browser.gui.place import Place

if TYPE_CHECKING:
    from cog_browser.gui.dock import CogBrowserDock

DELETE, DELETE_CONTAINER = "delete", "delete-container"


def add_to_objects_menu(dock: CogBrowserDock, menu: QMenu) -> None:
    """For the selected rows of the table."""
    chosen = chosen_in_table(dock)
    if chosen is not None and not chosen.count:
        add_to_place_menu(dock, menu, chosen.place)
        return
    why_not = _why_not(dock, chosen)
    menu.addSeparator()
    _add(dock, menu, tr("Delete…"), DELETE, chosen, why_not)


def add_to_place_menu(dock: CogBrowserDock, menu: QMenu, place: Place) -> None:
    """For a container or folder."""
    chosen = chosen_place(place)
    why_not = _why_not(dock, chosen)
    menu.addSeparator()
    if place.prefix:
        _add(dock, menu, tr("Delete…"), DELETE, chosen, why_not)
    else:
        _add(dock, menu, tr("Delete container…"), DELETE_CONTAINER, chosen, why_not)


def _why_not(dock: CogBrowserDock, chosen: Chosen | None) -> str:
    if chosen is None:
        return tr("Select objects or folders first.")
    return tr("A web address can only be read.") if dock.tree_model.is_web(chosen.place) else ""


def _add(
    dock: CogBrowserDock,
    menu: QMenu,
    text: str,
    name: str,
    chosen: Chosen | None,
    why_not: str,
) -> QAction:
    action = menu.addAction(text)
    action.setEnabled(not why_not)
    action.setToolTip(why_not or text)
    action.triggered.connect(lambda _checked=False: dock.manage_requested.emit(name, chosen))
    return action
