# SPDX-License-Identifier: GPL-2.0-or-later
"""A Dask cluster of real worker processes on loopback."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import distributed

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def dask_cluster(workers: int = 2, threads: int = 1) -> Iterator[Any]:
    """Its workers find the package, and know no account."""
    clean = {name: "" for name in os.environ if name.startswith(("OS_", "SWIFT_", "ST_"))}
    with distributed.LocalCluster(
        n_workers=workers,
        threads_per_worker=threads,
        processes=True,
        dashboard_address="127.0.0.1:0",
        env={**clean, "PYTHONPATH": str(ROOT)},
    ) as cluster:
        yield cluster


def worker_pids(cluster: Any) -> dict[str, int]:
    """By address."""
    with distributed.Client(cluster, set_as_default=False) as client:
        pids: dict[str, int] = client.run(os.getpid)
        return pids


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
