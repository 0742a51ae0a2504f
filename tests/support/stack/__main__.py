# SPDX-License-Identifier: GPL-2.0-or-later
"""Command line of the stack."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from tests.support.stack import supervisor
from tests.support.stack.settings import Settings, default_folder, remove_folder


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.support.stack",
        description="Runs a real OpenStack Swift and Keystone on loopback.",
    )
    parser.add_argument("command", choices=["start", "run", "stop", "status"])
    add = parser.add_argument
    add("--dir", type=Path, default=default_folder(), help="default: %(default)s")
    add("--fresh", action="store_true", help="start, run: delete DIR first")
    add("--purge", action="store_true", help="stop, run: delete DIR afterwards")
    add("--keystone-port", type=int, default=0, help="default: a free one, see DIR/stack.json")
    add("--swift-port", type=int, default=0, help="of the first region; the next ones +1, +2 …")
    add("--regions", default="RegionOne,RegionTwo", help="default: %(default)s")
    add("--tls", action="store_true", help="https with the CA in DIR/tls/ca.pem")
    add("--token-seconds", type=int, default=3600)
    add("--v1-token-seconds", type=int, default=0, help="default: as --token-seconds")
    add("--token-cache-time", type=int, default=300, help="-1: a revoked token fails at once")
    add("--cors", default="", metavar="ORIGINS", help="allowed on every container")
    add("--ratelimit", type=int, default=0, help="writes and listings per second and container")
    add("--max-file-size", type=int, default=5368709122, help="bytes; more answers 413")
    add("--daemons", type=float, default=1.0, help="seconds between updater passes, 0: none")
    add(
        "--die-with-parent",
        nargs="?",
        type=int,
        const=0,
        metavar="PID",
        help="run: stop when the parent process (whose number may be given) ends",
    )
    return parser.parse_args()


def _run(arguments: argparse.Namespace) -> int:
    settings = Settings(
        folder=arguments.dir.absolute(),
        region_names=tuple(arguments.regions.split(",")),
        keystone_port=arguments.keystone_port,
        swift_port=arguments.swift_port,
        tls=arguments.tls,
        token_seconds=arguments.token_seconds,
        v1_token_seconds=arguments.v1_token_seconds,
        token_cache_time=arguments.token_cache_time,
        cors=arguments.cors,
        ratelimit=arguments.ratelimit,
        max_file_size=arguments.max_file_size,
        daemons=arguments.daemons,
    )
    running = supervisor.PidFile(settings.folder).running_pid()
    if running is not None:
        print(f"FAILED already running in {settings.folder}, pid {running}", flush=True)
        return 1
    if arguments.fresh:
        remove_folder(settings.folder)
    if arguments.command == "start":
        is_ready, line = supervisor.run_in_background(settings)
        print(line)
        return 0 if is_ready else 1
    parent = arguments.die_with_parent
    if parent == 0:
        parent = os.getppid()
    try:
        return supervisor.run_here(settings, parent, lambda line: print(line, flush=True))
    finally:
        runs_elsewhere = supervisor.PidFile(settings.folder).running_pid() not in (
            None,
            os.getpid(),
        )
        if arguments.purge and not runs_elsewhere:
            remove_folder(settings.folder)


def main() -> int:
    arguments = _arguments()
    if arguments.command in ("start", "run"):
        return _run(arguments)
    folder = arguments.dir.absolute()
    if arguments.command == "status":
        pid = supervisor.PidFile(folder).running_pid()
        print("not running" if pid is None else f"running, pid {pid}, {folder}")
        return 3 if pid is None else 0
    supervisor.stop(folder)
    if arguments.purge:
        remove_folder(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
