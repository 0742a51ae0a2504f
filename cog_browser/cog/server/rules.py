# SPDX-License-Identifier: GPL-2.0-or-later
"""The rules for reading a file in parts over HTTP, each applied to a server's raw answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import SplitResult

from cog_browser.cog.report import ERROR, NOTE, WARNING, Finding
from cog_browser.cog.server.body import (
    BASE64,
    EMPTY,
    GZIP,
    MULTIPART,
    MULTIPART_BASE64,
    PAGE,
    TIFF,
    body_kind,
)
from cog_browser.cog.server.report import NOT_A_COG
from cog_browser.cog.tiff.read import read_tiff
from cog_browser.storage.http import is_loopback
from cog_browser.storage.probe import Answer

_RANGE = re.compile(r"bytes (\d{1,19})-(\d{1,19})/(\d{1,19}|\*)")
_LARGEST_UNTILED = 512  # pixels: smaller images are read at once in any case
_STATIC = (
    "Let the web server send the file itself, not a script or a program for downloads: nginx, "
    "Apache, IIS, Swift and S3 then answer ranges by themselves. Behind a proxy, let it pass the "
    "header Range on."
)
_BODY_REMEDIES = {
    MULTIPART_BASE64: "Send the plain bytes of the file. For a name to save it by, use the header "
    "Content-Disposition instead of a multipart message; base64 makes it a third larger and can't "
    "be read in parts.",
    MULTIPART: "Send the plain bytes of the file: one range is no multipart message.",
    BASE64: "Send the plain bytes of the file, not their base64 text.",
    GZIP: "Store the file uncompressed, and switch compression off for it: a TIFF has its own.",
    PAGE: "Give the URL of the file itself. This one shows a page, e.g. to sign in or to download.",
    EMPTY: "Look whether the upload of the file has ended well.",
}


def total_of(answer: Answer) -> int | None:
    """The file's size in bytes, by Content-Range, or by the length of a whole answer."""
    found = _RANGE.fullmatch(answer.get("Content-Range"))
    if answer.status == 206:
        return int(found[3]) if found and found[3] != "*" else None
    return _length_of(answer)


def first_read(answer: Answer, wanted: int) -> Iterator[Finding]:
    """The answer to ``bytes=0-<wanted - 1>``, of whose body one byte more was read."""
    status = answer.status
    if status not in (200, 206):
        yield Finding(
            "H-STATUS", ERROR, f"The server doesn't give the file ({status}).",
            _status_remedy(status), "206", str(status),
        )  # fmt: skip
        return
    kind = body_kind(answer.body, answer.get("Content-Type"))
    if status == 200:
        yield Finding(
            "H-RANGE", ERROR, "The server ignores the request for a part, and sends the whole "
            "file.", _STATIC, "206 and a part", "200 and the whole",
        )  # fmt: skip
    else:
        yield from _partial(answer, wanted, kind)
    encoding = answer.get("Content-Encoding")
    if encoding and encoding.lower() != "identity":
        yield Finding(
            "H-ENC", ERROR, "The server compresses the file on its way, although it was asked not "
            "to; ranges are then of something else.",
            "Switch compression off for .tif (nginx: gzip off; Apache: SetEnv no-gzip 1; IIS: "
            "urlCompression), and store objects without Content-Encoding.",
            "no Content-Encoding", encoding[:100],
        )  # fmt: skip
    if kind != TIFF and not (kind == GZIP and encoding):
        yield Finding(
            "H-BODY", ERROR, f"What the server sends is not the file's bytes, but {kind}.",
            _BODY_REMEDIES.get(kind, "Give the URL of a TIFF."),
            "a TIFF", f"{answer.get('Content-Type')[:100] or 'no type'}: {_printable(answer.body)}",
        )  # fmt: skip
    yield from _description(answer)


def the_file(answer: Answer, total: int | None) -> Iterator[Finding]:
    """Whether its first bytes rule out that it is a COG; what else one needs isn't looked at."""

    def read(offset: int, n: int) -> bytes:
        return answer.body[offset : offset + n]

    tiff = read_tiff(read, total)
    main = tiff.ifds[0] if tiff.ifds else None
    why = ""
    if tiff.is_tiff and tiff.first_ifd_offset >= len(answer.body):
        why = f"its first directory comes as late as byte {tiff.first_ifd_offset}"
    elif main and not main.tiled and max(main.width, main.height) > _LARGEST_UNTILED:
        why = "its pixels are in strips, not in tiles"
    if why:
        yield Finding(
            NOT_A_COG, NOTE, f"The file is no COG: {why}. The verdict is about the server only, "
            "and reading this file stays slow.",
            "Convert it with cogbrowser:converttocog; cogbrowser:validatecog tells all that is "
            "wrong with it.",
        )  # fmt: skip


def _partial(answer: Answer, wanted: int, kind: str) -> Iterator[Finding]:
    place = _RANGE.fullmatch(answer.get("Content-Range"))
    if place is None:
        if kind in (MULTIPART, MULTIPART_BASE64):
            return  # the parts have their own; H-BODY says what is wrong
        yield Finding(
            "H-CR", ERROR, "The server sends a part, but doesn't say which.",
            "Send Content-Range as “bytes first-last/size”. " + _STATIC,
            f"bytes 0-{wanted - 1}/size", answer.get("Content-Range")[:100] or "no Content-Range",
        )  # fmt: skip
        return
    if place[3] == "*":
        yield Finding(
            "H-CR", ERROR, "The server doesn't say how large the file is, and some programs give "
            "up then.", "Send Content-Range with the size in place of *; a proxy without it needs "
            "to know the file's length.", f"bytes {place[1]}-{place[2]}/size", place[0],
        )  # fmt: skip
    last = wanted - 1 if place[3] == "*" else min(wanted, int(place[3])) - 1
    if (int(place[1]), int(place[2])) != (0, last) or len(answer.body) != last + 1:
        length = f"{len(answer.body)} bytes" if len(answer.body) <= wanted else "more bytes"
        yield Finding(
            "H-RANGE", ERROR, "The server sends other bytes than it was asked for.", _STATIC,
            f"bytes 0-{last}, {last + 1} bytes", f"{place[0]}, {length}",
        )  # fmt: skip


def _description(answer: Answer) -> Iterator[Finding]:
    kind = answer.get("Content-Type")
    if kind.lower().partition(";")[0].strip() not in ("image/tiff", "image/tif"):
        yield Finding(
            "H-TYPE", NOTE, "The file isn't announced as a TIFF.",
            "Send Content-Type: image/tiff (nginx: types; Apache: AddType; IIS: mimeMap; Swift "
            "and S3: the object's content type). For a COG, OGC recommends “image/tiff; "
            "application=geotiff; profile=cloud-optimized”.",
            "image/tiff", kind[:100] or "no Content-Type",
        )  # fmt: skip
    disposition = answer.get("Content-Disposition")
    if disposition.lower().startswith("attachment"):
        yield Finding(
            "H-DISP", NOTE, "Browsers save the file instead of showing it.",
            "It does no harm to programs that read parts.", found=disposition[:100],
        )  # fmt: skip


def head(answer: Answer | None, total: int | None) -> Iterator[Finding]:
    if answer is None:
        return
    length = _length_of(answer)
    if answer.status == 200 and length is not None and total in (None, length):
        return
    if answer.status != 200:
        found, said = str(answer.status), "The server refuses HEAD"
    elif length is None:
        found, said = "no Content-Length", "The answer to HEAD doesn't tell the file's size"
    else:
        found, said = f"{length} bytes", "HEAD and GET tell different sizes"
    yield Finding(
        "H-HEAD", WARNING, f"{said}; older programs then fetch the whole file.",
        "Allow HEAD where GET is allowed, also in a signed URL or in front of a script.",
        "200 and the size" if total is None else f"200 and {total} bytes", found,
    )  # fmt: skip


def advertised(first: Answer, head: Answer | None) -> Iterator[Finding]:
    """Servers like nginx name ranges only where they send the whole file: that is enough."""
    said = [answer.get("Accept-Ranges") for answer in (head, first) if answer is not None]
    if first.status == 206 and not any("bytes" in text.lower() for text in said):
        yield Finding(
            "H-AR", WARNING, "The server answers ranges, but doesn't advertise it.",
            "Send Accept-Ranges: bytes; some programs look for it before they ask.",
            "Accept-Ranges: bytes", next(filter(None, said), "no such header")[:100],
        )  # fmt: skip


def inner_read(answer: Answer | None, first: Answer) -> Iterator[Finding]:
    """The answer to ``bytes=4-15``."""
    if answer is None or len(first.body) < 16:
        return
    if answer.status != 206 or answer.body != first.body[4:16]:
        yield Finding(
            "H-RANGE-BYTES", ERROR, "A part from the middle is not what it should be.",
            "A cache in front of the server may give one answer to all ranges: let it tell them "
            "apart, or pass them on.", "206, bytes 4-15",
            f"{answer.status}, {answer.get('Content-Range')[:100] or 'no Content-Range'}",
        )  # fmt: skip


def past_the_end(answer: Answer | None, total: int) -> Iterator[Finding]:
    if answer is None:
        return
    said = answer.get("Content-Range")
    if answer.status != 416 or said not in (f"bytes */{total}", ""):
        yield Finding(
            "H-416", NOTE, "A read past the end of the file isn't refused as it should be.",
            "Answer 416 with “Content-Range: bytes */size”.",
            f"416, bytes */{total}", f"{answer.status}, {said[:100] or 'no Content-Range'}",
        )  # fmt: skip


def compression(answer: Answer | None, first: Answer) -> Iterator[Finding]:
    """The answer to a request that accepts gzip, beside that to one that doesn't."""
    if answer is None or first.get("Content-Encoding"):
        return
    encoding = answer.get("Content-Encoding")
    if encoding and encoding.lower() != "identity":
        yield Finding(
            "H-GZIP", WARNING, "The server compresses the file for programs that accept it; "
            "ranges are then of something else.",
            "Switch compression off for .tif (nginx: gzip off; Apache: SetEnv no-gzip 1; IIS: "
            "urlCompression).", "no Content-Encoding", encoding[:100],
        )  # fmt: skip


def versions(first: Answer) -> Iterator[Finding]:
    etag = first.get("ETag")
    if etag.startswith('"') or (etag and not etag.startswith("W/")):
        return
    yield Finding(
        "H-ETAG", NOTE,
        "A file that is replaced while it is read can't be told from the old one.",
        "Send a strong ETag (nginx: etag on; Apache: FileETag MTime Size).",
        "a strong ETag",
        etag[:100] or first.get("Last-Modified")[:100] or "neither ETag nor Last-Modified",
    )  # fmt: skip


def conditions(
    stale: Answer | None, same: Answer | None, other: Answer | None
) -> Iterator[Finding]:
    """The answers to If-Match of another file, If-Range of this one, If-Range of another."""
    if stale is not None and stale.status != 412:
        yield Finding(
            "H-MATCH", NOTE, "The server ignores If-Match.",
            "Pass it on in proxies; without it, a replaced file is noticed later.",
            "412", str(stale.status),
        )  # fmt: skip
    wrong = [
        str(answer.status) if answer is not None else "nothing"
        for answer, status in ((same, 206), (other, 200))
        if answer is not None and answer.status != status
    ]
    if wrong:
        yield Finding(
            "H-IFRANGE", NOTE, "The server ignores If-Range.",
            "Pass it on in proxies; without it, parts of two files may be mixed.",
            "206 for this file, 200 for another", ", ".join(wrong),
        )  # fmt: skip


def scheme(url: SplitResult) -> Iterator[Finding]:
    if url.scheme != "https" and not is_loopback(url.hostname or ""):
        yield Finding(
            "H-HTTPS", WARNING, "The file is served without TLS: web pages with TLS may not read "
            "it, and everybody on the way can change it.",
            "Serve it by https; Let's Encrypt gives certificates to everybody.", "https", "http",
        )  # fmt: skip


def _length_of(answer: Answer) -> int | None:
    length = answer.get("Content-Length")
    return int(length) if re.fullmatch(r"[0-9]{1,19}", length) else None


def _status_remedy(status: int) -> str:
    if status in (401, 403):
        return "Open it to all, or share it by a signed link; or check it through its connection."
    if status in (404, 410):
        return "Check the URL. IIS also answers 404 for a type it doesn't know: add a mimeMap."
    if status in (416,):
        return "The file is empty. Upload it again."
    return "Try again later, and look into the server's log."


def _printable(body: bytes) -> str:
    return re.sub(r"[^\x20-\x7e]", ".", body[:40].decode("latin-1")) or "nothing"
