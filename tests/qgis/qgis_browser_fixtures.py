# SPDX-License-Identifier: GPL-2.0-or-later
"""QGIS's Browser panel, from its own parts, on the plugin's rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from qgis.core import QgsBrowserProxyModel, QgsDataItem
from qgis.gui import QgsBrowserGuiModel, QgsBrowserTreeView
from qgis.PyQt.QtCore import QModelIndex
from qgis.PyQt.QtWidgets import QAction, QMenu

from cog_browser.gui.layers.drop_handler import PROVIDER_KEY
from cog_browser.gui.qgis_browser.browser import QgisBrowser
from tests.support.patience import WAIT


class Panel:
    """QGIS's Browser panel as a person uses it. The names of rows begin below the plugin's."""

    def __init__(self, qtbot: Any, browser: QgisBrowser) -> None:
        self._qtbot, self._browser = qtbot, browser
        self.model = QgsBrowserGuiModel()
        self.model.initialize()
        self.proxy = QgsBrowserProxyModel()
        self.proxy.setBrowserModel(self.model)
        self.proxy.setShownDataItemProviderKeyFilter([PROVIDER_KEY])
        self.view = QgsBrowserTreeView()
        qtbot.addWidget(self.view)
        self.view.setBrowserModel(self.model)
        self.view.setModel(self.proxy)
        self.view.resize(400, 700)
        self.view.show()

    def index(self, *names: str) -> QModelIndex:
        found = self.proxy.index(0, 0)
        for name in names:
            rows = [self.proxy.index(row, 0, found) for row in range(self.proxy.rowCount(found))]
            (found,) = [index for index in rows if index.data() == name]
        return found

    def item(self, *names: str) -> Any:
        return self.proxy.dataItem(self.index(*names))

    def rows(self, *names: str) -> list[str]:
        index = self.index(*names)
        return [self.proxy.index(row, 0, index).data() for row in range(self.proxy.rowCount(index))]

    def state(self, *names: str) -> str:
        return str(self.item(*names).state().name)

    def expand(self, *names: str) -> None:
        self.view.expand(self.index(*names))

    def open(self, *names: str) -> None:
        """Expand down to a row, and wait until what is below it is there."""
        for depth in range(len(names) + 1):
            self.expand(*names[:depth])
            self.wait(lambda depth=depth: self.state(*names[:depth]) == "Populated")

    def double_click(self, *names: str) -> None:
        """As QGIS's panel does where nobody else wants the double click."""
        assert self.item(*names).handleDoubleClick()

    def menu(self, *names: str, selected: tuple[QgsDataItem, ...] = ()) -> dict[str, QAction]:
        menu = QMenu(self.view)
        item = self.item(*names)
        self._browser.menus.populateContextMenu(item, menu, [*selected] or [item], None)
        return {action.text(): action for action in menu.actions() if action.text()}

    def wait(self, condition: Callable[[], object]) -> None:
        self._qtbot.waitUntil(lambda: bool(condition()), timeout=WAIT)


@pytest.fixture()
def browser(dock, controller, sessions, workers) -> Iterator[QgisBrowser]:
    made = QgisBrowser(dock, controller, sessions, workers)
    yield made
    made.stop()


@pytest.fixture()
def panel(browser, qtbot) -> Panel:
    return Panel(qtbot, browser)
