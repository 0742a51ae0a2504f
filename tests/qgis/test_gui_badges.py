# SPDX-License-Identifier: GPL-2.0-or-later
"""Badges on the rows of the table: for what can be seen, a few at a time, and no more."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import pytest
from osgeo import gdal
from qgis.core import QgsSettings
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QApplication

from cog_browser.cog.description import NO_COG, NO_RASTER, VALID, Description
from cog_browser.cog.report import CogReport
from cog_browser.gui.details import badges as badges_module
from cog_browser.gui.details import headers as headers_module
from cog_browser.gui.menus import objects_menu
from cog_browser.gui.place import Place
from cog_browser.gui.tree_model import NodeState
from cog_browser.storage.models import ObjectEntry

#: Milliseconds that the window may be busy.
MOST_STALL = 50


@pytest.fixture(autouse=True)
def is_on(qgis_app):
    QgsSettings().remove("plugins/cog_browser/details")
    yield
    QgsSettings().remove("plugins/cog_browser/details")


@pytest.fixture()
def asked(monkeypatch):
    """Keys whose headers were read, with an instant answer instead of the store's."""
    keys: list[str] = []

    def quick(reference, _is_wanted):
        keys.append(reference.key)
        entry = ObjectEntry(reference.container, reference.key, 1, None, "e", "")
        return Description(entry, CogReport("x"))

    monkeypatch.setattr(headers_module, "describe", quick)
    return keys


def badges(dock) -> dict[str, str | None]:
    model = dock.objects_model
    entries = filter(None, map(model.entry, range(model.rowCount())))
    return {entry.key: model.badge_of(entry) for entry in entries}


def many(count: int, suffix: str = ".tif") -> list[ObjectEntry]:
    return [ObjectEntry("c", f"{n:06}{suffix}", n, None, "e", "") for n in range(count)]


def shoot(widget, name: str) -> None:
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        QApplication.processEvents()
        widget.grab().save(str(Path(folder) / f"{name}.png"))


def test_visible_rasters_get_their_badge(
    ui, dock, controller, saved, container, put, cog, tmp_path
):
    strips = tmp_path / "strips.tif"
    gdal.GetDriverByName("GTiff").Create(str(strips), 1200, 900).FlushCache()
    put("cog.tif", cog.read_bytes())
    put("strips.tif", strips.read_bytes())
    put("text.tif", b"no raster")
    put("readme.txt", b"no raster")
    ui.open(Place(saved.id, container))
    ui.wait(lambda: badges(dock)["text.tif"] is not None)
    ui.wait(lambda: badges(dock)["strips.tif"] is not None and badges(dock)["cog.tif"] is not None)
    assert badges(dock) == {
        "cog.tif": VALID,
        "strips.tif": NO_COG,
        "text.tif": NO_RASTER,
        "readme.txt": None,
    }
    model = dock.objects_model
    index = model.index(ui.rows().index("strips.tif"), 0)
    assert "Not a COG" in model.data(index, Qt.ItemDataRole.ToolTipRole)
    assert model.data(index, Qt.ItemDataRole.AccessibleDescriptionRole) == "Not a COG"
    plain = model.index(ui.rows().index("readme.txt"), 0)
    icon = Qt.ItemDataRole.DecorationRole
    assert model.data(index, icon).cacheKey() != model.data(plain, icon).cacheKey()
    shoot(dock, "badges")
    ui.click("readme.txt")  # asked for
    ui.wait(lambda: badges(dock)["readme.txt"] == NO_RASTER)


def test_only_what_can_be_seen_is_read(ui, dock, controller, saved, container, asked, qtbot):
    ui.open(Place(saved.id, container))
    dock.objects_model.append([], many(3_000))
    last = dock.table.rowAt(dock.table.viewport().height() - 1)
    assert 3 <= last < 60
    ui.wait(lambda: len(asked) >= last + 1)
    qtbot.wait(300)
    assert sorted(asked) == [f"{n:06}.tif" for n in range(last + 1)]  # read in two threads
    asked.clear()
    dock.table.scrollToBottom()
    ui.wait(lambda: "002999.tif" in asked)
    qtbot.wait(300)
    assert len(asked) <= last + 2
    dock.table.scrollToTop()
    qtbot.wait(400)
    assert "000000.tif" not in asked  # it is known


def test_scrolling_away_cancels(ui, dock, controller, saved, container, monkeypatch, qtbot):
    gate, begun = threading.Event(), []

    def slow(reference, is_wanted):
        begun.append(reference.key)
        while is_wanted() and not gate.is_set():
            time.sleep(0.005)
        raise headers_module.Cancelled

    monkeypatch.setattr(headers_module, "describe", slow)
    ui.open(Place(saved.id, container))
    dock.objects_model.append([], many(3_000))
    ui.wait(lambda: len(begun) == badges_module.AT_ONCE)
    qtbot.wait(50)
    assert len(begun) == badges_module.AT_ONCE
    dock.table.scrollToBottom()
    ui.wait(lambda: len(begun) > badges_module.AT_ONCE)
    assert all(key > "002900" for key in begun[badges_module.AT_ONCE :])
    gate.set()


def test_it_can_be_switched_off_for_good(ui, dock, controller, saved, container, asked, qtbot):
    ui.open(Place(saved.id, container))
    menu = objects_menu(dock)
    [action] = [one for one in menu.actions() if one.text() == "Mark rasters that are COGs"]
    assert action.isChecked()
    action.trigger()
    menu.deleteLater()
    dock.objects_model.append([], many(10))
    qtbot.wait(400)
    assert asked == []
    assert set(badges(dock).values()) == {None}
    assert not controller._badges.is_enabled


def test_a_name_that_is_no_tiff_is_never_read(ui, dock, controller, saved, container, asked, qtbot):
    ui.open(Place(saved.id, container))
    dock.objects_model.append([], many(30, ".zip"))
    qtbot.wait(400)
    assert asked == []


def test_scrolling_past_ten_thousand_rows_reads_few_of_them(
    ui, dock, controller, saved, container, asked, qtbot
):
    dock.select(Place(saved.id, container))
    ui.wait(lambda: dock.state is NodeState.READY)
    controller._badges._rest.setInterval(1000)  # a busy machine rests in between
    dock.objects_model.append([], many(10_000))
    bar = dock.table.verticalScrollBar()
    for step in range(100):
        bar.setValue(step * bar.maximum() // 100)
        qtbot.wait(5)
    bar.setValue(bar.maximum())
    ui.wait(lambda: "9999.tif" in " ".join(asked))
    assert len(asked) < 1000
