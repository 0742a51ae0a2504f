# SPDX-License-Identifier: GPL-2.0-or-later
"""Brings layers to life by themselves: after a project was opened, a sign-in, or a failure."""

from __future__ import annotations

from functools import partial
from typing import Any

from osgeo import gdal
from qgis.core import QgsMapLayer, QgsProject
from qgis.PyQt.QtCore import QObject, QTimer

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.layer_sources import reads
from cog_browser.adapters.layer_states import PENDING, LayerStates, layers_of_project
from cog_browser.adapters.layer_swap import revive
from cog_browser.adapters.sessions import Sessions
from cog_browser.adapters.used_objects import UsedObjects
from cog_browser.adapters.workers import Job, Workers
from cog_browser.storage.connection import Connection
from cog_browser.storage.errors import (
    ConfigurationError,
    ServerError,
    ThrottledError,
    TransportError,
)
from cog_browser.storage.gateway.shared_object import FAILING, REPLACED, WAITING
from cog_browser.storage.vsi import running_source

#: Seconds between two tries to reach an account: the first, and the longest.
FIRST, LONGEST = 2.0, 30.0
#: Milliseconds without an answer to a sign-in after which its layers say so.
PATIENCE = 10_000
_AWAITED = (PENDING, WAITING, REPLACED)
_TRANSIENT = (TransportError, ServerError, ThrottledError)


class Reviver(QObject):
    """Thread: main. Asks the user nothing: who can't be signed in silently waits."""

    def __init__(
        self,
        sessions: Sessions,
        workers: Workers,
        states: LayerStates,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._sessions, self._workers, self._states = sessions, workers, states
        self._busy: set[str] = set()  # connection ids
        self._refused: set[str] = set()  # connection ids: trying again may lock an account
        self._pauses: dict[str, float] = {}
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._look)
        self._timers: dict[str, QTimer] = {}
        self._used_objects = UsedObjects(workers, states, self)
        QgsProject.instance().layersAdded.connect(self._look_soon)
        QgsProject.instance().layersRemoved.connect(self._on_removed)
        sessions.signed_in.connect(self._on_signed_in)
        sessions.repository.changed.connect(self._look_soon)
        states.recovered.connect(self._on_recovered)
        states.replaced.connect(self._on_replaced)
        states.changed.connect(self._on_changed)
        self._look_soon()  # the plugin may have been loaded after the project

    def stop(self) -> None:
        """Let go of QGIS and of the other parts; what runs is not delivered any more."""
        QgsProject.instance().layersAdded.disconnect(self._look_soon)
        QgsProject.instance().layersRemoved.disconnect(self._on_removed)
        self._sessions.signed_in.disconnect(self._on_signed_in)
        self._sessions.repository.changed.disconnect(self._look_soon)
        self._states.recovered.disconnect(self._on_recovered)
        self._states.replaced.disconnect(self._on_replaced)
        self._states.changed.disconnect(self._on_changed)
        self._used_objects.stop()
        self._soon.stop()
        for timer in self._timers.values():
            timer.stop()
        for connection_id in self._busy:
            self._workers.cancel(("revive", connection_id))
        self._busy.clear()
        self._on_removed([layer.id() for layer in layers_of_project()])

    def _look_soon(self, _layers: Any = None) -> None:
        self._soon.start(0)

    def _on_changed(self, layer_id: str) -> None:
        """A layer waits of which that was not known, e.g. since the plugin has been reloaded."""
        layer = QgsProject.instance().mapLayer(layer_id)
        state = self._states.state_of(layer) if layer is not None else None
        if state is not None and state.state == WAITING:
            self._look_soon()

    def _look(self) -> None:
        """Sign in for layers that wait, unless that runs already."""
        for connection_id in self._awaited():
            if connection_id not in self._busy | self._refused | set(self._timers):
                self._sign_in(connection_id)

    def _awaited(self) -> list[str]:
        found = (self._states.state_of(layer) for layer in layers_of_project())
        return sorted(
            {s.connection_id for s in found if s is not None and s.state in _AWAITED} - {""}
        )

    def _on_signed_in(self, connection_id: str) -> None:
        self._pauses.pop(connection_id, None)
        self._refused.discard(connection_id)
        timer = self._timers.pop(connection_id, None)
        if timer is not None:
            timer.stop()
        if self._has_own_layers():
            self._sign_in(connection_id)

    def _has_own_layers(self) -> bool:
        return any(self._states.state_of(layer) is not None for layer in layers_of_project())

    def _sign_in(self, connection_id: str) -> None:
        """Open the connection's store without asking anybody, and let its layers read."""
        try:
            connection = self._sessions.connection(connection_id)
        except ConfigurationError:
            return
        self._busy.add(connection_id)
        QTimer.singleShot(PATIENCE, partial(self._note_silence, connection))
        self._workers.run(
            partial(self._open_store, connection),
            done=partial(self._on_opened, connection_id),
            failed=partial(self._on_not_opened, connection_id),
            key=("revive", connection_id),
        )

    def _note_silence(self, connection: Connection) -> None:
        if connection.id in self._busy and not self._states.delay_of(connection.id):
            reason = tr("“{connection}” has not answered the sign-in so far.")
            self._states.note_delay(connection.id, reason.format(connection=connection.name))

    def _open_store(self, connection: Connection, job: Job) -> bool:
        """Thread: a worker. False where only the user could sign in."""
        credentials = None
        if not self._sessions.is_signed_in(connection.id):
            credentials = self._sessions.find_credentials(connection, may_prompt=False)
            if credentials is None:
                return False
        job.check()
        self._sessions.remember_root(self._sessions.store(connection, credentials))
        return True

    def _on_opened(self, connection_id: str, is_open: bool) -> None:
        self._busy.discard(connection_id)
        self._pauses.pop(connection_id, None)
        self._states.note_delay(connection_id, "")
        if not is_open:
            return
        for layer in layers_of_project():
            state = self._states.state_of(layer)
            if state is None or state.connection_id != connection_id:
                continue
            # A layer that waits for another connection to the same account has to change over.
            if state.state in _AWAITED or self._states.is_lost(layer):
                self._revive(layer)

    def _on_not_opened(self, connection_id: str, error: Exception) -> None:
        self._busy.discard(connection_id)
        self._states.note_delay(connection_id, str(error))
        if isinstance(error, _TRANSIENT):
            self._try_again(connection_id)
        else:
            self._refused.add(connection_id)

    def _try_again(self, connection_id: str) -> None:
        if connection_id in self._timers:
            return
        pause = self._pauses.get(connection_id, FIRST)
        self._pauses[connection_id] = min(2 * pause, LONGEST)
        timer = self._timers[connection_id] = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(partial(self._on_pause_over, connection_id))
        timer.start(int(pause * 1000))

    def _on_pause_over(self, connection_id: str) -> None:
        self._timers.pop(connection_id).deleteLater()
        if connection_id in self._awaited():
            self._sign_in(connection_id)

    def _on_removed(self, layer_ids: list[str]) -> None:
        for layer_id in layer_ids:
            self._workers.cancel(("revive", layer_id))

    def _revive(self, layer: QgsMapLayer) -> None:
        if not self._workers.is_running(("revive", layer.id())):  # be it for us or for the user
            revive(layer, self._workers, partial(self._on_revived, layer))

    def _on_revived(self, layer: QgsMapLayer, error: Exception | None) -> None:
        if error is None:
            if self._states.is_lost(layer):  # replaced once more in the meantime
                self._revive(layer)
        elif isinstance(error, _TRANSIENT):
            state = self._states.state_of(layer)
            if state is not None:
                self._states.note_delay(state.connection_id, str(error))
                self._try_again(state.connection_id)
        else:
            self._states.note_trouble(layer, FAILING, str(error))

    def _on_recovered(self, url: str) -> None:
        """Let GDAL forget its failures, also for a layer that may come back, then repaint."""

        def repaint(_result: None) -> None:
            for layer in layers_of_project():
                if reads(layer, url):
                    layer.triggerRepaint()

        source = running_source(url)
        self._workers.run(lambda _job: gdal.VSICurlPartialClearCache(source), done=repaint)

    def _on_replaced(self, url: str) -> None:
        for layer in layers_of_project():
            if reads(layer, url):
                self._revive(layer)
