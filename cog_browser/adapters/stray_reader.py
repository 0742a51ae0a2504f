# SPDX-License-Identifier: GPL-2.0-or-later
"""Opens waiting layers of accounts without a connection, where that needs nothing of the user."""

from __future__ import annotations

from functools import partial
from typing import Any

from qgis.core import QgsMapLayer, QgsProject
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, QTimer

from cog_browser.adapters.held_sources import held_source
from cog_browser.adapters.layer_states import PENDING, LayerStates, layers_of_project
from cog_browser.adapters.layer_swap import revive
from cog_browser.adapters.ownership import OwnedObject, owner_of
from cog_browser.adapters.path_translation import to_saved_form
from cog_browser.adapters.revive import FIRST, LONGEST
from cog_browser.adapters.stray_stores import close_stray_stores, stray_store
from cog_browser.adapters.workers import Job, Workers
from cog_browser.cog.mosaic.document import is_document, objects_of
from cog_browser.storage.errors import (
    CogBrowserError,
    ServerError,
    ThrottledError,
    TransportError,
)

_TRANSIENT = (TransportError, ServerError, ThrottledError)
#: A layer's id, its saved form and whose object that is.
_Waiting = tuple[str, str, OwnedObject]


class StrayReader(QObject):
    """Thread: main. One worker for each account: a host that doesn't answer must not take all."""

    def __init__(
        self, workers: Workers, states: LayerStates, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._workers, self._states = workers, states
        self._tried: set[tuple[str, str]] = set()  # layer id, saved form
        self._pauses: dict[str, float] = {}  # by root
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._look)
        self._later = QTimer(self)  # for accounts that could not be reached
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._look)
        QgsProject.instance().layersAdded.connect(self._look_soon)
        QgsProject.instance().cleared.connect(self._on_cleared)
        self._look_soon()

    def stop(self) -> None:
        QgsProject.instance().layersAdded.disconnect(self._look_soon)
        QgsProject.instance().cleared.disconnect(self._on_cleared)
        self._soon.stop()
        self._later.stop()
        for root in self._pauses:
            self._workers.cancel(("stray", root))
        close_stray_stores()

    def _look_soon(self, _layers: Any = None) -> None:
        self._soon.start(0)

    def _on_cleared(self) -> None:
        self._tried.clear()

    def _look(self) -> None:
        by_root: dict[str, list[_Waiting]] = {}
        for layer in layers_of_project():
            saved = to_saved_form(layer.source())
            state = self._states.state_of(layer)
            if state is None or state.state != PENDING or (layer.id(), saved) in self._tried:
                continue
            found = owner_of(_first(saved))
            if found is not None and not found.connection_id:
                by_root.setdefault(found.root, []).append((layer.id(), saved, found))
        for root, waiting in by_root.items():
            if not self._workers.is_running(("stray", root)):
                self._ask(root, waiting)

    def _ask(self, root: str, waiting: list[_Waiting]) -> None:
        self._pauses.setdefault(root, FIRST)
        self._workers.run(
            partial(_ask, waiting),
            item=self._on_answer,
            done=partial(self._on_asked, root),
            key=("stray", root),
        )

    def _on_answer(self, answer: tuple[_Waiting, CogBrowserError | None]) -> None:
        (layer_id, saved, _), error = answer
        self._tried.add((layer_id, saved))
        layer = QgsProject.instance().mapLayer(layer_id)
        if layer is None or to_saved_form(layer.source()) != saved:
            return
        if self._workers.is_running(("revive", layer_id)):  # a connection takes it over
            return
        if error is None:
            revive(layer, self._workers, partial(self._on_revived, layer))
        elif held_source(saved) is not None:
            self._states.note_trouble(layer, PENDING, str(error))

    def _on_revived(self, layer: QgsMapLayer, error: Exception | None) -> None:
        if error is not None and not sip.isdeleted(layer):
            self._states.note_trouble(layer, PENDING, str(error))

    def _on_asked(self, root: str, is_reached: bool) -> None:
        if is_reached:
            self._pauses[root] = FIRST
            self._look_soon()  # what came while the worker was busy
            return
        pause = self._pauses[root]
        self._pauses[root] = min(2 * pause, LONGEST)
        if not self._later.isActive():
            self._later.start(int(1000 * pause))


def _first(saved: str) -> str:
    """Of a mosaic, the object that stands for all."""
    return objects_of(saved)[0].source if is_document(saved) else saved


def _ask(waiting: list[_Waiting], job: Job) -> bool:
    """Emit for each layer why its object can't be read, or None; False where nobody answers."""
    for one in waiting:
        job.check()
        _, saved, found = one
        error: CogBrowserError | None = None
        try:
            stray_store(_first(saved), found).head_object(found.container, found.key)
        except _TRANSIENT:
            return False
        except CogBrowserError as refused:
            error = refused
        job.emit((one, error))
    return True
