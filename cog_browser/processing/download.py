# SPDX-License-Identifier: GPL-2.0-or-later
"""``cogbrowser:download``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qgis.core import (
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeedback,
    QgsProcessingOutputNumber,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFolderDestination,
    QgsProcessingParameterString,
)

from cog_browser.adapters.i18n import tr
from cog_browser.processing.base import progress_of
from cog_browser.processing.store_algorithm import CONTAINER, StoreAlgorithm
from cog_browser.storage.progress import Progress
from cog_browser.storage.transfers.download_many import download_planned, plan_download


class Download(StoreAlgorithm):
    """Objects as local files."""

    KEYS, OVERWRITE, SHORTEN, OUTPUT = "KEYS", "OVERWRITE", "SHORTEN", "OUTPUT"
    COUNT, SIZE, SKIPPED = "COUNT", "SIZE", "SKIPPED"

    def name(self) -> str:
        return "download"

    def displayName(self) -> str:
        return tr("Download objects")

    def shortHelpString(self) -> str:
        return tr(
            "Downloads objects into a folder, byte by byte as they are in the store. Each file "
            "gets its name when all its bytes have arrived and agree with the store's checksum.\n\n"
            "Names and room on the disk are checked before the first byte is fetched: nothing is "
            "saved outside the folder, and no two objects into one file. Files that are there and "
            "the same are left as they are; run it again after a failure, and it goes on where it "
            "stopped. Other files are replaced only if you allow it.\n\n"
            "COUNT and SIZE (in bytes) say what was fetched, SKIPPED how many files were there."
        )

    def tags(self) -> list[str]:
        return tr("swift,s3,openstack,cloud,bucket,container,get,fetch,receive,save,local").split(
            ","
        )

    def initAlgorithm(self, _configuration: dict[str, Any] | None = None) -> None:
        self.add_connection_parameter()
        self.add_container_parameter()
        keys = QgsProcessingParameterString(
            self.KEYS, tr("Keys or prefixes"), multiLine=True, optional=True
        )
        keys.setHelp(
            tr(
                "One a line: an object's full name, e.g. dem/2024/alps.tif, or a prefix with a "
                "slash at the end, e.g. dem/2024/, for all objects below it, which keep their "
                "folders. Nothing means the whole container."
            )
        )
        self.addParameter(keys)
        self.addParameter(
            QgsProcessingParameterBoolean(
                self.OVERWRITE, tr("Replace existing files"), defaultValue=False
            )
        )
        self.addParameter(
            QgsProcessingParameterBoolean(
                self.SHORTEN, tr("Allow shorter names where they are too long"), defaultValue=False
            )
        )
        self.addParameter(QgsProcessingParameterFolderDestination(self.OUTPUT, tr("Folder")))
        self.addOutput(QgsProcessingOutputNumber(self.COUNT, tr("Number of files fetched")))
        self.addOutput(QgsProcessingOutputNumber(self.SIZE, tr("Size in bytes")))
        self.addOutput(QgsProcessingOutputNumber(self.SKIPPED, tr("Number of files left alone")))

    def work(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        container = self.parameterAsString(parameters, CONTAINER, context)
        text = self.parameterAsString(parameters, self.KEYS, context)
        folder = Path(self.parameterAsString(parameters, self.OUTPUT, context))
        store = self.open_store()
        plan = plan_download(
            store,
            container,
            [line for line in text.splitlines() if line] or [""],
            folder,
            overwrite=self.parameterAsBoolean(parameters, self.OVERWRITE, context),
            shorten=self.parameterAsBoolean(parameters, self.SHORTEN, context),
            progress=_only_cancel(feedback),
        )
        for key, name in plan.shortened.items():
            said = tr("“{key}” is too long a name here, and is saved as “{name}”.")
            feedback.pushWarning(said.format(key=key, name=name))
        said = tr("{count} files to fetch, {size} bytes; {skipped} are there already.")
        skipped = len(plan.there)
        feedback.pushInfo(said.format(count=len(plan.fetched), size=plan.size, skipped=skipped))
        done, size, reasons = 0, 0, []
        for file, error in download_planned(store, plan, progress_of(feedback)):
            if error is None:
                done, size = done + 1, size + file.entry.size
            else:
                reasons.append(str(error))
                feedback.reportError(str(error))
        if reasons:
            text = tr("{failed} of {count} files failed; run it again to go on. First: {reason}")
            raise QgsProcessingException(
                text.format(failed=len(reasons), count=len(plan.fetched), reason=reasons[0])
            )
        return {
            self.OUTPUT: str(folder),
            self.COUNT: done,
            self.SIZE: size,
            self.SKIPPED: skipped,
        }


def _only_cancel(feedback: QgsProcessingFeedback) -> Progress:
    """While files are compared the bar stays at its beginning."""
    return lambda _done, _total: not feedback.isCanceled()
