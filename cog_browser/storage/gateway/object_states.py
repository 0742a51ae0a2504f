# SPDX-License-Identifier: GPL-2.0-or-later
"""What follows for an object's state from how its reads go."""

from __future__ import annotations

import logging
from collections.abc import Callable

from cog_browser.storage.gateway.fetch import SILENCE
from cog_browser.storage.gateway.shared_object import (
    FAILING,
    READING,
    REPLACED,
    SILENT,
    WAITING,
    RangeReader,
    SharedObject,
)

log = logging.getLogger(__name__)


class ObjectStates:
    """Thread-safe. ``notify(shared, state, reason)`` hears of changes in their order."""

    def __init__(self, notify: Callable[[SharedObject, str, str], None]) -> None:
        self._notify = notify

    def change(self, shared: SharedObject, state: str, reason: str) -> None:
        with shared.changing:
            if shared.meter.state in (state, REPLACED):
                return
            shared.meter.state, shared.reason = state, reason
            self._notify(shared, state, reason)

    def wait(self, shared: SharedObject) -> None:
        """Nobody is signed in to its account."""
        self.change(shared, WAITING, f"“{shared.key}” waits for a sign-in to its account.")

    def sign_in(self, shared: SharedObject, store: RangeReader) -> None:
        """Read with this sign-in from now on."""
        shared.store = store
        if shared.meter.state == WAITING:
            self.change(shared, READING, "")

    def tell(self, shared: SharedObject) -> None:
        """Say again how it is, for somebody who has just begun to listen."""
        with shared.changing:
            self._notify(shared, shared.meter.state, shared.reason)

    def failed(self, shared: SharedObject, block: int, error: BaseException) -> None:
        shared.count(failures=1)
        if shared.meter.last_error != str(error):  # one repaint may fail in many blocks
            log.warning("%s", error)
        shared.meter.last_error = str(error)
        if getattr(error, "status", None) == 412:  # it was replaced
            return
        with shared.changing:
            shared.failed.add(block)
            self.change(shared, FAILING, str(error))

    def succeeded(self, shared: SharedObject, blocks: list[int]) -> None:
        with shared.changing:
            shared.failed.difference_update(blocks)
            shared.silent.difference_update(blocks)
            self._settle(shared)

    def silent(self, shared: SharedObject, block: int, is_silent: bool) -> None:
        """Nothing has come of a block that somebody waits for, or now something has."""
        with shared.changing:
            (shared.silent.add if is_silent else shared.silent.discard)(block)
            self._settle(shared)

    def forget(self, shared: SharedObject) -> None:
        """Nobody is interested in what failed; who reads it next finds out anew."""
        with shared.changing:
            shared.failed.clear()
            self._settle(shared)

    def _settle(self, shared: SharedObject) -> None:
        if shared.failed or shared.meter.state not in (FAILING, SILENT, READING):
            return
        if shared.meter.state == FAILING:  # whoever listens must hear that it can be read again
            self.change(shared, READING, "")
        if shared.silent:
            said = f"The store of “{shared.key}” has sent nothing for {SILENCE:.0f} s."
            self.change(shared, SILENT, said)
        else:
            self.change(shared, READING, "")
