# SPDX-License-Identifier: GPL-2.0-or-later
"""The details pane on a real Swift: what it says of a selection, what it reads, what it draws."""

from __future__ import annotations

import os
import threading
from contextlib import closing
from pathlib import Path

import pytest
from osgeo import gdal, osr
from qgis.core import QgsCoordinateReferenceSystem, QgsSettings
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtGui import QStandardItemModel
from qgis.PyQt.QtWidgets import QApplication

from cog_browser.cog.description import VALID, describe
from cog_browser.gui.details import details as details_module
from cog_browser.gui.details import headers as headers_module
from cog_browser.gui.details.facts import own_names
from cog_browser.gui.details.headers import Headers, Subject
from cog_browser.gui.details.reasons import ReasonsDialog
from cog_browser.gui.dock import CogBrowserDock
from cog_browser.gui.dock_widgets import ObjectsTable
from cog_browser.gui.place import ObjectAddress, Place
from cog_browser.storage.errors import TransportError
from cog_browser.storage.models import ObjectRef
from tests.support.patience import WAIT
from tests.support.rasters import make_cog

EVIL = '<img src="file:///etc/passwd"><b>x</b>\u202e'


@pytest.fixture(autouse=True)
def is_open(qgis_app):
    """The pane is open, as it is for a new user."""
    QgsSettings().remove("plugins/cog_browser/details")
    yield
    QgsSettings().remove("plugins/cog_browser/details")


@pytest.fixture(scope="module")
def scene(tmp_path_factory) -> Path:
    """A COG with all that the pane tells of."""
    folder = tmp_path_factory.mktemp("scene")
    memory = gdal.GetDriverByName("MEM").Create("", 1200, 900, 3, gdal.GDT_UInt16)
    memory.SetGeoTransform((690000, 10, 0, 5340000, 0, -10))
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(32632)
    memory.SetProjection(crs.ExportToWkt())
    memory.SetMetadataItem("ACQUISITION_DATE", "2024-06-01T10:20:30Z")
    memory.SetMetadataItem("TIFFTAG_DATETIME", "2024:06:02 00:00:00")
    memory.SetMetadataItem("SATELLITE_TIME", EVIL)
    for number, name in enumerate(("red", "green", EVIL), 1):
        band = memory.GetRasterBand(number)
        band.Fill(number * 100)
        band.SetDescription(name)
        band.SetNoDataValue(0)
        band.WriteRaster(0, 0, 400, 900, bytes(2 * 400 * 900))
    path = folder / "scene.tif"
    options = ["COMPRESS=DEFLATE", "BLOCKSIZE=256"]
    gdal.GetDriverByName("COG").CreateCopy(str(path), memory, options=options)
    return path


@pytest.fixture()
def canvas(qtbot):
    made = QgsMapCanvas()
    qtbot.addWidget(made)
    made.resize(300, 300)
    made.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:3857"))
    return made


@pytest.fixture()
def details(controller, canvas):
    controller.details.draw_on(canvas)
    return controller.details


def facts(dock) -> dict[str, dict[str, str]]:
    """What the pane lists."""
    tree = dock.details.facts
    found = {}
    for number in range(tree.topLevelItemCount()):
        top = tree.topLevelItem(number)
        rows = [top.child(row) for row in range(top.childCount())]
        found[top.text(0)] = {row.text(0): row.text(1) for row in rows}
    return found


def badge(dock) -> str:
    return dock.details.badge.text() if dock.details.facts.isVisible() else ""


def shoot(widget, name: str) -> None:
    """A picture for who looks: SCREENSHOTS=folder."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        QApplication.processEvents()
        widget.grab().save(str(Path(folder) / f"{name}.png"))


def test_a_cog_is_described_from_its_header(
    ui, dock, details, saved, container, put, scene, qtbot, stack
):
    with closing(stack.connection("demo")) as connection:
        connection.put_object(
            container,
            "scene.tif",
            scene.read_bytes(),
            content_type="image/tiff",
            headers={
                "X-Object-Meta-Owner": EVIL,
                "X-Object-Meta-N": "a%20b",
            },
        )
    put("a.txt")
    ui.open(Place(saved.id, container))
    assert "Select an object" in dock.details.note.text()
    ui.click("scene.tif")
    ui.wait(lambda: badge(dock) == "Valid COG")
    said = facts(dock)
    assert said["Raster"] == {
        "Size": "1200 × 900 pixels",
        "Blocks": "256 × 256",
        "Compression": "DEFLATE, interleaved by pixel",
        "Overviews": "600 × 450, 300 × 225, 150 × 112",
        "No data": "0",
    }
    evil = EVIL.replace("\u202e", "\ufffd")
    assert said["Bands"] == {"1": "red, UInt16", "2": "green, UInt16", "3": f"{evil}, UInt16"}
    assert said["Place"] == {
        "CRS": "EPSG:32632 – WGS 84 / UTM zone 32N",
        "Pixel size": "10 × 10 metres",
        "Extent": "690,000 to 702,000, 5,331,000 to 5,340,000 (metres)",
    }
    assert said["Dates"] == {
        "Taken": "2024-06-01 10:20:30 (UTC), from the metadata: ACQUISITION_DATE",
        "ACQUISITION_DATE": "2024-06-01T10:20:30Z",
        "TIFFTAG_DATETIME": "2024:06:02 00:00:00",
    }
    assert said["Object"]["Key"] == "scene.tif"
    assert said["Object"]["Content type"] == "image/tiff"
    assert said["Metadata of the owner"] == {"N": "a b", "Owner": evil}
    assert "X-Timestamp" in said["Headers"]
    ui.wait(lambda: "overview" in dock.details.caption.text())
    assert dock.details.caption.text().startswith("Preview from overview 3 (150 × 112 pixels).")
    assert "stretched" in dock.details.caption.text()
    image = dock.details.picture.pixmap().toImage()
    assert image.pixelColor(2, 50).alpha() == 0  # what is no data
    assert image.pixelColor(image.width() - 3, 50).alpha() == 255
    shoot(dock, "details-cog")


def test_the_description_costs_three_gets_and_64_kib(
    saved, account, container, put, stack, tmp_path
):
    from cog_browser.storage.stores import open_store

    path = make_cog(tmp_path / "large.tif", 4000, 3000, 3)
    put("large.tif", path.read_bytes(), "image/tiff")
    store = open_store(*account)
    asked: list[tuple[str, str]] = []
    call = store.call

    def counted(method, names, doing, **options):
        asked.append((method, options.get("headers", {}).get("Range", "")))
        return call(method, names, doing, **options)

    store.call = counted
    found = describe(ObjectRef(store, container, "large.tif"))
    assert found.verdict == VALID
    assert [method for method, _ in asked].count("HEAD") == 1
    ranges = [wanted for method, wanted in asked if method == "GET"]
    assert 1 <= len(ranges) <= 3
    assert all(ranges)
    assert found.report.reading.bytes <= 65536
    assert found.corners == (
        (500000, 5000000),
        (540000, 5000000),
        (540000, 4970000),
        (500000, 4970000),
    )


def test_what_is_no_cog_says_why_one_click_away(
    ui, dock, details, saved, container, put, scene, tmp_path
):
    strips = tmp_path / "strips.tif"
    gdal.GetDriverByName("GTiff").CreateCopy(str(strips), gdal.Open(str(scene)))
    put("strips.tif", strips.read_bytes())
    put("text.tif", b"This is no raster at all.")
    ui.open(Place(saved.id, container))
    ui.click("strips.tif")
    ui.wait(lambda: badge(dock) == "Not a COG")
    dock.details.badge.click()
    [reasons] = dock.details.findChildren(ReasonsDialog)
    assert "Error:" in reasons.findings.toPlainText()
    shoot(reasons, "details-reasons")
    reasons.reject()
    ui.click("text.tif")
    ui.wait(lambda: badge(dock) == "Not a raster")
    assert "Raster" not in facts(dock)
    assert not dock.details.zoom.isEnabled()
    assert dock.details.picture.isHidden()


def test_an_answer_is_kept_by_etag(
    ui, dock, details, saved, container, put, scene, monkeypatch, qtbot
):
    put("a.tif", scene.read_bytes())
    put("b.txt")
    dock.show_badges_action.setChecked(False)  # which would read the headers by itself
    ui.open(Place(saved.id, container))
    asked = []
    real = headers_module.describe

    def counted(reference, is_wanted):
        asked.append(reference.key)
        return real(reference, is_wanted)

    monkeypatch.setattr(headers_module, "describe", counted)
    ui.click("a.tif")
    ui.wait(lambda: badge(dock) == "Valid COG")
    ui.click("b.txt")
    ui.wait(lambda: badge(dock) == "Not a raster")
    ui.click("a.tif")
    ui.wait(lambda: badge(dock) == "Valid COG")
    assert asked == ["a.tif", "b.txt"]
    put("a.tif", b"other bytes")
    dock.refresh_action.trigger()
    ui.wait(lambda: badge(dock) == "Not a raster")
    assert asked == ["a.tif", "b.txt", "a.tif"]


def test_a_late_answer_for_another_object_is_not_shown(
    ui, dock, details, saved, container, put, scene, monkeypatch, qtbot
):
    put("a.tif", scene.read_bytes())
    put("b.txt")
    ui.open(Place(saved.id, container))
    gate, real = threading.Event(), headers_module.describe

    def slow(reference, is_wanted):
        if reference.key == "a.tif":
            gate.wait(60)
            return real(reference, lambda: True)
        return real(reference, is_wanted)

    monkeypatch.setattr(headers_module, "describe", slow)
    ui.click("a.tif")
    ui.wait(lambda: "Reading the header of “a.tif”" in dock.details.caption.text())
    ui.click("b.txt")
    ui.wait(lambda: badge(dock) == "Not a raster")
    gate.set()
    ui.wait(lambda: details.headers.running_count == 0)
    qtbot.wait(50)
    assert badge(dock) == "Not a raster"


def test_offline_says_so_and_retry_reads_again(
    ui, dock, details, saved, container, put, scene, monkeypatch
):
    put("a.tif", scene.read_bytes())
    ui.open(Place(saved.id, container))
    real, is_away = headers_module.describe, [True]

    def flaky(reference, is_wanted):
        if is_away:
            raise TransportError("The host is away.")
        return real(reference, is_wanted)

    monkeypatch.setattr(headers_module, "describe", flaky)
    ui.click("a.tif")
    ui.wait(lambda: "The host is away." in dock.details.note.text())
    assert dock.details.note.text().startswith("No connection")
    assert dock.details.retry.text() == "Retry"
    shoot(dock, "details-offline")
    is_away.clear()
    dock.details.retry.click()
    ui.wait(lambda: badge(dock) == "Valid COG")


def test_a_preview_that_can_not_be_read_says_so(
    ui, dock, details, saved, container, put, tmp_path, scene
):
    damaged = bytearray(scene.read_bytes())
    dataset = gdal.Open(str(scene))
    place = dataset.GetRasterBand(1).GetOverview(2).GetMetadataItem("BLOCK_OFFSET_0_0", "TIFF")
    damaged[int(place) : int(place) + 40] = bytes(40)
    put("damaged.tif", bytes(damaged))
    ui.open(Place(saved.id, container))
    ui.click("damaged.tif")
    ui.wait(lambda: dock.details.caption.text().startswith("No preview:"))
    assert dock.details.picture.isHidden()
    assert "127.0.0.1" not in dock.details.caption.text()


def test_the_footprint_follows_the_selection(
    ui, dock, details, saved, container, put, scene, canvas, controller
):
    put("scene.tif", scene.read_bytes())
    put("text.txt")
    ui.open(Place(saved.id, container))
    ui.click("scene.tif")
    ui.wait(lambda: details.footprints.band is not None)
    box = details.footprints.band.asGeometry().boundingBox()
    assert 1_285_000 < box.xMinimum() < 1_300_000  # Munich, in the canvas's web Mercator
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem("EPSG:4326"))
    box = details.footprints.band.asGeometry().boundingBox()
    assert 11.5 < box.xMinimum() < 11.7
    assert 48 < box.yMinimum() < 48.2
    dock.details.zoom.click()
    assert canvas.extent().contains(box)
    assert canvas.extent().width() < 2
    ui.click("text.txt")
    ui.wait(lambda: details.footprints.band is None)
    ui.click("scene.tif")
    ui.wait(lambda: details.footprints.band is not None)
    dock.table.clearSelection()
    assert details.footprints.band is None
    ui.click("scene.tif")
    ui.wait(lambda: details.footprints.band is not None)
    dock.details.switch.click()
    assert details.footprints.band is None
    dock.details.switch.click()
    ui.wait(lambda: details.footprints.band is not None)
    items = len(canvas.scene().items())
    controller.stop()
    assert details.footprints.band is None
    assert len(canvas.scene().items()) == items - 1


def test_several_are_counted_and_enclosed(
    ui, dock, details, saved, container, put, cog, scene, canvas
):
    put("a.tif", scene.read_bytes())
    put("b.tif", cog.read_bytes())
    put("c.txt", b"xyz")
    ui.open(Place(saved.id, container))
    dock.table.selectAll()
    ui.wait(lambda: facts(dock).get("Selection", {}).get("Georeferenced") == "2")
    ui.wait(lambda: "Not a raster: 1" in facts(dock)["Selection"].get("Verdicts", ""))
    said = facts(dock)["Selection"]
    assert said["Selected"].startswith("3 objects, ")
    assert said["Joint extent"].startswith("690,000 to 702,000, 5,331,000 to 5,340,000")
    assert said["CRS"].startswith("EPSG:32632")
    shoot(dock, "details-many")


def test_too_many_are_only_counted(ui, dock, details, saved, container, put, monkeypatch):
    monkeypatch.setattr(details_module, "MOST_READ", 1)
    put("a.txt", b"abc")
    put("b.txt", b"abc")
    ui.open(Place(saved.id, container))
    dock.table.selectAll()
    ui.wait(lambda: facts(dock).get("Selection", {}).get("Selected") == "2 objects, 6 bytes")
    assert "at most 1" in dock.details.caption.text()
    assert details.headers.running_count == 0


def test_it_remembers_that_it_was_closed_and_then_reads_nothing(
    ui, dock, details, saved, container, put, monkeypatch, qtbot
):
    from cog_browser.gui.details.pane import DetailsPane

    asked = []
    monkeypatch.setattr(headers_module, "describe", lambda *_: asked.append(1))
    put("a.tif")
    dock.show_badges_action.setChecked(False)
    ui.open(Place(saved.id, container))
    dock.details.switch.click()
    ui.click("a.tif")
    qtbot.wait(300)
    assert asked == []
    again = DetailsPane()
    qtbot.addWidget(again)
    assert not again.is_open


def test_it_remembers_how_high_it_was(ui, dock, controller, saved, container, qtbot):
    ui.open(Place(saved.id, container))
    splitter = dock.details.parentWidget()
    before = splitter.sizes()
    splitter.setSizes([before[0] + 40, before[1] - 40])
    splitter.splitterMoved.emit(splitter.sizes()[0], 1)
    assert splitter.sizes() != before
    again = CogBrowserDock()
    qtbot.addWidget(again)
    assert again.details.parentWidget().saveState() == splitter.saveState()


def test_facts_can_be_copied_with_the_keyboard(
    ui, dock, details, saved, container, put, scene, qtbot
):
    put("scene.tif", scene.read_bytes())
    ui.open(Place(saved.id, container))
    ui.click("scene.tif")
    ui.wait(lambda: badge(dock) == "Valid COG")
    tree = dock.details.facts
    tree.setCurrentItem(tree.topLevelItem(0).child(0))
    tree.setFocus()
    dock.activateWindow()
    dock.details._copy_action.trigger()
    assert QApplication.clipboard().text() == "1200 × 900 pixels"


def test_headers_are_read_a_few_at_a_time_and_only_while_wanted(workers, qtbot, monkeypatch):
    gate, running, most, asked = threading.Event(), [], [0], []

    def slow(reference, is_wanted):
        asked.append(reference.key)
        running.append(reference.key)
        most[0] = max(most[0], len(running))
        gate.wait(60)
        running.remove(reference.key)
        if not is_wanted():
            raise headers_module.Cancelled

    monkeypatch.setattr(headers_module, "describe", slow)
    headers = Headers(workers, lambda _id: object())
    subjects = [Subject(ObjectAddress("c", "c", f"{n}.tif"), "e") for n in range(20)]
    headers.want("badges", subjects, 2)
    qtbot.waitUntil(lambda: len(asked) == 2, timeout=WAIT)
    qtbot.wait(50)
    assert most[0] == 2
    headers.want("badges", (), 2)
    gate.set()
    qtbot.waitUntil(lambda: headers.running_count == 0, timeout=WAIT)
    assert len(asked) == 2


def test_the_current_row_stays_in_view_when_the_table_gets_smaller(qtbot):
    table = ObjectsTable()
    qtbot.addWidget(table)
    table.setModel(QStandardItemModel(40, 1))
    table.resize(300, 700)
    table.show()
    index = table.model().index(20, 0)
    table.setCurrentIndex(index)
    assert table.viewport().rect().contains(table.visualRect(index).center())
    table.resize(300, 150)
    assert table.viewport().rect().contains(table.visualRect(index).center())


def test_the_names_of_our_lines_are_shown_whole(ui, dock, details, saved, container, put, scene):
    put("scene.tif", scene.read_bytes())
    ui.open(Place(saved.id, container))
    ui.click("scene.tif")
    ui.wait(lambda: badge(dock) == "Valid COG")
    tree = dock.details.facts
    shown = {name for group in facts(dock).values() for name in group}
    ours = set(own_names())
    assert {"Compression", "Read for this", "Container"} <= ours & shown
    for number in range(tree.topLevelItemCount()):
        top = tree.topLevelItem(number)
        for item in (top.child(row) for row in range(top.childCount())):
            if item.text(0) in ours:
                needed = tree.fontMetrics().horizontalAdvance(item.text(0))
                assert tree.visualItemRect(item).left() + needed < tree.columnWidth(0)
    assert tree.columnWidth(0) < tree.viewport().width() / 2
    groups = facts(dock)
    left = {name for title in ("Raster", "Place", "Object") for name in groups[title]} - ours
    assert left == set()


def test_the_table_stays_where_it_is(ui, dock, details, saved, container, put, scene, cog):
    put("a.tif", scene.read_bytes())
    put("b.tif", cog.read_bytes())
    ui.open(Place(saved.id, container))
    tree, seen = dock.details.facts, []
    looks = lambda: (tree.mapTo(dock, tree.rect().topLeft()).y(), tree.columnWidth(0))  # noqa: E731
    ui.click("a.tif")
    ui.wait(dock.details.picture.isVisible)
    seen.append(looks())
    tree.topLevelItem(1).setExpanded(False)
    ui.click("b.tif")
    ui.wait(lambda: facts(dock).get("Object", {}).get("Key") == "b.tif")
    assert not tree.topLevelItem(1).isExpanded()
    assert tree.topLevelItem(0).isExpanded()
    ui.wait(dock.details.picture.isVisible)
    seen.append(looks())
    dock.table.selectAll()
    ui.wait(lambda: facts(dock).get("Selection", {}).get("Georeferenced") == "2")
    seen.append(looks())
    shoot(dock, "details-steady-many")
    ui.click("a.tif")
    ui.wait(lambda: facts(dock).get("Object", {}).get("Key") == "a.tif")
    shoot(dock, "details-steady-one")
    seen.append(looks())
    assert len(set(seen)) == 1, seen
