# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads Swift's listings, and refuses what can't be trusted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timezone
from typing import Any

from cog_browser.storage.errors import ProtocolError
from cog_browser.storage.listed_names import check_below, damaged
from cog_browser.storage.models import ObjectEntry


def rows_of(found: Any, prefix: str, doing: str) -> list[dict[str, Any]]:
    """A page of a listing below ``prefix``, as JSON has brought it: names and sizes are some."""
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
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


class ListedEntries(Sequence[ObjectEntry]):
    """The objects of a page of a listing, each made from its row when it is asked for.

    Ten thousand entries at once would have Python's garbage collector visit all that there is in
    the process, again and again for a long listing.
    """

    def __init__(self, container: str, rows: list[dict[str, Any]]) -> None:
        self._container, self._rows = container, rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, number: Any) -> Any:
        if isinstance(number, slice):
            return ListedEntries(self._container, self._rows[number])
        return entry_of_row(self._container, self._rows[number])

    def __iter__(self) -> Iterator[ObjectEntry]:
        return (entry_of_row(self._container, row) for row in self._rows)


def entry_of_row(container: str, row: Mapping[str, Any]) -> ObjectEntry:
    modified = None
    with suppress(KeyError, ValueError, TypeError):
        # five times as fast as strptime, which counts at a million rows
        modified = datetime.fromisoformat(row["last_modified"][:19]).replace(tzinfo=timezone.utc)
    return ObjectEntry(
        container=container,
        key=row["name"],
        size=int(row.get("bytes", 0)),
        last_modified=modified,
        # a large object's hash is that of its manifest
        etag=str(row.get("slo_etag") or row.get("hash", "")).strip('"'),
        content_type=str(row.get("content_type", "")),
    )
