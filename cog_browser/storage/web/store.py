# SPDX-License-Identifier: GPL-2.0-or-later
"""Files and folders on a web server, as an object store that can only be read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.gateway.process import shared_gateway
from cog_browser.storage.http import HttpSettings
from cog_browser.storage.models import Container, Listing, ObjectEntry
from cog_browser.storage.object_properties import Properties
from cog_browser.storage.progress import Progress
from cog_browser.storage.recipe import StoreRecipe
from cog_browser.storage.transfers.control import TransferControl, held_by
from cog_browser.storage.vsi import open_through_gateway
from cog_browser.storage.web.address import WebAddress
from cog_browser.storage.web.client import WebClient
from cog_browser.storage.web.download import download
from cog_browser.storage.web.folders import FILE, WebFolder
from cog_browser.storage.web.ranges import describe, read_range

if TYPE_CHECKING:
    from osgeo import gdal


class WebStore:
    """A folder, a listing or a file at a URL. See `ObjectStore` for what each method promises."""

    def __init__(
        self,
        connection: Connection,
        credentials: Credentials,
        settings: HttpSettings | None = None,
    ) -> None:
        self.connection = connection
        self.address = WebAddress.of(connection)
        self.client = WebClient(self.address, connection, credentials, settings)
        self._recipe = StoreRecipe(connection, credentials, settings or HttpSettings())
        self._folder = WebFolder(self.address, self.client)

    def __repr__(self) -> str:
        """For a console."""
        return f"<{type(self).__name__} of the connection {self.connection.name!r}>"

    @property
    def recipe(self) -> StoreRecipe:
        return self._recipe

    def list_containers(self) -> Iterator[Container]:
        """The only one; see `WebAddress` for its name."""
        is_file = self._folder.kind() == FILE
        yield Container(self.address.file[0] if is_file else self.address.folder)

    def list_objects(
        self,
        container: str,
        prefix: str = "",
        delimiter: str = "/",
        page_size: int | None = None,
    ) -> Iterator[Listing]:
        if self._folder.kind() != FILE:
            self.address.url(container, prefix or "-")  # refuses other containers
            yield from self._folder.list(prefix, delimiter, page_size)
            return
        if container != self.address.file[0]:
            self.address.url(*self.address.file)
            raise ConfigurationError(
                f"There is no “{container}” in this connection: its URL is that of a file on "
                f"“{self.address.file[0]}”."
            )
        shown = [self.head_object(*self.address.file)]
        yield Listing((), tuple(entry for entry in shown if entry.key.startswith(prefix)))

    def head_object(self, container: str, key: str) -> ObjectEntry:
        return describe(self.client, self.address.url(container, key), container, key)

    def download(
        self,
        container: str,
        key: str,
        path: str | os.PathLike[str],
        *,
        progress: Progress | None = None,
        control: TransferControl | None = None,
    ) -> None:
        entry = self.head_object(container, key)
        url = self.address.url(container, key)
        download(self.client, url, entry, Path(path), held_by(control, progress))

    def upload(
        self,
        path: str | os.PathLike[str],  # noqa: ARG002
        container: str,
        key: str,
        *,
        overwrite: bool = False,  # noqa: ARG002
        content_type: str | None = None,  # noqa: ARG002
        properties: Properties | None = None,  # noqa: ARG002
        progress: Progress | None = None,  # noqa: ARG002
        control: TransferControl | None = None,  # noqa: ARG002
    ) -> ObjectEntry:
        raise self._read_only(f"upload “{key}” to “{container}”")

    def check_upload(self, container: str, key: str, *, overwrite: bool = False) -> None:  # noqa: ARG002
        raise self._read_only(f"upload “{key}” to “{container}”")

    def copy_object(
        self,
        container: str,  # noqa: ARG002
        key: str,
        to_container: str,  # noqa: ARG002
        to_key: str,
        *,
        overwrite: bool = False,  # noqa: ARG002
        progress: Progress | None = None,  # noqa: ARG002
    ) -> ObjectEntry:
        raise self._read_only(f"copy “{key}” to “{to_key}”")

    def delete_object(self, container: str, key: str) -> None:
        raise self._read_only(f"delete “{key}” from “{container}”")

    def create_container(self, name: str) -> Container:
        raise self._read_only(f"create “{name}”")

    def delete_container(self, name: str) -> None:
        raise self._read_only(f"delete “{name}”")

    def share_url(
        self,
        container: str,  # noqa: ARG002
        key: str,
        expires_in: int = 3600,  # noqa: ARG002
        *,
        create_key: bool = False,  # noqa: ARG002
    ) -> str:
        raise ConfigurationError(
            f"Could not share “{key}”: “{self.connection.name}” is a web address, for which nobody "
            "signs links. Its own URL opens it for whoever may."
        )

    def source(self, container: str, key: str) -> str:
        return self.address.source(container, key)

    def read_range(
        self, container: str, key: str, start: int, stop: int, *, etag: str | None = None
    ) -> bytes:
        return read_range(self.client, self.address.url(container, key), key, start, stop, etag)

    def read_ranges(
        self,
        container: str,  # noqa: ARG002
        key: str,  # noqa: ARG002
        ranges: Sequence[tuple[int, int]],  # noqa: ARG002
        *,
        etag: str | None = None,  # noqa: ARG002
    ) -> list[bytes] | None:
        """None: many web servers and caches answer several ranges with the whole file."""
        return None

    def open_dataset(self, container: str, key: str) -> gdal.Dataset:
        return open_through_gateway(shared_gateway(), self, container, key)

    def close(self) -> None:
        self.client.close()

    def _read_only(self, doing: str) -> ConfigurationError:
        return ConfigurationError(
            f"Could not {doing}: “{self.connection.name}” is a web address, which can only be "
            "read. Choose a connection to an object store."
        )
