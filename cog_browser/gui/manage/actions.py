# SPDX-License-Identifier: GPL-2.0-or-later
"""The entries of the panel's menus that change what is in a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QAction, QKeySequence
from qgis.PyQt.QtWidgets import QMenu

from cog_browser.adapters.i18n import tr
from cog_browser.gui.manage.address_forms import COMMAND, NAME, PATH, PYTHON, URL
from cog_browser.gui.manage.chosen import Chosen, chosen_in_table, chosen_place
from cog_browser.gui.place import Place

if TYPE_CHECKING:
    from cog_browser.gui.dock import CogBrowserDock

DELETE, DELETE_CONTAINER, SHARE = "delete", "delete-container", "share"
RENAME, COPY_TO, ACCESS, DOWNLOAD = "rename", "copy-to", "access", "download"
EARTH_ENGINE = "earth-engine"
#: In the table and in the tree. Qt makes key sequences of these only when there is an application.
SHORTCUTS = {
    DELETE: QKeySequence.StandardKey.Delete,
    DELETE_CONTAINER: QKeySequence.StandardKey.Delete,
    RENAME: Qt.Key.Key_F2,
}


def show_keys(action: QAction, keys: QKeySequence) -> None:
    """Let a menu say by which keys it is done; those who do it are elsewhere."""
    action.setShortcut(keys)
    action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
    action.setShortcutVisibleInContextMenu(True)


def add_to_objects_menu(dock: CogBrowserDock, menu: QMenu) -> None:
    """For the selected rows of the table."""
    chosen = chosen_in_table(dock)
    if chosen is not None and not chosen.count:
        add_to_place_menu(dock, menu, chosen.place)
        return
    why_not = _why_not(dock, chosen)
    _add_copies(dock, menu, chosen)
    is_one = chosen is not None and chosen.object_count == chosen.count == 1
    needs = "" if chosen else why_not
    _add(dock, menu, tr("Download…"), DOWNLOAD, chosen, needs)
    _add(dock, menu, tr("Share link…"), SHARE, chosen, why_not or _one(is_one))
    why_not_there = _why_not_earth_engine(dock, chosen)
    _add(dock, menu, tr("Earth Engine asset…"), EARTH_ENGINE, chosen, why_not_there)
    _add_moves(dock, menu, chosen, why_not)


def add_to_place_menu(dock: CogBrowserDock, menu: QMenu, place: Place) -> None:
    """For a container or folder."""
    chosen = chosen_place(place)
    why_not = _why_not(dock, chosen)
    menu.addSeparator()
    _add(dock, menu, tr("Download…"), DOWNLOAD, chosen, "")
    if place.prefix:
        _add_moves(dock, menu, chosen, why_not)
    else:
        _add(dock, menu, tr("Public or private…"), ACCESS, chosen, why_not)
        _add(dock, menu, tr("Delete container…"), DELETE_CONTAINER, chosen, why_not)


def _add_copies(dock: CogBrowserDock, menu: QMenu, chosen: Chosen | None) -> None:
    why_not = "" if chosen and chosen.object_count else tr("Select objects first.")
    submenu = menu.addMenu(tr("Copy as"))
    submenu.setToolTipsVisible(True)
    for text, form in (
        (tr("Name"), NAME),
        (tr("URL"), URL),
        (tr("GDAL path"), PATH),
        (tr("GDAL command"), COMMAND),
        (tr("Python"), PYTHON),
    ):
        _add(dock, submenu, text, form, chosen, why_not)


def _add_moves(dock: CogBrowserDock, menu: QMenu, chosen: Chosen | None, why_not: str) -> None:
    _add(dock, menu, tr("Rename or move…"), RENAME, chosen, why_not)
    _add(dock, menu, tr("Copy to…"), COPY_TO, chosen, _why_not_chosen(dock, chosen))
    _add(dock, menu, tr("Delete…"), DELETE, chosen, why_not)


def _one(is_one: bool) -> str:
    return "" if is_one else tr("Select one object.")


def _why_not(dock: CogBrowserDock, chosen: Chosen | None) -> str:
    """Why it can't be changed."""
    if chosen is not None and dock.tree_model.is_web(chosen.place):
        return tr("A web address can only be read.")
    return _why_not_chosen(dock, chosen)


def _why_not_chosen(dock: CogBrowserDock, chosen: Chosen | None) -> str:
    if chosen is None and dock.selected_count:  # found by a search in all containers
        return tr("Select objects of one container.")
    if chosen is None:
        return tr("Select objects or folders first.")
    return ""


def _why_not_earth_engine(dock: CogBrowserDock, chosen: Chosen | None) -> str:
    if chosen is None or not chosen.object_count or chosen.folders:
        return tr("Select objects, and no folders.")
    connection = dock.tree_model.connection(chosen.place.connection_id)
    if connection is None or connection.kind != "gs":
        return tr(
            "Earth Engine reads COGs from Google Cloud Storage only. Put the object into a bucket "
            "there, and open it through a connection to Google."
        )
    return ""


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
    if name in SHORTCUTS:
        show_keys(action, QKeySequence(SHORTCUTS[name]))
    action.triggered.connect(lambda _checked=False: dock.manage_requested.emit(name, chosen))
    return action
