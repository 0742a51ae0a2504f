# SPDX-License-Identifier: GPL-2.0-or-later
"""The entries of the table's menu that make layers of what is selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qgis.PyQt.QtWidgets import QMenu

from cog_browser.adapters.i18n import tr
from cog_browser.cog.mosaic.plan import MOST_OBJECTS

if TYPE_CHECKING:
    from cog_browser.gui.dock import CogBrowserDock

GROUP, BANDS, MOSAIC = "group", "bands", "mosaic"
#: Objects whose bands are offered.
MOST_FOR_BANDS = 100


def add_many_to_menu(dock: CogBrowserDock, menu: QMenu) -> None:
    count = dock.selected_count
    needs_two = "" if count > 1 else tr("Select two objects or more.")
    needs_one = "" if count else tr("Select objects first.")
    too_many = tr("Select at most {count} objects.")
    for text, name, why_not, most in (
        (tr("Add as a group"), GROUP, needs_two, None),
        (tr("Add as one mosaic"), MOSAIC, needs_two, MOST_OBJECTS),
        (tr("Choose bands…"), BANDS, needs_one, MOST_FOR_BANDS),
    ):
        is_too_many = most is not None and count > most
        why = too_many.format(count=most) if is_too_many else why_not
        action = menu.addAction(text)
        action.setEnabled(not why)
        action.setToolTip(why or text)
        action.triggered.connect(lambda _checked=False, name=name: dock.many_requested.emit(name))
