# SPDX-License-Identifier: GPL-2.0-or-later
"""``cogbrowser:sharelink``."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

from qgis.core import (
    Qgis,
    QgsProcessingContext,
    QgsProcessingFeedback,
    QgsProcessingParameterBoolean,
    QgsProcessingParameterFileDestination,
    QgsProcessingParameterNumber,
    QgsProcessingParameterString,
)

from cog_browser.adapters.i18n import tr
from cog_browser.processing.store_algorithm import CONTAINER, KEY, StoreAlgorithm
from cog_browser.storage.share_links import redacted


class ShareLink(StoreAlgorithm):
    """A link to one object, in a file: outputs and logs are kept, and the link is a secret."""

    EXPIRES_IN, CREATE_KEY, OUTPUT = "EXPIRES_IN", "CREATE_KEY", "OUTPUT"

    def name(self) -> str:
        return "sharelink"

    def displayName(self) -> str:
        return tr("Share object by link")

    def shortHelpString(self) -> str:
        return tr(
            "Makes a link by which whoever has it can read one object until it ends, without an "
            "account, and writes it into a file that only you can read. It is tried before. Treat "
            "it like a password; it is in no log and no history.\n\n"
            "In Swift, links are signed with a key of the container, or of the project for large "
            "objects. Where there is none yet, one is made only if you allow it: whoever knows "
            "that key can make links to read, change and delete everything in the container or "
            "project. Other stores sign with what the connection signs in with, and their links "
            "live for 7 days at most."
        )

    def tags(self) -> list[str]:
        return tr("swift,s3,azure,cloud,tempurl,presigned,sas,url,public,send").split(",")

    def initAlgorithm(self, _configuration: dict[str, Any] | None = None) -> None:
        self.add_connection_parameter()
        self.add_container_parameter()
        key = QgsProcessingParameterString(KEY, tr("Key"))
        key.setHelp(tr("The object's full name in the container, e.g. dem/2024/alps.tif."))
        self.addParameter(key)
        self.addParameter(
            QgsProcessingParameterNumber(
                self.EXPIRES_IN,
                tr("The link works for (seconds)"),
                Qgis.ProcessingNumberParameterType.Integer,
                defaultValue=3600,
                minValue=1,
            )
        )
        create = QgsProcessingParameterBoolean(
            self.CREATE_KEY, tr("Make a key for links, if there is none"), defaultValue=False
        )
        create.setFlags(create.flags() | Qgis.ProcessingParameterFlag.Advanced)
        self.addParameter(create)
        self.addParameter(
            QgsProcessingParameterFileDestination(
                self.OUTPUT, tr("File with the link"), tr("Text files") + " (*.txt)"
            )
        )

    def work(
        self,
        parameters: dict[str, Any],
        context: QgsProcessingContext,
        feedback: QgsProcessingFeedback,
    ) -> dict[str, Any]:
        target = Path(self.parameterAsFileOutput(parameters, self.OUTPUT, context))
        link = self.open_store().share_url(
            self.parameterAsString(parameters, CONTAINER, context),
            self.parameterAsString(parameters, KEY, context),
            self.parameterAsInt(parameters, self.EXPIRES_IN, context),
            create_key=self.parameterAsBoolean(parameters, self.CREATE_KEY, context),
        )
        write_privately(target, link + "\n")
        said = tr("The link to {url} was tried, and is in {file}.")
        feedback.pushInfo(said.format(url=redacted(link), file=target))
        return {self.OUTPUT: str(target)}


def write_privately(target: Path, text: str) -> None:
    """A file that nobody else can read, at no moment. Raises `OSError`."""
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        beside.replace(target)
    finally:
        with suppress(OSError):
            beside.unlink()
