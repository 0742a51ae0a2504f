# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads and keeps the secrets of connections without making the window wait for a keyring.

A keyring may ask the user to unlock it, and answers over D-Bus: one worker does all with it, in
order, so that a secret that is being written can't outlive its connection. QGIS's own database
asks for its master password by itself, on the main thread.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from qgis.core import Qgis
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.secret_store import StoreInfo
from cog_browser.adapters.sessions import Sessions
from cog_browser.adapters.workers import Job, Workers
from cog_browser.gui import messages
from cog_browser.gui.accounts.keyring_prompt import KeyringPrompt
from cog_browser.gui.accounts.secret_fields import SecretStoreBox, kept_text
from cog_browser.gui.accounts.sign_in_modes import is_enough
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import ConfigurationError


class SecretKeeper(QObject):
    """Thread: main. Says in the message bar where a secret went."""

    def __init__(
        self,
        sessions: Sessions,
        workers: Workers,
        bar: QgsMessageBar,
        window: QWidget,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._sessions, self._secrets, self._workers = sessions, sessions.secrets, workers
        self._bar = bar
        self._lane = Workers(self, threads=1)
        self._prompt = KeyringPrompt(window, self)
        self._secrets.set_ask(self._prompt.ask)
        self._unread: set[str] = set()  # the keyring did not give them: it isn't asked again
        self._read: set[str] = set()
        self._waiting: dict[str, list[Callable[[], None]]] = {}

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

        self._lane.run(lambda _job: self._secrets.load(connection_id), done=done, failed=failed)

    def ask_again(self, connection_id: str) -> None:
        """The next `prepare` reads the keyring, be it that it did not open the last time."""
        self._unread.discard(connection_id)

    def find(self, connection: Connection) -> Credentials | None:
        """The secrets, where they are enough to sign in."""
        found = self.find_any(connection)
        return found if is_enough(connection, found) else None

    def find_any(self, connection: Connection) -> Credentials | None:
        """The secrets, be it only the password where a passcode is wanted as well."""
        in_keyring = self._secrets.where(connection.id) == "keyring"
        if in_keyring and connection.id not in self._read:
            return None
        return self._sessions.find_credentials(connection)

    def why_missing(self, connection_id: str) -> str:
        """Why a secret that was kept could not be had, or empty."""
        return self._secrets.notice(connection_id)

    def open(self, where: str, then: Callable[[], None]) -> None:
        """Unlock a place for secrets and go on, or say why it stays closed."""

        def failed(error: Exception) -> None:
            text = messages.describe(error).full_text
            messages.show(
                self._bar, messages.Message(tr("The place for the secret stays closed"), text)
            )

        self._lane.run(
            lambda _job: self._secrets.open(where), done=lambda _none: then(), failed=failed
        )

    def keep(self, connection: Connection, credentials: Credentials, where: str) -> None:
        """Save the secrets of a connection, but never a passcode. They can be used at once."""
        kept = replace(credentials, passcode=None)
        self._secrets.remember(connection.id, kept)
        self._unread.discard(connection.id)
        self._read.add(connection.id)

        def work(_job: Job) -> tuple[str, list[str]]:
            reasons = []
            try:
                place = self._secrets.save(connection.id, kept, where)
            except ConfigurationError as error:
                reasons.append(str(error))
                place = self._secrets.save(connection.id, kept, "session")
            return place, [*reasons, self._secrets.notice(connection.id)]

        self._lane.run(
            work,
            done=lambda result: self._tell_kept(where, *result),
            failed=lambda error: messages.show_error(self._bar, error),
        )

    def move(self, connection: Connection, where: str, then: Callable[[], None]) -> None:
        """Take a secret elsewhere, and go on whether or not that went well."""
        if where in ("auto", self._secrets.where(connection.id)):
            return

        def work(_job: Job) -> tuple[str, list[str]]:
            place = self._secrets.move(connection.id, where)
            return place, [self._secrets.notice(connection.id)]

        def done(result: tuple[str, list[str]]) -> None:
            self._read.add(connection.id)
            self._tell_kept("", *result)
            then()

        def failed(error: Exception) -> None:
            messages.show_error(self._bar, error)
            then()

        self._lane.run(work, done=done, failed=failed)

    def forget(self, connection_id: str) -> None:
        """Delete the secret of a connection, and say so where that failed."""
        where = self._secrets.release(connection_id)
        self._read.discard(connection_id)
        self._unread.discard(connection_id)

        def work(_job: Job) -> str:
            self._secrets.remove(connection_id)  # what was being saved when it was released
            self._secrets.delete(connection_id, where)
            return self._secrets.notice(connection_id)

        def done(notice: str) -> None:
            if notice:
                messages.show(self._bar, messages.Message(tr("The secret is still there"), notice))

        self._lane.run(work, done=done, failed=lambda error: messages.show_error(self._bar, error))

    def show_places(
        self, box: SecretStoreBox, connection: Connection | None = None, *, notice: bool = False
    ) -> None:
        """Name the places for secrets, and choose the one that is in use."""
        where = self._secrets.where(connection.id) if connection else None
        if where:
            box.setCurrentIndex(box.findData(where))
        if connection is not None and notice:
            box.show_notice(self._secrets.notice(connection.id))

        def done(places: list[StoreInfo]) -> None:
            with suppress(RuntimeError):  # its dialog is closed
                box.show_available(places)

        self._workers.run(
            lambda _job: self._secrets.available(), done=done, key=("secrets", "places", id(box))
        )

    def stop(self) -> None:
        """Nobody is asked any more, and no worker waits for an answer."""
        self._waiting.clear()
        self._prompt.stop()
        self._secrets.set_ask(None)
        self._secrets.stop()
        self._lane.stop()

    def _tell_kept(self, wanted: str, kept: str, reasons: list[str]) -> None:
        """Say where a secret went, if that isn't where the user wanted it, and why."""
        reasons = [reason for reason in reasons if reason]
        if kept == wanted and not reasons:
            return
        level = Qgis.MessageLevel.Warning if reasons else Qgis.MessageLevel.Info
        text = " ".join([kept_text(kept), *reasons])
        messages.show_once(self._bar, messages.Message(tr("COG Browser"), text, level))
