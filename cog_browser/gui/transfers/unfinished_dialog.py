# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of a connection's unfinished uploads."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QMessageBox,
    QProgressBar,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cog_browser.adapters.i18n import tr
from cog_browser.gui.accounts.form_fields import note_label
from cog_browser.gui.help import add_help
from cog_browser.gui.text import one_line, size_text, time_text, tool_tip
from cog_browser.gui.window_size import resize_on_screen
from cog_browser.storage.transfers.unfinished import UnfinishedUpload

_CONTAINER, _KEY, _SIZE, _SENT, _WHEN, _FROM = range(6)
_NAMED = 5  # uploads in a question


class UnfinishedDialog(QDialog):
    """It emits intentions; `UnfinishedUploads` acts on them. Closing it cancels. Thread: main."""

    refresh_requested = pyqtSignal()
    resume_requested = pyqtSignal(object)  # list[UnfinishedUpload]
    clean_up_requested = pyqtSignal(object)  # list[UnfinishedUpload]; the user agrees
    cancel_requested = pyqtSignal()

    def __init__(self, connection: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("CogBrowserUnfinishedDialog")
        self.setWindowTitle(tr("Unfinished uploads to “{name}”").format(name=one_line(connection)))
        self._is_busy = False
        self.table, self.note = QTreeWidget(self), note_label(self)
        self.progress, self.cancel_button = QProgressBar(self), QPushButton(tr("Cancel"), self)
        self.progress.setAccessibleName(tr("Progress"))
        self.resume_button = QPushButton(tr("Resume"), self)
        self.clean_up_button = QPushButton(tr("Clean up…"), self)
        self.refresh_button = QPushButton(tr("Refresh"), self)
        self.resume_button.setToolTip(tool_tip(tr("Send what is missing; nothing is sent twice.")))
        self.clean_up_button.setToolTip(
            tool_tip(tr("Delete the parts that have arrived. No object is touched."))
        )
        for button, act in (
            (self.resume_button, lambda: self.resume_requested.emit(self.resumable)),
            (self.clean_up_button, self._confirm),
            (self.refresh_button, self.refresh_requested.emit),
            (self.cancel_button, self.cancel_requested.emit),
        ):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, act=act: act())
        self.table.itemSelectionChanged.connect(self._update)
        self._lay_out()
        self._update()

    # What it is told

    def begin_listing(self) -> None:
        self.table.clear()
        self.note.setText(tr("Looking for unfinished uploads…"))
        self._set_busy(True)
        self.progress.setRange(0, 0)

    def add(self, upload: UnfinishedUpload) -> None:
        """One row more."""
        size = "" if upload.size is None else size_text(upload.size)
        here, elsewhere = tr("this computer"), tr("another computer or user")
        item = QTreeWidgetItem(
            [
                one_line(upload.container),
                one_line(upload.key),
                size,
                size_text(upload.sent),
                _when(upload),
                here if upload.is_of_this_computer else elsewhere,
            ]
        )
        item.setData(_CONTAINER, Qt.ItemDataRole.UserRole, upload)
        for column in (_SIZE, _SENT):
            item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight)
        item.setToolTip(_KEY, tool_tip(upload.path or upload.key))
        self.table.addTopLevelItem(item)

    def end_listing(self, said: str = "") -> None:
        """The list is complete; ``said`` is what came of the last work."""
        self._set_busy(False)
        if self.table.topLevelItemCount():
            self.table.setCurrentItem(self.table.topLevelItem(0))
        none = tr("There are no unfinished uploads.")
        self.note.setText(said or ("" if self.table.topLevelItemCount() else none))

    def begin_work(self, text: str) -> None:
        """``text`` says what is done now."""
        self.note.setText(text)
        self._set_busy(True)
        self.progress.setRange(0, 100)
        self.progress.setValue(0)

    def show_progress(self, percent: int) -> None:
        self.progress.setValue(percent)

    def show_failure(self, text: str) -> None:
        self._set_busy(False)
        self.note.setText(text)

    # What the user does

    @property
    def selected(self) -> list[UnfinishedUpload]:
        return [i.data(_CONTAINER, Qt.ItemDataRole.UserRole) for i in self.table.selectedItems()]

    @property
    def resumable(self) -> list[UnfinishedUpload]:
        return [upload for upload in self.selected if upload.is_resumable]

    def _confirm(self) -> None:
        uploads = self.selected
        running = [upload for upload in uploads if upload.may_still_run]
        box = QMessageBox(self)
        box.setObjectName("CogBrowserCleanUpDialog")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Warning if running else QMessageBox.Icon.Question)
        box.setWindowTitle(tr("Clean up"))
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(_question(uploads, running))
        delete = box.addButton(
            tr("Delete them all the same") if running else tr("Delete the parts"),
            QMessageBox.ButtonRole.DestructiveRole,
        )
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        delete.clicked.connect(lambda _checked=False: self.clean_up_requested.emit(uploads))
        box.open()

    # How it looks

    def _set_busy(self, is_busy: bool) -> None:
        self._is_busy = is_busy
        self._update()

    def _update(self) -> None:
        for widget in (self.progress, self.cancel_button):
            widget.setVisible(self._is_busy)
        self.refresh_button.setEnabled(not self._is_busy)
        self.resume_button.setEnabled(not self._is_busy and bool(self.resumable))
        self.clean_up_button.setEnabled(not self._is_busy and bool(self.selected))

    def _lay_out(self) -> None:
        self.table.setHeaderLabels(
            [tr("Container"), tr("Key"), tr("Size"), tr("There"), tr("Last part"), tr("From")]
        )
        self.table.setAccessibleName(tr("Unfinished uploads"))
        self.table.setRootIsDecorated(False)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        header = self.table.header()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_KEY, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_CONTAINER, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(_CONTAINER, 160)
        header.setStretchLastSection(False)
        work = QHBoxLayout()
        work.addWidget(self.progress, 1)
        work.addWidget(self.cancel_button)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        add_help(buttons)
        buttons.rejected.connect(self.reject)
        row = QHBoxLayout()
        for button in (self.resume_button, self.clean_up_button, self.refresh_button):
            row.addWidget(button)
        row.addStretch()
        row.addWidget(buttons)
        layout = QVBoxLayout(self)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.note)
        layout.addLayout(work)
        layout.addLayout(row)
        resize_on_screen(self, 940, 360)


def _when(upload: UnfinishedUpload) -> str:
    if upload.age is None:
        return ""
    return time_text(datetime.now(timezone.utc) - timedelta(seconds=upload.age))


def _question(uploads: list[UnfinishedUpload], running: list[UnfinishedUpload]) -> str:
    said = tr("Delete the parts of {count} unfinished uploads? They can't be resumed then.")
    text = said.format(count=len(uploads))
    if len(uploads) == 1:
        said = tr("Delete the parts of the upload to “{key}”? It can't be resumed then.")
        text = said.format(key=one_line(uploads[0].key))
    if running:
        text += "\n\n" + tr(
            "Begun on another computer or by another user less than a week ago, so it may still "
            "run, and would fail: {keys}"
        ).format(keys=", ".join(one_line(upload.key) for upload in running[:_NAMED]))
        text += " …" if len(running) > _NAMED else ""
    return text
