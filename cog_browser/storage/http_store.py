# SPDX-License-Identifier: GPL-2.0-or-later
"""What the stores that are signed in to have in common."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from cog_browser.storage.answers import entry_of_headers, said
from cog_browser.storage.connection import Connection
from cog_browser.storage.gateway.process import forget_object, shared_gateway
from cog_browser.storage.http import RETRIES, HttpClient, HttpSettings, Response
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.progress import Progress
from cog_browser.storage.ranges import read_range
from cog_browser.storage.share_links import DAY, try_link
from cog_browser.storage.transfers.control import TransferControl, TransferSettings
from cog_browser.storage.transfers.download import Checks, download
from cog_browser.storage.transfers.job import TransferJob
from cog_browser.storage.vsi import open_through_gateway

if TYPE_CHECKING:
    from osgeo import gdal

    from cog_browser.storage.store import ObjectStore


class HttpStore:
    """The part of an `ObjectStore` that asks by ``call``, and needs nothing else of its kind."""

    #: Sends one request: method, names of container and object, and what it is for.
    call: Callable[..., Response]
    #: See `ObjectStore.source`.
    source: Callable[[str, str], str]
    #: What a download is compared with; from the object, and the headers of its HEAD.
    checks_of: Callable[[ObjectEntry, Mapping[str, str]], Checks]
    #: Seconds that a share link may live.
    longest_link = 7 * DAY

    def __init__(
        self,
        connection: Connection,
        settings: HttpSettings | None,
        transfers: TransferSettings | None,
    ) -> None:
        self.connection = connection
        #: How uploads and downloads are done from now on.
        self.transfers = transfers or TransferSettings()
        self._http = HttpClient.for_connection(connection, settings)

    def __repr__(self) -> str:
        """For a console."""
        return f"<{type(self).__name__} of the connection {self.connection.name!r}>"

    def head_object(self, container: str, key: str) -> ObjectEntry:
        response = self.call("HEAD", (container, key), f"find {said(container, key)}")
        response.close()
        return entry_of_headers(container, key, response.headers)

    def read_range(
        self, container: str, key: str, start: int, stop: int, *, etag: str | None = None
    ) -> bytes:
        return read_range(self.call, container, key, start, stop, etag)

    def download(
        self,
        container: str,
        key: str,
        path: str | os.PathLike[str],
        *,
        progress: Progress | None = None,
        control: TransferControl | None = None,
    ) -> None:
        download(self, container, key, Path(path), progress, control, self.checks_of)

    def call_as_stranger(
        self, url: str, doing: str, headers: Mapping[str, str], accept: Iterable[int]
    ) -> Response:
        """GET without any token, to see what others may."""
        return self._http.call("GET", url, doing, headers=headers, accept=accept, retries=RETRIES)

    def try_link(self, link: str, doing: str, advice: str, tries: int = 1) -> None:
        """Raise `ProtocolError` with ``advice`` where a share link does not work."""
        try_link(self.call_as_stranger, link, doing, advice, tries)

    def open_dataset(self: ObjectStore, container: str, key: str) -> gdal.Dataset:
        return open_through_gateway(shared_gateway(), self, container, key)

    def forget(self, container: str, key: str) -> None:
        """Drop what the gateway holds of an object that was changed."""
        forget_object(self.connection.id, container, key)

    def job(
        self, total: int, progress: Progress | None = None, control: TransferControl | None = None
    ) -> TransferJob:
        """A transfer of ``total`` bytes that is to begin."""
        return TransferJob(self.transfers, control, progress, total)

    def close(self) -> None:
        self._http.close()
