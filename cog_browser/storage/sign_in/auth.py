# SPDX-License-Identifier: GPL-2.0-or-later
"""Tokens: who has one, until when, and how it is renewed."""

from __future__ import annotations

import logging
import threading
import time
from copy import copy
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import (
    AuthenticationError,
    CogBrowserError,
    ConfigurationError,
    ProtocolError,
    StoreError,
)
from cog_browser.storage.http import HttpClient
from cog_browser.storage.strangers import refuse_stranger

log = logging.getLogger(__name__)

#: Renew this long before the end, in seconds, but never before 80 % of a token's life is over.
RENEWAL_MARGIN = 120.0
#: After a token was replaced because the store refused it, a refusal within so many seconds is
#: not the token's fault.
FRESH = 5.0
#: First and longest pause, in seconds, after a sign-in that got no answer.
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
_NEVER = float("inf")


@dataclass(frozen=True)
class Access:
    """One token's worth of access; times in `time.monotonic` seconds.

    ``token`` is empty for anonymous access.
    """

    token: str
    storage_url: str
    renew_at: float = _NEVER
    ends_at: float = _NEVER

    def __repr__(self) -> str:
        return f"Access(storage_url={self.storage_url!r})"


def access_for(token: str, storage_url: str, lifetime: float) -> Access:
    """The access that a token of ``lifetime`` seconds gives from now on."""
    now = time.monotonic()
    # the last second: the times of a fernet token are cut to whole seconds
    margin = min(RENEWAL_MARGIN, 0.2 * lifetime) + 1.0
    return Access(token, storage_url, now + lifetime - margin, now + lifetime - 1.0)


class Auth(Protocol):
    """What yields access to one account. Thread-safe."""

    #: Whether a token that ends is replaced without asking the user.
    renews: bool

    def access(self, *, not_token: str | None = None) -> Access:
        """A token that has not ended, and the account's URL.

        ``not_token`` is one that the store has just refused; another one is fetched.
        """
        ...

    def current(self) -> Access | None:
        """What is held now, if anything. Sends nothing."""
        ...


class RenewingAuth:
    """Signs in when a token is needed, and again in the background before it ends.

    However many threads ask at once, one request is sent. A secret that was rejected is never
    sent again, since accounts lock after a few failures. While no answer is to be had, the
    token at hand is used until its end, and sign-ins are tried with growing pauses.
    """

    renews = True

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._access: Access | None = None
        self._rejected: AuthenticationError | None = None
        self._failure: CogBrowserError | None = None
        self._retry_at, self._pause = 0.0, FIRST_PAUSE
        self._replaced_at = -_NEVER
        self._renewing = False

    def _sign_in(self) -> Access:
        """Fetch a token. Raises `AuthenticationError` only for what must not be sent again."""
        raise NotImplementedError

    def current(self) -> Access | None:
        return self._access

    def access(self, *, not_token: str | None = None) -> Access:
        held = self._access
        now = time.monotonic()
        if held is not None and held.token != not_token and now < held.ends_at:
            if now >= held.renew_at:
                self._renew_in_background()
            return held
        with self._lock:
            held = self._access
            if held is not None and held.token != not_token and time.monotonic() < held.ends_at:
                return held  # another thread was faster
            if not_token is not None:
                if time.monotonic() - self._replaced_at < FRESH:
                    raise AuthenticationError("The store refuses a fresh token.", status=401)
                self._replaced_at = time.monotonic()
            return self._replace()

    def _replace(self) -> Access:
        """Sign in, unless that has just failed. The lock is held."""
        if self._rejected is not None:
            raise AuthenticationError(str(self._rejected), status=401)
        if self._failure is not None and time.monotonic() < self._retry_at:
            # Not the object itself, whose traceback would grow; a copy may have it too, since
            # dask.distributed teaches exceptions to take theirs along.
            raise copy(self._failure).with_traceback(None)
        try:
            self._access = self._sign_in()
        except AuthenticationError as error:
            self._rejected = error
            raise
        except StoreError as error:
            self._failure = error
            self._retry_at = time.monotonic() + self._pause
            self._pause = min(2 * self._pause, LONGEST_PAUSE)
            raise
        self._failure, self._pause = None, FIRST_PAUSE
        return self._access

    def _renew_in_background(self) -> None:
        with self._lock:
            if self._renewing or self._rejected is not None or time.monotonic() < self._retry_at:
                return
            self._renewing = True
        threading.Thread(target=self._renew, name="cog-browser-renewal", daemon=True).start()

    def _renew(self) -> None:
        try:
            with self._lock:
                self._replace()
        except CogBrowserError as error:
            log.warning("The token could not be renewed yet: %s", error)
        finally:
            self._renewing = False


class ReadyToken:
    """A token and storage URL that came from elsewhere and can't be renewed here."""

    renews = False

    def __init__(self, connection: Connection, credentials: Credentials) -> None:
        if not connection.storage_url:
            raise ConfigurationError("A ready token needs the storage URL (SWIFT_STORAGE_URL).")
        if not credentials.token:
            raise ConfigurationError("The token is missing (SWIFT_AUTH_TOKEN).")
        self._access = Access(credentials.token, connection.storage_url)

    def current(self) -> Access | None:
        return self._access

    def access(self, *, not_token: str | None = None) -> Access:
        if not_token is not None:
            raise AuthenticationError(
                "The token has expired or been revoked, and a ready token can't be renewed. Get a "
                "new one (openstack token issue) and sign in again.",
                status=401,
            )
        return self._access


class Anonymous:
    """No token: what an account shows to everybody."""

    renews = True

    def __init__(self, connection: Connection) -> None:
        if not connection.storage_url:
            raise ConfigurationError(
                "Anonymous access needs the account's storage URL, the part of a public object's "
                "URL before the container (https://…/v1/AUTH_…)."
            )
        self._access = Access("", connection.storage_url)

    def current(self) -> Access | None:
        return self._access

    def access(self, *, not_token: str | None = None) -> Access:
        if not_token is not None:
            raise AuthenticationError(
                "This is not public, and the connection is anonymous. Enter the names of public "
                "containers in the connection, or sign in.",
                status=401,
            )
        return self._access


class TempAuth(RenewingAuth):
    """Swift's version 1 sign-in, as TempAuth and Ceph offer it.

    Source: Swift documentation, "Auth middleware", TempAuth; Ceph, "Swift API: authentication".
    """

    def __init__(self, connection: Connection, credentials: Credentials, http: HttpClient) -> None:
        super().__init__()
        if not (connection.auth_url and connection.user_name and credentials.password):
            raise ConfigurationError("Version 1 sign-in needs the URL, the user and the key.")
        self._connection, self._credentials, self._http = connection, credentials, http

    def _sign_in(self) -> Access:
        host = urlsplit(self._connection.auth_url).netloc
        try:
            response = self._http.call(
                "GET",
                self._connection.auth_url,
                f"sign in at {host}",
                headers={
                    "X-Auth-User": _in_utf8(self._connection.user_name),
                    "X-Auth-Key": _in_utf8(self._credentials.password or ""),
                },
                accept=(200, 204),
            )
        except AuthenticationError as error:
            raise AuthenticationError(
                f"{host} refuses to sign you in: the user (often account:user) or key is wrong. "
                "(Nothing is tried again with this key.)",
                status=401,
                request_id=error.request_id,
            ) from None
        response.close()
        token = response.headers.get("X-Auth-Token", "")
        url = self._connection.storage_url or response.headers.get("X-Storage-Url", "").rstrip("/")
        if not token or not url:
            raise ProtocolError(
                f"{host} answered, but not as version 1 sign-in does. The URL usually ends in "
                "/auth/v1.0."
            )
        if not self._connection.storage_url:
            refuse_stranger(url, self._connection.auth_url, "The sign-in service")
        lifetime = response.headers.get("X-Auth-Token-Expires", "")
        return access_for(token, url, float(lifetime) if lifetime.isdigit() else 3600.0)


def _in_utf8(text: str) -> str:
    """What arrives as UTF-8, which Swift expects, once HTTP's Latin-1 is applied to it."""
    return text.encode().decode("latin-1")
