# SPDX-License-Identifier: GPL-2.0-or-later
"""A project of ten layers in a real QGIS desktop while one of its three stores goes and comes.

QGIS is started once and plays `outage_story`; the tests look at what it reports.
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from osgeo import gdal, osr

from cog_browser.storage.connection import Connection
from cog_browser.storage.stores import open_store
from scripts.demo.desktop import Desktop, Profile, virtual_display
from tests.integration.project_files import saved_connection, write_project
from tests.support.faults import Fault
from tests.support.faulty_store import FaultyStore
from tests.support.stack_client import Stack

_WIDTH, _HEIGHT, _PIXEL = 2000, 500, 10
_WEST, _NORTH = 500_000, 5_000_000
_FAULTS = {"lost": Fault(delay_s=600), "refusing": Fault(refuse=True), "silent": Fault(delay_s=13)}
_WRITES = ("PUT", "POST", "DELETE")
_NAMES = [f"{['near', 'other', 'far'][number % 3]} {number}" for number in range(10)]
_FAR = [name for name in _NAMES if name.startswith("far")]


@pytest.fixture(scope="module")
def facts(stack: Stack, tmp_path_factory: pytest.TempPathFactory, qgis_app: Any) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("outage")
    faulty = FaultyStore(stack)
    environments = {
        "near": stack.environment("demo"),
        "other": stack.environment("calibration"),
        "far": faulty.environment("demo"),
    }
    accounts, sources, files = {}, {}, {}
    for name, environment in environments.items():
        connection, credentials = Connection.from_environment(environment)
        store = open_store(connection, credentials)
        container = store.create_container(stack.unique_name("outage")).name
        for layer in [x for x in _NAMES if x.startswith(name)]:
            files[layer] = _write(folder / f"{layer}.tif", _NAMES.index(layer))
            store.upload(files[layer], container, f"{layer}.tif")
            sources[layer] = store.source(container, f"{layer}.tif")
        store.close()
        connection = dataclasses.replace(connection, id=name, name=name, read_timeout=15)
        accounts[name] = connection, credentials
    project = write_project(folder / "ten.qgs", files, sources)
    windows = {name: _window(number) for number, name in enumerate(_NAMES)}
    given = {
        "folder": str(folder),
        "project": str(project),
        "files": {name: str(file) for name, file in files.items()},
        "credentials": {k: dataclasses.asdict(c) for k, (_, c) in accounts.items()},
        "windows": {
            **windows,
            "all": [_WEST, _NORTH - 5000, _WEST + 10 * _WIDTH * _PIXEL, _NORTH],
            "silent": _window(5, 0.75),
        },
        "steps": _FAR,
    }
    stop = threading.Event()

    written: list[str] = []

    def make_it(what: str) -> None:
        written.extend(r.target for r in faulty.swift.requests if r.method in _WRITES)
        for proxy in (faulty.keystone, faulty.swift):
            proxy.clear()
            if what in _FAULTS:
                proxy.add(_FAULTS[what], times=None)
            elif what == "well":
                proxy.hang_up()
            else:
                for method in _WRITES:
                    refusal = Fault(status=403, body=b"<html>Access was denied.</html>")
                    faulty.swift.add(refusal, method=method, times=None)

    def obey() -> None:
        while not stop.wait(0.05):
            wanted = folder / "wanted"
            if wanted.exists() and (what := wanted.read_text()):
                wanted.write_text("")
                make_it(what)
                (folder / "is").write_text(what)

    faulty.clear()
    make_it("lost")
    threading.Thread(target=obey, daemon=True).start()
    try:
        with Profile() as profile, virtual_display() as display:
            for name, (connection, _) in accounts.items():
                source = next(s for layer, s in sources.items() if layer.startswith(name))
                saved_connection(profile, connection, source, "")
            story = "tests.integration.outage_story"
            with Desktop(profile, story, given, display) as desktop:
                found = desktop.wait_for_report(300)
                assert desktop.wait_for_exit(60) == 0
        yield {**found, "written": written}
    finally:
        stop.set()
        faulty.stop()


def _write(path: Path, number: int) -> Path:
    """A COG of noise, each to the right of the one before."""
    random = np.random.default_rng(number)
    pixels = random.integers(0, 256, (_HEIGHT, _WIDTH), dtype=np.uint8)
    memory = gdal.GetDriverByName("MEM").Create("", _WIDTH, _HEIGHT, 1, gdal.GDT_Byte)
    west = _WEST + number * _WIDTH * _PIXEL
    memory.SetGeoTransform((west, _PIXEL, 0, _NORTH, 0, -_PIXEL))
    system = osr.SpatialReference()
    system.ImportFromEPSG(32631)
    memory.SetProjection(system.ExportToWkt())
    memory.GetRasterBand(1).WriteRaster(0, 0, _WIDTH, _HEIGHT, pixels.tobytes())
    gdal.GetDriverByName("COG").CreateCopy(str(path), memory, options=["BLOCKSIZE=256"])
    return path


def _window(number: int, place: float = 0.25) -> list[float]:
    """A part of a layer at full resolution."""
    west = _WEST + (number + place) * _WIDTH * _PIXEL
    return [west - 2000, _NORTH - 4000, west + 2000, _NORTH - 1000]


def test_the_project_opens_at_once_without_a_question(facts: Any) -> None:
    assert facts["seconds"] < 10  # each of the lost host's time-outs is longer
    assert facts["modal"] == ""
    assert set(facts["opened"].values()) == {"pending"}


def test_layers_of_the_stores_that_answer_draw_while_one_is_lost(facts: Any) -> None:
    seen = facts["far is lost"]
    assert {name: seen["states"][name] for name in _NAMES} == {
        name: "pending" if name in _FAR else "reading" for name in _NAMES
    }
    assert marked(seen) == set(_FAR)
    assert len(seen["said"]) == 1
    assert "3 layers of “far” wait" in seen["said"][0]


def test_all_ten_draw_when_the_server_is_back(facts: Any) -> None:
    assert_well(facts["far is back"])


def test_the_network_lost_during_a_pan_is_told_once_and_in_our_words(facts: Any) -> None:
    seen = facts["lost during a pan"]
    assert {seen["states"][name] for name in _FAR} == {"failing"}
    assert not seen["is right"]
    assert marked(seen) == set(_FAR)
    tool_tips = [text for texts in seen["marks"].values() for text in texts]
    assert len(tool_tips) == len(_FAR)
    assert not [text for text in tool_tips + seen["said"] if "IReadBlock" in text]
    assert len(seen["said"]) == 1
    assert "3 layers of “far” can&#x27;t be read" in seen["said"][0]
    # QGIS did tell: else nothing of the above would be worth a test
    assert [text for text in facts["logged"] if "IReadBlock failed" in text]


def test_the_view_completes_by_itself_when_the_network_is_back(facts: Any) -> None:
    assert_well(facts["back after a pan"])


def test_a_store_that_says_nothing_is_told_of_until_it_speaks_again(facts: Any) -> None:
    seen = facts["silent"]
    silent = {name for name in _NAMES if seen["states"][name] == "silent"}
    assert silent
    assert silent <= set(_FAR)
    assert marked(seen) == silent
    assert all("No answer for 10 s." in seen["marks"][name][0] for name in silent)
    assert any("has sent nothing for 10 s" in text for text in seen["said"])
    assert_well(facts["speaks again"])


def test_layers_of_a_store_that_may_only_be_read_can_be_removed(facts: Any) -> None:
    """GDAL's own path sends a PUT then, whose refusal ends QGIS; the fixture sees its end."""
    assert facts["layers left"] == 0
    assert facts["written"] == []


def test_nothing_raises(facts: Any) -> None:
    assert facts["exceptions"] == []


def marked(seen: Any) -> set[str]:
    return {name for name, tool_tips in seen["marks"].items() if tool_tips}


def assert_well(seen: Any) -> None:
    """Every layer reads, the view is right pixel by pixel, and nothing says otherwise."""
    assert set(seen["states"].values()) == {"reading"}
    assert seen["is right"]
    assert (marked(seen), seen["said"]) == (set(), [])
