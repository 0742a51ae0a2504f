# SPDX-License-Identifier: GPL-2.0-or-later
"""Connections that hear a server out."""

from __future__ import annotations

import errno
import ssl
from typing import Any


def listening_pools() -> dict[str, Any]:
    """Connections that still read the answer when a server hangs up on a body.

    A store that refuses a large upload (413) may say so and close at once. urllib3 goes on to the
    answer after a broken pipe, but not after a reset.
    """
    from urllib3.connection import HTTPConnection, HTTPSConnection  # noqa: PLC0415 (may be missing)
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool  # noqa: PLC0415

    class Listening:
        def request(self, *args: Any, **options: Any) -> Any:
            try:
                return super().request(*args, **options)  # type: ignore[misc]
            except (ConnectionResetError, ssl.SSLEOFError) as error:
                raise BrokenPipeError(errno.EPIPE, "the server hung up") from error

    class PlainConnection(Listening, HTTPConnection):  # type: ignore[misc]
        pass

    class SecureConnection(Listening, HTTPSConnection):  # type: ignore[misc]
        pass

    class Pool(HTTPConnectionPool):  # type: ignore[misc]
        ConnectionCls = PlainConnection

    class SecurePool(HTTPSConnectionPool):  # type: ignore[misc]
        ConnectionCls = SecureConnection

    return {"http": Pool, "https": SecurePool}
