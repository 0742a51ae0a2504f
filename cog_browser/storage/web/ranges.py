# SPDX-License-Identifier: GPL-2.0-or-later
"""Describes and reads a file on a web server, and refuses what can't be trusted.

Every byte belongs to one version of the file: that of its ETag or, without one, of its time of
change and size. Answers are compared with it, so a server need not understand If-Match. Without
any of them only another size is noticed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from cog_browser.storage.errors import (
    ConfigurationError,
    ProtocolError,
    ServerError,
    ThrottledError,
    TransportError,
)
from cog_browser.storage.http import RETRIES, Response, pause
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.web.client import WebClient

_CONTENT_RANGE = re.compile(r"bytes (?:(\d{1,18})-(\d{1,18})|\*)/(\d{1,18}|\*)")
IGNORES_RANGES = (
    "the server ignores the Range header and would send the whole file, so it can't be read in "
    "parts. “Check server…” in its menu says what to change there; or download it."
)


def describe(client: WebClient, url: str, container: str, key: str) -> ObjectEntry:
    """Size and version, by asking for the first byte: that works where HEAD is not allowed."""
    doing = f"find “{key}” on {container}"
    answer = client.get(url, doing, {"Range": "bytes=0-0"}, (200, 206, 416))
    response = answer.response
    response.abandon() if response.status == 200 else response.close()
    return ObjectEntry(
        container=container,
        key=key,
        size=_size(response, doing),
        last_modified=time_of(response.headers),
        etag=version_of(response, doing),
        content_type=response.headers.get("Content-Type", ""),
    )


def read_range(
    client: WebClient, url: str, key: str, start: int, stop: int, version: str | None
) -> bytes:
    """See `ObjectStore.read_range`."""
    doing = f"read “{key}”"
    if not 0 <= start <= stop:
        raise ConfigurationError(f"Could not {doing}: no such range, {start} to {stop}.")
    if start == stop:
        return b""
    for attempt in range(RETRIES + 1):
        try:
            response = open_range(client, url, doing, start, stop, version)
            data = response.read(stop - start)
            if len(data) != stop - start:
                raise TransportError(f"Could not {doing}: the answer is too short.")
            return data
        except (TransportError, ThrottledError, ServerError) as error:
            if attempt == RETRIES:
                raise
            pause(attempt, error)
    raise TransportError(f"Could not {doing}.")


def open_range(
    client: WebClient, url: str, doing: str, start: int, stop: int, version: str | None
) -> Response:
    """The answer that holds exactly these bytes of this version, its body still unread."""
    headers = {"Range": f"bytes={start}-{stop - 1}"}
    response = client.get(url, doing, headers, (200, 206, 416), retries=0).response
    found = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    why = ""
    if version is not None and version_of(response, doing) != version:
        response.abandon()
        raise ProtocolError(
            f"Could not {doing}: it has been replaced since it was opened. Reload the layer.",
            status=412,
        )
    if response.headers.get("Content-Encoding", "identity") != "identity":
        why = "the answer is compressed, which breaks byte ranges."
    elif response.headers.get("Content-Type", "").startswith("multipart/"):
        why = "the answer is wrapped in multipart/byteranges."
    elif response.status == 200:
        why = IGNORES_RANGES
    elif response.status == 416:
        why = f"it ends before byte {stop}."
    elif not found or not found[1] or (int(found[1]), int(found[2])) != (start, stop - 1):
        why = f"asked for bytes {start} to {stop - 1}, but other bytes came."
    if why:
        response.abandon()
        raise ProtocolError(f"Could not {doing}: {why}", status=response.status)
    return response


def version_of(response: Response, doing: str) -> str:
    """What tells a file from the one that replaces it.

    A weak ETag is better than none, and the same as the strong one: Apache gives it in the first
    second after a change.
    """
    etag = response.headers.get("ETag", "").strip().removeprefix("W/").strip('"')
    if etag:
        return etag
    size = _size(response, doing)
    return ", ".join(filter(None, (response.headers.get("Last-Modified", ""), f"{size} bytes")))


def time_of(headers: Mapping[str, str]) -> datetime | None:
    """When the file was changed, in UTC."""
    with suppress(KeyError, ValueError, TypeError):
        return parsedate_to_datetime(headers["Last-Modified"]).astimezone(timezone.utc)
    return None


def _size(response: Response, doing: str) -> int:
    if response.status == 200:
        length = response.headers.get("Content-Length", "")
        if length.isdecimal() and "Content-Encoding" not in response.headers:
            return int(length[:18])
    else:
        found = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if found and found[3] != "*":
            return int(found[3])
    response.abandon()
    raise ProtocolError(f"Could not {doing}: the server does not say how large it is.")
