# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads folders as web servers show them to people: nginx, Apache, lighttpd, Python or Swift.

There is no standard. What they have in common is taken: a link for each name and, between it and
the next link, a time and a size. Sizes with a unit are rounded, and said to be so.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import datetime, timezone
from urllib.parse import urljoin

from cog_browser.storage.models import EXACT, ROUNDED, UNKNOWN
from cog_browser.storage.web.rows import Row, child_of

# Bounded, so that no page makes them slow.
_ANCHOR = re.compile(r"<a\s([^<>]{0,4000})>", re.IGNORECASE)
_HREF = re.compile(r"""(?<![\w-])href\s{0,9}=\s{0,9}("[^"]*"|'[^']*'|[^\s"'>]+)""", re.IGNORECASE)
_BASE = re.compile(r"<base\s([^<>]{0,4000})>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_HEADING = re.compile(
    r"<(?:title|h1)\b[^<>]{0,200}>\s{0,99}"
    r"(?:index of|directory listing|directory:|listing of|contents of)",
    re.IGNORECASE,
)
#: Characters after a link that may say its time and size, those without any link that are kept,
#: and those that a link's tag may have.
_DETAILS, _LONGEST_GAP, _LONGEST_TAG = 2000, 1 << 16, 4100
#: Links of a page; and characters and links after which what shows no sign of an index is none.
_MOST_LINKS, _PATIENCE, _PATIENT_LINKS = 100_000, 1 << 20, 5000
_TIME = re.compile(
    r"(\d{4})-(\d\d|[A-Za-z]{3})-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d))?|"
    r"(\d\d)-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d)(?::(\d\d))?"
)
_SIZE = re.compile(
    r"\s*(\d{1,15})(\.\d{1,3})?(?:\s?(?:([KMGTP])(?:i?B)?|B|bytes))?(?=\s|$)", re.IGNORECASE
)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
_POWERS = {unit: 1024 ** (i + 1) for i, unit in enumerate("KMGTP")}
_RASTERS = (".tif", ".tiff")


class HtmlIndex:
    """Takes a page in pieces, and gives its rows as they are whole.

    ``is_index`` once it is clear that this is no other web page: by its heading, a link to the
    folder above, or a TIFF in it.
    """

    def __init__(self, folder: str) -> None:
        self._folder = self._base = folder
        self._text = ""
        self._row: Row | None = None
        self._seen: set[tuple[str, bool]] = set()
        self._length = self._links = 0
        self.is_index = False

    @property
    def is_hopeless(self) -> bool:
        """Too long without a sign of an index, or with more links than any."""
        if self.is_index:
            return self._links > _MOST_LINKS
        return self._length > _PATIENCE or self._links > _PATIENT_LINKS

    def feed(self, text: str) -> list[Row]:
        """Rows that are complete now."""
        self._text += text
        self._length += len(text)
        return list(self._take(is_end=False))

    def end(self) -> list[Row]:
        """What is left when the page is over."""
        return [*self._take(is_end=True), *self._flush()]

    def _take(self, *, is_end: bool) -> Iterator[Row]:
        text, position = self._text, 0
        if not self.is_index and _HEADING.search(text):
            self.is_index = True
        if base := _BASE.search(text):
            self._base = urljoin(self._folder, _href(base[1]))
        for link in _ANCHOR.finditer(text):
            self._detail(text[position : link.start()])
            position = link.end()
            yield from self._enter(_href(link[1]))
        self._text = text[position:]
        if is_end or len(self._text) > _LONGEST_GAP:
            self._detail(self._text)
            self._text = "" if is_end else self._text[-_LONGEST_TAG:]

    def _enter(self, href: str) -> Iterator[Row]:
        self._links += 1
        if href.partition("?")[0] in ("../", "..") or self._leads_up(href):
            self.is_index = True
        found = child_of(self._folder, urljoin(self._base, href)) if href else None
        if found is None:
            return
        name, is_folder = found
        if self._row is not None and (self._row.name, self._row.is_folder) == found:
            return  # its icon was a link as well
        yield from self._flush()
        if found not in self._seen:
            self._seen.add(found)
            self._row = Row(name, is_folder)
            if not is_folder and name.lower().endswith(_RASTERS):
                self.is_index = True

    def _leads_up(self, href: str) -> bool:
        parent = self._folder.rstrip("/").rpartition("/")[0] + "/"
        return parent.count("/") > 2 and bool(href) and urljoin(self._base, href) == parent

    def _detail(self, text: str) -> None:
        """Note the time and size that stand after the link."""
        row = self._row
        if row is None or row.modified is not None or row.size_is != UNKNOWN:
            return
        cut = text[:_DETAILS].lower().find("</a>")  # before it is the name
        plain = html.unescape(_TAG.sub(" ", text[cut:_DETAILS])) if cut >= 0 else ""
        time = _TIME.search(plain)
        size, size_is = 0, UNKNOWN
        if time is not None and not row.is_folder:
            size, size_is = _size(plain[time.end() :])
            if size_is == UNKNOWN:
                size, size_is = _size(plain[: time.start()])
        modified = _time(time) if time is not None else None
        self._row = Row(row.name, row.is_folder, size, size_is, modified)

    def _flush(self) -> Iterator[Row]:
        row, self._row = self._row, None
        if row is not None:
            yield row


def _href(attributes: str) -> str:
    found = _HREF.search(attributes)
    return html.unescape(found[1].strip("\"'")) if found else ""


def _size(text: str) -> tuple[int, str]:
    found = _SIZE.match(text)
    if not found:
        return 0, UNKNOWN
    if found[3] is None:
        return (int(found[1]), EXACT) if found[2] is None else (0, UNKNOWN)
    return round(float(found[1] + (found[2] or "")) * _POWERS[found[3].upper()]), ROUNDED


def _time(found: re.Match[str]) -> datetime | None:
    """As the page says it, which most servers do in UTC; None where it is none."""
    if found[1]:
        year, month, day, hour, minute, second = found.groups()[:6]
    else:
        day, month, year, hour, minute, second = found.groups()[6:]
    number = int(month) if month.isdecimal() else _MONTHS.find(month.lower()) // 4 + 1
    try:
        return datetime(
            int(year), number, int(day), int(hour), int(minute), int(second or 0),
            tzinfo=timezone.utc,
        )  # fmt: skip
    except ValueError:
        return None
