# SPDX-License-Identifier: GPL-2.0-or-later
"""What QGIS's settings say of Earth Engine. Never a token."""

from __future__ import annotations

from qgis.core import QgsSettings

from cog_browser.storage.earth_engine.register import ENDPOINT, VERSION, Service

_ROOT = "plugins/cog_browser/earth_engine/"
#: What stands for the project until one has been used.
_NO_FOLDER = "projects/PROJECT/assets/"


def earth_engine_service() -> Service:
    """Where assets are registered; the end point and the version can be set. Thread: main."""
    settings = QgsSettings()
    return Service(
        str(settings.value(f"{_ROOT}endpoint", ENDPOINT)),
        str(settings.value(f"{_ROOT}version", VERSION)),
    )


def save_version(version: str) -> None:
    QgsSettings().setValue(f"{_ROOT}version", version)


def last_folder() -> str:
    """Where the last asset was registered, with a slash at its end. Thread: main."""
    return str(QgsSettings().value(f"{_ROOT}folder", _NO_FOLDER))


def save_folder_of(asset: str) -> None:
    QgsSettings().setValue(f"{_ROOT}folder", asset[: asset.rfind("/") + 1])
