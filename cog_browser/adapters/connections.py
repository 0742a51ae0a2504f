# SPDX-License-Identifier: GPL-2.0-or-later
"""The saved connections, in QGIS's settings. Nothing secret is written there."""

from __future__ import annotations

import json
from typing import Any

from qgis.core import QgsSettingsEntryString, QgsSettingsTree
from qgis.PyQt.QtCore import QObject, pyqtSignal

from cog_browser.storage.connection import RESERVED_PREFIX, Connection
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.web.address import WebAddress

PLUGIN = "cog_browser"
#: Fields that say nothing about whose account it is.
_NOT_THE_ACCOUNT = {"name", "ca_bundle", "containers", "connect_timeout", "read_timeout"}


class ConnectionRepository(QObject):
    """Reads and writes connections under ``plugins/cog_browser/connections``. Thread: main."""

    changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        node = QgsSettingsTree.createPluginTreeNode(PLUGIN)
        self._list = node.createNamedListNode("connections")
        self._definition = QgsSettingsEntryString("definition", self._list, "")
        self._root = QgsSettingsEntryString("root", self._list, "")

    def all(self) -> list[Connection]:
        """The saved connections by name. One that a newer version wrote badly is left out."""
        found = []
        for connection_id in self._list.items():
            text = self._definition.value(connection_id)
            try:
                found.append(Connection.from_dict(json.loads(text)))
            except (ValueError, TypeError, AttributeError, ConfigurationError):
                continue
        return sorted(found, key=lambda c: c.name.casefold())

    def find(self, name_or_id: str) -> Connection:
        """The connection of that name or id. Raises `ConfigurationError` naming the saved ones."""
        saved = self.all()
        for connection in saved:
            if name_or_id in (connection.name, connection.id):
                return connection
        names = ", ".join(c.name for c in saved) or "none"
        raise ConfigurationError(f"There is no connection “{name_or_id}”. Saved: {names}.")

    def save(self, connection: Connection) -> None:
        """Insert, or update the one with the same id."""
        if not connection.name.strip():
            raise ConfigurationError("The connection needs a name.")
        if connection.name.lower().startswith(RESERVED_PREFIX):
            raise ConfigurationError(
                f"Names that start with “{RESERVED_PREFIX}” mean the environment; choose another."
            )
        if any(c.name == connection.name and c.id != connection.id for c in self.all()):
            raise ConfigurationError(f"There is a connection “{connection.name}” already.")
        if _account(self._definition.value(connection.id)) != _account_of(connection):
            self._root.remove(connection.id)
        self._definition.setValue(json.dumps(connection.to_dict()), connection.id)
        self.changed.emit()

    def remove(self, connection_id: str) -> None:
        self._list.deleteItem(connection_id)
        self.changed.emit()

    def roots(self) -> dict[str, str]:
        """Connection id → how the saved form of its objects begins, where that is known.

        So a later QGIS knows whose a source is before anybody has signed in.
        """
        found = {}
        for connection in self.all():
            root = self._root.value(connection.id)
            if connection.kind == "http" and connection.storage_url:
                root = WebAddress.of(connection).saved_root
            elif not root and connection.storage_url:
                root = f"/vsicurl/{connection.storage_url}/"
            if root:
                found[connection.id] = root
        return found

    def save_root(self, connection_id: str, root: str) -> None:
        """Note the root of a saved connection. Thread: any."""
        if connection_id in self._list.items() and self._root.value(connection_id) != root:
            self._root.setValue(root, connection_id)

    def close(self) -> None:
        """Give the settings node back; what is saved stays."""
        QgsSettingsTree.unregisterPluginTreeNode(PLUGIN)


def _account_of(connection: Connection) -> dict[str, Any]:
    return {k: v for k, v in connection.to_dict().items() if k not in _NOT_THE_ACCOUNT}


def _account(definition: str) -> dict[str, Any] | None:
    try:
        return _account_of(Connection.from_dict(json.loads(definition)))
    except (ValueError, TypeError, AttributeError, ConfigurationError):
        return None
