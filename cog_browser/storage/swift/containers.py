# SPDX-License-Identifier: GPL-2.0-or-later
"""The containers of an account in Swift."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cog_browser.storage.errors import (
    AuthenticationError,
    ConfigurationError,
    PermissionDeniedError,
    ProtocolError,
    StoreError,
)
from cog_browser.storage.models import Container
from cog_browser.storage.swift.large_objects import SEGMENTS

if TYPE_CHECKING:
    from cog_browser.storage.swift.store import SwiftStore


def list_containers(store: SwiftStore) -> Iterator[Container]:
    try:
        owners: set[str] = set()  # the server's order has them before their segments
        for page in store.pages((), "list the containers", {}):
            for row in page:
                name = row["name"]
                is_for_parts = name.endswith(SEGMENTS) and name[: -len(SEGMENTS)] in owners
                owners.add(name)
                yield Container(name, row.get("count"), row.get("bytes"), is_for_parts)
    except (PermissionDeniedError, AuthenticationError) as error:
        if error.status not in (401, 403) or not _may_only_enter(store, error):
            raise
        if not store.connection.containers:
            raise PermissionDeniedError(
                "This account does not list its containers for you. Enter the names of those "
                "you may read in the connection.",
                status=error.status,
                request_id=error.request_id,
            ) from None
        for name in store.connection.containers:
            yield Container(name)


def _may_only_enter(store: SwiftStore, error: StoreError) -> bool:
    """Whether containers may be open although the account is closed."""
    return isinstance(error, PermissionDeniedError) or store.connection.auth_mode == "anonymous"


def create_container(store: SwiftStore, name: str) -> Container:
    doing = f"create container “{name}”"
    if not name or "/" in name or len(name.encode()) > 256:
        raise ConfigurationError(
            f"Could not {doing}: a container's name has 1 to 256 bytes and no “/”."
        )
    store.call("PUT", (name,), doing, accept=(201, 202)).close()
    response = store.call("HEAD", (name,), doing, accept=(200, 204))
    response.close()
    headers = response.headers
    return Container(
        name,
        int(headers.get("X-Container-Object-Count", 0)),
        int(headers.get("X-Container-Bytes-Used", 0)),
    )


def delete_container(store: SwiftStore, name: str) -> None:
    doing = f"delete container “{name}”"
    try:
        store.call("DELETE", (name,), doing, accept=(204,)).close()
    except ProtocolError as error:
        if error.status == 409:
            raise ProtocolError(
                f"Could not {doing}: it is not empty.", status=409, request_id=error.request_id
            ) from None
        raise
