# SPDX-License-Identifier: GPL-2.0-or-later
"""Settings › Options › COG Browser."""

from __future__ import annotations

from qgis.gui import QgsOptionsPageWidget, QgsOptionsWidgetFactory
from qgis.PyQt.QtWidgets import QCheckBox, QFormLayout, QGroupBox, QSpinBox, QVBoxLayout, QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.layer_time import dates_layers, save_dates_layers
from cog_browser.adapters.panel_settings import (
    returns_to_last_place,
    save_returns_to_last_place,
    save_shows_part_containers,
    shows_part_containers,
)
from cog_browser.adapters.reading_settings import (
    MEMORY_LEAST,
    MEMORY_MOST,
    ReadingSettings,
    reading_settings,
    save_reading_settings,
)
from cog_browser.adapters.workers import Workers
from cog_browser.gui.accounts.form_fields import note_label
from cog_browser.gui.cluster_options import ClusterOptions
from cog_browser.gui.icons import icon
from cog_browser.storage.gateway.process import set_up_gateway


class OptionsPage(QgsOptionsPageWidget):
    """How open layers are read, what the panel lists, and which cluster is used."""

    def __init__(self, workers: Workers, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("CogBrowserOptionsPage")
        self._workers = workers
        saved = reading_settings()
        self.memory, self.read_ahead = QSpinBox(self), QCheckBox(tr("Read ahead"), self)
        self.memory.setRange(MEMORY_LEAST, MEMORY_MOST)
        self.memory.setSingleStep(64)
        self.memory.setSuffix(" MB")
        self.memory.setValue(saved.memory)
        self.memory.setMinimumWidth(120)
        self.read_ahead.setChecked(saved.reads_ahead)
        memory_note, ahead_note = note_label(self), note_label(self)
        memory_note.setText(
            tr(
                "What layers have read is kept for all of them together, so that looking at the "
                "same place again asks no server."
            )
        )
        ahead_note.setText(
            tr(
                "While nothing else is read, fetch what lies around the map view and in the next "
                "zoom levels. Turn it off where every byte is paid for."
            )
        )
        group = QGroupBox(tr("Open layers"), self)
        form = QFormLayout(group)
        form.addRow(tr("Memory"), self.memory)
        form.addRow(memory_note)
        form.addRow(self.read_ahead)
        form.addRow(ahead_note)
        self.times, times_note = QCheckBox(tr("Date new layers"), self), note_label(self)
        self.times.setChecked(dates_layers())
        times_note.setText(
            tr(
                "A layer gets the time its image was taken, where metadata or name say it without "
                "doubt, so that QGIS's temporal controller can show it at its time."
            )
        )
        form.addRow(self.times)
        form.addRow(times_note)
        self.part_containers = QCheckBox(tr("Show the containers of segments"), self)
        self.part_containers.setChecked(shows_part_containers())
        parts_note = note_label(self)
        parts_note.setText(
            tr(
                "Parts of large objects are kept in a container of their own, e.g. "
                "rasters_segments beside rasters. They are no files to open; deleting one breaks "
                "its object. Refresh the panel to see the change."
            )
        )
        self.returns = QCheckBox(tr("Open the folder that was open last"), self)
        self.returns.setChecked(returns_to_last_place())
        panel = QGroupBox(tr("Panel"), self)
        panel_form = QFormLayout(panel)
        panel_form.addRow(self.returns)
        panel_form.addRow(self.part_containers)
        panel_form.addRow(parts_note)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(group)
        layout.addWidget(panel)
        self.cluster = ClusterOptions(self)
        layout.addWidget(self.cluster)
        layout.addStretch()

    def apply(self) -> None:
        """Save, and let the running gateway know, in a worker: it is another process."""
        settings = ReadingSettings(self.memory.value(), self.read_ahead.isChecked())
        save_reading_settings(settings)
        save_returns_to_last_place(self.returns.isChecked())
        save_dates_layers(self.times.isChecked())
        save_shows_part_containers(self.part_containers.isChecked())
        self.cluster.apply()
        self._workers.run(
            lambda _job: set_up_gateway(
                cache_bytes=settings.cache_bytes, look_ahead=settings.reads_ahead
            ),
            key=("options", "reading"),
        )

    def helpKey(self) -> str:
        return ""


class OptionsFactory(QgsOptionsWidgetFactory):
    """Makes the page when the options dialog opens."""

    def __init__(self, workers: Workers) -> None:
        super().__init__(tr("COG Browser"), icon("cog_browser"), "cog_browser")
        self._workers = workers

    def createWidget(self, parent: QWidget | None = None) -> OptionsPage:
        return OptionsPage(self._workers, parent)
