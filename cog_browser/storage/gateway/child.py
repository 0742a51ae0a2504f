# SPDX-License-Identifier: GPL-2.0-or-later
"""The child's side of `gateway_process`."""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any

from cog_browser.storage.errors import ProtocolError
from cog_browser.storage.gateway.gateway import Gateway
from cog_browser.storage.gateway.look_ahead import PlannerFor
from cog_browser.storage.gateway.piped_errors import described
from cog_browser.storage.gateway.shared_object import PinnedObject
from cog_browser.storage.pool import DaemonPool
from cog_browser.storage.recipe import StoreRecipe
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.stores import open_store

_THREADS = 16


class _Child:
    def __init__(self, output: IO[bytes], planner_for: PlannerFor | None) -> None:
        self._output: IO[bytes] = output
        self._messages: SimpleQueue[dict[str, Any]] = SimpleQueue()
        threading.Thread(target=self._send, name="cog-browser-answers", daemon=True).start()
        self._gateway = Gateway(notify=self._notify, planner_for=planner_for)
        self._stores: dict[str, ObjectStore] = {}
        self._pool = DaemonPool(_THREADS, "cog-browser-calls")

    def send(self, message: dict[str, Any]) -> None:
        """Waits for nothing: the other side may be waiting for a reader of ours."""
        self._messages.put(message)

    def _send(self) -> None:
        while True:
            message = self._messages.get()
            with suppress(OSError):  # the parent is gone, and so is this process soon
                self._output.write(json.dumps(message).encode() + b"\n")
                self._output.flush()

    def _notify(self, url: str, state: str, reason: str) -> None:
        self.send({"url": url, "state": state, "reason": reason})

    def take(self, request: dict[str, Any]) -> None:
        """Answer a request; what may wait for the network doesn't hold up the next one."""
        try:
            self._take_store(request)
        except Exception as error:  # the other side raises it again
            self.send({"error": described(error), "number": request["number"]})
            return
        if request["call"] in ("open", "adopt", "keep_header"):
            self._pool.submit(lambda: self._answer(request))
        else:
            self._answer(request)

    def _answer(self, request: dict[str, Any]) -> None:
        try:
            result = self._result(request)
        except Exception as error:  # the other side raises it again
            result = {"error": described(error)}
        self.send({**result, "number": request["number"]})

    def _result(self, request: dict[str, Any]) -> dict[str, Any]:
        call = request["call"]
        if call == "hello":
            return {}
        if call == "url":
            return {"url": self._gateway.url(*self._object(request))}
        if call == "open":
            url, first = self._gateway.open(*self._object(request))
            return {"url": url, "bytes": first.hex()}
        if call == "expect":
            names = ("connection", "container", "key", "saved_source")
            return {"url": self._gateway.expect(*(request[name] for name in names))}
        if call == "reserve":
            objects = [PinnedObject(*one) for one in request["objects"]]
            store = self._stores[request["connection"]] if request["has_store"] else None
            return {"urls": self._gateway.reserve(request["connection"], objects, store)}
        if call == "adopt":
            self._gateway.adopt(self._stores[request["connection"]])
            return {}
        if call == "keep_header":
            self._gateway.keep_header(request["url"])
            return {}
        if call == "retry":
            self._gateway.retry(request["url"])
            return {}
        if call == "drop_blocks":
            self._gateway.drop_blocks(request["url"])
            return {}
        if call == "configure":
            folder = request["header_folder"]
            self._gateway.configure(
                request["cache_bytes"],
                Path(folder) if folder else None,
                look_ahead=request["look_ahead"],
            )
            return {}
        if call == "meter":
            meter = self._gateway.meter(request["url"])
            return {"meter": asdict(meter) if meter else None}
        if call == "totals":
            return {"totals": {k: asdict(m) for k, m in self._gateway.totals().items()}}
        if call == "use":
            self._gateway.use(request["urls"])
            return {}
        if call == "tell_states":
            self._gateway.tell_states()
            return {}
        if call == "forget":
            self._gateway.forget(request["connection"], request["container"], request["key"])
            return {}
        raise ProtocolError(f"The read gateway knows no call “{call}”.")

    def _take_store(self, request: dict[str, Any]) -> None:
        if "store" not in request:
            return
        recipe = StoreRecipe.from_document(request["store"])
        store = open_store(recipe.connection, recipe.credentials, recipe.settings)
        self._stores[request["connection"]] = store

    def _object(self, request: dict[str, Any]) -> tuple[ObjectStore, str, str, str]:
        return (
            self._stores[request["connection"]],
            request["container"],
            request["key"],
            request["saved_source"],
        )


class _SendWarnings(logging.Handler):
    """Hands warnings to the parent, which shows them in QGIS's log."""

    def __init__(self, child: _Child) -> None:
        super().__init__(logging.WARNING)
        self._child = child

    def emit(self, record: logging.LogRecord) -> None:
        self._child.send({"log": record.getMessage()})


def serve(planner_for: PlannerFor | None = None) -> None:
    """Serve until standard input ends."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing else may write between the answers
    child = _Child(answers, planner_for)
    logging.getLogger("cog_browser").addHandler(_SendWarnings(child))
    for line in requests:
        child.take(json.loads(line))
    os._exit(0)  # readers may still wait for a dead network; the parent is gone
