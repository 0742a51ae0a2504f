# SPDX-License-Identifier: GPL-2.0-or-later
"""QGIS's encrypted authentication database as a place for secrets. Thread: main."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from qgis.core import QgsApplication, QgsAuthManager

from cog_browser.adapters.i18n import tr
from cog_browser.storage.errors import ConfigurationError

_SETTING = "cog_browser/{}"


class AuthDatabase:
    """Texts by connection id, behind QGIS's master password."""

    def why_not(self) -> str:
        """Why it can't be used; empty where it can. Asks nothing."""
        manager = _manager()
        if manager.isDisabled():
            reason = manager.disabledMessage().strip().splitlines()[-1:]
            return tr("QGIS's authentication database is disabled ({reason}).").format(
                reason="".join(reason).rstrip(".:")
            )
        if not manager.authConfigurationStorageRegistry().readyStorages():
            return tr("QGIS's authentication database {path} can't be opened.").format(
                path=manager.authenticationDatabasePath()
            )
        return ""

    def is_open(self) -> bool:
        """Whether it works without a question."""
        return not self.why_not() and _manager().masterPasswordIsSet()

    def unlock(self) -> None:
        """QGIS may ask for its master password. Raises `ConfigurationError`."""
        self._require()
        with _verdicts() as verdicts:
            is_open = _manager().setMasterPassword(True)
        if not is_open:
            raise ConfigurationError(_problem(verdicts))

    def save(self, connection_id: str, text: str) -> None:
        """QGIS may ask for its master password. Raises `ConfigurationError`."""
        self._require()
        with _verdicts() as verdicts:
            stored = _manager().storeAuthSetting(_SETTING.format(connection_id), text, True)
        if not stored:
            raise ConfigurationError(_problem(verdicts))

    def load(self, connection_id: str, may_prompt: bool = True) -> str | None:
        """The text, or None where there is none. Raises `ConfigurationError`."""
        self._require()
        name = _SETTING.format(connection_id)
        if not _manager().existsAuthSetting(name):
            return None
        if not may_prompt and not _manager().masterPasswordIsSet():
            raise ConfigurationError(
                tr("QGIS's authentication database is locked: its master password is not set yet.")
            )
        with _verdicts() as verdicts:
            text = _manager().authSetting(name, "", True)
        if not text:
            raise ConfigurationError(_problem(verdicts))
        return str(text)

    def remove(self, connection_id: str) -> None:
        """Delete the text; it is no error that there was none. Asks nothing."""
        self._require()
        name = _SETTING.format(connection_id)
        if _manager().existsAuthSetting(name) and not _manager().removeAuthSetting(name):
            raise ConfigurationError(
                tr("QGIS's authentication database {path} can't be written.").format(
                    path=_manager().authenticationDatabasePath()
                )
            )

    def _require(self) -> None:
        why_not = self.why_not()
        if why_not:
            raise ConfigurationError(why_not)


def _manager() -> QgsAuthManager:
    return QgsApplication.authManager()


@contextmanager
def _verdicts() -> Iterator[list[bool]]:
    """What QGIS says meanwhile of master passwords: right or wrong."""
    found: list[bool] = []

    def note(right: bool) -> None:
        found.append(right)

    signal = _manager().masterPasswordVerified
    signal.connect(note)
    try:
        yield found
    finally:
        signal.disconnect(note)


def _problem(verdicts: list[bool]) -> str:
    if verdicts[-1:] == [False]:
        return tr(
            "That is not the master password of QGIS's authentication database. Try again, or "
            "choose another place for the secret."
        )
    if not _manager().masterPasswordIsSet():
        return tr(
            "QGIS's authentication database stayed locked: its master password was not given. Try "
            "again, or choose another place for the secret."
        )
    return tr(
        "QGIS's authentication database {path} neither gave nor took the secret. Choose another "
        "place for it."
    ).format(path=_manager().authenticationDatabasePath())
