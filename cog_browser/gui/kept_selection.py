# SPDX-License-Identifier: GPL-2.0-or-later
"""Carries what is selected over to another order of the rows, or to a new listing.

Qt does it by a persistent index for every cell, which takes seconds for a long selection. Here a
worker finds out where the selected rows will be, and they are selected there as a few ranges.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import List, Optional, Tuple

from cog_browser.gui.object_rows import ObjectRows
from cog_browser.gui.sorting import Order, checked

#: With more ranges than these a table draws slowly.
MOST_RANGES = 2_000

Ranges = List[Tuple[int, int]]  # first and last, of folders or of objects
Found = Optional[Tuple[Ranges, Ranges]]  # None: too many


@dataclass(frozen=True)
class KeptSelection:
    """What was selected in the table. Made by the main thread, used by a worker."""

    objects: ObjectRows
    object_numbers: tuple[array, ...]  # arrival numbers, in pieces
    folder_numbers: tuple[int, ...]
    folder_names: frozenset[str]
    is_all: bool
    ranges: tuple[tuple[int, int], ...]  # of rows, as they were

    def in_order(self, order: Order, check: Callable[[], None]) -> Found:
        """Where the same rows are in another order."""
        numbers = (n for part in self.object_numbers for n in checked(part, check))
        return _found(self.folder_numbers, numbers, order)

    def in_listing(
        self, names: list[str], objects: ObjectRows, order: Order, check: Callable[[], None]
    ) -> Found:
        """Where rows of the same names are in a new listing of the place."""
        folders = [n for n, name in enumerate(names) if self.is_all or name in self.folder_names]
        if self.is_all:
            return _found(folders, checked(range(len(objects)), check), order)
        return _found(folders, self._same(objects, check), order)

    def _same(self, objects: ObjectRows, check: Callable[[], None]) -> Iterator[int]:
        """The numbers of objects with the keys that were selected."""
        before = sorted(n for part in self.object_numbers for n in checked(part, check))
        if not (self.objects.is_by_name and objects.is_by_name):
            keys = {self.objects.key(n) for n in checked(before, check)}
            yield from (n for n in checked(range(len(objects)), check) if objects.key(n) in keys)
            return
        now = 0
        for number in checked(before, check):
            wanted = self.objects.key(number)
            while now < len(objects) and objects.key(now) < wanted:
                now += 1
                if not now % 500:
                    check()
            if now < len(objects) and objects.key(now) == wanted:
                yield now


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
