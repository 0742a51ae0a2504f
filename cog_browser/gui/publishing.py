# SPDX-License-Identifier: GPL-2.0-or-later
"""Opens the dialog of the algorithm that publishes a raster, filled in for a folder."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import Qt

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.sessions import Sessions
from cog_browser.gui import messages
from cog_browser.gui.place import Place

_PUBLISH = "cogbrowser:publishcog"


class Publishing:
    """Thread: main. ``refresh(connection_id, container, prefix)`` is called after a success."""

    def __init__(
        self,
        sessions: Sessions,
        message_bar: QgsMessageBar,
        refresh: Callable[[str, str, str], None],
    ) -> None:
        self._sessions, self._bar, self._refresh = sessions, message_bar, refresh
        self._dialogs: set[Any] = set()
        self._is_stopped = False

    def begin(self, place: Place) -> None:
        try:
            import processing  # noqa: PLC0415  QGIS's own plugin, which may be off

            connection = self._sessions.repository.find(place.connection_id)
            values = {
                "CONNECTION": connection.name,
                "CONTAINER": place.container,
                "KEY": place.prefix,
            }
            dialog = processing.createAlgorithmDialog(_PUBLISH, values)
        except ImportError:
            dialog = None
        if dialog is None:
            messages.show_note(
                self._bar, tr("Publishing needs QGIS's Processing plugin; turn it on and retry.")
            )
            return
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._dialogs.add(dialog)
        dialog.destroyed.connect(lambda *_: self._dialogs.discard(dialog))
        dialog.algorithmFinished.connect(partial(self._on_published, place))
        dialog.show()

    def stop(self) -> None:
        """Close the dialogs."""
        self._is_stopped = True
        for dialog in list(self._dialogs):
            dialog.close()
        self._dialogs.clear()

    def _on_published(self, place: Place, is_done: bool, _results: dict[str, object]) -> None:
        if is_done and not self._is_stopped:
            self._refresh(place.connection_id, place.container, place.prefix)
