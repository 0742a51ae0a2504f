# SPDX-License-Identifier: GPL-2.0-or-later
"""Warns of Earth Engine assets that a deed would break."""

from __future__ import annotations

from collections.abc import Mapping

from cog_browser.adapters.i18n import tr

_NAMED = 3


def pinned_warning(assets: Mapping[str, str]) -> str:
    """``assets`` as `assets_reading` finds them; empty where there is none."""
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
