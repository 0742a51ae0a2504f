# SPDX-License-Identifier: GPL-2.0-or-later
"""Kills the publishing of a folder at ten random moments, and looks what is left of it.

    .venv/bin/python benchmarks/kill_publish.py [--files N] [--kills N] [--seed N]

Every tenth file goes up in segments. Ends with an error unless, after the last run, every object is
there once with the bytes that were proven, none was ever visible with others, no segment is left
over, and no file was converted again once its COG had been noted in the journal.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from osgeo import gdal  # noqa: E402

from cog_browser.cog.validate import validate_cog  # noqa: E402
from tests.support.rasters import checksums, make_cog  # noqa: E402
from tests.support.stack_client import Stack  # noqa: E402

_CHILD = """
import sys
from pathlib import Path
from cog_browser import api
from cog_browser.cog.publish import one_file
from cog_browser.storage.connection import Connection
from cog_browser.storage.stores import open_store
from cog_browser.storage.transfers.control import TransferSettings
folder, work = sys.argv[1], Path(sys.argv[2])
convert = one_file.convert
def counted(source, *rest, **options):
    with (work / "conversions").open("a") as log:
        log.write(Path(source).name + "\\n")
    return convert(source, *rest, **options)
one_file.convert = counted
settings = TransferSettings(threshold=2 << 20, segment_size=1 << 20, journals=work / "uploads")
store = open_store(*Connection.from_environment(), transfers=settings)
result = api.publish_folder(folder, store, "kills", "p", journal=work / "journal")
sys.exit(result.count("failed"))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, Stack() as stack:
        folder, work = Path(name) / "scenes", Path(name) / "work"
        folder.mkdir()
        work.mkdir()
        fill(folder, given.files)
        connection = stack.connection()
        connection.put_container("kills")
        kill_again_and_again(stack, connection, folder, work, given.kills, given.seed)
        check(connection, folder, work, given.files)


def kill_again_and_again(
    stack: Stack, connection: Any, folder: Path, work: Path, kills: int, seed: int
) -> None:
    moments, files = random.Random(seed), len(list(folder.iterdir()))
    for number in range(kills + 1):
        child = start(stack, folder, work)
        if number == kills:
            if child.wait():
                raise SystemExit("the last run has not published everything")
            return
        goal = len(notes(work)) + moments.uniform(0, 3.2 * files / kills)
        while len(notes(work)) < goal and child.poll() is None:
            time.sleep(0.01)
        time.sleep(moments.uniform(0, 0.3))
        child.kill()
        child.wait()
        listed = listing(connection, "kills")
        proven = {note["made_md5"]: note for note in notes(work) if note["event"] == "made"}
        sizes = {note["made_size"] for note in proven.values()}
        strange = [r["name"] for r in listed if r["hash"] not in proven and r["bytes"] not in sizes]
        print(f"kill {number + 1}: {len(listed)} objects, {len(strange)} strange", flush=True)
        if strange:
            raise SystemExit(f"these are visible and were not proven: {strange}")


def check(connection: Any, folder: Path, work: Path, files: int) -> None:
    noted = Counter((note["event"], note["path"]) for note in notes(work))
    twice = [path for (event, path), count in noted.items() if event == "made" and count > 1]
    begun = Counter((work / "conversions").read_text().split())
    print(f"conversions begun: {sum(begun.values())} for {len(begun)} files, "
          f"noted more than once: {len(twice)}")  # fmt: skip
    keys = [row["name"] for row in listing(connection, "kills")]
    if sorted(keys) != sorted(f"p/{path.name}" for path in folder.iterdir()) or twice:
        raise SystemExit("something is missing, too much, or was made twice")
    used = set()
    for path in folder.iterdir():
        headers, body = connection.get_object("kills", f"p/{path.name}")
        copy = work / "copy.tif"
        copy.write_bytes(body)
        if checksums(gdal.Open(str(copy))) != checksums(gdal.Open(str(path))):
            raise SystemExit(f"{path.name} has other pixels")
        if not validate_cog(copy).is_valid:
            raise SystemExit(f"{path.name} is no valid COG")
        if headers.get("x-static-large-object"):
            manifest = connection.get_object(
                "kills", f"p/{path.name}", query_string="multipart-manifest=get"
            )[1]
            used |= {
                row["name"].partition("/")[2].partition("/")[2] for row in json.loads(manifest)
            }
    left = {row["name"] for row in listing(connection, "kills_segments")}
    orphans = left - used
    print(f"{files} objects with the proven pixels; segments {len(left)}, orphans {len(orphans)}")
    if orphans:
        raise SystemExit("segments are left over")
    if [p for p in work.iterdir() if p.name.startswith("cog-browser")]:
        raise SystemExit("temporary files are left over")


def start(stack: Stack, folder: Path, work: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", _CHILD, str(folder), str(work)],
        env={**os.environ, **stack.environment("demo"), "PYTHONPATH": str(ROOT)},
    )


def notes(work: Path) -> list[dict[str, Any]]:
    if not (work / "journal").exists():
        return []
    lines = (work / "journal").read_bytes().splitlines()[1:]
    return [json.loads(line) for line in lines if line.endswith(b"}")]


def listing(connection: Any, container: str) -> list[dict[str, Any]]:
    try:
        rows: list[dict[str, Any]] = connection.get_container(container, full_listing=True)[1]
    except Exception as error:
        if getattr(error, "http_status", None) == 404:
            return []
        raise
    return rows


def fill(folder: Path, count: int) -> None:
    for number in range(count):
        wide = 1500 if number % 10 == 0 else 300
        cog = make_cog(folder / "cog.tmp", wide + number, 700)
        target = str(folder / f"{number:04d}.tif")
        gdal.GetDriverByName("GTiff").CreateCopy(target, gdal.Open(str(cog)), options=["TILED=NO"])
        cog.unlink()


if __name__ == "__main__":
    main()
