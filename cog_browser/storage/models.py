# SPDX-License-Identifier: GPL-2.0-or-later
"""What an object store holds. Plain values: frozen, hashable, safe in any thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cog_browser.storage.store import ObjectStore


@dataclass(frozen=True)
class Container:
    """A Swift container or an S3 bucket. ``size`` in bytes; None where the store doesn't say.

    ``holds_parts``: only parts of another container's large objects are in it.
    """

    name: str
    object_count: int | None = None
    size: int | None = None
    holds_parts: bool = False


#: How far `ObjectEntry.size` is known: to the byte, rounded as web pages show it, or not at all.
EXACT, ROUNDED, UNKNOWN = "exact", "rounded", "unknown"


@dataclass(frozen=True, repr=False)
class ObjectEntry:
    """One object. ``key`` is its full name in the container, ``size`` in bytes.

    ``last_modified`` is aware, in UTC. ``etag`` is unquoted. Only listings of web pages have a
    ``size_is`` other than `EXACT`; an `UNKNOWN` size is 0.
    """

    container: str
    key: str
    size: int
    last_modified: datetime | None
    etag: str
    content_type: str
    size_is: str = EXACT

    def __repr__(self) -> str:
        """Short, since a console prints it."""
        size = f"{self.size} bytes" if self.size_is == EXACT else f"size {self.size_is}"
        time = f", {self.last_modified:%Y-%m-%d %H:%M:%S} UTC" if self.last_modified else ""
        return f"<ObjectEntry {f'{self.container}/{self.key}'!r}, {size}{time}, etag {self.etag!r}>"

    @property
    def name(self) -> str:
        """The last segment of the key, as a folder view shows it."""
        return self.key.rstrip("/").rsplit("/", 1)[-1] or self.key


@dataclass(frozen=True)
class Listing:
    """One page of a listing, in the server's order.

    ``prefixes`` are full prefixes with their trailing delimiter. ``objects`` may make its entries
    only when they are asked for.
    """

    prefixes: tuple[str, ...]
    objects: Sequence[ObjectEntry]


@dataclass(frozen=True)
class ObjectRef:
    """An object to read through its store, e.g. for `validate_cog`."""

    store: ObjectStore
    container: str
    key: str
