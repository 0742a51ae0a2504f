# SPDX-License-Identifier: GPL-2.0-or-later
"""Says in the message bar what ails the open layers: once for each connection and reason."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from qgis.core import Qgis, QgsMapLayer, QgsProject
from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QObject, QTimer
from qgis.PyQt.QtWidgets import QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.layer_states import PENDING, LayerState, LayerStates
from cog_browser.gui import messages
from cog_browser.gui.layers.actions import sign_in_text
from cog_browser.gui.text import one_line
from cog_browser.storage.gateway.shared_object import FAILING, READING, REPLACED, SILENT, WAITING

if TYPE_CHECKING:
    from cog_browser.gui.layers.actions import LayerActions

_CALM = 300  # milliseconds: what has mended itself by then is not worth a message

#: Connection, and what ails its layers.
_Topic = tuple[str, str]
_Ailing = tuple[QgsMapLayer, LayerState]


class LayerMessages(QObject):
    """Thread: main. ``name_of`` gives a connection's name, empty where there is none."""

    def __init__(
        self,
        bar: QgsMessageBar,
        states: LayerStates,
        actions: LayerActions,
        name_of: Callable[[str], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bar, self._states, self._actions, self._name_of = bar, states, actions, name_of
        self._shown: dict[_Topic, tuple[QWidget, str]] = {}
        self._replaced: set[str] = set()  # layer ids
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_CALM)
        self._soon.timeout.connect(self.update)
        states.changed.connect(self._on_changed)
        QgsProject.instance().layersRemoved.connect(self._soon_again)

    def update(self) -> None:
        """Show, change and take away messages, so that they say how things are."""
        topics: dict[_Topic, list[_Ailing]] = {}
        renewed = []
        for layer in QgsProject.instance().mapLayers().values():
            state = self._states.state_of(layer)
            if state is None:
                continue
            if state.state in (WAITING, PENDING, SILENT, FAILING):
                kind = WAITING if state.state == PENDING else state.state
                topics.setdefault((state.connection_id, kind), []).append((layer, state))
            elif state.state == READING and layer.id() in self._replaced:
                renewed.append(layer)
            if state.state != REPLACED:
                self._replaced.discard(layer.id())
        for topic in [topic for topic in self._shown if topic not in topics]:
            messages.take_away(self._bar, self._shown.pop(topic)[0])
        for topic, ailing in topics.items():
            self._show(topic, ailing)
        self._tell_renewed(renewed)

    def stop(self) -> None:
        self._soon.stop()
        self._states.changed.disconnect(self._on_changed)
        QgsProject.instance().layersRemoved.disconnect(self._soon_again)
        for item, _ in self._shown.values():
            messages.take_away(self._bar, item)
        self._shown.clear()

    def _on_changed(self, layer_id: str) -> None:
        layer = QgsProject.instance().mapLayer(layer_id)
        state = self._states.state_of(layer) if layer is not None else None
        is_replaced = state is not None and state.state == REPLACED
        if is_replaced and not self._actions.is_reloading(layer_id):  # which says it itself
            self._replaced.add(layer_id)
        self._soon_again()

    def _soon_again(self, *_: object) -> None:
        if not self._soon.isActive():  # a flood must not put the message off for ever
            self._soon.start()

    def _show(self, topic: _Topic, ailing: Sequence[_Ailing]) -> None:
        text = one_line(self._text(topic, ailing))
        if topic in self._shown:
            item, before = self._shown[topic]
            if text != before and item in self._bar.items():  # else the user has closed it
                item.setText(html.escape(text))
            self._shown[topic] = (item, text)
            return
        connection_id, kind = topic
        sign_in = (
            sign_in_text(connection_id),
            lambda: self._actions.sign_in(connection_id, self._layers_of(topic)),
        )
        retry = (tr("Retry"), lambda: self._actions.retry(self._layers_of(topic)))
        choices = {FAILING: [retry, sign_in], WAITING: [sign_in, retry], SILENT: []}[kind]
        item = messages.show_choice(self._bar, text, Qgis.MessageLevel.Warning, choices)
        self._shown[topic] = (item, text)

    def _text(self, topic: _Topic, ailing: Sequence[_Ailing]) -> str:
        connection_id, kind = topic
        layer, state = ailing[0]
        if len(ailing) == 1:
            said = tr("“{layer}” can't be read: {reason}")
            if kind != FAILING:
                said = tr("“{layer}” waits: {reason}")
        else:
            said = tr("{count} layers of “{connection}” can't be read. The first: {reason}")
            if kind != FAILING:
                said = tr("{count} layers of “{connection}” wait. The first: {reason}")
        name = self._name_of(connection_id) or tr("an unknown account")
        return said.format(
            layer=layer.name(), count=len(ailing), connection=name, reason=state.reason
        )

    def _layers_of(self, topic: _Topic) -> list[QgsMapLayer]:
        found = []
        for layer in QgsProject.instance().mapLayers().values():
            state = self._states.state_of(layer)
            is_ailing = state is not None and state.state in (WAITING, PENDING, FAILING)
            if is_ailing and state.connection_id == topic[0]:
                found.append(layer)
        return found

    def _tell_renewed(self, layers: Sequence[QgsMapLayer]) -> None:
        if len(layers) == 1:
            said = tr("“{name}” was replaced in the store; the map shows the new object now.")
            messages.show_note(self._bar, said.format(name=one_line(layers[0].name())))
        elif layers:
            said = tr("{count} layers were replaced in the store; the map shows the new objects.")
            messages.show_note(self._bar, said.format(count=len(layers)))
