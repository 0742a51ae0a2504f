# SPDX-License-Identifier: GPL-2.0-or-later
"""Connections, their containers and the folders in them, as a tree that never does I/O.

It asks by `listing_requested` and is told by `begin`, `append`, `finish` and `fail`. A place
that is gone by then is ignored. Folders are listed when the user opens them (`load`), never by
`canFetchMore`: QTreeView would drain a million of them.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt, pyqtSignal

from cog_browser.adapters.i18n import tr
from cog_browser.gui.icons import row_icon
from cog_browser.gui.messages import Message
from cog_browser.gui.place import Place
from cog_browser.gui.text import number_text, tool_tip
from cog_browser.gui.tree_node import Node, NodeState, text_of, tip_of
from cog_browser.storage.connection import Connection

#: Containers or folders shown below one place: nobody scrolls through more, and each takes memory
#: and a moment of the window's time. The table shows all.
MOST_SHOWN = 1_000


class TreeModel(QAbstractItemModel):
    """One column. Rows are found by `Place`."""

    #: The place whose containers or folders are wanted.
    listing_requested = pyqtSignal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._numbers = itertools.count(1)
        self._root = Node(0, None, None, "")
        self._nodes: dict[int, Node] = {}
        self._by_place: dict[Place, Node] = {}
        self._signed_in: set[str] = set()

    # What the dock asks

    def place(self, index: QModelIndex) -> Place | None:
        """The place of a row; None for a row that is only a note."""
        return self._node(index).place

    def index_of(self, place: Place) -> QModelIndex:
        node = self._by_place.get(place)
        return QModelIndex() if node is None else self._index(node)

    def state(self, place: Place) -> NodeState | None:
        """None where the tree doesn't know the place."""
        node = self._by_place.get(place)
        return None if node is None else node.state

    def nearest(self, place: Place | None) -> Place | None:
        """The place, or the first one above it that the tree knows."""
        while place is not None and place not in self._by_place:
            place = place.parent
        return place

    def connection(self, connection_id: str) -> Connection | None:
        node = self._by_place.get(Place(connection_id))
        return None if node is None else node.connection

    def path_text(self, place: Place) -> str:
        """Where it is, from the connection on."""
        connection = self.connection(place.connection_id)
        parts = (connection.name if connection else "", place.container, place.prefix)
        return " › ".join(part for part in parts if part)

    def children(self, place: Place) -> list[Place]:
        """The containers or folders of a place that are shown."""
        node = self._by_place.get(place)
        return [child.place for child in node.children if child.place] if node else []

    def takes_objects(self, place: Place | None) -> bool:
        """Whether objects can be put there: into containers, but not onto web servers."""
        return place is not None and bool(place.container) and not self.is_web(place)

    def is_web(self, place: Place) -> bool:
        """Whether it is on a web server, which can only be read."""
        connection = self.connection(place.connection_id)
        return connection is not None and connection.kind == "http"

    def load(self, index: QModelIndex) -> None:
        """Ask for the children of a row that has none yet."""
        node = self._node(index)
        if node.place is not None and node.state is NodeState.IDLE:
            self.listing_requested.emit(node.place)

    def retry(self, index: QModelIndex) -> bool:
        """Ask again for what a row reports as failed. False for other rows."""
        node = self._node(index)
        owner = node.parent if node.place is None else node
        if owner is None or owner.place is None or owner.state is not NodeState.FAILED:
            return False
        self.listing_requested.emit(owner.place)
        return True

    # What the controller tells

    def set_connections(self, connections: Iterable[Connection]) -> None:
        """Show these; those that stay keep what is known of them unless they were edited."""
        wanted = {Place(c.id): c for c in connections}
        for node in list(self._root.children):
            edited = wanted.get(node.place)
            if edited is None or not _is_same_account(node.connection, edited):
                at = self._root.children.index(node)
                self._remove(self._root, at, at + 1)
        for place, connection in wanted.items():
            if place not in self._by_place:
                key = f"{connection.name.casefold()}\0{connection.id}"
                self._insert(self._root, [(place, key)])
            self._by_place[place].connection = connection

    def set_signed_in(self, connection_id: str, is_signed_in: bool) -> None:
        (self._signed_in.add if is_signed_in else self._signed_in.discard)(connection_id)
        self._tell_changed(Place(connection_id))

    def begin(self, place: Place) -> None:
        """A listing of the place starts. Known children stay until it is over."""
        node = self._by_place.get(place)
        if node is None:
            return
        node.state = NodeState.LOADING
        node.stale, node.left_out_now = set(node.sort_keys), 0
        self._set_note(node, None if node.children else Message(tr("Loading…"), ""))
        self._tell_changed(place)

    def go_on(self, place: Place) -> None:
        """A listing that was stopped goes on: what is known of it stays right."""
        self.begin(place)
        if place in self._by_place:
            node = self._by_place[place]
            node.stale, node.left_out_now = set(), node.left_out

    def append(self, place: Place, names: Iterable[str]) -> None:
        """Containers, or full prefixes, of a page of the listing."""
        node = self._by_place.get(place)
        if node is None or node.state is not NodeState.LOADING:
            return
        # A refresh brings all names at once, and 100,000 of them go through nothing slower.
        listed, known = list(names), set(node.sort_keys)
        node.stale.difference_update(listed)
        fresh_count = len(listed) - len(known) + len(known.difference(listed))
        fresh = (name for name in listed if name not in known)
        shown = sorted(set(itertools.islice(fresh, max(0, MOST_SHOWN - len(known)))))
        if fresh_count:
            self._set_note(node, None)
            self._insert(node, [(place.child(name), name) for name in shown])
            node.left_out_now += fresh_count - len(shown)
            self._show_left_out(node, max(node.left_out, node.left_out_now))

    def reveal(self, place: Place) -> None:
        """Show a folder that may have been left out: the user goes there."""
        node = self._by_place.get(place.parent) if place.parent else None
        if node is not None and node.left_out and place not in self._by_place:
            self._insert(node, [(place, place.prefix or place.container)])
            self._show_left_out(node, node.left_out - 1)

    def finish(self, place: Place) -> None:
        """The listing is complete: what it did not name is gone."""
        node = self._by_place.get(place)
        if node is None or node.state is not NodeState.LOADING:
            return
        self._remove_stale(node)
        node.state, node.stale = NodeState.READY, set()
        self._set_note(node, None)
        self._show_left_out(node, node.left_out_now)
        self._tell_changed(place)

    def fail(self, place: Place, message: Message) -> None:
        """The listing failed: a row says why, and a double click on it asks again."""
        node = self._by_place.get(place)
        if node is None:
            return
        node.state, node.stale = NodeState.FAILED, set()
        self._set_note(node, message)
        self._tell_changed(place)

    def interrupt(self, place: Place) -> None:
        """The listing was given up: the next `load` asks again."""
        node = self._by_place.get(place)
        if node is None or node.state is not NodeState.LOADING:
            return
        node.state, node.stale = NodeState.IDLE, set()
        self._set_note(node, None)
        self._tell_changed(place)

    def forget(self, place: Place) -> None:
        """Drop all that is known below the place."""
        node = self._by_place.get(place)
        if node is None:
            return
        self._set_note(node, None)
        if node.children:
            self._remove(node, 0, len(node.children))
        self._show_left_out(node, 0)
        node.state = NodeState.IDLE
        self._tell_changed(place)

    # QAbstractItemModel

    def columnCount(self, parent: QModelIndex | None = None) -> int:  # noqa: ARG002
        return 1

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        if parent is not None and parent.column() > 0:
            return 0
        return self._node(parent).row_count

    def hasChildren(self, parent: QModelIndex | None = None) -> bool:
        node = self._node(parent)
        if node.row_count or node is self._root:
            return bool(node.row_count)
        return node.place is not None and node.state is NodeState.IDLE

    def index(self, row: int, column: int, parent: QModelIndex | None = None) -> QModelIndex:
        node = self._node(parent)
        if column != 0 or not 0 <= row < node.row_count:
            return QModelIndex()
        return self.createIndex(row, column, node.child_at(row).number)

    def parent(self, index: QModelIndex | None = None) -> Any:
        if index is None:
            return super().parent()
        node = self._node(index).parent
        return QModelIndex() if node is None or node is self._root else self._index(node)

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        node = self._node(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return text_of(node)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tool_tip(tip_of(node))
        if role == Qt.ItemDataRole.DecorationRole:
            return self._icon(node)
        return None

    # Its own

    def _icon(self, node: Node) -> Any:
        if node.place is None:
            is_error = node.message is not None and bool(node.message.text)
            return QgsApplication.getThemeIcon("/mIconWarning.svg") if is_error else None
        if node.place.prefix:
            return row_icon("folder")
        if node.place.container:
            return row_icon("container")
        is_online = node.place.connection_id in self._signed_in
        return row_icon("connection" if is_online else "connection-offline")

    def _node(self, index: QModelIndex | None) -> Node:
        if index is None or not index.isValid():
            return self._root
        return self._nodes.get(index.internalId(), self._root)  # never raises into C++

    def _index(self, node: Node) -> QModelIndex:
        if node is self._root:
            return QModelIndex()
        return self.createIndex(node.row, 0, node.number)

    def _tell_changed(self, place: Place) -> None:
        index = self.index_of(place)
        if index.isValid():
            self.dataChanged.emit(index, index)

    def _new_node(self, parent: Node, place: Place | None, sort_key: str) -> Node:
        node = Node(next(self._numbers), parent, place, sort_key)
        self._nodes[node.number] = node
        if place is not None:
            self._by_place[place] = node
        return node

    def _insert(self, parent: Node, fresh: list[tuple[Place, str]]) -> None:
        """Insert children, sorted by key, in one block for each gap they fall into."""
        start = 0
        while start < len(fresh):
            at = bisect_left(parent.sort_keys, fresh[start][1])
            following = parent.sort_keys[at] if at < len(parent.sort_keys) else None
            stop = start + 1
            while stop < len(fresh) and (following is None or fresh[stop][1] < following):
                stop += 1
            block = fresh[start:stop]
            first = at + (parent.note is not None)
            self.beginInsertRows(self._index(parent), first, first + len(block) - 1)
            parent.children[at:at] = [self._new_node(parent, p, key) for p, key in block]
            parent.sort_keys[at:at] = [key for _, key in block]
            self.endInsertRows()
            start = stop

    def _remove(self, parent: Node, start: int, stop: int) -> None:
        """Remove children by their places among each other."""
        first = start + (parent.note is not None)
        self.beginRemoveRows(self._index(parent), first, first + stop - start - 1)
        for child in parent.children[start:stop]:
            self._unregister(child)
        del parent.children[start:stop], parent.sort_keys[start:stop]
        self.endRemoveRows()

    def _remove_stale(self, node: Node) -> None:
        """In blocks: views take as long for many rows at once as for one."""
        stop = len(node.children)
        while stop > 0:
            start = stop
            while start > 0 and node.sort_keys[start - 1] in node.stale:
                start -= 1
            if start < stop:
                self._remove(node, start, stop)
            stop = start - 1

    def _unregister(self, node: Node) -> None:
        del self._nodes[node.number]
        if node.place is not None:
            self._by_place.pop(node.place, None)
        for child in [*node.children, *node.notes]:
            self._unregister(child)

    def _set_note(self, node: Node, message: Message | None) -> None:
        if node.note is not None:
            self.beginRemoveRows(self._index(node), 0, 0)
            self._unregister(node.note)
            node.note = None
            self.endRemoveRows()
        if message is not None:
            self.beginInsertRows(self._index(node), 0, 0)
            node.note = self._new_node(node, None, "")
            node.note.message = message
            self.endInsertRows()

    def _show_left_out(self, node: Node, count: int) -> None:
        node.left_out, at = count, len(node.children) + (node.note is not None)
        if node.more is not None and not count:
            self.beginRemoveRows(self._index(node), at, at)
            self._unregister(node.more)
            node.more = None
            self.endRemoveRows()
        elif node.more is None and count:
            self.beginInsertRows(self._index(node), at, at)
            node.more = self._new_node(node, None, "")
            self.endInsertRows()
        if node.more is not None:
            node.more.message = Message(
                tr("{count} more in the table").format(count=number_text(count)), ""
            )
            index = self._index(node.more)
            self.dataChanged.emit(index, index)


def _is_same_account(before: Connection | None, now: Connection) -> bool:
    """Whether at most the way to sign in has changed: what is listed stays right."""
    ways = ("auth_mode", "application_credential_id", "application_credential_name")
    same = {way: getattr(now, way) for way in ways}
    return before is not None and replace(before, **same) == now
