# SPDX-License-Identifier: GPL-2.0-or-later
"""Changes what is in a store, from the menus of the panel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QObject, Qt
from qgis.PyQt.QtGui import QAction, QKeySequence
from qgis.PyQt.QtWidgets import QApplication, QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.workers import Workers
from cog_browser.gui import messages
from cog_browser.gui.accounts.accounts import Accounts
from cog_browser.gui.dock import CogBrowserDock
from cog_browser.gui.earth_engine.assets import EarthEngineAssets
from cog_browser.gui.manage.access import change_access
from cog_browser.gui.manage.actions import (
    ACCESS,
    COPY_TO,
    DELETE,
    DELETE_CONTAINER,
    DOWNLOAD,
    EARTH_ENGINE,
    RENAME,
    SHARE,
    SHORTCUTS,
)
from cog_browser.gui.manage.address_forms import FORMS, MOST_COPIED, text_of
from cog_browser.gui.manage.chosen import Chosen, chosen_in_table, chosen_in_tree
from cog_browser.gui.manage.delete import delete_container, delete_objects
from cog_browser.gui.manage.move import Move, Surroundings
from cog_browser.gui.manage.moved_rows import MovedRows
from cog_browser.gui.manage.share import share_object
from cog_browser.gui.manage.tasks import Tasks
from cog_browser.gui.manage.up_and_down import UpAndDown
from cog_browser.gui.place import ObjectAddress, Place
from cog_browser.gui.text import count_text, one_line
from cog_browser.storage.many_objects import Transfer
from cog_browser.storage.store import ObjectStore


class Manage(QObject):
    """One for each dock. Thread: main; all that touches network or disk runs in workers."""

    def __init__(
        self,
        dock: CogBrowserDock,
        accounts: Accounts,
        workers: Workers,
        bar: QgsMessageBar,
        refresh: Callable[[str, str, str], None],
    ) -> None:
        super().__init__(dock)
        self._dock, self._accounts, self._bar = dock, accounts, bar
        self._workers = workers
        self._refresh_place = refresh
        self.tasks = Tasks(workers, dock, bar)
        self.up_and_down = UpAndDown(dock, accounts, workers, self.tasks, self._refresh)
        self.earth_engine = EarthEngineAssets(dock, workers, self.tasks, bar, self._refresh)
        self._moved_rows = MovedRows(dock)
        dock.manage_requested.connect(self.run)
        for name in (DELETE, RENAME):
            self._add_shortcut(dock.table, name, lambda: chosen_in_table(dock))
            self._add_shortcut(dock.tree, name, lambda: chosen_in_tree(dock))

    def run(self, action: str, chosen: Chosen) -> None:
        """Begin an action of `gui.manage.actions`, or copy as a form of `address_forms`."""
        if action in FORMS:
            begin = partial(self._copy_as, action)
            self._accounts.with_store(chosen.place.connection_id, partial(begin, chosen))
            return
        begin = {
            DELETE: self._delete,
            DELETE_CONTAINER: self._delete_container,
            SHARE: self._share,
            RENAME: partial(self._move, removes=True),
            COPY_TO: partial(self._move, removes=False),
            ACCESS: self._access,
            DOWNLOAD: self.up_and_down.download,
            EARTH_ENGINE: self.earth_engine.open,
        }[action]
        self._accounts.with_store(chosen.place.connection_id, partial(begin, chosen))

    def stop(self) -> None:
        """Close all dialogs; nothing more reaches the dock."""
        self.tasks.stop()
        self.up_and_down.stop()
        self.earth_engine.stop()
        self._workers.cancel(("manage", "copy"))

    def _delete(self, chosen: Chosen, store: ObjectStore) -> None:
        delete_objects(self.tasks, store, chosen, self._refresh)

    def _delete_container(self, chosen: Chosen, store: ObjectStore) -> None:
        delete_container(self.tasks, store, chosen.place, self._refresh)

    def _share(self, chosen: Chosen, store: ObjectStore) -> None:
        share_object(self.tasks, store, chosen)

    def _move(self, chosen: Chosen, store: ObjectStore, *, removes: bool) -> None:
        self._new_move(chosen, store, removes=removes).begin()

    def _new_move(self, chosen: Chosen, store: ObjectStore, *, removes: bool) -> Move:
        surroundings = Surroundings(
            self.tasks,
            self._workers,
            self._accounts,
            self.up_and_down.transfers,
            self._moved_rows,
            self._refresh,
        )
        return Move(surroundings, store, chosen, removes=removes, on_moved=self._offer_undo)

    def _offer_undo(self, chosen: Chosen, transfer: Transfer) -> None:
        there = replace(chosen, place=Place(chosen.place.connection_id, transfer.to_container))
        text = tr("Moved: {what}.").format(what=count_text(0, len(transfer.pairs), None))
        old, new = (ObjectAddress("", "", key).name for key in transfer.pairs[0])
        if len(transfer.pairs) == 1 and new != old:
            text = tr("“{old}” is “{new}” now.").format(old=old, new=new)
        run = lambda store: self._new_move(there, store, removes=True).take_back(transfer)  # noqa: E731
        undo = partial(self._accounts.with_store, chosen.place.connection_id, run)
        messages.show_undo(self._bar, text, undo)

    def _access(self, chosen: Chosen, store: ObjectStore) -> None:
        change_access(self.tasks, store, chosen.container)

    def _copy_as(self, form: str, chosen: Chosen, store: ObjectStore) -> None:
        if chosen.object_count > MOST_COPIED:
            said = tr("{count} objects are selected; at most {limit} are copied as text.")
            text = said.format(count=chosen.object_count, limit=MOST_COPIED)
            messages.show_note(self._bar, text)
            return

        def done(text: str) -> None:
            QApplication.clipboard().setText(text)
            said = tr("Copied: {text}").format(text=one_line(text.split("\n", 1)[0]))
            messages.show_note(self._bar, said)

        self._workers.run(
            lambda _job: "\n".join(text_of(form, store, entry) for entry in chosen.entries()),
            done=done,
            failed=partial(messages.show_error, self._bar),
            key=("manage", "copy"),
        )

    def _refresh(self, place: Place) -> None:
        self._refresh_place(place.connection_id, place.container, place.prefix)

    def _add_shortcut(self, view: QWidget, name: str, chosen: Callable[[], Chosen | None]) -> None:
        action = QAction(view)
        action.setShortcut(QKeySequence(SHORTCUTS[name]))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(lambda _checked=False: self._on_shortcut(name, chosen()))
        view.addAction(action)

    def _on_shortcut(self, name: str, chosen: Chosen | None) -> None:
        if chosen is None or not self._dock.tree_model.takes_objects(chosen.place):
            return
        if chosen.count:
            self.run(name, chosen)
        elif name == DELETE:  # a container, which can't be renamed
            self.run(DELETE_CONTAINER, chosen)
