# SPDX-License-Identifier: GPL-2.0-or-later
"""``cogbrowser:converttocog``."""

from __future__ import annotations

from typing import Any

from qgis.core import (
    Qgis,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterEnum,
    QgsProcessingParameterNumber,
    QgsProcessingParameterRasterDestination,
    QgsProcessingParameterRasterLayer,
    QgsProcessingParameterString,
)

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.path_translation import to_running_form
from cog_browser.cog.convert import convert_to_cog
from cog_browser.cog.creation_options import driver_options
from cog_browser.cog.profiles import PROFILES
from cog_browser.processing.base import CogBrowserAlgorithm, progress_of
from cog_browser.processing.rasters import raster_source
from cog_browser.storage.errors import ConfigurationError

_LOSSY = ("JPEG", "WEBP")  # every profile there is refuses them
_RESAMPLING = (
    "NEAREST", "AVERAGE", "BILINEAR", "CUBIC", "CUBICSPLINE", "LANCZOS", "MODE", "RMS",
)  # fmt: skip


class ConvertToCog(CogBrowserAlgorithm):
    """A local COG of any raster."""

    INPUT, PROFILE, OUTPUT = "INPUT", "PROFILE", "OUTPUT"
    COMPRESS, BLOCKSIZE, RESAMPLING, OPTIONS = "COMPRESS", "BLOCKSIZE", "RESAMPLING", "OPTIONS"

    _source: str

    def name(self) -> str:
        return "converttocog"

    def displayName(self) -> str:
        return tr("Convert to COG")

    def group(self) -> str:
        return tr("Cloud Optimized GeoTIFF")

    def groupId(self) -> str:
        return "cog"

    def shortHelpString(self) -> str:
        return tr(
            "Converts any raster that GDAL opens to a Cloud Optimized GeoTIFF: tiled, compressed, "
            "with overviews inside, in the order that remote readers need.\n\n"
            "The profile “science” keeps every pixel value bit by bit, and proves it by comparing "
            "the result with the source before the file appears under its name. Coordinate "
            "reference system, nodata value, scale, offset and units are kept as well.\n\n"
            "The source needs a coordinate reference system. A failed or cancelled conversion "
            "leaves no file behind."
        )

    def tags(self) -> list[str]:
        return tr("cog,geotiff,tiff,cloud,optimized,overviews,pyramids,compress,lossless").split(
            ","
        )

    def initAlgorithm(self, _configuration: dict[str, Any] | None = None) -> None:
        self.addParameter(QgsProcessingParameterRasterLayer(self.INPUT, tr("Raster")))
        self.addParameter(profile_parameter(self.PROFILE))
        compress = QgsProcessingParameterEnum(
            self.COMPRESS,
            tr("Compression"),
            options=[name for name in _compressions() if name not in _LOSSY],
            optional=True,
            usesStaticStrings=True,
        )
        compress.setHelp(tr("Left out: what the profile chooses."))
        self.addParameter(compress)
        block_size = QgsProcessingParameterNumber(
            self.BLOCKSIZE,
            tr("Block size [pixels]"),
            Qgis.ProcessingNumberParameterType.Integer,
            defaultValue=512,
            minValue=128,
            maxValue=4096,
        )
        block_size.setHelp(tr("Width and height of a tile, a multiple of 16."))
        self.addParameter(block_size)
        resampling = QgsProcessingParameterEnum(
            self.RESAMPLING,
            tr("Resampling of the overviews"),
            options=list(_RESAMPLING),
            optional=True,
            usesStaticStrings=True,
        )
        resampling.setHelp(
            tr(
                "Left out: what the profile chooses, “average” for measured values and “nearest” "
                "for classes. The full resolution is never resampled."
            )
        )
        self.addParameter(resampling)
        more = QgsProcessingParameterString(
            self.OPTIONS, tr("More creation options"), optional=True
        )
        more.setHelp(
            tr(
                "Options of GDAL's COG driver over those above, e.g. LEVEL=9 NUM_THREADS=2. "
                "Separate them by blanks, or by “|” where a value has blanks."
            )
        )
        more.setFlags(more.flags() | Qgis.ProcessingParameterFlag.Advanced)
        self.addParameter(more)
        self.addParameter(QgsProcessingParameterRasterDestination(self.OUTPUT, tr("COG")))

    def checkParameterValues(
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        fits, why = super().checkParameterValues(parameters, context)
        if fits and self.parameterAsInt(parameters, self.BLOCKSIZE, context) % 16:
            return False, tr("The block size must be a multiple of 16 pixels.")
        if fits:
            try:
                _split_options(self.parameterAsString(parameters, self.OPTIONS, context))
            except ConfigurationError as error:
                return False, str(error)
        return fits, why

    def prepare_work(self, parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        self._source = raster_source(self, parameters, self.INPUT, context)

    def work(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        options = {
            "COMPRESS": self.parameterAsEnumString(parameters, self.COMPRESS, context),
            "BLOCKSIZE": str(self.parameterAsInt(parameters, self.BLOCKSIZE, context)),
            "OVERVIEW_RESAMPLING": self.parameterAsEnumString(parameters, self.RESAMPLING, context),
            **_split_options(self.parameterAsString(parameters, self.OPTIONS, context)),
        }
        target = self.parameterAsOutputLayer(parameters, self.OUTPUT, context)
        made = convert_to_cog(
            to_running_form(self._source),
            target,
            self.parameterAsEnumString(parameters, self.PROFILE, context),
            progress_of(feedback),
            **{name: value for name, value in options.items() if value},
        )
        return {self.OUTPUT: str(made)}


def profile_parameter(name: str) -> QgsProcessingParameterEnum:
    """The choice of a conversion profile."""
    parameter = QgsProcessingParameterEnum(
        name,
        tr("Profile"),
        options=list(PROFILES),
        defaultValue=next(iter(PROFILES)),
        usesStaticStrings=True,
    )
    parameter.setHelp("\n".join(f"{p.name}: {tr(p.description)}." for p in PROFILES.values()))
    return parameter


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
