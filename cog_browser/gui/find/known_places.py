# SPDX-License-Identifier: GPL-2.0-or-later
"""Containers, favourites and recent objects by name, of what is known without asking anybody."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice

from qgis.PyQt.QtCore import QObject

from cog_browser.adapters.i18n import tr
from cog_browser.adapters.sessions import Sessions
from cog_browser.adapters.workers import Job, Workers
from cog_browser.gui import listing
from cog_browser.gui.find.address import Account, NoSuchAccount, is_address, target_of
from cog_browser.gui.find.name_filter import folded
from cog_browser.gui.find.saved_places import favourites, recent_objects
from cog_browser.gui.place import DELIMITER, ObjectAddress, Place
from cog_browser.gui.tree_model import TreeModel
from cog_browser.storage.connection import Connection
from cog_browser.storage.store import ObjectStore

#: Of each sort. More can't be looked through, and typing another letter is quicker.
MOST = 20
_FRESH_FOR = 60.0  # seconds


@dataclass(frozen=True)
class Match:
    """``address`` is an object's; without ``place`` there is no connection for it."""

    title: str
    detail: str
    group: str
    icon_name: str
    score: float
    place: Place | None
    address: ObjectAddress | None = None


class KnownPlaces(QObject):
    """Thread: main. Only `refresh` has a worker ask the stores, those that are signed in."""

    def __init__(
        self,
        tree: TreeModel,
        sessions: Sessions,
        workers: Workers,
        accounts: Callable[[], list[Account]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tree, self._sessions, self._workers = tree, sessions, workers
        self._accounts = accounts
        self._listed: dict[str, tuple[str, ...]] = {}  # containers by connection id
        self._asked: dict[str, float] = {}
        sessions.signed_out.connect(self._forget)

    def stop(self) -> None:
        self._sessions.signed_out.disconnect(self._forget)
        for connection_id in self._asked:
            self._workers.cancel(("known places", connection_id))

    def matching(self, text: str) -> Iterator[Match]:
        """An address alone, else what has all the words in its name."""
        if is_address(text):
            yield self._of_address(text)
            return
        words = folded(text).split()
        connections = self._sessions.repository.all()
        for sort in (_favourites, _recent, self._containers):
            yield from islice((match for one in connections for match in sort(one, words)), MOST)

    def refresh(self, then: Callable[[], None]) -> None:
        """List the containers of the accounts that are signed in, unless that was just done.

        ``then`` is called for each that has other containers than were known.
        """
        now = time.monotonic()
        for connection in self._sessions.repository.all():
            store = self._sessions.store_of(connection.id)
            is_fresh = now - self._asked.get(connection.id, -_FRESH_FOR) < _FRESH_FOR
            if store is None or is_fresh or not self._sessions.is_signed_in(connection.id):
                continue
            self._asked[connection.id] = now
            self._workers.run(
                partial(_names, store, Place(connection.id)),
                done=partial(self._on_listed, connection.id, then),
                key=("known places", connection.id),
            )

    def _on_listed(
        self, connection_id: str, then: Callable[[], None], names: tuple[str, ...]
    ) -> None:
        before, self._listed[connection_id] = self._listed.get(connection_id), names
        if before != names:
            then()

    def _forget(self, connection_id: str) -> None:
        self._workers.cancel(("known places", connection_id))
        self._listed.pop(connection_id, None)
        self._asked.pop(connection_id, None)

    def _containers(self, connection: Connection, words: list[str]) -> Iterator[Match]:
        top, group = Place(connection.id), tr("Containers")
        left = _not_in(words, connection.name)
        if not left:
            yield _match(connection, top, connection.name, group, "connection", 0.5)
        shown = (place.container for place in self._tree.children(top))
        for name in dict.fromkeys((*shown, *self._listed.get(connection.id, ()))):
            if not _not_in(left, name):
                place = Place(connection.id, name)
                yield _match(connection, place, name, group, "container", 0.6)

    def _of_address(self, text: str) -> Match:
        group = tr("Address")
        try:
            target = target_of(text.strip(), self._accounts())
        except NoSuchAccount as error:
            said = tr("Add a connection…")
            why = tr("No saved connection is for {account}.").format(account=error.account or text)
            return Match(said, why, group, "add-connection", 1.0, None)
        place, address = target.place, target.address
        connection = self._sessions.repository.find(place.connection_id)
        if address is not None:
            return _of_object(connection, address, group, 1.0)
        path = f"{place.container}/{place.prefix}".strip(DELIMITER) or connection.name
        return _match(connection, place, path, group, "folder", 1.0)


def _names(store: ObjectStore, place: Place, job: Job) -> tuple[str, ...]:
    return tuple(listing.collect(store, place, job).folder_names)


def _favourites(connection: Connection, words: list[str]) -> Iterator[Match]:
    for place in favourites(connection.id):
        path = f"{place.container}/{place.prefix}".rstrip(DELIMITER)
        if not _not_in(words, f"{connection.name} {path}"):
            yield _match(connection, place, path, tr("Favourites"), "favourite", 0.9)


def _recent(connection: Connection, words: list[str]) -> Iterator[Match]:
    for address in recent_objects(connection.id):
        if not _not_in(words, f"{connection.name} {address.container}/{address.key}"):
            yield _of_object(connection, address, tr("Recent objects"), 0.8)


def _of_object(connection: Connection, address: ObjectAddress, group: str, score: float) -> Match:
    detail = f"{connection.name} › {address.container}/{address.place.prefix}".rstrip(DELIMITER)
    return Match(address.name, detail, group, "raster", score, address.place, address)


def _match(
    connection: Connection, place: Place, title: str, group: str, icon_name: str, score: float
) -> Match:
    detail = connection.name if place.container else ""
    return Match(title, detail, group, icon_name, score, place)


def _not_in(words: list[str], text: str) -> list[str]:
    text = folded(text)
    return [word for word in words if word not in text]
