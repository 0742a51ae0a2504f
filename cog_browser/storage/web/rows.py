# SPDX-License-Identifier: GPL-2.0-or-later
"""What the listing of a folder on a web server says of one name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote, urljoin, urlsplit

from cog_browser.storage.models import UNKNOWN
from cog_browser.storage.web.address import origin


@dataclass(frozen=True)
class Row:
    """``name`` is decoded and has no slash; ``size`` in bytes."""

    name: str
    is_folder: bool
    size: int = 0
    size_is: str = UNKNOWN
    modified: datetime | None = None


def child_of(folder: str, link: str) -> tuple[str, bool] | None:
    """Name of what a link leads to, and whether it is a folder, if it is directly in ``folder``.

    ``folder`` is a URL with a slash at its end. Anything else is None: other hosts, parents,
    deeper paths, links that sort or download (they have a query), names no URL can carry.
    """
    try:
        target = urljoin(folder, link.strip())
        there, here = urlsplit(target), urlsplit(folder)
        if origin(target) != origin(folder) or there.username is not None or there.query:
            return None
    except ValueError:
        return None
    if not there.path.startswith(here.path):
        # the same folder in another spelling, e.g. %7E for ~
        parent, _, last = there.path.rstrip("/").rpartition("/")
        if unquote(parent + "/") != unquote(here.path):
            return None
        rest = last + ("/" if there.path.endswith("/") else "")
    else:
        rest = there.path[len(here.path) :]
    raw, slash, deeper = rest.partition("/")
    try:
        name = unquote(raw, errors="strict")
    except UnicodeDecodeError:
        return None
    if deeper or not is_name(name):
        return None
    return name, bool(slash)


def is_name(name: str) -> bool:
    """Whether it can be one segment of a key."""
    return name not in ("", ".", "..") and not set(name) & {"/", "\\", "\ufffd"}
