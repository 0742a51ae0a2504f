# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes connections as files that OpenStack's own tools read, without any secret."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from typing import Any

from cog_browser.storage.config_files.clouds import dump
from cog_browser.storage.connection import Connection
from cog_browser.storage.errors import ConfigurationError

#: auth_mode → OS_AUTH_TYPE, keystoneauth1's name.
_AUTH_TYPES = {
    mode: name
    for name, mode in (
        ("password", "password"),
        ("v3applicationcredential", "application_credential"),
        ("v3multifactor", "totp"),
        ("token", "keystone_token"),
        ("admin_token", "token"),
        ("v1password", "v1"),
        ("none", "anonymous"),
        ("v3oidcclientcredentials", "oidc_client_credentials"),
        ("v3oidcaccesstoken", "oidc_access_token"),
        ("v3oidcpassword", "oidc_password"),
    )
}
_USER = ("user_name", "user_id", "user_domain_name", "user_domain_id")
_PROJECT = ("project_name", "project_id", "project_domain_name", "project_domain_id")
_PROVIDER = ("identity_provider", "protocol", "discovery_endpoint", "client_id")
#: auth_mode → the fields that say who signs in. An application credential may name no project.
_WHO = {
    "password": (*_USER, *_PROJECT),
    "application_credential": (
        "application_credential_id",
        "application_credential_name",
        *_USER,
    ),
    "totp": (*_USER, *_PROJECT),
    "keystone_token": _PROJECT,
    "token": (),
    "v1": ("user_name",),
    "anonymous": (),
    "oidc_client_credentials": (*_PROVIDER, *_PROJECT),
    "oidc_access_token": (*_PROVIDER, *_PROJECT),
    "oidc_password": (*_PROVIDER, *_USER, *_PROJECT),
}
#: auth_mode → the variables to prompt for.
_PROMPTS = {
    "password": ("OS_PASSWORD",),
    "application_credential": ("OS_APPLICATION_CREDENTIAL_SECRET",),
    "totp": ("OS_PASSWORD", "OS_PASSCODE"),
    "keystone_token": ("OS_TOKEN",),
    "token": ("OS_TOKEN",),
    "v1": ("ST_KEY",),
    "anonymous": (),
    "oidc_client_credentials": ("OS_CLIENT_SECRET",),
    "oidc_access_token": ("OS_ACCESS_TOKEN",),
    "oidc_password": ("OS_PASSWORD", "OS_CLIENT_SECRET"),
}


def to_openrc(connection: Connection) -> str:
    """The text of an ``openrc.sh`` that prompts for what is secret, for bash."""
    _refuse_what_is_not_swift(connection)
    mode = connection.auth_mode
    variables = _variables(connection)
    if mode == "password":
        del variables["OS_AUTH_TYPE"]  # as Horizon: it goes without saying
    elif mode == "v1":  # python-swiftclient's names
        del variables["OS_AUTH_TYPE"]
        variables = {
            "ST_AUTH_VERSION": "1.0",
            "ST_AUTH": variables.pop("OS_AUTH_URL", ""),
            "ST_USER": variables.pop("OS_USERNAME", ""),
            **variables,
        }
    elif mode in ("token", "anonymous"):
        variables["OS_ENDPOINT"] = variables.get("OS_STORAGE_URL", "")
    lines = [
        "#!/usr/bin/env bash",
        "# To use: source this file. It holds no secret.",
        *(f"export {name}={_quoted(value)}" for name, value in variables.items() if value),
    ]
    for name in _PROMPTS[mode]:
        title = name.split("_", 1)[1].replace("_", " ").lower()
        lines += [
            f"echo 'Please enter your OpenStack {title}: '",
            f"read -sr {name}_INPUT",
            f"export {name}=${name}_INPUT",
        ]
    return "\n".join(lines) + "\n"


def to_clouds_yaml(connections: Iterable[Connection]) -> str:
    """The text of a ``clouds.yaml``; secrets belong into a secure.yaml beside it.

    Needs PyYAML. Raises `ConfigurationError` where two connections have one name.
    """
    found: dict[str, dict[str, Any]] = {}
    for connection in connections:
        _refuse_what_is_not_swift(connection)
        if connection.name in found:
            raise ConfigurationError(
                f"Two connections are called “{connection.name}”; rename one of them."
            )
        found[connection.name] = _cloud(connection)
    return dump({"clouds": found})


def _cloud(connection: Connection) -> dict[str, Any]:
    variables = _variables(connection)
    cloud: dict[str, Any] = {"auth_type": variables.pop("OS_AUTH_TYPE")}
    if "OS_AUTH_METHODS" in variables:
        cloud["auth_methods"] = variables.pop("OS_AUTH_METHODS").split(",")
    beside: dict[str, Any] = {
        "region_name": variables.pop("OS_REGION_NAME", ""),
        "interface": variables.pop("OS_INTERFACE", ""),
        "identity_api_version": variables.pop("OS_IDENTITY_API_VERSION", ""),
        "cacert": variables.pop("OS_CACERT", ""),
        "object_store_endpoint_override": variables.pop("OS_STORAGE_URL", ""),
    }
    if "," in connection.region or connection.region != connection.region.strip():
        beside["regions"] = [beside.pop("region_name")]
    variables.pop("COG_BROWSER_CONTAINERS", None)
    if connection.auth_mode in ("token", "anonymous"):
        variables["OS_ENDPOINT"] = connection.storage_url
    cloud["auth"] = {name[3:].lower(): value for name, value in variables.items() if value}
    cloud.update({name: value for name, value in beside.items() if value})
    if connection.containers:
        cloud["cog_browser"] = {"containers": list(connection.containers)}
    return cloud


def _variables(connection: Connection) -> dict[str, str]:
    mode = connection.auth_mode
    names = {"user_name": "OS_USERNAME"}
    values = {"OS_AUTH_TYPE": _AUTH_TYPES[mode]}
    if mode == "totp":
        values["OS_AUTH_METHODS"] = "v3password,v3totp"
    if mode not in ("token", "anonymous"):
        values["OS_AUTH_URL"] = connection.auth_url
    if mode not in ("token", "anonymous", "v1"):
        values["OS_IDENTITY_API_VERSION"] = "3"
    for field in _WHO[mode]:
        values[names.get(field, f"OS_{field.upper()}")] = getattr(connection, field)
    values["OS_REGION_NAME"] = connection.region
    values["OS_INTERFACE"] = connection.interface
    values["OS_STORAGE_URL"] = connection.storage_url
    values["OS_CACERT"] = connection.ca_bundle
    values["COG_BROWSER_CONTAINERS"] = "/".join(connection.containers)
    return {name: value for name, value in values.items() if value}


def _quoted(value: str) -> str:
    if "\0" in value:
        raise ConfigurationError("A field holds a NUL character, which no shell can take.")
    return shlex.quote(value)


def _refuse_what_is_not_swift(connection: Connection) -> None:
    if connection.kind != "swift":
        raise ConfigurationError(
            f"“{connection.name}” is a connection of kind {connection.kind}; only those to Swift "
            "can be written as an openrc.sh or clouds.yaml."
        )
