# SPDX-License-Identifier: GPL-2.0-or-later
"""The fault proxy does each fault as it says, and otherwise passes everything on unchanged."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from tests.support.fault_proxy import FaultProxy
from tests.support.faults import Fault

CONTENT = bytes(range(256)) * 4096  # 1 MiB
MakeProxy = Callable[..., FaultProxy]


class _Handler(BaseHTTPRequestHandler):
    """Serves CONTENT with ranges, and tells the size and checksum of what is put."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self.server.seen.append(self.requestline)
        if self.path == "/catalogue":
            return self._answer(200, b'{"url": "http://real.example/v1"}', kind="application/json")
        if self.path == "/chunked":
            return self._answer_chunked()
        match = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if not match:
            return self._answer(200, CONTENT)
        start, stop = int(match[1]), int(match[2]) + 1
        place = f"bytes {start}-{stop - 1}/{len(CONTENT)}"
        return self._answer(206, CONTENT[start:stop], {"Content-Range": place})

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_PUT(self) -> None:
        self.server.seen.append(self.requestline)
        digest = hashlib.md5(usedforsecurity=False)
        left = int(self.headers["Content-Length"])
        size = 0
        while left and (piece := self.rfile.read(min(left, 65536))):
            digest.update(piece)
            size += len(piece)
            left -= len(piece)
        self.server.received.append(size)
        self._answer(201, digest.hexdigest().encode())

    def _answer(
        self,
        status: int,
        body: bytes,
        headers: dict[str, str] | None = None,
        kind: str = "image/tiff",
    ) -> None:
        self.send_response(status)
        fixed = {"Content-Type": kind, "Content-Length": str(len(body)), "ETag": '"real"'}
        for name, value in {**fixed, **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _answer_chunked(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in (b"one", b"two", b""):
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[str] = []
        self.received: list[int] = []
        self.url = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        pass  # connections that tests break


@pytest.fixture
def upstream() -> Iterator[_Server]:
    server = _Server()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def proxy(upstream: _Server, fault_proxy: MakeProxy) -> FaultProxy:
    return fault_proxy(upstream.url)


def _connect(proxy: FaultProxy) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=10)


def _get(
    proxy: FaultProxy, path: str = "/a.tif", method: str = "GET", **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = _connect(proxy)
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


def test_passes_on_unchanged(proxy: FaultProxy) -> None:
    response, body = _get(proxy, Range="bytes=10-19")
    assert (response.status, body) == (206, CONTENT[10:20])
    assert response.headers["Content-Range"] == f"bytes 10-19/{len(CONTENT)}"
    assert _get(proxy)[1] == CONTENT
    assert _get(proxy, "/chunked")[1] == b"onetwo"
    response, body = _get(proxy, method="HEAD")
    assert (response.headers["Content-Length"], body) == (str(len(CONTENT)), b"")


def test_records_the_request_as_on_the_wire(proxy: FaultProxy) -> None:
    line = b"GET /v1/x/../%2E%2e/a%2fb//c?prefix=%C3%BC&X=~ HTTP/1.1"
    with socket.create_connection(("127.0.0.1", proxy.port), 10) as sock:
        sock.sendall(line + b"\r\nHost: h\r\nx-aUTH-token:  secret \r\nConnection: close\r\n\r\n")
        while sock.recv(65536):
            pass
    (request,) = proxy.requests
    assert request.raw_line == line
    assert request.target == "/v1/x/../%2E%2e/a%2fb//c?prefix=%C3%BC&X=~"
    assert request.headers[:2] == [("Host", "h"), ("x-aUTH-token", "secret")]
    assert request.header("X-Auth-Token") == "secret"
    assert (request.status, request.bytes_sent) == (200, len(CONTENT))


def test_keeps_connections_alive(proxy: FaultProxy) -> None:
    connection = _connect(proxy)
    for _ in range(3):
        connection.request("GET", "/a.tif")
        connection.getresponse().read()
    connection.close()
    assert proxy.connections == 1
    assert {request.connection for request in proxy.requests} == {1}


def test_rules_match_method_path_header_and_count(proxy: FaultProxy) -> None:
    rule = proxy.add(
        Fault(status=503), method="GET", path=r"\.tif$", header=("Range", "^bytes=0-"), after=1
    )
    statuses = [_get(proxy, Range="bytes=0-9")[0].status for _ in range(3)]
    assert statuses == [206, 503, 206]
    assert rule.hits == 1
    proxy.add(Fault(status=500), path=r"\.tif$", times=None)
    assert [_get(proxy)[0].status, _get(proxy)[0].status] == [500, 500]
    assert _get(proxy, "/b.txt")[0].status == 200
    proxy.clear()
    assert proxy.requests == []
    assert _get(proxy)[0].status == 200


@pytest.mark.parametrize("status", [401, 429, 498, 500, 503])
def test_status_without_asking_the_server(
    proxy: FaultProxy, upstream: _Server, status: int
) -> None:
    proxy.add(Fault(status=status, headers={"Retry-After": "3"}, body=b"sorry"))
    response, body = _get(proxy)
    assert (response.status, response.headers["Retry-After"], body) == (status, "3", b"sorry")
    assert upstream.seen == []


def test_status_for_an_upload_reads_its_body(proxy: FaultProxy, upstream: _Server) -> None:
    proxy.add(Fault(status=401), method="PUT")
    connection = _connect(proxy)
    connection.request("PUT", "/a.tif", CONTENT)
    response = connection.getresponse()
    response.read()
    assert response.status == 401
    connection.request("PUT", "/a.tif", CONTENT)  # over the same connection
    assert connection.getresponse().status == 201
    connection.close()
    assert upstream.received == [len(CONTENT)]
    assert [request.body_size for request in proxy.requests] == [len(CONTENT)] * 2


def test_refuse(proxy: FaultProxy, upstream: _Server) -> None:
    proxy.add(Fault(refuse=True))
    with pytest.raises(ConnectionResetError):
        _get(proxy)
    assert upstream.seen == []
    assert proxy.requests[0].status is None


def test_lose_answer(proxy: FaultProxy, upstream: _Server) -> None:
    proxy.add(Fault(lose_answer=True), method="PUT")
    connection = _connect(proxy)
    connection.request("PUT", "/a.tif", b"data")
    with pytest.raises(ConnectionResetError):
        connection.getresponse()
    connection.close()
    assert upstream.received == [4]


def test_reset_upload(proxy: FaultProxy, upstream: _Server) -> None:
    proxy.add(Fault(reset_upload_after=1000))
    connection = _connect(proxy)
    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        connection.request("PUT", "/a.tif", CONTENT)
        connection.getresponse()
    connection.close()
    assert 1000 <= proxy.requests[0].body_size < len(CONTENT)


def test_truncate(proxy: FaultProxy) -> None:
    proxy.add(Fault(truncate_after=1000))
    with pytest.raises(http.client.IncompleteRead) as caught:
        _get(proxy)
    assert caught.value.partial == CONTENT[:1000]


def test_reset_within_the_body(proxy: FaultProxy) -> None:
    proxy.add(Fault(reset_after=1000))
    connection = _connect(proxy)
    connection.request("GET", "/a.tif")
    response = connection.getresponse()
    assert response.read(1000) == CONTENT[:1000]
    with pytest.raises(ConnectionResetError):
        response.read(1)
    connection.close()


def test_ignore_range(proxy: FaultProxy) -> None:
    proxy.add(Fault(ignore_range=True))
    response, body = _get(proxy, Range="bytes=10-19")
    assert (response.status, body) == (200, CONTENT)
    assert proxy.requests[0].header("Range") == "bytes=10-19"


def test_false_headers(proxy: FaultProxy) -> None:
    proxy.add(Fault(headers={"ETag": '"other"', "Content-Range": "bytes 5-14/20"}))
    response, body = _get(proxy, Range="bytes=10-19")
    assert response.headers.get_all("ETag") == ['"other"']
    assert response.headers.get_all("Content-Range") == ["bytes 5-14/20"]
    proxy.add(Fault(headers={"Content-Length": "12"}))
    with pytest.raises(http.client.IncompleteRead):
        _get(proxy, Range="bytes=10-19")
    proxy.add(Fault(headers={"Content-Length": "5", "ETag": None}))
    response, body = _get(proxy, Range="bytes=10-19")
    assert (body, response.headers["ETag"]) == (CONTENT[10:15], None)


def test_multipart(proxy: FaultProxy) -> None:
    proxy.add(Fault(multipart=True))
    response, body = _get(proxy, Range="bytes=10-19")
    assert response.headers["Content-Type"].startswith("multipart/byteranges; boundary=")
    assert response.headers["Content-Range"] is None
    assert b"Content-Range: bytes 10-19/" in body
    assert b"\r\n\r\n" + CONTENT[10:20] + b"\r\n--" in body
    assert len(body) == int(response.headers["Content-Length"])


def test_gzip(proxy: FaultProxy) -> None:
    proxy.add(Fault(gzip=True))
    response, body = _get(proxy)
    assert response.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body) == CONTENT


def test_corrupt_byte(proxy: FaultProxy) -> None:
    proxy.add(Fault(corrupt_at=70_000))
    body = _get(proxy)[1]
    different = [i for i, pair in enumerate(zip(body, CONTENT)) if pair[0] != pair[1]]
    assert (len(body), different) == (len(CONTENT), [70_000])


def test_redirect_to_a_host_that_listens(proxy: FaultProxy, fault_proxy: MakeProxy) -> None:
    foreign = fault_proxy(answer=Fault(status=200, body=b"stranger"))
    proxy.add(Fault(redirect_to=foreign.url))
    response, _ = _get(proxy, "/v1/a?b=c", **{"X-Auth-Token": "secret"})
    assert (response.status, response.headers["Location"]) == (307, foreign.url + "/v1/a?b=c")
    assert foreign.requests == []
    location = urlsplit(response.headers["Location"])
    assert _get(foreign, f"{location.path}?{location.query}")[1] == b"stranger"
    assert foreign.requests[0].header("X-Auth-Token") is None


def test_answers_by_itself(fault_proxy: MakeProxy) -> None:
    server = fault_proxy(answer=lambda request: Fault(status=200, body=request.target.encode()))
    assert _get(server, "/x")[1] == b"/x"
    response, body = _get(server, "/long", method="HEAD")
    assert (response.headers["Content-Length"], body) == ("5", b"")
    server.add(Fault(status=200, body=CONTENT, truncate_after=5))
    with pytest.raises(http.client.IncompleteRead):
        _get(server)


def test_rewrites_addresses(proxy: FaultProxy) -> None:
    proxy.rewrite["http://real.example"] = "http://127.0.0.1:1234"
    assert _get(proxy, "/catalogue")[1] == b'{"url": "http://127.0.0.1:1234/v1"}'


def test_delay_latency_drip_and_bandwidth(proxy: FaultProxy) -> None:
    def seconds(**headers: str) -> float:
        begin = time.monotonic()
        _get(proxy, **headers)
        return time.monotonic() - begin

    proxy.add(Fault(delay_s=0.2))
    assert 0.2 <= seconds(Range="bytes=0-9") < 10
    proxy.add(Fault(drip=(2, 0.03)))
    assert 0.1 <= seconds(Range="bytes=0-9") < 10
    proxy.latency_s = 0.1
    assert 0.1 <= seconds(Range="bytes=0-9") < 10
    proxy.latency_s, proxy.bandwidth = 0.0, 4 * len(CONTENT)
    assert 0.2 <= seconds() < 10


def test_large_bodies_stream(proxy: FaultProxy, upstream: _Server) -> None:
    """An upload reaches the server before its end has left the client."""
    size, half = 64 * 2**20, 32 * 2**20
    connection = _connect(proxy)
    connection.putrequest("PUT", "/big")
    connection.putheader("Content-Length", str(size))
    connection.endheaders()
    block = bytes(2**20)
    for _ in range(half // len(block)):
        connection.send(block)
    deadline = time.monotonic() + 60
    while proxy.requests[0].body_size < half and time.monotonic() < deadline:
        time.sleep(0.01)
    assert upstream.seen == ["PUT /big HTTP/1.1"]
    assert proxy.requests[0].body_size == half
    assert len(proxy.requests[0].body) == 65536
    for _ in range(half // len(block)):
        connection.send(block)
    assert connection.getresponse().status == 201
    connection.close()
    assert upstream.received == [size]


def test_expect_continue(proxy: FaultProxy) -> None:
    with socket.create_connection(("127.0.0.1", proxy.port), 10) as sock:
        sock.sendall(b"PUT /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n")
        sock.sendall(b"Expect: 100-continue\r\nConnection: close\r\n\r\n")
        assert sock.recv(1024).startswith(b"HTTP/1.1 100 ")
        sock.sendall(b"data")
        assert b" 201 " in sock.recv(1024)


def test_stop_frees_the_port(proxy: FaultProxy) -> None:
    idle = _connect(proxy)
    idle.request("GET", "/a.tif", headers={"Range": "bytes=0-9"})
    idle.getresponse().read()
    proxy.stop()
    with pytest.raises(OSError):
        _get(proxy)
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", proxy.port))
    idle.close()
