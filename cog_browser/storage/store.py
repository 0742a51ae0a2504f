# SPDX-License-Identifier: GPL-2.0-or-later
"""The one interface to every kind of object store."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from cog_browser.storage.connection import Connection
from cog_browser.storage.models import Container, Listing, ObjectEntry
from cog_browser.storage.object_properties import Properties
from cog_browser.storage.progress import Progress
from cog_browser.storage.recipe import StoreRecipe
from cog_browser.storage.transfers.control import TransferControl

if TYPE_CHECKING:
    from osgeo import gdal


class ObjectStore(Protocol):
    """A signed-in object store.

    Any method may be called from any thread but a GUI thread: each may block on the network.
    All raise `StoreError` and its children; nothing is ever answered from half an answer.
    Keys are Unicode and never normalised. Keys with a ``.`` or ``..`` segment are listed, but
    every operation on them raises `ConfigurationError`: HTTP clients and proxies collapse such
    paths into those of other objects.
    """

    connection: Connection

    @property
    def recipe(self) -> StoreRecipe:
        """What the gateway's process needs to open this store as well."""
        ...

    def list_containers(self) -> Iterator[Container]:
        """Every container of the account, lazily, page by page; also those that hold parts."""
        ...

    def list_objects(
        self,
        container: str,
        prefix: str = "",
        delimiter: str = "/",
        page_size: int | None = None,
    ) -> Iterator[Listing]:
        """Yield one page at a time; the next is fetched only when it is asked for.

        Where these are `Pages`, asking on after an error fetches the page that failed.

        An empty ``delimiter`` lists all keys below ``prefix``.
        """
        ...

    def head_object(self, container: str, key: str) -> ObjectEntry:
        """Describe one object. Raises `NotFoundError`."""
        ...

    def download(
        self,
        container: str,
        key: str,
        path: str | os.PathLike[str],
        *,
        progress: Progress | None = None,
        control: TransferControl | None = None,
    ) -> None:
        """Write the object to ``path``: the whole, verified file or nothing."""
        ...

    def upload(
        self,
        path: str | os.PathLike[str],
        container: str,
        key: str,
        *,
        overwrite: bool = False,
        content_type: str | None = None,
        properties: Properties | None = None,
        progress: Progress | None = None,
        control: TransferControl | None = None,
    ) -> ObjectEntry:
        """Store a local file under ``key``: the whole, verified file or nothing.

        ``properties`` are kept as far as the store takes them.

        Raises `AlreadyExistsError` unless ``overwrite``, `NotFoundError` without the container.
        """
        ...

    def check_upload(self, container: str, key: str, *, overwrite: bool = False) -> None:
        """Raise what `upload` would, as far as it can be known before long work is done."""
        ...

    def copy_object(
        self,
        container: str,
        key: str,
        to_container: str,
        to_key: str,
        *,
        overwrite: bool = False,
        progress: Progress | None = None,
    ) -> ObjectEntry:
        """Copy within the store, with the metadata; nothing comes down.

        Raises as `upload` does.
        """
        ...

    def delete_object(self, container: str, key: str) -> None:
        """Delete one object, with its segments. Raises `NotFoundError`."""
        ...

    def create_container(self, name: str) -> Container:
        """Create a container; the existing one is returned if it is there."""
        ...

    def delete_container(self, name: str) -> None:
        """Delete an empty container."""
        ...

    def share_url(
        self, container: str, key: str, expires_in: int = 3600, *, create_key: bool = False
    ) -> str:
        """A link by which whoever holds it can read the object for so many seconds: a secret.

        It has been tried. ``create_key`` consents to what only Swift may need, see `SwiftStore`.
        Raises `ConfigurationError` where the sign-in can't make links.
        """
        ...

    def source(self, container: str, key: str) -> str:
        """The saved form of a layer source: names the object, holds no secret."""
        ...

    def read_range(
        self, container: str, key: str, start: int, stop: int, *, etag: str | None = None
    ) -> bytes:
        """Exactly ``stop - start`` bytes from offset ``start``.

        With ``etag``, an object that has changed since raises `ProtocolError`.
        """
        ...

    def read_ranges(
        self,
        container: str,
        key: str,
        ranges: Sequence[tuple[int, int]],
        *,
        etag: str | None = None,
    ) -> list[bytes] | None:
        """As `read_range` for ascending, separate ranges (start, stop), with one request.

        None where the store can't give several ranges at once.
        """
        ...

    def open_dataset(self, container: str, key: str) -> gdal.Dataset:
        """Open read-only through the read gateway of this process."""
        ...

    def close(self) -> None:
        """Drop idle network connections. Open layers and datasets go on reading."""
        ...
