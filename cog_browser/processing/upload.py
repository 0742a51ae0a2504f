# SPDX-License-Identifier: GPL-2.0-or-later
"""``cogbrowser:upload``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingOutputString,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFile,
)

from cog_browser.adapters.i18n import tr
from cog_browser.cog.validate import validate_cog
from cog_browser.processing.base import progress_of
from cog_browser.processing.store_algorithm import CONTAINER, KEY, StoreAlgorithm, target_key
from cog_browser.storage.errors import ConfigurationError, RasterError


class Upload(StoreAlgorithm):
    """Any local file as an object."""

    INPUT, OVERWRITE = "INPUT", "OVERWRITE"
    SOURCE, ETAG, SIZE = "SOURCE", "ETAG", "SIZE"

    def name(self) -> str:
        return "upload"

    def displayName(self) -> str:
        return tr("Upload file")

    def shortHelpString(self) -> str:
        return tr(
            "Uploads a local file to an object store, as it is. The object appears when all its "
            "bytes have arrived and agree with the file's checksum; a failed or cancelled upload "
            "leaves nothing behind.\n\n"
            "For rasters, “Publish as COG” converts and checks them first. A TIFF that is no valid "
            "COG is uploaded with a warning, because maps of it are slow to read.\n\n"
            "SIZE is in bytes. SOURCE is what a layer of the object is saved as in projects; it "
            "holds no password."
        )

    def tags(self) -> list[str]:
        return tr("swift,s3,openstack,cloud,bucket,container,put,send,copy,store").split(",")

    def initAlgorithm(self, _configuration: dict[str, Any] | None = None) -> None:
        file = QgsProcessingParameterFile(
            self.INPUT,
            tr("File"),
            fileFilter=tr("All files") + " (*)",  # QGIS's own (*.*) refuses names without a dot
        )
        self.addParameter(file)
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

    def work(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        path = Path(self.parameterAsFile(parameters, self.INPUT, context))
        if not path.is_file():
            raise ConfigurationError(tr("There is no file {path}.").format(path=path))
        container = self.parameterAsString(parameters, CONTAINER, context)
        key = target_key(self.parameterAsString(parameters, KEY, context), path.name)
        overwrite = self.parameterAsBoolean(parameters, self.OVERWRITE, context)
        store = self.open_store()
        store.check_upload(container, key, overwrite=overwrite)
        if path.suffix.lower() in (".tif", ".tiff"):
            _warn_unless_cog(path, feedback)
        entry = store.upload(
            path, container, key, overwrite=overwrite, progress=progress_of(feedback)
        )
        source = store.source(container, key)
        feedback.pushInfo(tr("Uploaded: {source}").format(source=source))
        return {self.SOURCE: source, self.ETAG: entry.etag, self.SIZE: entry.size}


def _warn_unless_cog(path: Path, feedback: QgsProcessingFeedback) -> None:
    try:
        errors = [finding.message for finding in validate_cog(path).errors]
    except (RasterError, ConfigurationError) as error:
        errors = [str(error)]
    if errors:
        text = tr("{name} is no valid COG, so maps of it will be slow: {reason}")
        feedback.pushWarning(text.format(name=path.name, reason=errors[0]))
