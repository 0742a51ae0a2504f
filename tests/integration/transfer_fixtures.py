# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of transfers share: small segments, and a look behind the store's back."""

from __future__ import annotations

import hashlib
import os
import random
import threading

import pytest

from cog_browser.storage.connection import Connection
from cog_browser.storage.stores import open_store
from cog_browser.storage.transfers.control import TransferSettings
from tests.support.faults import Fault, Rule

SEGMENT = 256 << 10
#: Four segments and a bit.
SIZE = 4 * SEGMENT + 4711


def settings_for(folder, **options):
    values = {
        "threshold": SEGMENT,
        "segment_size": SEGMENT,
        "part_size": SEGMENT,
        "first_pause": 0.01,
        "longest_pause": 0.1,
        "journals": folder / "journals",
    }
    return TransferSettings(**{**values, **options})


def open_with(environment, folder, **options):
    connection, credentials = Connection.from_environment(environment)
    return open_store(connection, credentials, transfers=settings_for(folder, **options))


def md5(path):
    return hashlib.md5(path.read_bytes()).hexdigest()


def keys(connection, container):
    """What the store lists, without the code under test."""
    try:
        return [row["name"] for row in connection.get_container(container, full_listing=True)[1]]
    except Exception as error:
        if getattr(error, "http_status", None) == 404:
            return []
        raise


def journals_in(folder):
    return sorted((folder / "journals").glob("*.upload"))


class RandomFaults(Rule):
    """One of several faults, to one in five requests."""

    def __init__(self, faults, seed, share=0.2, method=None):
        super().__init__(Fault(), method, None, None, None, 0)
        self._faults, self._share = faults, share
        self._random = random.Random(seed)
        self._turn = threading.Lock()

    def takes(self, request):
        with self._turn:
            if self.method not in (None, request.method) or self._random.random() >= self._share:
                return False
            self.fault = self._random.choice(self._faults)
            self.hits += 1
            return True


@pytest.fixture
def store(stack, tmp_path):
    store = open_with(stack.environment("demo"), tmp_path)
    yield store
    store.close()


@pytest.fixture
def through(faulty_store, tmp_path):
    """The same account behind the fault proxy."""
    store = open_with(faulty_store.environment("demo"), tmp_path)
    yield store
    store.close()


@pytest.fixture
def behind(stack):
    """A client of another make."""
    return stack.connection()


@pytest.fixture
def container(stack, store):
    return store.create_container(stack.unique_name()).name


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "data.bin"
    path.write_bytes(os.urandom(SIZE))
    return path
