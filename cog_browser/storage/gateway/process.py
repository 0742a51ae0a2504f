# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs the read gateway in a process of its own, and talks to it.

Both sides exchange lines of JSON over the child's standard input and output, private pipes: so
secrets are on no command line and in no environment. The child ends when its input does, that is
with this process, however that ends.
"""

from __future__ import annotations

import itertools
import json
import logging
import subprocess  # nosec B404
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from queue import Empty, SimpleQueue
from types import ModuleType
from typing import IO, TYPE_CHECKING, Any, Protocol

from cog_browser.storage.errors import CogBrowserError, TransportError
from cog_browser.storage.gateway.block_cache import CACHE_BYTES, DEADLINE
from cog_browser.storage.gateway.gateway import Gateway
from cog_browser.storage.gateway.launch import start_child
from cog_browser.storage.gateway.piped_errors import rebuilt
from cog_browser.storage.gateway.shared_object import Meter, PinnedObject

if TYPE_CHECKING:
    from cog_browser.storage.store import ObjectStore

log = logging.getLogger(__name__)

#: Seconds to wait for the child to start, and for an answer that needs no network.
START_TIMEOUT, ANSWER_TIMEOUT = 20.0, 10.0
#: Seconds a call from the main thread may take; if one took longer, the next don't even try.
QUICK_TIMEOUT = 1.0
_NO_ANSWER = "The read gateway does not answer; restart QGIS."
#: Survives a reload of the plugin, so that open layers keep their gateway and their saved form.
_RELOAD_PROOF = "_cog_browser_gateways"


#: Called in any thread with a URL, the state of its object, and the reason; see `Gateway`.
Notify = Callable[[str, str, str], None]


@dataclass(frozen=True)
class GatewayOptions:
    """How `shared_gateway` is to be; see `Gateway` and `Gateway.configure`."""

    cache_bytes: int = CACHE_BYTES
    look_ahead: bool = True
    header_folder: Path | None = None
    notify: Notify | None = None


class ReadGateway(Protocol):
    """What the rest of the package needs of a gateway. Any thread."""

    def url(self, store: ObjectStore, container: str, key: str, saved_source: str) -> str: ...

    def open(
        self, store: ObjectStore, container: str, key: str, saved_source: str
    ) -> tuple[str, bytes]: ...

    def expect(
        self, connection_id: str, container: str, key: str, saved_source: str
    ) -> str | None: ...

    def reserve(
        self, connection_id: str, objects: Iterable[PinnedObject], store: ObjectStore | None
    ) -> list[str]: ...

    def keep_header(self, url: str) -> None: ...

    def adopt(self, store: ObjectStore) -> None: ...

    def retry(self, url: str) -> None: ...

    def drop_blocks(self, url: str) -> None: ...

    def configure(
        self, cache_bytes: int, header_folder: Path | None, *, look_ahead: bool = True
    ) -> None: ...

    def saved_source(self, url: str) -> str | None: ...

    def meter(self, url: str) -> Meter | None: ...

    def totals(self) -> dict[str, Meter]: ...

    def use(self, urls: Iterable[str]) -> None: ...

    def tell_states(self) -> None: ...

    def forget(self, connection_id: str, container: str, key: str) -> None: ...

    def stop(self) -> None: ...


class GatewayProcess:
    """A `Gateway` in a child process; see there for what each method does."""

    def __init__(self, notify: Notify | None = None) -> None:
        self._notify = notify or (lambda _url, _state, _reason: None)
        self._lock = threading.Lock()
        self._stores: dict[str, ObjectStore] = {}
        self._urls: dict[str, str] = _reload_proof().urls
        self._numbers = itertools.count(1)
        self._answers: dict[int, SimpleQueue[dict[str, Any]]] = {}
        self._is_silent = False
        self._process = start_child()
        _reload_proof().processes.append(self._process)
        threading.Thread(target=self._listen, name="cog-browser-answers", daemon=True).start()
        try:
            self._ask({"call": "hello"}, START_TIMEOUT)
        except CogBrowserError:
            self._process.kill()
            raise

    def url(self, store: ObjectStore, container: str, key: str, saved_source: str) -> str:
        answer = self._ask_for(store, container, key, saved_source, "url", ANSWER_TIMEOUT)
        return str(answer["url"])

    def open(
        self, store: ObjectStore, container: str, key: str, saved_source: str
    ) -> tuple[str, bytes]:
        patience = 2 * DEADLINE + ANSWER_TIMEOUT
        answer = self._ask_for(store, container, key, saved_source, "open", patience)
        return str(answer["url"]), bytes.fromhex(answer["bytes"])

    def expect(self, connection_id: str, container: str, key: str, saved_source: str) -> str | None:
        answer = self._ask(
            {
                "call": "expect",
                "connection": connection_id,
                "container": container,
                "key": key,
                "saved_source": saved_source,
            },
            QUICK_TIMEOUT,
        )
        if answer["url"]:
            self._urls[str(answer["url"])] = saved_source
        return answer["url"] or None

    def reserve(
        self, connection_id: str, objects: Iterable[PinnedObject], store: ObjectStore | None
    ) -> list[str]:
        pinned = [astuple(one) for one in objects]
        asked: dict[str, Any] = {"call": "reserve", "connection": connection_id}
        asked.update(objects=pinned, has_store=store is not None)
        urls = self._ask(asked, ANSWER_TIMEOUT if store else QUICK_TIMEOUT, store)["urls"]
        self._urls.update(zip(urls, (saved for _, _, saved, _ in pinned)))
        return list(urls)

    def keep_header(self, url: str) -> None:
        self._ask({"call": "keep_header", "url": url}, DEADLINE + ANSWER_TIMEOUT)

    def retry(self, url: str) -> None:
        self._ask({"call": "retry", "url": url})

    def drop_blocks(self, url: str) -> None:
        self._ask({"call": "drop_blocks", "url": url})

    def configure(
        self, cache_bytes: int, header_folder: Path | None, *, look_ahead: bool = True
    ) -> None:
        self._ask(
            {
                "call": "configure",
                "cache_bytes": cache_bytes,
                "header_folder": str(header_folder) if header_folder else None,
                "look_ahead": look_ahead,
            }
        )

    def adopt(self, store: ObjectStore) -> None:
        if not self._has(store):
            self._ask({"call": "adopt", "connection": store.connection.id}, DEADLINE, store)

    def saved_source(self, url: str) -> str | None:
        """Sends nothing; also knows the URLs from before the plugin was reloaded."""
        return self._urls.get(url)

    def meter(self, url: str) -> Meter | None:
        found = self._ask({"call": "meter", "url": url})["meter"]
        return Meter(**found) if found else None

    def totals(self) -> dict[str, Meter]:
        totals = self._ask({"call": "totals"})["totals"]
        return {name: Meter(**total) for name, total in totals.items()}

    def use(self, urls: Iterable[str]) -> None:
        self._ask({"call": "use", "urls": list(urls)})

    def tell_states(self) -> None:
        self._ask({"call": "tell_states"})

    def forget(self, connection_id: str, container: str, key: str) -> None:
        self._ask(
            {"call": "forget", "connection": connection_id, "container": container, "key": key}
        )

    def stop(self) -> None:
        """End the child. Every URL it gave is dead afterwards."""
        if self._process.stdin is not None:
            with suppress(OSError):  # it has ended by itself
                self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        _reload_proof().processes.remove(self._process)

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def _ask_for(
        self,
        store: ObjectStore,
        container: str,
        key: str,
        saved_source: str,
        call: str,
        timeout: float,
    ) -> dict[str, Any]:
        """Ask about an object; the store's recipe goes along when the child doesn't have it."""
        request = {
            "call": call,
            "connection": store.connection.id,
            "container": container,
            "key": key,
            "saved_source": saved_source,
        }
        answer = self._ask(request, timeout, store)
        self._urls[str(answer["url"])] = saved_source
        return answer

    def _ask(
        self,
        request: Mapping[str, Any],
        timeout: float = ANSWER_TIMEOUT,
        store: ObjectStore | None = None,
    ) -> dict[str, Any]:
        if self._is_silent and timeout == QUICK_TIMEOUT:
            raise TransportError(_NO_ANSWER)
        number = next(self._numbers)
        answers: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self._answers[number] = answers
        # A recipe may need a token first: made before the lock is taken, and only if needed.
        is_known = store is None or self._has(store)
        recipe = None if store is None or is_known else store.recipe.to_document()
        try:
            # One lock for the pipe and for what the child has been told: nobody may overtake.
            with self._lock:
                news = {"store": recipe} if recipe is not None else {}
                line = json.dumps({**request, **news, "number": number}).encode() + b"\n"
                pipe = _piped(self._process.stdin)
                pipe.write(line)
                pipe.flush()
                if store is not None and recipe is not None:
                    self._stores[store.connection.id] = store
            answer = answers.get(timeout=timeout)
        except (OSError, ValueError, Empty) as error:  # a closed pipe, or no answer in time
            self._is_silent = isinstance(error, Empty)
            raise TransportError(_NO_ANSWER) from None
        finally:
            self._answers.pop(number, None)
        if "error" in answer:
            raise rebuilt(answer["error"])
        return answer

    def _has(self, store: ObjectStore) -> bool:
        return self._stores.get(store.connection.id) is store

    def _listen(self) -> None:
        for line in _piped(self._process.stdout):
            self._is_silent = False
            message = json.loads(line)
            if "log" in message:
                log.warning("%s", message["log"])
                continue
            if "state" in message:
                self._notify(message["url"], message["state"], message["reason"])
                continue
            waiting = self._answers.get(message["number"])
            if waiting is not None:
                waiting.put(message)
        for waiting in list(self._answers.values()):
            waiting.put({"error": {"type": "TransportError", "message": "The read gateway ended."}})


def _piped(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise OSError("no pipe")
    return stream


def _reload_proof() -> Any:
    module = sys.modules.get(_RELOAD_PROOF)
    if module is None:
        module = sys.modules[_RELOAD_PROOF] = ModuleType(_RELOAD_PROOF)
        vars(module).update(urls={}, processes=[])
    return module


_shared: ReadGateway | None = None
_shared_lock = threading.Lock()
_options = GatewayOptions()


def set_up_gateway(**changes: Any) -> None:
    """Change `GatewayOptions`, also of a gateway that runs. Starts none. Any thread but main."""
    global _options  # noqa: PLW0603
    with _shared_lock:
        _options = replace(_options, **changes)
        if _shared is not None and _is_alive(_shared):
            _configure(_shared)
            if changes.get("notify") is not None:  # who listens from now on knows nothing yet
                _shared.tell_states()


def shared_gateway() -> ReadGateway:
    """The gateway of this process, started at the first call (a third of a second)."""
    global _shared  # noqa: PLW0603
    with _shared_lock:
        if _shared is not None and not _is_alive(_shared):
            log.error("The read gateway has ended by itself; a new one is started.")
            _shared = None
        if _shared is None:
            try:
                _shared = GatewayProcess(_notify_all)
            except (OSError, CogBrowserError) as error:
                log.warning(
                    "The read gateway runs inside QGIS (%s). Python code that reads layers while "
                    "it holds the interpreter's lock may have to wait until its time-out.",
                    error,
                )
                _shared = Gateway(notify=_notify_all)
            _configure(_shared)
        return _shared


def running_gateway() -> ReadGateway | None:
    """The gateway of this process if one runs. Waits for nothing."""
    running = _shared
    return running if running is not None and _is_alive(running) else None


def _is_alive(gateway: ReadGateway) -> bool:
    return not isinstance(gateway, GatewayProcess) or gateway.is_alive


def _configure(gateway: ReadGateway) -> None:
    gateway.configure(_options.cache_bytes, _options.header_folder, look_ahead=_options.look_ahead)


def _notify_all(url: str, state: str, reason: str) -> None:
    if _options.notify is not None:
        _options.notify(url, state, reason)


def forget_object(connection_id: str, container: str, key: str) -> None:
    """Let no cache outlive an object that was replaced or deleted, if any gateway runs.

    Never fails: what was done to the object is done.
    """
    running = running_gateway()
    if running is None:
        return
    try:
        running.forget(connection_id, container, key)
    except CogBrowserError as error:
        log.warning("Open layers of “%s” may have to be reloaded: %s", key, error)


def saved_source_of(url: str) -> str | None:
    """The saved form behind a URL of any gateway of this process; starts none."""
    running = _shared
    found = running.saved_source(url) if running is not None else None
    return found or _reload_proof().urls.get(url)
