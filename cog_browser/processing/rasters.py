# SPDX-License-Identifier: GPL-2.0-or-later
"""What a user names as a raster: a layer, a file, a URL or another GDAL source."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from qgis.core import (
    QgsMapLayer,
    QgsProcessingAlgorithm,
    QgsProcessingContext,
    QgsProcessingParameterRasterLayer,
    QgsProcessingUtils,
    QgsProviderRegistry,
    QgsRasterLayer,
)

from cog_browser.adapters.i18n import tr
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.vsi import gateway_url


class UnopenedRaster(QgsProcessingParameterRasterLayer):
    """A raster parameter that QGIS doesn't open to check it.

    It would do so on the main thread, and keep the statistics of what it opened in an .aux.xml
    beside the user's file.
    """

    def checkValueIsAcceptable(
        self, value: Any, _context: QgsProcessingContext | None = None
    ) -> bool:
        return bool(super().checkValueIsAcceptable(value))


def raster_source(
    algorithm: QgsProcessingAlgorithm,
    parameters: dict[str, Any],
    name: str,
    context: QgsProcessingContext,
) -> str:
    """What GDAL opens for a parameter; nothing is opened here. Thread: main.

    Raises `ConfigurationError` for a layer that isn't a raster read by GDAL.
    """
    value = parameters.get(name)
    if isinstance(value, QgsMapLayer):
        return _layer_source(value)
    text = algorithm.parameterAsString(parameters, name, context).strip()
    layer = QgsProcessingUtils.mapLayerFromString(text, context, False)
    return text if layer is None else _layer_source(layer)


def _layer_source(layer: QgsMapLayer) -> str:
    if not isinstance(layer, QgsRasterLayer) or layer.providerType() != "gdal":
        text = tr("The layer “{name}” is no raster that GDAL reads; export it to a file first.")
        raise ConfigurationError(text.format(name=layer.name()))
    parts = QgsProviderRegistry.instance().decodeUri("gdal", layer.source())
    if parts.get("openOptions") or parts.get("credentialOptions"):
        text = tr("The layer “{name}” is opened with options of its own; export it first.")
        raise ConfigurationError(text.format(name=layer.name()))
    return str(layer.source())


def tiff_name(source: str) -> str:
    """What a COG made of the source is called: its file's name, ending in .tif.

    >>> tiff_name("/data/dem.vrt"), tiff_name('NETCDF:"/data/t.nc":tas')
    ('dem.tif', 't_tas.tif')
    """
    source = source.split("|", 1)[0]
    url = gateway_url(source)
    if url is not None:  # our own: the last segment is the encoded name, whatever it holds
        name = unquote(url.rsplit("/", 1)[-1])
    else:
        path = unquote(re.sub(r"[?#].*", "", source) if "://" in source else source)
        name = PurePosixPath(path.replace("\\", "/").rstrip("/")).name
    name = re.sub(r'[":]+', "_", name).strip("_")
    stem, dot, suffix = name.partition(".")
    stem, suffix = (name, "") if not dot or not stem else name.rsplit(".", 1)
    if suffix.lower() in ("tif", "tiff"):
        return name
    inner = suffix.partition("_")[2]  # a subdataset's name follows the file's
    return f"{stem}_{inner}.tif" if inner else f"{stem or 'raster'}.tif"
