# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads the headers of many objects, a few at a time."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from cog_browser.cog.description import Description, describe
from cog_browser.storage.models import ObjectRef
from cog_browser.storage.progress import Progress, report

#: Objects whose headers are read at once.
AT_ONCE = 6


def describe_all(
    references: Sequence[ObjectRef], progress: Progress | None = None
) -> list[Description]:
    """In their order; ``progress`` hears of the number done.

    Raises what `describe` raises, for the first that fails; the others then end by themselves.
    """
    stopped: list[bool] = []
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="headers")
    try:
        running = [pool.submit(describe, one, lambda: not stopped) for one in references]
        for done, future in enumerate(as_completed(running), 1):
            future.result()
            report(progress, done, len(running))
        return [future.result() for future in running]
    finally:
        stopped.append(True)
        pool.shutdown(wait=False, cancel_futures=True)
