# SPDX-License-Identifier: GPL-2.0-or-later
"""``cogbrowser:converttocog``."""

from __future__ import annotations

import json
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputString,
    QgsProcessingParameterRasterDestination,
)

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.path_translation import to_running_form
from cog_browser.cog.conversion.convert import convert
from cog_browser.processing.base import CogBrowserAlgorithm, progress_of
from cog_browser.processing.conversion_parameters import (
    PROFILE,
    VERIFY,
    add_advanced_parameters,
    add_layout_parameters,
    check_conversion,
    chosen_options,
    profile_parameter,
    tell_conversion,
    tell_plan,
    temporary_folder,
)
from cog_browser.processing.rasters import UnopenedRaster, raster_source


class ConvertToCog(CogBrowserAlgorithm):
    """A local COG of any raster."""

    INPUT, OUTPUT, REPORT = "INPUT", "OUTPUT", "REPORT"

    _source: str

    def name(self) -> str:
        return "converttocog"

    def displayName(self) -> str:
        return tr("Convert to COG")

    def shortHelpString(self) -> str:
        return tr(
            "Converts any raster that GDAL opens to a Cloud Optimized GeoTIFF: tiled, compressed, "
            "with overviews inside, in the order that remote readers need.\n\n"
            "The profiles “science”, “science-zstd” and “earth-engine” keep every pixel value bit "
            "by bit, and prove it by comparing the result with the source before the file appears "
            "under its name. Coordinate reference system, nodata value, scale, offset, units, "
            "names and colours are kept as well; what a GeoTIFF can't hold is said before the "
            "work begins. “web” makes a picture for web maps: its pixels change.\n\n"
            "The source needs a coordinate reference system. A failed or cancelled conversion "
            "leaves no file behind. REPORT is JSON, with a SHA-256 of each band's pixels."
        )

    def tags(self) -> list[str]:
        return tr("cog,geotiff,tiff,cloud,optimized,overviews,pyramids,compress,lossless").split(
            ","
        )

    def initAlgorithm(self, _configuration: dict[str, Any] | None = None) -> None:
        self.addParameter(UnopenedRaster(self.INPUT, tr("Raster")))
        self.addParameter(profile_parameter())
        add_layout_parameters(self)
        add_advanced_parameters(self)
        self.addParameter(QgsProcessingParameterRasterDestination(self.OUTPUT, tr("COG")))
        self.addOutput(QgsProcessingOutputString(self.REPORT, tr("Report (JSON)")))

    def checkParameterValues(
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        fits, why = super().checkParameterValues(parameters, context)
        return check_conversion(self, parameters, context) if fits else (fits, why)

    def prepare_work(self, parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        self._source = raster_source(self, parameters, self.INPUT, context)

    def work(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        made = convert(
            to_running_form(self._source),
            self.parameterAsOutputLayer(parameters, self.OUTPUT, context),
            self.parameterAsEnumString(parameters, PROFILE, context),
            progress_of(feedback),
            verify=self.parameterAsBoolean(parameters, VERIFY, context),
            temp_folder=temporary_folder(self, parameters, context),
            on_plan=lambda plan: tell_plan(plan, feedback),
            creation_options=chosen_options(self, parameters, context),
        )
        tell_conversion(made, feedback)
        return {
            self.OUTPUT: str(made.path),
            self.REPORT: json.dumps(made.to_dict(), ensure_ascii=False),
        }
