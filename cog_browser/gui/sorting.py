# SPDX-License-Identifier: GPL-2.0-or-later
"""Filters and sorts the rows of a folder by an index array. No Qt: runs in any thread."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import le
from typing import Any

from cog_browser.gui.find.name_filter import NameFilter
from cog_browser.gui.object_rows import ObjectRows
from cog_browser.gui.row_numbers import total_size
from cog_browser.storage.models import Container

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
#: Rows that are sorted in one go. Python's own sort lets no other thread run until it is over.
_PIECE = 4_000
_CHECKED = 500  # rows between two looks whether anybody still wants it


@dataclass(frozen=True)
class SortJob:
    """A snapshot to sort. Pages may go on arriving; they are no part of it.

    It works in small pieces with a ``check`` between them, so that the GUI thread gets its turns.
    """

    listing: int
    column: int
    descending: bool
    folders: Sequence[str | Container]
    objects: ObjectRows
    folder_count: int
    object_count: int
    filter: NameFilter = field(default_factory=NameFilter)

    def run(self, check: Callable[[], None] = lambda: None) -> Order:
        """``check`` raises when it is no longer wanted."""
        folders, objects = self._sorted_folders(check), self._sorted_objects(check)
        return Order(
            self.listing,
            self.column,
            self.descending,
            folders,
            objects,
            _inverse(folders, self.folder_count, check),
            _inverse(objects, self.object_count, check),
            self.filter,
            total_size(self.objects, checked(objects, check), 0),
        )

    def _sorted_folders(self, check: Callable[[], None]) -> array:
        """Folders have a name only, containers may know their size."""
        held, wanted = self.folders, self.filter
        numbers = _taken(self.folder_count, lambda n: wanted.takes_folder(held[n]), wanted, check)
        numbers = _sorted(numbers, lambda n: folder_name(held[n]), check)
        if self.column == SIZE:
            numbers = _sorted(numbers, lambda n: _container_size(held[n]), check)
        return numbers[::-1] if self.descending else numbers

    def _sorted_objects(self, check: Callable[[], None]) -> array:
        """Equal values sort by name."""
        held, wanted = self.objects, self.filter
        numbers = _taken(self.object_count, lambda n: wanted.takes(held, n), wanted, check)
        if not held.is_by_name:
            numbers = _sorted(numbers, held.full_name, check)
        if self.column != NAME:
            numbers = _sorted(numbers, held.bytes_of if self.column == SIZE else held.time, check)
        return numbers[::-1] if self.descending else numbers


def _taken(
    count: int, takes: Callable[[int], bool], wanted: NameFilter, check: Callable[[], None]
) -> array:
    numbers = checked(range(count), check)
    return array("l", (number for number in numbers if takes(number)) if wanted else numbers)


def _sorted(numbers: array, key: Callable[[int], Any], check: Callable[[], None]) -> array:
    """As `sorted`, equal ones in the order they have, but by pieces: a sample says which."""
    if len(numbers) <= _PIECE:
        return array("l", sorted(numbers, key=key))
    sample = sorted(key(number) for number in numbers[:: _PIECE // 8])
    borders = sample[8::8]
    pieces = [array("l") for _ in range(len(borders) + 1)]
    for number in checked(numbers, check):
        pieces[bisect_right(borders, key(number))].append(number)
    result = array("l")
    for piece in pieces:
        check()
        result.extend(array("l", sorted(piece, key=key)))
    return result


def checked(numbers: Sequence[int], check: Callable[[], None]) -> Iterator[int]:
    """The numbers, with a ``check`` after every few hundred."""
    for start in range(0, len(numbers), _CHECKED):
        check()
        yield from numbers[start : start + _CHECKED]


def folder_name(folder: str | Container) -> str:
    return folder if isinstance(folder, str) else folder.name


def is_by_name(folders: Sequence[str | Container]) -> bool:
    names = list(map(folder_name, folders))
    return all(map(le, names, names[1:]))


def _container_size(folder: str | Container) -> int:
    size = None if isinstance(folder, str) else folder.size
    return -1 if size is None else size


def _inverse(rows: array, count: int, check: Callable[[], None]) -> array:
    inverse = array("l", [HIDDEN]) * count
    for row, number in enumerate(checked(rows, check)):
        inverse[number] = row
    return inverse
