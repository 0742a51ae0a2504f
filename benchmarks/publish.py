# SPDX-License-Identifier: GPL-2.0-or-later
"""A folder of rasters into one real Swift, in one run: publishfolder and what people do by hand.

    .venv/bin/python benchmarks/publish.py [--files N] [--pixels WIDTH] [--tools FOLDER]

Beside it: the chain of the article (gdal_translate to a tiled GeoTIFF, then `openstack object
create`), and a shell loop of GDAL's COG driver with `rclone copyto`. Neither proves, validates nor
verifies anything, and the article's files have no overviews. Then a Dask cluster with one and two
workers of one thread. FOLDER is the `bin` of an environment with requirements/bench.txt. Every way
starts with an empty container and a process of its own. CPU seconds are those of this process and
its children: on a busy machine they say more than the clock. Workers have theirs for themselves.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import resource
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from array import array
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from osgeo import gdal, osr  # noqa: E402

from tests.support.dask_cluster import dask_cluster  # noqa: E402
from tests.support.stack_client import Stack  # noqa: E402

_OURS = """
import sys
from cog_browser import api
folder, container, journal, executor = sys.argv[1:]
store = api.open_store("env")
result = api.publish_folder(folder, store, container, journal=journal, executor=executor)
sys.exit(result.count("failed"))
"""
_ARTICLE = """
gdal_translate -q {source} {made} -co TILED=YES -co COPY_SRC_OVERVIEWS=YES -co COMPRESS=DEFLATE
{openstack} object create {container} {made} --name {key}
rm {made}
"""
_LOOP = """
gdal_translate -q -of COG -co COMPRESS=DEFLATE -co NUM_THREADS=ALL_CPUS {source} {made}
{rclone} --config {config} copyto {made} {remote}:{container}/{key}
rm {made}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=50)
    parser.add_argument("--pixels", type=int, default=2000, help="width and height")
    parser.add_argument("--tools", type=Path, default=ROOT / ".venv-bench" / "bin")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, Stack() as stack:
        folder, work = Path(name) / "scenes", Path(name) / "work"
        folder.mkdir()
        work.mkdir()
        fill(folder, given.files, given.pixels)
        size = sum(path.stat().st_size for path in folder.iterdir())
        print(f"{given.files} files of {given.pixels}² pixels, {size / 1e6:.0f} MB", flush=True)
        compare(stack, folder, work, given.tools)


def compare(stack: Stack, folder: Path, work: Path, tools: Path) -> None:
    first = ours(stack, folder, work, "local")
    show("publishfolder, proves and validates", first, first)
    loops = {
        "GDAL's COG driver + rclone": ("rclone", _LOOP),
        "the article: gdal_translate + openstack": ("openstack", _ARTICLE),
    }
    for label, (tool, lines) in loops.items():
        if (tools / tool).exists():
            show(label, by_hand(stack, folder, work, tools, lines), first)
        else:
            print(f"{label}: {tools / tool} is not installed")
    for workers in (1, 2):
        with dask_cluster(workers) as cluster:
            os.environ["COG_BROWSER_SCHEDULER"] = cluster.scheduler_address
            seconds = ours(stack, folder, work, "dask")
            show(f"publishfolder, {workers} Dask worker(s)", seconds, first)
    show("publishfolder again", ours(stack, folder, work, "local"), first)


def show(label: str, taken: tuple[float, float], first: tuple[float, float]) -> None:
    seconds, cpu = taken
    text = f"{label:42}{seconds:8.1f} s{seconds / first[0]:8.2f} x{cpu:8.1f} s CPU"
    print(text, flush=True)


def ours(stack: Stack, folder: Path, work: Path, executor: str) -> tuple[float, float]:
    container = new_container(stack)
    journal = str(work / container)
    command = [sys.executable, "-c", _OURS, str(folder), container, journal, executor]
    return timed(stack, folder, container, command)


def by_hand(stack: Stack, folder: Path, work: Path, tools: Path, lines: str) -> tuple[float, float]:
    container = new_container(stack)
    script = ["set -e"]
    for path in sorted(folder.iterdir()):
        words = {
            "source": path,
            "made": work / "made.tif",
            "key": path.name,
            "container": container,
            "openstack": tools / "openstack",
            "rclone": tools / "rclone",
            "config": stack.rclone_conf,
            "remote": rclone_remote(stack),
        }
        script.append(lines.format(**{k: shlex.quote(str(v)) for k, v in words.items()}))
    return timed(stack, folder, container, ["bash", "-c", "\n".join(script)])


def timed(stack: Stack, folder: Path, container: str, command: list[str]) -> tuple[float, float]:
    environment = {**os.environ, **stack.environment("demo"), "PYTHONPATH": str(ROOT)}
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    seconds, after = time.monotonic() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    keys = {row["name"] for row in stack.connection().get_container(container)[1]}
    if done.returncode or keys != {path.name for path in folder.iterdir()}:
        raise SystemExit(f"{command[0]} failed: {done.stderr.decode(errors='replace')[-800:]}")
    return seconds, cpu


def new_container(stack: Stack) -> str:
    name = stack.unique_name("bench")
    stack.connection().put_container(name)
    return name


def rclone_remote(stack: Stack) -> str:
    text = stack.rclone_conf.read_text()
    names = [line[1:-1] for line in text.splitlines() if line.startswith("[")]
    return "sw" if "sw" in names else names[0]


def fill(folder: Path, count: int, side: int) -> None:
    """Hills with a little noise, so that they compress as terrain does; in strips, as scanners do.

    One is made, and the others are moved pieces of it with other values.
    """
    system = osr.SpatialReference()
    system.ImportFromEPSG(32631)
    noise = random.Random(1)
    rows = [
        array(
            "H",
            (
                int(2000 + 900 * math.sin(x / 90) * math.cos(y / 130)) + noise.getrandbits(3)
                for x in range(side)
            ),
        )
        for y in range(side)
    ]
    for number in range(count):
        turned = rows[number * 7 % side :] + rows[: number * 7 % side]
        driver = gdal.GetDriverByName("GTiff")
        dataset = driver.Create(str(folder / f"{number:04d}.tif"), side, side, 1, gdal.GDT_UInt16)
        dataset.SetProjection(system.ExportToWkt())
        dataset.SetGeoTransform((500000, 10, 0, 5000000, 0, -10))
        band = dataset.GetRasterBand(1)
        band.WriteRaster(0, 0, side, side, b"".join(row.tobytes() for row in turned))
        del band, dataset


if __name__ == "__main__":
    if shutil.which("gdal_translate") is None:
        raise SystemExit("gdal_translate is missing: install gdal-bin")
    main()
