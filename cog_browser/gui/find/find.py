# SPDX-License-Identifier: GPL-2.0-or-later
"""Does what the find bar and the favourites menu ask for."""

from __future__ import annotations

from functools import partial

from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QObject, Qt
from qgis.PyQt.QtGui import QAction, QKeySequence

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.sessions import Sessions, sessions
from cog_browser.adapters.workers import Job
from cog_browser.gui import messages
from cog_browser.gui.dock import CogBrowserDock
from cog_browser.gui.find.address import Account, NoSuchAccount, target_of
from cog_browser.gui.find.everywhere import search_everywhere
from cog_browser.gui.find.name_filter import NameFilter
from cog_browser.gui.find.query import Found, Query, search
from cog_browser.gui.find.saved_places import keep_only, set_favourite
from cog_browser.gui.listing import shown_containers
from cog_browser.gui.listings import Listings
from cog_browser.gui.place import ObjectAddress, Place
from cog_browser.gui.text import one_line
from cog_browser.gui.tree_model import NodeState
from cog_browser.storage.store import ObjectStore

#: Results shown at most: nobody reads more, and the table must not fill the memory.
MOST_FOUND = 100_000


class Find(QObject):
    """Thread: main; searches run in workers."""

    def __init__(
        self,
        dock: CogBrowserDock,
        listings: Listings,
        known: Sessions,
        bar: QgsMessageBar,
    ) -> None:
        super().__init__(dock)
        self._dock, self._listings = dock, listings
        self._sessions, self._bar = known, bar
        self._query: Query | None = None  # whose results the table shows
        self._wanted: ObjectAddress | None = None  # to be selected when it is listed
        find = dock.find
        find.filter_changed.connect(self._filter)
        find.search_requested.connect(self.search)
        find.stop_requested.connect(self._stop)
        find.address_entered.connect(self.go_to_address)
        find.cleared.connect(self._leave_results)
        dock.place_selected.connect(self._on_place)
        dock.place_left.connect(self._on_place)
        dock.state_changed.connect(self._on_state)
        dock.objects_model.rows_changed.connect(self._select_wanted)
        dock.places_menu.chosen.connect(self.go_to)
        dock.places_menu.removed.connect(self._on_favourite_removed)
        known.repository.changed.connect(self._on_connections)
        self._on_connections()
        focus = QAction(tr("Find"), dock)
        focus.setShortcut(QKeySequence(QKeySequence.StandardKey.Find))
        focus.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        focus.triggered.connect(lambda _checked=False: find.line.setFocus())
        dock.addAction(focus)

    # The filter

    def _filter(self, text: str, rasters_only: bool) -> None:
        place = self._dock.current_place
        if self._query is not None:
            text = ""  # the results are what was searched for
        start = len(place.prefix) if place is not None and text.strip() else 0
        self._dock.objects_model.set_filter(NameFilter(text, rasters_only, start))

    def _on_place(self, *_: object) -> None:
        self._query = None
        self._dock.places_menu.current = self._dock.current_place
        if self._wanted is not None and self._wanted.place != self._dock.current_place:
            self._wanted = None
        self._dock.find.forget()

    # Searches

    def search(self, query: Query) -> None:
        """Show what is found, as it is found."""
        place = self._dock.current_place
        if place is None:
            messages.show_note(self._bar, tr("Select a connection or open a container first."))
            return
        self._query = query
        self._dock.set_search_text(_found_text(0, Found()))
        self._filter("", query.rasters_only)
        self._listings.show_results(
            place, partial(_search, place, query), partial(self._on_found, place)
        )

    def _on_found(self, place: Place, found: Found) -> None:
        model = self._dock.objects_model
        if self._query is None or self._dock.current_place != place:
            return
        objects, room = found.page.objects, MOST_FOUND - model.rowCount()
        is_enough = len(objects) > room
        model.append(found.page.folders, objects[:room] if is_enough else objects)
        self._dock.set_search_text(_found_text(model.rowCount(), found))
        if is_enough:
            self._stop()
            text = tr("The search stopped at {count} objects. Look for something more special.")
            messages.show_note(self._bar, text.format(count=MOST_FOUND))

    def _stop(self) -> None:
        """What was found stays."""
        self._listings.stop_results()

    def _leave_results(self) -> None:
        if self._query is not None:
            self._query = None
            place = self._dock.current_place
            if place is not None:
                self._listings.show(place)

    def _on_state(self, state: NodeState) -> None:
        is_searching = self._query is not None and state is NodeState.LOADING
        self._dock.find.show_searching(is_searching)
        if state is NodeState.READY:
            self._select_wanted(is_complete=True)

    def _on_favourite_removed(self, place: Place) -> None:
        text = tr("“{name}” is no favourite any more.").format(name=place.name)
        messages.show_undo(self._bar, text, lambda: set_favourite(place, True))

    # Addresses

    def go_to_address(self, text: str) -> None:
        """Go where a pasted address leads, or say why that can't be."""
        current = self._dock.current_place
        try:
            current_id = current.connection_id if current else ""
            target = target_of(text, known_accounts(self._sessions), current_id)
        except NoSuchAccount as error:
            messages.show_note(self._bar, why_not(error))
            return
        self.go_to(target.place, target.address)

    def go_to(self, place: Place, address: ObjectAddress | None = None) -> None:
        """Show a place, and select an object in it."""
        self._wanted = address
        if place == self._dock.current_place:
            self._dock.find.forget()
            self._leave_results()
            self._select_wanted(is_complete=self._dock.state is NodeState.READY)
        else:
            self._dock.select(place)

    def _select_wanted(self, *, is_complete: bool = False) -> None:
        wanted, model = self._wanted, self._dock.objects_model
        if wanted is None or model.place != wanted.place:
            return
        row, plain = model.row_of(wanted.key), wanted.key.rstrip()
        if row < 0 and is_complete and plain:  # its last space may have been pasted along
            row = model.row_of(plain)
        if row >= 0:
            self._wanted = None
            self._dock.table.selectRow(row)
            self._dock.table.scrollTo(model.index(row, 0))
            self._dock.table.setFocus()
        elif is_complete:
            self._wanted = None
            if plain != wanted.key and plain == wanted.place.prefix:
                return  # the folder itself, with a space behind it
            text = tr("“{key}” isn't in container “{container}”.")
            key, container = one_line(wanted.key), one_line(wanted.container)
            messages.show_note(self._bar, text.format(key=key, container=container))

    def _on_connections(self) -> None:
        saved = self._sessions.repository.all()
        self._dock.places_menu.connections = saved
        keep_only(connection.id for connection in saved)


def known_accounts(known: Sessions) -> list[Account]:
    """The saved connections, as addresses are compared with them."""
    roots: dict[str, list[str]] = {}
    for root, connection_id in known.accounts():
        roots.setdefault(connection_id, []).append(root.removeprefix("/vsicurl/"))
    return [
        Account(connection.id, connection.name, connection.kind, root)
        for connection in known.repository.all()
        for root in roots.get(connection.id, [""])
    ]


def _search(place: Place, query: Query, store: ObjectStore, job: Job) -> None:
    if place.container:
        results = search(store, place, query)
    else:
        results = search_everywhere(store, place, query, shown_containers(store))
    for found in results:
        sessions().remember_root(store)
        job.emit(found)


def _found_text(count: int, last: Found) -> str:
    text = tr("{found} found among {seen} objects")
    if last.failed:
        text = tr("{found} found among {seen} objects; {failed} containers can't be listed")
    return text.format(found=count, seen=last.seen, failed=len(last.failed))


def why_not(error: NoSuchAccount) -> str:
    """Why an address leads nowhere, for people."""
    if not error.account:
        return tr("This is no address of an object.")
    text = tr("No saved connection is for {account}. Add one for this account first.")
    return text.format(account=one_line(error.account))
