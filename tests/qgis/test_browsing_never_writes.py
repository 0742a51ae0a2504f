# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever is done to look at an object, the store is only read: from the server's access log."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor

import pytest
from osgeo import gdal
from qgis.core import (
    QgsContrastEnhancement,
    QgsMapRendererParallelJob,
    QgsMapSettings,
    QgsProject,
    QgsRaster,
    QgsRasterBandStats,
    QgsRasterMinMaxOrigin,
    QgsRectangle,
    QgsSingleBandGrayRenderer,
)
from qgis.PyQt.QtCore import QSize

from cog_browser.adapters import path_translation
from cog_browser.adapters.layers import add_to_project, build_layer
from cog_browser.storage.connection import Connection
from tests.support.rasters import make_cog

SIDECARS = (".aux", ".ovr", ".msk", ".tfw", ".tifw", ".wld", ".imd", ".rpb", ".qml", ".prj", ".xml")
KEY = "folder/scene.tif"


@pytest.fixture
def add(sessions, stack, container, tmp_path):
    """Adds the object as an account of the demo project may: add(account)."""
    path_translation.install()
    owner = sessions.store(*Connection.from_environment(stack.environment("demo")))
    owner.upload(make_cog(tmp_path / "scene.tif", 2000, 1500, bands=2), container, KEY)

    def add(account):
        store = sessions.store(*Connection.from_environment(stack.environment(account)))
        with ThreadPoolExecutor(1) as pool:
            layer = pool.submit(build_layer, store, container, KEY).result(60)
        add_to_project(layer)
        return layer

    yield add
    path_translation.uninstall()


def draw(layer, extent):
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(layer.crs())
    settings.setExtent(extent)
    settings.setOutputSize(QSize(300, 200))
    job = QgsMapRendererParallelJob(settings)
    job.start()
    job.waitForFinished()
    assert job.errors() == []


def look_at(layer):
    """Everything that a user does to a layer."""
    provider, extent = layer.dataProvider(), layer.extent()
    draw(layer, extent)
    centre = extent.center()
    draw(layer, QgsRectangle(centre.x(), centre.y(), centre.x() + 2000, centre.y() + 1500))
    layer.setRenderer(QgsSingleBandGrayRenderer(provider, 2))
    layer.setContrastEnhancement(
        QgsContrastEnhancement.ContrastEnhancementAlgorithm.StretchToMinimumMaximum,
        QgsRasterMinMaxOrigin.Limits.MinMax,
    )
    draw(layer, extent)
    statistics = provider.bandStatistics(1, QgsRasterBandStats.Stats.All, QgsRectangle(), 0)
    assert statistics.maximumValue > statistics.minimumValue
    assert provider.histogram(1).histogramVector
    value = provider.identify(centre, QgsRaster.IdentifyFormat.IdentifyFormatValue).results()[1]
    assert value is not None
    dataset = gdal.Open(layer.source())
    dataset.GetRasterBand(1).ComputeStatistics(False)  # what GDAL would keep in an .aux.xml
    dataset = None


def assert_only_read(requests):
    assert requests
    assert {request.method for request in requests} <= {"GET", "HEAD"}
    paths = [request.path.lower() for request in requests]
    assert not [path for path in paths if path.split("?")[0].endswith(SIDECARS)]
    assert not [request.path for request in requests if request.status == 404]


def test_from_adding_to_reopening_nothing_is_written_and_no_sidecar_is_looked_for(
    add, stack, container, tmp_path
):
    mark, project = stack.mark(), QgsProject.instance()
    look_at(add("demo"))
    assert project.write(str(tmp_path / "look.qgz"))
    project.clear()
    gc.collect()
    assert project.read(str(tmp_path / "look.qgz"))
    [layer] = project.mapLayers().values()
    assert layer.isValid()
    look_at(layer)
    project.removeMapLayer(layer.id())
    gc.collect()
    assert_only_read(stack.swift_requests(since=mark, within=container))


def test_a_layer_of_an_account_that_may_only_read_can_be_removed(add, stack, container):
    """GDAL's own path sends a PUT then, whose refusal kills QGIS (GDAL 3.6, six of six runs)."""
    layer = add("app-cred-demo-reader")
    mark = stack.mark()
    look_at(layer)
    QgsProject.instance().removeMapLayer(layer.id())
    del layer
    gc.collect()
    assert_only_read(stack.swift_requests(since=mark, within=container))
    again = add("app-cred-demo-reader")  # QGIS is alive, and so is the gateway
    draw(again, again.extent())
