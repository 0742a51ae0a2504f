# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures)
"""Downloads of windows and whole rasters from the menu of a layer; on the real store."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest
from osgeo import gdal
from qgis.core import (
    QgsProject,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QSettings
from qgis.PyQt.QtWidgets import (
    QLabel,
)

from cog_browser.gui.layers.download_dialog import DownloadDialog
from tests.qgis.open_layers_fixtures import (  # noqa: F401 (fixtures)
    add,
    break_reads,
    file,
    forget_pixels,
    iface,
    reviver,
    saved,
    seen,
    states,
    store,
    told,
)
from tests.support.faults import Fault
from tests.support.patience import WAIT

FOLDER = "plugins/cog_browser/download_folder"


def pixels(path, *window):
    dataset = gdal.Open(str(path))
    return dataset.ReadRaster(*window)


def test_download_window_saves_what_the_map_shows_at_full_resolution(
    seen, iface, add, file, tmp_path, qtbot
):
    layer, canvas = add(), iface.mapCanvas()
    canvas.setDestinationCrs(layer.crs())
    canvas.setExtent(layer.extent().buffered(-2000))
    seen.actions._download.window(layer)
    dialog = iface.mainWindow().findChild(DownloadDialog)
    assert "pixels, bands: 1" in " ".join(label.text() for label in dialog.findChildren(QLabel))
    dialog.file.setFilePath(str(tmp_path / "window.tif"))
    dialog.add_layer.setChecked(True)
    with qtbot.waitSignal(dialog.finished, timeout=WAIT):
        dialog.start_button.click()
    made = gdal.Open(str(tmp_path / "window.tif"))
    x0, y0 = made.GetGeoTransform()[0], made.GetGeoTransform()[3]
    column, row = round((x0 - 500000) / 10), round((5000000 - y0) / 10)
    size = made.RasterXSize, made.RasterYSize
    assert size[0] < 1200
    assert size[1] < 900
    assert made.ReadRaster() == pixels(file, column, row, *size)
    assert len(QgsProject.instance().mapLayers()) == 2
    assert any("is complete" in text for text in told(iface.messageBar()))


def test_download_window_that_can_t_read_says_why_and_leaves_nothing(
    seen, iface, add, faulty_store, tmp_path, qtbot
):
    layer, canvas = add(), iface.mapCanvas()
    canvas.setDestinationCrs(layer.crs())
    canvas.setExtent(layer.extent())
    (tmp_path / "out").mkdir()
    seen.actions._download.window(layer)
    dialog = iface.mainWindow().findChild(DownloadDialog)
    dialog.file.setFilePath(str(tmp_path / "out" / "window.tif"))
    break_reads(faulty_store)
    forget_pixels(layer)
    dialog.start_button.click()
    qtbot.waitUntil(lambda: dialog.note.isVisible() or dialog.note.text() != "", timeout=WAIT)
    assert "window.tif was not made" in dialog.note.text()
    assert "503" in dialog.note.text()
    assert "127.0.0.1" not in dialog.note.text()
    assert os.listdir(tmp_path / "out") == []
    assert dialog.start_button.isEnabled()


def test_a_window_beside_the_raster_is_refused_before_anything_is_asked(seen, iface, add):
    layer, canvas = add(), iface.mapCanvas()
    canvas.setDestinationCrs(layer.crs())
    box = layer.extent()
    canvas.setExtent(QgsRectangle(box.xMaximum() + 1e5, 0, box.xMaximum() + 2e5, 1e5))
    seen.actions._download.window(layer)
    assert iface.mainWindow().findChild(DownloadDialog) is None
    assert "Nothing of the raster" in told(iface.messageBar())[0]


def test_download_raster_gives_the_object_byte_by_byte(seen, iface, add, file, tmp_path, qtbot):
    layer = add()
    seen.actions._download.raster(layer)
    dialog = iface.mainWindow().findChild(DownloadDialog)
    dialog.file.setFilePath(str(tmp_path / "copy.tif"))
    with qtbot.waitSignal(dialog.finished, timeout=WAIT):
        dialog.start_button.click()
    assert (tmp_path / "copy.tif").read_bytes() == file.read_bytes()


def test_a_download_replaces_no_file_without_a_word(seen, iface, add, file, tmp_path, qtbot):
    layer = add()
    mine = tmp_path / "mine.tif"
    mine.write_bytes(b"mine")
    seen.actions._download.raster(layer)
    dialog = iface.mainWindow().findChild(DownloadDialog)
    dialog.file.setFilePath(str(mine))
    dialog.start_button.click()
    qtbot.waitUntil(lambda: "exists" in dialog.note.text(), timeout=WAIT)
    assert mine.read_bytes() == b"mine"
    with qtbot.waitSignal(dialog.finished, timeout=WAIT):
        dialog.start_button.click()
    assert mine.read_bytes() == file.read_bytes()


@pytest.fixture
def dialog_into(workers, tmp_path, qtbot):
    """Opens a dialog that proposes “a.tif” in a folder."""
    before = QSettings().value(FOLDER)

    def open_dialog():
        QSettings().setValue(FOLDER, str(tmp_path))
        dialog = DownloadDialog("Download", "a.tif", "all", has_forms=False, workers=workers)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    yield open_dialog
    QSettings().setValue(FOLDER, before)


def test_the_name_that_is_proposed_is_free(dialog_into, tmp_path, qtbot):
    (tmp_path / "a.tif").write_bytes(b"")
    (tmp_path / "a (2).tif").write_bytes(b"")
    dialog = dialog_into()
    free = str(tmp_path / "a (3).tif")
    qtbot.waitUntil(lambda: dialog.file.filePath() == free, timeout=WAIT)


def test_a_folder_that_is_not_there_is_told(dialog_into, tmp_path, qtbot):
    dialog = dialog_into()
    dialog.file.setFilePath(str(tmp_path / "nowhere" / "a.tif"))
    dialog.start_button.click()
    said = "Choose a file in a folder that exists."
    qtbot.waitUntil(lambda: said in dialog.note.text(), timeout=WAIT)
    assert dialog.start_button.isEnabled()
    (tmp_path / "nowhere").mkdir()
    (tmp_path / "nowhere" / "a.tif").write_bytes(b"mine")
    dialog.start_button.click()  # it is there now, and that has not been said yet
    qtbot.waitUntil(lambda: "exists" in dialog.note.text(), timeout=WAIT)


def test_a_drive_that_does_not_answer_holds_up_nobody(dialog_into, tmp_path, qtbot, monkeypatch):
    answer, asked_in, real = threading.Event(), set(), Path.stat

    def stat(path, **options):
        if str(path).startswith(str(tmp_path)):
            asked_in.add(threading.current_thread())
            answer.wait(WAIT / 1000)
        return real(path, **options)

    (tmp_path / "a.tif").write_bytes(b"mine")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "stat", stat)
        dialog, started = dialog_into(), []
        dialog.started.connect(lambda *chosen: started.append(chosen))
        qtbot.waitUntil(lambda: bool(asked_in), timeout=WAIT)
        dialog.file.setFilePath(str(tmp_path / "mine.tif"))  # while the drive is still asked
        dialog.start_button.click()
        assert not dialog.start_button.isEnabled()
        assert not started
        answer.set()
        qtbot.waitUntil(lambda: bool(started), timeout=WAIT)
        assert threading.main_thread() not in asked_in
    assert started == [(str(tmp_path / "mine.tif"), "COG")]
    assert dialog.file.filePath() == str(tmp_path / "mine.tif")


def test_closing_the_dialog_cancels_and_leaves_nothing(
    seen, iface, add, faulty_store, tmp_path, qtbot
):
    layer = add()
    (tmp_path / "out").mkdir()
    faulty_store.swift.add(Fault(drip=(20_000, 0.05)), method="GET", times=None)
    seen.actions._download.raster(layer)
    dialog = iface.mainWindow().findChild(DownloadDialog)
    dialog.file.setFilePath(str(tmp_path / "out" / "copy.tif"))
    dialog.start_button.click()
    qtbot.waitUntil(lambda: dialog.progress.value() > 2, timeout=WAIT)
    dialog.reject()
    qtbot.waitUntil(lambda: os.listdir(tmp_path / "out") == [], timeout=WAIT)
    assert not any("is complete" in text for text in told(iface.messageBar()))
