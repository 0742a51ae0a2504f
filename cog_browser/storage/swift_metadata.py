# SPDX-License-Identifier: GPL-2.0-or-later
"""What an owner has written on an object, and a new upload under its key would wipe out."""

from __future__ import annotations

from collections.abc import Mapping

from cog_browser.storage.store import ObjectStore
from cog_browser.storage.swift import SwiftStore
from cog_browser.storage.swift_answers import said

_KEPT = ("content-disposition", "x-delete-at")


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
