# SPDX-License-Identifier: GPL-2.0-or-later
"""“cog …” in QGIS's locator bar.

The filter calls itself fast, so QGIS runs it on the main thread: it looks into memory only. A
filter that QGIS runs in threads of its own would wait for the interpreter there while another
plugin, on the main thread and holding it, waits for those threads to take its filter out of the
locator. What the stores are asked for runs in our workers, and the search is repeated for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from qgis.core import (
    QgsFeedback,
    QgsLocatorContext,
    QgsLocatorFilter,
    QgsLocatorModelBridge,
    QgsLocatorResult,
)
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QLineEdit, QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.sessions import Sessions
from cog_browser.adapters.workers import Workers
from cog_browser.gui.controller import BrowserController
from cog_browser.gui.dock import CogBrowserDock
from cog_browser.gui.find.find import known_accounts
from cog_browser.gui.find.known_places import KnownPlaces, Match
from cog_browser.gui.icons import row_icon
from cog_browser.gui.place import ObjectAddress, Place
from cog_browser.gui.text import one_line

PREFIX = "cog"
#: Less than this would match nearly everything of everybody who types into the bar.
_LEAST_WITHOUT_PREFIX = 3
_SHOW = 1  # the action of a result

#: Called with a place, the object in it if there is one, and whether to show it in the panel.
Act = Callable[["Place | None", "ObjectAddress | None", bool], None]


class LocatorEntry(QObject):
    """Puts the filter into QGIS's locator, and does what its results are for. Thread: main."""

    def __init__(
        self,
        iface: Any,
        dock: CogBrowserDock,
        controller: BrowserController,
        sessions: Sessions,
        workers: Workers,
    ) -> None:
        super().__init__(controller)
        self._iface, self._dock, self._controller = iface, dock, controller
        self._known = KnownPlaces(
            dock.tree_model, sessions, workers, partial(known_accounts, sessions), self
        )
        self._filter = CogLocatorFilter(self._known, self._act, iface.mainWindow())
        iface.registerLocatorFilter(self._filter)

    def stop(self) -> None:
        self._iface.deregisterLocatorFilter(self._filter)  # which deletes it
        self._known.stop()

    def _act(self, place: Place | None, address: ObjectAddress | None, is_shown: bool) -> None:
        if place is None:
            self._controller.accounts.add()
        elif address is not None and not is_shown:
            self._controller.add_layers((address,))
        else:
            self._dock.setUserVisible(True)
            self._controller.find.go_to(place, address)


class CogLocatorFilter(QgsLocatorFilter):
    """QGIS owns it, and each of the clones that it makes for a search. Thread: main."""

    def __init__(self, known: KnownPlaces, act: Act, window: QWidget) -> None:
        super().__init__()
        self._known, self._act, self._window = known, act, window

    def name(self) -> str:
        return "cog_browser"

    def displayName(self) -> str:
        return tr("COG Browser")

    def description(self) -> str:
        return tr("Containers, favourites, recent objects, and pasted addresses")

    def prefix(self) -> str:
        return PREFIX

    def flags(self) -> QgsLocatorFilter.Flags:
        return QgsLocatorFilter.Flags(QgsLocatorFilter.Flag.FlagFast)

    def clone(self) -> CogLocatorFilter:
        return CogLocatorFilter(self._known, self._act, self._window)

    def fetchResults(self, text: str, context: QgsLocatorContext, feedback: QgsFeedback) -> None:
        if context.usingPrefix:
            window = self._window  # this clone is gone by then
            self._known.refresh(lambda: search_again(window))
        elif len(text.strip()) < _LEAST_WITHOUT_PREFIX:
            return
        for match in self._known.matching(text):
            if feedback.isCanceled():
                return
            self.resultFetched.emit(self._result(match))

    def triggerResult(self, result: QgsLocatorResult) -> None:
        self._run(result, is_shown=False)

    def triggerResultFromAction(self, result: QgsLocatorResult, action_id: int) -> None:
        self._run(result, is_shown=action_id == _SHOW)

    def _run(self, result: QgsLocatorResult, *, is_shown: bool) -> None:
        connection_id, container, prefix, key = json.loads(result.userData)
        place = Place(connection_id, container, prefix) if connection_id else None
        address = ObjectAddress(connection_id, container, key) if key else None
        self._act(place, address, is_shown)

    def _result(self, match: Match) -> QgsLocatorResult:
        place, address = match.place or Place(""), match.address
        result = QgsLocatorResult()
        result.filter = self
        result.displayString = one_line(match.title)
        result.description = one_line(match.detail)
        result.group = match.group
        result.score = match.score
        result.icon = row_icon(match.icon_name)
        # Text: QGIS copies it around.
        kept = [place.connection_id, place.container, place.prefix, address.key if address else ""]
        result.setUserData(json.dumps(kept))
        if address is not None:
            result.actions = [QgsLocatorResult.ResultAction(_SHOW, tr("Show in the panel"))]
        return result


def search_again(window: QWidget) -> None:
    """Repeat what stands in the window's locator bar, if it is for this filter."""
    for line in window.findChildren(QLineEdit):  # `findChildren` knows no classes of QGIS
        if not _is_a(line, "QgsLocatorLineEdit") or not line.text().startswith(f"{PREFIX} "):
            continue
        for one in line.parent().children():
            if _is_a(one, "QgsLocatorModelBridge"):
                sip.cast(one, QgsLocatorModelBridge).performSearch(line.text())


def _is_a(one: QObject, name: str) -> bool:
    return one.metaObject().className() == name
