# SPDX-License-Identifier: GPL-2.0-or-later
"""The error for an answer that isn't the one asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cog_browser.storage.errors import (
    AuthenticationError,
    ChecksumError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    QuotaExceededError,
    ServerError,
    StoreError,
    ThrottledError,
)

if TYPE_CHECKING:
    from cog_browser.storage.http import Response

#: Longest wait that a server's Retry-After is believed, in seconds.
MAX_RETRY_AFTER = 30.0


def redirected(response: Response, where: str) -> ProtocolError:
    """The refusal to follow, for an answer from ``where``. Closes it."""
    response.abandon()
    target = urlsplit(response.headers.get("Location", "")).netloc or "another path"
    return ProtocolError(
        f"{where} redirects to {target}. Redirects are refused, because they would carry "
        "your token along; enter the final URL if you trust it.",
        status=response.status,
        request_id=response.request_id,
    )


def status_error(response: Response, doing: str) -> StoreError:
    """The error for a status nobody asked for. Reads and closes the body."""
    status, request_id = response.status, response.request_id
    try:
        body = response.read(64 << 10).decode("utf-8", "replace").lower()
    except StoreError:
        body = ""

    def error(kind: type[StoreError], said: str) -> StoreError:
        return kind(f"Could not {doing}: {said}", status=status, request_id=request_id)

    if status == 401:
        return error(AuthenticationError, "the server wants you to sign in (401).")
    if status == 403:
        return error(PermissionDeniedError, "you are signed in, but not allowed to (403).")
    if status == 404:
        return error(NotFoundError, "it does not exist (404).")
    if status == 412:
        return error(ProtocolError, "it is not in the state that was expected (412).")
    if status == 409:
        return error(ProtocolError, "the server reports a conflict (409).")
    if status in (413, 507):
        why = (
            "the quota is used up"
            if "quota" in body or status == 507
            else "it is larger than the server takes at once"
        )
        return error(QuotaExceededError, f"{why} ({status}).")
    if status == 422:
        return error(ChecksumError, "the bytes that arrived are not the ones sent (422).")
    after = response.headers.get("Retry-After", "")
    if status in (429, 498) or (status == 503 and after):
        return ThrottledError(
            f"Could not {doing}: the server asks to slow down ({status}). Try again later.",
            status=status,
            request_id=request_id,
            retry_after=min(float(after[:20]), MAX_RETRY_AFTER) if after.isdecimal() else None,
        )
    if status >= 500:
        return error(ServerError, f"the server failed ({status}). Try again later.")
    return error(ProtocolError, f"unexpected answer {status}.")
