# SPDX-License-Identifier: GPL-2.0-or-later
"""Bounded, counted and cached access to a file's bytes, and the problems met on the way.

Each read may cost a round trip, so bytes are fetched in pages, and what is asked for together is
fetched together. Nothing is allocated by what a file claims, only by what was received.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

#: ``read(offset, n)`` gives n bytes, fewer only at the end of the file. What it raises passes
#: through unchanged: a network fault is no property of the file.
Read = Callable[[int, int], bytes]

_PAGES_KEPT = 64
_GAP = 3  # pages: reading two in vain is quicker than one more round trip
_MOST_PER_READ = 1 << 20
_MOST_PER_ID = 20
_FARTHEST = (1 << 63) - 1

#: The id of a `Problem` -> what it says about the file. Rules choose the severity.
PROBLEMS: dict[str, str] = {
    "header-short": "it is shorter than a TIFF header",
    "header-magic": "its first bytes are not those of a TIFF",
    "header-bigtiff": "the constants of the BigTIFF header are wrong",
    "ghost-size": "the size of the structural metadata is no number, or passes the end",
    "ghost-text": "the structural metadata is not made of KEY=VALUE lines",
    "ifd-none": "the header names no IFD",
    "ifd-outside": "an IFD begins outside the file",
    "ifd-truncated": "an IFD passes the end of the file",
    "ifd-unaligned": "an IFD begins at an odd offset",
    "ifd-empty": "an IFD has no entries",
    "ifd-loop": "the chain of IFDs comes back to one it has passed",
    "unsorted": "an IFD's entries are not in ascending order",
    "duplicate-tag": "a tag occurs twice in an IFD; the first one counts",
    "missing-tag": "a tag that every image needs is missing",
    "unknown-type": "an entry has a field type that doesn't exist",
    "bad-type": "a tag has a field type it can't have",
    "bad-count": "a tag has a number of values it can't have",
    "bad-value": "a tag has a value it can't have, such as a width of 0",
    "value-outside": "a tag's values pass the end of the file",
    "overlap": "two structures of the file share bytes",
    "geokeys": "the GeoKey directory is inconsistent",
    "block-count": "a block array is not as long as the image has blocks",
    "file-short": "the file ends before the size it was said to have",
    "limit-ifds": "more IFDs than Limits.ifds",
    "limit-depth": "SubIFDs deeper than Limits.depth",
    "limit-entries": "more entries than Limits.entries or Limits.all_entries",
    "limit-value": "more value bytes than Limits.value_bytes or Limits.all_value_bytes",
    "limit-blocks": "more blocks than Limits.blocks",
    "limit-bytes": "more bytes to read than Limits.read_bytes",
    "limit-time": "reading took longer than Limits.seconds",
}


@dataclass(frozen=True)
class Limits:
    """Where reading stops with a `Problem`. ``read_bytes`` and ``seconds`` hold per call."""

    ifds: int = 2_000
    depth: int = 4
    entries: int = 4_096
    all_entries: int = 100_000
    value_bytes: int = 1 << 18
    all_value_bytes: int = 1 << 22
    blocks: int = 20_000_000
    read_bytes: int = 64 << 20
    seconds: float = 30.0


@dataclass(frozen=True)
class Problem:
    """Something wrong with a file; ``id`` is one of `PROBLEMS`.

    ``offset`` is where in the file, ``ifd`` the offset of the IFD it was found in.
    """

    id: str
    message: str
    offset: int | None = None
    ifd: int | None = None
    tag: int | None = None


class LimitReached(Exception):
    """Internal: reading has to stop. The problem is on record already."""


class Problems:
    """Collects problems, the first few of each id, so that a hostile file can't fill memory."""

    def __init__(self) -> None:
        self._found: list[Problem] = []
        self._counts: dict[str, int] = {}

    def add(
        self,
        name: str,
        message: str,
        offset: int | None = None,
        ifd: int | None = None,
        tag: int | None = None,
    ) -> None:
        self._counts[name] = self._counts.get(name, 0) + 1
        problem = Problem(name, message, offset, ifd, tag)
        if self._counts[name] <= _MOST_PER_ID and problem not in self._found:
            self._found.append(problem)

    def stop(self, name: str, message: str) -> LimitReached:
        self.add(name, message)
        return LimitReached(message)

    def found(self) -> tuple[Problem, ...]:
        return tuple(self._found)


class BoundedBytes:
    """Reads through ``read`` within ``limits``, in pages of ``page`` bytes.

    ``size`` is the file's, or None until a read that ended early has shown it. Not thread-safe.
    """

    def __init__(self, read: Read, size: int | None, limits: Limits, page: int) -> None:
        self.size = size
        self.reads = 0
        self.bytes_read = 0
        self.limits = limits
        self._read = read
        self._page = max(page, 64)
        self._end = size  # no byte lies at or after it
        self._pages: dict[int, bytes] = {}
        self._budget = limits.read_bytes
        self._deadline = 0.0
        self.begin()

    def begin(self) -> None:
        """A new call by the user: its time and its bytes count from here."""
        self._deadline = time.monotonic() + self.limits.seconds
        self._budget = self.limits.read_bytes

    def check_time(self, problems: Problems) -> None:
        if time.monotonic() > self._deadline:
            raise problems.stop("limit-time", f"Reading took over {self.limits.seconds:g} s.")

    def outside(self, offset: int, n: int) -> bool:
        """Whether the range is known to pass the end of the file."""
        return self._end is not None and offset + n > self._end

    def get(self, offset: int, n: int, problems: Problems) -> bytes:
        """The bytes, fewer at the end of the file; what lies around them is kept for later."""
        self.fetch([(offset, n)], problems)
        n = self._within(offset, n)
        pieces = []
        for number in self._numbers(offset, n):
            start = number * self._page
            page = self._pages.get(number)
            if page is None:  # so much was asked for at once that it has gone again
                return self.exact(offset, n, problems)
            pieces.append(page[max(offset - start, 0) : offset + n - start])
        return b"".join(pieces)

    def exact(self, offset: int, n: int, problems: Problems) -> bytes:
        """As `get`, but neither reads nor keeps a byte more: for what is read once."""
        n = self._within(offset, n)
        if all(number in self._pages for number in self._numbers(offset, n)):
            return self.get(offset, n, problems) if n else b""
        pieces = []
        for start in range(offset, offset + n, _MOST_PER_READ):
            wanted = min(_MOST_PER_READ, offset + n - start)
            piece = self._fetch(start, wanted, problems)
            pieces.append(piece)
            if len(piece) < wanted:
                break
        return b"".join(pieces)

    def fetch(self, ranges: Iterable[tuple[int, int]], problems: Problems) -> None:
        """Get the pages of all these ranges with as few reads as possible."""
        missing: set[int] = set()
        for offset, n in ranges:
            missing.update(
                number
                for number in self._numbers(offset, self._within(offset, n))
                if number not in self._pages
            )
            if len(missing) >= _PAGES_KEPT:
                break  # the rest is fetched when its turn comes
        first = last = -1
        for number in sorted(missing):
            far = number - last > _GAP or (number - first + 1) * self._page > _MOST_PER_READ
            if first < 0 or far:
                self._fetch_pages(first, last, problems)
                first = number
            last = number
        self._fetch_pages(first, last, problems)

    def _numbers(self, offset: int, n: int) -> range:
        return range(offset // self._page, -(-(offset + n) // self._page) if n > 0 else 0)

    def _within(self, offset: int, n: int) -> int:
        return n if self._end is None else max(0, min(n, self._end - offset))

    def _fetch_pages(self, first: int, last: int, problems: Problems) -> None:
        if first < 0:
            return
        start = first * self._page
        data = self._fetch(start, self._within(start, (last + 1 - first) * self._page), problems)
        for number in range(first, last + 1):
            at = (number - first) * self._page
            self._pages[number] = data[at : at + self._page]
        while len(self._pages) > _PAGES_KEPT:
            del self._pages[next(iter(self._pages))]

    def _fetch(self, offset: int, n: int, problems: Problems) -> bytes:
        if n <= 0 or offset + n > _FARTHEST:  # no file system can seek there
            return b""
        self.check_time(problems)
        if n > self._budget:
            most = self.limits.read_bytes
            raise problems.stop("limit-bytes", f"Over {most} bytes would have to be read.")
        data = bytes(self._read(offset, n)[:n])
        self.reads += 1
        self.bytes_read += len(data)
        self._budget -= n
        if len(data) < n:
            self._ends(offset + len(data), bool(data) or not offset, problems)
        return data

    def _ends(self, end: int, exactly: bool, problems: Problems) -> None:
        if self.size is not None and end < self.size:
            problems.add("file-short", f"The file ends before byte {self.size}.", end)
        self._end = end if self._end is None else min(end, self._end)
        if exactly:
            self.size = self._end
