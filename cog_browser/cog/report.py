# SPDX-License-Identifier: GPL-2.0-or-later
"""The verdict on a file, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from html import escape
from typing import Any

from cog_browser.cog.structure import Structure

#: The severities a finding may have.
ERROR, WARNING, NOTE = "error", "warning", "note"


@dataclass(frozen=True)
class Finding:
    """One thing worth knowing. ``id`` is stable, ``remedy`` says what to do (it may be empty).

    ``offset`` is where in the file, in bytes.
    """

    id: str
    severity: str
    message: str
    remedy: str = ""
    expected: str | None = None
    found: str | None = None
    offset: int | None = None


@dataclass(frozen=True)
class CogReport:
    """``classes`` are the OGC 21-026 requirements classes met; ``source`` holds no secret.

    ``gdal_verdict`` is what GDAL's own script says: "valid", "valid with warnings", "invalid", or
    None where it could not judge.
    """

    source: str
    errors: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    classes: tuple[str, ...] = ()
    earth_engine_ready: bool = False
    gdal_verdict: str | None = None
    structure: Structure | None = None

    @property
    def is_valid(self) -> bool:
        return not self.errors

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "source": self.source,
            "is_valid": self.is_valid,
            "errors": [asdict(finding) for finding in self.errors],
            "warnings": [asdict(finding) for finding in self.warnings],
            "notes": [asdict(finding) for finding in self.notes],
            "classes": list(self.classes),
            "earth_engine_ready": self.earth_engine_ready,
            "gdal_verdict": self.gdal_verdict,
            "structure": self.structure.to_dict() if self.structure else None,
        }

    def to_html(self) -> str:
        """A page by itself: no script, nothing fetched, everything from the file escaped."""
        return "".join(_page(self))


_STYLE = (
    "body{font:15px/1.5 sans-serif;max-width:50em;margin:2em auto;padding:0 1em;"
    "color:#1b1b1b;background:#fff}"
    "h1{font-size:1.4em}h2{font-size:1.1em;margin-top:1.6em}"
    ".valid{color:#17622e}.invalid{color:#a01515}"
    "table{border-collapse:collapse}th,td{text-align:left;vertical-align:top;"
    "padding:.2em 1em .2em 0;border-bottom:1px solid #ddd}th{font-weight:600}"
    "li{margin:.5em 0}code{background:#f2f2f2}"
)


def _page(report: CogReport) -> Iterator[str]:
    verdict = "Valid COG" if report.is_valid else "Not a valid COG"
    kind = "valid" if report.is_valid else "invalid"
    yield (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{verdict}</title>'
        f'<style>{_STYLE}</style></head><body><h1 class="{kind}">{verdict}</h1>'
        f"<p><code>{escape(report.source)}</code></p>"
    )
    for title, findings in (
        ("Errors", report.errors),
        ("Warnings", report.warnings),
        ("Notes", report.notes),
    ):
        if findings:
            yield f"<h2>{title}</h2><ul>"
            yield from map(_item, findings)
            yield "</ul>"
    if report.gdal_verdict:
        yield f"<p>GDAL's own validator says: {escape(report.gdal_verdict)}.</p>"
    if report.structure:
        yield "<h2>Structure</h2><table>"
        for name, value in _rows(report.structure):
            yield f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>'
        yield "</table>"
    yield "</body></html>"


def _item(finding: Finding) -> str:
    details = [
        f"{name} {value}"
        for name, value in (
            ("expected", finding.expected),
            ("found", finding.found),
            ("at byte", finding.offset),
        )
        if value is not None
    ]
    text = f"<li><strong>{escape(finding.message)}</strong> <code>{escape(finding.id)}</code>"
    if details:
        text += f"<br>{escape(', '.join(details))}"
    if finding.remedy:
        text += f"<br>{escape(finding.remedy)}"
    return text + "</li>"


def _rows(structure: Structure) -> Iterator[tuple[str, str]]:
    unit = structure.crs.unit if structure.crs else "CRS units"
    yield "Size", f"{structure.width} × {structure.height} pixels"
    yield "Bands", f"{structure.bands} × {structure.dtype}"
    yield "Blocks", f"{structure.block_width} × {structure.block_height} pixels"
    yield "Compression", structure.compression
    if structure.interleave:
        yield "Interleaving", structure.interleave
    levels = (
        f"{o.width} × {o.height} (blocks {o.block_width} × {o.block_height})"
        for o in structure.overviews
    )
    yield "Overviews", "; ".join(levels) or "none"
    yield "Nodata", "none" if structure.nodata is None else str(structure.nodata)
    yield "Mask", structure.mask
    if structure.crs:
        name = f"{structure.crs.name} ({structure.crs.authid})"
        yield "CRS", name if structure.crs.authid else structure.crs.name
        yield "CRS unit", structure.crs.unit
    else:
        yield "CRS", "none"
    if structure.pixel_size:
        yield "Pixel size", f"{structure.pixel_size[0]:g} × {structure.pixel_size[1]:g} {unit}"
    if structure.bbox:
        edges = zip(("x min", "y min", "x max", "y max"), structure.bbox)
        yield "Extent", ", ".join(f"{name} {value:.10g}" for name, value in edges) + f" ({unit})"
