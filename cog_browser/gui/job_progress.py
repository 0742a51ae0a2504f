# SPDX-License-Identifier: GPL-2.0-or-later
"""Connects a long job in a worker to a progress bar."""

from __future__ import annotations

import threading

from cog_browser.adapters.workers import Job
from cog_browser.storage.progress import Progress


def progress_of(job: Job, stop: threading.Event | None = None) -> Progress:
    """Hand on each per cent once: a delivery costs more than a chunk.

    ``stop`` ends the work as a cancel does, but what it delivers then is still heard.
    """
    last = [-1]

    def progress(done: int, total: int | None) -> bool:
        percent = done * 100 // total if total else 0
        if percent != last[0] and not job.is_cancelled:
            last[0] = percent
            job.emit(percent)
        return not job.is_cancelled and not (stop is not None and stop.is_set())

    return progress
