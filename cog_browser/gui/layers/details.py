# SPDX-License-Identifier: GPL-2.0-or-later
"""A live view of one layer: where it comes from, how it is, and what it has cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.core import QgsMapLayer
from qgis.PyQt.QtCore import QLocale, Qt, QTimer
from qgis.PyQt.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.layer_sources import saved_sources
from cog_browser.adapters.layer_time import taken_text, time_of
from cog_browser.adapters.sessions import sessions
from cog_browser.gui.help import add_help
from cog_browser.gui.layers.meters import LayerMeters
from cog_browser.gui.layers.texts import state_advice, state_title
from cog_browser.gui.text import one_line, size_text
from cog_browser.storage.errors import ConfigurationError

if TYPE_CHECKING:
    from cog_browser.adapters.layer_states import LayerStates
    from cog_browser.gui.layers.actions import LayerActions

_REFRESH_EVERY = 1000  # milliseconds


class LayerDetails(QDialog):
    """Closes itself with its layer. Thread: main."""

    def __init__(
        self,
        layer: QgsMapLayer,
        states: LayerStates,
        meters: LayerMeters,
        actions: LayerActions,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("CogBrowserLayerDetails")
        self.setWindowTitle(tr("Details of “{name}”").format(name=one_line(layer.name())))
        self._layer, self._states, self._meters = layer, states, meters
        self._form = QFormLayout()
        self.values: dict[str, QLabel] = {}
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        add_help(buttons)
        for text, act in (
            (tr("Retry now"), lambda: actions.retry([layer])),
            (tr("Reload from store"), lambda: actions.reload([layer])),
        ):
            button = QPushButton(text, self)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, act=act: act())
            buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(self._form)
        layout.addStretch()
        layout.addWidget(buttons)
        layer.willBeDeleted.connect(self.reject)
        states.changed.connect(self._show)
        meters.changed.connect(self._show)
        self._timer = QTimer(self)
        self._timer.setInterval(_REFRESH_EVERY)
        self._timer.timeout.connect(meters.refresh)
        self._timer.start()
        self._show()
        meters.refresh()
        self.resize(480, self.sizeHint().height())

    def done(self, result: int) -> None:
        if self._timer.isActive():
            self._timer.stop()
            self._states.changed.disconnect(self._show)
            self._meters.changed.disconnect(self._show)
        super().done(result)

    def _show(self, *_: object) -> None:
        state, number = self._states.state_of(self._layer), QLocale().toString
        if state is None:
            return
        self._set(tr("Connection"), _name_of(state.connection_id))
        self._set(tr("Container"), state.container)
        count = len(set(saved_sources(self._layer.source())))
        several = tr("{count} objects").format(count=number(count))
        self._set(tr("Object"), several if count > 1 else state.key)
        advice = state_advice(state.state)
        self._set(tr("State"), f"{state_title(state.state)}. {advice}".strip())
        self._set(tr("Reason"), state.reason or "–")
        taken = time_of(self._layer)
        if taken is not None:
            self._set(tr("Time"), taken_text(taken))
        meter = self._meters.of(self._layer)
        if meter is None:
            return
        self._set(tr("Requests to the store"), number(meter.requests))
        self._set(tr("Read from the store"), size_text(meter.bytes_fetched))
        self._set(tr("Of it read ahead"), size_text(meter.bytes_ahead))
        self._set(tr("Given to QGIS"), size_text(meter.bytes_served))
        self._set(tr("Of it from memory"), size_text(meter.bytes_cached))
        self._set(tr("Failures"), number(meter.failures))
        self._set(tr("Last failure"), meter.last_error or "–")

    def _set(self, name: str, text: str) -> None:
        label = self.values.get(name)
        if label is None:
            label = self.values[name] = QLabel(self)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setMinimumWidth(1)  # else it is as wide as the longest word of a name
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._form.addRow(name, label)
        label.setText(one_line(text))


def _name_of(connection_id: str) -> str:
    try:
        return sessions().repository.find(connection_id).name
    except ConfigurationError:
        return tr("an unknown account")
