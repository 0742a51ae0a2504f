# SPDX-License-Identifier: GPL-2.0-or-later
"""Check whether a server lets programs, and web pages, read a file on it in parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Union
from urllib.parse import SplitResult, urljoin, urlsplit

from cog_browser.cog.report import ERROR, NOTE, WARNING, Finding
from cog_browser.cog.server import cors as server_cors
from cog_browser.cog.server import rules as server_rules
from cog_browser.cog.server.report import Exchange, ServerReport
from cog_browser.cog.server.settings import kind_of
from cog_browser.cog.sources import display_name
from cog_browser.storage.errors import ConfigurationError, StoreError
from cog_browser.storage.http import HttpSettings, is_loopback
from cog_browser.storage.models import ObjectRef
from cog_browser.storage.probe import (
    Answer,
    Prober,
    Target,
    public_url,
    target_of_object,
    target_of_url,
)
from cog_browser.storage.progress import Progress

#: A web page of nobody: what a server allows it, it allows all pages.
ORIGIN = "https://cog-browser.example"
#: Bytes that the first read asks for, as GDAL does.
FIRST_READ = 16384
_MOST_REDIRECTS = 5
_REQUESTS = 11
_SHOWN = (
    "Server", "Content-Type", "Content-Length", "Content-Range", "Content-Encoding",
    "Content-Disposition", "Accept-Ranges", "ETag", "Last-Modified", "Vary",
    "Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers",
    "Access-Control-Expose-Headers", "Access-Control-Allow-Credentials", "Access-Control-Max-Age",
)  # fmt: skip
_LONGEST = 200
_IDENTITY = {"Accept-Encoding": "identity"}
_FINAL_URL = "Use the final URL, or serve the file where it is asked for."


def check_server(
    source: Union[str, ObjectRef],
    *,
    origin: str = ORIGIN,
    settings: HttpSettings | None = None,
    progress: Progress | None = None,
) -> ServerReport:
    """Ask the server of one file about a dozen questions; at most some 50 KB are read.

    A token goes to its own server and no other: redirects of an object's URL are not followed,
    those of a public URL without any secret.

    Args:
      source: A public http(s) URL, or an object of a store.
      origin: The scheme and host of the web page that wants to read it.
      settings: Proxy and time-outs, for a URL.
      progress: Called many times a second, so that a cancellation is quick.

    Raises:
      ConfigurationError: The URL is none.
      StoreError: The server can't be reached, or the object can't be found.
    """
    if isinstance(source, ObjectRef):
        target = target_of_object(source.store, source.container, source.key)
    else:
        target = target_of_url(source, settings)
    try:
        return _Check(target, origin, progress).run()
    finally:
        target.http.close()


class _Check:
    def __init__(self, target: Target, origin: str, progress: Progress | None) -> None:
        self._target, self._origin = target, origin
        self._prober = Prober(target.http, progress)
        self._prober.total = _REQUESTS
        self._url = target.url
        self._findings: list[Finding] = []
        self._exchanges: list[Exchange] = []
        self._kind = ""

    def run(self) -> ServerReport:
        first = self._first_read()
        if first is not None:
            self._kind = kind_of(first.headers)
            self._findings += server_rules.first_read(first, FIRST_READ)
            if first.status == 200 and self._url != self._target.url:
                self._add(
                    "H-REDIR-RANGE", ERROR, "The redirect loses the request for a part.",
                    "Let what it leads to answer ranges, or serve the file where it is asked for.",
                    found=display_name(self._url),
                )  # fmt: skip
            if first.status in (200, 206):
                self._findings += server_rules.the_file(first, server_rules.total_of(first))
                self._look_closer(first)
        self._findings += server_rules.scheme(urlsplit(self._target.url))
        return ServerReport(
            display_name(self._target.url),
            tuple(self._findings),
            tuple(self._exchanges),
            self._kind,
        )

    def _first_read(self) -> Answer | None:
        """The answer at the end of all redirects; None where they lead nowhere."""
        asked = {"Range": f"bytes=0-{FIRST_READ - 1}", **_IDENTITY}
        for _ in range(_MOST_REDIRECTS + 1):
            answer = self._ask("GET", asked, FIRST_READ + 1)
            location = answer.get("Location")
            if not (300 <= answer.status < 400 and location):
                return answer
            if not self._may_follow(location):
                return None
        self._add(
            "H-REDIR-LOOP", ERROR, f"The server redirects more than {_MOST_REDIRECTS} times.",
            "Look for two rules that point to each other, e.g. one adds a slash or www.",
        )  # fmt: skip
        return None

    def _may_follow(self, location: str) -> bool:
        """Note what is wrong with a redirect, and go there unless it would be unwise."""
        here = urlsplit(self._url)
        try:
            url = public_url(urljoin(self._url, location))
        except (ConfigurationError, ValueError):
            self._add(
                "H-REDIR-BAD", ERROR, "The server redirects to what is no http(s) URL.",
                _FINAL_URL, found=_shown(location),
            )  # fmt: skip
            return False
        there, found = urlsplit(url), display_name(url)
        if here.scheme == "https" and there.scheme == "http":
            self._add(
                "H-REDIR-TLS", ERROR, "The server redirects from https to http.",
                "Redirect to https: web pages refuse the other, and everybody on the way can read "
                "and change what is sent.", found=found,
            )  # fmt: skip
        elif _place(here) != _place(there):
            self._add(
                "H-REDIR-HOST", WARNING,
                f"The server redirects to another one, {there.netloc}: a program that sends a "
                "token or cookie along may hand it over.",
                _FINAL_URL, found=found,
            )  # fmt: skip
        elif not any(finding.id == "H-REDIR" for finding in self._findings):
            self._add(
                "H-REDIR", WARNING, "Each read takes a detour by a redirect.", _FINAL_URL,
                found=found,
            )  # fmt: skip
        if self._target.sign is not None:
            self._add(
                "H-REDIR-TOKEN", ERROR,
                "The object's URL redirects, and a token must not follow.",
                "Enter the final URL as the connection's storage URL if it is your provider's.",
            )  # fmt: skip
            return False
        if is_loopback(there.hostname or "") and not is_loopback(here.hostname or ""):
            self._add(
                "H-REDIR-BAD", ERROR, "The server redirects to your own computer.", _FINAL_URL
            )
            return False
        self._url = url
        return True

    def _look_closer(self, first: Answer) -> None:
        total = server_rules.total_of(first)
        head = self._may_ask("HEAD", {}, 0)
        self._findings += server_rules.advertised(first, head)
        self._findings += server_rules.head(head, total)
        is_partial = first.status == 206
        if is_partial:
            again = self._may_ask("GET", {"Range": "bytes=4-15", **_IDENTITY}, 13)
            self._findings += server_rules.inner_read(again, first)
            if total is not None:
                past = {"Range": f"bytes={total}-{total + 1023}", **_IDENTITY}
                self._findings += server_rules.past_the_end(self._may_ask("GET", past, 64), total)
        squeezed = {"Range": f"bytes=0-{FIRST_READ - 1}", "Accept-Encoding": "gzip, br"}
        self._findings += server_rules.compression(self._may_ask("GET", squeezed, 64), first)
        self._findings += server_rules.versions(first)
        etag = first.get("ETag")
        if is_partial and etag.startswith('"'):
            one = {"Range": "bytes=0-0", **_IDENTITY}
            stale = self._may_ask("GET", {**one, "If-Match": '"cog-browser"'}, 2)
            same = self._may_ask("GET", {**one, "If-Range": etag}, 2)
            other = self._may_ask("GET", {**one, "If-Range": '"cog-browser"'}, 2)
            self._findings += server_rules.conditions(stale, same, other)
        if self._target.sign is not None:
            is_open = self._may_ask("GET", {"Range": "bytes=0-0", **_IDENTITY}, 2, is_signed=False)
            if is_open is not None and is_open.status in (401, 403):
                self._add(
                    "H-PRIVATE", NOTE, "The object can be read only by who signs in.",
                    "For a web map, share it by a link that ends, or open the container to all.",
                )  # fmt: skip
        self._look_as_a_page()

    def _look_as_a_page(self) -> None:
        asked = {
            "Origin": self._origin,
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "range",
        }
        read = {"Origin": self._origin, "Range": "bytes=0-1023", **_IDENTITY}
        # a browser sends no token with it, and takes no redirect for an answer
        preflight = self._may_ask("OPTIONS", asked, 0, self._target.url, is_signed=False)
        answer = self._may_ask("GET", read, 64)
        self._findings += server_cors.findings(preflight, answer, self._origin)

    def _may_ask(
        self,
        method: str,
        headers: Mapping[str, str],
        limit: int,
        url: str = "",
        *,
        is_signed: bool = True,
    ) -> Answer | None:
        """As `_ask`; None where nothing came back, since the server has answered before."""
        try:
            return self._ask(method, headers, limit, url, is_signed=is_signed)
        except StoreError as error:
            asked = ", ".join(f"{name}: {value}" for name, value in headers.items())
            self._note(method, url or self._url, headers, None)
            self._add(
                "H-SILENT", WARNING, f"The server does not answer one kind of request. {error}",
                "Look into the server's log for it.", found=f"{method} {asked}".strip(),
            )  # fmt: skip
            return None

    def _ask(
        self,
        method: str,
        headers: Mapping[str, str],
        limit: int,
        url: str = "",
        *,
        is_signed: bool = True,
    ) -> Answer:
        url = url or self._url
        sign = self._target.sign if is_signed else None
        sent = sign(method, headers) if sign is not None else headers
        answer = self._prober.ask(method, url, sent, limit)
        self._note(method, url, headers, answer)
        return answer

    def _note(
        self, method: str, url: str, headers: Mapping[str, str], answer: Answer | None
    ) -> None:
        said = []
        for name in _SHOWN if answer is not None else ():
            value = answer.get(name) if answer is not None else ""
            if value:
                said.append(f"{name}: {value[:_LONGEST]}")
        if answer is not None and answer.get("Location"):
            said.append(f"Location: {_shown(answer.get('Location'))}")
        asked = tuple(f"{name}: {value}" for name, value in headers.items())
        status = answer.status if answer is not None else None
        self._exchanges.append(Exchange(method, display_name(url), asked, status, tuple(said)))

    def _add(
        self, rule: str, severity: str, message: str, remedy: str, *, found: str | None = None
    ) -> None:
        self._findings.append(Finding(rule, severity, message, remedy, found=found))


def _shown(location: str) -> str:
    """Without what may be a secret in it."""
    try:
        return display_name(location).partition("?")[0][:_LONGEST]
    except ValueError:
        return "no URL"


def _place(url: SplitResult) -> tuple[str | None, int | None]:
    """Host and port; from http to https on the usual ports is the same place."""
    usual = {"http": 80, "https": 443}[url.scheme]
    port = url.port or usual
    return url.hostname, None if port == usual else port
