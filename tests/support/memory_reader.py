# SPDX-License-Identifier: GPL-2.0-or-later
"""An object in memory behind the gateway's view of a store, with knobs for slowness and failure."""

from __future__ import annotations

import threading
import time

from cog_browser.storage.connection import Connection
from cog_browser.storage.errors import ProtocolError
from cog_browser.storage.models import ObjectEntry


class MemoryReader:
    """One object, with knobs for slowness and failure."""

    def __init__(self, data: bytes, name: str = "memory") -> None:
        self.connection = Connection(name)
        self.data, self.etag = data, "1"
        self.reads: list[tuple[int, int]] = []
        self.delay = 0.0
        self.error: Exception | None = None
        self.active = self.most_active = 0
        self._lock = threading.Lock()

    def head_object(self, container, key):
        if self.error:
            raise self.error
        return ObjectEntry(container, key, len(self.data), None, self.etag, "image/tiff")

    def read_range(self, container, key, start, stop, *, etag=None):
        with self._lock:
            self.reads.append((start, stop))
            self.active += 1
            self.most_active = max(self.active, self.most_active)
        try:
            time.sleep(self.delay)
            if self.error:
                raise self.error
            if etag != self.etag:
                raise ProtocolError("replaced", status=412)
            return self.data[start:stop]
        finally:
            with self._lock:
                self.active -= 1

    def source(self, container, key):
        return f"/vsicurl/https://store.example.org/v1/x/{container}/{key}"
