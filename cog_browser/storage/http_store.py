# SPDX-License-Identifier: GPL-2.0-or-later
"""What the stores that are signed in to have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cog_browser.storage.answers import entry_of_headers, said
from cog_browser.storage.connection import Connection
from cog_browser.storage.gateway.process import forget_object, shared_gateway
from cog_browser.storage.http import HttpClient, HttpSettings, Response
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.progress import Progress
from cog_browser.storage.ranges import read_range
from cog_browser.storage.transfers.control import TransferControl, TransferSettings
from cog_browser.storage.transfers.job import TransferJob
from cog_browser.storage.vsi import open_through_gateway

if TYPE_CHECKING:
    from osgeo import gdal

    from cog_browser.storage.store import ObjectStore


class HttpStore:
    """The part of an `ObjectStore` that asks by ``call``, and needs nothing else of its kind."""

    #: Sends one request: method, names of container and object, and what it is for.
    call: Callable[..., Response]

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

    def head_object(self, container: str, key: str) -> ObjectEntry:
        response = self.call("HEAD", (container, key), f"find {said(container, key)}")
        response.close()
        return entry_of_headers(container, key, response.headers)

    def read_range(
        self, container: str, key: str, start: int, stop: int, *, etag: str | None = None
    ) -> bytes:
        return read_range(self.call, container, key, start, stop, etag)

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
