# SPDX-License-Identifier: GPL-2.0-or-later
"""Starts the servers as child processes, waits until they answer, and ends them."""

from __future__ import annotations

import ctypes
import fcntl
import http.client
import os
import signal
import socket
import ssl
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from tests.support.stack import settings as stack_settings
from tests.support.stack.client_files import write_client_files
from tests.support.stack.keystone_server import serve_keystone
from tests.support.stack.settings import Region, Settings
from tests.support.stack.swift_server import serve_swift
from tests.support.stack.tls import make_certificates

_START_SECONDS = 300.0  # on a busy machine; it takes some 5 s on an idle one
_STOP_SECONDS = 10.0
_PR_SET_PDEATHSIG = 1


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        raise SystemExit(f"port {port}: {error.strerror}") from error
    listener.listen(1024)
    return listener


def _die_with(parent: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:  # it ended before the call
        os._exit(1)


class PidFile:
    """Tells whether a stack runs in a folder: its supervisor holds a lock on the file.

    A lock, unlike a number in a file, ends with the process that holds it, whatever ended it.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "stack.pid"
        self._descriptor = -1

    def acquire(self) -> bool:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
        self._descriptor = descriptor
        return True

    def close(self) -> None:
        os.close(self._descriptor)

    def running_pid(self) -> int | None:
        try:
            with self._path.open() as stream:
                try:
                    fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except BlockingIOError:
                    return int(stream.read())
        except (OSError, ValueError):
            pass
        return None


class Supervisor:
    def __init__(self, settings: Settings, pid_file: PidFile, parent: int | None) -> None:
        self._settings = settings
        self._pid_file = pid_file
        self._parent = parent
        self._children: dict[int, str] = {}
        self._listeners: dict[str, socket.socket] = {}
        self._must_stop = False
        self._failure = ""

    def run(self, report: Callable[[str], None], to_close: tuple[int, ...] = ()) -> int:
        """Runs the stack until a signal, its parent's end or a server's death.

        Args:
            report: is given one line, READY or FAILED.
            to_close: file descriptors the servers must not inherit.
        """
        begin = time.monotonic()
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        try:
            self._start(to_close)
            is_ready = self._wait_until_ready()
            if is_ready:
                write_client_files(self._settings)
                seconds = time.monotonic() - begin
                report(f"READY {seconds:.1f} s  {self._settings.folder}")
                while self._goes_on():
                    time.sleep(0.1)
            else:
                report(f"FAILED {self._failure or 'stopped'}, see {self._settings.logs}")
            if self._failure:
                print(self._failure, file=sys.stderr, flush=True)
        finally:
            self._end_children()
        return 1 if self._failure else 0

    def _on_signal(self, *_: object) -> None:
        self._must_stop = True

    def _start(self, to_close: tuple[int, ...]) -> None:
        settings = self._settings
        settings.adopt_previous_start()
        self._open_ports()
        _clean_environment(settings)
        if settings.tls:
            make_certificates(settings)
        self._spawn(
            "keystone", lambda: serve_keystone(settings, self._listeners["keystone"]), to_close
        )
        for region in settings.regions:
            self._spawn(region.name, self._region_server(region), to_close)
        for listener in self._listeners.values():
            listener.close()

    def _region_server(self, region: Region) -> Callable[[], None]:
        return lambda: serve_swift(self._settings, region, self._listeners[region.name])

    def _open_ports(self) -> None:
        """Binds before anything starts: a port that was only looked up may be taken by then."""
        settings = self._settings
        self._listeners["keystone"] = _listen(settings.keystone_port)
        settings.keystone_port = self._listeners["keystone"].getsockname()[1]
        if not settings.regions:
            for number, name in enumerate(settings.region_names):
                port = settings.swift_port + number if settings.swift_port else 0
                settings.regions.append(Region(name, settings.region_folder(name), port))
        for region in settings.regions:
            listener = self._listeners[region.name] = _listen(region.port)
            region.port = listener.getsockname()[1]
            region.url = settings.url(region.port)

    def _spawn(self, name: str, serve: Callable[[], None], to_close: tuple[int, ...]) -> None:
        supervisor = os.getpid()
        pid = os.fork()
        if pid:
            self._children[pid] = name
            return
        try:
            _die_with(supervisor)
            self._pid_file.close()
            for descriptor in to_close:
                os.close(descriptor)
            for other, listener in self._listeners.items():
                if other != name:
                    listener.close()
            _redirect_output(self._settings.logs / f"{name}.out")
            serve()
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(1)

    def _goes_on(self) -> bool:
        if self._parent is not None and os.getppid() != self._parent:
            self._must_stop = True
        if not self._must_stop and not self._failure:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid:
                self._failure = f"{self._children.pop(pid, pid)} ended: status {status}"
        return not self._must_stop and not self._failure

    def _wait_until_ready(self) -> bool:
        probes = [(self._settings.keystone_port, "/v3")]
        probes += [(region.port, "/healthcheck") for region in self._settings.regions]
        deadline, patience = time.monotonic() + _START_SECONDS, 0.3
        while probes and self._goes_on():
            if time.monotonic() > deadline:
                self._failure = f"no answer on port {probes[0][0]}"
            elif self._answers(*probes[0], patience):
                probes.pop(0)
            else:
                patience = min(1.2 * patience, 10.0)  # a server on a busy machine is slow for long
                time.sleep(0.02)
        return not probes

    def _answers(self, port: int, path: str, patience: float) -> bool:
        connection: http.client.HTTPConnection
        if self._settings.tls:
            context = ssl.create_default_context(cafile=str(self._settings.ca_file))
            connection = http.client.HTTPSConnection("localhost", port, context=context)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.timeout = patience  # its port takes connections before a server runs
        try:
            connection.request("GET", path, headers={"User-Agent": "stack-probe"})
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _end_children(self) -> None:
        for pid in self._children:
            os.kill(pid, signal.SIGTERM)  # a child not yet reaped keeps its number
        deadline = time.monotonic() + _STOP_SECONDS
        while self._children:
            pid, _ = os.waitpid(-1, os.WNOHANG)
            if pid:
                self._children.pop(pid, None)
            elif time.monotonic() > deadline:
                for remaining in self._children:
                    os.kill(remaining, signal.SIGKILL)
                deadline = float("inf")
            else:
                time.sleep(0.01)


def _redirect_output(path: Path) -> None:
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (log, 1), (log, 2)):
        os.dup2(source, target)


def _clean_environment(settings: Settings) -> None:
    """Keeps what the caller's shell says about clouds and proxies away from the servers."""
    for name in list(os.environ):
        if name.startswith("OS_") or name.lower() in ("http_proxy", "https_proxy", "all_proxy"):
            del os.environ[name]
    os.environ.pop("PYTHONWARNINGS", None)
    if settings.tls:
        # s3token's Keystone session has no CA option of its own
        os.environ.pop("CURL_CA_BUNDLE", None)
        for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
            os.environ[name] = str(settings.ca_file)


def run_in_background(settings: Settings) -> tuple[bool, str]:
    """Starts a stack detached from this process; returns whether it is ready, and its report."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        code = 1
        try:
            os.close(reader)
            os.setsid()
            stack_settings.make_folder(settings.folder)
            _redirect_output(settings.logs / "supervisor.out")
            code = run_here(settings, None, lambda line: _finish(writer, line), (writer,))
        except BaseException as error:
            traceback.print_exc()
            _finish(writer, f"FAILED {error}")
        finally:
            os._exit(code)
    os.close(writer)
    with open(reader) as stream:
        line = stream.readline().strip()
    return line.startswith("READY"), line or f"FAILED, see {settings.logs}"


def _finish(descriptor: int, line: str) -> None:
    try:
        os.write(descriptor, f"{line}\n".encode())
        os.close(descriptor)
    except OSError:
        pass  # reported before, or the caller has gone


def run_here(
    settings: Settings,
    parent: int | None,
    report: Callable[[str], None],
    to_close: tuple[int, ...] = (),
) -> int:
    stack_settings.make_folder(settings.folder)
    pid_file = PidFile(settings.folder)
    if not pid_file.acquire():
        report(f"FAILED already running in {settings.folder}")
        return 1
    return Supervisor(settings, pid_file, parent).run(report, to_close)


def stop(folder: Path) -> bool:
    """Ends the stack that runs in a folder; returns whether there was one."""
    pid_file = PidFile(folder)
    pid = pid_file.running_pid()
    if pid is None:
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS + 5
    while pid_file.running_pid() is not None:
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)  # its children die with it
            break
        time.sleep(0.01)
    return True
