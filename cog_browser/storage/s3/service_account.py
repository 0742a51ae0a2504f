# SPDX-License-Identifier: GPL-2.0-or-later
"""A service account of Google as a source of keys."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from cog_browser.storage import google_auth
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.http import HttpSettings, is_loopback
from cog_browser.storage.s3.places import Place
from cog_browser.storage.s3.signing import BearerToken

STORAGE_SCOPE = "https://www.googleapis.com/auth/devstorage.full_control"
#: Seconds before its end from which on a token is replaced.
_MARGIN = 300.0


class ServiceAccount:
    """A `KeySource` of tokens, each good for an hour and then replaced."""

    renews = True

    def __init__(
        self, connection: Connection, credentials: Credentials, settings: HttpSettings
    ) -> None:
        if not google_auth.is_installed():
            raise ConfigurationError(
                "Signing in as a service account needs the Python package google-auth (Debian: "
                "python3-google-auth; elsewhere: pip install google-auth), which is not "
                "installed. An HMAC key of the service account works without it."
            )
        url = urlsplit(Place(connection).base)
        if url.scheme != "https" and not is_loopback(url.hostname or ""):
            raise ConfigurationError(
                f"{url.netloc} would be sent a token without TLS, for anybody on the way to read. "
                "Use https in the connection's end point."
            )
        self._settings = settings
        self._text = (credentials.service_account or "").strip()
        if not self._text:
            raise ConfigurationError(
                f"The connection “{connection.name}” needs the JSON file of a service account."
            )
        self._lock = threading.Lock()
        self._token: BearerToken | None = None

    def keys(self, *, refused: object = None) -> BearerToken:
        with self._lock:
            known = self._token
            if known is None or known == refused or known.ends_at - time.time() < _MARGIN:
                document = google_auth.account_document(self._text)
                known = google_auth.sign_in(document, (STORAGE_SCOPE,), self._settings)
                self._token = known
            return known

    def signer(self) -> tuple[str, Callable[[bytes], bytes]]:
        """Who signs links, and what makes RSA signatures with SHA-256. Sends nothing."""
        return google_auth.signer(google_auth.account_document(self._text))
