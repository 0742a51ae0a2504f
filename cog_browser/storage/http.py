# SPDX-License-Identifier: GPL-2.0-or-later
"""The one place that sends HTTP requests.

Nothing of the surroundings leaks in (``~/.netrc``, proxy variables) and no header leaks out:
redirects are refused, because ``X-Auth-Token`` would be carried to the other host. TLS is always
verified. Bodies arrive as the server stored them, never decoded.
"""

from __future__ import annotations

import ipaddress
import json
import logging
import random
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Protocol
from urllib.parse import urlsplit

from cog_browser.storage.connection import Connection
from cog_browser.storage.errors import (
    ConfigurationError,
    ProtocolError,
    ServerError,
    StoreError,
    ThrottledError,
    TransportError,
)
from cog_browser.storage.http_connections import keep_queries_out_of_logs, listening_pools
from cog_browser.storage.http_errors import redirected, status_error
from cog_browser.storage.json_items import items_of

try:
    import requests
    from requests.adapters import HTTPAdapter
    from urllib3.util.ssl_ import create_urllib3_context
except ImportError:  # every QGIS bundles it, a bare Python may not
    requests = None

log = logging.getLogger(__name__)

#: What a listing page or a Keystone answer may weigh, in bytes.
MAX_DOCUMENT = 64 << 20
#: How often a request that changes nothing is sent again, and the first pause in seconds.
RETRIES, FIRST_PAUSE = 2, 0.3
_CHUNK = 1 << 20
_PARTIAL_CHAIN = 0x80000  # ssl.VERIFY_X509_PARTIAL_CHAIN, which has a name from Python 3.10 on
_RETRIED = (TransportError, ThrottledError, ServerError)


class Body(Protocol):
    """A request body that is made as it is sent, anew for each attempt."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[bytes]: ...


@dataclass(frozen=True)
class HttpSettings:
    """What QGIS's network settings say. Times in seconds.

    ``proxies`` maps ``http`` and ``https`` to a proxy URL; ``no_proxy`` lists how URLs begin that
    are reached directly (loopback always is).
    """

    proxies: Mapping[str, str] | None = field(default=None, repr=False)  # may hold a password
    no_proxy: tuple[str, ...] = ()
    connect_timeout: float = 10.0
    read_timeout: float = 60.0

    def for_connection(self, connection: Connection) -> HttpSettings:
        """These, with the connection's own time-outs where it has some."""
        return replace(
            self,
            connect_timeout=connection.connect_timeout or self.connect_timeout,
            read_timeout=connection.read_timeout or self.read_timeout,
        )


class Response:
    """An answer whose body is read once, in full or in pieces, and then closed."""

    def __init__(self, answer: Any, where: str) -> None:
        self._answer = answer
        self._where = where
        self.status: int = answer.status_code
        self.headers: Mapping[str, str] = answer.headers
        self._is_head = answer.request.method == "HEAD"

    @property
    def request_id(self) -> str | None:
        """What the provider's support asks for."""
        for name in ("X-Openstack-Request-Id", "X-Trans-Id", "X-Amz-Request-Id"):
            if value := self.headers.get(name):
                return value[:80]
        return None

    def chunks(self, size: int = _CHUNK) -> Iterator[bytes]:
        """The body as it came over the wire; raises `TransportError` if it breaks off."""
        try:
            while chunk := self._answer.raw.read(size, decode_content=False):
                yield chunk
        except Exception as error:
            raise transport_error(error, self._where) from None
        finally:
            self.close()

    def read(self, limit: int) -> bytes:
        """The whole body; raises `ProtocolError` when it is longer than ``limit`` bytes."""
        parts, length = [], 0
        for chunk in self.chunks(min(_CHUNK, limit + 1)):
            parts.append(chunk)
            length += len(chunk)
            if length > limit:
                raise ProtocolError(
                    f"{self._where} sent more than the {limit} bytes that were expected.",
                    status=self.status,
                    request_id=self.request_id,
                )
        announced = self.headers.get("Content-Length")
        if announced and announced.isdecimal() and int(announced[:20]) != length:
            raise TransportError(
                f"{self._where} broke off after {length} of {announced} bytes.",
                status=self.status,
                request_id=self.request_id,
            )
        return b"".join(parts)

    def json(self) -> Any:
        """The body as JSON; raises `ProtocolError` when it is none."""
        body = self.read(MAX_DOCUMENT)
        try:
            return json.loads(body)
        except ValueError:
            raise self._no_answer() from None

    def json_items(self) -> Iterator[Any]:
        """The items of a body that is a JSON array, one by one; raises `ProtocolError`."""
        body = self.read(MAX_DOCUMENT)
        try:
            yield from items_of(body.decode())
        except (ValueError, RecursionError):
            raise self._no_answer() from None

    def _no_answer(self) -> ProtocolError:
        return ProtocolError(
            f"{self._where} answered, but not as an object store does. Is the URL right?",
            status=self.status,
            request_id=self.request_id,
        )

    def close(self) -> None:
        """Give the connection back: for reuse after a short or empty body, else closed."""
        length = self.headers.get("Content-Length", "")
        if self.status < 300 and (
            not length.isdecimal() or int(length[:20]) <= _CHUNK or self._is_head
        ):
            with suppress(Exception):  # it is closed below in any case
                self._answer.raw.read(_CHUNK, decode_content=False)
        self.abandon()

    def beginning(self, limit: int) -> bytes:
        """At most ``limit`` bytes of the body; hangs up on the rest."""
        try:
            return bytes(self._answer.raw.read(limit, decode_content=False))
        except Exception as error:
            raise transport_error(error, self._where) from None
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Hang up: whatever is still to come is not read."""
        self._answer.close()


class HttpClient:
    """A pool of connections for one account. Any method may be called from any thread."""

    def __init__(self, ca_bundle: str = "", settings: HttpSettings | None = None) -> None:
        if requests is None:
            raise ConfigurationError(
                "The Python package “requests” is missing. Install it (Debian: python3-requests; "
                "OSGeo4W: python3-requests; elsewhere: pip install requests) and restart QGIS."
            )
        self._settings = settings or HttpSettings()
        #: A CA bundle's path, or True for the system's; never False.
        self.verify: str | bool = ca_bundle or True
        #: Seconds to connect, and to wait for each piece of an answer.
        self.timeout = (self._settings.connect_timeout, self._settings.read_timeout)
        keep_queries_out_of_logs()
        #: Shared with keystoneauth1 alone, which brings its own way to send.
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers.clear()
        # even unfollowed, it would read a redirect's whole body and parse where it leads
        self.session.get_redirect_target = lambda _answer: None
        adapter = _adapter(pool_connections=8, pool_maxsize=32, max_retries=0)
        self.session.mount("https://", adapter)
        self.session.mount("http://", adapter)

    @classmethod
    def for_connection(
        cls, connection: Connection, settings: HttpSettings | None = None
    ) -> HttpClient:
        """A client with the connection's CA bundle and time-outs.

        Who comes as anybody is not to be recognised: no cookie is sent back.
        """
        made = cls(connection.ca_bundle, (settings or HttpSettings()).for_connection(connection))
        if connection.auth_mode == "anonymous":
            made.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        return made

    def close(self) -> None:
        """Drop idle connections; later requests open new ones."""
        self.session.close()

    def call(
        self,
        method: str,
        url: str,
        doing: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | Body | None = None,
        accept: Iterable[int] = (200,),
        retries: int = 0,
    ) -> Response:
        """Send, and return the answer if its status is in ``accept``.

        ``doing`` completes "could not …" in messages. With ``retries``, what the network or a busy
        server spoils is sent again, with growing pauses; only for requests that change nothing.
        """
        attempt = 0
        while True:
            try:
                response = self.exchange(method, url, headers or {}, body)
                if 300 <= response.status < 400 and response.status != 304:
                    raise redirected(response, urlsplit(url).netloc)
                if response.status in accept:
                    return response
                raise status_error(response, doing)
            except _RETRIED as error:
                attempt += 1
                if attempt > retries:
                    raise
                pause(attempt - 1, error)

    def exchange(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | Body | None = None,
    ) -> Response:
        """Send once, and return any answer: redirects are not followed. Mind the headers."""
        parts = urlsplit(url)
        where = parts.netloc
        started = time.monotonic()
        try:
            answer = self.session.request(
                method,
                url,
                headers={
                    "User-Agent": "COG-Browser",
                    "Accept": "*/*",
                    "Accept-Encoding": "identity",
                    **headers,
                },
                data=body,
                stream=True,
                allow_redirects=False,
                verify=self.verify,
                proxies=self.proxies_for(url, parts.hostname or ""),
                timeout=self.timeout,
            )
        except requests.exceptions.InvalidHeader:
            raise _unfit_header() from None
        except requests.RequestException as error:
            log.debug("%s %s%s failed: %s", method, where, parts.path, type(error).__name__)
            raise transport_error(error, where) from None
        except OSError:  # requests looks for the bundle itself
            raise ConfigurationError(
                f"The CA bundle {self.verify} can't be read; set another one in the connection."
            ) from None
        except (ValueError, UnicodeError):
            raise _unfit_header() from None
        response = Response(answer, where)
        log.debug(
            "%s %s%s → %d, %.0f ms, request %s",
            method, where, parts.path, response.status,
            (time.monotonic() - started) * 1000, response.request_id,
        )  # fmt: skip
        return response

    def proxies_for(self, url: str, host: str) -> dict[str, str]:
        """The proxies that ``url`` is reached through; none for loopback and exceptions."""
        if is_loopback(host) or url.startswith(self._settings.no_proxy):
            return {}
        return dict(self._settings.proxies or {})


def _unfit_header() -> ConfigurationError:
    """Without the library's text, which shows the header."""
    return ConfigurationError(
        "A token, user or key holds a character that HTTP can't carry, e.g. a line break; copy it "
        "again."
    )


def _adapter(**options: Any) -> Any:
    """An adapter for which a CA bundle may also hold a server's own certificate.

    So that a user who has looked at a certificate can trust just this one; the host name and the
    dates are checked all the same.
    """

    class Adapter(HTTPAdapter):  # type: ignore[misc]
        def init_poolmanager(self, *args: Any, **pool: Any) -> None:
            super().init_poolmanager(*args, **{**pool, "ssl_context": _ssl_context()})
            self.poolmanager.pool_classes_by_scheme = listening_pools()

        def proxy_manager_for(self, proxy: str, **pool: Any) -> Any:
            made = super().proxy_manager_for(proxy, **{**pool, "ssl_context": _ssl_context()})
            made.pool_classes_by_scheme = listening_pools()
            return made

    return Adapter(**options)


def _ssl_context() -> Any:
    context = create_urllib3_context()
    context.verify_flags |= _PARTIAL_CHAIN
    return context


def pause(attempt: int, error: StoreError) -> None:
    """Wait before the next attempt, the first being number 0; longer each time, with jitter."""
    jitter = 0.5 + random.random()  # noqa: S311  # nosec B311
    time.sleep(max(FIRST_PAUSE * 2**attempt * jitter, getattr(error, "retry_after", None) or 0))


def is_loopback(host: str) -> bool:
    """Whether the host is this machine by its very name or address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False  # a name, e.g. 127.example.org


def is_in_clear(url: str) -> bool:
    """Whether others on the way could read what is sent there."""
    parts = urlsplit(url)
    return parts.scheme != "https" and not is_loopback(parts.hostname or "")


def transport_error(error: Exception, where: str) -> TransportError:
    """Say what failed in words; the library's text holds URLs with their query."""
    chain: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and len(chain) < 10:
        chain.append(cause)
        nested = getattr(cause, "reason", None) or next(iter(getattr(cause, "args", ())), None)
        following = cause.__cause__ or cause.__context__
        cause = nested if isinstance(nested, BaseException) else following
    names = {type(c).__name__ for c in chain}
    text = " ".join(str(c) for c in chain)
    if "SSLError" in names or "SSLCertVerificationError" in names:
        said = (
            f"The TLS certificate of {where} could not be verified. If the provider uses its own "
            "certificate authority, set its CA bundle in the connection."
        )
    elif "ProxyError" in names:
        said = f"The proxy refused to reach {where}; check QGIS's proxy settings."
    elif names & {"ConnectTimeout", "ConnectTimeoutError"}:
        said = f"{where} did not accept a connection in time; check the URL and the network."
    elif names & {"ReadTimeout", "ReadTimeoutError", "TimeoutError"}:
        said = f"{where} stopped answering; try again later."
    elif "gaierror" in names or "NameResolutionError" in names:
        said = f"The host {where} is unknown; check the URL and the network."
    elif "refused" in text:
        said = f"{where} refused the connection; check the URL and whether the service runs."
    else:
        said = f"The connection to {where} broke; try again."
    return TransportError(said)
