# SPDX-License-Identifier: GPL-2.0-or-later
"""Remembers which objects Earth Engine assets read, since changing one breaks its assets.

An asset names each object with its *generation*. When the object is overwritten, moved or deleted,
that generation is gone (unless the bucket keeps versions), and the asset can't be read any more.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from functools import lru_cache
from pathlib import Path

from cog_browser.storage.connection import Connection
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.s3.places import Place
from cog_browser.storage.transfers.control import state_folder

log = logging.getLogger(__name__)

_FILE = "earth_engine_assets.json"
#: URLs of objects for which `announced` has warned.
_told: set[str] = set()


@dataclass(frozen=True)
class Registered:
    """``url`` is the object's, without any secret; ``generation`` is empty where nobody knows."""

    url: str
    asset: str
    generation: str
    when: str  # RFC 3339, UTC


class RegisteredObjects:
    """What this user has registered, in a file that all of their programs share. Thread: any."""

    def __init__(self, path: Path) -> None:
        self._path, self._lock = path, threading.Lock()
        self._read: tuple[tuple[int, int], tuple[Registered, ...]] = ((0, 0), ())

    def all(self) -> tuple[Registered, ...]:
        """Nothing where the file isn't there, or was damaged."""
        try:
            found = self._path.stat()
        except OSError:
            return ()
        stamp = (found.st_mtime_ns, found.st_size)
        if stamp != self._read[0]:
            try:
                listed = json.loads(self._path.read_text("utf-8"))
                self._read = (stamp, tuple(Registered(**one) for one in listed))
            except (OSError, ValueError, TypeError):
                log.warning("%s can't be read: no registered Earth Engine asset is known", _FILE)
                self._read = (stamp, ())
        return self._read[1]

    def of(self, url: str) -> tuple[Registered, ...]:
        """The assets that read an object."""
        return tuple(one for one in self.all() if one.url == url)

    def remember(self, asset: str, generations: Mapping[str, str]) -> None:
        """An asset was made of these URLs, with the generation of each; it may replace another."""
        when = datetime.now(timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")
        with self._lock:
            kept = [one for one in self.all() if one.asset != asset]
            made = [Registered(url, asset, known, when) for url, known in generations.items()]
            self._write([*kept, *made])

    def forget(self, url: str) -> None:
        """The object that its assets read is gone."""
        with self._lock:
            known = self.all()
            kept = [one for one in known if one.url != url]
            if len(kept) < len(known):
                self._write(kept)

    def _write(self, listed: Iterable[Registered]) -> None:
        """Whole or not at all. What can't be kept is logged: the deed itself was done."""
        text, made = json.dumps([asdict(one) for one in listed], indent=1), None
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            number, name = tempfile.mkstemp(dir=self._path.parent, prefix=_FILE)
            made = Path(name)
            with os.fdopen(number, "w", encoding="utf-8") as file:
                file.write(text)
            made.replace(self._path)
        except OSError as error:
            log.warning("%s can't be written: %s", self._path, error.strerror)
            if made is not None:
                made.unlink(missing_ok=True)


def registered_objects() -> RegisteredObjects:
    """This user's."""
    return _at(state_folder() / _FILE)


@lru_cache(maxsize=8)
def _at(path: Path) -> RegisteredObjects:
    return RegisteredObjects(path)


def object_url(connection: Connection, container: str, key: str) -> str:
    """By which an object is remembered: the same for all connections that see it."""
    return Place(connection).named_url(container, key)


def assets_reading(connection: Connection, container: str, keys: Iterable[str]) -> dict[str, str]:
    """The assets by key, of those among ``keys`` that assets read. Reads a small file."""
    if connection.kind != "gs":
        return {}
    assets: dict[str, list[str]] = {}
    for one in registered_objects().all():
        assets.setdefault(one.url, []).append(one.asset)
    found = {}
    for key in keys if assets else ():
        with suppress(ConfigurationError):  # a name that can't be sent was never registered
            if known := assets.get(object_url(connection, container, key)):
                found[key] = ", ".join(known)
    return found


@contextmanager
def announced(connection: Connection, container: str, key: str) -> Iterator[None]:
    """Around long work at whose end `replacing` comes: warn at once, and not again then."""
    url, assets = _assets(connection, container, key)
    if assets:
        _warn(container, key, assets)
        _told.add(url)
    try:
        yield
    finally:
        _told.discard(url)


@contextmanager
def replacing(connection: Connection, container: str, key: str) -> Iterator[None]:
    """Around what overwrites or deletes an object: warn in the log, and forget it afterwards."""
    url, assets = _assets(connection, container, key)
    if assets and url not in _told:
        _warn(container, key, assets)
    yield
    if assets:
        registered_objects().forget(url)


def _warn(container: str, key: str, assets: str) -> None:
    log.warning(
        "gs://%s/%s is replaced or deleted, and an Earth Engine asset reads it as it was: %s. "
        "It can't be read any more then, unless the bucket keeps versions. Register it again.",
        container, key, assets,
    )  # fmt: skip


def _assets(connection: Connection, container: str, key: str) -> tuple[str, str]:
    """The object's URL, and the assets that read it; both may be empty."""
    assets = assets_reading(connection, container, [key]).get(key, "")
    return (object_url(connection, container, key), assets) if assets else ("", "")
