# SPDX-License-Identifier: GPL-2.0-or-later
"""Lists places for the table and the tree: page by page, to be stopped, gone on with, refreshed."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import Any

from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QObject

from cog_browser.adapters.workers import Job, Workers
from cog_browser.gui import listing, messages, refresh
from cog_browser.gui.accounts.accounts import Accounts
from cog_browser.gui.dock import CogBrowserDock
from cog_browser.gui.dock_widgets import escape_action
from cog_browser.gui.listing import Page
from cog_browser.gui.place import Place
from cog_browser.gui.sorting import SortJob
from cog_browser.gui.tree_model import NodeState
from cog_browser.storage.errors import AuthenticationError
from cog_browser.storage.store import ObjectStore

_VIEW, _SORT = ("dock", "view"), ("dock", "sort")


class Listings(QObject):
    """One for each dock. Thread: main; workers list and sort.

    ``on_accepted`` and ``on_rejected`` get the id of a connection whose sign-in has worked or not.
    """

    def __init__(
        self,
        dock: CogBrowserDock,
        workers: Workers,
        accounts: Accounts,
        bar: QgsMessageBar,
        on_accepted: Callable[[str], None],
        on_rejected: Callable[[str], None],
    ) -> None:
        super().__init__(dock)
        self._dock, self._tree, self._objects = dock, dock.tree_model, dock.objects_model
        self._workers, self._accounts, self._bar = workers, accounts, bar
        self._on_accepted, self._on_rejected = on_accepted, on_rejected
        self._keys: set[Hashable] = set()
        self._view: Place | None = None  # whose listing the table shows
        self._stream: listing.Stream | None = None  # while it isn't complete
        self._search_again: Callable[[], None] | None = None  # where it shows results instead
        self._tree.listing_requested.connect(self._on_listing_requested)
        self._objects.sort_requested.connect(self._on_sort_requested)
        dock.place_selected.connect(self.show)
        dock.place_left.connect(partial(self._leave_view, None))
        dock.refresh_requested.connect(self._refresh)
        dock.stop_requested.connect(self._stop_listing)
        dock.go_on_requested.connect(self._go_on)
        escape = escape_action(dock, self._stop_listing)
        dock.state_changed.connect(lambda _state: escape.setEnabled(dock.is_busy))

    def refresh(self, connection_id: str, container: str = "", prefix: str = "") -> None:
        """List a folder anew, and the nearest folder above it that the tree knows."""
        current, known = self._dock.current_place, Place(connection_id, container, prefix)
        is_shown = known == current
        if current is not None and self._search_again is not None and known.is_in(current):
            is_shown = True  # among the results of a search above
        while self._tree.state(known) is None:
            if known.parent is None:
                return
            known = known.parent
        if current is not None and (is_shown or known == current):
            self._refresh(current)
        if known != current and self._tree.state(known) is not NodeState.IDLE:
            self._refresh(known)

    def stop(self) -> None:
        """Cancel all that runs."""
        for key in self._keys:
            self._workers.cancel(key)

    def forget(self, place: Place) -> None:
        """Nothing in this place can be listed any more: it was signed out."""
        if self._view is not None and self._view.is_in(place):
            self._cancel(_VIEW)
            self._view = None
            self._dock.leave()
        for key in list(self._keys):
            if isinstance(key, tuple) and isinstance(key[-1], Place) and key[-1].is_in(place):
                self._cancel(key)
        self._tree.forget(place)

    def show_results(self, place: Place, run: Any, item: Callable[[Any], None]) -> None:
        """Show what a search finds below a place; ``run(store, job)`` emits for ``item``."""
        self._leave_view(None)
        self._view = place
        self._search_again = partial(self.show_results, place, run, item)
        self._objects.begin(place)
        self._dock.set_state(NodeState.LOADING)

        def failed(error: Exception | None = None) -> None:
            message = self._failed(place, error)
            if self._view == place and self._search_again is not None:
                self._fail_view(message, error)

        def start(store: ObjectStore) -> None:
            if self._view == place and self._dock.state is NodeState.LOADING:
                work, done = partial(run, store), lambda _result: self.stop_results()
                self._run(_VIEW, work, item=item, done=done, failed=failed)

        self._accounts.with_store(place.connection_id, start, failed)

    def stop_results(self) -> None:
        """Search no further; what was found stays."""
        self._cancel(_VIEW)
        self._objects.finish()
        self._dock.set_state(NodeState.READY)

    # The table's listing

    def show(self, place: Place) -> None:
        """Show the objects of a place as they come."""
        self._leave_view(place)
        self._view, self._search_again = place, None
        self._dock.set_search_text("")
        self._cancel(("tree", place))
        self._objects.begin(place)
        self._dock.set_state(NodeState.LOADING)
        self._tree.begin(place)
        self._accounts.with_store(
            place.connection_id,
            partial(self._stream_view, place),
            partial(self._on_view_failed, place, None),
        )

    def _leave_view(self, for_place: Place | None) -> None:
        """Give the running listing up; an expanded folder's goes on, for the tree alone."""
        self._cancel(_VIEW)
        self._stream = None
        left, self._view = self._view, None
        if left is None or left == for_place or self._tree.state(left) is not NodeState.LOADING:
            return
        self._tree.interrupt(left)
        if self._dock.is_expanded(left):
            self.list_folders(left)

    def _stop_listing(self) -> None:
        """What was listed so far stays; a refresh leaves what was there before."""
        if self._view is None or not self._dock.is_busy:
            return
        if self._search_again is not None:
            self.stop_results()
        elif self._dock.state is NodeState.REFRESHING:
            self._cancel(_VIEW)
            if self._tree.state(self._view) is NodeState.LOADING:
                self._tree.go_on(self._view)  # nothing was looked at, so nothing is gone
                self._tree.finish(self._view)
            self._dock.set_state(NodeState.READY)
        elif self._stream is not None:
            self._stream.stop()
            self._dock.set_state(NodeState.FAILED, messages.stopped())
        else:  # it hasn't begun
            self._cancel(_VIEW)
            self._tree.fail(self._view, messages.stopped())
            self._dock.set_state(NodeState.FAILED, messages.stopped())

    def _go_on(self, place: Place) -> None:
        """With the listing that was stopped or broke off, or anew where it can't go on."""
        stream = self._stream
        if stream is None or stream.place != place or not stream.is_stopped:
            self._refresh(place)
            return
        stream.go_on()
        self._dock.set_state(NodeState.LOADING)
        if not self._workers.is_running(_VIEW):
            self._tree.go_on(place)
            self._run_stream(stream)

    def _stream_view(self, place: Place, store: ObjectStore) -> None:
        if self._view == place and self._dock.state is NodeState.LOADING:
            self._stream = listing.Stream(store, place)
            self._run_stream(self._stream)

    def _run_stream(self, stream: listing.Stream) -> None:
        self._run(
            _VIEW,
            stream.run,
            item=partial(self._on_page, stream.place),
            done=partial(self._on_streamed, stream),
            failed=partial(self._on_view_failed, stream.place),
        )

    def _on_streamed(self, stream: listing.Stream, is_complete: bool) -> None:
        if is_complete:
            self._on_view_done(stream.place)
        elif stream.is_stopped:
            self._tree.fail(stream.place, messages.stopped())
            if self._view == stream.place:
                self._objects.finish()
                self._dock.set_state(NodeState.FAILED, messages.stopped())
        else:  # it was to go on before it had ended
            self._run_stream(stream)

    def _on_page(self, place: Place, page: Page) -> None:
        self._tree.append(place, page.folder_names)
        if self._view == place:
            self._objects.append(page.folders, page.objects)

    def _on_view_done(self, place: Place) -> None:
        self._stream = None
        self._on_accepted(place.connection_id)
        self._tree.finish(place)
        if self._view == place:
            self._objects.finish()
            self._dock.set_state(NodeState.READY)

    def _on_view_failed(self, place: Place, error: Exception | None) -> None:
        """``error`` is None where the user didn't sign in."""
        if self._stream is not None and not self._stream.outlives(error):
            self._stream = None
        message = self._failed(place, error)
        self._tree.fail(place, message)
        if self._view == place:
            self._fail_view(message, error)

    def _fail_view(self, message: messages.Message, error: Exception | None) -> None:
        self._dock.set_state(NodeState.FAILED, message)
        if error is not None and self._objects.rowCount():  # else it stands in their place
            messages.show(self._bar, message)

    def _refresh(self, place: Place) -> None:
        is_shown = place == self._view
        if is_shown and self._search_again is not None:
            self._search_again()
        elif is_shown and (
            self._dock.state is NodeState.REFRESHING
            or (self._dock.state is NodeState.READY and self._objects.rowCount())
        ):
            self._dock.set_state(NodeState.REFRESHING)
            start, declined = partial(self._collect_view, place), partial(self._keep_view, place)
            self._accounts.with_store(place.connection_id, start, declined)
        elif place == self._dock.current_place:
            self.show(place)
        else:
            self.list_folders(place)

    def _collect_view(self, place: Place, store: ObjectStore) -> None:
        if self._view != place or self._dock.state is not NodeState.REFRESHING:
            return
        self._tree.begin(place)
        self._run(
            _VIEW,
            refresh.collecting(self._dock, listing.Stream(store, place)),
            done=partial(self._on_collected, place),
            failed=partial(self._on_refresh_failed, place),
        )

    def _on_collected(self, place: Place, new: refresh.NewRows) -> None:
        self._on_accepted(place.connection_id)
        self._tree.append(place, new.names)
        self._tell(refresh.show_new_rows(self._dock, new))
        if new.stream.is_complete:
            self._tree.finish(place)
            self._dock.set_state(NodeState.READY)
        else:  # it stopped by itself
            self._stream = new.stream
            self._tree.fail(place, messages.stopped())
            self._dock.set_state(NodeState.FAILED, messages.stopped())

    def _on_refresh_failed(self, place: Place, error: Exception) -> None:
        """The rows that are shown stay; the message says that they may be old."""
        message = self._failed(place, error)
        self._tree.fail(place, message)
        self._keep_view(place)
        messages.show(self._bar, message)

    def _keep_view(self, place: Place) -> None:
        """The refresh is over, and has brought nothing."""
        if self._view == place and self._dock.state is NodeState.REFRESHING:
            self._dock.set_state(NodeState.READY)

    def _on_listing_requested(self, place: Place) -> None:
        if place == self._dock.current_place:
            self._refresh(place)
        else:
            self.list_folders(place)

    def list_folders(self, place: Place) -> None:
        """For the tree alone."""
        self._tree.begin(place)

        def failed(error: Exception | None = None) -> None:
            self._tree.fail(place, self._failed(place, error))

        def done(_result: object) -> None:
            self._on_accepted(place.connection_id)
            self._tree.finish(place)

        def start(store: ObjectStore) -> None:
            self._run(
                ("tree", place),
                partial(listing.stream_folders, store, place),
                item=partial(self._tree.append, place),
                done=done,
                failed=failed,
            )

        self._accounts.with_store(place.connection_id, start, failed)

    def _on_sort_requested(self, job: SortJob) -> None:
        work = refresh.sorting(self._dock, job)
        self._run(_SORT, work, done=lambda r: self._tell(refresh.show_order(self._dock, r)))

    def _tell(self, text: str) -> None:
        if text:
            messages.show_note(self._bar, text)

    def _failed(self, place: Place, error: Exception | None) -> messages.Message:
        if isinstance(error, AuthenticationError):
            self._on_rejected(place.connection_id)
        return messages.not_signed_in() if error is None else messages.describe(error)

    def _run(self, key: Hashable, function: Any, **callbacks: Any) -> Job:
        self._keys.add(key)
        return self._workers.run(function, key=key, **callbacks)

    def _cancel(self, key: Hashable) -> None:
        self._keys.discard(key)
        self._workers.cancel(key)
