# SPDX-License-Identifier: GPL-2.0-or-later
"""Judge whether a file is a COG, by GDAL's own validation script."""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Callable
from typing import Any

from osgeo import gdal

from cog_browser.cog.gdal_call import datasets_released, gdal_errors
from cog_browser.cog.report import ERROR, NOTE, WARNING, CogReport, Finding
from cog_browser.cog.sources import display_name, open_raster, running_source, secret_free
from cog_browser.cog.structure import read_structure
from cog_browser.storage.errors import ConfigurationError, RasterError
from cog_browser.storage.models import ObjectRef

#: GDAL's script looks at each block of an empty raster in turn: a kilobyte may claim billions.
MAX_BLOCKS = 5_000_000

_PROFILES = ("cog",)
_CONVERT = "Convert it to a COG."
_RULES: tuple[tuple[str, str, str], ...] = (
    (r"external \.ovr", "V-OVR-EXT", f"{_CONVERT} The overviews must be inside the file."),
    (r"Overview of index \d+ is not tiled", "V-OVR-TILED", _CONVERT),
    (r"is not tiled", "V-TILED", _CONVERT),
    (r"recommended to include internal overviews", "V-NO-OVR", f"{_CONVERT} It adds overviews."),
    (r"offset of the main IFD should be", "V-IFD-POS", _CONVERT),
    (r"offset of the IFD for overview", "V-IFD-ORD", _CONVERT),
    (r"larger dimension", "V-OVR-SIZE", _CONVERT),
    (r"offset of the first block", "V-DATA-ORD", _CONVERT),
    (
        r"KNOWN_INCOMPATIBLE_EDITION",
        "V-KNOWN",
        "The file was changed after it became a COG. Convert it again.",
    ),
)
_REWRITE = "The file is damaged or was changed later. Convert the original again."


def validate_cog(
    source: str | os.PathLike[str] | ObjectRef, profile: str = "cog", full: bool = False
) -> CogReport:
    """Judge a file by its headers; with ``full`` also by the bytes around every block.

    A raster that is no COG, or no TIFF, is a normal report. Nothing is written anywhere, and no
    other file that the source may name is opened. Remote reads give up on a server that stalls,
    and rasters of more than `MAX_BLOCKS` blocks are refused, so that no file makes this hang;
    ``full`` takes two requests per block from a remote file.

    Args:
      source: A path, an http(s) URL, another GDAL source, or an object of a store.
      profile: Which rules to apply; "cog" only, so far.
      full: Compare each block's leader and trailer bytes.

    Raises:
      RasterError: The source can't be read, or isn't a raster at all.
      ConfigurationError: An unknown profile, or GDAL's script is not installed.
    """
    if profile not in _PROFILES:
        raise ConfigurationError(
            f"There is no validation profile {profile!r}; choose one of: {', '.join(_PROFILES)}."
        )
    with datasets_released():
        return _judge(source, full, _gdal_script())


def _judge(
    source: str | os.PathLike[str] | ObjectRef, full: bool, script: Callable[..., Any]
) -> CogReport:
    if isinstance(source, ObjectRef):
        name = f"{source.container}/{source.key}"
        spelling: dict[str, str] = {}
        dataset = source.store.open_dataset(source.container, source.key)
    else:
        name, spelling = display_name(source), secret_free(source)
        try:
            dataset = open_raster(source, drivers=["GTiff"])
        except RasterError:
            format_name = _other_format(source, name)
            if format_name is None:
                raise
            return _not_a_tiff(name, format_name)
    with gdal_errors(f"{name} can't be examined", spelling=spelling):
        driver = dataset.GetDriver().ShortName
        if driver not in ("GTiff", "COG"):
            return _not_a_tiff(name, driver)
        structure = read_structure(dataset)
        blocks = _block_count(dataset)
    if blocks > MAX_BLOCKS:
        too_many = Finding(
            "T-LIMIT",
            ERROR,
            "The file claims more blocks than this version examines.",
            "Use larger blocks, or split the raster.",
            expected=f"at most {MAX_BLOCKS}",
            found=str(blocks),
        )
        return CogReport(name, errors=(too_many,), notes=(_not_judged(),), structure=structure)
    errors, warnings = _run(script, dataset, full, name, spelling)
    verdict = "invalid" if errors else "valid with warnings" if warnings else "valid"
    return CogReport(
        name,
        errors=errors,
        warnings=warnings,
        notes=(_not_judged(),),
        gdal_verdict=verdict,
        structure=structure,
    )


def _gdal_script() -> Callable[..., Any]:
    try:
        from osgeo_utils.samples import (  # noqa: PLC0415 - optional
            validate_cloud_optimized_geotiff,
        )
    except ImportError:
        raise ConfigurationError(
            "GDAL's Python scripts (osgeo_utils) are not installed; install python3-gdal "
            "(Debian, Ubuntu), python3-gdal in the OSGeo4W installer, or gdal-utils with pip."
        ) from None
    function: Callable[..., Any] = validate_cloud_optimized_geotiff.validate
    return function


def _other_format(source: str | os.PathLike[str], name: str) -> str | None:
    """Which driver would open it; asked by the first bytes, so nothing it names is opened."""
    with gdal_errors(f"{name} can't be examined", spelling=secret_free(source)):
        driver = gdal.IdentifyDriverEx(running_source(source), gdal.OF_RASTER)
        found = driver.ShortName if driver else None
    return None if found in ("GTiff", "COG", "LIBERTIFF") else found


def _not_a_tiff(name: str, format_name: str) -> CogReport:
    finding = Finding(
        "T-HEAD",
        ERROR,
        f"The raster is no TIFF, but of the format {format_name}.",
        _CONVERT,
        expected="GTiff",
        found=format_name,
    )
    return CogReport(name, errors=(finding,), notes=(_not_judged(),))


def _not_judged() -> Finding:
    return Finding(
        "N-CLASSES",
        NOTE,
        "This version judges neither the classes of OGC 21-026 nor whether Earth Engine can "
        "use the file.",
    )


def _block_count(dataset: Any) -> int:
    band = dataset.GetRasterBand(1)
    levels = [band, *(band.GetOverview(i) for i in range(band.GetOverviewCount()))]
    count = 0
    for level in levels:
        width, height = level.GetBlockSize()
        count += -(-level.XSize // width) * -(-level.YSize // height)
    return count


def _run(
    script: Callable[..., Any], dataset: Any, full: bool, name: str, spelling: dict[str, str]
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    try:
        with gdal_errors(f"{name} can't be read to its end", spelling=spelling):
            warnings, errors, _details = script(dataset, full_check=full)
    except RasterError as problem:
        return (Finding("V-READ", ERROR, str(problem), _REWRITE),), ()
    except (struct.error, AttributeError, TypeError, ValueError) as problem:
        # the script expects sound files: this is how it meets the others
        broken = Finding(
            "V-READ",
            ERROR,
            "The file ends early, or its structure is damaged.",
            _REWRITE,
            found=str(problem),
        )
        return (broken,), ()
    return (
        tuple(_finding(message, ERROR) for message in errors),
        tuple(_finding(message, WARNING) for message in warnings),
    )


def _finding(message: str, severity: str) -> Finding:
    rule, remedy = next(
        ((rule, remedy) for pattern, rule, remedy in _RULES if re.search(pattern, message)),
        ("V-FULL", _REWRITE),
    )
    numbers = re.search(r"should be (\d+)\. It is (\d+)", message)
    expected, found = numbers.groups() if numbers else (None, None)
    text = message.rstrip(".") + "."
    return Finding(rule, severity, text, remedy, expected, found, int(found) if found else None)
