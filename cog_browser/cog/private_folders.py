# SPDX-License-Identifier: GPL-2.0-or-later
"""Folders for unfinished files: gone when the work ends, and swept up when it was killed."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

from cog_browser.storage.errors import ConversionError

try:
    import fcntl
except ImportError:  # Windows, where an open file can't be deleted: lock enough
    fcntl = None  # type: ignore[assignment]

#: What the name of every such folder begins with; on most systems the dot hides it.
PREFIX = ".cog-browser-"
_LOCK = "in-use"
_ABANDONED = 24 * 3600.0  # seconds: for file systems that know no locks


@contextmanager
def private_folder_in(parent: Path) -> Iterator[Path]:
    """A new folder, removed in any case. Those of killed processes in ``parent`` go as well.

    Raises `OSError` where none can be made.
    """
    _sweep(parent)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    lock = _locked(folder)
    try:
        yield folder
    finally:
        lock.close()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def temporary_folder_in(parent: Path) -> Iterator[Path]:
    """The same for temporary files, at a place that the user chose. Raises `ConversionError`."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(private_folder_in(parent.expanduser()))
        except OSError as problem:
            raise ConversionError(
                f"The folder for temporary files {parent} can't be used ({problem.strerror}); "
                "choose one that exists and that you may write to."
            ) from None
        yield folder


def _locked(folder: Path) -> IO[bytes]:
    """The lock appears under its name when it is held: a sweeper never finds it free."""
    unheld = folder / f"{_LOCK}.new"
    lock = unheld.open("wb")
    if fcntl is not None:
        with suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        unheld.rename(folder / _LOCK)
        return lock
    lock.close()
    unheld.rename(folder / _LOCK)
    return (folder / _LOCK).open("rb")


def _sweep(parent: Path) -> None:
    with suppress(OSError):
        for folder in parent.glob(f"{PREFIX}*"):
            with suppress(OSError):
                if not folder.is_symlink() and folder.is_dir() and _is_abandoned(folder):
                    shutil.rmtree(folder, ignore_errors=True)


def _is_abandoned(folder: Path) -> bool:
    lock = folder / _LOCK
    if lock.exists():
        if fcntl is None:
            lock.unlink()  # fails while its owner lives
            return True
        try:
            with lock.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            pass
        else:
            return True
    newest = max(file.stat().st_mtime for file in (folder, *folder.iterdir()))
    return time.time() - newest > _ABANDONED
