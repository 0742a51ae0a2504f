# SPDX-License-Identifier: GPL-2.0-or-later
"""Where an upload goes, and whether it has arrived there."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cog_browser.storage.answers import said
from cog_browser.storage.errors import CogBrowserError, ProtocolError
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.object_names import content_type_of
from cog_browser.storage.swift.large_objects import newest, retire

if TYPE_CHECKING:
    from cog_browser.storage.swift.store import SwiftStore

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class UploadTarget:
    """``delete_after`` is in seconds; None keeps the object for good. ``headers`` go with it."""

    container: str
    key: str
    overwrite: bool = False
    content_type: str | None = None
    delete_after: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def doing(self) -> str:
        return f"upload to {said(self.container, self.key)}"

    @property
    def type(self) -> str:
        return self.content_type or content_type_of(self.key)


def verified(store: SwiftStore, target: UploadTarget, etag: str, size: int) -> ObjectEntry:
    """What is there now, if it is what was sent."""
    entry, _ = newest(store, target.container, target.key)
    if entry.etag != etag or entry.size != size:
        raise ReplacedError(
            f"Could not {target.doing}: right afterwards the store held another object under this "
            "key. Somebody else may be writing it."
        )
    return entry


class ReplacedError(ProtocolError):
    """Not tried again, unlike a checksum that differs."""


def finish_replaced(store: SwiftStore, container: str, names: list[str]) -> None:
    """Let the segments of an object that was overwritten expire. What fails is only logged."""
    try:
        retire(store, container, names, store.job(0), store.transfers.grace)
    except CogBrowserError as error:
        log.warning("Old segments are left in container %s: %s", container, error)
