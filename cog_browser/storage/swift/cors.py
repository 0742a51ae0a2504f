# SPDX-License-Identifier: GPL-2.0-or-later
"""Which web pages may read a Swift container (CORS): the container's metadata that says so."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from cog_browser.storage.errors import ConfigurationError, PermissionDeniedError, ProtocolError
from cog_browser.storage.swift.store import SwiftStore

#: What a script needs to see of an answer to read a COG by ranges.
EXPOSED = ("Content-Range", "Content-Length", "Accept-Ranges", "ETag")
#: How long a browser may remember the permission, in seconds.
MAX_AGE = 3600
_PREFIX = "X-Container-Meta-Access-Control-"


@dataclass(frozen=True)
class CorsRules:
    """``origins`` are “https://host”, or “*” for all; none means that no page may read.

    ``max_age`` is in seconds; None where nothing is said.
    """

    origins: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()
    max_age: int | None = None


def cors_rules(origins: tuple[str, ...]) -> CorsRules:
    """What these origins need to read COGs; raises `ConfigurationError` where one is none."""
    if not origins:
        return CorsRules()
    for origin in origins:
        if origin != "*" and not _is_origin(origin):
            raise ConfigurationError(
                f"“{origin}” is no origin of web pages. Write scheme and host alone, e.g. "
                "https://maps.example.org, or * for all pages."
            )
    if "*" in origins:
        return CorsRules(("*",), EXPOSED, MAX_AGE)
    return CorsRules(tuple(dict.fromkeys(origins)), EXPOSED, MAX_AGE)


def cors_headers(rules: CorsRules) -> dict[str, str]:
    """The metadata as it is sent; an empty value removes an entry."""
    return {
        f"{_PREFIX}Allow-Origin": " ".join(rules.origins),
        f"{_PREFIX}Expose-Headers": " ".join(rules.exposed),
        f"{_PREFIX}Max-Age": "" if rules.max_age is None else str(rules.max_age),
    }


def read_cors(store: SwiftStore, container: str) -> CorsRules:
    """What the container says now."""
    doing = f"read the CORS metadata of container “{container}”"
    response = store.call("HEAD", (container,), doing)
    response.close()
    age = response.headers.get(f"{_PREFIX}Max-Age", "")
    return CorsRules(
        tuple(response.headers.get(f"{_PREFIX}Allow-Origin", "").split()),
        tuple(response.headers.get(f"{_PREFIX}Expose-Headers", "").replace(",", " ").split()),
        int(age[:20]) if age.isdecimal() else None,
    )


def write_cors(store: SwiftStore, container: str, rules: CorsRules) -> CorsRules:
    """Replace the container's CORS metadata, and nothing else; returns what it says then."""
    doing = f"set the CORS metadata of container “{container}”"
    try:
        headers = cors_headers(rules)
        store.call("POST", (container,), doing, headers=headers, accept=(200, 202, 204)).close()
    except PermissionDeniedError as error:
        raise PermissionDeniedError(
            f"Could not {doing}: only the owner of the project may (403). Send them the setting.",
            status=error.status,
            request_id=error.request_id,
        ) from None
    found = read_cors(store, container)
    if found != rules:
        raise ProtocolError(f"Could not {doing}: the store has accepted it, but not kept it.")
    return found


def _is_origin(text: str) -> bool:
    if not text.isascii() or any(ord(c) <= 32 or c in "\\@*,;\"'<>" for c in text):
        return False
    try:
        parts = urlsplit(text)
        _port = parts.port
    except ValueError:
        return False
    is_bare = not (parts.path or parts.query or parts.fragment or text.endswith(("?", "#")))
    return parts.scheme in ("http", "https") and bool(parts.hostname) and is_bare
