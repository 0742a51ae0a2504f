# SPDX-License-Identifier: GPL-2.0-or-later
"""Federated sign-in: a real Keystone and Swift behind an identity provider that is faked."""

from __future__ import annotations

import base64
import http.server
import json
import threading
from urllib.parse import parse_qs

import pytest
import requests

from cog_browser.storage import federation
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import AuthenticationError, ConfigurationError, TransportError
from cog_browser.storage.stores import open_store


class Provider(http.server.BaseHTTPRequestHandler):
    """An OpenID provider, and the part of Keystone that an Apache module would guard.

    All else is handed on to the real Keystone.
    """

    def do_GET(self):
        stack, own = self.server.stack, self.server.url
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append((self.path, dict(self.headers), body))
        if self.path == "/.well-known":
            return self.answer({"token_endpoint": own + "/token"})
        if self.path == "/token":
            return self.issue(parse_qs(body.decode()))
        if self.path.endswith("/protocols/openid/auth"):
            if self.headers.get("Authorization") != "Bearer good-token":
                return self.answer({"error": {}}, 401)
            token, document = self.unscoped(stack)
            return self.answer(document, 201, token)
        answer = requests.request(
            self.command,
            stack.auth_url.removesuffix("/v3") + self.path,
            data=body,
            headers={
                k: v for k, v in self.headers.items() if k.startswith("X-") or k == "Content-Type"
            },
            proxies={"http": None},
            timeout=10,
        )
        return self.answer(answer.json(), answer.status_code, answer.headers.get("X-Subject-Token"))

    do_POST = do_GET  # noqa: N815

    def issue(self, form):
        basic = base64.b64decode(self.headers.get("Authorization", "Basic ").split()[1]).decode()
        is_known = basic == "client:client-s3cr3t"
        if form["grant_type"] == ["password"]:
            is_known &= (form["username"], form["password"]) == (["me"], ["idp-s3cr3t"])
        self.answer({"access_token": "good-token"} if is_known else {}, 200 if is_known else 401)

    def unscoped(self, stack):
        identity = {
            "methods": ["password"],
            "password": {
                "user": {"name": "demo", "domain": {"id": "default"}, "password": "demopw"}
            },
        }
        answer = stack.session().post(
            stack.auth_url + "/auth/tokens",
            json={"auth": {"identity": identity, "scope": "unscoped"}},
            timeout=10,
        )
        return answer.headers["X-Subject-Token"], answer.json()

    def answer(self, document, status=200, token=None):
        content = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        if token:
            self.send_header("X-Subject-Token", token)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


@pytest.fixture
def provider(stack):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    server.daemon_threads = True
    server.stack, server.seen = stack, []
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def connection(provider, mode, **changes):
    return Connection(
        **{
            "name": "federated",
            "auth_mode": mode,
            "auth_url": provider.url + "/v3",
            "region": "RegionOne",
            "project_name": "calibration",
            "project_domain_id": "default",
            "identity_provider": "agency",
            "protocol": "openid",
            "discovery_endpoint": provider.url + "/.well-known",
            "client_id": "client",
            "user_name": "me",
            **changes,
        }
    )


GOOD = {
    "oidc_client_credentials": Credentials(client_secret="client-s3cr3t"),
    "oidc_access_token": Credentials(token="good-token"),
    "oidc_password": Credentials(password="idp-s3cr3t", client_secret="client-s3cr3t"),
}
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
