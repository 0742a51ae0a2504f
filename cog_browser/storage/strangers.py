# SPDX-License-Identifier: GPL-2.0-or-later
"""Keeps tokens from travelling in clear or to somebody else."""

from __future__ import annotations

from urllib.parse import SplitResult, urlsplit

from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.http import is_loopback

_HINT = "If this is right, enter it as the connection's storage URL."
#: Second labels below which, in a country's domain, strangers are neighbours (co.uk, com.au).
_SHARED = (
    "ac",
    "co",
    "com",
    "edu",
    "go",
    "gob",
    "gouv",
    "gov",
    "govt",
    "mil",
    "ne",
    "net",
    "or",
    "org",
)


def refuse_stranger(url: str, home_url: str, teller: str) -> None:
    """Raise `ConfigurationError` unless a token may go to ``url``.

    ``teller`` at ``home_url`` has named it, and may name only its own site: the same host, one
    below the same domain, or loopback to loopback; never http where it speaks https itself.
    """
    home, away = urlsplit(home_url), _split(url)
    if away is None or not away.hostname:
        raise ConfigurationError(f"{teller} names no usable URL for the object store. {_HINT}")
    if home.scheme == "https" and away.scheme != "https" and not is_loopback(away.hostname):
        raise ConfigurationError(
            f"{teller} points to {away.netloc} without TLS, so your token would travel in clear. "
            f"{_HINT}"
        )
    if not _is_same_site(home.hostname or "", away.hostname):
        raise ConfigurationError(
            f"{teller} of {home.netloc} points to another site, {away.netloc}. {_HINT}"
        )


def _split(url: str) -> SplitResult | None:
    """The URL's parts; None where a token can't go, or where it would go is in dispute."""
    # urlsplit takes the host of http://evil.org\.ours.org for one of ours, requests for evil.org
    if any(ord(c) <= 32 or c == "\\" for c in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.username is None else None


def _is_same_site(home: str, away: str) -> bool:
    if home == away or (is_loopback(home) and is_loopback(away)):
        return True
    return _site(home) == _site(away)


def _site(host: str) -> str:
    """The part of a host name that one owner has; an address is its own site."""
    if ":" in host or host.replace(".", "").isdigit():
        return host
    labels = host.lower().rstrip(".").split(".")
    is_shared = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SHARED
    return ".".join(labels[-3 if is_shared else -2 :])
