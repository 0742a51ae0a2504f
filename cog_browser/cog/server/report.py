# SPDX-License-Identifier: GPL-2.0-or-later
"""What came of checking a server, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from html import escape
from typing import Any

from cog_browser.cog.report import ERROR, NOTE, WARNING, Finding
from cog_browser.cog.rules.finding import in_short
from cog_browser.cog.server.settings import SETTINGS

#: The finding on a file that can be read in parts, but isn't made for it.
NOT_A_COG = "H-NOT-COG"
#: Findings that only web pages meet: QGIS and GDAL read on regardless.
WEB_ONLY = ("H-CORS-", "H-EXPOSE", "H-HTTPS")


@dataclass(frozen=True)
class Exchange:
    """One question and its answer. ``asked`` and ``said`` are headers, without any secret."""

    method: str
    url: str
    asked: tuple[str, ...]
    status: int | None
    said: tuple[str, ...]


@dataclass(frozen=True, repr=False)
class ServerReport:
    """``url`` holds no secret. ``server`` is a key of `SETTINGS` or ""."""

    url: str
    findings: tuple[Finding, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    server: str = ""

    def __repr__(self) -> str:
        """Short, since a console prints it: the verdict, numbers, and the first error."""
        verdict = "ok" if self.is_ok else "not ok"
        return f"<ServerReport {self.url!r}: {verdict}, {in_short(self.errors, self.warnings)}>"

    @property
    def errors(self) -> tuple[Finding, ...]:
        return self._of(ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return self._of(WARNING)

    @property
    def notes(self) -> tuple[Finding, ...]:
        return self._of(NOTE)

    @property
    def is_ok(self) -> bool:
        """Whether QGIS and GDAL can read this file in parts."""
        return not self.errors

    @property
    def is_web_ready(self) -> bool:
        """Whether web maps of other sites can as well."""
        return self.is_ok and not any(f.id.startswith(WEB_ONLY) for f in self.warnings)

    @property
    def is_no_cog(self) -> bool:
        """Whether the first bytes have shown that the file itself is no COG."""
        return any(finding.id == NOT_A_COG for finding in self.findings)

    @property
    def settings(self) -> Mapping[str, str]:
        """What to write into the server's settings; of every kind where it isn't known."""
        if not self.errors and not self.warnings:
            return {}
        return {self.server: SETTINGS[self.server]} if self.server else SETTINGS

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "url": self.url,
            "ok": self.is_ok,
            "web_ready": self.is_web_ready,
            "file_is_no_cog": self.is_no_cog,
            "server": self.server,
            "errors": [asdict(finding) for finding in self.errors],
            "warnings": [asdict(finding) for finding in self.warnings],
            "notes": [asdict(finding) for finding in self.notes],
            "exchanges": [asdict(exchange) for exchange in self.exchanges],
            "settings": dict(self.settings),
        }

    def to_html(self) -> str:
        """A page by itself: no script, nothing fetched, everything from the server escaped."""
        return "".join(_page(self))

    def _of(self, severity: str) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.severity == severity)


_STYLE = (
    "body{font:15px/1.5 sans-serif;max-width:56em;margin:2em auto;padding:0 1em;"
    "color:#1b1b1b;background:#fff}"
    "h1{font-size:1.4em}h2{font-size:1.1em;margin-top:1.6em}h3{font-size:1em}"
    ".good{color:#17622e}.bad{color:#a01515}"
    "table{border-collapse:collapse}th,td{text-align:left;vertical-align:top;"
    "padding:.2em 1em .2em 0;border-bottom:1px solid #ddd}th{font-weight:600}"
    "li{margin:.6em 0}code,pre{background:#f2f2f2}pre{padding:.6em;overflow-x:auto}"
    "code{overflow-wrap:anywhere}"
)


def _page(report: ServerReport) -> Iterator[str]:
    verdict, kind = verdict_of(report), "good" if report.is_ok else "bad"
    yield (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{verdict}</title>'
        f'<style>{_STYLE}</style></head><body><h1 class="{kind}">{verdict}</h1>'
        f"<p><code>{escape(report.url)}</code></p>"
    )
    for title, findings in (
        ("Errors", report.errors),
        ("Warnings", report.warnings),
        ("Notes", report.notes),
    ):
        if findings:
            yield f"<h2>{title}</h2><ul>{''.join(map(_item, findings))}</ul>"
    if report.settings:
        yield "<h2>Settings of the server</h2><p>Replace the folder or container by yours, and * "
        yield "by the origins of your web pages where not all may read.</p>"
        for name, text in report.settings.items():
            yield f"<h3>{escape(name)}</h3><pre>{escape(text)}</pre>"
    yield "<h2>What was asked</h2><table><tr><th>request</th><th>answer</th></tr>"
    for exchange in report.exchanges:
        asked = "".join(f"<br><code>{escape(line)}</code>" for line in exchange.asked)
        said = "".join(f"<br><code>{escape(line)}</code>" for line in exchange.said)
        status = "none" if exchange.status is None else str(exchange.status)
        yield f"<tr><td>{escape(exchange.method)} <code>{escape(exchange.url)}</code>{asked}</td>"
        yield f"<td>{status}{said}</td></tr>"
    yield "</table></body></html>"


def verdict_of(report: ServerReport) -> str:
    """The result in a few words."""
    if not report.is_ok:
        return "This server can't be read in parts"
    verdict = "Ready for QGIS, GDAL and web maps"
    if not report.is_web_ready:
        verdict = "Ready for QGIS and GDAL, not for web maps of other sites"
    return f"The server: {verdict}. The file: no COG" if report.is_no_cog else verdict


def _item(finding: Finding) -> str:
    details = [
        f"{name}: {value}"
        for name, value in (("expected", finding.expected), ("found", finding.found))
        if value is not None
    ]
    text = f"<li><strong>{escape(finding.message)}</strong> <code>{escape(finding.id)}</code>"
    if details:
        text += f"<br>{escape('; '.join(details))}"
    if finding.remedy:
        text += f"<br>{escape(finding.remedy)}"
    return text + "</li>"
