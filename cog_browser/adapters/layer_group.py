# SPDX-License-Identifier: GPL-2.0-or-later
"""A group of the layer tree for layers that come one after the other."""

from __future__ import annotations

from qgis.core import QgsLayerTreeGroup, QgsMapLayer, QgsProject
from qgis.PyQt import sip


class LayerGroup:
    """Made with its first layer, where QGIS would put a new layer. Thread: main."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._group: QgsLayerTreeGroup | None = None

    def add(self, layer: QgsMapLayer) -> None:
        """Add the layer to the project, below the group's others."""
        if self._group is None or sip.isdeleted(self._group):  # the user may have removed it
            where = QgsProject.instance().layerTreeRegistryBridge().layerInsertionPoint()
            self._group = where.group.insertGroup(where.position, self._name)
        QgsProject.instance().addMapLayer(layer, False)
        self._group.addLayer(layer)
