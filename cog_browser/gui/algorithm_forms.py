# SPDX-License-Identifier: GPL-2.0-or-later
"""Opens the forms of our own algorithms from the panel, filled in for a place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QDialog

from cog_browser.adapters.connections import ConnectionRepository
from cog_browser.adapters.i18n import tr
from cog_browser.gui import messages
from cog_browser.gui.place import Place


class AlgorithmForms:
    """``refresh`` is called with a place that an algorithm may have changed. Thread: main."""

    def __init__(
        self,
        repository: ConnectionRepository,
        message_bar: QgsMessageBar,
        refresh: Callable[[str, str, str], None],
    ) -> None:
        self._repository, self._bar, self._refresh = repository, message_bar, refresh
        self._open: set[QDialog] = set()
        self._is_stopped = False

    def publish(self, place: Place) -> None:
        dialog = self._show("cogbrowser:publishcog", place, "KEY")
        if dialog is not None:
            dialog.algorithmFinished.connect(lambda done, _results: self._on_done(place, done))

    def validate(self, place: Place) -> None:
        self._show("cogbrowser:validatefolder", place, "PREFIX")

    def stop(self) -> None:
        """Close every form."""
        self._is_stopped = True
        for dialog in list(self._open):
            dialog.close()
        self._open.clear()

    def _show(self, name: str, place: Place, prefix: str) -> QDialog | None:
        connection = self._repository.find(place.connection_id)
        values = {
            "CONNECTION": connection.name,
            "CONTAINER": place.container,
            prefix: place.prefix,
        }
        dialog = algorithm_form(name, values, self._bar)
        if dialog is None:
            return None
        self._open.add(dialog)
        dialog.destroyed.connect(lambda *_: self._open.discard(dialog))
        dialog.show()
        return dialog

    def _on_done(self, place: Place, is_done: bool) -> None:
        if is_done and not self._is_stopped:
            self._refresh(place.connection_id, place.container, place.prefix)


def algorithm_form(name: str, values: dict[str, Any], bar: QgsMessageBar) -> QDialog | None:
    """The form of an algorithm, filled in; None, with a message, where Processing is off."""
    try:
        import processing  # noqa: PLC0415  QGIS's own plugin, which may be off

        dialog: QDialog | None = processing.createAlgorithmDialog(name, values)
    except ImportError:
        dialog = None
    if dialog is None:
        messages.show_note(bar, tr("This needs QGIS's Processing plugin; turn it on and retry."))
        return None
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog
