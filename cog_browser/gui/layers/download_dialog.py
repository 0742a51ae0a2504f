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
from cog_browser.adapters.workers import Job, Workers
from cog_browser.gui import messages
from cog_browser.gui.accounts.form_fields import name_file_field, note_label
from cog_browser.gui.help import add_help
from cog_browser.gui.mnemonics import Mnemonics
from cog_browser.storage.errors import ConfigurationError

_FOLDER = "plugins/cog_browser/download_folder"


class DownloadDialog(QDialog):
    """It emits `started(path, form)`; closing it while that runs cancels.

    Thread: main; the disk, which may be a network drive that is gone, is asked in workers.
    """

    started = pyqtSignal(str, str)

    def __init__(
        self,
        title: str,
        file_name: str,
        what: str,
        *,
        has_forms: bool,
        workers: Workers,
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
        proposed = Path(str(QSettings().value(_FOLDER, str(Path.home())))) / file_name
        self.file.setFilePath(str(proposed))
        self._proposed = self.file.filePath()
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
        self._workers = workers
        self._look = workers.run(lambda job: _free(proposed, job), done=self._propose)
        self.finished.connect(lambda _result: self._look.cancel())

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

    def _propose(self, free: Path) -> None:
        if self.file.filePath() == self._proposed:  # the user has written nothing meanwhile
            self.file.setFilePath(str(free))

    def _start(self) -> None:
        path = Path(self.file.filePath().strip()).expanduser()
        self._look.cancel()
        self._set_running(True)
        self.progress.setRange(0, 0)
        self._look = self._workers.run(
            lambda _job: _is_there(path),
            done=lambda is_there: self._on_looked(path, is_there),
            failed=self.show_failure,
        )

    def _on_looked(self, path: Path, is_there: bool) -> None:
        if is_there and path != self._to_replace:
            self._to_replace = path
            self._set_running(False)
            said = tr("“{name}” exists. Press Download again to replace it, or change the name.")
            self.note.setText(said.format(name=path.name))
            self.note.show()
            return
        QSettings().setValue(_FOLDER, str(path.parent))
        self.progress.setRange(0, 100)
        self.started.emit(str(path), self.form.currentData())

    def _set_running(self, is_running: bool) -> None:
        self.progress.setRange(0, 100)
        self.progress.setValue(0)
        self.progress.setVisible(is_running)
        self.note.hide()
        for widget in (self.file, self.form, self.start_button):
            widget.setEnabled(not is_running)


def _is_there(path: Path) -> bool:
    """Whether a file would be replaced. Raises `ConfigurationError` where none can be written."""
    if not path.is_absolute() or not path.parent.is_dir():
        raise ConfigurationError(tr("Choose a file in a folder that exists."))
    return path.exists()


def _free(path: Path, job: Job) -> Path:
    """A path like this one where no file is yet."""
    names = (path.with_name(f"{path.stem} ({n}){path.suffix}") for n in range(2, 1000))
    for name in (path, *names):
        job.check()
        if not name.exists():
            return name
    return path
