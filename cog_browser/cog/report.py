# SPDX-License-Identifier: GPL-2.0-or-later
"""The verdict on a file, for people and for programs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from cog_browser.cog.layout_picture import layout_svg
from cog_browser.cog.report_page import page
from cog_browser.cog.rules.finding import ERROR, NOTE, WARNING, Finding, in_short
from cog_browser.cog.structure import Structure
from cog_browser.cog.tiff.file_layout import Part

__all__ = ["ERROR", "NOTE", "WARNING", "CogReport", "Finding", "Reading"]


@dataclass(frozen=True)
class Reading:
    """What the verdict rests on, and what it cost. Frames are the bytes around a block."""

    full: bool = False
    blocks: int = 0
    blocks_examined: int = 0
    frames_examined: int = 0
    requests: int | None = None
    bytes: int = 0


@dataclass(frozen=True, repr=False)
class CogReport:
    """``classes`` are the OGC 21-026 requirements classes met; ``source`` holds no secret.

    ``profile`` is the one that the verdict belongs to. ``gdal_verdict`` is what GDAL's own script
    says: "valid", "valid with warnings", "invalid", or None where it was not asked. ``layout``
    says which of the ``size`` bytes hold what. ``reading.requests`` is None for a local file.
    """

    source: str
    errors: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()
    classes: tuple[str, ...] = ()
    earth_engine_ready: bool = False
    gdal_verdict: str | None = None
    structure: Structure | None = None
    profile: str = "cog"
    size: int = 0
    layout: tuple[Part, ...] = ()
    reading: Reading = Reading()

    def __repr__(self) -> str:
        """Short, since a console prints it: the verdict, numbers, and the first error."""
        verdict = "valid" if self.is_valid else "invalid"
        counted = in_short(self.errors, self.warnings)
        return f"<CogReport {self.source!r}, {self.profile}: {verdict}, {counted}>"

    @property
    def is_valid(self) -> bool:
        return not self.errors

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "source": self.source,
            "profile": self.profile,
            "is_valid": self.is_valid,
            "errors": [asdict(finding) for finding in self.errors],
            "warnings": [asdict(finding) for finding in self.warnings],
            "notes": [asdict(finding) for finding in self.notes],
            "classes": list(self.classes),
            "earth_engine_ready": self.earth_engine_ready,
            "gdal_verdict": self.gdal_verdict,
            "size": self.size,
            "structure": self.structure.to_dict() if self.structure else None,
            "layout": [asdict(part) for part in self.layout],
            "reading": asdict(self.reading),
        }

    def to_html(self) -> str:
        """A page by itself: no script, nothing fetched, everything from the file escaped."""
        return "".join(page(self))

    def layout_svg(self) -> str:
        """The picture of the layout by itself; "" where nothing is known."""
        return layout_svg(self.layout, self.size)
