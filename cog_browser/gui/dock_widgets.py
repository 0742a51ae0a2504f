# SPDX-License-Identifier: GPL-2.0-or-later
"""The small parts of the dock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timezone

from qgis.PyQt.QtCore import QItemSelectionModel, QSize, Qt, pyqtSignal
from qgis.PyQt.QtGui import (
    QAction,
    QFontMetrics,
    QIcon,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
)
from qgis.PyQt.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QTableView,
    QToolBar,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from cog_browser.adapters.i18n import tr
from cog_browser.gui.icons import icon
from cog_browser.gui.selection import MAX_LAYERS_AT_ONCE, Selection
from cog_browser.gui.sorting import NAME, SIZE
from cog_browser.gui.text import lines, one_line, time_text, tool_tip
from cog_browser.gui.wrapped_label import WrappedLabel

_ICON_SIZE = 48


class NoticePage(QWidget):
    """What stands where there is nothing to list: an icon, a sentence or two, one button."""

    pressed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = QLabel(self)
        self.title = _centred_label(self)
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.text = _centred_label(self)
        self.button = QPushButton(self)
        self.button.clicked.connect(self.pressed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(6)
        layout.addStretch(2)
        layout.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self.title)
        layout.addWidget(self.text)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)

    def show_notice(
        self, title: str, text: str = "", button: str = "", picture: QIcon | None = None
    ) -> None:
        """Plain text throughout; parts that are empty take no room."""
        self.title.setText(lines(title))
        self.text.setText(lines(text))
        self.text.setVisible(bool(text))
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self.text.setToolTip(tool_tip(text) if text else "")
        self.picture.setPixmap(
            picture.pixmap(QSize(_ICON_SIZE, _ICON_SIZE)) if picture is not None else QPixmap()
        )
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Words before pictures, where there isn't room for both."""
        self.picture.setVisible(not self.picture.pixmap().isNull())
        if self.layout().totalHeightForWidth(self.width()) > self.height():
            self.picture.hide()


def make_welcome(parent: QWidget) -> NoticePage:
    """What a new user sees."""
    page = NoticePage(parent)
    page.setObjectName("CogBrowserWelcome")
    page.show_notice(
        tr("Browse your object store"),
        tr(
            "Connect to OpenStack Swift, S3, Google Cloud Storage, Azure or a folder of a web "
            "server, then open Cloud Optimized GeoTIFFs straight from it."
        ),
        tr("Add a connection…"),
        icon("cog_browser"),
    )
    return page


class ElidedLabel(QWidget):
    """One line of plain text that loses its middle where there is no room for it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        return self._text

    def setText(self, text: str) -> None:
        self._text = one_line(text)
        self.setToolTip(tool_tip(text) if text else "")
        self.setAccessibleName(self._text)
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(metrics.horizontalAdvance(self._text), metrics.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, QFontMetrics(self.font()).height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002
        painter = QPainter(self)
        metrics = QFontMetrics(self.font())
        shown = metrics.elidedText(self._text, Qt.TextElideMode.ElideMiddle, self.width())
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), int(getattr(flags, "value", flags)), shown)
        painter.end()


class StatusLine(QWidget):
    """How many there are, and what can be done while they aren't all."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._label = ElidedLabel(self)
        self.button = QToolButton(self)
        self.button.setAutoRaise(True)
        self.button.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 1, 4, 2)
        row.addWidget(self._label, 1)
        row.addWidget(self.button)

    def text(self) -> str:
        return self._label.text()

    def setText(self, text: str) -> None:
        self._label.setText(text)

    def offer(self, text: str) -> None:
        """Show the button with this text; without one, none."""
        self.button.setText(text)
        self.button.setVisible(bool(text))


def make_tree(parent: QWidget) -> QTreeView:
    """The view of a `TreeModel`."""
    tree = QTreeView(parent)
    tree.setObjectName("CogBrowserTree")
    tree.setAccessibleName(tr("Connections and folders"))
    tree.setHeaderHidden(True)
    tree.setUniformRowHeights(True)
    tree.setExpandsOnDoubleClick(True)
    tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    tree.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    return tree


def menu_button(toolbar: QToolBar, action: QAction, menu: QMenu) -> QToolButton:
    """A button for the action, with an arrow for the menu."""
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    button = QToolButton(toolbar)
    button.setDefaultAction(action)
    button.setMenu(menu)
    button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
    button.setAutoRaise(True)
    return button


class ObjectsTable(QTableView):
    """The view of an `ObjectsModel`: rows of one fixed height, so that a million cost nothing.

    Names get the room that is left, and never less than two fifths of it, until the user drags a
    column.
    """

    too_many_dragged = pyqtSignal(int)  # to add them all to the map

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_laying_out = self._is_user_sized = False
        self.setObjectName("CogBrowserTable")
        self.setAccessibleName(tr("Objects"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        rows = self.verticalHeader()
        rows.setVisible(False)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(1)
        rows.setDefaultSectionSize(max(self.fontMetrics().height() + 5, 20))
        columns = self.horizontalHeader()
        columns.setHighlightSections(False)
        columns.setStretchLastSection(True)
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        columns.setSortIndicator(NAME, Qt.SortOrder.AscendingOrder)
        columns.sectionResized.connect(lambda *_: self._on_section_resized())
        self.setSortingEnabled(True)

    @property
    def widths(self) -> list[int]:
        """Of the columns, if the user has chosen them."""
        columns = self.horizontalHeader()
        return [columns.sectionSize(n) for n in range(columns.count())] * self._is_user_sized

    def set_widths(self, widths: Sequence[int]) -> None:
        """As the user had chosen them; the last column takes what is left."""
        for number, width in enumerate(widths[: self.horizontalHeader().count() - 1]):
            self.horizontalHeader().resizeSection(number, width)
            self._is_user_sized = True

    def setSelectionModel(self, model: QItemSelectionModel) -> None:
        """The header gets one of its own: to paint, it would ask for the flags of every cell."""
        super().setSelectionModel(model)
        header = self.horizontalHeader()
        header.setSelectionModel(QItemSelectionModel(model.model(), header))

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Only what may be added to the map: Qt asks for the flags of each cell that is dragged."""
        count = Selection(self, self.model()).count
        if count > MAX_LAYERS_AT_ONCE:
            self.too_many_dragged.emit(count)
        elif count:
            super().startDrag(actions)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The current row stays in view when the details open below it."""
        row = self.visualRect(self.currentIndex())
        was_seen = row.isValid() and row.top() >= 0 and row.bottom() <= event.oldSize().height()
        super().resizeEvent(event)
        if was_seen:
            self.scrollTo(self.currentIndex())
        self._lay_out_columns()

    def _lay_out_columns(self) -> None:
        if self._is_user_sized or self.model() is None:
            return
        metrics, width = self.fontMetrics(), self.viewport().width()
        size = metrics.horizontalAdvance("000.0 MB") + 12
        newest = time_text(datetime(2028, 12, 28, 22, 58, 58, tzinfo=timezone.utc))
        modified = metrics.horizontalAdvance(newest) + 12
        columns = self.horizontalHeader()
        self._is_laying_out = True
        columns.resizeSection(NAME, max(width - size - modified, width * 2 // 5))
        columns.resizeSection(SIZE, size)
        self._is_laying_out = False

    def _on_section_resized(self) -> None:
        if not self._is_laying_out and self.underMouse() and QApplication.mouseButtons():
            self._is_user_sized = True


def stack(widget: QWidget, *parts: QWidget | QHBoxLayout) -> None:
    """Lay the parts out below each other without gaps; bars and labels keep their height."""
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    for part in parts:
        if isinstance(part, QWidget):
            layout.addWidget(part, 0 if isinstance(part, (QToolBar, QLabel, StatusLine)) else 1)
        else:
            layout.addLayout(part)


def _centred_label(parent: QWidget) -> QLabel:
    label = WrappedLabel(parent)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return label


def escape_action(widget: QWidget, run: Callable[[], None]) -> QAction:
    """Runs by Esc in the widget. Not enabled yet: its fields need the key as well."""
    action = QAction(widget)
    action.setShortcut(QKeySequence(Qt.Key.Key_Escape))
    action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    action.setEnabled(False)
    action.triggered.connect(lambda _checked=False: run())
    widget.addAction(action)
    return action
