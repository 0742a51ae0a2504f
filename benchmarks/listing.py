# SPDX-License-Identifier: GPL-2.0-or-later
"""Lists a million objects of one real Swift container, in one run: our client, others, the panel.

    .venv/bin/python benchmarks/listing.py [--objects N] [--s3] [--tools FOLDER]

The rows are put straight into the container's database: a tenth of them in one folder, the rest
beside it. First objects per second of our listing, `rclone lsf` and `swift list` (FOLDER is the
`bin` of an environment with requirements/bench.txt), each twice, the better one counts. Then the
panel in a QGIS of its own: for each thing that a person does, how long it took, the longest time
that the event loop was held up, as a timer of 1 ms in the GUI thread sees it, and the memory.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.many_rows import fill  # noqa: E402
from tests.support.stack_client import Stack  # noqa: E402

CONTAINER, FOLDERS = "million", "folders"
_OURS = """
import sys
from cog_browser import api
store, container = api.open_store(sys.argv[1]), sys.argv[2]
for page in store.list_objects(container, delimiter=""):
    sys.stdout.write("".join(entry.key + "\\n" for entry in page.objects))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=1_000_000)
    parser.add_argument("--tools", type=Path, default=ROOT / ".venv-bench" / "bin")
    parser.add_argument("--s3", action="store_true", help="also by S3, a thousand objects a page")
    given = parser.parse_args()
    with Stack(regions="RegionOne") as stack:
        with closing(stack.connection("demo")) as connection:
            for name in (CONTAINER, FOLDERS, "other"):
                connection.put_container(name)
            connection.put_object("other", "small.txt", b"x")
        fill(stack, CONTAINER, keys(given.objects))
        folders = (f"folder-{number:06}/a.tif" for number in range(given.objects // 10))
        fill(stack, FOLDERS, folders)
        print(f"{given.objects:,} objects in one container", flush=True)
        compare(stack, given.objects, given.tools, with_s3=given.s3)
        panel = [sys.executable, str(ROOT / "benchmarks" / "listing_panel.py"), str(given.objects)]
        subprocess.run(panel, env={**os.environ, **stack.environment("demo")}, check=True)


def keys(count: int) -> Iterator[str]:
    for number in range(count):
        yield f"folder/scene-{number:07}.tif" if number % 10 == 0 else f"scene-{number:07}.tif"


def compare(stack: Stack, count: int, tools: Path, *, with_s3: bool) -> None:
    ways = {
        "our client, Swift": ([sys.executable, "-c", _OURS, "env:swift", CONTAINER], "demo"),
        "our client, S3": ([sys.executable, "-c", _OURS, "env:s3", CONTAINER], "aws-demo"),
        "rclone lsf": (
            [
                str(tools / "rclone"),
                f"--config={stack.rclone_conf}",
                *("lsf", "--recursive", "--fast-list", "--files-only", f"swift:{CONTAINER}"),
            ],
            "demo",
        ),
        "swift list": ([str(tools / "swift"), "list", CONTAINER], "demo"),
    }
    if not with_s3:
        del ways["our client, S3"]
    first = 0.0
    for label, (command, account) in ways.items():
        if not Path(command[0]).exists():
            print(f"{label}: {command[0]} is not installed")
            continue
        runs = [timed(command, stack.environment(account), count) for _ in range(2)]
        seconds, cpu = min(run[0] for run in runs), min(run[1] for run in runs)
        first = first or seconds
        speed = f"{count / seconds:12,.0f} objects/s{first / seconds:8.2f} x"
        print(f"{label:24}{seconds:8.1f} s{speed}{cpu:8.1f} s CPU", flush=True)


def timed(command: list[str], environment: dict[str, str], count: int) -> tuple[float, float]:
    """Seconds by the clock, and of the client's CPU: on a busy machine these say more."""
    begun, before = time.perf_counter(), os.times()
    done = subprocess.run(
        command, env={**os.environ, **environment}, stdout=subprocess.PIPE, check=True, cwd=ROOT
    )
    seconds, after = time.perf_counter() - begun, os.times()
    cpu = sum(after[2:4]) - sum(before[2:4])
    found = done.stdout.count(b"\n")
    if found != count:
        sys.exit(f"{command}: {found} objects instead of {count}")
    return seconds, cpu


if __name__ == "__main__":
    main()
