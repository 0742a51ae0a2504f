# SPDX-License-Identifier: GPL-2.0-or-later
"""The verdicts on all TIFFs of a folder, as a table and as a page."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from cog_browser.cog.cluster.settings import ClusterSettings
from cog_browser.cog.cluster.validation import validate_on_cluster
from cog_browser.cog.validate import Judged, Source, validate_many
from cog_browser.storage.errors import CogBrowserError, ConfigurationError
from cog_browser.storage.models import ObjectRef
from cog_browser.storage.progress import Progress, report
from cog_browser.storage.store import ObjectStore

SUFFIXES = (".tif", ".tiff")
_STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:15px/1.5 sans-serif;max-width:75em;margin:2em auto;padding:0 1em;"
    "overflow-wrap:anywhere}h1{font-size:1.5em}table{border-collapse:collapse}"
    "th,td{text-align:left;vertical-align:top;padding:.2em 1em .2em 0;"
    "border-bottom:1px solid #8886}.valid{color:#283}.invalid,.not{color:#c33}"
)


@dataclass(frozen=True)
class Candidate:
    """A file to judge. ``key`` names it in the folder, ``link`` leads to it and holds no secret."""

    key: str
    link: str
    size: int
    source: Source


@dataclass(frozen=True)
class Verdict:
    """A row of the table. ``verdict`` is “valid”, “invalid” or “not judged”."""

    key: str
    verdict: str
    errors: int
    warnings: int
    reason: str
    size: int
    link: str


@dataclass(frozen=True)
class Verdicts:
    """In the order of the keys, as ``title`` calls the folder."""

    title: str
    profile: str
    rows: tuple[Verdict, ...]

    def count(self, verdict: str) -> int:
        return sum(row.verdict == verdict for row in self.rows)

    def to_html(self) -> str:
        """A page by itself: no script, nothing fetched, everything from outside escaped."""
        return "".join(_page(self))


def files_of(folder: Path) -> list[Candidate]:
    """The TIFFs of a folder and all below it. Raises `ConfigurationError` where it can't be read.

    What is hidden by a dot is left out.
    """

    def unreadable(error: OSError) -> None:  # what is left out in silence would seem valid
        raise ConfigurationError(f"{error.filename} can't be read: {error.strerror}.") from error

    if not folder.is_dir():
        raise ConfigurationError(f"The folder {folder} does not exist, or is no folder.")
    found = []
    for parent, folders, names in os.walk(folder.absolute(), onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            file = Path(parent, name)
            if name.lower().endswith(SUFFIXES) and not name.startswith(".") and file.is_file():
                key = _text(file.relative_to(folder.absolute()).as_posix())
                found.append(Candidate(key, file.as_uri(), file.stat().st_size, str(file)))
    return found


def objects_of(
    store: ObjectStore, container: str, prefix: str = "", progress: Progress | None = None
) -> list[Candidate]:
    """The TIFFs whose keys begin with ``prefix``. ``progress`` may cancel between two pages."""
    found = []
    for page in store.list_objects(container, prefix, delimiter=""):
        for entry in page.objects:
            if entry.key.lower().endswith(SUFFIXES):
                source = ObjectRef(store, container, entry.key)
                found.append(Candidate(entry.key, _link(source), entry.size, source))
        report(progress, 0, None)
    return found


def judge_all(
    candidates: Iterable[Candidate],
    title: str,
    profile: str = "cog",
    full: bool = False,
    jobs: int = 8,
    progress: Progress | None = None,
    cluster: ClusterSettings | None = None,
) -> Verdicts:
    """Judge them, ``jobs`` at a time, or as ``cluster`` can. What can't be read is a row.

    Raises `Cancelled` by ``progress``, and `ConfigurationError` for an unknown profile.
    """
    wanted = {candidate.source: candidate for candidate in candidates}
    rows = []

    def counted(done: int, _total: int | None) -> bool:
        return progress is None or progress(done, len(wanted))

    found = (
        validate_many(wanted, profile, full, jobs, counted)
        if cluster is None
        else validate_on_cluster(cluster, wanted, profile, full, counted)
    )
    for judged in found:
        candidate = wanted[judged.source]
        rows.append(_row(candidate, judged))
    return Verdicts(title, profile, tuple(sorted(rows, key=lambda row: row.key)))


def _row(candidate: Candidate, judged: Judged) -> Verdict:
    report = judged.report
    if report is None:
        reason, errors, warnings = str(judged.error), 0, 0
    else:
        errors, warnings = len(report.errors), len(report.warnings)
        first = next(iter((*report.errors, *report.warnings)), None)
        reason = f"{first.id}: {first.message}" if first else ""
    return Verdict(
        candidate.key, judged.verdict, errors, warnings, reason, candidate.size, candidate.link
    )


def _link(source: ObjectRef) -> str:
    try:
        return str(source.store.source(source.container, source.key))
    except CogBrowserError:  # keys with dot segments are listed, but can't be opened
        return ""


def _page(table: Verdicts) -> Iterator[str]:
    title = escape(_text(table.title))
    yield (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>"
    )
    counts = ", ".join(
        f"{table.count(verdict)} {verdict}" for verdict in ("valid", "invalid", "not judged")
    )
    yield f"<p><strong>{counts}</strong></p><p>Judged as: {escape(table.profile)}</p><table>"
    yield "<tr><th>File</th><th>Verdict</th><th>Errors</th><th>Warnings</th>"
    yield "<th>First reason</th><th>Bytes</th></tr>"
    worst = {"not judged": 0, "invalid": 1}
    for row in sorted(table.rows, key=lambda row: worst.get(row.verdict, 2)):
        name = escape(row.key)
        if row.link.startswith("file:"):
            name = f'<a href="{escape(row.link)}">{name}</a>'
        elif row.link:
            name += f"<br><code>{escape(row.link)}</code>"
        cells = (row.verdict, row.errors, row.warnings, row.reason, row.size)
        texts = "".join(f"<td>{escape(_text(str(cell)))}</td>" for cell in cells)
        yield f'<tr class="{row.verdict}"><td>{name}</td>{texts}</tr>'
    yield "</table></body></html>"


def _text(value: str) -> str:
    """Names of files may have bytes that are no text."""
    return value.encode("utf-8", "backslashreplace").decode()
