# SPDX-License-Identifier: GPL-2.0-or-later
"""Signs in to OpenStack Keystone v3 and finds the object store in its service catalogue.

Source: OpenStack API reference, "Identity API v3", sections "Password authentication",
"Authenticating with an Application Credential" and "Get available project scopes".
"""

from __future__ import annotations

import json
import logging
import threading
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import (
    AuthenticationError,
    ConfigurationError,
    ProtocolError,
    StoreError,
)
from cog_browser.storage.http import HttpClient, is_loopback

log = logging.getLogger(__name__)

#: Renew this long before the end, in seconds, but never before 80 % of a token's life is over.
RENEWAL_MARGIN = 120.0


@dataclass(frozen=True)
class Access:
    """One token's worth of access. ``renew_at`` is in `time.monotonic` seconds."""

    token: str
    storage_url: str
    renew_at: float

    def __repr__(self) -> str:
        return f"Access(storage_url={self.storage_url!r})"


class KeystoneAuth:
    """Hands out tokens for one connection, renewing them before they end.

    However many threads ask at once, one request goes to Keystone. A secret that Keystone has
    rejected is never sent again, since accounts lock after a few failures.
    """

    def __init__(self, connection: Connection, credentials: Credentials, http: HttpClient) -> None:
        self._connection = connection
        self._credentials = credentials
        self._http = http
        self._lock = threading.Lock()
        self._access: Access | None = None
        self._rejected: AuthenticationError | None = None
        _require_secret(connection, credentials)

    def access(self, *, not_token: str | None = None) -> Access:
        """A token that is not about to end, and the account's URL.

        Args:
            not_token: a token the store has just refused; another one is fetched.

        Raises:
            AuthenticationError: Keystone refuses the user, or the store a fresh token.
            ConfigurationError: the catalogue has no such region, interface or object store.
        """
        with self._lock:
            current = self._access
            if (
                current is not None
                and current.token != not_token
                and time.monotonic() < current.renew_at
            ):
                return current
            if self._rejected is not None:
                raise self._rejected
            self._access = self._sign_in()
            return self._access

    def _sign_in(self) -> Access:
        try:
            document, token, received = self._post(_scope(self._connection))
        except AuthenticationError as error:
            self._rejected = self._explain_rejection(error)
            raise self._rejected from None
        lifetime = _lifetime(document)
        # the last second: a fernet token's times are cut to whole seconds
        margin = min(RENEWAL_MARGIN, 0.2 * lifetime) + 1.0
        url = storage_endpoint(document.get("catalog") or [], self._connection)
        log.info("Signed in at %s", urlsplit(self._connection.auth_url).netloc)
        return Access(token, url, received + lifetime - margin)

    def _post(self, scope: Any) -> tuple[dict[str, Any], str, float]:
        body: dict[str, Any] = {
            "auth": {"identity": _identity(self._connection, self._credentials)}
        }
        if scope is not None:
            body["auth"]["scope"] = scope
        response = self._http.call(
            "POST",
            identity_v3(self._connection.auth_url) + "/auth/tokens",
            "sign in to Keystone",
            headers={"Content-Type": "application/json"},
            body=json.dumps(body).encode(),
            accept=(200, 201),
        )
        received = time.monotonic()
        token = response.headers.get("X-Subject-Token", "")
        document = response.json()
        if not token or not isinstance(document, dict) or "token" not in document:
            raise ProtocolError(
                f"{urlsplit(self._connection.auth_url).netloc} answered, but not as Keystone v3 "
                "does. Is the authentication URL right? It usually ends in /v3."
            )
        return document["token"], token, received

    def _explain_rejection(self, error: AuthenticationError) -> AuthenticationError:
        """Find out, with one unscoped sign-in, whether only the project is wrong.

        Keystone answers one and the same 401 for a wrong user, domain, password and project.
        """
        host = urlsplit(self._connection.auth_url).netloc

        def rejected(said: str) -> AuthenticationError:
            return AuthenticationError(said, status=401, request_id=error.request_id)

        if self._connection.auth_mode == "application_credential":
            return rejected(
                f"Keystone at {host} refuses this application credential: its id or secret is "
                "wrong, or it has expired or been deleted."
            )
        try:
            _, token, _ = self._post("unscoped")
            projects = self._http.call(
                "GET",
                identity_v3(self._connection.auth_url) + "/auth/projects",
                "list your projects",
                headers={"X-Auth-Token": token},
            ).json()["projects"]
            names = ", ".join(sorted(str(p["name"]) for p in projects)) or "none"
        except (StoreError, KeyError, TypeError):
            return rejected(
                f"Keystone at {host} refuses to sign you in. It does not tell which of user, user "
                "domain and password is wrong; check all three. (Nothing is tried again with "
                "this password, as accounts lock after a few failures.)"
            )
        wanted = self._connection.project_name or self._connection.project_id or "(none)"
        return rejected(
            f"User and password are right, but Keystone at {host} knows no project “{wanted}” of "
            f"this user in that domain. Projects you can use: {names}."
        )


def identity_v3(auth_url: str) -> str:
    """The v3 root of a Keystone whose URL may come with or without ``/v3``."""
    return auth_url if auth_url.rstrip("/").endswith("/v3") else auth_url.rstrip("/") + "/v3"


def storage_endpoint(catalog: list[dict[str, Any]], connection: Connection) -> str:
    """The account's URL: the connection's override, or from the service catalogue."""
    if connection.storage_url:
        return connection.storage_url
    endpoints = [
        endpoint
        for service in catalog
        if service.get("type") == "object-store"
        for endpoint in service.get("endpoints", ())
    ]
    if not endpoints:
        raise ConfigurationError(
            "You are signed in, but this project has no object store in the service catalogue. "
            "Enable Object Storage at your provider, or check the project."
        )
    regions = sorted({str(e.get("region_id") or e.get("region")) for e in endpoints})
    if connection.region:
        endpoints = [
            e for e in endpoints if connection.region in (e.get("region_id"), e.get("region"))
        ]
        if not endpoints:
            raise ConfigurationError(
                f"There is no region “{connection.region}” in the service catalogue. "
                f"Regions with an object store: {', '.join(regions)}."
            )
    elif len(regions) > 1:
        raise ConfigurationError(
            f"Several regions have an object store; choose one: {', '.join(regions)}."
        )
    chosen = [e for e in endpoints if e.get("interface") == connection.interface]
    if not chosen:
        offered = ", ".join(sorted({str(e.get("interface")) for e in endpoints}))
        raise ConfigurationError(
            f"The object store has no “{connection.interface}” interface. It offers: {offered}."
        )
    url = str(chosen[0].get("url", "")).rstrip("/")
    _refuse_stranger(url, connection)
    return url


def _refuse_stranger(url: str, connection: Connection) -> None:
    """A catalogue must not send the token in clear, or to somebody else."""
    home, away = urlsplit(connection.auth_url), urlsplit(url)
    hint = "If this is right, enter it as the connection's storage URL."
    if away.scheme not in ("http", "https") or not away.hostname or away.username is not None:
        raise ConfigurationError(
            f"The service catalogue names no usable URL for the object store. {hint}"
        )
    if home.scheme == "https" and away.scheme != "https" and not is_loopback(away.hostname):
        raise ConfigurationError(
            f"The service catalogue points to {away.netloc} without TLS, so your token would "
            f"travel in clear. {hint}"
        )
    same = away.hostname == home.hostname or (
        is_loopback(away.hostname) and is_loopback(home.hostname or "")
    )
    if not same and _site(away.hostname) != _site(home.hostname or ""):
        raise ConfigurationError(
            f"The service catalogue of {home.netloc} points to another site, {away.netloc}. {hint}"
        )


def _site(host: str) -> str:
    """The last two labels of a host name; an address is its own site."""
    if ":" in host or host.replace(".", "").isdigit():
        return host
    return ".".join(host.lower().rstrip(".").split(".")[-2:])


def _identity(connection: Connection, credentials: Credentials) -> dict[str, Any]:
    if connection.auth_mode == "application_credential":
        # Never with a scope: the credential is bound to its project.
        proof: dict[str, Any] = {"secret": credentials.application_credential_secret}
        if connection.application_credential_id:
            proof["id"] = connection.application_credential_id
        else:
            proof["name"] = connection.application_credential_name
            proof["user"] = _user(connection)
        return {"methods": ["application_credential"], "application_credential": proof}
    user = {**_user(connection), "password": credentials.password}
    return {"methods": ["password"], "password": {"user": user}}


def _user(connection: Connection) -> dict[str, Any]:
    if connection.user_id:
        return {"id": connection.user_id}
    return {
        "name": connection.user_name,
        "domain": _domain(connection.user_domain_id, connection.user_domain_name),
    }


def _scope(connection: Connection) -> dict[str, Any] | None:
    if connection.auth_mode == "application_credential":
        return None
    if connection.project_id:
        return {"project": {"id": connection.project_id}}
    if connection.project_name:
        domain = _domain(connection.project_domain_id, connection.project_domain_name)
        return {"project": {"name": connection.project_name, "domain": domain}}
    return None  # Keystone takes the user's default project


def _domain(domain_id: str, domain_name: str) -> dict[str, str]:
    return {"id": domain_id} if domain_id else {"name": domain_name or "Default"}


def _require_secret(connection: Connection, credentials: Credentials) -> None:
    if not connection.auth_url:
        raise ConfigurationError("The connection has no authentication URL (Keystone's address).")
    if connection.auth_mode == "application_credential":
        if not credentials.application_credential_secret:
            raise ConfigurationError("The application credential's secret is missing.")
        if not connection.application_credential_id and not (
            connection.application_credential_name and (connection.user_id or connection.user_name)
        ):
            raise ConfigurationError(
                "Give the application credential's id, or its name together with the user."
            )
        return
    if not (connection.user_id or connection.user_name):
        raise ConfigurationError("The user name is missing.")
    if not credentials.password:
        raise ConfigurationError("The password is missing.")


def _lifetime(token: dict[str, Any]) -> float:
    """A token's life in seconds by Keystone's own clock, whatever this machine's says."""
    try:
        issued, expires = (_time(token[name]) for name in ("issued_at", "expires_at"))
    except (KeyError, ValueError, TypeError):
        return 300.0  # unknown: renew often, and on 401 anyway
    return max((expires - issued).total_seconds(), 0.0)


def _time(text: str) -> datetime:
    # Python 3.9 reads neither the Z nor fractions of a length other than 3 or 6
    return datetime.strptime(text[:19] + "+0000", "%Y-%m-%dT%H:%M:%S%z")
