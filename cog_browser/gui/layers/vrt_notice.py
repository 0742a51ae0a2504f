# SPDX-License-Identifier: GPL-2.0-or-later
"""Says when a virtual raster was added that will be empty after this session."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from qgis.core import Qgis, QgsMapLayer, QgsProject
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QWidget

from cog_browser.adapters import virtual_rasters
from cog_browser.adapters.i18n import tr
from cog_browser.adapters.workers import Workers
from cog_browser.gui import messages


class VrtNotice(QObject):
    """Watches the project from its making to `stop`. Thread: main."""

    def __init__(
        self, workers: Workers, message_bar: QgsMessageBar, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._workers, self._bar = workers, message_bar
        self._told: dict[Path, QWidget] = {}
        QgsProject.instance().layersAdded.connect(self._on_added)

    def stop(self) -> None:
        """Watch no longer."""
        QgsProject.instance().layersAdded.disconnect(self._on_added)
        for item in self._told.values():
            messages.take_away(self._bar, item)
        self._told.clear()

    def _on_added(self, layers: list[QgsMapLayer]) -> None:
        for layer in layers:
            source = layer.source()
            if source.lower().endswith(".vrt") and not source.startswith("/vsi"):
                path = Path(source)
                self._workers.run(
                    lambda _job, path=path: virtual_rasters.refers_to_session(path),
                    done=partial(self._on_checked, path),
                    key=("vrt", source),
                )

    def _on_checked(self, path: Path, refers_to_session: bool) -> None:
        if not refers_to_session or path in self._told:
            return
        text = tr(
            "“{name}” was made of layers from an object store, and refers to them by addresses "
            "that end when QGIS is closed. With the store's addresses instead, it opens later "
            "where the objects can be read without signing in; or save a raster instead of a "
            "virtual one."
        ).format(name=messages.one_line(path.name))
        choices = [(tr("Write the store's addresses"), partial(self._write, path))]
        item = messages.show_choice(self._bar, text, Qgis.MessageLevel.Warning, choices)
        self._told[path] = item

    def _write(self, path: Path) -> None:
        messages.take_away(self._bar, self._told.pop(path, None))
        self._workers.run(
            lambda _job: virtual_rasters.write_saved_form(path),
            failed=partial(messages.show_error, self._bar),
        )
