# SPDX-License-Identifier: GPL-2.0-or-later
"""Signing in to Google, through google-auth where that is installed.

The only module that knows google-auth: it makes the RSA signature of a service account, which the
standard library can't. Its requests are sent by this package's own HTTP client.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timezone
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cog_browser.storage.config_files.text_file import read_text
from cog_browser.storage.errors import (
    AuthenticationError,
    CogBrowserError,
    ConfigurationError,
    TransportError,
)
from cog_browser.storage.http import MAX_DOCUMENT, HttpClient, HttpSettings, is_loopback
from cog_browser.storage.s3.signing import BearerToken

try:
    from google.auth import exceptions as google_errors
    from google.oauth2 import credentials as user_credentials
    from google.oauth2 import service_account
except ImportError:  # no QGIS bundles it
    service_account = None

SERVICE_ACCOUNT, USER = "service_account", "authorized_user"
_TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105  # nosec B105


def is_installed() -> bool:
    """Whether `sign_in` can do its work."""
    return service_account is not None


def account_document(text: str, *, allows_user: bool = False) -> dict[str, Any]:
    """A service account's sign-in, or a user's, as Google's tools write it.

    ``text`` is the JSON itself, or its path. Raises `ConfigurationError`, also for a sign-in that
    would be shown to somebody else than Google.
    """
    text = text.strip()
    if not text.startswith("{"):
        text = read_text(Path(text).expanduser())
    unfit = _unfit(USER if allows_user else SERVICE_ACCOUNT)
    try:
        found = {**json.loads(text)}
        kind = found.setdefault("type", USER)  # Earth Engine's file has none
        if kind == USER:
            found.setdefault("token_uri", _TOKEN_URI)
        is_one = bool(found["refresh_token" if kind == USER else "private_key"])
        uri = str(found["token_uri"])
    except (ValueError, KeyError, TypeError):
        raise unfit from None
    if not is_one or kind not in ((USER, SERVICE_ACCOUNT) if allows_user else (SERVICE_ACCOUNT,)):
        raise unfit
    if not is_googles(uri):
        what = "sign-in" if kind == USER else "service account"
        raise ConfigurationError(
            f"The {what}'s file names a token_uri that isn't Google's. It would get "
            "to see the account's sign-in; take the file as Google made it."
        )
    return found


def sign_in(
    document: Mapping[str, Any], scopes: Sequence[str], settings: HttpSettings
) -> BearerToken:
    """A token for what `account_document` has read. Needs `is_installed`."""
    kind = str(document["type"])
    where = urlsplit(str(document["token_uri"])).netloc
    sender = _Sender(settings)
    try:
        if kind == USER:
            # the scopes that the user has agreed to: asking for others would be refused
            account = user_credentials.Credentials(
                None,
                refresh_token=document["refresh_token"],
                token_uri=document["token_uri"],
                client_id=document["client_id"],
                client_secret=document["client_secret"],
            )
        else:
            account = service_account.Credentials.from_service_account_info(
                document, scopes=list(scopes)
            )
        account.refresh(sender)
        ends_at = account.expiry.replace(tzinfo=timezone.utc).timestamp()
        project = document.get("project_id") or document.get("quota_project_id") or ""
        return BearerToken(str(account.token), str(project), ends_at)
    except CogBrowserError:
        raise
    except google_errors.RefreshError:
        raise AuthenticationError(_refused(kind, where), status=401) from None
    except google_errors.TransportError:
        raise TransportError(f"{where} can't be reached; check the network.") from None
    except Exception:  # of several libraries, and some show the key
        raise _unfit(kind) from None
    finally:
        sender.close()


def signer(document: Mapping[str, Any]) -> tuple[str, Callable[[bytes], bytes]]:
    """A service account's address, and what makes its RSA signatures with SHA-256."""
    try:
        account = service_account.Credentials.from_service_account_info(document)
        return str(account.signer_email), account.sign_bytes
    except Exception:  # of several libraries, and some show the key
        raise _unfit(SERVICE_ACCOUNT) from None


def _refused(kind: str, where: str) -> str:
    if kind == USER:
        return (
            f"{where} refuses this computer's Google sign-in: it was taken back or has ended. "
            "Sign in again with “earthengine authenticate” or “gcloud auth application-default "
            "login”."
        )
    return (
        f"{where} refuses the service account: its key was deleted, the account is disabled, or "
        "this computer's clock is wrong."
    )


def _unfit(kind: str) -> ConfigurationError:
    if kind == USER:
        return ConfigurationError(
            "This is no Google sign-in of a user that can be used here. Make one with “gcloud auth "
            "application-default login”, or paste an access token."
        )
    return ConfigurationError(
        "This is no JSON file of a service account. Google Cloud makes one under IAM & Admin › "
        "Service Accounts › Keys › Add key; give its path or its content."
    )


def is_googles(uri: str) -> bool:
    """Whether a sign-in or a token may be sent there; loopback is for tests and emulators."""
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
        timeout: float | None = None,  # noqa: ARG002  google-auth's signature
        **_more: Any,
    ) -> _Answer:
        response = self._http.exchange(method, url, headers or {}, body)
        return _Answer(response.status, response.headers, response.read(MAX_DOCUMENT))

    def close(self) -> None:
        self._http.close()
