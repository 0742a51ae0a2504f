# SPDX-License-Identifier: GPL-2.0-or-later
"""The rows of QGIS's Browser panel. They do no I/O: `place_listing` fills them.

All of them are `Fast`: QGIS then asks for children on the main thread, where ours only begin a
listing. Without that, it runs `createChildren` in a thread of its own, makes the items there, and
waits for that thread wherever it deletes an item; with Python's lock held, that is for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsDataCollectionItem,
    QgsDataItem,
    QgsLayerItem,
    QgsMimeDataUtils,
)
from qgis.PyQt.QtGui import QIcon

from cog_browser.adapters.i18n import tr
from cog_browser.gui.find.name_filter import is_raster
from cog_browser.gui.icons import icon, row_icon
from cog_browser.gui.layers.drop_handler import PROVIDER_KEY, uri_of
from cog_browser.gui.place import DELIMITER, ObjectAddress, Place
from cog_browser.gui.qgis_browser.place_listing import PlaceListing
from cog_browser.gui.text import entry_size_text, one_line, time_text, tool_tip
from cog_browser.storage.connection import Connection
from cog_browser.storage.models import ObjectEntry

if TYPE_CHECKING:
    from cog_browser.gui.qgis_browser.browser import QgisBrowser

_FAST = Qgis.BrowserItemCapability.Fast | Qgis.BrowserItemCapability.Fertile
# How QGIS sorts the rows of one parent. Notes say what is wrong with the rest: they come first.
_NOTE, _PLACE, _OBJECT, _LAST = "0", "1", "2", "3"


class _Branch(QgsDataCollectionItem):
    """A row with rows below it, which it knows itself.

    PyQGIS's `children()` makes Python the owner of all of them, which deletes them under QGIS.
    """

    def __init__(self, parent: QgsDataItem | None, name: str, path: str) -> None:
        super().__init__(parent, name, path, PROVIDER_KEY)
        self.rows: dict[str | ObjectEntry, PlaceItem | ObjectItem] = {}
        self._notes: list[NoteItem] = []
        self.setCapabilitiesV2(_FAST)

    def put(self, key: str | ObjectEntry, row: PlaceItem | ObjectItem) -> None:
        self.rows[key] = row
        self.addChildItem(row, True)

    def take(self, key: str | ObjectEntry) -> None:
        row = self.rows.pop(key)
        if isinstance(row, PlaceItem):
            for place in (row, *row.places()):
                place.listing.stop()
        self.deleteChildItem(row)

    def note(self, text: str, act: Callable[[], None], **more: Any) -> None:
        """Say something below this; see `NoteItem`."""
        self._notes.append(NoteItem(self, text, act, **more))
        self.addChildItem(self._notes[-1], True)

    def remove_notes(self) -> None:
        while self._notes:
            self.deleteChildItem(self._notes.pop())

    def places(self) -> Iterator[PlaceItem]:
        """All places that are known below this."""
        for row in self.rows.values():
            if isinstance(row, PlaceItem):
                yield row
                yield from row.places()


class RootItem(_Branch):
    """All connections."""

    def __init__(self, browser: QgisBrowser) -> None:
        super().__init__(None, tr("COG Browser"), f"{PROVIDER_KEY}:")
        self._browser = browser
        self.setIcon(icon("cog_browser"))

    def populate(self, *_given: Any) -> None:
        """QGIS wants the children."""
        self.setState(Qgis.BrowserItemState.Populated)
        self.show_connections()

    def refresh(self, *_given: Any) -> None:
        """The user wants it anew; QGIS asks the children by itself."""
        if self.state() != Qgis.BrowserItemState.NotPopulated:
            self.show_connections()

    def show_connections(self) -> None:
        """Add and remove rows until they are the saved connections."""
        self.remove_notes()
        wanted = {connection.id: connection for connection in self._browser.connections()}
        for connection_id, row in list(self.rows.items()):
            if wanted.get(connection_id) == row.connection:
                del wanted[connection_id]
            else:
                self.take(connection_id)
        for connection in wanted.values():
            place = Place(connection.id)
            self.put(connection.id, PlaceItem(self, self._browser, place, connection))
        if not self.rows:
            add = self._browser.accounts.add
            self.note(tr("Add a connection…"), add, icon=icon("add-connection"))


class PlaceItem(_Branch):
    """A connection, a container or a folder."""

    def __init__(
        self, parent: _Branch, browser: QgisBrowser, place: Place, connection: Connection
    ) -> None:
        name = place.name.removesuffix(DELIMITER) or place.name or connection.name
        path = _path(parent, place.name or place.connection_id)
        super().__init__(parent, one_line(name), path)
        self.place, self.connection, self._browser = place, connection, browser
        self.awaits_sign_in = False
        self.listing = PlaceListing(self, browser)
        self.setSortKey(_PLACE + name)
        where = [connection.name, connection.service_url, connection.region]
        tip = place.prefix or place.container or "\n".join(part for part in where if part)
        self.setToolTip(tool_tip(tip))
        if place.container:
            self.setIcon(row_icon("folder" if place.prefix else "container"))
        self.show_signed_in(browser.sessions.is_signed_in(connection.id))

    def show_signed_in(self, is_signed_in: bool) -> None:
        """The icon of a connection. It is drawn with the next change of its state."""
        if not self.place.container:
            self.setIcon(row_icon("connection" if is_signed_in else "connection-offline"))

    def populate(self, *_given: Any) -> None:
        """QGIS wants the children: they come when they are listed."""
        if self.state() == Qgis.BrowserItemState.NotPopulated:
            self.listing.start()

    def refresh(self, *_given: Any) -> None:
        """List it anew, if it was listed: QGIS asks this of closed rows as well."""
        if self.state() != Qgis.BrowserItemState.NotPopulated:
            self.listing.start()

    def add(self, key: str | ObjectEntry) -> None:
        """One more row: an object, or the name of a container or folder."""
        if isinstance(key, ObjectEntry):
            self.put(key, ObjectItem(self, self._browser, self.place, key))
        else:
            place = self.place.child(key)
            self.put(key, PlaceItem(self, self._browser, place, self.connection))

    def forget(self) -> None:
        """The user has signed out: drop what is known."""
        self.listing.stop()
        for key in list(self.rows):
            self.take(key)
        if self.state() != Qgis.BrowserItemState.NotPopulated:
            self.listing.show_sign_in(tr("Sign in to see what is in it."))


class ObjectItem(QgsLayerItem):
    """An object. QGIS's own ways to add a layer lead to `DropHandler`, and so into a worker.

    It has no layer source, and a layer type that QGIS opens nowhere by itself: neither for the
    properties below its Browser panel, nor where it lets the user choose a raster.
    """

    def __init__(
        self, parent: _Branch, browser: QgisBrowser, place: Place, entry: ObjectEntry
    ) -> None:
        shown = entry.key[len(place.prefix) :] or entry.key
        path = _path(parent, entry.key[len(place.prefix) :])
        kind = Qgis.BrowserLayerType.Plugin
        super().__init__(parent, one_line(shown), path, "", kind, PROVIDER_KEY)
        self.address = ObjectAddress(place.connection_id, entry.container, entry.key)
        self.entry = entry
        self._browser = browser
        self.setSortKey(_OBJECT + shown)
        self.setToolTip(tool_tip(self.about))
        self.setIcon(row_icon("raster" if is_raster(entry) else "object"))
        self.setState(Qgis.BrowserItemState.Populated)

    @property
    def about(self) -> str:
        """Name, size, time and type, in lines."""
        time = self.entry.last_modified
        facts = (entry_size_text(self.entry), time_text(time) if time else "")
        lines = [self.entry.key, ", ".join(part for part in facts if part), self.entry.content_type]
        return "\n".join(one_line(line) for line in lines if line)

    def hasDragEnabled(self) -> bool:
        return True

    def mimeUris(self) -> list[QgsMimeDataUtils.Uri]:
        return [uri_of(self.address)]

    def handleDoubleClick(self) -> bool:
        """For windows other than QGIS's Browser panel, which hands over `mimeUris`."""
        self._browser.add_layers((self.address,))
        return True


class NoteItem(QgsDataItem):
    """A row that says something, and does something when it is double-clicked."""

    def __init__(
        self,
        parent: QgsDataItem,
        text: str,
        act: Callable[[], None],
        *,
        icon: QIcon | None = None,
        tip: str = "",
        is_last: bool = False,
    ) -> None:
        kind, path = Qgis.BrowserItemType.Custom, f"{parent.path()}/{'?last' if is_last else '?'}"
        super().__init__(kind, parent, one_line(text), path, PROVIDER_KEY)
        self.act = act
        self.setSortKey((_LAST if is_last else _NOTE) + text)
        self.setToolTip(tool_tip(tip or text))
        self.setIcon(icon or QgsApplication.getThemeIcon("/mIconWarning.svg"))
        self.setState(Qgis.BrowserItemState.Populated)

    def handleDoubleClick(self) -> bool:
        self.act()
        return True


def _path(parent: QgsDataItem, name: str) -> str:
    """What QGIS knows a row by, also in the next session: no two rows of a parent share it.

    Quoted, a name has neither “/”, at which QGIS cuts paths, nor the “?” of notes.
    """
    return f"{parent.path()}/{quote(name, safe='', errors='surrogatepass')}"
