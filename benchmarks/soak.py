# SPDX-License-Identifier: GPL-2.0-or-later
"""Pans over three private layers of two projects for a long time, with tokens that live 20 s.

    .venv/bin/python benchmarks/soak.py [--minutes N] [--pause S]

Prints a line a minute: draws, failed draws, sign-ins so far, threads, and the memory of this
process and of the read gateway's. Ends with an error if any draw failed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from qgis.core import QgsApplication, QgsMapRendererParallelJob, QgsMapSettings, QgsRectangle
from qgis.PyQt.QtCore import QEventLoop, QSize

from cog_browser import api
from cog_browser.storage.gateway.process import GatewayProcess, shared_gateway
from tests.support.rasters import make_cog
from tests.support.stack_client import Stack

SIZE = 4096


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--pause", type=float, default=0.2, help="seconds between two draws")
    given = parser.parse_args()
    application = QgsApplication([], True)
    application.initQgis()
    with Stack(token_seconds=20) as stack, tempfile.TemporaryDirectory() as folder:
        cog = make_cog(Path(folder) / "scene.tif", SIZE, SIZE)
        layers = [layer for user in ("demo", "other") for layer in _layers(stack, user, cog)][:3]
        failed = _pan(layers, given.minutes, given.pause, stack)
    os._exit(1 if failed else 0)


def _layers(stack, user, cog):
    """Two layers of one project, each on an object of its own."""
    from cog_browser.storage.connection import Connection

    connection, credentials = Connection.from_variables(stack.environment(user), user)
    store = api.open_store(connection, credentials)
    store.create_container("soak")
    for key in ("a.tif", "b.tif"):
        store.upload(cog, "soak", key)
        yield api.add_layer(store, "soak", key)


def _pan(layers, minutes, pause, stack):
    gateway = shared_gateway()
    child = gateway._process.pid if isinstance(gateway, GatewayProcess) else os.getpid()  # noqa: SLF001
    end, report = time.monotonic() + minutes * 60, time.monotonic() + 60
    mark, draws, failed, step = stack.mark(), 0, 0, 0
    print("minute  draws  failed  sign-ins  threads  QGIS MB  gateway MB", flush=True)
    while time.monotonic() < end:
        step += 1
        x = 500000 + (step * 1700) % (SIZE * 10 - 14000)
        y = 5000000 - (step * 900) % (SIZE * 10 - 9000)
        failed += _draw(layers, QgsRectangle(x, y - 9000, x + 14000, y))
        draws += 1
        time.sleep(pause)
        if time.monotonic() > report:
            report += 60
            signs = sum(r.method == "POST" for r in stack.keystone_requests(mark))
            print(
                f"{round((time.monotonic() - end) / 60 + minutes):6d}{draws:7d}{failed:8d}"
                f"{signs:10d}{threading.active_count():9d}{_resident(os.getpid()):9.0f}"
                f"{_resident(child):12.0f}",
                flush=True,
            )
    return failed


def _draw(layers, extent):
    settings = QgsMapSettings()
    settings.setLayers(layers)
    settings.setDestinationCrs(layers[0].crs())
    settings.setExtent(extent)
    settings.setOutputSize(QSize(1400, 900))
    job, loop = QgsMapRendererParallelJob(settings), QEventLoop()
    job.finished.connect(loop.quit)
    job.start()
    loop.exec()
    return len(job.errors())


def _resident(pid):
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()
