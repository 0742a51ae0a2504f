# SPDX-License-Identifier: GPL-2.0-or-later
"""Connections that hear a server out, and that nobody takes for alive after a long rest."""

from __future__ import annotations

import errno
import http.client
import io
import logging
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

#: Seconds of rest after which a connection is not used again.
REST = 60.0

_hearing = threading.local()

#: urllib3's own loggers that name URLs.
_LOGGERS = ("urllib3.connectionpool", "urllib3.poolmanager", "urllib3.util.retry")


def keep_queries_out_of_logs() -> None:
    """urllib3 logs each request line, where a signed URL has its secret: cut it at the “?”."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_without_queries)  # once, however often it is called


def _without_queries(record: logging.LogRecord) -> bool:
    if isinstance(record.args, tuple):
        record.args = tuple(
            one.partition("?")[0] if isinstance(one, str) else one for one in record.args
        )
    return True


@contextmanager
def hearing(heard: Callable[[], None]) -> Iterator[None]:
    """Call ``heard()`` whenever bytes of an answer reach this thread, be they ever so few."""
    _hearing.heard = heard
    try:
        yield
    finally:
        _hearing.heard = None


class _Heard(io.RawIOBase):
    """A socket's bytes, of which `hearing` is told."""

    def __init__(self, raw: Any) -> None:
        super().__init__()
        self._raw = raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> Any:
        count = self._raw.readinto(buffer)
        heard = getattr(_hearing, "heard", None)
        if count and heard is not None:
            heard()
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(http.client.HTTPResponse):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fp = io.BufferedReader(_Heard(self.fp.detach()))


def listening_pools() -> dict[str, Any]:
    """Connections that still read the answer when a server hangs up on a body.

    A store that refuses a large upload (413) may say so and close at once. urllib3 goes on to the
    answer after a broken pipe, but not after a reset.

    After a computer's sleep, or a change of network, a connection may be dead without a sign: a
    request on it would wait for the whole read time-out. So none is used after a long `REST`.
    """
    from urllib3.connection import HTTPConnection, HTTPSConnection  # noqa: PLC0415 (may be missing)
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool  # noqa: PLC0415

    class Listening:
        response_class = _Answer

        def request(self, *args: Any, **options: Any) -> Any:
            try:
                return super().request(*args, **options)  # type: ignore[misc]
            except (ConnectionResetError, ssl.SSLEOFError) as error:
                raise BrokenPipeError(errno.EPIPE, "the server hung up") from error

    class PlainConnection(Listening, HTTPConnection):  # type: ignore[misc]
        pass

    class SecureConnection(Listening, HTTPSConnection):  # type: ignore[misc]
        pass

    class Rested:
        def _put_conn(self, connection: Any) -> None:
            if connection is not None:
                connection.rests_since = time.time()  # which goes on while the computer sleeps
            super()._put_conn(connection)  # type: ignore[misc]

        def _get_conn(self, timeout: float | None = None) -> Any:
            connection = super()._get_conn(timeout)  # type: ignore[misc]
            if time.time() - getattr(connection, "rests_since", float("inf")) > REST:
                connection.close()
                return self._new_conn()  # type: ignore[attr-defined]
            return connection

    class Pool(Rested, HTTPConnectionPool):  # type: ignore[misc]
        ConnectionCls = PlainConnection

    class SecurePool(Rested, HTTPSConnectionPool):  # type: ignore[misc]
        ConnectionCls = SecureConnection

    return {"http": Pool, "https": SecurePool}
