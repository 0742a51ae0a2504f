# SPDX-License-Identifier: GPL-2.0-or-later
"""Starts the read gateway's own process with the Python that QGIS brings."""

from __future__ import annotations

import os
import subprocess  # nosec B404
import sys
from pathlib import Path
from typing import Any

from cog_browser.storage.errors import CogBrowserError

#: Without the working folder, where a stranger's secrets.py may lie, and the plugins' folder last.
_MAIN = (
    "import sys; sys.path.pop(0); sys.path.append(sys.argv[1]); "
    "from cog_browser.cog.read_gateway import main; main()"
)
#: How variables begin that describe a sign-in. The child is told over the pipe what it needs.
_SIGN_IN_VARIABLES = ("OS_", "ST_", "SWIFT_", "AWS_")


def interpreter() -> str:
    """The Python to run the child with. In QGIS ``sys.executable`` may be QGIS itself.

    Raises `CogBrowserError` when none is found.
    """
    windows = os.name == "nt"
    folders = [Path(sys.executable).parent, Path(sys.executable).parent / "bin"]
    folders += [Path(root) / ("." if windows else "bin") for root in (sys.exec_prefix, sys.prefix)]
    names = (
        ["pythonw.exe", "python.exe"] if windows else [f"python3.{sys.version_info[1]}", "python3"]
    )
    own = Path(sys.executable)
    candidates = [own] if own.stem.startswith("python") else []
    candidates += [folder / name for folder in folders for name in names]
    for candidate in candidates:
        if candidate.is_file():
            return str(candidate)
    raise CogBrowserError("No Python interpreter was found beside QGIS.")


def start_child() -> subprocess.Popen[bytes]:
    package_root = Path(__file__).parents[3]
    options: dict[str, Any] = (
        {"creationflags": getattr(subprocess, "CREATE_NO_WINDOW", 0)}
        if os.name == "nt"
        else {"start_new_session": True}  # Ctrl-C in QGIS's terminal is not for the child
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith(_SIGN_IN_VARIABLES)}
    return subprocess.Popen(  # noqa: S603 # nosec B603
        [interpreter(), "-c", _MAIN, str(package_root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        **options,
    )
