# SPDX-License-Identifier: GPL-2.0-or-later
"""What the algorithms share that work on an object store."""

from __future__ import annotations

from typing import Any

from qgis.core import QgsProcessingContext, QgsProcessingParameterString
from qgis.PyQt.QtCore import QCoreApplication, QThread

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.sessions import sessions
from cog_browser.processing.base import CogBrowserAlgorithm
from cog_browser.storage.connection import RESERVED_PREFIX, Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.store import ObjectStore

CONNECTION, CONTAINER, KEY = "CONNECTION", "CONTAINER", "KEY"


class StoreAlgorithm(CogBrowserAlgorithm):
    """Base of the algorithms with a CONNECTION. It is a name; secrets are no parameters."""

    _connection: Connection
    _credentials: Credentials

    def group(self) -> str:
        return tr("Object store")

    def groupId(self) -> str:
        return "objectstore"

    def add_connection_parameter(self, *, optional: bool = False) -> None:
        names = _saved_names()
        parameter = QgsProcessingParameterString(
            CONNECTION,
            tr("Connection"),
            # with saved ones to choose from, a run into the wrong account is one slip away
            defaultValue=None if names or optional else RESERVED_PREFIX,
            optional=optional,
        )
        parameter.setHelp(
            tr(
                "The name of a saved connection, or “env” for the account that the environment "
                "describes (source openrc.sh before qgis_process). The password or token comes "
                "from the place where you chose to keep it, or from the environment."
            )
        )
        # an unknown value, e.g. from the history, must not turn into the first connection
        hints = ["", *names, RESERVED_PREFIX]
        parameter.setMetadata({"widget_wrapper": {"value_hints": hints}})
        self.addParameter(parameter)

    def add_container_parameter(self, *, optional: bool = False) -> None:
        parameter = QgsProcessingParameterString(CONTAINER, tr("Container"), optional=optional)
        parameter.setHelp(tr("The container (S3: bucket). It must exist."))
        self.addParameter(parameter)

    def add_target_key_parameter(self) -> None:
        parameter = QgsProcessingParameterString(KEY, tr("Key"))
        parameter.setHelp(
            tr(
                "The object's full name in the container, e.g. dem/2024/alps.tif. With a slash at "
                "the end, e.g. dem/2024/, the object is put there under the file's own name."
            )
        )
        self.addParameter(parameter)

    def prepare_work(self, parameters: dict[str, Any], context: QgsProcessingContext) -> None:
        name = self.parameterAsString(parameters, CONNECTION, context)
        self._connection = sessions().resolve(name)
        self._credentials = sessions().credentials(self._connection)

    def open_store(self) -> ObjectStore:
        """The connection's store. Nothing has been sent yet."""
        return sessions().store(self._connection, self._credentials)


def _saved_names() -> list[str]:
    """Models make their steps' algorithms in a worker, which must not read settings."""
    application = QCoreApplication.instance()
    if application is None or QThread.currentThread() != application.thread():
        return []
    return [connection.name for connection in sessions().repository.all()]


def target_key(key: str, file_name: str) -> str:
    """The key itself, or the file's name below it where it ends with a slash."""
    return key + file_name if key.endswith("/") else key
