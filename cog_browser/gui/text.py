# SPDX-License-Identifier: GPL-2.0-or-later
"""Turns values into what users read. Names from a store are strangers' text: never markup."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlsplit

from qgis.PyQt.QtCore import QDateTime, QLocale

from cog_browser.adapters.i18n import tr
from cog_browser.storage.connection import Connection
from cog_browser.storage.models import EXACT, UNKNOWN, ObjectEntry

#: Control characters, line ends, what turns the reading direction of a name around, and what has no
#: width, so that two names would look alike. Joiners stay: emoji and Persian are made of them.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]"
)


def one_line(text: str) -> str:
    """The text with a visible “�” for each character that would break or disguise a row."""
    return _UNSEEN.sub("\ufffd", text)


def lines(text: str) -> str:
    """As `one_line`, for texts of several lines: these stay."""
    return "\n".join(one_line(line) for line in text.split("\n"))


def tool_tip(text: str) -> str:
    """A tool tip that shows exactly this text: Qt takes anything with a tag for HTML."""
    return f'<p style="white-space:pre-wrap">{html.escape(lines(text))}</p>'


def size_text(size: int) -> str:
    """A size in bytes for people: “3.4 GB”, in powers of 1000."""
    return QLocale().formattedDataSize(size, 1, QLocale.DataSizeFormat.DataSizeSIFormat)


def time_text(time: datetime) -> str:
    """An aware time as local time, in the user's short format."""
    local = QDateTime.fromSecsSinceEpoch(int(time.timestamp()))
    return QLocale().toString(local, QLocale.FormatType.ShortFormat)


def entry_size_text(entry: ObjectEntry) -> str:
    """As `size_text`, with a “≈” where a web page has rounded it; empty where it isn't known."""
    if entry.size_is == UNKNOWN:
        return ""
    return size_text(entry.size) if entry.size_is == EXACT else f"≈ {size_text(entry.size)}"


def count_text(folders: int, objects: int, size: int | None) -> str:
    """“2 folders, 12 objects, 3.4 GB”; no size where it isn't known exactly."""
    parts = []
    if folders:
        parts.append(
            tr("1 folder")
            if folders == 1
            else tr("{count} folders").format(count=number_text(folders))
        )
    parts.append(
        tr("1 object") if objects == 1 else tr("{count} objects").format(count=number_text(objects))
    )
    if objects and size is not None:
        parts.append(size_text(size))
    return ", ".join(parts)


def containers_text(count: int) -> str:
    return (
        tr("1 container")
        if count == 1
        else tr("{count} containers").format(count=number_text(count))
    )


#: Of connections without an end point of their own.
_PROVIDERS = {"s3": "Amazon S3", "gs": "Google Cloud Storage", "azure": "Azure"}


def account_text(connection: Connection) -> str:
    """“demo › maps at keystone.example.org, GRA”: who, for which project, where."""
    host = urlsplit(connection.service_url).netloc or _PROVIDERS.get(connection.kind, "")
    who = {
        # one that was made for a user's sign-in goes on being theirs
        "application_credential": connection.user_name
        or connection.application_credential_name
        or connection.application_credential_id,
        "anonymous": tr("anybody"),
        "token": tr("token"),
        "keystone_token": tr("token"),
        "instance_role": tr("this machine"),
    }.get(
        connection.auth_mode,
        connection.user_name
        or connection.user_id
        or connection.client_id
        or connection.account
        or connection.profile,
    )
    project = connection.project_name or connection.project_id
    if connection.auth_mode in ("application_credential", "v1", "anonymous", "token"):
        project = ""
    account = " › ".join(part for part in (who, project) if part)
    text = tr("{account} at {host}").format(account=account, host=host) if account else host
    return f"{text}, {connection.region}" if connection.region else text


def number_text(value: int) -> str:
    return QLocale().toString(value)


def names_text(names: Iterable[str], most: int = 20) -> str:
    """“a.tif”, “b.tif”, 3 more."""
    found = [f"“{one_line(name)}”" for name in names]
    if len(found) > most:
        found[most:] = [tr("{count} more").format(count=len(found) - most)]
    return ", ".join(found)
