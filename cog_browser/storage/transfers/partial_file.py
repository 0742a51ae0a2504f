# SPDX-License-Identifier: GPL-2.0-or-later
"""A file that arrives in parts, beside its final name, and remembers which parts are there."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.transfers.file_lock import lock
from cog_browser.storage.transfers.local_names import beside, longest_name

_LARGEST = 1 << 20  # bytes of the notes
_NOTES = len("-01234567.json.new")  # what may come behind the partial file's name


class PartialFile:
    """``.name.cogb-part`` and its notes ``.name.cogb-part.json``, locked while open.

    Where there is no room for that beside a long name, its hash stands for the name.

    ``identity`` says whose bytes they are: parts of another object, or of another generation of
    the same, are thrown away.
    """

    def __init__(self, target: Path, identity: Mapping[str, object], size: int, part: int) -> None:
        self.target, self.size, self.part_size = target, size, part
        self._identity = {**identity, "size": size, "part_size": part}
        room = longest_name(target.parent) - _NOTES
        self.path = target.with_name(beside(target.name, ".cogb-part", room))
        self.done: set[int] = set()
        try:
            self._lock = self._take(self.path)
            if self._lock is None:  # somebody else downloads to the same name
                self.path = self.path.with_name(f"{self.path.name}-{secrets.token_hex(4)}")
                self._lock = self._take(self.path)
            self._read_notes()
            if not self.done:
                os.truncate(self.path, 0)
            os.truncate(self.path, size)
        except OSError as error:
            raise self.error(error) from error

    @property
    def count(self) -> int:
        return -(-self.size // self.part_size)

    @property
    def missing(self) -> list[int]:
        return [n for n in range(self.count) if n not in self.done]

    @property
    def whole_until(self) -> int:
        """From the beginning up to this byte nothing is missing."""
        number = 0
        while number in self.done:
            number += 1
        return min(number * self.part_size, self.size)

    def span(self, number: int) -> tuple[int, int]:
        """Where a part begins and ends."""
        start = number * self.part_size
        return start, min(start + self.part_size, self.size)

    def open(self, mode: str = "r+b") -> IO[Any]:
        try:
            return self.path.open(mode)
        except OSError as error:
            raise self.error(error) from error

    def finish(self, number: int) -> None:
        """Note a part that is whole."""
        self.done.add(number)
        notes = json.dumps({**self._identity, "done": sorted(self.done)})
        beside = self._notes.with_name(self._notes.name + ".new")
        with suppress(OSError):  # without notes it only can't be continued
            beside.write_text(notes)
            beside.replace(self._notes)

    def take_its_name(self) -> None:
        """Become the final file."""
        try:
            with self.path.open("r+b") as file:
                os.fsync(file.fileno())
            self._close()
            self.path.replace(self.target)
            self._notes.unlink(missing_ok=True)
        except OSError as error:
            raise self.error(error) from error

    def leave(self) -> None:
        """Close it: what has arrived waits for the next attempt, if that is worth it."""
        if self.done and self.count > 1:
            self._close()
        else:
            self.remove()

    def remove(self) -> None:
        self._close()
        for path in (self.path, self._notes):
            with suppress(OSError):
                path.unlink()

    def error(self, error: OSError) -> ConfigurationError:
        return ConfigurationError(f"{self.target} can't be written: {error.strerror}.")

    @property
    def _notes(self) -> Path:
        return self.path.with_name(self.path.name + ".json")

    def _close(self) -> None:
        if self._lock is not None:
            self._lock.close()

    def _take(self, path: Path) -> IO[bytes] | None:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        file = os.fdopen(os.open(path, flags, 0o666), "r+b")
        if lock(file):
            return file
        file.close()
        return None

    def _read_notes(self) -> None:
        try:
            with self._notes.open() as file:
                notes = json.loads(file.read(_LARGEST))
            done = notes.pop("done")
            is_same = notes == self._identity and self.path.stat().st_size == self.size
            if is_same and all(type(n) is int and 0 <= n < self.count for n in done):
                self.done = set(done)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            pass  # it begins anew
