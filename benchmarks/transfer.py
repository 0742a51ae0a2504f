# SPDX-License-Identifier: GPL-2.0-or-later
"""Uploads beside `swift upload`, `rclone copy` and `openstack object create`, on one real Swift.

    .venv/bin/python benchmarks/transfer.py [--size MIB] [--files N] [--tools FOLDER]
    .venv/bin/python benchmarks/transfer.py --memory [--size MIB]

FOLDER is the `bin` of an environment with what requirements/bench.txt names for it; tools that
are missing are left out. Prints seconds, MB/s or files/s, the peak memory of each, and of the small
files how many requests each took and how many milliseconds of the server's and client's processors;
then what a download takes.

With --memory only the peak memory of an idle process, and of uploads and downloads of 100 MiB and
of --size: of sparse files, which need room in the store but none on this side.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from cog_browser.storage.connection import Connection  # noqa: E402
from cog_browser.storage.stores import open_store  # noqa: E402
from tests.support.stack_client import Stack  # noqa: E402

_PARALLEL = 10  # as swift upload's own default for objects


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1024, help="MiB of the large file")
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--tools", type=Path, default=ROOT / ".venv" / "bin")
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(*given.child)
        return
    with tempfile.TemporaryDirectory() as folder, Stack() as stack:
        if given.memory:
            measure_memory(stack, Path(folder), given.size)
            return
        compare(stack, Path(folder), given.size, given.files, given.tools)


def compare(stack: Stack, folder: Path, size: int, count: int, tools: Path) -> None:
    big, small = folder / "big.bin", folder / "small"
    fill(big, size)
    small.mkdir()
    for number in range(count):
        (small / f"{number:05d}.bin").write_bytes(os.urandom(100_000))
    store = open_store(*Connection.from_environment(stack.environment("demo")))
    for name in ("large", "many"):
        store.create_container(name)
    environment = {**os.environ, **stack.environment("demo"), "PYTHONPATH": str(ROOT)}
    for variable in ("AWS_CA_BUNDLE", "SSL_CERT_FILE"):
        environment.pop(variable, None)
    me = [sys.executable, __file__, "--child"]
    rclone = [tools / "rclone", "--config", stack.rclone_conf]
    remote = rclone_remote(stack)
    rows = {
        "cog browser": ([*me, "large", "large", big], [*me, "many", "many", small]),
        "swift upload": (
            [tools / "swift", "upload", "large", big, "--object-name", "swift", "-S",
             str(64 << 20), "--use-slo"],
            [tools / "swift", "upload", "many", small, "--object-name", "swift"],
        ),
        "rclone copy": (
            [*rclone, "copyto", big, f"{remote}:large/rclone"],
            [*rclone, "copy", "--transfers", str(_PARALLEL), small, f"{remote}:many/rclone"],
        ),
        "openstack": (
            [tools / "openstack", "object", "create", "large", big, "--name", "openstack"],
            None,  # one process of a second for each file
        ),
    }  # fmt: skip
    print(
        f"{'':14}{'1 file':>9}{'MB/s':>8}{'MB peak':>9}{f'{count} files':>13}{'files/s':>9}"
        f"{'requests':>10}{'ms server':>11}{'ms client':>11}"
    )
    for name, (large, many) in rows.items():
        if not Path(large[0]).exists():
            print(f"{name:14}is not installed")
            continue
        seconds, peak = run(large, environment)
        line = f"{name:14}{seconds:8.1f}s{size * 1.048576 / seconds:8.0f}{peak:9.0f}"
        if many:
            mark, before, own = stack.mark(), processor_time(stack.pid), children_time()
            seconds, _ = run(many, environment)
            server, client = processor_time(stack.pid) - before, children_time() - own
            requests = len(stack.swift_requests(since=mark))
            line += f"{seconds:12.1f}s{count / seconds:9.0f}{requests / count:10.2f}"
            line += f"{server / count * 1000:11.1f}{client / count * 1000:11.1f}"
        print(line, flush=True)
    started = time.monotonic()
    store.download("large", "big", folder / "back")
    seconds = time.monotonic() - started
    print(f"download      {seconds:8.1f}s{size * 1.048576 / seconds:8.0f}")
    if (folder / "back").stat().st_size != big.stat().st_size:
        raise SystemExit("the download has another size")


def measure_memory(stack: Stack, folder: Path, size: int) -> None:
    store = open_store(*Connection.from_environment(stack.environment("demo")))
    store.create_container("large")
    environment = {**os.environ, **stack.environment("demo"), "PYTHONPATH": str(ROOT)}
    me = [sys.executable, __file__, "--child"]
    file = folder / "sparse.bin"
    print(f"idle {run([*me, 'idle', '-', '-'], environment)[1]:19.0f} MB")
    for mebibytes in (100, size):
        with file.open("wb") as sparse:
            sparse.truncate(mebibytes << 20)
        for what in ("large", "back"):
            seconds, peak = run([*me, what, "large", file], environment)
            name = {"large": "up", "back": "down"}[what]
            print(f"{mebibytes:6} MiB {name:4}{peak:9.0f} MB {seconds:8.1f} s", flush=True)
        if file.stat().st_size != mebibytes << 20:
            raise SystemExit("the download has another size")
        store.delete_object("large", "big")


def processor_time(pid: int) -> float:
    """Seconds of a process and of all that it has started."""
    found = subprocess.run(
        ["ps", "-o", "pid=,ppid=,cputimes=", "-e"], capture_output=True, text=True, check=True
    )
    rows = [tuple(map(int, line.split())) for line in found.stdout.splitlines()]
    family = {pid}
    for _ in range(5):
        family |= {child for child, parent, _ in rows if parent in family}
    return float(sum(seconds for one, _, seconds in rows if one in family))


def children_time() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(command: list[object], environment: dict[str, str]) -> tuple[float, float]:
    """Seconds, and peak memory in MB."""
    started = time.monotonic()
    process = subprocess.Popen(
        [str(part) for part in command],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - started
    if process.returncode:
        raise SystemExit(f"{command[0]}: {said.decode(errors='replace')[-800:]}")
    return seconds, usage.ru_maxrss / 1000


def child(what: str, container: str, path: str) -> None:
    store = open_store(*Connection.from_environment())
    if what == "large":
        store.upload(path, container, "big", overwrite=True)
        return
    if what == "back":
        store.download(container, "big", path)
    if what == "many":
        files = {f"ours/{p.name}": p for p in Path(path).iterdir()}
        for _, result in store.upload_many(files, container):
            if isinstance(result, Exception):
                raise result


def fill(path: Path, mebibytes: int) -> None:
    block = os.urandom(1 << 20)
    with path.open("wb") as file:
        for number in range(mebibytes):
            file.write(number.to_bytes(8, "big") + block[8:])


def rclone_remote(stack: Stack) -> str:
    """The section of rclone.conf for user and password."""
    text = stack.rclone_conf.read_text()
    names = [line[1:-1] for line in text.splitlines() if line.startswith("[")]
    return "sw" if "sw" in names else names[0]


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if shutil.disk_usage(tempfile.gettempdir()).free < 20 << 30:
        print("warning: less than 20 GiB are free")
    main()
