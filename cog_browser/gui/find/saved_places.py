# SPDX-License-Identifier: GPL-2.0-or-later
"""Favourites and recent objects of each connection, in QGIS's settings. Names only, no secrets."""

from __future__ import annotations

import json
from collections.abc import Iterable

from qgis.core import QgsSettings

from cog_browser.gui.place import ObjectAddress, Place

_GROUP = "plugins/cog_browser/places"
_MOST_RECENT = 15
_MOST_FAVOURITES = 200


def favourites(connection_id: str) -> list[Place]:
    """Containers and folders, in the order they were added."""
    return [Place(connection_id, *pair) for pair in _read(connection_id, "favourites")]


def is_favourite(place: Place) -> bool:
    return place in favourites(place.connection_id)


def set_favourite(place: Place, is_one: bool) -> None:
    """Add a container or folder, or take it out."""
    kept = [one for one in favourites(place.connection_id) if one != place]
    kept += [place] if is_one else []
    pairs = [(one.container, one.prefix) for one in kept[-_MOST_FAVOURITES:]]
    _write(place.connection_id, "favourites", pairs)


def recent_objects(connection_id: str) -> list[ObjectAddress]:
    """Those that were added to a map, the latest first."""
    return [ObjectAddress(connection_id, *pair) for pair in _read(connection_id, "recent")]


def note_recent(addresses: Iterable[ObjectAddress]) -> None:
    """They are added to a map now."""
    by_connection: dict[str, list[ObjectAddress]] = {}
    for address in addresses:
        by_connection.setdefault(address.connection_id, []).append(address)
    for connection_id, fresh in by_connection.items():
        known = dict.fromkeys([*reversed(fresh), *recent_objects(connection_id)])
        pairs = [(one.container, one.key) for one in list(known)[:_MOST_RECENT]]
        _write(connection_id, "recent", pairs)


def forget_recent(connection_id: str) -> None:
    QgsSettings().remove(f"{_GROUP}/{connection_id}/recent")


def keep_only(connection_ids: Iterable[str]) -> None:
    """Forget what is known of connections that were removed."""
    settings, kept = QgsSettings(), set(connection_ids)
    settings.beginGroup(_GROUP)
    gone = [one for one in settings.childGroups() if one not in kept]
    settings.endGroup()
    for connection_id in gone:
        settings.remove(f"{_GROUP}/{connection_id}")


def _read(connection_id: str, what: str) -> list[tuple[str, str]]:
    try:
        rows = json.loads(QgsSettings().value(f"{_GROUP}/{connection_id}/{what}", "[]"))
        return [(str(one), str(two)) for one, two in rows]
    except (ValueError, TypeError):  # somebody else wrote it
        return []


def _write(connection_id: str, what: str, pairs: list[tuple[str, str]]) -> None:
    QgsSettings().setValue(f"{_GROUP}/{connection_id}/{what}", json.dumps(pairs))
