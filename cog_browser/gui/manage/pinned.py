# SPDX-License-Identifier: GPL-2.0-or-later
"""Warns of Earth Engine assets that a deed would break."""

from __future__ import annotations

from collections.abc import Sequence

from cog_browser.adapters.i18n import tr
from cog_browser.storage.earth_engine.registered import assets_reading
from cog_browser.storage.store import ObjectStore

_NAMED = 3


def pinned_by(store: ObjectStore, container: str, keys: Sequence[str]) -> str:
    """Which assets read these objects, in words; empty where there is none. Thread: a worker."""
    assets = assets_reading(store.connection, container, keys)
    if not assets:
        return ""
    names = sorted({name for listed in assets.values() for name in listed.split(", ")})
    text = ", ".join(names[:_NAMED])
    if len(names) > _NAMED:
        text += " " + tr("and {count} more").format(count=len(names) - _NAMED)
    said = tr(
        "Earth Engine assets read this as it is now, and fail once it is replaced, moved or "
        "deleted, unless the bucket keeps versions: {names}."
    )
    return said.format(names=text)
