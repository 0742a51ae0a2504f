# SPDX-License-Identifier: GPL-2.0-or-later
"""Looks at one COG on a real Swift the way a user does, in three ways, in one run.

    .venv/bin/python benchmarks/view.py [--latency MS] [--bandwidth MB/S] [--rounds N]

"direct" is QGIS's own path (/vsicurl/, public container), "in process" and "own process" are the
read gateway. Every request pays the latency once; the bandwidth is per connection. Each way starts
in a fresh Python, so no cache is shared. Prints seconds and megabytes, and the ratio to direct.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
WAYS = ("direct", "in process", "own process")
SIZE = 6144
VIEW = (1400, 900)


def look(way: str, source: str, container: str, key: str) -> None:
    """One way in this process; prints a JSON object of seconds by step."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from qgis.core import (
        QgsApplication,
        QgsMapRendererParallelJob,
        QgsMapSettings,
        QgsRasterLayer,
        QgsRectangle,
    )
    from qgis.PyQt.QtCore import QEventLoop, QSize

    from cog_browser import api
    from cog_browser.storage.gateway import Gateway
    from cog_browser.storage.gateway_process import GatewayProcess
    from cog_browser.storage.vsi import running_tiff_source

    application = QgsApplication([], True)
    application.initQgis()
    seconds: dict[str, float] = {}
    started = time.perf_counter()
    if way != "direct":
        store = api.open_store("env")
        gateway = Gateway() if way == "in process" else GatewayProcess()
        started = time.perf_counter()
        source = running_tiff_source(gateway, store, container, key)
    layer = QgsRasterLayer(source, "scene", "gdal")
    if not layer.isValid():
        sys.exit(f"{way}: {layer.error().summary()}")
    seconds["open"] = time.perf_counter() - started

    def draw(step: str, extent: QgsRectangle) -> None:
        settings = QgsMapSettings()
        settings.setLayers([layer])
        settings.setDestinationCrs(layer.crs())
        settings.setExtent(extent)
        settings.setOutputSize(QSize(*VIEW))
        begun = time.perf_counter()
        job = QgsMapRendererParallelJob(settings)
        loop = QEventLoop()
        job.finished.connect(loop.quit)
        job.start()
        loop.exec()
        if job.errors():
            sys.exit(f"{way}: {job.errors()[0].message}")
        seconds[step] = seconds.get(step, 0.0) + time.perf_counter() - begun

    def window(dx: float, dy: float, pixel: float) -> QgsRectangle:
        centre = layer.extent().center()
        width, height = VIEW[0] * pixel / 2, VIEW[1] * pixel / 2
        x, y = centre.x() + dx * pixel, centre.y() + dy * pixel
        return QgsRectangle(x - width, y - height, x + width, y + height)

    draw("full extent", layer.extent())
    draw("1:1", window(0, 0, 10))
    for step in range(1, 9):
        time.sleep(0.5)  # a person looks before moving on
        draw("8 pan steps", window(200 * step, 0, 10))
    draw("1:4", window(0, 0, 40))
    draw("1:2", window(-450, 200, 20))
    seconds["whole"] = sum(seconds.values())
    print("RESULT" + json.dumps(seconds), flush=True)
    os._exit(0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--latency", type=float, default=40.0, help="milliseconds per request")
    parser.add_argument("--bandwidth", type=float, default=10.0, help="MB/s per connection")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--look", nargs=4, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.look:
        look(*given.look)
        return

    from tests.support.faulty_store import FaultyStore
    from tests.support.rasters import make_cog
    from tests.support.stack_client import Stack

    with Stack() as stack, tempfile.TemporaryDirectory() as folder:
        swift = stack.connection()
        swift.put_container("bench", {"X-Container-Read": ".r:*"})
        cog = make_cog(Path(folder) / "scene.tif", SIZE, SIZE, bands=3)
        with cog.open("rb") as file:
            swift.put_object("bench", "scene.tif", file, content_length=cog.stat().st_size)
        print(f"{SIZE} × {SIZE} × 3 uint16, {cog.stat().st_size / 1e6:.0f} MB, noise")
        faulty = FaultyStore(stack)
        faulty.swift.latency_s, faulty.swift.bandwidth = given.latency / 1e3, given.bandwidth * 1e6
        source = f"/vsicurl/{faulty.storage_url()}/bench/scene.tif"
        environment = {**os.environ, **faulty.environment()}
        results: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
        for _ in range(given.rounds):
            for way in WAYS:
                faulty.clear()
                command = [sys.executable, __file__, "--look", way, source, "bench", "scene.tif"]
                ran = subprocess.run(
                    command, env=environment, capture_output=True, text=True, check=False
                )
                found = [x for x in ran.stdout.splitlines() if x.startswith("RESULT")]
                if not found:
                    sys.exit(ran.stdout + ran.stderr)
                seconds = json.loads(found[0].removeprefix("RESULT"))
                requests = faulty.swift.requests
                seconds["requests"] = len(requests)
                seconds["MB"] = sum(r.bytes_sent for r in requests) / 1e6
                results[way].append(seconds)
        faulty.stop()
    print(f"{given.latency:.0f} ms, {given.bandwidth:.0f} MB/s; median of {given.rounds}")
    for step in results["direct"][0]:
        medians = [statistics.median(r[step] for r in results[way]) for way in WAYS]
        cells = "".join(
            f"  {way} {m:7.2f} ({m / medians[0]:4.2f} ×)" for way, m in zip(WAYS, medians)
        )
        print(f"{step:12s}{cells}")


if __name__ == "__main__":
    main()
