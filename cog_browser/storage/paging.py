# SPDX-License-Identifier: GPL-2.0-or-later
"""Listings that outlive an error: whoever asks again gets the page that could not be had."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Callable, Generic, Optional, Tuple, TypeVar

Page = TypeVar("Page")
Other = TypeVar("Other")

#: Asks for the page behind a marker; gives it with the marker of the next, or "" if it is the last.
Ask = Callable[[str], Optional[Tuple[Page, str]]]


class Pages(Iterator[Page], Generic[Page]):
    """One page at a time, as an iterator. A generator would be over with its first error.

    ``ask`` gets the marker, "" for the first page; it gives None where there is no page any more.
    """

    def __init__(self, ask: Ask[Page]) -> None:
        self._ask, self._marker, self._is_over = ask, "", False

    def __next__(self) -> Page:
        found = None if self._is_over else self._ask(self._marker)
        if found is None:
            self._is_over = True
            raise StopIteration
        page, self._marker = found
        self._is_over = not self._marker
        return page

    def map(self, make: Callable[[Page], Other]) -> Pages[Other]:
        """The same pages in another form; this one is not to be asked any more."""

        def ask(marker: str) -> tuple[Other, str] | None:
            found = self._ask(marker)
            return None if found is None else (make(found[0]), found[1])

        return Pages(ask)
