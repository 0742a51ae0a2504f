# SPDX-License-Identifier: GPL-2.0-or-later
"""Who may read a container without signing in: its read ACL, and that of its segments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cog_browser.storage.answers import said
from cog_browser.storage.errors import (
    AuthenticationError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    StoreError,
)
from cog_browser.storage.object_names import encoded_path
from cog_browser.storage.swift.large_objects import segments_container

if TYPE_CHECKING:
    from cog_browser.storage.swift.store import SwiftStore

_ANYBODY, _LISTING, _ACL = ".r:*", ".rlistings", "X-Container-Read"
#: Pages of a host, which any program may say it comes from: readers without a sign-in.
_BY_PAGE = ".r:"
#: Segments need not be listed by strangers.
_PUBLIC, _PUBLIC_PARTS = (_ANYBODY, _LISTING), (_ANYBODY,)
_REFUSED = (AuthenticationError, PermissionDeniedError)


@dataclass(frozen=True)
class Access:
    """``readers`` are the entries of the read ACL, ``parts_readers`` of the segments' container.

    ``parts`` is its name; empty where there is none.
    """

    container: str
    readers: tuple[str, ...]
    parts: str = ""
    parts_readers: tuple[str, ...] = ()

    @property
    def is_public(self) -> bool:
        return _ANYBODY in self.readers

    @property
    def has_locked_parts(self) -> bool:
        """Public, but its large objects can't be read: GET answers 409."""
        return self.is_public and bool(self.parts) and _ANYBODY not in self.parts_readers

    def others(self, to_public: bool) -> tuple[str, ...]:
        """Who may read it now, and stays."""
        return kept(self.readers, to_public)

    def changes(self, to_public: bool) -> list[str]:
        """The headers that would be set."""
        every = (
            (self.container, self.readers, _PUBLIC),
            (self.parts, self.parts_readers, _PUBLIC_PARTS),
        )
        return [
            f"{name}: {_ACL}: {','.join((*kept(readers, to_public), *(added * to_public)))}"
            for name, readers, added in every
            if name
        ]

    @property
    def is_private(self) -> bool:
        """Nobody reads it without a sign-in, nor its segments."""
        every = (*self.readers, *self.parts_readers)
        return not any(reader.startswith(_BY_PAGE) for reader in every)


def kept(readers: tuple[str, ...], is_public: bool) -> tuple[str, ...]:
    """Those of the readers that stay, in a container that is made public or private."""
    return tuple(
        reader
        for reader in readers
        if reader not in _PUBLIC and (is_public or not reader.startswith(_BY_PAGE))
    )


def read_access(store: SwiftStore, container: str) -> Access:
    """Changes nothing. Raises `PermissionDeniedError` for those who may not see who may read."""
    doing = f"see who may read container “{container}”"
    parts = segments_container(container)
    readers = _readers(store, container, doing)
    try:
        return Access(container, readers, parts, _readers(store, parts, doing))
    except NotFoundError:
        return Access(container, readers)


def set_public(store: SwiftStore, container: str, is_public: bool) -> Access:
    """Let anybody read it, with its segments, or nobody without a sign-in; other readers stay.

    Segments are opened first and closed last, so that no large object is ever half public.
    """
    now = read_access(store, container)
    steps: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [(container, now.readers, _PUBLIC)]
    if now.parts:
        steps.append((now.parts, now.parts_readers, _PUBLIC_PARTS))
    for name, readers, added in reversed(steps) if is_public else steps:
        _write(store, name, (*kept(readers, is_public), *(added if is_public else ())))
    found = read_access(store, container)
    if not (found.is_public and not found.has_locked_parts if is_public else found.is_private):
        raise ProtocolError(
            f"Could not change who may read container “{container}”: the store has accepted it, "
            "but not kept it."
        )
    return found


def prove_access(store: SwiftStore, container: str, is_public: bool) -> tuple[str, ...]:
    """Read one byte of a plain and of a large object as a stranger; the keys that were tried.

    Raises `ProtocolError` where the answer is another than the ACL says; no objects, no proof.
    """
    tried = _samples(store, container)
    for key in tried:
        doing = f"read {said(container, key)} without signing in"
        url = store.storage_url + encoded_path((container, key))
        refusal: StoreError | None = None
        try:
            answer = store.call_as_stranger(url, doing, {"Range": "bytes=0-0"}, (200, 206, 416))
            answer.abandon()
        except StoreError as error:
            refusal = error
        if is_public and refusal is not None:
            raise ProtocolError(
                f"Container “{container}” is set to public, but strangers still can't read “{key}” "
                f"({refusal.status or 'no answer'}). Parts of it may be in a container that is not "
                "public, or the provider forbids public containers.",
                status=refusal.status,
                request_id=refusal.request_id,
            )
        if not is_public and not isinstance(refusal, _REFUSED):
            raise ProtocolError(
                f"Container “{container}” is set to private, but “{key}” could not be shown to be "
                f"({refusal.status if refusal else 'it was read without signing in'}). Caches may "
                "need a minute; try it again then.",
                status=refusal.status if refusal else None,
            )
    return tried


def _samples(store: SwiftStore, container: str) -> tuple[str, ...]:
    """A plain and a large object of the first page, where there are such."""
    found: dict[bool, str] = {}
    doing = f"list container “{container}”"
    for row in next(store.pages((container,), doing, {"limit": 1000}), []):
        key = row.get("name", "")
        if key and not {".", ".."} & set(key.split("/")):
            found.setdefault("slo_etag" in row, key)
    return tuple(found.values())


def _readers(store: SwiftStore, container: str, doing: str) -> tuple[str, ...]:
    response = store.call("HEAD", (container,), doing)
    response.close()
    entries = response.headers.get(_ACL, "").split(",")
    return tuple(entry.strip() for entry in entries if entry.strip())


def _write(store: SwiftStore, container: str, wanted: tuple[str, ...]) -> None:
    doing = f"change who may read container “{container}”"
    try:
        store.call(
            "POST", (container,), doing, headers={_ACL: ",".join(wanted)}, accept=(200, 202, 204)
        ).close()
    except PermissionDeniedError as error:
        raise PermissionDeniedError(
            f"Could not {doing}: only an owner of the project may (403).",
            status=error.status,
            request_id=error.request_id,
        ) from None
