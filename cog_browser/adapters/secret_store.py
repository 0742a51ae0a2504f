# SPDX-License-Identifier: GPL-2.0-or-later
"""Keeps the secrets of connections: in the computer's keyring, QGIS's database, or memory.

Where a secret went is noted beside its connection in QGIS's settings, so that a look for it goes
to that place alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from qgis.core import QgsSettingsEntryString, QgsSettingsTree

from cog_browser.adapters.auth_database import AuthDatabase
from cog_browser.adapters.connections import PLUGIN
from cog_browser.adapters.i18n import tr
from cog_browser.adapters.keyring_store import Ask, KeyringStore, Lock
from cog_browser.adapters.main_thread import MainThread
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import ConfigurationError

#: What a user can choose. "auto" takes the first of the others that isn't known to be locked.
SECRET_STORES = ("auto", "keyring", "qgis", "session")
_LASTING = ("keyring", "qgis")
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StoreInfo:
    """A place for secrets: ``why_not`` is a sentence, empty where ``usable``."""

    name: str
    label: str
    usable: bool
    why_not: str = ""


class SecretStore:
    """Credentials by connection id. Thread: any; made on the main one.

    The keyring may wait for D-Bus and for the user, so a worker asks it best. QGIS's database asks
    for its master password on the main thread, for which a worker waits.
    """

    def __init__(self) -> None:
        self._session: dict[str, Credentials] = {}
        self._notices: dict[str, str] = {}
        self._database = AuthDatabase()
        self._keyring = KeyringStore()
        self._main = MainThread()
        self._entry = _entry()

    def set_ask(self, ask: Ask | None) -> None:
        """Who asks for the password of an encrypted keyring file, in the thread that needs it."""
        self._keyring.ask = ask

    def stop(self) -> None:
        """No worker waits for the main thread any more: what it asks of the database fails."""
        self._main.stop()

    def available(self) -> list[StoreInfo]:
        """Every place but "auto", and whether it can be used. Asks nothing."""
        keyring, database = self._keyring.why_not(), self._main.run(self._database.why_not)
        name = self._keyring.name()
        label = tr("In this computer's keyring ({name})").format(name=name)
        return [
            StoreInfo("keyring", label if name else store_label("keyring"), not keyring, keyring),
            StoreInfo("qgis", store_label("qgis"), not database, database),
            StoreInfo("session", store_label("session"), True),
        ]

    def where(self, connection_id: str) -> str | None:
        """Which place holds the secret, None where none does. Asks nothing."""
        noted = self._entry.value(connection_id)
        if noted in _LASTING:
            return noted
        return "session" if connection_id in self._session else None

    def notice(self, connection_id: str) -> str:
        """What the user should know of the last call for the connection, or empty.

        Why the secret is elsewhere than chosen, was not read, or was not deleted.
        """
        return self._notices.get(connection_id, "")

    def remember(self, connection_id: str, credentials: Credentials) -> None:
        """Hold the credentials for this session, and leave what is kept elsewhere."""
        self._session[connection_id] = credentials

    def open(self, where: str) -> None:
        """Unlock one of the places, asking the user where needed. Raises `ConfigurationError`."""
        if where == "keyring":
            self._keyring.unlock()
        elif where == "qgis":
            self._main.run(self._database.unlock)

    def save(self, connection_id: str, credentials: Credentials, where: str = "auto") -> str:
        """Keep the credentials; returns where they went, never "auto".

        Raises `ConfigurationError` where the chosen place can't be used; what was kept before is
        still there then. Only "auto", and a secret too large for the keyring, go elsewhere.
        """
        if where not in SECRET_STORES:
            raise ConfigurationError(
                tr("“{where}” is no place for secrets; those are {names}.").format(
                    where=where, names=", ".join(SECRET_STORES)
                )
            )
        self._notices.pop(connection_id, None)
        before = self.where(connection_id)
        kept = self._keep(connection_id, credentials.to_json(), where)
        self._session[connection_id] = credentials
        if kept in _LASTING:
            self._entry.setValue(kept, connection_id)
        else:
            self._entry.remove(connection_id)
        if before != kept:
            self.delete(connection_id, before)
        return kept

    def load(self, connection_id: str, may_prompt: bool = True) -> Credentials | None:
        """The credentials, or None; `notice` says why where there should be some.

        Without ``may_prompt``, as while a project opens, nothing is called that might ask.
        """
        held = self._session.get(connection_id)
        if held is not None:
            return held
        self._notices.pop(connection_id, None)
        try:
            text = self._read(connection_id, may_prompt)
        except ConfigurationError as error:
            self._tell(connection_id, str(error))
            return None
        if not text:
            return None
        try:
            self._session[connection_id] = Credentials.from_json(text)
        except (ValueError, TypeError, AttributeError):  # they quote the text: not chained
            self._tell(connection_id, tr("The saved secret can't be read. Sign in again."))
            return None
        return self._session[connection_id]

    def move(self, connection_id: str, where: str) -> str:
        """Take the secret to another place, as `save` does; may ask for either of both."""
        credentials = self.load(connection_id)
        if credentials is None:
            raise ConfigurationError(
                self.notice(connection_id) or tr("There is no secret to move. Sign in first.")
            )
        return self.save(connection_id, credentials, where)

    def remove(self, connection_id: str) -> None:
        """Forget the credentials; `notice` says so where a place did not give them up."""
        self.delete(connection_id, self.release(connection_id))

    def release(self, connection_id: str) -> str | None:
        """Forget the credentials here at once, and return the place to `delete` them from."""
        self._notices.pop(connection_id, None)
        where = self.where(connection_id)
        self._session.pop(connection_id, None)
        self._entry.remove(connection_id)
        return where

    def delete(self, connection_id: str, where: str | None) -> None:
        """Delete the credentials from one place, as `remove` does."""
        try:
            if where == "keyring":
                self._keyring.remove(connection_id)
            elif where == "qgis":
                self._main.run(lambda: self._database.remove(connection_id))
        except ConfigurationError as error:
            self._tell(
                connection_id,
                tr("The secret was not deleted where it was. {reason}").format(reason=error),
            )

    def _keep(self, connection_id: str, text: str, where: str) -> str:
        """Write the text to the first place that it may go to and that takes it."""
        auto = where == "auto"
        if where == "keyring" or (auto and self._keyring_is_welcome()):
            too_large = self._keyring.why_too_large(text)
            if too_large:
                self._tell(connection_id, too_large)
                where = where if auto else "qgis"
            elif self._written(
                connection_id, lambda: self._keyring.save(connection_id, text), auto
            ):
                return "keyring"
        may_be_database = where == "qgis" or (auto and self._main.run(self._database.is_open))
        if may_be_database and self._written(
            connection_id,
            lambda: self._main.run(lambda: self._database.save(connection_id, text)),
            auto,
        ):
            return "qgis"
        return "session"

    def _keyring_is_welcome(self) -> bool:
        return not self._keyring.why_not() and self._keyring.lock() is not Lock.LOCKED

    def _written(self, connection_id: str, write: Callable[[], None], may_fail: bool) -> bool:
        try:
            write()
        except ConfigurationError as error:
            if not may_fail:
                raise
            self._tell(connection_id, str(error))
            return False
        return True

    def _read(self, connection_id: str, may_prompt: bool) -> str | None:
        where = self.where(connection_id)
        if where == "qgis":
            return self._main.run(lambda: self._database.load(connection_id, may_prompt))
        if where != "keyring":
            return None
        if not may_prompt and self._keyring.lock(connection_id) is not Lock.OPEN:
            raise ConfigurationError(
                self._keyring.why_not()
                or tr("This computer's keyring ({keyring}) may be locked.").format(
                    keyring=self._keyring.name()
                )
            )
        return self._keyring.load(connection_id)

    def _tell(self, connection_id: str, notice: str) -> None:
        self._notices[connection_id] = notice
        _log.warning("%s", notice)


def store_label(where: str) -> str:
    """The name of one of `SECRET_STORES` for people."""
    return {
        "auto": tr("Automatically"),
        "keyring": tr("In this computer's keyring"),
        "qgis": tr("In QGIS's authentication database"),
        "session": tr("For this session only"),
    }[where]


def _entry() -> QgsSettingsEntryString:
    """The setting beside each connection's definition; the tree allows it only once."""
    node = QgsSettingsTree.createPluginTreeNode(PLUGIN).createNamedListNode("connections")
    key = "secret_store"
    return node.childSetting(key) or QgsSettingsEntryString(key, node, "")
