# SPDX-License-Identifier: GPL-2.0-or-later
"""How long tests wait for what has to come: long, since other processes use the machine as well."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from cog_browser.storage.sign_in import auth

#: Milliseconds, for `qtbot.waitUntil`. What comes is not waited for any longer than it takes.
WAIT = 60_000


def let_tokens_end_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tokens that live for seconds: on a busy machine each request may come too late.

    Otherwise two refusals within `auth.FRESH` are taken for the store's opinion of the account.
    """
    monkeypatch.setattr(auth, "FRESH", 0.0)


def wait_until(condition: Callable[[], object]) -> None:
    """Wait as long as `WAIT` for something that comes without Qt's event loop."""
    give_up = time.monotonic() + WAIT / 1000
    while not condition():
        assert time.monotonic() < give_up, "waited in vain"
        time.sleep(0.01)
