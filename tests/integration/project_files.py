# SPDX-License-Identifier: GPL-2.0-or-later
"""What an earlier session of QGIS has left on the disk: projects and saved connections."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from qgis.core import QgsProject, QgsRasterLayer
from qgis.PyQt.QtCore import QSettings

from cog_browser.storage.connection import Connection
from scripts.demo.desktop import Profile


def write_project(path: Path, files: Mapping[str, Path], sources: Mapping[str, str]) -> Path:
    """A project as the plugin writes it; made without the plugin. By the layers' names."""
    project = QgsProject()
    for name in sources:  # each on a file of its own, for which its source is put in below
        local = path.with_name(f"{name}.tif")
        if local != files[name]:
            shutil.copy(files[name], local)
        project.addMapLayer(QgsRasterLayer(str(local), name, "gdal"))
    project.writeEntry("cog_browser", "accounts", sorted(set(map(root_of, sources.values()))))
    assert project.write(str(path))
    text = path.read_text()
    for name, source in sources.items():
        text = re.sub(rf'(?<=[>"])[^<>"]*/{name}\.tif(?=[<"])', lambda _m, s=source: s, text)
        assert text.count(f">{source}<") == 1
    path.write_text(text)
    return path


def root_of(source: str) -> str:
    """How a source of this file begins, as far as the account goes."""
    return source[: source.index("/", source.index("/v1/") + len("/v1/")) + 1]


def saved_connection(profile: Profile, connection: Connection, source: str, where: str) -> None:
    """Write what the plugin has saved of a connection in an earlier session."""
    ini = profile.folder / "profiles" / "default" / "QGIS" / "QGIS3.ini"
    settings = QSettings(str(ini), QSettings.Format.IniFormat)
    group = f"plugins/cog_browser/connections/items/{connection.id}"
    settings.setValue(f"{group}/definition", json.dumps(connection.to_dict()))
    settings.setValue(f"{group}/root", root_of(source))
    if where:
        settings.setValue(f"{group}/secret_store", where)
    settings.sync()
