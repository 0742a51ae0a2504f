# SPDX-License-Identifier: GPL-2.0-or-later
"""Where an Azure storage account is, and requests to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from cog_browser.storage.azure.answers import error_of
from cog_browser.storage.azure.signing import VERSION, reading_signature, signed_headers
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import (
    ConfigurationError,
    ServerError,
    ThrottledError,
    TransportError,
)
from cog_browser.storage.http import RETRIES, Body, HttpClient, Response, is_in_clear, pause
from cog_browser.storage.object_names import encoded_path

_ACCOUNT = re.compile(r"[a-z0-9]{3,24}")


def account_url(connection: Connection) -> str:
    """The account's URL, by which its objects are named. Raises `ConfigurationError`."""
    if connection.endpoint:
        return connection.endpoint
    if not _ACCOUNT.fullmatch(connection.account):
        raise ConfigurationError(
            f"“{connection.account}” is no storage account's name: it has 3 to 24 lower-case "
            "letters and digits."
        )
    return f"https://{connection.account}.blob.core.windows.net"


class AzureCalls:
    """Requests to one account. Thread: any."""

    def __init__(self, http: HttpClient, connection: Connection, credentials: Credentials) -> None:
        self._http, self.url = http, account_url(connection)
        self._account, self._key, self._sas = connection.account, "", ""
        if connection.auth_mode == "account_key":
            self._key = credentials.account_key or ""
        elif connection.auth_mode == "sas":
            self._sas = (credentials.sas_token or "").strip().lstrip("?&")
        if self._sas and is_in_clear(self.url):  # it stands in each URL; keys only sign
            raise ConfigurationError(
                "The end point begins with http://, so your shared access signature would travel "
                "in clear. Enter it with https://, or sign in with the account key."
            )
        if connection.auth_mode != "anonymous" and not (self._key or self._sas):
            raise ConfigurationError(f"The connection “{connection.name}” has no secret.")

    def call(
        self,
        method: str,
        names: tuple[str, ...],
        doing: str,
        *,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes | Body | None = None,
        accept: Iterable[int] = (200, 201, 202),
        retries: int = RETRIES,
    ) -> Response:
        """The answer, if its status is in ``accept``. A body goes once."""
        retries = retries if method in ("GET", "HEAD") else 0
        accept, attempt = tuple(accept), 0
        while True:
            try:
                response = self._send(method, names, query, headers or {}, body)
                if response.status in accept:
                    return response
                raise error_of(response, doing)
            except (TransportError, ThrottledError, ServerError) as error:
                attempt += 1
                if attempt > retries:
                    raise
                pause(attempt - 1, error)

    def url_of(self, names: tuple[str, ...]) -> str:
        return self.url + (encoded_path(names) if names else "/")

    def source_url(self, container: str, key: str) -> str:
        """What the service itself reads a copy's bytes from."""
        url = self.url_of((container, key))
        return f"{url}?{self._sas}" if self._sas else url

    def share_url(self, container: str, key: str, expires_in: int) -> str:
        url = self.url_of((container, key))
        if self._sas:
            raise ConfigurationError(
                "A connection with a shared access signature makes no links: they would hand on "
                "all that the signature allows. Use one with the account key."
            )
        if not self._key:
            raise ConfigurationError(
                "Nobody is signed in, so nothing signs a link. What this connection reads is "
                "public: its URL is the link."
            )
        is_https = url.startswith("https:")
        query = reading_signature(
            container, key, expires_in, self._account, self._key, is_https=is_https
        )
        return f"{url}?{query}"

    def signed_request(
        self, method: str, names: tuple[str, str], headers: Mapping[str, str]
    ) -> tuple[str, dict[str, str]]:
        """See `SignsRequests`. Sends nothing."""
        if self._sas:
            raise ConfigurationError(
                "The server of a connection with a shared access signature isn't checked: the "
                "signature would stand in each URL. Use one with the account key, or check the "
                "object's public URL."
            )
        url = self.url_of(names)
        return url, self._signed(method, url, headers, 0)

    def _send(
        self,
        method: str,
        names: tuple[str, ...],
        query: str,
        headers: Mapping[str, str],
        body: bytes | Body | None,
    ) -> Response:
        texts = "&".join(part for part in (query, self._sas) if part)
        url = self.url_of(names) + (f"?{texts}" if texts else "")
        length = len(body) if body is not None else 0
        return self._http.exchange(method, url, self._signed(method, url, headers, length), body)

    def _signed(
        self, method: str, url: str, headers: Mapping[str, str], length: int
    ) -> dict[str, str]:
        sent: dict[str, str] = {"x-ms-version": VERSION, **headers}
        if not self._key:
            return sent
        return signed_headers(method, url, sent, length, self._account, self._key)
