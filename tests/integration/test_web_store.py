# SPDX-License-Identifier: GPL-2.0-or-later
"""`ObjectStore`'s promises, kept by WebStore against real web servers on loopback."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import socket
import threading
import time
from contextlib import closing
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

import pytest

from cog_browser.cog.server.check import check_server
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.diagnosis import diagnose
from cog_browser.storage.errors import (
    AuthenticationError,
    Cancelled,
    ConfigurationError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    TransportError,
)
from cog_browser.storage.models import EXACT, ROUNDED, UNKNOWN, ObjectRef
from cog_browser.storage.stores import open_store
from tests.support.faults import Fault
from tests.support.patience import wait_until
from tests.support.rasters import checksums, make_cog
from tests.support.web_servers import PlainHandler, apache, nginx, public_folder, python_server

ODD = "a b+c&d=é 'q' #1 100%.tif"


@pytest.fixture(scope="module")
def folder():
    """cogs/: a COG under an odd name, one in a folder, and a file that is none."""
    with public_folder() as top:
        yield _filled(top)


@pytest.fixture
def site():
    """An empty folder to serve."""
    with public_folder() as made:
        yield made


def _filled(top):
    (top / "cogs" / "2026 ö" / "deep").mkdir(parents=True)
    make_cog(top / "cogs" / ODD, 1024, 1024)
    (top / "cogs" / "2026 ö" / "deep" / "b.tif").write_bytes((top / "cogs" / ODD).read_bytes())
    (top / "cogs" / "big.bin").write_bytes(os.urandom(3_000_000))
    (top / "neighbour").mkdir()
    (top / "neighbour" / "n.tif").write_bytes(b"II*\0")
    return top


@pytest.fixture(scope="module")
def plain_nginx(folder):
    with nginx(folder) as server:
        yield server


@pytest.fixture
def web():
    """Opens stores: web(url, user="", …), closed with the test."""
    opened = []

    def make(url, credentials=None, **options):
        connection = Connection("w", kind="http", storage_url=url, **options)
        opened.append(open_store(connection, credentials or Credentials()))
        return opened[-1]

    yield make
    for store in opened:
        store.close()


def listed(store, prefix="", delimiter="/", page_size=None):
    (container,) = (c.name for c in store.list_containers())
    pages = list(store.list_objects(container, prefix, delimiter, page_size))
    prefixes = [prefix for page in pages for prefix in page.prefixes]
    return prefixes, {entry.key: entry for page in pages for entry in page.objects}


SERVERS = {
    "nginx": (nginx, EXACT),
    "nginx, rounded": (lambda f: nginx(f, "autoindex on; autoindex_exact_size off;"), ROUNDED),
    "nginx, JSON": (lambda f: nginx(f, "autoindex on; autoindex_format json;"), EXACT),
    "Apache": (apache, ROUNDED),
    "Apache, table": (
        lambda f: apache(f, f"<Directory {f}>\nIndexOptions HTMLTable\n</Directory>"),
        ROUNDED,
    ),
    "Apache, bare": (
        lambda f: apache(f, f"<Directory {f}>\nIndexOptions -FancyIndexing\n</Directory>"),
        UNKNOWN,
    ),
    "Python": (python_server, UNKNOWN),
}


def test_what_is_not_there_is_named_with_its_path(plain_nginx, web):
    with pytest.raises(NotFoundError) as caught:
        list(web(f"{plain_nginx.url}/cogs/2026%20%C3%B6/none.tif").list_containers())
    host = plain_nginx.url.partition("://")[2]
    assert f"{host} has no “/cogs/2026 ö/none.tif” (404). Check the URL." in str(caught.value)


@pytest.mark.parametrize("name", SERVERS)
def test_a_folder_is_listed_described_and_downloaded(name, folder, web, tmp_path):
    start, size_is = SERVERS[name]
    with start(folder) as server:
        store = web(f"{server.url}/cogs/")
        prefixes, entries = listed(store)
        assert prefixes == ["2026 ö/"]
        assert set(entries) == {ODD, "big.bin"}
        assert entries["big.bin"].size_is == size_is
        if size_is == EXACT:
            assert entries["big.bin"].size == 3_000_000
        assert abs(entries["big.bin"].size - 3_000_000) < 200_000 or size_is == UNKNOWN
        assert listed(store, "2026 ö/")[0] == ["2026 ö/deep/"]
        everything = listed(store, delimiter="")
        assert everything[0] == []
        assert set(everything[1]) == {ODD, "big.bin", "2026 ö/deep/b.tif"}
        assert set(listed(store, "bi")[1]) == {"big.bin"}
        entry = store.head_object("cogs", ODD)
        size = (folder / "cogs" / ODD).stat().st_size
        assert (entry.size, entry.size_is, bool(entry.etag)) == (size, EXACT, True)
        assert entry.last_modified.timestamp() == int((folder / "cogs" / ODD).stat().st_mtime)
        store.download("cogs", ODD, tmp_path / "a.tif")
        assert (tmp_path / "a.tif").read_bytes() == (folder / "cogs" / ODD).read_bytes()


@pytest.mark.parametrize("start", [nginx, apache])
def test_ranges_are_exact_and_of_one_version(start, folder, web):
    data = (folder / "cogs" / ODD).read_bytes()
    with start(folder) as server:
        store = web(f"{server.url}/cogs")
        etag = store.head_object("cogs", ODD).etag
        for first, stop in ((0, 1), (0, 16384), (1000, 1001), (len(data) - 5, len(data)), (3, 3)):
            assert store.read_range("cogs", ODD, first, stop, etag=etag) == data[first:stop]
        with pytest.raises(ProtocolError, match="has been replaced since"):
            store.read_range("cogs", ODD, 0, 4, etag="other")
        with pytest.raises(ProtocolError, match=r"ends before byte|replaced"):
            store.read_range("cogs", ODD, len(data), len(data) + 4)
        with pytest.raises(NotFoundError):
            store.head_object("cogs", "missing.tif")


def test_a_single_cog_takes_three_requests_and_reopens_by_its_url(plain_nginx, folder, web):
    before = len(plain_nginx.requests())
    store = web(f"{plain_nginx.url}/cogs/2026%20%C3%B6/deep/b.tif")
    host = urlsplit(plain_nginx.url).netloc
    dataset = store.open_dataset(host, "b.tif")
    assert dataset.GetRasterBand(1).DataType
    asked = plain_nginx.requests()[before:]
    assert len(asked) <= 3, asked
    assert {line.split()[0] for line in asked} == {"GET"}
    assert {line.split()[-1] for line in asked} == {"206"}
    assert checksums(dataset)
    assert [c.name for c in store.list_containers()] == [host]
    assert set(listed(store)[1]) == {"b.tif"}
    source = store.source(host, "b.tif")
    assert source == f"/vsicurl/{plain_nginx.url}/cogs/2026%20%C3%B6/deep/b.tif"


def test_other_containers_and_neighbours_are_refused(plain_nginx, web):
    store = web(f"{plain_nginx.url}/cogs/")
    for refused in (
        lambda: store.head_object("neighbour", "n.tif"),
        lambda: store.source("neighbour", "n.tif"),
        lambda: list(store.list_objects("neighbour")),
        lambda: store.head_object("cogs", "../neighbour/n.tif"),
    ):
        with pytest.raises(ConfigurationError):
            refused()


def test_it_can_only_be_read_and_says_so(plain_nginx, web, tmp_path):
    store = web(f"{plain_nginx.url}/cogs/")
    (tmp_path / "x").write_bytes(b"x")
    for refused in (
        lambda: store.upload(tmp_path / "x", "cogs", "x"),
        lambda: store.check_upload("cogs", "x"),
        lambda: store.copy_object("cogs", "a", "cogs", "b"),
        lambda: store.delete_object("cogs", "big.bin"),
        lambda: store.create_container("new"),
        lambda: store.delete_container("cogs"),
    ):
        with pytest.raises(ConfigurationError, match=r"“w” is a web address, .* only be read"):
            refused()
    assert {line.split()[0] for line in plain_nginx.requests()} <= {"GET"}


def test_a_listing_is_lazy_a_request_for_each_folder(plain_nginx, web):
    store = web(f"{plain_nginx.url}/cogs/")
    list(store.list_containers())
    before = len(plain_nginx.requests())
    pages = store.list_objects("cogs", "", "")
    next(pages)
    # nginx writes its log when it has answered
    wait_until(lambda: len(plain_nginx.requests()) > before)
    assert plain_nginx.requests()[before:] == ["GET /cogs/ 200"]
    next(pages)
    next(pages)
    wait_until(lambda: len(plain_nginx.requests()) >= before + 3)
    assert len(plain_nginx.requests()) - before == 3


def test_rows_of_a_long_page_come_before_its_end(fault_proxy, site, web):
    many = site / "many"
    many.mkdir()
    for number in range(3000):
        (many / f"{number:05}-{'x' * 60}.tif").touch()
    with nginx(site) as server:
        proxy = fault_proxy(server.url)
        store = web(f"{proxy.url}/many/")
        (container,) = (c.name for c in store.list_containers())
        proxy.add(Fault(drip=(40_000, 0.15)), path="/many/")
        pages, began = store.list_objects(container), time.monotonic()
        assert len(next(pages).objects) == 1000
        first = time.monotonic() - began
        assert [len(page.objects) for page in pages] == [1000, 1000]
        assert first < 0.6 * (time.monotonic() - began)


@pytest.mark.parametrize(
    ("start", "said"), [("<h1>Home</h1>", "lists no files"), ("<h1>Index of /</h1>", "more links")]
)
def test_an_endless_page_is_given_up(start, said, fault_proxy, web):
    page = start.encode() + b'<a href="b.html">b</a>' * 1_000_000
    proxy = fault_proxy(answer=Fault(status=200, body=page, headers={"Content-Type": "text/html"}))
    begun = time.monotonic()
    with pytest.raises(ProtocolError, match=said):
        list(web(f"{proxy.url}/cogs/").list_objects("cogs"))
    assert time.monotonic() - begun < 60


def test_a_page_that_breaks_off_is_no_listing(fault_proxy, plain_nginx, web):
    proxy = fault_proxy(plain_nginx.url)
    store = web(f"{proxy.url}/cogs/")
    list(store.list_containers())
    proxy.add(Fault(reset_after=200))
    with pytest.raises(TransportError):
        list(store.list_objects("cogs"))


def test_a_server_without_ranges_is_reported_and_checked(folder, web, tmp_path):
    with python_server(folder) as server:
        store = web(f"{server.url}/cogs/")
        with pytest.raises(ProtocolError, match=r"ignores the Range header.*“Check server…”"):
            store.open_dataset("cogs", ODD)
        report = check_server(ObjectRef(store, "cogs", ODD))
        assert "H-RANGE" in {finding.id for finding in report.findings}
        assert report.is_ok is False


def test_basic_auth_goes_to_its_own_urls_and_on_no_redirect(fault_proxy, web, plain_nginx):
    home, away = fault_proxy(plain_nginx.url), fault_proxy(plain_nginx.url)
    home.add(Fault(redirect_to=away.url), path="moved", times=None)
    secret = Credentials(password="pä:ss")
    store = web(f"{home.url}/cogs/", secret, auth_mode="basic", user_name="me")
    assert set(listed(store)[1]) == {ODD, "big.bin"}
    sent = "Basic " + base64.b64encode("me:pä:ss".encode()).decode()
    assert {request.header("Authorization") for request in home.requests} == {sent}
    with pytest.raises(ProtocolError, match="With a sign-in no redirect is followed"):
        store.head_object("cogs", "moved.tif")
    assert away.requests == []
    assert "pä:ss" not in repr(store.recipe) + store.source("cogs", "a")


def test_no_request_beside_the_connections_url_holds_its_secret(fault_proxy, web):
    proxy = fault_proxy(answer=Fault(status=200))
    store = web(f"{proxy.url}/cogs/", Credentials(token="s3cr3t"), auth_mode="bearer")
    for path in ("cogs/a.tif", "cogs2/a.tif", "cogs/../a.tif", "cogs/%2e%2e/a.tif"):
        store.client.get(f"{proxy.url}/{path}", "try").response.close()
    sent = [request.header("Authorization") for request in proxy.requests]
    assert sent == ["Bearer s3cr3t", None, None, None]


@pytest.mark.parametrize("mode", ["basic", "bearer"])
def test_a_server_that_wants_a_sign_in(mode, folder, site, web):
    users = site / "users"
    digest = base64.b64encode(hashlib.sha1(b"right").digest()).decode()
    users.write_text(f"me:{{SHA}}{digest}\n")
    basic = f'auth_basic "x"; auth_basic_user_file {users};'
    bearer = 'if ($http_authorization != "Bearer right") { return 401; }'
    with nginx(folder, f"autoindex on; {basic if mode == 'basic' else bearer}") as server:
        url = f"{server.url}/cogs/"
        with pytest.raises(AuthenticationError, match=r"sign in \(401\)\. Choose a way"):
            listed(web(url))
        wrong, right = ((Credentials(password=t), Credentials(token=t)) for t in ("no", "right"))
        number = 0 if mode == "basic" else 1
        options = {"auth_mode": mode, "user_name": "me"}
        with pytest.raises(AuthenticationError, match="refuses this sign-in"):
            listed(web(url, wrong[number], **options))
        store = web(url, right[number], **options)
        assert set(listed(store)[1]) == {ODD, "big.bin"}
        assert store.open_dataset("cogs", ODD).RasterXSize == 1024
        report = check_server(ObjectRef(store, "cogs", ODD))
        assert {x.status for x in report.exchanges} & {206}
        steps = list(diagnose(store.connection, right[number]))
        assert [(step.name, step.ok) for step in steps] == [
            ("reach", True), ("tls", True), ("containers", True)
        ]  # fmt: skip


def test_no_secret_in_clear_over_the_network(web):
    for options in (
        {"auth_mode": "basic", "user_name": "me", "credentials": Credentials(password="s")},
        {"auth_mode": "bearer", "credentials": Credentials(token="s")},
    ):
        with pytest.raises(ConfigurationError, match=r"begins with http://"):
            web("http://data.example.org/cogs/", **options)


def test_public_redirects_are_followed_with_their_range(fault_proxy, plain_nginx, web):
    home, cdn = fault_proxy(plain_nginx.url), fault_proxy(plain_nginx.url)
    home.add(Fault(redirect_to=cdn.url), path=r"\.tif", times=None)
    store = web(f"{home.url}/cogs/")
    entry = store.head_object("cogs", ODD)
    assert store.read_range("cogs", ODD, 100, 200, etag=entry.etag)
    assert [request.header("Range") for request in cdn.requests] == ["bytes=0-0", "bytes=100-199"]
    assert len(home.requests) == 1  # where it leads is known for a minute
    cdn.add(Fault(status=403))  # the signature has ended
    assert store.read_range("cogs", ODD, 0, 4) == b"II*\0"
    assert len(home.requests) == 2
    assert store.source("cogs", ODD).startswith(f"/vsicurl/{home.url}/cogs/")


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("http://[", "no URL"),
        ("file:///etc/passwd", "no URL"),
        ("ftp://example.org/a", "no web page"),
        ("http://u:p@example.org/a", "no URL"),
        ("http://example.org\\@127.0.0.1/", "no URL"),
    ],
)
def test_a_strange_redirect_is_refused(location, said, fault_proxy, web):
    proxy = fault_proxy(answer=Fault(status=302, headers={"Location": location}))
    with pytest.raises(ProtocolError, match=f"redirects to what is {said}|redirects to .*{said}"):
        web(f"{proxy.url}/cogs/").head_object("cogs", "a.tif")


def test_redirects_in_a_circle_end(fault_proxy, web):
    proxy = fault_proxy(answer=Fault(status=302, headers={"Location": "/cogs/a.tif"}))
    with pytest.raises(ProtocolError, match="more than 5 times"):
        web(f"{proxy.url}/cogs/").head_object("cogs", "a.tif")
    assert len(proxy.requests) == 6


def test_no_redirect_into_ones_own_network_or_out_of_tls(web, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_: [(0, 0, 0, "", ("8.8.8.8", 0))])
    client = web("https://data.example.org/cogs/").client

    class Moved:
        status = 302

        def __init__(self, location):
            self.headers = {"Location": location}

    url = "https://data.example.org/cogs/a.tif"
    for location, said in (
        ("http://data.example.org/cogs/a.tif", "from https to http"),
        ("https://127.0.0.1/a.tif", "your own computer or network"),
        ("https://[::1]/a.tif", "your own computer or network"),
        ("https://169.254.169.254/latest", "your own computer or network"),
        ("https://10.1.2.3/a.tif", "your own computer or network"),
        ("https://localhost/a.tif", "your own computer or network"),
    ):
        with pytest.raises(ProtocolError, match=said):
            client._next(url, Moved(location), "read")
    assert client._next(url, Moved("https://cdn.example.net/a"), "x") == "https://cdn.example.net/a"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault(headers={"Content-Range": "bytes 5-9/100"}), "but other bytes came|replaced"),
        (Fault(headers={"ETag": '"other"'}), "has been replaced"),
        (Fault(headers={"Content-Encoding": "gzip"}), "compressed"),
        (Fault(ignore_range=True), "ignores the Range header"),
        (Fault(multipart=True), "multipart/byteranges"),
    ],
)
def test_wrong_answers_are_never_taken_for_data(fault, said, fault_proxy, plain_nginx, web):
    proxy = fault_proxy(plain_nginx.url)
    store = web(f"{proxy.url}/cogs/")
    etag = store.head_object("cogs", ODD).etag
    proxy.add(fault)
    with pytest.raises(ProtocolError, match=said):
        store.read_range("cogs", ODD, 0, 4, etag=etag)


def test_what_breaks_off_is_read_again(fault_proxy, plain_nginx, folder, web, tmp_path):
    proxy = fault_proxy(plain_nginx.url)
    store = web(f"{proxy.url}/cogs/")
    etag = store.head_object("cogs", ODD).etag
    proxy.add(Fault(reset_after=1000))
    data = (folder / "cogs" / ODD).read_bytes()
    assert store.read_range("cogs", ODD, 0, 50_000, etag=etag) == data[:50_000]
    proxy.clear()
    proxy.add(Fault(reset_after=1_000_000), after=1)
    store.download("cogs", "big.bin", tmp_path / "big")
    assert (tmp_path / "big").read_bytes() == (folder / "cogs" / "big.bin").read_bytes()
    assert [r.header("Range") is None for r in proxy.requests] == [False, True, False]


def test_without_etag_the_time_and_size_are_the_version(site, web):
    (site / "a.tif").write_bytes(b"II*\0" + b"1" * 100)
    os.utime(site / "a.tif", (1_700_000_000, 1_700_000_000))
    with nginx(site, "etag off;") as server:
        store = web(f"{server.url}/a.tif")
        names = urlsplit(server.url).netloc, "a.tif"
        entry = store.head_object(*names)
        assert entry.etag == "Tue, 14 Nov 2023 22:13:20 GMT, 104 bytes"
        assert store.read_range(*names, 0, 4, etag=entry.etag) == b"II*\0"
        os.utime(site / "a.tif", (1_700_000_001, 1_700_000_001))
        with pytest.raises(ProtocolError, match="has been replaced since"):
            store.read_range(*names, 0, 4, etag=entry.etag)


def test_apaches_weak_etag_of_a_new_file_is_the_same_version(site, web):
    with apache(site) as server:
        (site / "a.tif").write_bytes(b"II*\0" * 100)
        store = web(f"{server.url}/a.tif")
        names = urlsplit(server.url).netloc, "a.tif"
        early = store.head_object(*names).etag
        threading.Event().wait(2.1)
        assert store.read_range(*names, 0, 4, etag=early) == b"II*\0"


def test_a_cancelled_download_leaves_nothing(plain_nginx, web, tmp_path):
    store = web(f"{plain_nginx.url}/cogs/")
    with pytest.raises(Cancelled):
        store.download("cogs", "big.bin", tmp_path / "big", progress=lambda done, _: done == 0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b"<html><title>Log in</title><form></form></html>", "text/html", "lists no files"),
        (b"hello", "text/plain", "neither a TIFF nor a list of files"),
        (b"[{}]", "application/json", None),
        (b"<x/>", "application/xml", "lists no files"),
    ],
)
def test_what_is_no_folder_is_said_to_be_none(body, kind, said, fault_proxy, web):
    headers = {"Content-Type": kind, "Content-Length": str(len(body))}
    proxy = fault_proxy(answer=Fault(status=200, body=body, headers=headers))
    store = web(f"{proxy.url}/cogs/")
    if said is None:
        assert listed(store) == ([], {})
        return
    with pytest.raises(ProtocolError, match=said):
        listed(store)


def test_a_folder_that_is_not_shown(folder, web):
    with (
        nginx(folder, "") as server,
        pytest.raises(PermissionDeniedError, match="shows no folders"),
    ):
        listed(web(f"{server.url}/cogs/"))


def test_links_in_a_circle_end(site, web):
    (site / "loop").mkdir()
    (site / "loop" / "again").symlink_to("../loop")
    with nginx(site) as server, pytest.raises(ProtocolError, match="go in circles"):
        listed(web(f"{server.url}/loop/"), delimiter="")


@pytest.fixture(scope="module")
def public_container(stack):
    """A Swift container that anybody may list: its URL."""
    name = stack.unique_name("public")
    with closing(stack.connection("demo")) as swift:
        read = {"X-Container-Read": ".r:*,.rlistings"}
        swift.put_container(name, headers=read)
        for number in range(5):
            swift.put_object(name, f"s/{number}.tif", b"II*\0" * (number + 1))
        swift.put_object(name, "ä b.tif", b"II*\0")
    return f"{stack.storage_url()}/{name}"


@pytest.mark.parametrize("query", ["", "?format=json", "?format=json&prefix=s/"])
def test_the_listing_of_a_public_swift_container(query, public_container, web):
    store = web(public_container + query)
    prefixes, entries = listed(store, page_size=2)
    if "prefix" in query:
        assert (prefixes, len(entries)) == ([], 5)
    else:
        assert (prefixes, set(entries)) == (["s/"], {"ä b.tif"})
    everything = listed(store, "s/", "", page_size=2)[1]
    assert [entry.size for entry in everything.values()] == [4, 8, 12, 16, 20]
    container = public_container.rpartition("/")[2]
    assert {entry.container for entry in everything.values()} == {container}
    entry = store.head_object(container, "s/4.tif")
    assert entry.etag == everything["s/4.tif"].etag
    assert store.read_range(container, "ä b.tif", 0, 4) == b"II*\0"


def test_a_staticweb_page_of_swift(stack, public_container, web, fault_proxy):
    name = public_container.rpartition("/")[2]
    with closing(stack.connection("demo")) as swift:
        swift.post_container(name, {"X-Container-Meta-Web-Listings": "true"})
    try:
        prefixes, entries = listed(web(public_container + "/"))
        assert (prefixes, set(entries)) == (["s/"], {"ä b.tif"})
        assert listed(web(public_container), "s/")[0] == []
        assert len(listed(web(public_container), "s/")[1]) == 5
    finally:
        with closing(stack.connection("demo")) as swift:
            swift.post_container(name, {"X-Container-Meta-Web-Listings": ""})


class BucketHandler(PlainHandler):
    """A public bucket as Amazon S3 lists it, two keys a page; objects without ranges."""

    keys = ("2025/a.tif", "2026/b.tif", "c d.tif", "e+é.tif", "f.tif")

    def do_GET(self):
        parts = urlsplit(self.path)
        if parts.path.strip("/") != "bucket":
            SimpleHTTPRequestHandler.do_GET(self)
            return
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        prefix, delimiter = query.get("prefix", ""), query.get("delimiter", "")
        names = [key for key in self.keys if key.startswith(prefix)]
        if delimiter:
            cut = ((k, k[len(prefix) :].partition("/")) for k in names)
            names = sorted({prefix + a + slash if slash else k for k, (a, slash, _) in cut})
        start = int(query.get("continuation-token", "at-0").partition("-")[2])
        page, more = names[start : start + 2], len(names) > start + 2
        rows = "".join(
            f"<CommonPrefixes><Prefix>{escape(n)}</Prefix></CommonPrefixes>"
            if n.endswith("/")
            else f"<Contents><Key>{escape(n)}</Key><Size>9</Size>"
            "<LastModified>2026-11-21T16:45:00.000Z</LastModified></Contents>"
            for n in page
        )
        token = f"<NextContinuationToken>at-{start + 2}</NextContinuationToken>" if more else ""
        body = (
            f"<ListBucketResult xmlns='http://s3.amazonaws.com/doc/2006-03-01/'>{rows}{token}"
            f"<IsTruncated>{json.dumps(more)}</IsTruncated></ListBucketResult>"
        ).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.mark.parametrize("query", ["", "/", "?list-type=2&delimiter=/"])
def test_the_listing_of_a_public_bucket(query, tmp_path, web):
    with python_server(tmp_path, BucketHandler) as server:
        store = web(f"{server.url}/bucket{query}")
        prefixes, entries = listed(store)
        assert prefixes == ["2025/", "2026/"]
        assert set(entries) == {"c d.tif", "e+é.tif", "f.tif"}
        assert set(listed(store, delimiter="")[1]) == set(BucketHandler.keys)
        assert set(listed(store, "2026/")[1]) == {"2026/b.tif"}
        pages = store.list_objects("bucket", "", "")
        before = len(server.requests())
        next(pages)
        assert len(server.requests()) == before + 1  # the next is fetched when it is asked for
        assert store.source("bucket", "e+é.tif") == (f"/vsicurl/{server.url}/bucket/e%2B%C3%A9.tif")


def test_a_documented_session(plain_nginx, tmp_path):
    """What docs/web.md shows, run as it stands there."""
    page = Path(__file__).parents[2] / "docs" / "web.md"
    (code,) = (part.partition("```")[0] for part in page.read_text().split("```python\n")[1:])
    code = code.replace("https://data.example.org/cogs/", f"{plain_nginx.url}/cogs/")
    assert plain_nginx.url in code
    names = {}
    exec(compile(code, "web.md", "exec"), names)
    assert names["dataset"].RasterXSize == 1024
