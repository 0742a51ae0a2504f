# SPDX-License-Identifier: GPL-2.0-or-later
"""Objects of a real Swift made proper COGs, in place or elsewhere."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from osgeo import gdal

from cog_browser import api
from cog_browser.cog.publish import local_work
from cog_browser.storage.connection import Connection
from cog_browser.storage.errors import Cancelled, ConfigurationError, NotFoundError
from cog_browser.storage.object_names import COG_CONTENT_TYPE
from cog_browser.storage.stores import open_store
from tests.support.faults import Fault
from tests.support.rasters import checksums, make_cog

ROOT = Path(__file__).parents[2]
PLAIN = ("a.tif", "b//c.TIF", "ü/d e.tiff")  # below “dem”, and none a COG
COG = "good.tif"


@pytest.fixture(scope="module")
def rasters(tmp_path_factory):
    """Path by name: three TIFFs in strips and a COG."""
    folder, found = tmp_path_factory.mktemp("rasters"), {}
    for number, name in enumerate((*PLAIN, COG)):
        cog = make_cog(folder / f"{number}-cog.tif", 600 + number, 550)
        found[name] = cog if name == COG else folder / f"{number}.tif"
        if name != COG:
            source = gdal.Open(str(cog))
            gdal.GetDriverByName("GTiff").CreateCopy(str(found[name]), source, options=["TILED=NO"])
    return found


@pytest.fixture
def store(stack):
    with closing(open_store(*Connection.from_environment(stack.environment("demo")))) as store:
        yield store


@pytest.fixture
def container(stack, store, rasters):
    name = store.create_container(stack.unique_name()).name
    with closing(stack.connection("demo")) as connection:
        for key, path in rasters.items():
            headers = {"X-Object-Meta-Sensor": "radar"}
            connection.put_object(name, f"dem/{key}", path.read_bytes(), headers=headers)
        connection.put_object(name, "dem/text.tif", b"no raster")
        connection.put_object(name, "dem/notes.txt", b"not meant")
        connection.put_object(name, "demo/other.tif", b"not meant")
    return name


@pytest.fixture
def publish(store, container, tmp_path):
    def publish(store=store, **options):
        options = {"journal": tmp_path / "journal.jsonl", "jobs": 2, **options}
        return api.publish_container(store, container, "dem/", **options)

    return publish


def _states(result):
    return {row.path: row.state for row in result.outcomes}


def _listing(store, container):
    return {
        entry.key: entry.etag
        for page in store.list_objects(container, delimiter="")
        for entry in page.objects
    }


def _assert_cogs(store, container, prefix, rasters, tmp_path):
    for name, path in rasters.items():
        copy = tmp_path / "copy.tif"
        store.download(container, prefix + name, copy)
        assert checksums(gdal.Open(str(copy))) == checksums(gdal.Open(str(path))), name
        assert api.validate_cog(copy).is_valid, name


def test_a_dry_run_reads_headers_and_says_what_would_be_done(
    publish, store, container, stack, tmp_path
):
    before, mark = _listing(store, container), stack.mark()
    result = publish(dry_run=True, overwrite=True)
    rows = {row.path: (row.state, row.message) for row in result.outcomes}
    assert rows.pop("text.tif")[0] == "failed"
    assert rows.pop(COG) == ("skipped", "it is a valid COG already")
    planned = ("planned", "to convert: it becomes a COG with the profile science")
    assert rows == dict.fromkeys(PLAIN, planned)
    assert "3 to convert, 0 to upload, 1 to skip, 1 that can't be published" in str(result.plan)
    assert f"{sum(p.file.size for p in result.plan.of('convert')) / 1e6:.1f} MB to d" in str(
        result.plan
    )
    assert _listing(store, container) == before
    assert {r.method for r in stack.swift_requests(since=mark, within=container)} == {"GET", "HEAD"}
    read = sum(r.bytes_sent for r in stack.swift_requests(since=mark, within=container))
    assert read < 5 * 64 << 10
    assert list(tmp_path.iterdir()) == []


def test_objects_are_replaced_in_place_and_the_next_run_skips_all(
    publish, store, container, rasters, stack, tmp_path
):
    others = {key: etag for key, etag in _listing(store, container).items() if "." in key}
    refused = publish()  # replacing was not asked for
    assert _listing(store, container) == others
    assert {row.state for row in refused.outcomes if row.path != "text.tif"} == {"skipped"}
    said = {row.path: row.message for row in refused.outcomes}["a.tif"]
    assert said.startswith("it is no valid COG, and replacing was not asked for.")

    result = publish(overwrite=True)
    assert _states(result) == {
        **dict.fromkeys(PLAIN, "done"), COG: "skipped", "text.tif": "failed",
    }  # fmt: skip
    assert "can't be read as a raster" in {r.path: r.message for r in result.outcomes}["text.tif"]
    _assert_cogs(store, container, "dem/", rasters, tmp_path)
    now = _listing(store, container)
    assert set(now) == set(others)
    assert [key for key in others if now[key] != others[key]] == sorted(f"dem/{n}" for n in PLAIN)
    with closing(stack.connection("demo")) as connection:
        headers = connection.head_object(container, "dem/a.tif")
    assert (headers["content-type"], headers["x-object-meta-sensor"]) == (COG_CONTENT_TYPE, "radar")

    mark = stack.mark()
    again = publish(overwrite=True)
    assert set(_states(again).values()) == {"skipped", "failed"}
    assert not [r for r in stack.swift_requests(since=mark, within=container) if r.method == "PUT"]
    assert {p.name for p in tmp_path.iterdir()} == {"journal.jsonl", "copy.tif"}


def test_cogs_of_all_go_to_another_container(publish, store, container, rasters, stack, tmp_path):
    target = store.create_container(stack.unique_name()).name
    before = _listing(store, container)
    result = publish(container=target, prefix="new/cogs")
    assert _states(result) == {**dict.fromkeys((*PLAIN, COG), "done"), "text.tif": "failed"}
    messages = {row.path: row.message for row in result.outcomes}
    assert messages[COG] == "uploaded as it is"
    _assert_cogs(store, target, "new/cogs/", rasters, tmp_path)
    assert store.head_object(target, f"new/cogs/{COG}").content_type == COG_CONTENT_TYPE
    assert _listing(store, container) == before

    store.upload(rasters["a.tif"], container, "dem/b//c.TIF", overwrite=True)  # changed
    again = publish(container=target, prefix="new/cogs", overwrite=True)
    assert {path for path, state in _states(again).items() if state == "done"} == {"b//c.TIF"}


def test_an_object_that_somebody_changes_meanwhile_is_left_alone(
    publish, store, container, rasters, monkeypatch
):
    real = local_work.send

    def changed_before(task, made, *rest):
        if task.key == "dem/a.tif":
            store.upload(rasters[COG], container, task.key, overwrite=True)
        return real(task, made, *rest)

    monkeypatch.setattr(local_work, "send", changed_before)
    result = publish(overwrite=True)
    rows = {row.path: row for row in result.outcomes}
    assert rows["a.tif"].state == "failed"
    assert "has been replaced by somebody else" in rows["a.tif"].message
    assert _listing(store, container)["dem/a.tif"] == _listing(store, container)[f"dem/{COG}"]
    assert rows["b//c.TIF"].state == "done"


def test_one_that_changes_before_its_download_is_left_alone(
    publish, store, container, rasters, monkeypatch
):
    def progress(done, total):
        if done >= 5 and not changed:
            changed.append(store.upload(rasters[COG], container, "dem/ü/d e.tiff", overwrite=True))
        return True

    changed = []
    result = publish(overwrite=True, jobs=1, progress=progress)
    rows = {row.path: row for row in result.outcomes}
    assert rows["ü/d e.tiff"].state == "failed"
    assert store.head_object(container, "dem/ü/d e.tiff").etag == changed[0].etag


def test_cancelling_leaves_whole_objects_and_no_file(publish, store, container, rasters, tmp_path):
    with pytest.raises(Cancelled):
        publish(overwrite=True, progress=lambda done, total: done < 40)
    assert {p.name for p in tmp_path.iterdir()} == {"journal.jsonl"}
    assert publish(overwrite=True).count("failed") == 1
    _assert_cogs(store, container, "dem/", rasters, tmp_path)


def test_killed_before_it_was_noted_a_replaced_object_is_recognised(
    publish, store, container, tmp_path
):
    publish(overwrite=True)
    journal = tmp_path / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(line for line in lines if b'"done"' not in line))
    before = _listing(store, container)
    again = {row.path: row for row in publish(overwrite=True).outcomes}
    assert again["a.tif"].message == "an interrupted run had published it already"
    assert _listing(store, container) == before


def test_with_faults_no_object_is_wrong(faulty_store, container, rasters, store, tmp_path):
    faults = [
        Fault(refuse=True),
        Fault(truncate_after=5_000),
        Fault(lose_answer=True),
        Fault(status=500),
        Fault(status=401),
        Fault(status=503, headers={"Retry-After": "0"}),
        Fault(reset_upload_after=20_000),
    ]
    for number in range(40):
        faulty_store.swift.add(faults[number % 7], after=4 * (number + 1), path=container)
    with closing(
        open_store(*Connection.from_environment(faulty_store.environment("demo")))
    ) as proxied:
        for _ in range(5):
            result = api.publish_container(
                proxied, container, "dem", overwrite=True, jobs=2, journal=tmp_path / "j"
            )
            if result.count("failed") == 1:
                break
    assert result.count("failed") == 1, result.outcomes
    assert sum(rule.hits for rule in faulty_store.swift._rules) > 8
    _assert_cogs(store, container, "dem/", rasters, tmp_path)


def test_the_whole_runs_without_qgis(stack, container, tmp_path):
    program = (
        "import sys; sys.modules['qgis'] = None\n"
        "from cog_browser import api\n"
        "r = api.publish_container(api.open_store('env'), sys.argv[1], 'dem', overwrite=True,"
        " journal=sys.argv[2])\n"
        "print(r.count('done'))"
    )
    journal = tmp_path / "journal"
    done = subprocess.run(
        [sys.executable, "-c", program, container, str(journal)],
        cwd=ROOT,
        env={"PATH": "/usr/bin", "HOME": str(tmp_path), **stack.environment("demo")},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.stdout == "3\n", done.stderr
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    assert not [secret for secret in stack.secrets() if secret in journal.read_text()]
    assert [line["event"] for line in lines[1:] if line["path"] == "a.tif"] == ["made", "done"]


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"prefix": "x"}, ConfigurationError, "A prefix without a container says nothing"),
        ({"pattern": "*.jp2"}, ConfigurationError, "No file in .*/dem/ matches"),
        ({"container": "nowhere"}, NotFoundError, "there is no container “nowhere”"),
        ({"container": "x", "template": "{name.x}"}, ConfigurationError, "a place that isn't"),
        ({"executor": "spark"}, ConfigurationError, "no executor “spark”; choose local or dask"),
    ],
)
def test_what_is_wrong_with_the_whole_is_said_before_any_work(
    publish, store, container, options, error, says
):
    before = _listing(store, container)
    with pytest.raises(error, match=says):
        publish(overwrite=True, **options)
    assert _listing(store, container) == before
