# SPDX-License-Identifier: GPL-2.0-or-later
"""Acts on what the user wants: asks workers, and tells the models what came of it."""

from __future__ import annotations

from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QObject

from cog_browser.adapters.layer_group import DropPlace, LayerGroup
from cog_browser.adapters.sessions import Sessions
from cog_browser.adapters.workers import Workers
from cog_browser.gui.accounts.accounts import Accounts
from cog_browser.gui.algorithm_forms import AlgorithmForms
from cog_browser.gui.details.badges import Badges
from cog_browser.gui.details.details import Details
from cog_browser.gui.dock import CogBrowserDock
from cog_browser.gui.find.find import Find
from cog_browser.gui.find.saved_places import note_recent
from cog_browser.gui.layers.loader import LayerLoader
from cog_browser.gui.layers.vrt_notice import VrtNotice
from cog_browser.gui.listings import Listings
from cog_browser.gui.manage.manage import Manage
from cog_browser.gui.manage.new_container import NewContainers
from cog_browser.gui.many.many import Many
from cog_browser.gui.objects.object_actions import ObjectActions
from cog_browser.gui.place import ObjectAddress, Place
from cog_browser.gui.selection import MAX_LAYERS_AT_ONCE
from cog_browser.gui.transfers.unfinished import UnfinishedUploads
from cog_browser.gui.tree_selection import TreeSelection


class BrowserController(QObject):
    """One for each dock. Thread: main."""

    def __init__(
        self,
        dock: CogBrowserDock,
        sessions: Sessions,
        workers: Workers,
        message_bar: QgsMessageBar,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._dock, self._tree = dock, dock.tree_model
        self._sessions, self._workers, self._bar = sessions, workers, message_bar
        self.accounts = Accounts(sessions, workers, message_bar, dock)
        self.listings = Listings(
            dock, workers, self.accounts, message_bar, self._on_accepted, self._on_rejected
        )
        self.loader = LayerLoader(workers, message_bar, self._on_rejected, self)
        self.object_actions = ObjectActions(self.accounts, workers, message_bar, dock, self.refresh)
        self.manage = Manage(dock, self.accounts, workers, message_bar, self.refresh)
        self.new_containers = NewContainers(
            dock, self.accounts, self.listings, workers, message_bar
        )
        self.unfinished = UnfinishedUploads(
            sessions, self.accounts, workers, message_bar, dock, self.refresh
        )
        self.details = Details(dock, sessions, workers, self.accounts, self)
        self.many = Many(self, dock, self.details.headers, workers, message_bar)
        self.find = Find(dock, self.listings, sessions, message_bar)
        TreeSelection(dock)
        self._badges = Badges(dock, self.details.headers, self)
        self._forms = AlgorithmForms(sessions.repository, message_bar, self.refresh)
        self._vrt_notice = VrtNotice(workers, message_bar, self)
        self._is_stopped = False
        self._connect()
        self._show_connections()

    # What others may ask

    def refresh(self, connection_id: str, container: str = "", prefix: str = "") -> None:
        """List a folder anew, and the nearest folder above it that the tree knows."""
        self.listings.refresh(connection_id, container, prefix)

    def add_layers(
        self,
        addresses: tuple[ObjectAddress, ...],
        group: str = "",
        dropped: DropPlace | None = None,
    ) -> None:
        """Open objects in workers and add them to the project, in this order; see the loader.

        With ``group`` they come into a new group of that name, the first one on top, whatever
        connections they are of. None of them where they are too many.
        """
        if len(addresses) > MAX_LAYERS_AT_ONCE:
            self.many.tell_too_many(len(addresses))
            return
        note_recent(addresses)
        by_connection: dict[str, list[ObjectAddress]] = {}
        for address in addresses:
            by_connection.setdefault(address.connection_id, []).append(address)
        target = LayerGroup(group, addresses, dropped) if group else dropped
        for connection_id, found in by_connection.items():
            self.accounts.with_store(
                connection_id, lambda store, some=tuple(found): self.loader.add(store, some, target)
            )

    def stop(self) -> None:
        """Cancel all that runs; nothing reaches the dock or the message bar any more."""
        if self._is_stopped:
            return
        self._is_stopped = True
        self._sessions.repository.changed.disconnect(self._show_connections)
        self.accounts.stop()
        self.loader.stop()
        self.object_actions.stop()
        self.manage.stop()
        self.unfinished.stop()
        self._badges.stop()
        self.many.stop()
        self.details.stop()
        self._vrt_notice.stop()
        self.listings.stop()
        self.new_containers.stop()
        self._forms.stop()

    # Connections

    def _show_connections(self) -> None:
        self._tree.set_connections(self._sessions.repository.all())

    def _on_accepted(self, connection_id: str) -> None:
        self.accounts.mark_accepted(connection_id)
        self.unfinished.look(connection_id)
        self._tree.set_signed_in(connection_id, True)

    def _on_rejected(self, connection_id: str) -> None:
        self.accounts.mark_rejected(connection_id)
        self._tree.set_signed_in(connection_id, False)

    def _on_connection_saved(self, connection_id: str) -> None:
        place = Place(connection_id)
        self._tree.forget(place)
        self._dock.select(place)
        self._dock.expand(place)

    def _on_signed_out(self, connection_id: str) -> None:
        self.unfinished.forget(connection_id)
        place = Place(connection_id)
        self.listings.forget(place)
        self._tree.set_signed_in(connection_id, False)

    # Wiring

    def _connect(self) -> None:
        dock = self._dock
        dock.add_layers_requested.connect(self.add_layers)
        dock.publish_requested.connect(self._forms.publish)
        dock.validate_requested.connect(self._forms.validate)
        dock.object_action_requested.connect(self.object_actions.run)
        dock.unfinished_requested.connect(self.unfinished.show)
        dock.new_connection_requested.connect(self.accounts.add)
        dock.edit_connection_requested.connect(self.accounts.edit)
        dock.remove_connection_requested.connect(self.accounts.remove)
        dock.export_requested.connect(self.accounts.export)
        dock.import_requested.connect(self.accounts.import_connections)
        dock.accounts_requested.connect(self.accounts.show_overview)
        dock.sign_in_requested.connect(self.accounts.sign_in)
        dock.sign_out_requested.connect(self.accounts.sign_out)
        self.accounts.connection_saved.connect(self._on_connection_saved)
        self.accounts.signed_out.connect(self._on_signed_out)
        self._sessions.repository.changed.connect(self._show_connections)
