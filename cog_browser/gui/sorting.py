# SPDX-License-Identifier: GPL-2.0-or-later
"""Filters and sorts the rows of a folder by an index array. No Qt: runs in any thread."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from cog_browser.gui.find.name_filter import NameFilter
from cog_browser.gui.row_numbers import total_size
from cog_browser.storage.models import Container, ObjectEntry

NAME, SIZE, MODIFIED = range(3)


@dataclass(frozen=True)
class Order:
    """The rows in the order shown; ``rows[i]`` is the arrival number of row ``i``."""

    listing: int  # which listing was sorted, see `ObjectsModel`
    column: int
    descending: bool
    folders: array
    objects: array
    folder_rows: array  # their inverses: arrival number → row, or `HIDDEN`
    object_rows: array
    filter: NameFilter
    size: int | None  # bytes of the objects; None where some aren't known exactly


#: What a row has in an inverse if it isn't shown.
HIDDEN = -1
_CHECKED = 20_000  # rows between two looks whether anybody still wants it


@dataclass(frozen=True)
class SortJob:
    """A snapshot to sort. Pages may go on arriving; they are no part of it."""

    listing: int
    column: int
    descending: bool
    folders: Sequence[str | Container]
    objects: Sequence[ObjectEntry]
    folder_count: int
    object_count: int
    filter: NameFilter = field(default_factory=NameFilter)

    def run(self, check: Callable[[], None] = lambda: None) -> Order:
        """``check`` raises when it is no longer wanted."""
        folders = self._sorted(
            self.folders,
            self.folder_count,
            folder_key(self.column),
            self.filter.takes_folder,
            check,
        )
        objects = self._sorted(
            self.objects, self.object_count, object_key(self.column), self.filter.takes, check
        )
        return Order(
            self.listing,
            self.column,
            self.descending,
            folders,
            objects,
            _inverse(folders, self.folder_count),
            _inverse(objects, self.object_count),
            self.filter,
            total_size((self.objects[number] for number in objects), 0),
        )

    def _sorted(
        self,
        rows: Sequence[Any],
        count: int,
        key: Callable[[Any], Any],
        takes: Callable[[Any], bool],
        check: Callable[[], None],
    ) -> array:
        numbers: Iterable[int] = range(count)
        if self.filter:
            taken = array("l")
            for start in range(0, count, _CHECKED):
                check()
                part = range(start, min(start + _CHECKED, count))
                taken.extend(number for number in part if takes(rows[number]))
            numbers = taken
        check()
        keyed = sorted(numbers, key=lambda n: key(rows[n]), reverse=self.descending)
        return array("l", keyed)


def object_key(column: int) -> Callable[[ObjectEntry], Any]:
    """What objects of one folder sort by. Equal values sort by name."""
    if column == SIZE:
        return attrgetter("size", "key")
    if column == MODIFIED:
        return _modified
    return attrgetter("key")


def folder_key(column: int) -> Callable[[str | Container], Any]:
    """Folders have a name only, containers may know their size."""
    return _container_size if column == SIZE else folder_name


def folder_name(folder: str | Container) -> str:
    return folder if isinstance(folder, str) else folder.name


def _container_size(folder: str | Container) -> tuple[int, str]:
    size = None if isinstance(folder, str) else folder.size
    return (-1 if size is None else size, folder_name(folder))


def _modified(entry: ObjectEntry) -> tuple[float, str]:
    time = entry.last_modified
    return (time.timestamp() if time else float("-inf"), entry.key)


def _inverse(rows: array, count: int) -> array:
    inverse = array("l", [HIDDEN]) * count
    for row, number in enumerate(rows):
        inverse[number] = row
    return inverse
