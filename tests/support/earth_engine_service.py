# SPDX-License-Identifier: GPL-2.0-or-later
"""Earth Engine as far as registering assets goes, on loopback: Google's own can't be asked here.

It speaks to Google's own client as well (discovery, tokens, the list of algorithms).
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

LONG = 60.0  # seconds; more than any test takes


@dataclass
class Captured:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]  # names in lower case
    body: bytes


class EarthEngineService(ThreadingHTTPServer):
    """``status`` and ``answer`` are the next answers; ``cuts`` hangs up instead of answering.

    While ``held`` is set, registrations wait for ``released``.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.registrations: list[Captured] = []
        self.tokens: list[Captured] = []
        self.arrived, self.released = threading.Event(), threading.Event()
        self.status, self.answer, self.extra = 200, "{}", {}
        self.cuts = self.held = False
        self.refuses_tokens = False

    def __enter__(self) -> EarthEngineService:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.released.set()
        self.shutdown()
        self.server_close()

    def refuse(self, status: int, message: str, code: str = "", reason: str = "") -> None:
        """As Google's services refuse."""
        details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}]
        error = {"code": status, "message": message, "status": code}
        self.status = status
        self.answer = json.dumps({"error": {**error, "details": details if reason else []}})

    def service_account(self) -> str:
        """A key file whose tokens this service gives."""
        key = rsa.generate_private_key(65537, 2048).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return json.dumps(
            {
                "type": "service_account",
                "project_id": "maps-123",
                "private_key_id": "1",
                "private_key": key.decode(),
                "client_email": "writer@maps.example.org",
                "token_uri": f"{self.url}/token",
            }
        )

    def user(self, **more: str) -> str:
        """A user's sign-in as gcloud writes it."""
        document = {
            "type": "authorized_user",
            "client_id": "client",
            "client_secret": "planted-client-secret",
            "refresh_token": "planted-refresh-token",
            "token_uri": f"{self.url}/token",
        }
        return json.dumps({**document, **more})


class _Handler(BaseHTTPRequestHandler):
    server: EarthEngineService

    def do_GET(self) -> None:
        if self.path.startswith("/$discovery"):
            self._send(200, json.dumps(_discovery(self.server.url)))
        else:
            self._send(200, '{"algorithms": []}')

    def do_POST(self) -> None:
        server, parts = self.server, urlsplit(self.path)
        captured = Captured(
            "POST",
            parts.path,
            parse_qs(parts.query),
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(int(self.headers["Content-Length"])),
        )
        if parts.path == "/token":
            server.tokens.append(captured)
            if server.refuses_tokens:
                self._send(400, '{"error": "invalid_grant", "error_description": "geheim"}')
                return
            token = f"planted-token-{len(server.tokens):0>12}"
            self._send(200, json.dumps({"access_token": token, "expires_in": 3600}))
            return
        if len(captured.body) < int(self.headers["Content-Length"]):
            self.close_connection = True  # the client has hung up
            return
        server.registrations.append(captured)
        server.arrived.set()
        if server.held:
            server.released.wait(LONG)
        if server.cuts:
            self.close_connection = True
            return
        self._send(server.status, server.answer, server.extra)

    def _send(self, status: int, text: str, extra: dict[str, str] | None = None) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (extra or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        pass


def _discovery(url: str) -> dict[str, Any]:
    """As much of the API's description as its client needs, after developers.google.com."""

    def method(name: str, verb: str, path: str, parameter: str, **more: Any) -> dict[str, Any]:
        given = {parameter: {"type": "string", "required": True, "location": "path"}}
        return {
            "id": f"earthengine.projects.{name}",
            "path": path,
            "httpMethod": verb,
            "parameters": given,
            "parameterOrder": [parameter],
            "response": {"$ref": "Any"},
            **more,
        }

    register = method(
        "image.importExternal", "POST", "v1/{+project}/image:importExternal", "project",
        request={"$ref": "Any"},
    )  # fmt: skip
    algorithms = method("algorithms.list", "GET", "v1/{+parent}/algorithms", "parent")
    return {
        "kind": "discovery#restDescription",
        "name": "earthengine",
        "version": "v1",
        "rootUrl": f"{url}/",
        "servicePath": "",
        "batchPath": "batch",
        "parameters": {"prettyPrint": {"type": "boolean", "location": "query"}},
        "schemas": {"Any": {"id": "Any", "type": "object"}},
        "resources": {
            "projects": {
                "resources": {
                    "image": {"methods": {"importExternal": register}},
                    "algorithms": {"methods": {"list": algorithms}},
                }
            }
        },
    }
