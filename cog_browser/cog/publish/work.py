# SPDX-License-Identifier: GPL-2.0-or-later
"""Who does the work of a run: threads of this process, or workers elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from cog_browser.cog.publish.one_file import FileTask, MadeFile
from cog_browser.cog.publish.plan import PlannedFile
from cog_browser.storage.models import ObjectEntry

#: Per cent of a file's work when its COG is made; the rest is the upload.
MADE_PART = 60


@dataclass(frozen=True)
class News:
    """What has become of a file: made; or in the store, with ``entry``; or failed."""

    planned: PlannedFile
    task: FileTask
    made: MadeFile | None = None
    entry: ObjectEntry | None = None
    error: Exception | None = None


class Work(Protocol):
    """Takes files, makes COGs of them and sends those. One thread calls all of it.

    A file that is made is sent only after its news was taken, so that it can be noted first.
    """

    #: Whether a COG waits here for the next run.
    keeps: bool

    def takes(self, planned: PlannedFile) -> bool:
        """Whether another file may begin: a bounded number is on the way, in bounded space."""
        ...

    def start(self, planned: PlannedFile, task: FileTask) -> None: ...

    def news(self, seconds: float) -> Iterator[News]:
        """What has happened, waiting so long for it."""
        ...

    def done_of(self, planned: PlannedFile) -> float:
        """How much of a file that is on the way is done, from 0 to 1."""
        ...

    def close(self) -> None:
        """End all work, and leave nothing that is half done."""
        ...
