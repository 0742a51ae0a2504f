# SPDX-License-Identifier: GPL-2.0-or-later
"""The plugin's icons, by file name. They need a running application."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from qgis.PyQt.QtCore import QBuffer, QByteArray, QSize
from qgis.PyQt.QtGui import QIcon, QImageReader, QPixmap

FOLDER = Path(__file__).parents[1] / "icons"
#: The icons' colours that are readable on light and dark ground, but lost on a selected row.
_LINES, _LINES_SELECTED = (b"#76838f", b"#3b8ed0"), b"#ffffff"
_ROW_SIZES = (16, 20, 24, 32, 48)


@cache
def icon(name: str) -> QIcon:
    """The icon of ``cog_browser/icons/<name>.svg`` for a button, a menu or a page."""
    return QIcon(str(FOLDER / f"{name}.svg"))


@cache
def row_icon(name: str) -> QIcon:
    """The same for a row of a view, with white lines while the row is selected."""
    svg = selected = (FOLDER / f"{name}.svg").read_bytes()
    for colour in _LINES:
        selected = selected.replace(colour, _LINES_SELECTED)
    made = QIcon()
    for mode, data in (
        (QIcon.Mode.Normal, svg),
        (QIcon.Mode.Selected, selected),
    ):
        for size in _ROW_SIZES:
            made.addPixmap(_rendered(data, size), mode)
    return made


def _rendered(svg: bytes, size: int) -> QPixmap:
    buffer = QBuffer()
    buffer.setData(QByteArray(svg))
    reader = QImageReader(buffer, b"svg")
    reader.setScaledSize(QSize(size, size))
    return QPixmap.fromImageReader(reader)
