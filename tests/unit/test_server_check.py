# SPDX-License-Identifier: GPL-2.0-or-later
"""What `check_server` says of servers that do it right, wrong, oddly, or not at all."""

from __future__ import annotations

import base64
import functools
import http.server
import json
import re
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cog_browser.cog.server import check as server_module
from cog_browser.cog.server.check import ORIGIN, check_server
from cog_browser.cog.server.report import ServerReport
from cog_browser.cog.server.settings import SETTINGS
from cog_browser.storage import probe
from cog_browser.storage.errors import Cancelled, ConfigurationError, TransportError
from tests.support.faults import Fault, RecordedRequest

FILE = b"II*\x00\x08\x00\x00\x00" + bytes(range(256)) * 400
ETAG = '"abc"'


def good(request: RecordedRequest) -> Fault:
    """A server that does everything as it should be."""
    headers = {
        "Accept-Ranges": "bytes", "ETag": ETAG, "Content-Type": "image/tiff",
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": "Content-Range, ETag",
    }  # fmt: skip
    if request.method == "OPTIONS":
        return Fault(status=204, headers={**headers, "Access-Control-Allow-Headers": "range"})
    if request.method == "HEAD":
        return Fault(status=200, headers={**headers, "Content-Length": str(len(FILE))})
    wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", request.header("Range") or "")
    if request.header("If-Match") not in (None, ETAG):
        return Fault(status=412)
    if wanted is None or request.header("If-Range") not in (None, ETAG):
        return Fault(status=200, headers=headers, body=FILE)
    start, stop = int(wanted[1]), min(int(wanted[2]) + 1, len(FILE))
    if start >= len(FILE):
        return Fault(status=416, headers={**headers, "Content-Range": f"bytes */{len(FILE)}"})
    place = {"Content-Range": f"bytes {start}-{stop - 1}/{len(FILE)}"}
    return Fault(status=206, headers={**headers, **place}, body=FILE[start:stop])


def but(**changes: object) -> Callable[[RecordedRequest], Fault]:
    """`good`, with another answer to GET: headers by name with _ for -, None without."""
    body = changes.pop("body", None)
    status = changes.pop("status", None)

    def answer(request: RecordedRequest) -> Fault:
        fault = good(request)
        if request.method != "GET" or fault.status == 412:
            return fault
        headers = {name.replace("_", "-"): value for name, value in changes.items()}
        kept = {k: v for k, v in {**fault.headers, **headers}.items() if v is not None}
        return Fault(
            status=status or fault.status, headers=kept, body=fault.body if body is None else body
        )

    return answer


def severities(report: ServerReport) -> dict[str, str]:
    return {finding.id: finding.severity for finding in report.findings}


@pytest.fixture
def check(fault_proxy) -> Callable[..., ServerReport]:
    def check(answer: Callable[[RecordedRequest], Fault], **options: object) -> ServerReport:
        return check_server(fault_proxy(answer=answer).url + "/a.tif", **options)

    return check


def test_a_good_server_has_no_finding(check):
    report = check(good)
    assert severities(report) == {}
    assert report.is_ok
    assert report.is_web_ready
    assert report.settings == {}
    assert report.url.endswith("/a.tif")


def test_ranges_may_be_advertised_by_head_alone_as_nginx_does(check):
    assert severities(check(but(Accept_Ranges=None))) == {}


def test_the_questions_are_few_small_and_without_secrets(fault_proxy):
    proxy = fault_proxy(answer=good)
    check_server(proxy.url + "/a.tif")
    asked = [(r.method, r.header("Range"), r.header("Origin")) for r in proxy.requests]
    assert asked == [
        ("GET", "bytes=0-16383", None),
        ("HEAD", None, None),
        ("GET", "bytes=4-15", None),
        ("GET", f"bytes={len(FILE)}-{len(FILE) + 1023}", None),
        ("GET", "bytes=0-16383", None),
        ("GET", "bytes=0-0", None),
        ("GET", "bytes=0-0", None),
        ("GET", "bytes=0-0", None),
        ("OPTIONS", None, ORIGIN),
        ("GET", "bytes=0-1023", ORIGIN),
    ]
    preflight = proxy.requests[-2]
    assert preflight.header("Access-Control-Request-Method") == "GET"
    assert preflight.header("Access-Control-Request-Headers") == "range"
    names = {name.lower() for request in proxy.requests for name, _ in request.headers}
    assert not names & {"authorization", "x-auth-token", "cookie"}


def not_advertised(request: RecordedRequest) -> Fault:
    """Neither in the answer to a read nor, as nginx does, in that to HEAD."""
    fault = but(Accept_Ranges=None)(request)
    kept = {name: value for name, value in fault.headers.items() if name != "Accept-Ranges"}
    return Fault(status=fault.status, headers=kept, body=fault.body)


ODD = {
    "whole file": (but(status=200, Content_Range=None), {"H-RANGE": "error"}),
    "no Content-Range": (but(Content_Range=None), {"H-CR": "error"}),
    "size unknown": (but(Content_Range="bytes 0-16383/*"), {"H-CR": "error"}),
    "another part": (but(Content_Range="bytes 5-16388/99999"), {"H-RANGE": "error"}),
    "too short": (but(body=FILE[:100]), {"H-RANGE": "error", "H-RANGE-BYTES": "error"}),
    "one answer to all ranges": (but(body=FILE[:16384]), {"H-RANGE-BYTES": "error"}),
    "not advertised": (not_advertised, {"H-AR": "warning"}),
    "compressed": (but(Content_Encoding="gzip", body=b"\x1f\x8b\x08" + b"x" * 16381),
                   {"H-ENC": "error"}),
    "a web page": (but(status=200, body=b"<!DOCTYPE html><p>Sign in", Content_Type="text/html"),
                   {"H-RANGE": "error", "H-BODY": "error", "H-TYPE": "note"}),
    "base64": (but(status=200, body=base64.b64encode(FILE)),
               {"H-RANGE": "error", "H-BODY": "error"}),
    "no TIFF": (but(body=b"PK\x03\x04" * 4096), {"H-BODY": "error"}),
    "empty": (but(status=200, body=b""), {"H-RANGE": "error", "H-BODY": "error"}),
    "another type": (but(Content_Type="application/octet-stream"), {"H-TYPE": "note"}),
    "a download": (but(Content_Disposition='attachment; filename="a.tif"'), {"H-DISP": "note"}),
    "weak ETag": (but(ETag='W/"abc"'), {"H-ETAG": "note"}),
    "no ETag": (but(ETag=None), {"H-ETAG": "note"}),
    "not found": (but(status=404), {"H-STATUS": "error"}),
    "not allowed": (but(status=403), {"H-STATUS": "error"}),
    "no CORS": (but(Access_Control_Allow_Origin=None), {"H-CORS-O": "warning"}),
    "twice CORS": (but(Access_Control_Allow_Origin="*, *"), {"H-CORS-O": "warning"}),
    "other pages": (but(Access_Control_Allow_Origin="https://o.org"), {"H-CORS-O": "warning"}),
    "not exposed": (but(Access_Control_Expose_Headers="ETag"), {"H-EXPOSE": "warning"}),
    "no ETag exposed": (but(Access_Control_Expose_Headers="Content-Range"),
                        {"H-EXPOSE-ETAG": "note"}),
    "no Vary": (but(Access_Control_Allow_Origin=ORIGIN), {"H-CORS-VARY": "note"}),
}  # fmt: skip


@pytest.mark.parametrize("case", ODD)
def test_each_fault_has_its_finding(check, case):
    answer, wanted = ODD[case]
    report = check(answer)
    found = severities(report)
    assert {rule: found.get(rule) for rule in wanted} == wanted
    assert report.is_ok == ("error" not in found.values())
    for finding in report.findings:
        assert finding.message.endswith("."), finding
        assert finding.remedy, finding
        assert finding.found, finding


@pytest.mark.parametrize("case", [case for case in ODD if len(ODD[case][1]) == 1])
def test_a_single_fault_is_not_reported_as_several_errors(check, case):
    answer, wanted = ODD[case]
    errors = {rule for rule, severity in severities(check(answer)).items() if severity == "error"}
    # what follows from it may be told as well, but not as something else that is broken
    assert errors <= set(wanted) | {"H-RANGE", "H-RANGE-BYTES", "H-BODY"}


def test_the_spanish_case_is_explained(check):
    """A download centre that wraps the file in a multipart message, in base64, for its name."""
    wrapped = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="mosaic.tif"\r\n'
        b"Content-Type: image/tiff\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(FILE) + b"\r\n--b--\r\n"
    )  # fmt: skip
    report = check(but(status=200, body=wrapped, Content_Type="multipart/form-data; boundary=b"))
    assert {f.id for f in report.errors} == {"H-RANGE", "H-BODY"}
    body = next(f for f in report.errors if f.id == "H-BODY")
    assert "multipart message with the file in base64" in body.message
    assert "Content-Disposition" in body.remedy


def test_one_range_as_multipart_is_one_error(check):
    part = b"--x\r\nContent-Type: image/tiff\r\nContent-Range: bytes 0-9/9\r\n\r\n" + FILE[:9000]
    report = check(but(body=part, Content_Type="multipart/byteranges; boundary=x",
                       Content_Range=None))  # fmt: skip
    assert "multipart message" in next(f for f in report.errors if f.id == "H-BODY").message
    assert "H-CR" not in severities(report)


@pytest.mark.parametrize(
    ("head", "wanted"),
    [
        (Fault(status=405), "405"),
        (Fault(status=200, headers={"Content-Length": "7"}), "7 bytes"),
    ],
)
def test_head_is_checked(check, head, wanted):
    report = check(lambda request: head if request.method == "HEAD" else good(request))
    finding = next(f for f in report.findings if f.id == "H-HEAD")
    assert finding.severity == "warning"
    assert finding.found == wanted


@pytest.mark.parametrize(
    ("preflight", "rule"),
    [
        (Fault(status=401), "H-CORS-PRE"),
        (Fault(status=302, headers={"Location": "/b.tif"}), "H-CORS-PRE"),
        (Fault(status=204, headers={"Access-Control-Allow-Origin": "*"}), "H-CORS-H"),
        (Fault(status=204, headers={"Access-Control-Allow-Headers": "range"}), "H-CORS-O"),
    ],
)
def test_the_preflight_is_checked(check, preflight, rule):
    report = check(lambda request: preflight if request.method == "OPTIONS" else good(request))
    assert severities(report) == {rule: "warning"}
    assert report.is_ok
    assert not report.is_web_ready


def test_compression_for_who_accepts_it_is_a_warning(check):
    def answer(request: RecordedRequest) -> Fault:
        if "gzip" in (request.header("Accept-Encoding") or ""):
            return but(Content_Encoding="gzip")(request)
        return good(request)

    assert severities(check(answer)) == {"H-GZIP": "warning"}


def test_conditions_that_are_ignored_are_noted(check):
    def answer(request: RecordedRequest) -> Fault:
        request.headers = [h for h in request.headers if not h[0].startswith("If-")]
        return good(request)

    assert severities(check(answer)) == {"H-MATCH": "note", "H-IFRANGE": "note"}


def test_a_wrong_416_is_noted(check):
    def answer(request: RecordedRequest) -> Fault:
        fault = good(request)
        return but(status=206)(request) if fault.status == 416 else fault

    assert severities(check(answer)) == {"H-416": "note"}


# Redirects


def test_a_redirect_to_another_server_leaks_nothing_and_is_told(fault_proxy):
    other = fault_proxy(answer=good)
    first = fault_proxy(answer=lambda request: Fault(
        redirect_to=other.url, headers={"Set-Cookie": "sid=geheim"}))  # fmt: skip
    report = check_server(first.url + "/a.tif?signature=geheim")
    assert severities(report)["H-REDIR-HOST"] == "warning"
    assert "H-CORS-PRE" in severities(report)  # browsers refuse a redirected preflight
    assert report.is_ok
    assert [r.method for r in first.requests] == ["GET", "OPTIONS"]
    names = {name.lower() for request in other.requests for name, _ in request.headers}
    assert names <= {"host", "user-agent", "accept", "accept-encoding", "range", "origin",
                     "connection", "if-match", "if-range"}  # fmt: skip
    assert "geheim" not in json.dumps(report.to_dict()) + report.to_html() + repr(report)


def test_a_redirect_that_loses_the_range_is_an_error(fault_proxy):
    other = fault_proxy(answer=but(status=200, Content_Range=None))
    first = fault_proxy(answer=Fault(redirect_to=other.url))
    report = check_server(first.url + "/a.tif")
    assert {f.id for f in report.errors} >= {"H-REDIR-RANGE", "H-RANGE"}


def test_a_circle_of_redirects_ends(fault_proxy):
    proxy = fault_proxy(answer=Fault(status=301, headers={"Location": "/again.tif"}))
    report = check_server(proxy.url + "/a.tif")
    assert "H-REDIR-LOOP" in {f.id for f in report.errors}
    assert len(proxy.requests) == 6


@pytest.mark.parametrize("place", ["file:///etc/passwd", "http://u:geheim@127.0.0.1/", "http://["])
def test_a_redirect_to_no_public_url_is_not_followed(fault_proxy, place):
    proxy = fault_proxy(answer=Fault(status=302, headers={"Location": place}))
    report = check_server(proxy.url + "/a.tif")
    assert "H-REDIR-BAD" in {f.id for f in report.errors}
    assert len(proxy.requests) == 1
    assert "geheim" not in report.to_html()


# Bounds


def endless_redirect(url: str) -> AbstractContextManager[tuple[str, list[int]]]:
    return endless(f"Location: {url}\r\n".encode(), 0, b"302 Found")


@contextmanager
def endless(
    headers: bytes, pause: float, status: bytes = b"200 OK"
) -> Iterator[tuple[str, list[int]]]:
    """A server that ignores Range and sends 10 GB; yields its URL and the bytes it got rid of."""
    import socket

    sent = [0]
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(client: socket.socket) -> None:
        with client:
            request = client.recv(65536)
            try:
                client.sendall(b"HTTP/1.1 " + status + b"\r\n" + headers + b"\r\n")
                while not request.startswith((b"HEAD", b"OPTIONS")) and sent[0] < 10**10:
                    data = b"x" if pause else FILE[:65536]
                    client.sendall(data)
                    sent[0] += len(data)
                    time.sleep(pause)
            except OSError:
                return

    def accept() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(client,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/a.tif", sent
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def test_ten_gigabytes_are_not_downloaded():
    started = time.monotonic()
    with endless(b"Content-Length: 10000000000\r\n", 0) as (url, sent):
        report = check_server(url)
    assert {f.id for f in report.errors} == {"H-RANGE"}
    assert sent[0] < 50e6  # what fits the sockets' buffers, three times
    assert time.monotonic() - started < 60


def test_an_answer_without_an_end_is_left_as_well():
    with endless(b"Connection: close\r\n", 0) as (url, sent):
        report = check_server(url)
    assert "H-RANGE" in {f.id for f in report.errors}
    assert sent[0] < 50e6


def test_of_a_redirect_no_body_is_read():
    with endless(b"", 0) as (url, sent), endless_redirect(url) as (first, first_sent):
        report = check_server(first)
    assert "H-RANGE" in {f.id for f in report.errors}
    assert max(sent[0], first_sent[0]) < 50e6


def test_a_dripping_server_is_given_up(monkeypatch):
    monkeypatch.setattr(probe.Prober.__init__, "__defaults__", (None, 1.0))
    started = time.monotonic()
    answer, slow = endless(b"Content-Length: 99999\r\n", 0.05), "did not answer within 1 s"
    with answer as (url, _sent), pytest.raises(TransportError, match=slow):
        check_server(url)
    assert time.monotonic() - started < 60


def test_a_check_is_cancelled_while_it_waits():
    started = time.monotonic()
    with endless(b"Content-Length: 99999\r\n", 0.05) as (url, _sent), pytest.raises(Cancelled):
        check_server(url, progress=lambda *_: time.monotonic() - started < 0.5)
    assert time.monotonic() - started < 60


def test_progress_ends_within_its_total(fault_proxy):
    seen: list[tuple[int, int | None]] = []
    proxy = fault_proxy(answer=good)
    check_server(proxy.url + "/a", progress=lambda *now: seen.append(now) is None)
    assert all(0 <= done <= total for done, total in seen)
    assert seen == sorted(seen)


def test_what_does_not_answer_later_is_a_finding(fault_proxy):
    proxy = fault_proxy(answer=good)
    proxy.add(Fault(refuse=True), method="OPTIONS", times=None)
    report = check_server(proxy.url + "/a.tif")
    assert severities(report) == {"H-SILENT": "warning"}
    assert report.exchanges[-2].status is None


def test_a_server_that_is_not_there_can_not_be_judged(unused_port):
    with pytest.raises(TransportError, match="refused the connection"):
        check_server(f"http://127.0.0.1:{unused_port}/a.tif")


@pytest.mark.parametrize(
    "url", ["", "a.tif", "ftp://h/a.tif", "http://", "file:///a", "http://h\\@e/a", "http://h:x/a"]
)
def test_what_is_no_url_is_refused(url):
    with pytest.raises(ConfigurationError, match="begins with http"):
        check_server(url)


def test_a_url_with_a_password_is_refused_without_quoting_it():
    with pytest.raises(ConfigurationError) as caught:
        check_server("https://anna:geheim@example.org/a.tif")
    assert "example.org" in str(caught.value)
    assert "geheim" not in str(caught.value)


# Real servers


def test_pythons_own_server_ignores_ranges(tmp_path: Path):
    (tmp_path / "a ü.tif").write_bytes(FILE)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    handler.func.log_message = lambda *_: None  # type: ignore[attr-defined]
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        report = check_server(f"http://127.0.0.1:{server.server_port}/a ü.tif")
        server.shutdown()
    assert {f.id for f in report.errors} == {"H-RANGE"}
    assert {f.id for f in report.warnings} == {"H-CORS-O", "H-CORS-PRE"}
    assert report.settings == SETTINGS  # of an unknown server: all of them
    assert report.exchanges[0].status == 200


# The report


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)


def test_the_page_escapes_what_the_server_says(check):
    evil = "<script>alert(1)</script>"
    answer = but(Content_Type=evil, ETag=f"W/{evil}", Server=f"nginx {evil}", status=206,
                 body=b"<script>alert(2)</script>" * 700)  # fmt: skip
    report = check(answer)
    page = report.to_html()
    parsed = _Tags()
    parsed.feed(page)
    assert "script" not in parsed.tags
    assert not parsed.tags & {"img", "link", "iframe"}
    assert "&lt;script&gt;" in page
    assert list(report.settings) == ["nginx"]
    assert json.loads(json.dumps(report.to_dict()))["ok"] is False


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"Server": "nginx/1.22"}, "nginx"),
        ({"Server": "Apache/2.4 (Debian)"}, "Apache"),
        ({"Server": "Microsoft-IIS/10.0"}, "IIS"),
        ({"Server": "AmazonS3"}, "S3"),
        ({"Server": "nginx", "X-Trans-Id": "tx1", "X-Openstack-Request-Id": "tx1"}, "Swift"),
    ],
)
def test_the_settings_are_those_of_the_server(check, headers, kind):
    changed = {name.replace("-", "_"): value for name, value in headers.items()}
    report = check(but(Access_Control_Allow_Origin=None, **changed))
    assert report.server == kind
    assert dict(report.settings) == {kind: SETTINGS[kind]}


def test_the_documentation_has_the_same_settings():
    text = (Path(__file__).parents[2] / "docs" / "server-check.md").read_text(encoding="utf-8")
    for kind, setting in SETTINGS.items():
        assert setting in text, kind


def serving(file: bytes) -> Callable[[RecordedRequest], Fault]:
    """A server that does everything right, with another file."""

    def answer(request: RecordedRequest) -> Fault:
        fault = good(request)
        if request.method != "GET" or fault.status != 206:
            return fault
        first, last = (int(n) for n in (request.header("Range") or "")[6:].split("-"))
        return Fault(status=206, headers=fault.headers, body=file[first : last + 1])

    return answer


def tiff_of(ifd_offset: int, *tags: tuple[int, int]) -> bytes:
    """As long as `FILE`: a TIFF of which only the first directory is there."""
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in sorted(tags))
    file = b"II*\0" + struct.pack("<I", ifd_offset)
    file = file.ljust(ifd_offset, b"\0") + struct.pack("<H", len(tags)) + entries + bytes(4)
    return file.ljust(len(FILE), b"\0")


SIZE = ((256, 4000), (257, 3000))
STRIPS = ((273, 4096), (278, 3000), (279, 10))
TILES = ((322, 512), (323, 512), (324, 4096), (325, 4096))


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (tiff_of(8, *SIZE, *STRIPS), "its pixels are in strips, not in tiles"),
        (tiff_of(50_000, *SIZE, *TILES), "its first directory comes as late as byte 50000"),
    ],
)
def test_of_a_file_that_is_no_cog_the_verdict_is_about_the_server_only(check, file, why):
    report = check(serving(file))
    assert severities(report) == {"H-NOT-COG": "note"}
    assert why in report.notes[0].message
    assert "about the server only" in report.notes[0].message
    assert report.is_ok
    assert report.to_dict()["file_is_no_cog"] is True
    assert "The server: Ready for QGIS, GDAL and web maps. The file: no COG" in report.to_html()


def test_a_tiled_file_may_be_a_cog_and_a_small_one_needs_no_tiles(check):
    for file in (tiff_of(8, *SIZE, *TILES), tiff_of(8, (256, 500), (257, 400), *STRIPS)):
        report = check(serving(file))
        assert severities(report) == {}
        assert "no COG" not in report.to_html()


def test_http_without_tls_is_told_of_public_hosts_only():
    from urllib.parse import urlsplit

    found = list(server_module.server_rules.scheme(urlsplit("http://data.example.org/a.tif")))
    assert [f.id for f in found] == ["H-HTTPS"]
    assert not list(server_module.server_rules.scheme(urlsplit("http://127.0.0.1/a.tif")))
    assert not list(server_module.server_rules.scheme(urlsplit("https://data.example.org/a.tif")))


def test_a_file_smaller_than_the_first_read_is_fine(check, monkeypatch):
    monkeypatch.setattr(f"{__name__}.FILE", FILE[:10])
    assert severities(check(good)) == {}


def test_no_answer_however_odd_breaks_the_rules():
    """Strangers' headers and bodies: findings, never an exception."""
    import random

    from requests.structures import CaseInsensitiveDict

    from cog_browser.cog.server import cors as server_cors
    from cog_browser.cog.server import rules as server_rules

    dice = random.Random(5)
    names = ["Content-Range", "Content-Length", "Content-Type", "Content-Encoding", "ETag", "Vary",
             "Accept-Ranges", "Content-Disposition", "Access-Control-Allow-Origin", "Server",
             "Access-Control-Expose-Headers", "Access-Control-Allow-Headers"]  # fmt: skip
    values = ["", "\xb2", "bytes 0-9/\xb2", "bytes 9-0/5", "bytes */*", "bytes 0-16383/99999",
              "9" * 5000, "*", "\x00\xff", ",,,", "W/", '"', "gzip", "multipart/", "image/tiff",
              "<script>", "bytes", "-1", "1e9", "bytes 0-1/" + "9" * 40]  # fmt: skip
    bodies = [b"", b"I", b"II*\x00", b"--", b"--x\r\nContent-", b"\x1f\x8b", b"<", b"SUkqAA==",
              b"=" * 64, b"SUk", b"\xff" * 99, b'"SUkqAAgA"', b"--" + b"x" * 20000]  # fmt: skip

    def odd() -> probe.Answer:
        chosen = dice.sample(names, dice.randrange(len(names)))
        headers = CaseInsensitiveDict({name: dice.choice(values) for name in chosen})
        status = dice.choice([200, 204, 206, 301, 304, 401, 404, 412, 416, 500, 599, 999])
        return probe.Answer(status, headers, dice.choice(bodies))

    count = 0
    for _ in range(3000):
        first, second = odd(), odd()
        total = server_rules.total_of(first)
        found = [
            *server_rules.first_read(first, 16384), *server_rules.head(second, total),
            *server_rules.inner_read(second, first), *server_rules.past_the_end(second, 7),
            *server_rules.compression(second, first), *server_rules.versions(first),
            *server_rules.conditions(first, second, None),
            *server_cors.findings(first, second, ORIGIN),
        ]  # fmt: skip
        report = ServerReport("u", tuple(found))
        assert "<script" not in report.to_html()
        assert json.dumps(report.to_dict())
        count += len(found)
    assert count > 3000
