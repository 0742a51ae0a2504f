# SPDX-License-Identifier: GPL-2.0-or-later
"""Converts one raster to a COG in several ways, in one run: seconds, CPU, peak memory, size.

    .venv/bin/python benchmarks/convert.py [--size PIXELS] [--rounds N] [--rio PATH]

"plugin" is `convert_to_cog` with the proof, "plugin, no proof" without it; gdal_translate writes
the same options; "article" is the chain that people copy from articles: gdal_translate, gdaladdo
and gdal_translate again, or its first line alone, which makes no overviews. rio-cogeo is asked
for the same; it lives in a Python of its own, since its wheel brings a GDAL of its own:

    python3 -m venv .venv-bench && .venv-bench/bin/pip install -r requirements/bench.txt

Every way runs in a fresh process, in turn, and the medians are printed.
"""

from __future__ import annotations

import argparse
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
BANDS = 3
SAME = (
    "-co COMPRESS=DEFLATE -co PREDICTOR=YES -co BLOCKSIZE=512 -co OVERVIEWS=IGNORE_EXISTING "
    "-co OVERVIEW_RESAMPLING=AVERAGE -co BIGTIFF=IF_SAFER -co NUM_THREADS=ALL_CPUS"
)
TILED = (
    "-co TILED=YES -co COMPRESS=DEFLATE -co PREDICTOR=2 -co BLOCKXSIZE=512 -co BLOCKYSIZE=512 "
    "-co NUM_THREADS=ALL_CPUS"
)
RIO = "--co PREDICTOR=2 --overview-resampling average --overview-blocksize 512 --threads ALL_CPUS"
ONE_LINE = "-co TILED=YES -co COPY_SRC_OVERVIEWS=YES -co COMPRESS=DEFLATE"
PLUGIN = (
    "import sys; from cog_browser.cog.conversion.convert import convert_to_cog; "
    "convert_to_cog(sys.argv[1], sys.argv[2], verify={verify})"
)


def ways(rio: Path) -> dict[str, list[str]]:
    """The commands of each way, ``{a}`` the source, ``{z}`` the target and ``{t}`` in between."""
    python = shlex.quote(sys.executable)
    found = {
        "plugin": [f"{python} -c {shlex.quote(PLUGIN.format(verify=True))} {{a}} {{z}}"],
        "plugin, no proof": [f"{python} -c {shlex.quote(PLUGIN.format(verify=False))} {{a}} {{z}}"],
        "gdal_translate -of COG": [f"gdal_translate -q -of COG {SAME} {{a}} {{z}}"],
        "article, 3 steps": [
            f"gdal_translate -q {TILED} {{a}} {{t}}",
            "gdaladdo -q -r average {t} 2 4 8 16",
            f"gdal_translate -q {TILED} -co COPY_SRC_OVERVIEWS=YES {{t}} {{z}}",
        ],
        "article, 1 line": [
            f"gdal_translate -q {ONE_LINE} {{a}} {{z}}",
        ],
    }
    if rio.exists():
        found["rio-cogeo"] = [
            f"{shlex.quote(str(rio))} cogeo create -q {{a}} {{z}} -p deflate {RIO}"
        ]
    return found


def make_source(path: Path, size: int) -> None:
    """A striped UInt16 GeoTIFF of terrain-like values and noise, as cameras and models make it."""
    import numpy as np
    from osgeo import gdal, osr

    gdal.UseExceptions()
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), size, size, BANDS, gdal.GDT_UInt16)
    system = osr.SpatialReference()
    system.ImportFromEPSG(32631)
    dataset.SetProjection(system.ExportToWkt())
    dataset.SetGeoTransform((500000, 10, 0, 5000000, 0, -10))
    chance = np.random.default_rng(1)
    x = np.arange(size)
    for band in range(1, BANDS + 1):
        for y in range(0, size, 512):
            rows = np.arange(y, min(y + 512, size))[:, None]
            waves = np.sin(x / 190 * band) + np.cos(rows / 230) + np.sin((x + rows) / 37)
            values = 8000 + 2000 * waves + chance.normal(0, 12, waves.shape)
            dataset.GetRasterBand(band).WriteArray(values.astype(np.uint16), 0, y)
    dataset = None


def measure(commands: list[str], places: dict[str, str]) -> tuple[float, float, float]:
    """Seconds and CPU seconds of all commands together, and the peak memory of the largest in MB.

    CPU time is the fairer figure on a machine that does other things as well.
    """
    seconds, busy, peak = 0.0, 0.0, 0.0
    for command in commands:
        words = shlex.split(command.format(**places))
        started = time.perf_counter()
        process = subprocess.Popen(words, cwd=ROOT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds += time.perf_counter() - started
        if process.returncode:
            sys.exit(f"failed: {command}")
        busy += usage.ru_utime + usage.ru_stime
        peak = max(peak, usage.ru_maxrss / 1024)
    return seconds, busy, peak


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=8000, help="pixels in each direction")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rio", type=Path, default=ROOT / ".venv-bench" / "bin" / "rio")
    given = parser.parse_args()
    from cog_browser.cog.validate import validate_cog

    chosen = ways(given.rio)
    results: dict[str, list[tuple[float, float, float]]] = {way: [] for way in chosen}
    with tempfile.TemporaryDirectory() as folder:
        source, target, between = (Path(folder, name) for name in ("a.tif", "z.tif", "t.tif"))
        make_source(source, given.size)
        size = source.stat().st_size / 1e6
        print(
            f"{given.size} × {given.size} × {BANDS} uint16, {size:.0f} MB, {os.cpu_count()} cores"
        )
        places = {"a": str(source), "z": str(target), "t": str(between)}
        sizes, verdicts = {}, {}
        for _ in range(given.rounds):
            for way, commands in chosen.items():
                target.unlink(missing_ok=True)
                between.unlink(missing_ok=True)
                results[way].append(measure(commands, places))
                sizes[way] = target.stat().st_size / 1e6
                report = validate_cog(target)
                verdicts[way] = "valid" if report.is_valid else "INVALID"
                if report.warnings:
                    verdicts[way] += f", {len(report.warnings)} warnings"
    print(f"median of {given.rounds}")
    print(f"{'':24s}{'seconds':>9s}{'CPU s':>9s}{'peak MB':>9s}{'file MB':>9s}  as COG")
    for way, runs in results.items():
        seconds, busy, peak = (statistics.median(column) for column in zip(*runs))
        print(f"{way:24s}{seconds:9.1f}{busy:9.1f}{peak:9.0f}{sizes[way]:9.1f}  {verdicts[way]}")
    if "rio-cogeo" not in results:
        print(f"rio-cogeo was left out: there is no {given.rio}")


if __name__ == "__main__":
    main()
