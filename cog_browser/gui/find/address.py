# SPDX-License-Identifier: GPL-2.0-or-later
"""Finds the place that a pasted address means: a URL, a ``/vsi…`` path, ``swift://`` and others.

Only names come of it, and only those of saved connections: an address is never asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from cog_browser.gui.place import DELIMITER, ObjectAddress, Place

#: Scheme or path → the kind of connection that such an address belongs to.
_KINDS = {
    "swift": "swift",
    "/vsiswift": "swift",
    "s3": "s3",
    "/vsis3": "s3",
    "gs": "gs",
    "/vsigs": "gs",
    "az": "azure",
    "/vsiaz": "azure",
}
_SHORT = re.compile(
    r"(?:(swift|s3|gs|az)://|(/vsi(?:swift|s3|gs|az))(?:_streaming)?/)(.*)",
    re.IGNORECASE | re.DOTALL,
)
_CURL = re.compile(r"/vsicurl(?:_streaming)?/|/vsicurl\?(?:[^&]*&)*?url=", re.IGNORECASE)
_ADDRESS = re.compile(r"/vsi\w+[/?]|https?://", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x1f\x7f]")
_NOT_IN_URLS = re.compile("[\x00-\x1f\x7f\\\\]")  # programs differ in what “\\” means there
_LINE_ENDS = "\t\r\n"  # pasted along; a key may well end with a space


@dataclass(frozen=True)
class Account:
    """A saved connection; ``url`` is where its objects begin, without “/” at the end."""

    connection_id: str
    name: str
    kind: str
    url: str = ""


@dataclass(frozen=True)
class Target:
    """An object where ``address`` says one, else the ``place``."""

    place: Place
    address: ObjectAddress | None = None


class NoSuchAccount(Exception):
    """No saved connection is for the address; ``account`` is whose it would be, for people."""

    def __init__(self, account: str, kind: str = "") -> None:
        super().__init__(account)
        self.account, self.kind = account, kind


def is_address(text: str) -> bool:
    """Whether somebody pasted an address, rather than typed what to look for."""
    text = text.strip()
    return bool(_SHORT.fullmatch(text) or _ADDRESS.match(text))


def target_of(text: str, accounts: Iterable[Account], current: str = "") -> Target:
    """The place of one of ``accounts``; the ``current`` connection first where several fit.

    Spaces at the end of a ``swift://`` address and its like belong to the key. Raises
    `NoSuchAccount`.
    """
    known = sorted(accounts, key=lambda account: account.connection_id != current)
    short = _SHORT.fullmatch(text.lstrip().rstrip(_LINE_ENDS))
    if short is not None:
        if _CONTROL.search(short[3]):
            raise NoSuchAccount("")
        start = (short[1] or short[2]).lower()
        kind = _KINDS[start]
        container, slash, key = short[3].partition(DELIMITER)
        container = container if slash else container.rstrip()
        fitting = [account for account in known if account.kind == kind]
        if not fitting or not container:
            raise NoSuchAccount(
                f"{start}{'/' if start.startswith('/') else '://'}{container}", kind
            )
        return _target(fitting[0].connection_id, container, key)
    url = _url_in(text.strip())
    if _NOT_IN_URLS.search(url):
        raise NoSuchAccount("")
    return _of_url(url, known)


def _url_in(text: str) -> str:
    """That of a path of GDAL's ``/vsicurl``, which holds it encoded behind a question mark."""
    curl = _CURL.match(text)
    if curl is None:
        return text
    url = text[curl.end() :]
    return unquote(url.partition("&")[0]) if "?" in curl[0] else url


def _of_url(url: str, known: list[Account]) -> Target:
    """The scheme, the host, the port and all of the account's path must be the same."""
    try:
        parts = urlsplit(url)
        has_user = "@" in parts.netloc
    except ValueError:
        raise NoSuchAccount("") from None
    plain = f"{parts.scheme.lower()}://{parts.netloc.rpartition('@')[2].lower()}{parts.path}"
    for account in [] if has_user else known:
        root = account.url.rstrip(DELIMITER)
        if not root:
            continue
        own = urlsplit(root)
        start = f"{own.scheme.lower()}://{own.netloc.lower()}{own.path}/"
        if f"{plain}/".startswith(start):
            container, _, key = plain[len(start) :].partition(DELIMITER)
            if container:
                return _target(account.connection_id, unquote(container), unquote(key))
            return Target(Place(account.connection_id))
    host = parts.netloc.rpartition("@")[2]
    raise NoSuchAccount(f"{parts.scheme}://{host}" if host else "")


def _target(connection_id: str, container: str, key: str) -> Target:
    if not key or key.endswith(DELIMITER):
        return Target(Place(connection_id, container, key))
    address = ObjectAddress(connection_id, container, key)
    return Target(address.place, address)
