# SPDX-License-Identifier: GPL-2.0-or-later
"""An identity provider that is faked, in front of the real Keystone."""

from __future__ import annotations

import base64
import contextlib
import http.server
import json
import threading
from urllib.parse import parse_qs

import requests

from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials


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


@contextlib.contextmanager
def identity_provider(stack):
    """A running `Provider`: its ``url``, and what it has ``seen``."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    server.daemon_threads = True
    server.stack, server.seen = stack, []
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
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
