# SPDX-License-Identifier: GPL-2.0-or-later
"""What `test_qgis_windows` does in QGIS's own windows, as a user; the test judges the facts."""

from __future__ import annotations

import threading
import time
import traceback
from collections.abc import Iterator
from typing import Any

import qgis.utils
from qgis.core import QgsProject
from qgis.gui import QgsBrowserTreeView
from qgis.PyQt.QtCore import (
    QItemSelectionModel,
    QMimeData,
    QModelIndex,
    QPoint,
    QPointF,
    Qt,
    QTimer,
)
from qgis.PyQt.QtGui import QAction, QDragEnterEvent, QDropEvent
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QDockWidget, QListWidget, QMenu, QWidget

from scripts.demo import panel, story

_LEFT, _PLAIN = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


class Stalls:
    """How long the window stood still at most, in seconds."""

    def __init__(self) -> None:
        self.longest, self._last = 0.0, time.perf_counter()
        self._timer = QTimer()
        self._timer.timeout.connect(self._tick)
        self._timer.start(5)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.longest, self._last = max(self.longest, now - self._last), now

    def start(self) -> None:
        self.longest, self._last = 0.0, time.perf_counter()


class Browser:
    """QGIS's Browser panel."""

    def __init__(self) -> None:
        window = qgis.utils.iface.mainWindow()
        self.dock = window.findChild(QDockWidget, "Browser")
        self.dock.show()
        self.dock.raise_()
        self.view = self.dock.findChild(QgsBrowserTreeView)

    @property
    def model(self) -> Any:
        return self.view.model()

    def index(self, *names: str) -> QModelIndex:
        found = QModelIndex()
        for name in ("COG Browser", *names):
            rows = [self.model.index(row, 0, found) for row in range(self.model.rowCount(found))]
            found = next((index for index in rows if index.data() == name), None)
            if found is None:
                return QModelIndex()
        return found

    def item(self, *names: str) -> Any:
        return self.view.browserModel().dataItem(self.model.mapToSource(self.index(*names)))

    def rows(self, *names: str) -> list[str]:
        index = self.index(*names)
        count = self.model.rowCount(index)
        return [self.model.index(row, 0, index).data() for row in range(count)]

    def roots(self) -> int:
        names = [self.model.index(row, 0).data() for row in range(self.model.rowCount())]
        return names.count("COG Browser")

    def open(self, *names: str) -> Iterator[story.Condition]:
        for depth in range(len(names) + 1):
            yield lambda depth=depth: self.index(*names[:depth]).isValid()
            self.view.expand(self.index(*names[:depth]))
        item = self.item(*names)
        yield lambda: item.state().name == "Populated"

    def point(self, *names: str) -> QPoint:
        self.view.scrollTo(self.index(*names))
        return self.view.visualRect(self.index(*names)).center()

    def double_click(self, *names: str) -> None:
        point = self.point(*names)
        QTest.mouseClick(self.view.viewport(), _LEFT, _PLAIN, point)
        QTest.mouseDClick(self.view.viewport(), _LEFT, _PLAIN, point)

    def select(self, *rows: tuple[str, ...]) -> None:
        flags = QItemSelectionModel.SelectionFlag
        selection = self.view.selectionModel()
        selection.clearSelection()
        for row in rows:
            selection.select(self.index(*row), flags.Select | flags.Rows)

    def mime(self, *rows: tuple[str, ...]) -> QMimeData:
        return self.model.mimeData([self.index(*row) for row in rows])


def _drop(mime: QMimeData, target: QWidget) -> None:
    center, action = target.rect().center(), Qt.DropAction.CopyAction
    QApplication.sendEvent(target, QDragEnterEvent(center, action, mime, _LEFT, _PLAIN))
    QApplication.sendEvent(target, QDropEvent(QPointF(center), action, mime, _LEFT, _PLAIN))


def _layers() -> list[str]:
    return sorted(layer.name() for layer in QgsProject.instance().mapLayers().values())


def _added(count: int) -> Iterator[story.Condition]:
    """Over when there are so many layers, and no more come."""
    yield lambda: len(_layers()) >= count
    yield story.pause(0.5)


def _spy(threads: list[bool]) -> None:
    """Note whether each layer was built on the main thread."""
    from cog_browser.gui.layers import loader

    build = loader.build_layer

    def spied(*arguments: Any) -> Any:
        threads.append(threading.current_thread() is threading.main_thread())
        return build(*arguments)

    loader.build_layer = spied


def _pages() -> list[QWidget]:
    widgets = QApplication.allWidgets()
    return [one for one in widgets if one.objectName() == "CogBrowserDataSourcePage"]


def _entries() -> list[str]:
    """The names of the pages in the Data Source Manager."""
    windows = QApplication.topLevelWidgets()
    (manager,) = [w for w in windows if w.inherits("QgsDataSourceManagerDialog")]
    pages = manager.findChild(QListWidget, "mOptionsListWidget")
    return [pages.item(row).text() for row in range(pages.count())]


def _toggles(action: QAction) -> list[bool]:
    """Whether the panel is to be seen after one and two uses of the action."""
    seen = []
    for _ in range(2):
        action.trigger()
        seen.append(panel.dock().isUserVisible())
    return seen


def _play(facts: dict[str, Any]) -> Iterator[story.Condition]:
    given, iface = story.parameters(), qgis.utils.iface
    window = iface.mainWindow()
    window.setGeometry(0, 0, 1500, 950)
    iface.newProject()
    facts["errors"] = []
    qgis.utils.showException = lambda kind, error, trace, *_more, **_named: facts["errors"].append(
        "".join(traceback.format_exception(kind, error, trace))
    )
    yield panel.docks

    def picture(name: str) -> Iterator[story.Condition]:
        if given["pictures"]:
            yield story.pause(0.6)
            story.grab_screen(f"{given['pictures']}/{name}.png")

    connection = panel.save_connection(given["openrc"], "Local Swift")
    container, name = given["container"], connection.name
    browser, stalls, threads = Browser(), Stalls(), []
    layers = window.findChild(QDockWidget, "Layers")
    docks = [browser.dock, layers, panel.dock()]
    window.resizeDocks(docks, [450, 100, 300], Qt.Orientation.Vertical)
    window.resizeDocks(docks[:1], [420], Qt.Orientation.Horizontal)
    _spy(threads)

    stalls.start()
    yield from browser.open(name, container)
    facts["rows"] = browser.rows(name, container)
    yield from browser.open(name, container, "many")
    facts["many"] = len(browser.rows(name, container, "many"))
    facts["listing_stall"] = stalls.longest
    browser.view.collapse(browser.index(name, container, "many"))
    yield from picture("browser-panel")

    stalls.start()
    browser.double_click(name, container, "a.tif")
    yield from _added(1)
    facts["adding_stall"] = stalls.longest
    facts["double_clicked"] = _layers()

    browser.select((name, container, "a.tif"), (name, container, "b.tif"))
    browser.dock.findChild(QAction, "mActionAddLayers").trigger()
    yield from _added(3)
    facts["button"] = _layers()

    _drop(browser.mime((name, container, "b.tif")), iface.mapCanvas().viewport())
    yield from _added(4)
    _drop(browser.mime((name, container, "a.tif")), window)
    yield from _added(5)
    facts["dropped"] = _layers()
    facts["sources"] = [layer.source() for layer in QgsProject.instance().mapLayers().values()]

    browser.select((name, container, "a.tif"))
    browser.view.customContextMenuRequested.emit(browser.point(name, container, "a.tif"))
    yield lambda: isinstance(QApplication.activePopupWidget(), QMenu)
    menu = QApplication.activePopupWidget()
    facts["menu"] = [action.text() for action in menu.actions() if action.text()]
    yield from picture("browser-menu")
    menu.close()
    properties = browser.dock.findChild(QAction, "mActionPropertiesWidget")
    properties.setChecked(True)
    properties.triggered.emit(True)
    browser.select((name, container, "b.tif"))
    browser.view.setCurrentIndex(browser.index(name, container, "b.tif"))
    yield from picture("browser-properties")
    properties.setChecked(False)
    properties.triggered.emit(False)

    iface.openDataSourceManagerPage("cogbrowser")
    yield lambda: facts["errors"] or [page for page in _pages() if page.isVisible()]
    if facts["errors"]:
        raise RuntimeError(facts["errors"])
    (page,) = _pages()
    page.window().setGeometry(150, 100, 1100, 700)
    yield lambda: page.view.model() is not None
    page.address.setText(given["url"])
    facts["meaning"] = page.note.text()
    yield from picture("data-source-manager")
    page.addButtonClicked()
    yield from _added(6)
    facts["from_page"] = _layers()
    page.window().close()

    (toolbar_action,) = [a for a in iface.pluginToolBar().actions() if a.text() == "COG Browser"]
    facts["toolbar"] = _toggles(toolbar_action)
    panels = window.findChild(QMenu, "mPanelMenu")
    (view_action,) = [a for a in panels.actions() if a.text() == "COG Browser"]
    facts["panels"] = _toggles(view_action)
    (raster_menu,) = [a.menu() for a in iface.rasterMenu().actions() if a.text() == "COG Browser"]
    (raster_action,) = raster_menu.actions()
    facts["raster_menu"] = _toggles(raster_action)

    facts["reloads"] = []
    for _ in range(3):
        # In the middle of a listing, and with rows open.
        browser.item(name, container).refresh()
        qgis.utils.unloadPlugin("cog_browser")
        yield lambda: not panel.docks() and not _pages()
        facts["reloads"].append([browser.roots(), _entries().count("COG Browser")])
        qgis.utils.loadPlugin("cog_browser")
        qgis.utils.startPlugin("cog_browser")
        yield panel.docks
        panel.save_connection(given["openrc"], name + " again")
        facts["reloads"].append([browser.roots(), _entries().count("COG Browser")])
        name += " again"
        yield from browser.open(name, container)
    facts["rows_after"] = browser.rows(name, container)
    browser.item(name, container).refresh()
    facts["built_on_the_gui_thread"] = threads
    story.close_qgis(iface)


def start() -> None:
    story.play(_play)
