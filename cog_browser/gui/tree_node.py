# SPDX-License-Identifier: GPL-2.0-or-later
"""The rows of a `TreeModel`."""

from __future__ import annotations

from bisect import bisect_left
from enum import Enum

from cog_browser.adapters.i18n import tr
from cog_browser.gui.messages import Message
from cog_browser.gui.place import DELIMITER, Place
from cog_browser.gui.text import one_line
from cog_browser.storage.connection import Connection


class NodeState(Enum):
    IDLE = "idle"
    LOADING = "loading"
    REFRESHING = "refreshing"  # of the table alone: what was listed before stays until then
    READY = "ready"
    FAILED = "failed"


class Node:
    """A place in the tree, or a row that says something of the place it is below."""

    def __init__(self, number: int, parent: Node | None, place: Place | None, sort: str) -> None:
        self.number, self.parent, self.place, self.sort_key = number, parent, place, sort
        self.state = NodeState.IDLE
        self.connection: Connection | None = None
        self.note: Node | None = None  # first: why a place has no children yet
        self.more: Node | None = None  # last: how many are left out
        self.message: Message | None = None
        self.children: list[Node] = []
        self.sort_keys: list[str] = []  # of the children, always sorted
        self.stale: set[str] = set()  # children that a refresh has not seen again yet
        self.left_out = 0  # children that the listing has beyond those
        self.left_out_now = 0  # of them, what the listing that runs has brought

    @property
    def row_count(self) -> int:
        return len(self.children) + len(self.notes)

    @property
    def notes(self) -> list[Node]:
        return [note for note in (self.note, self.more) if note is not None]

    @property
    def row(self) -> int:
        if self.parent is None or self.parent.note is self:
            return 0
        if self.parent.more is self:
            return self.parent.row_count - 1
        return bisect_left(self.parent.sort_keys, self.sort_key) + (self.parent.note is not None)

    def child_at(self, row: int) -> Node:
        at = row - (self.note is not None)
        note = self.note if at < 0 else self.more
        return self.children[at] if 0 <= at < len(self.children) or note is None else note


def text_of(node: Node) -> str:
    if node.message is not None:
        return one_line(node.message.title)
    if node.connection is not None:
        return one_line(node.connection.name)
    if node.place is None:
        return ""
    return one_line(node.place.name.removesuffix(DELIMITER) or node.place.name)


def tip_of(node: Node) -> str:
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
