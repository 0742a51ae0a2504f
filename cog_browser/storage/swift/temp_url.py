# SPDX-License-Identifier: GPL-2.0-or-later
"""Links that give one object to whoever holds them, until they expire (Swift's TempURL).

A link is signed with a key that only owners of the project can see: the container's, whose power
ends with the container, or the account's, which signs for everything in the project. Swift takes
both; a large object, whose segments are in another container, needs the account's (tried on 2.38:
with a container's key, HEAD answers 200 and GET 409).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlencode, urlsplit

from cog_browser.storage.answers import said, server_time
from cog_browser.storage.errors import (
    ConfigurationError,
    PermissionDeniedError,
    ProtocolError,
    StoreError,
)
from cog_browser.storage.object_names import encoded_path
from cog_browser.storage.share_links import DAY, check_life
from cog_browser.storage.swift.large_objects import is_large, newest, read_manifest

if TYPE_CHECKING:
    from cog_browser.storage.swift.store import SwiftStore

CONTAINER, ACCOUNT = "container", "account"
#: The best first. What every Swift since 2016 takes is asked where nothing is said.
_DIGESTS = ("sha256", "sha512", "sha1")
_SLOTS = ("Key", "Key-2")
LONGEST = 10 * 366 * DAY
#: How often a link by a key that was just made is tried: the store's proxies remember the old.
_TRIES = 5
_ADVICE = (
    "A proxy before the store may change its paths; ask the provider whether TempURLs work here."
)


@dataclass(frozen=True)
class SharePlan:
    """How a link to an object would be signed: by the container's key or the account's.

    ``key`` is empty where there is none yet.
    """

    scope: str
    digest: str
    key: str = field(repr=False, default="")

    @property
    def needs_key(self) -> bool:
        """Whether a key has to be made, which needs the owner's consent."""
        return not self.key


def plan_share(store: SwiftStore, container: str, key: str) -> SharePlan:
    """Look what signs a link to the object, changing nothing.

    Raises `PermissionDeniedError` for those who may read only.
    """
    doing = f"share {said(container, key)}"
    digest = _digest(store, doing)
    _, headers = newest(store, container, key)
    scope = ACCOUNT if _spans_containers(store, container, key, headers) else CONTAINER
    found = next(iter(_keys(store, container, scope, doing).values()), "")
    if not found:
        _refuse_readers(store, container, scope, doing)
    return SharePlan(scope, digest, found)


def share_url(
    store: SwiftStore, container: str, key: str, expires_in: int, *, create_key: bool
) -> str:
    """See `SwiftStore.share_url`."""
    doing = f"share {said(container, key)}"
    check_life(doing, expires_in, store.longest_link)
    plan = plan_share(store, container, key)
    signing = plan.key
    if plan.needs_key:
        if not create_key:
            raise ConfigurationError(
                f"Could not {doing}: {_owner(plan.scope, container)} has no key for links yet. "
                f"Whoever knows such a key can make links to {_reach(plan.scope, container)}, also "
                "for writing and deleting. If you agree to one, call share_url with "
                "create_key=True (in Processing: CREATE_KEY), or choose “Share link…” in the panel."
            )
        signing = _make_key(store, container, plan.scope, doing)
    link = _signed(store, container, key, plan.digest, signing, expires_in)
    store.try_link(link, doing, _ADVICE, _TRIES if plan.needs_key else 1)
    return link


def _digest(store: SwiftStore, doing: str) -> str:
    limits = store.limits()
    if limits.has_temp_urls is False:
        raise ConfigurationError(
            f"Could not {doing}: this server makes no links (its /info knows no “tempurl”). Make "
            "the container public instead, or ask the provider."
        )
    for digest in _DIGESTS:
        if digest in (limits.digests or _DIGESTS):
            return digest
    raise ConfigurationError(
        f"Could not {doing}: the server wants links signed by {', '.join(limits.digests)}, which "
        "this program does not know."
    )


def _spans_containers(
    store: SwiftStore, container: str, key: str, headers: Mapping[str, str]
) -> bool:
    """Whether parts of the object are in another container."""
    dynamic = headers.get("X-Object-Manifest", "")
    if dynamic:
        return unquote(dynamic).lstrip("/").partition("/")[0] != container
    if not is_large(headers):
        return False
    segments = read_manifest(store, container, key)
    return any(segment.container != container or segment.nested for segment in segments)


def _names(container: str, scope: str) -> tuple[str, ...]:
    return (container,) if scope == CONTAINER else ()


def _header(scope: str, slot: str) -> str:
    return f"X-{scope.title()}-Meta-Temp-URL-{slot}"


def _keys(store: SwiftStore, container: str, scope: str, doing: str) -> dict[str, str]:
    """The keys that are there, by slot; none for who may not see them."""
    try:
        response = store.call("HEAD", _names(container, scope), doing)
    except PermissionDeniedError as error:
        raise _owners_only(doing, error) from None
    response.close()
    found = {slot: response.headers.get(_header(scope, slot), "") for slot in _SLOTS}
    return {slot: value for slot, value in found.items() if value}


def _refuse_readers(store: SwiftStore, container: str, scope: str, doing: str) -> None:
    """Keys are hidden from readers, as if there were none; an empty change tells them apart."""
    try:
        store.call("POST", _names(container, scope), doing, accept=(200, 202, 204)).close()
    except PermissionDeniedError as error:
        raise _owners_only(doing, error) from None


def _make_key(store: SwiftStore, container: str, scope: str, doing: str) -> str:
    """A new key in a free slot; the one that somebody has made since is used instead."""
    taken = _keys(store, container, scope, doing)
    if taken:
        return next(iter(taken.values()))
    made = {_header(scope, _SLOTS[0]): secrets.token_hex(32)}
    try:
        names = _names(container, scope)
        store.call("POST", names, doing, headers=made, accept=(200, 202, 204)).close()
    except PermissionDeniedError as error:
        raise _owners_only(doing, error) from None
    kept = _keys(store, container, scope, doing).get(_SLOTS[0])
    if not kept:
        raise ProtocolError(
            f"Could not {doing}: the store has accepted a key for links, but not kept it."
        )
    return kept


def _owners_only(doing: str, error: StoreError) -> PermissionDeniedError:
    return PermissionDeniedError(
        f"Could not {doing}: your role lets you read, but only an owner of the project can make "
        "links, because their keys sign for all of its data. Ask one of them for the link.",
        status=error.status,
        request_id=error.request_id,
    )


def _signed(
    store: SwiftStore, container: str, key: str, digest: str, signing: str, expires_in: int
) -> str:
    """The link, by the server's clock. The signature is over the path as the server decodes it."""
    now = server_time(store.call("HEAD", (container, key), f"find {said(container, key)}"))
    ends = int(now) + expires_in
    url = store.storage_url + encoded_path((container, key))
    text = f"GET\n{ends}\n{unquote(urlsplit(url).path)}"
    signature = hmac.new(signing.encode(), text.encode(), getattr(hashlib, digest)).hexdigest()
    return f"{url}?{urlencode({'temp_url_sig': signature, 'temp_url_expires': ends})}"


def _owner(scope: str, container: str) -> str:
    return f"container “{container}”" if scope == CONTAINER else "the project"


def _reach(scope: str, container: str) -> str:
    if scope == CONTAINER:
        return f"every object of container “{container}”"
    return "every object of every container of the project"
