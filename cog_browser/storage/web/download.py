# SPDX-License-Identifier: GPL-2.0-or-later
"""Downloads from web servers: the whole file of one version, or nothing."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from cog_browser.storage.errors import (
    ProtocolError,
    ServerError,
    ThrottledError,
    TransportError,
)
from cog_browser.storage.http import RETRIES, Response, pause
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.progress import Progress, report
from cog_browser.storage.transfers.local_files import whole_file_or_nothing
from cog_browser.storage.web.client import WebClient
from cog_browser.storage.web.ranges import open_range, version_of

_BLOCK = 128 << 10


def download(
    client: WebClient, url: str, entry: ObjectEntry, path: Path, progress: Progress | None
) -> None:
    """See `ObjectStore.download`. Goes on where an answer broke off, if the server can."""
    doing = f"download “{entry.key}”"
    report(progress, 0, entry.size)
    with whole_file_or_nothing(path) as file:
        attempt = 0
        while True:
            before = file.tell()
            try:
                _receive(_open(client, url, doing, entry, file), doing, entry, file, progress)
                return
            except (TransportError, ThrottledError, ServerError) as error:
                attempt = 0 if file.tell() > before else attempt + 1
                if attempt > RETRIES:
                    raise
                pause(attempt, error)


def _open(client: WebClient, url: str, doing: str, entry: ObjectEntry, file: IO[bytes]) -> Response:
    """The answer with what is still missing; the whole file where only that can be had."""
    start = file.tell()
    if start:
        try:
            return open_range(client, url, doing, start, entry.size, entry.etag)
        except ProtocolError as error:
            if error.status != 200:
                raise
            file.seek(0)
            file.truncate()
    response = client.get(url, doing, retries=0).response
    if version_of(response, doing) != entry.etag:
        response.abandon()
        raise ProtocolError(
            f"Could not {doing}: it has been replaced meanwhile. Download it anew.", status=412
        )
    return response


def _receive(
    response: Response, doing: str, entry: ObjectEntry, file: IO[bytes], progress: Progress | None
) -> None:
    done = file.tell()
    try:
        for chunk in response.chunks(_BLOCK):
            done += len(chunk)
            if done > entry.size:
                raise ProtocolError(f"Could not {doing}: more bytes came than it has.")
            file.write(chunk)
            report(progress, done, entry.size)
    finally:
        response.abandon()
    if done != entry.size:
        raise TransportError(f"Could not {doing}: it broke off after {done} bytes.")
