# SPDX-License-Identifier: GPL-2.0-or-later
"""``cogbrowser:publishfolder``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from qgis.core import (
    Qgis,
    QgsProcessing,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFeatureSink,
    QgsProcessingParameterFile,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from cog_browser.adapters.i18n import tr
from cog_browser.cog.publish.folder import publish_folder
from cog_browser.cog.publish.folder_scan import PATTERN, check_template
from cog_browser.cog.publish.outcome import DONE, FAILED, SKIPPED, Outcome
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
from cog_browser.processing.executor import chosen_executor, executor_parameter
from cog_browser.processing.report_page import (
    OUTPUT_HTML,
    report_page_parameter,
    write_report_page,
)
from cog_browser.processing.store_algorithm import CONTAINER, StoreAlgorithm
from cog_browser.processing.text_table import write_text_table
from cog_browser.storage.errors import ConfigurationError

_FIELDS = ("path", "key", "state", "message", "etag")


class PublishFolder(StoreAlgorithm):
    """All rasters of a folder, or objects of a container, as checked COGs in an object store."""

    FOLDER, PATTERN, PREFIX, OVERWRITE = "FOLDER", "PATTERN", "PREFIX", "OVERWRITE"
    SOURCE_CONTAINER, SOURCE_PREFIX = "SOURCE_CONTAINER", "SOURCE_PREFIX"
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
            "Instead of a folder, a container or a prefix in it can be the source: objects that by "
            "their headers are no valid COGs are downloaded and made some, in their place (allow "
            "replacing for that) or in another container. An object that somebody else changes "
            "meanwhile is left alone.\n\n"
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
                self.FOLDER,
                tr("Folder"),
                Qgis.ProcessingFileParameterBehavior.Folder,
                optional=True,
            )
        )
        source = QgsProcessingParameterString(
            self.SOURCE_CONTAINER, tr("Or a container as the source"), optional=True
        )
        source.setHelp(tr("Its objects are to become proper COGs. Leave the folder out for this."))
        self.addParameter(source)
        source_prefix = QgsProcessingParameterString(
            self.SOURCE_PREFIX, tr("Prefix in that container"), optional=True
        )
        source_prefix.setHelp(tr("Only what is in this folder of the container, e.g. dem/2024."))
        self.addParameter(source_prefix)
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
        self.add_container_parameter(optional=True)
        self.parameterDefinition(CONTAINER).setHelp(
            tr(
                "Where the COGs go; the container must exist. Left out with a container as the "
                "source: each object is replaced where it is."
            )
        )
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
                self.OUTPUT,
                tr("Files"),
                Qgis.ProcessingSourceType.Vector,
                QgsProcessing.TEMPORARY_OUTPUT,  # so that qgis_process needs none
                optional=True,
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
            self.TEMPLATE, tr("Template of the keys"), optional=True
        )
        template.setHelp(
            tr(
                "What comes after the prefix. {folder} is the file's folder in the one above, "
                "{name} its name, {stem} its name without the suffix, {suffix} the suffix with "
                "its dot. Left out: {folder}/{stem}.tif for a folder; objects keep their names."
            )
        )
        dry_run = QgsProcessingParameterBoolean(
            self.DRY_RUN, tr("Only plan, publish nothing"), defaultValue=False
        )
        advanced = (journal, template, dry_run, report_page_parameter(), executor_parameter())
        for parameter in advanced:
            parameter.setFlags(parameter.flags() | Qgis.ProcessingParameterFlag.Advanced)
            self.addParameter(parameter)
        add_advanced_parameters(self)

    def checkParameterValues(
        self, parameters: dict[str, Any], context: QgsProcessingContext
    ) -> tuple[bool, str]:
        fits, why = super().checkParameterValues(parameters, context)
        if fits:
            fits, why = check_conversion(self, parameters, context)
        if not fits:
            return fits, why
        folder, source, container, template = (
            self.parameterAsString(parameters, name, context)
            for name in (self.FOLDER, self.SOURCE_CONTAINER, CONTAINER, self.TEMPLATE)
        )
        if bool(folder) == bool(source):
            return False, tr("Give either a folder, or a container as the source.")
        if folder and not container:
            return False, tr("The container that the folder is to go into is missing.")
        try:
            if template:
                check_template(template)
        except ConfigurationError as error:
            return False, str(error)
        return True, ""

    def work(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        dry_run = self.parameterAsBoolean(parameters, self.DRY_RUN, context)
        result = publish_folder(
            self.open_store(),
            self._job(parameters, context),
            jobs=self.parameterAsInt(parameters, self.JOBS, context),
            journal=self.parameterAsString(parameters, self.JOURNAL, context) or None,
            dry_run=dry_run,
            temp_folder=temporary_folder(self, parameters, context),
            cluster=chosen_executor(self, parameters, context),
            progress=progress_of(feedback),
            on_plan=lambda plan: _tell_plan(plan, feedback, is_all=dry_run),
            on_outcome=lambda outcome: _tell(outcome, feedback),
        )
        feedback.pushInfo(tr("Journal: {path}").format(path=result.journal))
        results = {
            self.DONE: result.count(DONE),
            self.FAILED: result.count(FAILED),
            self.SKIPPED: result.count(SKIPPED),
        }
        if parameters.get(self.OUTPUT) is not None:
            rows = ([getattr(outcome, name) for name in _FIELDS] for outcome in result.outcomes)
            results[self.OUTPUT] = write_text_table(self, parameters, context, _FIELDS, rows)
        return {**results, **write_report_page(self, parameters, context, result)}

    def _job(self, parameters: dict[str, Any], context: QgsProcessingContext) -> FolderJob:
        folder = self.parameterAsString(parameters, self.FOLDER, context)
        return FolderJob(
            Path(folder) if folder else None,
            self.parameterAsString(parameters, CONTAINER, context),
            self.parameterAsString(parameters, self.PREFIX, context),
            self.parameterAsString(parameters, self.PATTERN, context),
            self.parameterAsString(parameters, self.TEMPLATE, context),
            self.parameterAsEnumString(parameters, PROFILE, context),
            self.parameterAsBoolean(parameters, self.OVERWRITE, context),
            self.parameterAsBoolean(parameters, VERIFY, context),
            chosen_options(self, parameters, context),
            self.parameterAsString(parameters, self.SOURCE_CONTAINER, context),
            self.parameterAsString(parameters, self.SOURCE_PREFIX, context),
        )


def _tell_plan(plan: FolderPlan, feedback: QgsProcessingFeedback, *, is_all: bool) -> None:
    feedback.pushInfo(str(plan))
    feedback.setProgressText(tr("Nothing is published.") if is_all else tr("Publishing…"))


def _tell(outcome: Outcome, feedback: QgsProcessingFeedback) -> None:
    text = f"{outcome.path}: {outcome.state}: {outcome.message}"
    if outcome.state == FAILED:
        feedback.pushWarning(text)
    else:
        feedback.pushInfo(text)
