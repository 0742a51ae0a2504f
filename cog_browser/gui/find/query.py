# SPDX-License-Identifier: GPL-2.0-or-later
"""A search below a folder, on the server. No Qt: runs in workers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import translate

from cog_browser.gui.find.name_filter import folded, has_wildcards, is_raster
from cog_browser.gui.listing import Page
from cog_browser.gui.object_rows import ObjectRows
from cog_browser.gui.place import DELIMITER, Place
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.turns import in_turns

#: Where to look.
BELOW, BEGINNING = "below", "beginning"
_LITERAL = re.compile(r"[^*?\[]*")


@dataclass(frozen=True)
class Query:
    """What to look for.

    `BELOW`: in the folder and all folders in it. Words occur in the last part of a key; a pattern
    with ``*``, ``?`` or ``[…]`` is compared with that part, or with the key from the folder on
    where it has a “/”. `BEGINNING`: what is directly in the folder and begins with the text, to
    the letter; the server looks for it. At a connection all this goes for each container.
    """

    text: str = ""
    where: str = BELOW
    extensions: tuple[str, ...] = ()  # in lower case, without their dot
    least: int | None = None  # bytes
    most: int | None = None
    after: datetime | None = None  # aware
    before: datetime | None = None
    rasters_only: bool = False


@dataclass(frozen=True)
class Found:
    """What a page of the listing has, and how many objects were looked at until then.

    ``seen_here`` are those of this page; ``failed`` the containers that can't be listed.
    """

    page: Page = field(default_factory=lambda: Page((), ObjectRows()))
    seen: int = 0
    failed: tuple[str, ...] = ()
    seen_here: int = 0


def search(store: ObjectStore, place: Place, query: Query) -> Iterator[Found]:
    """A result for every page, also where it has nothing: so its caller can stop at each."""
    seen = 0
    if query.where == BEGINNING:
        listings = store.list_objects(place.container, place.prefix + query.text, DELIMITER)
    else:
        listings = store.list_objects(place.container, _prefix(place, query), "")
    takes = _Taker(place, query)
    for listing in listings:
        seen += len(listing.objects)
        found = (entry for entry in in_turns(listing.objects) if takes(entry))
        rows = ObjectRows(found, place.prefix)  # packed here, not where the window would wait
        yield Found(Page(listing.prefixes, rows), seen, seen_here=len(listing.objects))


def _prefix(place: Place, query: Query) -> str:
    """What all matches begin with. Letters may be of either case, so only up to the first one."""
    if DELIMITER not in query.text or not has_wildcards(query.text):
        return place.prefix
    head = _LITERAL.match(query.text.strip())
    literal = head[0] if head else ""
    for number, letter in enumerate(literal):
        if letter.lower() != letter.upper() or not letter.isascii():
            literal = literal[:number]
            break
    return place.prefix + literal


class _Taker:
    """Decides on objects one by one."""

    def __init__(self, place: Place, query: Query) -> None:
        self._query, self._start = query, len(place.prefix)
        text = folded(query.text.strip()) if query.where == BELOW else ""
        self._is_path = DELIMITER in text
        self._pattern = re.compile(translate(text)) if has_wildcards(text) else None
        self._words = () if self._pattern else tuple(text.split())
        self._endings = tuple(f".{extension}" for extension in query.extensions)

    def __call__(self, entry: ObjectEntry) -> bool:
        query = self._query
        if query.least is not None and entry.size < query.least:
            return False
        if query.most is not None and entry.size > query.most:
            return False
        if (query.after or query.before) and not self._is_in_time(entry.last_modified):
            return False
        if query.rasters_only and not is_raster(entry):
            return False
        if self._endings and not entry.key.lower().endswith(self._endings):
            return False
        return self._is_called_so(entry.key)

    def _is_in_time(self, time: datetime | None) -> bool:
        if time is None:
            return False
        after, before = self._query.after, self._query.before
        return (after is None or time >= after) and (before is None or time < before)

    def _is_called_so(self, key: str) -> bool:
        if self._pattern is None and not self._words:
            return True
        name = key[self._start :]
        if not self._is_path:
            name = name.rstrip(DELIMITER).rsplit(DELIMITER, 1)[-1]
        name = folded(name)
        if self._pattern is not None:
            return self._pattern.match(name) is not None
        return all(word in name for word in self._words)
