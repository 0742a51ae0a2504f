# SPDX-License-Identifier: GPL-2.0-or-later
"""What stores keep beside an object's bytes, and how it gets into a store of another kind."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

log = logging.getLogger(__name__)

_OWN = ("x-object-meta-", "x-amz-meta-", "x-goog-meta-", "x-ms-meta-")
_COMMON = ("cache-control", "content-disposition", "content-encoding", "content-language")
#: Bytes of names and values that every store takes. Source: Amazon S3 User Guide, "Working with
#: object metadata".
_MOST = 2048
#: How an upload was cut for its way to S3; not how the object is encoded.
_OF_THE_WAY = "aws-chunked"
_NO_IDENTIFIER = re.compile(r"[^A-Za-z0-9_]")


@dataclass(frozen=True)
class Properties:
    """``headers`` say how browsers show the object, ``own`` is what its owner has written on it.

    Both by lower-case name, ``own`` without the store's prefix.
    """

    headers: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, str] = field(default_factory=dict)


def properties_of(headers: Mapping[str, str]) -> Properties:
    """From the headers of a HEAD, of a store of any kind."""
    found, own = {}, {}
    for name, value in headers.items():
        lower = name.lower()
        if lower in _COMMON and value and value.lower() != _OF_THE_WAY:
            found[lower] = value
        for prefix in _OWN:
            if lower.startswith(prefix) and len(lower) > len(prefix):
                own[lower[len(prefix) :]] = value
    return Properties(found, own)


def swift_headers(properties: Properties | None) -> dict[str, str]:
    """Its server drops headers with “_” in their names, which becomes “-”."""
    found = _headers(properties, "x-object-meta-")
    return {name.replace("_", "-"): value for name, value in found.items()}


def s3_headers(properties: Properties | None) -> dict[str, str]:
    return _headers(properties, "x-amz-meta-")


def azure_headers(properties: Properties | None) -> dict[str, str]:
    """Azure takes identifiers only for names; what others may have in one becomes “_”."""
    found = _headers(properties, "x-ms-meta-")
    return {_azure_name(name): value for name, value in found.items()}


def _azure_name(name: str) -> str:
    prefix = "x-ms-meta-"
    if not name.startswith(prefix):
        return f"x-ms-blob-{name}"
    plain = _NO_IDENTIFIER.sub("_", name[len(prefix) :])
    return prefix + (f"_{plain}" if plain[0].isdigit() else plain)


def _headers(properties: Properties | None, prefix: str) -> dict[str, str]:
    """As far as every store takes them: plain ASCII, and not too much of it."""
    if properties is None:
        return {}
    room, found = _MOST, {}
    for name, value in properties.own.items():
        text = name + value
        if len(text) <= room and text.isascii() and text.isprintable():
            room -= len(text)
            found[prefix + name] = value
        else:
            log.warning("The metadata “%s” is not kept: it is long, or not ASCII", name)
    return {**properties.headers, **found}
