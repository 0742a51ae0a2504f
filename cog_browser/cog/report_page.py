# SPDX-License-Identifier: GPL-2.0-or-later
"""The report as a page: the verdict first, then the layout, the findings and the structure."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from cog_browser.cog.rules.finding import Finding
from cog_browser.cog.rules.rule import OGC_CLASSES, PROFILES
from cog_browser.cog.structure import Structure
from cog_browser.cog.tiff.checks import count_text

if TYPE_CHECKING:
    from cog_browser.cog.report import CogReport

_STYLE = (
    ":root{color-scheme:light dark;--ink:#1b1b1b;--paper:#fff;--line:#ddd;--soft:#f2f2f2;"
    "--good:#17622e;--bad:#a01515;--warn:#8a5a00}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6e6e6;--paper:#1c1d1f;--line:#3c3f43;"
    "--soft:#2b2d31;--good:#7fd09a;--bad:#ff9c8f;--warn:#f0c25c}}"
    "body{font:15px/1.5 sans-serif;max-width:52em;margin:2em auto;padding:0 1em;"
    "color:var(--ink);background:var(--paper);overflow-wrap:anywhere}"
    "h1{font-size:1.5em;margin-bottom:.2em}h2{font-size:1.1em;margin-top:1.8em}"
    ".valid,.yes{color:var(--good)}.invalid,.error{color:var(--bad)}.warning{color:var(--warn)}"
    "table{border-collapse:collapse}th,td{text-align:left;vertical-align:top;"
    "padding:.2em 1em .2em 0;border-bottom:1px solid var(--line)}th{font-weight:600}"
    "ul{padding-left:1.2em}li{margin:.8em 0}code{background:var(--soft);padding:0 .25em}"
    ".more{font-size:.9em;opacity:.8}svg{width:100%;height:auto}svg text{fill:currentColor}"
)


def page(report: CogReport) -> Iterator[str]:
    verdict = "Valid COG" if report.is_valid else "Not a valid COG"
    kind = "valid" if report.is_valid else "invalid"
    yield (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{verdict}</title>'
        '<meta name="viewport" content="width=device-width">'
        f'<style>{_STYLE}</style></head><body><h1 class="{kind}">{verdict}</h1>'
        f"<p><code>{escape(report.source)}</code></p>"
    )
    yield from _summary(report)
    picture = report.layout_svg()
    if picture:
        yield f"<h2>Layout</h2><p>{picture}</p>"
    for title, findings in (
        ("Errors", report.errors),
        ("Warnings", report.warnings),
        ("Notes", report.notes),
    ):
        if findings:
            yield f"<h2>{title}</h2><ul>"
            yield from map(_item, findings)
            yield "</ul>"
    if report.structure:
        yield "<h2>Structure</h2><table>"
        yield from (_row(name, value) for name, value in _rows(report.structure))
        yield "</table>"
    yield "</body></html>"


def _summary(report: CogReport) -> Iterator[str]:
    count = (
        f"{count_text(len(report.errors), 'error')}, {count_text(len(report.warnings), 'warning')}"
    )
    yield "<table>"
    yield _row("Found", f"{count}, {count_text(len(report.notes), 'note')}")
    wanted = PROFILES.get(report.profile, "")
    yield _row("Judged as", f"{report.profile}: {wanted[:1].lower()}{wanted[1:]}")
    met = ", ".join(f"{'✓' if name in report.classes else '✗'} {name}" for name in OGC_CLASSES)
    yield _row("OGC 21-026", met)
    yield _row("Earth Engine", "ready" if report.earth_engine_ready else "not ready")
    yield _row("GDAL's validator", report.gdal_verdict or "was not asked")
    reading = report.reading
    text = f"{reading.blocks_examined} of {count_text(reading.blocks, 'block')} of the block index"
    text += f", the bytes around {count_text(reading.frames_examined, 'block')}"
    if reading.requests is not None:
        text += f", with {count_text(reading.requests, 'request')} for {reading.bytes} bytes"
    yield _row("Looked at", text)
    yield "</table>"


def _row(name: str, value: str) -> str:
    return f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>'


def _item(finding: Finding) -> str:
    text = (
        f'<li><strong class="{escape(finding.severity)}">{escape(finding.message)}</strong> '
        f"<code>{escape(finding.id)}</code>"
    )
    if finding.remedy:
        text += f"<br>{escape(finding.remedy)}"
    details = [
        f"{name} {value}"
        for name, value in (
            ("expected", finding.expected),
            ("found", finding.found),
            ("in", finding.where or None),
            ("at byte", finding.offset),
        )
        if value is not None
    ]
    for line in (
        ", ".join(details),
        finding.source and f"Demanded by: {finding.source}",
        finding.dispute,
    ):
        if line:
            text += f'<br><span class="more">{escape(line)}</span>'
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
