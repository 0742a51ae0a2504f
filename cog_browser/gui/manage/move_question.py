# SPDX-License-Identifier: GPL-2.0-or-later
"""What is asked before objects are copied or moved."""

from __future__ import annotations

from cog_browser.adapters.i18n import tr


def question(verb: str, what: str, source_kind: str, *, is_same_account: bool) -> str:
    """What will happen, and how far the copies are compared with what the source knows."""
    if is_same_account:
        said = tr("{verb} {what} to another name, folder or container. Nothing is downloaded.")
        return said.format(verb=verb, what=what)
    said = tr(
        "{verb} {what} to another account. All of it comes to this computer and goes up from here."
    )
    return " ".join((said.format(verb=verb, what=what), _checks(source_kind)))


def _checks(source_kind: str) -> str:
    if source_kind == "http":
        return tr(
            "Web servers tell no checksums: of what comes, length and version are compared. What "
            "goes up is compared by the other store."
        )
    if source_kind == "swift":
        return tr(
            "What comes is compared with the checksums of this store, where it tells them (not of "
            "dynamic large objects), and what goes up by the other one."
        )
    if source_kind == "azure":
        return tr(
            "What comes is compared with the checksum that it was stored with; of what was stored "
            "without one, with length and version. What goes up is compared by the other store."
        )
    return tr(
        "What comes is compared with this store's checksum; of what was stored in parts or is "
        "encrypted with KMS or a key of your own, with length and version. What goes up is "
        "compared by the other store."
    )
