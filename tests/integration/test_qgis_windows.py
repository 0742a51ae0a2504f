# SPDX-License-Identifier: GPL-2.0-or-later
"""QGIS's own Browser panel and Data Source Manager in a real QGIS, on the real object store.

QGIS is started once and plays `qgis_windows_story`; the tests look at what it reports.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from osgeo import gdal, osr

from scripts.demo.desktop import Desktop, Profile, virtual_display
from tests.support.stack_client import Request, Stack

_MANY = 510  # a few more than QGIS is given at once
_KEYS = ("a.tif", "b.tif", "<i>c &#?% é.tif")


@dataclass(frozen=True)
class Run:
    facts: dict[str, Any]
    container: str
    requests: list[Request]
    exit_code: int


@pytest.fixture(scope="module")
def run(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    container = stack.unique_name("windows")
    cog = _cog(tmp_path_factory.mktemp("windows") / "munich.tif")
    with closing(stack.connection("demo")) as connection:
        connection.put_container(container)
        for key in _KEYS:
            connection.put_object(container, key, cog, content_type="image/tiff")
        for number in range(_MANY):
            connection.put_object(container, f"many/{number:05}.tif", b"")
    given = {
        "openrc": str(stack.openrc("demo")),
        "container": container,
        "url": f"{stack.storage_url()}/{container}/{quote(_KEYS[-1])}",
        "pictures": "",  # a folder for what the screen shows on the way
    }
    mark = stack.mark()
    name = "tests.integration.qgis_windows_story"
    with (
        Profile() as profile,
        virtual_display() as display,
        Desktop(profile, name, given, display) as desktop,
    ):
        facts = desktop.wait_for_report(300)
        exit_code = desktop.wait_for_exit(60)
    requests = stack.swift_requests(since=mark, within=container)
    yield Run(facts=facts, container=container, requests=requests, exit_code=exit_code)


def _cog(path: Path) -> bytes:
    memory = gdal.GetDriverByName("MEM").Create("", 512, 512, 1, gdal.GDT_Byte)
    memory.SetGeoTransform((690000, 10, 0, 5340000, 0, -10))
    system = osr.SpatialReference()
    system.ImportFromEPSG(32632)
    memory.SetProjection(system.ExportToWkt())
    gdal.GetDriverByName("COG").CreateCopy(str(path), memory)
    return path.read_bytes()


def test_the_browser_panel_lists_names_as_plain_text(run: Run) -> None:
    assert sorted(run.facts["rows"]) == sorted([*_KEYS, "many"])
    assert run.facts["many"] == 501  # and “More…”


def test_qgis_s_own_ways_to_add_a_layer_add_it_once_and_in_a_worker(run: Run) -> None:
    assert run.facts["double_clicked"] == ["a.tif"]
    assert run.facts["button"] == ["a.tif", "a.tif", "b.tif"]
    assert run.facts["dropped"] == ["a.tif", "a.tif", "a.tif", "b.tif", "b.tif"]
    assert run.facts["built_on_the_gui_thread"] == [False] * 6
    assert all("url=http%3A%2F%2F127.0.0.1" in source for source in run.facts["sources"])


def test_the_menu_of_an_object_has_qgis_s_entries_and_ours(run: Run) -> None:
    assert run.facts["menu"] == [
        "Open in the COG Browser panel",
        "Copy URL",
        "Add Layer to Project",
        "Layer Properties…",
    ]


def test_the_data_source_manager_adds_what_an_address_means(run: Run) -> None:
    assert run.facts["meaning"].startswith("“<i>c &#?% é.tif” in container “windows-")
    assert "<i>c &#?% é.tif" in run.facts["from_page"]
    assert len(run.facts["from_page"]) == 6


def test_the_panel_is_behind_its_button_and_in_both_menus(run: Run) -> None:
    for way in ("toolbar", "panels", "raster_menu"):
        assert sorted(run.facts[way]) == [False, True], way


def test_a_reload_leaves_one_entry_each_also_while_it_lists(run: Run) -> None:
    assert run.facts["reloads"] == [[0, 0], [1, 1]] * 3
    assert sorted(run.facts["rows_after"]) == sorted([*_KEYS, "many"])


def test_nothing_goes_wrong_and_qgis_ends_while_it_lists(run: Run) -> None:
    assert run.facts["errors"] == []
    assert run.exit_code == 0


def test_nothing_is_written_to_the_store(run: Run) -> None:
    own = [request for request in run.requests if run.container in request.path]
    assert own
    assert {request.method for request in own} <= {"GET", "HEAD"}
