# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of this session's transfers: waiting, running, paused, done, failed."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.workers import Job, Workers
from cog_browser.gui import messages
from cog_browser.gui.help import add_help
from cog_browser.gui.job_progress import progress_of
from cog_browser.gui.text import one_line, tool_tip
from cog_browser.storage.errors import Cancelled
from cog_browser.storage.progress import Progress
from cog_browser.storage.transfers.control import TransferControl

#: Each uses several connections and threads of its own; the workers are for listings, too.
_AT_ONCE = 2
_TOLD = 20  # failures in a tool tip
_WHAT, _STATE = range(2)
WAITING, RUNNING, DONE, FAILED, STOPPED = "waiting", "running", "done", "failed", "stopped"
Work = Callable[[Progress, TransferControl], "list[str]"]


@dataclass(eq=False)
class Row:
    """One transfer, and how it is."""

    title: str
    work: Work
    ended: Callable[[], None]
    item: QTreeWidgetItem
    key: object
    left_out: str = ""  # a sentence, said with its end
    state: str = WAITING
    percent: int = 0
    control: TransferControl = field(default_factory=TransferControl)
    stop: threading.Event = field(default_factory=threading.Event)


class TransfersDialog(QDialog):
    """Closing it stops nothing: it can be opened again. Thread: main."""

    def __init__(self, workers: Workers, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("CogBrowserTransfersDialog")
        self.setWindowTitle(tr("Transfers"))
        self._workers, self._numbers = workers, itertools.count()
        self.rows: list[Row] = []
        self.table = QTreeWidget(self)
        self.table.setHeaderLabels([tr("Transfer"), tr("State")])
        self.table.setAccessibleName(tr("Transfers"))
        self.table.setRootIsDecorated(False)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.header().setSectionResizeMode(_WHAT, QHeaderView.ResizeMode.Stretch)
        self.table.header().setSectionResizeMode(_STATE, QHeaderView.ResizeMode.Interactive)
        self.table.header().resizeSection(_STATE, 260)
        self.table.header().setStretchLastSection(False)
        self.table.itemSelectionChanged.connect(self._update)
        self.retry_button = QPushButton(tr("Retry"), self)
        self.pause_button = QPushButton(tr("Pause"), self)
        self.stop_button = QPushButton(tr("Stop"), self)
        self.clear_button = QPushButton(tr("Remove finished"), self)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        add_help(buttons)
        buttons.rejected.connect(self.reject)
        line = QHBoxLayout()
        for button, act in (
            (self.retry_button, self._retry),
            (self.pause_button, self._pause_or_go_on),
            (self.stop_button, self._stop),
            (self.clear_button, self._clear),
        ):
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, act=act: act())
            line.addWidget(button)
        line.addStretch()
        line.addWidget(buttons)
        layout = QVBoxLayout(self)
        layout.addWidget(self.table)
        layout.addLayout(line)
        self.resize(720, 260)
        self._update()

    def add(self, title: str, work: Work, ended: Callable[[], None], left_out: str = "") -> None:
        """Begin a transfer as soon as there is room; ``ended`` is called whenever it stops.

        ``left_out`` says what of the user's choice is no part of it.
        """
        item = QTreeWidgetItem([one_line(title), ""])
        item.setToolTip(_WHAT, tool_tip(title))
        self.table.addTopLevelItem(item)
        row = Row(title, work, ended, item, ("transfer", next(self._numbers)), left_out)
        self.rows.append(row)
        self._tell(row, WAITING, tr("waiting"))
        self._go_on()

    @property
    def under_way(self) -> int:
        """How many run, are paused or wait."""
        return sum(row.state in (WAITING, RUNNING) for row in self.rows)

    def stop_all(self) -> None:
        """End what runs; nothing is told any more."""
        for row in self.rows:
            row.stop.set()
            self._workers.cancel(row.key)
        self.rows.clear()
        self.close()

    def _go_on(self) -> None:
        running = sum(row.state == RUNNING for row in self.rows)
        for row in [row for row in self.rows if row.state == WAITING][: _AT_ONCE - running]:
            self._start(row)

    def _start(self, row: Row) -> None:
        row.stop, row.control, row.percent = threading.Event(), TransferControl(), 0
        self._tell(row, RUNNING, tr("begins…"))
        stop, control = row.stop, row.control

        def work(job: Job) -> list[str] | None:
            try:
                return row.work(progress_of(job, stop), control)
            except Cancelled:
                return None

        self._workers.run(
            work,
            item=lambda percent: self._on_percent(row, percent),
            done=lambda failures: self._on_done(row, failures),
            failed=lambda error: self._on_done(row, [messages.describe(error).full_text]),
            key=row.key,
        )

    def _on_percent(self, row: Row, percent: int) -> None:
        row.percent = percent
        said = tr("paused at {n} %") if row.control.is_paused else tr("{n} %")
        self._tell(row, RUNNING, said.format(n=percent))

    def _on_done(self, row: Row, failures: list[str] | None) -> None:
        if failures is None:
            self._tell(row, STOPPED, tr("stopped"))
        elif failures:
            said = tr("{count} failed: {reason}").format(count=len(failures), reason=failures[0])
            self._tell(row, FAILED, said)
            told = [*failures[:_TOLD], *filter(None, [row.left_out])]
            row.item.setToolTip(_STATE, tool_tip("\n".join(told)))
        elif row.left_out:
            self._tell(row, DONE, tr("done. {note}").format(note=row.left_out))
        else:
            self._tell(row, DONE, tr("done"))
        row.ended()
        self._go_on()

    def _tell(self, row: Row, state: str, text: str) -> None:
        row.state = state
        row.item.setText(_STATE, one_line(text))
        row.item.setToolTip(_STATE, tool_tip(text))
        self._update()

    @property
    def _selected(self) -> list[Row]:
        return [row for row in self.rows if row.item.isSelected()]

    def _retry(self) -> None:
        for row in self._selected:
            if row.state in (FAILED, STOPPED):
                self._tell(row, WAITING, tr("waiting"))
        self._go_on()

    @property
    def _pausable(self) -> list[Row]:
        """Those of the selected that run and are not paused."""
        rows = (row for row in self._selected if row.state == RUNNING)
        return [row for row in rows if not row.control.is_paused]

    def _pause_or_go_on(self) -> None:
        """Pause what runs of the selected; where nothing does, what is paused goes on."""
        pausable = self._pausable
        for row in pausable or self._selected:
            if row.state == RUNNING:
                (row.control.pause if pausable else row.control.proceed)()
                self._on_percent(row, row.percent)

    def _stop(self) -> None:
        for row in self._selected:
            row.stop.set()
            if row.state == WAITING:
                self._tell(row, STOPPED, tr("stopped"))

    def _clear(self) -> None:
        for row in [row for row in self.rows if row.state in (DONE, STOPPED, FAILED)]:
            self.rows.remove(row)
            self.table.takeTopLevelItem(self.table.indexOfTopLevelItem(row.item))
        self._update()

    def _update(self) -> None:
        states = {row.state for row in self._selected}
        self.retry_button.setEnabled(bool(states & {FAILED, STOPPED}))
        self.pause_button.setEnabled(RUNNING in states)
        is_paused = RUNNING in states and not self._pausable
        self.pause_button.setText(tr("Go on") if is_paused else tr("Pause"))
        self.stop_button.setEnabled(bool(states & {WAITING, RUNNING}))
        self.clear_button.setEnabled(any(r.state not in (WAITING, RUNNING) for r in self.rows))
