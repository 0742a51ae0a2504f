# SPDX-License-Identifier: GPL-2.0-or-later
"""What can go wrong with one request, and which request it goes wrong with."""

from __future__ import annotations

import dataclasses
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Union

from tests.support.wire import Head

_BOUNDARY = b"fault-proxy-boundary"


@dataclasses.dataclass(frozen=True)
class Fault:
    """What happens to one request; several fields may be set at once.

    Attributes:
        delay_s: waits before anything else.
        refuse: connection reset before the server sees the request.
        reset_upload_after: connection reset after so many bytes of the request's body.
        lose_answer: the server does its work, then the connection is reset without an answer.
        status: answers by itself, with `headers` and `body`; the server sees nothing.
        redirect_to: answers 307 (or `status`) to this address with the request's target appended.
        headers: replaces headers of the answer; None removes one. A false Content-Length or
            Content-Range, or a wrong ETag, goes here.
        ignore_range: the server doesn't see the Range header, so it answers 200 with everything.
        multipart: a 206 becomes multipart/byteranges.
        gzip: compresses the body, with Content-Encoding.
        corrupt_at: the body's byte at this offset is inverted.
        fill: another body of the same length, made of these bytes again and again.
        drip: so many bytes at a time, with so many seconds in between.
        truncate_after: the body ends in good order after so many bytes, short of its length.
        reset_after: connection reset after so many bytes of the body.
    """

    delay_s: float = 0.0
    refuse: bool = False
    reset_upload_after: int | None = None
    lose_answer: bool = False
    status: int | None = None
    redirect_to: str | None = None
    headers: Mapping[str, str | None] = dataclasses.field(default_factory=dict)
    body: bytes = b""
    ignore_range: bool = False
    multipart: bool = False
    gzip: bool = False
    corrupt_at: int | None = None
    fill: bytes = b""
    drip: tuple[int, float] | None = None
    truncate_after: int | None = None
    reset_after: int | None = None


@dataclasses.dataclass
class Rule:
    """Which requests a fault is for: those that match, from the `after`-th on, `times` times."""

    fault: Fault
    method: str | None
    path: re.Pattern[str] | None
    header: tuple[str, re.Pattern[str]] | None
    times: int | None
    after: int
    hits: int = 0  # requests the fault was done to

    def takes(self, request: RecordedRequest) -> bool:
        if self.method not in (None, request.method) or self.times == self.hits:
            return False
        if self.path and not self.path.search(request.target):
            return False
        if self.header and not self.header[1].search(request.header(self.header[0]) or ""):
            return False
        if self.after:
            self.after -= 1
            return False
        self.hits += 1
        return True


@dataclasses.dataclass
class RecordedRequest:
    raw_line: bytes  # exactly as it came, without the line end
    headers: list[tuple[str, str]]
    connection: int  # requests with the same number came over the same connection
    started: float  # time.monotonic()
    body: bytes = b""  # its first 64 KiB
    body_size: int = 0
    status: int | None = None  # as answered; None: nothing was
    bytes_sent: int = 0  # of the answer's body

    @property
    def method(self) -> str:
        return self.raw_line.split(b" ")[0].decode("latin-1")

    @property
    def target(self) -> str:
        """Path and query, undecoded."""
        return self.raw_line.split(b" ")[1].decode("latin-1")

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


Answer = Union[Fault, Callable[[RecordedRequest], Fault]]


def canned(request: RecordedRequest, fault: Fault) -> tuple[Head, Iterator[bytes]]:
    """The answer of a proxy that doesn't ask its upstream."""
    status = fault.status or (307 if fault.redirect_to else 200)
    head = Head([b"HTTP/1.1 %d Canned" % status]).set("Content-Length", str(len(fault.body)))
    if fault.redirect_to:
        head = head.set("Location", fault.redirect_to + request.target)
    return head, iter((fault.body,) if head.has_body(request.method) else ())


def as_multipart(head: Head, body: Iterator[bytes]) -> tuple[Head, Iterator[bytes]]:
    kind, place = head.get("Content-Type") or "", head.get("Content-Range") or ""
    part = f"\r\nContent-Type: {kind}\r\nContent-Range: {place}\r\n\r\n".encode("latin-1")
    before, after = b"--" + _BOUNDARY + part, b"\r\n--" + _BOUNDARY + b"--\r\n"

    def wrapped() -> Iterator[bytes]:
        yield before
        yield from body
        yield after

    length = int(head.get("Content-Length") or 0) + len(before) + len(after)
    head = head.without("Content-Range").set("Content-Length", str(length))
    boundary = _BOUNDARY.decode()
    return head.set("Content-Type", f"multipart/byteranges; boundary={boundary}"), wrapped()


def gzipped(body: Iterator[bytes]) -> Iterator[bytes]:
    compressor = zlib.compressobj(wbits=31)
    for piece in body:
        yield compressor.compress(piece)
    yield compressor.flush()


def corrupted(body: Iterator[bytes], offset: int) -> Iterator[bytes]:
    for piece in body:
        if 0 <= offset < len(piece):
            flipped = bytes((piece[offset] ^ 0xFF,))
            yield piece[:offset] + flipped + piece[offset + 1 :]
        else:
            yield piece
        offset -= len(piece)


def filled(body: Iterator[bytes], pattern: bytes) -> Iterator[bytes]:
    for piece in body:
        yield (pattern * (len(piece) // len(pattern) + 1))[: len(piece)]


def pieces(body: Iterator[bytes], size: int, limit: int | None) -> Iterator[bytes]:
    """Cuts a body into pieces of at most `size` bytes, and ends it after `limit` bytes."""
    left = float("inf") if limit is None else limit
    if left <= 0:
        return
    for data in body:
        for start in range(0, len(data), size):
            piece = data[start : start + min(size, int(min(left, size)))]
            yield piece
            left -= len(piece)
            if left <= 0:
                return
