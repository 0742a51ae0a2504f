# SPDX-License-Identifier: GPL-2.0-or-later
"""How the layers on objects are doing: read, waiting, failing, replaced, or not yet opened."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from qgis.core import QgsMapLayer, QgsProject
from qgis.PyQt.QtCore import QObject, Qt, pyqtSignal

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.layer_sources import gateway_urls, reads, saved_sources
from cog_browser.adapters.ownership import OwnedObject, owner_of
from cog_browser.adapters.sessions import sessions
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.gateway.shared_object import (
    FAILING,
    READING,
    REPLACED,
    SILENT,
    WAITING,
)

#: The layer has a placeholder: its object was never opened here, or can't be opened now.
PENDING = "pending"
_URGENT = (WAITING, REPLACED, FAILING, SILENT, READING)


@dataclass(frozen=True)
class LayerState:
    """``reason`` is a sentence for people; ``connection_id`` is empty where there is none."""

    state: str
    reason: str
    connection_id: str
    container: str
    key: str


class LayerStates(QObject):
    """Thread: main, but for `hear`."""

    #: A layer's id, when its state or its reason is another.
    changed = pyqtSignal(str)
    #: The URL of an object that can be read again after it could not be.
    recovered = pyqtSignal(str)
    #: The URL of an object that is another one in the store by now.
    replaced = pyqtSignal(str)
    _heard = pyqtSignal(str, str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._by_url: dict[str, tuple[str, str]] = {}  # of those that are not just read
        self._troubles: dict[str, tuple[str, str, str]] = {}  # layer id → source, state, reason
        self._delays: dict[str, str] = {}  # by connection id
        self._heard.connect(self._on_heard, Qt.ConnectionType.QueuedConnection)

    def hear(self, url: str, state: str, reason: str) -> None:
        """What the gateway calls when an object's state changes. Thread: any."""
        with suppress(RuntimeError):  # QGIS is closing and has deleted this object
            self._heard.emit(url, state, reason)

    def state_of(self, layer: QgsMapLayer) -> LayerState | None:
        """The state of a layer on an object; None for any other layer."""
        source = layer.source()
        objects, urls = saved_sources(source), gateway_urls(source)
        if not objects:
            return None
        url = min(urls, key=self._urgency) if urls else None
        found = owner_of(objects[urls.index(url)] if url else objects[0])
        troubled, *trouble = self._troubles.get(layer.id(), ("", "", ""))
        if troubled == source:
            state, reason = trouble
        elif url is None:
            state, reason = PENDING, self._why_pending(found)
        else:
            state, reason = self._by_url.get(url, (READING, ""))
            if state == WAITING and found is not None:
                reason = self._delays.get(found.connection_id) or reason
        if found is None:
            return LayerState(state, reason, "", "", "")
        return LayerState(state, reason, found.connection_id, found.container, found.key)

    def is_lost(self, layer: QgsMapLayer) -> bool:
        """Whether a layer on an object must be opened anew before it can be read."""
        urls = gateway_urls(layer.source())
        if not urls:
            return bool(saved_sources(layer.source()))
        return any(self._by_url.get(url, ("", ""))[0] == REPLACED for url in urls)

    def _urgency(self, url: str) -> int:
        """Of a mosaic's objects, the one that is worst off tells how the layer is."""
        return _URGENT.index(self._by_url.get(url, (READING, ""))[0])

    def note_trouble(self, layer: QgsMapLayer, state: str, reason: str) -> None:
        """Why a layer could not be opened again; it holds until its source is another."""
        self._troubles[layer.id()] = (layer.source(), state, reason)
        self.changed.emit(layer.id())

    def delay_of(self, connection_id: str) -> str:
        """What `note_delay` was told last."""
        return self._delays.get(connection_id, "")

    def note_delay(self, connection_id: str, reason: str) -> None:
        """Why nobody is signed in to a connection yet; empty when somebody is."""
        if self.delay_of(connection_id) == reason:
            return
        self._delays[connection_id] = reason
        for layer in layers_of_project():
            state = self.state_of(layer)
            if state is not None and state.connection_id == connection_id:
                self.changed.emit(layer.id())

    def _why_pending(self, found: OwnedObject | None) -> str:
        if found is None:
            return tr("Its connection is not known: choose the one to read it with.")
        if not found.connection_id:
            return tr(
                "It belongs to an account that isn't set up here: {host}, project {project}. Set "
                "it up, and the layer comes alive by itself."
            ).format(host=found.host, project=found.project)
        if self._delays.get(found.connection_id):
            return self._delays[found.connection_id]
        if sessions().is_signed_in(found.connection_id):
            return tr("It is being opened.")
        try:
            name = sessions().connection(found.connection_id).name
        except ConfigurationError:
            name = found.account
        return tr("It waits for a sign-in to “{connection}”.").format(connection=name)

    def _on_heard(self, url: str, state: str, reason: str) -> None:
        before, _ = self._by_url.get(url, (READING, ""))
        if state == READING:
            self._by_url.pop(url, None)
        else:
            self._by_url[url] = (state, reason)
        for layer in layers_of_project():
            if reads(layer, url):
                self.changed.emit(layer.id())
        if state == READING and before in (WAITING, FAILING):
            self.recovered.emit(url)
        elif state == REPLACED:
            self.replaced.emit(url)


def layers_of_project() -> list[QgsMapLayer]:
    return list(QgsProject.instance().mapLayers().values())


_states: LayerStates | None = None


def layer_states() -> LayerStates:
    """The states of this QGIS's layers, made at the first call. Thread: main."""
    global _states  # noqa: PLW0603
    if _states is None:
        _states = LayerStates()
    return _states


def close_layer_states() -> None:
    """Undo `layer_states`."""
    global _states  # noqa: PLW0603
    if _states is not None:
        _states.deleteLater()  # the gateway goes on telling it
    _states = None
