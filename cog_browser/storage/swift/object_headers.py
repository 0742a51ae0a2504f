# SPDX-License-Identifier: GPL-2.0-or-later
"""What a Swift says of an object besides its bytes: its headers and the owner's metadata."""

from __future__ import annotations

from urllib.parse import unquote

from cog_browser.storage.answers import entry_of_headers, said
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.swift.store import SwiftStore

#: Headers of the owner begin so.
OWNERS = "X-Object-Meta-"
#: Of this answer, not of the object.
_OF_THE_ANSWER = {
    "connection", "date", "keep-alive", "server", "set-cookie", "vary", "via", "x-trans-id",
}  # fmt: skip
_MOST_TEXT = 2000  # characters of one value that anybody reads


def read_headers(
    store: SwiftStore, container: str, key: str
) -> tuple[ObjectEntry, tuple[tuple[str, str], ...]]:
    """The object, and its headers by name, with one HEAD.

    Values are UTF-8 or percent-encoded, as the store's clients write them.
    """
    response = store.call("HEAD", (container, key), f"find {said(container, key)}")
    response.close()
    entry = entry_of_headers(container, key, response.headers)
    found = (
        (name, _text(value)[:_MOST_TEXT])
        for name, value in response.headers.items()
        if name.lower() not in _OF_THE_ANSWER and not name.lower().endswith("request-id")
    )
    return entry, tuple(sorted(found))


def _text(value: str) -> str:
    """Headers arrive as Latin-1, whatever they hold."""
    try:
        value = value.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return value
    return unquote(value) if "%" in value else value
