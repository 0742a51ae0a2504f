# SPDX-License-Identifier: GPL-2.0-or-later
"""The user's choices for the panel."""

from __future__ import annotations

from qgis.core import QgsSettings

_PLACE = "plugins/cog_browser/panel/returns"
_PARTS = "plugins/cog_browser/panel/part_containers"


def shows_part_containers() -> bool:
    """Whether containers that only hold parts of large objects are listed. Thread: any."""
    return str(QgsSettings().value(_PARTS, False)).lower() == "true"


def returns_to_last_place() -> bool:
    """Whether the panel opens where it was, when that needs no question."""
    return str(QgsSettings().value(_PLACE, True)).lower() not in ("false", "0")


def save_returns_to_last_place(is_wanted: bool) -> None:
    QgsSettings().setValue(_PLACE, is_wanted)


def save_shows_part_containers(is_wanted: bool) -> None:
    QgsSettings().setValue(_PARTS, is_wanted)
