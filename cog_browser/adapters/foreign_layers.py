# SPDX-License-Identifier: GPL-2.0-or-later
"""Layers on Swift objects that QGIS reads by itself, and how a connection takes them over."""

from __future__ import annotations

from qgis.core import QgsMapLayer, QgsProject, QgsRasterLayer

from cog_browser.adapters.layer_swap import Done, open_in_layer
from cog_browser.adapters.layers import CONNECTION_PROPERTY
from cog_browser.adapters.ownership import owner_of
from cog_browser.adapters.path_translation import to_saved_form
from cog_browser.adapters.workers import Workers
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.store import ObjectStore

_VSISWIFT, _CREDENTIAL = "/vsiswift/", "credential:"


def foreign_layers(project: QgsProject) -> list[QgsRasterLayer]:
    """The layers that a connection could take over.

    `/vsiswift/` takes the account and its token from the environment; ``|credential:`` holds a
    secret in the layer's source, and so in the project file. Thread: main.
    """
    return [
        layer
        for layer in project.mapLayers().values()
        if isinstance(layer, QgsRasterLayer) and swift_address(layer) is not None
    ]


def swift_address(layer: QgsMapLayer) -> tuple[str, str] | None:
    """Container and key of one of `foreign_layers`; None for any other layer."""
    path, _, options = to_saved_form(layer.source()).partition("|")
    if path.startswith(_VSISWIFT):
        container, _, key = path[len(_VSISWIFT) :].partition("/")
        return (container, key) if container and key else None
    found = owner_of(path) if options.startswith(_CREDENTIAL) else None
    return (found.container, found.key) if found is not None else None


def adopt_vsiswift(
    layer: QgsRasterLayer, store: ObjectStore, workers: Workers, done: Done | None = None
) -> None:
    """Let a connection read a foreign layer from now on; style and all else stay. Thread: main."""
    address = swift_address(layer)
    if address is None:
        if done is not None:
            done(ConfigurationError(f"The layer “{layer.name()}” is on no Swift object."))
        return

    def over(error: Exception | None) -> None:
        if error is None:
            layer.setCustomProperty(CONNECTION_PROPERTY, store.connection.id)
        if done is not None:
            done(error)

    open_in_layer(layer, store, *address, workers, over)
