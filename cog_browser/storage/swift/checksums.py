# SPDX-License-Identifier: GPL-2.0-or-later
"""What a Swift knows of an object's bytes, to compare a download with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cog_browser.storage.answers import entry_of_headers, said
from cog_browser.storage.errors import ConfigurationError, StoreError
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.swift.large_objects import etag_of, is_large, read_manifest
from cog_browser.storage.transfers.download import MD5, Checks

if TYPE_CHECKING:
    from cog_browser.storage.swift.store import SwiftStore


def piece_checksums(store: SwiftStore, container: str, key: str) -> Checks:
    """Sizes and MD5s of an object's pieces, in order; empty where the store knows none."""
    response = store.call("HEAD", (container, key), f"find {said(container, key)}")
    response.close()
    return checks_of(store, entry_of_headers(container, key, response.headers), response.headers)


def checks_of(store: SwiftStore, entry: ObjectEntry, headers: Mapping[str, str]) -> Checks:
    """Of a large object, those of its segments."""
    if not is_large(headers):
        is_plain = "X-Object-Manifest" not in headers and MD5.fullmatch(entry.etag)
        return [(entry.size, entry.etag)] if is_plain else []
    try:
        segments = read_manifest(store, entry.container, entry.key)
    except (StoreError, ConfigurationError):
        return []  # whoever may read the object may not always see its manifest
    if any(s.range or s.nested or not MD5.fullmatch(s.etag) for s in segments):
        return []
    is_whole = sum(s.size for s in segments) == entry.size
    if not is_whole or etag_of(s.etag for s in segments) != entry.etag:
        return []
    return [(s.size, s.etag) for s in segments]
