# SPDX-License-Identifier: GPL-2.0-or-later
"""Static large objects: an object that is a manifest, which lists segments.

Source: OpenStack API reference, "Static large objects"; what it leaves open was tried on Swift
2.38: a plain DELETE leaves the segments behind, ``multipart-manifest=delete`` answers 200 whatever
happens, and a plain COPY makes one flat object.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from cog_browser.storage.answers import entry_of_headers, said
from cog_browser.storage.errors import (
    AuthenticationError,
    ChecksumError,
    CogBrowserError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    QuotaExceededError,
    ServerError,
    StoreError,
)
from cog_browser.storage.models import ObjectEntry
from cog_browser.storage.swift.upload_journal import segment_owner
from cog_browser.storage.transfers.job import TransferJob

if TYPE_CHECKING:
    from cog_browser.storage.swift.store import SwiftStore

log = logging.getLogger(__name__)

#: How the name of a container for segments ends, here as in other clients.
SEGMENTS = "_segments"
#: More large objects than this in a container are not searched for a segment's other users.
_MOST_MANIFESTS = 2000
_BY_STATUS: dict[int, type[StoreError]] = {
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    413: QuotaExceededError,
    422: ChecksumError,
}


@dataclass(frozen=True)
class Segment:
    """One line of a manifest. ``container`` and ``key`` name it; ``size`` in bytes.

    ``range`` is the part of it that counts, as in a Range header; ``nested`` means that it is a
    large object itself, whose ``etag`` is no MD5 of bytes.
    """

    container: str
    key: str
    etag: str
    size: int
    range: str = ""
    nested: bool = False


def segments_container(container: str) -> str:
    return f"{container}{SEGMENTS}"


def etag_of(md5s: Iterable[str]) -> str:
    """The ETag that a large object of plain segments has."""
    return hashlib.md5("".join(md5s).encode(), usedforsecurity=False).hexdigest()


def newest(store: SwiftStore, container: str, key: str) -> tuple[ObjectEntry, Mapping[str, str]]:
    """What is under the key on all servers, with all its headers. Raises `NotFoundError`."""
    doing = f"find {said(container, key)}"
    response = store.call("HEAD", (container, key), doing, headers={"X-Newest": "true"})
    response.close()
    return entry_of_headers(container, key, response.headers), response.headers


def is_large(headers: Mapping[str, str]) -> bool:
    return headers.get("X-Static-Large-Object", "").lower() == "true"


def read_manifest(store: SwiftStore, container: str, key: str) -> list[Segment]:
    """The segments of a large object; none for any other."""
    doing = f"read the manifest of {said(container, key)}"
    query = "multipart-manifest=get&format=raw"
    response = store.call("GET", (container, key), doing, query=query)
    if not is_large(response.headers):
        response.abandon()
        return []
    try:
        return [_segment(row) for row in response.json()]
    except (KeyError, TypeError, ValueError):
        raise ProtocolError(f"Could not {doing}: the answer is no manifest.") from None


def _segment(row: Mapping[str, Any]) -> Segment:
    if "data" in row:
        raise ValueError  # bytes within the manifest: rare, and nothing to fetch
    path = str(row.get("path") or row["name"]).lstrip("/")
    container, _, key = path.partition("/")
    size = int(row["size_bytes"] if "size_bytes" in row else row["bytes"])
    etag = str(row.get("etag") or row["hash"]).strip('"')
    return Segment(
        container, key, etag, size, str(row.get("range") or ""), bool(row.get("sub_slo"))
    )


def put_manifest(
    store: SwiftStore,
    container: str,
    key: str,
    segments: Sequence[Segment],
    headers: Mapping[str, str],
) -> None:
    """Make the object visible. The store checks every segment's size and MD5 before.

    The store sends blanks while it does, so that nobody hangs up; then the status is in the body.
    """
    doing = f"upload to {said(container, key)}"
    rows = []
    for segment in segments:
        row: dict[str, object] = {
            "path": f"/{segment.container}/{segment.key}",
            "etag": segment.etag,
            "size_bytes": segment.size,
        }
        if segment.range:
            row["range"] = segment.range
        rows.append(row)
    response = store.call(
        "PUT",
        (container, key),
        doing,
        query=urlencode({"multipart-manifest": "put", "heartbeat": "on"}),
        headers={**headers, "Accept": "application/json"},
        body=json.dumps(rows).encode(),
        accept=(200, 201, 202),
    )
    if response.status == 202:
        judge(response.json(), doing, response.request_id)
    else:
        response.close()


def judge(document: Any, doing: str, request_id: str | None) -> None:
    """Raise what the body of an answer says, whatever its status was."""
    try:
        status = int(str(document["Response Status"])[:3])
        errors = [(str(name), str(why)) for name, why in document.get("Errors", ())]
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ProtocolError(
            f"Could not {doing}: the answer does not say how it went.", request_id=request_id
        ) from None
    if status < 300 and not errors:
        return
    if errors and status in (200, 400):
        numbers = [int(why[:3]) for _, why in errors if why[:3].isdigit()]
        status = numbers[0] if numbers else 400
    reasons = "; ".join(f"{name}: {why}" for name, why in errors[:3]) or "the server refuses it"
    kind = _BY_STATUS.get(status, ServerError if status >= 500 else ProtocolError)
    raise kind(f"Could not {doing}: {reasons} ({status}).", status=status, request_id=request_id)


def delete_object(store: SwiftStore, container: str, key: str) -> None:
    """With its segments, where it has some."""
    doing = f"delete {said(container, key)}"
    _, headers = newest(store, container, key)
    if not is_large(headers):
        store.call("DELETE", (container, key), doing, accept=(200, 204)).close()
        return
    response = store.call(
        "DELETE",
        (container, key),
        doing,
        query="multipart-manifest=delete",
        headers={"Accept": "application/json"},
        accept=(200,),
    )
    judge(response.json(), doing, response.request_id)


def _is_large(store: SwiftStore, container: str, key: str) -> bool:
    return is_large(newest(store, container, key)[1])


def own_segments(store: SwiftStore, container: str, key: str) -> list[str]:
    """The names of a large object's segments that this program has made for this very key."""
    home = segments_container(container)
    try:
        # asked first: of a plain object, the answer to a manifest's GET would be all its bytes
        found = read_manifest(store, container, key) if _is_large(store, container, key) else []
    except NotFoundError:
        return []
    return [
        segment.key
        for segment in found
        if segment.container == home and (segment_owner(segment.key) or ("",))[0] == key
    ]


def retire(
    store: SwiftStore, container: str, names: Sequence[str], job: TransferJob, grace: int
) -> None:
    """Let segments expire after ``grace`` seconds, unless an object still has them."""
    used, home = _in_use(store, container, names), segments_container(container)
    unused = [name for name in names if name not in used]

    def expire(name: str) -> None:
        doing = f"let {said(home, name)} expire"
        headers = {"X-Delete-After": str(max(1, grace))}
        with suppress(NotFoundError):  # gone already
            job.persist(
                lambda: store.call(
                    "POST", (home, name), doing, headers=headers, accept=(200, 202, 204)
                ).close()
            )

    job.run(unused, expire)


def remove_segments(
    store: SwiftStore, container: str, names: Sequence[str], job: TransferJob
) -> None:
    """Delete segments now, unless an object has them. The job counts them."""
    home = segments_container(container)
    used = _in_use(store, container, names)
    unused = [name for name in names if name not in used]

    def remove(number: int) -> None:
        name = unused[number]
        doing = f"delete {said(home, name)}"
        with suppress(NotFoundError):  # never arrived
            job.persist(lambda: store.call("DELETE", (home, name), doing).close())
        job.move(number, 1)

    job.run(range(len(unused)), remove)


def _in_use(store: SwiftStore, container: str, names: Sequence[str]) -> set[str]:
    """Which of these segments a large object of this container lists; all if nobody can tell."""
    if not names:
        return set()
    home, wanted = segments_container(container), set(names)
    used: set[str] = set()
    searched = 0
    for page in store.pages((container,), f"list container “{container}”", {}):
        for row in page:
            if "slo_etag" not in row:
                continue
            searched += 1
            if searched > _MOST_MANIFESTS:
                log.info("Old segments of container %s are kept: too many users", container)
                return wanted
            try:
                listed = read_manifest(store, container, row["name"])
            except NotFoundError:
                continue  # deleted since it was listed
            except CogBrowserError:
                return wanted
            used |= {s.key for s in listed if s.container == home and s.key in wanted}
    # what was put a moment ago may not be listed yet
    for key in {owner[0] for name in names if (owner := segment_owner(name))}:
        used |= wanted.intersection(own_segments(store, container, key))
    return used


def ensure_segments_container(store: SwiftStore, container: str) -> str:
    """The container for the segments of another: made with its policy and its readers."""
    name = segments_container(container)
    doing = f"prepare container “{name}”"
    response = store.call("HEAD", (container,), doing)
    response.close()
    readers = response.headers.get("X-Container-Read", "").split(",")
    wanted = {
        "X-Storage-Policy": response.headers.get("X-Storage-Policy", ""),
        "X-Container-Read": ",".join(r for r in readers if r != ".rlistings"),
    }
    headers = {header: value for header, value in wanted.items() if value}
    try:
        store.call("HEAD", (name,), doing).close()
        return name
    except NotFoundError:
        pass
    try:
        store.call("PUT", (name,), doing, headers=headers, accept=(201, 202)).close()
    except ProtocolError as error:
        if error.status != 409:  # made meanwhile by somebody else, with another policy
            raise
    return name


def header_path(container: str, key: str) -> str:
    """As ``X-Copy-From`` wants it."""
    return f"/{quote(container, safe='')}/{quote(key, safe='/')}"
