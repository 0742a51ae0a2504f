# SPDX-License-Identifier: GPL-2.0-or-later
"""The badges as icons: alone for the pane, and on the raster's icon for rows of the table."""

from __future__ import annotations

from functools import cache

from qgis.PyQt.QtCore import QRectF, Qt
from qgis.PyQt.QtGui import QIcon, QPainter, QPixmap

from cog_browser.cog.description import NO_COG, NO_RASTER, VALID, WITH_WARNINGS
from cog_browser.gui.icons import icon, row_icon

_NAMES = {
    VALID: "badge-valid",
    WITH_WARNINGS: "badge-warnings",
    NO_COG: "badge-no-cog",
    NO_RASTER: "badge-no-raster",
}
_SIZES = (16, 20, 24, 32, 48)
_SHARE = 0.62  # of the icon's width


def badge_icon(verdict: str) -> QIcon:
    """The badge alone. They differ in shape, not only in colour."""
    return icon(_NAMES[verdict])


@cache
def row_badge(verdict: str) -> QIcon:
    """The icon of a raster with its badge in the corner."""
    base = row_icon("object" if verdict == NO_RASTER else "raster")
    made = QIcon()
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
        for size in _SIZES:
            made.addPixmap(_joined(base.pixmap(size, size, mode), verdict, size), mode)
    return made


def _joined(base: QPixmap, verdict: str, size: int) -> QPixmap:
    pixmap = QPixmap(size, size)
    pixmap.fill(Qt.GlobalColor.transparent)
    part = size * _SHARE
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawPixmap(0, 0, size, size, base)
    badge = badge_icon(verdict).pixmap(size * 2, size * 2)
    where = QRectF(size - part, size - part, part, part)
    painter.drawPixmap(where, badge, QRectF(badge.rect()))
    painter.end()
    return pixmap
