# SPDX-License-Identifier: GPL-2.0-or-later
"""``cogbrowser:publishfolder``."""

from __future__ import annotations

import os
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
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFile,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)
from qgis.PyQt.QtCore import QMetaType

from cog_browser.adapters.i18n import tr
from cog_browser.cog.publish.folder import publish_folder
from cog_browser.cog.publish.folder_scan import PATTERN, TEMPLATE, check_template
from cog_browser.cog.publish.outcome import DONE, FAILED, SKIPPED, FolderResult, Outcome
from cog_browser.cog.publish.plan import FolderJob, FolderPlan
from cog_browser.processing.base import progress_of
from cog_browser.processing.conversion_parameters import (
    PROFILE,
    VERIFY,
    add_advanced_parameters,
    check_conversion,
    chosen_options,
    profile_parameter,
    temporary_folder,
)
from cog_browser.processing.report_page import (
    OUTPUT_HTML,
    report_page_parameter,
    write_report_page,
)
from cog_browser.processing.store_algorithm import CONTAINER, StoreAlgorithm
from cog_browser.storage.errors import ConfigurationError

_FIELDS = ("path", "key", "state", "message", "etag")


class PublishFolder(StoreAlgorithm):
    """All rasters of a folder as checked COGs in an object store."""

    FOLDER, PATTERN, PREFIX, OVERWRITE = "FOLDER", "PATTERN", "PREFIX", "OVERWRITE"
    JOBS, JOURNAL, TEMPLATE, DRY_RUN = "JOBS", "JOURNAL", "TEMPLATE", "DRY_RUN"
    OUTPUT, OUTPUT_HTML = "OUTPUT", OUTPUT_HTML
    DONE, FAILED, SKIPPED = "DONE", "FAILED", "SKIPPED"

    def name(self) -> str:
        return "publishfolder"

    def displayName(self) -> str:
        return tr("Publish folder as COG")

    def shortHelpString(self) -> str:
        return tr(
            "Publishes all rasters of a folder and of those below it: each is converted to a Cloud "
            "Optimized GeoTIFF, compared with its source bit by bit, validated, uploaded, and "
            "looked at again. What is a valid COG already is uploaded as it is.\n\n"
            "First it is planned what will be done with each file and why; a dry run ends there. "
            "While some files are converted, others are uploaded. A file that can't be published "
            "fails alone.\n\n"
            "A journal notes what is done, and nothing secret. Run it again with the same "
            "parameters, after a failure, a cancellation or a crash: it goes on where it stopped, "
            "and skips what is unchanged here and in the store.\n\n"
            "The table says for each file which key it has and whether it is done, failed or "
            "skipped."
        )

    def tags(self) -> list[str]:
        return tr(
            "cog,geotiff,swift,s3,openstack,cloud,bucket,container,upload,convert,batch,directory"
        ).split(",")

    def initAlgorithm(self, _configuration: dict[str, Any] | None = None) -> None:
        self.addParameter(
            QgsProcessingParameterFile(
                self.FOLDER, tr("Folder"), Qgis.ProcessingFileParameterBehavior.Folder
            )
        )
        pattern = QgsProcessingParameterString(
            self.PATTERN, tr("Names of the files"), defaultValue=PATTERN
        )
        pattern.setHelp(
            tr(
                "Patterns separated by semicolons, e.g. *.tif;*.img. One with a slash, e.g. "
                "2024/*.tif, is for the path in the folder."
            )
        )
        self.addParameter(pattern)
        self.add_connection_parameter()
        self.add_container_parameter()
        prefix = QgsProcessingParameterString(self.PREFIX, tr("Prefix"), optional=True)
        prefix.setHelp(tr("The folder in the container, e.g. dem/2024."))
        self.addParameter(prefix)
        self.addParameter(profile_parameter())
        self.addParameter(
            QgsProcessingParameterBoolean(
                self.OVERWRITE, tr("Replace existing objects"), defaultValue=False
            )
        )
        self.addParameter(
            QgsProcessingParameterNumber(
                self.JOBS,
                tr("Conversions at the same time"),
                Qgis.ProcessingNumberParameterType.Integer,
                defaultValue=os.cpu_count() or 1,
                minValue=1,
                maxValue=256,
            )
        )
        self._add_advanced_parameters()
        self.addParameter(
            QgsProcessingParameterFeatureSink(
                self.OUTPUT, tr("Files"), Qgis.ProcessingSourceType.Vector
            )
        )
        self.addOutput(QgsProcessingOutputNumber(self.DONE, tr("Number of files published")))
        self.addOutput(QgsProcessingOutputNumber(self.FAILED, tr("Number of files that failed")))
        self.addOutput(QgsProcessingOutputNumber(self.SKIPPED, tr("Number of files skipped")))

    def _add_advanced_parameters(self) -> None:
        journal = QgsProcessingParameterFile(
            self.JOURNAL, tr("Journal"), optional=True, fileFilter=tr("All files") + " (*)"
        )
        journal.setHelp(
            tr(
                "A file that is made if it isn't there. Left out: one of your own for this folder "
                "and this place in the store. COGs that wait for their upload lie beside it, "
                "unless you choose a folder for temporary files."
            )
        )
        template = QgsProcessingParameterString(
            self.TEMPLATE, tr("Template of the keys"), defaultValue=TEMPLATE
        )
        template.setHelp(
            tr(
                "What comes after the prefix. {folder} is the file's folder in the one above, "
                "{name} its name, {stem} its name without the suffix, {suffix} the suffix with "
                "its dot."
            )
        )
        dry_run = QgsProcessingParameterBoolean(
            self.DRY_RUN, tr("Only plan, publish nothing"), defaultValue=False
        )
        for parameter in (journal, template, dry_run, report_page_parameter()):
            parameter.setFlags(parameter.flags() | Qgis.ProcessingParameterFlag.Advanced)
            self.addParameter(parameter)
        add_advanced_parameters(self)

    def checkParameterValues(
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        fits, why = super().checkParameterValues(parameters, context)
        if fits:
            fits, why = check_conversion(self, parameters, context)
        if fits:
            try:
                check_template(self.parameterAsString(parameters, self.TEMPLATE, context))
            except ConfigurationError as error:
                return False, str(error)
        return fits, why

    def work(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        result = publish_folder(
            self.open_store(),
            self._job(parameters, context),
            jobs=self.parameterAsInt(parameters, self.JOBS, context),
            journal=self.parameterAsString(parameters, self.JOURNAL, context) or None,
            dry_run=self.parameterAsBoolean(parameters, self.DRY_RUN, context),
            temp_folder=temporary_folder(self, parameters, context),
            progress=progress_of(feedback),
            on_plan=lambda plan: _tell_plan(plan, feedback),
            on_outcome=lambda outcome: _tell(outcome, feedback),
        )
        feedback.pushInfo(tr("Journal: {path}").format(path=result.journal))
        results = {
            self.OUTPUT: self._table(result, parameters, context),
            self.DONE: result.count(DONE),
            self.FAILED: result.count(FAILED),
            self.SKIPPED: result.count(SKIPPED),
        }
        return {**results, **write_report_page(self, parameters, context, result)}

    def _job(self, parameters: dict[str, Any], context: QgsProcessingContext) -> FolderJob:
        return FolderJob(
            Path(self.parameterAsString(parameters, self.FOLDER, context)),
            self.parameterAsString(parameters, CONTAINER, context),
            self.parameterAsString(parameters, self.PREFIX, context),
            self.parameterAsString(parameters, self.PATTERN, context),
            self.parameterAsString(parameters, self.TEMPLATE, context),
            self.parameterAsEnumString(parameters, PROFILE, context),
            self.parameterAsBoolean(parameters, self.OVERWRITE, context),
            self.parameterAsBoolean(parameters, VERIFY, context),
            chosen_options(self, parameters, context),
        )

    def _table(
        self, result: FolderResult, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> str:
        fields = QgsFields()
        for name in _FIELDS:
            fields.append(QgsField(name, QMetaType.Type.QString))
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
        for outcome in result.outcomes:
            feature = QgsFeature(fields)
            feature.setAttributes([getattr(outcome, name) for name in _FIELDS])
            if not sink.addFeature(feature, QgsFeatureSink.Flag.FastInsert):
                raise QgsProcessingException(self.writeFeatureError(sink, parameters, self.OUTPUT))
        if not sink.flushBuffer():
            raise QgsProcessingException(self.writeFeatureError(sink, parameters, self.OUTPUT))
        return destination


def _tell_plan(plan: FolderPlan, feedback: QgsProcessingFeedback) -> None:
    feedback.pushInfo(str(plan))
    feedback.setProgressText(tr("Publishing…"))


def _tell(outcome: Outcome, feedback: QgsProcessingFeedback) -> None:
    text = f"{outcome.path}: {outcome.state}: {outcome.message}"
    if outcome.state == FAILED:
        feedback.pushWarning(text)
    else:
        feedback.pushInfo(text)
