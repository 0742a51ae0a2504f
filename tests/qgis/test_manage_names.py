# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures are imported)
"""Objects of every name, on a real Swift: listed, opened, downloaded, shared and deleted."""

from __future__ import annotations

import unicodedata
from contextlib import closing

import pytest
import requests
from qgis.core import QgsProject
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtTest import QTest
from qgis.PyQt.QtWidgets import QApplication, QFileDialog, QLabel

from cog_browser.gui.manage.transfers_dialog import DONE, RUNNING, WAITING
from cog_browser.gui.place import Place
from cog_browser.gui.tree_model import NodeState
from tests.qgis.manage_fixtures import manager  # noqa: F401 (fixtures)
from tests.support.many_rows import fill

NAMES = [
    "a b  c.tif",
    "#?%&+;=,$@!~.tif",
    "%2e%2e%2F100%.tif",
    "'single' \"double\" `back`.tif",
    "back\\slash.tif",
    unicodedata.normalize("NFC", "Zürich-é.tif"),
    unicodedata.normalize("NFD", "Zürich-é.tif"),
    "emoji-🛰️👩‍🚀.tif",
    "control-\x01\t\x1b\x7f.tif",
    "line\nend\r.tif",
    "عربى-עברית.tif",
    "bidi-\u202egpj\u2066.tif",
    "<b>bold</b>&amp;<img src=x>.tif",
    "/leading.tif",
    "double//slash.tif",
    "//.tif",
    "long/" + "x" * 1015 + ".tif",
]
DOTS = ["dots/../up.tif", "./here.tif"]
#: What no file can be called, or is below a folder without a name.
WIDEST = 600  # pixels, of a dialog
UNFIT = [name for name in NAMES if any(ord(c) < 32 or ord(c) == 127 for c in name)] + [NAMES[-1]]


def search(ui, dock, saved, container):
    """All rasters of the container in one list."""
    ui.open(Place(saved.id, container))
    dock.find.line.setText("*.tif")
    QTest.keyClick(dock.find.line, Qt.Key.Key_Return)
    ui.wait(lambda: dock.state is NodeState.READY and dock.find.line.text() == "*.tif")


@pytest.fixture()
def named(stack, container, cog):
    """The container with a raster of every name."""
    data = cog.read_bytes()
    with closing(stack.connection("demo")) as connection:
        for name in NAMES:
            connection.put_object(container, name, data, content_type="image/tiff")
    return data


def listed_keys(dock):
    model = dock.objects_model
    return [entry.key for row in range(model.rowCount()) if (entry := model.entry(row))]


def choose_key(dock, key):
    dock.table.selectRow(dock.objects_model.row_of(key))
    assert [address.key for address in dock.selected_addresses()] == [key]


def test_each_is_listed_and_looks_like_no_other(ui, dock, controller, saved, container, named):
    search(ui, dock, saved, container)
    assert sorted(listed_keys(dock)) == sorted(NAMES)
    shown = ui.rows()
    assert all(name.isprintable() or "\u200d" in name for name in shown)
    assert "bidi-\ufffdgpj\ufffd.tif" in shown
    assert "<b>bold</b>&amp;<img src=x>.tif" in shown


def test_each_is_found_in_its_folder(ui, dock, controller, saved, container, named):
    ui.open(Place(saved.id, container))
    top = {name for name in NAMES if "/" not in name}
    assert set(listed_keys(dock)) == top
    folders = [dock.objects_model.folder(row) for row in range(dock.objects_model.folder_count)]
    expected = {name[: name.index("/") + 1] for name in NAMES if "/" in name}
    assert {folder.prefix for folder in folders} == expected
    for key, prefixes in (
        ("/leading.tif", ["/"]),
        ("double//slash.tif", ["double/", "double//"]),
        ("//.tif", ["/", "//"]),
    ):
        ui.open(Place(saved.id, container))
        for prefix in prefixes:
            [row] = [
                row
                for row in range(dock.objects_model.folder_count)
                if dock.objects_model.folder(row).prefix == prefix
            ]
            dock.table.doubleClicked.emit(dock.objects_model.index(row, 0))
            ui.wait(lambda: dock.state is NodeState.READY)
            assert dock.current_place.prefix == prefix
        assert key in listed_keys(dock)


def test_each_is_opened(ui, dock, controller, saved, container, named):
    search(ui, dock, saved, container)
    dock.table.selectAll()
    dock.add_action.trigger()
    ui.wait(lambda: len(ui.layers()) == len(NAMES))
    for layer in QgsProject.instance().mapLayers().values():
        assert layer.isValid()
        block = layer.dataProvider().block(1, layer.extent(), 8, 8)
        assert block.value(3, 3) == 7
        assert "\n" not in layer.name()


def test_each_is_downloaded(ui, dock, manager, controller, saved, container, named, tmp_path):
    search(ui, dock, saved, container)
    transfers = controller.manage.up_and_down.transfers
    for number, key in enumerate(NAMES):
        target = tmp_path / str(number)
        target.mkdir()
        choose_key(dock, key)
        manager.choose("Download…")
        ui.wait(lambda: bool(dock.findChildren(QFileDialog)))
        [chooser] = dock.findChildren(QFileDialog)
        is_unfit = chooser.acceptMode() == QFileDialog.AcceptMode.AcceptSave
        assert is_unfit == (key in UNFIT)
        if is_unfit:
            [proposed] = chooser.selectedFiles()
            assert proposed.endswith(".tif")
            chooser.fileSelected.emit(str(target / proposed.rpartition("/")[2]))
        else:
            chooser.fileSelected.emit(str(target))
        chooser.reject()
        chooser.setParent(None)
        ui.wait(lambda n=number: len(transfers.rows) == n + 1)
        ui.wait(lambda: transfers.rows[-1].state not in (WAITING, RUNNING))
        assert transfers.rows[-1].state == DONE, key
        [path] = target.iterdir()
        assert path.read_bytes() == named
        if not is_unfit:
            assert path.name == key.rpartition("/")[2]


def test_each_is_shared(ui, dock, manager, controller, saved, container, named):
    search(ui, dock, saved, container)
    for key in NAMES:
        choose_key(dock, key)
        QApplication.clipboard().clear()
        manager.choose("Share link…")
        dialog = manager.asked()
        for label in dialog.findChildren(QLabel):
            is_plain = label.textFormat() == Qt.TextFormat.PlainText
            assert is_plain or key[-9:] not in label.text(), key
        ui.wait(lambda d=dialog: d.height() >= d.minimumSizeHint().height())
        assert dialog.minimumSizeHint().width() <= dialog.width() <= WIDEST, key
        dialog.ok_button.click()
        assert "on the clipboard" in manager.ended(dialog), key
        link = QApplication.clipboard().text()
        assert requests.get(link, timeout=60).content == named, key
        dialog.close()
        dialog.setParent(None)


def test_each_is_deleted(ui, dock, manager, controller, saved, container, named):
    search(ui, dock, saved, container)
    nfc, nfd = (unicodedata.normalize(form, "Zürich-é.tif") for form in ("NFC", "NFD"))
    for gone in ([nfd], [name for name in NAMES if name not in (nfc, nfd)]):
        dock.table.clearSelection()
        selection = dock.table.selectionModel()
        for key in gone:
            index = dock.objects_model.index(dock.objects_model.row_of(key), 0)
            flag = selection.SelectionFlag
            selection.select(index, flag.Select | flag.Rows)
        manager.choose("Delete…")
        dialog = manager.asked()
        dialog.ok_button.click()
        assert f"Deleted: {len(gone)} object" in manager.ended(dialog)
        ui.wait(lambda: dock.state is NodeState.READY)
        ui.wait(lambda gone=gone: not set(listed_keys(dock)) & set(gone))
    assert manager.keys(container) == [nfc]


def test_names_with_dots_are_listed_and_refused_with_a_reason(
    ui, dock, manager, controller, saved, container, stack
):
    fill(stack, container, DOTS)  # no client of HTTP can put them
    search(ui, dock, saved, container)
    assert sorted(listed_keys(dock)) == sorted(DOTS)
    for key in DOTS:
        choose_key(dock, key)
        dock.add_action.trigger()
        ui.wait(lambda: "“.” or “..” segment" in ui.told())
        assert ui.layers() == []
        for deed in ("Delete…", "Share link…"):
            ui.wait(lambda: dock.state is NodeState.READY)
            choose_key(dock, key)
            manager.choose(deed)
            dialog = manager.dialog()
            ui.wait(lambda d=dialog: d.ok_button.isVisible() or d.cancel_button.text() == "Close")
            if dialog.ok_button.isVisible():
                dialog.ok_button.click()
            said = manager.ended(dialog) + dialog.names.toPlainText()
            assert "“.” or “..” segment" in said, deed
            dialog.close()
            dialog.setParent(None)
    assert sorted(manager.keys(container)) == sorted(DOTS)


def test_marks_of_empty_folders_are_folders(ui, dock, controller, saved, container, put):
    put("marked/", b"", "application/directory")
    put("plain", b"", "application/directory")
    put("marked/deep/", b"")
    ui.open(Place(saved.id, container))
    assert ui.rows() == ["marked", "plain"]
    ui.double_click("marked")
    ui.wait(lambda: ui.rows() == ["deep"])
    ui.double_click("deep")
    ui.wait(lambda: dock.notice.isVisible() and dock.state is NodeState.READY)
    assert dock.notice.title.text() == "This folder is empty"
