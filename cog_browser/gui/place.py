# SPDX-License-Identifier: GPL-2.0-or-later
"""Where something is: plain values that the dock, its models and the controller exchange."""

from __future__ import annotations

from dataclasses import dataclass

DELIMITER = "/"


@dataclass(frozen=True)
class Place:
    """A connection, a container of it, or a prefix in a container.

    ``prefix`` is the full one, with its trailing delimiter.
    """

    connection_id: str
    container: str = ""
    prefix: str = ""

    @property
    def name(self) -> str:
        """The last part, as a tree shows it; empty for a connection."""
        if not self.prefix:
            return self.container
        return self.prefix[: -len(DELIMITER)].rsplit(DELIMITER, 1)[-1] + DELIMITER

    @property
    def parent(self) -> Place | None:
        """The place that lists this one; None for a connection."""
        if not self.container:
            return None
        if not self.prefix:
            return Place(self.connection_id)
        cut = self.prefix.rfind(DELIMITER, 0, -len(DELIMITER)) + 1
        return Place(self.connection_id, self.container, self.prefix[:cut])

    def child(self, name: str) -> Place:
        """A container of this connection, or a (full) prefix of this container."""
        if not self.container:
            return Place(self.connection_id, name)
        return Place(self.connection_id, self.container, name)

    def is_in(self, other: Place) -> bool:
        """Whether this is ``other`` or below it."""
        if self.connection_id != other.connection_id:
            return False
        if not other.container:
            return True
        return self.container == other.container and self.prefix.startswith(other.prefix)


@dataclass(frozen=True)
class ObjectAddress:
    """An object of a saved connection. Holds no secret, so it may be dragged."""

    connection_id: str
    container: str
    key: str

    @property
    def name(self) -> str:
        return self.key.rstrip(DELIMITER).rsplit(DELIMITER, 1)[-1] or self.key

    @property
    def place(self) -> Place:
        """The folder it is in."""
        return Place(self.connection_id, self.container, self.key[: self.key.rfind(DELIMITER) + 1])
