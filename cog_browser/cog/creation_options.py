# SPDX-License-Identifier: GPL-2.0-or-later
"""Creation options of the running GDAL's COG driver, and which of them may be used."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from html import unescape
from typing import Any

from osgeo import gdal

from cog_browser.cog.gdal_call import gdal_errors
from cog_browser.cog.profiles import Profile
from cog_browser.storage.errors import ConfigurationError

_OPTION = re.compile(r"<Option\s([^>]*?)(?:/>|>(.*?)</Option>)", re.DOTALL)
_NAME = re.compile(r"\bname\s*=\s*(?:'([^']*)'|\"([^\"]*)\")")
_VALUE = re.compile(r"<Value[^>]*>(.*?)</Value>", re.DOTALL)

_LOSSLESS = {"NONE", "DEFLATE", "LZW", "ZSTD", "LZMA", "LERC", "LERC_DEFLATE", "LERC_ZSTD", "JXL"}
_WITH_PREDICTOR = {"DEFLATE", "LZW", "ZSTD"}
_RESAMPLES = {
    "TILING_SCHEME", "ZOOM_LEVEL", "ZOOM_LEVEL_STRATEGY", "ALIGNED_LEVELS",
    "TARGET_SRS", "RES", "EXTENT", "ADD_ALPHA", "WARP_RESAMPLING",
}  # fmt: skip
_ROUNDS = {"NBITS", "JXL_DISTANCE", "JXL_ALPHA_DISTANCE"}
_HARMLESS = {
    "TILING_SCHEME": {"CUSTOM"},
    "ADD_ALPHA": {"NO"},
    "JXL_DISTANCE": {"0"},
    "JXL_ALPHA_DISTANCE": {"0", "-1"},
}
_MOST_EXACT = {"QUALITY": 100.0, "OVERVIEW_QUALITY": 100.0}
_LEAST_ERROR = {"MAX_Z_ERROR": 0.0, "MAX_Z_ERROR_OVERVIEW": 0.0}


@lru_cache(maxsize=1)
def driver_options() -> Mapping[str, tuple[str, ...]]:
    """Each option of the running COG driver with its values, an empty tuple where they are free.

    Raises `ConfigurationError` where GDAL was built without the driver.
    """
    with gdal_errors("GDAL's COG driver can't be asked for its options"):
        driver = gdal.GetDriverByName("COG")
        text = driver.GetMetadataItem(gdal.DMD_CREATIONOPTIONLIST) if driver else None
    if not text:
        raise ConfigurationError("This GDAL has no COG driver; install GDAL 3.6 or newer.")
    options = {}
    for attributes, body in _OPTION.findall(text):
        name = _NAME.search(attributes)
        if name:
            values = tuple(unescape(value.strip()) for value in _VALUE.findall(body))
            options[(name[1] or name[2]).upper()] = values
    return options


def creation_options(
    dataset: Any, profile: Profile, chosen: Mapping[str, object] | None = None
) -> dict[str, str]:
    """The profile's options for this dataset, overridden by the user's.

    Raises `ConfigurationError` for an option or a value the running driver doesn't know, and
    for one that a lossless profile can't allow.
    """
    known = driver_options()
    wanted = {key.upper(): _text(value) for key, value in (chosen or {}).items()}
    for key, value in wanted.items():
        _refuse_unknown(key, value, known)
        if profile.lossless:
            _refuse_lossy(key, value, profile)
    options = {k: v for k, v in profile.options(dataset).items() if k in known}
    options.update(wanted)
    if options.get("COMPRESS", "").upper() not in _WITH_PREDICTOR and "PREDICTOR" not in wanted:
        options.pop("PREDICTOR", None)
    return options


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "YES" if value else "NO"
    return str(value)


def _refuse_unknown(key: str, value: str, known: Mapping[str, tuple[str, ...]]) -> None:
    if key not in known:
        raise ConfigurationError(
            f"This GDAL's COG driver has no creation option {key}. It has: "
            f"{', '.join(sorted(known))}."
        )
    values = known[key]
    if key in ("COMPRESS", "OVERVIEW_COMPRESS") and value.upper() not in values:
        raise ConfigurationError(
            f"This GDAL can't write {key}={value}. It can: {', '.join(values)}."
        )


def _refuse_lossy(key: str, value: str, profile: Profile) -> None:
    if value.upper() in _HARMLESS.get(key, ()):
        return
    if key in _RESAMPLES:
        why = "resamples the raster"
    elif key in _ROUNDS or (key == "JXL_LOSSLESS" and value.upper() in ("NO", "FALSE", "OFF", "0")):
        why = "rounds the pixel values"
    elif key in ("COMPRESS", "OVERVIEW_COMPRESS") and value.upper() not in _LOSSLESS:
        why = "is a lossy compression"
    elif key in _MOST_EXACT and _number(key, value) < _MOST_EXACT[key]:
        why = "asks for a lossy compression"
    elif key in _LEAST_ERROR and _number(key, value) > _LEAST_ERROR[key]:
        why = "allows the pixel values to change"
    else:
        return
    raise ConfigurationError(
        f"{key}={value} {why}, but the profile {profile.name} keeps every pixel value; "
        "leave it out."
    )


def _number(key: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise ConfigurationError(f"{key}={value} is not a number.") from None
