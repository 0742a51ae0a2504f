# SPDX-License-Identifier: GPL-2.0-or-later
"""Selects what was moved where the panel lists it, so that nobody has to look for it."""

from __future__ import annotations

from qgis.PyQt.QtCore import QItemSelection, QObject

from cog_browser.gui.dock import CogBrowserDock
from cog_browser.gui.manage.chosen import Chosen
from cog_browser.gui.place import DELIMITER, Place
from cog_browser.gui.sorting import folder_name
from cog_browser.gui.tree_model import NodeState
from cog_browser.storage.many_objects import Transfer

#: More than these are no longer something to look for.
_MOST = 1000
_LOOKED_AT = 5000  # keys; those of one folder come one after the other


class MovedRows(QObject):
    """Thread: main."""

    def __init__(self, dock: CogBrowserDock) -> None:
        super().__init__(dock)
        self._dock = dock
        self._wanted: tuple[str, str, tuple[str, ...]] | None = None
        dock.state_changed.connect(self._on_state)
        dock.place_selected.connect(self._forget)
        dock.place_left.connect(self._forget)

    def show_next(self, connection_id: str, chosen: Chosen, transfer: Transfer) -> None:
        """Select what was moved when the listing that is about to begin is complete.

        Where the user has selected something else by then, that stays.
        """
        names = _names(chosen.prefixes, transfer)
        is_fit = 0 < len(names) <= _MOST
        self._wanted = (connection_id, transfer.to_container, names) if is_fit else None

    def _forget(self, *_: object) -> None:
        self._wanted = None

    def _on_state(self, state: NodeState) -> None:
        if self._wanted is None or state is not NodeState.READY:
            return
        (connection_id, container, keys), self._wanted = self._wanted, None
        place, model, table = self._dock.current_place, self._dock.objects_model, self._dock.table
        is_there = place is not None and place.connection_id == connection_id
        if not is_there or self._dock.selection.ranges():
            return
        rows = [*self._folder_rows(place, container, keys), *self._object_rows(container, keys)]
        if not rows:
            return
        wanted, last = QItemSelection(), model.columnCount() - 1
        for row in rows:
            wanted.select(model.index(row, 0), model.index(row, last))
        selection, first = table.selectionModel(), model.index(rows[0], 0)
        selection.setCurrentIndex(first, selection.SelectionFlag.NoUpdate)
        selection.select(wanted, selection.SelectionFlag.ClearAndSelect)
        table.scrollTo(first)

    def _folder_rows(self, place: Place, container: str, keys: tuple[str, ...]) -> list[int]:
        model, wanted = self._dock.objects_model, {key for key in keys if key.endswith(DELIMITER)}
        if not wanted or place.container != container:
            return []
        folders, numbers = model.folders_in(0, model.folder_count)
        return [row for row, n in enumerate(numbers[:]) if folder_name(folders[n]) in wanted]

    def _object_rows(self, container: str, keys: tuple[str, ...]) -> list[int]:
        model = self._dock.objects_model
        rows = sorted(model.row_of(key) for key in keys if not key.endswith(DELIMITER))
        entries = ((row, model.entry(row)) for row in rows if row >= 0)
        return [row for row, entry in entries if entry and entry.container == container]


def _names(prefixes: tuple[str, ...], transfer: Transfer) -> tuple[str, ...]:
    """The new keys; of what was moved with its folder, the folder, which ends with a slash.

    ``prefixes`` are the folders that were chosen: the old ones, or the new ones of an undo.
    """
    found: dict[str, None] = {}
    for old, new in transfer.pairs[:_LOOKED_AT]:
        name = new
        for prefix in prefixes:
            if old.startswith(prefix):
                name = new[: len(new) - len(old) + len(prefix)]
            elif new.startswith(prefix):
                name = prefix
        found[name] = None
    return tuple(found)
