# SPDX-License-Identifier: GPL-2.0-or-later
"""OpenStack Swift.

Source: OpenStack API reference, "Object Storage API"; what it leaves open was tried on Swift 2.38.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from cog_browser.storage.answers import already_exists, said
from cog_browser.storage.connection import Connection
from cog_browser.storage.cors import CorsSetting
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import (
    AuthenticationError,
    NotFoundError,
    StoreError,
)
from cog_browser.storage.http import RETRIES, Body, HttpSettings, Response
from cog_browser.storage.http_store import HttpStore
from cog_browser.storage.models import Container, Listing, ObjectEntry
from cog_browser.storage.object_names import encoded_path
from cog_browser.storage.object_properties import Properties, swift_headers
from cog_browser.storage.paging import Pages
from cog_browser.storage.progress import Progress
from cog_browser.storage.ranges import read_ranges
from cog_browser.storage.recipe import StoreRecipe
from cog_browser.storage.sign_in.auth import Auth
from cog_browser.storage.sign_in.choose import auth_for
from cog_browser.storage.swift.access import Access, prove_access, read_access, set_public
from cog_browser.storage.swift.answers import (
    AnyPage,
    ListedPage,
    RowsPage,
    listed_rows,
    pages_of,
)
from cog_browser.storage.swift.checksums import checks_of, piece_checksums
from cog_browser.storage.swift.containers import (
    create_container,
    delete_container,
    list_containers,
)
from cog_browser.storage.swift.copies import copy_object
from cog_browser.storage.swift.cors import CorsRules, read_cors, write_cors
from cog_browser.storage.swift.large_objects import delete_object
from cog_browser.storage.swift.limits import SwiftLimits
from cog_browser.storage.swift.temp_url import LONGEST, share_url
from cog_browser.storage.swift.unfinished_uploads import (
    clean_up,
    own_unfinished_uploads,
    resume,
    unfinished_uploads,
)
from cog_browser.storage.swift.upload import upload
from cog_browser.storage.swift.upload_many import Outcome, upload_many
from cog_browser.storage.swift.upload_target import UploadTarget
from cog_browser.storage.transfers.control import TransferControl, TransferSettings
from cog_browser.storage.transfers.download import Checks
from cog_browser.storage.transfers.unfinished import UnfinishedUpload


class SwiftStore(HttpStore):
    """An account in OpenStack Swift. See `ObjectStore` for what each method promises."""

    longest_link = LONGEST

    def __init__(
        self,
        connection: Connection,
        credentials: Credentials,
        settings: HttpSettings | None = None,
        transfers: TransferSettings | None = None,
        auth: Auth | None = None,
    ) -> None:
        super().__init__(connection, settings, transfers)
        self._recipe = StoreRecipe(connection, credentials, settings or HttpSettings())
        self._auth = auth or auth_for(connection, credentials, self._http)
        self._storage_url = connection.storage_url
        self._limits: SwiftLimits | None = None
        self._known: set[str] = set()

    @property
    def storage_url(self) -> str:
        """The account's URL. Signs in if nobody has yet; afterwards sends nothing."""
        if not self._storage_url:
            self._storage_url = self._auth.access().storage_url
        return self._storage_url

    @property
    def recipe(self) -> StoreRecipe:
        """Where another process can't sign in again, its recipe is the token that is held now."""
        if self.connection.auth_mode != "totp":
            return self._recipe
        token, url = self.token(), self.storage_url
        ready = replace(self.connection, auth_mode="token", storage_url=url, auth_url="")
        return replace(self._recipe, connection=ready, credentials=Credentials(token=token))

    def token(self) -> str:
        """The project's token: a secret. Signs in if nobody has yet."""
        return self._auth.access().token

    @property
    def renews(self) -> bool:
        """Whether tokens are replaced without asking the user."""
        return self._auth.renews

    @property
    def signed_in_for(self) -> float | None:
        """Seconds until the token at hand ends; None when there is none. Sends nothing."""
        access = self._auth.current()
        return None if access is None else access.ends_at - time.monotonic()

    def list_containers(self) -> Iterator[Container]:
        return list_containers(self)

    def list_objects(
        self,
        container: str,
        prefix: str = "",
        delimiter: str = "/",
        page_size: int | None = None,
    ) -> Pages[Listing]:
        query = {"prefix": prefix, "delimiter": delimiter, "limit": page_size}
        pack, doing = partial(ListedPage, container), f"list container “{container}”"
        return self._pages((container,), doing, query, pack).map(ListedPage.listing)

    def checks_of(self, entry: ObjectEntry, headers: Mapping[str, str]) -> Checks:
        return checks_of(self, entry, headers)

    def piece_checksums(self, container: str, key: str) -> list[tuple[int, str]]:
        return piece_checksums(self, container, key)

    def upload(
        self,
        path: str | os.PathLike[str],
        container: str,
        key: str,
        *,
        overwrite: bool = False,
        content_type: str | None = None,
        delete_after: int | None = None,
        properties: Properties | None = None,
        progress: Progress | None = None,
        control: TransferControl | None = None,
    ) -> ObjectEntry:
        headers = swift_headers(properties)
        target = UploadTarget(container, key, overwrite, content_type, delete_after, headers)
        return upload(self, Path(path), target, progress, control)

    def upload_many(
        self,
        files: Mapping[str, str | os.PathLike[str]],
        container: str,
        *,
        overwrite: bool = False,
        progress: Progress | None = None,
        control: TransferControl | None = None,
    ) -> Iterator[Outcome]:
        """Store local files under the keys that are given for them; each as with `upload`.

        Yields each key with what is in the store now, or with the error of that file alone.
        """
        paths = {key: Path(path) for key, path in files.items()}
        return upload_many(self, paths, container, overwrite, progress, control)

    def check_upload(self, container: str, key: str, *, overwrite: bool = False) -> None:
        doing = f"upload to {said(container, key)}"
        encoded_path((container, key))
        try:
            self.call("HEAD", (container,), doing).close()
        except NotFoundError as error:
            raise self.no_container(doing, container, error) from None
        self._known.add(container)
        if overwrite:
            return
        try:
            self.head_object(container, key)
        except NotFoundError:
            return
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
        return copy_object(self, container, key, to_container, to_key, overwrite, progress)

    def delete_object(self, container: str, key: str) -> None:
        delete_object(self, container, key)
        self.forget(container, key)

    def unfinished_uploads(self, container: str | None = None) -> Iterator[UnfinishedUpload]:
        return unfinished_uploads(self, container)

    def own_unfinished_uploads(self) -> list[UnfinishedUpload]:
        return own_unfinished_uploads(self)

    def resume_upload(
        self,
        unfinished: UnfinishedUpload,
        *,
        path: str | os.PathLike[str] | None = None,
        progress: Progress | None = None,
        control: TransferControl | None = None,
    ) -> ObjectEntry:
        return resume(self, unfinished, path=path, progress=progress, control=control)

    def clean_up_upload(
        self,
        unfinished: UnfinishedUpload,
        *,
        confirmed: bool = False,
        progress: Progress | None = None,
    ) -> None:
        clean_up(self, unfinished, confirmed=confirmed, progress=progress)

    def knows(self, container: str) -> bool:
        """Whether the container was there when this store last looked."""
        return container in self._known

    def no_container(self, doing: str, container: str, error: StoreError) -> NotFoundError:
        self._known.discard(container)
        return NotFoundError(
            f"Could not {doing}: there is no container “{container}”. Create it first: “New "
            "container…” in the panel's menu of the connection, or store.create_container(…).",
            status=404,
            request_id=error.request_id,
        )

    def limits(self) -> SwiftLimits:
        """What the server takes, as far as it says so. Asked for once."""
        if self._limits is None:
            root, _, _ = self.storage_url.partition("/v1/")
            try:
                info = self._http.call("GET", f"{root}/info", "ask what the server takes").json()
            except StoreError:
                info = {}
            self._limits = SwiftLimits.from_info(info if isinstance(info, dict) else {})
        return self._limits

    def create_container(self, name: str) -> Container:
        return create_container(self, name)

    def delete_container(self, name: str) -> None:
        delete_container(self, name)

    def share_url(
        self, container: str, key: str, expires_in: int = 3600, *, create_key: bool = False
    ) -> str:
        """As in `ObjectStore`, by the container's key, or for a large object the account's.

        Where there is none, ``create_key`` is the consent to make one: it signs links to all of the
        container, or of the project. Raises `PermissionDeniedError` for who may only read.
        """
        return share_url(self, container, key, expires_in, create_key=create_key)

    def read_access(self, container: str) -> Access:
        return read_access(self, container)

    def set_public(self, container: str, is_public: bool) -> Access:
        return set_public(self, container, is_public)

    def prove_access(
        self, container: str, is_public: bool, progress: Progress | None = None
    ) -> tuple[str, ...]:
        del progress  # two short requests
        return prove_access(self, container, is_public)

    def read_cors(self, container: str) -> CorsRules:
        return read_cors(self, container)

    def write_cors(self, container: str, now: CorsSetting, origins: tuple[str, ...]) -> CorsRules:
        return write_cors(self, container, now, origins)

    def source(self, container: str, key: str) -> str:
        return "/vsicurl/" + self.storage_url + encoded_path((container, key))

    def read_ranges(
        self,
        container: str,
        key: str,
        ranges: Sequence[tuple[int, int]],
        *,
        etag: str | None = None,
    ) -> list[bytes] | None:
        return read_ranges(self.call, container, key, ranges, etag)

    def pages(
        self, names: tuple[str, ...], doing: str, query: Mapping[str, Any]
    ) -> Pages[list[dict[str, Any]]]:
        """Its rows, page by page."""
        return self._pages(names, doing, query, RowsPage).map(lambda page: page.rows)

    def _pages(
        self,
        names: tuple[str, ...],
        doing: str,
        query: Mapping[str, Any],
        pack: Callable[[Iterator[dict[str, Any]]], AnyPage],
    ) -> Pages[AnyPage]:
        def page_after(marker: str) -> AnyPage:
            given = {**query, "marker": marker, "format": "json"}
            text = urlencode({k: v for k, v in given.items() if v}, quote_via=quote, safe="")
            response = self.call("GET", names, doing, query=text, accept=(200, 204))
            found = response.json_items() if response.status == 200 else iter(())
            return pack(listed_rows(found, str(query.get("prefix", "")), doing))

        return pages_of(page_after, doing, str(query.get("marker", "")))

    def call(
        self,
        method: str,
        names: tuple[str, ...],
        doing: str,
        *,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes | Body | None = None,
        accept: Iterable[int] = (200, 204),
        retries: int = RETRIES,
    ) -> Response:
        """Send with a token; once more with a fresh one if the store refuses it."""
        path = encoded_path(names)
        access = self._auth.access()

        def send() -> Response:
            return self._http.call(
                method,
                access.storage_url + path + (f"?{query}" if query else ""),
                doing,
                headers={
                    **(headers or {}),
                    **({"X-Auth-Token": access.token} if access.token else {}),
                },
                body=body,
                accept=accept,
                retries=retries if method in ("GET", "HEAD") else 0,
            )

        try:
            return send()
        except AuthenticationError:
            access = self._auth.access(not_token=access.token)
        try:
            return send()
        except AuthenticationError as error:
            raise AuthenticationError(
                f"Could not {doing}: the store refuses even a fresh token (401). The storage URL "
                "and the project may not belong together.",
                status=401,
                request_id=error.request_id,
            ) from None
