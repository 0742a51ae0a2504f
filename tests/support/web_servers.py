# SPDX-License-Identifier: GPL-2.0-or-later
"""Real web servers on loopback: nginx, Apache, and Python's own with and without ranges."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.support.ports import free_port


class WebServer:
    """Serves ``folder`` at ``url`` (no slash at its end); ``log`` has a line for each request."""

    def __init__(self, url: str, folder: Path, read_log: Callable[[], list[str]]) -> None:
        self.url, self.folder = url, folder
        self._read_log = read_log

    def requests(self) -> list[str]:
        """“GET /a.tif 206” and so on, in the order they ended."""
        return self._read_log()


@contextmanager
def nginx(folder: Path, in_server: str = "autoindex on;") -> Iterator[WebServer]:
    """``in_server`` are directives of the server block."""
    with public_folder() as work:
        port = free_port()
        (work / "nginx.conf").write_text(
            f"""
            daemon off; pid {work}/pid; error_log {work}/error.log; worker_processes 1;
            events {{ worker_connections 64; }}
            http {{
                types {{ text/html html; image/tiff tif; }}
                log_format plain '$request_method $request_uri $status';
                access_log {work}/access.log plain;
                client_body_temp_path {work}/a; proxy_temp_path {work}/b;
                fastcgi_temp_path {work}/c; uwsgi_temp_path {work}/d; scgi_temp_path {work}/e;
                server {{
                    listen 127.0.0.1:{port}; root {folder};
                    {in_server}
                }}
            }}
            """
        )
        command = ["nginx", "-e", f"{work}/error.log", "-p", str(work), "-c", f"{work}/nginx.conf"]
        with _running(command, port, work / "error.log"):
            log = partial(_lines, work / "access.log")
            yield WebServer(f"http://127.0.0.1:{port}", folder, log)


@contextmanager
def apache(folder: Path, in_server: str = "") -> Iterator[WebServer]:
    """``in_server`` are directives beside those that list folders."""
    modules = Path("/usr/lib/apache2/modules")
    with public_folder() as work:
        port = free_port()
        names = ["mpm_event", "authz_core", "autoindex", "dir", "mime", "headers", "rewrite", "env"]
        names += ["setenvif", "auth_basic", "authn_file", "authn_core", "authz_user", "alias"]
        load = "\n".join(f"LoadModule {n}_module {modules}/mod_{n}.so" for n in names)
        (work / "apache.conf").write_text(
            f"""
            ServerRoot {work}
            ServerName localhost
            Listen 127.0.0.1:{port}
            PidFile {work}/pid
            {load}
            DefaultRuntimeDir {work}
            ErrorLog {work}/error.log
            LogFormat "%m %U %>s" plain
            CustomLog {work}/access.log plain
            TypesConfig /etc/mime.types
            DocumentRoot {folder}
            <Directory {folder}>
                Options Indexes FollowSymLinks
                IndexOptions FancyIndexing NameWidth=*
                Require all granted
            </Directory>
            {in_server}
            """
        )
        command = ["apache2", "-D", "FOREGROUND", "-f", f"{work}/apache.conf"]
        with _running(command, port, work / "error.log"):
            log = partial(_lines, work / "access.log")
            yield WebServer(f"http://127.0.0.1:{port}", folder, log)


class _Plain(SimpleHTTPRequestHandler):
    """Python's own server, which knows no ranges."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: object = "-", size: object = "-") -> None:
        self.server.lines.append(f"{self.command} {self.path} {int(code)}")  # type: ignore

    def log_error(self, *_: object) -> None:
        pass

    def handle(self) -> None:
        with suppress(ConnectionError):  # a client that hangs up
            super().handle()


@contextmanager
def python_server(folder: Path, handler: type = _Plain) -> Iterator[WebServer]:
    """``python -m http.server``, or the same with a handler of a test's own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder)))
    server.daemon_threads = True
    server.lines = []  # type: ignore[attr-defined]
    threading.Thread(target=partial(server.serve_forever, 0.05), daemon=True).start()
    try:
        lines: list[str] = server.lines  # type: ignore[attr-defined]
        yield WebServer(f"http://127.0.0.1:{server.server_port}", folder, lambda: list(lines))
    finally:
        server.shutdown()
        server.server_close()


PlainHandler = _Plain


@contextmanager
def public_folder() -> Iterator[Path]:
    """A temporary folder that servers which root has started can read as other users."""
    folder = Path(tempfile.mkdtemp(prefix="cog-browser-web-"))
    folder.chmod(0o755)  # pytest closes its own to all others, again and again
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(command: list[str], port: int, log: Path) -> Iterator[None]:
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "TZ": "UTC"}
    process = subprocess.Popen(command, env=environment)
    try:
        deadline = time.monotonic() + 300  # on a busy machine
        while True:
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", port)) == 0:
                    break
            if process.poll() is not None or time.monotonic() > deadline:
                said = log.read_text() if log.exists() else ""
                raise RuntimeError(f"{command[0]} did not start: {said}")
            time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait(60)


def _lines(log: Path) -> list[str]:
    return log.read_text().splitlines() if log.exists() else []
