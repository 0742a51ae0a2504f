# SPDX-License-Identifier: GPL-2.0-or-later
"""Gives QGIS's Data Source Manager its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsProviderRegistry
from qgis.gui import QgsAbstractDataSourceWidget, QgsGui, QgsSourceSelectProvider
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtGui import QIcon
from qgis.PyQt.QtWidgets import QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.gui.data_source.page import DataSourcePage
from cog_browser.gui.icons import icon
from cog_browser.gui.layers.drop_handler import PROVIDER_KEY

if TYPE_CHECKING:
    from cog_browser.gui.qgis_browser.browser import QgisBrowser


class DataSourceProvider(QgsSourceSelectProvider):
    """Thread: main."""

    def __init__(self, browser: QgisBrowser) -> None:
        super().__init__()
        self._browser = browser
        self._pages: list[DataSourcePage] = []

    @classmethod
    def register(cls, browser: QgisBrowser) -> DataSourceProvider:
        made = cls(browser)
        QgsGui.sourceSelectProviderRegistry().addProvider(made)
        return made

    def unregister(self) -> None:
        """QGIS takes the page out of its window, but deletes only this provider."""
        pages = self._pages
        QgsGui.sourceSelectProviderRegistry().removeProvider(self)
        for page in pages:
            if not sip.isdeleted(page):
                page.deleteLater()

    def providerKey(self) -> str:
        return PROVIDER_KEY

    def name(self) -> str:
        return PROVIDER_KEY

    def text(self) -> str:
        return tr("COG Browser")

    def toolTip(self) -> str:
        return tr("Add rasters from an object store")

    def icon(self) -> QIcon:
        return icon("cog_browser")

    def ordering(self) -> int:
        """Beside what else is read over the network."""
        return QgsSourceSelectProvider.Ordering.OrderRemoteProvider

    def createDataSourceWidget(
        self,
        parent: QWidget | None = None,
        fl: Qt.WindowType = Qt.WindowType.Widget,
        widgetMode: QgsProviderRegistry.WidgetMode = QgsProviderRegistry.WidgetMode.Embedded,  # noqa: N803
    ) -> QgsAbstractDataSourceWidget:
        page = DataSourcePage(self._browser, parent, fl, widgetMode)
        self._pages = [*(one for one in self._pages if not sip.isdeleted(one)), page]
        return page
