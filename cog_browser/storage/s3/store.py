# SPDX-License-Identifier: GPL-2.0-or-later
"""Amazon S3 and what speaks its protocol.

Source: Amazon S3 API Reference; what it leaves open was tried on Swift's s3api and on moto.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from cog_browser.storage.answers import already_exists, said
from cog_browser.storage.connection import Connection
from cog_browser.storage.cors import CorsSetting
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.earth_engine.registered import replacing
from cog_browser.storage.errors import (
    ConfigurationError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
)
from cog_browser.storage.http import HttpSettings
from cog_browser.storage.http_store import HttpStore
from cog_browser.storage.models import Container, Listing, ObjectEntry
from cog_browser.storage.object_names import content_type_of, encoded_path
from cog_browser.storage.object_properties import Properties, s3_headers
from cog_browser.storage.paging import Pages
from cog_browser.storage.progress import Progress
from cog_browser.storage.recipe import StoreRecipe
from cog_browser.storage.s3.answers import check_bucket_name, document, listing_of
from cog_browser.storage.s3.calls import S3Calls
from cog_browser.storage.s3.copies import copy_object
from cog_browser.storage.s3.cors import BucketCors, read_cors, write_cors
from cog_browser.storage.s3.key_sources import key_source, resolved
from cog_browser.storage.s3.places import Place
from cog_browser.storage.s3.signing import query_text
from cog_browser.storage.s3.unfinished_uploads import clean_up, unfinished_uploads
from cog_browser.storage.s3.upload import is_encrypted, upload
from cog_browser.storage.share_links import check_life
from cog_browser.storage.transfers.control import TransferControl, TransferSettings
from cog_browser.storage.transfers.download import MD5, Checks
from cog_browser.storage.transfers.unfinished import UnfinishedUpload

_MOST_KEYS = 1000  # that a page may have
_LISTING = "ListBucketResult"
_NOT_ANSWERED = "A policy of the bucket may forbid links; ask its owner."


class S3Store(HttpStore):
    """The buckets that a connection's keys open. See `ObjectStore` for what each method promises.

    ``overwrite=False`` looks whether the key is free before an upload and sends
    ``If-None-Match: *`` with it. Where a store ignores that header, somebody who writes the same
    key in between is overwritten.
    """

    def __init__(
        self,
        connection: Connection,
        credentials: Credentials,
        settings: HttpSettings | None = None,
        transfers: TransferSettings | None = None,
    ) -> None:
        super().__init__(connection, settings, transfers)
        plain, keys = resolved(connection, credentials)
        self._recipe = StoreRecipe(plain, keys, settings or HttpSettings())
        self.place = Place(connection)
        self._calls = S3Calls(
            self._http,
            self.place,
            key_source(plain, keys, self._recipe.settings.for_connection(connection)),
            requester_pays=connection.requester_pays,
        )
        self.call = self._calls.call
        self._known: set[str] = set()

    @property
    def recipe(self) -> StoreRecipe:
        """With the region that the end point has named, so that nobody is told once more."""
        if self.place.is_amazon:  # where each bucket has its own
            return self._recipe
        region = self.place.learnt_region or self._recipe.connection.region
        return replace(self._recipe, connection=replace(self._recipe.connection, region=region))

    def list_containers(self) -> Iterator[Container]:
        doing = "list the buckets"
        try:
            if self.connection.auth_mode == "anonymous":
                raise PermissionDeniedError(f"Could not {doing}: only its owner may.", status=403)
            answer = document(self.call("GET", (), doing), doing, "ListAllMyBucketsResult")
        except PermissionDeniedError as error:
            if not self.connection.containers:
                raise PermissionDeniedError(
                    "These keys may not list buckets. Enter the names of those you may read in the "
                    "connection.",
                    status=error.status,
                    request_id=error.request_id,
                ) from None
            for name in self.connection.containers:
                yield Container(name)
            return
        for buckets in answer.all("Buckets"):
            for bucket in buckets.all("Bucket"):
                yield Container(bucket.value("Name"))

    def list_objects(
        self,
        container: str,
        prefix: str = "",
        delimiter: str = "/",
        page_size: int | None = None,
    ) -> Pages[Listing]:
        doing = f"list bucket “{container}”"
        query = {"list-type": "2", "encoding-type": "url", "prefix": prefix, "delimiter": delimiter}
        if page_size:
            query["max-keys"] = str(min(page_size, _MOST_KEYS))
        asked = {name: value for name, value in query.items() if value}

        def ask(token: str) -> tuple[Listing, str]:
            text = query_text({**asked, **({"continuation-token": token} if token else {})})
            page = document(self.call("GET", (container,), doing, query=text), doing, _LISTING)
            found = listing_of(container, page, prefix, doing)
            if page.value("IsTruncated") != "true":
                return found, ""
            following = page.value("NextContinuationToken")
            if not following or following == token:
                raise ProtocolError(f"Could not {doing}: the listing does not move on.")
            return found, following

        return Pages(ask)

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
        headers = s3_headers(properties)
        headers["Content-Type"] = content_type or content_type_of(key)
        with replacing(self.connection, container, key) if overwrite else nullcontext():
            return upload(self, Path(path), container, key, overwrite, headers, progress, control)

    def checks_of(self, entry: ObjectEntry, headers: Mapping[str, str]) -> Checks:
        """None of an object that came in parts: its ETag depends on where they were cut."""
        is_md5 = MD5.fullmatch(entry.etag) and not is_encrypted(headers)
        return [(entry.size, entry.etag)] if is_md5 else []

    def check_upload(self, container: str, key: str, *, overwrite: bool = False) -> None:
        doing = f"upload to {said(container, key)}"
        encoded_path((container, key))
        if overwrite:
            self._find_bucket(container, doing)
            return
        try:
            self.call("HEAD", (container, key), doing).close()
        except NotFoundError:
            self._find_bucket(container, doing)
            return
        except PermissionDeniedError:  # who may not list hears of no missing key
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
        with replacing(self.connection, to_container, to_key) if overwrite else nullcontext():
            return copy_object(self, container, key, to_container, to_key, overwrite, progress)

    def delete_object(self, container: str, key: str) -> None:
        doing = f"delete {said(container, key)}"
        self.call("HEAD", (container, key), doing).close()  # S3 deletes what isn't there, too
        with replacing(self.connection, container, key):
            self.call("DELETE", (container, key), doing).close()
        self.forget(container, key)

    def unfinished_uploads(self, container: str | None = None) -> Iterator[UnfinishedUpload]:
        return unfinished_uploads(self, container)

    def own_unfinished_uploads(self) -> list[UnfinishedUpload]:
        return []  # no journal is kept: the store knows them all

    def resume_upload(
        self,
        unfinished: UnfinishedUpload,
        *,
        path: str | os.PathLike[str] | None = None,
        progress: Progress | None = None,
        control: TransferControl | None = None,
    ) -> ObjectEntry:
        raise ConfigurationError(
            f"The upload to {said(unfinished.container, unfinished.key)} can't go on, as nobody "
            "here knows its file. Clean it up, and upload the file anew."
        )

    def clean_up_upload(
        self,
        unfinished: UnfinishedUpload,
        *,
        confirmed: bool = False,
        progress: Progress | None = None,
    ) -> None:
        clean_up(self, unfinished, confirmed=confirmed, progress=progress)

    def create_container(self, name: str) -> Container:
        doing = f"create bucket “{name}”"
        check_bucket_name(name, doing)
        body = b""
        region = self.connection.region
        if self.place.is_amazon and region not in ("", "us-east-1"):
            body = (
                '<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
                f"<LocationConstraint>{region}</LocationConstraint></CreateBucketConfiguration>"
            ).encode()
        payload = hashlib.sha256(body).hexdigest()
        try:
            self.call("PUT", (name,), doing, body=body, payload=payload).close()
        except ProtocolError as error:
            if error.status != 409:
                raise
            try:  # it may be ours already
                self._known.discard(name)
                self._find_bucket(name, doing)
            except (NotFoundError, PermissionDeniedError):
                raise error from None
        return Container(name)

    def delete_container(self, name: str) -> None:
        self.call("DELETE", (name,), f"delete bucket “{name}”").close()
        self._known.discard(name)

    def read_cors(self, container: str) -> BucketCors:
        return read_cors(self, container)

    def write_cors(self, container: str, now: CorsSetting, origins: tuple[str, ...]) -> BucketCors:
        return write_cors(self, container, now, origins)

    def share_url(
        self, container: str, key: str, expires_in: int = 3600, *, create_key: bool = False
    ) -> str:
        del create_key  # the sign-in's own key signs
        doing = f"share {said(container, key)}"
        check_life(doing, expires_in, self.longest_link)
        self.head_object(container, key)  # learns the region, and says what is wrong
        link = self._calls.signed_url("GET", (container, key), expires_in)
        self.try_link(link, doing, _NOT_ANSWERED)
        return link

    def signed_request(
        self, method: str, container: str, key: str, headers: Mapping[str, str]
    ) -> tuple[str, dict[str, str]]:
        return self._calls.signed_request(method, (container, key), headers)

    def source(self, container: str, key: str) -> str:
        """The object's URL; the fragment, which is never sent, says whose of several accounts."""
        named = self.place.named_url(container, key)
        return f"/vsicurl/{named}#{quote(self.connection.id, safe='')}"

    def read_ranges(
        self,
        container: str,
        key: str,
        ranges: Sequence[tuple[int, int]],
        *,
        etag: str | None = None,
    ) -> list[bytes] | None:
        return None  # S3 answers several ranges with the whole object

    def _find_bucket(self, name: str, doing: str) -> None:
        """Look for it once; an upload says by itself that it has gone since."""
        if name in self._known:
            return
        try:
            self.call("HEAD", (name,), doing).close()
        except NotFoundError as error:
            raise no_bucket(doing, name, error) from None
        self._known.add(name)


def no_bucket(doing: str, name: str, error: NotFoundError) -> NotFoundError:
    return NotFoundError(
        f"Could not {doing}: there is no bucket “{name}”. Create it first.",
        status=404,
        request_id=error.request_id,
    )
