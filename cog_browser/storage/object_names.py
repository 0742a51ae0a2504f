# SPDX-License-Identifier: GPL-2.0-or-later
"""Names of containers and objects on their way into a URL."""

from __future__ import annotations

from urllib.parse import quote

from cog_browser.storage.errors import ConfigurationError

TIFF_CONTENT_TYPE = "image/tiff"
#: As OGC 21-026 (the COG standard) wants it.
COG_CONTENT_TYPE = "image/tiff; application=geotiff; profile=cloud-optimized"
#: How TIFF and BigTIFF begin.
TIFF_MAGIC = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")


def encoded_path(names: tuple[str, ...]) -> str:
    """``/container/key`` percent-encoded, slashes of the key kept.

    Keys with a dot segment are refused: HTTP clients and proxies resolve them, and a DELETE of
    ``c/x/../../c`` has deleted the container.
    """
    for number, name in enumerate(names):
        if not name:
            raise ConfigurationError("The name of a container or key is empty.")
        if number == 0 and name in (".", ".."):
            raise ConfigurationError(
                f"“{name}” can't be the name of a container: HTTP can't carry it safely. Choose "
                "another name."
            )
        if {".", ".."} & set(name.split("/")):
            raise ConfigurationError(
                f"“{name}” has a “.” or “..” segment. Such names are listed but can't be addressed "
                "safely over HTTP; rename the object with another client."
            )
    return "".join("/" + quote(name, safe="/" if i else "") for i, name in enumerate(names))


def content_type_of(key: str) -> str:
    is_tiff = key.lower().endswith((".tif", ".tiff"))
    return TIFF_CONTENT_TYPE if is_tiff else "application/octet-stream"
