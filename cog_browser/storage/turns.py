# SPDX-License-Identifier: GPL-2.0-or-later
"""Lets a window have its turns while a thread beside it computes.

Such a thread keeps Python's lock until it rests, or for 5 ms where another wants it; and a window
that draws a table needs the lock anew for each cell, some hundred times.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")

#: Seconds that a thread works, and rests, by turns.
_WORK, _REST = 0.001, 0.001
#: Items between two looks whether it is time to rest: some tenths of a millisecond.
PIECE = 100
_thread = threading.local()
_lock = threading.Lock()
_free_at = 0.0  # when nobody has a turn any more


def take_turns() -> None:
    """From now on this thread rests where it comes by a `rest`. Others never do."""
    _thread.begun = time.monotonic()


def rest() -> None:
    """Pause, if this thread takes turns and has worked for long enough. Long loops call it.

    Of several such threads one works at a time, or they would leave the window no time between.
    """
    global _free_at  # noqa: PLW0603
    begun, now = getattr(_thread, "begun", None), time.monotonic()
    if begun is None or now - begun <= _WORK:
        return
    with _lock:
        start = max(now, _free_at) + _REST
        _free_at = start + _WORK
    time.sleep(start - now)
    _thread.begun = time.monotonic()


def in_turns(items: Sequence[Item]) -> Iterator[Item]:
    """The items, with a `rest` after every few."""
    left = iter(items)
    for _ in range(0, len(items), PIECE):
        rest()
        yield from islice(left, PIECE)
