# SPDX-License-Identifier: GPL-2.0-or-later
"""The user's choices for reading open layers."""

from __future__ import annotations

from dataclasses import dataclass

from qgis.core import QgsSettings

_GROUP = "plugins/cog_browser/reading"
_MEBIBYTE = 1 << 20
#: Memory for the blocks of all open layers together, in MiB: the least, the usual, the most.
MEMORY_LEAST, MEMORY_USUAL, MEMORY_MOST = 32, 256, 16384


@dataclass(frozen=True)
class ReadingSettings:
    """``memory`` in MiB; ``reads_ahead``: fetch in idle time what will probably be looked at."""

    memory: int = MEMORY_USUAL
    reads_ahead: bool = True

    @property
    def cache_bytes(self) -> int:
        return self.memory * _MEBIBYTE


def reading_settings() -> ReadingSettings:
    """What is saved; where that makes no sense, what is usual. Thread: any."""
    saved, usual = QgsSettings(), ReadingSettings()
    try:
        memory = int(saved.value(f"{_GROUP}/memory", usual.memory))
    except (TypeError, ValueError):
        memory = usual.memory
    reads_ahead = saved.value(f"{_GROUP}/read_ahead", usual.reads_ahead)
    return ReadingSettings(
        min(max(memory, MEMORY_LEAST), MEMORY_MOST), str(reads_ahead).lower() not in ("false", "0")
    )


def save_reading_settings(settings: ReadingSettings) -> None:
    """Keep them; whoever reads applies them."""
    saved = QgsSettings()
    saved.setValue(f"{_GROUP}/memory", settings.memory)
    saved.setValue(f"{_GROUP}/read_ahead", settings.reads_ahead)
