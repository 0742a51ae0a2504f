# SPDX-License-Identifier: GPL-2.0-or-later
"""What open layers have cost so far: asked of the gateway in a worker."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

from qgis.core import QgsMapLayer, QgsProject
from qgis.PyQt.QtCore import QObject, pyqtSignal

from cog_browser.adapters.workers import Job, Workers
from cog_browser.storage.errors import CogBrowserError
from cog_browser.storage.gateway.process import running_gateway
from cog_browser.storage.gateway.shared_object import Meter
from cog_browser.storage.vsi import gateway_url

if TYPE_CHECKING:
    from cog_browser.adapters.layer_states import LayerStates

_COUNTERS = tuple(f.name for f in fields(Meter) if f.type in ("int", int))


class LayerMeters(QObject):
    """The latest known meters. Thread: main."""

    changed = pyqtSignal()

    def __init__(self, states: LayerStates, workers: Workers, parent: QObject | None = None):
        super().__init__(parent)
        self._states, self._workers = states, workers
        #: URL → connection: also of layers that are gone, which have cost something too.
        self._owners: dict[str, str] = {}
        self._meters: dict[str, Meter] = {}
        self._is_asking = False

    def refresh(self) -> None:
        """Ask for all; `changed` tells when the answer is there."""
        for layer in QgsProject.instance().mapLayers().values():
            state, url = self._states.state_of(layer), gateway_url(layer.source())
            if state is not None and url is not None:
                self._owners[url] = state.connection_id
        if self._is_asking or not self._owners:
            return
        self._is_asking = True
        urls = list(self._owners)
        self._workers.run(
            lambda job: _ask(job, urls), done=self._take, failed=lambda _error: self._take({})
        )

    def of(self, layer: QgsMapLayer) -> Meter | None:
        """What the layer's object has cost since it was opened, as far as it is known."""
        return self._meters.get(gateway_url(layer.source()) or "")

    def of_connection(self, connection_id: str) -> Meter | None:
        """All objects of a connection together, or None."""
        found = [m for u, m in self._meters.items() if self._owners.get(u) == connection_id]
        if not found:
            return None
        sums = {name: sum(getattr(meter, name) for meter in found) for name in _COUNTERS}
        return replace(Meter(), **sums)

    def _take(self, meters: dict[str, Meter]) -> None:
        self._is_asking = False
        if any(self._meters.get(url) != meter for url, meter in meters.items()):
            self._meters.update(meters)
            self.changed.emit()


def _ask(job: Job, urls: list[str]) -> dict[str, Meter]:
    gateway, found = running_gateway(), {}
    for url in urls if gateway is not None else ():
        job.check()
        try:
            meter = gateway.meter(url)
        except CogBrowserError:  # it has ended; its layers have other worries
            break
        if meter is not None:
            found[url] = meter
    return found
