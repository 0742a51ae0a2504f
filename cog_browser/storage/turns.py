# SPDX-License-Identifier: GPL-2.0-or-later
"""Lets other threads have their turn while one computes.

A thread that only computes keeps Python's lock for 5 ms at a time, and whoever waits for it gets
it for a moment: a window that draws a table needs it again for each cell.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")

_PIECE = 500
_PAUSE = 0.0005  # seconds


def in_turns(items: Sequence[Item]) -> Iterator[Item]:
    """The items, with a short pause after every few hundred."""
    rest = iter(items)
    for number in range(0, len(items), _PIECE):
        if number:
            time.sleep(_PAUSE)
        yield from islice(rest, _PIECE)
