# SPDX-License-Identifier: GPL-2.0-or-later
"""What runs on the workers of a cluster. It knows nothing of Dask.

A worker holds the account of each run in its memory only: it is told out of band (`welcome`,
`push`), never in a task, whose arguments schedulers keep, show and log. What is called out of band
takes no time, and never raises.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import gettempdir
from typing import Any, TypeVar

from cog_browser.cog.private_folders import private_folder_in
from cog_browser.cog.publish.one_file import FileTask, MadeFile, make, send
from cog_browser.cog.report import CogReport
from cog_browser.cog.validate import validate_cog
from cog_browser.storage import errors
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import (
    AuthenticationError,
    Cancelled,
    CogBrowserError,
    ConfigurationError,
    TransportError,
)
from cog_browser.storage.http import HttpSettings
from cog_browser.storage.models import ObjectEntry, ObjectRef
from cog_browser.storage.progress import Progress
from cog_browser.storage.sign_in.auth import Access
from cog_browser.storage.store import ObjectStore
from cog_browser.storage.stores import open_store
from cog_browser.storage.swift.store import SwiftStore

#: Of what is pickled; both sides must have the same.
VERSION = 1
_TOKEN_WAIT = 60.0  # seconds for an account or a token to arrive
_ABANDONED = 180.0  # seconds without a word from the client: it is gone

T = TypeVar("T")


@dataclass(frozen=True)
class Account:
    """What a worker is told of a run. ``token`` is empty where it signs in by its environment.

    ``connection`` is None for a run that needs no store; ``address`` is the worker's own.
    """

    run: str
    address: str
    connection: Connection | None = None
    storage_url: str = ""
    token: Credentials = field(default_factory=Credentials, repr=False)
    timeouts: tuple[float, float] = (10.0, 60.0)


@dataclass(frozen=True)
class Failure:
    """An error on its way back: exceptions with arguments of their own can't be pickled."""

    kind: str
    message: str
    status: int | None = None

    @classmethod
    def of(cls, error: Exception) -> Failure:
        text = str(error) or type(error).__name__
        return cls(type(error).__name__, text, getattr(error, "status", None))

    def error(self) -> Exception:
        kind = getattr(errors, self.kind, None)
        if kind is errors.InvalidCogError:
            return errors.InvalidCogError(self.message, None)
        if isinstance(kind, type) and issubclass(kind, errors.StoreError):
            return kind(self.message, status=self.status)
        if isinstance(kind, type) and issubclass(kind, CogBrowserError):
            return kind(self.message)
        return CogBrowserError(f"{self.kind}: {self.message}")


@dataclass(frozen=True)
class Tick:
    """How a run is doing here: how much of each file is done, and whether its token is refused."""

    done: dict[int, float]
    wants_token: bool


class PushedToken:
    """See `Auth`. The client renews the token; whoever has a refused one waits for the next."""

    renews = True

    def __init__(self, token: str, storage_url: str) -> None:
        self._changed = threading.Condition()
        self._access = Access(token, storage_url)
        self._waiting = 0

    @property
    def is_wanted(self) -> bool:
        return self._waiting > 0

    def push(self, token: str) -> None:
        with self._changed:
            self._access = replace(self._access, token=token)
            self._changed.notify_all()

    def current(self) -> Access | None:
        return self._access

    def access(self, *, not_token: str | None = None) -> Access:
        with self._changed:
            held = self._access
            if not held.token:  # the run is over
                raise Cancelled
            if held.token != not_token:
                return held
            self._waiting += 1
            try:  # a push of the same token means that the client finds nothing wrong with it
                has_come = self._changed.wait_for(lambda: self._access is not held, _TOKEN_WAIT)
            finally:
                self._waiting -= 1
            if not has_come:
                raise AuthenticationError("The client has sent no new token.", status=401)
            if not self._access.token:
                raise Cancelled
            return self._access


class _Run:
    """One run of a client, as long as it lasts."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.done: dict[int, float] = {}
        self.stopped = threading.Event()
        self.seen = time.monotonic()
        self.auth = PushedToken(account.token.token or "", account.storage_url)
        self._lock, self._opening = threading.Lock(), threading.Lock()
        self._tasks = 0
        self._cleanup = ExitStack()
        self._folder: Path | None = None
        self._store: ObjectStore | None = None

    @property
    def is_over(self) -> bool:
        return self.stopped.is_set() or time.monotonic() - self.seen > _ABANDONED

    def begin(self) -> None:
        with self._lock:
            self._tasks += 1

    def end(self) -> None:
        with self._lock:
            self._tasks -= 1
        self.clean_up()

    def clean_up(self) -> None:
        """No token outlives its run; the last one out removes the folder."""
        if self.is_over:
            self.account = replace(self.account, token=Credentials())
            self.auth.push("")
        with self._lock:
            if self.is_over and not self._tasks:
                self._cleanup.close()
                self._folder = self._store = None

    def folder(self) -> Path:
        with self._lock:
            if self._folder is None:
                parent = Path(gettempdir())
                self._folder = self._cleanup.enter_context(private_folder_in(parent))
            return self._folder

    def store(self) -> ObjectStore:
        with self._opening:
            if self._store is None:
                self._store = self._opened()
            return self._store

    def _opened(self) -> ObjectStore:
        account = self.account
        if self.is_over:  # its token is gone, which must not make it the environment's account
            raise Cancelled
        settings = HttpSettings(
            connect_timeout=account.timeouts[0], read_timeout=account.timeouts[1]
        )
        if account.connection is None:
            raise ConfigurationError("This run has no object store.")
        if account.token:
            ready = replace(
                account.connection, auth_mode="token", auth_url="", storage_url=account.storage_url
            )
            return SwiftStore(ready, Credentials(), settings, auth=self.auth)
        store = open_store(*Connection.from_environment(), settings)
        if store.source("c", "k") != f"/vsicurl/{account.storage_url}/c/k":
            raise ConfigurationError(
                f"The environment of the worker {account.address} describes another account than "
                f"“{account.connection.name}”. Give it the same openrc.sh."
            )
        return store

    def progress(self, number: int, start: float, stop: float) -> Progress:
        def progress(done: int, total: int | None) -> bool:
            fraction = min(done / total, 1.0) if total else 0.0
            self.done[number] = start + (stop - start) * fraction
            return not self.is_over

        return progress


_runs: dict[str, _Run] = {}
_arrived = threading.Condition()


# Called out of band, in the thread that keeps the worker's connections: nothing here may wait.


def hello() -> int:
    return VERSION


def welcome(account: Account) -> None:
    with _arrived:
        for name, run in list(_runs.items()):
            if run.is_over:
                run.clean_up()
                del _runs[name]
        _runs.setdefault(account.run, _Run(account))
        _arrived.notify_all()


def push(name: str, token: Credentials) -> None:
    run = _runs.get(name)
    if run is not None and not run.is_over:
        run.auth.push(token.token or "")


def tick(name: str) -> Tick | None:
    """None: nothing is known of this run, or no more. Also ends those that nobody asks for."""
    for each in list(_runs.values()):
        if each.is_over:
            each.clean_up()
    run = _runs.get(name)
    if run is None or run.is_over:
        return None
    run.seen = time.monotonic()
    return Tick(dict(run.done), run.auth.is_wanted)


def stop(name: str) -> None:
    run = _runs.get(name)
    if run is not None:
        run.stopped.set()
        run.clean_up()


# Tasks


def make_there(name: str, number: int, task: FileTask) -> tuple[MadeFile, str] | Failure:
    """The COG, and the address of the worker that has it."""

    def work(run: _Run) -> tuple[MadeFile, str]:
        if task.entry is None and not Path(task.source).exists():
            raise ConfigurationError(
                f"{task.source} is not to be found on the worker {run.account.address}. Its folder "
                "must be on a disk that all workers share, under the same path."
            )
        store = run.store() if task.entry is not None else None
        made = make(_here(run, task), run.progress(number, 0, 0.6), store)
        return made, run.account.address

    return _guarded(name, number, work)


def send_from_there(
    name: str, number: int, task: FileTask, made: MadeFile
) -> ObjectEntry | Failure:
    """Upload what `make_there` has made on this worker."""

    def work(run: _Run) -> ObjectEntry:
        if not Path(made.path).exists():
            raise TransportError("The worker was lost with the file that it had made.")
        try:
            progress = run.progress(number, 0.6, 1)
            return send(task, made, run.store(), progress, run.stopped.wait)
        finally:
            _here(run, task).clean_up()

    return _guarded(name, number, work)


def judge_there(
    name: str, number: int, source: str | tuple[str, str], profile: str, full: bool
) -> CogReport | Failure:
    """The verdict on a path, URL or object."""

    def work(run: _Run) -> CogReport:
        subject = source if isinstance(source, str) else ObjectRef(run.store(), *source)
        return validate_cog(subject, profile, full, run.progress(number, 0, 1))

    return _guarded(name, number, work)


def _here(run: _Run, task: FileTask) -> FileTask:
    """With this worker's own places for files."""
    changed: dict[str, Any] = {}
    if task.made:
        changed["made"] = str(run.folder() / Path(task.made).name)
    if task.entry is not None:
        changed["source"] = str(run.folder() / Path(task.source).name)
    return replace(task, **changed, known=(0, ""))


def _guarded(name: str, number: int, work: Callable[[_Run], T]) -> T | Failure:
    with _arrived:
        _arrived.wait_for(lambda: name in _runs, _TOKEN_WAIT)
        run = _runs.get(name)
    if run is None:
        return Failure("AuthenticationError", "The client has told this worker nothing.", 401)
    run.begin()
    try:
        if run.is_over:
            raise Cancelled
        return work(run)
    except Cancelled:
        return Failure("TransportError", "The work was stopped.")
    except Exception as error:  # a traceback in the worker's log would show arguments
        return Failure.of(error)
    finally:
        run.done.pop(number, None)
        run.end()
