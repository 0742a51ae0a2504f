# SPDX-License-Identifier: GPL-2.0-or-later
"""A group of the layer tree for layers that come one after the other."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from qgis.core import QgsLayerTreeGroup, QgsLayerTreeLayer, QgsMapLayer, QgsProject
from qgis.PyQt import sip


class LayerGroup:
    """Made with its first layer, where QGIS would put a new layer. Thread: main.

    ``order`` are the layers that will come, top to bottom; they may come in any.
    """

    def __init__(self, name: str, order: Sequence[Hashable]) -> None:
        self._name = name
        self._numbers = {which: number for number, which in enumerate(order)}
        self._known: dict[str, int] = {}  # the numbers of layers that have come, by their ids
        self._group: QgsLayerTreeGroup | None = None

    def add(self, layer: QgsMapLayer, which: Hashable) -> None:
        """Add the layer to the project, at its place among the group's others."""
        if self._group is None or sip.isdeleted(self._group):  # the user may have removed it
            where = QgsProject.instance().layerTreeRegistryBridge().layerInsertionPoint()
            self._group = where.group.insertGroup(where.position, self._name)
        number = self._known[layer.id()] = self._numbers[which]
        QgsProject.instance().addMapLayer(layer, False)
        self._group.insertLayer(self._position(number), layer)

    def _position(self, number: int) -> int:
        """Before the first layer that comes later in the order."""
        nodes = self._group.children()
        for position, node in enumerate(nodes):
            layer_id = node.layerId() if isinstance(node, QgsLayerTreeLayer) else ""
            if self._known.get(layer_id, -1) > number:
                return position
        return len(nodes)
