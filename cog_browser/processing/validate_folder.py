# SPDX-License-Identifier: GPL-2.0-or-later
"""``cogbrowser:validatefolder``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    Qgis,
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsFeatureSink,
    QgsField,
    QgsFields,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFile,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)
from qgis.PyQt.QtCore import QMetaType

from cog_browser.adapters.i18n import tr
from cog_browser.cog.rules.rule import PROFILES
from cog_browser.cog.verdicts import Candidate, Verdicts, files_of, judge_all, objects_of
from cog_browser.processing.base import progress_of
from cog_browser.processing.executor import chosen_executor, executor_parameter
from cog_browser.processing.report_page import (
    OUTPUT_HTML,
    report_page_parameter,
    write_report_page,
)
from cog_browser.processing.store_algorithm import CONNECTION, CONTAINER, StoreAlgorithm

_TEXT, _NUMBER = QMetaType.Type.QString, QMetaType.Type.LongLong
_FIELDS = {
    "key": _TEXT, "verdict": _TEXT, "errors": _NUMBER, "warnings": _NUMBER, "reason": _TEXT,
    "size": _NUMBER, "link": _TEXT,
}  # fmt: skip


class ValidateFolder(StoreAlgorithm):
    """A table of verdicts on all TIFFs of a folder. A bad COG is a row, not a failure."""

    FOLDER, PREFIX, PROFILE, FULL, JOBS = "FOLDER", "PREFIX", "PROFILE", "FULL", "JOBS"
    OUTPUT, OUTPUT_HTML = "OUTPUT", OUTPUT_HTML
    VALID, INVALID, NOT_JUDGED = "VALID", "INVALID", "NOT_JUDGED"

    def name(self) -> str:
        return "validatefolder"

    def displayName(self) -> str:
        return tr("Validate folder")

    def group(self) -> str:
        return tr("Cloud Optimized GeoTIFF")

    def groupId(self) -> str:
        return "cog"

    def shortHelpString(self) -> str:
        return tr(
            "Tells of every TIFF in a folder and all below it whether it is a valid Cloud "
            "Optimized GeoTIFF, as a table and as a page: key, verdict, number of errors and "
            "warnings, the first reason, size in bytes, and where it is.\n\n"
            "Give either a folder on this computer, or connection and container. Several files "
            "are judged at a time, by their headers and a sample of the blocks. One that can't be "
            "read is a row “not judged” with the reason. A cancelled run writes nothing."
        )

    def tags(self) -> list[str]:
        return tr("cog,geotiff,tiff,cloud,optimized,check,verify,inspect,report,batch").split(",")

    def initAlgorithm(self, _configuration: dict[str, Any] | None = None) -> None:
        self.addParameter(
            QgsProcessingParameterFile(
                self.FOLDER,
                tr("Folder on this computer"),
                Qgis.ProcessingFileParameterBehavior.Folder,
                optional=True,
            )
        )
        self.add_connection_parameter(optional=True)
        self.add_container_parameter(optional=True)
        prefix = QgsProcessingParameterString(self.PREFIX, tr("Prefix"), optional=True)
        prefix.setHelp(tr("Only keys that begin with this, e.g. dem/2024/."))
        self.addParameter(prefix)
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
        jobs = QgsProcessingParameterNumber(
            self.JOBS,
            tr("Files at the same time"),
            Qgis.ProcessingNumberParameterType.Integer,
            defaultValue=8,
            minValue=1,
            maxValue=64,
        )
        for parameter in (jobs, executor_parameter()):
            parameter.setFlags(parameter.flags() | Qgis.ProcessingParameterFlag.Advanced)
            self.addParameter(parameter)
        self.addParameter(
            QgsProcessingParameterFeatureSink(
                self.OUTPUT, tr("Verdicts"), Qgis.ProcessingSourceType.Vector
            )
        )
        self.addParameter(report_page_parameter())
        self.addOutput(QgsProcessingOutputNumber(self.VALID, tr("Number of valid COGs")))
        self.addOutput(QgsProcessingOutputNumber(self.INVALID, tr("Number of invalid files")))
        self.addOutput(QgsProcessingOutputNumber(self.NOT_JUDGED, tr("Number of unread files")))

    def checkParameterValues(
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        given = [bool(parameters.get(name)) for name in (CONNECTION, CONTAINER)]
        if bool(parameters.get(self.FOLDER)) == any(given) or any(given) != all(given):
            return False, tr("Give either a folder, or connection and container.")
        return super().checkParameterValues(parameters, context)

    def prepare_work(self, parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        if not parameters.get(self.FOLDER):
            super().prepare_work(parameters, context)

    def work(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        candidates, title = self._candidates(parameters, context, feedback)
        feedback.pushInfo(tr("{count} TIFFs").format(count=len(candidates)))
        table = judge_all(
            candidates,
            title,
            self.parameterAsEnumString(parameters, self.PROFILE, context),
            self.parameterAsBoolean(parameters, self.FULL, context),
            self.parameterAsInt(parameters, self.JOBS, context),
            progress_of(feedback),
            chosen_executor(self, parameters, context),
        )
        for row in table.rows:
            if row.verdict != "valid":
                feedback.pushWarning(f"{row.key}: {row.verdict}: {row.reason}")
        results = {
            self.OUTPUT: self._written(table, parameters, context),
            self.VALID: table.count("valid"),
            self.INVALID: table.count("invalid"),
            self.NOT_JUDGED: table.count("not judged"),
        }
        return {**results, **write_report_page(self, parameters, context, table)}

    def _candidates(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> tuple[list[Candidate], str]:
        folder = self.parameterAsString(parameters, self.FOLDER, context)
        if folder:
            return files_of(Path(folder)), folder
        container = self.parameterAsString(parameters, CONTAINER, context)
        prefix = self.parameterAsString(parameters, self.PREFIX, context)
        found = objects_of(self.open_store(), container, prefix, progress_of(feedback))
        return found, f"{container}/{prefix}"

    def _written(
        self, table: Verdicts, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> str:
        fields = QgsFields()
        for name, kind in _FIELDS.items():
            fields.append(QgsField(name, kind))
        sink, destination = self.parameterAsSink(
            parameters,
            self.OUTPUT,
            context,
            fields,
            Qgis.WkbType.NoGeometry,
            QgsCoordinateReferenceSystem(),
        )
        if sink is None:
            raise QgsProcessingException(self.invalidSinkError(parameters, self.OUTPUT))
        for row in table.rows:
            feature = QgsFeature(fields)
            feature.setAttributes([getattr(row, name) for name in _FIELDS])
            if not sink.addFeature(feature, QgsFeatureSink.Flag.FastInsert):
                raise QgsProcessingException(self.writeFeatureError(sink, parameters, self.OUTPUT))
        if not sink.flushBuffer():
            raise QgsProcessingException(self.writeFeatureError(sink, parameters, self.OUTPUT))
        return destination
