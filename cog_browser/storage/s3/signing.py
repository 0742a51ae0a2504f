# SPDX-License-Identifier: GPL-2.0-or-later
"""Signatures of version 4, without which S3 answers nothing that is not public.

Why not GDAL's: ``docs/decisions/0004-s3-signed-here.md``. Source: Amazon S3 API Reference,
"Authenticating Requests (AWS Signature Version 4)".
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from urllib.parse import quote, urlsplit

UNSIGNED = "UNSIGNED-PAYLOAD"
_ALGORITHM = "AWS4-HMAC-SHA256"
_GOOGLES = "GOOG4-RSA-SHA256"
_DEFAULT_PORT = re.compile(r"(?<=.):(?:80|443)$")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Keys:
    """``ends_at`` is in seconds since 1970; None for keys that stay."""

    access: str = field(repr=False)
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)
    ends_at: float | None = None


@dataclass(frozen=True)
class BearerToken:
    """What Google takes instead of a signature, and the project that it is for."""

    token: str = field(repr=False)
    project: str
    ends_at: float


def query_text(query: Mapping[str, str] | Iterable[tuple[str, str]]) -> str:
    """A query string as it is signed: encoded and sorted."""
    pairs = query.items() if isinstance(query, Mapping) else query
    return "&".join(sorted(f"{quote(k, safe='')}={quote(v, safe='')}" for k, v in pairs))


def signed_headers(
    method: str,
    url: str,
    headers: Mapping[str, str],
    keys: Keys,
    region: str,
    *,
    payload: str = UNSIGNED,
    now: datetime | None = None,
) -> dict[str, str]:
    """The headers with the signature in ``Authorization``.

    The path and query of ``url`` are encoded already, the query by `query_text`. ``payload`` is
    the SHA-256 of the body in hexadecimal.
    """
    when = now or datetime.now(timezone.utc)
    parts = urlsplit(url)
    sent = {
        **headers,
        "x-amz-date": _stamp(when),
        "x-amz-content-sha256": payload,
        **({"x-amz-security-token": keys.token} if keys.token else {}),
    }
    signed = {"host": host_of(url)} | {
        name.lower(): _SPACES.sub(" ", value.strip())
        for name, value in sent.items()
        if name.lower().startswith("x-amz-")
    }
    signature = _signature(method, parts.path, parts.query, signed, payload, keys, region, when)
    sent["Authorization"] = (
        f"{_ALGORITHM} Credential={keys.access}/{_scope(when, region)}, "
        f"SignedHeaders={';'.join(sorted(signed))}, Signature={signature}"
    )
    return sent


def bearer_headers(headers: Mapping[str, str], token: BearerToken) -> dict[str, str]:
    """The headers as Google wants them beside a token: by its own names.

    Source: Google Cloud Storage, "Fully migrate from Amazon S3".
    """
    sent = {
        name.lower().replace("x-amz-", "x-goog-"): value
        for name, value in headers.items()
        if name.lower() != "x-amz-request-payer"
    }
    if len(sent) < len(headers) and token.project:
        sent["x-goog-user-project"] = token.project
    if token.project:
        sent["x-goog-project-id"] = token.project
    return {**sent, "Authorization": f"Bearer {token.token}"}


def signed_url(
    method: str,
    url: str,
    keys: Keys,
    region: str,
    expires_in: int,
    *,
    now: datetime | None = None,
) -> str:
    """A URL, given without a query, that works for whoever has it: a secret."""
    when = now or datetime.now(timezone.utc)
    query = query_text(
        {
            "X-Amz-Algorithm": _ALGORITHM,
            "X-Amz-Credential": f"{keys.access}/{_scope(when, region)}",
            "X-Amz-Date": _stamp(when),
            "X-Amz-Expires": str(expires_in),
            "X-Amz-SignedHeaders": "host",
            **({"X-Amz-Security-Token": keys.token} if keys.token else {}),
        }
    )
    headers = {"host": host_of(url)}
    path = urlsplit(url).path
    signature = _signature(method, path, query, headers, UNSIGNED, keys, region, when)
    return f"{url}?{query}&X-Amz-Signature={signature}"


def google_signed_url(
    method: str,
    url: str,
    email: str,
    sign: Callable[[bytes], bytes],
    expires_in: int,
    *,
    now: datetime | None = None,
) -> str:
    """As `signed_url`, with the RSA key of Google's service account ``email``.

    Source: Google Cloud Storage, "V4 signing process with your own program".
    """
    when = now or datetime.now(timezone.utc)
    scope = f"{when:%Y%m%d}/auto/storage/goog4_request"
    query = query_text(
        {
            "X-Goog-Algorithm": _GOOGLES,
            "X-Goog-Credential": f"{email}/{scope}",
            "X-Goog-Date": _stamp(when),
            "X-Goog-Expires": str(expires_in),
            "X-Goog-SignedHeaders": "host",
        }
    )
    digest = _digest(method, urlsplit(url).path, query, {"host": host_of(url)}, UNSIGNED)
    signature = sign("\n".join((_GOOGLES, _stamp(when), scope, digest)).encode()).hex()
    return f"{url}?{query}&X-Goog-Signature={signature}"


def host_of(url: str) -> str:
    """What a client sends as ``Host``: without the port where that is the usual one."""
    parts = urlsplit(url)
    usual = (parts.scheme, parts.port) in (("http", 80), ("https", 443))
    return _DEFAULT_PORT.sub("", parts.netloc) if usual else parts.netloc


def _signature(
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    payload: str,
    keys: Keys,
    region: str,
    when: datetime,
) -> str:
    digest = _digest(method, path, query, headers, payload)
    text = "\n".join((_ALGORITHM, _stamp(when), _scope(when, region), digest))
    key = b"AWS4" + keys.secret.encode()
    for part in _scope(when, region).split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _digest(method: str, path: str, query: str, headers: Mapping[str, str], payload: str) -> str:
    """Of the request as both ends write it."""
    names = sorted(headers)
    request = "\n".join(
        (
            method,
            path or "/",
            query,
            *(f"{name}:{headers[name]}" for name in names),
            "",
            ";".join(names),
            payload,
        )
    )
    return hashlib.sha256(request.encode()).hexdigest()


def _stamp(when: datetime) -> str:
    return when.strftime("%Y%m%dT%H%M%SZ")


def _scope(when: datetime, region: str) -> str:
    return f"{when:%Y%m%d}/{region}/s3/aws4_request"
