# SPDX-License-Identifier: GPL-2.0-or-later
"""Puts the connections into QGIS's own Browser panel, and keeps its rows as the accounts are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from qgis.gui import QgsGui
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject

from cog_browser.adapters.sessions import Sessions
from cog_browser.adapters.workers import Job, Workers
from cog_browser.gui.controller import BrowserController
from cog_browser.gui.dock import CogBrowserDock
from cog_browser.gui.manage.address_forms import URL
from cog_browser.gui.manage.chosen import Chosen
from cog_browser.gui.place import ObjectAddress, Place
from cog_browser.gui.qgis_browser.items import ObjectItem, PlaceItem, RootItem
from cog_browser.gui.qgis_browser.providers import ItemProvider, MenuProvider
from cog_browser.storage.connection import Connection
from cog_browser.storage.store import ObjectStore


class QgisBrowser(QObject):
    """One for each load of the plugin. Thread: main."""

    def __init__(
        self,
        dock: CogBrowserDock,
        controller: BrowserController,
        sessions: Sessions,
        workers: Workers,
    ) -> None:
        super().__init__()
        self._dock, self._controller, self._workers = dock, controller, workers
        self.sessions, self.accounts = sessions, controller.accounts
        self._is_stopped = False
        self._roots: list[RootItem] = []  # one for each model that QGIS has
        sessions.repository.changed.connect(self._on_connections)
        sessions.signed_in.connect(self._on_signed_in)
        sessions.signed_out.connect(self._on_signed_out)
        self.menus = MenuProvider(self)
        QgsGui.dataItemGuiProviderRegistry().addProvider(self.menus)
        self._items = ItemProvider(self.make_root)

    def stop(self) -> None:
        """Take all rows out of QGIS; nothing that runs is told to them."""
        if self._is_stopped:
            return
        self._is_stopped = True
        for item in self._places():
            item.listing.stop()
        self._items.remove()
        QgsGui.dataItemGuiProviderRegistry().removeProvider(self.menus)
        self.sessions.repository.changed.disconnect(self._on_connections)
        self.sessions.signed_in.disconnect(self._on_signed_in)
        self.sessions.signed_out.disconnect(self._on_signed_out)
        self._roots.clear()

    # What the rows ask

    def make_root(self) -> RootItem:
        root = RootItem(self)
        self._roots = [*self._live_roots(), root]
        return root

    def connections(self) -> list[Connection]:
        return self.sessions.repository.all()

    def run(self, function: Callable[[Job], Any], **callbacks: Any) -> Job:
        """In a worker."""
        return self._workers.run(function, **callbacks)

    # What their menus do

    def add_layers(self, addresses: Sequence[ObjectAddress]) -> None:
        """Add objects to the map; opened in workers."""
        self._controller.add_layers(tuple(addresses))

    def show_in_panel(
        self, place: Place | None = None, address: ObjectAddress | None = None
    ) -> None:
        """Open the panel, at a place and with an object selected."""
        self._dock.setUserVisible(True)
        if place is not None:
            self._controller.find.go_to(place, address)

    def copy_urls(self, items: Sequence[ObjectItem]) -> None:
        """Of objects of one connection."""
        entries = [item.entry for item in items]
        chosen = Chosen(items[0].address.place, len(entries), lambda: entries)
        self._controller.manage.run(URL, chosen)

    def sign_in(self, connection_id: str) -> None:
        """Ask for the secret if that must be, then list what waits for it."""
        self.accounts.with_store(connection_id, partial(self._on_store, connection_id))

    # What it hears

    def _on_store(self, connection_id: str, _store: ObjectStore) -> None:
        self._on_signed_in(connection_id)

    def _on_signed_in(self, connection_id: str) -> None:
        for item in self._places(connection_id):
            if item.awaits_sign_in:
                item.listing.start()

    def _on_signed_out(self, connection_id: str) -> None:
        for root in self._live_roots():
            if connection_id in root.rows:
                root.rows[connection_id].forget()

    def _on_connections(self) -> None:
        for root in self._live_roots():
            root.refresh()

    def _places(self, connection_id: str = "") -> list[PlaceItem]:
        """Of a connection, or all."""
        found = (item for root in self._live_roots() for item in root.places())
        return [item for item in found if connection_id in ("", item.place.connection_id)]

    def _live_roots(self) -> list[RootItem]:
        return [root for root in self._roots if not sip.isdeleted(root)]
