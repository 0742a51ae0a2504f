# SPDX-License-Identifier: GPL-2.0-or-later
"""Asks before QGIS closes over transfers that run."""

from __future__ import annotations

from typing import Any

from qgis.gui import QgsApplicationExitBlockerInterface
from qgis.PyQt.QtCore import Qt
from qgis.PyQt.QtWidgets import QMessageBox

from cog_browser.adapters.i18n import tr
from cog_browser.gui.manage.transfers_dialog import TransfersDialog


class ExitQuestion(QgsApplicationExitBlockerInterface):
    """QGIS asks it once whenever the user closes QGIS, and never when plugins go. Thread: main."""

    def __init__(self, iface: Any, transfers: TransfersDialog) -> None:
        super().__init__()
        self._iface, self._transfers = iface, transfers
        iface.registerApplicationExitBlocker(self)

    def stop(self) -> None:
        self._iface.unregisterApplicationExitBlocker(self)

    def allowExit(self) -> bool:
        """Whether nothing runs, or the user lets it be stopped."""
        count = self._transfers.under_way
        if not count:
            return True
        box = QMessageBox(self._iface.mainWindow())
        box.setObjectName("CogBrowserExitQuestion")
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(tr("COG Browser"))
        box.setTextFormat(Qt.TextFormat.PlainText)
        if count == 1:
            box.setText(tr("1 transfer is under way. Close QGIS and stop it?"))
        else:
            said = tr("{count} transfers are under way. Close QGIS and stop them?")
            box.setText(said.format(count=count))
        box.setInformativeText(
            tr(
                "What is complete stays. A large file on its way up to Swift can go on where it "
                "stopped, by “Unfinished uploads…” of its connection; all else is begun again."
            )
        )
        close = box.addButton(tr("Close QGIS"), QMessageBox.ButtonRole.DestructiveRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.exec()
        is_agreed = box.clickedButton() is close
        box.deleteLater()
        return is_agreed
