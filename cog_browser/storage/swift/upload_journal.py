# SPDX-License-Identifier: GPL-2.0-or-later
"""Remembers on disk which segments of an upload are safe in the store.

One file for each upload: a line of JSON that says what goes where, then a line before and a line
after each segment. It is only ever appended to, so a killed process spoils at most its last line.
It holds no secret, and is for the user's eyes only (mode 0600).
"""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import IO, Any

from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.object_names import encoded_path
from cog_browser.storage.transfers.file_lock import lock

log = logging.getLogger(__name__)

_FORMAT = 1
_LARGEST = 4 << 20  # bytes of a journal; one of 1000 segments takes 100 kB
_SUFFIX = ".upload"
_ID = re.compile(r"cogb-[0-9a-f]{32}")
_MD5 = re.compile(r"[0-9a-f]{32}")
_SEGMENT = re.compile(r"(?P<key>.+)/(?P<id>cogb-[0-9a-f]{32})/\d{8}", re.DOTALL)


def new_upload_id() -> str:
    return f"cogb-{secrets.token_hex(16)}"


def segment_owner(name: str) -> tuple[str, str] | None:
    """Key and upload id of a segment that this program has named; None for others."""
    found = _SEGMENT.fullmatch(name)
    return (found["key"], found["id"]) if found else None


@dataclass(frozen=True)
class UploadPlan:
    """What goes where. ``path`` is empty for a copy within the store; sizes are in bytes.

    ``modified`` is the file's time in nanoseconds, ``delete_at`` in seconds, 0 for never.
    """

    upload_id: str
    storage_url: str
    container: str
    key: str
    segments: str
    size: int
    segment_size: int
    content_type: str
    overwrite: bool
    path: str = ""
    modified: int = 0
    delete_at: int = 0

    def __post_init__(self) -> None:
        """Refuse what this program can't have written, since a journal is read from disk."""
        for f in fields(self):
            if type(getattr(self, f.name)).__name__ != f.type:
                raise ConfigurationError(f"An upload's {f.name} is damaged.")
        encoded_path((self.container, self.key))
        encoded_path((self.segments, self.prefix))
        is_sound = (
            _ID.fullmatch(self.upload_id)
            and "/" not in self.container + self.segments
            and self.segment_size > 0
            and 0 <= self.size <= self.segment_size * 100_000
            and "\0" not in self.path
            and (not self.path or Path(self.path).is_absolute())
            and not any(ord(c) < 32 for c in self.content_type)
        )
        if not is_sound:
            raise ConfigurationError("What is noted of an unfinished upload makes no sense.")

    @property
    def prefix(self) -> str:
        return f"{self.key}/{self.upload_id}/"

    @property
    def count(self) -> int:
        return max(1, -(-self.size // self.segment_size))

    def name(self, number: int) -> str:
        return f"{self.prefix}{number:08d}"

    def span(self, number: int) -> tuple[int, int]:
        """Where a segment begins, and its size."""
        start = number * self.segment_size
        return start, min(self.segment_size, self.size - start)


class UploadJournal:
    """The journal of one upload, locked while it is open. Thread: one at a time."""

    def __init__(self, path: Path, file: IO[bytes], plan: UploadPlan) -> None:
        self._path, self._file, self.plan = path, file, plan
        #: Segments whose sending began, and the MD5 of those that are safe.
        self.begun: set[int] = set()
        self.done: dict[int, str] = {}
        #: Segments of the object that this upload replaces.
        self.replaced: list[str] = []

    @classmethod
    def create(cls, folder: Path, plan: UploadPlan) -> UploadJournal:
        """Raises `ConfigurationError` when the folder can't be written."""
        path = folder / (plan.upload_id + _SUFFIX)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
            journal = cls(path, os.fdopen(handle, "r+b"), plan)
            lock(journal._file)
            journal._write({"format": _FORMAT, **asdict(plan)})
        except OSError as error:
            raise ConfigurationError(
                f"{folder} can't be written ({error.strerror}), so an upload could not be "
                "continued after an interruption. Choose another folder for its journal."
            ) from error
        return journal

    @classmethod
    def open(cls, path: Path) -> UploadJournal | None:
        """None when a running process has it, or it is gone.

        Raises `ConfigurationError` for what is no journal.
        """
        try:
            file = os.fdopen(os.open(path, os.O_RDWR | os.O_APPEND), "r+b")
        except OSError:
            return None
        try:
            if not lock(file) or not path.exists():
                file.close()
                return None
            journal = cls(path, file, _read_plan(file))
            journal._replay()
            return journal
        except BaseException:
            file.close()
            raise

    def begin(self, number: int) -> None:
        self.begun.add(number)
        self._write({"begin": number})

    def finish(self, number: int, md5: str) -> None:
        self.done[number] = md5
        self._write({"done": number, "md5": md5})

    def doubt(self, number: int) -> None:
        """A segment isn't there, or isn't right, after all."""
        self.done.pop(number, None)
        self._write({"doubt": number})

    def replaces(self, names: list[str]) -> None:
        self.replaced = names
        self._write({"replaces": names})

    def move(self, path: str, modified: int) -> None:
        """The file is elsewhere now."""
        self.plan = replace(self.plan, path=path, modified=modified)
        self._write({"path": path, "modified": modified})

    def close(self) -> None:
        """Leave it for another time."""
        self._file.close()

    def remove(self) -> None:
        """The upload is finished, or thrown away."""
        with suppress(OSError):
            self._path.unlink()
        self._file.close()

    def _write(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())

    def _replay(self) -> None:
        found = self._file.read(_LARGEST)
        for text in found.splitlines():
            try:
                line = json.loads(text)
                if "begin" in line:
                    self.begun.add(self._number(line["begin"]))
                elif "doubt" in line:
                    self.done.pop(self._number(line["doubt"]), None)
                elif "done" in line and _MD5.fullmatch(line["md5"]):
                    self.done[self._number(line["done"])] = line["md5"]
                elif "path" in line:
                    moved = {"path": line["path"], "modified": line["modified"]}
                    self.plan = replace(self.plan, **moved)
                elif "replaces" in line:
                    self.replaced = [
                        n for n in line["replaces"] if (segment_owner(n) or "")[0] == self.plan.key
                    ]
            except (ValueError, KeyError, TypeError, IndexError, ConfigurationError):
                continue  # cut off when the process was killed: as if it had not been noted
        self._file.seek(0, os.SEEK_END)
        if not found.endswith(b"\n") and found:
            self._file.write(b"\n")  # ends a line that was cut off

    def _number(self, value: Any) -> int:
        if not isinstance(value, int) or not 0 <= value < self.plan.count:
            raise ValueError
        return value


def _read_plan(file: IO[bytes]) -> UploadPlan:
    try:
        document = json.loads(file.readline(1 << 16))
        if document.pop("format") != _FORMAT:
            raise ValueError
        return UploadPlan(**document)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ConfigurationError(f"{file.name} is no journal of an upload.") from None


def journals(folder: Path, storage_url: str) -> Iterator[tuple[Path, UploadPlan]]:
    """The journals of one account, also those of running uploads. Others are left alone."""
    try:
        paths = sorted(folder.glob(f"cogb-*{_SUFFIX}"))
    except OSError:
        return
    for path in paths:
        try:
            with path.open("rb") as file:
                plan = _read_plan(file)
            if path.name != plan.upload_id + _SUFFIX:
                raise ConfigurationError(f"{path} is another upload's journal.")
        except (OSError, ConfigurationError) as error:
            log.warning("A journal is not used: %s", error)
            continue
        if plan.storage_url == storage_url:
            yield path, plan
