# SPDX-License-Identifier: GPL-2.0-or-later
"""Acts on what the user wants: asks workers, and tells the models what came of it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import Any

from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QObject, Qt
from qgis.PyQt.QtWidgets import QInputDialog

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.sessions import Sessions
from cog_browser.adapters.workers import Job, Workers
from cog_browser.gui import listing, messages
from cog_browser.gui.accounts.accounts import Accounts
from cog_browser.gui.algorithm_forms import AlgorithmForms
from cog_browser.gui.details.badges import Badges
from cog_browser.gui.details.details import Details
from cog_browser.gui.dock import CogBrowserDock
from cog_browser.gui.dock_widgets import escape_action
from cog_browser.gui.find.find import Find
from cog_browser.gui.find.saved_places import note_recent
from cog_browser.gui.layers.loader import LayerLoader
from cog_browser.gui.layers.vrt_notice import VrtNotice
from cog_browser.gui.listing import Page
from cog_browser.gui.manage.manage import Manage
from cog_browser.gui.many.many import Many
from cog_browser.gui.objects.object_actions import ObjectActions
from cog_browser.gui.place import ObjectAddress, Place
from cog_browser.gui.sorting import SortJob
from cog_browser.gui.transfers.unfinished import UnfinishedUploads
from cog_browser.gui.tree_model import NodeState
from cog_browser.storage.errors import AuthenticationError
from cog_browser.storage.models import Container
from cog_browser.storage.store import ObjectStore

_VIEW, _SORT = ("dock", "view"), ("dock", "sort")


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
        self._dock, self._tree, self._objects = dock, dock.tree_model, dock.objects_model
        self._sessions, self._workers, self._bar = sessions, workers, message_bar
        self._keys: set[Hashable] = set()
        self.accounts = Accounts(sessions, workers, message_bar, dock)
        self.loader = LayerLoader(workers, message_bar, self._on_rejected, self)
        self.object_actions = ObjectActions(self.accounts, workers, message_bar, dock, self.refresh)
        self.manage = Manage(dock, self.accounts, workers, message_bar, self.refresh)
        self.unfinished = UnfinishedUploads(
            sessions, self.accounts, workers, message_bar, dock, self.refresh
        )
        self.details = Details(dock, sessions, workers, self.accounts, self)
        self.many = Many(self, dock, self.details.headers, workers, message_bar)
        self.find = Find(dock, self, sessions, message_bar)
        self._badges = Badges(dock, self.details.headers, self)
        self._forms = AlgorithmForms(sessions.repository, message_bar, self.refresh)
        self._vrt_notice = VrtNotice(workers, message_bar, self)
        self._is_stopped = False
        self._view: Place | None = None  # whose listing the table shows
        self._search_again: Callable[[], None] | None = None  # where it shows results instead
        self._connect()
        self._show_connections()

    # What others may ask

    def refresh(self, connection_id: str, container: str = "", prefix: str = "") -> None:
        """List a folder anew, and the nearest folder above it that the tree knows."""
        current, known = self._dock.current_place, Place(connection_id, container, prefix)
        is_shown = known == current
        while self._tree.state(known) is None:
            if known.parent is None:
                return
            known = known.parent
        if current is not None and (is_shown or known == current):
            self._refresh(current)
        if known != current and self._tree.state(known) is not NodeState.IDLE:
            self._refresh(known)

    def add_layers(self, addresses: tuple[ObjectAddress, ...], group: str = "") -> None:
        """Open objects in workers and add them to the project, in this order; see the loader."""
        note_recent(addresses)
        by_connection: dict[str, list[ObjectAddress]] = {}
        for address in addresses:
            by_connection.setdefault(address.connection_id, []).append(address)
        for connection_id, found in by_connection.items():
            self.accounts.with_store(
                connection_id, lambda store, some=tuple(found): self.loader.add(store, some, group)
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
        for key in self._keys:
            self._workers.cancel(key)
        self._forms.stop()

    def show_results(self, place: Place, run: Any, item: Callable[[Any], None]) -> None:
        """Show what a search finds below a place; ``run(store, job)`` emits for ``item``."""
        self._leave_view(None)
        self._view = place
        self._search_again = partial(self.show_results, place, run, item)
        self._objects.begin(place)
        self._dock.set_state(NodeState.LOADING)

        def failed(error: Exception | None = None) -> None:
            self._dock.set_state(NodeState.FAILED, self._failed(place, error))

        def start(store: ObjectStore) -> None:
            if self._view == place:
                work, done = partial(run, store), lambda _result: self.stop_results()
                self._run(_VIEW, work, item=item, done=done, failed=failed)

        self.accounts.with_store(place.connection_id, start, failed)

    def stop_results(self) -> None:
        """Search no further; what was found stays."""
        self._cancel(_VIEW)
        self._objects.finish()
        self._dock.set_state(NodeState.READY)

    # Listings

    def show_listing(self, place: Place) -> None:
        """Show the objects of a place as they come."""
        self._leave_view(place)
        self._view, self._search_again = place, None
        self._dock.set_search_text("")
        self._cancel(("tree", place))
        self._objects.begin(place)
        self._dock.set_state(NodeState.LOADING)
        self._tree.begin(place)
        self.accounts.with_store(
            place.connection_id,
            partial(self._stream_view, place),
            partial(self._on_view_failed, place, None),
        )

    def _leave_view(self, for_place: Place | None) -> None:
        """Give the running listing up; an expanded folder's goes on, for the tree alone."""
        self._cancel(_VIEW)
        left, self._view = self._view, None
        if left is None or left == for_place or self._tree.state(left) is not NodeState.LOADING:
            return
        self._tree.interrupt(left)
        if self._dock.is_expanded(left):
            self._list_folders(left)

    def _stop_listing(self) -> None:
        """What was listed so far stays."""
        place = self._view
        if place is None or self._dock.state is not NodeState.LOADING:
            return
        self._cancel(_VIEW)
        message = messages.stopped()
        self._tree.fail(place, message)
        self._dock.set_state(NodeState.FAILED, message)

    def _stream_view(self, place: Place, store: ObjectStore) -> None:
        if self._view != place:
            return
        self._run(
            _VIEW,
            partial(listing.stream, store, place),
            item=partial(self._on_page, place),
            done=partial(self._on_view_done, place),
            failed=partial(self._on_view_failed, place),
        )

    def _on_page(self, place: Place, page: Page) -> None:
        self._tree.append(place, page.folder_names)
        if self._view == place:
            self._objects.append(page.folders, page.objects)

    def _on_view_done(self, place: Place, _result: object) -> None:
        self._on_accepted(place)
        self._tree.finish(place)
        if self._view == place:
            self._objects.finish()
            self._dock.set_state(NodeState.READY)

    def _on_view_failed(self, place: Place, error: Exception | None) -> None:
        """``error`` is None where the user didn't sign in."""
        message = self._failed(place, error)
        self._tree.fail(place, message)
        if self._view == place:
            self._dock.set_state(NodeState.FAILED, message)
            if error is not None and self._objects.rowCount():
                messages.show(self._bar, message)

    def _refresh(self, place: Place) -> None:
        is_shown = place == self._view
        if is_shown and self._search_again is not None:
            self._search_again()
        elif is_shown and self._dock.state is NodeState.READY and self._objects.rowCount():
            self.accounts.with_store(place.connection_id, partial(self._collect_view, place))
        elif place == self._dock.current_place:
            self.show_listing(place)
        else:
            self._list_folders(place)

    def _collect_view(self, place: Place, store: ObjectStore) -> None:
        if self._view != place:
            return
        self._tree.begin(place)
        self._run(
            _VIEW,
            partial(listing.collect, store, place),
            done=partial(self._on_collected, place),
            failed=partial(self._on_refresh_failed, place),
        )

    def _on_collected(self, place: Place, whole: Page) -> None:
        self._on_accepted(place)
        self._tree.append(place, whole.folder_names)
        self._tree.finish(place)
        if self._view == place:
            self._dock.replace_rows(
                lambda: self._objects.replace(list(whole.folders), list(whole.objects))
            )
            self._dock.set_state(NodeState.READY)

    def _on_refresh_failed(self, place: Place, error: Exception) -> None:
        """The rows that are shown stay; the message says that they may be old."""
        message = self._failed(place, error)
        self._tree.fail(place, message)
        messages.show(self._bar, message)

    def _on_listing_requested(self, place: Place) -> None:
        if place == self._dock.current_place:
            self._refresh(place)
        else:
            self._list_folders(place)

    def _list_folders(self, place: Place) -> None:
        self._tree.begin(place)

        def failed(error: Exception | None = None) -> None:
            self._tree.fail(place, self._failed(place, error))

        def done(_result: object) -> None:
            self._on_accepted(place)
            self._tree.finish(place)

        def start(store: ObjectStore) -> None:
            self._run(
                ("tree", place),
                partial(listing.stream_folders, store, place),
                item=partial(self._tree.append, place),
                done=done,
                failed=failed,
            )

        self.accounts.with_store(place.connection_id, start, failed)

    def _failed(self, place: Place, error: Exception | None) -> messages.Message:
        if isinstance(error, AuthenticationError):
            self._on_rejected(place.connection_id)
        return messages.not_signed_in() if error is None else messages.describe(error)

    def _on_accepted(self, place: Place) -> None:
        self.accounts.mark_accepted(place.connection_id)
        self.unfinished.look(place.connection_id)
        self._tree.set_signed_in(place.connection_id, True)

    def _on_rejected(self, connection_id: str) -> None:
        self.accounts.mark_rejected(connection_id)
        self._tree.set_signed_in(connection_id, False)

    # Connections

    def _show_connections(self) -> None:
        self._tree.set_connections(self._sessions.repository.all())

    def _on_connection_saved(self, connection_id: str) -> None:
        place = Place(connection_id)
        self._tree.forget(place)
        self._dock.select(place)
        self._dock.expand(place)

    def _on_signed_out(self, connection_id: str) -> None:
        self.unfinished.forget(connection_id)
        place = Place(connection_id)
        if self._view is not None and self._view.is_in(place):
            self._cancel(_VIEW)
            self._view = None
            self._dock.leave()
        for key in list(self._keys):
            if isinstance(key, tuple) and isinstance(key[-1], Place) and key[-1].is_in(place):
                self._cancel(key)
        self._tree.forget(place)
        self._tree.set_signed_in(connection_id, False)

    # Containers

    def _on_new_container(self, connection_id: str) -> None:
        dialog = QInputDialog(self._dock)
        dialog.setObjectName("CogBrowserContainerDialog")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(tr("New container"))
        dialog.setLabelText(tr("Name of the new container:"))
        dialog.textValueSelected.connect(
            lambda name: self.create_container(connection_id, name.strip())
        )
        dialog.open()

    def create_container(self, connection_id: str, name: str) -> None:
        """Create a container in a worker, then show it."""
        if not name:
            return

        def done(container: Container) -> None:
            place = Place(connection_id, container.name)
            self._tree.begin(Place(connection_id))
            self._tree.append(Place(connection_id), [container.name])
            self._dock.expand(Place(connection_id))
            self._dock.select(place)
            self._list_folders(Place(connection_id))

        def start(store: ObjectStore) -> None:
            self._run(
                ("create", connection_id, name),
                lambda _job: store.create_container(name),
                done=done,
                failed=partial(messages.show_error, self._bar),
            )

        self.accounts.with_store(connection_id, start)

    # Wiring

    def _connect(self) -> None:
        dock = self._dock
        self._tree.listing_requested.connect(self._on_listing_requested)
        self._objects.sort_requested.connect(self._on_sort_requested)
        dock.place_selected.connect(self.show_listing)
        dock.place_left.connect(partial(self._leave_view, None))
        dock.refresh_requested.connect(self._refresh)
        dock.stop_requested.connect(self._stop_listing)
        escape = escape_action(dock, self._stop_listing)
        dock.state_changed.connect(lambda state: escape.setEnabled(state is NodeState.LOADING))
        dock.add_layers_requested.connect(self.add_layers)
        dock.publish_requested.connect(self._forms.publish)
        dock.validate_requested.connect(self._forms.validate)
        dock.object_action_requested.connect(self.object_actions.run)
        dock.new_container_requested.connect(self._on_new_container)
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

    def _on_sort_requested(self, job: SortJob) -> None:
        self._run(_SORT, lambda running: job.run(running.check), done=self._objects.apply_order)

    def _run(self, key: Hashable, function: Any, **callbacks: Any) -> Job:
        self._keys.add(key)
        return self._workers.run(function, key=key, **callbacks)

    def _cancel(self, key: Hashable) -> None:
        self._keys.discard(key)
        self._workers.cancel(key)
