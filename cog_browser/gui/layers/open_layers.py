# SPDX-License-Identifier: GPL-2.0-or-later
"""All that QGIS's window shows of the layers on objects that are open in it."""

from __future__ import annotations

from typing import Any

from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QMenu

from cog_browser.adapters.layer_states import LayerStates
from cog_browser.adapters.sessions import Sessions
from cog_browser.adapters.workers import Workers
from cog_browser.gui.accounts.accounts import Accounts
from cog_browser.gui.layers.actions import LayerActions
from cog_browser.gui.layers.identify_hint import IdentifyHint
from cog_browser.gui.layers.indicators import LayerIndicators
from cog_browser.gui.layers.meters import LayerMeters
from cog_browser.gui.layers.notices import LayerMessages
from cog_browser.gui.layers.qgis_marks import QgisMarks
from cog_browser.gui.layers.time_notice import TimeNotice
from cog_browser.gui.options_page import OptionsFactory
from cog_browser.storage.errors import ConfigurationError


class OpenLayers(QObject):
    """Marks in the layer tree, its context menu, messages, meters and the options page."""

    def __init__(
        self,
        iface: Any,
        sessions: Sessions,
        states: LayerStates,
        accounts: Accounts,
        workers: Workers,
    ) -> None:
        super().__init__(iface.mainWindow())
        self._iface, self._sessions = iface, sessions
        self._view = iface.layerTreeView()
        bar, canvas = iface.messageBar(), iface.mapCanvas()
        self.meters = accounts.meters = LayerMeters(workers, self)
        self.actions = LayerActions(
            states, self.meters, accounts, workers, bar, canvas, iface.mainWindow()
        )
        self.indicators = LayerIndicators(
            self._view, states, self.meters, self.actions.menu_of, self
        )
        self.qgis_marks = QgisMarks(self._view, canvas, bar, states, self)
        self.messages = LayerMessages(bar, states, self.actions, self._name_of, self)
        self.time_notice = TimeNotice(canvas, bar, self)
        self.identify_hint = IdentifyHint(
            iface.actionIdentify(), canvas, iface.mainWindow(), states, workers, bar, self
        )
        self._view.contextMenuAboutToShow.connect(self._fill_menu)
        self._options = OptionsFactory(workers)
        iface.registerOptionsWidgetFactory(self._options)

    def stop(self) -> None:
        """Take everything out of QGIS's window again."""
        self._iface.unregisterOptionsWidgetFactory(self._options)
        self._view.contextMenuAboutToShow.disconnect(self._fill_menu)
        self.identify_hint.stop()
        self.time_notice.stop()
        self.messages.stop()
        self.qgis_marks.stop()
        self.indicators.stop()
        self.actions.stop()
        self.deleteLater()

    def _fill_menu(self, menu: QMenu) -> None:
        self.actions.fill(menu, self._view)

    def _name_of(self, connection_id: str) -> str:
        try:
            return self._sessions.repository.find(connection_id).name
        except ConfigurationError:
            return ""
