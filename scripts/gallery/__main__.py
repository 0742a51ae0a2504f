# SPDX-License-Identifier: GPL-2.0-or-later
"""Draws the pictures of every state of the panel that the documentation shows.

A real QGIS under Xvfb plays `scripts.gallery.in_qgis` on a real object store; its twins behind
fault proxies are slow, broken and out of reach.
"""

from __future__ import annotations

import contextlib
import shlex
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from osgeo import gdal

from cog_browser import api
from scripts.demo import imagery
from scripts.demo.desktop import Desktop, DesktopError, Profile, virtual_display
from scripts.stage import ROOT
from tests.support.faults import Fault
from tests.support.faulty_store import FaultyStore
from tests.support.stack_client import Stack

_STORY = "scripts.gallery.in_qgis"
_PICTURES = ROOT / "docs" / "images" / "states"
_MANY = 120  # objects of a folder, so that deleting them asks for their number
_LONGER_THAN_THE_STORY = 600.0


def fill(stack: Stack, folder: Path) -> None:
    """Everything that a badge can say, folders, an empty container."""
    store = api.open_store(*api.Connection.from_environment(stack.environment("demo")))
    for name in ("calibration", "empty", imagery.CONTAINER, "results"):
        store.create_container(name)
    world, europe, relief = (imagery.write_geotiff(scene, folder) for scene in imagery.SCENES)
    api.publish(world, store, imagery.CONTAINER, "blue-marble/world.tif")
    api.publish(relief, store, imagery.CONTAINER, "blue-marble/relief.tif")
    store.upload(europe, imagery.CONTAINER, "blue-marble/europe-not-a-cog.tif")
    api.publish(europe, store, imagery.CONTAINER, "blue-marble/europe.tif")
    for number, (west, north) in enumerate(((-12, 60), (10, 60), (-12, 47), (10, 47)), 1):
        tile = folder / f"tile-{number}.tif"
        gdal.Translate(str(tile), str(europe), projWin=[west, north, west + 22, north - 13])
        api.publish(tile, store, imagery.CONTAINER, f"tiles/europe-{number}.tif")
    note = folder / "note.txt"
    note.write_text("Blue Marble: NASA. Relief: NOAA.\n")
    store.upload(note, imagery.CONTAINER, "blue-marble/readme.txt")
    (folder / "report.tif").write_bytes(b"%PDF-1.7\n" + b"\xff" * 3000)
    store.upload(folder / "report.tif", imagery.CONTAINER, "blue-marble/report.tif")
    for number in range(_MANY):
        store.upload(note, "calibration", f"2026/run-{number:03}.txt")
    store.close()


def openrc(environment: dict[str, str], folder: Path, name: str) -> str:
    path = folder / f"{name}.sh"
    lines = (f"export {key}={shlex.quote(value)}\n" for key, value in environment.items())
    path.write_text("".join(lines))
    return str(path)


@contextlib.contextmanager
def troubled(stack: Stack, folder: Path) -> Iterator[dict[str, str]]:
    """The openrc files of twins of the account: what is wrong → path."""
    with contextlib.ExitStack() as cleanup:

        def twin(name: str) -> FaultyStore:
            made = FaultyStore(stack)
            cleanup.callback(made.stop)
            files[name] = openrc(made.environment("demo"), folder, name)
            return made

        files: dict[str, str] = {}
        twin("slow").swift.add(Fault(delay_s=_LONGER_THAN_THE_STORY), method="GET", times=None)
        twin("broken").swift.add(Fault(status=503), method="GET", times=None)
        twin("offline").keystone.add(Fault(refuse=True), times=None)
        wrong = {**stack.environment("demo"), "OS_PASSWORD": "not the one"}
        files["refused"] = openrc(wrong, folder, "refused")
        yield files


def main() -> int:
    _PICTURES.mkdir(parents=True, exist_ok=True)
    for old in _PICTURES.glob("*.png"):
        old.unlink()
    try:
        with contextlib.ExitStack() as cleanup:
            folder = Path(cleanup.enter_context(tempfile.TemporaryDirectory()))
            stack = cleanup.enter_context(Stack())
            fill(stack, folder)
            files = cleanup.enter_context(troubled(stack, folder))
            parameters = {
                "openrc": {"demo": str(stack.openrc("demo")), **files},
                "pictures": str(_PICTURES),
                "folder": str(folder),
            }
            profile = cleanup.enter_context(Profile())
            display = cleanup.enter_context(virtual_display())
            desktop = cleanup.enter_context(Desktop(profile, _STORY, parameters, display))
            report = desktop.wait_for_report(_LONGER_THAN_THE_STORY)
            print(f"{len(report['pictures'])} pictures in {_PICTURES}")
    except (DesktopError, RuntimeError, api.CogBrowserError) as error:
        print(f"FAILED: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
