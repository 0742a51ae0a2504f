# SPDX-License-Identifier: GPL-2.0-or-later
"""What the gallery does inside QGIS: the panel in each of its states, one picture for each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import qgis.utils
from qgis.core import QgsProject, QgsRectangle
from qgis.gui import QgsBrowserTreeView
from qgis.PyQt.QtCore import (
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    Qt,
    QUrl,
)
from qgis.PyQt.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QDialog, QDockWidget, QMenu, QWidget

from scripts.demo import panel, story
from scripts.demo.imagery import CONTAINER
from scripts.demo.story import Condition

_DOCK_WIDTH = 430
_FOLDER = "blue-marble/"
_VIEW = QgsRectangle(-40, 20, 60, 75)
_MARGIN = 6  # pixels around a picture of a dialog


class Camera:
    """Takes pictures of parts of the screen, as a user sees them."""

    def __init__(self, folder: str, facts: dict[str, Any]) -> None:
        self._folder = Path(folder)
        self._taken: list[str] = facts.setdefault("pictures", [])

    def take(self, name: str, *widgets: QWidget) -> Iterator[Condition]:
        """The smallest rectangle around the widgets."""
        yield story.pause(0.4)  # what is on the screen lags behind
        around = QRect()
        for widget in widgets:
            frame = QRect(widget.mapToGlobal(widget.rect().topLeft()), widget.size())
            around = around.united(frame)
        screen = QGuiApplication.primaryScreen()
        around = around.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN) & screen.geometry()
        pixmap = screen.grabWindow(0, around.left(), around.top(), around.width(), around.height())
        if not pixmap.save(str(self._folder / f"{name}.png")):
            raise OSError(f"{name}.png can't be written to {self._folder}")
        self._taken.append(name)


def _play(facts: dict[str, Any]) -> Iterator[Condition]:
    camera = Camera(story.parameters()["pictures"], facts)
    window = qgis.utils.iface.mainWindow()
    window.setGeometry(window.screen().availableGeometry())  # Xvfb has no window manager
    yield panel.docks
    qgis.utils.iface.newProject()
    for name in ("Browser", "Layers"):
        window.findChild(QDockWidget, name).hide()
    dock = panel.dock()
    dock.show()
    window.resizeDocks([dock], [_DOCK_WIDTH], Qt.Orientation.Horizontal)
    for scene in (
        _empty,
        _troubles,
        _signing_in,
        _browsing,
        _finding,
        _details,
        _managing,
        _transferring,
        _adding,
        _windows,
    ):
        yield from scene(camera, dock)
    QgsProject.instance().setDirty(False)
    story.close_qgis(qgis.utils.iface)


def _empty(camera: Camera, dock: Any) -> Iterator[Condition]:
    yield from camera.take("welcome", dock)
    dock.new_connection_requested.emit()
    yield _dialogs
    yield from camera.take("new-connection", *_dialogs())
    _close_dialogs()
    yield lambda: not _dialogs()
    panel.save_connection(story.parameters()["openrc"]["demo"], "Science")


def _troubles(camera: Camera, dock: Any) -> Iterator[Condition]:
    from cog_browser.gui.place import Place

    for name, text in (
        ("slow", "Far away"),
        ("broken", "Under repair"),
        ("offline", "Out of reach"),
        ("refused", "Wrong password"),
    ):
        connection = panel.save_connection(story.parameters()["openrc"][name], text)
        place = Place(connection.id)
        yield lambda place=place: dock.tree_model.index_of(place).isValid()
        dock.select(place)
        wanted = "LOADING" if name == "slow" else "FAILED"
        yield lambda wanted=wanted: dock.state.name == wanted
        yield from camera.take("loading" if name == "slow" else name, dock)
        dock.stop_requested.emit()
        dock.leave()
        _forget(connection)
        yield lambda place=place: not dock.tree_model.index_of(place).isValid()


def _signing_in(camera: Camera, dock: Any) -> Iterator[Condition]:
    from cog_browser.adapters.sessions import sessions
    from cog_browser.gui.place import Place

    connection = panel.save_connection(story.parameters()["openrc"]["demo"], "Colleague")
    sessions().secrets.remove(connection.id)
    place = Place(connection.id)
    yield lambda: dock.tree_model.index_of(place).isValid()
    dock.select(place)
    yield _dialogs
    yield from camera.take("sign-in", dock, *_dialogs())
    _close_dialogs()
    yield story.pause(0.3)
    yield from camera.take("signed-out", dock)
    dock.leave()
    _forget(connection)
    for request, picture in (
        (dock.accounts_requested, "accounts"),
        (dock.import_requested, "import"),
    ):
        request.emit()
        yield _dialogs
        yield from camera.take(picture, *_dialogs())
        _close_dialogs()
        yield lambda: not _dialogs()


def _browsing(camera: Camera, dock: Any) -> Iterator[Condition]:
    connection = _science()
    yield from panel.open_folder(connection, "empty")
    yield from camera.take("empty-container", dock)
    yield from panel.open_folder(connection, CONTAINER, _FOLDER)
    yield lambda: dock.state.name == "READY"
    yield story.pause(3)  # the badges
    yield from camera.take("folder", dock)


def _finding(camera: Camera, dock: Any) -> Iterator[Condition]:
    QTest.keyClicks(dock.find.line, "europe")
    yield lambda: len(panel.listed()) == 2
    yield from camera.take("filter", dock)
    QTest.keyClicks(dock.find.line, "zzz")
    yield dock.notice.isVisible
    yield from camera.take("filter-nothing", dock)
    dock.find.line.clear()
    yield lambda: len(panel.listed()) > 2
    yield from panel.open_folder(_science(), CONTAINER)
    QTest.keyClicks(dock.find.line, "*.tif")
    QTest.keyClick(dock.find.line, Qt.Key.Key_Return)
    yield lambda: len(panel.listed()) > 6
    yield lambda: dock.state.name == "READY"
    yield story.pause(2)
    yield from camera.take("search", dock)
    QTest.keyClick(dock.find.line, Qt.Key.Key_Escape)
    dock.find.line.clear()
    dock.find.more.click()
    yield dock.find.options.isVisible
    yield from camera.take("search-options", dock)
    dock.find.more.click()


def _details(camera: Camera, dock: Any) -> Iterator[Condition]:
    yield from panel.open_folder(_science(), CONTAINER, _FOLDER)
    qgis.utils.iface.mapCanvas().setExtent(_VIEW)
    for name, picture in (
        ("world.tif", "details-valid"),
        ("europe-not-a-cog.tif", "details-not-a-cog"),
        ("report.tif", "details-not-a-raster"),
    ):
        _select(dock, name)
        yield lambda: dock.details.facts.isVisible() and dock.details.badge.isVisible()
        yield story.pause(2)  # the preview
        yield from camera.take(picture, dock)
    _select(dock, "europe-not-a-cog.tif")
    yield dock.details.badge.isVisible
    dock.details.badge.click()
    yield _dialogs
    yield from camera.take("reasons", *_dialogs())
    _close_dialogs()
    _select(dock, "europe.tif", "world.tif", "relief.tif")
    yield story.pause(2)
    yield from camera.take("details-several", dock)


def _managing(camera: Camera, dock: Any) -> Iterator[Condition]:
    yield from panel.open_folder(_science(), CONTAINER, _FOLDER)
    _select(dock, "europe.tif")
    for entry, picture in (
        ("Share link…", "share"),
        ("Rename or move…", "rename"),
        ("Copy to…", "copy"),
        ("Delete…", "delete"),
        ("Make it a proper COG…", "repair"),
        ("Check server…", "check-server"),
    ):
        yield from _choose(dock, entry)
        yield _dialogs
        yield story.pause(2)
        yield from camera.take(picture, *_dialogs())
        _close_dialogs()
        yield lambda: not _dialogs()
    menu = _objects_menu(dock)
    menu.popup(dock.table.viewport().mapToGlobal(dock.table.rect().center()))
    yield menu.isVisible
    yield from camera.take("menu", dock, menu)
    menu.close()

    yield from panel.open_folder(_science(), "calibration")
    _select(dock, "2026")
    yield from _choose(dock, "Delete…")
    yield _dialogs
    yield story.pause(1)
    yield from camera.take("delete-many", *_dialogs())
    _close_dialogs()
    place = dock.current_place
    yield from _choose(dock, "Public or private…", place)
    yield _dialogs
    yield story.pause(1)
    yield from camera.take("access", *_dialogs())
    _close_dialogs()
    yield lambda: not _dialogs()


def _transferring(camera: Camera, dock: Any) -> Iterator[Condition]:
    yield from panel.open_folder(_science(), "results")
    data, place = QMimeData(), dock.current_place
    folder = Path(story.parameters()["folder"])
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in sorted(folder.glob("*.tif"))])
    left, plain = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    where, copy = dock.notice.rect().center(), Qt.DropAction.CopyAction
    QApplication.sendEvent(dock.notice, QDragEnterEvent(where, copy, data, left, plain))
    QApplication.sendEvent(dock.notice, QDropEvent(QPointF(where), copy, data, left, plain))
    yield lambda: len(panel.listed()) > 3
    yield from camera.take("transfers", *_dialogs())
    _close_dialogs()
    dock.unfinished_requested.emit(place.connection_id)
    yield _dialogs
    yield story.pause(1)
    yield from camera.take("unfinished", *_dialogs())
    _close_dialogs()


def _adding(camera: Camera, dock: Any) -> Iterator[Condition]:
    window, project = qgis.utils.iface.mainWindow(), QgsProject.instance()
    window.findChild(QDockWidget, "Layers").show()
    yield from panel.open_folder(_science(), CONTAINER, "tiles/")
    names = [name for name in panel.listed() if name.startswith("europe")]
    _select(dock, names[0])
    yield from _choose(dock, "Choose bands…")
    yield _dialogs
    yield story.pause(1)
    yield from camera.take("bands", *_dialogs())
    _close_dialogs()
    _select(dock, *names)
    yield from _choose(dock, "Add as a group")
    yield lambda: len(project.mapLayers()) == len(names)
    yield from _choose(dock, "Add as one mosaic")
    yield lambda: len(project.mapLayers()) == len(names) + 1
    qgis.utils.iface.zoomToActiveLayer()
    yield story.quiet(qgis.utils.iface.mapCanvas())
    yield from camera.take("mosaic", window)


def _windows(camera: Camera, dock: Any) -> Iterator[Condition]:
    """QGIS's own."""
    window = qgis.utils.iface.mainWindow()
    window.findChild(QDockWidget, "Layers").hide()
    dock.hide()
    browser = window.findChild(QDockWidget, "Browser")
    browser.show()
    window.resizeDocks([browser], [_DOCK_WIDTH], Qt.Orientation.Horizontal)
    yield from _open_in_browser(browser, "COG Browser", "Science", CONTAINER, "tiles")
    yield from camera.take("browser-panel", browser)
    browser.hide()
    dock.show()
    qgis.utils.iface.openDataSourceManagerPage("cogbrowser")
    yield lambda: _named("QgsDataSourceManagerDialog")
    yield story.pause(1)
    yield from camera.take("data-source-manager", *_named("QgsDataSourceManagerDialog"))
    for one in _named("QgsDataSourceManagerDialog"):
        one.close()
    qgis.utils.iface.locatorSearch("cog imagery")
    yield story.pause(2)
    yield from camera.take("locator", *_named("QgsLocatorWidget"), *_named("QgsFloatingWidget"))


def start() -> None:
    story.play(_play)


# What is on the screen


def _science() -> Any:
    from cog_browser.adapters.sessions import sessions

    [found] = [c for c in sessions().repository.all() if c.name == "Science"]
    return found


def _forget(connection: Any) -> None:
    from cog_browser.adapters.sessions import sessions

    sessions().sign_out(connection.id)
    sessions().repository.remove(connection.id)


def _dialogs() -> list[QWidget]:
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]


def _popups() -> list[QWidget]:
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, QMenu) and w.isVisible()]


def _close_dialogs() -> None:
    for dialog in _dialogs():
        dialog.close()


def _select(dock: Any, *names: str) -> None:
    dock.table.clearSelection()
    model, selection = dock.objects_model, dock.table.selectionModel()
    flag = selection.SelectionFlag
    for name in names:
        index = model.index(panel.listed().index(name), 0)
        selection.setCurrentIndex(index, flag.Select | flag.Rows)


def _named(kind: str) -> list[QWidget]:
    """The visible widgets of one of QGIS's classes."""
    return [w for w in QApplication.allWidgets() if w.inherits(kind) and w.isVisible()]


def _open_in_browser(browser: QDockWidget, *names: str) -> Iterator[Condition]:
    view = browser.findChild(QgsBrowserTreeView)
    model, found = view.model(), QModelIndex()

    def child(parent: QModelIndex, name: str) -> QModelIndex:
        rows = (model.index(row, 0, parent) for row in range(model.rowCount(parent)))
        return next((index for index in rows if index.data() == name), QModelIndex())

    for name in names:
        above = QPersistentModelIndex(found)
        yield lambda above=above, name=name: child(QModelIndex(above), name).isValid()
        found = child(found, name)
        view.expand(found)
    view.scrollTo(found)
    yield story.pause(1)


def _objects_menu(dock: Any) -> QMenu:
    from cog_browser.gui.menus import objects_menu

    return objects_menu(dock)


def _choose(dock: Any, text: str, place: Any = None) -> Iterator[Condition]:
    """Chooses from the menu of the table, or of a place."""
    from cog_browser.gui.menus import place_menu

    menu = _objects_menu(dock) if place is None else place_menu(dock, place)
    [action] = [action for action in menu.actions() if action.text() == text]
    action.trigger()
    yield story.pause(0.1)
