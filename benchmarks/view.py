# SPDX-License-Identifier: GPL-2.0-or-later
"""Looks at one COG on a real Swift the way a user does, in a QGIS canvas, in one run.

    .venv/bin/python benchmarks/view.py [--latency MS …] [--bandwidth MB/S] [--pans N] [--rounds N]

"direct" is QGIS's own path (/vsicurl/, public container), "gateway" is this plugin. Every request
pays the latency once; the bandwidth is per connection. Each way starts in a fresh Python, so no
cache is shared. Prints the seconds to a complete view and the megabytes, with the ratio to direct.
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
WAYS = ("direct", "gateway")
SIZE = 6144
VIEW = (1400, 900)
REST = 0.5  # seconds a person looks before moving on


def look(way: str, source: str, container: str, key: str, pans: int) -> None:  # noqa: PLR0915
    """One way in this process; prints a JSON object of lists of seconds by step."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from qgis.core import QgsApplication, QgsProject, QgsRasterLayer, QgsRectangle
    from qgis.gui import QgsMapCanvas
    from qgis.PyQt.QtCore import QEventLoop, QTimer

    application = QgsApplication([], True)
    application.initQgis()
    seconds: dict[str, list[float]] = {}
    gap = _Gap()
    if way == "direct":
        started = time.perf_counter()
        layer = QgsRasterLayer(source, "scene", "gdal")
    else:
        layer, started = _built(container, key, gap)
    if not layer.isValid():
        sys.exit(f"{way}: {layer.error().summary()}")
    QgsProject.instance().addMapLayer(layer)
    seconds["open"] = [time.perf_counter() - started]
    seconds["GUI gap at open"] = [gap.longest if way == "gateway" else seconds["open"][0]]

    canvas = QgsMapCanvas()
    canvas.resize(*VIEW)
    canvas.show()  # its size counts from here on
    application.processEvents()
    canvas.setDestinationCrs(layer.crs())
    canvas.setLayers([layer])
    failed: list[str] = []
    canvas.renderErrorOccurred.connect(lambda error, _layer: failed.append(error))

    def draw(step: str, extent: QgsRectangle) -> None:
        begun = time.perf_counter()
        loop = QEventLoop()
        canvas.mapCanvasRefreshed.connect(loop.quit)
        canvas.setExtent(extent)
        canvas.refresh()
        QTimer.singleShot(300_000, loop.quit)
        loop.exec()
        canvas.mapCanvasRefreshed.disconnect(loop.quit)
        if failed:
            sys.exit(f"{way}: {failed[0]}")
        seconds.setdefault(step, []).append(time.perf_counter() - begun)
        rest = QEventLoop()
        QTimer.singleShot(int(REST * 1000), rest.quit)
        rest.exec()

    def window(dx: float, dy: float, pixel: float) -> QgsRectangle:
        centre = layer.extent().center()
        width, height = VIEW[0] * pixel / 2, VIEW[1] * pixel / 2
        x, y = centre.x() + dx * pixel, centre.y() + dy * pixel
        return QgsRectangle(x - width, y - height, x + width, y + height)

    draw("full extent", layer.extent())
    draw("1:1", window(0, 0, 10))
    x = y = 0.0
    for step in range(pans):  # right, down, left, up: a walk around a square
        dx, dy = ((1, 0), (0, 1), (-1, 0), (0, -1))[step * 4 // pans]
        x, y = x + 150 * dx, y + 150 * dy
        draw("pan step", window(x, y, 10))
    draw("1:4", window(0, 0, 40))
    draw("1:2", window(-450, 200, 20))
    print("RESULT" + json.dumps(seconds), flush=True)
    os._exit(0)


class _Gap:
    """The longest time the event loop was held up."""

    def __init__(self) -> None:
        from qgis.PyQt.QtCore import QTimer

        self.longest, self._last = 0.0, time.perf_counter()
        self._timer = QTimer()
        self._timer.timeout.connect(self._tick)
        self._timer.start(1)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.longest, self._last = max(self.longest, now - self._last), now


def _built(container, key, gap):
    """A layer as the panel makes it: in a worker, while the event loop turns."""
    from qgis.PyQt.QtCore import QEventLoop, QTimer

    from cog_browser import api
    from cog_browser.adapters.layers import build_layer
    from cog_browser.adapters.sessions import sessions
    from cog_browser.adapters.workers import Workers
    from cog_browser.storage.gateway.process import shared_gateway

    sessions()
    shared_gateway()  # the plugin has started it long before
    store = api.open_store("env")
    workers, loop, results = Workers(), QEventLoop(), []
    warm = QEventLoop()
    QTimer.singleShot(200, warm.quit)
    warm.exec()
    gap.longest, started = 0.0, time.perf_counter()

    def over(result):
        results.append(result)
        loop.quit()

    workers.run(lambda _job: build_layer(store, container, key), done=over, failed=over)
    loop.exec()
    if isinstance(results[0], Exception):
        sys.exit(str(results[0]))
    return results[0], started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--latency", type=float, nargs="+", default=[0.0, 40.0, 150.0])
    parser.add_argument("--bandwidth", type=float, default=10.0, help="MB/s per connection")
    parser.add_argument("--pans", type=int, default=60)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--look", nargs=5, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.look:
        look(*given.look[:4], int(given.look[4]))
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
        for latency in given.latency:
            faulty = FaultyStore(stack)
            faulty.swift.latency_s, faulty.swift.bandwidth = latency / 1e3, given.bandwidth * 1e6
            results = {way: [] for way in WAYS}
            for _ in range(given.rounds):
                for way in WAYS:
                    results[way].append(_run(way, faulty, given.pans))
            faulty.stop()
            print(f"\n{latency:.0f} ms, {given.bandwidth:.0f} MB/s; rounds: {given.rounds}")
            _print(results)


def _run(way, faulty, pans):
    faulty.clear()
    source = f"/vsicurl/{faulty.storage_url()}/bench/scene.tif"
    command = [sys.executable, __file__, "--look", way, source, "bench", "scene.tif", str(pans)]
    environment = {**os.environ, **faulty.environment()}
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    found = [x for x in ran.stdout.splitlines() if x.startswith("RESULT")]
    if not found:
        sys.exit(ran.stdout + ran.stderr)
    result = json.loads(found[0].removeprefix("RESULT"))
    requests = faulty.swift.requests
    result["requests"] = [float(len(requests))]
    result["MB"] = [sum(r.bytes_sent for r in requests) / 1e6]
    return result


def _print(results):
    def cells(name, worth):
        values = [worth([x for run in results[way] for x in run[name]]) for way in WAYS]
        ratio = values[1] / values[0] if values[0] else float("nan")
        return f"{values[0]:9.3f}{values[1]:9.3f}{ratio:8.2f} ×"

    print(f"{'':26s}" + "".join(f"{way:>9s}" for way in WAYS))
    for name in results["direct"][0]:
        if name == "pan step":
            print(f"{'pan step, median':26s}" + cells(name, statistics.median))
            print(f"{'pan step, worst':26s}" + cells(name, max))
            print(f"{'all pan steps':26s}" + cells(name, sum))
        else:
            print(f"{name:26s}" + cells(name, statistics.median))
    steps = [n for n in results["direct"][0] if n not in ("requests", "MB", "GUI gap at open")]
    totals = [
        statistics.median(sum(sum(run[name]) for name in steps) for run in results[way])
        for way in WAYS
    ]
    print(f"{'whole':26s}{totals[0]:9.3f}{totals[1]:9.3f}{totals[1] / totals[0]:8.2f} ×")


if __name__ == "__main__":
    main()
