# SPDX-License-Identifier: GPL-2.0-or-later
"""Tells the read gateway which objects layers show, so that it goes on trying no others."""

from __future__ import annotations

from functools import partial

from qgis.core import QgsProject
from qgis.PyQt.QtCore import QObject, QTimer

from cog_browser.adapters.layer_sources import gateway_urls
from cog_browser.adapters.layer_states import LayerStates, layers_of_project
from cog_browser.adapters.workers import Job, Workers
from cog_browser.storage.gateway.process import running_gateway

_CALM = 200  # milliseconds: a project of many layers changes often while it is read


class UsedObjects(QObject):
    """Thread: main."""

    def __init__(
        self, workers: Workers, states: LayerStates, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._workers, self._states = workers, states
        self._told: frozenset[str] = frozenset()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_CALM)
        self._soon.timeout.connect(self._tell)
        self._changes = (
            QgsProject.instance().layersAdded,
            QgsProject.instance().layersRemoved,
            states.changed,  # also when a layer has another source
        )
        for change in self._changes:
            change.connect(self._tell_soon)
        self._tell_soon()

    def stop(self) -> None:
        """What was told last goes on to hold: the layers stay."""
        for change in self._changes:
            change.disconnect(self._tell_soon)
        self._soon.stop()

    def _tell_soon(self, *_: object) -> None:
        if not self._soon.isActive():  # a flood must not put it off for ever
            self._soon.start()

    def _tell(self) -> None:
        layers = layers_of_project()
        urls = frozenset(url for layer in layers for url in gateway_urls(layer.source()))
        if urls != self._told:
            self._workers.run(
                partial(_tell_gateway, urls),
                done=partial(self._on_told, urls),
                failed=lambda _error: None,  # it has ended, and tries nothing
                key=("used objects",),
            )

    def _on_told(self, urls: frozenset[str], is_told: bool) -> None:
        if is_told:
            self._told = urls


def _tell_gateway(urls: frozenset[str], _job: Job) -> bool:
    gateway = running_gateway()
    if gateway is not None:
        gateway.use(urls)
    return gateway is not None
