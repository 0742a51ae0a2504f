# SPDX-License-Identifier: GPL-2.0-or-later
"""Fills a container of a running stack with object rows, straight in its SQLite database.

A million PUTs would take hours. The rows are what Swift itself would have written, but there are
no bytes behind them: they can be listed, not read.
"""

from __future__ import annotations

import hashlib
import random
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from tests.support.stack_client import Stack

_INSERT = (
    "INSERT INTO object (name, created_at, size, content_type, etag, deleted, storage_policy_index)"
    " VALUES (?, ?, ?, ?, ?, 0, 0)"
)


def fill(stack: Stack, container: str, keys: Iterable[str], region: str = "RegionOne") -> None:
    """Add objects with these keys to a container of the demo account that is there."""
    with closing(sqlite3.connect(_database(stack, container, region), timeout=60)) as database:
        # Swift's triggers count rows; the sum of all rows is only for replication
        database.create_function("chexor", 3, lambda before, _name, _time: before)
        with database:
            database.executemany(_INSERT, _rows(keys))


def _rows(keys: Iterable[str]) -> Iterator[tuple[str, str, int, str, str]]:
    chance, now = random.Random(1), time.time()
    for key in keys:
        modified = f"{now - chance.uniform(0, 1e8):016.5f}"
        etag = hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()
        yield key, modified, chance.randrange(10**9), "image/tiff", etag


def _database(stack: Stack, container: str, region: str) -> Path:
    account = stack.storage_url(region=region).rpartition("/")[2]
    folder = stack.folder / f"swift-{region}" / "srv"
    for path in folder.glob("*/containers/*/*/*/*.db"):
        with closing(sqlite3.connect(path, timeout=60)) as database:
            found = database.execute("SELECT account, container FROM container_info").fetchone()
        if found == (account, container):
            return path
    raise LookupError(f"no database of container {container} below {folder}")
