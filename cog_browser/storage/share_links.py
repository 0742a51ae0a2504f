# SPDX-License-Identifier: GPL-2.0-or-later
"""What links that open one object for whoever has them have in common, in stores of every kind."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

from cog_browser.storage.errors import (
    AuthenticationError,
    CogBrowserError,
    ConfigurationError,
    ProtocolError,
    StoreError,
)
from cog_browser.storage.http import Response

DAY = 86400  # seconds
_PAUSE = 1.0  # seconds between two trials


def check_life(doing: str, expires_in: int, longest: int) -> None:
    """Raise `ConfigurationError` for a life, in seconds, that no link may have."""
    if not 1 <= expires_in <= longest:
        said = "ten years" if longest > 3650 * DAY else f"{longest // DAY} days"
        raise ConfigurationError(
            f"Could not {doing}: a link lives for 1 second up to {said}, and {expires_in} seconds "
            "were asked for."
        )


def try_link(
    get: Callable[..., Response], link: str, doing: str, advice: str, tries: int = 1
) -> None:
    """Fetch one byte as a stranger would: a link that does not work is not handed out."""
    for left in reversed(range(tries)):
        try:
            # an empty object has no first byte (416)
            get(link, doing, {"Range": "bytes=0-0"}, (200, 206, 416)).abandon()
            return
        except CogBrowserError as error:
            if left and isinstance(error, AuthenticationError):
                time.sleep(_PAUSE)
                continue
            status = error.status if isinstance(error, StoreError) else None
            number = error.request_id if isinstance(error, StoreError) else None
            raise ProtocolError(
                f"Could not {doing}: the link was made, but the store does not answer it "
                f"({status or 'no answer'}), so it was thrown away. {advice}",
                status=status,
                request_id=number,
            ) from None


def redacted(link: str) -> str:
    """A link without what makes it work, for logs and messages."""
    with suppress(ValueError):
        return urlsplit(link)._replace(query="…", fragment="").geturl()
    return "…"
