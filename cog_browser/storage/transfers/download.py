# SPDX-License-Identifier: GPL-2.0-or-later
"""Downloads: ranges in parallel, checked, and only then under the final name."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Protocol

from cog_browser.storage.answers import check_range, entry_of_headers, said
from cog_browser.storage.errors import (
    Cancelled,
    ChecksumError,
    ConfigurationError,
    ProtocolError,
    TransportError,
)
from cog_browser.storage.http import Response
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.progress import Progress
from cog_browser.storage.transfers.control import TransferControl, TransferSettings
from cog_browser.storage.transfers.job import TransferJob
from cog_browser.storage.transfers.partial_file import PartialFile

_BLOCK = 64 << 10  # as much is lost when an answer breaks off
_HASHED_AT_ONCE = 32 << 20  # bytes between two looks at the other threads
MD5 = re.compile(r"[0-9a-f]{32}")

#: Sizes and MD5s of an object's pieces, in order; none where the store knows none.
Checks = list[tuple[int, str]]


class Source(Protocol):
    """What a download needs of a store."""

    transfers: TransferSettings

    @property
    def call(self) -> Callable[..., Response]: ...

    def job(
        self, total: int, progress: Progress | None = None, control: TransferControl | None = None
    ) -> TransferJob: ...

    def source(self, container: str, key: str) -> str: ...


def download(
    store: Source,
    container: str,
    key: str,
    path: Path,
    progress: Progress | None,
    control: TransferControl | None,
    checks_of: Callable[[ObjectEntry, Mapping[str, str]], Checks],
) -> None:
    """See `ObjectStore.download`. What an interrupted download has left is continued.

    ``checks_of`` is given the object and the headers of its HEAD.
    """
    doing = f"download {said(container, key)}"
    response = store.call("HEAD", (container, key), doing)
    response.close()
    entry = entry_of_headers(container, key, response.headers)
    job = store.job(entry.size, progress, control)
    job.report()
    identity = {"source": store.source(container, key), "etag": entry.etag}
    partial = PartialFile(path, identity, entry.size, store.transfers.part_size)
    try:
        _refuse_small_disk(partial, doing)
        checks = job.call(lambda: checks_of(entry, response.headers))
        _fetch(store, entry, partial, _Verifier(partial, checks, doing), job)
        job.finish()
        partial.take_its_name()
    except (Cancelled, ChecksumError, ConfigurationError, ProtocolError):
        partial.remove()
        raise
    except BaseException:
        partial.leave()
        raise


def _refuse_small_disk(partial: PartialFile, doing: str) -> None:
    there = sum(stop - start for start, stop in map(partial.span, partial.done))
    free = shutil.disk_usage(partial.path.parent).free
    if free < partial.size - there:
        raise ConfigurationError(
            f"Could not {doing}: it needs {partial.size - there} bytes, and {partial.target.parent}"
            f" has room for {free}. Make room, or choose another folder."
        )


class _Verifier:
    """Compares checksums from the beginning on, as far as the file is whole."""

    def __init__(self, partial: PartialFile, checks: Checks, doing: str) -> None:
        self._partial, self._checks, self._doing = partial, checks, doing
        self._digest = hashlib.md5(usedforsecurity=False)
        self._number = self._position = self._in_check = 0

    @property
    def is_finished(self) -> bool:
        return self._number == len(self._checks)

    def advance(self) -> None:
        """A bounded step; raises `ChecksumError`."""
        stop = min(self._partial.whole_until, self._position + _HASHED_AT_ONCE)
        if self.is_finished or (self._position == stop and stop < self._partial.size):
            return
        with self._partial.open("rb") as file:
            file.seek(self._position)
            while not self.is_finished:
                size, md5 = self._checks[self._number]
                chunk = file.read(min(_BLOCK, size - self._in_check, stop - self._position))
                self._digest.update(chunk)
                self._position += len(chunk)
                self._in_check += len(chunk)
                if self._in_check < size:
                    if not chunk:
                        return
                    continue
                if self._digest.hexdigest() != md5:
                    raise ChecksumError(
                        f"Could not {self._doing}: the bytes differ from the checksum."
                    )
                self._digest = hashlib.md5(usedforsecurity=False)
                self._number, self._in_check = self._number + 1, 0


def _fetch(
    store: Source,
    entry: ObjectEntry,
    partial: PartialFile,
    verifier: _Verifier,
    job: TransferJob,
) -> None:
    for number in partial.done:
        start, stop = partial.span(number)
        job.move(number, stop - start)
    job.holds_end = True

    def fetch(number: int) -> None:
        start, stop = partial.span(number)
        position = [start]
        with partial.open() as file:
            file.seek(start)
            job.persist(
                lambda: _receive(store, entry, file, number, (start, stop), position, job),
                headway=lambda: position[0],
            )
        with job.serial:
            partial.finish(number)

    try:
        job.run(partial.missing, fetch, verifier.advance)
        while not verifier.is_finished:
            verifier.advance()
            job.report()
    except OSError as error:
        raise partial.error(error) from error


def _receive(
    store: Source,
    entry: ObjectEntry,
    file: IO[bytes],
    number: int,
    span: tuple[int, int],
    position: list[int],
    job: TransferJob,
) -> None:
    """Go on with a part where ``position`` is, and move that along."""
    doing = f"download {said(entry.container, entry.key)}"
    (start, stop), begin = span, position[0]
    headers = {"Range": f"bytes={begin}-{stop - 1}"}
    if entry.etag:
        headers["If-Match"] = f'"{entry.etag}"'
    try:
        response = store.call(
            "GET",
            (entry.container, entry.key),
            doing,
            headers=headers,
            accept=(206, 200),
            retries=0,
        )
    except ProtocolError as error:
        if error.status == 412:
            raise ProtocolError(
                f"Could not {doing}: it has been replaced meanwhile. Download it anew.",
                status=412,
                request_id=error.request_id,
            ) from None
        raise
    try:
        check_range(response, doing, begin, stop, entry.etag or None, may_be_encoded=True)
        for chunk in response.chunks(_BLOCK):
            if position[0] + len(chunk) > stop:
                raise TransportError(f"Could not {doing}: more bytes came than were asked for.")
            job.let_pass(len(chunk))
            file.write(chunk)
            position[0] += len(chunk)
            job.move(number, position[0] - start)
        file.flush()
    finally:
        response.abandon()
    if position[0] != stop:
        raise TransportError(f"Could not {doing}: it broke off after {position[0]} bytes.")
