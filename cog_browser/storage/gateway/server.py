# SPDX-License-Identifier: GPL-2.0-or-later
"""The HTTP face of the read gateway: loopback, GET and HEAD, one path per object."""

from __future__ import annotations

import logging
import re
import socket
import socketserver
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any, cast

from cog_browser.storage.errors import (
    AuthenticationError,
    CogBrowserError,
    NotFoundError,
    PermissionDeniedError,
    ThrottledError,
)
from cog_browser.storage.object_names import TIFF_MAGIC

if TYPE_CHECKING:
    from cog_browser.storage.gateway.gateway import Gateway
    from cog_browser.storage.gateway.shared_object import SharedObject

log = logging.getLogger(__name__)

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
#: Answers up to this size are complete in memory before their status is sent, so a failure still
#: becomes a status; longer ones are sent piece by piece and broken off on failure.
_WHOLE = 64 << 20
_PIECE = 8 << 20
_STATUS = (
    (AuthenticationError, 401),
    (PermissionDeniedError, 403),
    (NotFoundError, 404),
    (ThrottledError, 503),
)


class GatewayServer:
    """A threaded HTTP server on a free port of 127.0.0.1."""

    def __init__(self, gateway: Gateway) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.gateway, self._server.tiffs = gateway, set()
        self.port: int = self._server.server_address[1]
        threading.Thread(
            target=lambda: self._server.serve_forever(poll_interval=0.05),
            name="cog-browser-gateway",
            daemon=True,
        ).start()
        log.debug("Read gateway listens on port %d", self.port)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingMixIn, HTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    gateway: Gateway
    tiffs: set[str]  # the paths of objects that have been looked at

    def server_bind(self) -> None:
        # HTTPServer asks the resolver for this machine's name, which can take seconds.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        log.debug("A reader went away before its answer was complete", exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "COG-Browser", ""
    wbufsize = -1
    timeout = 300  # seconds an idle connection is kept

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing: the path is a secret."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse without the HTML page, and without echoing what was asked for."""
        self.close_connection = True  # a body that was not read must not pass for a request
        self._refuse(code)

    def _answer(self, *, with_body: bool) -> None:
        port = cast("_Server", self.server).server_port
        # A foreign Host is a web page that resolves its own name to 127.0.0.1 (DNS rebinding).
        if self.headers.get("Host") not in (f"127.0.0.1:{port}", f"localhost:{port}"):
            return self._refuse(403)
        gateway = cast("_Server", self.server).gateway
        shared = gateway.at_path(self.path)
        if shared is None:
            return self._refuse(404)
        try:
            size = gateway.size(shared)
            wanted = self._wanted(size)
            if wanted is None:
                return self._refuse(416, {"Content-Range": f"bytes */{size}"})
            start, stop = wanted
            if with_body and start < stop and not self._is_tiff(gateway, shared, size):
                return self._refuse(415)
            whole = (
                gateway.read(shared, start, stop) if with_body and stop - start <= _WHOLE else b""
            )
        except Exception as error:  # no answer at all would look like a dead host
            return self._refuse(next((s for kind, s in _STATUS if isinstance(error, kind)), 502))
        self.send_response(206 if "Range" in self.headers else 200)
        self.send_header("Content-Type", "image/tiff")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(stop - start))
        if "Range" in self.headers:
            self.send_header("Content-Range", f"bytes {start}-{stop - 1}/{size}")
        self.end_headers()
        if with_body:
            if whole:
                self.wfile.write(whole)
            else:
                self._send_pieces(gateway, shared, start, stop)
        self.wfile.flush()
        return None

    def _is_tiff(self, gateway: Gateway, shared: SharedObject, size: int) -> bool:
        """Whether the object begins as a TIFF does, looked at once.

        GDAL opens whatever it is given, and a VRT named ``.tif`` would make it read local files and
        foreign URLs. A layer of a project file comes here without any other check.
        """
        known = cast("_Server", self.server).tiffs
        if shared.path not in known:
            if size < 4 or gateway.read(shared, 0, 4) not in TIFF_MAGIC:
                what = f"“{shared.key}” in container “{shared.container}”"
                said = f"{what} is no TIFF, so it is not read."
                if shared.meter.last_error != said:
                    log.warning("%s", said)
                shared.meter.failures += 1
                shared.meter.last_error = said
                return False
            known.add(shared.path)
        return True

    def _send_pieces(self, gateway: Gateway, shared: SharedObject, start: int, stop: int) -> None:
        try:
            for offset in range(start, stop, _PIECE):
                self.wfile.write(gateway.read(shared, offset, min(offset + _PIECE, stop)))
        except CogBrowserError:
            self.close_connection = True  # too short an answer is an error to every HTTP client

    def _wanted(self, size: int) -> tuple[int, int] | None:
        """Start and stop of what is asked for; None when it can't be satisfied."""
        text = self.headers.get("Range")
        if text is None:
            return 0, size
        found = _RANGE.fullmatch(text.strip())
        if not found or not (found[1] or found[2]):
            return None
        if not found[1]:
            return max(0, size - int(found[2])), size
        start = int(found[1])
        stop = min(int(found[2]) + 1, size) if found[2] else size
        return (start, stop) if start < stop else None

    def _refuse(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()
        self.wfile.flush()
