# SPDX-License-Identifier: GPL-2.0-or-later
"""What a file that is no TIFF probably is, from its first bytes, in a sentence that helps."""

from __future__ import annotations

import re

_GUESSES: tuple[tuple[bytes, str], ...] = (
    (rb"\x1f\x8b", "It is compressed with gzip: decompress it, or switch that off on the server."),
    (rb"(?i)\s*(?:<!doctype html|<html)", "It is a web page, e.g. of an error or a sign-in."),
    (rb"\s*<VRTDataset", "It is a GDAL VRT, which names other files."),
    (rb"\s*<\?xml|\s*<", "It is XML, e.g. an error of the server."),
    (rb"\s*[{\[]", "It is JSON, e.g. an error of the server."),
    (rb"--[^\r\n]{1,70}\r?\n", "It is a multipart answer of a server, with the file inside."),
    (rb"(?i)(?:[a-z-]+: [^\r\n]*\r?\n)+", "It begins with the headers of a mail or an answer."),
    (rb"SUkq|TU0A|SUkr|TU0A", "It is encoded in base64: decode it."),
    (rb"PK\x03\x04", "It is a ZIP archive: unpack it."),
    (rb"\x89PNG", "It is a PNG picture."),
    (rb"\xff\xd8\xff", "It is a JPEG picture."),
    (rb"\x89HDF|CDF[\x01\x02]", "It is HDF5 or NetCDF."),
    (rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51", "It is JPEG 2000."),
    (
        rb"\xef\xbf\xbd|(?:II|MM)\xef\xbf\xbd",
        "It was treated as text on its way, which destroys it.",
    ),
    (rb"II\*\0?\r|II\r?\n", "It was treated as text on its way: its line ends were changed."),
    (rb"\0{8}", "It begins with zeros, as an unfinished download does."),
    (rb"version https://git-lfs", "It is a pointer of Git LFS: fetch the file itself."),
)


def what_it_is(head: bytes, size: int) -> str:
    """Empty where nobody knows."""
    if not size:
        return "It is empty."
    return next((text for pattern, text in _GUESSES if re.match(pattern, head)), "")
