# SPDX-License-Identifier: GPL-2.0-or-later
"""A storage account of Azure Blob Storage.

Source: Azure Storage REST API reference; what it leaves open was tried on Azurite.
"""

from __future__ import annotations

import os
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from cog_browser.storage.answers import already_exists, said
from cog_browser.storage.azure.access import Access, prove_access, read_access, set_public
from cog_browser.storage.azure.answers import document, listing_of
from cog_browser.storage.azure.calls import AzureCalls
from cog_browser.storage.azure.upload import upload
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import (
    AuthenticationError,
    ConfigurationError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
)
from cog_browser.storage.http import HttpSettings
from cog_browser.storage.http_store import HttpStore
from cog_browser.storage.models import Container, Listing, ObjectEntry
from cog_browser.storage.object_names import content_type_of, encoded_path
from cog_browser.storage.object_properties import Properties, azure_headers
from cog_browser.storage.paging import Pages
from cog_browser.storage.progress import Progress
from cog_browser.storage.recipe import StoreRecipe
from cog_browser.storage.s3.signing import query_text
from cog_browser.storage.share_links import check_life
from cog_browser.storage.transfers.control import TransferControl, TransferSettings
from cog_browser.storage.transfers.download import Checks
from cog_browser.storage.xml_answers import Element

_NOT_ANSWERED = "A firewall or a policy of the storage account may forbid links; ask its owner."


class AzureStore(HttpStore):
    """See `ObjectStore` for what each method promises."""

    def __init__(
        self,
        connection: Connection,
        credentials: Credentials,
        settings: HttpSettings | None = None,
        transfers: TransferSettings | None = None,
    ) -> None:
        super().__init__(connection, settings, transfers)
        self.recipe = StoreRecipe(connection, credentials, settings or HttpSettings())
        self._calls = AzureCalls(self._http, connection, credentials)
        self.call = self._calls.call

    def list_containers(self) -> Iterator[Container]:
        try:
            for page in self._pages((), "list the containers", {"comp": "list"}):
                for containers in page.all("Containers"):
                    for row in containers.all("Container"):
                        yield Container(row.value("Name"))
        except (PermissionDeniedError, AuthenticationError) as error:
            is_refused = isinstance(error, AuthenticationError)
            if is_refused and self.connection.auth_mode == "account_key":
                raise
            if not self.connection.containers:
                raise PermissionDeniedError(
                    "This sign-in may not list containers. Enter the names of those you may read "
                    "in the connection.",
                    status=error.status,
                    request_id=error.request_id,
                ) from None
            for name in self.connection.containers:
                yield Container(name)

    def list_objects(
        self,
        container: str,
        prefix: str = "",
        delimiter: str = "/",
        page_size: int | None = None,
    ) -> Pages[Listing]:
        query = {"restype": "container", "comp": "list", "prefix": prefix, "delimiter": delimiter}
        if page_size:
            query["maxresults"] = str(min(page_size, 5000))
        doing = f"list container “{container}”"
        pages = self._pages((container,), doing, query)
        return pages.map(lambda page: listing_of(container, page, prefix, doing))

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
        headers = azure_headers(properties)
        headers["Content-Type"] = content_type or content_type_of(key)
        return upload(self, Path(path), container, key, overwrite, headers, progress, control)

    def checks_of(self, entry: ObjectEntry, headers: Mapping[str, str]) -> Checks:
        """The MD5 that the object was stored with, where there is one."""
        try:
            digest = b64decode(headers.get("Content-MD5", ""), validate=True)
        except (Base64Error, ValueError):
            return []
        return [(entry.size, digest.hex())] if len(digest) == 16 else []

    def check_upload(self, container: str, key: str, *, overwrite: bool = False) -> None:
        doing = f"upload to {said(container, key)}"
        encoded_path((container, key))
        try:
            self.call("HEAD", (container, key), doing).close()
        except NotFoundError:
            next(self.list_objects(container, key, page_size=1))  # raises without the container
            return
        except PermissionDeniedError:  # a signature may allow to write alone
            return
        if not overwrite:
            raise already_exists(doing)

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
        doing = f"copy {said(container, key)} to {said(to_container, to_key)}"
        if (container, key) == (to_container, to_key):
            raise ConfigurationError(f"Could not {doing}: both are the same object.")
        self.check_upload(to_container, to_key, overwrite=overwrite)
        entry = self.head_object(container, key)
        job = self.job(entry.size, progress)
        headers = {
            "x-ms-copy-source": self._calls.source_url(container, key),
            "x-ms-source-if-match": f'"{entry.etag}"',
            **({} if overwrite else {"If-None-Match": "*"}),
        }
        target = (to_container, to_key)
        try:
            job.call(lambda: self.call("PUT", target, doing, headers=headers).close())
        except ProtocolError as error:
            if not overwrite and error.status in (409, 412):
                self.check_upload(to_container, to_key)  # raises where somebody was faster
            raise
        while (state := self._copy_state(to_container, to_key, doing)) == "pending":
            job.report()
            job.sleep(0.5)
        self.forget(to_container, to_key)
        made = self.head_object(to_container, to_key)
        if state not in ("success", "") or made.size != entry.size:
            raise ProtocolError(f"Could not {doing}: the service gave it up.")
        job.finish()
        return made

    def _copy_state(self, container: str, key: str, doing: str) -> str:
        response = self.call("HEAD", (container, key), doing)
        response.close()
        return response.headers.get("x-ms-copy-status", "")

    def delete_object(self, container: str, key: str) -> None:
        headers = {"x-ms-delete-snapshots": "include"}
        doing = f"delete {said(container, key)}"
        self.call("DELETE", (container, key), doing, headers=headers).close()
        self.forget(container, key)

    def create_container(self, name: str) -> Container:
        doing = f"create container “{name}”"
        try:
            self.call("PUT", (name,), doing, query="restype=container").close()
        except ProtocolError as error:
            if error.status != 409 or "being deleted" in str(error):
                raise
        return Container(name)

    def delete_container(self, name: str) -> None:
        doing = f"delete container “{name}”"
        pages = self.list_objects(name, delimiter="", page_size=1)
        if any(page.objects for page in pages):  # the first may be empty; Azure deletes them all
            raise ProtocolError(f"Could not {doing}: it is not empty.", status=409)
        self.call("DELETE", (name,), doing, query="restype=container").close()

    def share_url(
        self, container: str, key: str, expires_in: int = 3600, *, create_key: bool = False
    ) -> str:
        del create_key  # the sign-in's own key signs
        doing = f"share {said(container, key)}"
        check_life(doing, expires_in, self.longest_link)
        link = self._calls.share_url(container, key, expires_in)
        self.head_object(container, key)  # says what is wrong
        self.try_link(link, doing, _NOT_ANSWERED)
        return link

    def read_access(self, container: str) -> Access:
        return read_access(self, container)

    def set_public(self, container: str, is_public: bool) -> Access:
        return set_public(self, container, is_public)

    def prove_access(
        self, container: str, is_public: bool, progress: Progress | None = None
    ) -> tuple[str, ...]:
        return prove_access(self, container, is_public, progress)

    def signed_request(
        self, method: str, container: str, key: str, headers: Mapping[str, str]
    ) -> tuple[str, dict[str, str]]:
        return self._calls.signed_request(method, (container, key), headers)

    def source(self, container: str, key: str) -> str:
        return "/vsicurl/" + self._calls.url + encoded_path((container, key))

    def read_ranges(
        self,
        container: str,
        key: str,
        ranges: Sequence[tuple[int, int]],
        *,
        etag: str | None = None,
    ) -> list[bytes] | None:
        return None  # Azure takes one range at a time

    def _pages(
        self, names: tuple[str, ...], doing: str, query: Mapping[str, str]
    ) -> Pages[Element]:
        def ask(marker: str) -> tuple[Element, str]:
            asked = {name: value for name, value in query.items() if value}
            asked |= {"marker": marker} if marker else {}
            response = self.call("GET", names, doing, query=query_text(asked))
            page = document(response, doing)
            following = page.value("NextMarker")
            if following and following == marker:
                raise ProtocolError(f"Could not {doing}: the listing does not move on.")
            return page, following

        return Pages(ask)
