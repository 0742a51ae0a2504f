# SPDX-License-Identifier: GPL-2.0-or-later
"""Finds out what a web connection's URL is, and lists it, a page at a time.

What it is follows from what the server answers, never from how the URL looks.
"""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from cog_browser.storage.errors import ConfigurationError, NotFoundError, ProtocolError
from cog_browser.storage.http import MAX_DOCUMENT, Response
from cog_browser.storage.json_items import items_of
from cog_browser.storage.listed_names import below
from cog_browser.storage.models import Listing, ObjectEntry
from cog_browser.storage.object_names import TIFF_MAGIC
from cog_browser.storage.swift.answers import ListedPage, listed_rows, pages_of
from cog_browser.storage.web.address import WebAddress
from cog_browser.storage.web.client import Answer, WebClient
from cog_browser.storage.web.documents import bucket_page, json_rows
from cog_browser.storage.web.html_index import HtmlIndex
from cog_browser.storage.web.rows import Row

#: What a URL can be: a TIFF; the listing of a Swift container or an S3 bucket, which pages; a
#: page for each folder, in HTML or JSON.
FILE, SWIFT, BUCKET, PAGES = "file", "swift", "bucket", "pages"
_ACCEPT = {"Accept": "application/json, text/html;q=0.9, application/xml;q=0.8, */*;q=0.5"}
_HEAD = 64 << 10
_ROWS_A_PAGE = 1000
#: Folders in folders: more are links that go in circles.
_DEEPEST = 30
_LONGEST_PAGE = 32 << 20


class WebFolder:
    """The listing of one address. Thread-safe: what it is gets found out at most a few times."""

    def __init__(self, address: WebAddress, client: WebClient) -> None:
        self._address, self._client = address, client
        self._kind = ""

    def kind(self) -> str:
        """`FILE`, `SWIFT`, `BUCKET` or `PAGES`, as the server answers; asked once."""
        if not self._kind:
            self._kind = self._recognise()
        return self._kind

    def list(self, prefix: str, delimiter: str, page_size: int | None) -> Iterator[Listing]:
        """What begins with ``prefix``. Not for a `FILE`."""
        if delimiter not in ("", "/"):
            raise ConfigurationError("A web folder is listed by “/”, or as a whole.")
        prefix = prefix or self._address.prefix
        if self.kind() == SWIFT:
            return self._swift(prefix, delimiter, page_size)
        if self.kind() == BUCKET:
            return self._bucket(prefix, delimiter, page_size)
        folder, _, beginning = prefix.rpartition("/")
        folder = folder + "/" if folder else ""
        if delimiter:
            return self._pages(folder, beginning)
        return self._walk(folder, beginning)

    # What it is

    def _recognise(self) -> str:
        root, doing = self._address.root, f"find out what is at {self._address.host}"
        first = root if urlsplit(root).path else root + "/"
        try:
            return self._kind_of(self._client.get(first, doing, _ACCEPT), doing)
        except (NotFoundError, ProtocolError) as error:
            if first.endswith("/") or not (
                isinstance(error, NotFoundError) or (error.status or 0) // 100 == 3
            ):
                raise
        return self._kind_of(self._client.get(root + "/", doing, _ACCEPT), doing)

    def _kind_of(self, answer: Answer, doing: str) -> str:
        response, headers = answer.response, answer.response.headers
        is_swift = any(name.lower() == "x-container-object-count" for name in headers)
        start = response.beginning(_HEAD)
        text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
        if start[:4] in TIFF_MAGIC:
            return FILE
        if is_swift or (text[:1] == b"[" and b'"last_modified"' in start and b'"bytes"' in start):
            return SWIFT
        if b"<ListBucketResult" in text[:2000]:
            return BUCKET
        if text[:1] == b"[" or text[:1] == b"<":
            return PAGES
        raise ProtocolError(
            f"Could not {doing}: what is there is neither a TIFF nor a list of files. Enter the "
            "URL of a COG, or of a folder whose files the server lists."
        )

    # Listings that page

    def _swift(self, prefix: str, delimiter: str, page_size: int | None) -> Iterator[Listing]:
        container = self._address.folder
        doing = f"list container “{container}”"
        query: dict[str, Any] = {
            "format": "json", "prefix": prefix, "delimiter": delimiter, "limit": page_size
        }  # fmt: skip

        def page_after(marker: str) -> ListedPage:
            found = _items(self._get({**query, "marker": marker}, doing), doing)
            return ListedPage(container, listed_rows(found, prefix, doing))

        # a generator: this one is over with its first error
        yield from pages_of(page_after, doing).map(ListedPage.listing)

    def _bucket(self, prefix: str, delimiter: str, page_size: int | None) -> Iterator[Listing]:
        container = self._address.folder
        doing = f"list bucket “{container}”"
        query: dict[str, Any] = {
            "list-type": 2, "prefix": prefix, "delimiter": delimiter, "max-keys": page_size,
            "encoding-type": "url",
        }  # fmt: skip
        following: Mapping[str, str] = {}
        while True:
            page = bucket_page(self._get({**query, **following}, doing), container, doing)
            yield below(Listing(tuple(page.prefixes), tuple(page.objects)), prefix, doing)
            if not page.following:
                return
            if page.following == following or not all(page.following.values()):
                raise ProtocolError(f"Could not {doing}: the listing does not move on.")
            following = page.following

    def _get(self, query: Mapping[str, Any], doing: str) -> bytes:
        root = self._address.root
        text = urlencode({k: v for k, v in query.items() if v}, quote_via=quote, safe="")
        url = f"{root}{'' if urlsplit(root).path else '/'}?{text}"
        response = self._client.get(url, doing, _ACCEPT, (200, 204)).response
        return response.read(MAX_DOCUMENT)

    # A page for each folder

    def _walk(self, folder: str, beginning: str) -> Iterator[Listing]:
        """Everything below, folder by folder."""
        waiting = [(folder, beginning)]
        while waiting:
            path, start = waiting.pop()
            inner: list[str] = []
            for page in self._pages(path, start):
                inner += page.prefixes
                yield Listing((), page.objects)
            waiting += [(prefix, "") for prefix in reversed(inner)]

    def _pages(self, folder: str, beginning: str) -> Iterator[Listing]:
        if folder.count("/") > _DEEPEST:
            raise ProtocolError(
                f"Could not list “{folder[:80]}…”: there are more than {_DEEPEST} folders in one "
                "another. Probably the server has links that go in circles."
            )
        prefixes: list[str] = []
        objects: list[ObjectEntry] = []
        is_empty = True
        for row in self._rows(folder):
            if not row.name.startswith(beginning):
                continue
            if row.is_folder:
                prefixes.append(f"{folder}{row.name}/")
            else:
                objects.append(self._entry(folder, row))
            if len(prefixes) + len(objects) >= _ROWS_A_PAGE:
                yield Listing(tuple(prefixes), tuple(objects))
                prefixes, objects, is_empty = [], [], False
        if prefixes or objects or is_empty:
            yield Listing(tuple(prefixes), tuple(objects))

    def _entry(self, folder: str, row: Row) -> ObjectEntry:
        return ObjectEntry(
            self._address.folder,
            folder + row.name,
            row.size,
            row.modified,
            "",
            "",
            row.size_is,
        )

    def _rows(self, folder: str) -> Iterator[Row]:
        doing = f"list folder “{folder or self._address.folder}”"
        answer = self._client.get(self._address.folder_url(folder), doing, _ACCEPT)
        kind = answer.response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind.endswith("json"):
            yield from json_rows(answer.response.read(_LONGEST_PAGE), doing)
            return
        index = HtmlIndex(answer.url.partition("?")[0])
        held: list[Row] = []
        for text in _texts(answer.response, doing):
            held += index.end() if text is None else index.feed(text)
            if index.is_index:
                yield from held
                held = []
            if index.is_hopeless:
                answer.response.abandon()
                break
        if index.is_index and index.is_hopeless:
            raise ProtocolError(f"Could not {doing}: the page has more links than can be listed.")
        if not index.is_index:
            raise ProtocolError(
                f"Could not {doing}: the server answers with a web page that lists no files. Enter "
                "the URL of a COG, or of a folder whose files the server lists."
            )


def _texts(response: Response, doing: str) -> Iterator[str | None]:
    """The pieces of a page, then None. What isn't UTF-8 becomes “�”, which names nothing."""
    decoder, length = getincrementaldecoder("utf-8")("replace"), 0
    for chunk in response.chunks(_HEAD):
        length += len(chunk)
        if length > _LONGEST_PAGE:
            response.abandon()
            raise ProtocolError(
                f"Could not {doing}: the page has more than {_LONGEST_PAGE >> 20} MiB."
            )
        yield decoder.decode(chunk)
    announced = response.headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced[:20]) != length:
        raise ProtocolError(f"Could not {doing}: the page broke off.")
    yield None


def _items(body: bytes, doing: str) -> Iterator[Any]:
    try:
        yield from items_of(body.decode()) if body.strip() else ()
    except (ValueError, RecursionError):
        raise ProtocolError(f"Could not {doing}: the answer is no listing.") from None
