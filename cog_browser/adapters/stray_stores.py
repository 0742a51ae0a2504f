# SPDX-License-Identifier: GPL-2.0-or-later
"""Stores of accounts that no connection is for: as anybody, or with the project file's secret.

So layers of such accounts read through the gateway as well, and never on the GUI thread. What is
sent is what QGIS itself would have sent.
"""

from __future__ import annotations

import threading
from typing import Union

from cog_browser.adapters.held_sources import HeldSource, held_source
from cog_browser.adapters.ownership import OwnedObject, is_swift_tiff
from cog_browser.adapters.sessions import sessions
from cog_browser.storage.azure.store import AzureStore
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.http import HttpSettings
from cog_browser.storage.s3.store import S3Store
from cog_browser.storage.swift.store import SwiftStore

_lock = threading.Lock()
_stores: list[_Stray] = []


class StrayStore:
    """Mixed into a store whose connection is not saved, and that nobody sees."""

    def __init__(
        self, connection: Connection, credentials: Credentials, settings: HttpSettings
    ) -> None:
        super().__init__(connection, credentials, settings)  # type: ignore[call-arg]
        self.account = (connection, credentials)
        self._forms: dict[tuple[str, str], str] = {}

    def source(self, container: str, key: str) -> str:
        """The form that the layer has in this session, where that is another than the URL."""
        by_url: str = super().source(container, key)  # type: ignore[misc]
        return self._forms.get((container, key)) or by_url

    def name(self, saved: str, held: HeldSource) -> None:
        self._forms[held.container, held.key] = saved


class _StraySwift(StrayStore, SwiftStore):
    pass


class _StrayS3(StrayStore, S3Store):
    pass


class _StrayAzure(StrayStore, AzureStore):
    pass


_Stray = Union[_StraySwift, _StrayS3, _StrayAzure]
_CLASSES: dict[str, type[_Stray]] = {
    "swift": _StraySwift,
    "s3": _StrayS3,
    "gs": _StrayS3,
    "azure": _StrayAzure,
}


def stray_store(saved: str, found: OwnedObject) -> _Stray:
    """The store for an object whose owner has no connection id. Sends nothing. Thread: any.

    Raises `ConfigurationError` for what only the project calls an account's, e.g. a folder of a
    web server: its connection had a secret, so as anybody there is nothing to be had.
    """
    held = held_source(saved)
    if held is None:
        if not is_swift_tiff(saved):
            raise ConfigurationError(f"There is no connection for {found.account}; set one up.")
        account = Connection(found.host, auth_mode="anonymous", storage_url=found.account)
        return _store_for(account, Credentials())
    store = _store_for(held.connection, held.credentials)
    store.name(saved, held)
    return store


def close_stray_stores() -> None:
    """Undo `stray_store`; layers that are open read on."""
    with _lock:
        while _stores:
            _stores.pop().close()


def _store_for(connection: Connection, credentials: Credentials) -> _Stray:
    wanted = (_without_id(connection), credentials)
    with _lock:
        for store in _stores:
            if (_without_id(store.account[0]), store.account[1]) == wanted:
                return store
        store = _CLASSES[connection.kind](connection, credentials, sessions().http_settings)
        _stores.append(store)
        return store


def _without_id(connection: Connection) -> dict[str, object]:
    return {name: value for name, value in connection.to_dict().items() if name != "id"}
