# SPDX-License-Identifier: GPL-2.0-or-later
"""Offers to read layers through a connection that QGIS reads by itself."""

from __future__ import annotations

from functools import partial
from typing import Any

from qgis.core import Qgis, QgsProject, QgsRasterLayer
from qgis.gui import QgsMessageBar
from qgis.PyQt import sip
from qgis.PyQt.QtCore import QObject, QTimer
from qgis.PyQt.QtWidgets import QWidget

from cog_browser.adapters.foreign_layers import adopt_vsiswift, foreign_layers
from cog_browser.adapters.i18n import tr
from cog_browser.adapters.sessions import Sessions
from cog_browser.adapters.workers import Workers
from cog_browser.gui import messages
from cog_browser.gui.accounts.accounts import Accounts
from cog_browser.storage.store import ObjectStore

#: Buttons in the message; whoever has more connections finds them in the panel.
_MOST = 4


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
        self._message: QWidget | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._look)
        QgsProject.instance().layersAdded.connect(self._look_soon)
        sessions.repository.changed.connect(self._on_connections_changed)
        self._look_soon()

    def stop(self) -> None:
        QgsProject.instance().layersAdded.disconnect(self._look_soon)
        self._sessions.repository.changed.disconnect(self._on_connections_changed)
        self._soon.stop()
        messages.take_away(self._bar, self._message)

    def _look_soon(self, _layers: Any = None) -> None:
        self._soon.start(0)

    def _on_connections_changed(self) -> None:
        """There may be one now that can read them."""
        self._offered.clear()
        self._look_soon()

    def _look(self) -> None:
        layers = [x for x in foreign_layers(QgsProject.instance()) if x.id() not in self._offered]
        if not layers:
            return
        self._offered.update(layer.id() for layer in layers)
        messages.take_away(self._bar, self._message)
        connections = self._sessions.repository.all()[:_MOST]
        text = tr(
            "Layers read an object store with secrets from the environment or the project file: "
            "{names}. A connection can read them instead."
        ).format(names=", ".join(f"“{messages.one_line(layer.name())}”" for layer in layers))
        if not connections:
            text = f"{text} {tr('Add one in the COG Browser panel.')}"
        self._message = messages.show_choice(
            self._bar,
            text,
            Qgis.MessageLevel.Info,
            [
                (
                    tr("Read with “{connection}”").format(connection=connection.name),
                    partial(self._adopt, connection.id, layers),
                )
                for connection in connections
            ],
        )

    def _adopt(self, connection_id: str, layers: list[QgsRasterLayer]) -> None:
        messages.take_away(self._bar, self._message)

        def adopt(store: ObjectStore) -> None:
            for layer in layers:
                if not sip.isdeleted(layer):
                    adopt_vsiswift(layer, store, self._workers, self._on_adopted)

        self._accounts.with_store(connection_id, adopt)

    def _on_adopted(self, error: Exception | None) -> None:
        if error is not None:
            messages.show_error(self._bar, error)
