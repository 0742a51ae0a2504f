# SPDX-License-Identifier: GPL-2.0-or-later
"""The index arrays of an `ObjectsModel`: arrival numbers in the order of the rows. No Qt."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any

from cog_browser.gui.find.name_filter import NameFilter
from cog_browser.gui.object_rows import ObjectRows
from cog_browser.storage.models import Container


def taken(objects: ObjectRows, start: int, wanted: NameFilter) -> array:
    """The arrival numbers of objects, from ``start`` on, that the filter takes."""
    numbers = range(start, len(objects))
    return array("l", (n for n in numbers if wanted.takes(objects, n)) if wanted else numbers)


def taken_folders(folders: Sequence[str | Container], start: int, wanted: NameFilter) -> array:
    numbers = range(start, len(folders))
    return array(
        "l", (n for n in numbers if wanted.takes_folder(folders[n])) if wanted else numbers
    )


class Numbers(Sequence[int]):
    """Some of an index array, for a worker: to copy a million would hold the window up.

    What is there stays, as an array is appended to or given up as a whole.
    """

    def __init__(self, rows: array, start: int, stop: int) -> None:
        self._rows, self._within = rows, range(max(0, start), min(max(0, stop), len(rows)))

    def __len__(self) -> int:
        return len(self._within)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            part = self._within[at]
            return self._rows[part.start : part.stop : part.step]
        return self._rows[self._within[at]]


def joined(rows: array, late: array) -> array:
    """Both, without a copy where nothing came late."""
    return rows + late if late else rows


def moved_row(number: int, inverse: array, rows: array, sorted_count: int) -> int:
    """Where an arrival number is now; those that came late are at the end, as they came."""
    if number < len(inverse):
        return inverse[number]
    return bisect_left(rows, number, sorted_count)


def total_size(objects: ObjectRows, numbers: Iterable[int], before: int | None) -> int | None:
    """Bytes of all; None where a size isn't known exactly."""
    total = before
    for number in numbers:
        if total is None or not objects.is_exact(number):
            return None
        total += objects.bytes_of(number)
    return total
