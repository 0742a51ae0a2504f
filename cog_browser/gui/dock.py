# SPDX-License-Identifier: GPL-2.0-or-later
"""What the COG Browser looks like. It emits intentions; the controller acts on them."""

from __future__ import annotations

from collections.abc import Callable

from qgis.gui import QgsDockWidget
from qgis.PyQt.QtCore import QEvent, QModelIndex, QObject, QPoint, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import QAction, QKeyEvent, QKeySequence, QResizeEvent
from qgis.PyQt.QtWidgets import QSplitter, QStackedWidget, QToolBar, QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.gui.dock_widgets import (
    NoticePage,
    ObjectsTable,
    StatusLine,
    make_tree,
    make_welcome,
    menu_button,
    stack,
)
from cog_browser.gui.find.places_menu import PlacesMenu
from cog_browser.gui.icons import icon
from cog_browser.gui.lower_part import LowerPart
from cog_browser.gui.menus import connections_menu, objects_menu, place_menu
from cog_browser.gui.messages import Message
from cog_browser.gui.notices import notice_of
from cog_browser.gui.objects_model import ObjectsModel
from cog_browser.gui.place import ObjectAddress, Place
from cog_browser.gui.selection import MAX_LAYERS_AT_ONCE, Selection
from cog_browser.gui.text import containers_text, count_text
from cog_browser.gui.tree_model import NodeState, TreeModel

_PLAIN = (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CogBrowserDock(QgsDockWidget):
    """Connections and folders above, the objects of the selected one below."""

    new_connection_requested = pyqtSignal()
    edit_connection_requested = pyqtSignal(str)
    remove_connection_requested = pyqtSignal(str)
    export_requested = pyqtSignal(str, str)  # connection id, “openrc.sh” or “clouds.yaml”
    import_requested = pyqtSignal()
    accounts_requested = pyqtSignal()
    sign_in_requested = pyqtSignal(str)
    sign_out_requested = pyqtSignal(str)
    new_container_requested = pyqtSignal(str)
    unfinished_requested = pyqtSignal(str)
    place_selected = pyqtSignal(object)  # Place
    place_left = pyqtSignal()  # it is gone; nothing is shown
    stop_requested = pyqtSignal()  # to list no further
    go_on_requested = pyqtSignal(object)  # Place, whose listing was stopped or failed
    refresh_requested = pyqtSignal(object)  # Place
    add_layers_requested = pyqtSignal(object)  # tuple[ObjectAddress, ...]
    too_many_selected = pyqtSignal(int)  # to add them all to the map
    publish_requested = pyqtSignal(object)  # Place
    validate_requested = pyqtSignal(object)  # Place
    state_changed = pyqtSignal(object)  # NodeState
    object_action_requested = pyqtSignal(str, object)  # see objects/object_actions.py
    manage_requested = pyqtSignal(str, object)  # see manage/actions.py
    many_requested = pyqtSignal(str)  # see many/menu.py

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("COG Browser"), parent)
        self.setObjectName("CogBrowserDock")
        self.setWindowIcon(icon("cog_browser"))
        self.tree_model, self.objects_model = TreeModel(self), ObjectsModel(self)
        self.current_place: Place | None = None
        self._nearest: Place | None = None  # to it in the tree, before rows are removed
        self._state = NodeState.IDLE
        self._message: Message | None = None
        self._search_text, self._is_removing = "", False
        self._make_actions()
        self._make_widgets()
        self._connect()
        self._on_connections_changed()
        self._update()

    # What the controller tells

    def select(self, place: Place) -> None:
        """Go to a place, as if the user had selected it in the tree."""
        self.tree_model.reveal(place)
        index = self.tree_model.index_of(place)
        is_elsewhere = index.isValid() and index != self._selected_in_tree()
        self.tree.setCurrentIndex(index)  # none where the tree hasn't got so far
        if is_elsewhere:
            self.tree.scrollTo(index)
        else:
            self._go_to(place)

    @property
    def state(self) -> NodeState:
        """How the listing of the current place stands."""
        return self._state

    @property
    def is_busy(self) -> bool:
        """Whether there is something to stop."""
        return self._state in (NodeState.LOADING, NodeState.REFRESHING)

    @property
    def failure(self) -> Message | None:
        """Why the listing of the current place has failed."""
        return self._message if self._state is NodeState.FAILED else None

    @property
    def search_text(self) -> str:
        """What a search has found until now; empty while the listing is shown."""
        return self._search_text

    def is_expanded(self, place: Place) -> bool:
        return self.tree.isExpanded(self.tree_model.index_of(place))

    def expand(self, place: Place) -> None:
        self.tree.expand(self.tree_model.index_of(place))

    def set_state(self, state: NodeState, message: Message | None = None) -> None:
        """How the listing of the current place stands; with a message where it failed."""
        self._state, self._message = state, message
        self._update()
        self.state_changed.emit(state)

    def set_search_text(self, text: str) -> None:
        """What a search has found until now, in words; empty while the listing is shown."""
        self._search_text = text
        self._update()

    def leave(self) -> None:
        """Show no place: the current one is gone or signed out."""
        self.current_place = None
        self.objects_model.begin(None)
        self.tree.setCurrentIndex(QModelIndex())
        self.set_state(NodeState.IDLE)
        self.place_left.emit()

    # What the user does

    def selected_addresses(self) -> tuple[ObjectAddress, ...]:
        """The selected objects, top to bottom."""
        found = (self.objects_model.address(row) for row in self.selection.rows())
        return tuple(address for address in found if address is not None)

    @property
    def selected_count(self) -> int:
        """How many objects are selected, at no cost for a million of them."""
        return self.selection.count

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter opens a folder or adds objects: Qt's own `activated` differs by platform."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            plain = event.modifiers() in _PLAIN
            if watched is self.table and plain and event.key() in _ENTER:
                self._activate(self.table.currentIndex())
                return True
            if watched is self.table and plain and event.key() == Qt.Key.Key_Backspace:
                self._up()
                return True
            if watched is self.tree and plain and event.key() in _ENTER:
                index = self.tree.currentIndex()
                if not self.tree_model.retry(index):
                    self.tree.setExpanded(index, not self.tree.isExpanded(index))
                return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A wide dock has its parts side by side."""
        super().resizeEvent(event)
        is_wide = event.size().width() > 1.4 * event.size().height()
        wanted = Qt.Orientation.Horizontal if is_wide else Qt.Orientation.Vertical
        if self.splitter.orientation() != wanted:
            self.splitter.setOrientation(wanted)

    def _activate(self, index: QModelIndex) -> None:
        folder = self.objects_model.folder(index.row()) if index.isValid() else None
        if folder is not None:
            self.select(folder)
        else:
            self._add()

    def _add(self) -> None:
        if 0 < self.selected_count <= MAX_LAYERS_AT_ONCE:
            self.add_layers_requested.emit(self.selected_addresses())
        elif self.selected_count:
            self.too_many_selected.emit(self.selected_count)

    def _up(self) -> None:
        if self.current_place is not None and self.current_place.parent is not None:
            self.select(self.current_place.parent)

    def _refresh(self) -> None:
        if self.current_place is not None:
            self.refresh_requested.emit(self.current_place)

    def _go_on(self) -> None:
        if self.current_place is not None:
            self.go_on_requested.emit(self.current_place)

    def _publish(self) -> None:
        if self.current_place is not None:
            self.publish_requested.emit(self.current_place)

    def _go_to(self, place: Place) -> None:
        self.current_place = place
        self.place_selected.emit(place)
        self._update()

    def _on_selected(self) -> None:
        index = self._selected_in_tree()
        place = self.tree_model.place(index) if index.isValid() else None
        if place is not None and place != self.current_place and not self._is_removing:
            self._go_to(place)

    def _selected_in_tree(self) -> QModelIndex:
        return next(iter(self.tree.selectedIndexes()), QModelIndex())

    def _before_rows_removed(self) -> None:
        self._is_removing, self._nearest = True, self.tree_model.nearest(self.current_place)

    def _on_rows_removed(self) -> None:
        """Qt made a neighbour of a removed row current; nobody asked for its listing."""
        self._is_removing = False
        if self.current_place is None:
            self.tree.clearSelection()
        elif self.tree_model.nearest(self.current_place) != self._nearest:
            self.leave()

    def _on_connections_changed(self) -> None:
        has_any = self.tree_model.rowCount() > 0
        self._pages.setCurrentWidget(self._splitter_page if has_any else self.welcome)

    def _on_notice_pressed(self) -> None:
        if self.is_busy:
            self.stop_requested.emit()
        elif self._state is NodeState.FAILED:
            self._go_on()
        elif self._search_text or self.objects_model.hidden_count:
            self.find.rasters.setChecked(False)
            self.find.line.clear()
        elif self.current_place is not None and not self.current_place.container:
            self.new_container_requested.emit(self.current_place.connection_id)
        else:
            self._publish()

    def _tree_menu(self, position: QPoint) -> None:
        place = self.tree_model.place(self.tree.indexAt(position))
        place_menu(self, place).popup(self.tree.viewport().mapToGlobal(position))

    def _table_menu(self, position: QPoint) -> None:
        objects_menu(self).popup(self.table.viewport().mapToGlobal(position))

    # How it is made

    def _make_actions(self) -> None:
        def make(text: str, tip: str, icon_name: str, run: Callable[[], None]) -> QAction:
            action = QAction(icon(icon_name), text, self)
            action.setToolTip(tip)
            action.triggered.connect(lambda _checked=False: run())
            self.addAction(action)
            return action

        self.new_connection_action = make(
            tr("New connection…"),
            tr("Add a connection…"),
            "add-connection",
            self.new_connection_requested.emit,
        )
        self.refresh_action = make(tr("Refresh"), tr("Refresh (F5)"), "refresh", self._refresh)
        self.refresh_action.setShortcut(QKeySequence(QKeySequence.StandardKey.Refresh))
        self.refresh_action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.add_action = make(
            tr("Add to map"), tr("Add the selected objects to the map"), "add-layer", self._add
        )
        self.publish_action = make(
            tr("Publish…"),
            tr("Convert a raster to a COG and upload it here…"),
            "publish",
            self._publish,
        )
        self.show_badges_action = QAction(tr("Mark rasters that are COGs"), self)
        self.show_badges_action.setCheckable(True)
        self.up_action = make(tr("Up"), tr("Go to the enclosing folder"), "up", self._up)

    def _make_widgets(self) -> None:
        toolbar = QToolBar(self)
        toolbar.setObjectName("CogBrowserToolbar")
        toolbar.setIconSize(QSize(18, 18))
        toolbar.setMovable(False)
        toolbar.addWidget(menu_button(toolbar, self.new_connection_action, connections_menu(self)))
        toolbar.addAction(self.refresh_action)
        self.places_menu = PlacesMenu(toolbar)
        toolbar.addWidget(self.places_menu.button)
        toolbar.addSeparator()
        toolbar.addAction(self.add_action)
        toolbar.addAction(self.publish_action)
        self.tree, self.table = make_tree(self), ObjectsTable(self)
        self.table.setModel(self.objects_model)
        self.notice, self.welcome = NoticePage(self), make_welcome(self)
        lower = LowerPart(self.table, self.notice, self.up_action, self)
        self._table_pages, self.path = lower.pages, lower.path
        self.find, self.details = lower.find, lower.details
        self.selection = Selection(self.table, self.objects_model)
        self.status = StatusLine(self)
        self.splitter = QSplitter(Qt.Orientation.Vertical, self)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.tree)
        self.splitter.addWidget(lower)
        self.splitter.setStretchFactor(0, 2)
        self.splitter.setStretchFactor(1, 3)
        self._splitter_page = QWidget(self)
        stack(self._splitter_page, self.splitter, self.status)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.welcome)
        self._pages.addWidget(self._splitter_page)
        content = QWidget(self)
        stack(content, toolbar, self._pages)
        self.setWidget(content)

    def _connect(self) -> None:
        model = self.tree_model
        # Before the view's own slot, which moves the current row away from a removed one.
        model.rowsAboutToBeRemoved.connect(lambda *_: self._before_rows_removed())
        self.tree.setModel(model)
        model.rowsRemoved.connect(lambda *_: self._on_rows_removed())
        for signal in (model.rowsInserted, model.rowsRemoved, model.modelReset):
            signal.connect(lambda *_: self._on_connections_changed())
        self.tree.expanded.connect(model.load)
        self.tree.doubleClicked.connect(model.retry)
        # Not currentChanged: a tree that gets the focus makes its first row current by itself.
        self.tree.selectionModel().selectionChanged.connect(lambda *_: self._on_selected())
        self.tree.customContextMenuRequested.connect(self._tree_menu)
        self.table.doubleClicked.connect(self._activate)
        self.table.too_many_dragged.connect(self.too_many_selected)
        self.table.customContextMenuRequested.connect(self._table_menu)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._update_actions())
        self.objects_model.rows_changed.connect(self._update)
        self.welcome.pressed.connect(self.new_connection_requested)
        self.notice.pressed.connect(self._on_notice_pressed)
        self.status.button.clicked.connect(lambda _checked=False: self._on_notice_pressed())
        self.tree.installEventFilter(self)
        self.table.installEventFilter(self)

    # How it follows its state

    def _update(self) -> None:
        place, has_rows = self.current_place, self.objects_model.rowCount() > 0
        self._table_pages.setCurrentWidget(self.table if has_rows else self.notice)
        if not has_rows:
            self.notice.show_notice(*notice_of(self))
        self.path.setText(self.tree_model.path_text(place) if place else "")
        self.status.setText(self._status_text() if place else "")
        self.status.offer(self._offer() if has_rows else "")
        self._update_actions()

    def _update_actions(self) -> None:
        place = self.current_place
        self.refresh_action.setEnabled(place is not None)
        self.up_action.setEnabled(place is not None and place.parent is not None)
        self.publish_action.setEnabled(self.tree_model.takes_objects(place))
        self.add_action.setEnabled(self.selected_count > 0)

    def _offer(self) -> str:
        """The button beside rows that aren't all yet."""
        if self.is_busy:
            return "" if self._search_text else tr("Stop")
        if self._state is NodeState.FAILED and self._message is not None:
            return self._message.button or tr("Retry")
        return ""

    def _status_text(self) -> str:
        model = self.objects_model
        if self._search_text:
            said = {
                NodeState.LOADING: tr("{what}, searching…"),
                NodeState.FAILED: tr("{what}, incomplete"),
            }
            return said.get(self._state, "{what}").format(what=self._search_text)
        if self.current_place is not None and not self.current_place.container:
            text = containers_text(model.folder_count)
        else:
            text = count_text(model.folder_count, model.object_count, model.total_size)
        if model.hidden_count:
            text = tr("{what}, {count} hidden").format(what=text, count=model.hidden_count)
        if self._state is NodeState.REFRESHING:
            return tr("{what}, refreshing… (Esc stops)").format(what=text)
        if self._state is NodeState.LOADING:
            said = tr("{what}, loading… (Esc stops)")
            return said.format(what=text) if model.rowCount() else tr("Loading…")
        if self._state is NodeState.FAILED:
            return tr("{what}, incomplete").format(what=text) if model.rowCount() else ""
        return text
