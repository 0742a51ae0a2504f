# SPDX-License-Identifier: GPL-2.0-or-later
"""Local files on their way to and from a store."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cog_browser.storage.errors import Cancelled, ConfigurationError
from cog_browser.storage.transfers.job import TransferJob
from cog_browser.storage.transfers.local_names import beside, longest_name

#: What goes to the network at once, in bytes: a time-out of some seconds for each still lets slow
#: lines pass.
_BLOCK = 128 << 10


@contextmanager
def whole_file_or_nothing(target: Path) -> Iterator[IO[bytes]]:
    """A file to write that takes the name ``target`` only if the block ends well.

    Raises `ConfigurationError` when it can't be written, e.g. on a full disk.
    """
    ending = f".{secrets.token_hex(4)}.part"
    partial = target.with_name(beside(target.name, ending, longest_name(target.parent)))
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


@dataclass(frozen=True)
class SourceFile:
    """A local file as it was when its upload began: size in bytes, time in nanoseconds."""

    path: Path
    size: int
    modified: int

    @classmethod
    def at(cls, path: str | os.PathLike[str]) -> SourceFile:
        """Raises `ConfigurationError` when it can't be read."""
        with _readable(Path(path)) as file:
            found = os.fstat(file.fileno())
        return cls(Path(path), found.st_size, found.st_mtime_ns)

    def open(self) -> IO[bytes]:
        """Raises `ConfigurationError` when it is no longer the same."""
        file = _readable(self.path)
        found = os.fstat(file.fileno())
        if (found.st_size, found.st_mtime_ns) != (self.size, self.modified):
            file.close()
            raise ConfigurationError(
                f"{self.path} has been changed since its upload began, so the parts would not fit "
                "together. Upload it anew."
            )
        return file

    def md5(self, job: TransferJob, start: int = 0, size: int | None = None) -> str:
        """Of the bytes from ``start``. Can be cancelled."""
        digest = hashlib.md5(usedforsecurity=False)
        left = self.size - start if size is None else size
        try:
            with self.open() as file:
                file.seek(start)
                while left and (chunk := file.read(min(_BLOCK, left))):
                    digest.update(chunk)
                    left -= len(chunk)
                    if job.stopped.is_set():
                        raise Cancelled
        except OSError as error:
            raise ConfigurationError(f"{self.path} can't be read: {error.strerror}.") from error
        return digest.hexdigest()


def _readable(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise ConfigurationError(f"{path} can't be read: {error.strerror}.") from error


class FileBody:
    """A part of a file as a request body: counted, held back and hashed as it is sent."""

    def __init__(
        self, source: SourceFile, job: TransferJob, part: int, start: int, size: int
    ) -> None:
        self._source, self._job, self._part = source, job, part
        self._start, self._size = start, size
        #: Of what the last pass has sent.
        self.md5 = ""

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[bytes]:
        self.md5 = ""
        digest = hashlib.md5(usedforsecurity=False)
        done = 0
        try:
            with self._source.open() as file:
                file.seek(self._start)
                while done < self._size:
                    chunk = file.read(min(_BLOCK, self._size - done))
                    if not chunk:
                        raise ConfigurationError(f"{self._source.path} became shorter.")
                    digest.update(chunk)
                    done += len(chunk)
                    self._job.let_pass(len(chunk))
                    self._job.move(self._part, done)
                    if done == self._size == self._source.size and not self._job.holds_end:
                        self._job.confirm_end()
                    yield chunk
        except OSError as error:
            raise ConfigurationError(
                f"{self._source.path} can't be read: {error.strerror}."
            ) from error
        self.md5 = digest.hexdigest()
