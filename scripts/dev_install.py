# SPDX-License-Identifier: GPL-2.0-or-later
"""Stages the plugin into a QGIS profile, where the next start of QGIS finds it.

The profile must exist: QGIS makes one at its first start, and by Settings › User Profiles.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from scripts.stage import stage

_MAJORS = ("QGIS3", "QGIS4")


def profile_folders(environ: Mapping[str, str], platform: str, home: Path) -> list[Path]:
    """Where QGIS looks for profiles on this system."""
    custom = environ.get("QGIS_CUSTOM_CONFIG_PATH")
    if custom:
        return [Path(custom) / "profiles"]
    if platform == "win32":
        data = Path(environ.get("APPDATA") or home / "AppData" / "Roaming")
    elif platform == "darwin":
        data = home / "Library" / "Application Support"
    else:
        data = Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    return [data / "QGIS" / major / "profiles" for major in _MAJORS]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("profile", nargs="?", default="default")
    name = parser.parse_args().profile
    folders = profile_folders(os.environ, sys.platform, Path.home())
    profiles = [folder / name for folder in folders if (folder / name).is_dir()]
    if not profiles:
        looked = "\n".join(f"  {folder / name}" for folder in folders)
        sys.exit(f"No QGIS profile “{name}”; start QGIS once with it. Looked for:\n{looked}")
    for profile in profiles:
        print(stage(profile / "python" / "plugins"))
    print("Turn COG Browser on in Plugins › Manage and Install Plugins, or restart QGIS.")


if __name__ == "__main__":
    main()
