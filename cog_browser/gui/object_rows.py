# SPDX-License-Identifier: GPL-2.0-or-later
"""The objects of a listing in the order they arrived, about 100 bytes each. No Qt.

A million `ObjectEntry` would take half a gigabyte, be visited by every full run of Python's
garbage collector, and hold everything up for most of a second when they go. Here a few arrays
hold what they say, and an entry is made when a row is looked at.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from math import isnan, nan
from typing import Any

from cog_browser.storage.models import EXACT, ObjectEntry

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_LARGEST = 2**63 - 1  # a server may claim more


class ObjectRows(Sequence[ObjectEntry]):
    """Entries, to be appended to. One thread appends; others may read what was there before.

    ``marker``: the key of the folder itself, whose empty object only makes the folder exist and
    is left out.
    """

    def __init__(self, entries: Iterable[ObjectEntry] = (), marker: str | None = None) -> None:
        self._keys, self._etags = _Texts(), _Texts()
        self._sizes, self._times = array("q"), array("d")
        self._rest: list[tuple[str, str, str]] = []  # container, content type, how sure the size is
        self._rest_numbers: dict[tuple[str, str, str], int] = {}
        self._rest_of = array("l")
        self.is_by_name = True  # whether they are of one container and in the order of their keys
        self.size: int | None = 0  # bytes of all; None where some aren't known exactly
        before: ObjectEntry | None = None
        for entry in entries:
            if marker is None or entry.key != marker or entry.size:
                self._append(entry, before)
                before = entry

    def __len__(self) -> int:
        return len(self._rest_of)  # written last: what is counted is all there

    def __getitem__(self, number: Any) -> Any:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        if not 0 <= number < len(self):
            raise IndexError(number)
        container, content_type, size_is = self._rest[self._rest_of[number]]
        time = self._times[number]
        return ObjectEntry(
            container,
            self._keys[number],
            self._sizes[number],
            None if isnan(time) else _EPOCH + timedelta(seconds=time),
            self._etags[number],
            content_type,
            size_is,
        )

    def __iter__(self) -> Iterator[ObjectEntry]:
        return (self[number] for number in range(len(self)))

    def key(self, number: int) -> str:
        return self._keys[number]

    def full_name(self, number: int) -> tuple[str, str]:
        """Container and key."""
        return self._rest[self._rest_of[number]][0], self._keys[number]

    def bytes_of(self, number: int) -> int:
        return self._sizes[number]

    def bytes_of_all(self, numbers: Iterable[int]) -> int:
        """Of some; a few hundred at a time let other threads have their turn."""
        return sum(map(self._sizes.__getitem__, numbers))

    def time(self, number: int) -> float:
        """Seconds since 1970; before all others where it isn't known."""
        time = self._times[number]
        return float("-inf") if isnan(time) else time

    def content_type(self, number: int) -> str:
        return self._rest[self._rest_of[number]][1]

    def is_exact(self, number: int) -> bool:
        """Whether the size is known to the byte."""
        return self._rest[self._rest_of[number]][2] == EXACT

    def number_of(self, key: str) -> int:
        """The number of an object; -1 where it isn't there. Quick where they are by name."""
        if not self.is_by_name:
            return next((n for n in range(len(self)) if self._keys[n] == key), -1)
        at = bisect_left(_Keys(self), key)
        return at if at < len(self) and self._keys[at] == key else -1

    def extend(self, page: ObjectRows) -> None:
        """Append a page, in about a millisecond for ten thousand."""
        if not page:
            return
        self.is_by_name = (
            self.is_by_name
            and page.is_by_name
            and (not self or self.full_name(len(self) - 1) <= page.full_name(0))
            and (not self or self.full_name(0)[0] == page.full_name(0)[0])
        )
        sizes = self.size, page.size
        self.size = None if None in sizes else sum(filter(None, sizes))
        self._keys.extend(page._keys)
        self._etags.extend(page._etags)
        self._sizes.extend(page._sizes)
        self._times.extend(page._times)
        numbers = [self._rest_number(rest) for rest in page._rest]
        self._rest_of.extend(array("l", [numbers[one] for one in page._rest_of]))

    def _append(self, entry: ObjectEntry, before: ObjectEntry | None) -> None:
        if before is not None and self.is_by_name:
            self.is_by_name = before.container == entry.container and before.key <= entry.key
        is_exact = entry.size_is == EXACT
        self.size = self.size + entry.size if is_exact and self.size is not None else None
        self._keys.append(entry.key)
        self._etags.append(entry.etag)
        self._sizes.append(min(entry.size, _LARGEST))
        self._times.append(entry.last_modified.timestamp() if entry.last_modified else nan)
        rest = (entry.container, entry.content_type, entry.size_is)
        self._rest_of.append(self._rest_number(rest))

    def _rest_number(self, rest: tuple[str, str, str]) -> int:
        number = self._rest_numbers.get(rest)
        if number is None:
            number = self._rest_numbers[rest] = len(self._rest)
            self._rest.append(rest)
        return number


class _Texts:
    """Many short texts in one piece of memory."""

    def __init__(self) -> None:
        self._bytes, self._ends = bytearray(), array("q")

    def __getitem__(self, number: int) -> str:
        start = self._ends[number - 1] if number else 0
        return self._bytes[start : self._ends[number]].decode("utf-8", "surrogatepass")

    def append(self, text: str) -> None:
        self._bytes += text.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._bytes))

    def extend(self, other: _Texts) -> None:
        before = len(self._bytes)
        self._bytes += other._bytes
        self._ends.extend(array("q", [end + before for end in other._ends]))


class _Keys(Sequence[str]):
    """For a search by halves."""

    def __init__(self, rows: ObjectRows) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, number: Any) -> Any:
        return self._rows.key(number)
