# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a redirect of a web server may lead. No network: names are known here."""

from __future__ import annotations

import socket

import pytest

from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import ProtocolError
from cog_browser.storage.web.address import WebAddress
from cog_browser.storage.web.client import WebClient

NAMES = {
    "data.example.org": ["93.184.215.14"],
    "cdn.example.net": ["93.184.215.15", "2606:2800:21f:cb07::1"],
    "inwards.example.net": ["93.184.215.15", "127.0.0.1"],
    "inwards6.example.net": ["64:ff9b::7f00:1"],
    "gis.example.org": ["10.0.0.5"],
    "localhost6": ["::1"],
}


class Moved:
    status = 302

    def __init__(self, location):
        self.headers = {"Location": location}


@pytest.fixture
def follow(monkeypatch):
    def known(host, *_args, **_options):
        if host not in NAMES:
            raise socket.gaierror(host)
        return [(0, 0, 0, "", (address, 0)) for address in NAMES[host]]

    monkeypatch.setattr(socket, "getaddrinfo", known)

    def go(start, location):
        root = "http://data.example.org/cogs"
        connection = Connection("x", kind="http", storage_url=root, auth_mode="anonymous")
        client = WebClient(WebAddress.of(connection), connection, Credentials(), None)
        return client._next(start, Moved(location), "read")

    return go


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "[::1]", "[::]", "0.0.0.0", "localhost", "a.localhost", "localhost6",
        "10.1.2.3", "100.64.0.1", "169.254.169.254", "224.0.0.1", "[fd00:ec2::254]",
        "[::ffff:127.0.0.1]", "[::7f00:1]", "[64:ff9b::7f00:1]", "[64:ff9b::10.0.0.1]",
        "[2002:7f00:1::]", "metadata.google.internal", "router", "nas.local",
        "inwards.example.net", "inwards6.example.net", "gis.example.org",
    ],
)  # fmt: skip
def test_no_redirect_leads_inwards(follow, host):
    with pytest.raises(ProtocolError, match="into your own computer or network"):
        follow("http://data.example.org/cogs/a.tif", f"http://{host}/a.tif")


@pytest.mark.parametrize(
    "host",
    [
        "127.1", "2130706433", "0", "0x7f.1", "0x7f000001", "0177.0.0.1", "127.0.0.0x1", "1.2.3.08",
        "localhost.", "cdn.example.net.", "%6cocalhost", "127。0。0。1", "[fe80::1%25eth0]",
    ],
)  # fmt: skip
def test_a_host_that_programs_read_differently_is_refused(follow, host):
    with pytest.raises(ProtocolError, match="to what is no URL"):
        follow("http://data.example.org/cogs/a.tif", f"http://{host}/a.tif")


@pytest.mark.parametrize(
    ("start", "location"),
    [
        ("http://data.example.org/a", "http://cdn.example.net/a"),
        ("http://data.example.org/a", "http://[64:ff9b::808:808]/a"),
        ("http://data.example.org/a", "http://known-to-the-proxy.example.net/a"),
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:8001/a"),
        ("http://localhost:8000/a", "http://127.0.0.1:8001/a"),
        ("http://gis.example.org/a", "http://10.0.0.6/a"),
        ("http://10.0.0.6/a", "http://gis.example.org/a"),
        ("http://127.1/a", "http://127.1/b"),  # as the user has entered it
    ],
)
def test_other_redirects_are_followed(follow, start, location):
    assert follow(start, location) == location


def test_a_network_is_not_the_computer(follow):
    for host in ("127.0.0.1", "169.254.169.254"):
        with pytest.raises(ProtocolError, match="into your own computer or network"):
            follow("http://gis.example.org/a", f"http://{host}/a")
