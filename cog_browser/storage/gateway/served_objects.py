# SPDX-License-Identifier: GPL-2.0-or-later
"""The objects that a gateway serves, each by a path that nobody can guess."""

from __future__ import annotations

import secrets
import threading
from urllib.parse import quote

from cog_browser.storage.gateway.shared_object import Meter, SharedObject


class ServedObjects:
    """Thread-safe. A path is never given up; the latest of an object is that of its name."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest: dict[tuple[str, str, str], SharedObject] = {}
        self._by_path: dict[str, SharedObject] = {}

    def latest(self, connection_id: str, saved_source: str) -> SharedObject | None:
        with self._lock:
            return self._latest.get((connection_id, saved_source, ""))

    def share(
        self, connection_id: str, container: str, key: str, saved_source: str, pinned: str = ""
    ) -> SharedObject:
        """The latest, made if there is none; pinned to an ETag, it is one of its own."""
        identity = (connection_id, saved_source, pinned)
        with self._lock:
            shared = self._latest.get(identity)
            if shared is None:
                name = key.rstrip("/").rsplit("/", 1)[-1] or "object"
                path = f"/{secrets.token_hex(16)}/{quote(name, safe='')}"
                shared = SharedObject(
                    connection_id, None, container, key, saved_source, path, pinned
                )
                self._latest[identity] = self._by_path[path] = shared
            return shared

    def retire(self, shared: SharedObject) -> None:
        """Let the object's next path be another one."""
        with self._lock:
            self._latest = {i: s for i, s in self._latest.items() if s is not shared}

    def at_path(self, path: str) -> SharedObject | None:
        with self._lock:
            return self._by_path.get(path)

    def all(self) -> list[SharedObject]:
        """Also those that have been retired."""
        with self._lock:
            return list(self._by_path.values())

    def named(self, connection_id: str, container: str, key: str) -> list[SharedObject]:
        """The latest of an object, under all its saved forms."""
        name = (connection_id, container, key)
        with self._lock:
            latest = list(self._latest.values())
        return [s for s in latest if (s.connection_id, s.container, s.key) == name]

    def totals(self) -> dict[str, Meter]:
        """What all objects of each connection have cost so far, by its id."""
        found: dict[str, Meter] = {}
        for shared in self.all():
            found.setdefault(shared.connection_id, Meter()).add(shared.meter)
        return found
