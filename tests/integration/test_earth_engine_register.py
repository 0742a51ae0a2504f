# SPDX-License-Identifier: GPL-2.0-or-later
"""Assets are registered as Google's own client does, and refusals are explained."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import threading
import time
import traceback
from pathlib import Path

import pytest

from cog_browser.storage import google_auth
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.earth_engine import tokens
from cog_browser.storage.earth_engine.register import (
    OutcomeUnknownError,
    Service,
    register_asset,
)
from cog_browser.storage.errors import (
    AlreadyExistsError,
    AuthenticationError,
    Cancelled,
    CogBrowserError,
    ConfigurationError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    QuotaExceededError,
    ThrottledError,
    TransportError,
)
from cog_browser.storage.http import HttpSettings
from cog_browser.storage.stores import open_store
from tests.support.earth_engine_service import EarthEngineService

ROOT = Path(__file__).resolve().parents[2]
PASTED = "ya29.planted-token-0123456789"
#: The seed's second sample, and a name that needs no ASCII.
MANIFEST = {
    "name": "projects/maps-123/assets/cogdemo2",
    "uriPrefix": "gs://ee-docs-demos/external_image_demo/",
    "tilesets": [
        {"id": "0", "sources": [{"uris": ["b4b3b2.tif"]}]},
        {"id": "1", "sources": [{"uris": ["b5b6b7.tif#1699", "é.tif"]}]},
    ],
    "bands": [
        {"id": "red", "tilesetId": "0", "tilesetBandIndex": 0},
        {"id": "rededge3", "tilesetId": "1", "tilesetBandIndex": 2, "pyramidingPolicy": "MODE"},
    ],
    "properties": {"version": 1.1, "place": "Zürich"},
    "missingData": {"values": [-9999.5]},
    "startTime": "2016-01-01T00:00:00Z",
}


@pytest.fixture
def service():
    with EarthEngineService() as running:
        yield running


def register(running, manifest=MANIFEST, **more):
    token = tokens.pasted_token(PASTED)
    more.setdefault("service", Service(running.url))
    return register_asset(manifest, "maps-123", token, **more)


@pytest.mark.parametrize("overwrite", [False, True])
def test_the_request_is_that_of_google_s_own_client(service, tmp_path, overwrite):
    """Its command line is run as users run it, against the same service."""
    (tmp_path / "config").write_text(json.dumps({"url": service.url}))
    (tmp_path / "account").write_text(service.service_account())
    (tmp_path / "manifest.json").write_text(json.dumps(MANIFEST))
    command = [
        ROOT / ".venv-servers" / "bin" / "earthengine",
        "--ee_config", tmp_path / "config",
        "--service_account_file", tmp_path / "account",
        "--project", "maps-123",
        "upload", "external_image", "--manifest", tmp_path / "manifest.json",
        *(["--force"] if overwrite else []),
    ]  # fmt: skip
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "EE_"))}
    ran = subprocess.run(
        command, env={**clean, "HOME": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert "Created asset projects/maps-123/assets/cogdemo2" in ran.stdout, ran.stderr
    assert register(service, overwrite=overwrite) == "projects/maps-123/assets/cogdemo2"

    theirs, ours = service.registrations
    assert (ours.method, ours.path, ours.query) == (theirs.method, theirs.path, theirs.query)
    assert ours.path == "/v1/projects/maps-123/image:importExternal"
    assert json.loads(ours.body) == json.loads(theirs.body)
    assert json.loads(ours.body) == {"imageManifest": MANIFEST, "overwrite": overwrite}
    for name in ("content-type", "accept", "x-goog-user-project"):
        assert ours.headers[name] == theirs.headers[name]
    scheme, token = theirs.headers["authorization"].split(" ")
    assert token == "planted-token-000000000001"
    assert ours.headers["authorization"] == f"{scheme} {PASTED}"


def test_endpoint_and_version_are_settings_and_never_in_clear(service):
    register(service, service=Service(service.url + "/", "v1beta"))
    assert service.registrations[0].path == "/v1beta/projects/maps-123/image:importExternal"
    with pytest.raises(ConfigurationError, match="is none of Google's"):
        register(service, service=Service("http://earthengine.example.org"))
    with pytest.raises(ConfigurationError, match="no version"):
        register(service, service=Service(service.url, "v1/../x"))
    with pytest.raises(ConfigurationError, match="no Google Cloud project"):
        register_asset(MANIFEST, "a/b", tokens.pasted_token(PASTED), service=Service(service.url))
    assert len(service.registrations) == 1


REFUSALS = [
    (401, "Request had invalid authentication credentials.", "UNAUTHENTICATED",
     "ACCESS_TOKEN_EXPIRED", AuthenticationError, "Google refuses the token"),
    (403, "Google Earth Engine API has not been used in project 5 before or it is disabled.",
     "PERMISSION_DENIED", "SERVICE_DISABLED", PermissionDeniedError,
     "The Earth Engine API is not enabled in the project “maps-123”"),
    (403, "Project 'projects/maps-123' is not registered to use Earth Engine.",
     "PERMISSION_DENIED", "", PermissionDeniedError, "register?project=maps-123"),
    (403, "Request had insufficient authentication scopes.", "PERMISSION_DENIED",
     "ACCESS_TOKEN_SCOPE_INSUFFICIENT", PermissionDeniedError, "lacks the scope"),
    (403, "Caller does not have required permission to use project maps-123.",
     "PERMISSION_DENIED", "USER_PROJECT_DENIED", PermissionDeniedError, "Service Usage Consumer"),
    (403, "Permission 'earthengine.imports.create' denied.", "PERMISSION_DENIED", "",
     PermissionDeniedError, "earthengine.imports.create, e.g. by the role"),
    (403, "a@b.c does not have storage.objects.get access to the object.", "PERMISSION_DENIED",
     "", PermissionDeniedError, "“Storage Legacy Object Reader” on the bucket"),
    (400, "Failed to load the GeoTIFF at `gs://b/scene.tif#1699`.", "INVALID_ARGUMENT", "",
     NotFoundError, "can't load “gs://b/scene.tif#1699”. Either the object was overwritten"),
    (400, "The bucket gs://b is in location EU, which is not supported.", "INVALID_ARGUMENT", "",
     ProtocolError, "it has to be in the US multi-region"),
    (400, "Unsupported storage class NEARLINE.", "INVALID_ARGUMENT", "", ProtocolError,
     "storage class to be Standard"),
    (400, "Cannot overwrite asset 'projects/maps-123/assets/cogdemo2'.", "INVALID_ARGUMENT", "",
     AlreadyExistsError, "Choose to overwrite it"),
    (409, "Asset exists.", "ALREADY_EXISTS", "", AlreadyExistsError, "Choose to overwrite it"),
    (400, "Invalid JSON payload received. Unknown name \"bnads\"", "INVALID_ARGUMENT", "",
     ProtocolError, "finds the manifest wrong: “Invalid JSON payload received."),
    (404, "Asset folder not found.", "NOT_FOUND", "", NotFoundError, "doesn't exist. Create it"),
    (429, "Too many requests.", "RESOURCE_EXHAUSTED", "", ThrottledError, "Try again in a minute"),
    (429, "Asset storage quota exceeded.", "RESOURCE_EXHAUSTED", "", QuotaExceededError,
     "no room left for this project's assets"),
    (418, "teapot", "", "", ProtocolError, "refuses the request (418): “teapot”"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "message", "code", "reason", "kind", "said"), REFUSALS)
def test_a_refusal_is_explained(service, status, message, code, reason, kind, said):
    service.refuse(status, message, code, reason)
    with pytest.raises(kind) as refused:
        register(service)
    assert type(refused.value) is kind
    assert said in str(refused.value)
    assert refused.value.status == status


def test_a_refusal_that_shows_the_token_is_told_without_it(service, caplog):
    service.refuse(400, f"bad header Bearer {PASTED}\n\x1b[31m" + "x" * 5000)
    with caplog.at_level(logging.DEBUG), pytest.raises(ProtocolError) as refused:
        register(service)
    shown = "".join(traceback.format_exception(refused.value)) + repr(vars(refused.value))
    assert PASTED not in shown + caplog.text + repr(tokens.pasted_token(PASTED))
    assert "…" in str(refused.value)
    assert "\x1b" not in str(refused.value)
    assert len(str(refused.value)) < 500


def test_no_redirect_is_followed_with_the_token(service):
    service.status, service.extra = 302, {"Location": "https://evil.example.org/"}
    with pytest.raises(ProtocolError, match=r"redirects to evil\.example\.org"):
        register(service)


@pytest.mark.parametrize("how", ["cut", "500", "502"])
def test_a_reply_that_got_lost_is_said_to_be_unknown(service, how):
    if how == "cut":
        service.cuts = True
    else:
        service.refuse(int(how), "Internal error.", "INTERNAL")
    with pytest.raises(
        OutcomeUnknownError, match="Nobody knows whether the asset was made"
    ) as lost:
        register(service)
    assert "register it again" in str(lost.value)
    assert len(service.registrations) == 1  # nothing was sent twice


def test_what_was_never_sent_is_no_unknown_outcome(unused_port):
    with pytest.raises(TransportError, match="refused the connection"):
        register_asset(
            MANIFEST, "maps-123", tokens.pasted_token(PASTED),
            service=Service(f"http://127.0.0.1:{unused_port}"),
        )  # fmt: skip


def test_cancelling_ends_the_wait_at_once_and_says_what_is_unknown(service):
    service.held = True
    cancelled = threading.Event()
    threading.Thread(
        target=lambda: (service.arrived.wait(30), cancelled.set()), daemon=True
    ).start()
    with pytest.raises(OutcomeUnknownError, match="You have stopped waiting"):
        register(service, progress=lambda _done, _total: not cancelled.is_set())
    with pytest.raises(Cancelled):
        register(service, progress=lambda _done, _total: False)
    assert len(service.registrations) == 1


def test_what_was_cancelled_before_it_was_sent_is_never_sent(service, monkeypatch):
    """Even by the thread that had begun to."""
    from cog_browser.storage.http import HttpClient

    begun, goes_on, ended = threading.Event(), threading.Event(), threading.Event()
    exchange = HttpClient.exchange

    def slow(self, *args):
        begun.set()
        goes_on.wait(30)
        try:
            return exchange(self, *args)
        finally:
            ended.set()

    monkeypatch.setattr(HttpClient, "exchange", slow)
    with pytest.raises(Cancelled):
        register(service, progress=lambda _done, _total: not begun.is_set())
    goes_on.set()
    assert ended.wait(30)
    time.sleep(0.05)  # what went out would have arrived
    assert service.registrations == []


# Tokens


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def computer_token(**environ):
    return tokens.computer_token(HttpSettings(), environ)


@pytest.mark.parametrize(
    "place",
    [
        ".config/earthengine/credentials",
        ".config/gcloud/application_default_credentials.json",
        "named",
    ],
)
@pytest.mark.parametrize("kind", ["user", "service_account"])
def test_this_computer_s_sign_in_gives_a_token(service, home, place, kind):
    path = home / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(getattr(service, kind)())
    environ = {"GOOGLE_APPLICATION_CREDENTIALS": str(path)} if place == "named" else {}
    token = computer_token(**environ)
    assert token.token == "planted-token-000000000001"
    assert "planted" not in repr(token)
    sent = service.tokens[0].body.decode()
    assert ("refresh_token=planted-refresh-token" in sent) is (kind == "user")


def test_earth_engine_s_own_sign_in_comes_before_google_cloud_s(service, home):
    for place, client in (
        (".config/earthengine/credentials", "of-earth-engine"),
        (".config/gcloud/application_default_credentials.json", "of-gcloud"),
    ):
        (home / place).parent.mkdir(parents=True)
        text = json.loads(service.user(client_id=client))
        del text["type"]  # as in Earth Engine's file
        (home / place).write_text(json.dumps(text))
    computer_token()
    assert b"of-earth-engine" in service.tokens[0].body


def test_a_connection_s_service_account_gives_a_token_for_earth_engine(service):
    connection = Connection("maps", kind="gs", auth_mode="service_account")
    store = open_store(connection, Credentials(service_account=service.service_account()))
    assert tokens.connection_token(store).token == "planted-token-000000000001"
    store.close()
    keys = Credentials(access_key="a", secret_key="b")
    store = open_store(Connection("hmac", kind="gs"), keys)
    with pytest.raises(ConfigurationError, match="“hmac” has no service account"):
        tokens.connection_token(store)
    store.close()


def test_what_keeps_this_computer_from_signing_in_is_said(service, home, monkeypatch):
    with pytest.raises(ConfigurationError, match="Nobody has signed in to Google"):
        computer_token()
    path = home / "named"
    path.write_text(service.user(token_uri="https://evil.example.org/token"))
    environ = {"GOOGLE_APPLICATION_CREDENTIALS": str(path)}
    with pytest.raises(ConfigurationError, match="token_uri that isn't Google's"):
        computer_token(**environ)
    path.write_text('{"type": "external_account", "token_uri": "https://sts.googleapis.com"}')
    with pytest.raises(ConfigurationError, match="no Google sign-in of a user"):
        computer_token(**environ)
    path.write_text(service.user())
    service.refuses_tokens = True
    with pytest.raises(AuthenticationError, match="was taken back or has ended") as refused:
        computer_token(**environ)
    assert "geheim" not in "".join(traceback.format_exception(refused.value))
    monkeypatch.setattr(google_auth, "service_account", None)
    with pytest.raises(ConfigurationError, match="needs the Python package google-auth"):
        computer_token(**environ)


@pytest.mark.parametrize("text", ["", "short", "two words of twenty characters", "a\nb" * 20])
def test_what_is_no_access_token_is_refused_without_being_shown(text):
    with pytest.raises(CogBrowserError, match="That is no access token") as refused:
        tokens.pasted_token(text)
    assert not text or text not in str(refused.value)


def test_a_token_may_be_pasted_with_its_scheme():
    assert tokens.pasted_token(f" Bearer {PASTED}\n").token == PASTED
