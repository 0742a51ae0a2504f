# SPDX-License-Identifier: GPL-2.0-or-later
"""What a sign-in sends to Keystone v3: plain values, no network."""

from __future__ import annotations

from typing import Any

from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import ConfigurationError


def identity(
    connection: Connection, credentials: Credentials, *, only_passcode: bool = False
) -> dict[str, Any]:
    """The ``identity`` object; ``only_passcode`` where a receipt stands for the password."""
    mode = connection.auth_mode
    if mode == "application_credential":
        proof: dict[str, Any] = {"secret": credentials.application_credential_secret}
        if connection.application_credential_id:
            proof["id"] = connection.application_credential_id
        else:
            proof["name"] = connection.application_credential_name
            proof["user"] = _user(connection)
        return {"methods": ["application_credential"], "application_credential": proof}
    if mode == "keystone_token":
        return {"methods": ["token"], "token": {"id": credentials.token}}
    parts: dict[str, Any] = {}
    if not only_passcode:
        parts["password"] = {"user": {**_user(connection), "password": credentials.password}}
    if credentials.passcode and (mode == "totp" or only_passcode):
        parts["totp"] = {"user": {**_user(connection), "passcode": credentials.passcode}}
    return {"methods": list(parts), **parts}


def scope(connection: Connection) -> dict[str, Any] | None:
    """The ``scope`` object; None where there is none to send."""
    if connection.auth_mode == "application_credential":
        return None  # never: the credential is bound to its project
    if connection.project_id:
        return {"project": {"id": connection.project_id}}
    if connection.project_name:
        domain = _domain(connection.project_domain_id, connection.project_domain_name)
        return {"project": {"name": connection.project_name, "domain": domain}}
    return None  # Keystone takes the user's default project


def require_secret(connection: Connection, credentials: Credentials) -> None:
    """Raise `ConfigurationError` for what is missing to sign in."""
    if not connection.auth_url:
        raise ConfigurationError("The connection has no authentication URL (Keystone's address).")
    has_user = bool(connection.user_id or connection.user_name)
    mode = connection.auth_mode
    if mode == "application_credential":
        if not credentials.application_credential_secret:
            raise ConfigurationError("The application credential's secret is missing.")
        if not connection.application_credential_id and not (
            connection.application_credential_name and has_user
        ):
            raise ConfigurationError(
                "Give the application credential's id, or its name together with the user."
            )
        return
    if mode == "keystone_token":
        if not credentials.token:
            raise ConfigurationError("The token is missing.")
        return
    if not has_user:
        raise ConfigurationError("The user name is missing.")
    if not credentials.password:
        raise ConfigurationError("The password is missing.")
    if mode == "totp" and not credentials.passcode:
        raise ConfigurationError("The passcode of your authenticator app is missing.")


def _user(connection: Connection) -> dict[str, Any]:
    if connection.user_id:
        return {"id": connection.user_id}
    return {
        "name": connection.user_name,
        "domain": _domain(connection.user_domain_id, connection.user_domain_name),
    }


def _domain(domain_id: str, domain_name: str) -> dict[str, str]:
    return {"id": domain_id} if domain_id else {"name": domain_name or "Default"}
