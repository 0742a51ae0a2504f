# SPDX-License-Identifier: GPL-2.0-or-later
"""How long tests wait for what has to come: long, since other processes use the machine as well."""

from __future__ import annotations

import time
from collections.abc import Callable

#: Milliseconds, for `qtbot.waitUntil`. What comes is not waited for any longer than it takes.
WAIT = 60_000


def wait_until(condition: Callable[[], object]) -> None:
    """Wait as long as `WAIT` for something that comes without Qt's event loop."""
    give_up = time.monotonic() + WAIT / 1000
    while not condition():
        assert time.monotonic() < give_up, "waited in vain"
        time.sleep(0.01)
