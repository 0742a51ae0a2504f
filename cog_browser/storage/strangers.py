# SPDX-License-Identifier: GPL-2.0-or-later
"""Keeps tokens from travelling in clear or to somebody else."""

from __future__ import annotations

from urllib.parse import urlsplit

from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.http import is_loopback

_HINT = "If this is right, enter it as the connection's storage URL."


def refuse_stranger(url: str, home_url: str, teller: str) -> None:
    """Raise `ConfigurationError` unless a token may go to ``url``.

    ``teller`` at ``home_url`` has named it, and may name only its own site: the same host, one
    below the same domain, or loopback to loopback; never http where it speaks https itself.
    """
    home, away = urlsplit(home_url), urlsplit(url)
    if away.scheme not in ("http", "https") or not away.hostname or away.username is not None:
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


def _is_same_site(home: str, away: str) -> bool:
    if home == away or (is_loopback(home) and is_loopback(away)):
        return True
    return _site(home) == _site(away)


def _site(host: str) -> str:
    """The last two labels of a host name; an address is its own site."""
    if ":" in host or host.replace(".", "").isdigit():
        return host
    return ".".join(host.lower().rstrip(".").split(".")[-2:])
