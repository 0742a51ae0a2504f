# SPDX-License-Identifier: GPL-2.0-or-later
"""Raster layers on objects."""

from __future__ import annotations

from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QCoreApplication

from cog_browser.adapters.sessions import sessions
from cog_browser.storage.gateway_process import shared_gateway
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.vsi import cant_open, running_tiff_source

#: The layer's custom property that names its connection's id.
CONNECTION_PROPERTY = "cog_browser/connection"


def build_layer(
    store: ObjectStore, container: str, key: str, name: str | None = None
) -> QgsRasterLayer:
    """Open an object as a raster layer with its default style.

    Thread: any but main, to whose thread the layer is moved. Raises `RasterError` and
    `StoreError`.
    """
    source = running_tiff_source(shared_gateway(), store, container, key)
    sessions().remember_root(store)
    options = QgsRasterLayer.LayerOptions()
    options.skipCrsValidation = True  # a worker must not make QGIS ask for a CRS
    title = name or key.rstrip("/").rsplit("/", 1)[-1]
    layer = QgsRasterLayer(source, title, "gdal", options)
    if not layer.isValid():
        raise cant_open(shared_gateway(), source, container, key, layer.error().summary())
    layer.setCustomProperty(CONNECTION_PROPERTY, store.connection.id)
    layer.moveToThread(QCoreApplication.instance().thread())
    return layer


def add_to_project(layer: QgsRasterLayer) -> None:
    """Add the layer on top of the current project. Thread: main."""
    QgsProject.instance().addMapLayer(layer)
