# SPDX-License-Identifier: GPL-2.0-or-later
"""What is selected in the table, at no cost for a million rows until each is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Callable

from qgis.PyQt.QtWidgets import QTableView

from cog_browser.adapters.workers import Job
from cog_browser.gui.objects_model import ObjectsModel
from cog_browser.gui.place import Place
from cog_browser.storage.models import ObjectEntry

_SLICE = 50_000


class Selection:
    """Folders are selected as well, but only objects count. Thread: main."""

    def __init__(self, table: QTableView, model: ObjectsModel) -> None:
        self._table, self._model = table, model

    @property
    def count(self) -> int:
        folders = self._model.folder_count
        return sum(max(0, last + 1 - max(top, folders)) for top, last in self._ranges())

    def rows(self) -> Iterator[int]:
        """From top to bottom, lazily."""
        return (row for top, last in self._ranges() for row in range(top, last + 1))

    def entries(self, limit: int) -> list[ObjectEntry]:
        """The first of the selected objects."""
        found = (self._model.entry(row) for row in self.rows())
        return list(islice((entry for entry in found if entry is not None), limit))

    def folders(self) -> list[Place]:
        """The selected folders, or containers where these are listed."""
        count = self._model.folder_count
        rows = (r for top, last in self._ranges() for r in range(top, min(last + 1, count)))
        return [place for row in rows if (place := self._model.folder(row)) is not None]

    def entries_job(self) -> Callable[[], list[ObjectEntry]]:
        """What lists all selected objects, in any thread."""
        folders = self._model.folder_count
        parts = [
            self._model.objects_in(max(top, folders), last + 1) for top, last in self._ranges()
        ]
        return lambda: [objects[number] for objects, numbers in parts for number in numbers]

    def size_job(self) -> Callable[[Job], int]:
        """What adds up the bytes of all selected objects, in any thread."""
        folders = self._model.folder_count
        parts = [
            self._model.objects_in(max(top, folders), last + 1) for top, last in self._ranges()
        ]

        def add_up(job: Job) -> int:
            total = 0
            for objects, numbers in parts:
                for start in range(0, len(numbers), _SLICE):
                    job.check()
                    total += sum(objects[n].size for n in numbers[start : start + _SLICE])
            return total

        return add_up

    def _ranges(self) -> list[tuple[int, int]]:
        """The first and last rows of what is selected; `selectedRows` asks for each row."""
        selection = self._table.selectionModel().selection()
        return sorted({(part.top(), part.bottom()) for part in selection})
