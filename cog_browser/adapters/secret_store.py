# SPDX-License-Identifier: GPL-2.0-or-later
"""Keeps the secrets of connections: in QGIS's encrypted database, or in memory."""

from __future__ import annotations

from qgis.core import QgsApplication

from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import ConfigurationError

#: What a user can choose. "auto" takes QGIS's database where it is open or can open by itself.
SECRET_STORES = ("auto", "qgis", "session")
_SETTING = "cog_browser/{}"


class SecretStore:
    """Credentials by connection id. Thread: main (QGIS may ask for its master password)."""

    def __init__(self) -> None:
        self._session: dict[str, Credentials] = {}

    def save(self, connection_id: str, credentials: Credentials, where: str = "auto") -> str:
        """Keep the credentials; returns where they went, "qgis" or "session"."""
        if where not in SECRET_STORES:
            raise ConfigurationError(f"“{where}” is no secret store: {', '.join(SECRET_STORES)}.")
        self.remove(connection_id)
        if where == "auto":
            where = "qgis" if _database_opens_by_itself() else "session"
        if where == "qgis":
            manager = QgsApplication.authManager()
            if manager.isDisabled() or not manager.storeAuthSetting(
                _SETTING.format(connection_id), credentials.to_json(), True
            ):
                raise ConfigurationError(
                    "QGIS's authentication database did not take the secret: the master password "
                    "was not given, or the database is disabled. Keep it for this session only, "
                    "or set it up under Options › Authentication."
                )
        self._session[connection_id] = credentials
        return where

    def load(self, connection_id: str) -> Credentials | None:
        """The credentials, or None where there are none or the database stays locked."""
        held = self._session.get(connection_id)
        if held is not None:
            return held
        manager = QgsApplication.authManager()
        name = _SETTING.format(connection_id)
        if manager.isDisabled() or not manager.existsAuthSetting(name):
            return None
        text = manager.authSetting(name, "", True)
        if not text:
            return None
        self._session[connection_id] = Credentials.from_json(text)
        return self._session[connection_id]

    def remove(self, connection_id: str) -> None:
        """Forget the credentials everywhere."""
        self._session.pop(connection_id, None)
        manager = QgsApplication.authManager()
        name = _SETTING.format(connection_id)
        if not manager.isDisabled() and manager.existsAuthSetting(name):
            manager.removeAuthSetting(name)


def _database_opens_by_itself() -> bool:
    manager = QgsApplication.authManager()
    return not manager.isDisabled() and manager.masterPasswordIsSet()
