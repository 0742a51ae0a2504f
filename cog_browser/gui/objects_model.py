# SPDX-License-Identifier: GPL-2.0-or-later
"""The folders and objects of one place as a flat table. Does no I/O.

Folders come first. Rows are shown through an index array, so sorting moves no data, and a page
of ten thousand objects appends in a few milliseconds.
"""

from __future__ import annotations

from array import array
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
from cog_browser.gui.details.facts import verdict_text
from cog_browser.gui.find.name_filter import NameFilter
from cog_browser.gui.icons import row_icon
from cog_browser.gui.layers.drop_handler import encode
from cog_browser.gui.object_looks import object_icon, object_tip
from cog_browser.gui.object_rows import ObjectRows
from cog_browser.gui.place import DELIMITER, ObjectAddress, Place
from cog_browser.gui.row_numbers import Numbers, joined, moved_row, taken, taken_folders, total_size
from cog_browser.gui.sorting import (
    MODIFIED,
    NAME,
    SIZE,
    Order,
    SortJob,
    folder_name,
    is_by_name,
)
from cog_browser.gui.text import entry_size_text, one_line, size_text, time_text, tool_tip
from cog_browser.storage.models import Container, ObjectEntry

#: Up to here sorting takes a few milliseconds and is done at once.
SORTED_AT_ONCE = 2_000
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
        self._objects = ObjectRows()
        self._folder_rows, self._object_rows = array("l"), array("l")
        self._inverse, self._sorted_count = array("l"), 0  # as the last order left the objects
        self._folders_by_name = True  # whether they arrived so
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

    def objects_in(self, start: int, stop: int) -> tuple[ObjectRows, Numbers]:
        """For workers: objects as they arrived, and the arrival numbers of some rows."""
        first = len(self._folder_rows)
        return self._objects, Numbers(self._object_rows, start - first, stop - first)

    def folders_in(self, start: int, stop: int) -> tuple[Sequence[str | Container], Numbers]:
        """The same of folders."""
        return self._folders, Numbers(self._folder_rows, start, stop)

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

    def row_of(self, key: str) -> int:
        """The row of an object; -1 where it isn't shown."""
        number, rows = self._objects.number_of(key), self._object_rows
        if number < 0:
            return -1
        at = moved_row(number, self._inverse, rows, self._sorted_count)
        is_shown = 0 <= at < len(rows) and rows[at] == number
        return at + self.folder_count if is_shown else -1

    # What the controller tells

    def begin(self, place: Place | None) -> None:
        """Show another place, with no rows yet."""
        self._reset(place, [], ObjectRows())

    def append(
        self, folders: Sequence[str | Container], objects: ObjectRows | Iterable[ObjectEntry]
    ) -> None:
        """Add a page at the end of the folders and of the objects."""
        page = self.rows_of(objects)
        known = [*self._folders[-1:], *folders]
        self._folders_by_name = self._folders_by_name and is_by_name(known)
        first_folder, first = len(self._folders), len(self._objects)
        self._folders.extend(folders)
        self._objects.extend(page)
        fresh_folders = taken_folders(self._folders, first_folder, self._shown_filter)
        fresh = taken(self._objects, first, self._shown_filter)
        self._insert(self._folder_rows, fresh_folders, self.folder_count)
        self._insert(self._object_rows, fresh, self.rowCount())
        if self._shown_filter:
            self.total_size = total_size(self._objects, fresh, self.total_size)
        else:
            self.total_size = self._objects.size
        self.rows_changed.emit()

    def rows_of(self, objects: ObjectRows | Iterable[ObjectEntry]) -> ObjectRows:
        """As they are kept, without the object that only makes the folder exist. Any thread."""
        if isinstance(objects, ObjectRows):
            return objects
        return ObjectRows(objects, self.place.prefix if self.place else None)

    def replace(
        self,
        folders: Sequence[str | Container],
        objects: ObjectRows | Iterable[ObjectEntry],
        order: Order | None = None,
    ) -> None:
        """Show a new listing of the same place at once; with its ``order`` if it is known."""
        if order is not None and not self.wants_alike(order):
            order = None
        self._reset(self.place, list(folders), self.rows_of(objects), order)
        if order is None:
            self.finish()

    def order_of(self, folders: Sequence[str | Container], objects: ObjectRows) -> SortJob:
        """What sorts and filters other rows as these are."""
        return SortJob(
            self._listing,
            self._column,
            self._descending,
            folders,
            objects,
            len(folders),
            len(objects),
            self._filter,
        )

    def tell_badge(self, row: int) -> None:
        """The badge of a row has become known."""
        if 0 <= row < self.rowCount():
            index = self.index(row, NAME)
            self.dataChanged.emit(index, index)

    def finish(self) -> None:
        """The listing is complete: rows that arrived while another order was chosen are sorted."""
        is_by_name = self._folders_by_name and self._objects.is_by_name
        is_as_arrived = is_by_name and self._column == NAME and not self._descending
        if not is_as_arrived or self._filter != self._shown_filter:
            self._sort()

    def set_filter(self, wanted: NameFilter) -> None:
        """Show only what it takes; a long listing is filtered in a worker."""
        if wanted != self._filter:
            self._filter = wanted
            self._sort()

    def wants(self, order: Order) -> bool:
        """Whether it is for the rows, and as was asked for last."""
        return order.listing == self._listing and self.wants_alike(order)

    def wants_alike(self, order: Order) -> bool:
        """Whether other rows of that order would be as was asked for last."""
        wanted = (self._column, self._descending, self._filter)
        return (order.column, order.descending, order.filter) == wanted

    def apply_order(self, order: Order) -> None:
        """Take a sorted order over; one of an earlier listing or choice is ignored."""
        if not self.wants(order):
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
        if role == Qt.ItemDataRole.AccessibleDescriptionRole and entry:
            return verdict_text(badge) if (badge := self._badge(entry)) else None
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
        self,
        place: Place | None,
        folders: list[str | Container],
        objects: ObjectRows,
        order: Order | None = None,
    ) -> None:
        self.beginResetModel()
        self._listing += 1
        self.place, self._folders, self._objects = place, folders, objects
        self._folders_by_name = is_by_name(folders)
        if order is None:
            is_long = len(folders) + len(objects) > SORTED_AT_ONCE  # a worker filters them
            shown = self._shown_filter = NameFilter() if is_long else self._filter
            self._folder_rows = taken_folders(folders, 0, shown)
            self._object_rows = taken(objects, 0, shown)
            self._inverse, self._sorted_count = array("l"), 0
            self.total_size = total_size(objects, self._object_rows, 0) if shown else objects.size
        else:
            self._take(order)
        self.endResetModel()
        self.rows_changed.emit()

    def _insert(self, rows: array, fresh: array, first: int) -> None:
        if fresh:
            self.beginInsertRows(QModelIndex(), first, first + len(fresh) - 1)
            rows.extend(fresh)
            self.endInsertRows()

    def _take(self, order: Order) -> None:
        """The new order, then what arrived after it was asked for."""
        late = taken(self._objects, len(order.object_rows), order.filter)
        late_folders = taken_folders(self._folders, len(order.folder_rows), order.filter)
        self._inverse, self._sorted_count = order.object_rows, len(order.objects)
        self._folder_rows = joined(order.folders, late_folders)
        self._object_rows = joined(order.objects, late)
        self.total_size = total_size(self._objects, late, order.size)
        self._shown_filter = order.filter

    def _sort(self) -> None:
        job = self.order_of(self._folders, self._objects)
        if len(self._folders) + len(self._objects) <= SORTED_AT_ONCE:
            self.apply_order(job.run())
        else:
            self.sort_requested.emit(job)

    def _arrival(self, row: int) -> tuple[bool, int]:
        count = self.folder_count
        if row < count:
            return True, self._folder_rows[row]
        return False, self._object_rows[row - count]

    def _full_name(self, row: int) -> str:
        entry = self.entry(row)
        return entry.key if entry else folder_name(self._folders[self._folder_rows[row]])

    def _shown_name(self, row: int) -> str:
        prefix = self.place.prefix if self.place else ""
        entry, name = self.entry(row), self._full_name(row)[len(prefix) :]
        if entry is not None and self.place is not None and not self.place.container:
            return one_line(f"{entry.container}/{name}")  # found in one of all containers
        if entry is None:
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
        return object_icon(entry, self._badge(entry))

    def _tip(self, row: int) -> str:
        entry = self.entry(row)
        return object_tip(entry, self._badge(entry)) if entry else tool_tip(self._full_name(row))

    def _badge(self, entry: ObjectEntry) -> str | None:
        return self.badge_of(entry) if self.badge_of is not None else None
