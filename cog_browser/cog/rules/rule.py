# SPDX-License-Identifier: GPL-2.0-or-later
"""What a rule is. The rules stand in this folder by subject, all of them in ``catalogue.py``.

::

    @rule("T-MULT16", ERROR, source="TIFF 6, section 15", remedy="Convert it.")
    def sides_are_multiples_of_16(file: CogFile) -> Iterator[Breach]:
        \"\"\"A tile's sides are multiples of 16.\"\"\"
        for ifd in file.ifds: …
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cog_browser.cog.rules.cog_file import CogFile
from cog_browser.cog.rules.finding import Finding

#: The profiles, the default first -> what a file must be to be valid in it.
PROFILES: dict[str, str] = {
    "cog": "A file that every COG reader reads with few requests",
    "ogc": "To the letter of OGC 21-026, with all of its requirements classes",
    "earth-engine": "Fit for Google Earth Engine as an external image",
    "web": "For web maps: aligned with the tiles of GoogleMapsCompatible",
}

#: The requirements classes of OGC 21-026 that a file may meet -> those they depend on.
OGC_CLASSES: dict[str, tuple[str, ...]] = {
    "format": (),
    "overviews": ("format",),
    "keys": ("format",),
    "optimized": ("format", "overviews", "keys"),
}

CONVERT = "Convert it to a COG."
REWRITE = "The file is damaged or was changed later. Convert the original again."


@dataclass(frozen=True)
class Breach:
    """Where and how a file breaks a rule."""

    message: str
    expected: str | None = None
    found: str | None = None
    offset: int | None = None
    where: str = ""


Check = Callable[[CogFile], Iterator[Breach]]


@dataclass(frozen=True)
class Rule:
    """``severities`` has one per profile; None: the profile doesn't look at it.

    ``ogc_class`` is what a file misses that breaks it. ``dispute`` says which authority sees it
    differently, ``gdal`` whether GDAL's own validator tests it.
    """

    id: str
    requirement: str
    check: Check
    severities: dict[str, str | None]
    source: str
    remedy: str
    dispute: str = ""
    ogc_class: str = ""
    gdal: bool = False

    def finding(self, breach: Breach, severity: str) -> Finding:
        return Finding(
            self.id,
            severity,
            breach.message,
            self.remedy,
            breach.expected,
            breach.found,
            breach.offset,
            breach.where,
            self.source,
            self.dispute,
        )


def rule(
    name: str,
    severity: str | None,
    *,
    source: str,
    remedy: str = CONVERT,
    dispute: str = "",
    ogc_class: str = "",
    gdal: bool = False,
    **other: str | None,
) -> Callable[[Check], Rule]:
    """Make a rule of a check; ``other`` are severities that differ, e.g. ``earth_engine=ERROR``.

    The check's docstring is what the rule demands.
    """
    differing = {profile.replace("_", "-"): level for profile, level in other.items()}
    severities = {profile: differing.get(profile, severity) for profile in PROFILES}
    if set(differing) - set(PROFILES):
        raise ValueError(differing)

    def made(check: Check) -> Rule:
        requirement = " ".join((check.__doc__ or "").split())
        return Rule(name, requirement, check, severities, source, remedy, dispute, ogc_class, gdal)

    return made
