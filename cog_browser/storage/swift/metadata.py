# SPDX-License-Identifier: GPL-2.0-or-later
"""What an owner has written on an object, and a new upload under its key would wipe out."""

from __future__ import annotations

from collections.abc import Mapping

from cog_browser.storage.answers import said
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.swift.large_objects import own_segments, segments_container
from cog_browser.storage.swift.store import SwiftStore

_KEPT = ("content-disposition", "content-encoding", "x-delete-at")


def read_metadata(store: ObjectStore, container: str, key: str) -> Mapping[str, str]:
    """The object's own metadata, as headers; nothing for stores that are no Swift."""
    if not isinstance(store, SwiftStore):
        return {}
    response = store.call("HEAD", (container, key), f"find {said(container, key)}")
    response.close()
    return {
        name: value
        for name, value in response.headers.items()
        if name.lower() in _KEPT or name.lower().startswith("x-object-meta-")
    }


def write_metadata(
    store: ObjectStore, container: str, key: str, metadata: Mapping[str, str]
) -> None:
    """Put back what `read_metadata` has found."""
    if metadata and isinstance(store, SwiftStore):
        doing = f"write the metadata of {said(container, key)}"
        accept = (200, 202, 204)
        store.call("POST", (container, key), doing, headers=metadata, accept=accept).close()


def change_metadata(
    store: SwiftStore, container: str, key: str, changes: Mapping[str, str]
) -> None:
    """Set headers of an object, and keep its others, which a POST alone would drop.

    An empty value removes a header. Segments of a large object end when it does.
    """
    doing = f"write the metadata of {said(container, key)}"
    kept = {name.lower(): value for name, value in read_metadata(store, container, key).items()}
    changed = {name.lower(): value for name, value in changes.items()}
    if {"x-delete-at", "x-delete-after"} & set(changed):
        kept.pop("x-delete-at", None)
    headers = {name: value for name, value in {**kept, **changed}.items() if value}
    store.call("POST", (container, key), doing, headers=headers, accept=(200, 202, 204)).close()
    ends: dict[str, str] = {
        n: v for n, v in changed.items() if n in ("x-delete-at", "x-delete-after")
    }
    if not ends:
        return
    home = segments_container(container)
    for name in own_segments(store, container, key):
        sent = {header: value for header, value in ends.items() if value}
        store.call("POST", (home, name), doing, headers=sent, accept=(200, 202, 204)).close()
