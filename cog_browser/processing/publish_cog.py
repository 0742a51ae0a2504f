# SPDX-License-Identifier: GPL-2.0-or-later
"""``cogbrowser:publishcog``."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterRasterLayer,
    QgsProcessingUtils,
)

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.path_translation import to_running_form
from cog_browser.cog.convert import convert_to_cog
from cog_browser.cog.validate import validate_cog
from cog_browser.processing.base import progress_of
from cog_browser.processing.convert_to_cog import profile_parameter
from cog_browser.processing.rasters import raster_source, tiff_name
from cog_browser.processing.store_algorithm import CONTAINER, KEY, StoreAlgorithm, target_key
from cog_browser.processing.validate_cog import push_findings, report_text
from cog_browser.storage.errors import InvalidCogError
from cog_browser.storage.progress import part

_CONVERTED, _UPLOADED = 60, 100  # per cent of the progress


class PublishCog(StoreAlgorithm):
    """From a raster to a checked COG in an object store, in one step."""

    INPUT, PROFILE, OVERWRITE = "INPUT", "PROFILE", "OVERWRITE"
    SOURCE, ETAG, SIZE, REPORT = "SOURCE", "ETAG", "SIZE", "REPORT"

    _raster: str

    def name(self) -> str:
        return "publishcog"

    def displayName(self) -> str:
        return tr("Publish as COG")

    def shortHelpString(self) -> str:
        return tr(
            "Converts a raster to a Cloud Optimized GeoTIFF, validates it, and uploads it to an "
            "object store.\n\n"
            "Sign-in, container and key are checked before the conversion starts. The profile "
            "“science” keeps every pixel value bit by bit, and proves it. Only a valid COG is "
            "uploaded, and the object appears when all its bytes have arrived and agree with the "
            "checksum; a failed or cancelled run leaves nothing behind, neither here nor there.\n\n"
            "The conversion needs room for the COG in QGIS's folder for temporary files. SIZE is "
            "in bytes. SOURCE is what a layer of the object is saved as in projects; it holds no "
            "password."
        )

    def tags(self) -> list[str]:
        return tr("cog,geotiff,swift,s3,openstack,cloud,bucket,container,upload,convert").split(",")

    def initAlgorithm(self, _configuration: dict[str, Any] | None = None) -> None:
        self.addParameter(QgsProcessingParameterRasterLayer(self.INPUT, tr("Raster")))
        self.addParameter(profile_parameter(self.PROFILE))
        self.add_connection_parameter()
        self.add_container_parameter()
        self.add_target_key_parameter()
        self.addParameter(
            QgsProcessingParameterBoolean(
                self.OVERWRITE, tr("Replace an existing object"), defaultValue=False
            )
        )
        self.addOutput(QgsProcessingOutputString(self.SOURCE, tr("Source of a layer")))
        self.addOutput(QgsProcessingOutputString(self.ETAG, tr("ETag")))
        self.addOutput(QgsProcessingOutputNumber(self.SIZE, tr("Size in bytes")))
        self.addOutput(QgsProcessingOutputString(self.REPORT, tr("Report (JSON)")))

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
        profile = self.parameterAsEnumString(parameters, self.PROFILE, context)
        store = self.open_store()
        store.check_upload(container, key, overwrite=overwrite)
        source = store.source(container, key)
        progress = progress_of(feedback)
        room = QgsProcessingUtils.tempFolder(context)
        with tempfile.TemporaryDirectory(prefix="publish-", dir=room) as folder:
            feedback.setProgressText(tr("Converting…"))
            made = convert_to_cog(
                to_running_form(self._raster),
                Path(folder, tiff_name(key)),
                profile,
                part(progress, 0, _CONVERTED),
            )
            report = replace(validate_cog(made), source=source)
            push_findings(report, feedback)
            if not report.is_valid:
                text = tr("The conversion made no valid COG, so nothing was uploaded: {reason}")
                raise InvalidCogError(text.format(reason=report.errors[0].message), report)
            feedback.setProgressText(tr("Uploading…"))
            entry = store.upload(
                made,
                container,
                key,
                overwrite=overwrite,
                content_type="image/tiff",
                progress=part(progress, _CONVERTED, _UPLOADED),
            )
        feedback.pushInfo(tr("Published: {source}").format(source=source))
        return {
            self.SOURCE: source,
            self.ETAG: entry.etag,
            self.SIZE: entry.size,
            self.REPORT: report_text(report),
        }
