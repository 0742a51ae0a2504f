# SPDX-License-Identifier: GPL-2.0-or-later
"""Raster layers on objects."""

from __future__ import annotations

from collections.abc import Sequence

from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QCoreApplication

from cog_browser.adapters.default_style import apply_default_style, open_without_style
from cog_browser.adapters.layer_time import apply_time
from cog_browser.adapters.sessions import sessions
from cog_browser.cog.gdal_call import datasets_released
from cog_browser.cog.mosaic.document import objects_of
from cog_browser.storage.errors import CogBrowserError, RasterError
from cog_browser.storage.gateway.process import shared_gateway
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.vsi import cant_open, gateway_url, running_tiff_source

#: The layer's custom property that names its connection's id.
CONNECTION_PROPERTY = "cog_browser/connection"


def build_layer(
    store: ObjectStore,
    container: str,
    key: str,
    name: str | None = None,
    bands: Sequence[int] = (),
) -> QgsRasterLayer:
    """Open an object as a raster layer with its default style and the time of its image.

    ``bands`` (numbers from 1) are those for red, green and blue, or one that is shown in grey.
    Thread: any but main, to whose thread the layer is moved. Raises `RasterError` and
    `StoreError`.
    """
    source = running_tiff_source(shared_gateway(), store, container, key)
    sessions().remember_root(store)
    title = name or key.rstrip("/").rsplit("/", 1)[-1]
    layer, problem = _open(source, title, bands, (source,), key)
    if layer is None:
        raise cant_open(shared_gateway(), source, container, key, problem)
    return _handed_over(layer, store)


def build_virtual_layer(
    store: ObjectStore, running: str, title: str, samples: Sequence[str]
) -> QgsRasterLayer:
    """As `build_layer`, for the running form of a mosaic of the store's objects.

    ``samples`` are the sources that stand for all in the first stretch.
    """
    layer, problem = _open(running, title, (), samples)
    if layer is None:
        for one in objects_of(running):  # GDAL's words hold the secret path
            problem = problem.replace(one.source, "one of the objects")
        raise RasterError(f"“{title}” can't be shown: {problem}")
    return _handed_over(layer, store)


def _handed_over(layer: QgsRasterLayer, store: ObjectStore) -> QgsRasterLayer:
    layer.setCustomProperty(CONNECTION_PROPERTY, store.connection.id)
    layer.moveToThread(QCoreApplication.instance().thread())
    return layer


def _open(
    source: str, title: str, bands: Sequence[int], samples: Sequence[str], key: str = ""
) -> tuple[QgsRasterLayer | None, str]:
    """The layer, or why there is none.

    One that fails is gone when this returns: an error's traceback would carry it to the main
    thread, which must not delete what belongs to another one.
    """
    options = QgsRasterLayer.LayerOptions()
    options.skipCrsValidation = True  # a worker must not make QGIS ask for a CRS
    layer = open_without_style(source, title, options)
    if not layer.isValid():
        return None, layer.error().summary()
    url = gateway_url(source)
    try:
        with datasets_released():
            if url:
                shared_gateway().keep_header(url)
            apply_default_style(layer, bands, samples)
            if key:
                apply_time(layer, key)
    except CogBrowserError as error:
        return None, str(error)
    return layer, ""


def add_to_project(layer: QgsRasterLayer) -> None:
    """Add the layer on top of the current project. Thread: main."""
    QgsProject.instance().addMapLayer(layer)
