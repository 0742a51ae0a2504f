# SPDX-License-Identifier: GPL-2.0-or-later
"""Shows the accounts that files of other tools describe, and imports the chosen ones."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.workers import Workers
from cog_browser.gui import messages
from cog_browser.gui.accounts.form_fields import note_label, paint_as
from cog_browser.gui.accounts.paste_box import PasteBox
from cog_browser.gui.accounts.secret_fields import SecretStoreBox
from cog_browser.gui.accounts.sign_in_modes import MODES
from cog_browser.gui.accounts.usual_places import found_on_this_computer
from cog_browser.gui.help import add_help
from cog_browser.gui.mnemonics import Mnemonics
from cog_browser.gui.text import account_text, one_line, tool_tip
from cog_browser.gui.window_size import resize_on_screen
from cog_browser.storage.config_files.imports import Candidate, find_candidates
from cog_browser.storage.connection import RESERVED_PREFIX

_NAME, _ACCOUNT, _SECRET, _ORIGIN = range(4)


class ImportDialog(QDialog):
    """Emits `submitted` with what was chosen; nothing is saved by itself."""

    submitted = pyqtSignal(object, str)  # [(Connection, Credentials), …], where to keep secrets

    def __init__(
        self,
        workers: Workers,
        *,
        taken_names: Collection[str] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("CogBrowserImportDialog")
        self.setWindowTitle(tr("Import connections"))
        self._workers, self._taken_names = workers, frozenset(taken_names)
        self._candidates: list[Candidate] = []
        self.text = PasteBox(self, tr("Text of a file with accounts"), lines=4)
        self.open_button = QPushButton(tr("Open file…"), self)
        self.search_button = QPushButton(tr("Search this computer"), self)
        self.table = QTreeWidget(self)
        self.note, self.secret_store = note_label(self), SecretStoreBox(self)
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel, self
        )
        add_help(self.buttons)
        Mnemonics(self)
        self.ok_button = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._lay_out()
        self.text.taken.connect(self._read_text)
        self.open_button.clicked.connect(lambda _checked=False: self._choose_file())
        self.search_button.clicked.connect(lambda _checked=False: self.search())
        self.table.itemChanged.connect(lambda _item, _column: self._validate())
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._show([])

    # What the user does

    def read_file(self, path: str) -> None:
        """List the accounts of a file."""
        self._find(lambda: find_candidates(Path(path)))

    def search(self) -> None:
        """List the accounts of the environment and of the files that other tools read."""
        environment = dict(os.environ)
        self._find(lambda: found_on_this_computer(environment))

    def chosen(self) -> list[Candidate]:
        """The candidates with a tick."""
        checked = Qt.CheckState.Checked
        rows = range(self.table.topLevelItemCount())
        items = [self.table.topLevelItem(row) for row in rows]
        return [
            candidate
            for item, candidate in zip(items, self._candidates)
            if candidate.problem is None and item.checkState(_NAME) == checked
        ]

    def accept(self) -> None:
        """Submit what is ticked, each under a name of its own."""
        chosen, where = self.chosen(), self.secret_store.where
        if not chosen:
            return
        taken, pairs = set(self._taken_names), []
        for candidate in chosen:
            name = _free_name(candidate.connection.name, taken)
            taken.add(name)
            pairs.append((replace(candidate.connection, name=name), candidate.credentials))
        super().accept()
        self.submitted.emit(pairs, where)

    def done(self, result: int) -> None:
        """However it closes, no secret stays here."""
        super().done(result)
        self._workers.cancel(self)
        self.text.clear()
        self._candidates = []

    def _read_text(self, text: str) -> None:
        if text.strip():
            # With its last line end it is never taken for a path.
            self._find(lambda: find_candidates(text + "\n"))
        else:
            self._workers.cancel(self)
            self._show([])

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, tr("Open a file with accounts"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [
                tr("Files with accounts (*.sh *.rc *openrc* *.yaml *.yml *.json *.conf)"),
                tr("All files (*)"),
            ]
        )
        dialog.fileSelected.connect(self.read_file)
        dialog.open()

    def _find(self, look: Callable[[], list[Candidate]]) -> None:
        self._tell(tr("Reading…"))
        self._workers.run(
            lambda _job: look(),
            done=self._show,
            failed=lambda error: self._tell(messages.describe(error).full_text, is_bad=True),
            key=self,
        )

    # What it shows

    def _show(self, candidates: list[Candidate]) -> None:
        self._candidates = candidates
        self.table.blockSignals(True)
        self.table.clear()
        for candidate in candidates:
            self.table.addTopLevelItem(_item(candidate))
        self.table.blockSignals(False)
        problems = [f"{c.name}: {c.problem}" for c in candidates if c.problem is not None]
        self._tell("\n".join(one_line(problem) for problem in problems), is_bad=True)
        self._validate()

    def _validate(self) -> None:
        count = len(self.chosen())
        self.ok_button.setEnabled(count > 0)
        self.ok_button.setText(tr("Import {count}").format(count=count) if count else tr("Import"))
        has_secrets = any(c.credentials for c in self.chosen())
        self.secret_store.setEnabled(has_secrets)

    def _tell(self, text: str, *, is_bad: bool = False) -> None:
        self.note.setText(text)
        self.note.setVisible(bool(text))
        paint_as(self.note, "bad" if is_bad else "")

    def _lay_out(self) -> None:
        self.text.setPlaceholderText(
            tr("Paste an openrc.sh, clouds.yaml or rclone.conf here, or open a file.")
        )
        sources = QHBoxLayout()
        sources.addWidget(self.open_button)
        sources.addWidget(self.search_button)
        sources.addStretch()
        hint = QLabel(tr("Files are read, never run."), self)
        sources.addWidget(hint)
        self.table.setAccessibleName(tr("Accounts that were found"))
        self.table.setHeaderLabels([tr("Name"), tr("Account"), tr("Secret"), tr("From")])
        self.table.setRootIsDecorated(False)
        self.table.setUniformRowHeights(True)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        header = self.table.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_ACCOUNT, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(_ORIGIN, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(_ORIGIN, 180)
        keep = QFormLayout()
        keep.addRow(tr("Keep the secrets"), self.secret_store)
        keep.addRow("", self.secret_store.explanation)
        layout = QVBoxLayout(self)
        layout.addWidget(self.text)
        layout.addLayout(sources)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.note)
        layout.addLayout(keep)
        layout.addWidget(self.buttons)
        resize_on_screen(self, 780, 520)


def _item(candidate: Candidate) -> QTreeWidgetItem:
    connection, is_good = candidate.connection, candidate.problem is None
    if is_good:
        needs_one = bool(MODES[connection.auth_mode].secrets)
        has_one = tr("yes") if candidate.credentials else tr("no")
        texts = (account_text(connection), has_one if needs_one else tr("none needed"))
    else:
        texts = (tr("can't be imported"), "")
    account, texts = texts[0], (candidate.name, *texts, candidate.origin)
    item = QTreeWidgetItem([one_line(text) for text in texts])
    item.setToolTip(_ORIGIN, tool_tip(candidate.origin))
    item.setToolTip(_ACCOUNT, tool_tip(candidate.problem or account))
    if is_good:
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(_NAME, Qt.CheckState.Checked)
    else:
        item.setFlags(Qt.ItemFlag.NoItemFlags)
    return item


def _free_name(name: str, taken: Collection[str]) -> str:
    if name.lower().startswith(RESERVED_PREFIX):
        name = f"my {name}"
    number, free = 2, name
    while free in taken:
        free, number = f"{name} {number}", number + 1
    return free
