# SPDX-License-Identifier: GPL-2.0-or-later
"""The running form of a mosaic: the same document, with the gateway's URLs for its objects.

Nothing needs to be known of an object for it: what GDAL must know to open the mosaic stands in the
document. So the layer of an opened project is there at once, and its pixels wait.
"""

from __future__ import annotations

from collections.abc import Callable

from osgeo import gdal

from cog_browser.adapters.ownership import OwnedObject, owner_of
from cog_browser.adapters.sessions import sessions
from cog_browser.adapters.stray_stores import stray_store
from cog_browser.cog.mosaic.document import masked_objects, objects_of, with_sources
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.gateway.process import ReadGateway
from cog_browser.storage.gateway.shared_object import PinnedObject
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.vsi import plain_running_source, running_source

#: Whether GDAL fails where it reads the masks of COGs (nothing but the version tells).
_MASKS_FAIL = int(gdal.VersionInfo()) < 3080500
#: The connection's id and its store, None while nobody is signed in to it.
Account = tuple[str, "ObjectStore | None"]


def account_of(_saved: str, found: OwnedObject) -> Account | None:
    """The connection that an object belongs to; None where there is none. Asks nobody."""
    if not found.connection_id:
        return None
    return found.connection_id, sessions().store_of(found.connection_id)


def account_or_anybody(saved: str, found: OwnedObject) -> Account | None:
    """As `account_of`; what belongs to no connection is read as anybody."""
    account = account_of(saved, found)
    if account is not None:
        return account
    try:
        store = stray_store(saved, found)
    except ConfigurationError:
        return None
    return store.connection.id, store


def running_document(
    saved: str,
    gateway: ReadGateway,
    account: Callable[[str, OwnedObject], Account | None] = account_of,
) -> str | None:
    """None where an object belongs to nobody that is known here. Sends nothing to a store.

    Each object is pinned to the ETag of the document: places and sizes in it hold for no other.
    """
    groups: dict[str, tuple[ObjectStore | None, list[PinnedObject], list[str]]] = {}
    for one in objects_of(saved):
        found = owner_of(one.source)
        whose = account(one.source, found) if found is not None else None
        if found is None or whose is None:
            return None
        pinned = PinnedObject(found.container, found.key, found.source, one.etag)
        _, objects, names = groups.setdefault(whose[0], (whose[1], [], []))
        objects.append(pinned)
        names.append(one.source)
    urls: dict[str, str] = {}
    for connection_id, (store, objects, names) in groups.items():
        urls.update(zip(names, gateway.reserve(connection_id, objects, store)))
    masked = masked_objects(saved) if _MASKS_FAIL else frozenset()
    return with_sources(
        saved,
        lambda name: (plain_running_source if name in masked else running_source)(urls[name]),
    )
