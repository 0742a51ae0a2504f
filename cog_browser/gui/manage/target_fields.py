# SPDX-License-Identifier: GPL-2.0-or-later
"""Asks where objects are to go: connection, container and name."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QFormLayout, QLineEdit

from cog_browser.adapters.i18n import tr
from cog_browser.gui import messages
from cog_browser.gui.accounts.accounts import Accounts
from cog_browser.gui.accounts.form_fields import ChoiceEdit
from cog_browser.gui.manage.task_dialog import TaskDialog
from cog_browser.gui.manage.tasks import Tasks
from cog_browser.gui.text import one_line
from cog_browser.storage.errors import (
    AuthenticationError,
    CogBrowserError,
    PermissionDeniedError,
)
from cog_browser.storage.progress import Progress
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.transfers.copy_across import same_account


def names_of_containers(store: ObjectStore) -> tuple[str, ...]:
    """Those that objects are put into."""
    return tuple(c.name for c in store.list_containers() if not c.holds_parts)


class TargetFields(QObject):
    """Thread: main. Another connection is signed in to as soon as it is chosen."""

    changed = pyqtSignal()

    def __init__(
        self,
        dialog: TaskDialog,
        tasks: Tasks,
        accounts: Accounts,
        source: ObjectStore,
        container: str,
    ) -> None:
        super().__init__(dialog)
        self._dialog, self._tasks, self._accounts, self._source = dialog, tasks, accounts, source
        #: The store of the chosen connection; the source's until another is signed in.
        self.store = source
        self.is_same_account = source.connection.kind != "http"
        self._why_not = "" if self.is_same_account else tr("Choose a connection.")
        self.connection = QComboBox(dialog)
        self.connection.setAccessibleName(tr("Connection"))
        for known in accounts.connections():
            if known.kind != "http":  # which can only be read
                self.connection.addItem(one_line(known.name), known.id)
        self.connection.setCurrentIndex(self.connection.findData(source.connection.id))
        self.connection.currentIndexChanged.connect(lambda _index: self._on_connection())
        self.container = ChoiceEdit(dialog, tr("Container"))
        self.container.setText(container if self.is_same_account else "")
        self.name = QLineEdit(dialog)
        self.container.text_changed.connect(lambda _text: self.changed.emit())
        self.name.textChanged.connect(lambda _text: self.changed.emit())

    def lay_out(self, label: str, text: str, containers: Sequence[str]) -> QFormLayout:
        """The form; ``label`` and ``text`` are of the name."""
        if self.is_same_account:
            self.container.suggest((name, name) for name in containers)
        self.name.setAccessibleName(label)
        self.name.setText(text)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(tr("Connection"), self.connection)
        form.addRow(tr("Container"), self.container)
        form.addRow(label, self.name)
        return form

    @property
    def why_not(self) -> str:
        """Why the connection can't be used, or not yet; empty where it can."""
        return self._why_not

    def lock(self) -> None:
        for field in (self.connection, self.container, self.name):
            field.setEnabled(False)

    def _on_connection(self) -> None:
        wanted = self.connection.currentData()
        self._set_why_not(tr("Signing in, and looking for its containers…"))

        def signed_in(store: ObjectStore) -> None:
            if self._is_still(wanted):
                self._look(store)

        def declined() -> None:
            if self._is_still(wanted):
                self._set_why_not(tr("Sign in to this connection, or choose another one."))

        self._accounts.with_store(wanted, signed_in, declined)

    def _look(self, store: ObjectStore) -> None:
        """Find its containers, and whether it is the same account under another name."""
        source, wanted = self._source, store.connection.id

        def work(_progress: Progress) -> tuple[bool, tuple[str, ...], CogBrowserError | None]:
            is_same, names = False, ()
            try:
                is_same = same_account(source, store)
                names = names_of_containers(store)
            except PermissionDeniedError:  # to list them; the name can still be written
                return is_same, names, None
            except CogBrowserError as error:
                return is_same, names, error
            return is_same, names, None

        def found(result: tuple[bool, tuple[str, ...], CogBrowserError | None]) -> None:
            is_same, names, error = result
            if not self._is_still(wanted):
                return
            if isinstance(error, AuthenticationError):  # the next time another secret is asked for
                self._accounts.mark_rejected(wanted)
            self.store, self.is_same_account = store, is_same
            self.container.suggest((name, name) for name in names)
            if names and self.container.text() not in names:
                self.container.setText(names[0] if len(names) == 1 else "")
            self._set_why_not(messages.describe(error).full_text if error else "")

        self._tasks.run(self._dialog, work, found)

    def _is_still(self, connection_id: str) -> bool:
        return not sip.isdeleted(self) and self.connection.currentData() == connection_id

    def _set_why_not(self, text: str) -> None:
        self._why_not = text
        self.changed.emit()
