# SPDX-License-Identifier: GPL-2.0-or-later
"""URLs that are saved with a connection, in settings and projects: none may hold a secret."""

from __future__ import annotations

from urllib.parse import urlsplit

from cog_browser.storage.errors import ConfigurationError


def check_saved_url(label: str, url: str, *, may_have_query: bool = False) -> None:
    """Raises `ConfigurationError`, which never quotes the URL. A query is for others to check."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
        parts = urlsplit("")
    if not usable or any(ord(c) <= 32 or c == "\\" for c in url):
        raise ConfigurationError(
            f"The {label} URL must look like https://host.example.org/v3; it does not."
        )
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError(
            f"The {label} URL holds a user name or password; give those in their own fields."
        )
    if "#" in url or ("?" in url and not may_have_query):
        raise ConfigurationError(
            f"The {label} URL has a “?” or “#”. What follows may be a secret, and the URL is "
            "saved: enter it without. For an Azure shared access signature (SAS), choose to sign "
            "in with one (mode “sas”), and paste what follows the “?” into its field."
        )
