# SPDX-License-Identifier: GPL-2.0-or-later
"""The staged plugin in a real QGIS desktop under Xvfb, on the real object store.

QGIS is started once and plays `desktop_story`; the tests look at what it reports.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from osgeo import gdal, osr

from cog_browser import api
from scripts.demo.desktop import Desktop, Profile, virtual_display
from tests.support.stack_client import Request, Stack

_SIZE, _SQUARE = 4096, 128  # pixels
_WEST, _NORTH, _PIXEL = 500_000, 5_000_000, 10  # metres
_PREFIX, _KEY = "scenes/2026/", "scenes/2026/été 1.tif"
_EXIT_SECONDS = 30.0


@dataclass(frozen=True)
class Run:
    facts: dict[str, Any]
    given: dict[str, Any]
    pixels: Any  # rows, columns, bands
    requests: list[Request]
    stack: Stack
    exit_code: int
    exit_seconds: float
    survivors: list[str]
    files_with_secrets: list[str]

    def expected(self, view: str) -> list[list[int]]:
        """The source's pixels at the points of a view."""
        found = []
        for x, y in self.given["views"][view]["points"]:
            row, column = int((_NORTH - y) / _PIXEL), int((x - _WEST) / _PIXEL)
            found.append(self.pixels[row, column].tolist())
        return found


@pytest.fixture(scope="module")
def run(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("desktop")
    pixels = _squares()
    container = stack.unique_name("desktop")
    connection, credentials = api.Connection.from_openrc(stack.openrc("demo"))
    store = api.open_store(connection, credentials)
    store.create_container(container)
    api.publish(_write(pixels, folder / "squares.tif"), store, container, _KEY)
    store.close()
    given = {
        "openrc": str(stack.openrc("demo")),
        "container": container,
        "prefix": _PREFIX,
        "key": _KEY,
        "project": str(folder / "before.qgs"),
        "project_after_reload": str(folder / "after.qgs"),
        "views": {
            name: _view(column, row)
            for name, column, row in (
                ("added", 0, 0),
                ("reopened", 16, 0),
                ("unloaded", 0, 16),
                ("reloaded", 16, 16),
            )
        },
    }
    mark = stack.mark()
    with Profile() as profile, virtual_display() as display:
        with Desktop(profile, "tests.integration.desktop_story", given, display) as desktop:
            facts = desktop.wait_for_report(300)
            reported = time.monotonic()
            exit_code = desktop.wait_for_exit(60)
            exit_seconds = time.monotonic() - reported
            survivors = _session(desktop.pid)
        secrets = [secret.encode() for secret in stack.secrets()]
        code = profile.folder / "profiles" / "default" / "python"
        files = [f for f in profile.folder.rglob("*") if f.is_file() and code not in f.parents]
        leaking = [str(f) for f in files if any(s in f.read_bytes() for s in secrets)]
    yield Run(
        facts=facts,
        given=given,
        pixels=pixels,
        requests=stack.swift_requests(since=mark, within=container),
        stack=stack,
        exit_code=exit_code,
        exit_seconds=exit_seconds,
        survivors=survivors,
        files_with_secrets=leaking,
    )


def _squares() -> Any:
    """Squares of random colours: wherever a map is sampled within one, its colour is known."""
    count = _SIZE // _SQUARE
    random = np.random.default_rng(7)
    colors = random.integers(0, 256, (count, count, 3), dtype=np.uint8)
    return colors.repeat(_SQUARE, axis=0).repeat(_SQUARE, axis=1)


def _write(pixels: Any, path: Path) -> Path:
    dataset = gdal.GetDriverByName("GTiff").Create(str(path), _SIZE, _SIZE, 3, gdal.GDT_Byte)
    dataset.SetGeoTransform((_WEST, _PIXEL, 0, _NORTH, 0, -_PIXEL))
    system = osr.SpatialReference()
    system.ImportFromEPSG(32631)
    dataset.SetProjection(system.ExportToWkt())
    for band in range(3):
        dataset.GetRasterBand(band + 1).WriteRaster(
            0, 0, _SIZE, _SIZE, pixels[:, :, band].tobytes()
        )
    return path


def _view(column: int, row: int) -> dict[str, Any]:
    """A quarter of the raster, never the same, so that it can't come from a cache."""
    side = 16 * _SQUARE * _PIXEL
    west, north = _WEST + column * _SQUARE * _PIXEL, _NORTH - row * _SQUARE * _PIXEL
    centers = [(i + 0.5) * _SQUARE * _PIXEL for i in (1, 6, 9, 14)]
    return {
        "extent": [west, north - side, west + side, north],
        "points": [[west + x, north - y] for x in centers for y in centers],
    }


def _session(pid: int) -> list[str]:
    """The processes that are left of a session that a process led."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = stat.read_text().rpartition(")")
        except OSError:
            continue  # it has ended by now
        state, _, _, session = rest.split()[:4]
        if session == str(pid) and state != "Z":
            found.append(name)
    return found


def test_the_panel_lists_containers_folders_and_objects(run: Run) -> None:
    assert run.facts["top"] == ["scenes"]
    assert run.facts["folder"] == ["été 1.tif"]


def test_a_double_clicked_object_is_drawn_pixel_by_pixel(run: Run) -> None:
    assert run.facts["added"] == run.expected("added")


def test_a_saved_project_holds_the_objects_url_and_no_secret(run: Run) -> None:
    saved = Path(run.given["project"]).read_text()
    url = f"{run.stack.storage_url()}/{run.given['container']}/scenes/2026/%C3%A9t%C3%A9%201.tif"
    assert f"/vsicurl/{url}" in saved
    gateway = urlsplit(parse_qs(run.facts["running"].partition("?")[2])["url"][0])
    assert gateway.hostname == "127.0.0.1"
    assert f":{gateway.port}" not in saved
    assert gateway.path.split("/")[1] not in saved
    assert not [secret for secret in run.stack.secrets() if secret in saved]
    assert "gAAAA" not in saved  # how a Keystone token begins
    assert "demo-openrc" not in saved


def test_a_reopened_project_draws_again(run: Run) -> None:
    assert run.facts["reopened_is_valid"]
    assert "127.0.0.1" in run.facts["reopened_running"]
    assert run.facts["reopened"] == run.expected("reopened")


def test_qgis_asks_before_it_closes_over_a_transfer_also_after_a_reload(run: Run) -> None:
    asked, *buttons = run.facts["asked_at_exit"]
    assert asked == "1 transfer is under way. Close QGIS and stop it?"
    assert sorted(buttons) == ["Cancel", "Close QGIS"]
    assert run.facts["open_after_cancel"]


def test_an_open_layer_outlives_the_plugin(run: Run) -> None:
    assert run.facts["unloaded"] == run.expected("unloaded")
    assert run.facts["reloaded"] == run.expected("reloaded")


def test_unloading_takes_everything_out_and_loading_puts_it_back_once(run: Run) -> None:
    assert run.facts["providers"] == ["cogbrowser"]
    assert run.facts["unloaded_providers"] == []
    assert run.facts["reloaded_providers"] == ["cogbrowser"]
    assert run.facts["reloaded_docks"] == 1


def test_a_project_saved_after_a_reload_is_the_same(run: Run) -> None:
    before = Path(run.given["project"]).read_text()
    after = Path(run.given["project_after_reload"]).read_text()
    gateway = urlsplit(parse_qs(run.facts["running"].partition("?")[2])["url"][0])
    assert f":{gateway.port}" not in after
    assert after.count("/vsicurl/") == before.count("/vsicurl/")


def test_qgis_ends_at_once_and_leaves_no_process(run: Run) -> None:
    assert run.exit_code == 0
    assert run.exit_seconds < _EXIT_SECONDS
    assert run.survivors == []


def test_nothing_is_written_to_the_store(run: Run) -> None:
    assert run.requests
    assert {request.method for request in run.requests} <= {"GET", "HEAD"}


def test_no_file_of_the_profile_holds_a_secret(run: Run) -> None:
    assert run.files_with_secrets == []
