# SPDX-License-Identifier: GPL-2.0-or-later
"""Selects the shown place in the tree once the tree knows it.

A jump may lead where the tree hasn't been listed yet: a pasted address, a favourite, the place of
the last session.
"""

from __future__ import annotations

from qgis.PyQt.QtCore import QObject, QTimer

from cog_browser.gui.dock import CogBrowserDock


class TreeSelection(QObject):
    """Thread: main."""

    def __init__(self, dock: CogBrowserDock) -> None:
        super().__init__(dock)
        self._dock = dock
        # Not in the middle of an insertion: to select a row opens those above it.
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._follow)
        dock.tree_model.rowsInserted.connect(lambda *_: self._soon.start())

    def _follow(self) -> None:
        """The dock lists nothing anew: the row's place is what it shows already."""
        dock, tree = self._dock, self._dock.tree
        if dock.current_place is None or tree.selectedIndexes():
            return
        index = dock.tree_model.index_of(dock.current_place)
        if index.isValid():
            tree.setCurrentIndex(index)
