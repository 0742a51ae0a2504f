# SPDX-License-Identifier: GPL-2.0-or-later
"""What is under way from a store, and since when nothing has come of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TypeVar

from cog_browser.storage.http_connections import hearing

_T = TypeVar("_T")

#: Seconds without a byte after which the user is told that the store doesn't answer.
SILENCE = 10.0


class Line:
    """A connection's answers, all together: whether they come at all."""

    def __init__(self) -> None:
        self.heard = 0.0


class Fetch(Future[_T]):
    """A future that knows when it was last heard of.

    While it waits for its turn, what counts is whether others of its connection get answers.
    """

    def __init__(self, line: Line) -> None:
        super().__init__()
        self._line, self._heard = line, time.monotonic()
        self._is_queued = True

    @contextmanager
    def begun(self) -> Iterator[None]:
        """Around the work, in the thread that does it."""
        self._is_queued, self._heard = False, time.monotonic()
        with hearing(self._hear):
            yield
        self._hear()

    @property
    def silence(self) -> float:
        """Seconds since the last byte."""
        heard = max(self._heard, self._line.heard) if self._is_queued else self._heard
        return time.monotonic() - heard

    def _hear(self) -> None:
        self._heard = self._line.heard = time.monotonic()
