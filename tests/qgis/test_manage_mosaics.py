# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures are imported)
"""Moving and deleting what open mosaics show, on a real Swift."""

from __future__ import annotations

import numpy as np
import pytest
from osgeo import gdal
from qgis.core import QgsProject
from qgis.PyQt.QtWidgets import QLineEdit, QPushButton

from cog_browser.adapters.layer_sources import saved_sources
from cog_browser.adapters.layer_states import close_layer_states, layer_states
from cog_browser.adapters.layer_swap import revive
from cog_browser.adapters.path_translation import to_saved_form
from cog_browser.adapters.revive import Reviver
from cog_browser.cog.mosaic.document import is_document
from cog_browser.gui.layers.details import LayerDetails
from cog_browser.gui.layers.meters import LayerMeters
from cog_browser.gui.place import Place
from cog_browser.storage.gateway.process import set_up_gateway
from tests.qgis.manage_fixtures import manager, shoot  # noqa: F401 (fixtures)
from tests.support.mosaic_parts import composed, make_part

PLACES = {"a.tif": (0, 0), "b.tif": (650, 10), "c.tif": (1500, 1500)}


@pytest.fixture
def states(sessions, workers):
    """The states of layers, as the plugin sets them up."""
    found = layer_states()
    set_up_gateway(notify=found.hear)
    reviver = Reviver(sessions, workers, found)
    yield found
    reviver.stop()
    set_up_gateway(notify=None)
    close_layer_states()


@pytest.fixture
def paths(tmp_path):
    return [make_part(tmp_path / name, *place, nodata=0) for name, place in PLACES.items()]


@pytest.fixture
def mosaic(ui, dock, manager, states, saved, container, put, paths):
    """A mosaic of three objects, and its folder open."""
    for path in paths:
        put(f"scenes/{path.name}", path.read_bytes(), "image/tiff")
    ui.open(Place(saved.id, container, "scenes/"))
    dock.table.selectAll()
    manager.choose("Add as one mosaic")
    ui.wait(lambda: len(ui.layers()) == 1)
    ui.wait(lambda: ui.told() == "")
    yield ui.layers()[0]
    QgsProject.instance().clear()


def pixels(layer):
    """What GDAL reads by the layer's own source."""
    return gdal.Open(layer.source()).ReadAsArray()


@pytest.mark.parametrize("name", ["a.tif", "b.tif"])  # the one that its state names, and another
def test_a_mosaic_stays_one_when_its_object_is_renamed_and_an_undo_mends_it(
    ui, dock, manager, workers, message_bar, mosaic, container, paths, name, qtbot
):
    before = mosaic.source()
    manager.select(name)
    manager.choose("Rename or move…")
    dialog = manager.asked()
    assert "can't follow, and won't draw: scenes, mosaic of 3." in dialog.warning.text()
    shoot(dialog, "move-mosaic")
    [field] = [w for w in dialog.findChildren(QLineEdit) if w.accessibleName() == "Name"]
    field.setText("scenes/z.tif")
    dialog.ok_button.click()
    said = "Moved: 1 object. These layers could not follow: scenes, mosaic of 3."
    ui.wait(lambda: dialog.text.text() == said)
    assert mosaic.source() == before
    assert is_document(to_saved_form(mosaic.source()))
    assert f"scenes/{name}" not in manager.keys(container)
    [undo] = [b for b in message_bar.findChildren(QPushButton) if b.text() == "Undo"]
    undo.click()
    ui.wait(lambda: manager.keys(container) == [f"scenes/{path.name}" for path in paths])
    assert len(saved_sources(mosaic.source())) == 3
    done = []
    revive(mosaic, workers, done.append, anew=True)
    ui.wait(lambda: done == [None])
    values, _ = composed(paths)
    assert np.array_equal(pixels(mosaic).reshape(values.shape), values)


def test_a_layer_of_one_of_its_objects_still_follows(ui, dock, manager, mosaic, container):
    ui.double_click("b.tif")
    ui.wait(lambda: len(ui.layers()) == 2)
    [single] = [layer for layer in ui.layers() if layer is not mosaic]
    ui.wait(lambda: ui.told() == "")
    manager.select("b.tif")
    manager.choose("Rename or move…")
    dialog = manager.asked()
    [field] = [w for w in dialog.findChildren(QLineEdit) if w.accessibleName() == "Name"]
    field.setText("scenes/z.tif")
    dialog.ok_button.click()
    said = "Moved: 1 object. These layers could not follow: scenes, mosaic of 3."
    ui.wait(lambda: dialog.text.text() == said)
    assert to_saved_form(single.source()).endswith("/scenes/z.tif")
    assert is_document(mosaic.source())


def test_a_copy_warns_of_no_mosaic(ui, dock, manager, mosaic):
    manager.select("a.tif")
    manager.choose("Copy to…")
    assert manager.asked().warning.text() == ""


def test_a_delete_names_a_mosaic_once_whichever_of_its_objects_goes(ui, dock, manager, mosaic):
    manager.select("b.tif", "c.tif")
    manager.choose("Delete…")
    said = "Open layers show what is to be deleted, and won't draw any more: scenes, mosaic of 3."
    assert manager.asked().warning.text() == said


def test_details_count_the_objects_of_a_mosaic(states, workers, mosaic, qtbot):
    details = LayerDetails(mosaic, states, LayerMeters(workers), None)
    qtbot.addWidget(details)
    assert details.values["Object"].text() == "3 objects"
