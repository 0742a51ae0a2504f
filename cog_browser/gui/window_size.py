# SPDX-License-Identifier: GPL-2.0-or-later
"""How large a new window is: on a small screen its buttons must still be on it."""

from __future__ import annotations

from qgis.PyQt.QtWidgets import QWidget

_FRAME = 40  # pixels of a title bar and its edges


def resize_on_screen(window: QWidget, width: int, height: int) -> None:
    """As large as that, where the screen has the room."""
    room = window.screen().availableSize()
    window.resize(min(width, room.width() - _FRAME), min(height, room.height() - _FRAME))
