# SPDX-License-Identifier: GPL-2.0-or-later
"""Which layers of the project show which objects."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence

from qgis.core import QgsMapLayer
from qgis.PyQt import sip

from cog_browser.adapters.layer_sources import is_joined, saved_sources
from cog_browser.adapters.layer_states import layers_of_project
from cog_browser.adapters.ownership import owner_of
from cog_browser.gui.text import one_line
from cog_browser.storage.turns import in_turns


def layers_of(connection_id: str, container: str) -> dict[str, list[QgsMapLayer]]:
    """The layers that show objects of a container, by key; a mosaic shows all its objects.

    Thread: main.
    """
    found: dict[str, list[QgsMapLayer]] = {}
    for layer in layers_of_project():
        owners = map(owner_of, dict.fromkeys(saved_sources(layer.source())))
        for owner in filter(None, owners):
            if (owner.connection_id, owner.container) == (connection_id, container):
                found.setdefault(owner.key, []).append(layer)
    return found


def names_of(shown: Mapping[str, list[QgsMapLayer]], keys: Iterable[str]) -> list[str]:
    """The names of the layers that show any of these few keys, each layer's once. Thread: main."""
    there = (layer for key in keys for layer in shown.get(key, ()) if not sip.isdeleted(layer))
    layers = {layer.id(): layer for layer in there}
    return sorted(one_line(layer.name()) for layer in layers.values())


def keys_among(keys: Sequence[str], shown: Container[str]) -> list[str]:
    """Those of many keys that layers show. Thread: a worker."""
    return [key for key in in_turns(keys) if key in shown]


def only_joined(shown: Mapping[str, list[QgsMapLayer]]) -> dict[str, list[QgsMapLayer]]:
    """Those that can't follow one of their objects to another name, such as mosaics."""
    return _chosen(shown, joined=True)


def only_single(shown: Mapping[str, list[QgsMapLayer]]) -> dict[str, list[QgsMapLayer]]:
    """Those of one object each."""
    return _chosen(shown, joined=False)


def _chosen(
    shown: Mapping[str, list[QgsMapLayer]], *, joined: bool
) -> dict[str, list[QgsMapLayer]]:
    chosen = {
        key: [layer for layer in layers if is_joined(layer.source()) is joined]
        for key, layers in shown.items()
    }
    return {key: layers for key, layers in chosen.items() if layers}
