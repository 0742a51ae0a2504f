# SPDX-License-Identifier: GPL-2.0-or-later
"""A service account of Google: tokens from an endpoint on loopback, objects from moto."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from cog_browser.storage import google_auth
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import AuthenticationError, ConfigurationError
from cog_browser.storage.s3.signing import BearerToken, bearer_headers
from cog_browser.storage.stores import open_store


class TokenServer(ThreadingHTTPServer):
    """Gives a token for a rightly signed assertion, as Google does."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Tokens)
        self.key = rsa.generate_private_key(65537, 2048)
        self.claims: list[dict[str, Any]] = []
        self.lifetime, self.refuses = 3600, False
        self.url = f"http://127.0.0.1:{self.server_address[1]}/token"

    def document(self, **more: str) -> str:
        pem = self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        return json.dumps(
            {
                "type": "service_account",
                "project_id": "maps",
                "private_key_id": "1",
                "private_key": pem.decode(),
                "client_email": "reader@maps.example.org",
                "token_uri": self.url,
                **more,
            }
        )


class _Tokens(BaseHTTPRequestHandler):
    server: TokenServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        text, _, signature = parse_qs(body)["assertion"][0].rpartition(".")
        public = self.server.key.public_key()
        public.verify(_decoded(signature), text.encode(), padding.PKCS1v15(), hashes.SHA256())
        self.server.claims.append(json.loads(_decoded(text.partition(".")[2])))
        status = 400 if self.server.refuses else 200
        answer = {"error": "invalid_grant", "error_description": "geheim"}
        if status == 200:
            number = len(self.server.claims)
            answer = {"access_token": f"token-{number}", "expires_in": self.server.lifetime}
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *_args: Any) -> None:
        pass


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.fixture
def google() -> Iterator[TokenServer]:
    with TokenServer() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def assert_signed_by(google, link):
    """Written anew from Google's page on V4 signatures, as the service would check it."""
    parts = urlsplit(link)
    query, _, signature = parts.query.rpartition("&X-Goog-Signature=")
    fields = {name: found[0] for name, found in parse_qs(query).items()}
    day = fields["X-Goog-Date"][:8]
    scope = f"{day}/auto/storage/goog4_request"
    assert fields["X-Goog-Credential"] == f"reader@maps.example.org/{scope}"
    assert (fields["X-Goog-Algorithm"], fields["X-Goog-Expires"]) == ("GOOG4-RSA-SHA256", "600")
    assert query.split("&") == sorted(query.split("&"))
    request = f"GET\n{parts.path}\n{query}\nhost:{parts.netloc}\n\nhost\nUNSIGNED-PAYLOAD"
    digest = hashlib.sha256(request.encode()).hexdigest()
    text = f"GOOG4-RSA-SHA256\n{fields['X-Goog-Date']}\n{scope}\n{digest}"
    public = google.key.public_key()
    public.verify(bytes.fromhex(signature), text.encode(), padding.PKCS1v15(), hashes.SHA256())


def store_of(text, url="https://storage.googleapis.com"):
    connection = Connection("maps", kind="gs", auth_mode="service_account", endpoint=url)
    return open_store(connection, Credentials(service_account=text))


@pytest.mark.parametrize("by", ["content", "path"])
def test_objects_are_listed_written_and_read_with_its_token(
    google, amazon, fault_proxy, tmp_path, by
):
    proxy = fault_proxy(amazon.url)
    file, bucket = tmp_path / "a.bin", f"gs-{uuid.uuid4().hex[:12]}"
    file.write_bytes(b"pixels")
    key_file = tmp_path / "account.json"
    key_file.write_text(google.document())
    store = store_of(google.document() if by == "content" else str(key_file), proxy.url)
    store.create_container(bucket)
    store.upload(file, bucket, "a.bin")
    assert bucket in [c.name for c in store.list_containers()]
    assert store.read_range(bucket, "a.bin", 0, 6) == b"pixels"
    assert [c["iss"] for c in google.claims] == ["reader@maps.example.org"]  # one sign-in
    assert google.claims[0]["scope"].endswith("/devstorage.full_control")
    sent = [{k.lower(): v for k, v in dict(r.headers).items()} for r in proxy.requests]
    assert {h["authorization"] for h in sent} == {"Bearer token-1"}
    assert {h["x-goog-project-id"] for h in sent} == {"maps"}
    assert not [name for h in sent for name in h if name.startswith("x-amz-")]
    link = store.share_url(bucket, "a.bin", 600)
    assert requests.get(link, timeout=60).content == b"pixels"
    assert_signed_by(google, link)
    store.close()


def test_a_token_is_renewed_before_it_ends_and_after_it_was_refused(google, amazon):
    google.lifetime = 3600
    store = store_of(google.document(), amazon.url)
    source = store._calls._keys
    first = source.keys()
    assert source.keys() is first
    assert source.keys(refused=first).token == "token-2"
    assert source.keys(refused=first).token == "token-2"
    google.lifetime = 200  # less than the margin
    source.keys(refused=source.keys())
    assert source.keys().token == "token-4"
    store.close()


def test_a_refused_account_is_said_and_nothing_of_it_is_shown(google, amazon):
    google.refuses = True
    store = store_of(google.document(), amazon.url)
    with pytest.raises(AuthenticationError) as refused:
        list(store.list_containers())
    assert str(refused.value) == (
        f"127.0.0.1:{google.server_address[1]} refuses the service account: its key was deleted, "
        "the account is disabled, or this computer's clock is wrong."
    )
    assert "PRIVATE" not in repr(store.recipe) + repr(vars(refused.value))
    assert refused.value.__suppress_context__
    store.close()


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example.org/token",
        "http://oauth2.googleapis.com/token",
        "https://oauth2.googleapis.com.evil.example.org/token",
        "https://googleapis.com.example.org/token",
        "https://me@oauth2.googleapis.com/token",
        "https://oauth2.googleapis.com:8443/token",
        "http://127.0.0.1.example.org/token",
        "",
    ],
)
def test_a_file_that_sends_the_sign_in_elsewhere_is_refused(google, uri):
    with pytest.raises(ConfigurationError, match="token_uri that isn't Google's"):
        list(store_of(google.document(token_uri=uri)).list_containers())
    assert google.claims == []


@pytest.mark.parametrize("text", ["{}", "{", '{"type": "authorized_user"}', '{"a": ["b"]}'])
def test_what_is_no_service_account_is_said(text):
    with pytest.raises(ConfigurationError, match="This is no JSON file of a service account"):
        list(store_of(text).list_containers())


def test_a_damaged_key_is_said_without_it(google):
    with pytest.raises(ConfigurationError, match="no JSON file") as refused:
        list(store_of(google.document(private_key="geheim")).list_containers())
    assert "geheim" not in str(refused.value)


def test_no_token_goes_out_without_tls(google):
    with pytest.raises(ConfigurationError, match="would be sent a token without TLS"):
        store_of(google.document(), "http://gs.example.org")


def test_without_google_auth_a_sentence_says_what_is_missing(google, monkeypatch):
    monkeypatch.setattr(google_auth, "service_account", None)
    with pytest.raises(ConfigurationError, match=r"needs the Python package google-auth .*HMAC"):
        store_of(google.document())


def test_headers_have_google_s_names_beside_a_token():
    token = BearerToken("t", "maps", 0.0)
    assert bearer_headers({"x-amz-copy-source": "/b/k", "Range": "bytes=0-1"}, token) == {
        "x-goog-copy-source": "/b/k",
        "range": "bytes=0-1",
        "x-goog-project-id": "maps",
        "Authorization": "Bearer t",
    }
    paying = bearer_headers({"x-amz-request-payer": "requester"}, token)
    assert paying["x-goog-user-project"] == "maps"
    assert "geheim" not in repr(BearerToken("geheim", "maps", 0.0))
