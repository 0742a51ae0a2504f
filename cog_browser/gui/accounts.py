# SPDX-License-Identifier: GPL-2.0-or-later
"""Connections and their secrets as the user handles them: the dialogs, and who is signed in."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path

from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QObject, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QDialog, QMessageBox, QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.network_settings import http_settings
from cog_browser.adapters.sessions import Sessions
from cog_browser.adapters.workers import Job, Workers
from cog_browser.gui import messages
from cog_browser.gui.connection_dialog import ConnectionDialog
from cog_browser.gui.secret_fields import kept_text
from cog_browser.gui.sign_in_dialog import SignInDialog
from cog_browser.gui.text import containers_text
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import CogBrowserError, ConfigurationError
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.stores import open_store

_TEST_KEY = ("accounts", "test")
_READ_KEY = ("accounts", "read")
_MAX_OPENRC = 1 << 20
_CONTAINERS_TO_COUNT = 1000


#: What to do once there is a store, and what if the user declines to sign in.
_Wish = tuple[Callable[[ObjectStore], None], Callable[[], None]]


class Accounts(QObject):
    """Thread: main. Dialogs open without blocking; `stop` closes them."""

    connection_saved = pyqtSignal(str)
    signed_out = pyqtSignal(str)

    def __init__(
        self,
        sessions: Sessions,
        workers: Workers,
        message_bar: QgsMessageBar,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._sessions, self._workers, self._bar = sessions, workers, message_bar
        self._window = window
        self._rejected: set[str] = set()
        self._waiting: dict[
            str, list[tuple[Callable[[ObjectStore], None], Callable[[], None]]]
        ] = {}
        self._dialogs: set[QDialog] = set()

    def with_store(
        self,
        connection_id: str,
        then: Callable[[ObjectStore], None],
        otherwise: Callable[[], None] = lambda: None,
    ) -> None:
        """Go on with the store; where a secret is missing or was refused, ask for it first."""
        try:
            connection = self._sessions.repository.find(connection_id)
            store = self._known_store(connection)
        except ConfigurationError as error:
            messages.show_error(self._bar, error)
            otherwise()
            return
        if store is not None:
            then(store)
        else:
            self._ask(connection, then, otherwise)

    def mark_rejected(self, connection_id: str) -> None:
        """The secret was refused: the next action asks for another."""
        self._rejected.add(connection_id)

    def mark_accepted(self, connection_id: str) -> None:
        self._rejected.discard(connection_id)

    def sign_in(self, connection_id: str) -> None:
        """Ask for the secret, whether or not one is known."""
        try:
            connection = self._sessions.repository.find(connection_id)
        except ConfigurationError as error:
            messages.show_error(self._bar, error)
            return
        self._ask(
            connection, lambda _store: self.connection_saved.emit(connection_id), lambda: None
        )

    def sign_out(self, connection_id: str) -> None:
        """Forget the token and the secret. Layers that are open read on."""
        self._sessions.sign_out(connection_id)
        self._sessions.secrets.remove(connection_id)
        self.signed_out.emit(connection_id)

    def add(self) -> None:
        self._open_connection_dialog(None)

    def edit(self, connection_id: str) -> None:
        try:
            self._open_connection_dialog(self._sessions.repository.find(connection_id))
        except ConfigurationError as error:
            messages.show_error(self._bar, error)

    def remove(self, connection_id: str) -> None:
        """Ask, then forget the connection. Nothing in the store is touched."""
        try:
            connection = self._sessions.repository.find(connection_id)
        except ConfigurationError:
            return
        box = QMessageBox(self._window)
        box.setObjectName("CogBrowserRemoveDialog")
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(tr("Remove connection"))
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(
            tr(
                "Remove the connection “{name}” and its saved secret? Nothing in the object store "
                "is changed."
            ).format(name=connection.name)
        )
        button = box.addButton(tr("Remove"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        button.clicked.connect(lambda _checked=False: self._forget(connection_id))
        self._open(box)

    def stop(self) -> None:
        self._workers.cancel(_TEST_KEY)
        self._workers.cancel(_READ_KEY)
        self._waiting.clear()
        for dialog in list(self._dialogs):
            dialog.reject()

    def _known_store(self, connection: Connection) -> ObjectStore | None:
        if connection.id in self._rejected:
            return None
        credentials = None
        if not self._sessions.is_signed_in(connection.id):
            credentials = self._sessions.find_credentials(connection)
            if credentials is None:
                return None
        try:
            return self._sessions.store(connection, credentials)
        except ConfigurationError:
            if credentials is not None:
                raise
        # It was edited since: the store has to be opened anew.
        credentials = self._sessions.find_credentials(connection)
        return None if credentials is None else self._sessions.store(connection, credentials)

    def _ask(
        self,
        connection: Connection,
        then: Callable[[ObjectStore], None],
        otherwise: Callable[[], None],
    ) -> None:
        is_open = connection.id in self._waiting
        self._waiting.setdefault(connection.id, []).append((then, otherwise))
        if is_open:
            return
        was_refused = connection.id in self._rejected
        reason = tr("The last secret was refused.") if was_refused else ""
        dialog = SignInDialog(connection, reason=reason, parent=self._window)
        dialog.submitted.connect(
            lambda credentials, where: self._on_secret(connection, credentials, where)
        )
        dialog.rejected.connect(lambda: self._on_declined(connection.id))
        self._open(dialog)

    def _on_secret(self, connection: Connection, credentials: Credentials, where: str) -> None:
        waiting = self._waiting.pop(connection.id, [])
        self._sessions.sign_out(connection.id)  # a store never sends a refused secret again
        self._rejected.discard(connection.id)
        self._keep(connection, credentials, where)
        try:
            store = self._sessions.store(connection, credentials)
        except ConfigurationError as error:
            messages.show_error(self._bar, error)
            for _, otherwise in waiting:
                otherwise()
            return
        for then, _ in waiting:
            then(store)

    def _on_declined(self, connection_id: str) -> None:
        for _, otherwise in self._waiting.pop(connection_id, []):
            otherwise()

    def _keep(self, connection: Connection, credentials: Credentials, where: str) -> None:
        try:
            kept = self._sessions.secrets.save(connection.id, credentials, where)
        except ConfigurationError as error:
            messages.show_error(self._bar, error)
            kept = self._sessions.secrets.save(connection.id, credentials, "session")
        if kept != where:
            messages.show_note(self._bar, kept_text(kept))

    def _open_connection_dialog(self, connection: Connection | None) -> None:
        dialog = ConnectionDialog(
            connection,
            taken_names=[c.name for c in self._sessions.repository.all()],
            tester=self._test,
            reader=self._read,
            parent=self._window,
        )
        dialog.submitted.connect(self._on_submitted)
        self._open(dialog)

    def _on_submitted(
        self, connection: Connection, credentials: Credentials | None, where: str
    ) -> None:
        try:
            self._sessions.repository.save(connection)
        except ConfigurationError as error:
            messages.show_error(self._bar, error)
            return
        if credentials is not None:
            self._sessions.sign_out(connection.id)
            self._rejected.discard(connection.id)
            self._keep(connection, credentials, where)
        self.connection_saved.emit(connection.id)

    def _forget(self, connection_id: str) -> None:
        self.sign_out(connection_id)
        self._rejected.discard(connection_id)
        self._sessions.repository.remove(connection_id)

    def _test(
        self,
        connection: Connection,
        credentials: Credentials | None,
        answer: Callable[[str, bool], None],
    ) -> None:
        known = credentials or self._sessions.find_credentials(connection)
        if known is None:
            answer(tr("No secret is saved; fill it in."), False)
            return
        settings = http_settings()

        def work(_job: Job) -> int:
            store = open_store(connection, known, settings)
            try:
                return sum(1 for _ in islice(store.list_containers(), _CONTAINERS_TO_COUNT))
            finally:
                store.close()

        def done(count: int) -> None:
            more = "+" if count == _CONTAINERS_TO_COUNT else ""
            answer(tr("It works: {what}.").format(what=containers_text(count) + more), True)

        self._workers.run(
            work,
            done=done,
            failed=lambda error: answer(messages.describe(error).full_text, False),
            key=_TEST_KEY,
        )

    def _read(self, path: Path, done: Callable[[str], None], failed: Callable[[str], None]) -> None:
        def work(_job: Job) -> str:
            try:
                with path.open(encoding="utf-8-sig") as file:
                    text = file.read(_MAX_OPENRC + 1)
            except (OSError, UnicodeDecodeError) as error:
                raise CogBrowserError(f"{path} can't be read: {error}") from error
            if len(text) > _MAX_OPENRC:
                raise CogBrowserError(f"{path} is too large to be an openrc file.")
            return text

        self._workers.run(
            work,
            done=done,
            failed=lambda error: failed(messages.describe(error).full_text),
            key=_READ_KEY,
        )

    def _open(self, dialog: QDialog) -> None:
        self._dialogs.add(dialog)

        def forget(_result: int) -> None:
            self._dialogs.discard(dialog)
            dialog.deleteLater()

        dialog.finished.connect(forget)
        dialog.open()
