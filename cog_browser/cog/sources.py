# SPDX-License-Identifier: GPL-2.0-or-later
"""What users give as a raster: a path, a URL, or anything else that GDAL opens."""

from __future__ import annotations

import os
import re
from html import unescape
from typing import Any
from urllib.parse import quote, urlsplit

from osgeo import gdal

from cog_browser.cog.gdal_call import gdal_errors
from cog_browser.storage.errors import RasterError

#: Give up on a server that sends under 1 kB/s for half a minute, or doesn't connect in 15 s.
_VSICURL = (
    "/vsicurl?empty_dir=yes&max_retry=2&retry_delay=0.5"
    "&connecttimeout=15&low_speed_time=30&low_speed_limit=1000&url="
)

#: What a virtual raster names.
_FILES = re.compile(r"<SourceFilename[^<>]*>([^<>]+)<")
_NETWORK = re.compile(r"/vsi(curl|s3|gs|az|adls|oss|swift|webhdfs|hdfs)(_streaming)?[/?]")


def running_source(source: str | os.PathLike[str]) -> str:
    """What GDAL opens: http(s) URLs become ``/vsicurl?``, without probes for sidecar files."""
    text = os.fspath(source)
    if text.lower().startswith(("http://", "https://")):
        return _VSICURL + quote(_encoded(text), safe="")
    return text


def is_remote(running: str) -> bool:
    """Whether each read of what GDAL opens may be a request to a server."""
    return _NETWORK.search(running) is not None


def _encoded(url: str) -> str:
    """With what no URL may hold (spaces, umlauts) encoded, and nothing else touched."""
    return quote(url, safe="%/:=&?~#+!$,;'@()*[]")


def display_name(source: str | os.PathLike[str]) -> str:
    """How messages call it: without user name, password, query string or fragment."""
    text = os.fspath(source)
    if text.startswith("/vsicurl?"):
        return "a remote file"
    if text.startswith("<"):
        return "a virtual raster"
    found = re.match(r"(.*?)(https?://.*)", text, re.IGNORECASE | re.DOTALL)
    if not found:
        return text
    prefix, url = found.groups()
    parts = urlsplit(url)
    return f"{prefix}{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def secret_free(source: str | os.PathLike[str]) -> dict[str, str]:
    """The spelling for `gdal_errors` that keeps a URL's secrets out of GDAL's reasons."""
    text, name = os.fspath(source), display_name(source)
    if text.startswith("<"):
        files = {unescape(file): "one of its files" for file in _FILES.findall(text)}
        return {text: name, **files}
    spelling = {running_source(text): name, _encoded(text): name, text: name}
    query = _encoded(text).partition("?")[2] if "://" in text else ""
    if query:
        spelling[query] = "…"
    return spelling


def open_raster(
    source: str | os.PathLike[str],
    error: type[RasterError] = RasterError,
    drivers: list[str] | None = None,
) -> Any:
    """Open read-only, as a GDAL dataset. ``drivers`` limits which ones may try."""
    running = running_source(source)
    doing = f"{display_name(source)} can't be opened as a raster"
    with gdal_errors(doing, error, secret_free(source)) as reported:
        flags = gdal.OF_RASTER | gdal.OF_READONLY | gdal.OF_VERBOSE_ERROR
        if drivers is None:
            return reported.need(gdal.OpenEx(running, flags))
        return reported.need(gdal.OpenEx(running, flags, allowed_drivers=drivers))
