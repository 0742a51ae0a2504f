# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads the Swift remotes of an ``rclone.conf``.

Source: rclone documentation, "Swift"; rclone's backend/swift and its library ncw/swift.
"""

from __future__ import annotations

import configparser
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from cog_browser.storage.errors import ConfigurationError

#: The variables of openrc and rclone's names, where both mean the same.
_NAMES = (
    ("OS_AUTH_URL", "auth"),
    ("OS_USERNAME", "user"),
    ("OS_USER_ID", "user_id"),
    ("OS_PASSWORD", "key"),
    ("OS_USER_DOMAIN_NAME", "domain"),
    ("OS_PROJECT_NAME", "tenant"),
    ("OS_PROJECT_ID", "tenant_id"),
    ("OS_PROJECT_DOMAIN_NAME", "tenant_domain"),
    ("OS_REGION_NAME", "region"),
    ("OS_STORAGE_URL", "storage_url"),
    ("OS_TOKEN", "auth_token"),
    ("OS_ENDPOINT_TYPE", "endpoint_type"),
    ("OS_APPLICATION_CREDENTIAL_ID", "application_credential_id"),
    ("OS_APPLICATION_CREDENTIAL_NAME", "application_credential_name"),
    ("OS_APPLICATION_CREDENTIAL_SECRET", "application_credential_secret"),
)
_VERSION_IN_URL = re.compile(r"/v([123])(?:\.\d+)?(?:/|\Z)")
_LARGEST = 1 << 20


@dataclass(frozen=True)
class Remote:
    """A remote under the names of openrc's variables, or why it can't be used."""

    name: str
    values: dict[str, str] = field(default_factory=dict, repr=False)
    problem: str | None = None


def parse_rclone(text: str) -> list[Remote]:
    """All remotes of the text of an ``rclone.conf``; those of another type carry a problem."""
    if len(text) > _LARGEST:
        raise ConfigurationError("This is too large to be an rclone.conf.")
    # rclone doesn't know continued lines: its lines mean the same with and without indentation
    lines = [line.strip() for line in text.lstrip("\ufeff").split("\n")]
    said = [line for line in lines if line and line[0] not in "#;"]
    if said and said[0].startswith("RCLONE_ENCRYPT_V"):
        raise ConfigurationError(
            "This rclone.conf is encrypted. Remove its password for the import (rclone config › "
            "Set configuration password), or paste the output of “rclone config show”."
        )
    parser = configparser.RawConfigParser(
        strict=False, default_section="\0", empty_lines_in_values=False
    )
    try:
        parser.read_string("\n".join(lines))
    except configparser.MissingSectionHeaderError as error:
        raise _unreadable(error.lineno) from None
    except configparser.ParsingError as error:  # its message quotes the line
        raise _unreadable(error.errors[0][0] if error.errors else 1) from None
    except configparser.Error:
        raise ConfigurationError("This is not an rclone.conf.") from None
    return [_remote(name, dict(parser.items(name))) for name in parser.sections()]


def _unreadable(line: int) -> ConfigurationError:
    return ConfigurationError(f"Line {line}: this is not a line of an rclone.conf.")


def _remote(name: str, options: Mapping[str, str]) -> Remote:
    values = {key: _unquoted(value) for key, value in options.items()}
    kind = values.get("type", "")
    if kind != "swift":
        return Remote(name, problem=f"It is of type “{kind}”; only swift remotes are imported.")
    if values.get("env_auth", "").lower() in ("true", "1") and not values.get("auth"):
        return Remote(
            name,
            problem="It takes its account from environment variables (env_auth = true). Import "
            "the openrc.sh that sets them.",
        )
    return Remote(name, {key: value for key, value in _variables(values).items() if value})


def _unquoted(value: str) -> str:
    """The value without the quotes that rclone puts around some."""
    for quote in ("`", '"""'):
        if len(value) >= 2 * len(quote) and value.startswith(quote) and value.endswith(quote):
            return value[len(quote) : -len(quote)]
    return value


def _variables(remote: Mapping[str, str]) -> dict[str, str]:
    values = {name: remote.get(key, "") for name, key in _NAMES}
    found = _VERSION_IN_URL.findall(values["OS_AUTH_URL"])
    version = remote.get("auth_version", "").replace("0", "") or (found[-1] if found else "")
    if version == "1":
        return {
            "ST_AUTH": values["OS_AUTH_URL"],
            "ST_AUTH_VERSION": "1.0",
            "ST_USER": values["OS_USERNAME"],
            "ST_KEY": values["OS_PASSWORD"],
            "OS_STORAGE_URL": values["OS_STORAGE_URL"],
        }
    values["OS_IDENTITY_API_VERSION"] = version
    # as rclone: the project is in the user's domain unless another one is named
    values["OS_PROJECT_DOMAIN_NAME"] = (
        values["OS_PROJECT_DOMAIN_NAME"] or values["OS_USER_DOMAIN_NAME"]
    )
    has_credential = values["OS_APPLICATION_CREDENTIAL_SECRET"]
    if not (values["OS_USERNAME"] or values["OS_USER_ID"] or has_credential):
        key = values.pop("OS_PASSWORD")  # of nobody: it is a token
        values["OS_TOKEN"] = values["OS_TOKEN"] or key
    elif values["OS_PASSWORD"] or has_credential:
        del values["OS_TOKEN"]  # rclone signs in again when it ends
    return values
