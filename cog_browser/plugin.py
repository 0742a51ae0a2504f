# SPDX-License-Identifier: GPL-2.0-or-later
"""Wires the plugin into QGIS and takes it out again."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import Qt, QTranslator
from qgis.PyQt.QtGui import QAction

from cog_browser.adapters import gateway_start, log, path_translation
from cog_browser.adapters.i18n import install_translator, remove_translator, tr
from cog_browser.adapters.layer_states import close_layer_states, layer_states
from cog_browser.adapters.revive import Reviver
from cog_browser.adapters.sessions import close_sessions, sessions
from cog_browser.adapters.stray_reader import StrayReader
from cog_browser.adapters.workers import Workers
from cog_browser.processing.provider import CogBrowserProvider

if TYPE_CHECKING:
    from cog_browser.gui.controller import BrowserController
    from cog_browser.gui.data_source.provider import DataSourceProvider
    from cog_browser.gui.dock import CogBrowserDock
    from cog_browser.gui.habits import Habits
    from cog_browser.gui.layers.drop_handler import DropHandler
    from cog_browser.gui.layers.foreign_offer import ForeignOffer
    from cog_browser.gui.layers.open_layers import OpenLayers
    from cog_browser.gui.qgis_browser.browser import QgisBrowser


class CogBrowserPlugin:
    """What QGIS loads. ``iface`` is None where there is no window (qgis_process)."""

    def __init__(self, iface: Any) -> None:
        self._iface = iface
        self._log_handler: logging.Handler | None = None
        self._translator: QTranslator | None = None
        self._provider: CogBrowserProvider | None = None
        self._workers: Workers | None = None
        self._dock: CogBrowserDock | None = None
        self._controller: BrowserController | None = None
        self._drop_handler: DropHandler | None = None
        self._qgis_browser: QgisBrowser | None = None
        self._data_source: DataSourceProvider | None = None
        self._action: QAction | None = None
        self._reviver: Reviver | None = None
        self._stray_reader: StrayReader | None = None
        self._foreign_offer: ForeignOffer | None = None
        self._open_layers: OpenLayers | None = None
        self._habits: Habits | None = None

    def initProcessing(self) -> None:
        """All that qgis_process calls; `initGui` calls it too. Idempotent."""
        if self._provider is not None:
            return
        self._log_handler = log.install()
        self._translator = install_translator()
        sessions()
        path_translation.install()
        self._provider = CogBrowserProvider()
        QgsApplication.processingRegistry().addProvider(self._provider)

    def initGui(self) -> None:
        # Imported here: qgis_process has no use for widgets.
        from cog_browser.gui.controller import BrowserController  # noqa: PLC0415
        from cog_browser.gui.data_source.provider import DataSourceProvider  # noqa: PLC0415
        from cog_browser.gui.dock import CogBrowserDock  # noqa: PLC0415
        from cog_browser.gui.habits import Habits  # noqa: PLC0415
        from cog_browser.gui.icons import icon  # noqa: PLC0415
        from cog_browser.gui.layers.drop_handler import DropHandler  # noqa: PLC0415
        from cog_browser.gui.layers.foreign_offer import ForeignOffer  # noqa: PLC0415
        from cog_browser.gui.layers.open_layers import OpenLayers  # noqa: PLC0415
        from cog_browser.gui.qgis_browser.browser import QgisBrowser  # noqa: PLC0415

        self.initProcessing()
        self._workers = Workers()
        gateway_start.set_up(layer_states().hear, start=bool(sessions().repository.all()))
        self._reviver = Reviver(sessions(), self._workers, layer_states())
        self._stray_reader = StrayReader(self._workers, layer_states())
        path_translation.never_wait(True)
        self._dock = CogBrowserDock(self._iface.mainWindow())
        self._iface.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, self._dock)
        self._controller = BrowserController(
            self._dock, sessions(), self._workers, self._iface.messageBar()
        )
        self._controller.details.draw_on(self._iface.mapCanvas())
        self._foreign_offer = ForeignOffer(
            sessions(), self._workers, self._iface.messageBar(), self._controller.accounts
        )
        self._open_layers = OpenLayers(
            self._iface, sessions(), layer_states(), self._controller.accounts, self._workers
        )
        self._drop_handler = DropHandler()
        self._drop_handler.objects_dropped.connect(self._controller.many.add_dropped)
        self._iface.registerCustomDropHandler(self._drop_handler)
        self._habits = Habits(self._iface, self._dock, self._controller, sessions(), self._workers)
        self._qgis_browser = QgisBrowser(self._dock, self._controller, sessions(), self._workers)
        self._data_source = DataSourceProvider.register(self._qgis_browser)
        self._action = QAction(icon("cog_browser"), tr("COG Browser"), self._iface.mainWindow())
        self._action.setCheckable(True)
        self._dock.setToggleVisibilityAction(self._action)
        self._iface.addToolBarIcon(self._action)
        self._iface.addPluginToRasterMenu(tr("COG Browser"), self._action)

    def unload(self) -> None:
        """Mirror of `initGui`, last first. The read gateway stays for layers that are open."""
        if self._action is not None:
            self._iface.removePluginRasterMenu(tr("COG Browser"), self._action)
            self._iface.removeToolBarIcon(self._action)
            self._action.deleteLater()
        if self._data_source is not None:
            self._data_source.unregister()
        if self._qgis_browser is not None:
            self._qgis_browser.stop()
        if self._habits is not None:
            self._habits.stop()
        if self._drop_handler is not None:
            self._iface.unregisterCustomDropHandler(self._drop_handler)
        if self._open_layers is not None:
            self._open_layers.stop()
        if self._foreign_offer is not None:
            self._foreign_offer.stop()
        if self._stray_reader is not None:
            self._stray_reader.stop()
        if self._reviver is not None:
            self._reviver.stop()
        if self._controller is not None:
            self._controller.stop()
        if self._dock is not None:
            self._iface.removeDockWidget(self._dock)
            self._dock.deleteLater()
        if self._workers is not None:
            self._workers.stop(timeout=2.0)
        if self._provider is not None and self._log_handler is not None:
            QgsApplication.processingRegistry().removeProvider(self._provider)
            path_translation.uninstall()
            close_layer_states()
            close_sessions()
            remove_translator(self._translator)
            log.uninstall(self._log_handler)
        self.__init__(self._iface)  # type: ignore[misc]
