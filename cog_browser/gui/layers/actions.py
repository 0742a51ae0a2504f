# SPDX-License-Identifier: GPL-2.0-or-later
"""What users can do with layers on objects: retry, reload, sign in, details, download."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from qgis.core import QgsMapLayer, QgsProject
from qgis.gui import QgsLayerTreeView, QgsMapCanvas, QgsMessageBar
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, Qt
from qgis.PyQt.QtWidgets import QDialog, QMenu, QWidget

from cog_browser.adapters.foreign_layers import connection_for
from cog_browser.adapters.i18n import tr
from cog_browser.adapters.layer_sources import gateway_urls, saved_sources
from cog_browser.adapters.layer_states import PENDING, LayerStates
from cog_browser.adapters.layer_swap import revive
from cog_browser.adapters.sessions import sessions
from cog_browser.adapters.workers import Workers
from cog_browser.gui import messages
from cog_browser.gui.accounts.accounts import Accounts
from cog_browser.gui.icons import icon
from cog_browser.gui.layers.details import LayerDetails
from cog_browser.gui.layers.download import LayerDownload
from cog_browser.gui.layers.meters import LayerMeters
from cog_browser.gui.menus import enable
from cog_browser.gui.text import one_line
from cog_browser.storage.gateway.process import running_gateway
from cog_browser.storage.gateway.shared_object import FAILING, READING


class LayerActions(QObject):
    """Thread: main. Dialogs open without blocking; `stop` closes them."""

    def __init__(
        self,
        states: LayerStates,
        meters: LayerMeters,
        accounts: Accounts,
        workers: Workers,
        bar: QgsMessageBar,
        canvas: QgsMapCanvas,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._states, self._meters, self._accounts = states, meters, accounts
        self._workers, self._bar, self._window = workers, bar, window
        self._download = LayerDownload(states, accounts, workers, bar, canvas, window)
        self._reloads: list[_Reload] = []
        self._dialogs: set[QDialog] = set()
        states.changed.connect(self._on_changed)
        QgsProject.instance().layersRemoved.connect(self._on_removed)

    def fill(self, menu: QMenu, view: QgsLayerTreeView) -> None:
        """Add what can be done with the selected layers to the layer tree's context menu."""
        layers = [x for x in view.selectedLayers() if self._states.state_of(x) is not None]
        if not layers:
            return
        menu.addSeparator()
        self._add(menu.addMenu(icon("cog_browser"), tr("COG Browser")), layers)

    def menu_of(self, layer: QgsMapLayer) -> QMenu:
        """The menu of a layer's indicator."""
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._add(menu, [layer])
        return menu

    def sign_in(self, connection_id: str, layers: Iterable[QgsMapLayer] = ()) -> None:
        """With the kept secret, or ask for one; for an unknown account, for the connection.

        ``layers`` are those it is wanted for.
        """
        if connection_id and sessions().is_signed_in(connection_id):
            self._accounts.sign_in(connection_id)  # what was given for it no longer works
        elif connection_id:
            self._accounts.with_store(connection_id, lambda _store: None)
        else:
            sources = (one for layer in layers for one in saved_sources(layer.source()))
            drafts = filter(None, map(connection_for, sources))
            self._accounts.set_up(next(drafts, None))

    def retry(self, layers: Iterable[QgsMapLayer]) -> None:
        """Try now what could not be read, or opened."""
        urls = []
        for layer in layers:
            state = self._states.state_of(layer)
            if state is not None and self._states.is_lost(layer):
                revive(layer, self._workers, self._on_retried)
            else:
                urls += gateway_urls(layer.source())
        if urls:
            self._workers.run(
                lambda _job: _retry(urls), failed=lambda e: messages.show_error(self._bar, e)
            )

    def reload(self, layers: Sequence[QgsMapLayer]) -> None:
        """Look for the objects as they are in the store now, and say whether they are others."""
        self._reloads.append(_Reload(layers))
        for layer in layers:
            revive(layer, self._workers, partial(self._on_reloaded, layer.id()), anew=True)

    def _on_retried(self, error: Exception | None) -> None:
        if error is not None:
            messages.show_once(self._bar, messages.describe(error))

    def is_reloading(self, layer_id: str) -> bool:
        """Whether `reload` is going to say what became of a layer."""
        return any(layer_id in run.waiting for run in self._reloads)

    def show_details(self, layer: QgsMapLayer) -> None:
        """Open a live view of the layer's state and meter."""
        dialog = LayerDetails(layer, self._states, self._meters, self, self._window)
        self._dialogs.add(dialog)

        def forget(_result: int) -> None:
            self._dialogs.discard(dialog)
            dialog.deleteLater()

        dialog.finished.connect(forget)
        dialog.show()

    def stop(self) -> None:
        self._states.changed.disconnect(self._on_changed)
        QgsProject.instance().layersRemoved.disconnect(self._on_removed)
        self._reloads.clear()
        self._download.stop()
        for dialog in list(self._dialogs):
            dialog.reject()

    def _add(self, menu: QMenu, layers: Sequence[QgsMapLayer]) -> None:
        menu.setToolTipsVisible(True)
        first = self._states.state_of(layers[0])
        ailing = [x for x in layers if self._states.state_of(x).state != READING]

        def add(text: str, act: Callable[[], Any], name: str = "", *, why_not: str = "") -> None:
            action = menu.addAction(text)
            action.setObjectName(f"CogBrowserLayer{name}")
            enable(action, not why_not, why_not)
            action.triggered.connect(lambda _checked=False: act())

        if ailing:
            text = sign_in_text(first.connection_id)
            add(text, lambda: self.sign_in(first.connection_id, _alive(layers)), "SignIn")
            add(tr("Retry now"), lambda: self.retry(_alive(layers)), "Retry")
        add(tr("Reload from store"), lambda: self.reload(_alive(layers)), "Reload")
        if len(layers) > 1:
            return
        (layer,) = layers
        is_open = first.state != PENDING

        def on_layer(act: Callable[[QgsMapLayer], None]) -> Callable[[], None]:
            return lambda: [act(x) for x in _alive([layer])]

        menu.addSeparator()
        why = "" if is_open else tr("The layer waits: nothing of it can be read yet.")
        add(tr("Download window…"), on_layer(self._download.window), "Window", why_not=why)
        is_one = len(saved_sources(layer.source())) == 1
        why = "" if is_one else tr("The layer shows several objects; download them in the panel.")
        add(tr("Download raster…"), on_layer(self._download.raster), "Raster", why_not=why)
        menu.addSeparator()
        add(tr("Details…"), on_layer(self.show_details), "Details")

    def _on_reloaded(self, layer_id: str, error: Exception | None) -> None:
        """A reload has ended, by itself or because the layer's state says so."""
        layer = QgsProject.instance().mapLayer(layer_id)
        for run in [run for run in self._reloads if layer_id in run.waiting]:
            before = run.waiting.pop(layer_id)
            if error is not None:
                run.errors.append(error)
            elif layer is not None and layer.source() != before:
                run.changed.append(layer.name())
            elif layer is not None:
                run.same.append(layer.name())
            if not run.waiting:
                self._reloads.remove(run)
                self._report(run)

    def _on_changed(self, layer_id: str) -> None:
        """An object that was found replaced is opened anew by others, who cancel our try."""
        layer = QgsProject.instance().mapLayer(layer_id)
        for run in list(self._reloads):
            before = run.waiting.get(layer_id)
            state = self._states.state_of(layer) if layer is not None else None
            if before is None or state is None:
                continue
            if state.state == READING and layer.source() != before:
                self._on_reloaded(layer_id, None)
            elif state.state == FAILING:  # which has a message of its own
                run.waiting.pop(layer_id)
                self._reloads = [r for r in self._reloads if r.waiting]

    def _on_removed(self, layer_ids: Iterable[str]) -> None:
        for layer_id in layer_ids:
            self._on_reloaded(layer_id, None)

    def _report(self, run: _Reload) -> None:
        if run.errors:
            messages.show_error(self._bar, run.errors[0])
        if len(run.changed) == 1:
            said = tr("“{name}” had been replaced in the store; the map shows the new object now.")
            messages.show_note(self._bar, said.format(name=one_line(run.changed[0])))
        elif run.changed:
            said = tr("{count} of {total} layers had been replaced in the store and are new now.")
            total = len(run.changed) + len(run.same) + len(run.errors)
            messages.show_note(self._bar, said.format(count=len(run.changed), total=total))
        elif len(run.same) == 1:
            said = tr("“{name}” is unchanged in the store.")
            messages.show_note(self._bar, said.format(name=one_line(run.same[0])))
        elif run.same:
            said = tr("All {count} layers are unchanged in the store.")
            messages.show_note(self._bar, said.format(count=len(run.same)))


class _Reload:
    """Layers that were reloaded together, and what came of it."""

    def __init__(self, layers: Iterable[QgsMapLayer]) -> None:
        self.waiting = {layer.id(): layer.source() for layer in layers}
        self.changed: list[str] = []
        self.same: list[str] = []
        self.errors: list[Exception] = []


def sign_in_text(connection_id: str) -> str:
    """What a button says that calls `LayerActions.sign_in`."""
    return tr("Sign in…") if connection_id else tr("Set up connection…")


def _retry(urls: list[str]) -> None:
    gateway = running_gateway()
    for url in urls if gateway is not None else ():
        gateway.retry(url)


def _alive(layers: Iterable[QgsMapLayer]) -> list[QgsMapLayer]:
    return [layer for layer in layers if not sip.isdeleted(layer)]
