# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether strangers may read a container of Azure: its level of anonymous access.

Source: Azure Storage REST API reference, "Set Container ACL"; tried on Azurite.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cog_browser.storage.answers import said
from cog_browser.storage.errors import PermissionDeniedError, ProtocolError, StoreError
from cog_browser.storage.progress import Progress, report

if TYPE_CHECKING:
    from cog_browser.storage.azure.store import AzureStore

_LEVEL, _QUERY = "x-ms-blob-public-access", "restype=container&comp=acl"
_MOST = 64 << 10  # bytes of the access policies, of which there are five at most
#: Seconds that Azure takes to let a change take effect, and between two looks.
_SETTLES, _PAUSE = 30.0, 0.5
#: How strangers are turned away; a private container is as good as not there.
_REFUSED = (401, 403, 404, 409)


@dataclass(frozen=True)
class Access:
    """``level`` is “container” (listed and read), “blob” (read by who knows names), or empty."""

    container: str
    level: str

    @property
    def is_public(self) -> bool:
        return bool(self.level)

    @property
    def has_locked_parts(self) -> bool:
        return False  # blocks are part of their object

    def others(self, to_public: bool) -> tuple[str, ...]:
        return ()

    def changes(self, to_public: bool) -> list[str]:
        return [f"{self.container}: {_LEVEL}: {'container' if to_public else ''}".rstrip()]


def read_access(store: AzureStore, container: str) -> Access:
    """See `CanBePublic`."""
    return _read(store, container)[0]


def set_public(store: AzureStore, container: str, is_public: bool) -> Access:
    """See `CanBePublic`. Stored access policies stay as they are."""
    doing = f"change who may read container “{container}”"
    _, policies = _read(store, container)
    headers = {"Content-Type": "application/xml", **({_LEVEL: "container"} if is_public else {})}
    try:
        store.call("PUT", (container,), doing, query=_QUERY, headers=headers, body=policies).close()
    except PermissionDeniedError as error:
        if error.status != 409:
            raise
        raise PermissionDeniedError(
            f"Could not {doing}: this storage account forbids public containers. Its owner may "
            "allow them in the Azure portal, under Configuration › Allow Blob anonymous access.",
            status=error.status,
            request_id=error.request_id,
        ) from None
    found = read_access(store, container)
    if found.is_public != is_public:
        raise ProtocolError(f"Could not {doing}: the store has accepted it, but not kept it.")
    return found


def prove_access(
    store: AzureStore, container: str, is_public: bool, progress: Progress | None
) -> tuple[str, ...]:
    """See `CanBePublic`."""
    page = next(store.list_objects(container, delimiter="", page_size=100), None)
    keys = [e.key for e in page.objects] if page else []
    key = next((k for k in keys if not {".", ".."} & set(k.split("/"))), "")
    if not key:
        return ()
    deadline = time.monotonic() + _SETTLES
    while True:
        refusal = _refusal(store, container, key)
        is_as_set = refusal is None if is_public else refusal and refusal.status in _REFUSED
        if is_as_set:
            return (key,)
        report(progress, 0, None)
        if time.monotonic() > deadline:
            break
        time.sleep(_PAUSE)
    answer = f"answer {refusal.status}" if refusal and refusal.status else "no answer"
    raise ProtocolError(
        f"Container “{container}” is set to {'public' if is_public else 'private'}, but a stranger "
        f"who reads “{key}” gets {answer if refusal else 'its bytes'}. Try it again in a minute.",
        status=refusal.status if refusal else None,
    )


def _refusal(store: AzureStore, container: str, key: str) -> StoreError | None:
    doing = f"read {said(container, key)} without signing in"
    url = store.source(container, key).removeprefix("/vsicurl/")
    try:
        # an empty object has no first byte (416)
        headers = {"Range": "bytes=0-0"}
        store.call_as_stranger(url, doing, headers, (200, 206, 416)).abandon()
    except StoreError as error:
        return error
    return None


def _read(store: AzureStore, container: str) -> tuple[Access, bytes]:
    """The level, and the document of the access policies."""
    doing = f"see who may read container “{container}”"
    response = store.call("GET", (container,), doing, query=_QUERY)
    level = response.headers.get(_LEVEL, "")
    return Access(container, level), response.read(_MOST).removeprefix(b"\xef\xbb\xbf")
