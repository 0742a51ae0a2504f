# SPDX-License-Identifier: GPL-2.0-or-later
"""The signed-in stores of this QGIS: one for each connection, shared by all who need it."""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QObject, pyqtSignal

from cog_browser.adapters.connections import ConnectionRepository
from cog_browser.adapters.main_thread import is_main_thread
from cog_browser.adapters.network_settings import http_settings
from cog_browser.adapters.secret_store import SecretStore
from cog_browser.storage.connection import RESERVED_PREFIX, Connection
from cog_browser.storage.connection_kinds import WITHOUT_SECRET
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import CogBrowserError, ConfigurationError
from cog_browser.storage.gateway.process import shared_gateway
from cog_browser.storage.http import HttpSettings
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.stores import open_store
from cog_browser.storage.transfers.control import TransferSettings
from cog_browser.storage.web.store import WebStore

log = logging.getLogger(__name__)


def transfer_settings() -> TransferSettings:
    """As usual, with what is unfinished remembered in the user's QGIS profile. Thread: any."""
    return TransferSettings(journals=_profile_folder() / "uploads")


def copies_folder() -> Path:
    """Where objects lie on their way from one account to another. Thread: any."""
    return _profile_folder() / "copies"


def _profile_folder() -> Path:
    return Path(QgsApplication.qgisSettingsDirPath()) / "cog_browser"


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
        self._roots: dict[str, tuple[str, ObjectStore]] = {}
        self._saved_roots: dict[str, str] = {}
        self._refresh_saved_roots()
        self.repository.changed.connect(self._refresh_saved_roots)
        self._settings: HttpSettings = http_settings()

    @property
    def http_settings(self) -> HttpSettings:
        """QGIS's, as they were when a sign-in last asked for them. Thread: any."""
        return self._settings

    def resolve(self, name: str) -> Connection:
        """A saved connection by name or id, or ``env`` and ``env:swift`` for the environment."""
        named = Connection.named_in_environment(name)
        return named[0] if named else self.repository.find(name)

    def connection(self, connection_id: str) -> Connection:
        """A connection that is signed in or saved; raises `ConfigurationError`."""
        with self._lock:
            store, _ = self._stores.get(connection_id, (None, None))
        return store.connection if store is not None else self.repository.find(connection_id)

    def find_credentials(
        self, connection: Connection, may_prompt: bool = True
    ) -> Credentials | None:
        """The secrets of a connection, or None. QGIS may ask for its master password.

        Without ``may_prompt``, nothing is asked that might wait for the user.
        """
        if is_main_thread():
            self._settings = http_settings()  # they may have changed since
        if connection.auth_mode in WITHOUT_SECRET:
            return Credentials()
        if connection.name == RESERVED_PREFIX:
            return Connection.from_environment(os.environ, connection.kind)[1] or None
        return self.secrets.load(connection.id, may_prompt)

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
            store = open_store(connection, credentials, self._settings, transfer_settings())
            self._stores[connection.id] = (store, credentials)
            self._roots.pop(connection.id, None)
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
            self._roots.pop(connection_id, None)
        if store is not None:
            store.close()
            self.signed_out.emit(connection_id)

    def remember_root(self, store: ObjectStore) -> None:
        """Note how the saved form of the store's objects begins. Thread: any but main.

        May sign in, as only then the account's URL is known, and starts the gateway, so that the
        main thread never has to wait for it.
        """
        gateway = shared_gateway()
        if isinstance(store, WebStore):
            root = store.address.saved_root
        else:
            root = store.source("c", "k").partition("#")[0].removesuffix("c/k")
        connection_id = store.connection.id
        with self._lock:
            _, known = self._roots.get(connection_id, ("", None))
            is_new = known is not store
            self._roots[connection_id] = (root, store)
            is_other = self._saved_roots.get(connection_id) != root
        if is_other:
            self.repository.save_root(connection_id, root)
            self._refresh_saved_roots()
        if is_new:
            try:
                gateway.adopt(store)
            except CogBrowserError as error:  # the sign-in itself is as good as before
                log.warning("Open layers may have to be added again: %s", error)

    def roots(self) -> dict[str, ObjectStore]:
        """Saved-form prefix, ending with a slash → store. Thread: any."""
        with self._lock:
            return dict(self._roots.values())

    def accounts(self) -> list[tuple[str, str]]:
        """Saved-form prefix and connection id, the signed-in ones first. Thread: any."""
        with self._lock:
            signed_in = [(root, connection_id) for connection_id, (root, _) in self._roots.items()]
            saved = [(root, connection_id) for connection_id, root in self._saved_roots.items()]
        return signed_in + [pair for pair in saved if pair not in signed_in]

    def store_of(self, connection_id: str) -> ObjectStore | None:
        """The store whose root is known; it has signed in. Thread: any."""
        with self._lock:
            return self._roots.get(connection_id, ("", None))[1]

    def _refresh_saved_roots(self) -> None:
        roots = self.repository.roots()
        with self._lock:
            self._saved_roots = roots

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
