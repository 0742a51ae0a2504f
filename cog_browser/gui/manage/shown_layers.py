# SPDX-License-Identifier: GPL-2.0-or-later
"""Which layers of the project show which objects."""

from __future__ import annotations

from qgis.core import QgsMapLayer

from cog_browser.adapters.layer_states import layer_states, layers_of_project


def layers_of(connection_id: str, container: str) -> dict[str, list[QgsMapLayer]]:
    """The layers that show objects of a container, by key. Thread: main."""
    found: dict[str, list[QgsMapLayer]] = {}
    for layer in layers_of_project():
        state = layer_states().state_of(layer)
        if state is not None and (state.connection_id, state.container) == (
            connection_id,
            container,
        ):
            found.setdefault(state.key, []).append(layer)
    return found
