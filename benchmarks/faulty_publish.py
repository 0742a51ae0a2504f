# SPDX-License-Identifier: GPL-2.0-or-later
"""Publishes a folder through a proxy that does something bad to a fifth of all requests.

    .venv/bin/python benchmarks/faulty_publish.py [--files N] [--seed N]

Connections are refused and reset, uploads cut, answers lost, truncated and dripped, and 401, 429,
500 and 503 are answered. The same command is run until nothing fails, as a user would. Ends with an
error unless every object then has the pixels of its file, and nothing else is there.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from kill_publish import fill  # noqa: E402
from osgeo import gdal  # noqa: E402

from cog_browser import api  # noqa: E402
from cog_browser.storage.connection import Connection  # noqa: E402
from cog_browser.storage.stores import open_store  # noqa: E402
from tests.support.faults import Fault  # noqa: E402
from tests.support.faulty_store import FaultyStore  # noqa: E402
from tests.support.rasters import checksums  # noqa: E402
from tests.support.stack_client import Stack  # noqa: E402

FAULTS = (
    Fault(refuse=True),
    Fault(reset_upload_after=20_000),
    Fault(lose_answer=True),
    Fault(truncate_after=100),
    Fault(reset_after=100),
    Fault(drip=(64, 0.02)),
    Fault(delay_s=1.0),
    Fault(status=401),
    Fault(status=429, headers={"Retry-After": "0"}),
    Fault(status=500),
    Fault(status=503, headers={"Retry-After": "0"}),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, Stack() as stack:
        folder = Path(name) / "scenes"
        folder.mkdir()
        fill(folder, given.files)
        faulty = FaultyStore(stack)
        moments = random.Random(given.seed)
        rules = [  # each takes one request
            faulty.swift.add(moments.choice(FAULTS), after=4 * (number + 1), path="/faulty")
            for number in range(20 * given.files)
        ]
        store = open_store(*Connection.from_environment(faulty.environment("demo")))
        direct = open_store(*Connection.from_environment(stack.environment("demo")))
        direct.create_container("faulty")
        started = time.monotonic()
        for run in range(1, 6):
            result = api.publish_folder(
                folder, store, "faulty", "p", journal=Path(name) / "journal"
            )
            print(f"run {run}: {result.count('done')} done, {result.count('failed')} failed")
            for row in result.outcomes:
                if row.state == "failed":
                    print(f"  {row.path}: {row.message}")
            if not result.count("failed"):
                break
        hit = sum(rule.hits for rule in rules)
        print(f"{hit} of {len(faulty.swift.requests)} requests went wrong, "
              f"{time.monotonic() - started:.0f} s")  # fmt: skip
        wrong = check(direct, folder, Path(name) / "copy.tif")
        faulty.stop()
        print(f"{given.files} files, {wrong} wrong objects")
        if wrong:
            raise SystemExit(1)


def check(store: api.ObjectStore, folder: Path, copy: Path) -> int:
    expected = {f"p/{path.name}": path for path in folder.iterdir()}
    keys = [e.key for page in store.list_objects("faulty", delimiter="") for e in page.objects]
    wrong = len(set(keys) ^ set(expected))
    for key in set(keys) & set(expected):
        store.download("faulty", key, copy)
        is_same = checksums(gdal.Open(str(copy))) == checksums(gdal.Open(str(expected[key])))
        wrong += not (is_same and api.validate_cog(copy).is_valid)
    return wrong


if __name__ == "__main__":
    main()
