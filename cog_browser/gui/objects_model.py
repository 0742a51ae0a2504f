# SPDX-License-Identifier: GPL-2.0-or-later
"""The folders and objects of one place as a flat table. Does no I/O.

Folders come first. Rows are shown through an index array, so sorting moves no data and a page
of ten thousand objects appends in about a millisecond.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any, Callable

from qgis.PyQt.QtCore import (
    QAbstractTableModel,
    QMimeData,
    QModelIndex,
    QObject,
    Qt,
    pyqtSignal,
)

from cog_browser.adapters.i18n import tr
from cog_browser.gui.details.badge_icons import row_badge
from cog_browser.gui.details.facts import verdict_text
from cog_browser.gui.find.name_filter import NameFilter, is_raster
from cog_browser.gui.icons import row_icon
from cog_browser.gui.layers.drop_handler import encode
from cog_browser.gui.place import DELIMITER, ObjectAddress, Place
from cog_browser.gui.row_numbers import Keys, Takes, is_sorted, moved_row, taken, takers, total_size
from cog_browser.gui.sorting import (
    MODIFIED,
    NAME,
    SIZE,
    Order,
    SortJob,
    folder_name,
)
from cog_browser.gui.text import entry_size_text, one_line, size_text, time_text, tool_tip
from cog_browser.storage.models import EXACT, Container, ObjectEntry

#: Up to here sorting takes a few milliseconds and is done at once.
SORTED_AT_ONCE = 5_000
_FLAGS = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_RIGHT = int(getattr(_FLAGS, "value", _FLAGS))  # PyQt 5 puts only the number into a model


class ObjectsModel(QAbstractTableModel):
    """Columns Name, Size, Modified."""

    #: A `SortJob` to run in a worker; `apply_order` takes its result.
    sort_requested = pyqtSignal(object)
    rows_changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.place: Place | None = None
        self.total_size: int | None = 0  # None where some sizes aren't known exactly
        self._listing = 0  # counts the listings shown, to know late results
        self._column, self._descending = NAME, False
        self._folders: list[str | Container] = []
        self._objects: list[ObjectEntry] = []
        self._folder_rows, self._object_rows = array("l"), array("l")
        self._arrived_sorted = True
        self._filter = self._shown_filter = NameFilter()  # as wished for, and as the rows are
        #: Gives the badge of an object as far as it is known; see `details.badges`.
        self.badge_of: Callable[[ObjectEntry], str | None] | None = None

    # What the dock asks

    @property
    def folder_count(self) -> int:
        """Rows of folders: those that the filter hides don't count, here and below."""
        return len(self._folder_rows)

    @property
    def object_count(self) -> int:
        return len(self._object_rows)

    @property
    def hidden_count(self) -> int:
        """Folders and objects that the filter hides."""
        return len(self._folders) + len(self._objects) - self.rowCount()

    def entry(self, row: int) -> ObjectEntry | None:
        """The object of a row; None for a folder."""
        at = row - len(self._folder_rows)
        return self._objects[self._object_rows[at]] if 0 <= at < len(self._object_rows) else None

    def objects_in(self, start: int, stop: int) -> tuple[Sequence[ObjectEntry], array]:
        """For workers: objects as they arrived, and the arrival numbers of some rows."""
        first = len(self._folder_rows)
        return self._objects, self._object_rows[max(0, start - first) : max(0, stop - first)]

    def folder(self, row: int) -> Place | None:
        """The place that a folder row leads to; None for an object."""
        if self.place is None or not 0 <= row < len(self._folder_rows):
            return None
        return self.place.child(folder_name(self._folders[self._folder_rows[row]]))

    def address(self, row: int) -> ObjectAddress | None:
        entry = self.entry(row)
        if entry is None or self.place is None:
            return None
        return ObjectAddress(self.place.connection_id, entry.container, entry.key)

    def rows_named(self, names: set[str]) -> list[int]:
        """The rows with these full keys, prefixes or container names."""
        return [row for row in range(self.rowCount()) if self._full_name(row) in names]

    def row_of(self, key: str) -> int:
        """The row of an object; -1 where it isn't shown. Quick while rows are sorted by name."""
        rows, objects = self._object_rows, self._objects
        if self._arrived_sorted and self._column == NAME and not self._descending:
            at = bisect_left(Keys(objects, rows), key)
            is_there = at < len(rows) and objects[rows[at]].key == key
            return at + self.folder_count if is_there else -1
        return next((row for row in self.rows_named({key}) if self.entry(row)), -1)

    def names(self, rows: Iterable[int]) -> set[str]:
        return {self._full_name(row) for row in rows}

    # What the controller tells

    def begin(self, place: Place | None) -> None:
        """Show another place, with no rows yet."""
        self._reset(place, [], [])

    def append(self, folders: Sequence[str | Container], objects: Sequence[ObjectEntry]) -> None:
        """Add a page at the end of the folders and of the objects."""
        shown = [entry for entry in objects if not self._is_marker(entry)]
        self._arrived_sorted = (
            self._arrived_sorted
            and is_sorted(self._folders, folders, folder_name)
            and is_sorted(self._objects, shown, lambda entry: entry.key)
        )
        takes, takes_folder = takers(self._shown_filter)
        self._append(self._folders, self._folder_rows, folders, takes_folder, self.folder_count)
        self._append(self._objects, self._object_rows, shown, takes, self.rowCount())
        arrived = [e for e in shown if takes is None or takes(e)]
        self.total_size = total_size(arrived, self.total_size)
        self.rows_changed.emit()

    def replace(self, folders: list[str | Container], objects: list[ObjectEntry]) -> None:
        """Show a new listing of the same place at once."""
        self._reset(self.place, folders, [e for e in objects if not self._is_marker(e)])
        self._arrived_sorted = is_sorted([], self._folders, folder_name) and is_sorted(
            [], self._objects, lambda entry: entry.key
        )
        self.finish()

    def tell_badge(self, row: int) -> None:
        """The badge of a row has become known."""
        if 0 <= row < self.rowCount():
            index = self.index(row, NAME)
            self.dataChanged.emit(index, index)

    def finish(self) -> None:
        """The listing is complete: rows that arrived while another order was chosen are sorted."""
        is_as_arrived = self._arrived_sorted and self._column == NAME and not self._descending
        if not is_as_arrived or self._filter != self._shown_filter:
            self._sort()

    def set_filter(self, wanted: NameFilter) -> None:
        """Show only what it takes; a long listing is filtered in a worker."""
        if wanted != self._filter:
            self._filter = wanted
            self._sort()

    def apply_order(self, order: Order) -> None:
        """Take a sorted order over; one of an earlier listing or choice is ignored."""
        wanted = (self._listing, self._column, self._descending, self._filter)
        if (order.listing, order.column, order.descending, order.filter) != wanted:
            return
        if order.filter != self._shown_filter:  # other rows, so views must forget the old ones
            self.beginResetModel()
            self._take(order)
            self.endResetModel()
            self.rows_changed.emit()
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        kept = [(i, *self._arrival(i.row())) for i in before]
        self._take(order)
        if kept:
            now = [
                moved_row(number, order.folder_rows, self._folder_rows, len(order.folders))
                if is_folder
                else moved_row(number, order.object_rows, self._object_rows, len(order.objects))
                + self.folder_count
                for _, is_folder, number in kept
            ]
            self.changePersistentIndexList(
                before, [self.index(row, i.column()) for row, i in zip(now, before)]
            )
        self.layoutChanged.emit()

    # QAbstractTableModel

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        if parent is not None and parent.isValid():
            return 0
        return len(self._folder_rows) + len(self._object_rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else 3

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < 3:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return (tr("Name"), tr("Size"), tr("Modified"))[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and section == SIZE:
            return _RIGHT
        return None

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = (
            Qt.ItemFlag.ItemIsEnabled
            | Qt.ItemFlag.ItemIsSelectable
            | Qt.ItemFlag.ItemNeverHasChildren
        )
        return flags if self.entry(index.row()) is None else flags | Qt.ItemFlag.ItemIsDragEnabled

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or not 0 <= index.row() < self.rowCount():
            return None
        row, column = index.row(), index.column()
        entry = self.entry(row)
        if role == Qt.ItemDataRole.DisplayRole:
            if column == NAME:
                return self._shown_name(row)
            if column == SIZE:
                if entry is not None:
                    return entry_size_text(entry)
                size = self._size(row)
                return "" if size is None else size_text(size)
            time = entry.last_modified if entry else None
            return "" if time is None else time_text(time)
        if role == Qt.ItemDataRole.DecorationRole and column == NAME:
            return self._icon(row)
        if role == Qt.ItemDataRole.TextAlignmentRole and column == SIZE:
            return _RIGHT
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(row)
        if role == Qt.ItemDataRole.AccessibleDescriptionRole and entry and self.badge_of:
            return verdict_text(badge) if (badge := self.badge_of(entry)) else None
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by the true values of a column; a long listing is sorted in a worker."""
        if column not in (NAME, SIZE, MODIFIED):
            return
        self._column, self._descending = column, order == Qt.SortOrder.DescendingOrder
        self._sort()

    def mimeTypes(self) -> list[str]:
        return encode([]).formats()

    def mimeData(self, indexes: Iterable[QModelIndex]) -> QMimeData:
        rows = sorted({index.row() for index in indexes})
        return encode(filter(None, (self.address(row) for row in rows)))

    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.CopyAction

    # Its own

    def _reset(
        self, place: Place | None, folders: list[str | Container], objects: list[ObjectEntry]
    ) -> None:
        self.beginResetModel()
        self._listing += 1
        self.place, self._folders, self._objects = place, folders, objects
        if len(folders) + len(objects) > SORTED_AT_ONCE:  # `finish` has them filtered
            self._shown_filter = NameFilter()
        else:
            self._shown_filter = self._filter
        takes, takes_folder = takers(self._shown_filter)
        self._folder_rows = taken(folders, 0, takes_folder)
        self._object_rows = taken(objects, 0, takes)
        self._arrived_sorted = True
        self.total_size = total_size((objects[number] for number in self._object_rows), 0)
        self.endResetModel()
        self.rows_changed.emit()

    def _append(
        self,
        held: list[Any],
        rows: array,
        page: Sequence[Any],
        takes: Takes,
        first: int,
    ) -> None:
        start = len(held)
        held.extend(page)
        fresh = taken(held, start, takes)
        if fresh:
            self.beginInsertRows(QModelIndex(), first, first + len(fresh) - 1)
            rows.extend(fresh)
            self.endInsertRows()

    def _take(self, order: Order) -> None:
        """The new order, then what arrived after it was asked for."""
        takes, takes_folder = takers(order.filter)
        late = taken(self._objects, len(order.object_rows), takes)
        late_folders = taken(self._folders, len(order.folder_rows), takes_folder)
        self._folder_rows, self._object_rows = order.folders + late_folders, order.objects + late
        self.total_size = total_size((self._objects[number] for number in late), order.size)
        self._shown_filter = order.filter

    def _sort(self) -> None:
        job = SortJob(
            self._listing,
            self._column,
            self._descending,
            self._folders,
            self._objects,
            len(self._folders),
            len(self._objects),
            self._filter,
        )
        if len(self._folders) + len(self._objects) <= SORTED_AT_ONCE:
            self.apply_order(job.run())
        else:
            self.sort_requested.emit(job)

    def _arrival(self, row: int) -> tuple[bool, int]:
        count = self.folder_count
        if row < count:
            return True, self._folder_rows[row]
        return False, self._object_rows[row - count]

    def _is_marker(self, entry: ObjectEntry) -> bool:
        """An empty object that only makes the folder exist."""
        return self.place is not None and entry.key == self.place.prefix and not entry.size

    def _full_name(self, row: int) -> str:
        entry = self.entry(row)
        return entry.key if entry else folder_name(self._folders[self._folder_rows[row]])

    def _shown_name(self, row: int) -> str:
        prefix = self.place.prefix if self.place else ""
        name = self._full_name(row)[len(prefix) :]
        if self.entry(row) is None:
            name = name.removesuffix(DELIMITER) or DELIMITER
        return one_line(name or self._full_name(row))

    def _size(self, row: int) -> int | None:
        entry = self.entry(row)
        if entry is not None:
            return entry.size
        folder = self._folders[self._folder_rows[row]]
        return None if isinstance(folder, str) else folder.size

    def _icon(self, row: int) -> Any:
        entry = self.entry(row)
        if entry is None:
            return row_icon("container" if self.place and not self.place.container else "folder")
        badge = self.badge_of(entry) if self.badge_of is not None else None
        if badge is not None:
            return row_badge(badge)
        return row_icon("raster" if is_raster(entry) else "object")

    def _tip(self, row: int) -> str:
        entry = self.entry(row)
        if entry is None:
            return tool_tip(self._full_name(row))
        size = tr("{count} bytes").format(count=entry.size)
        if entry.size_is != EXACT:
            size = entry_size_text(entry)
        about = ", ".join(filter(None, (size, entry.content_type)))
        badge = self.badge_of(entry) if self.badge_of is not None else None
        said = f"\n{verdict_text(badge)}" if badge else ""
        return tool_tip(f"{entry.key}\n{about}{said}")
