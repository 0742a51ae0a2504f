# SPDX-License-Identifier: GPL-2.0-or-later
"""Chooses how a connection signs in."""

from __future__ import annotations

from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.http import HttpClient
from cog_browser.storage.sign_in.auth import Anonymous, Auth, ReadyToken, TempAuth
from cog_browser.storage.sign_in.federation import FederatedAuth
from cog_browser.storage.sign_in.keystone import KeystoneAuth


def auth_for(connection: Connection, credentials: Credentials, http: HttpClient) -> Auth:
    """The `Auth` of a Swift connection's ``auth_mode``. Sends nothing yet."""
    if connection.auth_mode == "anonymous":
        return Anonymous(connection)
    if connection.auth_mode == "token":
        return ReadyToken(connection, credentials)
    if connection.auth_mode == "v1":
        return TempAuth(connection, credentials, http)
    if connection.auth_mode.startswith("oidc_"):
        return FederatedAuth(connection, credentials, http)
    return KeystoneAuth(connection, credentials, http)
