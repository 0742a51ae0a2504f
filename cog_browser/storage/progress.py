# SPDX-License-Identifier: GPL-2.0-or-later
"""Progress and cancellation of long work: one callback for both."""

from __future__ import annotations

from typing import Callable, Optional

from cog_browser.storage.errors import Cancelled

#: ``progress(done, total)`` in bytes or steps, from any thread; ``total`` is None when unknown.
#: Returning False cancels.
Progress = Callable[[int, Optional[int]], bool]


def report(progress: Progress | None, done: int, total: int | None) -> None:
    """Report, and raise `Cancelled` when the callback says stop."""
    if progress is not None and not progress(done, total):
        raise Cancelled


def part(progress: Progress | None, start: int, stop: int) -> Progress | None:
    """A child callback whose 0…total becomes start…stop out of 100 of ``progress``."""
    if progress is None:
        return None

    def child(done: int, total: int | None) -> bool:
        fraction = min(done / total, 1.0) if total else 0.0
        return progress(round(start + (stop - start) * fraction), 100)

    return child
