# SPDX-License-Identifier: GPL-2.0-or-later
"""GDAL's own validation script as a second opinion, and why the two differ."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import Any
from uuid import uuid4

from osgeo import gdal

from cog_browser.cog.gdal_call import gdal_errors
from cog_browser.cog.rules.catalogue import RULES, Breaches
from cog_browser.cog.rules.cog_file import CogFile
from cog_browser.cog.rules.finding import ERROR, NOTE, Finding
from cog_browser.storage.errors import RasterError

#: The script looks at each block of an empty raster in turn: a kilobyte may claim millions.
MOST_BLOCKS = 1_000_000
_SOURCE = "osgeo_utils.samples.validate_cloud_optimized_geotiff"


@dataclass(frozen=True)
class Opinion:
    """``errors`` in GDAL's words; ``verdict`` as in `CogReport.gdal_verdict`."""

    verdict: str
    errors: tuple[str, ...] = ()


def ask_gdal(dataset: Any, full: bool, spelling: Mapping[str, str]) -> Opinion | None:
    """None where the script isn't installed. The caller has seen that the file is sound enough."""
    script = _script()
    if script is None:
        return None
    try:
        with gdal_errors("The file can't be read to its end", spelling=spelling):
            warnings, errors, _details = script(dataset, full_check=full)
    except RasterError as problem:
        return Opinion("invalid", (str(problem),))
    except (struct.error, AttributeError, TypeError, ValueError, IndexError) as problem:
        # the script expects sound files: this is how it meets the others
        return Opinion("invalid", (f"it breaks off ({problem})",))
    verdict = "invalid" if errors else "valid with warnings" if warnings else "valid"
    return Opinion(verdict, tuple(errors))


def _script() -> Callable[..., Any] | None:
    try:
        from osgeo_utils.samples import (  # noqa: PLC0415 - optional
            validate_cloud_optimized_geotiff,
        )
    except ImportError:
        return None
    function: Callable[..., Any] = validate_cloud_optimized_geotiff.validate
    return function


def difference(opinion: Opinion, broken: Breaches, profile: str) -> Finding | None:
    """Why this verdict and GDAL's are not the same; None where they are."""
    errors = [RULES[name] for name in broken if RULES[name].severities[profile] == ERROR]
    gdal_valid = opinion.verdict != "invalid"
    if gdal_valid == (not errors):
        return None
    if gdal_valid:
        seen = ", ".join(
            f"{rule.id} ({'less strictly' if rule.gdal else 'not at all'})" for rule in errors
        )
        text = f"GDAL's own validator calls the file {opinion.verdict}: it tests {seen}."
    else:
        reasons = " ".join(f"“{message}”" for message in opinion.errors[:3])
        text = f"GDAL's own validator calls the file invalid: {reasons}"
    return Finding("N-GDAL", NOTE, text, source=_SOURCE)


def script_sees_enough(file: CogFile) -> bool:
    """Whether all that the script reads of a remote file was read already."""
    known = [file.facts(ifd) for ifd in file.levels]
    return all(
        facts is not None
        and (facts.complete or (facts.first is not None and facts.first.index == 0))
        for facts in known
    )


@contextmanager
def view_of_pieces(pieces: list[tuple[int, bytes]], size: int) -> Iterator[str]:
    """A file for GDAL that holds these pieces, and zeros elsewhere, so that it reads no more."""
    name = f"/vsimem/{uuid4().hex}"
    regions, joined = [], b""
    for offset, data in pieces:
        regions.append(
            f"<SubfileRegion><Filename>{name}/bytes</Filename>"
            f"<DestinationOffset>{offset}</DestinationOffset>"
            f"<SourceOffset>{len(joined)}</SourceOffset>"
            f"<RegionLength>{len(data)}</RegionLength></SubfileRegion>"
        )
        joined += data
    xml = f"<VSISparseFile><Length>{size}</Length>{''.join(regions)}</VSISparseFile>"
    gdal.FileFromMemBuffer(f"{name}/bytes", joined)
    gdal.FileFromMemBuffer(f"{name}/view.xml", xml.encode())
    try:
        yield f"/vsisparse/{escape(name)}/view.xml"
    finally:
        gdal.Unlink(f"{name}/view.xml")
        gdal.Unlink(f"{name}/bytes")
