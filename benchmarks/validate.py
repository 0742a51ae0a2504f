# SPDX-License-Identifier: GPL-2.0-or-later
"""Validates COGs beside GDAL's script and rio-cogeo, as files and over HTTP, in one run.

    .venv/bin/python benchmarks/validate.py [--latency MS …] [--rio PYTHON] [--rounds N]

The objects are on a real Swift, in a public container, behind a proxy that waits once for each
request and counts. Each way starts in a fresh Python; only the validation is timed, not the start.
rio-cogeo brings a GDAL of its own, so it needs a Python of its own (--rio).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

_TIMED = """
import json, sys, time
sys.path.insert(0, {root!r})
{prepare}
start = time.perf_counter()
valid = {judge}
print("RESULT" + json.dumps([time.perf_counter() - start, bool(valid)]))
"""
_GDAL = (
    "from osgeo import gdal; from osgeo_utils.samples import validate_cloud_optimized_geotiff as v"
)
_OPEN = "not v.validate(gdal.Open({source!r}), full_check={full})[1]"
_OURS = "from cog_browser.cog.validate import validate_cog"
_OBJECT = (
    "from cog_browser.storage.models import ObjectRef\n"
    "from cog_browser.storage.stores import open_store\n"
    "from cog_browser.storage.connection import Connection\n"
    "import os\n"
    "store = open_store(*Connection.from_environment(os.environ))\n"
    "store.head_object('bench', {key!r})  # signs in\n" + _OURS
)


def ways(path: Path, url: str, key: str, rio: str | None):
    """(name, Python, preparation, expression) for the file if ``url`` is empty, else the URL."""
    ours, gdal, source = sys.executable, sys.executable, url or str(path)
    yield "plugin", ours, _OURS, f"validate_cog({source!r}).is_valid"
    if url:
        prepare = _OBJECT.format(key=key)
        reference = f"ObjectRef(store, 'bench', {key!r})"
        yield "plugin, Swift object", ours, prepare, f"validate_cog({reference}).is_valid"
        yield "plugin, Swift, full", ours, prepare, f"validate_cog({reference}, full=True).is_valid"
    else:
        yield "plugin, full", ours, _OURS, f"validate_cog({source!r}, full=True).is_valid"
    opened = f"/vsicurl/{url}" if url else source
    yield "GDAL's script", gdal, _GDAL, _OPEN.format(source=opened, full=False)
    if not url:
        yield "GDAL's script, full", gdal, _GDAL, _OPEN.format(source=opened, full=True)
    if rio:
        yield "rio-cogeo", rio, "from rio_cogeo import cog_validate", f"cog_validate({source!r})[0]"


def measure(python: str, prepare: str, judge: str, environment: dict[str, str]):
    code = _TIMED.format(root=str(ROOT), prepare=prepare, judge=judge)
    command = [python, "-c", code]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    found = [line for line in ran.stdout.splitlines() if line.startswith("RESULT")]
    if not found:
        sys.exit(ran.stdout + ran.stderr)
    return json.loads(found[0].removeprefix("RESULT"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--latency", type=float, nargs="+", default=[0.0, 40.0])
    parser.add_argument("--rio", help="a Python that has rio-cogeo")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()

    from tests.support.cog_mutants import cog, main_image, overview
    from tests.support.faulty_store import FaultyStore
    from tests.support.rasters import make_cog
    from tests.support.stack_client import Stack

    def many_blocks(path: Path) -> Path:
        """150,000 tiny tiles: what matters is their number, not their size."""
        side, images = 131072, [main_image(width=131072, height=131072)]
        while side > 512:
            side //= 2
            images.append(overview(side, side))
        path.write_bytes(cog(*images, arrays_last=True).data)
        return path

    with Stack() as stack, tempfile.TemporaryDirectory() as folder:
        swift = stack.connection()
        swift.put_container("bench", {"X-Container-Read": ".r:*"})
        files = {
            "8000 × 8000 uint16": make_cog(Path(folder, "scene.tif"), 8000, 8000),
            "131072 × 131072, tiny tiles": many_blocks(Path(folder, "many.tif")),
        }
        for name, path in files.items():
            with path.open("rb") as file:
                swift.put_object("bench", path.name, file, content_length=path.stat().st_size)
            print(f"\n{name}, {path.stat().st_size / 1e6:.0f} MB, local file")
            for way, python, prepare, judge in ways(path, "", path.name, given.rio):
                runs = [
                    measure(python, prepare, judge, dict(os.environ)) for _ in range(given.rounds)
                ]
                _print(way, runs)
            for latency in given.latency:
                faulty = FaultyStore(stack)
                faulty.swift.latency_s = latency / 1e3
                url = f"{faulty.storage_url()}/bench/{path.name}"
                environment = {**os.environ, **faulty.environment()}
                print(f"\n{name}, {path.stat().st_size / 1e6:.0f} MB, {latency:.0f} ms per request")
                for way, python, prepare, judge in ways(path, url, path.name, given.rio):
                    runs, costs = [], []
                    for _ in range(given.rounds):
                        faulty.clear()
                        runs.append(measure(python, prepare, judge, environment))
                        asked = faulty.swift.requests
                        gets = [r for r in asked if r.method == "GET"]
                        costs.append((len(asked), len(gets), sum(r.bytes_sent for r in gets)))
                    _print(way, runs, costs[-1])
                faulty.stop()


def _print(way, runs, cost=None):
    seconds = statistics.median(seconds for seconds, _ in runs)
    verdict = "valid" if all(valid for _, valid in runs) else "invalid"
    text = f"  {way:24s}{verdict:9s}{seconds:9.3f} s"
    if cost:
        text += f"{cost[0]:6d} requests, {cost[1]:4d} GET{cost[2] / 1024:10.1f} KiB"
    print(text, flush=True)


if __name__ == "__main__":
    main()
