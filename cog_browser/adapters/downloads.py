# SPDX-License-Identifier: GPL-2.0-or-later
"""Saves what a layer shows as a local file, with the reason when it can't."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
)
from qgis.PyQt.QtCore import QCoreApplication

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.layer_sources import gateway_urls
from cog_browser.cog.window import Window, pixel_window, save_window
from cog_browser.storage.errors import ConfigurationError, ConversionError
from cog_browser.storage.gateway.process import running_gateway
from cog_browser.storage.progress import Progress


def bounds_in_layer(
    layer: QgsRasterLayer, extent: QgsRectangle, crs: QgsCoordinateReferenceSystem
) -> tuple[float, float, float, float]:
    """West, south, east and north of an extent in the layer's CRS. Thread: main.

    Raises `ConfigurationError` where the one can't be transformed to the other.
    """
    transform = QgsCoordinateTransform(crs, layer.crs(), QgsProject.instance())
    transform.setBallparkTransformsAreAppropriate(True)
    try:
        box = transform.transformBoundingBox(extent)
    except QgsCsException as error:
        raise ConfigurationError(
            tr("This part of the map can't be found in the layer's coordinate system; zoom in.")
        ) from error
    return box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()


def window_in_layer(layer: QgsRasterLayer, bounds: Sequence[float]) -> Window:
    """The pixels of a north-up layer that bounds touch. Thread: main; reads nothing.

    Raises `ConfigurationError` where there are none.
    """
    box = layer.extent()
    transform = (
        box.xMinimum(), layer.rasterUnitsPerPixelX(), 0.0,
        box.yMaximum(), 0.0, -layer.rasterUnitsPerPixelY(),
    )  # fmt: skip
    return pixel_window(transform, layer.width(), layer.height(), bounds)


def download_window(
    source: str,
    target: str | Path,
    bounds: Sequence[float] | None,
    form: str,
    progress: Progress | None = None,
) -> Path:
    """As `save_window`, with the gateway's reason for a failed read. Thread: any but main."""
    before = _failures(source)[0]
    try:
        return save_window(source, target, bounds, form, progress)
    except ConversionError as error:
        failures, reason = _failures(source)
        if failures > before:
            raise ConversionError(
                tr("{path} was not made: {reason}").format(path=target, reason=reason)
            ) from error
        raise


def open_local(path: str | Path) -> QgsRasterLayer:
    """A layer on a file, for the main thread. Thread: any but main."""
    options = QgsRasterLayer.LayerOptions()
    options.skipCrsValidation = True  # a worker must not make QGIS ask for a CRS
    layer = QgsRasterLayer(str(path), Path(path).stem, "gdal", options)
    layer.moveToThread(QCoreApplication.instance().thread())
    return layer


def _failures(source: str) -> tuple[int, str]:
    gateway = running_gateway()
    failures, reason = 0, ""
    for url in gateway_urls(source) if gateway is not None else ():
        meter = gateway.meter(url)
        if meter is not None and meter.failures:
            failures, reason = failures + meter.failures, meter.last_error
    return failures, reason
