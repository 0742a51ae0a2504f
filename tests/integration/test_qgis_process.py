# SPDX-License-Identifier: GPL-2.0-or-later
"""The staged plugin in the real ``qgis_process``, against the real object store."""

from __future__ import annotations

import dataclasses
import json
import os
import resource
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from osgeo import gdal, osr
from qgis.PyQt.QtCore import QSettings

from cog_browser.storage.connection import Connection
from cog_browser.storage.object_names import COG_CONTENT_TYPE
from cog_browser.storage.stores import open_store
from tests.integration.project_files import write_project
from tests.integration.store_accounts import account_in, make_public
from tests.support.object_servers import Server
from tests.support.stack_client import ROOT, Stack

_UNREACHABLE = "http://127.0.0.1:9/v3"  # "discard": nobody listens there
_SIZE = (900, 700)  # of the raster: 2.5 MB that don't compress


@dataclasses.dataclass(frozen=True)
class Run:
    code: int
    stdout: str
    stderr: str

    @property
    def results(self) -> dict[str, str]:
        rows = self.stdout.partition("Results\n")[2].splitlines()
        return dict(row.split(":\t", 1) for row in rows if ":\t" in row)

    @property
    def sentences(self) -> set[str]:
        """What was said on stderr; QGIS says each error three times."""
        lines = (line.removeprefix("ERROR:").strip() for line in self.stderr.splitlines())
        return {line for line in lines if line}


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A QGIS profile with nothing but the staged plugin, enabled."""
    folder = tmp_path_factory.mktemp("qgis")
    plugins = folder / "profiles" / "default" / "python" / "plugins"
    plugins.mkdir(parents=True)
    stage = [sys.executable, str(ROOT / "scripts" / "stage.py"), str(plugins)]
    subprocess.run(stage, check=True, capture_output=True)
    enabled = _qgis_process(folder, folder, {}, "plugins", "enable", "cog_browser")
    assert enabled.code == 0, enabled.stderr
    return folder


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """Where QGIS and the plugin put temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    return folder


@pytest.fixture
def run(profile: Path, temporary: Path, stack: Stack) -> Callable[..., Run]:
    """Runs an algorithm; checks that no secret is shown and no temporary file left."""

    def run(
        algorithm: str,
        *,
        variables: dict[str, str] | None = None,
        prefix: tuple[str, ...] = (),
        limit: int | None = None,
        flags: tuple[str, ...] = (),
        **parameters: Any,
    ) -> Run:
        environment = {**stack.environment("demo"), **(variables or {})}
        arguments = [f"--{name}={value}" for name, value in parameters.items()]
        arguments = [*flags, "run", f"cogbrowser:{algorithm}", *arguments]
        done = _qgis_process(
            profile, temporary, environment, *arguments, prefix=prefix, limit=limit
        )
        secrets = stack.secrets() | {environment["OS_PASSWORD"]}
        assert not [s for s in secrets if s in done.stdout + done.stderr]
        assert not [p for p in temporary.rglob("*") if not p.is_dir()]
        return done

    return run


def _qgis_process(
    profile: Path,
    temporary: Path,
    environment: dict[str, str],
    *arguments: str,
    prefix: tuple[str, ...] = (),
    limit: int | None = None,
) -> Run:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OS_", "PYTHON", "QGIS", "QT_", "VIRTUAL_ENV", "XDG_"))
    }

    def limit_file_size() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = subprocess.run(
        [*prefix, "qgis_process", *arguments],
        env={
            **inherited,
            "QGIS_CUSTOM_CONFIG_PATH": str(profile),
            "QT_QPA_PLATFORM": "offscreen",
            "XDG_RUNTIME_DIR": str(profile),
            "TMPDIR": str(temporary),
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        preexec_fn=limit_file_size,
    )
    return Run(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def rasters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``dem.tif`` in UTM metres with nodata, ``nowhere.tif`` without a CRS."""
    folder = tmp_path_factory.mktemp("rasters")
    crs = osr.SpatialReference()
    crs.ImportFromEPSG(32633)
    pixels = np.random.default_rng(1).random((_SIZE[1], _SIZE[0]), dtype=np.float32)
    pixels[:9, :9] = -9999
    for name, wkt in (("dem.tif", crs.ExportToWkt()), ("nowhere.tif", "")):
        dataset = gdal.GetDriverByName("GTiff").Create(
            str(folder / name), *_SIZE, 1, gdal.GDT_Float32
        )
        dataset.SetGeoTransform((400000.0, 10.0, 0.0, 5000000.0, 0.0, -10.0))
        dataset.SetProjection(wkt)
        band = dataset.GetRasterBand(1)
        band.SetNoDataValue(-9999)
        band.WriteArray(pixels)
        band = dataset = None
    return folder


@pytest.fixture
def container(stack: Stack) -> str:
    name = stack.unique_name()
    stack.connection().put_container(name)
    return name


def _keys(stack: Stack, container: str) -> list[str]:
    return [row["name"] for row in stack.connection().get_container(container)[1]]


def _files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_publishes_pixels_unchanged_and_lists_and_validates_them(
    run: Callable[..., Run], rasters: Path, container: str, stack: Stack, tmp_path: Path
) -> None:
    target = {"CONNECTION": "env", "CONTAINER": container}

    file = tmp_path / "report.json"
    published = run("publishcog", INPUT=rasters / "dem.tif", KEY="a b/ü/", REPORT=file, **target)
    assert published.code == 0, published
    results = published.results
    url = f"{stack.storage_url()}/{container}/a%20b/%C3%BC/dem.tif"
    assert results["SOURCE"] == f"/vsicurl/{url}"
    assert results["PIXELS"] == "identical"
    assert max(map(len, results.values())) < 300
    assert json.loads(Path(results["REPORT"]).read_text(encoding="utf-8"))["is_valid"] is True
    assert not published.stderr.strip()

    headers, body = stack.connection().get_object(container, "a b/ü/dem.tif")
    assert headers["etag"] == results["ETAG"]
    assert headers["content-type"] == COG_CONTENT_TYPE
    assert len(body) == int(results["SIZE"])
    copy = tmp_path / "copy.tif"
    copy.write_bytes(body)
    bands = [gdal.Open(str(path)) for path in (rasters / "dem.tif", copy)]
    source, result = (dataset.GetRasterBand(1) for dataset in bands)
    assert result.Checksum() == source.Checksum()
    assert result.GetNoDataValue() == source.GetNoDataValue()
    np.testing.assert_array_equal(result.ReadAsArray(), source.ReadAsArray())

    again = run("publishcog", INPUT=rasters / "dem.tif", KEY="a b/ü/dem.tif", **target)
    assert again.code != 0
    (sentence,) = again.sentences
    assert "it exists already. Choose another key, or allow overwriting." in sentence

    table = tmp_path / "objects.csv"
    listed = run("listobjects", PREFIX="a b/", OUTPUT=table, **target)
    assert (listed.results["COUNT"], listed.results["SIZE"]) == ("1", results["SIZE"])
    assert results["SOURCE"] in table.read_text(encoding="utf-8")

    validated = run("validatecog", KEY="a b/ü/dem.tif", **target)
    assert (validated.code, validated.results["VALID"], validated.results["ERRORS"]) == (
        0, "true", "0",
    )  # fmt: skip


def test_publishes_a_folder_and_skips_it_the_next_time(
    run: Callable[..., Run], rasters: Path, container: str, stack: Stack, tmp_path: Path
) -> None:
    folder = tmp_path / "scenes"
    (folder / "ü").mkdir(parents=True)
    shutil.copy(rasters / "dem.tif", folder / "a b.tif")
    shutil.copy(rasters / "dem.tif", folder / "ü")
    shutil.copy(rasters / "nowhere.tif", folder)
    state = tmp_path / "state"
    parameters = {"FOLDER": folder, "CONNECTION": "env", "CONTAINER": container, "JOBS": 2}
    table = tmp_path / "table.csv"

    done = run(
        "publishfolder",
        variables={"XDG_STATE_HOME": str(state)},
        PREFIX="2026",
        OUTPUT=table,
        **parameters,
    )

    assert done.code == 0, done
    assert [done.results[name] for name in ("DONE", "FAILED", "SKIPPED")] == ["2", "1", "0"]
    assert _keys(stack, container) == ["2026/a b.tif", "2026/ü/dem.tif"]
    rows = table.read_text(encoding="utf-8").splitlines()
    assert any("failed" in row and "no coordinate reference system" in row for row in rows)
    assert rows[0] == "path,key,state,message,etag"
    assert len(rows) == 4
    (journal,) = [path for path in state.rglob("*") if path.is_file()]
    assert journal.stat().st_mode & 0o777 == 0o600
    assert stack.environment("demo")["OS_PASSWORD"] not in journal.read_text()

    again = run(
        "publishfolder",
        variables={"XDG_STATE_HOME": str(state)},
        PREFIX="2026",
        OUTPUT=table,
        **parameters,
    )
    assert [again.results[name] for name in ("DONE", "FAILED", "SKIPPED")] == ["0", "1", "2"]


def test_a_raster_that_is_no_cog_is_a_result_not_a_failure(
    run: Callable[..., Run], rasters: Path, tmp_path: Path
) -> None:
    path = Path(shutil.copy(rasters / "dem.tif", tmp_path))
    gdal.Open(str(path)).BuildOverviews("AVERAGE", [2])  # in a file of their own
    page = tmp_path / "report.html"

    done = run("validatecog", INPUT=path, OUTPUT_HTML=page)

    assert (done.code, done.results["VALID"]) == (0, "false"), done
    report = json.loads(done.results["REPORT"])
    assert len(report["errors"]) == int(done.results["ERRORS"]) > 0
    assert "Not a valid COG" in page.read_text(encoding="utf-8")


@dataclasses.dataclass(frozen=True)
class Failure:
    """A run that must fail: what differs from a good one, and what the user reads."""

    says: tuple[str, ...]
    algorithm: str = "publishcog"
    raster: str = "dem.tif"
    variables: dict[str, str] = dataclasses.field(default_factory=dict)
    parameters: dict[str, str] = dataclasses.field(default_factory=dict)
    limit: int | None = None


_FAILURES = {
    "wrong password": Failure(
        ("refuses to sign you in", "check all three"), variables={"OS_PASSWORD": "wrong-secret"}
    ),
    "no environment": Failure(
        ("The environment describes no account", "Source your openrc.sh"),
        variables={"OS_AUTH_URL": ""},
    ),
    "unknown connection": Failure(
        ("There is no connection “work”",), parameters={"CONNECTION": "work"}
    ),
    "missing container": Failure(
        ("there is no container “not-there”. Create it first: “New",),
        parameters={"CONTAINER": "not-there"},
    ),
    "object that is not there": Failure(
        ("“none.tif”", "it does not exist (404)"),
        algorithm="validatecog",
        raster="",
        parameters={"KEY": "none.tif"},
    ),
    "raster without CRS": Failure(
        ("nowhere.tif has no coordinate reference system; assign one",), raster="nowhere.tif"
    ),
    "file too large for the system": Failure(
        ("No room for", "File too large", "free some space"), limit=1_000_000
    ),
}


@pytest.mark.parametrize("failure", _FAILURES.values(), ids=_FAILURES)
def test_an_error_is_one_clear_sentence_and_leaves_nothing(
    failure: Failure, run: Callable[..., Run], rasters: Path, container: str, stack: Stack
) -> None:
    stack.connection().put_object(container, "notes.txt", "not a raster")
    before = _files(rasters)
    parameters = {"CONNECTION": "env", "CONTAINER": container, "KEY": "dem.tif"}
    if failure.raster:
        parameters["INPUT"] = str(rasters / failure.raster)

    done = run(
        failure.algorithm,
        variables=failure.variables,
        limit=failure.limit,
        **{**parameters, **failure.parameters},
    )

    assert done.code != 0
    (sentence,) = done.sentences
    assert all(part in sentence for part in failure.says), sentence
    assert "Results" not in done.stdout
    assert _keys(stack, container) == ["notes.txt"]
    assert _files(rasters) == before


def test_a_disk_that_gets_full_while_converting_stops_before_the_upload(
    run: Callable[..., Run], rasters: Path, container: str, stack: Stack, temporary: Path
) -> None:
    # 2 MB pass for enough by a sample of the pixels, and are not
    mount = ["unshare", "--mount", "sh", "-c"]
    mount += ['mount -t tmpfs -o size=2000k tmpfs "$TMPDIR" && "$@"; code=$?; ls -A "$TMPDIR" >&2']
    mount[-1] += "; exit $code"
    done = run(
        "publishcog",
        prefix=(*mount, "sh"),
        INPUT=rasters / "dem.tif",
        CONNECTION="env",
        CONTAINER=container,
        KEY="dem.tif",
    )

    assert done.code != 0
    (sentence,) = done.sentences  # with the names of left-over files, were there any
    assert "No room for" in sentence
    assert "No space left on device" in sentence
    assert _keys(stack, container) == []


def test_no_secret_is_on_a_command_line_in_the_profile_or_handed_on_to_a_child(
    run: Callable[..., Run],
    profile: Path,
    rasters: Path,
    container: str,
    stack: Stack,
    temporary: Path,
    tmp_path: Path,
) -> None:
    source = f"/vsicurl/{stack.storage_url()}/{container}/dem.tif"
    project = write_project(tmp_path / "p.qgs", {"demo": rasters / "dem.tif"}, {"demo": source})
    seen: dict[str, tuple[str, str]] = {}
    done = threading.Event()

    def watch() -> None:
        """Note the command line and environment of qgis_process and of all that it starts."""
        while not done.wait(0.02):
            for process in Path("/proc").glob("[0-9]*"):
                try:
                    environment = (process / "environ").read_text(errors="replace")
                    command = (process / "cmdline").read_text(errors="replace")
                except OSError:  # it has ended meanwhile
                    continue
                if f"QGIS_CUSTOM_CONFIG_PATH={profile}" in environment:
                    seen[process.name] = (command, environment)

    watcher = threading.Thread(target=watch)
    watcher.start()
    target = {"CONNECTION": "env", "CONTAINER": container, "KEY": "dem.tif"}
    variables = {"OS_TOKEN": "planted-token"}
    try:
        assert run("publishcog", INPUT=rasters / "dem.tif", variables=variables, **target).code == 0
        assert run("validatecog", variables=variables, **target).code == 0
        statistics = _qgis_process(
            profile,
            temporary,
            {**stack.environment("demo"), **variables},
            "run",
            "native:rasterlayerstatistics",
            f"--PROJECT_PATH={project}",
            "--INPUT=demo",
            "--BAND=1",
        )
        assert statistics.code == 0
    finally:
        done.set()
        watcher.join()
    secrets = {stack.environment("demo")["OS_PASSWORD"], "planted-token"}
    commands = [command for command, _ in seen.values()]
    assert any("cogbrowser:publishcog" in command for command in commands), commands
    children = [about for about in seen.values() if "read_gateway" in about[0]]
    assert children
    files = [path.read_bytes() for path in profile.rglob("*") if path.is_file()]
    for secret in secrets:
        assert not [command for command in commands if secret in command]
        assert not [environment for _, environment in children if secret in environment]
        assert not [content for content in files if secret.encode() in content]


def test_checks_a_server_and_writes_a_report(
    run: Callable[..., Run], rasters: Path, container: str, stack: Stack, tmp_path: Path
) -> None:
    store = stack.connection()
    store.put_object(container, "dem.tif", (rasters / "dem.tif").read_bytes())
    url, page = f"{stack.storage_url()}/{container}/dem.tif", tmp_path / "server.html"

    private = run("checkserver", URL=url)
    assert private.code == 0  # a server that doesn't give the file is a result
    assert private.results["OK"] == "false"
    assert [f["id"] for f in json.loads(private.results["REPORT"])["errors"]] == ["H-STATUS"]

    store.post_container(
        container,
        {"X-Container-Read": ".r:*", "X-Container-Meta-Access-Control-Allow-Origin": "*"},
    )
    public = run("checkserver", URL=url, OUTPUT_HTML=page)
    assert public.code == 0
    assert public.results["OK"] == "true"
    assert public.results["OUTPUT_HTML"] == str(page)
    report = json.loads(public.results["REPORT"])
    assert report["server"] == "Swift"
    assert report["web_ready"] is True
    assert "Ready for QGIS, GDAL and web maps" in page.read_text(encoding="utf-8")

    unreachable = run("checkserver", URL=_UNREACHABLE)
    assert unreachable.code != 0
    assert any("refused the connection" in said for said in unreachable.sentences)


@pytest.fixture
def maps(profile: Path, amazon: Server) -> Iterator[str]:
    """The name of a saved connection of kind “gs” that reads what is public."""
    connection = Connection("Maps", kind="gs", auth_mode="anonymous", endpoint=amazon.url)
    ini = profile / "profiles" / "default" / "QGIS" / "QGIS3.ini"
    settings = QSettings(str(ini), QSettings.Format.IniFormat)
    group = f"plugins/cog_browser/connections/items/{connection.id}"
    settings.setValue(f"{group}/definition", json.dumps(connection.to_dict()))
    settings.sync()
    yield connection.name
    settings.remove(group)
    settings.sync()


def test_makes_a_manifest_for_earth_engine(
    run: Callable[..., Run],
    rasters: Path,
    maps: str,
    amazon: Server,
    stack: Stack,
    tmp_path: Path,
) -> None:
    cog, target = tmp_path / "cog.tif", tmp_path / "manifest.json"
    converted = run("converttocog", INPUT=rasters / "dem.tif", PROFILE="earth-engine", OUTPUT=cog)
    assert converted.code == 0, converted.stderr
    bucket = stack.unique_name("ee")
    with closing(open_store(*account_in("gs-moto", amazon))) as store:
        store.create_container(bucket)
        store.upload(cog, bucket, "dem/20240131.tif")
    make_public(amazon, f"gs://{bucket}/dem/20240131.tif")
    made = run(
        "earthenginemanifest",
        CONNECTION=maps,
        INPUTS=f"gs://{bucket}/dem/20240131.tif",
        ASSET="projects/my-project/assets/dem",
        BANDS="height=0:0",
        OUTPUT=target,
    )
    assert made.code == 0, made.stderr
    assert made.results["OUTPUT"] == str(target)
    assert made.results["READY"] == "true"
    assert json.loads(target.read_text()) == {
        "name": "projects/my-project/assets/dem",
        "tilesets": [{"id": "0", "sources": [{"uris": [f"gs://{bucket}/dem/20240131.tif"]}]}],
        "bands": [{"id": "height", "tilesetId": "0", "tilesetBandIndex": 0}],
        "missingData": {"values": [-9999]},
        "startTime": "2024-01-31T00:00:00Z",
        "endTime": "2024-02-01T00:00:00Z",
    }
    assert json.loads(made.results["REPORT"])["manifest"] == json.loads(target.read_text())
    assert f"earthengine upload external_image --manifest {target}" in made.stdout

    target.unlink()
    wrong = run(
        "earthenginemanifest",
        CONNECTION=maps,
        INPUTS=f"gs://{bucket}/dem/20240131.tif",
        ASSET="dem",
        OUTPUT=target,
    )
    assert wrong.code != 0
    assert any("“dem” is no name of an asset" in said for said in wrong.sentences)
    assert not target.exists()


def test_nothing_is_left_beside_a_source(
    run: Callable[..., Run], rasters: Path, tmp_path: Path
) -> None:
    """QGIS itself opens a raster parameter as a layer, and keeps its statistics in an .aux.xml."""
    folder = tmp_path / "mine"
    folder.mkdir()
    source = Path(shutil.copy(rasters / "dem.tif", folder))
    assert run("converttocog", INPUT=source, OUTPUT=tmp_path / "cog.tif").code == 0
    assert _files(folder) == ["dem.tif"]


def test_downloads_a_prefix_and_goes_on_the_next_time(
    run: Callable[..., Run], container: str, stack: Stack, tmp_path: Path
) -> None:
    bodies = {f"a b/{name}": os.urandom(90_000) for name in ("ü.bin", "sub/b.bin")}
    for key, body in bodies.items():
        stack.connection().put_object(container, key, body)
    target = {"CONNECTION": "env", "CONTAINER": container, "KEYS": "a b/", "OUTPUT": tmp_path / "x"}
    done = run("download", **target)
    assert done.code == 0, done.stderr
    assert (done.results["COUNT"], done.results["SIZE"]) == ("2", "180000")
    for key, body in bodies.items():
        assert (tmp_path / "x" / key.removeprefix("a b/")).read_bytes() == body
    again = run("download", **target)
    assert (again.results["COUNT"], again.results["SKIPPED"]) == ("0", "2")
    (tmp_path / "x" / "ü.bin").write_bytes(b"mine")
    refused = run("download", **target)
    assert refused.code != 0
    (sentence,) = refused.sentences
    assert "would be replaced. Choose another folder, or allow overwriting." in sentence


def test_shares_an_object_by_a_link_that_only_the_file_holds(
    run: Callable[..., Run], container: str, stack: Stack, tmp_path: Path
) -> None:
    store = stack.connection()
    store.put_object(container, "a b/ü.tif", b"pixels")
    file = tmp_path / "link.txt"
    target = {"CONNECTION": "env", "CONTAINER": container, "KEY": "a b/ü.tif", "OUTPUT": file}

    refused = run("sharelink", **target)
    assert refused.code != 0
    assert any("has no key for links yet" in said for said in refused.sentences)
    assert any("CREATE_KEY" in said for said in refused.sentences)
    assert not file.exists()

    done = run("sharelink", EXPIRES_IN=600, CREATE_KEY=True, **target)
    assert done.code == 0, done
    assert done.results == {"OUTPUT": str(file)}
    assert file.stat().st_mode & 0o777 == 0o600
    link = file.read_text(encoding="utf-8").strip()
    with stack.session() as session:
        assert session.get(link, timeout=60).content == b"pixels"
    assert "temp_url_sig=" in link
    assert "temp_url_sig" not in done.stdout + done.stderr


def test_what_is_printed_is_short_and_programs_get_the_whole(
    run: Callable[..., Run], rasters: Path, container: str, stack: Stack
) -> None:
    stack.connection().put_object(container, "dem.tif", (rasters / "dem.tif").read_bytes())
    target = {"CONNECTION": "env", "CONTAINER": container, "KEY": "dem.tif"}
    for algorithm, part in (("validatecog", "structure"), ("checkserver", "exchanges")):
        printed = run(algorithm, **target)
        assert printed.code == 0, printed
        assert len(printed.results["REPORT"]) < 500
        short = json.loads(printed.results["REPORT"])
        whole = json.loads(run(algorithm, flags=("--json",), **target).stdout)["results"]["REPORT"]
        assert part in json.loads(whole)
        wanted = [finding["id"] for finding in json.loads(whole)["errors"]]
        assert [finding["id"] for finding in short["errors"]] == wanted
    assert printed.results["OK"] == "true"  # of an object that is private


def test_a_folder_is_planned_without_a_table(
    run: Callable[..., Run], rasters: Path, container: str, stack: Stack, tmp_path: Path
) -> None:
    done = run(
        "publishfolder",
        variables={"XDG_STATE_HOME": str(tmp_path)},
        FOLDER=rasters,
        CONNECTION="env",
        CONTAINER=container,
        DRY_RUN=True,
    )
    assert done.code == 0, done
    assert "Nothing is published." in done.stdout
    assert "Publishing…" not in done.stdout
    assert _keys(stack, container) == []
