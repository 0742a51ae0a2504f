# SPDX-License-Identifier: GPL-2.0-or-later
"""Signs and sends, and makes errors of refusals."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

from cog_browser.storage.errors import (
    AuthenticationError,
    ConfigurationError,
    PermissionDeniedError,
    ServerError,
    StoreError,
    ThrottledError,
    TransportError,
)
from cog_browser.storage.http import RETRIES, Body, HttpClient, Response, is_in_clear, pause
from cog_browser.storage.s3.answers import WRONG_REGION, error_of, read_error, region_of
from cog_browser.storage.s3.key_sources import KeySource
from cog_browser.storage.s3.places import Place
from cog_browser.storage.s3.service_account import ServiceAccount
from cog_browser.storage.s3.signing import (
    UNSIGNED,
    BearerToken,
    Keys,
    bearer_headers,
    google_signed_url,
    signed_headers,
    signed_url,
)
from cog_browser.storage.xml_answers import Element

_RETRIED = (TransportError, ThrottledError, ServerError)


class S3Calls:
    """Requests to one service. Thread: any."""

    def __init__(
        self, http: HttpClient, place: Place, keys: KeySource, *, requester_pays: bool = False
    ) -> None:
        self._http, self.place, self._keys = http, place, keys
        self._always = {"x-amz-request-payer": "requester"} if requester_pays else {}

    def call(
        self,
        method: str,
        names: tuple[str, ...],
        doing: str,
        *,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes | Body | None = None,
        accept: Iterable[int] = (200, 204),
        retries: int = RETRIES,
        payload: str = UNSIGNED,
    ) -> Response:
        """The answer, if its status is in ``accept``. ``names`` are a bucket and perhaps a key.

        Signed again for the region that the service names, and with fresh keys where it refuses
        those at hand. A body goes once: sending it again is for the caller to decide.
        """
        retries = retries if method in ("GET", "HEAD") else 0
        attempt = 0
        while True:
            try:
                return self._persuade(
                    method, names, doing, query, headers or {}, body, tuple(accept), payload
                )
            except _RETRIED as error:
                attempt += 1
                if attempt > retries:
                    raise
                pause(attempt - 1, error)

    def signed_url(self, method: str, names: tuple[str, str], expires_in: int) -> str:
        """A URL that works without keys for a time: a secret. Sends nothing, or to the role's."""
        keys, url = self._keys.keys(), self.place.url(*names)
        if keys is None:
            raise ConfigurationError(
                "Nobody is signed in, so nothing signs a link. What this connection reads is "
                "public: its URL is the link."
            )
        if isinstance(self._keys, ServiceAccount):
            return google_signed_url(method, url, *self._keys.signer(), expires_in)
        if isinstance(keys, BearerToken):  # nobody else has one
            raise ConfigurationError("This sign-in makes no links.")
        _refuse_in_clear(url, keys)
        left = expires_in if keys.ends_at is None else int(keys.ends_at - time.time())
        if left < expires_in:
            raise ConfigurationError(
                f"These temporary keys end in {left // 60} minutes, and a link with them. Choose a "
                "shorter life, or sign in with keys that stay."
            )
        return signed_url(method, url, keys, self.place.region(names[0]), expires_in)

    def signed_request(
        self, method: str, names: tuple[str, str], headers: Mapping[str, str]
    ) -> tuple[str, dict[str, str]]:
        """See `SignsRequests`. Sends nothing, or to the role's."""
        url = self.place.url(*names)
        return url, self._signed(method, url, names, headers, self._keys.keys(), UNSIGNED)

    def _persuade(
        self,
        method: str,
        names: tuple[str, ...],
        doing: str,
        query: str,
        headers: Mapping[str, str],
        body: bytes | Body | None,
        accept: tuple[int, ...],
        payload: str,
    ) -> Response:
        bucket = names[0] if names else ""
        keys, is_fresh = self._keys.keys(), False
        for _ in range(4):
            region = self.place.region(bucket)
            response = self._send(method, names, query, headers, body, keys, payload)
            if response.status in accept:
                return response
            found = read_error(response)
            is_silent = method == "HEAD" and response.status in (400, 403)
            if is_silent and not region_of(response, found):
                found = self._reason(names, headers, keys)
            if self._is_elsewhere(response, found, bucket, region):
                continue
            error = error_of(response, found, doing)
            if isinstance(error, AuthenticationError) and not is_fresh:
                keys_now, is_fresh = self._keys.keys(refused=keys), True
                if keys_now != keys:
                    keys = keys_now
                    continue
            raise _for_nobody(error, doing) if keys is None else error
        raise error

    def _send(
        self,
        method: str,
        names: tuple[str, ...],
        query: str,
        headers: Mapping[str, str],
        body: bytes | Body | None,
        keys: Keys | BearerToken | None,
        payload: str,
    ) -> Response:
        url = self.place.url(*names) + (f"?{query}" if query else "")
        sent = self._signed(method, url, names, headers, keys, payload)
        return self._http.exchange(method, url, sent, body)

    def _signed(
        self,
        method: str,
        url: str,
        names: tuple[str, ...],
        headers: Mapping[str, str],
        keys: Keys | BearerToken | None,
        payload: str,
    ) -> dict[str, str]:
        sent = {**self._always, **headers}
        if keys is None:
            return sent
        _refuse_in_clear(url, keys)
        if isinstance(keys, BearerToken):
            return bearer_headers(sent, keys)
        region = self.place.region(names[0] if names else "")
        return signed_headers(method, url, sent, keys, region, payload=payload)

    def _is_elsewhere(
        self, response: Response, found: Element, bucket: str, signed_for: str
    ) -> bool:
        """Whether to sign for another region. A host that the answer names is never asked."""
        is_refusal = found.value("Code") in WRONG_REGION or response.status in (301, 307, 400)
        region = region_of(response, found) if is_refusal else ""
        return bool(region) and region != signed_for and self.place.learn_region(bucket, region)

    def _reason(
        self, names: tuple[str, ...], headers: Mapping[str, str], keys: Keys | BearerToken | None
    ) -> Element:
        """Why a HEAD was refused: its answer has no body to say so."""
        try:
            query = "max-keys=0" if len(names) < 2 else ""
            begin = {**headers, "Range": "bytes=0-0"}
            response = self._send("GET", names, query, begin, None, keys, UNSIGNED)
            if response.status < 400:
                response.abandon()
                return Element("")
            return read_error(response)
        except StoreError:
            return Element("")


def _refuse_in_clear(url: str, keys: Keys | BearerToken) -> None:
    """Keys only sign and stay here; a token travels with each request."""
    if keys.token and is_in_clear(url):
        raise ConfigurationError(
            "The end point begins with http://, so the token of your temporary keys would travel "
            "in clear. Enter it with https://, or sign in with keys that need no token."
        )


def _for_nobody(error: StoreError, doing: str) -> StoreError:
    if not isinstance(error, PermissionDeniedError):
        return error
    return PermissionDeniedError(
        f"Could not {doing}: it is not public. Sign in with keys that may read it.",
        status=error.status,
        request_id=error.request_id,
    )
