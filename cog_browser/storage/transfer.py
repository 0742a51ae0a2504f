# SPDX-License-Identifier: GPL-2.0-or-later
"""Local files on their way to and from a store."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.progress import Progress, report


@contextmanager
def whole_file_or_nothing(target: Path) -> Iterator[IO[bytes]]:
    """A file to write that takes the name ``target`` only if the block ends well.

    Raises `ConfigurationError` when it can't be written, e.g. on a full disk.
    """
    partial = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        with partial.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    except OSError as error:
        raise ConfigurationError(f"{target} can't be written: {error.strerror}.") from error
    finally:
        with suppress(OSError):
            partial.unlink()


class FileBody:
    """A file as a request body that reports progress and remembers why it could not be read."""

    def __init__(self, file: IO[bytes], size: int, progress: Progress | None) -> None:
        self._file, self._size, self._progress = file, size, progress
        self.error: ConfigurationError | None = None

    def __len__(self) -> int:
        return self._size

    def rewind(self) -> None:
        self._file.seek(0)

    def read(self, size: int = -1) -> bytes:
        try:
            chunk = self._file.read(size)
        except OSError as error:
            self.error = ConfigurationError(f"The file can't be read: {error.strerror}.")
            raise
        report(self._progress, self._file.tell(), self._size)
        return chunk
