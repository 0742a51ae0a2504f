# SPDX-License-Identifier: GPL-2.0-or-later
"""The part of the options that names a Dask cluster."""

from __future__ import annotations

from qgis.gui import QgsFileWidget
from qgis.PyQt.QtWidgets import QComboBox, QFormLayout, QGroupBox, QLineEdit, QWidget

from cog_browser.adapters.cluster_settings import save_fields, saved_fields
from cog_browser.adapters.i18n import tr
from cog_browser.cog.cluster.settings import ENVIRONMENT, TOKEN
from cog_browser.gui.accounts.form_fields import name_file_field, note_label


class ClusterOptions(QGroupBox):
    """Where the scheduler is, and what the workers sign in with."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Dask cluster"), parent)
        saved = saved_fields()
        self.scheduler = QLineEdit(saved["scheduler"], self)
        self.scheduler.setPlaceholderText("tls://host.example.org:8786")
        self.files = {name: QgsFileWidget(self) for name in ("ca_file", "certificate", "key_file")}
        for name, widget in self.files.items():
            widget.setFilePath(saved[name])
        self.credentials = QComboBox(self)
        self.credentials.addItem(tr("A token that ends soon, sent by QGIS"), TOKEN)
        self.credentials.addItem(tr("Their own environment"), ENVIRONMENT)
        self.credentials.setCurrentIndex(self.credentials.findData(saved["credentials"]))
        note = note_label(self)
        note.setText(
            tr(
                "For “Publish folder as COG” and “Validate COG folder” with the executor "
                "“dask”. A scheduler on another computer needs tls:// and the three files. "
                "Passwords never go to the workers."
            )
        )
        form = QFormLayout(self)
        form.addRow(tr("Scheduler"), self.scheduler)
        for label, name in (
            (tr("CA of the cluster"), "ca_file"),
            (tr("Certificate"), "certificate"),
            (tr("Key of the certificate"), "key_file"),
        ):
            form.addRow(label, self.files[name])
            name_file_field(self.files[name], label)
        form.addRow(tr("Workers sign in with"), self.credentials)
        form.addRow(note)

    def apply(self) -> None:
        save_fields(
            {
                "scheduler": self.scheduler.text(),
                "credentials": self.credentials.currentData(),
                **{name: widget.filePath() for name, widget in self.files.items()},
            }
        )
