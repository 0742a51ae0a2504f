# SPDX-License-Identifier: GPL-2.0-or-later
"""Remembers on disk what of a folder is in the store, so that the next run goes on from there.

Lines of JSON, only ever appended: a killed process spoils at most the last one. Before an upload
begins, a line says what will be there, so that an object whose upload was done, but not noted, is
recognised. It holds names, sizes and checksums, no secret, and is for the user's eyes only.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import IO, Any

from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.transfers.file_lock import lock

MADE, DONE, FAILED = "made", "done", "failed"

_HEADER = {"journal": "cog-browser folder", "format": 1}
_LONGEST = 64 << 10  # bytes of a line


@dataclass(frozen=True)
class Record:
    """One event of a file. ``path`` is relative to the folder, ``target`` the object's source.

    ``size``, ``modified`` (nanoseconds) and ``md5`` are those of the file, ``recipe`` is how it is
    converted; ``made_size`` and ``made_md5`` are those of what goes into the store.
    """

    event: str
    path: str
    target: str
    size: int
    modified: int
    recipe: str
    md5: str = ""
    made_size: int = 0
    made_md5: str = ""
    etag: str = ""
    message: str = ""

    def __post_init__(self) -> None:
        """A journal is read from disk, where it may be damaged."""
        for f in fields(self):
            if type(getattr(self, f.name)).__name__ != f.type:
                raise ValueError(f"{f.name} is no {f.type}")


class PublishJournal:
    """Locked while it is open; use it in a ``with``. Thread: one at a time.

    Raises `ConfigurationError` for a file that can't be used, is none, or is in use.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._last: dict[tuple[str, str, str], Record] = {}
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            self._file: IO[bytes] = os.fdopen(handle, "r+b")
        except OSError as error:
            raise ConfigurationError(
                f"The journal {path} can't be written ({error.strerror}); choose another place."
            ) from error
        try:
            if not lock(self._file):
                raise ConfigurationError(
                    f"Another run uses the journal {path}. Wait until it has ended, or choose "
                    "another journal."
                )
            self._read()
            with suppress(OSError):
                path.chmod(0o600)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> PublishJournal:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def last(self, event: str, path: str, target: str) -> Record | None:
        """The last record of this event for this file and object."""
        return self._last.get((event, path, target))

    def add(self, record: Record) -> None:
        """It is on the disk when this returns. Raises `ConfigurationError` when it can't be."""
        self._last[record.event, record.path, record.target] = record
        self._write({name: value for name, value in asdict(record).items() if value != ""})

    def _write(self, line: dict[str, Any]) -> None:
        try:
            self._file.write(json.dumps(line).encode() + b"\n")
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise ConfigurationError(
                f"The journal {self.path} can't be written ({error.strerror}); free some space "
                "and run it again."
            ) from error

    def _read(self) -> None:
        head = self._file.readline(_LONGEST)
        if not head:
            self._write(_HEADER)
            return
        if _parsed(head) != _HEADER:
            raise ConfigurationError(
                f"{self.path} is no journal of a published folder; choose another file."
            )
        is_whole = head.endswith(b"\n")
        while line := self._file.readline(_LONGEST):
            is_whole = line.endswith(b"\n")
            with suppress(TypeError, ValueError):  # cut off: as if it had not been noted
                record = Record(**(_parsed(line) or {}))
                self._last[record.event, record.path, record.target] = record
        if not is_whole:
            self._file.seek(0, os.SEEK_END)
            self._file.write(b"\n")


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
