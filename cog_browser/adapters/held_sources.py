# SPDX-License-Identifier: GPL-2.0-or-later
"""Sources of opened projects that name an account with its secret in clear.

In the session such a layer has no secret in its source, but ``…|held:number``; the file gets back
what it had, until the user lets a connection read the layer. Only memory holds the pair.
"""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, field

from cog_browser.storage.config_files.layer_credentials import layer_credentials
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.stores import account_url_of

_MARK = "|held:"
_lock = threading.Lock()
_held: dict[str, HeldSource] = {}  # by the form that names it in the session
_forms: dict[str, str] = {}  # written → that form


@dataclass(frozen=True)
class HeldSource:
    """``written`` is what the file names, secrets and all."""

    path: str
    written: str = field(repr=False)
    account_url: str
    connection: Connection
    credentials: Credentials
    container: str
    key: str


def hold(source: str) -> str | None:
    """What stands for a source with a secret of an account that we can read. Thread: any."""
    with _lock:
        if source in _forms:
            return _forms[source]
    found = layer_credentials(source)
    account = found.account() if found is not None else None
    if found is None or account is None:
        return None
    try:
        url = account[0].storage_url or account_url_of(account[0])
    except ConfigurationError:  # no such account
        return None
    with _lock:
        if source not in _forms:
            form = f"{found.path}{_MARK}{uuid.uuid4()}"
            _held[form] = HeldSource(found.path, source, url, *account)
            _forms[source] = form
        return _forms[source]


def held_source(saved: str) -> HeldSource | None:
    """What `hold` holds under this form. Thread: any."""
    return _held.get(saved) if _MARK in saved else None
