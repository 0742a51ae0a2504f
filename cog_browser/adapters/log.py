# SPDX-License-Identifier: GPL-2.0-or-later
"""Shows the plugin's log records in QGIS's message log."""

from __future__ import annotations

import logging

from qgis.core import Qgis, QgsMessageLog

TAB = "COG Browser"
_ROOT = "cog_browser"


class _MessageLogHandler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            level = Qgis.MessageLevel.Critical
        elif record.levelno >= logging.WARNING:
            level = Qgis.MessageLevel.Warning
        else:
            level = Qgis.MessageLevel.Info
        # notifyUser would pop up the panel for every retried request
        QgsMessageLog.logMessage(self.format(record), TAB, level, notifyUser=False)


def install() -> logging.Handler:
    """Start to show records of INFO and above. Thread: main."""
    handler = _MessageLogHandler(logging.INFO)
    handler.setFormatter(logging.Formatter("%(message)s"))
    logger = logging.getLogger(_ROOT)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    return handler


def uninstall(handler: logging.Handler) -> None:
    logging.getLogger(_ROOT).removeHandler(handler)
