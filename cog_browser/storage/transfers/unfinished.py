# SPDX-License-Identifier: GPL-2.0-or-later
"""Uploads that were begun and have not ended, as a store of any kind tells of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.progress import Progress
from cog_browser.storage.transfers.control import TransferControl

#: Other machines' uploads are spared for so long after their last segment, in seconds.
SPARED = 7 * 86400


@dataclass(frozen=True)
class UnfinishedUpload:
    """``path`` is the local file, empty where another machine or user has it.

    ``sent`` is in bytes as the store lists them, ``size`` None where nobody here knows it.
    ``age`` is in seconds by the store's clock since the last segment; before the first, since the
    upload began. It is None where nobody can tell.
    """

    upload_id: str
    container: str
    key: str
    path: str
    size: int | None
    sent: int
    age: float | None
    journal: Path | None

    @property
    def is_of_this_computer(self) -> bool:
        return self.journal is not None

    @property
    def is_resumable(self) -> bool:
        return self.is_of_this_computer and bool(self.path)

    @property
    def may_still_run(self) -> bool:
        """On another machine, which nobody here can ask."""
        return not self.is_of_this_computer and (self.age is None or self.age < SPARED)


@runtime_checkable
class KeepsUploads(Protocol):
    """A store whose broken uploads can be listed, continued and cleaned up."""

    def unfinished_uploads(self, container: str | None = None) -> Iterator[UnfinishedUpload]:
        """Of one container or of the whole account; running ones of this machine left out."""
        ...

    def own_unfinished_uploads(self) -> list[UnfinishedUpload]:
        """Those of this computer, by its journals alone: the store is asked nothing."""
        ...

    def resume_upload(
        self,
        unfinished: UnfinishedUpload,
        *,
        path: str | os.PathLike[str] | None = None,
        progress: Progress | None = None,
        control: TransferControl | None = None,
    ) -> ObjectEntry:
        """Send what is missing; ``path`` is where the file is now, if it has been moved.

        Raises `ConfigurationError` when it is no longer the same file.
        """
        ...

    def clean_up_upload(
        self,
        unfinished: UnfinishedUpload,
        *,
        confirmed: bool = False,
        progress: Progress | None = None,
    ) -> None:
        """Delete what was sent; what an object uses stays.

        Raises `ConfigurationError` for what `may_still_run`, unless ``confirmed``.
        """
        ...
