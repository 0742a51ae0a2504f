# SPDX-License-Identifier: GPL-2.0-or-later
"""``cogbrowser:validatefolder``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from qgis.core import (
    Qgis,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFile,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from cog_browser.adapters.i18n import tr
from cog_browser.cog.cluster.validation import validate_on_cluster
from cog_browser.cog.publish.folder_scan import PATTERN, find_files, find_objects, folder_prefix
from cog_browser.cog.rules.rule import PROFILES
from cog_browser.cog.validate import Judged, Source, validate_many
from cog_browser.processing.executor import chosen_executor, executor_parameter
from cog_browser.processing.store_algorithm import CONNECTION, CONTAINER, StoreAlgorithm
from cog_browser.processing.text_table import OUTPUT, write_text_table
from cog_browser.storage.errors import Cancelled
from cog_browser.storage.models import ObjectRef

_FIELDS = ("path", "verdict", "errors", "warnings", "message")


class ValidateFolder(StoreAlgorithm):
    """A verdict on every raster of a folder or container, by its header."""

    FOLDER, PATTERN, PREFIX, PROFILE = "FOLDER", "PATTERN", "PREFIX", "PROFILE"
    FULL, JOBS = "FULL", "JOBS"
    VALID, INVALID, NOT_JUDGED = "VALID", "INVALID", "NOT_JUDGED"

    _has_store = False

    def name(self) -> str:
        return "validatefolder"

    def displayName(self) -> str:
        return tr("Validate COG folder")

    def group(self) -> str:
        return tr("Cloud Optimized GeoTIFF")

    def groupId(self) -> str:
        return "cog"

    def shortHelpString(self) -> str:
        return tr(
            "Tells for every raster of a folder, or of a container below a prefix, whether it is a "
            "valid Cloud Optimized GeoTIFF, and if not, why.\n\n"
            "Only headers and a sample of the blocks are read, of many files at the same time. "
            "What can't be read is a row of the table with the reason."
        )

    def tags(self) -> list[str]:
        return tr("cog,geotiff,tiff,cloud,optimized,check,verify,inspect,batch,directory").split(
            ","
        )

    def initAlgorithm(self, _configuration: dict[str, Any] | None = None) -> None:
        self.addParameter(
            QgsProcessingParameterFile(
                self.FOLDER,
                tr("Folder"),
                Qgis.ProcessingFileParameterBehavior.Folder,
                optional=True,
            )
        )
        self.add_connection_parameter(optional=True)
        self.add_container_parameter(optional=True)
        prefix = QgsProcessingParameterString(self.PREFIX, tr("Prefix"), optional=True)
        prefix.setHelp(tr("The folder in the container, e.g. dem/2024."))
        self.addParameter(prefix)
        self.addParameter(
            QgsProcessingParameterString(
                self.PATTERN, tr("Names of the files"), defaultValue=PATTERN
            )
        )
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
            maxValue=256,
        )
        for parameter in (jobs, executor_parameter()):
            parameter.setFlags(parameter.flags() | Qgis.ProcessingParameterFlag.Advanced)
            self.addParameter(parameter)
        self.addParameter(
            QgsProcessingParameterFeatureSink(
                OUTPUT, tr("Verdicts"), Qgis.ProcessingSourceType.Vector
            )
        )
        self.addOutput(QgsProcessingOutputNumber(self.VALID, tr("Number of valid COGs")))
        self.addOutput(QgsProcessingOutputNumber(self.INVALID, tr("Number of other rasters")))
        self.addOutput(
            QgsProcessingOutputNumber(self.NOT_JUDGED, tr("Number of files that can't be read"))
        )

    def checkParameterValues(
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        given = [bool(parameters.get(name)) for name in (CONNECTION, CONTAINER)]
        if bool(parameters.get(self.FOLDER)) == any(given):
            return False, tr("Give either a folder, or connection and container.")
        if any(given) and not all(given):
            return False, tr("A container needs its connection, and a connection a container.")
        return super().checkParameterValues(parameters, context)

    def prepare_work(self, parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        self._has_store = not parameters.get(self.FOLDER)
        if self._has_store:
            super().prepare_work(parameters, context)

    def work(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        sources = self._sources(parameters, context)
        rules = self.parameterAsEnumString(parameters, self.PROFILE, context)
        full = self.parameterAsBoolean(parameters, self.FULL, context)
        jobs = self.parameterAsInt(parameters, self.JOBS, context)
        cluster = chosen_executor(self, parameters, context)
        counts = {"valid": 0, "invalid": 0, "not judged": 0}

        def progress(done: int, _total: int | None) -> bool:
            feedback.setProgress(100 * done / max(1, len(sources)))
            return not feedback.isCanceled()

        def rows() -> Iterator[list[object]]:
            found = (
                validate_many((s for _, s in sources), rules, full, jobs, progress)
                if cluster is None
                else validate_on_cluster(cluster, (s for _, s in sources), rules, full, progress)
            )
            paths = {id(source): path for path, source in sources}
            for judged in found:
                counts[judged.verdict] += 1
                yield [paths[id(judged.source)], *_texts(judged)]

        table = sorted(rows(), key=lambda row: str(row[0]))
        if feedback.isCanceled():
            raise Cancelled
        return {
            OUTPUT: write_text_table(self, parameters, context, _FIELDS, table),
            self.VALID: counts["valid"],
            self.INVALID: counts["invalid"],
            self.NOT_JUDGED: counts["not judged"],
        }

    def _sources(
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> list[tuple[str, Source]]:
        pattern = self.parameterAsString(parameters, self.PATTERN, context)
        if not self._has_store:
            folder = Path(self.parameterAsString(parameters, self.FOLDER, context))
            files = find_files(folder, pattern)
            return [(file.shown, str(folder / file.path)) for file in files]
        store, container = self.open_store(), self.parameterAsString(parameters, CONTAINER, context)
        prefix = self.parameterAsString(parameters, self.PREFIX, context)
        start = folder_prefix(prefix)
        return [
            (file.shown, ObjectRef(store, container, start + file.path))
            for file in find_objects(store, container, prefix, pattern)
        ]


def _texts(judged: Judged) -> list[object]:
    if judged.report is None:
        return [judged.verdict, "", "", str(judged.error)]
    errors, warnings = judged.report.errors, judged.report.warnings
    first = (*errors, *warnings)[:1]
    message = "".join(f"{finding.id}: {finding.message}" for finding in first)
    return [judged.verdict, str(len(errors)), str(len(warnings)), message]
