# SPDX-License-Identifier: GPL-2.0-or-later
"""What a browser would make of a server's answers to a page of another site (CORS)."""

from __future__ import annotations

from collections.abc import Iterator

from cog_browser.cog.report import NOTE, WARNING, Finding
from cog_browser.storage.probe import Answer

_WEB = "QGIS reads on regardless; web maps of other sites don't. "


def findings(preflight: Answer | None, answer: Answer | None, origin: str) -> Iterator[Finding]:
    """Of an OPTIONS request for a read by range, and of that read; None where none came."""
    if answer is not None:
        yield from _origin(answer, origin, "a read")
    if preflight is not None:
        yield from _preflight(preflight, origin)
    if answer is not None and answer.get("Access-Control-Allow-Origin"):
        yield from _exposed(answer)


def _origin(answer: Answer, origin: str, what: str) -> Iterator[Finding]:
    allowed = answer.get("Access-Control-Allow-Origin")
    if not allowed:
        yield Finding(
            "H-CORS-O", WARNING, f"The answer to {what} names no web pages that may use it.",
            f"{_WEB}Send Access-Control-Allow-Origin.",
            f"Access-Control-Allow-Origin: * or {origin}", "no such header",
        )  # fmt: skip
    elif "," in allowed or " " in allowed:
        yield Finding(
            "H-CORS-O", WARNING,
            f"The answer to {what} has several values in one Access-Control-Allow-Origin, which "
            "browsers refuse.",
            "Send it once: two parts of the server may both add it.", "one value", allowed[:200],
        )  # fmt: skip
    elif allowed not in ("*", origin):
        yield Finding(
            "H-CORS-O", WARNING, f"The answer to {what} allows other web pages than {origin}.",
            f"{_WEB}Add the origin of your web map, or * for all.", f"* or {origin}", allowed[:200],
        )  # fmt: skip
    elif allowed != "*" and "origin" not in answer.get("Vary").lower():
        yield Finding(
            "H-CORS-VARY", NOTE,
            "The answer depends on the page that asks, and doesn't tell caches so.",
            "Send Vary: Origin, or a cache gives one page the answer for another.",
            "Vary: Origin", answer.get("Vary")[:200] or "no such header",
        )  # fmt: skip


def _preflight(preflight: Answer, origin: str) -> Iterator[Finding]:
    if not 200 <= preflight.status < 300:
        what = "redirects" if 300 <= preflight.status < 400 else "refuses"
        yield Finding(
            "H-CORS-PRE", WARNING, f"The server {what} the question that browsers ask before a "
            "read by range (OPTIONS, the preflight).",
            f"{_WEB}Answer OPTIONS at the file's own URL with 200 or 204, without a sign-in.",
            "200 or 204", str(preflight.status),
        )  # fmt: skip
        return
    yield from _origin(preflight, origin, "the preflight")
    headers = _words(preflight, "Access-Control-Allow-Headers")
    if not headers & {"range", "*"}:
        yield Finding(
            "H-CORS-H", WARNING, "The preflight doesn't allow the header Range.",
            f"{_WEB}Send Access-Control-Allow-Headers: Range.", "Range",
            ", ".join(sorted(headers)) or "no such header",
        )  # fmt: skip
    methods = _words(preflight, "Access-Control-Allow-Methods")
    if methods and not methods & {"get", "*"}:
        yield Finding(
            "H-CORS-M", NOTE, "The preflight doesn't list the method GET.",
            "Browsers allow GET all the same; list GET and HEAD for the rest.",
            "GET, HEAD", ", ".join(sorted(methods)),
        )  # fmt: skip


def _exposed(answer: Answer) -> Iterator[Finding]:
    exposed = _words(answer, "Access-Control-Expose-Headers")
    if "*" in exposed:
        return
    if "content-range" not in exposed:
        yield Finding(
            "H-EXPOSE", WARNING, "Web pages can't see how large the file is.",
            f"{_WEB}Send Access-Control-Expose-Headers with Content-Range, Content-Length, "
            "Accept-Ranges and ETag.", "Content-Range", ", ".join(sorted(exposed)) or "nothing",
        )  # fmt: skip
    elif "etag" not in exposed:
        yield Finding(
            "H-EXPOSE-ETAG", NOTE, "Web pages can't see the ETag, so not that the file was "
            "replaced while they read it.",
            "Add ETag to Access-Control-Expose-Headers.", "ETag", ", ".join(sorted(exposed)),
        )  # fmt: skip


def _words(answer: Answer, name: str) -> set[str]:
    return {word.strip().lower() for word in answer.get(name)[:2000].split(",")} - {""}
