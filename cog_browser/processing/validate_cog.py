# SPDX-License-Identifier: GPL-2.0-or-later
"""``cogbrowser:validatecog``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputBoolean,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFile,
    QgsProcessingParameterString,
)

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.path_translation import to_running_form, to_saved_form
from cog_browser.cog.report import CogReport
from cog_browser.cog.rules.rule import PROFILES
from cog_browser.cog.validate import validate_cog
from cog_browser.processing.base import progress_of
from cog_browser.processing.rasters import raster_source
from cog_browser.processing.report_page import (
    OUTPUT_HTML,
    report_page_parameter,
    write_report_page,
)
from cog_browser.processing.report_text import report_text
from cog_browser.processing.store_algorithm import CONNECTION, CONTAINER, KEY, StoreAlgorithm
from cog_browser.storage.models import ObjectRef


class ValidateCog(StoreAlgorithm):
    """A verdict on a file, a layer, a URL or an object. A bad COG is a result, not a failure."""

    INPUT, PROFILE, FULL, OUTPUT_HTML = "INPUT", "PROFILE", "FULL", OUTPUT_HTML
    VALID, ERRORS, WARNINGS, REPORT = "VALID", "ERRORS", "WARNINGS", "REPORT"

    _source: str | None

    def name(self) -> str:
        return "validatecog"

    def displayName(self) -> str:
        return tr("Validate COG")

    def group(self) -> str:
        return tr("Cloud Optimized GeoTIFF")

    def groupId(self) -> str:
        return "cog"

    def shortHelpString(self) -> str:
        return tr(
            "Tells whether a raster is a valid Cloud Optimized GeoTIFF, and if not, why and what "
            "to do.\n\n"
            "Give either an input (a file, the name of a layer in the project, a URL or another "
            "GDAL source), or connection, container and key of an object. Only the headers and a "
            "sample of the blocks are read, whatever the size of the file; the full check looks "
            "at every block, which takes many requests from a remote file.\n\n"
            "The rules “cog” are those that every reader needs, “ogc” the standard OGC 21-026 to "
            "the letter, “earth-engine” what Google Earth Engine demands, and “web” what web maps "
            "need.\n\n"
            "An invalid COG is a result (VALID is false); the algorithm fails only where the "
            "file can't be read."
        )

    def tags(self) -> list[str]:
        return tr("cog,geotiff,tiff,cloud,optimized,check,verify,inspect,report").split(",")

    def initAlgorithm(self, _configuration: dict[str, Any] | None = None) -> None:
        source = QgsProcessingParameterFile(
            self.INPUT,
            tr("File, layer, URL or GDAL source"),
            optional=True,
            fileFilter=tr("All files") + " (*)",  # a layer's name and id have no dot
        )
        source.setHelp(tr("Leave it out to validate an object of a connection."))
        self.addParameter(source)
        self.add_connection_parameter(optional=True)
        self.add_container_parameter(optional=True)
        key = QgsProcessingParameterString(KEY, tr("Key"), optional=True)
        key.setHelp(tr("The object's full name in the container, e.g. dem/2024/alps.tif."))
        self.addParameter(key)
        self.addParameter(
            QgsProcessingParameterEnum(
                self.PROFILE,
                tr("Rules"),
                options=list(PROFILES),
                defaultValue="cog",
                usesStaticStrings=True,
            )
        )
        self.addParameter(
            QgsProcessingParameterBoolean(
                self.FULL, tr("Full check of every block"), defaultValue=False
            )
        )
        self.addParameter(report_page_parameter())
        self.addOutput(QgsProcessingOutputBoolean(self.VALID, tr("Is a valid COG")))
        self.addOutput(QgsProcessingOutputNumber(self.ERRORS, tr("Number of errors")))
        self.addOutput(QgsProcessingOutputNumber(self.WARNINGS, tr("Number of warnings")))
        self.addOutput(QgsProcessingOutputString(self.REPORT, tr("Report (JSON)")))

    def checkParameterValues(
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        given = [bool(parameters.get(name)) for name in (CONNECTION, CONTAINER, KEY)]
        if bool(parameters.get(self.INPUT)) == any(given):
            return False, tr("Give either an input, or connection, container and key.")
        if any(given) and not all(given):
            return False, tr("An object needs all of connection, container and key.")
        return super().checkParameterValues(parameters, context)

    def prepare_work(self, parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        if parameters.get(self.INPUT):
            self._source = raster_source(self, parameters, self.INPUT, context)
        else:
            self._source = None
            super().prepare_work(parameters, context)

    def work(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        report = validate_cog(
            self._subject(parameters, context),
            self.parameterAsEnumString(parameters, self.PROFILE, context),
            full=self.parameterAsBoolean(parameters, self.FULL, context),
            progress=progress_of(feedback),
        )
        saved = self._source and to_saved_form(self._source)
        if saved and saved != self._source:  # a layer of this plugin
            report = replace(report, source=saved)
        push_findings(report, feedback)
        results = {
            self.VALID: report.is_valid,
            self.ERRORS: len(report.errors),
            self.WARNINGS: len(report.warnings),
            self.REPORT: report_text(report),
        }
        return {**results, **write_report_page(self, parameters, context, report)}

    def _subject(
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> str | ObjectRef:
        if self._source is not None:
            return to_running_form(self._source)
        return ObjectRef(
            self.open_store(),
            self.parameterAsString(parameters, CONTAINER, context),
            self.parameterAsString(parameters, KEY, context),
        )


def push_findings(report: CogReport, feedback: QgsProcessingFeedback) -> None:
    """Show the verdict and every finding in the algorithm's log."""
    if report.is_valid:
        feedback.pushInfo(tr("{source} is a valid COG.").format(source=report.source))
    else:
        feedback.pushWarning(tr("{source} is not a valid COG.").format(source=report.source))
    for finding in (*report.errors, *report.warnings):
        feedback.pushWarning(f"{finding.id}: {finding.message} {finding.remedy}".rstrip())
    for finding in report.notes:
        feedback.pushInfo(f"{finding.id}: {finding.message} {finding.remedy}".rstrip())
