# SPDX-License-Identifier: GPL-2.0-or-later
"""COGs that keep each band apart, for a GDAL whose COG driver can't (before INTERLEAVE=BAND).

A tiled GeoTIFF gets its overviews and is copied to one that begins with all directories. It has
no ghost area; readers that use one see an ordinary tiled TIFF in the right order.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from osgeo import gdal

from cog_browser.cog.conversion.profiles import bands_of
from cog_browser.cog.gdal_call import close, gdal_errors
from cog_browser.cog.local_target import Steps, create_copy
from cog_browser.storage.errors import ConfigurationError, ConversionError
from cog_browser.storage.progress import Progress, part

_LEVEL = {"DEFLATE": "ZLEVEL", "ZSTD": "ZSTD_LEVEL", "LZMA": "LZMA_PRESET"}
_PREDICTOR = {"NO": "1", "STANDARD": "2", "FLOATING_POINT": "3"}
_SAME_NAME = {"COMPRESS", "BIGTIFF", "NUM_THREADS", "SPARSE_OK", "GEOTIFF_VERSION", "MAX_Z_ERROR"}
_FOR_OVERVIEWS = {"OVERVIEWS", "OVERVIEW_COUNT", "OVERVIEW_RESAMPLING", "RESAMPLING"}
_STAGED, _OVERVIEWED, _DONE = 30, 50, 100  # per cent


def gtiff_options(options: Mapping[str, str], kind: int) -> dict[str, str]:
    """Options of the COG driver in the words of the GTiff driver.

    Raises `ConfigurationError` for one that this way can't heed.
    """
    compress = options["COMPRESS"].upper()
    is_float = gdal.GetDataTypeName(kind).startswith("Float")
    result = {
        "TILED": "YES",
        "INTERLEAVE": "BAND",
        "COPY_SRC_OVERVIEWS": "YES",
        "BLOCKXSIZE": options["BLOCKSIZE"],
        "BLOCKYSIZE": options["BLOCKSIZE"],
    }
    for key, value in options.items():
        if key in _SAME_NAME:
            result[key] = value
        elif key == "LEVEL" and compress in _LEVEL:
            result[_LEVEL[compress]] = value
        elif key == "PREDICTOR":
            fitting = "FLOATING_POINT" if is_float else "STANDARD"
            word = fitting if value.upper() == "YES" else value.upper()
            result[key] = _PREDICTOR.get(word, value)
        elif key not in (*_FOR_OVERVIEWS, "BLOCKSIZE", "INTERLEAVE", "STATISTICS"):
            raise ConfigurationError(
                f"{key}={value} can't be used where each band is kept apart: this GDAL's COG "
                "driver can't do that, and its GTiff driver doesn't know the option. Leave it "
                "out, or choose the profile science."
            )
    return result


def write_band_interleaved(
    dataset: Any,
    made: Path,
    goal: Path,
    options: Mapping[str, str],
    folder: Path,
    bare: bool,
    progress: Progress | None,
    spelling: Mapping[str, str],
) -> None:
    """As `create_copy`; ``folder`` takes the first copy, uncompressed if ``bare``."""
    final = gtiff_options(options, dataset.GetRasterBand(1).DataType)
    staged = folder / "staged.tif"
    quick = {
        "TILED": "YES",
        "INTERLEAVE": "BAND",
        "BLOCKXSIZE": final["BLOCKXSIZE"],
        "BLOCKYSIZE": final["BLOCKYSIZE"],
        "COMPRESS": "NONE" if bare else "LZW",
        "BIGTIFF": "IF_SAFER",
        "NUM_THREADS": final.get("NUM_THREADS", "1"),
    }
    create_copy("GTiff", dataset, staged, goal, quick, part(progress, 0, _STAGED), spelling)
    steps = Steps(part(progress, _STAGED, _OVERVIEWED))
    doing = f"The overviews of {goal} can't be made"
    try:
        with gdal_errors(doing, ConversionError, {str(staged): goal.name}) as reported:
            copy = reported.need(gdal.Open(str(staged), gdal.GA_Update))
            levels = _levels(copy, options)
            method = options.get("OVERVIEW_RESAMPLING") or options.get("RESAMPLING", "NEAREST")
            if levels:
                copy.BuildOverviews(method, levels, callback=steps)
            close(copy)
    except ConversionError:
        if steps.problem is not None:
            raise steps.problem from None
        raise
    if steps.problem is not None:
        raise steps.problem
    with gdal_errors(doing, ConversionError, {str(staged): goal.name}) as reported:
        copy = reported.need(gdal.Open(str(staged)))
    create_copy("GTiff", copy, made, goal, final, part(progress, _OVERVIEWED, _DONE), spelling)
    del copy
    staged.unlink()
    _refuse_late_directories(made, goal)


def _levels(dataset: Any, options: Mapping[str, str]) -> list[int]:
    """Powers of two until one tile holds all."""
    if options.get("OVERVIEWS", "").upper() == "NONE":
        return []
    most = int(options.get("OVERVIEW_COUNT", 31))
    side = max(dataset.RasterXSize, dataset.RasterYSize)
    levels: list[int] = []
    while side > int(options["BLOCKSIZE"]) and len(levels) < most:
        side = -(-side // 2)
        levels.append(2 ** (len(levels) + 1))
    return levels


def _refuse_late_directories(made: Path, goal: Path) -> None:
    """All directories, and those of masks, must lie before the first pixel."""
    with gdal_errors(f"{goal} can't be examined", ConversionError) as reported:
        dataset = reported.need(gdal.Open(str(made)))
        directories, blocks = [], []
        for full in bands_of(dataset):
            levels = [full, *(full.GetOverview(i) for i in range(full.GetOverviewCount()))]
            masks = [b.GetMaskBand() for b in levels if b.GetMaskFlags() == gdal.GMF_PER_DATASET]
            for level in (*levels, *masks):
                directories.append(level.GetMetadataItem("IFD_OFFSET", "TIFF"))
                blocks.append(level.GetMetadataItem("BLOCK_OFFSET_0_0", "TIFF"))
        last = max(int(offset) for offset in directories if offset)
        first = min((int(offset) for offset in blocks if offset), default=None)
        del dataset
    if first is not None and last > first:
        raise ConversionError(
            f"{goal} was not made: this GDAL wrote a directory behind pixels (at byte {last}); "
            "choose the profile science."
        )
