# SPDX-License-Identifier: GPL-2.0-or-later
"""Which page of the documentation is about what. The pages are part of the plugin: no network."""

from __future__ import annotations

from pathlib import Path

from qgis.PyQt.QtCore import QUrl

_PACKAGE = Path(__file__).parents[1]
#: In the plugin as it is installed; in a clone they are where people read and write them.
FOLDER = _PACKAGE / "help" if (_PACKAGE / "help").is_dir() else _PACKAGE.parent / "docs"

#: A dialog by its object name, or an algorithm by its name → page, and heading on it.
PAGES = {
    "CogBrowserDock": ("panel", ""),
    "CogBrowserConnectionDialog": ("sign-in", ""),
    "CogBrowserSignInDialog": ("sign-in", ""),
    "CogBrowserImportDialog": ("sign-in", ""),
    "CogBrowserAccountsDialog": ("sign-in", "How long it lasts"),
    "CogBrowserCredentialDialog": ("sign-in", "How long it lasts"),
    "CogBrowserKeyringPasswordDialog": ("sign-in", "Where the secret is kept"),
    "CogBrowserCertificateDialog": ("sign-in", "Certificates"),
    "CogBrowserReasons": ("validate", "The rules"),
    "CogBrowserRepairDialog": ("convert", ""),
    "CogBrowserServerDialog": ("server-check", ""),
    "CogBrowserCorsDialog": ("server-check", "Settings"),
    "CogBrowserLayerDetails": ("layers", "Marks in the layer tree"),
    "CogBrowserDownloadDialog": ("layers", "The layer's menu: COG Browser"),
    "CogBrowserTaskDialog": ("manage", ""),
    "CogBrowserContainerDialog": ("manage", "New containers"),
    "CogBrowserDeleteDialog": ("manage", "Delete"),
    "CogBrowserMoveDialog": ("manage", "Rename, move and copy"),
    "CogBrowserUndoDialog": ("panel", "Undo"),
    "CogBrowserShareDialog": ("manage", "Share links"),
    "CogBrowserAccessDialog": ("manage", "Public containers"),
    "CogBrowserUploadDialog": ("transfers", "Upload"),
    "CogBrowserDownloadObjectsDialog": ("transfers", "Download"),
    "CogBrowserRegisterDialog": ("earth-engine", "Register"),
    "CogBrowserBucketDialog": ("earth-engine", "What is checked"),
    "CogBrowserBandDialog": ("panel", "Several at once"),
    "CogBrowserDataSourcePage": ("panel", "In QGIS's own windows"),
    "CogBrowserAssetDialog": ("earth-engine", "In the panel"),
    "CogBrowserTransfersDialog": ("transfers", ""),
    "CogBrowserUnfinishedDialog": ("transfers", "Unfinished uploads"),
    "publishcog": ("convert", ""),
    "publishfolder": ("publish-folder", ""),
    "converttocog": ("convert", ""),
    "validatecog": ("validate", ""),
    "validatefolder": ("validate", "Many files"),
    "checkserver": ("server-check", ""),
    "upload": ("transfers", "Upload"),
    "download": ("transfers", "Download"),
    "listobjects": ("panel", "Find"),
    "sharelink": ("manage", "Share links"),
    "earthenginemanifest": ("earth-engine", ""),
}

#: The URLs that the plugin's own window shows, where QGIS has a window.
SCHEME = "cog-browser-help"
_has_window = False


def show_in_window(is_possible: bool) -> None:
    """Whether something listens to `SCHEME`."""
    global _has_window  # noqa: PLW0603
    _has_window = is_possible


def page_file(page: str) -> Path:
    return FOLDER / f"{page}.md"


def help_url(subject: str) -> str:
    """What QGIS opens for a subject; "" where there is no page."""
    if subject not in PAGES:
        return ""
    if _has_window:
        return f"{SCHEME}:{subject}"
    return QUrl.fromLocalFile(str(page_file(PAGES[subject][0]))).toString()
