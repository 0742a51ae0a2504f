# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads what Swift answers, and refuses what can't be trusted."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any

from cog_browser.storage.errors import AlreadyExistsError, ProtocolError
from cog_browser.storage.http import Response
from cog_browser.storage.listed_names import check_below, damaged
from cog_browser.storage.models import ObjectEntry

_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


def said(container: str, key: str) -> str:
    return f"“{key}” in container “{container}”"


def already_exists(doing: str, request_id: str | None = None) -> AlreadyExistsError:
    return AlreadyExistsError(
        f"Could not {doing}: it exists already. Choose another key, or allow overwriting.",
        status=412,
        request_id=request_id,
    )


def changed(doing: str, request_id: str | None) -> ProtocolError:
    return ProtocolError(
        f"Could not {doing}: it has been replaced since it was opened. Reload the layer.",
        status=412,
        request_id=request_id,
    )


def check_range(
    response: Response,
    doing: str,
    start: int,
    stop: int,
    etag: str | None,
    *,
    may_be_encoded: bool = False,
) -> None:
    """Refuse an answer that isn't exactly the bytes asked for, before its body is read.

    ``may_be_encoded`` is for those who want an object's bytes as they are, compressed or not.
    """

    def refuse(why: str) -> ProtocolError:
        response.close()
        return ProtocolError(
            f"Could not {doing}: {why}", status=response.status, request_id=response.request_id
        )

    headers = response.headers
    if headers.get("Content-Encoding", "identity") != "identity" and not may_be_encoded:
        raise refuse("the answer is compressed, which breaks byte ranges.")
    if headers.get("Content-Type", "").startswith("multipart/"):
        raise refuse("the answer is wrapped in multipart/byteranges.")
    if response.status == 200:
        raise refuse("the server ignores the Range header and would send the whole object.")
    found = _CONTENT_RANGE.fullmatch(headers.get("Content-Range", ""))
    if not found or (int(found[1]), int(found[2])) != (start, stop - 1):
        raise refuse(f"asked for bytes {start} to {stop - 1}, but other bytes came.")
    if etag is not None and headers.get("ETag", "").strip('"') != etag:
        response.close()
        raise changed(doing, response.request_id)


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


def server_time(response: Response) -> float:
    """The server's clock, in seconds since 1970; this machine's where it says nothing."""
    response.close()
    try:
        return parsedate_to_datetime(response.headers["Date"]).timestamp()
    except (KeyError, ValueError, TypeError):
        return time.time()


def entry_of_headers(container: str, key: str, headers: Mapping[str, str]) -> ObjectEntry:
    length = headers.get("Content-Length", "")
    if not length.isdigit():
        raise ProtocolError(f"The server does not say how large {said(container, key)} is.")
    modified = None
    with suppress(KeyError, ValueError, TypeError):
        modified = parsedate_to_datetime(headers["Last-Modified"]).astimezone(timezone.utc)
    return ObjectEntry(
        container=container,
        key=key,
        size=int(length),
        last_modified=modified,
        etag=headers.get("ETag", "").strip('"'),
        content_type=headers.get("Content-Type", ""),
    )
