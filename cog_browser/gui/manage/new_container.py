# SPDX-License-Identifier: GPL-2.0-or-later
"""Asks for the name of a new container, makes it in a worker, and shows it."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial

from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QObject, Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.workers import Workers
from cog_browser.gui import messages
from cog_browser.gui.accounts.accounts import Accounts
from cog_browser.gui.accounts.form_fields import note_label
from cog_browser.gui.dock import CogBrowserDock
from cog_browser.gui.help import add_help
from cog_browser.gui.listings import Listings
from cog_browser.gui.manage.target_names import why_not_container
from cog_browser.gui.mnemonics import Mnemonics
from cog_browser.gui.place import Place
from cog_browser.gui.text import lines
from cog_browser.storage.models import Container
from cog_browser.storage.store import ObjectStore

_WIDTH = 400  # pixels


class NewContainerDialog(QDialog):
    """Says while one types what is wrong with the name. Does nothing by itself."""

    submitted = pyqtSignal(str)

    def __init__(self, kind: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("CogBrowserContainerDialog")
        self.setWindowTitle(tr("New container"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._kind = kind
        label = QLabel(tr("Name of the new container:"), self)
        self.name, self.trouble = QLineEdit(self), note_label(self)
        self.name.setAccessibleName(tr("Name of the new container"))
        label.setBuddy(self.name)
        self.trouble.setMinimumHeight(2 * self.fontMetrics().lineSpacing())  # it doesn't jump
        choices = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(choices.Ok | choices.Cancel, self)
        self.ok_button = buttons.button(choices.Ok)
        add_help(buttons)
        buttons.accepted.connect(self._submit)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for part in (label, self.name, self.trouble):
            layout.addWidget(part)
        layout.addStretch()
        layout.addWidget(buttons)
        Mnemonics(self)
        self.resize(_WIDTH, 0)
        self.name.textChanged.connect(lambda _text: self._judge())
        self._judge()

    def _judge(self) -> None:
        why_not = why_not_container(self.name.text().strip(), self._kind)
        self.trouble.setText(lines(why_not))
        self.trouble.setAccessibleName(why_not)
        self.ok_button.setEnabled(not why_not)

    def _submit(self) -> None:
        self.submitted.emit(self.name.text().strip())
        self.accept()


class NewContainers(QObject):
    """Thread: main."""

    def __init__(
        self,
        dock: CogBrowserDock,
        accounts: Accounts,
        listings: Listings,
        workers: Workers,
        bar: QgsMessageBar,
    ) -> None:
        super().__init__(dock)
        self._dock, self._tree = dock, dock.tree_model
        self._accounts, self._listings = accounts, listings
        self._workers, self._bar = workers, bar
        self._keys: set[Hashable] = set()  # of containers being created
        dock.new_container_requested.connect(self.ask)

    def ask(self, connection_id: str) -> None:
        connection = self._tree.connection(connection_id)
        dialog = NewContainerDialog(connection.kind if connection else "", self._dock)
        dialog.submitted.connect(partial(self.create, connection_id))
        dialog.open()

    def create(self, connection_id: str, name: str) -> None:
        """Create a container in a worker, then show it."""

        def done(container: Container) -> None:
            place = Place(connection_id, container.name)
            self._tree.begin(Place(connection_id))
            self._tree.append(Place(connection_id), [container.name])
            self._dock.expand(Place(connection_id))
            self._dock.select(place)
            self._listings.list_folders(Place(connection_id))

        def start(store: ObjectStore) -> None:
            key = ("create", connection_id, name)
            self._keys.add(key)
            self._workers.run(
                lambda _job: store.create_container(name),
                done=done,
                failed=partial(messages.show_error, self._bar),
                key=key,
            )

        self._accounts.with_store(connection_id, start)

    def stop(self) -> None:
        for key in self._keys:
            self._workers.cancel(key)
