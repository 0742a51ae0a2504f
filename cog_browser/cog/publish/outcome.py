# SPDX-License-Identifier: GPL-2.0-or-later
"""What became of the files, as a table and as a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from cog_browser.cog.publish.journal import DONE, FAILED
from cog_browser.cog.publish.plan import FolderPlan

__all__ = ["DONE", "FAILED", "PLANNED", "SKIPPED", "FolderResult", "Outcome"]

SKIPPED, PLANNED = "skipped", "planned"
_SHOWN = 200  # characters of a name or message in a console

_STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:15px/1.5 sans-serif;max-width:70em;margin:2em auto;padding:0 1em;"
    "overflow-wrap:anywhere}h1{font-size:1.5em}table{border-collapse:collapse}"
    "th,td{text-align:left;vertical-align:top;padding:.2em 1em .2em 0;"
    "border-bottom:1px solid #8886}.failed{color:#c33}.done{color:#283}"
)


@dataclass(frozen=True)
class Outcome:
    """What became of a file: ``state`` is done, failed, skipped, or planned in a dry run."""

    path: str
    key: str
    state: str
    message: str
    etag: str = ""


@dataclass(frozen=True, repr=False)
class FolderResult:
    """The outcomes are in the order of the plan."""

    plan: FolderPlan
    outcomes: tuple[Outcome, ...]
    journal: Path

    def __repr__(self) -> str:
        """Short, since a console prints it: numbers, and the first failure."""
        counts = [
            f"{number} {state}"
            for state in (DONE, FAILED, SKIPPED, PLANNED)
            if (number := self.count(state))
        ]
        failed = next((one for one in self.outcomes if one.state == FAILED), None)
        first = (
            f"; first failure: {_short(failed.path)}: {_short(failed.message)}" if failed else ""
        )
        target = _short(f"{self.plan.job.container}/{self.plan.job.prefix}")
        return f"<FolderResult {target}: {', '.join(counts) or 'nothing to do'}{first}>"

    def count(self, state: str) -> int:
        return sum(outcome.state == state for outcome in self.outcomes)

    def to_html(self) -> str:
        """A page by itself: no script, nothing fetched, everything from outside escaped."""
        return "".join(_page(self))


def _page(result: FolderResult) -> Iterator[str]:
    job = result.plan.job
    title = f"{escape(_text(job.where))} → {escape(job.container)}/{escape(job.prefix)}"
    yield (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>"
    )
    counts = ", ".join(
        f"{result.count(state)} {state}" for state in (DONE, FAILED, SKIPPED, PLANNED)
    )
    yield f"<p><strong>{counts}</strong></p><p>Plan: {escape(str(result.plan))}</p>"
    yield f"<p>Profile: {escape(job.profile)}. Journal: {escape(_text(result.journal))}</p>"
    yield "<table><tr><th>File</th><th>Key</th><th>State</th><th>Message</th><th>ETag</th></tr>"
    first = {FAILED: 0}
    for row in sorted(result.outcomes, key=lambda outcome: first.get(outcome.state, 1)):
        cells = (row.path, row.key, row.state, row.message, row.etag)
        texts = "".join(f"<td>{escape(_text(cell))}</td>" for cell in cells)
        yield f'<tr class="{escape(row.state)}">{texts}</tr>'
    yield "</table></body></html>"


def _short(text: str) -> str:
    """As Python writes text, which may be anything: on one line."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


def _text(value: str | Path) -> str:
    return str(value).encode("utf-8", "backslashreplace").decode()
