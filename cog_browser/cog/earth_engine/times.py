# SPDX-License-Identifier: GPL-2.0-or-later
"""Times as a manifest writes them: RFC 3339."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from typing import Union

from cog_browser.storage.errors import ConfigurationError

_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d):(\d\d))", re.ASCII
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

#: (time, nanoseconds of its second): what can be compared.
Instant = tuple[datetime, int]


def instant(text: str, what: str) -> Instant:
    """The time that a text means, in UTC. ``what`` is how the message calls it.

    Raises `ConfigurationError` for what is no RFC 3339.
    """
    found = _RFC3339.fullmatch(text)
    try:
        if not found:
            raise ValueError
        numbers = [int(part) for part in found.groups()[:6]]
        fraction, sign, hours, minutes = found.groups()[6:]
        if int(hours or 0) > 23 or int(minutes or 0) > 59:
            raise ValueError
        away = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        local = datetime(*numbers, tzinfo=timezone.utc)  # type: ignore[arg-type,misc]
        when = local + away if sign == "-" else local - away
    except (ValueError, OverflowError):
        raise ConfigurationError(
            f"The {what} “{text}” is no time as RFC 3339 writes it; write e.g. "
            "2016-01-01T00:00:00Z (UTC)."
        ) from None
    return when, int((fraction or "").ljust(9, "0"))


def rfc3339(value: Union[str, date, datetime], what: str) -> str:
    """A time as manifests have it. A day alone begins at 00:00 UTC; RFC 3339 stays as it is.

    Raises `ConfigurationError`, also for a time that doesn't say in which zone.
    """
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ConfigurationError(
                f"The {what} {value} doesn't say its time zone; give it one, e.g. timezone.utc."
            )
        return value.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return f"{value.isoformat()}T00:00:00Z"
    text = value.strip()
    if _DAY.fullmatch(text):
        text += "T00:00:00Z"
    instant(text, what)
    return text
