# SPDX-License-Identifier: GPL-2.0-or-later
"""The dock's context menus."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QAction, QKeySequence
from qgis.PyQt.QtWidgets import QMenu

from cog_browser.adapters.i18n import tr
from cog_browser.cog.description import VALID
from cog_browser.gui.help import show_help
from cog_browser.gui.icons import icon
from cog_browser.gui.manage.actions import add_to_objects_menu, add_to_place_menu, show_keys
from cog_browser.gui.many.menu import add_many_to_menu
from cog_browser.gui.objects.object_actions import CHECK_SERVER, REPAIR
from cog_browser.gui.place import Place

if TYPE_CHECKING:
    from cog_browser.gui.dock import CogBrowserDock


def place_menu(dock: CogBrowserDock, place: Place | None) -> QMenu:
    """The menu of a row of the tree; None is the tree's empty part."""
    menu = _menu(dock)
    if place is None:
        menu.deleteLater()
        return connections_menu(dock)

    add = partial(add_entry, menu)
    add(tr("Refresh"), lambda: dock.refresh_requested.emit(place), "refresh")
    if dock.tree_model.takes_objects(place):
        add(tr("Publish here…"), lambda: dock.publish_requested.emit(place), "publish")
    if place.container:
        add(tr("Validate all…"), lambda: dock.validate_requested.emit(place))
        add_to_place_menu(dock, menu, place)
        return menu
    connection_id, is_web = place.connection_id, dock.tree_model.is_web(place)
    if not is_web:
        add(tr("New container…"), lambda: dock.new_container_requested.emit(connection_id))
        add(tr("Unfinished uploads…"), lambda: dock.unfinished_requested.emit(connection_id))
    menu.addSeparator()
    add(tr("Sign in…"), lambda: dock.sign_in_requested.emit(connection_id))
    add(tr("Sign out"), lambda: dock.sign_out_requested.emit(connection_id), "sign-out")
    menu.addSeparator()
    add(tr("Edit connection…"), lambda: dock.edit_connection_requested.emit(connection_id))
    connection = dock.tree_model.connection(connection_id)
    is_swift = connection is not None and connection.kind == "swift"
    export = menu.addMenu(tr("Export connection")) if is_swift else None
    for form in ("openrc.sh", "clouds.yaml") if export else ():
        action = export.addAction(tr("As {form}…").format(form=form))
        action.triggered.connect(
            lambda _checked=False, form=form: dock.export_requested.emit(connection_id, form)
        )
    add(tr("Remove connection…"), lambda: dock.remove_connection_requested.emit(connection_id))
    return menu


def connections_menu(dock: CogBrowserDock) -> QMenu:
    """What concerns all connections, and the unfinished uploads of the one that is shown."""
    menu = _menu(dock)
    menu.addAction(dock.new_connection_action)
    for text, signal in (
        (tr("Import connections…"), dock.import_requested),
        (tr("Accounts…"), dock.accounts_requested),
    ):
        action = menu.addAction(text)
        action.triggered.connect(lambda _checked=False, signal=signal: signal.emit())
    unfinished = menu.addAction(tr("Unfinished uploads…"))
    unfinished.triggered.connect(lambda _checked=False: _show_unfinished(dock))
    menu.aboutToShow.connect(lambda: unfinished.setEnabled(dock.current_place is not None))
    menu.addSeparator()
    menu.addAction(tr("Help")).triggered.connect(
        lambda _checked=False: show_help(dock.objectName(), dock)
    )
    return menu


def _show_unfinished(dock: CogBrowserDock) -> None:
    if dock.current_place is not None:
        dock.unfinished_requested.emit(dock.current_place.connection_id)


def objects_menu(dock: CogBrowserDock) -> QMenu:
    """The menu of the selected objects."""
    menu = _menu(dock)
    _add_add(dock, menu)
    add_many_to_menu(dock, menu)
    menu.addSeparator()
    addresses = dock.selected_addresses() if dock.selected_count == 1 else ()
    for text, name in (
        (tr("Make it a proper COG…"), REPAIR),
        (tr("Check server…"), CHECK_SERVER),
    ):
        action = menu.addAction(text)
        is_web = bool(addresses) and dock.tree_model.is_web(addresses[0].place)
        enable(action, bool(addresses), tr("Select one object."))
        if is_web and name == REPAIR:
            enable(action, False, tr("A web address can only be read."))
        elif name == REPAIR and addresses and _is_valid(dock):
            enable(action, False, tr("It is a valid COG."))
        action.triggered.connect(
            lambda _checked=False, name=name: dock.object_action_requested.emit(name, addresses[0])
        )
    add_to_objects_menu(dock, menu)
    menu.addSeparator()
    menu.addAction(dock.refresh_action)
    dock.refresh_action.setShortcutVisibleInContextMenu(True)
    _add_orders(dock, menu.addMenu(tr("Sort by")))
    menu.addAction(dock.show_badges_action)
    return menu


def _add_orders(dock: CogBrowserDock, menu: QMenu) -> None:
    """What a click on a title of the table does, for who has no mouse."""
    model, header = dock.objects_model, dock.table.horizontalHeader()
    shown, order = header.sortIndicatorSection(), header.sortIndicatorOrder()
    up, down = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
    for column in range(model.columnCount()):
        action = menu.addAction(model.headerData(column, Qt.Orientation.Horizontal))
        action.setCheckable(True)
        action.setChecked(column == shown)
        wanted = down if column == shown and order == up else up
        action.triggered.connect(partial(_sort, dock, column, wanted))


def _sort(dock: CogBrowserDock, column: int, order: Qt.SortOrder, *_: object) -> None:
    dock.table.sortByColumn(column, order)


def _add_add(dock: CogBrowserDock, menu: QMenu) -> None:
    """“Add to map” with its key, which the table takes itself: Enter opens folders as well."""
    add = dock.add_action
    action = menu.addAction(add.icon(), add.text())
    action.setEnabled(add.isEnabled())
    action.setToolTip(add.toolTip())
    action.triggered.connect(lambda _checked=False: add.trigger())
    show_keys(action, QKeySequence(Qt.Key.Key_Return))


def _is_valid(dock: CogBrowserDock) -> bool:
    """Whether the selected object's badge says so already."""
    badge_of, entries = dock.objects_model.badge_of, dock.selection.entries(1)
    return badge_of is not None and bool(entries) and badge_of(entries[0]) == VALID


def add_entry(menu: QMenu, text: str, run: Callable[[], None], icon_name: str = "") -> None:
    """An entry that does something when it is chosen."""
    action = menu.addAction(text)
    if icon_name:
        action.setIcon(icon(icon_name))
    action.triggered.connect(lambda _checked=False: run())


def enable(action: QAction, is_possible: bool, why_not: str) -> None:
    """Enable it, or say in its tool tip why it can't be chosen."""
    action.setEnabled(is_possible)
    action.setToolTip(action.text() if is_possible else why_not)


def _menu(dock: CogBrowserDock) -> QMenu:
    menu = QMenu(dock)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setToolTipsVisible(True)
    return menu
