# SPDX-License-Identifier: GPL-2.0-or-later
"""Signs in to OpenStack Keystone v3.

Source: OpenStack API reference, "Identity API v3", sections "Password authentication",
"Multi-Step Authentication", "Token authentication", "Authenticating with an Application
Credential", "Get available project scopes" and "List API versions".
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import (
    AuthenticationError,
    ConfigurationError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    StoreError,
)
from cog_browser.storage.http import HttpClient
from cog_browser.storage.sign_in.auth import Access, RenewingAuth, access_for
from cog_browser.storage.sign_in.catalog import storage_endpoint
from cog_browser.storage.sign_in.keystone_body import identity, require_secret, scope

log = logging.getLogger(__name__)

_UNSCOPED = "unscoped"


@dataclass(frozen=True)
class Grant:
    """A token and what Keystone says of it. The representation hides the token."""

    token: str
    document: Mapping[str, Any]

    def __repr__(self) -> str:
        return "Grant(…)"

    @property
    def catalog(self) -> list[dict[str, Any]]:
        return list(self.document.get("catalog") or ())

    @property
    def is_scoped(self) -> bool:
        return "project" in self.document

    @property
    def lifetime(self) -> float:
        """A token's life in seconds by Keystone's own clock, whatever this machine's says."""
        try:
            issued, expires = (_time(self.document[n]) for n in ("issued_at", "expires_at"))
        except (KeyError, ValueError, TypeError):
            return 300.0  # unknown: renew often, and on 401 anyway
        return max((expires - issued).total_seconds(), 0.0)


class Keystone:
    """One Keystone, asked for one connection. Keeps nothing."""

    def __init__(self, connection: Connection, credentials: Credentials, http: HttpClient) -> None:
        require_secret(connection, credentials)
        self._connection, self._credentials, self._http = connection, credentials, http
        self._root = ""

    @property
    def host(self) -> str:
        return urlsplit(self._connection.auth_url).netloc

    def sign_in(self) -> Grant:
        """A token for the connection's project, or the user's only one.

        Raises `AuthenticationError` that says what is known to be wrong.
        """
        try:
            grant = self._post(scope(self._connection))
        except AuthenticationError as error:
            raise self._explained(error) from None
        except PermissionDeniedError:
            if self._connection.auth_mode != "keystone_token":
                raise
            return self.describe_token()  # this Keystone doesn't allow a token to be re-scoped
        if not grant.is_scoped and not self._connection.storage_url:
            return self._in_only_project(grant)
        return grant

    def projects(self, token: str) -> list[dict[str, Any]]:
        """The projects a token's user may sign in to."""
        response = self._http.call(
            "GET",
            self.root() + "/auth/projects",
            "list your projects",
            headers={"X-Auth-Token": token},
        )
        found = response.json()
        return [p for p in found.get("projects", ()) if isinstance(p, dict) and "name" in p]

    def sign_in_unscoped(self) -> Grant:
        """A token without a project, to find out which projects there are."""
        return self._post(_UNSCOPED)

    def _in_only_project(self, grant: Grant) -> Grant:
        projects = self.projects(grant.token)
        if len(projects) == 1:
            return self._post({"project": {"id": projects[0]["id"]}}, token=grant.token)
        names = _names(projects)
        raise ConfigurationError(
            f"You are signed in at {self.host}, but not to a project. Choose one: {_list(names)}.",
            projects=names,
        )

    def describe_token(self) -> Grant:
        """The credentials' own token as it is, with what Keystone says of it."""
        token = self._credentials.token or ""
        response = self._http.call(
            "GET",
            self.root() + "/auth/tokens",
            "look the token up",
            headers={"X-Auth-Token": token, "X-Subject-Token": token},
        )
        return Grant(token, response.json()["token"])

    def _post(self, wanted: Any, *, token: str = "", receipt: str = "") -> Grant:
        """Ask for a token, by the connection's own means or with one that is at hand."""
        who: dict[str, Any] = (
            {"methods": ["token"], "token": {"id": token}}
            if token
            else identity(self._connection, self._credentials, only_passcode=bool(receipt))
        )
        body: dict[str, Any] = {"auth": {"identity": who}}
        if wanted is not None:
            body["auth"]["scope"] = wanted
        headers = {"Content-Type": "application/json"}
        if receipt:
            headers["Openstack-Auth-Receipt"] = receipt
        if "token" in who:
            headers["X-Auth-Token"] = who["token"]["id"]  # as keystoneauth1 does
        response = self._http.call(
            "POST",
            self.root() + "/auth/tokens",
            f"sign in to Keystone at {self.host}",
            headers=headers,
            body=json.dumps(body).encode(),
            accept=(200, 201, 401),
        )
        if response.status == 401:
            response.close()
            step = response.headers.get("Openstack-Auth-Receipt", "")
            if step and not receipt:
                return self._second_factor(wanted, step)
            raise AuthenticationError("refused", status=401, request_id=response.request_id)
        found = response.headers.get("X-Subject-Token", "")
        document = response.json()
        if not found or not isinstance(document, dict) or "token" not in document:
            raise ProtocolError(
                f"{self.host} answered, but not as Keystone v3 does. Is the authentication URL "
                "right? It usually ends in /v3."
            )
        return Grant(found, document["token"])

    def _second_factor(self, wanted: Any, receipt: str) -> Grant:
        """The password is right, and Keystone wants the passcode as well."""
        if not self._credentials.passcode:
            raise ConfigurationError(
                f"{self.host} wants a second factor: choose the sign-in mode “Password and "
                "passcode”, and enter the passcode of your authenticator app."
            )
        return self._post(wanted, receipt=receipt)

    def root(self) -> str:
        """The root of version 3; the URL may come without ``/v3`` or be behind a path."""
        if not self._root:
            url = self._connection.auth_url
            self._root = url if url.endswith("/v3") else self._discover(url)
        return self._root

    def _discover(self, url: str) -> str:
        """Ask which versions there are. Only an address of this very host is believed."""
        try:
            response = self._http.call("GET", url, f"find Keystone at {url}", accept=(200, 300))
            document = response.json()
        except (NotFoundError, ProtocolError):
            return url + "/v3"
        versions = document.get("versions", {}) if isinstance(document, dict) else {}
        values = versions.get("values", ()) if isinstance(versions, dict) else ()
        for version in values:
            if str(version.get("id", "")).startswith("v3"):
                for link in version.get("links", ()):
                    href = str(link.get("href", "")).rstrip("/")
                    if link.get("rel") == "self" and _origin(href) == _origin(url):
                        return href
        return url + "/v3"

    def _explained(self, error: AuthenticationError) -> AuthenticationError:
        """Find out, with one unscoped sign-in, whether only the project is wrong.

        Keystone answers one and the same 401 for a wrong user, domain, password and project.
        """
        connection = self._connection

        def rejected(said: str, projects: tuple[str, ...] | None = None) -> AuthenticationError:
            return AuthenticationError(
                said, status=401, request_id=error.request_id, projects=projects
            )

        if connection.auth_mode == "application_credential":
            return rejected(
                f"Keystone at {self.host} refuses this application credential: its id or secret is "
                "wrong, or it has expired or been deleted."
            )
        if connection.auth_mode == "keystone_token":
            return rejected(
                f"Keystone at {self.host} refuses this token: it has expired or been revoked, or "
                "may not be used for this project. Get a new one (openstack token issue)."
            )
        if connection.auth_mode == "totp":
            return rejected(
                f"Keystone at {self.host} refuses to sign you in: the user, domain, password, "
                "passcode or project is wrong, or the passcode is too old. Try again with a new "
                "one."
            )
        try:
            projects = self.projects(self.sign_in_unscoped().token)
        except StoreError:
            return rejected(
                f"Keystone at {self.host} refuses to sign you in. It does not tell which of user, "
                "user domain and password is wrong; check all three. (Nothing is tried again with "
                "this password, as accounts lock after a few failures.)"
            )
        names = _names(projects)
        wanted = connection.project_name or connection.project_id or "(none)"
        return rejected(
            f"User and password are right, but Keystone at {self.host} knows no project “{wanted}” "
            f"of this user in that domain. Projects you can use: {_list(names)}.",
            names,
        )


class KeystoneAuth(RenewingAuth):
    """Access to the object store of a connection's project."""

    def __init__(self, connection: Connection, credentials: Credentials, http: HttpClient) -> None:
        super().__init__()
        self._connection = connection
        self._keystone = Keystone(connection, credentials, http)
        # a token's successor ends when the token does; a passcode is good once
        self.renews = connection.auth_mode in ("password", "application_credential")

    def _sign_in(self) -> Access:
        if not self.renews and self._access is not None:
            raise AuthenticationError(
                f"Your sign-in at {self._keystone.host} has ended, and can't be renewed without "
                "you. Sign in again.",
                status=401,
            )
        grant = self._keystone.sign_in()
        url = storage_endpoint(grant.catalog, self._connection)
        log.info("Signed in at %s", self._keystone.host)
        return access_for(grant.token, url, grant.lifetime)

    def _renew_in_background(self) -> None:
        if self.renews:
            super()._renew_in_background()


def _names(projects: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(sorted(str(project["name"]) for project in projects))


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _time(text: str) -> datetime:
    # Python 3.9 reads neither the Z nor fractions of a length other than 3 or 6
    return datetime.strptime(text[:19] + "+0000", "%Y-%m-%dT%H:%M:%S%z")
