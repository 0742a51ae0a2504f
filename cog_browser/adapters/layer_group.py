# SPDX-License-Identifier: GPL-2.0-or-later
"""Where in the layer tree layers go that come later: to where they were dropped, into a group."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from qgis.core import (
    QgsLayerTreeGroup,
    QgsLayerTreeLayer,
    QgsLayerTreeRegistryBridge,
    QgsMapLayer,
    QgsProject,
)
from qgis.PyQt import sip


class DropPlace:
    """Where QGIS would put a new layer when this is made: in front of the row that was hit.

    Whoever clicks elsewhere while an object is opened changes nothing any more. Thread: main.
    """

    def __init__(self) -> None:
        where = QgsProject.instance().layerTreeRegistryBridge().layerInsertionPoint()
        self._group, self._position = where.group, where.position
        self._next = dict(enumerate(where.group.children())).get(where.position)

    def add(self, layer: QgsMapLayer, _which: Hashable) -> None:
        """Add the layer to the project there; QGIS makes it the current one."""
        bridge = QgsProject.instance().layerTreeRegistryBridge()
        bridge.setLayerInsertionPoint(self.point())
        QgsProject.instance().addMapLayer(layer)

    def point(self) -> QgsLayerTreeRegistryBridge.InsertionPoint:
        """As the tree is now: rows may have come and gone."""
        if sip.isdeleted(self._group):
            return QgsProject.instance().layerTreeRegistryBridge().layerInsertionPoint()
        nodes = self._group.children()
        is_there = self._next is not None and not sip.isdeleted(self._next) and self._next in nodes
        position = nodes.index(self._next) if is_there else min(self._position, len(nodes))
        return QgsLayerTreeRegistryBridge.InsertionPoint(self._group, position)


class LayerGroup:
    """Made with its first layer: where it was dropped, or where QGIS puts new ones. Thread: main.

    ``order`` are the layers that will come, top to bottom; they may come in any.
    """

    def __init__(
        self, name: str, order: Sequence[Hashable], dropped: DropPlace | None = None
    ) -> None:
        self._name, self._dropped = name, dropped
        self._numbers = {which: number for number, which in enumerate(order)}
        self._known: dict[str, int] = {}  # the numbers of layers that have come, by their ids
        self._group: QgsLayerTreeGroup | None = None

    def add(self, layer: QgsMapLayer, which: Hashable) -> None:
        """Add the layer to the project, at its place among the group's others."""
        if self._group is None or sip.isdeleted(self._group):  # the user may have removed it
            where = (self._dropped or DropPlace()).point()
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
