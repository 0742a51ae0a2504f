# SPDX-License-Identifier: GPL-2.0-or-later
"""Connects a long job in a worker to a progress bar."""

from __future__ import annotations

from cog_browser.adapters.workers import Job
from cog_browser.storage.progress import Progress


def progress_of(job: Job) -> Progress:
    """Hand on each per cent once: a delivery costs more than a chunk."""
    last = [-1]

    def progress(done: int, total: int | None) -> bool:
        percent = done * 100 // total if total else 0
        if percent != last[0] and not job.is_cancelled:
            last[0] = percent
            job.emit(percent)
        return not job.is_cancelled

    return progress
