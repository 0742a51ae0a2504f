# SPDX-License-Identifier: GPL-2.0-or-later
"""“Download window…” and “Download raster…” of a layer's menu."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qgis.core import QgsProject, QgsRasterLayer
from qgis.gui import QgsMapCanvas, QgsMessageBar
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QWidget

from cog_browser.adapters.downloads import (
    bounds_in_layer,
    download_window,
    open_local,
    window_in_layer,
)
from cog_browser.adapters.i18n import tr
from cog_browser.adapters.workers import Job, Workers
from cog_browser.gui import messages
from cog_browser.gui.accounts.accounts import Accounts
from cog_browser.gui.job_progress import progress_of
from cog_browser.gui.layers.download_dialog import DownloadDialog
from cog_browser.gui.text import one_line
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.progress import Progress
from cog_browser.storage.store import ObjectStore

if TYPE_CHECKING:
    from cog_browser.adapters.layer_states import LayerStates

#: What a dialog runs in a worker, with the path and the form that were chosen.
_Work = Callable[[str, str, Progress], Any]


class LayerDownload(QObject):
    """Thread: main; what reads runs in workers."""

    def __init__(
        self,
        states: LayerStates,
        accounts: Accounts,
        workers: Workers,
        bar: QgsMessageBar,
        canvas: QgsMapCanvas,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._states, self._accounts, self._workers = states, accounts, workers
        self._bar, self._canvas, self._window = bar, canvas, window
        self._numbers = itertools.count()
        self._dialogs: set[DownloadDialog] = set()

    def window(self, layer: QgsRasterLayer) -> None:
        """Ask where to save what the map shows of the layer, at full resolution."""
        extent, crs = self._canvas.extent(), self._canvas.mapSettings().destinationCrs()
        try:
            bounds = bounds_in_layer(layer, extent, crs)
            _, _, width, height = window_in_layer(layer, bounds)
        except ConfigurationError as error:
            messages.show_error(self._bar, error)
            return
        source, bands = layer.source(), layer.bandCount()
        said = tr("{width} × {height} pixels, bands: {bands}, all bits as they are in the store.")
        dialog = DownloadDialog(
            tr("Download window of “{name}”").format(name=one_line(layer.name())),
            f"{_stem(layer.name())}-window.tif",
            said.format(width=width, height=height, bands=bands),
            has_forms=True,
            workers=self._workers,
            parent=self._window,
        )
        self._open(
            dialog,
            lambda path, form, progress: download_window(source, path, bounds, form, progress),
        )

    def raster(self, layer: QgsRasterLayer) -> None:
        """Ask where to save the object that the layer shows, as it is in the store."""
        state, title = self._states.state_of(layer), one_line(layer.name())
        if state is None:
            return

        def ask(store: ObjectStore) -> None:
            dialog = DownloadDialog(
                tr("Download “{name}”").format(name=title),
                Path(state.key).name,
                tr("The whole object, byte by byte as it is in the store."),
                has_forms=False,
                workers=self._workers,
                parent=self._window,
            )

            def work(path: str, _form: str, progress: Progress) -> None:
                store.download(state.container, state.key, path, progress=progress)

            self._open(dialog, work)

        self._accounts.with_store(state.connection_id, ask)

    def stop(self) -> None:
        """Cancel what runs; nothing is left of it."""
        for dialog in list(self._dialogs):
            dialog.reject()

    def _open(self, dialog: DownloadDialog, work: _Work) -> None:
        key = ("download", next(self._numbers))

        def start(path: str, form: str) -> None:
            adds_layer = dialog.adds_layer

            def run(job: Job) -> QgsRasterLayer | None:
                work(path, form, progress_of(job))
                return open_local(path) if adds_layer else None

            self._workers.run(
                run,
                item=dialog.show_progress,
                done=lambda layer: self._finished(dialog, path, layer),
                failed=dialog.show_failure,
                key=key,
            )

        def forget(_result: int) -> None:
            self._workers.cancel(key)
            self._dialogs.discard(dialog)
            dialog.deleteLater()

        self._dialogs.add(dialog)
        dialog.started.connect(start)
        dialog.finished.connect(forget)
        dialog.show()

    def _finished(self, dialog: DownloadDialog, path: str, layer: QgsRasterLayer | None) -> None:
        dialog.accept()
        if layer is not None:
            QgsProject.instance().addMapLayer(layer)
        messages.show_note(self._bar, tr("{path} is complete.").format(path=path))


def _stem(name: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name.removesuffix(".tif")).strip("-.") or "layer"
