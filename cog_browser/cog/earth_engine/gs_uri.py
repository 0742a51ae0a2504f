# SPDX-License-Identifier: GPL-2.0-or-later
"""``gs://bucket/key#generation``: how Earth Engine names an object."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cog_browser.storage.errors import ConfigurationError

_URI = re.compile(r"gs://(?P<bucket>[^/]*)/(?P<key>.*?)(?:#(?P<generation>\d+))?", re.DOTALL)
_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")
_LONGEST_KEY = 1024  # bytes; Google's limit


@dataclass(frozen=True)
class GsUri:
    """``generation`` is the number that pins one content of the key; "" for whatever is there.

    A key that itself ends with # and digits can't be told from a generation, nor can Earth Engine.
    """

    bucket: str
    key: str
    generation: str = ""

    def __post_init__(self) -> None:
        if not _BUCKET.fullmatch(self.bucket):
            raise ConfigurationError(
                f"“{self.bucket}” in “{self}” is no name of a bucket; use 3 or more lower-case "
                "letters, digits, dots, hyphens and underscores."
            )
        length = len(self.key.encode("utf-8", "surrogateescape"))
        if not self.key or self.key.endswith("/") or re.search(r"[\r\n]", self.key):
            raise ConfigurationError(
                f"“{self}” names no object; write gs://bucket/folder/name.tif."
            )
        if length > _LONGEST_KEY:
            raise ConfigurationError(
                f"The key in “{self}” has {length} bytes; Google Cloud Storage takes at most "
                f"{_LONGEST_KEY}."
            )

    def __str__(self) -> str:
        pin = f"#{self.generation}" if self.generation else ""
        return f"gs://{self.bucket}/{self.key}{pin}"

    @classmethod
    def parse(cls, text: str) -> GsUri:
        """Raises `ConfigurationError`.

        >>> GsUri.parse("gs://maps/2024/a.tif#17")
        GsUri(bucket='maps', key='2024/a.tif', generation='17')
        """
        found = _URI.fullmatch(text)
        if not found:
            raise ConfigurationError(
                f"“{text}” is no object of Google Cloud Storage, which is where Earth Engine reads "
                "from; write gs://bucket/folder/name.tif."
            )
        return cls(found["bucket"], found["key"], found["generation"] or "")
