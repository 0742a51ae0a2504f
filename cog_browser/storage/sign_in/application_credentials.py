# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes a Keystone application credential: a reusable secret for one project and one machine.

Source: OpenStack API reference, "Identity API v3", section "Application Credentials".
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import (
    ConfigurationError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    StoreError,
)
from cog_browser.storage.http import HttpClient, HttpSettings
from cog_browser.storage.sign_in.keystone import Keystone

#: How long one lives, in days, unless the caller says otherwise.
LIFETIME_DAYS = 90


@dataclass(frozen=True)
class TokenRights:
    """What a token may do, and so what a credential made with it may."""

    project: str
    roles: tuple[str, ...]


def rights_of(
    connection: Connection, token: str, settings: HttpSettings | None = None
) -> TokenRights:
    """Ask Keystone; raises `ConfigurationError` for a token that belongs to no project."""
    with _keystone(connection, token, settings) as (keystone, _):
        document = keystone.describe_token().document
    if "project" not in document:
        raise ConfigurationError(
            "This sign-in belongs to no project, and an application credential needs one. Enter "
            "the project in the connection, and sign in again."
        )
    roles = sorted(str(role.get("name", "")) for role in document.get("roles", ()))
    return TokenRights(str(document["project"]["name"]), tuple(roles))


def create_application_credential(
    connection: Connection,
    token: str,
    name: str,
    *,
    days: int = LIFETIME_DAYS,
    settings: HttpSettings | None = None,
) -> tuple[Connection, Credentials]:
    """Make one with a valid token; returns the connection that signs in with it, and its secret.

    It is restricted (can't make or delete others), has the roles of the token in its project, and
    ends after ``days``. Ask for the user's consent first: it stays valid without this program.
    Raises `StoreError`; `PermissionDeniedError` where the token itself comes from a credential.
    """
    if days < 1:
        raise ConfigurationError("An application credential must live for a day at least.")
    with _keystone(connection, token, settings) as (keystone, http):
        user = keystone.describe_token().document["user"]["id"]
        secret = secrets.token_urlsafe(32)
        ends = datetime.now(timezone.utc) + timedelta(days=days)
        wish = {
            "name": name,
            "secret": secret,
            "description": "Made by COG Browser for one machine",
            "expires_at": ends.strftime("%Y-%m-%dT%H:%M:%S"),
            "unrestricted": False,
        }
        try:
            response = http.call(
                "POST",
                f"{keystone.root()}/users/{user}/application_credentials",
                f"make the application credential “{name}”",
                headers={"X-Auth-Token": token, "Content-Type": "application/json"},
                body=json.dumps({"application_credential": wish}).encode(),
                accept=(201,),
            )
        except (NotFoundError, PermissionDeniedError, ProtocolError) as error:
            raise _explained(error, keystone.host, name) from None
        made = response.json().get("application_credential", {})
    if not made.get("id"):
        raise ProtocolError("Keystone made an application credential, but does not say its id.")
    return (
        replace(
            connection,
            auth_mode="application_credential",
            application_credential_id=str(made["id"]),
            application_credential_name=name,
        ),
        Credentials(application_credential_secret=secret),
    )


@contextmanager
def _keystone(
    connection: Connection, token: str, settings: HttpSettings | None
) -> Iterator[tuple[Keystone, HttpClient]]:
    """Keystone as the token's holder sees it."""
    http = HttpClient.for_connection(connection, settings)
    try:
        holder = replace(connection, auth_mode="keystone_token")
        yield Keystone(holder, Credentials(token=token), http), http
    finally:
        http.close()


def _explained(error: StoreError, host: str, name: str) -> StoreError:
    """What a refusal means here; Keystone's own words are for administrators."""
    if error.status == 403:
        said = (
            f"Keystone at {host} does not let this sign-in make an application credential (403). "
            "Either its token comes from another such credential, or you have as many as you may, "
            "or your provider allows none. Sign in with your password or passcode and try again."
        )
    elif error.status == 409:
        said = (
            f"Keystone at {host} has an application credential “{name}” of yours already (409). "
            "Give another name, or delete the old one in your provider's dashboard."
        )
    elif error.status in (400, 404):
        said = (
            f"Keystone at {host} can't make an application credential for you ({error.status}). "
            "You may have your role in this project only through your identity provider; ask your "
            "cloud provider for a role of your own."
        )
    else:
        return error
    return type(error)(said, status=error.status, request_id=error.request_id)
