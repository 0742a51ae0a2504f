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
from enum import Enum
from typing import Any

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QAbstractItemModel, QModelIndex, QObject, Qt, pyqtSignal

from cog_browser.adapters.i18n import tr
from cog_browser.gui.icons import row_icon
from cog_browser.gui.messages import Message
from cog_browser.gui.place import DELIMITER, Place
from cog_browser.gui.text import one_line, tool_tip
from cog_browser.storage.connection import Connection


class NodeState(Enum):
    IDLE = "idle"
    LOADING = "loading"
    REFRESHING = "refreshing"  # of the table alone: what was listed before stays until then
    READY = "ready"
    FAILED = "failed"


class _Node:
    """A place in the tree, or the one row that says why a place has no children yet."""

    def __init__(self, number: int, parent: _Node | None, place: Place | None, sort: str) -> None:
        self.number, self.parent, self.place, self.sort_key = number, parent, place, sort
        self.state = NodeState.IDLE
        self.connection: Connection | None = None
        self.note: _Node | None = None
        self.message: Message | None = None
        self.children: list[_Node] = []
        self.sort_keys: list[str] = []  # of the children, always sorted
        self.stale: set[Place] = set()  # children that a refresh has not seen again yet

    @property
    def row_count(self) -> int:
        return len(self.children) + (self.note is not None)

    @property
    def row(self) -> int:
        if self.parent is None or self.parent.note is self:
            return 0
        return bisect_left(self.parent.sort_keys, self.sort_key) + (self.parent.note is not None)

    def child_at(self, row: int) -> _Node:
        if self.note is not None:
            return self.children[row - 1] if row else self.note
        return self.children[row]


class TreeModel(QAbstractItemModel):
    """One column. Rows are found by `Place`."""

    #: The place whose containers or folders are wanted.
    listing_requested = pyqtSignal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._numbers = itertools.count(1)
        self._root = _Node(0, None, None, "")
        self._nodes: dict[int, _Node] = {}
        self._by_place: dict[Place, _Node] = {}
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

    def children(self, place: Place) -> list[Place]:
        """The containers or folders of a place that are known."""
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
                self._remove(node)
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
        node.stale = {child.place for child in node.children if child.place}
        self._set_note(node, None if node.children else Message(tr("Loading…"), ""))
        self._tell_changed(place)

    def go_on(self, place: Place) -> None:
        """A listing that was stopped goes on: what is known of it stays right."""
        self.begin(place)
        if place in self._by_place:
            self._by_place[place].stale = set()

    def append(self, place: Place, names: Iterable[str]) -> None:
        """Containers, or full prefixes, of a page of the listing."""
        node = self._by_place.get(place)
        if node is None or node.state is not NodeState.LOADING:
            return
        fresh = []
        for name in names:
            child = place.child(name)
            node.stale.discard(child)
            if child not in self._by_place:
                fresh.append((child, name))
        if fresh:
            self._set_note(node, None)
            self._insert(node, sorted(dict(fresh).items(), key=lambda item: item[1]))

    def finish(self, place: Place) -> None:
        """The listing is complete: what it did not name is gone."""
        node = self._by_place.get(place)
        if node is None or node.state is not NodeState.LOADING:
            return
        for child in [c for c in node.children if c.place in node.stale]:
            self._remove(child)
        node.state, node.stale = NodeState.READY, set()
        self._set_note(node, None)
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
            self.beginRemoveRows(self._index(node), 0, len(node.children) - 1)
            for child in node.children:
                self._unregister(child)
            node.children, node.sort_keys = [], []
            self.endRemoveRows()
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
            return _text(node)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tool_tip(_tip(node))
        if role == Qt.ItemDataRole.DecorationRole:
            return self._icon(node)
        return None

    # Its own

    def _icon(self, node: _Node) -> Any:
        if node.place is None:
            is_error = node.message is not None and bool(node.message.text)
            return QgsApplication.getThemeIcon("/mIconWarning.svg") if is_error else None
        if node.place.prefix:
            return row_icon("folder")
        if node.place.container:
            return row_icon("container")
        is_online = node.place.connection_id in self._signed_in
        return row_icon("connection" if is_online else "connection-offline")

    def _node(self, index: QModelIndex | None) -> _Node:
        if index is None or not index.isValid():
            return self._root
        return self._nodes.get(index.internalId(), self._root)  # never raises into C++

    def _index(self, node: _Node) -> QModelIndex:
        if node is self._root:
            return QModelIndex()
        return self.createIndex(node.row, 0, node.number)

    def _tell_changed(self, place: Place) -> None:
        index = self.index_of(place)
        if index.isValid():
            self.dataChanged.emit(index, index)

    def _new_node(self, parent: _Node, place: Place | None, sort_key: str) -> _Node:
        node = _Node(next(self._numbers), parent, place, sort_key)
        self._nodes[node.number] = node
        if place is not None:
            self._by_place[place] = node
        return node

    def _insert(self, parent: _Node, fresh: list[tuple[Place, str]]) -> None:
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

    def _remove(self, node: _Node) -> None:
        parent, row = node.parent or self._root, node.row
        self.beginRemoveRows(self._index(parent), row, row)
        at = row - (parent.note is not None)
        del parent.children[at], parent.sort_keys[at]
        self._unregister(node)
        self.endRemoveRows()

    def _unregister(self, node: _Node) -> None:
        del self._nodes[node.number]
        if node.place is not None:
            self._by_place.pop(node.place, None)
        for child in [*node.children, *([node.note] if node.note else [])]:
            self._unregister(child)

    def _set_note(self, node: _Node, message: Message | None) -> None:
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


def _is_same_account(before: Connection | None, now: Connection) -> bool:
    """Whether at most the way to sign in has changed: what is listed stays right."""
    ways = ("auth_mode", "application_credential_id", "application_credential_name")
    same = {way: getattr(now, way) for way in ways}
    return before is not None and replace(before, **same) == now


def _text(node: _Node) -> str:
    if node.message is not None:
        return one_line(node.message.title)
    if node.connection is not None:
        return one_line(node.connection.name)
    if node.place is None:
        return ""
    return one_line(node.place.name.removesuffix(DELIMITER) or node.place.name)


def _tip(node: _Node) -> str:
    if node.message is not None:
        if not node.message.text:
            return ""
        return node.message.full_text + "\n" + tr("Double click to retry.")
    if node.connection is not None:
        where = node.connection.service_url
        lines = [node.connection.name, where, node.connection.region]
        return "\n".join(line for line in lines if line)
    if node.place is None:
        return ""
    return one_line(node.place.prefix or node.place.container)
