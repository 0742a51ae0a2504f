# SPDX-License-Identifier: GPL-2.0-or-later
"""What QGIS asks for rows of its Browser panel, and for what can be done with them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from qgis.core import Qgis, QgsApplication, QgsDataItem, QgsDataItemProvider
from qgis.gui import QgsDataItemGuiContext, QgsDataItemGuiProvider
from qgis.PyQt import sip
from qgis.PyQt.QtCore import Qt, QThreadPool, QTimer
from qgis.PyQt.QtWidgets import QLabel, QMenu, QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.gui.layers.drop_handler import PROVIDER_KEY
from cog_browser.gui.menus import add_entry
from cog_browser.gui.qgis_browser.items import NoteItem, ObjectItem, PlaceItem, RootItem

if TYPE_CHECKING:
    from cog_browser.gui.qgis_browser.browser import QgisBrowser


class ItemProvider(QgsDataItemProvider):
    """Gives each of QGIS's browser models a row with all connections."""

    def __init__(self, make_root: Callable[[], QgsDataItem]) -> None:
        super().__init__()
        self._make_root: Callable[[], QgsDataItem] | None = make_root
        QgsApplication.dataItemProviderRegistry().addProvider(self)

    def name(self) -> str:
        return PROVIDER_KEY if self._make_root is not None else f"{PROVIDER_KEY} (removed)"

    def capabilities(self) -> Qgis.DataItemProviderCapabilities:
        """Nothing in files or folders: QGIS asks this in threads, for every file that it lists."""
        return _CAPABILITIES

    def createDataItem(self, path: str, parent: QgsDataItem | None) -> QgsDataItem | None:
        if path or parent is not None or self._make_root is None:
            return None
        return self._make_root()

    def remove(self) -> None:
        """Take the rows out of QGIS now, and this as soon as no thread can be asking it.

        Threads that list a folder go on asking what they found registered, and QGIS would crash.
        """
        registry = QgsApplication.dataItemProviderRegistry()
        registry.providerWillBeRemoved.emit(self)  # the models take the rows of that name
        self._make_root = None
        _remove_when_idle(self)


def _remove_when_idle(provider: ItemProvider) -> None:
    """Only the main thread starts such threads: while none runs, none begins."""
    if QThreadPool.globalInstance().activeThreadCount():
        QTimer.singleShot(_PATIENCE, partial(_remove_when_idle, provider))
    elif not sip.isdeleted(provider):
        QgsApplication.dataItemProviderRegistry().removeProvider(provider)


class MenuProvider(QgsDataItemGuiProvider):
    """Context menus, and what QGIS shows below its Browser panel. QGIS itself adds layers."""

    def __init__(self, browser: QgisBrowser) -> None:
        super().__init__()
        self._browser = browser

    def name(self) -> str:
        return PROVIDER_KEY

    def populateContextMenu(
        self,
        item: QgsDataItem,
        menu: QMenu,
        selectedItems: list[QgsDataItem],  # noqa: N803 (QGIS's name)
        context: QgsDataItemGuiContext,  # noqa: ARG002
    ) -> None:
        browser = self._browser
        if isinstance(item, RootItem):
            add_entry(menu, tr("Add a connection…"), browser.accounts.add, "add-connection")
            add_entry(menu, tr("Import connections…"), browser.accounts.import_connections)
            add_entry(menu, _open_text(), browser.show_in_panel, "cog_browser")
        elif isinstance(item, PlaceItem):
            add_entry(menu, tr("Refresh"), item.listing.start, "refresh")
            show = partial(browser.show_in_panel, item.place)
            add_entry(menu, _open_text(), show, "cog_browser")
            if not item.place.container:
                _add_account(menu, browser, item.place.connection_id)
        elif isinstance(item, ObjectItem):
            show = partial(browser.show_in_panel, item.address.place, item.address)
            add_entry(menu, _open_text(), show, "cog_browser")
            own = [one for one in selectedItems if isinstance(one, ObjectItem)] or [item]
            same = item.address.connection_id
            urls = [one for one in own if one.address.connection_id == same]
            add_entry(menu, tr("Copy URL"), partial(browser.copy_urls, urls))
        elif isinstance(item, NoteItem):
            add_entry(menu, item.name().replace("&", "&&"), item.act)

    def createParamWidget(
        self,
        item: QgsDataItem,
        context: QgsDataItemGuiContext,  # noqa: ARG002
    ) -> QWidget | None:
        if not isinstance(item, ObjectItem):
            return None
        hint = tr("The COG Browser panel shows what is in it, under Details.")
        label = QLabel(f"{item.about}\n\n{hint}")
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setMinimumWidth(1)  # else it is as wide as the longest word of a name
        label.setAlignment(Qt.AlignmentFlag.AlignTop)
        label.setContentsMargins(6, 6, 6, 6)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label


_PATIENCE = 100  # milliseconds
_CAPABILITIES = Qgis.DataItemProviderCapabilities(Qgis.DataItemProviderCapability.NetworkSources)


def _open_text() -> str:
    return tr("Open in the COG Browser panel")


def _add_account(menu: QMenu, browser: QgisBrowser, connection_id: str) -> None:
    accounts = browser.accounts
    menu.addSeparator()
    add_entry(menu, tr("Sign in…"), partial(accounts.sign_in, connection_id))
    add_entry(menu, tr("Sign out"), partial(accounts.sign_out, connection_id), "sign-out")
    menu.addSeparator()
    add_entry(menu, tr("Edit connection…"), partial(accounts.edit, connection_id))
    add_entry(menu, tr("Remove connection…"), partial(accounts.remove, connection_id))
