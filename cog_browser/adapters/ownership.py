# SPDX-License-Identifier: GPL-2.0-or-later
"""Whose object a source names, as far as this QGIS knows without asking anybody."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from qgis.core import QgsProject

from cog_browser.adapters.connections import PLUGIN
from cog_browser.adapters.held_sources import held_source
from cog_browser.adapters.layer_sources import saved_sources
from cog_browser.adapters.sessions import sessions
from cog_browser.storage.connection_kinds import SHARED_ROOTS
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.object_names import encoded_path
from cog_browser.storage.web.address import WebAddress

#: The project's list of the accounts that its layers belong to, by how their sources begin.
_ENTRY = "accounts"
#: With a “#” where several accounts share the root.
_ROOT = re.compile(r"/vsicurl/https?://[^\s/?#@\\]+/(?:[^\s?#\\]+/)?#?")
#: A TIFF below what every Swift calls an account.
_SWIFT_TIFF = re.compile(
    r"(/vsicurl/https?://[^\s/?#@\\]+(?:/[^\s?#\\]+)?/v1/AUTH_[^\s/?#\\]+/)"
    r"[^\s/?#\\]+/[^\s?#\\]+\.[Tt][Ii][Ff]{1,2}"
)
#: What the open project has named since it was opened, though it may name others when it is saved.
_named_by_projects: set[str] = set()


@dataclass(frozen=True)
class OwnedObject:
    """``connection_id`` is empty where no connection of this QGIS is for the account.

    ``source`` is the saved form as that connection writes it.
    """

    root: str
    connection_id: str
    container: str
    key: str
    source: str

    @property
    def account(self) -> str:
        """The account for people: its URL."""
        return self.root.removeprefix("/vsicurl/").rstrip("/")

    @property
    def host(self) -> str:
        return self.account.split("/")[2]

    @property
    def project(self) -> str:
        """The project's id, or whatever its account is called."""
        return self.account.rsplit("/", 1)[-1].removeprefix("AUTH_")


def owner_of(source: str) -> OwnedObject | None:
    """The object that a saved form names; None where it is none of ours. Thread: any.

    The account's whole URL must match, and the source must be exactly as we would write it: so no
    other host, no user part, no dot segment and no other spelling ever gets a credential. An
    account without a connection is ours when the project says so, when its URL is as Swift's are,
    or when the source had the account's secret in it. Where several accounts share an end point, a
    source of ours has a fragment that says whose object it is; that of a colleague's connection
    says only that it is private, and then the first one for this end point is asked.
    """
    if not source.startswith("/vsi"):
        return None
    held = held_source(source)
    if held is not None:
        return OwnedObject(f"/vsicurl/{held.account_url}/", "", held.container, held.key, source)
    whose = source.partition("#")[2]
    for root, connection_id in sorted(sessions().accounts(), key=lambda pair: pair[1] != whose):
        found = _object_in(root, connection_id, source, is_shared=_is_shared(connection_id))
        if found is not None:
            store = sessions().store_of(connection_id)
            if store is None or store.source(found.container, found.key) == found.source:
                return found
    entries, _ = QgsProject.instance().readListEntry(PLUGIN, _ENTRY)
    _named_by_projects.update(entry for entry in entries if _ROOT.fullmatch(entry))
    for root in sorted(_named_by_projects, key=len, reverse=True):
        found = _object_in(root.rstrip("#"), "", source, is_shared=root.endswith("#"))
        if found is not None:
            return found
    shape = _SWIFT_TIFF.fullmatch(source)
    return _object_in(shape[1], "", source, is_shared=False) if shape is not None else None


def is_swift_tiff(source: str) -> bool:
    """Whether the URL alone tells that this is an object of Swift. Thread: any."""
    return _SWIFT_TIFF.fullmatch(source) is not None


def named_accounts() -> set[str]:
    """How the sources of the accounts begin that the open project names. Thread: any."""
    entries, _ = QgsProject.instance().readListEntry(PLUGIN, _ENTRY)
    return {entry.rstrip("#") for entry in entries}


def forget_accounts() -> None:
    """The project is closed: what it said of accounts must not hold for the next one."""
    _named_by_projects.clear()


def name_accounts(_document: Any = None) -> None:
    """Let the project say which accounts its layers belong to, before it is written.

    A colleague's QGIS then knows that these sources wait for a connection, and doesn't open them.
    Objects that anybody may read are left out: they work without a connection. So are those whose
    account only their URL tells: it tells it everywhere. Thread: main.
    """
    project = QgsProject.instance()
    before, _ = project.readListEntry(PLUGIN, _ENTRY)
    roots = set()
    layers = project.mapLayers().values()
    for source in {one for layer in layers for one in saved_sources(layer.source())}:
        found = owner_of(source)
        if found is None or _is_public(found.connection_id):
            continue
        root = f"{found.root}#" if "#" in found.source else found.root
        if found.connection_id or root in before:
            roots.add(root)
    if sorted(roots) == before:
        return
    if roots:
        project.writeEntry(PLUGIN, _ENTRY, sorted(roots))
    else:
        project.removeEntry(PLUGIN, _ENTRY)


def _web_address(connection_id: str) -> WebAddress | None:
    """Of a web connection, whose root is no account with containers but one folder or file."""
    try:
        connection = sessions().connection(connection_id) if connection_id else None
        return WebAddress.of(connection) if connection and connection.kind == "http" else None
    except ConfigurationError:
        return None


def _is_shared(connection_id: str) -> bool:
    try:
        return sessions().connection(connection_id).kind in SHARED_ROOTS
    except ConfigurationError:
        return False


def _is_public(connection_id: str) -> bool:
    try:
        return sessions().connection(connection_id).auth_mode == "anonymous"
    except ConfigurationError:
        return False


def _object_in(
    root: str, connection_id: str, source: str, *, is_shared: bool
) -> OwnedObject | None:
    named, mark, _ = source.partition("#")
    if not f"{named}/".startswith(root) or bool(mark) != is_shared:
        return None
    address = _web_address(connection_id)
    if address is not None:
        found = address.names_of(source)
        return OwnedObject(root, connection_id, *found, source) if found else None
    container, _, key = named[len(root) :].partition("/")
    try:
        if not connection_id and not key:  # a file on a web server, at the root or in its folder
            is_it = bool(container) and root[:-1] + encoded_path((container,)) == source
            name = unquote(container or root[:-1].rpartition("/")[2], errors="strict")
            return OwnedObject(root, "", "", name, source) if is_it or source == root[:-1] else None
        names = unquote(container, errors="strict"), unquote(key, errors="strict")
        if root[:-1] + encoded_path(names) != named:
            return None
    except (ConfigurationError, UnicodeDecodeError):
        return None
    own = f"{named}#{connection_id}" if is_shared and connection_id else source
    return OwnedObject(root, connection_id, *names, own)
