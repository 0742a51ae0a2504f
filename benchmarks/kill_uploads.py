# SPDX-License-Identifier: GPL-2.0-or-later
"""Kills a large upload at ten random moments, and looks what is left of it.

    .venv/bin/python benchmarks/kill_uploads.py [--size MIB] [--kills N] [--seed N]

Ends with an error unless the object is there once, byte by byte, nothing was ever visible before,
no segment that had arrived was sent again, and none is left over.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.support.stack_client import Stack  # noqa: E402

_CHILD = """
import sys
from pathlib import Path
from cog_browser.storage.connection import Connection
from cog_browser.storage.stores import open_store
from cog_browser.storage.transfers.control import TransferSettings
connection, credentials = Connection.from_environment()
settings = TransferSettings(journals=Path(sys.argv[2]))
store = open_store(connection, credentials, transfers=settings)
print("READY", flush=True)
store.upload(sys.argv[1], "kills", "big.bin")
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=3072, help="MiB")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Stack() as stack:
        path = Path(folder) / "big.bin"
        digest = fill(path, given.size)
        connection = stack.connection()
        connection.put_container("kills")
        mark = stack.mark()
        moments = random.Random(given.seed)
        seconds = given.size / 100 / given.kills  # so that the last kill is near the end
        for number in range(given.kills + 1):
            child = start(stack, path, Path(folder) / "journals")
            if number == given.kills:
                child.wait()
                break
            time.sleep(moments.uniform(0.2, 2 * seconds))
            child.kill()
            child.wait()
            listed = [row["name"] for row in connection.get_container("kills")[1]]
            safe = sum(1 for _ in segments(connection))
            print(f"kill {number + 1}: {safe} segments listed, visible: {listed}", flush=True)
            if listed and child.returncode == -9:
                raise SystemExit("the object was visible before its upload had ended")
        found = hashlib.md5(usedforsecurity=False)
        for chunk in connection.get_object("kills", "big.bin", resp_chunk_size=1 << 20)[1]:
            found.update(chunk)
        sent = Counter(
            request.path
            for request in stack.swift_requests(since=mark)
            if request.method == "PUT" and "_segments/" in request.path and request.status == 201
        )
        expected = -(-given.size // 64)
        left = len(list(segments(connection)))
        print(f"segments: {left}, sent more than once: {sum(n > 1 for n in sent.values())}")
        if found.hexdigest() != digest or left != expected or max(sent.values()) > 1:
            raise SystemExit("the object is not what was sent, or too much was sent or left")
        if list((Path(folder) / "journals").iterdir()):
            raise SystemExit("a journal was left")
        print("byte-exact, once, nothing left over")


def start(stack: Stack, path: Path, journals: Path) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", _CHILD, str(path), str(journals)],
        env={**os.environ, **stack.environment("demo"), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout
    child.stdout.readline()
    return child


def segments(connection: object) -> list[str]:
    rows = connection.get_container("kills_segments", full_listing=True)[1]  # type: ignore[attr-defined]
    return [row["name"] for row in rows]


def fill(path: Path, mebibytes: int) -> str:
    digest, block = hashlib.md5(usedforsecurity=False), os.urandom(1 << 20)
    with path.open("wb") as file:
        for number in range(mebibytes):
            piece = number.to_bytes(8, "big") + block[8:]
            file.write(piece)
            digest.update(piece)
    return digest.hexdigest()


if __name__ == "__main__":
    main()
