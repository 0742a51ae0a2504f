# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes a Keystone application credential: a reusable secret for one project and one machine.

Source: OpenStack API reference, "Identity API v3", section "Application Credentials".
"""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from datetime import datetime, timedelta, timezone

from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import ConfigurationError, ProtocolError
from cog_browser.storage.http import HttpClient, HttpSettings
from cog_browser.storage.keystone import Keystone

#: How long one lives, in days, unless the caller says otherwise.
LIFETIME_DAYS = 90


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
    http = HttpClient.for_connection(connection, settings)
    try:
        holder = replace(connection, auth_mode="keystone_token")
        keystone = Keystone(holder, Credentials(token=token), http)
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
        response = http.call(
            "POST",
            f"{keystone.root()}/users/{user}/application_credentials",
            f"make the application credential “{name}”",
            headers={"X-Auth-Token": token, "Content-Type": "application/json"},
            body=json.dumps({"application_credential": wish}).encode(),
            accept=(201,),
        )
        made = response.json().get("application_credential", {})
    finally:
        http.close()
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
