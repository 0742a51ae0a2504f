# SPDX-License-Identifier: GPL-2.0-or-later
"""The icon and the tool tip of an object's row; ``badge`` is its verdict, where one is known."""

from __future__ import annotations

from qgis.PyQt.QtGui import QIcon

from cog_browser.adapters.i18n import tr
from cog_browser.gui.details.badge_icons import row_badge
from cog_browser.gui.details.facts import verdict_text
from cog_browser.gui.find.name_filter import is_raster
from cog_browser.gui.icons import row_icon
from cog_browser.gui.text import entry_size_text, one_line, tool_tip
from cog_browser.storage.models import EXACT, ObjectEntry


def object_icon(entry: ObjectEntry, badge: str | None) -> QIcon:
    if badge is not None:
        return row_badge(badge)
    return row_icon("raster" if is_raster(entry) else "object")


def object_tip(entry: ObjectEntry, badge: str | None) -> str:
    size = tr("{count} bytes").format(count=entry.size)
    if entry.size_is != EXACT:
        size = entry_size_text(entry)
    about = ", ".join(filter(None, (size, entry.content_type)))
    said = f"\n{verdict_text(badge)}" if badge else ""
    return tool_tip(f"{one_line(entry.key)}\n{about}{said}")
