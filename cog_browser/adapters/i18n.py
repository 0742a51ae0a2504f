# SPDX-License-Identifier: GPL-2.0-or-later
"""Translation of what users read."""

from __future__ import annotations

from pathlib import Path

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, QTranslator

#: The one context of all texts, for lupdate and lrelease.
CONTEXT = "CogBrowser"
_FOLDER = Path(__file__).parents[1] / "i18n"


def tr(text: str) -> str:
    """The text in the user's language; call it when the text is shown, not at import."""
    return QCoreApplication.translate(CONTEXT, text)


def install_translator() -> QTranslator | None:
    """Load the translation of QGIS's language, if there is one. Thread: main."""
    translator = QTranslator()
    if not translator.load(f"cog_browser_{QgsApplication.locale()}", str(_FOLDER)):
        return None
    QCoreApplication.installTranslator(translator)
    return translator


def remove_translator(translator: QTranslator | None) -> None:
    if translator is not None:
        QCoreApplication.removeTranslator(translator)
