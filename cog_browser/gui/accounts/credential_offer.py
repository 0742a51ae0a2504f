# SPDX-License-Identifier: GPL-2.0-or-later
"""Offers an application credential where a sign-in can't be renewed, and makes it if wanted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from qgis.core import Qgis
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QDialog, QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.network_settings import http_settings
from cog_browser.adapters.secret_store import StoreInfo
from cog_browser.adapters.sessions import Sessions
from cog_browser.adapters.workers import Job, Workers
from cog_browser.gui import messages
from cog_browser.gui.accounts.credential_dialog import CredentialDialog, date_after
from cog_browser.gui.accounts.secret_keeper import SecretKeeper
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import CogBrowserError, ConfigurationError
from cog_browser.storage.sign_in.application_credentials import (
    TokenRights,
    create_application_credential,
    rights_of,
)
from cog_browser.storage.swift.store import SwiftStore


def store_that_ends(sessions: Sessions, connection: Connection) -> SwiftStore | None:
    """The signed-in store that a credential can be made with, if there is one. Sends nothing."""
    if not sessions.is_signed_in(connection.id) or connection.auth_mode == "token":
        return None  # a ready token comes without Keystone's address
    try:
        store = sessions.store(connection)
    except ConfigurationError:  # it was edited since
        return None
    return store if isinstance(store, SwiftStore) and not store.renews else None


class CredentialOffer(QObject):
    """Thread: main. Nothing is made unless the user has agreed to it in the dialog."""

    made = pyqtSignal(str)  # the id of a connection that signs in with its own credential now

    def __init__(
        self,
        sessions: Sessions,
        workers: Workers,
        bar: QgsMessageBar,
        keeper: SecretKeeper,
        open_dialog: Callable[[QDialog], None],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._sessions, self._workers, self._bar = sessions, workers, bar
        self._keeper, self._open_dialog, self._window = keeper, open_dialog, window
        self._offered: dict[str, QWidget] = {}
        self._busy: set[str] = set()  # asked, or being made
        self._keys: set[tuple[str, str]] = set()

    def is_possible(self, connection: Connection) -> bool:
        return store_that_ends(self._sessions, connection) is not None

    def offer(self, connection_id: str) -> None:
        """Say once a session that there is a way to stay signed in."""
        if connection_id in self._offered:
            return
        try:
            connection = self._sessions.repository.find(connection_id)
        except ConfigurationError:
            return
        if not self.is_possible(connection):
            return
        text = tr("The sign-in to “{name}” can't be renewed without you.")
        self._offered[connection_id] = messages.show_choice(
            self._bar,
            text.format(name=connection.name),
            Qgis.MessageLevel.Info,
            [self.button(connection_id)],
        )

    def button(self, connection_id: str) -> tuple[str, Callable[[], None]]:
        """The label and deed of a button that begins."""
        return tr("Stay signed in…"), lambda: self.begin(connection_id)

    def withdraw(self, connection_id: str) -> None:
        """Take the message away; it does not come back."""
        messages.take_away(self._bar, self._offered.get(connection_id))

    def begin(self, connection_id: str) -> None:
        """Find out what a credential could do, then ask for the user's consent."""
        if connection_id in self._busy:
            return
        try:
            connection = self._sessions.repository.find(connection_id)
            store = store_that_ends(self._sessions, connection)
            if store is None:
                raise ConfigurationError(
                    tr("Sign in to “{name}” first.").format(name=connection.name)
                )
        except ConfigurationError as error:
            messages.show_error(self._bar, error)
            return
        settings, secrets = http_settings(), self._sessions.secrets

        def work(_job: Job) -> tuple[TokenRights, list[StoreInfo]]:
            return rights_of(connection, store.token(), settings), secrets.available()

        self._run(connection, "rights", work, partial(self._ask, connection, store))

    def stop(self) -> None:
        for key in self._keys:
            self._workers.cancel(key)
        for item in self._offered.values():
            messages.take_away(self._bar, item)

    def _ask(
        self,
        connection: Connection,
        store: SwiftStore,
        found: tuple[TokenRights, list[StoreInfo]],
    ) -> None:
        rights, places = found
        self.withdraw(connection.id)
        dialog = CredentialDialog(connection, rights, self._window)
        dialog.show_places(places, self._sessions.secrets.where(connection.id))
        dialog.rejected.connect(lambda: self._busy.discard(connection.id))
        dialog.submitted.connect(partial(self._on_agreed, connection, store))
        self._open_dialog(dialog)

    def _on_agreed(
        self, connection: Connection, store: SwiftStore, name: str, days: int, where: str
    ) -> None:
        self._busy.discard(connection.id)
        # the place first: nothing is made whose secret can't be kept
        self._keeper.open(where, lambda: self._make(connection, store, name, days, where))

    def _make(
        self, connection: Connection, store: SwiftStore, name: str, days: int, where: str
    ) -> None:
        settings = http_settings()

        def work(_job: Job) -> tuple[Connection, Credentials]:
            made = create_application_credential(
                connection, store.token(), name, days=days, settings=settings
            )
            trial = SwiftStore(*made, settings)
            try:
                trial.token()
            except CogBrowserError as error:
                raise ConfigurationError(
                    tr(
                        "The application credential “{name}” was made, but it does not work: "
                        "{reason} Delete it at your provider."
                    ).format(name=name, reason=error)
                ) from None
            finally:
                trial.close()
            return made

        self._run(connection, "make", work, partial(self._on_made, connection, days, where))

    def _on_made(
        self, before: Connection, days: int, where: str, made: tuple[Connection, Credentials]
    ) -> None:
        connection, credentials = made
        self._busy.discard(connection.id)
        if before not in self._sessions.repository.all() or not self.is_possible(before):
            text = tr(
                "“{name}” was changed meanwhile. The new application credential “{credential}” is "
                "not used; delete it at your provider."
            ).format(name=before.name, credential=connection.application_credential_name)
            messages.show(self._bar, messages.Message(_unchanged(), text))
            return
        self._keeper.keep(connection, credentials, where)
        self._sessions.repository.save(connection)
        store = self._sessions.store(connection, credentials)
        self._run(connection, "adopt", lambda _job: self._sessions.remember_root(store), None)
        self.made.emit(connection.id)
        text = tr("“{name}” signs in by itself now, until {date}.")
        messages.show_note(self._bar, text.format(name=connection.name, date=date_after(days)))

    def _run(
        self,
        connection: Connection,
        what: str,
        work: Callable[[Job], object],
        done: Callable[..., None] | None,
    ) -> None:
        def failed(error: Exception) -> None:
            self._busy.discard(connection.id)
            told = messages.describe(error)
            messages.show(self._bar, messages.Message(_unchanged(), told.text, told.level))

        key = (f"credential {what}", connection.id)
        self._keys.add(key)
        if done is not None:
            self._busy.add(connection.id)
        self._workers.run(work, done=done, failed=failed, key=key)


def _unchanged() -> str:
    return tr("The connection stays as it is")
