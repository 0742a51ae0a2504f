# SPDX-License-Identifier: GPL-2.0-or-later
"""A message that stands for what is on its way.

A `QgsTask` would take one of QGIS's few threads for as long as a store is slow.
"""

from __future__ import annotations

import html
from collections.abc import Callable

from qgis.gui import QgsMessageBar, QgsMessageBarItem
from qgis.PyQt.QtWidgets import QProgressBar, QPushButton

from cog_browser.adapters.i18n import tr
from cog_browser.gui import messages


class ProgressNote:
    """With a progress bar, busy where ``total`` is one, and a button to cancel. Thread: main."""

    def __init__(
        self, bar: QgsMessageBar, text: str, total: int, on_cancelled: Callable[[], None]
    ) -> None:
        self._bar, self._total = bar, total
        item = bar.createMessage(tr("COG Browser"), html.escape(text))
        self._progress = QProgressBar(item)
        self._progress.setObjectName("CogBrowserLayerProgress")
        self._progress.setMaximumWidth(200)
        self._progress.setMaximum(total if total > 1 else 0)
        item.layout().addWidget(self._progress)
        cancel = QPushButton(tr("Cancel"), item)
        cancel.clicked.connect(lambda *_: on_cancelled())
        item.layout().addWidget(cancel)
        self._item: QgsMessageBarItem | None = bar.pushItem(item) or item

    def set_done(self, done: int) -> None:
        if self._item is not None and self._item in self._bar.items():  # the user may close it
            self._progress.setValue(done if self._total > 1 else 0)

    def close(self) -> None:
        messages.take_away(self._bar, self._item)
        self._item = None
