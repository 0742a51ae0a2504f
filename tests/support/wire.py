# SPDX-License-Identifier: GPL-2.0-or-later
"""HTTP/1.1 messages as bytes on a socket, for tests that care about every byte of them."""

from __future__ import annotations

import select
import socket
import struct
from collections.abc import Iterator

_RECEIVED = 64 * 1024
_LONGEST_HEAD = 256 * 1024


class Head:
    """The lines of a request's or an answer's head, kept as they came."""

    def __init__(self, lines: list[bytes]) -> None:
        self.line, self._fields = lines[0], lines[1:]

    @property
    def status(self) -> int:
        return int(self.line.split(b" ", 2)[1])

    def decoded(self) -> list[tuple[str, str]]:
        pairs = (field.decode("latin-1").partition(":") for field in self._fields)
        return [(name.strip(), value.strip()) for name, _, value in pairs]

    def get(self, name: str) -> str | None:
        return next((v for n, v in self.decoded() if n.lower() == name.lower()), None)

    def without(self, name: str) -> Head:
        start = name.lower().encode() + b":"
        return Head([self.line, *(f for f in self._fields if not f.lower().startswith(start))])

    def set(self, name: str, value: str) -> Head:
        return Head([self.line, *self.without(name)._fields, f"{name}: {value}".encode("latin-1")])

    def replaced(self, old: bytes, new: bytes) -> Head:
        return Head([self.line, *(field.replace(old, new) for field in self._fields)])

    def encode(self) -> bytes:
        return b"\r\n".join([self.line, *self._fields, b"", b""])

    @property
    def is_chunked(self) -> bool:
        return (self.get("Transfer-Encoding") or "").lower().endswith("chunked")

    def framed(self, piece: bytes) -> bytes:
        """A piece of the body as this head says it is sent; an empty one ends the body."""
        if not self.is_chunked:
            return piece
        return b"%x\r\n%b\r\n" % (len(piece), piece)

    def has_body(self, method: str) -> bool:
        return method != "HEAD" and self.status >= 200 and self.status not in (204, 304)

    def is_framed(self, method: str) -> bool:
        """Whether the reader of this answer knows where it ends before the connection does."""
        has_length = self.is_chunked or self.get("Content-Length") is not None
        return has_length or not self.has_body(method)


class Wire:
    """A connected socket with a read buffer."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self._buffer = b""

    def send(self, data: bytes) -> None:
        if data:
            self.sock.sendall(data)

    def reset(self) -> None:
        """Closes the connection with a TCP reset instead of an orderly end."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def is_closed(self) -> bool:
        readable, _, _ = select.select([self.sock], [], [], 0)
        return bool(readable)  # between two exchanges only the end can be readable

    def head(self) -> Head | None:
        """Reads a head; None where the connection ends before one begins."""
        raw = self._until(b"\r\n\r\n")
        return None if raw is None else Head(raw.split(b"\r\n"))

    def body(self, head: Head, is_answer_to: str | None = None) -> Iterator[bytes]:
        """Reads a body piece by piece, without chunk framing.

        Args:
            is_answer_to: the request's method, for an answer; None: `head` is a request's.
        """
        if is_answer_to is not None and not head.has_body(is_answer_to):
            return
        length = head.get("Content-Length")
        if head.is_chunked:
            yield from self._chunks()
        elif length is not None:
            yield from self._exactly(int(length))
        elif is_answer_to is not None:
            while piece := self._some(_RECEIVED):
                yield piece

    def _chunks(self) -> Iterator[bytes]:
        while size := int((self._until(b"\r\n") or b"").split(b";")[0] or b"-1", 16):
            if size < 0:
                raise ConnectionResetError("the body ended early")
            yield from self._exactly(size)
            self._until(b"\r\n")
        while self._until(b"\r\n"):
            pass  # trailers

    def _exactly(self, size: int) -> Iterator[bytes]:
        while size:
            piece = self._some(min(size, _RECEIVED))
            if not piece:
                raise ConnectionResetError("the body ended early")
            size -= len(piece)
            yield piece

    def _until(self, end: bytes) -> bytes | None:
        while end not in self._buffer:
            if len(self._buffer) > _LONGEST_HEAD:
                raise ConnectionAbortedError("not an HTTP message")
            data = self.sock.recv(_RECEIVED)
            if not data:
                return None
            self._buffer += data
        found, self._buffer = self._buffer.split(end, 1)
        return found

    def _some(self, limit: int) -> bytes:
        if not self._buffer:
            return self.sock.recv(limit)
        piece, self._buffer = self._buffer[:limit], self._buffer[limit:]
        return piece
