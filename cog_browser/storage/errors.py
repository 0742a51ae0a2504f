# SPDX-License-Identifier: GPL-2.0-or-later
"""Every error this plugin raises on purpose.

::

    CogBrowserError
    ├── Cancelled                    the user's wish, never shown as a failure
    ├── ConfigurationError           wrong before any object was touched; .projects
    ├── StoreError                   .status, .request_id
    │   ├── TransportError           nothing was answered: name, connection, TLS, time-out
    │   ├── AuthenticationError      401; .projects
    │   ├── PermissionDeniedError    403
    │   ├── NotFoundError            404
    │   ├── AlreadyExistsError       412 to If-None-Match, or the key exists
    │   ├── QuotaExceededError       413, 507
    │   ├── ThrottledError           429, 498, 503 with Retry-After
    │   ├── ServerError              any other 5xx
    │   ├── ChecksumError            422, or what arrived is not what was sent
    │   └── ProtocolError            answered, but not as the protocol says
    └── RasterError
        ├── ConversionError
        └── InvalidCogError          .report

The message is one sentence or two for the user: what, where, what to do. It never holds a
secret, a query string or a header value other than the server's request id.
"""

from __future__ import annotations

from typing import Any


class CogBrowserError(Exception):
    """Base of all errors below."""


class Cancelled(CogBrowserError):
    """A progress callback returned False.

    ``on_the_way``: how many steps of many could not be waited for, and may still be done.
    """

    def __init__(self, message: str = "Cancelled.", *, on_the_way: int = 0) -> None:
        super().__init__(message)
        self.on_the_way = on_the_way


class ConfigurationError(CogBrowserError):
    """A connection, a parameter or the environment can't work as it is.

    ``projects`` are those to choose from, where the secret is right and no project is given.
    """

    def __init__(self, message: str, *, projects: tuple[str, ...] | None = None) -> None:
        super().__init__(message)
        self.projects = projects


class StoreError(CogBrowserError):
    """The object store, or Keystone, did not do what was asked."""

    def __init__(
        self, message: str, *, status: int | None = None, request_id: str | None = None
    ) -> None:
        super().__init__(f"{message} (request {request_id})" if request_id else message)
        self.status = status
        self.request_id = request_id


class TransportError(StoreError):
    """No answer: name resolution, connection, TLS, proxy or time-out."""


class AuthenticationError(StoreError):
    """401: nobody is signed in, or not with what was sent.

    ``projects`` are those to choose from, where the secret is right and only the project is wrong.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        request_id: str | None = None,
        projects: tuple[str, ...] | None = None,
    ) -> None:
        super().__init__(message, status=status, request_id=request_id)
        self.projects = projects


class PermissionDeniedError(StoreError):
    """403: signed in, but not allowed."""


class NotFoundError(StoreError):
    """404."""


class AlreadyExistsError(StoreError):
    """The key exists and overwriting was not asked for."""


class QuotaExceededError(StoreError):
    """413 or 507: too large, or no room left."""


class ThrottledError(StoreError):
    """429, 498, or 503 with Retry-After.

    ``retry_after`` is in seconds, already capped.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, status=status, request_id=request_id)
        self.retry_after = retry_after


class ServerError(StoreError):
    """5xx."""


class ChecksumError(StoreError):
    """The bytes differ from what was announced."""


class ProtocolError(StoreError):
    """The answer can't be trusted or understood."""


class RasterError(CogBrowserError):
    """A raster can't be read or is not what it should be."""


class ConversionError(RasterError):
    """No COG could be made of the source; nothing was left at the target."""


class InvalidCogError(RasterError):
    """The file is no valid COG; ``report`` says why."""

    def __init__(self, message: str, report: Any) -> None:
        super().__init__(message)
        self.report = report
