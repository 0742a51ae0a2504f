# SPDX-License-Identifier: GPL-2.0-or-later
"""What the beginning of an answer's body is, when it should be the bytes of a TIFF."""

from __future__ import annotations

import base64
import binascii
import re

from cog_browser.storage.object_names import TIFF_MAGIC

#: What `body_kind` may say.
TIFF, MULTIPART, MULTIPART_BASE64, BASE64, GZIP, PAGE, DOCUMENT, EMPTY, OTHER = (
    "a TIFF", "a multipart message", "a multipart message with the file in base64",
    "the file in base64", "gzip", "a web page", "an XML or JSON document", "nothing",
    "other bytes",
)  # fmt: skip
_BASE64_BYTES = re.compile(rb"[A-Za-z0-9+/=\s]*")
_TIFF_IN_BASE64 = re.compile(rb"\s(?:SUkqA|SUkrA|TU0AK)[A-Za-z0-9+/]")


def body_kind(body: bytes, content_type: str) -> str:
    """One of the constants above."""
    head = body.lstrip()[:256].lower()
    if not body:
        return EMPTY
    if body.startswith(TIFF_MAGIC):
        return TIFF
    is_parts = content_type.lower().startswith("multipart/")
    if is_parts or re.match(rb"--[^\r\n]{1,200}\r?\ncontent-", body, re.IGNORECASE):
        encoded = b"base64" in body[:4096].lower() or _TIFF_IN_BASE64.search(body[:4096])
        return MULTIPART_BASE64 if encoded else MULTIPART
    if body.startswith(b"\x1f\x8b"):
        return GZIP
    if head.startswith((b"<!doctype html", b"<html")):
        return PAGE
    if head.startswith((b"<?xml", b"{", b"[", b"<")):
        return DOCUMENT
    return BASE64 if _is_base64_tiff(body) else OTHER


def _is_base64_tiff(body: bytes) -> bool:
    text = bytes(body[:64]).strip().strip(b'"')
    if not _BASE64_BYTES.fullmatch(text):
        return False
    try:
        return base64.b64decode(text[: len(text) // 4 * 4]).startswith(TIFF_MAGIC)
    except binascii.Error:
        return False
