# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads Swift's listings, and refuses what can't be trusted."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from itertools import islice
from typing import Any, TypeVar

from cog_browser.storage.errors import ProtocolError
from cog_browser.storage.listed_names import check_below, damaged
from cog_browser.storage.models import Listing, ObjectEntry
from cog_browser.storage.paging import Pages
from cog_browser.storage.turns import PIECE, rest


def _checked(found: list[Any], prefix: str, doing: str) -> list[dict[str, Any]]:
    """Rows of a listing below ``prefix``, as JSON has brought them: names and sizes are some."""
    if not all(isinstance(row, dict) for row in found):
        raise ProtocolError(f"Could not {doing}: the answer is no listing.")
    try:
        for row in found:
            str.encode(row["subdir"] if "subdir" in row else row["name"])  # no lone surrogates
            if int(row.get("bytes", 0)) < 0:
                raise damaged(doing)
    except (KeyError, TypeError, ValueError, OverflowError):
        raise damaged(doing) from None
    check_below(
        [row["subdir"] for row in found if "subdir" in row],
        [row["name"] for row in found if "subdir" not in row],
        prefix,
        doing,
    )
    return found


def listed_rows(found: Iterator[Any], prefix: str, doing: str) -> Iterator[dict[str, Any]]:
    """A page's rows below ``prefix``, in turns with a window. Raises `ProtocolError`."""
    while part := list(islice(found, PIECE)):
        yield from _checked(part, prefix, doing)
        rest()


class RowsPage:
    """A page of a listing as its rows."""

    def __init__(self, rows: Iterator[dict[str, Any]]) -> None:
        self.rows = list(rows)
        self.last: str = _name(self.rows[-1]) if self.rows else ""


class ListedPage:
    """A page of a container's listing. ``last`` is the name that the next one comes after."""

    def __init__(self, container: str, rows: Iterator[dict[str, Any]]) -> None:
        self.prefixes: list[str] = []
        self.objects, self.last = ListedEntries(container), ""
        for row in rows:
            self.last = _name(row)
            if "subdir" in row:
                self.prefixes.append(self.last)
            else:
                self.objects.add(row)

    def listing(self) -> Listing:
        return Listing(tuple(self.prefixes), self.objects or ())


AnyPage = TypeVar("AnyPage", RowsPage, ListedPage)


def pages_of(page_after: Callable[[str], AnyPage], doing: str, first: str = "") -> Pages[AnyPage]:
    """Every page up to the empty one: a server may give less than was asked for.

    ``page_after`` gets a marker, for the first page ``first``. Raises `ProtocolError` where the
    server gives the same page again.
    """

    def ask(after: str) -> tuple[AnyPage, str] | None:
        marker = after or first
        page = page_after(marker)
        if not page.last:
            return None if after else (page, "")
        if page.last == marker:
            raise ProtocolError(f"Could not {doing}: the listing does not move on.")
        return page, page.last

    return Pages(ask)


class ListedEntries(Sequence[ObjectEntry]):
    """The objects of a page of a listing, each made when it is asked for.

    Until then they are texts and numbers, which Python's garbage collector does not count. Ten
    thousand entries, or dictionaries, would have it visit all that there is in the process, again
    and again for a long listing: 70 ms in which no window moves.
    """

    def __init__(self, container: str) -> None:
        self._container = container
        self._keys: list[str] = []
        self._sizes: list[int] = []
        self._times: list[str] = []
        self._etags: list[str] = []
        self._types: list[str] = []

    def add(self, row: Mapping[str, Any]) -> None:
        self._sizes.append(int(row.get("bytes", 0)))
        self._times.append(str(row.get("last_modified", "")))
        self._etags.append(_etag(row))
        self._types.append(sys.intern(str(row.get("content_type", ""))))
        self._keys.append(row["name"])

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, number: Any) -> Any:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        return ObjectEntry(
            self._container,
            self._keys[number],
            self._sizes[number],
            _time(self._times[number]),
            self._etags[number],
            self._types[number],
        )

    def __iter__(self) -> Iterator[ObjectEntry]:
        return (self[number] for number in range(len(self)))


def entry_of_row(container: str, row: Mapping[str, Any]) -> ObjectEntry:
    return ObjectEntry(
        container=container,
        key=row["name"],
        size=int(row.get("bytes", 0)),
        last_modified=_time(str(row.get("last_modified", ""))),
        etag=_etag(row),
        content_type=str(row.get("content_type", "")),
    )


def _name(row: Mapping[str, Any]) -> str:
    name: str = row["subdir"] if "subdir" in row else row["name"]
    return name


def _time(text: str) -> datetime | None:
    try:  # five times as fast as strptime, which counts at a million rows
        return datetime.fromisoformat(text[:19]).replace(tzinfo=timezone.utc)
    except ValueError:
        return None


def _etag(row: Mapping[str, Any]) -> str:
    """A large object's hash is that of its manifest."""
    return str(row.get("slo_etag") or row.get("hash", "")).strip('"')
