# SPDX-License-Identifier: GPL-2.0-or-later
"""Who is signed in where, until when, and where the secrets are kept."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from qgis.PyQt.QtCore import Qt, QTimer, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QMenu,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.secret_store import store_label
from cog_browser.adapters.sessions import Sessions
from cog_browser.gui.accounts.credential_offer import store_that_ends
from cog_browser.gui.accounts.expiry import SignedIn, signed_in
from cog_browser.gui.accounts.form_fields import note_label
from cog_browser.gui.accounts.sign_in_modes import MODES
from cog_browser.gui.help import add_help
from cog_browser.gui.icons import row_icon
from cog_browser.gui.layers.meters import LayerMeters
from cog_browser.gui.layers.texts import meter_text
from cog_browser.gui.text import account_text, one_line, time_text, tool_tip
from cog_browser.gui.window_size import resize_on_screen
from cog_browser.storage.connection import Connection

_REFRESH_EVERY = 5000  # milliseconds
_NAME, _STATE, _ACCOUNT, _SECRET, _LAYERS = range(5)


class AccountsDialog(QDialog):
    """A live list of the connections. It emits intentions; `Accounts` acts on them."""

    sign_in_requested = pyqtSignal(str)
    sign_out_requested = pyqtSignal(str)
    edit_requested = pyqtSignal(str)
    move_requested = pyqtSignal(str, str)  # connection id, where to
    credential_requested = pyqtSignal(str)
    add_requested = pyqtSignal()
    import_requested = pyqtSignal()

    def __init__(
        self,
        sessions: Sessions,
        parent: QWidget | None = None,
        meters: LayerMeters | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("CogBrowserAccountsDialog")
        self.setWindowTitle(tr("Accounts"))
        self._sessions, self._meters = sessions, meters
        self.table, self.note = QTreeWidget(self), note_label(self)
        self.sign_in_button = self._button(tr("Sign in…"), self.sign_in_requested.emit)
        self.sign_out_button = self._button(tr("Sign out"), self.sign_out_requested.emit)
        self.edit_button = self._button(tr("Edit…"), self.edit_requested.emit)
        self.credential_button = self._button(
            tr("Application credential…"), self.credential_requested.emit
        )
        self.credential_button.setToolTip(
            tool_tip(tr("For a sign-in that can't be renewed without you: one that can."))
        )
        self.move_button = QPushButton(tr("Keep the secret"), self)
        self.move_menu = QMenu(self.move_button)
        self.move_menu.aboutToShow.connect(self._fill_move_menu)
        self.move_button.setMenu(self.move_menu)
        self.add_button, self.import_button = (
            QPushButton(tr("New connection…"), self),
            QPushButton(tr("Import…"), self),
        )
        self.add_button.clicked.connect(lambda _checked=False: self.add_requested.emit())
        self.import_button.clicked.connect(lambda _checked=False: self.import_requested.emit())
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setInterval(_REFRESH_EVERY)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.refresh)
        sessions.repository.changed.connect(self.refresh)
        sessions.signed_in.connect(self.refresh_later)
        sessions.signed_out.connect(self.refresh_later)
        if meters is not None:
            self._timer.timeout.connect(meters.refresh)
            meters.changed.connect(self.refresh_later)
            meters.refresh()
        self.table.itemSelectionChanged.connect(self._update_buttons)
        self.table.itemDoubleClicked.connect(
            lambda _item, _column: self.edit_requested.emit(self.selected_id())
        )
        self.refresh()

    def refresh(self, *_: object) -> None:
        """Show how things are now; the selection stays."""
        selected = self.selected_id()
        self.table.blockSignals(True)
        self.table.clear()
        for connection in self._sessions.repository.all():
            item = self._item(connection)
            self.table.addTopLevelItem(item)
            if connection.id == selected:
                self.table.setCurrentItem(item)
        if self.table.currentItem() is None and self.table.topLevelItemCount():
            self.table.setCurrentItem(self.table.topLevelItem(0))
        self.table.blockSignals(False)
        self._update_buttons()

    def refresh_later(self, *_: object) -> None:
        """As `refresh`, once what has changed is all done."""
        self._soon.start(0)

    def done(self, result: int) -> None:
        super().done(result)
        self._timer.stop()
        self._soon.stop()
        if self._meters is not None:
            self._meters.changed.disconnect(self.refresh_later)
            self._meters = None

    def selected_id(self) -> str:
        """The id of the selected connection, or empty."""
        item = self.table.currentItem()
        return item.data(_NAME, Qt.ItemDataRole.UserRole) if item is not None else ""

    def row(self, name: str) -> list[str]:
        """The texts of a connection's row."""
        item = self.table.findItems(name, Qt.MatchFlag.MatchExactly, _NAME)[0]
        return [item.text(column) for column in range(self.table.columnCount())]

    def _item(self, connection: Connection) -> QTreeWidgetItem:
        state = signed_in(self._sessions, connection)
        where = self._sessions.secrets.where(connection.id)
        if not MODES[connection.auth_mode].secrets:
            kept = tr("none needed")
        else:
            kept = store_label(where) if where else tr("not kept")
        account = account_text(connection)
        meter = self._meters.of_connection(connection.id) if self._meters is not None else None
        read = meter_text(meter) if meter is not None else "–"
        texts = (connection.name, _state_text(connection, state), account, kept, read)
        item = QTreeWidgetItem([one_line(text) for text in texts])
        item.setData(_NAME, Qt.ItemDataRole.UserRole, connection.id)
        item.setIcon(_NAME, row_icon("connection" if state else "connection-offline"))
        item.setToolTip(_ACCOUNT, tool_tip(account))
        notice = self._sessions.secrets.notice(connection.id)
        item.setToolTip(_SECRET, tool_tip(notice or kept))
        item.setToolTip(_LAYERS, tool_tip(read))
        return item

    def _selected(self) -> Connection | None:
        selected = self.selected_id()
        found = (c for c in self._sessions.repository.all() if c.id == selected)
        return next(found, None)

    def _update_buttons(self) -> None:
        connection = self._selected()
        needs_secret = connection is not None and bool(MODES[connection.auth_mode].secrets)
        where = self._sessions.secrets.where(connection.id) if connection else None
        is_in = connection is not None and signed_in(self._sessions, connection) is not None
        self.sign_in_button.setEnabled(needs_secret)
        self.sign_out_button.setEnabled(is_in or (needs_secret and where is not None))
        ends = connection is not None and store_that_ends(self._sessions, connection) is not None
        self.credential_button.setEnabled(ends)
        self.edit_button.setEnabled(connection is not None)
        self.move_button.setEnabled(needs_secret and where is not None)
        notice = self._sessions.secrets.notice(connection.id) if connection else ""
        if connection is None and not self.table.topLevelItemCount():
            notice = tr("There is no connection yet.")
        self.note.setText(notice)
        self.note.setVisible(bool(notice))

    def _fill_move_menu(self) -> None:
        self.move_menu.clear()
        connection = self._selected()
        if connection is None:
            return
        now = self._sessions.secrets.where(connection.id)
        for place in self._sessions.secrets.available():
            action = self.move_menu.addAction(place.label)
            action.setCheckable(True)
            action.setChecked(place.name == now)
            action.setEnabled(place.usable and place.name != now)
            action.setToolTip(tr("It is kept there.") if place.name == now else place.why_not)
            action.triggered.connect(
                lambda _checked=False, name=place.name: self.move_requested.emit(
                    connection.id, name
                )
            )
        self.move_menu.setToolTipsVisible(True)

    def _button(self, text: str, emit: Callable[[str], None]) -> QPushButton:
        button = QPushButton(text, self)
        button.clicked.connect(lambda _checked=False: emit(self.selected_id()))
        return button

    def _lay_out(self) -> None:
        table = self.table
        table.setAccessibleName(tr("Accounts"))
        table.setHeaderLabels(
            [tr("Connection"), tr("Signed in"), tr("Account"), tr("Secret"), tr("Read by layers")]
        )
        table.setRootIsDecorated(False)
        table.setUniformRowHeights(True)
        table.setAllColumnsShowFocus(True)
        table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = table.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_ACCOUNT, QHeaderView.ResizeMode.Stretch)
        row = QHBoxLayout()
        for button in (
            self.sign_in_button, self.sign_out_button, self.credential_button, self.move_button,
            self.edit_button,
        ):  # fmt: skip
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch()
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        add_help(buttons)
        for button in (self.add_button, self.import_button):
            button.setAutoDefault(False)
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(table, 1)
        layout.addWidget(self.note)
        layout.addLayout(row)
        layout.addWidget(buttons)
        resize_on_screen(self, 1080, 360)


def _state_text(connection: Connection, state: SignedIn | None) -> str:
    if connection.auth_mode == "anonymous":
        return tr("not needed")
    if state is None:
        return tr("no")
    if state.seconds is None:
        return tr("at the next request")
    if math.isinf(state.seconds):
        return tr("yes, end unknown")
    if state.renews:
        return tr("yes, renews by itself")
    if state.seconds <= 0:
        return tr("ended")
    end = datetime.now(timezone.utc) + timedelta(seconds=state.seconds)
    return tr("yes, until {time}").format(time=time_text(end))
