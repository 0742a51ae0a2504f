# SPDX-License-Identifier: GPL-2.0-or-later
"""The page of the COG Browser in QGIS's Data Source Manager: an address, or a choice of objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsBrowserProxyModel, QgsProviderRegistry
from qgis.gui import (
    QgsAbstractDataSourceWidget,
    QgsBrowserGuiModel,
    QgsBrowserTreeView,
    QgsDataItemGuiContext,
    QgsFilterLineEdit,
)
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QModelIndex, QPoint, Qt
from qgis.PyQt.QtGui import QShowEvent
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QDialogButtonBox,
    QLabel,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cog_browser.adapters.i18n import tr
from cog_browser.gui.find.address import NoSuchAccount, Target, is_address, target_of
from cog_browser.gui.find.find import known_accounts, why_not
from cog_browser.gui.help import help_action
from cog_browser.gui.icons import icon
from cog_browser.gui.layers.drop_handler import PROVIDER_KEY
from cog_browser.gui.mnemonics import Mnemonics
from cog_browser.gui.place import ObjectAddress
from cog_browser.gui.qgis_browser.items import ObjectItem
from cog_browser.gui.text import one_line
from cog_browser.gui.wrapped_label import WrappedLabel

if TYPE_CHECKING:
    from cog_browser.gui.qgis_browser.browser import QgisBrowser


class DataSourcePage(QgsAbstractDataSourceWidget):
    """Thread: main. The rows are those of QGIS's Browser panel."""

    def __init__(
        self,
        browser: QgisBrowser,
        parent: QWidget | None = None,
        flags: Qt.WindowType = Qt.WindowType.Widget,
        mode: QgsProviderRegistry.WidgetMode = QgsProviderRegistry.WidgetMode.Embedded,
    ) -> None:
        super().__init__(parent, flags, mode)
        self._browser = browser
        self._target: Target | None = None  # what the address means
        self._proxy: QgsBrowserProxyModel | None = None
        self.setObjectName("CogBrowserDataSourcePage")
        self.setWindowTitle(tr("COG Browser"))
        self._make_widgets()
        self._update()

    def showEvent(self, event: QShowEvent) -> None:
        """The rows are made when they are first seen: QGIS makes all pages at once."""
        if self._proxy is None:
            self._show_rows()
        super().showEvent(event)

    def addButtonClicked(self) -> None:
        """Add what the address means, or else the selected objects."""
        wanted = self.wanted()
        if wanted:
            self._browser.add_layers(wanted)

    def refresh(self) -> None:
        """QGIS's connections have changed; ours tell their rows themselves."""

    def wanted(self) -> tuple[ObjectAddress, ...]:
        """The objects that “Add” adds."""
        if self.address.text().strip():
            found = self._target.address if self._target is not None else None
            return () if found is None else (found,)
        return tuple(item.address for item in self._selected() if isinstance(item, ObjectItem))

    # How it is made

    def _make_widgets(self) -> None:
        self.address = QgsFilterLineEdit(self)
        self.address.setObjectName("CogBrowserAddress")
        self.address.setShowClearButton(True)
        self.address.setPlaceholderText("https://…, /vsi…, swift://, s3://, gs://, az://")
        self.address.textChanged.connect(self._on_address)
        self.address.returnPressed.connect(self.addButtonClicked)
        label = QLabel(tr("Address of an object:"), self)
        label.setBuddy(self.address)
        self.note = WrappedLabel(self)
        self.view = QgsBrowserTreeView(self)
        self.view.setSettingsSection("CogBrowserDataSourcePage")
        self.view.setHeaderHidden(True)
        self.view.setUniformRowHeights(True)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.setDragEnabled(True)
        self.view.customContextMenuRequested.connect(self._show_menu)
        self.view.doubleClicked.connect(self._on_double_click)
        rows = QLabel(tr("Or choose objects:"), self)
        rows.setBuddy(self.view)
        self.panel_button = QPushButton(tr("Open the COG Browser panel"), self)
        self.panel_button.setIcon(icon("cog_browser"))
        self.panel_button.clicked.connect(lambda _checked=False: self._open_panel())
        buttons = QDialogButtonBox(self)
        self.setupButtons(buttons)
        buttons.helpRequested.connect(help_action(self).trigger)
        buttons.addButton(self.panel_button, QDialogButtonBox.ButtonRole.ActionRole)
        layout = QVBoxLayout(self)
        for widget in (label, self.address, self.note, rows, self.view, buttons):
            layout.addWidget(widget, 1 if widget is self.view else 0)
        Mnemonics(self)

    def _show_rows(self) -> None:
        self._model = model = self._browser_model()  # kept: PyQGIS doesn't leave it to a parent
        model.initialize()
        self._proxy = QgsBrowserProxyModel(self)
        self._proxy.setBrowserModel(model)
        self._proxy.setShownDataItemProviderKeyFilter([PROVIDER_KEY])
        self.view.setBrowserModel(model)
        self.view.setModel(self._proxy)
        self.view.selectionModel().selectionChanged.connect(lambda *_: self._update())
        self.view.expand(self._proxy.index(0, 0))

    def _browser_model(self) -> QgsBrowserGuiModel:
        """The one of QGIS's Browser panel, which PyQGIS knows only as its base class."""
        given = self.browserModel()
        if given is None or not given.inherits("QgsBrowserGuiModel"):
            return QgsBrowserGuiModel(self)
        return sip.cast(given, QgsBrowserGuiModel)

    # What the user does

    def _on_address(self, text: str) -> None:
        self._target = None
        said = ""
        if text.strip():
            try:
                if not is_address(text):
                    raise NoSuchAccount("")
                self._target = target_of(text.strip(), known_accounts(self._browser.sessions))
                said = self._meaning(self._target)
            except NoSuchAccount as error:
                said = why_not(error)
        self.note.setText(said)
        self._update()

    def _meaning(self, target: Target) -> str:
        place, address = target.place, target.address
        names = {one.id: one.name for one in self._browser.connections()}
        connection = one_line(names.get(place.connection_id, ""))
        if address is not None:
            text = tr("“{key}” in container “{container}” of “{connection}”.")
            key, container = one_line(address.key), one_line(address.container)
            return text.format(key=key, container=container, connection=connection)
        return tr("This is no object, but a place in “{connection}”. Open it in the panel.").format(
            connection=connection
        )

    def _open_panel(self) -> None:
        if self._target is not None:
            self._browser.show_in_panel(self._target.place, self._target.address)
        else:
            self._browser.show_in_panel()

    def _on_double_click(self, index: QModelIndex) -> None:
        item = self._proxy.dataItem(index) if self._proxy is not None else None
        if item is not None:
            item.handleDoubleClick()

    def _show_menu(self, position: QPoint) -> None:
        index = self.view.indexAt(position)
        item = self._proxy.dataItem(index) if self._proxy is not None else None
        if item is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._browser.menus.populateContextMenu(
            item, menu, self._selected(), QgsDataItemGuiContext()
        )
        menu.popup(self.view.viewport().mapToGlobal(position))

    def _selected(self) -> list:
        if self._proxy is None:
            return []
        found = (self._proxy.dataItem(index) for index in self.view.selectionModel().selectedRows())
        return [item for item in found if item is not None]

    def _update(self) -> None:
        self.enableButtons.emit(bool(self.wanted()))
