# SPDX-License-Identifier: GPL-2.0-or-later
"""The parameters of a conversion, and what is said of one; for all algorithms that convert."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    Qgis,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFile,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from cog_browser.adapters.i18n import tr
from cog_browser.cog.conversion.convert import Conversion
from cog_browser.cog.conversion.driver_options import driver_options
from cog_browser.cog.conversion.preflight import Plan
from cog_browser.cog.conversion.profiles import PROFILES
from cog_browser.storage.errors import ConfigurationError

PROFILE, COMPRESS, BLOCKSIZE, RESAMPLING = "PROFILE", "COMPRESS", "BLOCKSIZE", "RESAMPLING"
OPTIONS, VERIFY, TEMP = "OPTIONS", "VERIFY", "TEMP"

_LOSSY = ("JPEG", "WEBP")
_RESAMPLING = (
    "NEAREST", "AVERAGE", "BILINEAR", "CUBIC", "CUBICSPLINE", "LANCZOS", "MODE", "RMS",
)  # fmt: skip


def profile_parameter() -> QgsProcessingParameterEnum:
    """The choice of a conversion profile."""
    parameter = QgsProcessingParameterEnum(
        PROFILE,
        tr("Profile"),
        options=list(PROFILES),
        defaultValue=next(iter(PROFILES)),
        usesStaticStrings=True,
    )
    parameter.setHelp("\n".join(f"{p.name}: {tr(p.description)}." for p in PROFILES.values()))
    return parameter


def add_layout_parameters(algorithm: QgsProcessingAlgorithm) -> None:
    """Those that many people choose: how the file is compressed, tiled and thinned out."""
    compress = QgsProcessingParameterEnum(
        COMPRESS,
        tr("Compression"),
        options=list(_compressions()),
        optional=True,
        usesStaticStrings=True,
    )
    compress.setHelp(
        tr(
            "Left out: what the profile chooses. JPEG and WEBP change pixels; they are for "
            "“web” and “custom”."
        )
    )
    algorithm.addParameter(compress)
    block_size = QgsProcessingParameterNumber(
        BLOCKSIZE,
        tr("Block size [pixels]"),
        Qgis.ProcessingNumberParameterType.Integer,
        optional=True,
        minValue=128,
        maxValue=4096,
    )
    block_size.setHelp(
        tr("Width and height of a tile, a multiple of 16. Left out: 512, or 256 for “web”.")
    )
    algorithm.addParameter(block_size)
    resampling = QgsProcessingParameterEnum(
        RESAMPLING,
        tr("Resampling of the overviews"),
        options=list(_RESAMPLING),
        optional=True,
        usesStaticStrings=True,
    )
    resampling.setHelp(
        tr(
            "Left out: “average” for measured values, “nearest” for classes and complex numbers. "
            "Classes (a colour table, category names) are never averaged: for them it is "
            "“nearest” or “mode”. Except for “web”, the full resolution is never resampled."
        )
    )
    algorithm.addParameter(resampling)


def add_advanced_parameters(algorithm: QgsProcessingAlgorithm) -> None:
    """Those for the few."""
    more = QgsProcessingParameterString(OPTIONS, tr("More creation options"), optional=True)
    more.setHelp(
        tr(
            "Options of GDAL's COG driver over those above, e.g. LEVEL=9 NUM_THREADS=2. "
            "Separate them by blanks, or by “|” where a value has blanks."
        )
    )
    _add_advanced(algorithm, more)
    verify = QgsProcessingParameterBoolean(
        VERIFY, tr("Prove that no pixel has changed"), defaultValue=True
    )
    verify.setHelp(tr("Reads the source a second time and compares it with the result bit by bit."))
    _add_advanced(algorithm, verify)
    folder = QgsProcessingParameterFile(
        TEMP,
        tr("Folder for temporary files"),
        Qgis.ProcessingFileParameterBehavior.Folder,
        optional=True,
    )
    folder.setHelp(
        tr("Needs room for the overviews, for “web” and “earth-engine” for a whole copy.")
    )
    _add_advanced(algorithm, folder)


def _add_advanced(
    algorithm: QgsProcessingAlgorithm, parameter: QgsProcessingParameterDefinition
) -> None:
    parameter.setFlags(parameter.flags() | Qgis.ProcessingParameterFlag.Advanced)
    algorithm.addParameter(parameter)


def check_conversion(
    algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext
) -> tuple[bool, str]:
    """Whether the form is filled in so that it can be read."""
    if algorithm.parameterAsInt(parameters, BLOCKSIZE, context) % 16:
        return False, tr("The block size must be a multiple of 16 pixels.")
    profile = PROFILES.get(algorithm.parameterAsEnumString(parameters, PROFILE, context))
    compress = algorithm.parameterAsEnumString(parameters, COMPRESS, context)
    if compress in _LOSSY and profile is not None and profile.lossless:
        text = tr(
            "COMPRESS={compress} changes pixels; choose the profile “web” or “custom” for it."
        )
        return False, text.format(compress=compress)
    try:
        _split_options(algorithm.parameterAsString(parameters, OPTIONS, context))
    except ConfigurationError as error:
        return False, str(error)
    return True, ""


def chosen_options(
    algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext
) -> dict[str, str]:
    """The creation options that the user has chosen; those of the profile are not among them."""
    size = algorithm.parameterAsInt(parameters, BLOCKSIZE, context)
    chosen = {
        "COMPRESS": algorithm.parameterAsEnumString(parameters, COMPRESS, context),
        "BLOCKSIZE": str(size or ""),
        "OVERVIEW_RESAMPLING": algorithm.parameterAsEnumString(parameters, RESAMPLING, context),
        **_split_options(algorithm.parameterAsString(parameters, OPTIONS, context)),
    }
    return {name: value for name, value in chosen.items() if value}


def temporary_folder(
    algorithm: QgsProcessingAlgorithm, parameters: dict[str, Any], context: QgsProcessingContext
) -> str | None:
    """The folder for temporary files, if one was chosen."""
    return algorithm.parameterAsString(parameters, TEMP, context) or None


def tell_plan(plan: Plan, feedback: QgsProcessingFeedback) -> None:
    """Say what is to be expected, before any work."""
    text = tr(
        "Expected: about {size} MB, {temporary} MB of temporary files, {seconds} seconds. "
        "Options: {options}"
    )
    feedback.pushInfo(
        text.format(
            size=_megabytes(plan.estimate.size),
            temporary=_megabytes(plan.estimate.temporary),
            seconds=max(1, round(plan.estimate.seconds)),
            options=" ".join(f"{key}={value}" for key, value in plan.options.items()),
        )
    )


def tell_conversion(conversion: Conversion, feedback: QgsProcessingFeedback) -> None:
    """Say what was proven."""
    verdicts = {
        "identical": tr("Proven: every pixel is identical to the source's."),
        "not compared": tr("The pixels were not compared with the source's, as you asked."),
        "changed": tr("Pixel values differ from the source's; the result is for display."),
    }
    feedback.pushInfo(verdicts[conversion.verdict])
    if conversion.proof is not None:
        for number, checksum in enumerate(conversion.proof.checksums or (), 1):
            text = tr("SHA-256 of the pixels of band {number}: {checksum}")
            feedback.pushInfo(text.format(number=number, checksum=checksum))


def _megabytes(size: int) -> str:
    return f"{size / 1e6:.0f}" if size >= 1e7 else f"{size / 1e6:.1f}"


def _compressions() -> tuple[str, ...]:
    try:
        return driver_options().get("COMPRESS", ())
    except ConfigurationError:  # a GDAL without the COG driver; the conversion says so
        return ()


def _split_options(text: str) -> dict[str, str]:
    """``A=1 B=2`` or ``A=1|B=2 3``. Raises `ConfigurationError` where it is neither."""
    options = {}
    for pair in text.split("|") if "|" in text else text.split():
        name, equals, value = pair.strip().partition("=")
        if not (name and equals):
            message = tr("“{pair}” is no creation option; write NAME=VALUE.")
            raise ConfigurationError(message.format(pair=pair))
        options[name.strip().upper()] = value.strip()
    return options
