# SPDX-License-Identifier: GPL-2.0-or-later
"""Errors as the gateway's process hands them over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cog_browser.storage import errors
from cog_browser.storage.errors import CogBrowserError, ProtocolError, StoreError


def described(error: Exception) -> dict[str, Any]:
    """An error as the child sends it."""
    return {
        "type": type(error).__name__,
        "message": str(error),
        "status": getattr(error, "status", None),
    }


def rebuilt(error: Mapping[str, Any]) -> CogBrowserError:
    """The error that `described` has described."""
    kind = getattr(errors, str(error.get("type")), ProtocolError)
    if not (isinstance(kind, type) and issubclass(kind, CogBrowserError)):
        kind = ProtocolError
    if issubclass(kind, StoreError):
        return kind(str(error["message"]), status=error.get("status"))
    return kind(str(error["message"]))
