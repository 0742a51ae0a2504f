# SPDX-License-Identifier: GPL-2.0-or-later
"""What web connections read: addresses, pages, listings. No network."""

from __future__ import annotations

import time
from datetime import datetime, timezone

import pytest

from cog_browser.storage.connection import Connection
from cog_browser.storage.errors import ConfigurationError, ProtocolError
from cog_browser.storage.models import EXACT, ROUNDED, UNKNOWN
from cog_browser.storage.web.address import WebAddress
from cog_browser.storage.web.documents import bucket_page, json_rows
from cog_browser.storage.web.html_index import HtmlIndex
from cog_browser.storage.web.rows import Row, child_of

FOLDER = "https://data.example.org/cogs/"
AT = datetime(2026, 11, 21, 16, 45, tzinfo=timezone.utc)


def read(page, folder=FOLDER, step=10**9):
    index = HtmlIndex(folder)
    rows = [row for i in range(0, len(page), step) for row in index.feed(page[i : i + step])]
    return rows + index.end(), index.is_index


NGINX = """<html><head><title>Index of /cogs/</title></head><body>
<h1>Index of /cogs/</h1><hr><pre><a href="../">../</a>
<a href="2026/">2026/</a>                       21-Nov-2026 16:45       -
<a href="a%20b%2Bc.tif">a b+c.tif</a>           21-Nov-2026 16:45    1238
<a href="quite-a-long-name-that-nginx-cuts-short-in-the-text.tif">quite-a-long..&gt;</a> \
21-Nov-2026 16:45     12M
</pre><hr></body></html>"""
APACHE = """<html><head><title>Index of /cogs</title></head><body><h1>Index of /cogs</h1>
<table><tr><th><a href="?C=N;O=D">Name</a></th><th><a href="?C=M;O=A">Last modified</a></th></tr>
<tr><td><a href="/"><img src="/icons/back.gif"></a></td><td><a href="/">Parent Directory</a></td>
<td>&nbsp;</td><td align="right">  - </td></tr>
<tr><td><a href="2026/"><img></a></td><td><a href="2026/">2026/</a></td>
<td align="right">2026-11-21 16:45  </td><td align="right">  - </td><td>5 files</td></tr>
<tr><td><a href="small.tif"><img></a></td><td><a href="small.tif">2020-01-01 10:00.tif</a></td>
<td align="right">2026-11-21 16:45  </td><td align="right">973 </td></tr>
<tr><td><a href="/cogs/large.tif"><img></a></td><td><a href="/cogs/large.tif">large.tif</a></td>
<td align="right">2026-11-21 16:45  </td><td align="right">1.2G</td></tr></table></body></html>"""
PYTHON = """<title>Directory listing for /cogs/</title><ul>
<li><a href="2026/">2026/</a></li><li><a href="%C3%A9.tif">é.tif</a></li></ul>"""
STATICWEB = """<title>Listing of /v1/AUTH_x/cogs/</title><table id="listing">
<tr class="item subdir"><td class="colname"><a href="2026/">2026/</a></td><td>&nbsp;</td></tr>
<tr class="item"><td class="colname"><a href="a.tif">a.tif</a></td>
<td class="colsize">1.2 KB</td><td class="coldate">2026-11-21 16:45:00</td></tr></table>"""


@pytest.mark.parametrize(
    ("page", "rows"),
    [
        (
            NGINX,
            [
                Row("2026", True, modified=AT),
                Row("a b+c.tif", False, 1238, EXACT, AT),
                Row(
                    "quite-a-long-name-that-nginx-cuts-short-in-the-text.tif",
                    False, 12 << 20, ROUNDED, AT,
                ),
            ],
        ),
        (
            APACHE,
            [
                Row("2026", True, modified=AT),
                Row("small.tif", False, 973, EXACT, AT),
                Row("large.tif", False, round(1.2 * (1 << 30)), ROUNDED, AT),
            ],
        ),
        (PYTHON, [Row("2026", True), Row("é.tif", False)]),
        (
            STATICWEB,
            [Row("2026", True), Row("a.tif", False, round(1.2 * 1024), ROUNDED, AT)],
        ),
    ],
    ids=["nginx", "apache", "python", "staticweb"],
)  # fmt: skip
@pytest.mark.parametrize("step", [10**9, 7, 1])
def test_pages_of_servers_are_read_however_they_arrive(page, rows, step):
    assert read(page, step=step) == (rows, True)


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example.org/cogs/a.tif",
        "http://data.example.org/cogs/a.tif",
        "https://data.example.org:444/cogs/a.tif",
        "https://user@data.example.org/cogs/a.tif",
        "//evil.example.org/cogs/a.tif",
        "../other/a.tif",
        "/cogs-of-others/a.tif",
        "/a.tif",
        "..",
        "./",
        "%2e%2e/",
        "%2e%2e%2fa.tif",
        "sub/a.tif",
        "a%2fb.tif",
        "a%5cb.tif",
        "a.tif?download=1",
        "?C=N;O=D",
        "#top",
        "",
        "%ff.tif",
        "javascript:alert(1)",
        "mailto:a@example.org",
        "file:///etc/passwd",
        "https://[",
    ],
)
def test_a_link_that_is_no_child_is_ignored(link):
    assert child_of(FOLDER, link) is None


@pytest.mark.parametrize(
    ("link", "child"),
    [
        ("a.tif", ("a.tif", False)),
        ("a.tif#page", ("a.tif", False)),
        ("/cogs/sub/", ("sub", True)),
        ("https://data.example.org:443/cogs/a%20%3F.tif", ("a ?.tif", False)),
        ("/%63ogs/a.tif", ("a.tif", False)),
    ],
)
def test_a_child_is_known_in_every_spelling(link, child):
    assert child_of(FOLDER, link) == child


def test_another_web_page_is_no_index():
    page = '<title>Welcome</title><a href="about/">About</a><a href="news.html">News</a>'
    assert read(page)[1] is False


def test_a_page_that_links_to_tiffs_is_one():
    rows, is_index = read('<h1>Our data</h1><a href="dem.tif">DEM</a> in metres')
    assert (is_index, rows) == (True, [Row("dem.tif", False)])


def test_a_name_that_is_linked_twice_is_one_row():
    page = '<a href="a.tif">a</a> <a href="b.tif">b</a> <a href="a.tif">download</a>'
    assert read(page)[0] == [Row("a.tif", False), Row("b.tif", False)]


def test_a_time_in_a_name_is_not_that_of_the_file():
    assert read('<a href="a.tif">2020-01-01 10:00 7')[0] == [Row("a.tif", False)]


def test_a_size_with_thousands_separators_is_not_guessed():
    rows, _ = read('<a href="a.tif">a.tif</a> 2026-11-21 16:45 1,234 bytes')
    assert rows == [Row("a.tif", False, 0, UNKNOWN, AT)]


@pytest.mark.parametrize(
    "page",
    ["<a " * 700_000, '<a href="' * 250_000, "<a href='x' href " * 120_000, "x" * 2_000_000,
     "<a " + "href=" * 400_000, "<title>" + " " * 2_000_000, "<a href=a.tif>" + "<b " * 600_000],
)  # fmt: skip
def test_a_hostile_page_costs_little_time(page):
    began = time.perf_counter()
    read(page, step=1 << 16)
    assert time.perf_counter() - began < 60


def test_json_of_nginx_and_caddy():
    nginx = b"""[{"name": "2026", "type": "directory", "mtime": "Sat, 21 Nov 2026 16:45:00 GMT"},
        {"name": "a.tif", "type": "file", "mtime": "Sat, 21 Nov 2026 16:45:00 GMT", "size": 5},
        {"name": "../b.tif", "type": "file", "size": 1}, {"odd": 1}]"""
    rows = [Row("2026", True, modified=AT), Row("a.tif", False, 5, EXACT, AT)]
    assert json_rows(nginx, "list") == rows
    caddy = b"""[{"name": "2026/", "size": 4096, "is_dir": true,
        "mod_time": "2026-11-21T16:45:00Z"},
        {"name": "a.tif", "size": 5, "is_dir": false, "mod_time": "2026-11-21T16:45:00.5Z"}]"""
    assert json_rows(caddy, "list") == rows


@pytest.mark.parametrize("body", [b"{}", b"[1]", b"no", b"[" * 100_000])
def test_other_json_is_no_folder(body):
    with pytest.raises(ProtocolError, match="no listing of a folder"):
        json_rows(body, "list")


BUCKET = b"""<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
<Name>b</Name><Prefix></Prefix><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>
<NextContinuationToken>tok+/=</NextContinuationToken>
<Contents><Key>a+b%2Bc%C3%A9.tif</Key><LastModified>2026-11-21T16:45:00.000Z</LastModified>
<ETag>&quot;abc&quot;</ETag><Size>7</Size><Owner><ID>x</ID></Owner></Contents>
<CommonPrefixes><Prefix>2026/</Prefix></CommonPrefixes></ListBucketResult>"""


def test_the_listing_of_a_bucket():
    page = bucket_page(BUCKET, "b", "list")
    entry = page.objects[0]
    assert (entry.key, entry.size, entry.last_modified, entry.etag) == ("a b+cé.tif", 7, AT, "abc")
    assert page.prefixes == ["2026/"]
    assert page.following == {"continuation-token": "tok+/="}


def test_the_first_version_of_it_goes_on_after_the_last_name():
    body = b"<ListBucketResult><IsTruncated>true</IsTruncated><Contents><Key>k+</Key>"
    body += b"<Size>1</Size></Contents></ListBucketResult>"
    assert bucket_page(body, "b", "list").following == {"marker": "k+"}


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]><ListBucketResult><Name>&a;</Name></ListBucketResult>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><ListBucketResult/>',
        b"<Error><Code>AccessDenied</Code></Error>",
        b"<ListBucketResult><Contents></Contents></ListBucketResult",
        b"<ListBucketResult><Contents><Key>a</Key><Size>x</Size></Contents></ListBucketResult>",
        b"<ListBucketResult><Contents><Size>1</Size></Contents></ListBucketResult>",
        b"<ListBucketResult>" + b"<a>" * 5000,
        b"",
    ],
)
def test_other_xml_is_refused(body):
    with pytest.raises(ProtocolError, match="no listing of a bucket"):
        bucket_page(body, "b", "list")


def test_names_and_sources_of_a_folder():
    address = WebAddress.parse("https://data.example.org/my%20cogs/?C=M;O=D")
    assert (address.root, address.folder) == ("https://data.example.org/my%20cogs", "my cogs")
    source = address.source("my cogs", "2026/ä b.tif")
    assert source == "/vsicurl/https://data.example.org/my%20cogs/2026/%C3%A4%20b.tif"
    assert address.names_of(source) == ("my cogs", "2026/ä b.tif")


def test_names_of_a_file_and_of_a_whole_host():
    address = WebAddress.parse("https://data.example.org/d/a%20b.tif")
    assert address.file == ("data.example.org", "a b.tif")
    assert address.url(*address.file) == "https://data.example.org/d/a%20b.tif"
    assert address.names_of("/vsicurl/https://data.example.org/d/a%20b.tif") == address.file
    host = WebAddress.parse("https://data.example.org/")
    assert host.folder == "data.example.org"
    assert host.source(host.folder, "a.tif") == "/vsicurl/https://data.example.org/a.tif"


@pytest.mark.parametrize(
    "source",
    [
        "/vsicurl/https://data.example.org/cogs-of-others/a.tif",
        "/vsicurl/https://data.example.org/a.tif",
        "/vsicurl/http://data.example.org/cogs/a.tif",
        "/vsicurl/https://data.example.org:444/cogs/a.tif",
        "/vsicurl/https://data.example.org/cogs/../a.tif",
        "/vsicurl/https://data.example.org/cogs/%2e%2e/a.tif",
        "/vsicurl/https://data.example.org/cogs/a.tif?x",
        "/vsicurl/https://data.example.org/cogs/%61.tif",
        "/vsicurl/https://data.example.org/cogs/",
        "/vsicurl/https://data.example.org/cogs/\\a.tif",
    ],
)
def test_no_other_spelling_of_a_source_is_ours(source):
    assert WebAddress.parse(FOLDER).names_of(source) is None


@pytest.mark.parametrize(
    ("url", "is_ours"),
    [
        ("https://data.example.org/cogs", True),
        ("https://data.example.org/cogs/", True),
        ("https://DATA.example.org:443/cogs/a.tif", True),
        ("https://data.example.org/cogs/2026/?format=json", True),
        ("https://data.example.org/cogs2/a.tif", False),
        ("https://data.example.org/", False),
        ("http://data.example.org/cogs/a.tif", False),
        ("https://data.example.org:8443/cogs/a.tif", False),
        ("https://data.example.org.evil.org/cogs/a.tif", False),
        ("https://data.example.org@evil.org/cogs/a.tif", False),
        ("https://evil.org\\.data.example.org/cogs/a.tif", False),
        ("https://data.example.org/cogs/../a.tif", False),
        ("https://data.example.org/cogs/%2e%2e/a.tif", False),
        ("https://data.example.org/cogs/%2e%2e%2fa.tif", False),
    ],
)
def test_a_secret_belongs_to_whole_path_segments_of_one_origin(url, is_ours):
    assert WebAddress.parse(FOLDER).owns(url) is is_ours


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://h.example.org/a.tif?sig=s3cr3t", "none of a listing"),
        ("https://h.example.org/a.tif?X-Amz-Signature=s3cr3t", "none of a listing"),
        ("https://h.example.org/a/../b", "“..”"),
        ("https://h.example.org/a/%2e%2e/b", "“..”"),
        ("https://h.example.org/a//b", "empty part"),
        ("https://u:s3cr3t@h.example.org/a", "user name or password"),
        ("ftp://h.example.org/a", "must look like"),
    ],
)
def test_a_url_that_can_not_be_kept_is_refused(url, said):
    with pytest.raises(ConfigurationError, match=said) as caught:
        Connection("w", kind="http", storage_url=url)
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize("filling", ["<b/>" * 200_000, " " * (16 << 20)])
def test_a_bucket_s_page_has_bounds(filling):
    with pytest.raises(ProtocolError, match="Could not list"):
        bucket_page(f"<ListBucketResult>{filling}</ListBucketResult>".encode(), "b", "list")


@pytest.mark.parametrize("filling", ["<p>no links</p>" * 80_000, '<a href="a.html">a</a>' * 5001])
def test_a_long_page_without_a_sign_of_an_index_is_given_up(filling):
    index = HtmlIndex(FOLDER)
    index.feed(filling)
    assert index.is_hopeless
    index = HtmlIndex(FOLDER)
    index.feed("<title>Index of /cogs/</title>" + filling)
    assert not index.is_hopeless


def test_an_index_has_bounds():
    index = HtmlIndex(FOLDER)
    index.feed("<title>Index of /cogs/</title>" + '<a href="?">a</a>' * 100_001)
    assert index.is_hopeless
