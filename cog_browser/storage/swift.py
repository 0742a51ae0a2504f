# SPDX-License-Identifier: GPL-2.0-or-later
"""OpenStack Swift.

Source: OpenStack API reference, "Object Storage API"; what it leaves open was tried on Swift 2.38.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import (
    AuthenticationError,
    ChecksumError,
    ConfigurationError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    QuotaExceededError,
    ServerError,
    StoreError,
    ThrottledError,
    TransportError,
)
from cog_browser.storage.gateway_process import forget_object, shared_gateway
from cog_browser.storage.http import RETRIES, HttpClient, HttpSettings, Response, pause
from cog_browser.storage.models import Container, Listing, ObjectEntry
from cog_browser.storage.object_names import content_type_of, encoded_path
from cog_browser.storage.progress import Progress, report
from cog_browser.storage.recipe import StoreRecipe
from cog_browser.storage.sign_in import auth_for
from cog_browser.storage.swift_answers import (
    already_exists,
    changed,
    check_range,
    entry_of_headers,
    entry_of_row,
    said,
)
from cog_browser.storage.transfer import FileBody, whole_file_or_nothing
from cog_browser.storage.vsi import open_through_gateway

if TYPE_CHECKING:
    from osgeo import gdal

#: What Swift takes in one PUT unless its operator decided otherwise, in bytes.
MAX_PUT = 5368709122
_CHUNK = 1 << 20
_MD5 = re.compile(r"[0-9a-f]{32}")


class SwiftStore:
    """An account in OpenStack Swift. See `ObjectStore` for what each method promises."""

    def __init__(
        self,
        connection: Connection,
        credentials: Credentials,
        settings: HttpSettings | None = None,
    ) -> None:
        self.connection = connection
        self._recipe = StoreRecipe(connection, credentials, settings or HttpSettings())
        self._http = HttpClient.for_connection(connection, settings)
        self._auth = auth_for(connection, credentials, self._http)
        self._storage_url = connection.storage_url

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
        try:
            for page in self._pages((), "list the containers", {}):
                for row in page:
                    yield Container(row["name"], row.get("count"), row.get("bytes"))
        except (PermissionDeniedError, AuthenticationError) as error:
            if error.status not in (401, 403) or not self._may_only_enter(error):
                raise
            if not self.connection.containers:
                raise PermissionDeniedError(
                    "This account does not list its containers for you. Enter the names of those "
                    "you may read in the connection.",
                    status=error.status,
                    request_id=error.request_id,
                ) from None
            for name in self.connection.containers:
                yield Container(name)

    def _may_only_enter(self, error: StoreError) -> bool:
        """Whether containers may be open although the account is closed."""
        return isinstance(error, PermissionDeniedError) or self.connection.auth_mode == "anonymous"

    def list_objects(
        self,
        container: str,
        prefix: str = "",
        delimiter: str = "/",
        page_size: int | None = None,
    ) -> Iterator[Listing]:
        query = {"prefix": prefix, "delimiter": delimiter, "limit": page_size}
        for page in self._pages((container,), f"list container “{container}”", query):
            yield Listing(
                tuple(row["subdir"] for row in page if "subdir" in row),
                tuple(entry_of_row(container, row) for row in page if "name" in row),
            )

    def head_object(self, container: str, key: str) -> ObjectEntry:
        response = self.call("HEAD", (container, key), f"find {said(container, key)}")
        response.close()
        return entry_of_headers(container, key, response.headers)

    def download(
        self,
        container: str,
        key: str,
        path: str | os.PathLike[str],
        *,
        progress: Progress | None = None,
    ) -> None:
        doing = f"download {said(container, key)}"
        response = self.call("GET", (container, key), doing)
        entry = entry_of_headers(container, key, response.headers)
        digest, done = hashlib.md5(usedforsecurity=False), 0
        try:
            with whole_file_or_nothing(Path(path)) as file:
                report(progress, 0, entry.size)
                for chunk in response.chunks():
                    file.write(chunk)
                    digest.update(chunk)
                    done += len(chunk)
                    report(progress, done, entry.size)
                if done != entry.size:
                    raise TransportError(f"Could not {doing}: it broke off after {done} bytes.")
                is_plain = "X-Static-Large-Object" not in response.headers
                if is_plain and _MD5.fullmatch(entry.etag) and digest.hexdigest() != entry.etag:
                    raise ChecksumError(f"Could not {doing}: the bytes differ from the checksum.")
        finally:
            response.close()

    def upload(
        self,
        path: str | os.PathLike[str],
        container: str,
        key: str,
        *,
        overwrite: bool = False,
        content_type: str | None = None,
        progress: Progress | None = None,
    ) -> ObjectEntry:
        doing = f"upload to {said(container, key)}"
        self.check_upload(container, key, overwrite=overwrite)
        try:
            with Path(path).open("rb") as file:
                return self._put(file, container, key, overwrite, content_type, progress, doing)
        except OSError as error:
            raise ConfigurationError(f"{path} can't be read: {error.strerror}.") from error

    def check_upload(self, container: str, key: str, *, overwrite: bool = False) -> None:
        doing = f"upload to {said(container, key)}"
        encoded_path((container, key))
        try:
            self.call("HEAD", (container,), doing).close()
        except NotFoundError as error:
            raise NotFoundError(
                f"Could not {doing}: there is no container “{container}”. Create it first.",
                status=404,
                request_id=error.request_id,
            ) from None
        if overwrite:
            return
        try:
            self.head_object(container, key)
        except NotFoundError:
            return
        raise already_exists(doing)

    def _put(
        self,
        file: IO[bytes],
        container: str,
        key: str,
        overwrite: bool,
        content_type: str | None,
        progress: Progress | None,
        doing: str,
    ) -> ObjectEntry:
        size = os.fstat(file.fileno()).st_size
        if size > MAX_PUT:
            raise QuotaExceededError(
                f"Could not {doing}: the file has {size} bytes, and Swift takes 5 GiB at once."
            )
        # Swift checks the announced MD5 before the object becomes visible.
        digest = hashlib.md5(usedforsecurity=False)
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
        file.seek(0)
        headers = {
            "ETag": digest.hexdigest(),
            "Content-Type": content_type or content_type_of(key),
            **({} if overwrite else {"If-None-Match": "*"}),
        }
        body = FileBody(file, size, progress)
        try:
            self.call(
                "PUT", (container, key), doing, headers=headers, body=body, accept=(201, 202)
            ).close()
        except ProtocolError as error:
            if error.status == 412 and not overwrite:
                raise already_exists(doing, error.request_id) from None
            raise
        except TransportError:
            if body.error is not None:
                raise body.error from None
            raise
        forget_object(self.connection.id, container, key)
        entry = self.head_object(container, key)
        if entry.etag != digest.hexdigest() or entry.size != size:
            raise ChecksumError(
                f"Could not {doing}: right afterwards the store held another object under this "
                "key. Somebody else may be writing it."
            )
        return entry

    def delete_object(self, container: str, key: str) -> None:
        doing = f"delete {said(container, key)}"
        self.call("DELETE", (container, key), doing, accept=(200, 204)).close()
        forget_object(self.connection.id, container, key)

    def create_container(self, name: str) -> Container:
        doing = f"create container “{name}”"
        if not name or "/" in name or len(name.encode()) > 256:
            raise ConfigurationError(
                f"Could not {doing}: a container's name has 1 to 256 bytes and no “/”."
            )
        self.call("PUT", (name,), doing, accept=(201, 202)).close()
        response = self.call("HEAD", (name,), doing, accept=(200, 204))
        response.close()
        headers = response.headers
        return Container(
            name,
            int(headers.get("X-Container-Object-Count", 0)),
            int(headers.get("X-Container-Bytes-Used", 0)),
        )

    def delete_container(self, name: str) -> None:
        doing = f"delete container “{name}”"
        try:
            self.call("DELETE", (name,), doing, accept=(204,)).close()
        except ProtocolError as error:
            if error.status == 409:
                raise ProtocolError(
                    f"Could not {doing}: it is not empty.", status=409, request_id=error.request_id
                ) from None
            raise

    def source(self, container: str, key: str) -> str:
        return "/vsicurl/" + self.storage_url + encoded_path((container, key))

    def read_range(
        self, container: str, key: str, start: int, stop: int, *, etag: str | None = None
    ) -> bytes:
        doing = f"read {said(container, key)}"
        if not 0 <= start <= stop:
            raise ConfigurationError(f"Could not {doing}: no such range, {start} to {stop}.")
        if start == stop:
            return b""
        headers = {"Range": f"bytes={start}-{stop - 1}"}
        if etag is not None:
            headers["If-Match"] = f'"{etag}"'
        for attempt in range(RETRIES + 1):
            try:
                response = self.call(
                    "GET", (container, key), doing, headers=headers, accept=(200, 206), retries=0
                )
                check_range(response, doing, start, stop, etag)
                data = response.read(stop - start)
                if len(data) != stop - start:
                    raise TransportError(f"Could not {doing}: the answer is too short.")
                return data
            except (TransportError, ThrottledError, ServerError) as error:
                if attempt == RETRIES:
                    raise
                pause(attempt, error)
            except ProtocolError as error:
                if error.status == 412:
                    raise changed(doing, error.request_id) from None
                raise
        raise TransportError(f"Could not {doing}.")

    def open_dataset(self, container: str, key: str) -> gdal.Dataset:
        return open_through_gateway(shared_gateway(), self, container, key)

    def close(self) -> None:
        self._http.close()

    def _pages(
        self, names: tuple[str, ...], doing: str, query: Mapping[str, Any]
    ) -> Iterator[list[dict[str, Any]]]:
        """Every page up to the empty one: a server may give less than was asked for."""
        marker = ""
        while True:
            given = {**query, "marker": marker, "format": "json"}
            text = urlencode({k: v for k, v in given.items() if v}, quote_via=quote, safe="")
            response = self.call("GET", names, doing, query=text, accept=(200, 204))
            page = response.json() if response.status == 200 else []
            if not isinstance(page, list):
                raise ProtocolError(f"Could not {doing}: the answer is no listing.")
            if not page:
                if not marker:
                    yield []
                return
            last = page[-1].get("name") or page[-1].get("subdir")
            if not last or last == marker:
                raise ProtocolError(f"Could not {doing}: the listing does not move on.")
            yield page
            marker = last

    def call(
        self,
        method: str,
        names: tuple[str, ...],
        doing: str,
        *,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        body: FileBody | None = None,
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
            if body is not None:
                body.rewind()
        try:
            return send()
        except AuthenticationError as error:
            raise AuthenticationError(
                f"Could not {doing}: the store refuses even a fresh token (401). The storage URL "
                "and the project may not belong together.",
                status=401,
                request_id=error.request_id,
            ) from None
