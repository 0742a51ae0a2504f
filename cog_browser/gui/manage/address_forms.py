# SPDX-License-Identifier: GPL-2.0-or-later
"""An object's address as other programs want it. Never with a secret."""

from __future__ import annotations

import os
import shlex

from cog_browser.adapters.i18n import tr
from cog_browser.gui.text import one_line
from cog_browser.storage.errors import ConfigurationError
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
#: cmd and PowerShell see a meaning in these within double quotes, too; “”„ are such quotes there.
_WINDOWS_SIGNS = frozenset('"%&|<>^!$`\u201c\u201d\u201e')


def text_of(form: str, store: ObjectStore, entry: ObjectEntry) -> str:
    """One of `FORMS`. May sign in, so never on the GUI thread.

    Names may be strangers': raises `ConfigurationError` where pasting the text might run something.
    """
    name = f"{entry.container}/{entry.key}"
    if one_line(name) != name:
        said = tr(
            "The name “{name}” has characters that are not to be seen, or break lines. Pasted "
            "elsewhere it might do harm, so nothing is copied. Rename the object first."
        )
        raise ConfigurationError(said.format(name=one_line(name)))
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
    return command_for(_path(store, entry), f"{entry.container}/{entry.key}")


def command_for(path: str, name: str, system: str = os.name) -> str:
    """``name`` as people know the object. Raises `ConfigurationError`, see `text_of`."""
    if system != "nt":
        return f"gdalinfo {shlex.quote(path)}"
    found = sorted(_WINDOWS_SIGNS & {*name, *path.replace("%", "")})
    if found:
        said = tr(
            "The name “{name}” has {signs}, which Windows would not take as a part of a name in a "
            "command. Copy the GDAL path instead, or rename the object."
        )
        raise ConfigurationError(said.format(name=name, signs=" ".join(found)))
    return f'gdalinfo "{path}"'


def _python(store: ObjectStore, entry: ObjectEntry) -> str:
    """For QGIS's Python console, by the connection's name."""
    return (
        "from cog_browser import api; "
        f"dataset = api.open_store({store.connection.name!r})"
        f".open_dataset({entry.container!r}, {entry.key!r})"
    )
