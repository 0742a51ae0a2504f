# SPDX-License-Identifier: GPL-2.0-or-later
"""Azure's own: signatures to hand on, public containers, and what it refuses."""

from __future__ import annotations

import base64
import dataclasses
import os
import uuid
from urllib.parse import urlsplit

import pytest

from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.diagnosis import diagnose
from cog_browser.storage.errors import (
    AuthenticationError,
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
def test_told_refusals(proxy, account, container, status, code, body, kind, said):
    endpoint = account[0].endpoint.replace(urlsplit(account[0].endpoint).netloc,
                                           urlsplit(proxy.url).netloc)  # fmt: skip
    store = open_store(dataclasses.replace(account[0], endpoint=endpoint), account[1])
    fault = Fault(status=status, body=body, headers={"x-ms-error-code": code} if code else {})
    proxy.add(fault, path="marker=", times=None)
    keys = []
    with pytest.raises(kind, match=said):
        for page in store.list_objects(container, page_size=2):
            keys += [entry.key for entry in page.objects]
    assert keys == ["k0", "k1"]
