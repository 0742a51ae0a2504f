# SPDX-License-Identifier: GPL-2.0-or-later
"""A Dask cluster as a client sees it; the one module that meets Dask.

Tasks name a run and what to do, nothing else. Accounts and tokens go to the workers out of band:
`Client.run` hands them over, and nothing of that is kept by the scheduler or shown by a dashboard.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from cog_browser.cog.cluster import worker
from cog_browser.cog.cluster.settings import TOKEN, ClusterSettings, refuse_open_address
from cog_browser.cog.cluster.worker import Account, Failure, Tick
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import CogBrowserError, ConfigurationError, TransportError
from cog_browser.storage.store import ObjectStore

_log = logging.getLogger(__name__)

_CONNECT = "15s"
_LOOK = 0.4  # seconds between two looks at the workers
_STOP = 0.5  # seconds that each step of a stop may take


@dataclass(frozen=True)
class Ended:
    """A task that has ended; ``error`` or ``result``."""

    number: int
    result: Any = None
    error: Exception | None = None


class Cluster:
    """One run on a cluster. Use it in a ``with``; submit and cancel from one thread.

    ``on_end`` is called with each task that ends, in another thread.
    """

    def __init__(
        self,
        settings: ClusterSettings,
        store: ObjectStore | None,
        on_end: Callable[[Ended], None],
    ) -> None:
        self._settings, self._store, self._on_end = settings, store, on_end
        self._run = uuid.uuid4().hex
        self._account = self._described() if store is not None else None
        self._client = _connected(settings)
        self._futures: dict[int, Any] = {}
        self._welcomed: set[str] = set()
        self._pushed = ""
        self._done: dict[int, float] = {}
        self._closing = threading.Event()
        self._watch = threading.Thread(target=self._keep_watch, name="cluster", daemon=True)
        try:
            self._wait_for_workers()
            self._look()
            if not self._welcomed:
                raise ConfigurationError(self._refusal)
        except BaseException:
            self._client.close(timeout=_STOP)
            raise
        self._watch.start()

    _refusal = "No worker of the cluster can be used."

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def threads(self) -> int:
        """How many tasks the workers do at once, that know this run."""
        known = self._client.scheduler_info()["workers"]
        return sum(known[a]["nthreads"] for a in self._welcomed if a in known) or 1

    def has(self, address: str) -> bool:
        """Whether the worker is still there, as far as is known."""
        return address in self._welcomed

    def done_of(self, number: int) -> float:
        return self._done.get(number, 0.0)

    def submit(
        self, number: int, function: Callable[..., Any], *args: Any, address: str = ""
    ) -> None:
        """Let a worker, or the one at ``address``, do a task of `cog.cluster.worker`."""
        try:
            future = self._client.submit(
                function,
                self._run,
                number,
                *args,
                key=f"cog-browser-{self._run[:8]}-{number}-{uuid.uuid4().hex[:8]}",
                workers=[address] if address else None,
                allow_other_workers=False,
                priority=10 if address else 0,
                pure=False,
            )
        except Exception as error:
            raise _lost(self._settings, error) from None
        self._futures[number] = future
        future.add_done_callback(lambda done: self._ended(number, done))

    def drop(self, number: int) -> None:
        """Forget a task that can't end any more."""
        future = self._futures.pop(number, None)
        if future is not None:
            with suppress(Exception):
                future.cancel()

    def _ended(self, number: int, future: Any) -> None:
        if number not in self._futures or future.key != self._futures[number].key:
            return
        try:
            result = future.result(timeout=30)
        except Exception as error:
            result = _lost(self._settings, error)
        except BaseException:  # CancelledError is none
            result = _lost(self._settings, None)
        self._futures.pop(number, None)  # or Dask would make it again once its worker is gone
        self._done.pop(number, None)
        if isinstance(result, Failure):
            result = result.error()
        if isinstance(result, Exception):
            self._on_end(Ended(number, error=result))
        else:
            self._on_end(Ended(number, result))

    # The watch: it greets workers, renews the token and hears how far they are.

    def _keep_watch(self) -> None:
        while not self._closing.wait(_LOOK):
            try:
                self._look()
            except Exception as error:  # the next look may be better
                _log.info("The cluster could not be asked: %s", type(error).__name__)

    def _look(self) -> None:
        ticks = self._client.run(worker.tick, self._run, on_error="return")
        knowing = {address for address, found in ticks.items() if isinstance(found, Tick)}
        self._welcomed &= knowing
        for address, found in ticks.items():
            if found is None and not self._closing.is_set():
                self._welcome(address)
            elif isinstance(found, Exception) and address not in self._welcomed:
                self._refusal = _unusable(address, found)
        self._welcomed |= knowing
        self._done = {
            n: part for t in ticks.values() if isinstance(t, Tick) for n, part in t.done.items()
        }
        if self._settings.credentials == TOKEN and self._account is not None and knowing:
            wanted = any(isinstance(t, Tick) and t.wants_token for t in ticks.values())
            self._renew(wanted, sorted(knowing))

    def _welcome(self, address: str) -> None:
        try:
            refuse_open_address(address, "The worker")
        except ConfigurationError as error:
            self._refusal = str(error)
            _log.warning("%s", error)
            return
        version = self._client.run(worker.hello, workers=[address], on_error="return")
        if version.get(address) != worker.VERSION:
            self._refusal = _unusable(address, version.get(address))
            _log.warning("%s", self._refusal)
            return
        account = Account(self._run, address)
        if self._account is not None:
            account = Account(self._run, address, *self._account, self._token(), self._timeouts())
        self._client.run(worker.welcome, account, workers=[address], on_error="return")
        self._welcomed.add(address)

    def _token(self) -> Credentials:
        if self._settings.credentials != TOKEN:
            return Credentials()
        self._pushed = self._store.token()  # type: ignore[union-attr]
        return Credentials(token=self._pushed)

    def _renew(self, wanted: bool, workers: list[str]) -> None:
        if wanted and self._store is not None:
            with suppress(CogBrowserError):
                next(iter(self._store.list_containers()), None)  # renews what is refused
        before = self._pushed
        token = self._token()
        if wanted or self._pushed != before:
            self._client.run(worker.push, self._run, token, workers=workers, on_error="return")

    def _described(self) -> tuple[Any, str]:
        """Connection and account URL, which are no secrets. Signs in."""
        store = self._store
        url, token = getattr(store, "storage_url", ""), getattr(store, "token", None)
        if store is None or not url or token is None:
            raise ConfigurationError("Only Swift connections can be used with a cluster.")
        return store.connection, url

    def _timeouts(self) -> tuple[float, float]:
        settings = self._store.recipe.settings  # type: ignore[union-attr]
        return settings.connect_timeout, settings.read_timeout

    def _wait_for_workers(self) -> None:
        try:
            self._client.wait_for_workers(1, timeout=_CONNECT)
        except Exception:
            raise ConfigurationError(
                f"The cluster at {self._settings.scheduler} has no workers. Start some: dask "
                f"worker {self._settings.scheduler}."
            ) from None

    def close(self) -> None:
        """End all tasks, here and there."""
        self._closing.set()
        futures, self._futures = list(self._futures.values()), {}
        ending = threading.Thread(target=self._end, args=(futures,), daemon=True)
        ending.start()
        ending.join(_STOP)
        with suppress(Exception):
            self._client.close(timeout=_STOP)

    def _end(self, futures: list[Any]) -> None:
        with suppress(Exception):
            self._client.run(worker.stop, self._run, on_error="ignore")
        with suppress(Exception):
            self._client.cancel(futures)


def _connected(settings: ClusterSettings) -> Any:
    try:
        import distributed  # noqa: PLC0415 - it takes a second, and is seldom needed
    except ImportError:
        raise ConfigurationError(
            "The Python package distributed is missing, which a Dask cluster needs. Install it "
            "(pip install distributed), or choose the executor “local”."
        ) from None
    security = None
    if settings.scheduler.startswith("tls:"):
        security = distributed.Security(
            tls_ca_file=settings.ca_file,
            tls_client_cert=settings.certificate,
            tls_client_key=settings.key_file,
            require_encryption=True,
        )
    try:
        return distributed.Client(
            settings.scheduler,
            security=security,
            timeout=_CONNECT,
            set_as_default=False,
            name="cog-browser",
        )
    except Exception as error:
        raise TransportError(
            f"No Dask scheduler answers at {settings.scheduler} ({type(error).__name__}). Check "
            "the address and the certificates, and whether it runs."
        ) from None


def _lost(settings: ClusterSettings, error: Exception | None) -> TransportError:
    if type(error).__name__ == "KilledWorker":
        return TransportError(
            "Each worker that tried this file was lost. It may need more memory than they have."
        )
    said = f" ({type(error).__name__})" if error is not None else ""
    return TransportError(f"The cluster at {settings.scheduler} was lost{said}.")


def _unusable(address: str, found: object) -> str:
    said = type(found).__name__ if isinstance(found, Exception) else f"version {found}"
    return (
        f"The worker {address} can't run COG Browser ({said}). Install the same version of it "
        "there, with GDAL, as docs/cluster.md says."
    )
