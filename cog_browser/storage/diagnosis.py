# SPDX-License-Identifier: GPL-2.0-or-later
"""Tries a connection step by step, so that the one that fails is known."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from cog_browser.storage.certificates import distrust
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import (
    AuthenticationError,
    CogBrowserError,
    ConfigurationError,
    PermissionDeniedError,
    ProtocolError,
    StoreError,
    TransportError,
)
from cog_browser.storage.http import HttpClient, HttpSettings, is_loopback, transport_error
from cog_browser.storage.sign_in.catalog import (
    interfaces_of,
    object_store_endpoints,
    regions_of,
    storage_endpoint,
)
from cog_browser.storage.sign_in.choose import auth_for
from cog_browser.storage.sign_in.keystone import Grant, Keystone
from cog_browser.storage.stores import account_url_of, open_store

REACH, TLS, SIGN_IN, CATALOGUE, CONTAINERS = "reach", "tls", "sign_in", "catalogue", "containers"
#: Sign-in modes that ask Keystone by this package's own means.
_KEYSTONE = ("password", "application_credential", "totp", "keystone_token")
_MOST_CONTAINERS = 1000


@dataclass(frozen=True)
class Step:
    """One thing that was tried. ``detail`` is a sentence where it failed or has a catch.

    Otherwise ``detail`` is a name or a URL. ``count`` is that of the containers, at most 1000.
    ``untrusted_url`` is where a certificate was met that isn't trusted. ``is_refused``: the secret
    was, so that it had better not be sent again. ``is_unsafe``: it works, but not as it should.
    """

    name: str
    ok: bool
    seconds: float
    detail: str = ""
    count: int | None = None
    untrusted_url: str = ""
    is_refused: bool = False
    is_unsafe: bool = False


@dataclass(frozen=True)
class Project:
    """A project that a user may sign in to."""

    id: str
    name: str
    domain_id: str = ""


@dataclass(frozen=True)
class AccountOptions:
    """What the account offers to choose from; parts that aren't known are empty."""

    projects: tuple[Project, ...] = ()
    regions: tuple[str, ...] = ()
    interfaces: tuple[str, ...] = ()


def diagnose(
    connection: Connection, credentials: Credentials, settings: HttpSettings | None = None
) -> Iterator[Step]:
    """Try the connection; ends after the first step that failed. Raises nothing."""
    return Diagnosis(connection, credentials, settings).steps()


def account_options(
    connection: Connection, credentials: Credentials, settings: HttpSettings | None = None
) -> AccountOptions:
    """Sign in and ask what there is to choose from. Raises where that fails."""
    return Diagnosis(connection, credentials, settings).options()


def steps_of(connection: Connection) -> tuple[str, ...]:
    """The names of the steps that `diagnose` takes, in order."""
    if connection.kind != "swift" or connection.auth_mode in ("token", "anonymous"):
        return (REACH, TLS, CONTAINERS)
    if connection.auth_mode in _KEYSTONE:
        return (REACH, TLS, SIGN_IN, CATALOGUE, CONTAINERS)
    return (REACH, TLS, SIGN_IN, CONTAINERS)


class Diagnosis:
    """One try of a connection. A passcode is spent once: `options` goes on with the same token."""

    def __init__(
        self,
        connection: Connection,
        credentials: Credentials,
        settings: HttpSettings | None = None,
    ) -> None:
        self._connection, self._credentials = connection, credentials
        self._settings = (settings or HttpSettings()).for_connection(connection)
        self._url = ""
        self._grant: Grant | None = None
        self._token = credentials.token or ""
        self._storage_url = connection.storage_url
        self._only_project_is_wrong, self._may_ask_again = False, True

    def steps(self) -> Iterator[Step]:
        """What `diagnose` promises."""
        try:
            http = HttpClient.for_connection(self._connection, self._settings)
            self._url = account_url_of(self._connection)
        except CogBrowserError as error:
            yield Step(REACH, False, 0.0, str(error))
            return
        run: dict[str, Callable[[HttpClient], Step]] = {
            REACH: self._reach,
            TLS: self._tls,
            SIGN_IN: self._sign_in,
            CATALOGUE: self._find_store,
            CONTAINERS: self._list,
        }
        try:
            for name in steps_of(self._connection):
                started = time.perf_counter()
                try:
                    step = run[name](http)
                except CogBrowserError as error:
                    step = self._failed(name, error)
                yield replace(step, seconds=time.perf_counter() - started)
                if not step.ok:
                    return
        finally:
            http.close()

    def options(self) -> AccountOptions:
        """What `account_options` promises; signs in only where `steps` has not.

        Empty where a refused secret would have to be sent again: accounts lock.
        """
        if self._connection.auth_mode not in _KEYSTONE or not self._may_ask_again:
            return AccountOptions()
        http = HttpClient.for_connection(self._connection, self._settings)
        try:
            return self._options(http)
        finally:
            http.close()

    def _options(self, http: HttpClient) -> AccountOptions:
        keystone = Keystone(self._connection, self._credentials, http)
        if self._grant is None:
            self._grant = self._any_grant(keystone)
        endpoints = object_store_endpoints(self._grant.catalog)
        try:
            projects = keystone.projects(self._grant.token)
        except StoreError:  # an application credential may not ask
            projects = []
        return AccountOptions(
            tuple(sorted((_project(p) for p in projects), key=lambda p: p.name.casefold())),
            tuple(regions_of(endpoints)),
            tuple(interfaces_of(endpoints)),
        )

    def _any_grant(self, keystone: Keystone) -> Grant:
        if not self._only_project_is_wrong:
            try:
                return keystone.sign_in()
            except (AuthenticationError, ConfigurationError) as error:
                if error.projects is None:
                    raise
        return keystone.sign_in_unscoped()

    # The steps

    def _reach(self, http: HttpClient) -> Step:
        parts = urlsplit(self._url)
        host = parts.hostname or ""
        if not host:
            raise ConfigurationError("The connection has no URL.")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        where = said = f"{host}:{port}"
        proxy = http.proxies_for(self._url, host).get(parts.scheme)
        if proxy:
            via = urlsplit(proxy)
            host, port = via.hostname or "", via.port or 80
            where = f"{host}:{port}"
            said += f" → {where}"
        try:
            socket.create_connection((host, port), self._settings.connect_timeout).close()
        except (TimeoutError, socket.timeout):  # one since Python 3.10
            raise TransportError(
                f"{where} did not accept a connection in time; check the URL and the network."
            ) from None
        except OSError as error:
            raise transport_error(error, where) from None
        return Step(REACH, True, 0.0, said)

    def _tls(self, http: HttpClient) -> Step:
        parts = urlsplit(self._url)
        if parts.scheme != "https":
            if is_loopback(parts.hostname or ""):
                return Step(TLS, True, 0.0, "–", is_unsafe=True)
            said = "is used without TLS: whoever is on the way can read your secret."
            return Step(TLS, True, 0.0, f"{parts.netloc} {said}", is_unsafe=True)
        with suppress(ProtocolError):  # e.g. a redirect: TLS works
            http.call(
                "GET",
                f"https://{parts.netloc}/",
                f"speak TLS with {parts.netloc}",
                accept=range(100, 600),
            ).close()
        return Step(TLS, True, 0.0, parts.netloc)

    def _sign_in(self, http: HttpClient) -> Step:
        connection = self._connection
        if connection.auth_mode not in _KEYSTONE:
            access = auth_for(connection, self._credentials, http).access()
            self._token, self._storage_url = access.token, access.storage_url
            return Step(SIGN_IN, True, 0.0, self._storage_url)
        try:
            self._grant = Keystone(connection, self._credentials, http).sign_in()
        except CogBrowserError as error:
            # then Keystone took the secret, so that it may be sent again
            self._only_project_is_wrong = getattr(error, "projects", None) is not None
            self._may_ask_again = self._only_project_is_wrong
            raise
        self._token = self._grant.token
        project, user = (self._grant.document.get(n) or {} for n in ("project", "user"))
        names = (str(user.get("name", "")), str(project.get("name", "")))
        return Step(SIGN_IN, True, 0.0, " › ".join(name for name in names if name))

    def _find_store(self, _http: HttpClient) -> Step:
        catalog = self._grant.catalog if self._grant else []
        self._storage_url = storage_endpoint(catalog, self._connection)
        return Step(CATALOGUE, True, 0.0, self._storage_url)

    def _list(self, _http: HttpClient) -> Step:
        if self._connection.kind == "swift":
            mode = "token" if self._token else "anonymous"
            ready = replace(
                self._connection, auth_mode=mode, auth_url="", storage_url=self._storage_url
            )
            store = open_store(ready, Credentials(token=self._token or None), self._settings)
        else:
            store = open_store(self._connection, self._credentials, self._settings)
        try:
            found = [c.name for c in islice(store.list_containers(), _MOST_CONTAINERS)]
            count = len(found)
            for name in found if self._connection.kind == "http" else self._connection.containers:
                try:
                    next(iter(store.list_objects(name, page_size=1)), None)
                except StoreError as error:
                    return Step(CONTAINERS, False, 0.0, f"“{name}”: {error}")
        except PermissionDeniedError as error:
            return Step(CONTAINERS, True, 0.0, str(error), count=0)
        except AuthenticationError as error:
            if SIGN_IN not in steps_of(self._connection):
                raise
            raise AuthenticationError(
                f"{urlsplit(self._storage_url).netloc} refuses the token that you have just got; "
                "tell the provider.",
                status=401,
                request_id=error.request_id,
            ) from None
        finally:
            store.close()
        return Step(CONTAINERS, True, 0.0, count=count)

    def _failed(self, name: str, error: CogBrowserError) -> Step:
        url = self._url if name in (REACH, TLS, SIGN_IN) else self._storage_url or self._url
        said, untrusted = str(error), ""
        if isinstance(error, TransportError) and name != REACH:
            reason = distrust(url, self._connection.ca_bundle, self._settings.connect_timeout)
            if reason:
                said, untrusted = f"{said} (OpenSSL: {reason}.)", url
        asks_for_secret = name == SIGN_IN or self._connection.auth_mode == "token"
        is_refused = (
            isinstance(error, AuthenticationError)
            and asks_for_secret
            and not self._only_project_is_wrong
        )
        return Step(name, False, 0.0, said, untrusted_url=untrusted, is_refused=is_refused)


def _project(found: dict[str, Any]) -> Project:
    return Project(str(found.get("id", "")), str(found["name"]), str(found.get("domain_id") or ""))
