# SPDX-License-Identifier: GPL-2.0-or-later
"""Takes QGIS's own signs of failed reads away where ours say it better, or have said it.

QGIS shows GDAL's words for a layer that it could not draw, as a message and as a mark in the layer
tree, and leaves both when the layer draws again. What it keeps of the error for the mark (in
``QgsLayerTreeViewBadLayerIndicatorProvider``) only goes when a user clicks on the mark, which opens
a dialog. No call clears it, so the mark itself is taken out of the tree, again whenever QGIS puts
it back for an error of which the user has been told. The line in the log panel stays.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from qgis.core import QgsMapLayer, QgsProject
from qgis.gui import QgsLayerTreeView, QgsMapCanvas, QgsMessageBar
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, QTimer

from cog_browser.gui import messages
from cog_browser.storage.gateway.shared_object import READING

if TYPE_CHECKING:
    from cog_browser.adapters.layer_states import LayerStates

#: What QGIS shows of a failed read: GDAL's words, which name no reason.
_GDALS_WORDS = re.compile(
    r"IReadBlock failed|TIFFRead|TIFFFill|IRasterIO|/vsicurl|waits for a sign"
)
#: Seconds between a failed read and what we or QGIS hear of it, whoever is the first.
_LATE = 30.0


class QgisMarks(QObject):
    """Thread: main."""

    def __init__(
        self,
        view: QgsLayerTreeView,
        canvas: QgsMapCanvas,
        bar: QgsMessageBar,
        states: LayerStates,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view, self._canvas, self._bar, self._states = view, canvas, bar, states
        self._root = QgsProject.instance().layerTreeRoot()
        #: By the layers' ids: when they last ailed, and when QGIS last told of an error.
        self._ailed: dict[str, float] = {}
        self._errors: dict[str, float] = {}
        #: Layers of whose errors our own marks have told.
        self._explained: set[str] = set()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.update)
        canvas.renderErrorOccurred.connect(self._on_error)
        bar.widgetAdded.connect(self._update_soon)
        states.changed.connect(self._on_changed)
        self._root.addedChildren.connect(self._update_soon)
        QgsProject.instance().layersRemoved.connect(self._on_removed)

    def update(self) -> None:
        """Take away what is there now."""
        self._clear_bar()
        if sip.isdeleted(self._view):
            return
        for node in self._root.findLayers():
            if node.layerId() not in self._explained:
                continue
            for indicator in self._view.indicators(node):
                if _GDALS_WORDS.search(indicator.toolTip()):
                    self._view.removeIndicator(node, indicator)
                    self._view.viewport().update()  # which QGIS forgets

    def _clear_bar(self) -> None:
        layers = QgsProject.instance().mapLayers().values()
        names = {layer.name() for layer in layers if self._is_told(layer)}
        for item in self._bar.items():
            if item.title() in names and _GDALS_WORDS.search(item.text()):
                messages.take_away(self._bar, item)

    def stop(self) -> None:
        self._soon.stop()
        self._canvas.renderErrorOccurred.disconnect(self._on_error)
        self._bar.widgetAdded.disconnect(self._update_soon)
        self._states.changed.disconnect(self._on_changed)
        QgsProject.instance().layersRemoved.disconnect(self._on_removed)
        if not sip.isdeleted(self._root):
            self._root.addedChildren.disconnect(self._update_soon)

    def _on_error(self, _error: str, layer: QgsMapLayer) -> None:
        now, layer_id = time.monotonic(), layer.id()
        self._errors[layer_id] = now
        if self._is_told(layer):
            self._explained.add(layer_id)
        else:  # bytes that arrived well and yet can't be decoded: QGIS's word is all there is
            self._explained.discard(layer_id)
        self._update_soon()

    def _on_changed(self, layer_id: str) -> None:
        layer = QgsProject.instance().mapLayer(layer_id)
        state = self._states.state_of(layer) if layer is not None else None
        if state is None:
            return
        now = time.monotonic()
        if state.state != READING:
            self._ailed[layer_id] = now
            error = self._errors.get(layer_id)
            if error is not None and now - error < _LATE:
                self._explained.add(layer_id)
        elif layer_id in self._ailed:
            self._ailed[layer_id] = now
        self._update_soon()

    def _is_told(self, layer: QgsMapLayer) -> bool:
        """Whether our own mark tells of a failure of just now, or has told of it."""
        state = self._states.state_of(layer)
        if state is None:
            return False
        ailed = self._ailed.get(layer.id())
        is_late = ailed is not None and time.monotonic() - ailed < _LATE
        return state.state != READING or is_late

    def _on_removed(self, layer_ids: list[str]) -> None:
        for layer_id in layer_ids:
            self._ailed.pop(layer_id, None)
            self._errors.pop(layer_id, None)
            self._explained.discard(layer_id)

    def _update_soon(self, *_: object) -> None:
        self._soon.start(0)
