# SPDX-License-Identifier: GPL-2.0-or-later
"""The index arrays of an `ObjectsModel`: arrival numbers in the order of the rows. No Qt."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from operator import le
from typing import Any, Callable, Optional

from cog_browser.gui.find.name_filter import NameFilter
from cog_browser.storage.models import EXACT, ObjectEntry

Takes = Optional[Callable[[Any], bool]]


class Keys(Sequence[str]):
    """The keys of rows, for a search by halves."""

    def __init__(self, objects: Sequence[ObjectEntry], rows: array) -> None:
        self._objects, self._rows = objects, rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, row: Any) -> Any:
        return self._objects[self._rows[row]].key


def takers(wanted: NameFilter) -> tuple[Takes, Takes]:
    """What takes objects and folders; None where all are taken, at no cost for each."""
    return (wanted.takes, wanted.takes_folder) if wanted else (None, None)


def taken(held: Sequence[Any], start: int, takes: Takes) -> array:
    """The arrival numbers, from ``start`` on, of what the filter takes; None takes all."""
    numbers = range(start, len(held))
    return array("l", numbers if takes is None else (n for n in numbers if takes(held[n])))


def moved_row(number: int, inverse: array, rows: array, sorted_count: int) -> int:
    """Where an arrival number is now; those that came late are at the end, as they came."""
    if number < len(inverse):
        return inverse[number]
    return bisect_left(rows, number, sorted_count)


def is_sorted(before: Sequence[Any], page: Sequence[Any], key: Any) -> bool:
    keys = [key(value) for value in chain(before[-1:], page)]
    return all(map(le, keys, islice(keys, 1, None)))


def total_size(entries: Iterable[ObjectEntry], before: int | None) -> int | None:
    """Bytes of all; None where a size isn't known exactly."""
    total = before
    for entry in entries:
        if total is None or entry.size_is != EXACT:
            return None
        total += entry.size
    return total
