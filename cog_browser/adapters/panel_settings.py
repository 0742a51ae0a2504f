# SPDX-License-Identifier: GPL-2.0-or-later
"""The user's choices for the panel."""

from __future__ import annotations

from qgis.core import QgsSettings

_PARTS = "plugins/cog_browser/panel/part_containers"


def shows_part_containers() -> bool:
    """Whether containers that only hold parts of large objects are listed. Thread: any."""
    return str(QgsSettings().value(_PARTS, False)).lower() == "true"


def save_shows_part_containers(is_wanted: bool) -> None:
    QgsSettings().setValue(_PARTS, is_wanted)
