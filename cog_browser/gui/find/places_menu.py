# SPDX-License-Identifier: GPL-2.0-or-later
"""The menu of favourites and recent objects, behind its button in the toolbar."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QMenu, QToolButton, QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.gui.find.saved_places import (
    favourites,
    forget_recent,
    is_favourite,
    recent_objects,
    set_favourite,
)
from cog_browser.gui.icons import icon
from cog_browser.gui.place import ObjectAddress, Place
from cog_browser.gui.text import one_line
from cog_browser.storage.connection import Connection

_LONGEST = 60  # characters of an entry


class PlacesMenu(QObject):
    """Filled anew whenever it opens."""

    chosen = pyqtSignal(object, object)  # Place, ObjectAddress or None
    removed = pyqtSignal(object)  # Place, from the favourites

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.connections: Iterable[Connection] = ()
        self.current: Place | None = None
        self.menu = QMenu(parent)
        self.menu.aboutToShow.connect(self.fill)
        self.button = QToolButton(parent)
        self.button.setIcon(icon("favourite"))
        self.button.setText(tr("Favourites"))
        self.button.setToolTip(tr("Favourites and recent objects"))
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.button.setAutoRaise(True)
        self.button.setMenu(self.menu)

    def fill(self) -> None:
        self.menu.clear()
        current = self.current
        if current is not None and current.container:
            is_one = is_favourite(current)
            action = self.menu.addAction(_star_text(is_folder=bool(current.prefix), is_one=is_one))
            action.triggered.connect(partial(self._toggle, current, not is_one))
        connections = list(self.connections)
        for connection in connections:
            places = favourites(connection.id)
            if places:
                self.menu.addSection(_plain(connection.name))
            for place in places:
                self._add(f"{place.container}/{place.prefix}".rstrip("/"), "favourite", place, None)
        recent = [one for connection in connections for one in recent_objects(connection.id)]
        if recent:
            self.menu.addSection(tr("Recent objects"))
            for address in recent:
                self._add(f"{address.container}/{address.key}", "raster", address.place, address)
            action = self.menu.addAction(tr("Forget recent objects"))
            action.triggered.connect(lambda *_: [forget_recent(one.id) for one in connections])
        if self.menu.isEmpty():
            self.menu.addAction(tr("No favourites yet")).setEnabled(False)

    def _toggle(self, place: Place, is_one: bool, *_: object) -> None:
        set_favourite(place, is_one)
        if not is_one:
            self.removed.emit(place)

    def _add(self, text: str, icon_name: str, place: Place, address: ObjectAddress | None) -> None:
        action = self.menu.addAction(icon(icon_name), _plain(text))
        action.triggered.connect(lambda *_: self.chosen.emit(place, address))


def _star_text(*, is_folder: bool, is_one: bool) -> str:
    if is_folder:
        remove = tr("Remove this folder from the favourites")
        return remove if is_one else tr("Add this folder to the favourites")
    remove = tr("Remove this container from the favourites")
    return remove if is_one else tr("Add this container to the favourites")


def _plain(text: str) -> str:
    """With “&” as itself, and its middle left out where it is long."""
    text = one_line(text)
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST // 2 - 1]}…{text[-_LONGEST // 2 :]}"
    return text.replace("&", "&&")
