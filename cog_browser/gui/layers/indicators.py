# SPDX-License-Identifier: GPL-2.0-or-later
"""Marks the layers in the layer tree that can't be read as they should."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from qgis.core import QgsLayerTreeLayer, QgsLayerTreeNode, QgsMapLayer, QgsProject
from qgis.gui import QgsLayerTreeView, QgsLayerTreeViewIndicator
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, QTimer
from qgis.PyQt.QtGui import QCursor
from qgis.PyQt.QtWidgets import QMenu

from cog_browser.gui.icons import icon
from cog_browser.gui.layers.meters import LayerMeters
from cog_browser.gui.layers.texts import ICONS, meter_text, state_advice, state_title
from cog_browser.gui.text import tool_tip

if TYPE_CHECKING:
    from cog_browser.adapters.layer_states import LayerStates


class LayerIndicators(QObject):
    """One indicator for each node of a layer that waits, fails or was replaced. Thread: main.

    ``menu_of(layer)`` makes the menu that a click opens.
    """

    def __init__(
        self,
        view: QgsLayerTreeView,
        states: LayerStates,
        meters: LayerMeters,
        menu_of: Callable[[QgsMapLayer], QMenu],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view, self._states, self._meters, self._menu_of = view, states, meters, menu_of
        self._shown: list[tuple[QgsLayerTreeLayer, QgsLayerTreeViewIndicator, str]] = []
        self._root = QgsProject.instance().layerTreeRoot()
        self._soon = QTimer(self)  # a project of many layers changes often while it is read
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.update)
        states.changed.connect(self._update_soon)
        meters.changed.connect(self._show_tool_tips)
        self._root.addedChildren.connect(self._update_soon)
        self._root.willRemoveChildren.connect(self._on_removing)
        QgsProject.instance().layersAdded.connect(self._update_soon)
        self.update()

    def update(self) -> None:
        """Let the tree show the states as they are."""
        wanted = []
        for node in self._root.findLayers():
            state = self._states.state_of(node.layer()) if node.layer() is not None else None
            if state is not None and state.state in ICONS:
                wanted.append((node, ICONS[state.state]))
        for shown in list(self._shown):
            if (shown[0], shown[2]) not in wanted:
                self._remove(shown)
        known = [(node, name) for node, _, name in self._shown]
        for node, name in wanted:
            if (node, name) not in known:
                self._add(node, name)
        self._show_tool_tips()
        if self._shown:
            self._meters.refresh()

    def stop(self) -> None:
        """Take all indicators out of the tree."""
        self._soon.stop()
        self._states.changed.disconnect(self._update_soon)
        self._meters.changed.disconnect(self._show_tool_tips)
        QgsProject.instance().layersAdded.disconnect(self._update_soon)
        if not sip.isdeleted(self._root):
            self._root.addedChildren.disconnect(self._update_soon)
            self._root.willRemoveChildren.disconnect(self._on_removing)
        for shown in list(self._shown):
            self._remove(shown)

    def _update_soon(self, *_: object) -> None:
        self._soon.start(0)

    def _add(self, node: QgsLayerTreeLayer, icon_name: str) -> None:
        indicator = QgsLayerTreeViewIndicator(self._view)
        indicator.setIcon(icon(icon_name))
        indicator.clicked.connect(lambda _index: self._open_menu(node))
        self._view.addIndicator(node, indicator)
        self._shown.append((node, indicator, icon_name))

    def _remove(self, shown: tuple[QgsLayerTreeLayer, QgsLayerTreeViewIndicator, str]) -> None:
        self._shown.remove(shown)
        node, indicator, _ = shown
        if sip.isdeleted(self._view):
            return
        if not sip.isdeleted(node):
            self._view.removeIndicator(node, indicator)
            self._view.viewport().update()  # which QGIS forgets
        indicator.deleteLater()

    def _on_removing(self, parent: QgsLayerTreeNode, first: int, last: int) -> None:
        """Forget nodes before they are deleted: the view would keep their addresses."""
        gone = parent.children()[first : last + 1]
        for shown in list(self._shown):
            node: QgsLayerTreeNode | None = shown[0]
            while node is not None and node not in gone:
                node = node.parent()
            if node is not None:
                self._remove(shown)

    def _show_tool_tips(self) -> None:
        for node, indicator, _ in self._shown:
            state = self._states.state_of(node.layer()) if node.layer() is not None else None
            if state is None:
                continue
            meter = self._meters.of(node.layer())
            lines = [f"{state_title(state.state)}.", state.reason, state_advice(state.state)]
            lines.append(f"\n{meter_text(meter)}" if meter is not None else "")
            indicator.setToolTip(tool_tip("\n".join(line for line in lines if line)))

    def _open_menu(self, node: QgsLayerTreeLayer) -> None:
        if not sip.isdeleted(node) and node.layer() is not None:
            self._menu_of(node.layer()).popup(QCursor.pos())
