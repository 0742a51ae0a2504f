# SPDX-License-Identifier: GPL-2.0-or-later
"""Asks a server single questions and takes down its raw answers, whatever they are.

An answer costs a few KB and seconds at most, also of a server that sends a whole archive, or a
byte a minute. Redirects are reported, never followed.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from queue import Empty, SimpleQueue
from typing import Optional, Protocol, Union, runtime_checkable
from urllib.parse import quote, urlsplit

from cog_browser.storage.errors import ConfigurationError, TransportError
from cog_browser.storage.http import HttpClient, HttpSettings
from cog_browser.storage.progress import Progress, report
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.swift.store import SwiftStore
from cog_browser.storage.web.store import WebStore

#: Seconds that one question may take, from connecting to the last byte that is wanted.
PATIENCE = 20.0
_TICK = 0.1
_Outcome = Union["Answer", Exception]
_Sign = Callable[[str, Mapping[str, str]], Mapping[str, str]]


@dataclass(frozen=True)
class Answer:
    """``body`` is its beginning, up to the bytes that were wanted."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def get(self, name: str) -> str:
        """A header, whatever its case; "" without it."""
        return self.headers.get(name, "").strip()


@dataclass(frozen=True)
class Target:
    """What to ask, and how.

    ``sign`` makes a request's headers, of its method and headers, that hold a secret: for this URL
    and no other. None where nothing is secret.
    """

    url: str = field(repr=False)  # its query may be a signature
    http: HttpClient = field(repr=False)
    sign: Optional[_Sign] = field(default=None, repr=False)


@runtime_checkable
class SignsRequests(Protocol):
    """A store that signs each request for itself."""

    def signed_request(
        self, method: str, container: str, key: str, headers: Mapping[str, str]
    ) -> tuple[str, dict[str, str]]:
        """URL and headers of a request without a body; the headers are secret."""
        ...


def target_of_url(url: str, settings: HttpSettings | None = None) -> Target:
    """A public URL. Raises `ConfigurationError` where it is none, or names a user."""
    return Target(public_url(url), _forgetful(HttpClient("", settings)))


def public_url(url: str) -> str:
    """The URL as it is sent. Raises `ConfigurationError` where it is none, or names a user."""
    text = url.strip()
    refused = any(ord(character) < 32 or character in "\\\x7f" for character in text)
    try:
        parts = urlsplit(text)
        host, _port = parts.hostname, parts.port
    except ValueError:
        refused, host = True, None
    if refused or not host or parts.scheme not in ("http", "https"):
        raise ConfigurationError(
            "A server is checked by the URL of a file on it; give one that begins with http:// or "
            "https:// and a host."
        )
    if "@" in parts.netloc:
        raise ConfigurationError(
            f"The URL of a file on {host} holds a user name. Take it out: a check is sent without "
            "secrets, and other programs would keep it in their logs."
        )
    plain = parts._replace(fragment="").geturl()
    return quote(plain, safe="%/:=&?~+!$,;'@()*[]")


def target_of_object(store: ObjectStore, container: str, key: str) -> Target:
    """An object, with its account's secret. Raises `StoreError` where it can't be reached."""
    http = _forgetful(HttpClient.for_connection(store.connection, store.recipe.settings))
    if isinstance(store, WebStore):
        return Target(store.address.url(container, key), http, _adds(store.client.secret))
    store.head_object(container, key)  # signs in, renews the token, and says what is wrong
    if isinstance(store, SwiftStore):
        token = store.token()
        url = store.source(container, key).removeprefix("/vsicurl/")
        return Target(url, http, _adds({"X-Auth-Token": token} if token else {}))
    if not isinstance(store, SignsRequests):
        raise ConfigurationError(
            "The server of this connection can't be checked; check the object's public URL instead."
        )
    signer = store

    def sign(method: str, headers: Mapping[str, str]) -> Mapping[str, str]:
        return signer.signed_request(method, container, key, headers)[1]

    url = signer.signed_request("GET", container, key, {})[0]
    return Target(url, http, None if store.connection.auth_mode == "anonymous" else sign)


def _adds(secret: Mapping[str, str]) -> _Sign | None:
    return (lambda _method, headers: {**headers, **secret}) if secret else None


def _forgetful(http: HttpClient) -> HttpClient:
    """One that sends no cookie back: it would also go to other servers on the same host."""
    http.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return http


class Prober:
    """Sends through one client; ``progress`` is asked many times a second whether to go on."""

    def __init__(
        self, http: HttpClient, progress: Progress | None = None, patience: float = PATIENCE
    ) -> None:
        self._http, self._progress, self._patience = http, progress, patience
        self.done = 0
        self.total: Optional[int] = None

    def ask(self, method: str, url: str, headers: Mapping[str, str], limit: int = 0) -> Answer:
        """One request; at most ``limit`` bytes of the answer's body are read.

        Raises `TransportError` and `Cancelled`. The latter leaves the request to end by itself.
        """
        self._report()
        outcome: SimpleQueue[_Outcome] = SimpleQueue()

        def work() -> None:
            try:
                response = self._http.exchange(method, url, headers)
                body = response.beginning(limit) if limit else b""
                response.abandon()
                outcome.put(Answer(response.status, response.headers, body))
            except Exception as error:
                outcome.put(error)

        # of its own: a server that drips never meets the time-out between two pieces
        threading.Thread(target=work, name="cog-browser-probe", daemon=True).start()
        end = time.monotonic() + self._patience
        while time.monotonic() < end:
            self._report()
            try:
                found = outcome.get(timeout=_TICK)
            except Empty:
                continue
            if isinstance(found, Exception):
                raise found
            self.done += 1
            return found
        raise TransportError(
            f"{urlsplit(url).netloc} did not answer within {self._patience:.0f} s; try again later."
        )

    def _report(self) -> None:
        report(self._progress, min(self.done, self.total or self.done), self.total)
