# SPDX-License-Identifier: GPL-2.0-or-later
"""An `ObjectStore` in this process's memory: no server, no network, the same rules.

`test_store_contract.py` asks it what it asks the stores on real servers; where they differ, this
one is wrong.
"""

from __future__ import annotations

import hashlib
import threading
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

from cog_browser.storage.answers import already_exists, changed, said
from cog_browser.storage.connection import Connection
from cog_browser.storage.errors import ConfigurationError, NotFoundError, ProtocolError
from cog_browser.storage.gateway.gateway import Gateway
from cog_browser.storage.models import Container, Listing, ObjectEntry
from cog_browser.storage.object_names import content_type_of, encoded_path
from cog_browser.storage.progress import report
from cog_browser.storage.transfers.local_files import SourceFile, whole_file_or_nothing
from cog_browser.storage.vsi import open_through_gateway

_BLOCK = 128 << 10  # bytes between two reports of progress


@dataclass(frozen=True)
class _Object:
    data: bytes = field(repr=False)
    entry: ObjectEntry


class MemoryStore:
    """See `ObjectStore` for types and promises. Another process can't open it."""

    def __init__(self, name: str = "memory", page_size: int = 10_000) -> None:
        url = f"https://memory.invalid/v1/AUTH_{uuid.uuid4().hex}"
        self.connection = Connection(name, auth_mode="anonymous", storage_url=url)
        self._page_size = page_size
        self._lock = threading.Lock()
        self._containers: dict[str, dict[str, _Object]] = {}
        self._gateway: Gateway | None = None

    @property
    def recipe(self):
        raise ConfigurationError("A store in memory can't be opened by another process.")

    def list_containers(self):
        with self._lock:
            found = [self._described(name) for name in sorted(self._containers)]
        yield from found

    def list_objects(self, container, prefix="", delimiter="/", page_size=None):
        names: list[str] | None = None
        while names is None or names:
            marker = names[-1] if names else ""
            with self._lock:
                held = dict(self._held(container, f"list container “{container}”"))
            rows: dict[str, ObjectEntry | None] = {}
            for key in sorted(k for k in held if k.startswith(prefix)):
                head, found, _ = key[len(prefix) :].partition(delimiter or "\0")
                is_folder = bool(delimiter and found)
                rows[prefix + head + found if is_folder else key] = (
                    None if is_folder else held[key].entry
                )
            is_first = names is None
            names = [name for name in rows if name > marker][: page_size or self._page_size]
            if names or is_first:
                entries = (rows[name] for name in names)
                yield Listing(
                    tuple(name for name in names if rows[name] is None),
                    tuple(entry for entry in entries if entry is not None),
                )

    def head_object(self, container, key):
        return self._found(container, key, f"find {said(container, key)}").entry

    def download(self, container, key, path, *, progress=None):
        data = self._found(container, key, f"download {said(container, key)}").data
        report(progress, 0, len(data))
        with whole_file_or_nothing(Path(path)) as file:
            for start in range(0, len(data), _BLOCK):
                file.write(data[start : start + _BLOCK])
                report(progress, min(start + _BLOCK, len(data)), len(data))

    def upload(self, path, container, key, *, overwrite=False, content_type=None, progress=None):
        doing = f"upload to {said(container, key)}"
        source = SourceFile.at(path)
        self.check_upload(container, key, overwrite=overwrite)
        data = bytearray()
        report(progress, 0, source.size)
        with source.open() as file:
            while chunk := file.read(_BLOCK):
                data += chunk
                report(progress, len(data), source.size)
        if len(data) != source.size:
            raise ConfigurationError(f"{source.path} has been changed since its upload began.")
        kind = content_type or content_type_of(key)
        return self._put(container, key, bytes(data), kind, doing, overwrite=overwrite)

    def check_upload(self, container, key, *, overwrite=False):
        doing = f"upload to {said(container, key)}"
        encoded_path((container, key))
        with self._lock:
            if key in self._held(container, doing) and not overwrite:
                raise already_exists(doing)

    def copy_object(self, container, key, to_container, to_key, *, overwrite=False, progress=None):
        doing = f"copy {said(container, key)} to {said(to_container, to_key)}"
        if (container, key) == (to_container, to_key):
            raise ConfigurationError(f"Could not {doing}: both are the same object.")
        self.check_upload(to_container, to_key, overwrite=overwrite)
        found = self._found(container, key, doing)
        report(progress, found.entry.size, found.entry.size)
        kind = found.entry.content_type
        return self._put(to_container, to_key, found.data, kind, doing, overwrite=overwrite)

    def delete_object(self, container, key):
        doing = f"delete {said(container, key)}"
        encoded_path((container, key))
        with self._lock:
            if self._held(container, doing).pop(key, None) is None:
                raise _missing(doing)
        self._forget(container, key)

    def create_container(self, name):
        if not name or "/" in name or len(name.encode()) > 256:
            raise ConfigurationError(
                f"Could not create container “{name}”: its name must have 1 to 256 bytes, no “/”."
            )
        encoded_path((name,))
        with self._lock:
            self._containers.setdefault(name, {})
            return self._described(name)

    def delete_container(self, name):
        doing = f"delete container “{name}”"
        with self._lock:
            if self._held(name, doing):
                raise ProtocolError(f"Could not {doing}: it is not empty.", status=409)
            del self._containers[name]

    def source(self, container, key):
        return "/vsicurl/" + self.connection.storage_url + encoded_path((container, key))

    def read_range(self, container, key, start, stop, *, etag=None):
        doing = f"read {said(container, key)}"
        if not 0 <= start <= stop:
            raise ConfigurationError(f"Could not {doing}: no such range, {start} to {stop}.")
        if start == stop:
            return b""
        data = self._data(container, key, etag)
        if stop > len(data):
            raise ProtocolError(f"Could not {doing}: it ends before byte {stop}.", status=416)
        return data[start:stop]

    def read_ranges(self, container, key, ranges, *, etag=None):
        data = self._data(container, key, etag)
        if any(not 0 <= start < stop <= len(data) for start, stop in ranges):
            return None
        return [data[start:stop] for start, stop in ranges]

    def open_dataset(self, container, key):
        with self._lock:
            if self._gateway is None:
                self._gateway = Gateway()  # in this process, where the objects are
        return open_through_gateway(self._gateway, self, container, key)

    def close(self):
        """Nothing to do: open datasets go on reading by the gateway."""

    def _described(self, name: str) -> Container:
        held = self._containers[name].values()
        return Container(name, len(held), sum(each.entry.size for each in held))

    def _held(self, container: str, doing: str) -> dict[str, _Object]:
        """The container's objects by key. The caller holds the lock."""
        encoded_path((container,))
        if container not in self._containers:
            raise _missing(doing, f"there is no container “{container}”")
        return self._containers[container]

    def _found(self, container: str, key: str, doing: str) -> _Object:
        encoded_path((container, key))
        with self._lock:
            found = self._held(container, doing).get(key)
        if found is None:
            raise _missing(doing)
        return found

    def _data(self, container: str, key: str, etag: str | None) -> bytes:
        found = self._found(container, key, doing := f"read {said(container, key)}")
        if etag is not None and etag != found.entry.etag:
            raise changed(doing, None)
        return found.data

    def _put(self, container, key, data, kind, doing, *, overwrite) -> ObjectEntry:
        """Checks again: somebody may have been faster since `check_upload`."""
        etag = hashlib.md5(data, usedforsecurity=False).hexdigest()
        now = datetime.now(timezone.utc).replace(microsecond=0)  # as precise as HTTP's headers
        entry = ObjectEntry(container, key, len(data), now, etag, kind)
        with self._lock:
            held = self._held(container, doing)
            if key in held and not overwrite:
                raise already_exists(doing)
            held[key] = _Object(data, entry)
        self._forget(container, key)
        return entry

    def _forget(self, container: str, key: str) -> None:
        if self._gateway is not None:
            self._gateway.forget(self.connection.id, container, key)


def _missing(doing: str, why: str = "it does not exist") -> NotFoundError:
    return NotFoundError(f"Could not {doing}: {why} (404).", status=404)
