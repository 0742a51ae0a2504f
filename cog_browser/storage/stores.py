# SPDX-License-Identifier: GPL-2.0-or-later
"""Opens the store that a connection describes."""

from __future__ import annotations

from cog_browser.storage.azure.calls import account_url
from cog_browser.storage.azure.store import AzureStore
from cog_browser.storage.connection import Connection
from cog_browser.storage.connection_kinds import SHARED_ROOTS
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.http import HttpSettings
from cog_browser.storage.s3.places import Place
from cog_browser.storage.s3.store import S3Store
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.swift.store import SwiftStore
from cog_browser.storage.transfers.control import TransferSettings
from cog_browser.storage.web.store import WebStore


def open_store(
    connection: Connection,
    credentials: Credentials,
    settings: HttpSettings | None = None,
    transfers: TransferSettings | None = None,
) -> ObjectStore:
    """The store of a connection. Sends nothing yet: the first request signs in."""
    if connection.kind == "swift":
        return SwiftStore(connection, credentials, settings, transfers)
    if connection.kind == "http":
        return WebStore(connection, credentials, settings)
    if connection.kind in ("s3", "gs"):
        return S3Store(connection, credentials, settings, transfers)
    if connection.kind == "azure":
        return AzureStore(connection, credentials, settings, transfers)
    raise ConfigurationError(
        f"Connections of kind “{connection.kind}” can't be opened by this version."
    )


def account_url_of(connection: Connection) -> str:
    """What is asked first, and names the account as far as a URL can; empty where nothing says.

    Raises `ConfigurationError`.
    """
    if connection.kind in SHARED_ROOTS:
        return Place(connection).base
    if connection.kind == "azure":
        return account_url(connection)
    return connection.service_url
