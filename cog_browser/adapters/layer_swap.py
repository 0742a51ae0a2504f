# SPDX-License-Identifier: GPL-2.0-or-later
"""Gives an open layer another source, and keeps all else that the user has set."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from osgeo import gdal
from qgis.core import QgsDataProvider, QgsMapLayer, QgsProject, QgsRasterLayer
from qgis.PyQt import sip

from cog_browser.adapters.default_style import open_without_style
from cog_browser.adapters.layer_sources import gateway_urls
from cog_browser.adapters.layer_states import layer_states
from cog_browser.adapters.mosaics import reopened
from cog_browser.adapters.ownership import owner_of
from cog_browser.adapters.path_translation import to_saved_form
from cog_browser.adapters.sessions import sessions
from cog_browser.adapters.stray_stores import StrayStore, stray_store
from cog_browser.adapters.workers import Job, Workers
from cog_browser.cog.mosaic.document import is_document
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.gateway.process import shared_gateway
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.vsi import cant_open, gateway_url, running_tiff_source

#: Called on the main thread with None, or with why the layer keeps the source that it has.
Done = Callable[["Exception | None"], None]


def revive(
    layer: QgsMapLayer, workers: Workers, done: Done | None = None, *, anew: bool = False
) -> None:
    """Open the layer's object as it is in the store now, then let the layer show it.

    With ``anew``, nothing that was read of it before is used again.

    A worker asks the store and reads what GDAL needs to open the object, so the main thread waits
    for memory only. A layer that is gone by then is ignored, and ``done`` is not called.
    """
    saved = to_saved_form(layer.source())
    if is_document(saved):
        is_another = anew or (bool(gateway_urls(layer.source())) and layer_states().is_lost(layer))
        _exchange(layer, partial(reopened, saved, is_another), workers, done)
        return
    found, store = owner_of(saved), None
    try:
        if found is not None and not found.connection_id:
            store = stray_store(saved, found)
        elif found is not None:
            store = sessions().store_of(found.connection_id)
    except ConfigurationError as error:
        _finish(done, error)
        return
    if found is None or store is None:
        _finish(done, ConfigurationError("Nobody is signed in to the account of this layer."))
        return
    open_in_layer(layer, store, found.container, found.key, workers, done, anew=anew)


def open_in_layer(
    layer: QgsMapLayer,
    store: ObjectStore,
    container: str,
    key: str,
    workers: Workers,
    done: Done | None = None,
    *,
    anew: bool = False,
) -> None:
    """As `revive`, for an object that the layer need not have shown before. Thread: main."""
    doubted = layer.source() if anew else None
    _exchange(layer, partial(_open, store, container, key, doubted), workers, done)


def _exchange(
    layer: QgsMapLayer, opened: Callable[[Job], str], workers: Workers, done: Done | None
) -> None:
    """Let the layer have the source that a worker finds, unless it has another one by then."""
    before, layer_id = layer.source(), layer.id()

    def over(result: str | Exception) -> None:
        if sip.isdeleted(layer) or layer.source() != before:
            return
        if QgsProject.instance().mapLayer(layer_id) is None:
            return
        if isinstance(result, Exception):
            _finish(done, result)
            return
        swap_source(layer, result)
        layer_states().changed.emit(layer_id)
        _finish(done, None)

    workers.run(opened, done=over, failed=over, key=("revive", layer_id))


def swap_source(layer: QgsRasterLayer, source: str) -> None:
    """Exchange the source; style, CRS, nodata values and metadata stay. Thread: main."""
    provider = layer.dataProvider()
    crs, metadata = layer.crs(), layer.metadata()
    has_own_crs = crs.isValid() and crs != provider.crs()
    nodata = [
        (band, provider.useSourceNoDataValue(band), provider.userNoDataValues(band))
        for band in range(1, provider.bandCount() + 1)
    ]
    options = QgsDataProvider.ProviderOptions()
    layer.setDataSource(source, layer.name(), "gdal", options, False)
    # QGIS takes these from the new source.
    provider = layer.dataProvider()
    for band, uses_source, ranges in nodata[: provider.bandCount()]:
        if ranges or not uses_source:
            provider.setUseSourceNoDataValue(band, uses_source)
            provider.setUserNoDataValue(band, ranges)
    if has_own_crs:
        layer.setCrs(crs)
    layer.setMetadata(metadata)
    layer.triggerRepaint()


def _open(store: ObjectStore, container: str, key: str, doubted: str | None, job: Job) -> str:
    gateway = shared_gateway()
    if doubted is not None:
        gateway.drop_blocks(gateway_url(doubted) or "")
        gdal.VSICurlPartialClearCache(doubted)
    source = running_tiff_source(gateway, store, container, key)
    job.check()  # nothing may be set up for a plugin that has been unloaded
    is_stray = isinstance(store, StrayStore)
    if not is_stray:
        sessions().remember_root(store)
    options = QgsRasterLayer.LayerOptions()
    options.skipCrsValidation = True  # a worker must not make QGIS ask for a CRS
    layer = open_without_style(source, key, options)
    if not layer.isValid():
        raise cant_open(gateway, source, container, key, layer.error().summary())
    if not is_stray:
        gateway.keep_header(gateway_url(source) or "")
    return source


def _finish(done: Done | None, error: Exception | None) -> None:
    if done is not None:
        done(error)
