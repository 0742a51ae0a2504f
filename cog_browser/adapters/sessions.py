# SPDX-License-Identifier: GPL-2.0-or-later
"""The signed-in stores of this QGIS: one for each connection, shared by all who need it."""

from __future__ import annotations

import logging
import os
import threading

from qgis.PyQt.QtCore import QObject, pyqtSignal

from cog_browser.adapters.connections import ConnectionRepository
from cog_browser.adapters.network_settings import http_settings
from cog_browser.adapters.secret_store import SecretStore
from cog_browser.storage.connection import RESERVED_PREFIX, Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import CogBrowserError, ConfigurationError
from cog_browser.storage.gateway_process import shared_gateway
from cog_browser.storage.http import HttpSettings
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.stores import open_store

log = logging.getLogger(__name__)


class Sessions(QObject):
    """Opens stores and remembers them. Thread: main, unless a method says otherwise."""

    signed_in = pyqtSignal(str)
    signed_out = pyqtSignal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.repository = ConnectionRepository(self)
        self.secrets = SecretStore()
        self._lock = threading.Lock()
        self._stores: dict[str, tuple[ObjectStore, Credentials]] = {}
        self._roots: dict[str, ObjectStore] = {}
        self._settings: HttpSettings = http_settings()

    def resolve(self, name: str) -> Connection:
        """A saved connection by name or id, or ``env`` and ``env:swift`` for the environment."""
        named = Connection.named_in_environment(name)
        return named[0] if named else self.repository.find(name)

    def find_credentials(self, connection: Connection) -> Credentials | None:
        """The secrets of a connection, or None. QGIS may ask for its master password."""
        self._settings = http_settings()  # they may have changed since
        if connection.name == RESERVED_PREFIX:
            return Connection.from_environment(os.environ)[1] or None
        if connection.kind == "swift" and connection.auth_mode == "anonymous":
            return Credentials()
        return self.secrets.load(connection.id)

    def credentials(self, connection: Connection) -> Credentials:
        """Like `find_credentials`, but raises `ConfigurationError` where there are none."""
        found = self.find_credentials(connection)
        if found is None and connection.name == RESERVED_PREFIX:
            raise ConfigurationError(
                "The environment names an account, but no secret: OS_PASSWORD (or the application "
                "credential's secret, or a token) is not set. Source your openrc.sh again."
            )
        if found is None:
            raise ConfigurationError(
                f"No secret is known for “{connection.name}”. Sign in to it in the COG Browser "
                "panel first."
            )
        return found

    def store(self, connection: Connection, credentials: Credentials | None = None) -> ObjectStore:
        """The connection's store. Thread: any.

        The open one is returned unless ``credentials`` are others than it has, or the connection
        was edited. Sends nothing.
        """
        with self._lock:
            current, known = self._stores.get(connection.id, (None, None))
            unchanged = current is not None and current.connection == connection
            if current is not None and unchanged and credentials in (None, known):
                return current
            if credentials is None:
                raise ConfigurationError(f"Sign in to “{connection.name}” first.")
            store = open_store(connection, credentials, self._settings)
            self._stores[connection.id] = (store, credentials)
            self._roots = {r: s for r, s in self._roots.items() if s.connection.id != connection.id}
        if current is not None:
            current.close()
        self.signed_in.emit(connection.id)
        return store

    def is_signed_in(self, connection_id: str) -> bool:
        """Whether a store is open. Thread: any."""
        with self._lock:
            return connection_id in self._stores

    def sign_out(self, connection_id: str) -> None:
        """Forget the store and its token. Layers that are open of it read on."""
        with self._lock:
            store, _ = self._stores.pop(connection_id, (None, None))
            self._roots = {r: s for r, s in self._roots.items() if s.connection.id != connection_id}
        if store is not None:
            store.close()
            self.signed_out.emit(connection_id)

    def remember_root(self, store: ObjectStore) -> None:
        """Note how the saved form of the store's objects begins. Thread: any but main.

        May sign in, as only then the account's URL is known, and starts the gateway, so that the
        main thread never has to wait for it.
        """
        gateway = shared_gateway()
        root = store.source("c", "k").removesuffix("c/k")
        with self._lock:
            is_new = self._roots.get(root) is not store
            self._roots[root] = store
        if is_new:
            try:
                gateway.adopt(store)
            except CogBrowserError as error:  # the sign-in itself is as good as before
                log.warning("Open layers may have to be added again: %s", error)

    def roots(self) -> dict[str, ObjectStore]:
        """Saved-form prefix, ending with a slash → store. Thread: any."""
        with self._lock:
            return dict(self._roots)

    def close(self) -> None:
        with self._lock:
            stores = list(self._stores.values())
        for store, _ in stores:
            store.close()
        self.repository.close()


_sessions: Sessions | None = None


def sessions() -> Sessions:
    """The sessions of this process, made at the first call. Thread: main."""
    global _sessions  # noqa: PLW0603
    if _sessions is None:
        _sessions = Sessions()
    return _sessions


def close_sessions() -> None:
    """Undo `sessions`; layers that are open read on."""
    global _sessions  # noqa: PLW0603
    if _sessions is not None:
        _sessions.close()
        _sessions = None
