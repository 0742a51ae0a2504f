# SPDX-License-Identifier: GPL-2.0-or-later
"""Sources as GDAL's own file systems name objects: ``/vsiswift/container/key`` and its like.

Such a path names no account. For GDAL that of the environment is meant; for us, that of the
connection with this path style.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from osgeo import gdal

from cog_browser.adapters.ownership import named_accounts, owner_of
from cog_browser.adapters.sessions import sessions
from cog_browser.storage.config_files.layer_credentials import has_credentials
from cog_browser.storage.connection import Connection
from cog_browser.storage.connection_kinds import PATH_STYLE_OF, SHARED_ROOTS
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.object_names import encoded_path

_KINDS = {style: kind for kind, style in PATH_STYLE_OF.items()}
_PATH = re.compile(rf"/({'|'.join(_KINDS)})/([^/]+)/(.+)", re.DOTALL)


@dataclass(frozen=True)
class _Environment:
    """Where GDAL looks for an account: options, files, and the maker of its provider's machines."""

    options: tuple[str, ...]
    files: tuple[str, ...] = ()
    machine: str = ""


#: Source: GDAL's manual, "GDAL Virtual File Systems", each one's ways to authenticate.
_ENVIRONMENTS = {
    "vsiswift": _Environment(
        ("SWIFT_STORAGE_URL", "SWIFT_AUTH_V1_URL", "OS_IDENTITY_API_VERSION")
    ),
    "vsis3": _Environment(
        ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_NO_SIGN_REQUEST", "AWS_PROFILE",
         "AWS_DEFAULT_PROFILE", "AWS_ROLE_ARN", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
         "AWS_CONTAINER_CREDENTIALS_FULL_URI", "CPL_AWS_CREDENTIALS_FILE", "AWS_CONFIG_FILE"),
        ("~/.aws/credentials", "~/.aws/config"),
        "Amazon EC2",
    ),
    "vsigs": _Environment(
        ("GS_ACCESS_KEY_ID", "GS_SECRET_ACCESS_KEY", "GS_NO_SIGN_REQUEST",
         "GS_OAUTH2_REFRESH_TOKEN", "GS_OAUTH2_PRIVATE_KEY", "GS_OAUTH2_PRIVATE_KEY_FILE",
         "GOOGLE_APPLICATION_CREDENTIALS", "GDAL_HTTP_HEADERS", "CPL_GS_CREDENTIALS_FILE"),
        ("~/.boto",),
        "Google",
    ),
    "vsiaz": _Environment(
        ("AZURE_STORAGE_CONNECTION_STRING", "AZURE_STORAGE_ACCOUNT", "AZURE_NO_SIGN_REQUEST"),
        machine="Microsoft Corporation",
    ),
}  # fmt: skip


def gdal_address(source: str) -> tuple[str, str, str] | None:
    """Kind of connection, container and key of a path of GDAL; None for any other source."""
    found = None if has_credentials(source) else _PATH.fullmatch(source)
    return (_KINDS[found[1]], found[2], found[3]) if found else None


def is_orphan(source: str) -> bool:
    """Whether GDAL would read a store's object by variables that are no longer there."""
    address = gdal_address(source)
    return address is not None and not _has_environment(PATH_STYLE_OF[address[0]], source)


def url_form(source: str) -> str:
    """The saved form by URL of one of GDAL's paths; anything else unchanged. Thread: any.

    It is that of the connection with this path style, and where there are several accounts, of the
    one that the project names. GDAL keeps a path that it can read itself, unless the project says
    that it is the connection's.
    """
    address = gdal_address(source)
    if address is None:
        return source
    style = PATH_STYLE_OF[address[0]]
    roots = {
        root if connection.kind not in SHARED_ROOTS else f"{root}#{connection_id}"
        for root, connection_id in sessions().accounts()
        if (connection := _connection(connection_id)) and connection.path_style == style
    }
    if len(roots) > 1 or _has_environment(style, source):
        roots = {root for root in roots if root.partition("#")[0] in named_accounts()}
    if len(roots) != 1:
        return source
    root, mark, connection_id = roots.pop().partition("#")
    try:
        return f"{root[:-1]}{encoded_path(address[1:])}{mark}{connection_id}"
    except ConfigurationError:  # no such names
        return source


def styled_form(saved: str) -> str:
    """A saved form by URL in the path style of its connection. Thread: any.

    The URL stays where the path could mean another account.
    """
    found = owner_of(saved)
    connection = _connection(found.connection_id) if found is not None else None
    if found is None or connection is None or connection.path_style == "url":
        return saved
    styled = f"/{connection.path_style}/{found.container}/{found.key}"
    return styled if url_form(styled) == saved else saved


def _connection(connection_id: str) -> Connection | None:
    try:
        return sessions().connection(connection_id)
    except ConfigurationError:
        return None


def _has_environment(style: str, source: str) -> bool:
    """Whether GDAL finds an account for a path. Sends nothing."""
    known = _ENVIRONMENTS[style]
    if any(gdal.GetPathSpecificOption(source, name) for name in known.options):
        return True
    if any(Path(name).expanduser().exists() for name in known.files):
        return True
    return bool(known.machine) and _machine() == known.machine


@lru_cache(maxsize=1)
def _machine() -> str:
    """Who made this machine, as far as it says: on its provider's, GDAL takes its role."""
    try:
        if sys.platform == "win32":
            import winreg  # noqa: PLC0415 (only there)

            path = r"HARDWARE\DESCRIPTION\System\BIOS"
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, path) as bios:
                return str(winreg.QueryValueEx(bios, "SystemManufacturer")[0])
        return Path("/sys/devices/virtual/dmi/id/sys_vendor").read_text("ascii").strip()
    except (OSError, ValueError):
        return ""
