# SPDX-License-Identifier: GPL-2.0-or-later
"""The widgets that take a secret and ask where to keep it."""

from __future__ import annotations

from qgis.gui import QgsPasswordLineEdit
from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QComboBox, QLabel, QWidget

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.secret_store import SECRET_STORES, StoreInfo, store_label


def secret_edit(parent: QWidget, name: str) -> QgsPasswordLineEdit:
    """A hidden line of text, with an eye to show it."""
    edit = QgsPasswordLineEdit(parent)
    edit.setAccessibleName(name)
    edit.setShowLockIcon(False)
    return edit


class SecretStoreBox(QComboBox):
    """Chooses one of `SECRET_STORES`; `explanation` says what that means, and what hinders it."""

    explained = pyqtSignal()  # with another text, that may need more room

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._why_not: dict[str, str] = {}
        self._notice = ""
        self.setAccessibleName(tr("Keep the secret"))
        for name in SECRET_STORES:
            self.addItem(store_label(name), name)
        self.explanation = QLabel(parent)
        self.explanation.setTextFormat(Qt.TextFormat.PlainText)
        self.explanation.setWordWrap(True)
        self.currentIndexChanged.connect(lambda _index: self._explain())
        self._explain()

    @property
    def where(self) -> str:
        return self.currentData()

    def show_available(self, places: list[StoreInfo]) -> None:
        """Name the places as they are on this computer; one that can't be used says why."""
        for place in places:
            index = self.findData(place.name)
            self.setItemText(index, place.label)
            self.setItemData(index, place.why_not, Qt.ItemDataRole.ToolTipRole)
            self.model().item(index).setEnabled(place.usable)
        self._why_not = {place.name: place.why_not for place in places}
        self._explain()

    def show_notice(self, notice: str) -> None:
        """What the user should know of the place that is in use."""
        self._notice = notice
        self._explain()

    def _explain(self) -> None:
        where = self.where
        names = self._why_not if where == "auto" else [where]
        reasons = [self._why_not.get(name, "") for name in names]
        texts = dict.fromkeys([_explanation(where), *reasons, self._notice])
        self.explanation.setText("\n".join(text for text in texts if text))
        self.explained.emit()


def kept_text(where: str) -> str:
    """A sentence that tells where a secret went."""
    if where == "session":
        return tr("The secret is kept in memory and forgotten when QGIS closes.")
    if where == "keyring":
        return tr("The secret is kept in this computer's keyring.")
    return tr("The secret is kept in QGIS's encrypted authentication database.")


def _explanation(where: str) -> str:
    if where == "session":
        return tr("Nothing is written. You are asked again when QGIS starts next time.")
    if where == "qgis":
        return tr(
            "Encrypted in your QGIS profile. QGIS asks for its master password once a session."
        )
    if where == "keyring":
        return tr("Encrypted by the operating system, and opened when you log in.")
    return tr(
        "Encrypted where that works without a question, else for this session only. Never in a "
        "project or settings file."
    )
