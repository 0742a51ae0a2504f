# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures)
"""Layers get the time of their image, and QGIS shows them by it."""

from __future__ import annotations

import pytest
from osgeo import gdal
from qgis.core import Qgis, QgsDateTimeRange, QgsMapRendererParallelJob, QgsMapSettings, QgsProject
from qgis.PyQt.QtCore import QDateTime, QSize, Qt

from cog_browser.adapters.layer_swap import revive
from cog_browser.adapters.layer_time import (
    TIME_PROPERTY,
    apply_time,
    dates_layers,
    save_dates_layers,
    taken_text,
    time_of,
)
from cog_browser.gui.layers.details import LayerDetails
from cog_browser.gui.options_page import OptionsPage
from tests.qgis.open_layers_fixtures import (  # noqa: F401 (fixtures)
    add,
    file,
    iface,
    reviver,
    saved,
    seen,
    states,
    store,
)
from tests.support.patience import WAIT


@pytest.fixture(autouse=True)
def usual():
    save_dates_layers(True)
    yield
    save_dates_layers(True)


def moment(text: str) -> QDateTime:
    return QDateTime.fromString(f"{text}Z", Qt.DateFormat.ISODate)


def span(start: str, end: str) -> QgsDateTimeRange:
    return QgsDateTimeRange(moment(start), moment(end), True, False)


def colours(layer, view: QgsDateTimeRange | None) -> int:
    """How many colours the layer is drawn with; 1 is an empty map."""
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setExtent(layer.extent())
    settings.setOutputSize(QSize(80, 60))
    if view is not None:
        settings.setIsTemporal(True)
        settings.setTemporalRange(view)
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    image = job.renderedImage()
    return len({image.pixel(x, y) for x in range(80) for y in range(60)})


def test_a_layer_is_shown_at_its_time_and_always_without_the_controller(add):
    layer = add("2024/T32UQD_20240131T101559_B04.tif")
    properties = layer.temporalProperties()
    assert properties.mode() == Qgis.RasterTemporalMode.FixedTemporalRange
    assert properties.isActive()
    expected = span("2024-01-31T10:15:59", "2024-01-31T10:16:00")
    assert properties.fixedTemporalRange() == expected
    assert properties.fixedTemporalRange().begin().timeSpec() == Qt.TimeSpec.UTC
    assert colours(layer, None) > 1  # the temporal controller is off: nothing vanishes
    assert colours(layer, span("2024-01-31T00:00:00", "2024-02-01T00:00:00")) > 1
    assert colours(layer, span("2024-02-01T00:00:00", "2024-02-02T00:00:00")) == 1


def test_which_date_was_taken_is_said(add, seen, states, iface, qtbot):
    layer = add("20240131.tif")
    said = "2024-01-31 (UTC), from the name: 20240131"
    assert taken_text(time_of(layer)) == said
    assert f"Time: {said}" in layer.metadata().history()
    assert layer.metadata().extent().temporalExtents() == [
        span("2024-01-31T00:00:00", "2024-02-01T00:00:00")
    ]
    details = LayerDetails(layer, states, seen.meters, seen.actions, iface.mainWindow())
    qtbot.addWidget(details)
    assert details.values["Time"].text() == said
    details.reject()
    # A time that the user sets isn't ours any more.
    layer.temporalProperties().setFixedTemporalRange(
        span("2020-01-01T00:00:00", "2020-01-02T00:00:00")
    )
    assert time_of(layer) is None


def test_the_metadata_counts_before_the_name(add, file):
    dataset = gdal.OpenEx(str(file), gdal.OF_UPDATE, open_options=["IGNORE_COG_LAYOUT_BREAK=YES"])
    dataset.SetMetadataItem("ACQUISITION_DATE", "2023-05-06")
    dataset = None
    layer = add("20240131.tif")
    found = time_of(layer)
    assert taken_text(found) == "2023-05-06 (UTC), from the metadata: ACQUISITION_DATE"


def test_a_name_that_leaves_it_open_gives_no_time(add):
    layer = add("20240101_20240131.tif")
    assert not layer.temporalProperties().isActive()
    assert not layer.customProperty(TIME_PROPERTY)
    assert time_of(layer) is None
    assert colours(layer, span("2020-01-01T00:00:00", "2020-01-02T00:00:00")) > 1


def test_it_can_be_switched_off(add, workers, qtbot):
    page = OptionsPage(workers)
    qtbot.addWidget(page)
    assert page.times.isChecked()
    page.times.setChecked(False)
    page.apply()
    assert not dates_layers()
    assert not add("20240131.tif").temporalProperties().isActive()


def test_the_time_stays_when_a_layer_is_opened_anew_and_when_it_is_saved(
    add, workers, qtbot, tmp_path
):
    layer = add("20240131.tif")
    before, done = layer.source(), []
    revive(layer, workers, done.append, anew=True)
    qtbot.waitUntil(lambda: bool(done), timeout=WAIT)
    assert done == [None], before
    assert taken_text(time_of(layer)).startswith("2024-01-31 ")
    path = str(tmp_path / "dated.qgs")
    assert QgsProject.instance().write(path)
    QgsProject.instance().clear()
    assert QgsProject.instance().read(path)
    [opened] = QgsProject.instance().mapLayers().values()
    assert taken_text(time_of(opened)).startswith("2024-01-31 ")


def test_a_layer_of_another_time_than_the_map_shows_is_told_of(add, seen, iface):
    canvas, bar = iface.mapCanvas(), iface.messageBar()

    def told() -> str:
        return " ".join(item.text() for item in bar.items())

    add("20240130.tif")
    assert "another time" not in told()
    canvas.setTemporalRange(span("2020-01-01T00:00:00", "2020-02-01T00:00:00"))
    assert canvas.mapSettings().isTemporal()
    add("20200115.tif")
    assert "another time" not in told()
    add("20240131.tif")
    assert "2024-01-31 (UTC), from the name: 20240131" in told()
    assert "another time" in told()


def test_what_somebody_else_wrote_into_the_property_is_no_time(add):
    layer = add("20240131.tif")
    for wrong in ("[]", "nonsense", '["a", "b", "c", "d"]', '{"a": 1}'):
        layer.setCustomProperty(TIME_PROPERTY, wrong)
        assert time_of(layer) is None
    apply_time(layer, "20240131.tif")
    assert time_of(layer) is not None
