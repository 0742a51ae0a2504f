# SPDX-License-Identifier: GPL-2.0-or-later
from __future__ import annotations

import logging
import time

import pytest

from cog_browser.storage import http, http_connections
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import ConfigurationError, ServerError, TransportError
from cog_browser.storage.http import HttpClient, HttpSettings, is_loopback
from cog_browser.storage.recipe import StoreRecipe
from tests.support.faults import Fault


@pytest.mark.parametrize(
    ("host", "is_local"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.1.2.3", True),
        ("::1", True),
        ("127.example.org", False),
        ("localhost.example.org", False),
        ("10.0.0.1", False),
        ("", False),
    ],
)
def test_loopback_is_this_machine_only(host, is_local):
    assert is_loopback(host) is is_local


@pytest.mark.parametrize("value", ["gAAA-s3cr3t\n", "gAAA-s3cr3t\r\nX: y", "gAAA-s3cr3t-\u20ac"])
def test_a_token_that_http_cannot_carry_is_refused_without_showing_it(fault_proxy, value):
    server = fault_proxy(None, answer=Fault(status=200))
    with pytest.raises(ConfigurationError, match="copy it again") as caught:
        HttpClient().call("GET", server.url, "try", headers={"X-Auth-Token": value})
    assert "s3cr3t" not in str(caught.value)
    assert caught.value.__suppress_context__
    assert server.requests == []


def test_a_missing_ca_bundle_is_named(fault_proxy):
    with pytest.raises(ConfigurationError, match=r"/no/such/ca\.pem"):
        HttpClient("/no/such/ca.pem").call("GET", "https://localhost:9/", "try")


def test_no_representation_shows_the_proxys_password():
    settings = HttpSettings(proxies={"http": "http://user:s3cr3t@proxy.example.org:8080"})
    recipe = StoreRecipe(Connection("x"), Credentials(password="pass-s3cr3t"), settings)
    assert "s3cr3t" not in repr(settings) + repr(recipe)
    assert StoreRecipe.from_document(recipe.to_document()) == recipe


def test_a_proxy_is_used_but_not_for_what_is_excepted(fault_proxy):
    proxy = fault_proxy(None, answer=Fault(status=200))
    settings = HttpSettings(
        proxies={"http": proxy.url}, no_proxy=("http://direct.invalid/",), connect_timeout=1
    )
    client = HttpClient(settings=settings)
    client.call("GET", "http://store.invalid/v1/x", "try").close()
    assert [r.target for r in proxy.requests] == ["http://store.invalid/v1/x"]
    with pytest.raises(Exception, match="unknown"):
        client.call("GET", "http://direct.invalid/v1/x", "try")
    assert len(proxy.requests) == 1


def test_a_silent_server_is_given_up_after_the_connection_s_own_time_out(fault_proxy):
    server = fault_proxy(None, answer=Fault(status=200, delay_s=30))
    ours = Connection("x", read_timeout=0.3, connect_timeout=2)
    client = HttpClient.for_connection(ours, HttpSettings(connect_timeout=30, read_timeout=60))
    assert client.timeout == (2, 0.3)
    started = time.monotonic()
    with pytest.raises(TransportError):
        client.call("GET", server.url, "try")
    assert time.monotonic() - started < 10
    as_qgis = HttpClient.for_connection(Connection("y"), HttpSettings(connect_timeout=7))
    assert as_qgis.timeout == (7, 60)


def test_connections_are_used_again_after_answers_without_a_body(fault_proxy):
    server = fault_proxy(None, answer=Fault(status=200, body=b"abc"))
    client = HttpClient()
    for method in ("HEAD", "GET", "HEAD", "HEAD", "GET"):
        client.call(method, server.url, "try").close()
    assert server.connections == 1
    client.close()


def test_only_what_changes_nothing_is_repeated(fault_proxy, monkeypatch):
    monkeypatch.setattr(http, "FIRST_PAUSE", 0.3)
    server = fault_proxy(None, answer=Fault(status=500))
    client = HttpClient()
    started = time.monotonic()
    with pytest.raises(ServerError):
        client.call("GET", server.url, "try", retries=1)
    assert time.monotonic() - started > 0.1
    with pytest.raises(ServerError):
        client.call("PUT", server.url, "try", body=b"x")
    assert [r.method for r in server.requests] == ["GET", "GET", "PUT"]


@pytest.mark.parametrize(("rest", "connections"), [(0.1, 2), (60.0, 1)])
def test_a_connection_that_has_rested_for_long_is_not_trusted(
    fault_proxy, monkeypatch, rest, connections
):
    monkeypatch.setattr(http_connections, "REST", rest)
    server, client = fault_proxy(None, answer=Fault(status=200, body=b"x")), HttpClient()
    client.call("GET", server.url, "try").read(1)
    time.sleep(0.3)
    client.call("GET", server.url, "try").read(1)
    assert server.connections == connections


def test_nobodys_log_shows_a_query(fault_proxy, caplog):
    caplog.set_level(logging.DEBUG)  # as another plugin may
    server = fault_proxy(None, answer=Fault(status=200))
    for _ in range(2):
        HttpClient().call("HEAD", f"{server.url}/c/k.tif?sv=1&sig=s3cr3t", "try").close()
    assert server.requests[0].target == "/c/k.tif?sv=1&sig=s3cr3t"
    lines = [r.getMessage() for r in caplog.records if r.name == "urllib3.connectionpool"]
    assert [line for line in lines if "HEAD /c/k.tif HTTP/1.1" in line]
    urllib3 = logging.getLogger("urllib3.connectionpool")
    urllib3.debug("Redirecting %s -> %s", "/a?sig=s3cr3t", "https://cdn.example.net/b?sig=s3cr3t")
    urllib3.warning("Failed to parse headers (url=%s): %s", "http://h/a?sig=s3cr3t", OSError("x"))
    assert "Redirecting /a -> https://cdn.example.net/b" in caplog.text
    assert "s3cr3t" not in caplog.text
    assert len(urllib3.filters) == 1
