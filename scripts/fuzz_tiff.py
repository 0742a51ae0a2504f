# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads damaged TIFF files for a while; a file that breaks the reader is kept among the seeds.

    python -m scripts.fuzz_tiff --seconds 600 [--seed 1] [--judge]

With ``--judge`` the validator judges each of them too, GDAL's second opinion included. It prints
what went wrong and where the file is, and ends with 1 if anything did.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import resource
import sys
import time
import traceback
from pathlib import Path

from tests.support.tiff_fuzz import SEEDS, examine, mutate, seeds

_MOST_MEMORY = 2 << 30
_MOST_FINDS = 10
_MOST_SECONDS = 60


def judge(data: bytes) -> None:
    """Let the validator make a whole report of a file; any error is a defect."""
    from osgeo import gdal  # the reader alone needs no GDAL

    from cog_browser.cog.validate import validate_cog

    path = "/vsimem/fuzz.tif"
    gdal.FileFromMemBuffer(path, data)
    started = time.monotonic()
    try:
        for full in (False, True):
            report = validate_cog(path, full=full)
            json.dumps(report.to_dict())
            report.to_html()
    finally:
        gdal.Unlink(path)
    if time.monotonic() - started > _MOST_SECONDS:
        raise AssertionError("The verdict took too long.")


def fuzz(seconds: float, seed: int, folder: Path, *, is_judged: bool = False) -> int:
    """How many inputs broke the reader."""
    dice = random.Random(seed)  # noqa: S311 - not for secrets
    corpus = [path.read_bytes() for path in seeds()]
    seen: set[tuple[str, ...]] = set()
    end = time.monotonic() + seconds
    runs = finds = 0
    slowest = 0.0
    while time.monotonic() < end and finds < _MOST_FINDS:
        data = mutate(dice.choice(corpus), dice)
        runs += 1
        start = time.process_time()
        try:
            tiff = examine(data, know_size=dice.random() < 0.8)
            if is_judged:
                judge(data)
        except Exception:
            finds += 1
            path = folder / f"crash-{hashlib.sha256(data).hexdigest()[:12]}.tif"
            path.write_bytes(data)
            print(f"{path}\n{traceback.format_exc()}", flush=True)
            continue
        slowest = max(slowest, time.process_time() - start)
        shape = tuple(sorted({problem.id for problem in tiff.problems}))
        if shape not in seen and len(corpus) < 2_000 and len(data) < 1 << 16:
            seen.add(shape)  # a new combination of problems is worth damaging further
            corpus.append(data)
    print(f"{runs} files, {len(seen)} combinations of problems, slowest {slowest:.2f} s, "
          f"{finds} defects")  # fmt: skip
    return finds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--keep", type=Path, default=SEEDS, help="where broken inputs go")
    parser.add_argument("--judge", action="store_true", help="validate each file as well")
    given = parser.parse_args()
    print(f"seed {given.seed}", flush=True)
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    sys.exit(1 if fuzz(given.seconds, given.seed, given.keep, is_judged=given.judge) else 0)


if __name__ == "__main__":
    main()
