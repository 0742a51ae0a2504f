# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads that are counted, kept, and few: for a verdict on a remote file."""

from __future__ import annotations

from collections.abc import Sequence

from cog_browser.cog.tiff.byte_sources import ByteSource

#: What the header verdict may cost from a remote file whose headers fit in it.
MOST_REQUESTS, MOST_BYTES = 3, 1 << 16
#: The first read; GDAL reads other servers in pieces of this size, too.
FIRST_READ = 1 << 14
#: Ranges in one request, a few less than a Swift takes.
RANGES_AT_ONCE = 48
_CLOSE = 128  # bytes: reading them in vain is cheaper than the headers of one more part


class CountedReads:
    """A source whose reads are counted, and whose bytes are kept if it is remote.

    ``pieces`` are (offset, bytes) of all that was read from a remote file while ``keeping``;
    while ``widening``, some of what follows is read as well.
    """

    def __init__(self, source: ByteSource) -> None:
        self.size = source.size
        self.remote = source.remote
        self.requests = 0
        self.bytes = 0
        self.pieces: list[tuple[int, bytes]] = []
        self.keeping = True
        self.widening = True
        self._source = source
        self._many = source.read_many

    @property
    def can_read_many(self) -> bool:
        """Whether several ranges cost one request, as far as is known."""
        return self._many is not None

    def read(self, offset: int, n: int) -> bytes:
        if not self.remote:
            self.requests += 1
            data = self._source.read(offset, n)
            self.bytes += len(data)
            return data
        n = max(min(n, self.size - offset), 0)
        known = self.known(offset, n)
        if known is not None:
            return known
        wide = max(n, FIRST_READ) if self.bytes + FIRST_READ <= MOST_BYTES else n
        data = self._source.read(offset, wide if self.widening else n)
        self._keep([(offset, data)])
        return data[:n]

    def known(self, offset: int, n: int) -> bytes | None:
        """The bytes if they were read before."""
        for start, data in self.pieces:
            if start <= offset and offset + n <= start + len(data):
                return data[offset - start : offset - start + n]
        return None if n else b""

    def fetch(self, wanted: Sequence[tuple[int, int]], requests: int, most_bytes: int) -> None:
        """Get as many of the ranges (start, stop) as so many requests and bytes allow.

        The first are the most important ones. What was got is `known` afterwards.
        """
        missing = [(a, b) for a, b in wanted if a < b and self.known(a, b - a) is None]
        while missing and requests > 0:
            if self._many is not None:
                ranges = _merged(missing, most_bytes)
                if len(ranges) == 1:
                    start, stop = ranges[0]
                    self._keep([(start, self._source.read(start, stop - start))])
                    return
                if ranges:
                    answer = self._many(ranges)
                    requests -= 1
                    if answer is None:
                        self._many = None
                        self.requests += 1
                        continue
                    self._keep([(start, data) for (start, _), data in zip(ranges, answer)])
                    return
            start, stop = _window(missing, most_bytes, self.size)
            if stop <= start:
                return
            self._keep([(start, self._source.read(start, stop - start))])
            requests -= 1
            most_bytes -= stop - start
            missing = [(a, b) for a, b in missing if self.known(a, b - a) is None]

    def _keep(self, pieces: list[tuple[int, bytes]]) -> None:
        self.requests += 1
        self.bytes += sum(len(data) for _, data in pieces)
        if self.keeping:
            self.pieces = _joined(self.pieces + pieces)


def _joined(pieces: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """In order, and in one piece where they touch."""
    joined: list[tuple[int, bytes]] = []
    for start, data in sorted(pieces, key=lambda piece: piece[0]):
        end = joined[-1][0] + len(joined[-1][1]) if joined else -1
        if start <= end:
            joined[-1] = (joined[-1][0], joined[-1][1] + data[end - start :])
        else:
            joined.append((start, data))
    return joined


def _merged(ranges: Sequence[tuple[int, int]], most_bytes: int) -> list[tuple[int, int]]:
    """The first of them that fit, ascending, joined where they are close."""
    taken: list[tuple[int, int]] = []
    for each in ranges:
        joined: list[tuple[int, int]] = []
        for start, stop in sorted([*taken, each]):
            if joined and start - joined[-1][1] <= _CLOSE:
                joined[-1] = (joined[-1][0], max(joined[-1][1], stop))
            else:
                joined.append((start, stop))
        cost = sum(stop - start + _CLOSE for start, stop in joined)
        if len(joined) <= RANGES_AT_ONCE and cost <= most_bytes:
            taken = joined
    return taken


def _window(ranges: Sequence[tuple[int, int]], most_bytes: int, size: int) -> tuple[int, int]:
    """Where one read of a piece gets the most of them; the first of them among equals."""
    pieces: dict[int, int] = {}
    for start, stop in ranges:
        if start // FIRST_READ == (stop - 1) // FIRST_READ:
            pieces[start // FIRST_READ] = pieces.get(start // FIRST_READ, 0) + 1
    if not pieces or most_bytes < FIRST_READ:
        return (0, 0)
    best = max(pieces, key=lambda number: pieces[number])
    return best * FIRST_READ, min((best + 1) * FIRST_READ, size)
