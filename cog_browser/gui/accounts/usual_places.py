# SPDX-License-Identifier: GPL-2.0-or-later
"""Where accounts of other tools are found on a computer."""

from __future__ import annotations

import sys
import uuid
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from cog_browser.adapters.i18n import tr
from cog_browser.storage.config_files.clouds import standard_files
from cog_browser.storage.config_files.imports import Candidate, find_candidates
from cog_browser.storage.connection import Connection
from cog_browser.storage.errors import ConfigurationError


def found_on_this_computer(environ: Mapping[str, str]) -> list[Candidate]:
    """The accounts of the environment, clouds.yaml and rclone.conf. Thread: any but main."""
    found = [] if not _describes_account(environ) else [_of_environment(environ)]
    for path in [*standard_files(environ=environ), *_rclone_files(environ)]:
        found += find_candidates(path)
    return found


def _describes_account(environ: Mapping[str, str]) -> bool:
    return bool(environ.get("OS_AUTH_URL") or environ.get("SWIFT_STORAGE_URL"))


def _of_environment(environ: Mapping[str, str]) -> Candidate:
    origin = tr("Environment")
    try:
        connection, credentials = Connection.from_environment(environ, "swift")
    except ConfigurationError as error:
        return Candidate(origin, Connection(origin), origin=origin, problem=str(error))
    host = urlsplit(connection.auth_url or connection.storage_url).hostname or ""
    name = connection.project_name or connection.user_name or host
    connection = replace(connection, name=name, id=str(uuid.uuid4()))
    return Candidate(name, connection, credentials, origin)


def _rclone_files(environ: Mapping[str, str]) -> list[Path]:
    """Source: rclone documentation, "--config"; the first that is there is the one it reads."""
    home = Path(environ.get("HOME") or environ.get("USERPROFILE") or Path.home())
    files = [Path(environ["RCLONE_CONFIG"])] if environ.get("RCLONE_CONFIG") else []
    if sys.platform == "win32" and environ.get("APPDATA"):
        files.append(Path(environ["APPDATA"], "rclone", "rclone.conf"))
    if environ.get("XDG_CONFIG_HOME"):
        files.append(Path(environ["XDG_CONFIG_HOME"], "rclone", "rclone.conf"))
    files += [home / ".config" / "rclone" / "rclone.conf", home / ".rclone.conf"]
    return [path for path in files if path.is_file()][:1]
