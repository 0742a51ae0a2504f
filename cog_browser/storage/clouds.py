# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads one cloud of a ``clouds.yaml``. The only module that knows PyYAML."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from cog_browser.storage.errors import ConfigurationError

try:
    import yaml
except ImportError:  # QGIS on Windows and macOS bundles it, a bare Python may not
    yaml = None

#: clouds.yaml names → the variables of openrc. Source: openstacksdk, "Configuring OpenStack SDK
#: Applications".
_AUTH_NAMES = (
    "auth_url", "username", "user_id", "password", "project_name", "project_id",
    "user_domain_name", "user_domain_id", "project_domain_name", "project_domain_id",
    "application_credential_id", "application_credential_name", "application_credential_secret",
    "token",
)  # fmt: skip


def read_cloud(path: str | os.PathLike[str], cloud: str) -> dict[str, str]:
    """One cloud's settings under the names of openrc's variables."""
    if yaml is None:
        raise ConfigurationError(
            "Reading clouds.yaml needs PyYAML (package python3-yaml, or pip install PyYAML). "
            "An openrc.sh works without it."
        )
    try:
        document = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} can't be read: {error}.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        # PyYAML's own message quotes the text, which may be a password.
        raise ConfigurationError(f"{path} is not valid YAML{where}.") from None
    clouds = document.get("clouds") if isinstance(document, dict) else None
    if not isinstance(clouds, dict) or not isinstance(clouds.get(cloud), dict):
        names = ", ".join(sorted(map(str, clouds))) if isinstance(clouds, dict) else "none"
        raise ConfigurationError(f"{path} has no cloud “{cloud}”. It has: {names}.")
    return _variables(clouds[cloud])


def _variables(entry: dict[str, Any]) -> dict[str, str]:
    found = entry.get("auth")
    auth: dict[str, Any] = found if isinstance(found, dict) else {}
    values = {f"OS_{name.upper()}": auth.get(name) for name in _AUTH_NAMES}
    values["OS_AUTH_TYPE"] = entry.get("auth_type")
    values["OS_REGION_NAME"] = entry.get("region_name")
    values["OS_INTERFACE"] = entry.get("interface")
    values["OS_CACERT"] = entry.get("cacert")
    values["OS_IDENTITY_API_VERSION"] = entry.get("identity_api_version")
    values["OS_STORAGE_URL"] = entry.get("object_store_endpoint_override")
    return {name: str(value) for name, value in values.items() if value not in (None, "")}
