# SPDX-License-Identifier: GPL-2.0-or-later
"""What open layers have cost so far: asked of the gateway in a worker."""

from __future__ import annotations

from collections.abc import Iterable

from qgis.core import QgsMapLayer, QgsProject
from qgis.PyQt.QtCore import QObject, pyqtSignal

from cog_browser.adapters.layer_sources import gateway_urls
from cog_browser.adapters.workers import Job, Workers
from cog_browser.storage.gateway.process import running_gateway
from cog_browser.storage.gateway.shared_object import Meter

#: The meters of URLs, and of connections by their ids.
_Found = tuple[dict[str, Meter], dict[str, Meter]]


class LayerMeters(QObject):
    """The latest known meters. Thread: main."""

    changed = pyqtSignal()

    def __init__(self, workers: Workers, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workers = workers
        self._meters: dict[str, Meter] = {}
        #: Also with what layers have cost that are gone.
        self._totals: dict[str, Meter] = {}
        self._is_asking = False

    def refresh(self) -> None:
        """Ask for all; `changed` tells when the answer is there."""
        if self._is_asking:
            return
        self._is_asking = True
        layers = QgsProject.instance().mapLayers().values()
        urls = {url for layer in layers for url in gateway_urls(layer.source())}
        self._workers.run(
            lambda job: _ask(job, urls), done=self._take, failed=lambda _error: self._fail()
        )

    def of(self, layer: QgsMapLayer) -> Meter | None:
        """What the layer's objects have cost since they were opened, as far as it is known."""
        urls = gateway_urls(layer.source())
        known = [self._meters[url] for url in urls if url in self._meters]
        if len(known) < 2:
            return known[0] if known else None
        total = Meter()
        for meter in known:
            total.add(meter)
            total.last_error = meter.last_error or total.last_error
        return total

    def of_connection(self, connection_id: str) -> Meter | None:
        """All objects of a connection together, or None."""
        return self._totals.get(connection_id)

    def _take(self, found: _Found) -> None:
        self._is_asking = False
        if found != (self._meters, self._totals):
            self._meters, self._totals = found
            self.changed.emit()

    def _fail(self) -> None:
        """The gateway has ended; its layers have other worries."""
        self._is_asking = False


def _ask(job: Job, urls: Iterable[str]) -> _Found:
    gateway, meters = running_gateway(), {}
    if gateway is None:
        return {}, {}
    for url in urls:
        job.check()
        meter = gateway.meter(url)
        if meter is not None:
            meters[url] = meter
    return meters, gateway.totals()
