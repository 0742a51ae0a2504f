# SPDX-License-Identifier: GPL-2.0-or-later
"""Other object stores than Swift, each a process on loopback that ends with the tests."""

from __future__ import annotations

import http.client
import os
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

from tests.support.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
_START_SECONDS = 300.0  # on a busy machine
#: The account that every Azurite has; its key is part of its documentation.
AZURITE_ACCOUNT = "devstoreaccount1"
AZURITE_KEY = (
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
)


class Server:
    """A program that serves HTTP at `url`; a context manager.

    Args:
        command: `{port}` and `{folder}` stand for a free port and a folder of its own.
    """

    def __init__(self, command: list[str], environment: dict[str, str] | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="cog-browser-server-")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = Path(self._folder.name) / "log"
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                # it must not outlive the tests, however these end
                ["setpriv", "--pdeathsig", "KILL"]
                + [part.format(port=self.port, folder=self._folder.name) for part in command],
                cwd=self._folder.name,
                env={
                    **{k: v for k, v in os.environ.items() if not k.startswith("PYTHON")},
                    **(environment or {}),
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def _wait(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
                connection.request("GET", "/")
                connection.getresponse().read()
                connection.close()
                return
            except (OSError, http.client.HTTPException):
                if self._process.poll() is not None or time.monotonic() > deadline:
                    text = self.log.read_text(errors="replace")[-2000:]
                    raise RuntimeError(f"A server did not start: {text}") from None
                time.sleep(0.05)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        self._folder.cleanup()

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def moto() -> Server:
    """Amazon S3 as moto plays it: it takes any key, but checks everything else."""
    program = ROOT / ".venv-servers" / "bin" / "moto_server"
    return Server([str(program), "-H", "127.0.0.1", "-p", "{port}"])


def azurite_server() -> Server:
    """Microsoft's own emulator of Azure Blob Storage, which checks signatures."""
    program = ROOT / ".venv-servers" / "node_modules" / "azurite" / "dist" / "src" / "blob"
    options = "--silent --disableTelemetry --inMemoryPersistence --blobPort {port}"
    return Server(["node", str(program / "main.js"), *options.split()])


def google_json() -> Server:
    """An emulator of Google Cloud Storage's JSON API; it asks for no token."""
    program = ROOT / ".venv-servers" / "bin" / "gcp-storage-emulator"
    options = "start --host 127.0.0.1 --port {port} --in-memory"
    return Server([str(program), *options.split()])
