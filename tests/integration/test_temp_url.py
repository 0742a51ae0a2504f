# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures are imported)
"""Share links on a real Swift: who may make them, how they are signed, what they open."""

from __future__ import annotations

import dataclasses
import logging
import time
from urllib.parse import parse_qs, urlsplit

import pytest

from cog_browser.storage.errors import (
    ConfigurationError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
)
from cog_browser.storage.share_links import redacted
from cog_browser.storage.swift.limits import SwiftLimits
from cog_browser.storage.swift.temp_url import SharePlan, plan_share
from tests.integration.test_swift import ODD_KEYS
from tests.integration.transfer_fixtures import (  # noqa: F401 (fixtures)
    behind,
    container,
    file,
    open_with,
    store,
    through,
)
from tests.support.faults import Fault


@pytest.fixture
def fetch(stack):
    with stack.session() as session:
        yield lambda link, method="GET": session.request(method, link, timeout=60)


@pytest.fixture
def keyless(behind):
    """The demo account without keys for links, before and after."""

    def clear():
        names = ("X-Account-Meta-Temp-URL-Key", "X-Account-Meta-Temp-URL-Key-2")
        behind.post_account(dict.fromkeys(names, ""))

    clear()
    yield behind
    clear()


def container_keys(behind, name):
    headers = behind.head_container(name)
    return {k: v for k, v in headers.items() if "temp-url" in k}


def test_without_a_key_nothing_is_made_and_it_is_said_what_a_key_can(store, behind, container):
    behind.put_object(container, "k", b"x")
    with pytest.raises(ConfigurationError) as caught:
        store.share_url(container, "k")
    assert f"every object of container “{container}”" in str(caught.value)
    assert "create_key=True" in str(caught.value)
    assert container_keys(behind, container) == {}


def test_with_consent_a_key_is_made_for_the_container_alone(
    store, behind, keyless, container, fetch
):
    behind.put_object(container, "a/b c.tif", b"pixels")
    behind.post_container(container, {"X-Container-Meta-Mine": "stays"})
    link = store.share_url(container, "a/b c.tif", 60, create_key=True)
    answer = fetch(link)
    assert (answer.status_code, answer.content) == (200, b"pixels")
    assert list(container_keys(behind, container)) == ["x-container-meta-temp-url-key"]
    assert behind.head_container(container)["x-container-meta-mine"] == "stays"
    assert "x-account-meta-temp-url-key" not in behind.head_account()
    # GET only
    assert fetch(link, "PUT").status_code == 401
    assert fetch(link, "DELETE").status_code == 401
    query = parse_qs(urlsplit(link).query)
    assert len(query["temp_url_sig"][0]) == 64  # sha256
    assert 50 <= int(query["temp_url_expires"][0]) - time.time() <= 61
    # the next link needs no consent and makes no other key
    before = container_keys(behind, container)
    assert fetch(store.share_url(container, "a/b c.tif")).status_code == 200
    assert container_keys(behind, container) == before


def test_an_existing_key_is_used_also_in_the_second_slot(store, behind, container, fetch):
    behind.put_object(container, "k", b"x")
    behind.post_container(container, {"X-Container-Meta-Temp-URL-Key-2": "older"})
    assert plan_share(store, container, "k") == SharePlan("container", "sha256", "older")
    assert fetch(store.share_url(container, "k", create_key=True)).content == b"x"
    assert container_keys(behind, container) == {"x-container-meta-temp-url-key-2": "older"}


def test_a_large_object_needs_the_accounts_key(store, behind, keyless, container, file, fetch):
    store.upload(file, container, "big.tif")
    behind.post_container(container, {"X-Container-Meta-Temp-URL-Key": "of the container"})
    assert plan_share(store, container, "big.tif") == SharePlan("account", "sha256")
    with pytest.raises(ConfigurationError, match="every object of every container of the project"):
        store.share_url(container, "big.tif")
    link = store.share_url(container, "big.tif", create_key=True)
    assert fetch(link).content == file.read_bytes()
    kept = behind.head_account()["x-account-meta-temp-url-key"]
    assert fetch(store.share_url(container, "big.tif")).status_code == 200
    assert behind.head_account()["x-account-meta-temp-url-key"] == kept
    # a plain object beside it goes on with its container's
    behind.put_object(container, "small", b"x")
    assert plan_share(store, container, "small").scope == "container"


def test_a_dynamic_object_is_known_by_its_manifest(store, behind, keyless, container):
    behind.put_object(container, "parts/1", b"x")
    behind.put_object(container, "here", b"", headers={"X-Object-Manifest": f"{container}/parts/"})
    other = store.create_container(f"{container}-other").name
    behind.put_object(container, "there", b"", headers={"X-Object-Manifest": f"{other}/parts/"})
    behind.post_container(container, {"X-Container-Meta-Temp-URL-Key": "k"})
    assert plan_share(store, container, "here").scope == "container"
    assert plan_share(store, container, "there").scope == "account"


@pytest.mark.parametrize("key", ODD_KEYS, ids=ascii)
def test_every_key_can_be_shared(store, behind, container, fetch, key):
    behind.post_container(container, {"X-Container-Meta-Temp-URL-Key": "k"})
    store.call("PUT", (container, key), "put", body=key.encode(), accept=(201,)).close()
    assert fetch(store.share_url(container, key)).content == key.encode()


def test_a_link_ends(store, behind, container, fetch):
    behind.put_object(container, "k", b"x")
    behind.post_container(container, {"X-Container-Meta-Temp-URL-Key": "k"})
    link = store.share_url(container, "k", 2)
    time.sleep(2.5)
    assert fetch(link).status_code == 401


@pytest.mark.parametrize("seconds", [0, -1, 10**12])
def test_a_nonsensical_life_is_refused(store, container, seconds):
    with pytest.raises(ConfigurationError, match="ten years"):
        store.share_url(container, "k", seconds)


def test_an_empty_object_and_one_that_is_not_there(store, behind, container, fetch):
    behind.post_container(container, {"X-Container-Meta-Temp-URL-Key": "k"})
    behind.put_object(container, "empty", b"")
    assert fetch(store.share_url(container, "empty")).content == b""
    with pytest.raises(NotFoundError, match="gone"):
        store.share_url(container, "gone")


def test_a_reader_gets_a_sentence_and_changes_nothing(stack, behind, container, tmp_path):
    behind.put_object(container, "k", b"x")
    behind.post_container(container, {"X-Container-Meta-Temp-URL-Key": "secret"})
    store = open_with(stack.environment("reader"), tmp_path)
    assert store.head_object(container, "k").size == 1
    with pytest.raises(PermissionDeniedError, match="only an owner of the project can make links"):
        store.share_url(container, "k", create_key=True)
    with pytest.raises(PermissionDeniedError, match="only an owner"):
        plan_share(store, container, "k")  # before anybody is asked for consent
    assert container_keys(behind, container) == {"x-container-meta-temp-url-key": "secret"}
    store.close()


def test_the_best_digest_that_the_server_takes_is_chosen(store, behind, container, monkeypatch):
    behind.put_object(container, "k", b"x")
    behind.post_container(container, {"X-Container-Meta-Temp-URL-Key": "k"})

    def told(*digests):
        monkeypatch.setattr(store, "_limits", SwiftLimits(digests=digests))
        return plan_share(store, container, "k").digest

    assert told("sha1", "sha512", "sha256") == "sha256"
    assert told("sha1", "sha512") == "sha512"
    assert told("sha1") == "sha1"
    assert told() == "sha256"
    with pytest.raises(ConfigurationError, match="signed by md4"):
        told("md4")
    nothing = SwiftLimits.from_info({"swift": {"version": "2.38.0"}})
    monkeypatch.setattr(store, "_limits", nothing)
    with pytest.raises(ConfigurationError, match="makes no links"):
        plan_share(store, container, "k")
    assert SwiftLimits.from_info({}).has_temp_urls is None  # not shown is not refused


def test_what_info_says_is_read(store):
    assert store.limits().has_temp_urls is True
    assert "sha256" in store.limits().digests


def test_sha1_and_sha512_work_too(store, behind, container, fetch, monkeypatch):
    behind.put_object(container, "k", b"x")
    behind.post_container(container, {"X-Container-Meta-Temp-URL-Key": "k"})
    for digest in {"sha1", "sha512"} & set(store.limits().digests):
        only = dataclasses.replace(store.limits(), digests=(digest,))
        monkeypatch.setattr(store, "_limits", only)
        assert fetch(store.share_url(container, "k")).content == b"x"


def test_a_link_that_does_not_work_is_thrown_away(through, faulty_store, behind, container):
    behind.put_object(container, "k", b"x")
    behind.post_container(container, {"X-Container-Meta-Temp-URL-Key": "k"})
    faulty_store.swift.add(Fault(status=401), method="GET", path="/k")
    with pytest.raises(ProtocolError, match="does not answer it") as caught:
        through.share_url(container, "k")
    assert "temp_url_sig" not in str(caught.value)


def test_no_link_and_no_key_is_in_a_log_or_a_repr(store, behind, container, caplog):
    behind.put_object(container, "k", b"x")
    with caplog.at_level(logging.DEBUG, "cog_browser"):
        link = store.share_url(container, "k", create_key=True)
    signature = parse_qs(urlsplit(link).query)["temp_url_sig"][0]
    key = container_keys(behind, container)["x-container-meta-temp-url-key"]
    assert "/k" in caplog.text
    assert signature not in caplog.text
    assert key not in caplog.text
    assert key not in repr(plan_share(store, container, "k"))
    assert redacted(link) == link.partition("?")[0] + "?…"


def test_a_key_that_somebody_makes_meanwhile_is_not_replaced(
    store, behind, container, fetch, monkeypatch
):
    from cog_browser.storage.swift import temp_url

    behind.put_object(container, "k", b"x")
    real = temp_url._make_key

    def rival(*arguments):
        behind.post_container(container, {"X-Container-Meta-Temp-URL-Key": "rival"})
        return real(*arguments)

    monkeypatch.setattr(temp_url, "_make_key", rival)
    assert fetch(store.share_url(container, "k", create_key=True)).content == b"x"
    assert container_keys(behind, container) == {"x-container-meta-temp-url-key": "rival"}
