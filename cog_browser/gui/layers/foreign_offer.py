# SPDX-License-Identifier: GPL-2.0-or-later
"""Offers connections for layers whose secrets are in the environment or in the project file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from qgis.core import Qgis, QgsMapLayer, QgsProject, QgsRasterLayer
from qgis.gui import QgsMessageBar
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, QTimer
from qgis.PyQt.QtWidgets import QWidget

from cog_browser.adapters.foreign_layers import (
    adopt,
    clear_credentials,
    connection_in_clear,
    foreign_address,
    foreign_layers,
    is_same_account,
)
from cog_browser.adapters.i18n import tr
from cog_browser.adapters.sessions import Sessions
from cog_browser.adapters.workers import Workers
from cog_browser.gui import messages
from cog_browser.gui.accounts.accounts import Accounts
from cog_browser.gui.text import one_line
from cog_browser.storage.connection_kinds import KINDS
from cog_browser.storage.store import ObjectStore

#: The stores of GDAL's file systems, by name.
_STORES = {
    "/vsis3/": "Amazon S3",
    "/vsigs/": "Google Cloud Storage",
    "/vsiaz/": "Azure Blob Storage",
    "/vsiadls/": "Azure Data Lake Storage",
    "/vsioss/": "Alibaba Cloud OSS",
}
_Deed = tuple[str, Callable[[], None]]


class ForeignOffer(QObject):
    """Says once of each layer what can be done. Thread: main."""

    def __init__(
        self,
        sessions: Sessions,
        workers: Workers,
        message_bar: QgsMessageBar,
        accounts: Accounts,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._sessions, self._workers = sessions, workers
        self._bar, self._accounts = message_bar, accounts
        self._offered: set[str] = set()
        self._adopting: set[str] = set()
        self._shown: dict[str, QWidget] = {}  # by what it is about
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._look)
        QgsProject.instance().layersAdded.connect(self._look_soon)
        sessions.repository.changed.connect(self._on_connections_changed)
        self._look_soon()

    def stop(self) -> None:
        QgsProject.instance().layersAdded.disconnect(self._look_soon)
        self._sessions.repository.changed.disconnect(self._on_connections_changed)
        self._adopting.clear()
        self._soon.stop()
        for about in list(self._shown):
            self._take_away(about)

    def _look_soon(self, _layers: Any = None) -> None:
        self._soon.start(0)

    def _on_connections_changed(self) -> None:
        """There may be one now that can read them."""
        self._offered.clear()
        self._look_soon()

    def _look(self) -> None:
        found = [x for x in QgsProject.instance().mapLayers().values() if self._is_new(x)]
        self._offered.update(layer.id() for layer in found)
        ours = set(foreign_layers(QgsProject.instance()))
        clear = [layer for layer in found if clear_credentials(layer) is not None]
        for kind in KINDS:
            mine = [x for x in found if x in ours and _kind_of(x) == kind]
            self._offer_connections("environment", kind, [x for x in mine if x not in clear])
            self._offer_connections("clear", kind, [x for x in mine if x in clear])
        self._warn([layer for layer in clear if layer not in ours])

    def _is_new(self, layer: QgsMapLayer) -> bool:
        known = self._offered | self._adopting
        return isinstance(layer, QgsRasterLayer) and layer.id() not in known

    def _offer_connections(self, where: str, kind: str, layers: Sequence[QgsRasterLayer]) -> None:
        """``where`` their secret is, or was."""
        if not layers:
            return
        about = f"{where} {kind}"
        self._take_away(about)
        if where == "clear":
            text = tr("The project file holds the secret of {names} in clear.")
        else:
            text = tr("The environment no longer holds the secret of {names}.")
        choices: list[_Deed] = []
        draft = connection_in_clear(layers[0])
        if draft is not None:
            mine = [layer for layer in layers if is_same_account(layer, layers[0])]
            set_up = partial(self._accounts.set_up, *draft, partial(self._adopt, about, mine))
            choices = [(tr("Set up a connection from it…"), set_up)]
        saved = [
            (connection.name, partial(self._adopt, about, layers, connection.id))
            for connection in self._sessions.repository.all()
            if connection.kind == kind
        ]
        if len(saved) == 1:
            label = tr("Read with “{connection}”").format(connection=saved[0][0])
            choices.append((label, saved.pop()[1]))
        if not saved and not choices:
            choices = [(tr("Set up connection…"), self._accounts.add)]
        self._shown[about] = messages.show_choice(
            self._bar,
            text.format(names=_names(layers)),
            Qgis.MessageLevel.Info,
            choices,
            (tr("Read with"), saved) if saved else None,
        )

    def _warn(self, layers: Sequence[QgsMapLayer]) -> None:
        """Of secrets that no connection takes."""
        if not layers:
            return
        self._take_away("others")
        handlers = {clear.handler for x in layers if (clear := clear_credentials(x)) is not None}
        stores = ", ".join(sorted({_STORES.get(name, name.strip("/")) for name in handlers}))
        text = tr(
            "The project file holds the secret of {names} in clear ({stores}). QGIS reads it by "
            "itself: COG Browser can't set up a connection from it. Don't pass the file on."
        ).format(names=_names(layers), stores=stores)
        self._shown["others"] = messages.show_choice(self._bar, text, Qgis.MessageLevel.Warning, [])

    def _adopt(self, about: str, layers: Sequence[QgsRasterLayer], connection_id: str) -> None:
        self._take_away(about)
        left = [layer for layer in layers if not sip.isdeleted(layer)]
        in_clear = [layer for layer in left if clear_credentials(layer) is not None]
        self._adopting.update(layer.id() for layer in left)

        def take_over(store: ObjectStore) -> None:
            for layer in left:
                if not sip.isdeleted(layer):
                    name = layer.name() if layer in in_clear else ""
                    done = partial(self._on_adopted, layer.id(), name)
                    adopt(layer, store, self._workers, done)

        def declined() -> None:
            self._adopting.difference_update(layer.id() for layer in left)

        self._accounts.with_store(connection_id, take_over, declined)

    def _on_adopted(self, layer_id: str, name: str, error: Exception | None) -> None:
        self._adopting.discard(layer_id)
        if error is not None:
            messages.show_error(self._bar, error)
        elif name:
            text = tr(
                "Save the project: its file still holds the secret of “{name}”, as do copies of "
                "it. Change the secret at your provider if others may have seen them."
            ).format(name=one_line(name))
            messages.show(self._bar, messages.Message(tr("Read with a connection"), text))

    def _take_away(self, about: str) -> None:
        messages.take_away(self._bar, self._shown.pop(about, None))


def _kind_of(layer: QgsMapLayer) -> str:
    address = foreign_address(layer)
    return address[0] if address is not None else ""


def _names(layers: Sequence[QgsMapLayer]) -> str:
    """The first layers' names."""
    named = ", ".join(f"“{one_line(layer.name())}”" for layer in layers[:3])
    return f"{named}, …" if len(layers) > 3 else named
