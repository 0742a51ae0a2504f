# SPDX-License-Identifier: GPL-2.0-or-later
"""Changes what is in a store, from the menus of the panel."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QObject, Qt
from qgis.PyQt.QtGui import QAction, QKeySequence

from cog_browser.adapters.workers import Workers
from cog_browser.gui.accounts.accounts import Accounts
from cog_browser.gui.dock import CogBrowserDock
from cog_browser.gui.manage.actions import DELETE, DELETE_CONTAINER
from cog_browser.gui.manage.chosen import Chosen, chosen_in_table
from cog_browser.gui.manage.delete import delete_container, delete_objects
from cog_browser.gui.manage.tasks import Tasks
from cog_browser.gui.place import Place
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
        self._refresh_place = refresh
        self.tasks = Tasks(workers, dock)
        dock.manage_requested.connect(self.run)
        self._add_shortcut(QKeySequence.StandardKey.Delete, DELETE)

    def run(self, action: str, chosen: Chosen) -> None:
        """Begin an action of `gui.manage.actions`."""
        begin = {DELETE: self._delete, DELETE_CONTAINER: self._delete_container}[action]
        self._accounts.with_store(chosen.place.connection_id, partial(begin, chosen))

    def stop(self) -> None:
        """Close all dialogs; nothing more reaches the dock."""
        self.tasks.stop()

    def _delete(self, chosen: Chosen, store: ObjectStore) -> None:
        delete_objects(self.tasks, store, chosen, self._refresh)

    def _delete_container(self, chosen: Chosen, store: ObjectStore) -> None:
        delete_container(self.tasks, store, chosen.place, self._refresh)

    def _refresh(self, place: Place) -> None:
        self._refresh_place(place.connection_id, place.container, place.prefix)

    def _add_shortcut(self, keys: QKeySequence.StandardKey, name: str) -> None:
        action = QAction(self._dock.table)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(lambda _checked=False: self._on_shortcut(name))
        self._dock.table.addAction(action)

    def _on_shortcut(self, name: str) -> None:
        chosen = chosen_in_table(self._dock)
        if (
            chosen is not None
            and chosen.count
            and self._dock.tree_model.takes_objects(chosen.place)
        ):
            self.run(name, chosen)
