# SPDX-License-Identifier: GPL-2.0-or-later
"""Read parts of an object: one range, or (Swift) many with one request."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeVar

from cog_browser.storage.answers import changed, check_range, said
from cog_browser.storage.errors import (
    ConfigurationError,
    ProtocolError,
    ServerError,
    ThrottledError,
    TransportError,
)
from cog_browser.storage.http import RETRIES, Response, pause

#: What Swift takes in one request; it refuses more, and more than 8 that don't ascend.
MOST_RANGES = 50
_PART = re.compile(rb"content-range:[ \t]*bytes (\d+)-(\d+)/(?:\d+|\*)", re.IGNORECASE)
_OVERHEAD = 1024  # bytes of headers around each part, at most

Answer = TypeVar("Answer")
#: `SwiftStore.call` and its like.
Call = Callable[..., Response]


def read_range(
    call: Call, container: str, key: str, start: int, stop: int, etag: str | None
) -> bytes:
    """See `ObjectStore.read_range`."""
    doing = f"read {said(container, key)}"
    if not 0 <= start <= stop:
        raise ConfigurationError(f"Could not {doing}: no such range, {start} to {stop}.")
    if start == stop:
        return b""

    def read() -> bytes:
        response = _ask(call, container, key, f"{start}-{stop - 1}", etag)
        check_range(response, doing, start, stop, etag)
        data = response.read(stop - start)
        if len(data) != stop - start:
            raise TransportError(f"Could not {doing}: the answer is too short.")
        return data

    return _persistently(read, doing)


def read_ranges(
    call: Call, container: str, key: str, ranges: Sequence[tuple[int, int]], etag: str | None
) -> list[bytes] | None:
    """The bytes of at least two ascending, separate ranges (start, stop), with one request.

    None where the server doesn't answer with the parts, but with something else.
    """
    doing = f"read {said(container, key)}"
    most = sum(stop - start for start, stop in ranges) + _OVERHEAD * (len(ranges) + 1)
    wanted = ",".join(f"{start}-{stop - 1}" for start, stop in ranges)

    def read() -> list[bytes] | None:
        try:
            response = _ask(call, container, key, wanted, etag)
        except ProtocolError as error:
            if error.status == 416:  # so many ranges are refused
                return None
            raise
        kind = response.headers.get("Content-Type", "").lower()
        if response.status != 206 or not kind.startswith("multipart/byteranges"):
            response.abandon()
            return None
        if etag is not None and response.headers.get("ETag", "").strip('"') != etag:
            response.close()
            raise changed(doing, response.request_id)
        return _parts(response.read(most), ranges)

    return _persistently(read, doing)


def _ask(call: Call, container: str, key: str, wanted: str, etag: str | None) -> Response:
    headers = {"Range": f"bytes={wanted}"}
    if etag is not None:
        headers["If-Match"] = f'"{etag}"'
    doing = f"read {said(container, key)}"
    return call("GET", (container, key), doing, headers=headers, accept=(200, 206), retries=0)


def _persistently(read: Callable[[], Answer], doing: str) -> Answer:
    for attempt in range(RETRIES + 1):
        try:
            return read()
        except (TransportError, ThrottledError, ServerError) as error:
            if attempt == RETRIES:
                raise
            pause(attempt, error)
        except ProtocolError as error:
            if error.status == 412:
                raise changed(doing, error.request_id) from None
            raise
    raise TransportError(f"Could not {doing}.")


def _parts(body: bytes, ranges: Sequence[tuple[int, int]]) -> list[bytes] | None:
    """What a multipart/byteranges body holds for each range; None if it doesn't hold all."""
    found: list[tuple[int, bytes]] = []
    position = 0
    while head := _PART.search(body, position):
        start, last = int(head[1]), int(head[2])
        data = body.find(b"\r\n\r\n", head.start()) + 4
        position = data + last + 1 - start
        if data < 4 or position > len(body):
            return None
        found.append((start, body[data:position]))
    answer = []
    for start, stop in ranges:
        whole = [p for at, p in ((a, d[start - a : stop - a]) for a, d in found if a <= start)
                 if len(p) == stop - start]  # fmt: skip
        if not whole:
            return None
        answer.append(whole[0])
    return answer
