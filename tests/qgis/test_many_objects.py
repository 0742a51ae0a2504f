# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures are imported)
"""Several selected objects as a group, one mosaic or a choice of bands, on a real Swift."""

from __future__ import annotations

import html
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import QgsLayerTreeRegistryBridge, QgsMimeDataUtils, QgsProject, QgsVectorLayer
from qgis.gui import QgsMapCanvas
from qgis.PyQt.QtCore import QEvent, QPoint, QPointF, Qt
from qgis.PyQt.QtGui import QMouseEvent
from qgis.PyQt.QtWidgets import QApplication, QPushButton, QTableView

from cog_browser.adapters.layer_sources import gateway_urls
from cog_browser.adapters.mosaics import build_mosaic
from cog_browser.cog.mosaic.headers import describe_all
from cog_browser.gui import controller as controller_module
from cog_browser.gui import dock_widgets
from cog_browser.gui.find.query import Query
from cog_browser.gui.layers.drop_handler import DropHandler
from cog_browser.gui.many.band_dialog import BandDialog, ChosenBands
from cog_browser.gui.many.many import _with_bands
from cog_browser.gui.menus import objects_menu
from cog_browser.gui.place import ObjectAddress, Place
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.gateway.process import running_gateway
from cog_browser.storage.models import ObjectRef
from tests.qgis.manage_fixtures import manager, shoot  # noqa: F401 (fixtures)
from tests.qgis.test_gui_details import facts
from tests.support.mosaic_parts import composed, make_part
from tests.support.patience import WAIT

#: An overlap, a corner that touches nothing, and so a gap.
PLACES = {"a.tif": (0, 0), "b.tif": (650, 10), "c.tif": (1500, 1500)}


@pytest.fixture(autouse=True)
def closed_pane(dock):
    """What a test counts is then its own: nothing reads for the details pane or the badges."""
    dock.details.switch.setChecked(False)
    dock.show_badges_action.setChecked(False)


@pytest.fixture
def parts(tmp_path, stack, container):
    """Stores rasters that fit together: parts(**kind) → their files, in the table's order."""

    def stored(prefix="scenes/", places=PLACES, **kind):
        paths = [make_part(tmp_path / name, *place, **kind) for name, place in places.items()]
        with closing(stack.connection("demo")) as behind:
            for path in paths:
                behind.put_object(
                    container, prefix + path.name, path.read_bytes(), content_type="image/tiff"
                )
        return paths

    return stored


@pytest.fixture
def folder(ui, saved, container):
    def opened(prefix="scenes/"):
        ui.open(Place(saved.id, container, prefix))

    return opened


def groups():
    root = QgsProject.instance().layerTreeRoot()
    return {g.name(): [node.name() for node in g.findLayers()] for g in root.findGroups()}


def told(ui):
    return html.unescape(ui.told())


def reads(stack, container, mark):
    """The requests for objects of this container since then."""
    found = stack.swift_requests(since=mark, within=f"/{container}/")
    assert {r.method for r in found} <= {"GET", "HEAD"}  # browsing never writes
    return found


def pixels(layer):
    """What GDAL reads by the layer's own source."""
    opened = gdal.Open(layer.source())
    mask = opened.GetRasterBand(1).GetMaskBand().ReadAsArray() != 0
    return opened.ReadAsArray(), mask


def the_layer(ui):
    ui.wait(lambda: len(ui.layers()) == 1)
    ui.wait(lambda: told(ui) == "")
    return ui.layers()[0]


# A group


def test_selected_objects_become_a_group_in_the_tables_order(ui, dock, manager, parts, folder):
    parts()
    folder()
    dock.table.selectAll()
    manager.choose("Add as a group")
    ui.wait(lambda: len(ui.layers()) == 3)
    assert groups() == {"scenes": ["a.tif", "b.tif", "c.tif"]}
    ui.wait(lambda: told(ui) == "")


def test_what_fails_is_named_and_the_others_stay(ui, dock, manager, parts, folder, put):
    parts()
    put("scenes/bad.tif", b"no tiff")
    put("scenes/worse.tif", b"no tiff at all")
    folder()
    dock.table.selectAll()
    manager.choose("Add as a group")
    ui.wait(lambda: "2 of 5 layers could not be added: “bad.tif”, “worse.tif”." in told(ui))
    assert groups() == {"scenes": ["a.tif", "b.tif", "c.tif"]}


def test_a_group_is_cancelled_and_none_is_made_for_nothing(
    ui, dock, manager, controller, parts, folder, message_bar, qtbot
):
    parts()
    folder()
    dock.table.selectAll()
    manager.choose("Add as a group")
    [cancel] = [b for b in message_bar.findChildren(QPushButton) if b.text() == "Cancel"]
    qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert not controller.loader.is_busy
    qtbot.wait(300)
    assert sum(map(len, groups().values())) == len(ui.layers())
    assert all(groups().values())  # no empty one


def drop(dock, controller, qtbot, rows):
    handler, canvas = DropHandler(), QgsMapCanvas()
    qtbot.addWidget(canvas)
    handler.objects_dropped.connect(controller.many.add_dropped)
    model = dock.objects_model
    mime = model.mimeData([model.index(row, 0) for row in rows])
    with qtbot.waitSignal(handler.objects_dropped, timeout=WAIT):
        for uri in reversed(QgsMimeDataUtils.decodeUriList(mime)):  # as QGIS 3.40 does
            handler.handleCustomUriDrop(uri)


def test_what_is_dropped_together_becomes_a_group(ui, dock, controller, parts, folder, qtbot):
    parts()
    folder()
    drop(dock, controller, qtbot, [0, 2])
    ui.wait(lambda: len(ui.layers()) == 2)
    assert groups() == {"scenes": ["a.tif", "c.tif"]}


@pytest.mark.parametrize("rows", [[1], [0, 2]])
def test_they_come_where_they_were_dropped(ui, dock, controller, parts, folder, qtbot, rows):
    project = QgsProject.instance()
    root, bridge = project.layerTreeRoot(), project.layerTreeRegistryBridge()
    for name in ("last", "middle", "first"):
        project.addMapLayer(QgsVectorLayer("Point?crs=EPSG:4326", name, "memory"))
    there = root.addGroup("there")
    parts()
    folder()
    # QGIS makes the row that is hit the current one, and new layers go in front of that
    bridge.setLayerInsertionPoint(QgsLayerTreeRegistryBridge.InsertionPoint(root, 1))
    drop(dock, controller, qtbot, rows)
    bridge.setLayerInsertionPoint(
        QgsLayerTreeRegistryBridge.InsertionPoint(there, 0)
    )  # a click meanwhile
    project.removeMapLayer(project.mapLayersByName("first")[0])
    ui.wait(lambda: len(project.mapLayers()) == 2 + len(rows))
    new = "scenes" if len(rows) > 1 else "b.tif"
    assert [node.name() for node in root.children()] == [new, "middle", "last", "there"]


def test_where_they_were_dropped_may_be_gone(ui, dock, controller, parts, folder, qtbot):
    project = QgsProject.instance()
    root, bridge = project.layerTreeRoot(), project.layerTreeRegistryBridge()
    gone = root.addGroup("gone")
    parts()
    folder()
    bridge.setLayerInsertionPoint(QgsLayerTreeRegistryBridge.InsertionPoint(gone, 0))
    drop(dock, controller, qtbot, [1])
    bridge.setLayerInsertionPoint(QgsLayerTreeRegistryBridge.InsertionPoint(root, 0))
    root.removeChildNode(gone)
    ui.wait(lambda: [layer.name() for layer in ui.layers()] == ["b.tif"])
    assert [node.name() for node in root.children()] == ["b.tif"]


def test_objects_of_two_connections_become_one_group_in_their_order(
    ui, controller, sessions, account, saved, container, parts
):
    parts()
    connection, credentials = account
    other = replace(connection, id="the-same-again", name="again")
    sessions.repository.save(other)
    sessions.secrets.save(other.id, credentials, "session")
    wanted = ((saved, "b.tif"), (other, "c.tif"), (saved, "a.tif"))
    addresses = [ObjectAddress(one.id, container, f"scenes/{key}") for one, key in wanted]
    controller.add_layers(tuple(addresses), "both")
    ui.wait(lambda: len(ui.layers()) == 3)
    root = QgsProject.instance().layerTreeRoot()
    assert [group.name() for group in root.findGroups()] == ["both"]
    assert groups() == {"both": ["b.tif", "c.tif", "a.tif"]}


def test_one_dropped_object_gets_no_group(ui, dock, controller, parts, folder, qtbot):
    parts()
    folder()
    drop(dock, controller, qtbot, [1])
    ui.wait(lambda: [layer.name() for layer in ui.layers()] == ["b.tif"])
    assert groups() == {}


# A mosaic


@pytest.mark.parametrize(
    "kind",
    [{"nodata": 0}, {"transparency": "mask"}, {"transparency": "alpha", "bands": 4, "dtype": 1}],
    ids=str,
)
def test_a_mosaic_has_the_pixels_of_its_objects(ui, dock, manager, parts, folder, kind):
    paths = parts(**kind)
    folder()
    dock.table.selectAll()
    manager.choose("Add as one mosaic")
    layer = the_layer(ui)
    assert layer.isValid()
    assert layer.name() == "scenes, mosaic of 3"
    values, valid = composed(paths)
    got, mask = pixels(layer)
    assert np.array_equal(got, values)
    assert np.array_equal(mask, valid)
    assert (layer.width(), layer.height()) == (values.shape[2], values.shape[1])


def test_a_mosaic_takes_the_header_reads_and_those_of_its_stretch(
    ui, dock, manager, parts, folder, stack, container, controller
):
    places = {f"{n:02}.tif": (700 * (n % 4), 600 * (n // 4)) for n in range(12)}
    parts(places=places, bands=3, dtype=gdal.GDT_Byte)
    folder()
    mark = stack.mark()
    dock.table.selectAll()
    manager.choose("Add as one mosaic")
    the_layer(ui)
    found = reads(stack, container, mark)
    # Bytes are shown as they are, so no pixel is read for a stretch.
    assert len(found) <= 12 * 4
    by_object = {name: [r for r in found if r.path.endswith(name)] for name in places}
    assert all(1 <= len(some) <= 4 for some in by_object.values())
    heads = [r for r in found if r.method == "HEAD"]
    assert len(heads) == 12
    mark = stack.mark()
    manager.choose("Add as one mosaic")  # known by their ETags now
    ui.wait(lambda: len(ui.layers()) == 2)
    assert reads(stack, container, mark) == []


def test_a_mosaic_is_read_by_overviews_when_zoomed_out(
    ui, dock, manager, parts, folder, stack, container
):
    paths = parts(places={"a.tif": (0, 0), "b.tif": (2048, 0)}, size=(2048, 2048), bands=1)
    folder()
    dock.table.selectAll()
    manager.choose("Add as one mosaic")
    layer = the_layer(ui)
    gateway = running_gateway()
    block = layer.dataProvider().block(1, layer.extent(), 256, 128)
    assert block.isValid()
    fetched = sum(gateway.meter(url).bytes_fetched for url in gateway_urls(layer.source()))
    whole = sum(path.stat().st_size for path in paths)
    assert 0 < fetched < whole / 4


def test_what_does_not_fit_is_said_and_nothing_is_added(ui, dock, manager, parts, folder):
    parts(places={"a.tif": (0, 0), "b.tif": (700, 0)})
    parts(places={"odd.tif": (0, 600)}, bands=3)
    folder()
    dock.table.selectAll()
    manager.choose("Add as one mosaic")
    said = "not all have the same number of bands. Of 3, “scenes/odd.tif” has 3"
    ui.wait(lambda: said in told(ui))
    assert ui.layers() == []


def test_a_mosaic_of_what_can_not_be_read_names_it(
    ui, dock, manager, parts, folder, stack, container
):
    parts()
    folder()
    with closing(stack.connection("demo")) as behind:
        behind.delete_object(container, "scenes/b.tif")
    dock.table.selectAll()
    manager.choose("Add as one mosaic")
    ui.wait(lambda: "1 of 3 objects could not be read: “b.tif”." in told(ui))
    assert ui.layers() == []


def test_cancel_ends_the_reading_of_headers(
    ui, dock, manager, parts, folder, message_bar, qtbot, controller
):
    parts()
    folder()
    dock.table.selectAll()
    manager.choose("Add as one mosaic")
    [cancel] = [b for b in message_bar.findChildren(QPushButton) if b.text() == "Cancel"]
    qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert told(ui) == ""
    ui.wait(lambda: controller.details.headers.running_count == 0)
    qtbot.wait(200)
    assert ui.layers() == []


def test_the_console_makes_a_mosaic(stack, container, parts, sessions, saved, account):
    from cog_browser import api

    paths = parts()
    store = api.open_store(*account)
    layer = api.add_mosaic(store, container, ["scenes/c.tif", "scenes/b.tif", "scenes/a.tif"])
    assert layer.name() == f"{container}, mosaic of 3"
    assert np.array_equal(pixels(layer)[0], composed(paths[::-1])[0])
    with pytest.raises(api.ConfigurationError, match="give their keys"):
        api.add_mosaic(store, container, [])


# Bands


def choose_bands(ui, manager, dock):
    manager.choose("Choose bands…")
    dialog = manager.dialog(BandDialog)
    ui.wait(dialog.add_button.isEnabled)
    return dialog


def test_three_bands_of_one_object_are_chosen(ui, dock, manager, parts, folder, stack, container):
    names = ("B02", "B03", "B04", "B08")
    lengths = (490, 560, 665, 842)
    parts(places={"s2.tif": (0, 0)}, bands=4, names=names, wavelengths=lengths, nodata=0)
    folder()
    manager.select("s2.tif")
    dialog = choose_bands(ui, manager, dock)
    shoot(dialog, "bands-one")
    rows = [dialog.bands.topLevelItem(n) for n in range(4)]
    assert [rows[3].text(column) for column in range(5)] == [
        "s2.tif", "4", "B08", "UInt16", "842 nm"
    ]  # fmt: skip
    assert [combo.currentIndex() for combo in dialog.combos[:3]] == [2, 1, 0]  # natural colours
    dialog.combos[0].setCurrentIndex(3)
    dialog.combos[1].setCurrentIndex(2)
    dialog.combos[2].setCurrentIndex(1)
    dialog.add_button.click()
    layer = the_layer(ui)
    ui.wait(lambda: not dock.findChildren(BandDialog))
    renderer = layer.renderer()
    assert (renderer.redBand(), renderer.greenBand(), renderer.blueBand()) == (4, 3, 2)
    red = renderer.redContrastEnhancement()
    assert 1 <= red.minimumValue() < 500  # 2 and 98 % of evenly spread values up to 5000
    assert 4500 < red.maximumValue() <= 5000
    assert layer.name() == "s2, bands 4, 3, 2"
    assert layer.bandCount() == 4


def test_one_band_is_shown_in_grey(ui, dock, manager, parts, folder):
    parts(places={"s2.tif": (0, 0)}, bands=4)
    folder()
    manager.select("s2.tif")
    dialog = choose_bands(ui, manager, dock)
    dialog.grey.setChecked(True)
    assert not dialog.combos[0].isEnabled()
    dialog.combos[3].setCurrentIndex(2)
    dialog.add_button.click()
    layer = the_layer(ui)
    assert layer.renderer().usesBands() == [3]


def test_bands_of_several_objects_become_one_layer(ui, dock, manager, parts, folder):
    names = {f"T32TLT_{band}.tif": (0, 0) for band in ("B02", "B03", "B04", "B08")}
    paths = parts(places=names, bands=1, nodata=0)
    folder()
    dock.table.selectAll()
    dialog = choose_bands(ui, manager, dock)
    shoot(dialog, "bands-several")
    chosen = [combo.currentText() for combo in dialog.combos[:3]]
    assert chosen == ["T32TLT_B04.tif, 1", "T32TLT_B03.tif, 1", "T32TLT_B02.tif, 1"]
    dialog.add_button.click()
    layer = the_layer(ui)
    values = [gdal.Open(str(paths[n])).ReadAsArray() for n in (2, 1, 0)]
    assert np.array_equal(pixels(layer)[0], np.stack(values))
    renderer = layer.renderer()
    assert (renderer.redBand(), renderer.greenBand(), renderer.blueBand()) == (1, 2, 3)
    assert renderer.redContrastEnhancement().maximumValue() > 4000
    assert layer.name() == "T32TLT_B04, T32TLT_B03, T32TLT_B02"


def test_bands_that_do_not_fit_are_refused_in_the_dialog(ui, dock, manager, parts, folder):
    parts(places={"B02.tif": (0, 0), "B03.tif": (0.5, 0), "B04.tif": (0, 0)}, bands=1)
    folder()
    dock.table.selectAll()
    dialog = choose_bands(ui, manager, dock)
    dialog.add_button.click()
    ui.wait(lambda: "don't lie on one grid" in dialog.note.text())
    assert dialog.add_button.isEnabled()  # another choice may work
    dialog.reject()
    assert ui.layers() == []


# The menu


def test_entries_that_need_more_objects_say_so(ui, dock, controller, parts, folder, manager):
    parts()
    folder()
    manager.select("a.tif")
    entries = {a.text(): a for a in objects_menu(dock).actions()}
    assert not entries["Add as a group"].isEnabled()
    assert entries["Add as one mosaic"].toolTip() == "Select two objects or more."
    assert entries["Choose bands…"].isEnabled()


# Too many


def drag(table, row):
    """Press a row and move the mouse far enough, as Qt sees it."""
    start, view = table.visualRect(table.model().index(row, 0)).center(), table.viewport()
    left, none, plain = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton, Qt.KeyboardModifier
    for kind, button, at in (
        (QEvent.Type.MouseButtonPress, left, start),
        (QEvent.Type.MouseMove, none, start + QPoint(2, 2)),
        (QEvent.Type.MouseMove, none, start + QPoint(90, 60)),
        (QEvent.Type.MouseButtonRelease, left, start + QPoint(90, 60)),
    ):
        event = QMouseEvent(kind, QPointF(at), button, left, plain.NoModifier)
        QApplication.sendEvent(view, event)


@pytest.mark.parametrize(("limit", "is_told"), [(2, True), (3, False)])
def test_a_long_selection_is_not_dragged(
    ui, dock, controller, parts, folder, monkeypatch, limit, is_told
):
    drags = []
    monkeypatch.setattr(dock_widgets, "MAX_LAYERS_AT_ONCE", limit)
    monkeypatch.setattr(QTableView, "startDrag", lambda *_: drags.append(1), raising=False)
    monkeypatch.setattr(dock.objects_model, "mimeData", lambda *_: pytest.fail("asked for"))
    parts()
    folder()
    dock.table.selectAll()
    drag(dock.table, 1)
    assert bool(drags) is not is_told
    assert ("3 objects are selected" in told(ui)) is is_told


def test_selected_folders_are_not_dragged(ui, dock, controller, parts, folder, monkeypatch):
    drags = []
    monkeypatch.setattr(QTableView, "startDrag", lambda *_: drags.append(1), raising=False)
    parts()
    folder("")
    dock.table.selectAll()
    dock.table.startDrag(Qt.DropAction.CopyAction)
    assert drags == []
    assert told(ui) == ""


def test_too_many_objects_that_are_dropped_or_chosen_elsewhere_are_refused(
    ui, dock, controller, saved, container, monkeypatch, qtbot
):
    monkeypatch.setattr(controller_module, "MAX_LAYERS_AT_ONCE", 2)
    ui.open(Place(saved.id, container))
    addresses = tuple(ObjectAddress(saved.id, container, f"{n}.tif") for n in range(3))
    controller.many.add_dropped(addresses)
    assert "3 objects are selected" in told(ui)
    assert not controller.loader.is_busy
    assert groups() == {}
    qtbot.wait(100)
    assert ui.layers() == []


# Several containers


@pytest.fixture
def alike(tmp_path, stack, container, sessions, account):
    """Two objects of one key and other pixels, in two containers: store, headers, files."""
    store = sessions.store(*account)
    containers = [container, store.create_container(f"{container}-2").name]
    files = []
    for number, name in enumerate(containers):
        folder = tmp_path / name
        folder.mkdir()
        files.append(make_part(folder / "same.tif", bands=1, add=1000 * number))
        store.upload(files[-1], name, "same.tif")
    refs = [ObjectRef(store, name, "same.tif") for name in containers]
    return store, describe_all(refs), files


def test_bands_of_one_key_in_two_containers_are_of_two_objects(alike, saved):
    store, (one, other), files = alike
    for number, chosen in enumerate(((one, 1), (other, 1))):
        assert chosen[0].entry.container.endswith("-2") == bool(number)
    layer = _with_bands(store, ChosenBands(((one, 1), (other, 1)), "both"))
    expected = [gdal.Open(str(path)).ReadAsArray() for path in files]
    assert not np.array_equal(*expected)
    assert np.array_equal(pixels(layer)[0], np.stack(expected))


def test_the_bands_dialog_tells_containers_apart(alike, saved, qtbot):
    _, described, _ = alike
    dialog = BandDialog(2)
    qtbot.addWidget(dialog)
    dialog.show_bands(described)
    rows = [dialog.bands.topLevelItem(n).text(0) for n in range(2)]
    assert rows == [f"{found.entry.container}/same.tif" for found in described]
    assert dialog.combos[0].itemText(0).startswith(rows[0])


def test_what_does_not_fit_is_named_with_its_container(alike, saved, tmp_path):
    store, (one, other), _ = alike
    store.upload(
        make_part(tmp_path / "coarse.tif", bands=1, pixel=20), other.entry.container, "coarse.tif"
    )
    [coarse] = describe_all([ObjectRef(store, other.entry.container, "coarse.tif")])
    with pytest.raises(ConfigurationError, match=f"“{other.entry.container}/coarse.tif”"):
        build_mosaic(store, [one, coarse], "x")


def test_what_is_found_in_several_containers_is_described_with_them(
    ui, dock, manager, alike, saved, controller, message_bar
):
    dock.details.switch.setChecked(True)
    _, (one, other), _ = alike
    ui.open(Place(saved.id))
    dock.find.line.setText("same*.tif")
    controller.find.search(Query("same*.tif"))
    names = [f"{found.entry.container}/same.tif" for found in (one, other)]
    ui.wait(lambda: set(names) <= set(ui.rows()) and not dock.is_busy)
    manager.select(names[1])
    ui.wait(lambda: facts(dock).get("Object", {}).get("Container") == other.entry.container)
    manager.select(*names)
    ui.wait(lambda: facts(dock).get("Selection", {}).get("Georeferenced") == "2")
    manager.choose("Add as one mosaic")
    layer = the_layer(ui)
    assert layer.name() == "2 containers, mosaic of 2"
