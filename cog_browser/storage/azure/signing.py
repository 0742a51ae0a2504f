# SPDX-License-Identifier: GPL-2.0-or-later
"""Signatures with the key of an Azure storage account.

Source: Azure Storage REST API reference, "Authorize with Shared Key" and "Create a service SAS".
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

from cog_browser.storage.errors import ConfigurationError

VERSION = "2021-08-06"
_SIGNED = (
    "content-encoding", "content-language", "content-length", "content-md5", "content-type",
    "date", "if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range",
)  # fmt: skip


def signed_headers(
    method: str, url: str, headers: Mapping[str, str], length: int, account: str, key: str
) -> dict[str, str]:
    """The headers with date and signature, for a body of ``length`` bytes."""
    sent = {**headers, "x-ms-date": format_datetime(datetime.now(timezone.utc), usegmt=True)}
    lower = {name.lower(): value.strip() for name, value in sent.items()}
    lower["content-length"] = str(length) if length else ""
    parts = urlsplit(url)
    query = sorted((k.lower(), v) for k, v in parse_qsl(parts.query, keep_blank_values=True))
    text = "\n".join(
        (
            method,
            *(lower.get(name, "") for name in _SIGNED),
            *(f"{name}:{lower[name]}" for name in sorted(lower) if name.startswith("x-ms-")),
            f"/{account}{parts.path}",
            *(f"{name}:{value}" for name, value in query),
        )
    )
    return {**sent, "Authorization": f"SharedKey {account}:{_mac(key, text)}"}


def reading_signature(
    container: str, blob: str, expires_in: int, account: str, key: str, *, is_https: bool
) -> str:
    """A query that lets whoever has it read one blob for so many seconds: a secret."""
    ends = (datetime.now(timezone.utc) + timedelta(seconds=expires_in)).strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )
    protocol = "https" if is_https else "https,http"
    resource = f"/blob/{account}/{container}/{blob}"
    text = "\n".join(
        ("r", "", ends, resource, "", "", protocol, VERSION, "b", "", "", "", "", "", "", "")
    )
    return urlencode(
        {"sv": VERSION, "sp": "r", "se": ends, "spr": protocol, "sr": "b", "sig": _mac(key, text)}
    )


def _mac(key: str, text: str) -> str:
    try:
        secret = base64.b64decode(key, validate=True)
    except (binascii.Error, ValueError):
        raise ConfigurationError(
            "The account key is none: it ends with == as a rule. Copy it again from “Access keys”."
        ) from None
    return base64.b64encode(hmac.new(secret, text.encode(), hashlib.sha256).digest()).decode()
