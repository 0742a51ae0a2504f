# SPDX-License-Identifier: GPL-2.0-or-later
"""Sends the requests of a web connection: its secret to its own URLs only, redirects with care.

Public files often live with another host that the first one redirects to. Without a secret
nothing can leak, so such a redirect is followed: a few steps, never from https to http, never to
this computer or its network. The request stays the same, its Range included. With a secret none
is followed.
"""

from __future__ import annotations

import base64
import logging
import threading
import time
from collections.abc import Container as Collection
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import unquote, urljoin, urlsplit

from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import (
    AuthenticationError,
    ConfigurationError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    ServerError,
    StoreError,
    ThrottledError,
    TransportError,
)
from cog_browser.storage.http import (
    RETRIES,
    HttpClient,
    HttpSettings,
    Response,
    is_in_clear,
    pause,
)
from cog_browser.storage.http_errors import status_error
from cog_browser.storage.web.address import WebAddress
from cog_browser.storage.web.reach import is_plain, reach

log = logging.getLogger(__name__)

_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 5
#: Seconds that the end of a redirect is remembered: links to other hosts may be signed and end.
_REMEMBERED = 60.0
_RETRIED = (TransportError, ThrottledError, ServerError)


@dataclass(frozen=True)
class Answer:
    """``url`` is where it came from, after all redirects."""

    response: Response
    url: str


class WebClient:
    """Thread-safe. ``secret`` headers are those that a check of the server needs as well."""

    def __init__(
        self,
        address: WebAddress,
        connection: Connection,
        credentials: Credentials,
        settings: HttpSettings | None,
    ) -> None:
        self._address, self._mode = address, connection.auth_mode
        self.secret = _secret_headers(address, connection, credentials)
        self.http = HttpClient.for_connection(connection, settings)
        self.http.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._ends: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()

    def get(
        self,
        url: str,
        doing: str,
        headers: Mapping[str, str] | None = None,
        accept: Collection[int] = (200,),
        retries: int = RETRIES,
    ) -> Answer:
        """The answer to a GET, from wherever redirects lead, if its status is in ``accept``."""
        attempt = 0
        while True:
            try:
                return self._get(url, doing, headers or {}, accept)
            except _RETRIED as error:
                attempt += 1
                if attempt > retries:
                    raise
                pause(attempt - 1, error)

    def close(self) -> None:
        self.http.close()

    def _get(
        self, url: str, doing: str, headers: Mapping[str, str], accept: Collection[int]
    ) -> Answer:
        with self._lock:
            end, until = self._ends.pop(url, ("", 0.0))
        if end and time.monotonic() < until:
            with suppress(StoreError):  # a signed link may have ended before
                answer = self._follow(end, url, doing, headers, accept)
                self._remember(url, answer.url, until)
                return answer
        answer = self._follow(url, url, doing, headers, accept)
        if answer.url != url:
            self._remember(url, answer.url, time.monotonic() + _REMEMBERED)
        return answer

    def _remember(self, url: str, end: str, until: float) -> None:
        with self._lock:
            if len(self._ends) > 10_000:
                self._ends.clear()
            self._ends[url] = (end, until)

    def _follow(
        self,
        url: str,
        first: str,
        doing: str,
        headers: Mapping[str, str],
        accept: Collection[int],
    ) -> Answer:
        for _ in range(_MOST_REDIRECTS + 1):
            secret = self.secret if self._address.owns(url) else {}
            response = self.http.exchange("GET", url, {**headers, **secret})
            if response.status in accept:
                return Answer(response, url)
            if response.status not in _REDIRECTS:
                raise self._error(response, doing, first)
            response.abandon()
            following = self._next(url, response, doing)
            if origin_host(following) != origin_host(first):
                log.info(
                    "%s keeps this file at %s; it is read from there without a secret.",
                    origin_host(first), origin_host(following),
                )  # fmt: skip
            url = following
        raise ProtocolError(
            f"Could not {doing}: {origin_host(first)} redirects more than {_MOST_REDIRECTS} times."
        )

    def _next(self, url: str, response: Response, doing: str) -> str:
        """Where a redirect leads. Raises `ProtocolError` where it isn't followed."""
        location = response.headers.get("Location", "")

        def refuse(why: str) -> ProtocolError:
            return ProtocolError(
                f"Could not {doing}: {origin_host(url)} redirects {why}", status=response.status
            )

        try:
            target = urljoin(url, location)
            here, there = urlsplit(url), urlsplit(target)
            host, _port = there.hostname or "", there.port
        except ValueError:
            raise refuse("to what is no URL.") from None
        strange = any(ord(c) <= 32 or ord(c) == 127 or c == "\\" for c in target)
        if not location or not host or strange or there.username is not None:
            raise refuse("to what is no URL.")
        if there.scheme not in ("http", "https"):
            raise refuse("to what is no web page.")
        if host != here.hostname and not is_plain(host):
            raise refuse("to what is no URL.")
        if self.secret:
            raise refuse(
                f"to {there.netloc}. With a sign-in no redirect is followed, as it would carry "
                "your secret along; enter the final URL if you trust it."
            )
        if here.scheme == "https" and there.scheme == "http":
            raise refuse(
                f"from https to http, to {there.netloc}, where anybody on the way could change "
                "what comes. Enter the final URL if you accept that."
            )
        if host != here.hostname and reach(host) > reach(here.hostname or ""):
            raise refuse("into your own computer or network, which no web server may.")
        return target

    def _error(self, response: Response, doing: str, asked: str) -> StoreError:
        error = status_error(response, doing)
        if error.status == 401:
            said = (
                "the server wants you to sign in (401). Choose a way to sign in, in the connection."
                if self._mode == "anonymous"
                else "the server refuses this sign-in (401). Check the user and the secret."
            )
            return AuthenticationError(
                f"Could not {doing}: {said}", status=401, request_id=error.request_id
            )
        if error.status == 403:
            return PermissionDeniedError(
                f"Could not {doing}: the server doesn't allow it (403). It is private, or the "
                "server shows no folders; then enter the URL of a file.",
                status=403,
                request_id=error.request_id,
            )
        if error.status == 404:
            path = unquote(urlsplit(asked).path).rstrip("/") or "/"  # both forms were tried
            return NotFoundError(
                f"Could not {doing}: {origin_host(asked)} has no “{path}” (404). Check the URL.",
                status=404,
                request_id=error.request_id,
            )
        return error


def origin_host(url: str) -> str:
    return urlsplit(url).netloc


def _secret_headers(
    address: WebAddress, connection: Connection, credentials: Credentials
) -> Mapping[str, str]:
    """Raises `ConfigurationError` where a secret is missing, or would travel in clear."""
    if connection.auth_mode == "anonymous":
        return {}
    if is_in_clear(address.root):
        raise ConfigurationError(
            f"The URL on {origin_host(address.root)} begins with http://, so your secret would "
            "travel in clear. Enter it with https://, or sign in with nothing."
        )
    if connection.auth_mode == "basic":
        if ":" in connection.user_name:
            raise ConfigurationError("A user name for this way to sign in can't hold a “:”.")
        pair = f"{connection.user_name}:{credentials.password or ''}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    if not credentials.token:
        raise ConfigurationError("The token is missing; fill it in.")
    return {"Authorization": f"Bearer {credentials.token}"}
