# SPDX-License-Identifier: GPL-2.0-or-later
"""Saved projects with private layers, in qgis_process and in a QGIS that is just started."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from osgeo import gdal

from cog_browser.storage.connection import Connection
from cog_browser.storage.stores import open_store
from scripts.demo.desktop import Desktop, Profile, virtual_display
from scripts.stage import ROOT
from tests.integration.project_files import saved_connection, write_project
from tests.support.fault_proxy import FaultProxy
from tests.support.faults import Fault
from tests.support.rasters import make_cog
from tests.support.stack_client import Stack

KEY = "a b/scène.tif"
_POINT = (500_205.0, 4_999_795.0)  # column 20, row 20
_HOME = (
    "import sys; sys.path.insert(0, {root!r})\n"
    "from qgis.core import QgsApplication\n"
    "a = QgsApplication([], False); a.initQgis()\n"
    "assert a.authManager().setMasterPassword('master', True)\n"
    "from cog_browser.adapters.secret_store import SecretStore\n"
    "from cog_browser.storage.credentials import Credentials\n"
    "credentials = Credentials(password=sys.stdin.read())\n"
    "print(SecretStore().save({id!r}, credentials, 'qgis'), flush=True)\n"
    "import os; os._exit(0)\n"
)


@dataclasses.dataclass(frozen=True)
class Scene:
    file: Path
    sources: dict[str, str]  # account → saved form
    containers: list[str]


@pytest.fixture(scope="module")
def scene(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """The same raster in two accounts."""
    file = make_cog(tmp_path_factory.mktemp("scene") / "scene.tif", 300, 200)
    sources, containers = {}, []
    for account in ("demo", "calibration"):
        store = open_store(*Connection.from_environment(stack.environment(account)))
        container = store.create_container(stack.unique_name("projects")).name
        store.upload(file, container, KEY)
        sources[account] = store.source(container, KEY)
        containers.append(container)
        store.close()
    return Scene(file, sources, containers)


@pytest.fixture
def profile() -> Iterator[Profile]:
    with Profile() as made:
        yield made


def write_demo_project(folder: Path, scene: Scene) -> Path:
    demo = {"demo": scene.sources["demo"]}
    return write_project(folder / "p.qgs", {"demo": scene.file}, demo)


def statistics(
    profile: Profile, project: Path, **variables: str
) -> tuple[int, dict[str, Any], str]:
    """What ``qgis_process run native:rasterlayerstatistics`` says of the project's layer."""
    command = ["qgis_process", "--json", "run", "native:rasterlayerstatistics"]
    command += [f"--PROJECT_PATH={project}", "--INPUT=demo", "--BAND=1"]
    environment = profile.environment({**variables, "QT_QPA_PLATFORM": "offscreen"})
    environment["XDG_CONFIG_HOME"] = str(profile.folder)
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    results = json.loads(done.stdout)["results"] if done.returncode == 0 else {}
    return done.returncode, results, done.stderr


def expected(file: Path) -> dict[str, float]:
    dataset = gdal.Open(str(file))  # a band alone would not keep it open
    low, high, mean, _ = dataset.GetRasterBand(1).ComputeStatistics(False)
    return {"MIN": low, "MAX": high, "MEAN": mean}


def test_qgis_process_reads_a_projects_private_layer_with_the_environments_account(
    profile: Profile, scene: Scene, stack: Stack, tmp_path: Path, qgis_app: Any
) -> None:
    project = write_demo_project(tmp_path, scene)
    code, found, said = statistics(profile, project, **stack.environment("demo"))
    assert code == 0, said
    assert {name: found[name] for name in ("MIN", "MAX")} == {
        name: expected(scene.file)[name] for name in ("MIN", "MAX")
    }
    assert found["MEAN"] == pytest.approx(expected(scene.file)["MEAN"])
    assert not [secret for secret in stack.secrets() if secret in said]


def test_qgis_process_reads_it_with_a_saved_connection(
    profile: Profile, scene: Scene, stack: Stack, tmp_path: Path, qgis_app: Any
) -> None:
    project = write_demo_project(tmp_path, scene)
    connection, credentials = Connection.from_openrc(stack.openrc("demo"), "Demo")
    master = tmp_path / "master"
    master.write_text("master")
    variables = {
        "QGIS_AUTH_DB_DIR_PATH": str(profile.folder / "profiles" / "default"),
        "QGIS_AUTH_PASSWORD_FILE": str(master),
    }
    environment = profile.environment({**variables, "QT_QPA_PLATFORM": "offscreen"})
    code = _HOME.format(root=str(ROOT), id=connection.id)
    kept = subprocess.run(
        [sys.executable, "-c", code],
        env={**environment, "XDG_CONFIG_HOME": str(tmp_path)},
        input=credentials.password,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert "qgis" in kept.stdout.split(), kept.stderr
    saved_connection(profile, connection, scene.sources["demo"], "qgis")
    code, found, said = statistics(profile, project, **variables)
    assert code == 0, said
    assert found["MAX"] == expected(scene.file)["MAX"]


def test_qgis_process_says_why_a_private_layer_can_not_be_read(
    profile: Profile, scene: Scene, stack: Stack, tmp_path: Path, qgis_app: Any
) -> None:
    project = write_demo_project(tmp_path, scene)
    code, _, said = statistics(profile, project)
    assert code != 0
    assert "There is no connection for the account http" in said


def test_a_desktop_opens_what_it_can_not_read_at_once_and_reads_it_after_a_sign_in(
    profile: Profile,
    scene: Scene,
    stack: Stack,
    tmp_path: Path,
    qgis_app: Any,
    fault_proxy: Callable[..., FaultProxy],
) -> None:
    hole = fault_proxy(answer=Fault(delay_s=60))
    lost = f"/vsicurl/{hole.url}/v1/AUTH_lost/c/lost.tif"
    sources = {**scene.sources, "lost": lost}
    project = write_project(tmp_path / "three.qgs", dict.fromkeys(sources, scene.file), sources)
    connection, _ = Connection.from_openrc(stack.openrc("demo"), "Demo")
    saved_connection(profile, connection, scene.sources["demo"], "")
    far = dataclasses.replace(connection, id="far", name="Far", auth_url=f"{hole.url}/v3")
    saved_connection(profile, far, lost, "")
    given = {
        "project": str(project),
        "written": str(tmp_path / "written.qgs"),
        "outer": str(tmp_path / "outer.qgs"),
        "count": 3,
        "point": _POINT,
        "openrc": {
            "Demo": str(stack.openrc("demo")),
            "Calibration": str(stack.openrc("calibration")),
        },
        "alive": ["demo", "calibration"],
    }
    mark = stack.mark()
    with (
        virtual_display() as display,
        Desktop(profile, "tests.integration.pending_story", given, display, project) as desktop,
    ):
        facts = desktop.wait_for_report(300)
        assert desktop.wait_for_exit(60) == 0
    for states in (facts["from command line"], facts["opened"]):
        assert [states[name][0] for name in sources] == ["pending"] * 3
        assert states["demo"][1] == "It waits for a sign-in to “Demo”."
        said = "It belongs to an account that isn't set up here: "
        assert states["calibration"][1].startswith(said)
    assert facts["seconds"] < 10
    assert set(facts["modal"]) == {""}
    value = gdal.Open(str(scene.file)).ReadAsArray(20, 20, 1, 1)[0, 0]
    assert facts["sampled"] == {"demo": value, "calibration": value}
    assert facts["embedded"] == {"demo": value}
    assert facts["alive"]["lost"][0] == "pending"
    written = Path(given["written"]).read_text()
    assert all(f"<datasource>{source}</datasource>" in written for source in sources.values())
    assert "vsimem" not in written
    for container in scene.containers:
        requests = stack.swift_requests(since=mark, within=container)
        assert {r.method for r in requests} <= {"GET", "HEAD"}
