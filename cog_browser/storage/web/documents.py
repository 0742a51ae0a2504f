# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads listings that are made for programs: nginx's and Caddy's JSON, a public bucket's XML."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote
from xml.parsers import expat  # nosec B407 - document types, and so entities, are refused

from cog_browser.storage.errors import ProtocolError
from cog_browser.storage.models import EXACT, UNKNOWN, ObjectEntry
from cog_browser.storage.web.rows import Row, is_name

#: Elements in one another, elements, and bytes of a bucket's page.
_DEEPEST, _MOST, _LONGEST = 20, 200_000, 16 << 20


def json_rows(body: bytes, doing: str) -> list[Row]:
    """Source: nginx, "ngx_http_autoindex_module", autoindex_format json; Caddy's file_server."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise ProtocolError(f"Could not {doing}: the answer is no listing of a folder.")
    return [row for row in map(_json_row, found) if row is not None]


def _json_row(item: dict[str, Any]) -> Row | None:
    name = str(item.get("name", "")).rstrip("/")
    kind, is_folder = item.get("type"), item.get("is_dir")
    if not is_name(name) or (kind is None and is_folder is None):
        return None
    is_folder = kind == "directory" if is_folder is None else bool(is_folder)
    size = item.get("size")
    known = size if isinstance(size, int) and size >= 0 and not is_folder else None
    return Row(
        name,
        is_folder,
        known or 0,
        UNKNOWN if known is None else EXACT,
        _time(str(item.get("mtime") or item.get("mod_time") or "")),
    )


@dataclass
class BucketPage:
    """A page of a bucket's listing. ``following`` is the query that asks for the next one."""

    prefixes: list[str] = field(default_factory=list)
    objects: list[ObjectEntry] = field(default_factory=list)
    following: dict[str, str] = field(default_factory=dict)


def bucket_page(body: bytes, container: str, doing: str) -> BucketPage:
    """Source: Amazon S3, API reference, ListObjectsV2; Google's and others answer alike.

    Read by expat, which stops at a document type: without one there are no entities.
    """
    reader = _BucketReader()
    if len(body) > _LONGEST:
        raise ProtocolError(f"Could not {doing}: the page has more than {_LONGEST >> 20} MiB.")
    try:
        reader.parse(body)
        return reader.page(container)
    except (expat.ExpatError, _Refused, LookupError, ValueError):
        raise ProtocolError(f"Could not {doing}: the answer is no listing of a bucket.") from None


class _Refused(Exception):
    pass


class _BucketReader:
    def __init__(self) -> None:
        self._path: list[str] = []
        self._count = 0
        self._text: list[str] = []
        self._item: dict[str, str] = {}
        self._objects: list[dict[str, str]] = []
        self._prefixes: list[str] = []
        self._about: dict[str, str] = {}

    def parse(self, body: bytes) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        parser.Parse(body, True)

    def page(self, container: str) -> BucketPage:
        is_url = self._about.get("EncodingType", "").lower() == "url"

        def plain(text: str) -> str:
            return unquote(text.replace("+", " "), errors="strict") if is_url else text

        page = BucketPage([plain(prefix) for prefix in self._prefixes])
        for item in self._objects:
            page.objects.append(
                ObjectEntry(
                    container,
                    plain(item["Key"]),
                    int(item["Size"]),
                    _time(item.get("LastModified", "")),
                    item.get("ETag", "").strip('"'),
                    "",
                )
            )
        if self._about.get("IsTruncated", "").lower() == "true":
            last = max([*page.prefixes, *(entry.key for entry in page.objects)], default="")
            token = self._about.get("NextContinuationToken")
            marker = plain(self._about.get("NextMarker", "")) or last
            page.following = {"continuation-token": token} if token else {"marker": marker}
        return page

    def _refuse(self, *_: Any) -> None:
        raise _Refused

    def _start(self, name: str, _attributes: Any) -> None:
        self._path.append(name.rpartition(":")[2])
        self._text.clear()
        self._count += 1
        is_too_much = len(self._path) > _DEEPEST or self._count > _MOST
        if is_too_much or self._path[0] != "ListBucketResult":
            raise _Refused

    def _end(self, _name: str) -> None:
        text = "".join(self._text)
        self._text.clear()
        inner = self._path[1:]
        self._path.pop()
        if len(inner) == 1 and inner[0] == "Contents":
            self._objects.append(self._item)
            self._item = {}
        elif len(inner) == 1:
            self._about[inner[0]] = text
        elif inner[:1] == ["Contents"] and len(inner) == 2:
            self._item[inner[1]] = text
        elif inner == ["CommonPrefixes", "Prefix"]:
            self._prefixes.append(text)


def _time(text: str) -> datetime | None:
    with suppress(ValueError, TypeError, IndexError):
        if text[:4].isdecimal():
            found = datetime.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")
            return found.replace(tzinfo=timezone.utc) if text.endswith("Z") else None
        return parsedate_to_datetime(text).astimezone(timezone.utc)
    return None
