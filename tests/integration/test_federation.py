# SPDX-License-Identifier: GPL-2.0-or-later
"""Federated sign-in: a real Keystone and Swift behind an identity provider that is faked."""

from __future__ import annotations

import pytest

from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import AuthenticationError, ConfigurationError, TransportError
from cog_browser.storage.sign_in import federation
from cog_browser.storage.sign_in.application_credentials import (
    create_application_credential,
    rights_of,
)
from cog_browser.storage.stores import open_store
from tests.support.identity_provider import GOOD, connection, identity_provider


@pytest.fixture
def provider(stack):
    with identity_provider(stack) as server:
        yield server


BAD = {
    "oidc_client_credentials": Credentials(client_secret="wrong"),
    "oidc_access_token": Credentials(token="wrong"),
    "oidc_password": Credentials(password="wrong", client_secret="client-s3cr3t"),
}


@pytest.mark.parametrize("mode", GOOD)
def test_an_identity_provider_leads_to_the_project(provider, stack, mode):
    store = open_store(connection(provider, mode), GOOD[mode])
    assert store.storage_url == stack.storage_url("calibration")
    assert isinstance(list(store.list_containers()), list)
    assert store.renews == (mode != "oidc_access_token")


@pytest.mark.parametrize("mode", BAD)
def test_a_refusal_is_said_and_not_repeated(provider, mode):
    store = open_store(connection(provider, mode), BAD[mode])
    for _ in range(3):
        with pytest.raises(AuthenticationError, match="refused") as caught:
            list(store.list_containers())
        assert "s3cr3t" not in str(caught.value)
    assert len([p for p, _, _ in provider.seen if p in ("/token", "/v3/auth/tokens")]) <= 1


def test_an_unreachable_provider_is_said(provider, unused_port):
    gone = connection(
        provider,
        "oidc_client_credentials",
        discovery_endpoint=f"http://127.0.0.1:{unused_port}/x",
    )
    with pytest.raises(TransportError, match="can't be reached"):
        list(open_store(gone, GOOD["oidc_client_credentials"]).list_containers())


@pytest.mark.parametrize("mode", GOOD)
def test_what_is_missing_is_named(provider, mode):
    with pytest.raises(ConfigurationError, match="needs the identity provider"):
        open_store(connection(provider, mode, identity_provider=""), GOOD[mode])
    with pytest.raises(ConfigurationError, match="needs the"):
        open_store(connection(provider, mode), Credentials())


def test_without_the_library_a_sentence_says_what_to_install(provider, monkeypatch):
    monkeypatch.setattr(federation, "oidc", None)
    with pytest.raises(ConfigurationError, match="keystoneauth1"):
        open_store(connection(provider, "oidc_client_credentials"), GOOD["oidc_client_credentials"])


def test_an_access_token_makes_a_credential_that_needs_no_provider(provider, stack):
    by_token = connection(provider, "oidc_access_token")
    store = open_store(by_token, GOOD["oidc_access_token"])
    assert rights_of(by_token, store.token()).project == "calibration"
    made, secret = create_application_credential(
        by_token, store.token(), stack.unique_name("machine"), days=1
    )
    provider.seen.clear()
    own = open_store(made, secret)
    assert isinstance(list(own.list_containers()), list)
    assert own.renews
    assert own.storage_url == store.storage_url
    assert not [path for path, _, _ in provider.seen if "openid" in path or path == "/token"]
