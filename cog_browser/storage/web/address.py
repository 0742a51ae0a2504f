# SPDX-License-Identifier: GPL-2.0-or-later
"""What the URL of a web connection stands for: which URLs belong to it, and by which names.

A folder is the one container of its connection, called like the last part of its URL (or its
host); keys are the paths below it. A connection to a single file has its host as container and
the file's name as key. So the URL of an object follows from its names without asking the server.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.object_names import encoded_path

if TYPE_CHECKING:
    from cog_browser.storage.connection import Connection

_VSICURL = "/vsicurl/"
#: Names in the query of a listing's URL. What else stands there may be a signature: a secret.
_LISTING = frozenset(
    {
        "format", "limit", "marker", "end_marker", "prefix", "delimiter", "reverse",  # Swift
        "list-type", "max-keys", "encoding-type", "start-after", "fetch-owner",  # S3
        "c", "o", "f", "v", "p",  # Apache's sorting
    }
)  # fmt: skip
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class WebAddress:
    """``root`` is the URL of the folder or file, without its last slash and its query.

    ``prefix`` is the part of a listing that the query asks for.
    """

    root: str
    prefix: str

    @classmethod
    def of(cls, connection: Connection) -> WebAddress:
        """Raises `ConfigurationError` where the connection has no URL that can be one."""
        return cls.parse(connection.storage_url)

    @classmethod
    def parse(cls, url: str) -> WebAddress:
        """See `of`."""
        if not url:
            raise ConfigurationError(
                "The connection has no URL. Enter that of a web folder, of a listing or of a file."
            )
        parts = urlsplit(url)
        if {".", ".."} & set(unquote(parts.path).split("/")) or "//" in parts.path:
            raise ConfigurationError(
                f"The path of the URL on {parts.netloc} has a “.”, “..” or empty part; enter the "
                "URL without."
            )
        query = parse_qsl(parts.query, keep_blank_values=True)
        if not {name.lower() for name, _ in query} <= _LISTING:
            raise ConfigurationError(
                f"The URL on {parts.netloc} has a query that is none of a listing. Such links are "
                "often secrets that end; enter the URL without what follows the “?”."
            )
        root = parts._replace(query="", fragment="").geturl().rstrip("/?#")
        return cls(root, dict(query).get("prefix", ""))

    @property
    def host(self) -> str:
        """With its port, where that isn't the usual one."""
        return urlsplit(self.root).netloc

    @property
    def folder(self) -> str:
        """The container's name where the URL is a folder."""
        return self._last or self.host

    @property
    def file(self) -> tuple[str, str]:
        """Container and key where the URL is a file."""
        return self.host, self._last

    @property
    def saved_root(self) -> str:
        """What `names_of` understands begins with this once it has a slash at its end."""
        return f"{_VSICURL}{self.root}/"

    def url(self, container: str, key: str) -> str:
        """The URL of an object. Raises `ConfigurationError` for names that aren't of here."""
        if self._last and (container, key) == self.file:
            return self.root
        if container != self.folder:
            raise ConfigurationError(
                f"There is no “{container}” in this connection: its URL is that of “{self.folder}”."
            )
        return self.root + encoded_path(("-", key))[2:]

    def folder_url(self, path: str) -> str:
        """The URL of a folder in the folder; an empty path is the folder itself."""
        return self.root + (encoded_path(("-", path))[2:] if path else "/")

    def source(self, container: str, key: str) -> str:
        """The saved form of an object's source."""
        return _VSICURL + self.url(container, key)

    def names_of(self, source: str) -> tuple[str, str] | None:
        """Container and key of a saved form that `source` has written; None for any other."""
        if self._last and source == _VSICURL + self.root:
            return self.file
        if not source.startswith(self.saved_root):
            return None
        try:
            key = unquote(source[len(self.saved_root) :], errors="strict")
            return (self.folder, key) if self.source(self.folder, key) == source else None
        except (ConfigurationError, UnicodeDecodeError):
            return None

    def owns(self, url: str) -> bool:
        """Whether a secret of the connection may go to a URL.

        Scheme, host, port and whole path segments must be those of the root.
        """
        try:
            here, there = urlsplit(self.root), urlsplit(url)
            same = origin(self.root) == origin(url)
        except ValueError:
            return False
        strange = any(ord(c) <= 32 or c == "\\" for c in url) or there.username is not None
        dots = {".", ".."} & set(unquote(there.path).split("/"))
        inside = there.path == here.path or there.path.startswith(here.path + "/")
        return same and inside and not strange and not dots

    @property
    def _last(self) -> str:
        """The last part of the path, decoded; empty where the URL is only a host."""
        return unquote(urlsplit(self.root).path.rpartition("/")[2])


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0)
