# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads and keeps the secrets of connections without making the window wait for a keyring.

A keyring may ask the user to unlock it, and answers over D-Bus: it is opened and read in workers.
QGIS's own database asks for its master password by itself, on the main thread.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace

from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QObject

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.sessions import Sessions
from cog_browser.adapters.workers import Workers
from cog_browser.gui import messages
from cog_browser.gui.secret_fields import SecretStoreBox, kept_text
from cog_browser.gui.sign_in_modes import is_enough
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import ConfigurationError


class SecretKeeper(QObject):
    """Thread: main. Says in the message bar where a secret went."""

    def __init__(
        self, sessions: Sessions, workers: Workers, bar: QgsMessageBar, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._sessions, self._secrets, self._workers = sessions, sessions.secrets, workers
        self._bar = bar
        self._unread: set[str] = set()  # the keyring did not give them: it isn't asked again
        self._read: set[str] = set()
        self._waiting: dict[str, list[Callable[[], None]]] = {}
        self._keys: set[Hashable] = set()

    def prepare(self, connection_id: str, then: Callable[[], None]) -> None:
        """Go on once `find` needs no keyring: at once, or after it was read."""
        is_known = connection_id in self._read | self._unread
        if is_known or self._secrets.where(connection_id) != "keyring":
            then()
            return
        is_running = connection_id in self._waiting
        self._waiting.setdefault(connection_id, []).append(then)
        if is_running:
            return

        def done(found: Credentials | None) -> None:
            (self._unread if found is None else self._read).add(connection_id)
            for waiting in self._waiting.pop(connection_id, []):
                waiting()

        def failed(error: Exception) -> None:
            messages.show_error(self._bar, error)
            done(None)

        self._run(
            ("secret", connection_id), lambda _j: self._secrets.load(connection_id), done, failed
        )

    def find(self, connection: Connection) -> Credentials | None:
        """The secrets, where they are enough to sign in."""
        found = self.find_any(connection)
        return found if is_enough(connection, found) else None

    def find_any(self, connection: Connection) -> Credentials | None:
        """The secrets, be it only the password where a passcode is wanted as well."""
        if connection.id in self._unread:
            return None
        return self._sessions.find_credentials(connection)

    def why_missing(self, connection_id: str) -> str:
        """Why a secret that was kept could not be had, or empty."""
        return self._secrets.notice(connection_id)

    def keep(
        self,
        connection: Connection,
        credentials: Credentials,
        where: str,
        *,
        is_told: bool = True,
    ) -> None:
        """Save the secrets of a connection, but never a passcode."""
        self._unread.discard(connection.id)
        kept = replace(credentials, passcode=None)
        if where != "keyring":
            self._save(connection, kept, where, is_told=is_told)
            return
        self._save(connection, kept, "session", is_told=False)
        self._open_keyring(
            connection.id, lambda: self._save(connection, kept, where, is_told=is_told)
        )

    def move(self, connection: Connection, where: str, then: Callable[[], None]) -> None:
        """Take a secret elsewhere, and go on in any case but a closed keyring."""
        before = self._secrets.where(connection.id)
        if where in ("auto", before):
            return

        def move() -> None:
            try:
                messages.show_note(self._bar, kept_text(self._secrets.move(connection.id, where)))
            except ConfigurationError as error:
                messages.show_error(self._bar, error)
            then()

        if "keyring" in (where, before):
            self._open_keyring(connection.id, lambda: self.prepare(connection.id, move))
        else:
            move()

    def forget(self, connection_id: str) -> None:
        """Delete the secret of a connection."""
        self._secrets.remove(connection_id)
        self._read.discard(connection_id)
        self._unread.discard(connection_id)

    def show_places(self, box: SecretStoreBox, connection: Connection | None = None) -> None:
        """Name the places for secrets, and choose the one that is in use."""
        box.show_available(self._secrets.available())
        where = self._secrets.where(connection.id) if connection else None
        if where:
            box.setCurrentIndex(box.findData(where))

    def stop(self) -> None:
        self._waiting.clear()
        for key in self._keys:
            self._workers.cancel(key)

    def _save(
        self, connection: Connection, credentials: Credentials, where: str, *, is_told: bool
    ) -> None:
        try:
            kept = self._secrets.save(connection.id, credentials, where)
        except ConfigurationError as error:
            messages.show_error(self._bar, error)
            kept = self._secrets.save(connection.id, credentials, "session")
        self._read.add(connection.id)
        if kept != where and is_told:
            messages.show_note(self._bar, kept_text(kept))

    def _open_keyring(self, connection_id: str, then: Callable[[], None]) -> None:
        def done(why_closed: str) -> None:
            if why_closed:
                messages.show(
                    self._bar, messages.Message(tr("The keyring stays closed"), why_closed)
                )
            else:
                then()

        self._run(
            ("keyring", connection_id),
            lambda _job: self._secrets.open_keyring(),
            done,
            lambda error: messages.show_error(self._bar, error),
        )

    def _run(
        self,
        key: Hashable,
        work: Callable[..., object],
        done: Callable[..., None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._keys.add(key)
        self._workers.run(work, done=done, failed=failed, key=key)
