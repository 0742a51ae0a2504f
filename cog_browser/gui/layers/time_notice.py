# SPDX-License-Identifier: GPL-2.0-or-later
"""Says when a new layer isn't drawn because the map shows another time than its own."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.core import QgsMapLayer, QgsProject
from qgis.gui import QgsMapCanvas, QgsMessageBar
from qgis.PyQt.QtCore import QObject

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.layer_time import TIME_PROPERTY, taken_text, time_of
from cog_browser.gui import messages
from cog_browser.gui.text import one_line


class TimeNotice(QObject):
    """Thread: main."""

    def __init__(
        self, canvas: QgsMapCanvas, bar: QgsMessageBar, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._canvas, self._bar = canvas, bar
        QgsProject.instance().legendLayersAdded.connect(self._look)

    def stop(self) -> None:
        QgsProject.instance().legendLayersAdded.disconnect(self._look)

    def _look(self, layers: Sequence[QgsMapLayer]) -> None:
        view = self._canvas.mapSettings()
        if not view.isTemporal():
            return
        hidden = [
            layer
            for layer in layers
            if layer.customProperty(TIME_PROPERTY)
            and layer.temporalProperties().isActive()
            and not layer.temporalProperties().isVisibleInTemporalRange(view.temporalRange())
        ]
        if len(hidden) > 1:
            said = tr(
                "{count} new layers are of other times than the map shows, so they are not drawn "
                "now. QGIS's temporal controller changes the time of the map."
            )
            messages.show_note(self._bar, said.format(count=len(hidden)))
        for layer in hidden if len(hidden) == 1 else ():
            found = time_of(layer)
            said = tr(
                "“{name}” is of {time}. The map shows another time, so it is not drawn now. QGIS's "
                "temporal controller changes the time of the map."
            )
            time = taken_text(found) if found is not None else "?"
            messages.show_note(self._bar, one_line(said.format(name=layer.name(), time=time)))
