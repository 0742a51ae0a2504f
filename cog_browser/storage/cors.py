# SPDX-License-Identifier: GPL-2.0-or-later
"""Which web pages may read a container (CORS), whatever the kind of its store."""

from __future__ import annotations

from typing import Protocol, runtime_checkable
from urllib.parse import urlsplit

from cog_browser.storage.errors import ConfigurationError, PermissionDeniedError, ProtocolError
from cog_browser.storage.store import ObjectStore

#: What a script needs to see of an answer to read a COG by ranges.
EXPOSED = ("Content-Range", "Content-Length", "Accept-Ranges", "ETag")
#: How long a browser may remember the permission, in seconds.
MAX_AGE = 3600


class CorsSetting(Protocol):
    """All that a container says of CORS at one time; equal ones say the same."""

    @property
    def origins(self) -> tuple[str, ...]:
        """Pages that may read COGs: “https://host”, or “*” for all."""
        ...

    @property
    def text(self) -> str:
        """All of it, for people; empty for nothing."""
        ...

    def with_origins(self, origins: tuple[str, ...]) -> CorsSetting:
        """What `SetsCors.write_cors` would make of it; raises `ConfigurationError`."""
        ...


@runtime_checkable
class SetsCors(Protocol):
    """A store whose containers each have a setting. Methods may block on the network."""

    def read_cors(self, container: str) -> CorsSetting:
        """What the container says now."""
        ...

    def write_cors(self, container: str, now: CorsSetting, origins: tuple[str, ...]) -> CorsSetting:
        """Let these origins read, none other by our rule; returns what the container says then.

        ``now`` is what the user has seen: raises `ProtocolError`, and sets nothing, where the
        container says something else by now.
        """
        ...


def cors_setter(store: ObjectStore) -> SetsCors | None:
    """The store, where its user may set CORS on its containers; else None."""
    connection = store.connection
    if connection.auth_mode == "anonymous" or connection.kind == "gs":
        return None  # Google's document is another than S3's
    return store if isinstance(store, SetsCors) else None


def checked_origins(origins: tuple[str, ...]) -> tuple[str, ...]:
    """Each once; “*” alone where it is one of them. Raises `ConfigurationError`."""
    for origin in origins:
        if origin != "*" and not _is_origin(origin):
            raise ConfigurationError(
                f"“{origin}” is no origin of web pages. Write scheme and host alone, e.g. "
                "https://maps.example.org, or * for all pages."
            )
    return ("*",) if "*" in origins else tuple(dict.fromkeys(origins))


def check_unchanged(now: CorsSetting, seen: CorsSetting, doing: str) -> None:
    """Raise where somebody has set something else since the user looked."""
    if now != seen:
        raise ProtocolError(
            f"Could not {doing}: somebody has changed it meanwhile. Nothing was set; look at it "
            "again."
        )


def only_the_owner(doing: str, who: str, error: PermissionDeniedError) -> PermissionDeniedError:
    return PermissionDeniedError(
        f"Could not {doing}: only {who} may ({error.status}). Send them the setting.",
        status=error.status,
        request_id=error.request_id,
    )


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
