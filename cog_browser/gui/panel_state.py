# SPDX-License-Identifier: GPL-2.0-or-later
"""How the user left the panel, for the next session. Details and badges keep their own settings.

Nothing is asked for because of it, unless the panel is visible and signing in needs no question.
"""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from qgis.core import QgsSettings
from qgis.PyQt.QtCore import QObject, Qt

from cog_browser.adapters.panel_settings import returns_to_last_place
from cog_browser.adapters.sessions import Sessions
from cog_browser.adapters.workers import Job, Workers
from cog_browser.gui.dock import CogBrowserDock
from cog_browser.gui.place import Place
from cog_browser.storage.connection import Connection
from cog_browser.storage.errors import ConfigurationError

_GROUP = "plugins/cog_browser/panel"
_KEY = ("panel", "return")


class PanelState(QObject):
    """Thread: main; whether a secret is kept is looked up in a worker."""

    def __init__(
        self,
        dock: CogBrowserDock,
        sessions: Sessions,
        workers: Workers,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._dock, self._sessions, self._workers = dock, sessions, workers
        self._is_stopped = self._has_returned = False
        self._restore()
        dock.splitter.splitterMoved.connect(lambda *_: self._keep_split())
        columns = dock.table.horizontalHeader()
        columns.sectionResized.connect(lambda *_: self._keep_widths())
        columns.sortIndicatorChanged.connect(self._keep_sort)
        dock.find.rasters.toggled.connect(partial(_write, "rasters_only"))
        dock.find.more.toggled.connect(partial(_write, "search_options"))
        dock.place_selected.connect(self._keep_place)
        dock.visibilityChanged.connect(self._return)
        self._return(dock.isVisible())

    def stop(self) -> None:
        """What the dock does on its way out is not the user's doing."""
        self._is_stopped = True
        self._workers.cancel(_KEY)

    # What is kept

    def _keep_split(self) -> None:
        sizes = self._dock.splitter.sizes()
        _write("split", round(sizes[0] / max(sum(sizes), 1), 3))

    def _keep_widths(self) -> None:
        if self._dock.table.widths:
            _write("widths", self._dock.table.widths)

    def _keep_sort(self, column: int, order: Qt.SortOrder) -> None:
        _write("sort", [column, order == Qt.SortOrder.DescendingOrder])

    def _keep_place(self, place: Place) -> None:
        if not self._is_stopped:
            self._has_returned = True  # the user was quicker
            _write("place", [place.connection_id, place.container, place.prefix])

    # What comes back

    def _restore(self) -> None:
        dock, split, sort = self._dock, _read("split", 0.0), _read("sort", [])
        if isinstance(split, float) and 0 < split < 1:
            dock.splitter.setSizes([round(split * 1000), round((1 - split) * 1000)])
        widths = _read("widths", [])
        if isinstance(widths, list) and all(isinstance(one, int) and one > 0 for one in widths):
            dock.table.set_widths(widths)
        if isinstance(sort, list) and len(sort) == 2 and sort[0] in range(3):
            order = Qt.SortOrder.DescendingOrder if sort[1] else Qt.SortOrder.AscendingOrder
            dock.table.sortByColumn(sort[0], order)
        dock.find.rasters.setChecked(_read("rasters_only", False) is True)
        dock.find.more.setChecked(_read("search_options", False) is True)

    def _return(self, is_visible: bool) -> None:
        """Go where the user was, the first time that the panel is seen."""
        if not is_visible or self._is_stopped or self._has_returned:
            return
        self._has_returned = True
        kept = _read("place", None)
        if not returns_to_last_place() or not isinstance(kept, list) or len(kept) != 3:
            return
        place = Place(*(str(part) for part in kept))
        try:
            connection = self._sessions.repository.find(place.connection_id)
        except ConfigurationError:  # it was removed
            return
        self._workers.run(
            partial(self._needs_no_question, connection),
            done=partial(self._go_to, place),
            failed=lambda _error: None,
            key=_KEY,
        )

    def _needs_no_question(self, connection: Connection, _job: Job) -> bool:
        if self._sessions.is_signed_in(connection.id):
            return True
        return self._sessions.find_credentials(connection, may_prompt=False) is not None

    def _go_to(self, place: Place, is_possible: bool) -> None:
        if is_possible and self._dock.current_place is None and not self._is_stopped:
            self._dock.expand(Place(place.connection_id))
            self._dock.select(place)


def _read(name: str, usual: Any) -> Any:
    try:
        return json.loads(QgsSettings().value(f"{_GROUP}/{name}", json.dumps(usual)))
    except (TypeError, ValueError):  # somebody else wrote it
        return usual


def _write(name: str, value: Any) -> None:
    QgsSettings().setValue(f"{_GROUP}/{name}", json.dumps(value))
