# SPDX-License-Identifier: GPL-2.0-or-later
"""A loopback HTTP/1.1 server that stands between a client and a real server, and misbehaves.

It records every request as it came on the wire, passes it on byte for byte (bodies stream both
ways), and alters what a matching `Fault` says. Without an upstream it answers by itself.
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from urllib.parse import urlsplit

from tests.support.faults import (
    Answer,
    Fault,
    RecordedRequest,
    Rule,
    as_multipart,
    canned,
    corrupted,
    filled,
    gzipped,
    pieces,
)
from tests.support.wire import Head, Wire

_KEPT_BODY = 64 * 1024
_PIECE = 64 * 1024


class _ResetError(Exception):
    """The client's connection must be reset."""


class FaultProxy:
    """Listens on a free loopback port until `stop`.

    Args:
        upstream: the real server's address, e.g. `http://127.0.0.1:8080`; None: answers `answer`.
        rewrite: texts replaced in headers and JSON bodies of answers, e.g. the object store's
            address in Keystone's catalogue by that of another proxy.
        answer: what a proxy without upstream answers when no rule matches.
        latency_s: waited once per request.
        bandwidth: bytes per second and connection, either way.
        certificate: PEM files (chain, key) to serve https.
        upstream_ca: PEM file to check an https upstream with.
        address: where to listen; port 0 is a free one.
    """

    def __init__(
        self,
        upstream: str | None = None,
        *,
        rewrite: Mapping[str, str] | None = None,
        answer: Answer = Fault(status=404),  # noqa: B008 (frozen)
        latency_s: float = 0.0,
        bandwidth: float | None = None,
        certificate: tuple[Path, Path] | None = None,
        upstream_ca: Path | None = None,
        address: tuple[str, int] = ("127.0.0.1", 0),
    ) -> None:
        self.upstream = upstream
        self.rewrite = dict(rewrite or {})
        self.answer = answer
        self.latency_s = latency_s
        self.bandwidth = bandwidth
        self._upstream_tls = (
            ssl.create_default_context(cafile=str(upstream_ca)) if upstream_ca else None
        )
        self._tls: ssl.SSLContext | None = None
        if certificate:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(*certificate)
        self._lock = threading.Lock()
        self._rules: list[Rule] = []
        self._requests: list[RecordedRequest] = []
        self._sockets: set[socket.socket] = set()
        self._connections = 0
        self._stopping = threading.Event()
        self._listener = socket.create_server(address, backlog=256)
        self.port: int = self._listener.getsockname()[1]
        host = "localhost" if certificate else address[0]
        self.url = f"{'https' if certificate else 'http'}://{host}:{self.port}"
        name = f"fault-proxy-{self.port}"
        self._acceptor = threading.Thread(target=self._accept, name=name, daemon=True)
        self._acceptor.start()

    def add(
        self,
        fault: Fault,
        *,
        method: str | None = None,
        path: str | None = None,
        header: tuple[str, str] | None = None,
        times: int | None = 1,
        after: int = 0,
    ) -> Rule:
        """Does a fault to requests that match; of several rules the first that matches counts.

        Args:
            path: regular expression, searched in the undecoded target.
            header: name and regular expression, e.g. `("Range", "bytes=0-")`.
            times: how many requests; None: all.
            after: lets so many matching requests pass before.
        """
        rule = Rule(
            fault,
            method,
            re.compile(path) if path else None,
            (header[0], re.compile(header[1])) if header else None,
            times,
            after,
        )
        with self._lock:
            self._rules.append(rule)
        return rule

    def clear(self) -> None:
        """Forgets rules and recorded requests."""
        with self._lock:
            self._rules.clear()
            self._requests.clear()

    @property
    def requests(self) -> list[RecordedRequest]:
        with self._lock:
            return list(self._requests)

    @property
    def connections(self) -> int:
        return self._connections

    def hang_up(self) -> None:
        """Ends all connections, idle or not."""
        with self._lock:
            open_sockets = list(self._sockets)
        for sock in open_sockets:
            _shut_down(sock)

    def stop(self) -> None:
        self._stopping.set()
        _shut_down(self._listener)  # closing alone would leave accept() waiting
        # it may be about to accept(): the next listener could have the closed one's number
        self._acceptor.join()
        self._listener.close()
        self.hang_up()

    def __enter__(self) -> FaultProxy:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self._connections += 1
            arguments = (sock, self._connections)
            threading.Thread(target=self._serve, args=arguments, daemon=True).start()

    def _track(self, sock: socket.socket) -> Wire:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._sockets.add(sock)
        if self._stopping.is_set():
            _shut_down(sock)
        return Wire(sock)

    def _serve(self, sock: socket.socket, number: int) -> None:
        connection = None
        try:
            if self._tls:
                sock = self._tls.wrap_socket(sock, server_side=True)
            connection = _Connection(self, self._track(sock), number)
            while connection.serve_one():
                pass
        except _ResetError:
            if connection:
                connection.client.reset()
        except OSError:
            pass  # either side has gone
        finally:
            sockets = [sock]
            if connection and connection.server:
                sockets.append(connection.server.sock)
            for one in sockets:
                with self._lock:
                    self._sockets.discard(one)
                one.close()

    def _begin(self, head: Head, connection: int) -> tuple[RecordedRequest, Fault]:
        request = RecordedRequest(head.line, head.decoded(), connection, time.monotonic())
        with self._lock:
            self._requests.append(request)
            rule = next((rule for rule in self._rules if rule.takes(request)), None)
        if rule:
            return request, rule.fault
        if self.upstream:
            return request, Fault()
        return request, self.answer if isinstance(self.answer, Fault) else self.answer(request)

    def _pause(self, seconds: float) -> None:
        if seconds > 0 and self._stopping.wait(seconds):
            raise ConnectionAbortedError

    def _connect(self) -> Wire:
        parts = urlsplit(self.upstream or "")
        default = 443 if parts.scheme == "https" else 80
        sock = socket.create_connection((parts.hostname or "", parts.port or default), 60)
        if parts.scheme == "https":
            context = self._upstream_tls or ssl.create_default_context()
            sock = context.wrap_socket(sock, server_hostname=parts.hostname)
        return self._track(sock)


class _Connection:
    """One client's connection, with the one it needs to the upstream."""

    def __init__(self, proxy: FaultProxy, client: Wire, number: int) -> None:
        self._proxy = proxy
        self.client = client
        self.server: Wire | None = None
        self._number = number
        self._is_in_step = True  # the next bytes from the client are a request
        self._due = 0.0  # when the bandwidth allows the next bytes

    def serve_one(self) -> bool:
        """Serves one request; returns whether the connection can carry another."""
        head = self.client.head()
        if head is None:
            return False
        request, fault = self._proxy._begin(head, self._number)
        self._proxy._pause(self._proxy.latency_s + fault.delay_s)
        if fault.refuse:
            raise _ResetError
        by_itself = fault.status or fault.redirect_to or not self._proxy.upstream
        if by_itself:
            if (head.get("Expect") or "").lower() == "100-continue":
                self.client.send(b"HTTP/1.1 100 Continue\r\n\r\n")
            for _ in self._upload(head, request, fault):
                pass
            answer, body = canned(request, fault)
        else:
            answer = self._forward(head, request, fault)
            if fault.lose_answer:
                raise _ResetError
            assert self.server
            body = self.server.body(answer, is_answer_to=request.method)
        answer, body = self._alter(request, fault, answer, body)
        is_whole = self._send(request, fault, answer, body)
        closes = any((one.get("Connection") or "").lower() == "close" for one in (head, answer))
        return is_whole and self._is_in_step and answer.is_framed(request.method) and not closes

    def _upload(self, head: Head, request: RecordedRequest, fault: Fault) -> Iterator[bytes]:
        for piece in self.client.body(head):
            request.body_size += len(piece)
            request.body += piece[: max(0, _KEPT_BODY - len(request.body))]
            self._throttle(len(piece))
            yield piece
            limit = fault.reset_upload_after
            if limit is not None and request.body_size >= limit:
                raise _ResetError

    def _forward(self, head: Head, request: RecordedRequest, fault: Fault) -> Head:
        """Passes a request on; returns the head of its answer."""
        sent = head.without("Range") if fault.ignore_range else head
        if self.server is None or self.server.is_closed():
            self.server = self._proxy._connect()
        self.server.send(sent.encode())
        if (head.get("Expect") or "").lower() == "100-continue":
            first = self._answer_head()
            if first.status != 100:
                self._is_in_step = (
                    False  # whether the body comes all the same is the client's choice
                )
                return first
            self.client.send(first.encode())
        try:
            for piece in self._upload(head, request, fault):
                self.server.send(head.framed(piece))
            self.server.send(head.framed(b""))
        except (BrokenPipeError, ConnectionResetError):
            self._is_in_step = False  # the server has answered without reading all of it
        answer = self._answer_head()
        while answer.status == 100:
            self.client.send(answer.encode())
            answer = self._answer_head()
        return answer

    def _answer_head(self) -> Head:
        assert self.server
        head = self.server.head()
        if head is None:
            raise _ResetError
        return head

    def _alter(
        self, request: RecordedRequest, fault: Fault, answer: Head, body: Iterator[bytes]
    ) -> tuple[Head, Iterator[bytes]]:
        is_json = "json" in (answer.get("Content-Type") or "")
        for old, new in self._proxy.rewrite.items():
            answer = answer.replaced(old.encode(), new.encode())
        if self._proxy.rewrite and is_json and request.method != "HEAD":
            content = b"".join(body)
            for old, new in self._proxy.rewrite.items():
                content = content.replace(old.encode(), new.encode())
            answer = answer.without("Transfer-Encoding").set("Content-Length", str(len(content)))
            body = iter((content,))
        if fault.multipart and answer.status == 206:
            answer, body = as_multipart(answer, body)
        if fault.gzip and request.method != "HEAD":
            answer = answer.without("Content-Length").set("Content-Encoding", "gzip")
            answer, body = answer.set("Transfer-Encoding", "chunked"), gzipped(body)
        if fault.corrupt_at is not None:
            body = corrupted(body, fault.corrupt_at)
        if fault.fill:
            body = filled(body, fault.fill)
        for name, value in fault.headers.items():
            answer = answer.without(name) if value is None else answer.set(name, value)
        return answer, body

    def _send(
        self, request: RecordedRequest, fault: Fault, answer: Head, body: Iterator[bytes]
    ) -> bool:
        """Sends an answer; returns whether it left whole, so that the connection stays usable."""
        request.status = answer.status
        self.client.send(answer.encode())
        limit = fault.truncate_after if fault.reset_after is None else fault.reset_after
        for piece in pieces(body, self._piece_size(fault), limit):
            self._throttle(len(piece))
            if piece:  # an empty chunk would end the body
                self.client.send(answer.framed(piece))
            request.bytes_sent += len(piece)
            if fault.drip:
                self._proxy._pause(fault.drip[1])
        if fault.reset_after is not None:
            # what was sent should arrive: a reset discards what the client has not read
            self._proxy._pause(0.05)
            raise _ResetError
        if fault.truncate_after is not None:
            return False
        if answer.has_body(request.method):
            self.client.send(answer.framed(b""))
        return not any(name.lower() == "content-length" for name in fault.headers)

    def _piece_size(self, fault: Fault) -> int:
        if fault.drip:
            return fault.drip[0]
        if self._proxy.bandwidth:
            return max(1024, min(_PIECE, int(self._proxy.bandwidth / 50)))
        return _PIECE

    def _throttle(self, size: int) -> None:
        if self._proxy.bandwidth:
            self._due = max(self._due, time.monotonic()) + size / self._proxy.bandwidth
            self._proxy._pause(self._due - time.monotonic())


def _shut_down(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):  # the other side was quicker
        sock.shutdown(socket.SHUT_RDWR)
