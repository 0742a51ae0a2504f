# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds a page of a listing against what was asked for, before anybody deletes by it."""

from __future__ import annotations

from collections.abc import Iterable

from cog_browser.storage.errors import ProtocolError
from cog_browser.storage.models import Listing


def below(listing: Listing, prefix: str, doing: str) -> Listing:
    """The page as it is. See `check_below`."""
    check_below(listing.prefixes, [entry.key for entry in listing.objects], prefix, doing)
    return listing


def check_below(prefixes: Iterable[str], keys: Iterable[str], prefix: str, doing: str) -> None:
    """Raises `ProtocolError` where one of a page isn't below the ``prefix`` that was asked for.

    A common prefix is longer than that one, or walking down it would never end.
    """
    is_below = all(
        len(name) > len(prefix) and name.startswith(prefix) for name in prefixes
    ) and all(key and key.startswith(prefix) for key in keys)
    if not is_below:
        raise ProtocolError(
            f"Could not {doing}: the server lists names that were not asked for. Nothing that it "
            "lists can be trusted; tell its operator."
        )


def damaged(doing: str) -> ProtocolError:
    """For a page whose names or sizes can't be read."""
    return ProtocolError(
        f"Could not {doing}: the listing has a name or a size that is none. Tell the server's "
        "operator."
    )


def size_of(text: str) -> int:
    """A size in bytes; an empty text is 0. Raises `ValueError`."""
    if not text:
        return 0
    if not (text.isascii() and text.isdecimal() and len(text) < 20):
        raise ValueError("no size")
    return int(text)
