# SPDX-License-Identifier: GPL-2.0-or-later
"""Listings that name what was not asked for, or what can't be: nobody may delete by them."""

from __future__ import annotations

import dataclasses
from urllib.parse import urlsplit

import pytest

from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import ProtocolError
from cog_browser.storage.many_objects import survey
from cog_browser.storage.stores import open_store
from tests.integration.store_accounts import account_in
from tests.support.faults import Fault

OTHERS = "names that were not asked for"
NONE = "a name or a size that is none"


def s3(rows: str, encoding: str = "url") -> bytes:
    return (
        f"<ListBucketResult><EncodingType>{encoding}</EncodingType>{rows}</ListBucketResult>"
    ).encode()


def s3_row(key: str, size: str = "1") -> str:
    return f"<Contents><Key>{key}</Key><Size>{size}</Size></Contents>"


def azure(rows: str) -> bytes:
    return f"<EnumerationResults>{rows}</EnumerationResults>".encode()


def blob(name: str, size: str = "1", attribute: str = "") -> str:
    properties = f"<Properties><Content-Length>{size}</Content-Length></Properties>"
    return f"<Blobs><Blob><Name{attribute}>{name}</Name>{properties}</Blob></Blobs>"


CASES = [
    ("s3", s3(s3_row("b/k")), OTHERS),
    ("s3", s3("<CommonPrefixes><Prefix/></CommonPrefixes>"), OTHERS),
    ("s3", s3("<CommonPrefixes><Prefix>a/</Prefix></CommonPrefixes>"), OTHERS),
    ("s3", s3(s3_row("a/k", "many")), NONE),
    ("s3", s3(s3_row("a/k", "-1")), NONE),
    ("s3", s3(s3_row("a/k", "9" * 5000)), NONE),
    ("s3", s3(s3_row("a/%ff")), NONE),
    ("azure", azure(blob("b/k")), OTHERS),
    ("azure", azure("<Blobs><BlobPrefix><Name/></BlobPrefix></Blobs>"), OTHERS),
    ("azure", azure(blob("a/k") * 2), NONE),
    ("azure", azure(blob("a/k", "many")), NONE),
    ("azure", azure(blob("a/%ff", attribute=' Encoded="true"')), NONE),
    ("swift", b'[{"name": "b/k", "bytes": 1}]', OTHERS),
    ("swift", b'[{"subdir": ""}]', OTHERS),
    ("swift", b'[{"name": "a/\\ud800", "bytes": 1}]', NONE),
    ("swift", b'[{"name": "a/k", "bytes": "many"}]', NONE),
    ("swift", b'[{"name": ["a/"], "bytes": 1}]', NONE),
    ("swift", b'["a/k"]', "no listing"),
]


@pytest.mark.parametrize(("kind", "page", "said"), CASES)
def test_a_listing_is_not_believed(request, fault_proxy, kind, page, said):
    server = request.getfixturevalue({"azure": "azurite", "s3": "stack", "swift": "stack"}[kind])
    url = server.url if kind == "azure" else server.regions["RegionOne"].url
    proxy = fault_proxy(url)
    connection, credentials = account_in("s3-swift" if kind == "s3" else kind, server)
    if kind == "swift":
        storage_url = server.storage_url("demo").replace(url, proxy.url)
        connection = dataclasses.replace(connection, storage_url=storage_url)
    else:
        host = urlsplit(connection.endpoint).netloc
        through = connection.endpoint.replace(host, urlsplit(proxy.url).netloc)
        connection = dataclasses.replace(connection, endpoint=through)
    proxy.add(Fault(status=200, body=page), path="prefix=", times=None)
    with pytest.raises(ProtocolError, match=said):
        survey(open_store(connection, credentials), "some", [], ["a/"])


@pytest.mark.parametrize(
    "page", [b'[{"name": "b/k", "bytes": 1, "last_modified": ""}]', s3(s3_row("b/k"))]
)
def test_nor_that_of_a_web_page(stack, fault_proxy, page):
    proxy = fault_proxy(stack.regions["RegionOne"].url)
    proxy.add(Fault(status=200, body=page), times=None)
    store = open_store(Connection("w", kind="http", storage_url=f"{proxy.url}/c"), Credentials())
    with pytest.raises(ProtocolError, match=OTHERS):
        survey(store, "c", [], ["a/"])
