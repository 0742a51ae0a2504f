# SPDX-License-Identifier: GPL-2.0-or-later
"""The server check and the CORS metadata of a container, on a real Swift."""

from __future__ import annotations

from contextlib import closing

import pytest
import requests

from cog_browser import api
from cog_browser.cog.server.check import ORIGIN, check_server
from cog_browser.storage.connection import Connection
from cog_browser.storage.cors import EXPOSED
from cog_browser.storage.errors import (
    ConfigurationError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
)
from cog_browser.storage.models import ObjectRef
from cog_browser.storage.stores import open_store
from cog_browser.storage.swift.cors import CorsRules, cors_rules
from tests.support.faults import Fault
from tests.support.rasters import make_cog


@pytest.fixture(scope="module")
def cog(tmp_path_factory):
    return make_cog(tmp_path_factory.mktemp("cog") / "a.tif", 600, 500)


@pytest.fixture
def store(stack):
    with closing(open_store(*Connection.from_environment(stack.environment("demo")))) as store:
        yield store


@pytest.fixture
def place(stack, store, cog):
    container = store.create_container(stack.unique_name()).name
    store.upload(cog, container, "a b/ü.tif")
    return ObjectRef(store, container, "a b/ü.tif")


def ids(findings):
    return {finding.id for finding in findings}


def test_a_private_object_is_checked_with_its_token(stack, place):
    since = stack.mark()
    report = check_server(place)
    assert report.is_ok
    assert not report.is_web_ready
    assert ids(report.errors) == set()
    assert ids(report.warnings) == {"H-CORS-O", "H-CORS-PRE"}
    assert ids(report.notes) == {"H-PRIVATE"}
    assert report.server == "Swift"
    shown = report.to_html() + str(report.to_dict()) + repr(report)
    assert place.store.token() not in shown
    assert "Token" not in shown
    requests = stack.swift_requests(since=since, within=place.container)
    methods = [request.method for request in requests]
    assert set(methods) == {"HEAD", "GET", "OPTIONS"}  # a check writes nothing
    assert len(methods) <= 13
    assert sum(request.bytes_sent for request in requests) < 400_000


def test_a_public_object_needs_no_token(stack, place):
    with closing(stack.connection("demo")) as connection:
        connection.post_container(place.container, {"X-Container-Read": ".r:*"})
    url = place.store.source(place.container, place.key).removeprefix("/vsicurl/")
    report = check_server(url)
    assert report.is_ok
    assert ids(report.notes) == set()


def test_the_console_checks_urls_and_objects(place):
    url = place.store.source(place.container, place.key).removeprefix("/vsicurl/")
    assert api.check_server(place).is_ok
    report = api.check_server(url)
    assert isinstance(report, api.ServerReport)
    assert ids(report.errors) == {"H-STATUS"}  # it is private


def test_with_cors_metadata_a_real_preflight_succeeds(place):
    store, container = place.store, place.container
    assert store.read_cors(container) == CorsRules()
    origins = ("https://maps.example.org", "https://other.example.org:8443")
    assert store.write_cors(container, CorsRules(), origins) == cors_rules(origins)
    assert store.read_cors(container) == cors_rules(origins)

    url = place.store.source(place.container, place.key).removeprefix("/vsicurl/")
    asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "range"}
    allowed, refused = (
        requests.options(url, headers={"Origin": origin, **asked}, timeout=60)
        for origin in ("https://maps.example.org", "https://evil.example.org")
    )
    assert allowed.status_code == 200
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://maps.example.org"
    assert "range" in allowed.headers["Access-Control-Allow-Headers"].lower()
    assert allowed.headers["Access-Control-Max-Age"] == "3600"
    assert refused.status_code == 401

    good = check_server(place, origin="https://maps.example.org")
    assert ids(good.warnings) == set()
    assert good.is_web_ready
    exposed = next(
        line for line in good.exchanges[-1].said if line.startswith("Access-Control-Expose")
    )
    assert all(name.lower() in exposed.lower() for name in EXPOSED)
    assert "H-CORS-PRE" in ids(check_server(place, origin="https://evil.example.org").warnings)


def test_with_all_origins_every_page_may_read(place):
    place.store.write_cors(place.container, CorsRules(), ("https://a.org", "*"))
    report = check_server(place, origin=ORIGIN)
    assert ids(report.warnings) == set()


def test_only_the_cors_metadata_changes_and_it_can_be_removed(stack, place):
    before = {"X-Container-Read": "demo:*", "X-Container-Meta-Note": "mine"}
    with closing(stack.connection("demo")) as connection:
        connection.post_container(place.container, before)
        now = place.store.write_cors(place.container, CorsRules(), ("*",))
        kept = connection.head_container(place.container)
        assert kept["x-container-meta-note"] == "mine"
        assert kept["x-container-read"] == "demo:*"
        place.store.write_cors(place.container, now, ())
        assert not [n for n in connection.head_container(place.container) if "access-control" in n]
    assert place.store.read_cors(place.container) == CorsRules()


def test_who_may_not_change_the_container_is_told_so(stack, place):
    reader = open_store(*Connection.from_environment(stack.environment("reader")))
    with closing(reader), pytest.raises(PermissionDeniedError, match="only the owner"):
        reader.write_cors(place.container, CorsRules(), ("*",))
    assert place.store.read_cors(place.container) == CorsRules()


def test_what_somebody_else_has_set_meanwhile_stays(place):
    theirs = place.store.write_cors(place.container, CorsRules(), ("https://theirs.org",))
    with pytest.raises(ProtocolError, match="somebody has changed it meanwhile"):
        place.store.write_cors(place.container, CorsRules(), ("*",))
    assert place.store.read_cors(place.container) == theirs


@pytest.mark.parametrize(
    "origin",
    ["maps.example.org", "https://a.org/", "https://a.org/map", "null", "https://*.a.org",
     "https://u@a.org", "https://a.org?x", "https://a.org, https://b.org", "ftp://a.org",
     "https://a.org\nX-Evil: 1", "https://", "https://ä.org"],
)  # fmt: skip
def test_what_is_no_origin_is_refused(origin):
    with pytest.raises(ConfigurationError, match="no origin of web pages"):
        cors_rules((origin,))


def test_an_object_that_is_not_there_can_not_be_judged(place):
    with pytest.raises(NotFoundError):
        check_server(ObjectRef(place.store, place.container, "gone.tif"))


def test_a_token_does_not_follow_a_redirect(faulty_store, place, fault_proxy):
    listener = fault_proxy()
    proxied = open_store(*Connection.from_environment(faulty_store.environment()))
    faulty_store.swift.add(Fault(redirect_to=listener.url), method="GET", times=None)
    with closing(proxied):
        report = check_server(ObjectRef(proxied, place.container, place.key))
    assert ids(report.errors) == {"H-REDIR-TOKEN"}
    assert "H-REDIR-HOST" in ids(report.warnings)
    assert listener.requests == []
    sent = [request.header("X-Auth-Token") for request in faulty_store.swift.requests]
    assert any(sent)  # it was signed, so there was something to leak


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        (Fault(ignore_range=True), "H-RANGE"),
        (Fault(gzip=True), "H-ENC"),
        (Fault(multipart=True), "H-BODY"),
        (Fault(headers={"Content-Range": None}), "H-CR"),
        (Fault(corrupt_at=0), "H-BODY"),
    ],
)
def test_a_proxy_that_spoils_a_real_swift_is_found(faulty_store, place, fault, rule):
    proxied = open_store(*Connection.from_environment(faulty_store.environment()))
    faulty_store.swift.add(fault, method="GET", times=None)
    with closing(proxied):
        report = check_server(ObjectRef(proxied, place.container, place.key))
    assert rule in ids(report.errors)
    assert not report.is_ok
