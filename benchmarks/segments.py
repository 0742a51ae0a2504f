# SPDX-License-Identifier: GPL-2.0-or-later
"""One PUT or segments: what `TransferSettings`' threshold and segment size are chosen by.

    .venv/bin/python benchmarks/segments.py [--sizes 100,256,1024] [--segments 16,32,64,128]

Uploads files of some MiB to a real Swift: directly, and through a proxy that delays each request
by 40 ms and gives each connection 20 MB/s. Prints MB/s, the best of two, and what reading 16 KiB
of the object takes afterwards, in ms: a large object's manifest has to be read each time.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from cog_browser.storage.connection import Connection  # noqa: E402
from cog_browser.storage.stores import open_store  # noqa: E402
from cog_browser.storage.transfers.control import TransferSettings  # noqa: E402
from tests.support.faulty_store import FaultyStore  # noqa: E402
from tests.support.stack_client import Stack  # noqa: E402

LATENCY, BANDWIDTH = 0.04, 20e6  # seconds, and bytes per second for each connection
RUNS, READS = 2, 50


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="100,256,1024", help="MiB")
    parser.add_argument("--segments", default="16,32,64,128", help="MiB")
    given = parser.parse_args()
    segments = [0, *map(int, given.segments.split(","))]
    with tempfile.TemporaryDirectory() as folder, Stack() as stack:
        slow = FaultyStore(stack)
        slow.swift.latency_s, slow.swift.bandwidth = LATENCY, BANDWIDTH
        path = Path(folder) / "file"
        print(f"{'':28}" + "".join(f"{s or 'one PUT':>10}" for s in segments))
        for size in map(int, given.sizes.split(",")):
            fill(path, size)
            for name, environment in (
                ("direct", stack.environment("demo")),
                ("40 ms, 20 MB/s each", slow.environment("demo")),
            ):
                found = [measure(environment, path, size, s, Path(folder)) for s in segments]
                said = "".join(f"{rate:6.0f}/{milliseconds:3.0f}" for rate, milliseconds in found)
                print(f"{size:5} MiB {name:18}{said}", flush=True)
        slow.stop()


def measure(
    environment: dict[str, str], path: Path, size: int, segment: int, folder: Path
) -> tuple[float, float]:
    """MB/s of the best upload, and milliseconds for the median read of 16 KiB."""
    settings = TransferSettings(
        threshold=(1 << 20) if segment else 5 << 30,
        segment_size=max(1, segment) << 20,
        journals=folder / "journals",
    )
    store = open_store(*Connection.from_environment(environment), transfers=settings)
    store.create_container("segments")
    best, reads = float("inf"), []
    for _ in range(RUNS):
        started = time.monotonic()
        store.upload(path, "segments", "file")
        best = min(best, time.monotonic() - started)
        for _ in range(READS):
            start = random.randrange((size << 20) - (16 << 10))
            started = time.monotonic()
            store.read_range("segments", "file", start, start + (16 << 10))
            reads.append(time.monotonic() - started)
        store.delete_object("segments", "file")
    store.close()
    return size * 1.048576 / best, statistics.median(reads) * 1000


def fill(path: Path, mebibytes: int) -> None:
    block = os.urandom(1 << 20)
    with path.open("wb") as file:
        for number in range(mebibytes):
            file.write(number.to_bytes(8, "big") + block[8:])


if __name__ == "__main__":
    main()
