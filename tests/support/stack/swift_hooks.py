# SPDX-License-Identifier: GPL-2.0-or-later
"""What Swift's configuration names by module path: the cache filter and the log handler."""

from __future__ import annotations

import json
import logging
import os
import time as clock
from collections.abc import Callable, Iterable, Mapping
from typing import Any

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
_MONTH = 30 * 24 * 3600


class LocalCache:
    """The part of Swift's memcached client that the pipeline uses, in this process's memory.

    Swift's temporary auth refuses to work without a cache; the argument names are memcached's.
    """

    def __init__(self) -> None:
        self._entries: dict[str, tuple[bytes, float, bool]] = {}

    def _live(self, key: str) -> tuple[bytes, bool] | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        value, expires, is_json = entry
        if expires and expires < clock.time():
            self._entries.pop(key, None)
            return None
        return value, is_json

    @staticmethod
    def _expiry(seconds: float) -> float:
        if not seconds:
            return 0
        return seconds if seconds > _MONTH else clock.time() + seconds  # memcached's own rule

    def set(
        self, key: str, value: Any, serialize: bool = True, time: float = 0, **_: object
    ) -> None:
        is_json = serialize and not isinstance(value, bytes)  # keystonemiddleware stores bytes
        if is_json:
            value = json.dumps(value).encode("ascii")
        self._entries[key] = (value, self._expiry(time), is_json)

    def get(self, key: str, **_: object) -> Any:
        entry = self._live(key)
        if entry is None:
            return None
        value, is_json = entry
        return json.loads(value) if is_json else value

    def incr(self, key: str, delta: int = 1, time: float = 0, **_: object) -> int:
        entry = self._live(key)
        value = max(0, int(entry[0] if entry else 0) + int(delta))
        self._entries[key] = (str(value).encode("ascii"), self._expiry(time), True)
        return value

    def decr(self, key: str, delta: int = 1, time: float = 0, **_: object) -> int:
        return self.incr(key, delta=-int(delta), time=time)

    def delete(self, key: str, **_: object) -> None:
        self._entries.pop(key, None)

    def set_multi(
        self,
        mapping: Mapping[str, Any],
        server_key: str,
        serialize: bool = True,
        time: float = 0,
        **_: object,
    ) -> None:
        for key, value in mapping.items():
            self.set(key, value, serialize=serialize, time=time)

    def get_multi(self, keys: Iterable[str], server_key: str, **_: object) -> list[Any]:
        return [self.get(key) for key in keys]

    def disconnect_all(self) -> None:
        pass


_CACHE = LocalCache()


def cache_filter_factory(
    global_conf: Mapping[str, str], **local_conf: str
) -> Callable[[WsgiApp], WsgiApp]:
    def factory(app: WsgiApp) -> WsgiApp:
        def with_cache(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
            environ["swift.cache"] = _CACHE
            return app(environ, start_response)

        return with_cache

    return factory


def access_log_filter_factory(
    global_conf: Mapping[str, str], **local_conf: str
) -> Callable[[WsgiApp], WsgiApp]:
    """Swift's own access log filter, writing to a file: it ignores `log_custom_handlers`."""
    from swift.common import utils
    from swift.common.middleware import proxy_logging

    proxy_logging.filter_factory(global_conf, **local_conf)  # registers what it must not log
    logger = utils.get_logger({}, log_route="proxy-access", statsd_tail_prefix="proxy-server")
    _redirect(logger.logger, local_conf["access_log_file"], "%(message)s")
    conf = {**global_conf, **local_conf}
    return lambda app: proxy_logging.ProxyLoggingMiddleware(app, conf, logger=logger)


def log_handler(
    conf: Mapping[str, str],
    name: str,
    log_to_console: bool,
    log_route: str,
    fmt: str,
    logger: logging.Logger,
    adapted_logger: object,
) -> None:
    """Swift's `log_custom_handlers` hook: logs to a file instead of syslog."""
    path = os.environ.get("STACK_SWIFT_LOG")
    if path:
        _redirect(logger, path, "%(asctime)s %(name)s %(levelname)s %(message)s")


def _redirect(logger: logging.Logger, path: str, line: str) -> None:
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
    handler = logging.FileHandler(path)
    handler.setFormatter(logging.Formatter(line))
    logger.addHandler(handler)
