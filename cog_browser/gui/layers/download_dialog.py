# SPDX-License-Identifier: GPL-2.0-or-later
"""Asks where to save something, then shows how far it is."""

from __future__ import annotations

from pathlib import Path

from qgis.gui import QgsFileWidget
from qgis.PyQt.QtCore import QSettings, pyqtSignal
from qgis.PyQt.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from cog_browser.adapters.i18n import tr
from cog_browser.gui import messages
from cog_browser.gui.accounts.form_fields import name_file_field, note_label
from cog_browser.gui.help import add_help
from cog_browser.gui.mnemonics import Mnemonics

_FOLDER = "plugins/cog_browser/download_folder"


class DownloadDialog(QDialog):
    """It emits `started(path, form)`; closing it while that runs cancels. Thread: main."""

    started = pyqtSignal(str, str)

    def __init__(
        self,
        title: str,
        file_name: str,
        what: str,
        *,
        has_forms: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("CogBrowserDownloadDialog")
        self.setWindowTitle(title)
        self.file, self.form = QgsFileWidget(self), QComboBox(self)
        self.add_layer = QCheckBox(tr("Add it to the map"), self)
        self.progress, self.note = QProgressBar(self), note_label(self)
        self.progress.setAccessibleName(tr("Progress"))
        self.file.setStorageMode(QgsFileWidget.StorageMode.SaveFile)
        self.file.setFilter(tr("GeoTIFF (*.tif *.tiff)"))
        self.file.setConfirmOverwrite(True)
        folder = QSettings().value(_FOLDER, str(Path.home()))
        self.file.setFilePath(str(_free(Path(str(folder)) / file_name)))
        self._to_replace: Path | None = None  # what the user has been told is there
        self.form.addItem(tr("Cloud Optimized GeoTIFF"), "COG")
        self.form.addItem(tr("GeoTIFF"), "GTiff")
        self.progress.setRange(0, 100)
        self.progress.hide()
        self.note.hide()
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        add_help(self.buttons)
        Mnemonics(self)
        self.start_button = self.buttons.addButton(
            tr("Download"), QDialogButtonBox.ButtonRole.ActionRole
        )
        self.start_button.setDefault(True)
        self.start_button.clicked.connect(lambda _checked=False: self._start())
        self.buttons.rejected.connect(self.reject)
        said = note_label(self, what)
        form = QFormLayout()
        form.addRow(said)
        form.addRow(tr("File"), self.file)
        name_file_field(self.file, tr("File"))
        if has_forms:
            form.addRow(tr("Format"), self.form)
        self.form.setVisible(has_forms)
        form.addRow(self.add_layer)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(self.progress)
        layout.addWidget(self.note)
        layout.addStretch()
        layout.addWidget(self.buttons)
        self.resize(520, self.sizeHint().height())

    @property
    def adds_layer(self) -> bool:
        return self.add_layer.isChecked()

    def show_progress(self, percent: int) -> None:
        self.progress.setValue(percent)

    def show_failure(self, error: Exception) -> None:
        """Say what went wrong, and let the user try again."""
        self._set_running(False)
        self.note.setText(messages.describe(error).full_text)
        self.note.show()

    def _start(self) -> None:
        path = Path(self.file.filePath().strip()).expanduser()
        if not path.is_absolute() or not path.parent.is_dir():
            self.note.setText(tr("Choose a file in a folder that exists."))
            self.note.show()
            return
        if path.exists() and path != self._to_replace:
            self._to_replace = path
            said = tr("“{name}” exists. Press Download again to replace it, or change the name.")
            self.note.setText(said.format(name=path.name))
            self.note.show()
            return
        QSettings().setValue(_FOLDER, str(path.parent))
        self._set_running(True)
        self.started.emit(str(path), self.form.currentData())

    def _set_running(self, is_running: bool) -> None:
        self.progress.setValue(0)
        self.progress.setVisible(is_running)
        self.note.hide()
        for widget in (self.file, self.form, self.start_button):
            widget.setEnabled(not is_running)


def _free(path: Path) -> Path:
    """A path like this one where no file is yet."""
    names = (path.with_name(f"{path.stem} ({n}){path.suffix}") for n in range(2, 1000))
    return next((p for p in (path, *names) if not p.exists()), path)
