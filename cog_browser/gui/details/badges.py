# SPDX-License-Identifier: GPL-2.0-or-later
"""Says on the rows of the table that can be seen whether they are COGs."""

from __future__ import annotations

from collections import OrderedDict

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import QEvent, QObject, QTimer

from cog_browser.cog.description import Description
from cog_browser.gui.details.headers import Headers, Subject
from cog_browser.gui.dock import CogBrowserDock
from cog_browser.gui.find.name_filter import is_raster
from cog_browser.storage.models import ObjectEntry

_ASKER = "badges"
_ENABLED = "plugins/cog_browser/details/badges"
#: Milliseconds of rest before visible rows are looked at.
_REST = 200
AT_ONCE = 2
_KEPT = 50_000


class Badges(QObject):
    """Thread: main. Reads only what `Headers` reads, and only for names and types of TIFF."""

    def __init__(
        self, dock: CogBrowserDock, headers: Headers, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._table, self._model, self._headers = dock.table, dock.objects_model, headers
        self._verdicts: OrderedDict[Subject, str] = OrderedDict()
        self._failed: set[Subject] = set()
        self._rows: dict[Subject, int] = {}  # those that could be seen at the last look
        self._is_stopped = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST)
        self._rest.timeout.connect(self._look)
        dock.show_badges_action.setChecked(self.is_enabled)
        dock.show_badges_action.toggled.connect(self._on_toggled)
        self._model.badge_of = self._badge_of
        self._table.verticalScrollBar().valueChanged.connect(self._look_soon)
        for signal in (
            self._model.modelReset,
            self._model.rowsInserted,
            self._model.layoutChanged,
            dock.visibilityChanged,
        ):
            signal.connect(self._look_soon)
        self._model.modelReset.connect(self._failed.clear)  # a refresh tries again
        self._table.viewport().installEventFilter(self)
        headers.described.connect(self._on_described)
        headers.failed.connect(self._on_failed)

    @property
    def is_enabled(self) -> bool:
        return str(QgsSettings().value(_ENABLED, True)).lower() not in ("false", "0")

    def stop(self) -> None:
        self._is_stopped = True  # the table goes, and tells of it
        self._rest.stop()
        self._model.badge_of = None
        self._table.viewport().removeEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Hide):
            self._look_soon()
        return False

    def _look_soon(self, *_: object) -> None:
        """What was wanted before is wanted no more as soon as the user scrolls."""
        if self._is_stopped:
            return
        if not self._rest.isActive():
            self._headers.want(_ASKER, (), AT_ONCE)
        self._rest.start()

    def _look(self) -> None:
        self._rows = dict(self._visible()) if self.is_enabled else {}
        wanted = [
            subject
            for subject in self._rows
            if subject not in self._verdicts and subject not in self._failed
        ]
        for subject in wanted:
            known = self._headers.known(subject)
            if known is not None:
                self._keep(subject, known.verdict)
        self._headers.want(_ASKER, [s for s in wanted if s not in self._verdicts], AT_ONCE)

    def _visible(self) -> list[tuple[Subject, int]]:
        place, table = self._model.place, self._table
        if place is None or not table.isVisible():
            return []
        first, last = table.rowAt(0), table.rowAt(table.viewport().height() - 1)
        if first < 0:
            return []
        last = last if last >= 0 else self._model.rowCount() - 1
        found = ((row, self._model.entry(row)) for row in range(first, last + 1))
        return [
            (Subject.of(place.connection_id, entry), row)
            for row, entry in found
            if entry is not None and is_raster(entry)
        ]

    def _badge_of(self, entry: ObjectEntry) -> str | None:
        place = self._model.place
        if place is None or not self._verdicts:
            return None
        return self._verdicts.get(Subject.of(place.connection_id, entry))

    def _on_described(self, subject: Subject, found: Description) -> None:
        if self.is_enabled:
            self._keep(subject, found.verdict)

    def _on_failed(self, subject: Subject, _error: Exception) -> None:
        self._failed.add(subject)

    def _keep(self, subject: Subject, verdict: str) -> None:
        self._verdicts[subject] = verdict
        if len(self._verdicts) > _KEPT:
            self._verdicts.popitem(last=False)
        if subject in self._rows:
            self._model.tell_badge(self._rows[subject])
        else:
            self._table.viewport().update()

    def _on_toggled(self, is_on: bool) -> None:
        QgsSettings().setValue(_ENABLED, is_on)
        if not is_on:
            self._verdicts.clear()
        self._table.viewport().update()
        self._look_soon()
