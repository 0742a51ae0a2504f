# SPDX-License-Identifier: GPL-2.0-or-later
"""Connections and their secrets as the user handles them: the dialogs, and who is signed in."""

from __future__ import annotations

from collections.abc import Callable

from qgis.core import Qgis, QgsProject
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QObject, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QDialog, QMessageBox, QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.layers import CONNECTION_PROPERTY
from cog_browser.adapters.sessions import Sessions
from cog_browser.adapters.workers import Workers
from cog_browser.gui import messages
from cog_browser.gui.accounts.accounts_dialog import AccountsDialog
from cog_browser.gui.accounts.connection_dialog import ConnectionDialog
from cog_browser.gui.accounts.connection_export import ConnectionExport
from cog_browser.gui.accounts.connection_work import ConnectionWork
from cog_browser.gui.accounts.credential_offer import CredentialOffer
from cog_browser.gui.accounts.expiry import ExpiryWatch
from cog_browser.gui.accounts.import_dialog import ImportDialog
from cog_browser.gui.accounts.secret_keeper import SecretKeeper
from cog_browser.gui.accounts.sign_in_dialog import SignInDialog
from cog_browser.gui.accounts.sign_in_modes import MODES, is_enough
from cog_browser.gui.layers.meters import LayerMeters
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.store import ObjectStore

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
        self._waiting: dict[str, list[_Wish]] = {}
        self._dialogs: set[QDialog] = set()
        self._chosen: dict[str, str] = {}  # connection id → where its secret is to be kept
        self.meters: LayerMeters | None = None  # what open layers have cost, where that is known
        self.secrets = SecretKeeper(sessions, workers, message_bar, window, self)
        self.credentials = CredentialOffer(
            sessions, workers, message_bar, self.secrets, self._open, window
        )
        self.credentials.made.connect(self._on_credential_made)
        self.exports = ConnectionExport(workers, message_bar, self._open, window)
        self.watch = ExpiryWatch(sessions, message_bar, self.sign_in, self.credentials, self)

    def with_store(
        self,
        connection_id: str,
        then: Callable[[ObjectStore], None],
        otherwise: Callable[[], None] = lambda: None,
    ) -> None:
        """Go on with the store; where a secret is missing or was refused, ask for it first."""
        self.secrets.prepare(connection_id, lambda: self._go_on(connection_id, then, otherwise))

    def connections(self) -> list[Connection]:
        """The saved ones."""
        return self._sessions.repository.all()

    def mark_rejected(self, connection_id: str) -> None:
        """The secret was refused: the next action asks for another."""
        self._rejected.add(connection_id)

    def is_rejected(self, connection_id: str) -> bool:
        """Whether the secret was refused: trying again may lock the account."""
        return connection_id in self._rejected

    def mark_accepted(self, connection_id: str) -> None:
        """The store has answered: where the sign-in will end, there is a way to make it last."""
        self._rejected.discard(connection_id)
        self.credentials.offer(connection_id)

    def sign_in(self, connection_id: str) -> None:
        """Ask for the secret, whether or not one is known."""
        try:
            connection = self._sessions.repository.find(connection_id)
        except ConfigurationError as error:
            messages.show_error(self._bar, error)
            return
        if not MODES[connection.auth_mode].secrets:
            self._rejected.discard(connection_id)
            self.connection_saved.emit(connection_id)
            return
        done, declined = lambda _store: self.connection_saved.emit(connection_id), lambda: None
        self.secrets.prepare(connection_id, lambda: self._ask(connection, done, declined))

    def sign_out(self, connection_id: str) -> None:
        """Forget the token and the secret. Layers that are open read on."""
        self._sessions.sign_out(connection_id)
        self.secrets.forget(connection_id)
        self.watch.forget(connection_id)
        self.credentials.withdraw(connection_id)
        self.signed_out.emit(connection_id)
        self._say_what_reads_on(connection_id)

    def _say_what_reads_on(self, connection_id: str) -> None:
        layers = QgsProject.instance().mapLayers().values()
        count = sum(x.customProperty(CONNECTION_PROPERTY) == connection_id for x in layers)
        if count:
            text = tr("Open layers of this account go on reading until you remove them: {count}.")
            said = text.format(count=count)
            messages.show(
                self._bar, messages.Message(tr("Signed out"), said, Qgis.MessageLevel.Info)
            )

    def add(self) -> None:
        self._open_connection_dialog(None)

    def set_up(
        self,
        draft: Connection | None,
        credentials: Credentials | None = None,
        then: Callable[[str], None] = lambda _connection_id: None,
    ) -> None:
        """As `add`, with what is known already; ``then`` gets the id of what was saved."""
        dialog = self._open_connection_dialog(None)
        if draft is not None:
            dialog.show_draft(draft, credentials)
        dialog.submitted.connect(lambda connection, *_: self._go_on_if_saved(connection, then))

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

    def import_connections(self) -> None:
        """Offer the accounts that other tools know."""
        dialog = ImportDialog(
            self._workers,
            taken_names=[c.name for c in self._sessions.repository.all()],
            parent=self._window,
        )
        self.secrets.show_places(dialog.secret_store)
        dialog.submitted.connect(self._on_imported)
        self._open(dialog)

    def export(self, connection_id: str, form: str) -> None:
        """Ask where to write a connection, without its secrets: “openrc.sh” or “clouds.yaml”."""
        try:
            self.exports.ask(self._sessions.repository.find(connection_id), form)
        except ConfigurationError as error:
            messages.show_error(self._bar, error)

    def show_overview(self) -> None:
        """Open the list of who is signed in where, or bring it to the front."""
        for dialog in self._dialogs:
            if isinstance(dialog, AccountsDialog):
                dialog.raise_()
                dialog.activateWindow()
                return
        dialog = AccountsDialog(self._sessions, self._window, self.meters)
        dialog.sign_in_requested.connect(self.sign_in)
        dialog.sign_out_requested.connect(self.sign_out)
        dialog.edit_requested.connect(self.edit)
        dialog.move_requested.connect(self._on_move_requested)
        dialog.credential_requested.connect(self.credentials.begin)
        dialog.add_requested.connect(self.add)
        dialog.import_requested.connect(self.import_connections)
        self._open(dialog, is_modal=False)

    def stop(self) -> None:
        self.watch.stop()
        self.credentials.stop()
        self.secrets.stop()
        self.exports.stop()
        self._waiting.clear()
        for dialog in list(self._dialogs):
            dialog.reject()

    def _go_on(
        self,
        connection_id: str,
        then: Callable[[ObjectStore], None],
        otherwise: Callable[[], None],
    ) -> None:
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

    def _known_store(self, connection: Connection) -> ObjectStore | None:
        if connection.id in self._rejected and MODES[connection.auth_mode].secrets:
            return None
        if self._sessions.is_signed_in(connection.id):
            try:
                return self._sessions.store(connection)
            except ConfigurationError:  # it was edited since: the store has to be opened anew
                pass
        credentials = self.secrets.find(connection)
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
        refused = tr("The last secret was refused.")
        reason = refused if was_refused else self.secrets.why_missing(connection.id)
        known = None if was_refused else self.secrets.find_any(connection)
        if is_enough(connection, known):
            known = None  # the user wants another one
        dialog = SignInDialog(connection, reason=reason, known=known, parent=self._window)
        self.secrets.show_places(dialog.secret_store, connection)
        dialog.choose_place(self._chosen.get(connection.id, "") if was_refused else "")
        dialog.edit_requested.connect(lambda: self.edit(connection.id))
        dialog.submitted.connect(
            lambda credentials, where: self._on_secret(connection, credentials, where)
        )
        dialog.rejected.connect(lambda: self._on_declined(connection.id))
        self._open(dialog)

    def _on_secret(self, connection: Connection, credentials: Credentials, where: str) -> None:
        waiting = self._waiting.pop(connection.id, [])
        self._sessions.sign_out(connection.id)  # a store never sends a refused secret again
        self._rejected.discard(connection.id)
        self.watch.forget(connection.id)
        self._chosen[connection.id] = where
        self.secrets.keep(connection, credentials, where)
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
        self.secrets.ask_again(connection_id)
        for _, otherwise in self._waiting.pop(connection_id, []):
            otherwise()

    def _go_on_if_saved(self, connection: Connection, then: Callable[[str], None]) -> None:
        if connection in self._sessions.repository.all():
            then(connection.id)

    def _open_connection_dialog(self, connection: Connection | None) -> ConnectionDialog:
        dialog = ConnectionDialog(
            connection,
            taken_names=[c.name for c in self._sessions.repository.all()],
            work=ConnectionWork(self._sessions, self._workers, self),
            parent=self._window,
        )
        self.secrets.show_places(dialog.form.secret_store, connection, notice=True)
        dialog.submitted.connect(self._on_submitted)
        self._open(dialog)
        return dialog

    def _on_submitted(
        self, connection: Connection, credentials: Credentials | None, where: str
    ) -> None:
        try:
            self._sessions.repository.save(connection)
        except ConfigurationError as error:
            messages.show_error(self._bar, error)
            return
        if credentials is None:
            self.secrets.move(connection, where, lambda: None)
        else:
            self._sessions.sign_out(connection.id)
            self._rejected.discard(connection.id)
            self._take_over(connection, credentials, where)
        self.connection_saved.emit(connection.id)

    def _on_credential_made(self, connection_id: str) -> None:
        self._rejected.discard(connection_id)
        self.watch.forget(connection_id)

    def _forget(self, connection_id: str) -> None:
        self.sign_out(connection_id)
        self._rejected.discard(connection_id)
        self._sessions.repository.remove(connection_id)

    def _take_over(self, connection: Connection, credentials: Credentials, where: str) -> None:
        if not credentials:
            self.secrets.forget(connection.id)
            return
        self._chosen[connection.id] = where
        self.secrets.keep(connection, credentials, where)
        if credentials.passcode:  # good now, not when the secret store is asked
            self._sessions.store(connection, credentials)

    def _on_imported(self, pairs: list[tuple[Connection, Credentials]], where: str) -> None:
        saved = 0
        for connection, credentials in pairs:
            try:
                self._sessions.repository.save(connection)
            except ConfigurationError as error:
                messages.show_error(self._bar, error)
                continue
            saved += 1
            if credentials:
                self.secrets.keep(connection, credentials, where)
        messages.show_note(
            self._bar,
            tr("1 connection was imported.")
            if saved == 1
            else tr("{count} connections were imported.").format(count=saved),
        )

    def _on_move_requested(self, connection_id: str, where: str) -> None:
        def refresh() -> None:
            for dialog in self._dialogs:
                if isinstance(dialog, AccountsDialog):
                    dialog.refresh()

        try:
            self.secrets.move(self._sessions.repository.find(connection_id), where, refresh)
        except ConfigurationError as error:
            messages.show_error(self._bar, error)

    def _open(self, dialog: QDialog, *, is_modal: bool = True) -> None:
        self._dialogs.add(dialog)

        def forget(_result: int) -> None:
            self._dialogs.discard(dialog)
            dialog.deleteLater()

        dialog.finished.connect(forget)
        if is_modal:
            dialog.open()
        else:
            dialog.show()
