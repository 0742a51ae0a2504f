# SPDX-License-Identifier: GPL-2.0-or-later
"""Creation options of the running GDAL's COG driver, and which of them may be used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cog_browser.cog.conversion.driver_options import driver_options
from cog_browser.cog.conversion.profiles import Profile, has_classes
from cog_browser.storage.errors import ConfigurationError

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
_RESAMPLING = ("RESAMPLING", "OVERVIEW_RESAMPLING", "WARP_RESAMPLING")
_FOR_CLASSES = ("NEAREST", "MODE")
_MOST_EXACT = {"QUALITY": 100.0, "OVERVIEW_QUALITY": 100.0}
_LEAST_ERROR = {"MAX_Z_ERROR": 0.0, "MAX_Z_ERROR_OVERVIEW": 0.0}


def creation_options(
    dataset: Any, profile: Profile, chosen: Mapping[str, object] | None = None
) -> dict[str, str]:
    """The profile's options for this dataset, overridden by the user's.

    Raises `ConfigurationError` for an option or a value the running driver doesn't know, for
    one that a lossless profile can't allow, and for one that averages classes.
    """
    known = driver_options()
    wanted = {key.upper(): _text(value) for key, value in (chosen or {}).items()}
    for key, value in wanted.items():
        _refuse_unknown(key, value, known)
        if profile.lossless:
            _refuse_lossy(key, value, profile)
    _refuse_averaged_classes(dataset, wanted)
    own = profile.options(dataset)
    if "RESAMPLING" in wanted:  # the user's word for both of these
        own.pop("OVERVIEW_RESAMPLING", None)
        own.pop("WARP_RESAMPLING", None)
    if wanted.get("COMPRESS", own["COMPRESS"]).upper() != own["COMPRESS"]:
        for key in ("LEVEL", "QUALITY"):  # were meant for the other one
            own.pop(key, None)
    options = {key: value for key, value in own.items() if key in known}
    options.update(wanted)
    _refuse_unknown("COMPRESS", options["COMPRESS"], known)
    if options["COMPRESS"].upper() not in _WITH_PREDICTOR and "PREDICTOR" not in wanted:
        options.pop("PREDICTOR", None)
    return options


def is_lossless(options: Mapping[str, str]) -> bool:
    """Whether a COG made with these options has its source's pixels."""
    return all(_why_lossy(key, value) is None for key, value in options.items())


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


def _refuse_averaged_classes(dataset: Any, wanted: Mapping[str, str]) -> None:
    for key in _RESAMPLING:
        if wanted.get(key, "NEAREST").upper() not in _FOR_CLASSES and has_classes(dataset):
            raise ConfigurationError(
                f"{key}={wanted[key]} would mix the classes of this raster into values that mean "
                f"nothing; use {' or '.join(_FOR_CLASSES)}. (A colour table, category names or a "
                "thematic attribute table says that its values are classes.)"
            )


def _refuse_lossy(key: str, value: str, profile: Profile) -> None:
    why = _why_lossy(key, value)
    if why is not None:
        raise ConfigurationError(
            f"{key}={value} {why}, but the profile {profile.name} keeps every pixel value; "
            "leave it out."
        )


def _why_lossy(key: str, value: str) -> str | None:
    if value.upper() in _HARMLESS.get(key, ()):
        return None
    if key in _RESAMPLES:
        return "resamples the raster"
    if key in _ROUNDS or (key == "JXL_LOSSLESS" and value.upper() in ("NO", "FALSE", "OFF", "0")):
        return "rounds the pixel values"
    if key in ("COMPRESS", "OVERVIEW_COMPRESS") and value.upper() not in _LOSSLESS:
        return "is a lossy compression"
    if key in _MOST_EXACT and _number(key, value) < _MOST_EXACT[key]:
        return "asks for a lossy compression"
    if key in _LEAST_ERROR and _number(key, value) > _LEAST_ERROR[key]:
        return "allows the pixel values to change"
    return None


def _number(key: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise ConfigurationError(f"{key}={value} is not a number.") from None
