# SPDX-License-Identifier: GPL-2.0-or-later
"""The console API in a Python that knows no QGIS, and in QGIS."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from osgeo import gdal
from qgis.core import QgsProject

from cog_browser import api
from cog_browser.adapters import sessions as sessions_module
from tests.support.rasters import checksums, make_cog

ROOT = Path(__file__).parents[2]
#: Makes `import qgis` fail, as where QGIS is not installed.
NO_QGIS = "import sys; sys.modules['qgis'] = None\n"


def plain_python(program, environment):
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("OS_", "SWIFT_"))}
    return subprocess.run(
        [sys.executable, "-c", NO_QGIS + program],
        cwd=ROOT,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_line_of_the_readme_works_without_qgis(stack):
    container = stack.unique_name()
    stack.connection().put_container(container)
    ran = plain_python(
        "from cog_browser import api; s = api.open_store('env'); "
        "print([c.name for c in s.list_containers()])",
        stack.environment("demo"),
    )
    assert ran.returncode == 0, ran.stderr
    assert container in eval(ran.stdout)


def test_a_raster_is_published_validated_and_read_back_without_qgis(stack, tmp_path):
    source = make_cog(tmp_path / "source.tif", 1100, 700, bands=2)
    container = stack.unique_name()
    program = f"""
import json
from cog_browser import api
assert [c.name for c in api.connections()] == ["env"]
env = api.connections()[0]
for call in (lambda: api.save_connection(env), lambda: api.add_layer(None, "", "")):
    try:
        call()
    except api.ConfigurationError as error:
        assert "QGIS" in str(error)
    else:
        raise SystemExit("no error")
store = api.open_store()
store.create_container({container!r})
steps = []
entry = api.publish({str(source)!r}, store, {container!r}, "a/b.tif",
                    progress=lambda done, total: steps.append((done, total)) or True)
report = api.validate_cog(api.ObjectRef(store, {container!r}, "a/b.tif"))
dataset = store.open_dataset({container!r}, "a/b.tif")
print(json.dumps({{
    "size": entry.size, "valid": report.is_valid, "bands": dataset.RasterCount,
    "sums": [dataset.GetRasterBand(i + 1).Checksum() for i in range(dataset.RasterCount)],
    "monotonic": [d for d, _ in steps] == sorted(d for d, _ in steps), "last": steps[-1],
}}))
"""
    ran = plain_python(program, stack.environment("demo"))
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout.splitlines()[-1])
    assert told["valid"]
    assert told["sums"] == checksums(gdal.Open(str(source)))
    assert told["monotonic"]
    assert told["last"][0] == told["last"][1]
    assert told["size"] == int(
        stack.connection().head_object(container, "a/b.tif")["content-length"]
    )


def test_without_an_account_in_the_environment_the_error_says_what_to_do():
    ran = plain_python("from cog_browser import api; api.open_store('env')", {})
    assert ran.returncode == 1
    assert "Source your openrc.sh" in ran.stderr.splitlines()[-1]


@pytest.fixture
def in_qgis(qgis_app, monkeypatch):
    sessions_module.close_sessions()
    yield
    QgsProject.instance().clear()
    for connection in sessions_module.sessions().repository.all():
        api.remove_connection(connection.name)
    sessions_module.close_sessions()


def test_a_saved_connection_opens_by_name_and_leaves_nothing_when_removed(stack, in_qgis):
    connection, credentials = api.Connection.from_openrc(stack.openrc("demo"), "archive")
    api.save_connection(connection, credentials, "session")
    assert "archive" in [c.name for c in api.connections()]
    store = api.open_store("archive")
    assert api.open_store(connection) is store
    assert isinstance(list(store.list_containers()), list)
    api.remove_connection("archive")
    with pytest.raises(api.ConfigurationError, match="no connection “archive”"):
        api.open_store("archive")


def test_a_layer_is_added_from_the_console(stack, in_qgis, tmp_path):
    store = api.open_store(*api.Connection.from_openrc(stack.openrc("demo")))
    container = store.create_container(stack.unique_name()).name
    api.publish(make_cog(tmp_path / "x.tif", 600, 600), store, container, "x.tif")
    layer = api.add_layer(store, container, "x.tif", "my layer")
    assert layer.isValid()
    assert QgsProject.instance().mapLayersByName("my layer") == [layer]


@pytest.mark.parametrize("name", ["env", "environment", "", "  "])
def test_reserved_and_empty_names_are_refused(stack, in_qgis, name):
    connection, _ = api.Connection.from_openrc(stack.openrc("demo"), "x")
    import dataclasses

    with pytest.raises(api.ConfigurationError):
        api.save_connection(dataclasses.replace(connection, name=name))


def test_a_failed_publish_leaves_nothing_anywhere(stack, tmp_path, monkeypatch):
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    store = api.open_store(*api.Connection.from_openrc(stack.openrc("demo")))
    container = store.create_container(stack.unique_name()).name
    source = make_cog(tmp_path / "x.tif", 600, 600)
    with pytest.raises(api.NotFoundError, match="no container"):
        api.publish(source, store, "missing", "x.tif")
    with pytest.raises(api.Cancelled):
        api.publish(source, store, container, "x.tif", progress=lambda done, total: done < 50)
    with pytest.raises(api.RasterError):
        api.publish(tmp_path / "none.tif", store, container, "x.tif")
    assert list(temporary.iterdir()) == []
    assert [p.objects for p in store.list_objects(container)] == [()]


def test_what_needs_qgis_says_so_and_what_to_do():
    program = """
from cog_browser import api
store = api.open_store(api.Connection("x", kind="http", storage_url="https://a.example/"))
for call in (
    lambda: api.add_layer(store, "a", "b.tif"),
    lambda: api.add_mosaic(store, "a", ["b.tif"]),
    lambda: api.open_store("archive"),
):
    try:
        call()
    except api.ConfigurationError as error:
        print(error)
"""
    ran = plain_python(program, {})
    assert ran.returncode == 0, ran.stderr
    layer, mosaic, saved = ran.stdout.splitlines()
    assert layer.startswith("add_layer needs QGIS, and there is none in this Python.")
    assert mosaic.startswith("add_mosaic needs QGIS")
    assert "Python Console" in layer
    assert saved.startswith("The connection “archive” is saved in QGIS")
    assert "open_store('env')" in saved
