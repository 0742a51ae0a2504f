# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes Earth Engine assets of manifests: ``projects.image.importExternal`` of its REST API.

The request is the one that Google's own client sends; ``tests/integration/test_earth_engine.py``
compares them.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from typing import Any

from cog_browser.storage.earth_engine.refusals import refusal
from cog_browser.storage.errors import (
    Cancelled,
    ConfigurationError,
    ServerError,
    StoreError,
    TransportError,
)
from cog_browser.storage.google_auth import is_googles
from cog_browser.storage.http import HttpClient, HttpSettings, Response
from cog_browser.storage.http_errors import redirected
from cog_browser.storage.pool import DaemonPool
from cog_browser.storage.progress import Progress, report
from cog_browser.storage.s3.signing import BearerToken

ENDPOINT, VERSION = "https://earthengine.googleapis.com", "v1"
#: The service reads the headers of all files before it answers.
PATIENCE = 180.0  # seconds
_TICK = 0.1
_PROJECT = re.compile(r"[A-Za-z0-9._:-]{1,100}")
_VERSION = re.compile(r"v[0-9]+[a-z0-9]*")


class OutcomeUnknownError(StoreError):
    """The request was sent, and nobody knows whether the asset was made."""


@dataclass(frozen=True)
class Service:
    """Where Earth Engine is, and in which version of its API it is spoken to."""

    endpoint: str = ENDPOINT
    version: str = VERSION

    def url(self, project: str) -> str:
        """Where assets of a project's are registered."""
        base = self.endpoint.rstrip("/")
        if not is_googles(base):
            raise ConfigurationError(
                f"The end point of Earth Engine, “{base}”, is none of Google's (https://….googleapis."
                "com), and your token would be sent there."
            )
        if not _VERSION.fullmatch(self.version):
            raise ConfigurationError(
                f"“{self.version}” is no version of Earth Engine's API; one looks like v1."
            )
        if not _PROJECT.fullmatch(project):
            raise ConfigurationError(
                f"“{project}” is no Google Cloud project; one looks like my-maps-123456."
            )
        return f"{base}/{self.version}/projects/{project}/image:importExternal?alt=json"


def register_asset(
    manifest: Mapping[str, Any],
    project: str,
    token: BearerToken,
    *,
    overwrite: bool = False,
    service: Service | None = None,
    settings: HttpSettings | None = None,
    progress: Progress | None = None,
) -> str:
    """The name of the asset that was made, e.g. ``projects/p/assets/a``. ``project`` pays.

    ``progress`` is asked a few times a second and ends the wait within one. It is never sent
    twice: what fails after that raises `OutcomeUnknownError`.
    """
    url = (service or Service()).url(project)
    document = {"imageManifest": dict(manifest), "overwrite": overwrite}
    body = _Body(json.dumps(document).encode())
    headers = {
        "Authorization": f"Bearer {token.token}",
        "Content-Type": "application/json",
        "Accept": "application/json",
        "X-Goog-User-Project": project,
    }
    http = HttpClient(settings=replace(settings or HttpSettings(), read_timeout=PATIENCE))
    try:
        response = _ask(http, url, headers, body, progress)
        where = url.split("/")[2]
        if 300 <= response.status < 400:
            raise redirected(response, where)
        if response.status != 200:
            raise refusal(response, project, token.token)
        response.close()
    except (TransportError, ServerError) as error:
        if not body.is_sent:
            raise
        raise _unknown(str(error), error.status) from None
    except Cancelled:
        if not body.is_sent:
            raise
        raise _unknown("You have stopped waiting for Earth Engine's answer.", None) from None
    finally:
        http.close()
    return str(manifest["name"])


def _ask(
    http: HttpClient, url: str, headers: Mapping[str, str], body: _Body, progress: Progress | None
) -> Response:
    """Send in a thread that can be left alone, since nothing ends a wait for an answer."""
    results: SimpleQueue[Response | BaseException] = SimpleQueue()
    pool = DaemonPool(1, "cog-browser-earth-engine")

    def send() -> None:
        try:
            results.put(http.exchange("POST", url, headers, body))
        except BaseException as error:  # it is raised in the caller's thread
            results.put(error)

    pool.submit(send)
    try:
        while True:
            report(progress, 0, None)
            try:
                found = results.get(timeout=_TICK)
            except Empty:
                continue
            if isinstance(found, BaseException):
                raise found
            return found
    finally:
        body.stop()
        pool.stop()


class _Body:
    """Knows whether it was sent, and is not sent any more once it was stopped."""

    def __init__(self, content: bytes) -> None:
        self._content, self._lock = content, threading.Lock()
        self.is_sent = self._is_stopped = False

    def __len__(self) -> int:
        return len(self._content)

    def __iter__(self) -> Iterator[bytes]:
        with self._lock:
            if self._is_stopped:
                raise Cancelled
            self.is_sent = True
        yield self._content

    def stop(self) -> None:
        with self._lock:
            self._is_stopped = True


def _unknown(why: str, status: int | None) -> OutcomeUnknownError:
    return OutcomeUnknownError(
        f"Nobody knows whether the asset was made: the request was sent, but no answer came. {why} "
        "Look for the asset in Earth Engine. If it isn't there, register it again; without "
        "overwriting, that harms nothing.",
        status=status,
    )
