# SPDX-License-Identifier: GPL-2.0-or-later
"""A service account of Google, through google-auth where that is installed.

The only module that knows google-auth: it makes the RSA signature, which the standard library
can't. Its requests are sent by this package's own HTTP client.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cog_browser.storage.config_files.text_file import read_text
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import (
    AuthenticationError,
    CogBrowserError,
    ConfigurationError,
    TransportError,
)
from cog_browser.storage.http import MAX_DOCUMENT, HttpClient, HttpSettings, is_loopback
from cog_browser.storage.s3.places import Place
from cog_browser.storage.s3.signing import BearerToken

try:
    from google.auth import exceptions as google_errors
    from google.oauth2 import service_account
except ImportError:  # no QGIS bundles it
    service_account = None

_SCOPE = "https://www.googleapis.com/auth/devstorage.full_control"
#: Seconds before its end from which on a token is replaced.
_MARGIN = 300.0


class ServiceAccount:
    """A `KeySource` of tokens, each good for an hour and then replaced."""

    renews = True

    def __init__(
        self, connection: Connection, credentials: Credentials, settings: HttpSettings
    ) -> None:
        if service_account is None:
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
                known = self._token = self._sign_in()
            return known

    def signer(self) -> tuple[str, Callable[[bytes], bytes]]:
        """Who signs links, and what makes RSA signatures with SHA-256. Sends nothing."""
        try:
            account = service_account.Credentials.from_service_account_info(self._document())
            return str(account.signer_email), account.sign_bytes
        except CogBrowserError:
            raise
        except Exception:  # of several libraries, and some show the key
            raise _unfit() from None

    def _sign_in(self) -> BearerToken:
        document = self._document()
        where = urlsplit(str(document["token_uri"])).netloc
        sender = _Sender(self._settings)
        try:
            account = service_account.Credentials.from_service_account_info(
                document, scopes=[_SCOPE]
            )
            account.refresh(sender)
            ends_at = account.expiry.replace(tzinfo=timezone.utc).timestamp()
            return BearerToken(str(account.token), str(document.get("project_id") or ""), ends_at)
        except CogBrowserError:
            raise
        except google_errors.RefreshError:
            raise AuthenticationError(
                f"{where} refuses the service account: its key was deleted, the account is "
                "disabled, or this computer's clock is wrong.",
                status=401,
            ) from None
        except google_errors.TransportError:
            raise TransportError(f"{where} can't be reached; check the network.") from None
        except Exception:  # of several libraries, and some show the key
            raise _unfit() from None
        finally:
            sender.close()

    def _document(self) -> dict[str, Any]:
        """The JSON, which was given itself or by its path."""
        text = self._text
        if not text.startswith("{"):
            text = read_text(Path(text).expanduser())
        try:
            found = json.loads(text)
            is_one = found["type"] == "service_account" and bool(found["private_key"])
            uri = str(found["token_uri"])
        except (ValueError, KeyError, TypeError):
            raise _unfit() from None
        if not is_one:
            raise _unfit()
        if not _is_googles(uri):
            raise ConfigurationError(
                "The service account's file names a token_uri that isn't Google's. It would get "
                "to see the account's sign-in; take the file as Google made it."
            )
        return dict(found)


def _unfit() -> ConfigurationError:
    return ConfigurationError(
        "This is no JSON file of a service account. Google Cloud makes one under IAM & Admin › "
        "Service Accounts › Keys › Add key; give its path or its content."
    )


def _is_googles(uri: str) -> bool:
    """Whether a token may be asked for there; loopback is for tests and emulators."""
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
        if parts.username is not None or parts.port == 0:
            return False
    except ValueError:
        return False
    if is_loopback(host):
        return parts.scheme in ("http", "https")
    is_google = host == "accounts.google.com" or host.endswith(".googleapis.com")
    return parts.scheme == "https" and parts.port in (None, 443) and is_google


@dataclass(frozen=True)
class _Answer:
    """As google-auth expects one."""

    status: int
    headers: Mapping[str, str]
    data: bytes = field(repr=False)


class _Sender:
    """Sends google-auth's requests: its "transport"."""

    def __init__(self, settings: HttpSettings) -> None:
        self._http = HttpClient(settings=settings)

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **_more: Any,
    ) -> _Answer:
        response = self._http.exchange(method, url, headers or {}, body)
        return _Answer(response.status, response.headers, response.read(MAX_DOCUMENT))

    def close(self) -> None:
        self._http.close()
