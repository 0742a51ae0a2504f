# SPDX-License-Identifier: GPL-2.0-or-later
"""All that can be known of a conversion before it: refusals, warnings, options, size and time."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from osgeo import gdal

from cog_browser.cog.conversion.band_interleaved import gtiff_options
from cog_browser.cog.conversion.creation_options import creation_options, is_lossless
from cog_browser.cog.conversion.display import display_raster
from cog_browser.cog.conversion.driver_options import driver_options, keeps_metadata_domains
from cog_browser.cog.conversion.estimate import Estimate, estimate
from cog_browser.cog.conversion.metadata import has_domains, without_stale_statistics
from cog_browser.cog.conversion.nodata import nodata_warnings
from cog_browser.cog.conversion.profiles import Profile, bands_of
from cog_browser.cog.conversion.proof import crs_of, own_mask, same_number
from cog_browser.cog.conversion.trial import make_trial
from cog_browser.cog.gdal_call import gdal_errors
from cog_browser.storage.errors import ConversionError

_NOT_AVERAGED = ("NEAREST", "MODE")


@dataclass(frozen=True)
class Plan:
    """What will be done. ``exact``: no pixel changes. ``apart``: see `band_interleaved`."""

    profile: str
    options: Mapping[str, str]
    exact: bool
    apart: bool
    warnings: tuple[str, ...]
    estimate: Estimate


def plan_conversion(
    dataset: Any,
    name: str,
    goal: Path,
    temporary: Path,
    recipe: Profile,
    chosen: Mapping[str, object],
    verify: bool,
    spelling: Mapping[str, str],
) -> tuple[Plan, Any]:
    """The plan, and the view of the dataset to convert.

    Raises `ConversionError` for what can't be done or can't be done without loss where the profile
    promises none, and `ConfigurationError` for options that don't fit.
    """
    with gdal_errors(f"{name} can't be examined", ConversionError, spelling) as reported:
        _refuse_unfit(dataset, name, recipe)
    options = creation_options(dataset, recipe, chosen)
    exact = is_lossless(options) and not recipe.display
    apart = (
        recipe.band_interleaved and dataset.RasterCount > 1 and "INTERLEAVE" not in driver_options()
    )
    warnings: list[str] = []
    with gdal_errors(f"{name} can't be examined", ConversionError, spelling) as reported:
        if recipe.display:
            view, notes = display_raster(dataset, options["COMPRESS"].upper(), reported)
            warnings += notes
        else:
            view = dataset
            if not apart and has_domains(dataset) and keeps_metadata_domains():
                options["COPY_SRC_MDD"] = "YES"
        view = without_stale_statistics(view, not exact)
    kind = view.GetRasterBand(1).DataType
    tried = gtiff_options(options, kind) if apart else options
    with gdal_errors(f"{goal} can't be made", ConversionError, spelling) as reported:
        trial = make_trial(view, "GTiff" if apart else "COG", tried, reported)
        if exact and trial.difference is not None:
            raise ConversionError(
                f"{name} can't be converted: the COG would differ from it in {trial.difference}."
            )
        if not exact:
            warnings.append(
                "Pixel values change: the result is for display, not for measuring; keep the "
                "source."
            )
        if not recipe.display:
            warnings += [
                f"The COG will keep {'every pixel' if exact else 'a picture'}, but not the "
                f"source's {loss}; a GeoTIFF without a sidecar file can't hold that."
                for loss in trial.losses
            ]
            method = options.get("OVERVIEW_RESAMPLING") or options.get("RESAMPLING", "CUBIC")
            averaged = method.upper() not in _NOT_AVERAGED and options.get("OVERVIEWS") != "NONE"
            warnings += nodata_warnings(dataset, trial.samples, averaged)
        expected = estimate(
            view, options, trial, temporary, verified=verify and exact, staged=apart
        )
    return Plan(recipe.name, options, exact, apart, tuple(warnings), expected), view


def _refuse_unfit(dataset: Any, name: str, recipe: Profile) -> None:
    bands = bands_of(dataset)
    if not bands:
        inner = dataset.GetSubDatasets()
        choice = (
            f"; choose one of its {len(inner)} subdatasets, e.g. {inner[0][0]}" if inner else ""
        )
        raise ConversionError(f"{name} holds no raster bands{choice}.")
    if crs_of(dataset) is None and not dataset.GetMetadata("RPC"):
        raise ConversionError(
            f"{name} has no coordinate reference system; assign one (Raster › Projections › "
            "Assign Projection, or gdal_edit.py -a_srs EPSG:…) and convert again."
        )
    if not recipe.display:
        _refuse_bands_that_differ(bands, name)
    if recipe.types:
        _refuse_foreign_to_earth_engine(dataset, name, recipe)


def _refuse_bands_that_differ(bands: list[Any], name: str) -> None:
    kinds = {band.DataType for band in bands}
    if len(kinds) > 1:
        listed = ", ".join(sorted(gdal.GetDataTypeName(kind) for kind in kinds))
        raise ConversionError(
            f"The bands of {name} have different data types ({listed}), and a TIFF has one for "
            "all; convert them to one type (gdal_translate -ot …) or convert each by itself."
        )
    values = [band.GetNoDataValue() for band in bands]
    if not all(same_number(values[0], value) for value in values):
        listed = ", ".join("none" if value is None else str(value) for value in values)
        raise ConversionError(
            f"The bands of {name} have different nodata values ({listed}), and a TIFF has one "
            "for all; give them the same one, or convert each band by itself."
        )
    if any(own_mask(band) and not band.GetMaskFlags() & gdal.GMF_PER_DATASET for band in bands):
        raise ConversionError(
            f"{name} has a mask per band, and a TIFF has one for all bands; convert each band by "
            "itself (gdal_translate -b 1 -mask mask,1 …)."
        )


def _refuse_foreign_to_earth_engine(dataset: Any, name: str, recipe: Profile) -> None:
    kind = gdal.GetDataTypeName(dataset.GetRasterBand(1).DataType)
    if kind not in recipe.types:
        raise ConversionError(
            f"Earth Engine reads no {kind} pixels, which {name} has; convert them to one of "
            f"{', '.join(recipe.types)} first (gdal_translate -ot …)."
        )
    if dataset.GetGeoTransform(can_return_null=True) is None:
        raise ConversionError(
            f"Earth Engine places rasters by a geotransform, and {name} has only control points "
            "or coefficients; warp it first (Raster › Projections › Warp)."
        )


def refuse_own_source(dataset: Any, source: str | os.PathLike[str], goal: Path) -> None:
    """Refuse a target that the conversion reads."""
    for file in {os.fspath(source), *(dataset.GetFileList() or ())}:
        try:
            same = goal.exists() and goal.samefile(file)
        except OSError:
            same = False
        if same:
            raise ConversionError(
                f"{goal} is read by the conversion, so it can't be its target; choose another name."
            )
