# SPDX-License-Identifier: GPL-2.0-or-later
"""``cogbrowser:publishcog``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFileDestination,
    QgsProcessingUtils,
)

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.path_translation import to_running_form
from cog_browser.cog.publish.raster import publish
from cog_browser.cog.report import CogReport
from cog_browser.processing.base import progress_of
from cog_browser.processing.conversion_parameters import (
    PROFILE,
    VERIFY,
    add_advanced_parameters,
    check_conversion,
    chosen_options,
    profile_parameter,
    tell_conversion,
    tell_plan,
    temporary_folder,
)
from cog_browser.processing.rasters import UnopenedRaster, raster_source, tiff_name
from cog_browser.processing.report_page import (
    OUTPUT_HTML,
    report_page_parameter,
    write_report_page,
)
from cog_browser.processing.store_algorithm import CONTAINER, KEY, StoreAlgorithm, target_key
from cog_browser.processing.validate_cog import push_findings


class PublishCog(StoreAlgorithm):
    """From a raster to a checked COG in an object store, in one step."""

    INPUT, OVERWRITE = "INPUT", "OVERWRITE"
    REPORT, OUTPUT_HTML = "REPORT", OUTPUT_HTML
    SOURCE, ETAG, SIZE, PIXELS, WARNINGS = "SOURCE", "ETAG", "SIZE", "PIXELS", "WARNINGS"

    _raster: str

    def name(self) -> str:
        return "publishcog"

    def displayName(self) -> str:
        return tr("Publish as COG")

    def shortHelpString(self) -> str:
        return tr(
            "Converts a raster to a Cloud Optimized GeoTIFF, validates it, and uploads it to an "
            "object store.\n\n"
            "Sign-in, container and key are checked before the conversion starts. All profiles "
            "but “web” and “custom” keep every pixel value bit by bit, and prove it. Only a valid "
            "COG is uploaded, and the object appears when all its bytes have arrived and agree "
            "with the checksum; a failed or cancelled run leaves nothing behind, neither here nor "
            "there.\n\n"
            "The conversion needs room for the COG in QGIS's folder for temporary files, or in the "
            "one you choose. SIZE is in bytes. SOURCE is what a layer of the object is saved as in "
            "projects; it holds no password. PIXELS is “identical”, “not compared” or “changed”; "
            "all that was found, and a SHA-256 of each band's pixels, is in the report if you name "
            "a file for it."
        )

    def tags(self) -> list[str]:
        return tr("cog,geotiff,swift,s3,openstack,cloud,bucket,container,upload,convert").split(",")

    def initAlgorithm(self, _configuration: dict[str, Any] | None = None) -> None:
        self.addParameter(UnopenedRaster(self.INPUT, tr("Raster")))
        self.addParameter(profile_parameter())
        self.add_connection_parameter()
        self.add_container_parameter()
        self.add_target_key_parameter()
        self.addParameter(
            QgsProcessingParameterBoolean(
                self.OVERWRITE, tr("Replace an existing object"), defaultValue=False
            )
        )
        self.addParameter(
            QgsProcessingParameterFileDestination(
                self.REPORT,
                tr("Report (JSON)"),
                tr("JSON files") + " (*.json)",
                optional=True,
                createByDefault=False,
            )
        )
        self.addParameter(report_page_parameter())
        add_advanced_parameters(self)
        self.addOutput(QgsProcessingOutputString(self.SOURCE, tr("Source of a layer")))
        self.addOutput(QgsProcessingOutputString(self.ETAG, tr("ETag")))
        self.addOutput(QgsProcessingOutputNumber(self.SIZE, tr("Size in bytes")))
        self.addOutput(QgsProcessingOutputString(self.PIXELS, tr("Pixels beside the source's")))
        self.addOutput(QgsProcessingOutputNumber(self.WARNINGS, tr("Number of warnings")))

    def checkParameterValues(
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        fits, why = super().checkParameterValues(parameters, context)
        return check_conversion(self, parameters, context) if fits else (fits, why)

    def prepare_work(self, parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        super().prepare_work(parameters, context)
        self._raster = raster_source(self, parameters, self.INPUT, context)

    def work(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        container = self.parameterAsString(parameters, CONTAINER, context)
        key = target_key(self.parameterAsString(parameters, KEY, context), tiff_name(self._raster))
        overwrite = self.parameterAsBoolean(parameters, self.OVERWRITE, context)
        profile = self.parameterAsEnumString(parameters, PROFILE, context)
        feedback.setProgressText(tr("Converting…"))
        published = publish(
            to_running_form(self._raster),
            self.open_store(),
            container,
            key,
            profile=profile,
            overwrite=overwrite,
            progress=progress_of(feedback),
            folder=temporary_folder(self, parameters, context)
            or QgsProcessingUtils.tempFolder(context),
            verify=self.parameterAsBoolean(parameters, VERIFY, context),
            creation_options=chosen_options(self, parameters, context),
            on_plan=lambda plan: tell_plan(plan, feedback),
            on_report=lambda report: _tell(report, feedback),
        )
        tell_conversion(published.conversion, feedback)
        feedback.pushInfo(tr("Published: {source}").format(source=published.source))
        results = {
            self.SOURCE: published.source,
            self.ETAG: published.entry.etag,
            self.SIZE: published.entry.size,
            self.PIXELS: published.conversion.verdict,
            self.WARNINGS: len(published.report.warnings),
        }
        file = self.parameterAsFileOutput(parameters, self.REPORT, context)
        if file:
            whole = {**published.report.to_dict(), "conversion": published.conversion.to_dict()}
            Path(file).write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
            results[self.REPORT] = file
        return {**results, **write_report_page(self, parameters, context, published.report)}


def _tell(report: CogReport, feedback: QgsProcessingFeedback) -> None:
    push_findings(report, feedback)
    if report.is_valid:
        feedback.setProgressText(tr("Uploading…"))
