# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes a connection into a file that other tools read, without its secrets."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from qgis.gui import QgsMessageBar
from qgis.PyQt.QtCore import QObject
from qgis.PyQt.QtWidgets import QDialog, QFileDialog, QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.workers import Job, Workers
from cog_browser.gui import messages
from cog_browser.storage.config_files.export import to_clouds_yaml, to_openrc
from cog_browser.storage.connection import Connection
from cog_browser.storage.transfers.local_files import whole_file_or_nothing


class ConnectionExport(QObject):
    """Thread: main; the file is written in a worker."""

    def __init__(
        self,
        workers: Workers,
        bar: QgsMessageBar,
        open_dialog: Callable[[QDialog], None],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._workers, self._bar = workers, bar
        self._open_dialog, self._window = open_dialog, window
        self._paths: set[str] = set()

    def ask(self, connection: Connection, form: str) -> None:
        """Ask where to, then write “openrc.sh” or “clouds.yaml”."""
        stem = re.sub(r"[^\w.-]+", "-", connection.name).strip("-.") or "connection"
        dialog = QFileDialog(self._window, tr("Export connection"))
        dialog.setObjectName("CogBrowserExportDialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(f"{stem}-{form}" if form == "openrc.sh" else form)
        dialog.fileSelected.connect(lambda path: self.write(connection, form, path))
        self._open_dialog(dialog)

    def write(self, connection: Connection, form: str, path: str) -> None:
        def work(_job: Job) -> None:
            is_openrc = form == "openrc.sh"
            text = to_openrc(connection) if is_openrc else to_clouds_yaml([connection])
            with whole_file_or_nothing(Path(path)) as file:
                file.write(text.encode())

        self._paths.add(path)
        said = tr("“{name}” was written to {path}, without its secret.")
        self._workers.run(
            work,
            done=lambda _result: messages.show_note(
                self._bar, said.format(name=connection.name, path=path)
            ),
            failed=partial(messages.show_error, self._bar),
            key=("accounts", "export", path),
        )

    def stop(self) -> None:
        for path in self._paths:
            self._workers.cancel(("accounts", "export", path))
