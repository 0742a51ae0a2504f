# SPDX-License-Identifier: GPL-2.0-or-later
"""Says “could not be read” where QGIS's Identify shows a value that could not be read.

Of pixels whose read failed it shows “no data”, or 0 where the layer has no nodata value.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from qgis.core import QgsMapLayer, QgsPointXY, QgsRectangle
from qgis.gui import QgsMapCanvas, QgsMessageBar
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from qgis.PyQt.QtGui import QAction
from qgis.PyQt.QtWidgets import QTreeWidget, QTreeWidgetItem, QWidget

from cog_browser.adapters.downloads import bounds_in_layer
from cog_browser.adapters.i18n import tr
from cog_browser.adapters.layer_states import PENDING, LayerStates
from cog_browser.adapters.workers import Workers
from cog_browser.cog.window import why_unreadable
from cog_browser.gui import messages
from cog_browser.gui.text import one_line, tool_tip
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.gateway.shared_object import READING, WAITING

#: The list of QGIS's panel with the results, by the name it has in there.
RESULTS = "lstResults"
#: Milliseconds after which Identify has shown its results, and a failure is known.
_AFTER = 250


class IdentifyHint(QObject):
    """Thread: main. Without the panel, or if QGIS builds it otherwise, it tells in the bar."""

    def __init__(
        self,
        action: QAction,
        canvas: QgsMapCanvas,
        window: QWidget,
        states: LayerStates,
        workers: Workers,
        bar: QgsMessageBar,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._action, self._canvas, self._window = action, canvas, window
        self._states, self._workers, self._bar = states, workers, bar
        self._is_stopped = False
        action.toggled.connect(self._watch)
        self._watch(action.isChecked())

    def stop(self) -> None:
        self._action.toggled.disconnect(self._watch)
        self._watch(False)
        self._is_stopped = True

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.MouseButtonRelease
            and event.button() == Qt.MouseButton.LeftButton
        ):
            QTimer.singleShot(_AFTER, partial(self.look, QPoint(event.pos())))
        return False

    def look(self, place: QPoint) -> None:
        """Check what Identify has shown for a place of the canvas."""
        if self._is_stopped:
            return
        shown = dict(self._results())
        current = self._canvas.currentLayer()
        for layer in {*shown, *([current] if current is not None else [])}:
            state = self._states.state_of(layer)
            if state is None or state.state == READING:
                continue
            tell = partial(self._tell, layer, shown.get(layer), state.reason)
            if state.state in (WAITING, PENDING):
                tell(state.reason)
                continue
            try:
                bounds = bounds_in_layer(
                    layer, self._pixel(place), self._canvas.mapSettings().destinationCrs()
                )
            except ConfigurationError:
                continue
            source = layer.source()
            self._workers.run(
                lambda _job, source=source, bounds=bounds: why_unreadable(source, bounds),
                done=tell,
                key=("identify", layer.id()),
            )

    def _watch(self, is_on: bool) -> None:
        viewport = self._canvas.viewport()
        viewport.removeEventFilter(self)
        if is_on:
            viewport.installEventFilter(self)

    def _pixel(self, place: QPoint) -> QgsRectangle:
        """The canvas's pixel at a place: what Identify reads."""
        middle = self._canvas.getCoordinateTransform().toMapCoordinates(place)
        size = self._canvas.mapUnitsPerPixel()
        return QgsRectangle.fromCenterAndSize(QgsPointXY(middle), size, size)

    def _results(self) -> Iterator[tuple[QgsMapLayer, QTreeWidgetItem]]:
        tree = self._window.findChild(QTreeWidget, RESULTS)
        for number in range(tree.topLevelItemCount() if tree is not None else 0):
            item = tree.topLevelItem(number)
            layer = item.data(0, Qt.ItemDataRole.UserRole)
            if isinstance(layer, QgsMapLayer):
                yield layer, item

    def _tell(
        self, layer: QgsMapLayer, item: QTreeWidgetItem | None, reason: str, why: str | None
    ) -> None:
        if why is None or self._is_stopped or sip.isdeleted(layer):
            return
        is_written = False
        if item is not None and not sip.isdeleted(item):
            for value in _values(item):
                value.setText(1, tr("could not be read"))
                value.setToolTip(1, tool_tip(reason or why))
                is_written = True
        if not is_written:
            said = tr("“{layer}” could not be read here: {reason}")
            text = said.format(layer=one_line(layer.name()), reason=one_line(reason or why))
            messages.show_once(self._bar, messages.Message(tr("Identify"), text))


def _values(layer_item: QTreeWidgetItem) -> Iterator[QTreeWidgetItem]:
    """The rows with the bands' values among a layer's results."""
    for number in range(layer_item.childCount()):
        place = layer_item.child(number)
        for row in range(place.childCount()):
            if place.child(row).childCount() == 0:  # else it is “(Derived)” and the like
                yield place.child(row)
