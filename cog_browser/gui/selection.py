# SPDX-License-Identifier: GPL-2.0-or-later
"""What is selected in the table, at no cost for a million rows until each is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Callable

from qgis.PyQt.QtCore import QItemSelection, QItemSelectionRange
from qgis.PyQt.QtWidgets import QTableView

from cog_browser.adapters.workers import Job
from cog_browser.gui.kept_selection import Found, KeptSelection
from cog_browser.gui.objects_model import ObjectsModel
from cog_browser.gui.place import Place
from cog_browser.storage.models import ObjectEntry

#: More layers than this are a slip of the hand.
MAX_LAYERS_AT_ONCE = 200
_SLICE = 5_000  # sizes that are added up in some tenths of a millisecond
_FEW = 1_000  # rows that Qt itself carries over quickly


class Selection:
    """Folders are selected as well, but only objects count. Thread: main."""

    def __init__(self, table: QTableView, model: ObjectsModel) -> None:
        self._table, self._model = table, model

    @property
    def count(self) -> int:
        folders = self._model.folder_count
        return sum(max(0, last + 1 - max(top, folders)) for top, last in self.ranges())

    def rows(self) -> Iterator[int]:
        """From top to bottom, lazily."""
        return (row for top, last in self.ranges() for row in range(top, last + 1))

    def entries(self, limit: int) -> list[ObjectEntry]:
        """The first of the selected objects."""
        found = (self._model.entry(row) for row in self.rows())
        return list(islice((entry for entry in found if entry is not None), limit))

    def folders(self) -> list[Place]:
        """The selected folders, or containers where these are listed."""
        count = self._model.folder_count
        rows = (r for top, last in self.ranges() for r in range(top, min(last + 1, count)))
        return [place for row in rows if (place := self._model.folder(row)) is not None]

    def entries_job(self) -> Callable[[], list[ObjectEntry]]:
        """What lists all selected objects, in any thread."""
        folders = self._model.folder_count
        parts = [self._model.objects_in(max(top, folders), last + 1) for top, last in self.ranges()]
        return lambda: [objects[number] for objects, numbers in parts for number in numbers]

    def size_job(self) -> Callable[[Job], int]:
        """What adds up the bytes of all selected objects, in any thread."""
        folders = self._model.folder_count
        parts = [self._model.objects_in(max(top, folders), last + 1) for top, last in self.ranges()]

        def add_up(job: Job) -> int:
            total = 0
            for objects, numbers in parts:
                for start in range(0, len(numbers), _SLICE):
                    job.check()
                    total += objects.bytes_of_all(numbers[start : start + _SLICE])
            return total

        return add_up

    def kept(self) -> KeptSelection:
        """What is selected now, for `restore` after the rows have changed."""
        model, count, ranges = self._model, self._model.folder_count, self.ranges()
        return KeptSelection(
            model.objects_in(0, 0)[0],
            tuple(model.objects_in(max(top, count), last + 1)[1] for top, last in ranges),
            model.folders_in(0, 0)[0],
            tuple(model.folders_in(top, min(last + 1, count))[1] for top, last in ranges),
            len(ranges) == 1 and ranges[0] == (0, model.rowCount() - 1),
            tuple(ranges),
        )

    def change_rows(self, kept: KeptSelection, found: Found, change: Callable[[], None]) -> bool:
        """Run what sets the rows anew; where they are then, they are selected again.

        False where a long selection can't be kept: it is in too many pieces, or was changed by
        the user while a worker looked where it will be.
        """
        selection, table = self._table.selectionModel(), self._table
        if found is None or kept.ranges != tuple(self.ranges()):
            was_long = sum(last + 1 - top for top, last in self.ranges()) > _FEW
            if was_long:
                selection.clearSelection()
            change()
            return not was_long
        top = table.verticalScrollBar().value()
        current = self._model.entry(table.currentIndex().row())
        blocked = selection.blockSignals(True)  # what is selected stays the same
        selection.clearSelection()
        selection.blockSignals(blocked)
        change()
        model, first = self._model, self._model.folder_count
        wanted = QItemSelection()
        for offset, ranges in ((0, found[0]), (first, found[1])):
            for start, last in ranges:
                wanted.append(
                    QItemSelectionRange(
                        model.index(start + offset, 0), model.index(last + offset, 2)
                    )
                )
        selection.select(wanted, selection.SelectionFlag.ClearAndSelect)
        if current is not None and not table.currentIndex().isValid():
            row = model.row_of(current.key)
            if row >= 0 and model.entry(row).container == current.container:
                flag = selection.SelectionFlag.NoUpdate
                selection.setCurrentIndex(model.index(row, 0), flag)
        table.verticalScrollBar().setValue(top)
        return True

    def ranges(self) -> list[tuple[int, int]]:
        """The first and last rows of what is selected; `selectedRows` asks for each row."""
        selection = self._table.selectionModel().selection()
        found: list[tuple[int, int]] = []
        for top, last in sorted({(part.top(), part.bottom()) for part in selection}):
            follows = bool(found) and found[-1][1] == top - 1  # objects after folders
            found.append((found.pop()[0] if follows else top, last))
        return found
