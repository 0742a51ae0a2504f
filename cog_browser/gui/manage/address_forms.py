# SPDX-License-Identifier: GPL-2.0-or-later
"""An object's address as other programs want it. Never with a secret."""

from __future__ import annotations

import shlex

from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.swift.store import SwiftStore

NAME, URL, PATH, COMMAND, PYTHON = FORMS = (
    "copy-name",
    "copy-url",
    "copy-path",
    "copy-command",
    "copy-python",
)
#: More at once would be no text that anybody can use.
MOST_COPIED = 10_000
_BY_URL = "/vsicurl/"


def text_of(form: str, store: ObjectStore, entry: ObjectEntry) -> str:
    """One of `FORMS`. May sign in, so never on the GUI thread."""
    return {NAME: _name, URL: _url, PATH: _path, COMMAND: _command, PYTHON: _python}[form](
        store, entry
    )


def _name(_store: ObjectStore, entry: ObjectEntry) -> str:
    return entry.key


def _url(store: ObjectStore, entry: ObjectEntry) -> str:
    """Where a store's sources are no URLs, the path that names the object."""
    return store.source(entry.container, entry.key).removeprefix(_BY_URL)


def _path(store: ObjectStore, entry: ObjectEntry) -> str:
    """With GDAL's own driver for Swift where a sign-in is needed: a bare URL would be refused."""
    if isinstance(store, SwiftStore) and store.connection.auth_mode != "anonymous":
        return f"/vsiswift/{entry.container}/{entry.key}"
    return store.source(entry.container, entry.key)


def _command(store: ObjectStore, entry: ObjectEntry) -> str:
    """For where GDAL is signed in, e.g. by ``SWIFT_STORAGE_URL`` and ``SWIFT_AUTH_TOKEN``."""
    return f"gdalinfo {shlex.quote(_path(store, entry))}"


def _python(store: ObjectStore, entry: ObjectEntry) -> str:
    """For QGIS's Python console, by the connection's name."""
    return (
        "from cog_browser import api; "
        f"dataset = api.open_store({store.connection.name!r})"
        f".open_dataset({entry.container!r}, {entry.key!r})"
    )
