# SPDX-License-Identifier: GPL-2.0-or-later
"""``cogbrowser:earthenginemanifest``."""

from __future__ import annotations

import json
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputBoolean,
    QgsProcessingOutputString,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterDefinition,
    QgsProcessingParameterEnum,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterString,
)

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.sessions import sessions
from cog_browser.cog.earth_engine.builder import found_times
from cog_browser.cog.earth_engine.console import earth_engine_manifest
from cog_browser.cog.earth_engine.manifest import PYRAMIDING_POLICIES
from cog_browser.cog.earth_engine.prepare import Prepared, upload_command
from cog_browser.cog.rules.finding import NOTE
from cog_browser.processing.base import progress_of
from cog_browser.processing.store_algorithm import CONNECTION, StoreAlgorithm
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.stores import open_store

_NONE = "none"  # instead of a time: the asset shall have none


class EarthEngineManifest(StoreAlgorithm):
    """The manifest of an asset. A COG that Earth Engine refuses is a result, not a failure."""

    INPUTS, ASSET, BANDS = "INPUTS", "ASSET", "BANDS"
    START, END, PROPERTIES, OUTPUT = "START", "END", "PROPERTIES", "OUTPUT"
    MISSING_DATA, PYRAMIDING_POLICY = "MISSING_DATA", "PYRAMIDING_POLICY"
    PIN_GENERATION = "PIN_GENERATION"
    READY, REPORT = "READY", "REPORT"

    _is_public = False

    def name(self) -> str:
        return "earthenginemanifest"

    def displayName(self) -> str:
        return tr("Manifest for Earth Engine")

    def shortHelpString(self) -> str:
        return tr(
            "Makes the manifest with which Google Earth Engine registers COGs in Google Cloud "
            "Storage as one asset, without copying them, and tells beforehand what it would "
            "refuse.\n\n"
            "Only the headers of the COGs are read, and nothing is sent to Earth Engine. Each COG "
            "becomes a tileset: one for each band, or for each resolution; many tiles for one band "
            "are not possible. The log shows the command that registers the asset.\n\n"
            "A COG that Earth Engine would refuse is a result (READY is false, and the log says "
            "why); convert it with the profile “earth-engine”. The algorithm fails only where no "
            "manifest can be made. What could not be checked, above all the bucket's place and "
            "readers, is listed in the log and in REPORT (JSON)."
        )

    def tags(self) -> list[str]:
        return tr("google,earth,engine,gee,gcs,bucket,asset,manifest,register,cog").split(",")

    def initAlgorithm(self, _configuration: dict[str, Any] | None = None) -> None:
        inputs = QgsProcessingParameterString(
            self.INPUTS, tr("COGs in Google Cloud Storage, one a line"), multiLine=True
        )
        inputs.setHelp(
            tr(
                "As gs://bucket/folder/name.tif. With #number behind it, the manifest is for that "
                "generation of the object only."
            )
        )
        self.addParameter(inputs)
        self.add_connection_parameter(optional=True)
        connection = self.parameterDefinition(CONNECTION)
        connection.setHelp(
            tr(
                "The name of a saved connection to Google Cloud Storage. If it is left out, the "
                "only saved one is used; if there is none, the COGs must be public."
            )
        )
        asset = QgsProcessingParameterString(self.ASSET, tr("Asset"))
        asset.setHelp(tr("The name of the new asset: projects/PROJECT/assets/FOLDER/NAME."))
        self.addParameter(asset)
        bands = QgsProcessingParameterString(self.BANDS, tr("Bands"), optional=True)
        bands.setHelp(
            tr(
                "The asset's bands in their order, with commas between: the name of a band, "
                "NEW=NAME, or NEW=COG:BAND, both counted from 0, e.g. red=0:0, rededge=1:2. Or the "
                "list “bands” of a manifest as JSON. Left out: all bands of all COGs."
            )
        )
        self.addParameter(bands)
        self._add_description_parameters()
        self.addParameter(
            QgsProcessingParameterFileDestination(
                self.OUTPUT, tr("Manifest"), tr("JSON files") + " (*.json)"
            )
        )
        self.addOutput(QgsProcessingOutputBoolean(self.READY, tr("Fit for Earth Engine")))
        self.addOutput(QgsProcessingOutputString(self.REPORT, tr("Report (JSON)")))

    def _add_description_parameters(self) -> None:
        start = QgsProcessingParameterString(self.START, tr("Start"), optional=True)
        start.setHelp(
            tr(
                "When the image was taken: a day, e.g. 2016-01-01, or a time as RFC 3339 writes "
                "it, e.g. 2016-01-01T10:30:00Z. If start and end are left out, they are read from "
                "the COGs' metadata or names; “none” leaves them out of the manifest."
            )
        )
        self.addParameter(start)
        end = QgsProcessingParameterString(self.END, tr("End"), optional=True)
        end.setHelp(tr("The same for the end, which is exclusive: the day after the last one."))
        self.addParameter(end)
        properties = QgsProcessingParameterString(
            self.PROPERTIES, tr("Properties"), optional=True, multiLine=True
        )
        properties.setHelp(
            tr("NAME=VALUE, one a line, or a JSON object. Values are texts and numbers.")
        )
        self.addParameter(properties)
        missing = QgsProcessingParameterString(
            self.MISSING_DATA, tr("Missing values"), optional=True
        )
        missing.setHelp(
            tr("Pixel values that mean “no data”. Left out: the COGs' own nodata values.")
        )
        policy = QgsProcessingParameterEnum(
            self.PYRAMIDING_POLICY,
            tr("Pyramiding policy"),
            options=list(PYRAMIDING_POLICIES),
            optional=True,
            usesStaticStrings=True,
        )
        policy.setHelp(tr("How coarser levels are made: MEAN if left out; MODE suits classes."))
        pin = QgsProcessingParameterBoolean(
            self.PIN_GENERATION, tr("Pin the generations"), defaultValue=False
        )
        pin.setHelp(
            tr(
                "Write into the manifest which generation of each object was read. If somebody "
                "replaces an object before you register the asset, Earth Engine then refuses it, "
                "rather than take pixels that were never looked at."
            )
        )
        for parameter in (missing, policy, pin):
            parameter.setFlags(
                parameter.flags() | QgsProcessingParameterDefinition.Flag.FlagAdvanced
            )
            self.addParameter(parameter)

    def prepare_work(self, parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        if self.parameterAsString(parameters, CONNECTION, context):
            super().prepare_work(parameters, context)
            return
        saved = [each for each in sessions().repository.all() if each.kind == "gs"]
        if len(saved) > 1:
            text = tr("There are several connections to Google Cloud Storage; choose one: {names}.")
            raise ConfigurationError(text.format(names=", ".join(each.name for each in saved)))
        if saved:
            self._connection = saved[0]
            self._credentials = sessions().credentials(saved[0])
            return
        self._is_public = True
        self._connection = Connection("gs", kind="gs", auth_mode="anonymous")
        self._credentials = Credentials()

    def open_store(self) -> ObjectStore:
        """That of a saved connection is shared with the panel, the public one is not."""
        if self._is_public:
            return open_store(self._connection, self._credentials, sessions().http_settings)
        return super().open_store()

    def work(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        start, end = (self._time(parameters, name, context) for name in (self.START, self.END))
        made = earth_engine_manifest(
            self.open_store(),
            self._inputs(parameters, context),
            self.parameterAsString(parameters, self.ASSET, context),
            self.parameterAsString(parameters, self.BANDS, context),
            start,
            end,
            self.parameterAsString(parameters, self.PROPERTIES, context),
            missing_data=self.parameterAsString(parameters, self.MISSING_DATA, context),
            pyramiding_policy=self.parameterAsEnumString(
                parameters, self.PYRAMIDING_POLICY, context
            ),
            pin_generation=self.parameterAsBoolean(parameters, self.PIN_GENERATION, context),
            progress=progress_of(feedback),
        )
        path = self.parameterAsFileOutput(parameters, self.OUTPUT, context)
        made.write(path)
        if start is None and end is None:
            _tell_times(made, feedback)
        _tell(made, feedback)
        if made.is_ready:
            feedback.pushInfo(tr("This registers the asset:"))
        else:
            feedback.pushInfo(tr("Once the COGs are fit, this registers the asset:"))
        feedback.pushCommandInfo(upload_command(path))
        return {
            self.OUTPUT: path,
            self.READY: made.is_ready,
            self.REPORT: json.dumps(made.to_dict(), ensure_ascii=False),
        }

    def _inputs(self, parameters: dict[str, Any], context: QgsProcessingContext) -> list[str]:
        value = parameters.get(self.INPUTS)
        if isinstance(value, (list, tuple)):  # of scripts, and of qgis_process --INPUTS=… twice
            return [str(each) for each in value]
        return self.parameterAsString(parameters, self.INPUTS, context).splitlines()

    def _time(
        self, parameters: dict[str, Any], name: str, context: QgsProcessingContext
    ) -> str | None:
        """None where the headers are to say it; "" for no time."""
        text = self.parameterAsString(parameters, name, context).strip()
        return "" if text.lower() == _NONE else text or None


def _tell_times(made: Prepared, feedback: QgsProcessingFeedback) -> None:
    found = found_times(made.images)
    if found is None:
        feedback.pushWarning(
            tr("Neither metadata nor names say when the image was taken; the asset has no time.")
        )
        return
    text = tr("Taken from {start} to {end} (exclusive), as {source} says.")
    manifest = made.manifest
    feedback.pushInfo(
        text.format(start=manifest.start_time, end=manifest.end_time, source=found.source)
    )


def _tell(made: Prepared, feedback: QgsProcessingFeedback) -> None:
    for finding in made.preflight.findings:
        push = feedback.pushInfo if finding.severity == NOTE else feedback.pushWarning
        push(f"{finding.id}: {finding.message} {finding.remedy} ({finding.where})")
    if made.is_ready:
        feedback.pushInfo(tr("The headers hold nothing that Earth Engine refuses."))
    else:
        feedback.pushWarning(tr("Earth Engine would refuse this; see above what to do."))
    if made.preflight.checklist:
        feedback.pushInfo(tr("Not checked here, so look at it yourself:"))
    for point in made.preflight.checklist:
        feedback.pushInfo(f"- {point}")
