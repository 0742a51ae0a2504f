# SPDX-License-Identifier: GPL-2.0-or-later
"""Layers that show what is moved open the copies, before the originals go."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial

from qgis.core import QgsMapLayer
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, QTimer

from cog_browser.adapters.layer_states import layer_states
from cog_browser.adapters.layer_swap import open_in_layer
from cog_browser.adapters.layers import CONNECTION_PROPERTY
from cog_browser.adapters.workers import Workers
from cog_browser.gui.manage.shown_layers import names_of, only_joined, only_single
from cog_browser.gui.text import one_line
from cog_browser.storage.errors import CogBrowserError
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.turns import in_turns

#: How long layers may take to open the objects under their new names.
_PATIENCE, _TICK = 15.0, 100  # seconds, milliseconds


class FollowingLayers:
    """Of one deed; ``shown`` are the layers by the keys that they show. Thread: main, or as said.

    What goes through all objects runs in the deed's worker: they may be a million.
    """

    def __init__(self, shown: Mapping[str, list[QgsMapLayer]]) -> None:
        self._single, self._joined = only_single(shown), only_joined(shown)
        #: The new keys by the old, of what layers show and has been copied.
        self.copied: dict[str, str] = {}
        self._lost: set[str] = set()  # what mosaics show no more

    def new_names(self, pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
        """The new keys by the old, of what layers can follow. Thread: a worker."""
        if not self._single:
            return {}
        return {old: new for old, new in in_turns(pairs) if old in self._single}

    def watch(
        self, results: Iterable[tuple[str, CogBrowserError | None]], new: Mapping[str, str]
    ) -> Iterator[tuple[str, CogBrowserError | None]]:
        """Hand results on, and remember what layers show of them. Thread: a worker."""
        for key, error in results:
            if error is None and key in new:
                self.copied[key] = new[key]
            if error is None and key in self._joined:
                self._lost.add(key)
            yield key, error

    @property
    def left_behind(self) -> list[str]:
        """The names of layers that join several objects, and can't follow one."""
        return names_of(self._joined, self._lost)

    def open_copies(
        self,
        target: ObjectStore,
        container: str,
        workers: Workers,
        owner: QObject,
        done: Callable[[list[str]], None],
    ) -> None:
        """``done`` gets the names of those that don't show the copies when patience ends.

        Nothing more is heard once ``owner`` is gone.
        """
        waiting = [(layer, self.copied[key]) for key in self.copied for layer in self._single[key]]
        connection_id = target.connection.id
        for layer, key in waiting:
            if not sip.isdeleted(layer):
                adopt = partial(_adopt, layer, connection_id)
                open_in_layer(layer, target, container, key, workers, adopt)
        deadline, timer = time.monotonic() + _PATIENCE, QTimer(owner)

        def look() -> None:
            behind = [
                layer
                for layer, key in waiting
                if not sip.isdeleted(layer) and not _shows(layer, connection_id, container, key)
            ]
            if not behind or time.monotonic() > deadline:
                timer.stop()
                done([one_line(layer.name()) for layer in behind])

        timer.timeout.connect(look)
        timer.start(_TICK)


def _adopt(layer: QgsMapLayer, connection_id: str, error: Exception | None) -> None:
    """What the layer shows belongs to another connection now."""
    if error is None and not sip.isdeleted(layer):
        layer.setCustomProperty(CONNECTION_PROPERTY, connection_id)


def _shows(layer: QgsMapLayer, *there: str) -> bool:
    state = layer_states().state_of(layer)
    return state is None or (state.connection_id, state.container, state.key) == there
