# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads what any object store answers by HTTP, and refuses what can't be trusted."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import timezone
from email.utils import parsedate_to_datetime

from cog_browser.storage.errors import AlreadyExistsError, ProtocolError
from cog_browser.storage.http import Response
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
