# SPDX-License-Identifier: GPL-2.0-or-later
"""Azure's own: signatures to hand on, public containers, and what it refuses."""

from __future__ import annotations

import base64
import dataclasses
import os
import uuid
from urllib.parse import urlsplit

import pytest

from cog_browser.storage.azure import access
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
    ThrottledError,
)
from cog_browser.storage.stores import open_store
from tests.integration.store_accounts import account_in
from tests.support.faults import Fault


@pytest.fixture
def proxy(azurite, fault_proxy):
    return fault_proxy(azurite.url)


@pytest.fixture
def account(azurite):
    return account_in("azure", azurite)


@pytest.fixture
def store(account):
    return open_store(*account)


@pytest.fixture
def through(proxy, account):
    """The account behind the proxy."""
    real, behind = (urlsplit(url).netloc for url in (account[0].endpoint, proxy.url))
    endpoint = account[0].endpoint.replace(real, behind)
    return open_store(dataclasses.replace(account[0], endpoint=endpoint), account[1])


@pytest.fixture
def container(store, tmp_path):
    name = store.create_container(f"c{uuid.uuid4().hex[:12]}").name
    (tmp_path / "f").write_bytes(b"x" * 1000)
    for number in range(3):
        store.upload(tmp_path / "f", name, f"k{number}")
    return name


def test_a_signature_reads_what_it_allows(store, account, container):
    link = store.share_url(container, "k0", 60)
    connection = dataclasses.replace(account[0], auth_mode="sas", containers=(container,))
    signed = open_store(connection, Credentials(sas_token="?" + urlsplit(link).query))
    assert signed.read_range(container, "k0", 0, 4) == b"xxxx"
    assert signed.head_object(container, "k0").size == 1000
    assert [each.name for each in signed.list_containers()] == [container]
    with pytest.raises((AuthenticationError, PermissionDeniedError)):
        signed.read_range(container, "k1", 0, 4)
    with pytest.raises((AuthenticationError, PermissionDeniedError)):
        list(signed.list_objects(container))
    with pytest.raises(ConfigurationError, match="hand on all that the signature allows"):
        signed.share_url(container, "k0")
    assert "sig=" not in signed.source(container, "k0") + repr(signed.recipe)


def test_a_public_container_needs_no_sign_in(store, account, container):
    anonymous = open_store(dataclasses.replace(account[0], auth_mode="anonymous"), Credentials())
    with pytest.raises((PermissionDeniedError, NotFoundError)):
        anonymous.head_object(container, "k0")
    public = f"p{uuid.uuid4().hex[:12]}"
    headers = {"x-ms-blob-public-access": "container"}
    store.call("PUT", (public,), "make", query="restype=container", headers=headers).close()
    store.copy_object(container, "k0", public, "k0")
    assert anonymous.read_range(public, "k0", 0, 4) == b"xxxx"
    assert [e.key for page in anonymous.list_objects(public) for e in page.objects] == ["k0"]
    with pytest.raises(PermissionDeniedError, match="Enter the names of those you may read"):
        list(anonymous.list_containers())


def test_a_container_that_is_not_empty_stays(store, container):
    with pytest.raises(ProtocolError, match="it is not empty"):
        store.delete_container(container)
    assert store.head_object(container, "k0").size == 1000


def test_wrong_keys_are_refused_with_a_sentence(account, container):
    wrong = base64.b64encode(os.urandom(64)).decode()
    with pytest.raises((AuthenticationError, PermissionDeniedError)) as caught:
        list(open_store(account[0], Credentials(account_key=wrong)).list_containers())
    assert wrong not in str(caught.value)
    with pytest.raises(ConfigurationError, match="The account key is none"):
        list(open_store(account[0], Credentials(account_key="no base64!")).list_containers())
    with pytest.raises(ConfigurationError, match="is no storage account's name"):
        bad = Connection("a", kind="azure", account="evil.example.org/")
        open_store(bad, Credentials(account_key=wrong))
    assert [step.ok for step in diagnose(*account)] == [True, True, True]


@pytest.mark.parametrize(
    ("status", "code", "body", "kind", "said"),
    [
        (403, "AuthenticationFailed",
         (b"<Error><AuthenticationErrorDetail>Signature not valid in the specified time frame"
         b"</AuthenticationErrorDetail></Error>"), AuthenticationError, "has expired"),
        (403, "AuthenticationFailed",
         (b"<Error><AuthenticationErrorDetail>Request date header too old"
         b"</AuthenticationErrorDetail></Error>"), ProtocolError, "clock differs too much"),
        (403, "AuthorizationPermissionMismatch", b"", PermissionDeniedError, "does not allow it"),
        (404, "ContainerNotFound", b"", NotFoundError, "no such container"),
        (503, "ServerBusy", b"", ThrottledError, "asks to slow down"),
        (200, "", b"<html></html>", ProtocolError, "none of Azure's"),
    ],
)  # fmt: skip
def test_told_refusals(proxy, through, container, status, code, body, kind, said):
    fault = Fault(status=status, body=body, headers={"x-ms-error-code": code} if code else {})
    proxy.add(fault, path="marker=", times=None)
    keys = []
    with pytest.raises(kind, match=said):
        for page in through.list_objects(container, page_size=2):
            keys += [entry.key for entry in page.objects]
    assert keys == ["k0", "k1"]


POLICIES = (
    '<?xml version="1.0" encoding="utf-8"?><SignedIdentifiers><SignedIdentifier><Id>mine</Id>'
    "<AccessPolicy><Start>2026-01-01T00:00:00.0000000Z</Start>"
    "<Expiry>2030-01-01T00:00:00.0000000Z</Expiry><Permission>r</Permission></AccessPolicy>"
    "</SignedIdentifier></SignedIdentifiers>"
)


def policies_of(store, container):
    response = store.call("GET", (container,), "look", query="restype=container&comp=acl")
    return response.read(1 << 16).decode()


def test_a_container_becomes_public_and_keeps_its_policies(store, account, container):
    query = "restype=container&comp=acl"
    store.call("PUT", (container,), "set", query=query, body=POLICIES.encode()).close()
    assert not store.read_access(container).is_public
    assert store.set_public(container, True).is_public
    assert store.prove_access(container, True) == ("k0",)
    assert "<Id>mine</Id>" in policies_of(store, container)
    anonymous = open_store(dataclasses.replace(account[0], auth_mode="anonymous"), Credentials())
    assert [e.key for page in anonymous.list_objects(container) for e in page.objects]
    assert not store.set_public(container, False).is_public
    assert store.prove_access(container, False) == ("k0",)
    assert "<Id>mine</Id>" in policies_of(store, container)


def test_a_level_that_does_not_hold_is_not_called_so(store, container, monkeypatch):
    monkeypatch.setattr(access, "_SETTLES", 0.2)
    with pytest.raises(ProtocolError, match=r"set to public, but a stranger who reads “k0” gets"):
        store.prove_access(container, True)
    store.set_public(container, True)
    with pytest.raises(ProtocolError, match=r"set to private, but .* gets its bytes"):
        store.prove_access(container, False)
    with pytest.raises(Cancelled):
        store.prove_access(container, False, lambda _done, _total: False)


def test_an_account_that_forbids_public_containers_says_so(proxy, through, container):
    code = {"x-ms-error-code": "PublicAccessNotPermitted"}
    proxy.add(Fault(status=409, headers=code), method="PUT", path="comp=acl", times=None)
    with pytest.raises(PermissionDeniedError, match="Allow Blob anonymous access"):
        through.set_public(container, True)
    assert not through.read_access(container).is_public


def test_a_link_that_does_not_work_is_thrown_away(proxy, through, container):
    proxy.add(Fault(status=403), path="sig=", times=None)
    with pytest.raises(ProtocolError, match=r"does not answer it \(403\), so it was thrown"):
        through.share_url(container, "k0", 60)
