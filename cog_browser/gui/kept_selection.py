# SPDX-License-Identifier: GPL-2.0-or-later
"""Carries what is selected over to another order of the rows, or to a new listing.

Qt does it by a persistent index for every cell, which takes seconds for a long selection. Here a
worker finds out where the selected rows will be, and they are selected there as a few ranges.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import List, Optional, Tuple

from cog_browser.gui.object_rows import ObjectRows
from cog_browser.gui.sorting import Order, checked, folder_name
from cog_browser.storage.models import Container

#: With more ranges than these a table draws slowly.
MOST_RANGES = 2_000

Ranges = List[Tuple[int, int]]  # first and last, of folders or of objects
Found = Optional[Tuple[Ranges, Ranges]]  # None: too many


@dataclass(frozen=True)
class KeptSelection:
    """What was selected in the table. Made by the main thread, used by a worker."""

    objects: ObjectRows
    object_numbers: tuple[Sequence[int], ...]  # arrival numbers, in pieces
    folders: Sequence[str | Container]
    folder_numbers: tuple[Sequence[int], ...]
    is_all: bool
    ranges: tuple[tuple[int, int], ...]  # of rows, as they were

    def in_order(self, order: Order, check: Callable[[], None]) -> Found:
        """Where the same rows are in another order."""
        return _found(
            _joined(self.folder_numbers, check), _joined(self.object_numbers, check), order
        )

    def in_listing(
        self, names: list[str], objects: ObjectRows, order: Order, check: Callable[[], None]
    ) -> Found:
        """Where rows of the same names are in a new listing of the place."""
        if self.is_all:
            everything = checked(range(len(names)), check), checked(range(len(objects)), check)
            return _found(*everything, order)
        chosen = {folder_name(self.folders[n]) for n in _joined(self.folder_numbers, check)}
        folders = (n for n in checked(range(len(names)), check) if names[n] in chosen)
        return _found(folders, self._same(objects, check), order)

    def _same(self, objects: ObjectRows, check: Callable[[], None]) -> Iterator[int]:
        """The numbers of objects with the keys that were selected."""
        before = _joined(self.object_numbers, check)
        if not (self.objects.is_by_name and objects.is_by_name):
            keys = {self.objects.key(n) for n in before}
            yield from (n for n in checked(range(len(objects)), check) if objects.key(n) in keys)
            return
        now = 0
        for number in _ascending(before, len(self.objects)):
            if not number % 100:
                check()
            wanted = self.objects.key(number)
            while now < len(objects) and objects.key(now) < wanted:
                now += 1
                if not now % 100:
                    check()
            if now < len(objects) and objects.key(now) == wanted:
                yield now


def _joined(parts: tuple[Sequence[int], ...], check: Callable[[], None]) -> Iterator[int]:
    return (number for part in parts for number in checked(part, check))


def _ascending(numbers: Iterable[int], count: int) -> Iterator[int]:
    """As `sorted`, of a million of which no other thread would run for half a second."""
    is_there = bytearray(count)
    for number in numbers:
        is_there[number] = 1
    at = is_there.find(1)
    while at >= 0:
        yield at
        at = is_there.find(1, at + 1)


def _found(folders: Iterable[int], objects: Iterable[int], order: Order) -> Found:
    in_folders = _ranges(folders, order.folder_rows, len(order.folders))
    in_objects = _ranges(objects, order.object_rows, len(order.objects))
    if len(in_folders) + len(in_objects) > MOST_RANGES:
        return None
    return in_folders, in_objects


def _ranges(numbers: Iterable[int], inverse: array, count: int) -> Ranges:
    """The rows of some arrival numbers; at most one range more than are useful."""
    is_selected = bytearray(count)
    for number in numbers:
        row = inverse[number]
        if row >= 0:
            is_selected[row] = 1
    found: Ranges = []
    start = is_selected.find(1)
    while start >= 0 and len(found) <= MOST_RANGES:
        stop = is_selected.find(0, start)
        stop = count if stop < 0 else stop
        found.append((start, stop - 1))
        start = is_selected.find(1, stop)
    return found
