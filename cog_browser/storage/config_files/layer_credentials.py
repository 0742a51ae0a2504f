# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads sources of layers that hold a secret in clear, as QGIS 3.34 and newer write them.

``/vsiswift/container/key|credential:SWIFT_AUTH_TOKEN=…|credential:SWIFT_STORAGE_URL=…``: any of
GDAL's configuration options, for any of its file systems.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import ConfigurationError

_MARK = "|credential:"
_OPTION = re.compile(r"\|credential:([^=|]+)=([^|]*)")
_HANDLER = re.compile(r"/vsi[a-z0-9_]+/")
_SWIFT_URL = re.compile(r"/vsicurl/(https?://[^\s?#\\]+/v1(?:\.0)?/[^\s/?#\\]+)/([^/]+)/(.+)")
_TOKEN_HEADER = re.compile(r"x-auth-token\s*:\s*(\S+)", re.IGNORECASE)
#: GDAL's names of what a version 1 sign-in needs → Swift's own.
_VERSION_1 = {"SWIFT_AUTH_V1_URL": "ST_AUTH", "SWIFT_USER": "ST_USER", "SWIFT_KEY": "ST_KEY"}


@dataclass(frozen=True)
class LayerCredentials:
    """A path of GDAL and the options beside it; at least one of these may be a secret."""

    path: str
    options: Mapping[str, str] = field(repr=False)

    @property
    def handler(self) -> str:
        """GDAL's file system, e.g. ``/vsis3/``; empty where there is none."""
        found = _HANDLER.match(self.path)
        return found[0] if found else ""

    def account(self) -> tuple[Connection, Credentials, str, str] | None:
        """Connection, secrets, container and key; None where no kind of connection reads this."""
        reader = _READERS.get(self.handler)
        try:
            return reader(self) if reader is not None else None
        except ConfigurationError:  # they don't describe an account
            return None


def has_credentials(source: str) -> bool:
    return _MARK in source


def layer_credentials(source: str) -> LayerCredentials | None:
    """The parts of a source with secrets in clear; None for any other source."""
    if not has_credentials(source):
        return None
    return LayerCredentials(source.partition("|")[0], dict(_OPTION.findall(source)))


def _swift(found: LayerCredentials) -> tuple[Connection, Credentials, str, str] | None:
    container, _, key = found.path[len("/vsiswift/") :].partition("/")
    values = {_VERSION_1.get(name, name): value for name, value in found.options.items()}
    connection, credentials = Connection.from_variables(values)
    if not (container and key and credentials):
        return None
    return connection, credentials, container, key


def _swift_by_url(found: LayerCredentials) -> tuple[Connection, Credentials, str, str] | None:
    parts = _SWIFT_URL.fullmatch(found.path)
    token = _TOKEN_HEADER.search(found.options.get("GDAL_HTTP_HEADERS", ""))
    if parts is None or token is None:
        return None
    connection = Connection(
        urlsplit(parts[1]).hostname or "Swift", auth_mode="token", storage_url=parts[1]
    )
    return connection, Credentials(token=token[1]), unquote(parts[2]), unquote(parts[3])


#: GDAL's file system → how an account is read from its options. A new kind of connection gets its
#: line here, and `ForeignOffer` offers it.
_READERS: dict[
    str, Callable[[LayerCredentials], tuple[Connection, Credentials, str, str] | None]
] = {"/vsiswift/": _swift, "/vsicurl/": _swift_by_url}
