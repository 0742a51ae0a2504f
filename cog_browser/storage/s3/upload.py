# SPDX-License-Identifier: GPL-2.0-or-later
"""Uploads to S3: one PUT for small files, parts at the same time for large ones.

The object appears with the last request, and only if the store has what was sent. What a failed or
cancelled upload has left is taken away; what a killed one has left no listing of objects shows, but
`unfinished_uploads` does.
"""

from __future__ import annotations

import hashlib
import logging
from base64 import b64encode
from binascii import unhexlify
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from cog_browser.storage.answers import already_exists, said
from cog_browser.storage.errors import (
    AlreadyExistsError,
    ChecksumError,
    CogBrowserError,
    NotFoundError,
    ProtocolError,
    QuotaExceededError,
    ServerError,
    TransportError,
)
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.progress import Progress
from cog_browser.storage.s3.answers import document
from cog_browser.storage.transfers.control import TransferControl
from cog_browser.storage.transfers.job import TransferJob
from cog_browser.storage.transfers.local_files import FileBody, SourceFile

if TYPE_CHECKING:
    from cog_browser.storage.s3.store import S3Store

log = logging.getLogger(__name__)

#: S3's limits, in bytes and in number. Source: Amazon S3 User Guide, "Multipart upload limits".
LEAST_PART, MOST_PARTS, MOST_AT_ONCE = 5 << 20, 10_000, 5 << 30
_LARGEST = 5 << 40
_running: set[str] = set()


def running_uploads() -> frozenset[str]:
    """The ids of uploads in parts that this process is at work on. Thread: any."""
    return frozenset(_running)


def upload(
    store: S3Store,
    path: Path,
    container: str,
    key: str,
    overwrite: bool,
    headers: Mapping[str, str],
    progress: Progress | None,
    control: TransferControl | None,
) -> ObjectEntry:
    """See `ObjectStore.upload`. ``headers`` describe the object."""
    doing = f"upload to {said(container, key)}"
    source = SourceFile.at(path)
    if source.size > _LARGEST:
        raise QuotaExceededError(f"Could not {doing}: S3 takes at most 5 TiB in one object.")
    store.check_upload(container, key, overwrite=overwrite)
    job = store.job(source.size, progress, control)
    one = _Upload(store, source, (container, key), doing, overwrite, job)
    is_large = source.size > min(store.transfers.threshold, MOST_AT_ONCE)
    etag = one.send_parts(headers) if is_large else one.send_whole(headers)
    store.forget(container, key)
    entry = job.call(lambda: store.head_object(container, key))
    if entry.size != source.size or (etag and entry.etag != etag):
        raise ProtocolError(
            f"Could not {doing}: right afterwards the store held another object under this key. "
            "Somebody else may be writing it."
        )
    job.finish()
    return entry


class _Upload:
    def __init__(
        self,
        store: S3Store,
        source: SourceFile,
        names: tuple[str, str],
        doing: str,
        overwrite: bool,
        job: TransferJob,
    ) -> None:
        self._store, self._source, self._names, self._doing = store, source, names, doing
        self._overwrite, self._job = overwrite, job

    def send_whole(self, headers: Mapping[str, str]) -> str:
        """The ETag that the store gave it."""
        md5 = self._job.call(lambda: self._source.md5(self._job))
        digest = b64encode(unhexlify(md5)).decode()  # the store compares before it keeps
        body = FileBody(self._source, self._job, 0, 0, self._source.size)
        etags: list[str] = []

        def put() -> None:
            response = self._store.call(
                "PUT",
                self._names,
                self._doing,
                headers={**headers, "Content-MD5": digest, **self._condition},
                body=body if self._source.size else b"",
            )
            response.close()
            etags.append(response.headers.get("ETag", "").strip('"'))

        self._publish(put, lambda etag: etag == md5)
        return etags[-1] if etags else ""

    def send_parts(self, headers: Mapping[str, str]) -> str:
        self._job.holds_end = True
        number = self._job.call(lambda: self._begin(headers))
        _running.add(number)
        try:
            return self._send_parts(number)
        except BaseException:
            self.abort(number)
            raise
        finally:
            _running.discard(number)

    def _begin(self, headers: Mapping[str, str]) -> str:
        response = self._store.call(
            "POST", self._names, self._doing, query="uploads=", headers=headers, body=b""
        )
        found = document(response, self._doing, "InitiateMultipartUploadResult")
        return found.value("UploadId")

    def _send_parts(self, number: str) -> str:
        size = part_size(self._source.size, self._store.transfers.segment_size)
        count = -(-self._source.size // size)
        md5s: dict[int, str] = {}
        etags: dict[int, str] = {}

        def send(index: int) -> None:
            start = index * size
            length = min(size, self._source.size - start)
            body = FileBody(self._source, self._job, index, start, length)

            def put() -> None:
                response = self._store.call(
                    "PUT",
                    self._names,
                    f"upload part {index + 1} of {count} to {said(*self._names)}",
                    query=f"partNumber={index + 1}&uploadId={quote(number, safe='')}",
                    body=body,
                )
                response.close()
                etags[index] = response.headers.get("ETag", "").strip('"')
                if len(etags[index]) == 32 and _has_md5(response.headers, etags[index], body.md5):
                    raise ChecksumError(
                        f"Could not {self._doing}: the bytes that arrived are not the ones sent."
                    )
                md5s[index] = body.md5

            self._job.persist(put)

        self._job.run(range(count), send)
        self._source.open().close()  # raises where it was changed meanwhile
        whole = hashlib.md5(usedforsecurity=False)
        for index in range(count):
            whole.update(unhexlify(md5s[index]))
        expected = f"{whole.hexdigest()}-{count}"
        rows = "".join(
            f"<Part><PartNumber>{i + 1}</PartNumber><ETag>&quot;{etags[i]}&quot;</ETag></Part>"
            for i in range(count)
        )
        body = f"<CompleteMultipartUpload>{rows}</CompleteMultipartUpload>".encode()
        made: list[str] = []

        def complete() -> None:
            response = self._store.call(
                "POST",
                self._names,
                self._doing,
                query=f"uploadId={quote(number, safe='')}",
                headers={"Content-Type": "application/xml", **self._condition},
                body=body,
                payload=hashlib.sha256(body).hexdigest(),
            )
            found = document(response, self._doing, "CompleteMultipartUploadResult")
            made.append(found.value("ETag").strip('"'))

        if self._job.stopped.is_set():
            self._job.sleep(0)
        self._publish(complete, lambda etag: etag == expected)
        return made[-1] if made else expected

    @property
    def _condition(self) -> dict[str, str]:
        return {} if self._overwrite else {"If-None-Match": "*"}

    def _publish(self, send: object, is_ours: object) -> None:
        """Make the object appear. An answer may be lost although the store did it."""
        attempts = 0

        def once() -> None:
            nonlocal attempts
            attempts += 1
            try:
                send()  # type: ignore[operator]
            except (AlreadyExistsError, ProtocolError, NotFoundError) as error:
                if attempts > 1 and self._is_there(is_ours):
                    return
                if error.status == 501 and not self._overwrite:
                    self._overwrite = True  # it knows no condition, but the key was free just now
                    send()  # type: ignore[operator]
                    return
                if error.status == 412 and not self._overwrite:
                    raise already_exists(self._doing, error.request_id) from None
                raise

        self._job.call(once)

    def _is_there(self, is_ours: object) -> bool:
        try:
            entry = self._store.head_object(*self._names)
        except CogBrowserError:
            return False
        return bool(is_ours(entry.etag))  # type: ignore[operator]

    def abort(self, number: str) -> None:
        """Take away the parts that have arrived. What fails is only logged."""
        query = f"uploadId={quote(number, safe='')}"
        for _ in range(2):  # a part that was on its way may arrive after the first
            try:
                self._store.call("DELETE", self._names, self._doing, query=query).close()
            except NotFoundError:
                return
            except (TransportError, ServerError) as error:
                log.warning("Parts of an upload may be left in %s: %s", self._names[0], error)
                return
            except CogBrowserError as error:
                log.warning("Parts of an upload are left in %s: %s", self._names[0], error)
                return


def part_size(size: int, wanted: int) -> int:
    """``wanted`` bytes, or as many as it takes to stay within S3's limits."""
    least = -(-size // MOST_PARTS)
    return max(LEAST_PART, wanted, -(-least // LEAST_PART) * LEAST_PART)


def _has_md5(headers: Mapping[str, str], etag: str, md5: str) -> bool:
    """Whether the ETag shows other bytes; under some encryptions it is no MD5."""
    with suppress(ValueError):
        unhexlify(etag)
        return etag != md5 and not is_encrypted(headers)
    return False


def is_encrypted(headers: Mapping[str, str]) -> bool:
    """Whether ETags are none of the content: encryption with the customer's own keys."""
    how = headers.get("x-amz-server-side-encryption", "")
    return how.startswith("aws:") or "x-amz-server-side-encryption-customer-algorithm" in headers
