# SPDX-License-Identifier: GPL-2.0-or-later
"""Headers of objects on disk, so that a project opens without asking any store."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cog_browser.storage.models import ObjectEntry

log = logging.getLogger(__name__)

#: Bytes of all headers together. One takes 16 to 64 KiB, at most 2 MiB.
_BUDGET = 64 << 20
_FORMAT = 2


@dataclass(frozen=True)
class Header:
    """The parts of one generation of an object that GDAL reads to open it."""

    entry: ObjectEntry
    parts: tuple[tuple[int, bytes], ...]

    def read(self, start: int, stop: int) -> bytes | None:
        """The bytes from ``start`` to ``stop``, or None unless all are here."""
        for offset, data in self.parts:
            if offset <= start and stop <= offset + len(data):
                return data[start - offset : stop - offset]
        return None


def _digest(parts: Iterable[bytes]) -> str:
    """A disk that was full, or lost its power, may keep a file's length and not its bytes."""
    found = hashlib.sha256()
    for part in parts:
        found.update(part)
    return found.hexdigest()


class HeaderStore:
    """A folder of headers, one file for each saved source. Whatever fails is only logged.

    The files hold image metadata, for the user's eyes only (mode 0600), and no secret.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, saved_source: str) -> Header | None:
        """The header that was saved last; None where there is none that can be trusted."""
        path = self._path(saved_source)
        try:
            with path.open("rb") as file:
                facts = json.loads(file.readline(65536))
                if facts["format"] != _FORMAT or facts["source"] != saved_source:
                    return None
                parts = []
                for start, length in facts["parts"]:
                    data = file.read(int(length))
                    if len(data) != length:
                        return None
                    parts.append((int(start), data))
                if facts["digest"] != _digest(data for _, data in parts):
                    raise ValueError("it is damaged")
            entry = ObjectEntry(
                str(facts["container"]), str(facts["key"]), int(facts["size"]), None,
                str(facts["etag"]), "",
            )  # fmt: skip
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.info("A saved header can't be used: %s", error)
            return None
        with suppress(OSError):
            os.utime(path)  # the least recently used go first
        return Header(entry, tuple(parts))

    def save(self, saved_source: str, header: Header) -> None:
        """Replace the object's header, all or nothing."""
        entry = header.entry
        facts = {
            "format": _FORMAT,
            "source": saved_source,
            "container": entry.container,
            "key": entry.key,
            "size": entry.size,
            "etag": entry.etag,
            "parts": [(start, len(data)) for start, data in header.parts],
            "digest": _digest(data for _, data in header.parts),
        }
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder, suffix=".part")  # mode 0600
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(json.dumps(facts).encode() + b"\n")
                    file.writelines(data for _, data in header.parts)
                Path(name).replace(self._path(saved_source))
            except BaseException:
                with suppress(OSError):
                    Path(name).unlink()
                raise
            self._trim()
        except OSError as error:
            log.info("A header could not be kept: %s", error)

    def drop(self, saved_source: str) -> None:
        """Forget the header of an object that was replaced or deleted."""
        with suppress(OSError):
            self._path(saved_source).unlink()

    def _path(self, saved_source: str) -> Path:
        return self._folder / (hashlib.sha256(saved_source.encode()).hexdigest() + ".header")

    def _trim(self) -> None:
        files = [(p.stat().st_mtime, p.stat().st_size, p) for p in self._folder.glob("*.header")]
        held = sum(size for _, size, _ in files)
        for _, size, path in sorted(files):
            if held <= _BUDGET:
                return
            with suppress(OSError):
                path.unlink()
            held -= size
