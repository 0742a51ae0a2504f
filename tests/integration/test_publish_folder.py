# SPDX-License-Identifier: GPL-2.0-or-later
"""A folder published into a real Swift: killed, cancelled, with bad files and a bad network."""

from __future__ import annotations

import gc
import json
import os
import pickle
import random
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from osgeo import gdal

from cog_browser import api
from cog_browser.cog.publish.one_file import FileTask, make, publish_file
from cog_browser.storage.connection import Connection
from cog_browser.storage.errors import (
    Cancelled,
    ConfigurationError,
    ConversionError,
    NotFoundError,
    TransportError,
)
from cog_browser.storage.object_names import COG_CONTENT_TYPE
from cog_browser.storage.stores import open_store
from tests.support.faults import Fault
from tests.support.rasters import checksums, make_cog

ROOT = Path(__file__).parents[2]
NO_QGIS = "import sys; sys.modules['qgis'] = None\n"
DRIVER = """
from cog_browser import api
folder, container, journal = sys.argv[1:]
store = api.open_store("env")
result = api.publish_folder(folder, store, container, "a/b", jobs=2, journal=journal)
print({state: result.count(state) for state in ("done", "failed", "skipped")})
"""


def _raster(path, number, tiled="NO"):
    path.parent.mkdir(parents=True, exist_ok=True)
    cog = make_cog(path.with_name("cog.tmp"), 600 + number, 550)
    gdal.GetDriverByName("GTiff").CreateCopy(
        str(path), gdal.Open(str(cog)), options=[f"TILED={tiled}"]
    )
    cog.unlink()
    return path


@pytest.fixture
def folder(tmp_path):
    """Twelve rasters, two of them in a folder below, one a COG already."""
    folder = tmp_path / "scenes"
    folder.mkdir()
    for number in range(9):
        _raster(folder / f"scene {number}.tif", number)
    _raster(folder / "below" / "ü.TIFF", 20)
    _raster(folder / "below" / "scene 0.tif", 21)
    make_cog(folder / "cog.tif", 700, 600)
    (folder / "notes.txt").write_text("no raster")
    return folder


@pytest.fixture
def store(stack):
    with closing(open_store(*Connection.from_environment(stack.environment("demo")))) as store:
        yield store


@pytest.fixture
def container(stack, store):
    return store.create_container(stack.unique_name()).name


@pytest.fixture
def publish(folder, store, container, tmp_path):
    def publish(store=store, **options):
        options = {"prefix": "a/b", "journal": tmp_path / "journal.jsonl", "jobs": 2, **options}
        return api.publish_folder(folder, store, container, **options)

    return publish


def _driver(program, stack, folder, container, journal):
    """A run of the API in a process of its own, which knows no QGIS."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("OS_", "SWIFT_"))}
    state = {"XDG_STATE_HOME": str(journal.parent / "state")}
    return subprocess.Popen(
        [sys.executable, "-c", program, str(folder), container, str(journal)],
        cwd=ROOT,
        env={**clean, **stack.environment("demo"), **state},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _keys(store, container):
    return [
        entry.key for page in store.list_objects(container, delimiter="") for entry in page.objects
    ]


def _events(journal):
    found = [json.loads(line) for line in journal.read_bytes().splitlines() if line]
    return [(line["event"], line["path"]) for line in found[1:]]


def _assert_all_there(folder, store, container, tmp_path):
    """Each object has the pixels of its file, bit by bit, and is a COG."""
    files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in (".tif", ".tiff"))
    expected = {f"a/b/{p.relative_to(folder).with_suffix('.tif').as_posix()}": p for p in files}
    assert sorted(_keys(store, container)) == sorted(expected)
    for key, path in expected.items():
        copy = tmp_path / "copy.tif"
        store.download(container, key, copy)
        assert checksums(gdal.Open(str(copy))) == checksums(gdal.Open(str(path))), key
        assert api.validate_cog(copy).is_valid, key


def _counts(result):
    return tuple(result.count(state) for state in ("done", "failed", "skipped", "planned"))


def test_a_folder_is_published_and_the_next_run_skips_everything(
    publish, folder, store, container, tmp_path
):
    steps = []
    result = publish(progress=lambda done, total: steps.append((done, total)) is None)

    assert _counts(result) == (12, 0, 0, 0)
    _assert_all_there(folder, store, container, tmp_path)
    rows = {row.path: row for row in result.outcomes}
    assert rows["cog.tif"].message == "uploaded as it is"
    assert rows["scene 0.tif"].message == "converted; pixels identical"
    assert store.head_object(container, "a/b/cog.tif").etag == rows["cog.tif"].etag
    original = (folder / "cog.tif").read_bytes()
    assert store.read_range(container, "a/b/cog.tif", 0, len(original)) == original
    types = {store.head_object(container, row.key).content_type for row in result.outcomes}
    assert types == {COG_CONTENT_TYPE}
    assert steps == sorted(steps)
    assert steps[-1] == (100, 100)
    journal = tmp_path / "journal.jsonl"
    assert stat.S_IMODE(journal.stat().st_mode) == 0o600
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith("cog-browser")] == []

    before = journal.read_bytes()
    again = publish()
    assert _counts(again) == (0, 0, 12, 0)
    assert {row.message for row in again.outcomes} == {"unchanged since it was published"}
    assert journal.read_bytes() == before


def test_only_what_has_changed_is_published_again(publish, folder, store, container, tmp_path):
    publish()
    os.utime(folder / "scene 1.tif")  # touched, not changed
    _raster(folder / "scene 2.tif", 77)
    store.delete_object(container, "a/b/scene 3.tif")
    _raster(folder / "scene 9.tif", 9)

    plain = {row.path: row for row in publish().outcomes if row.message[:9] != "unchanged"}
    assert {path: row.state for path, row in plain.items()} == {
        "scene 2.tif": "skipped", "scene 3.tif": "done", "scene 9.tif": "done",
    }  # fmt: skip
    assert "replacing was not asked for" in plain["scene 2.tif"].message

    replaced = publish(overwrite=True)
    assert [row.path for row in replaced.outcomes if row.state == "done"] == ["scene 2.tif"]
    _assert_all_there(folder, store, container, tmp_path)


def test_killed_again_and_again_it_ends_with_everything_there_once(
    stack, folder, store, container, tmp_path
):
    journal = tmp_path / "journal.jsonl"
    moments = random.Random(5)
    kills = 0
    for _ in range(6):
        size = journal.stat().st_size if journal.exists() else 0
        process = _driver(NO_QGIS + DRIVER, stack, folder, container, journal)
        while process.poll() is None and (not journal.exists() or journal.stat().st_size == size):
            time.sleep(0.002)  # until something has been noted
        time.sleep(moments.uniform(0, 0.25))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            kills += 1
        process.communicate(timeout=30)

    assert kills >= 3
    last = _driver(NO_QGIS + DRIVER, stack, folder, container, journal)
    said, errors = last.communicate(timeout=300)
    assert last.returncode == 0, errors
    assert "'failed': 0" in said
    _assert_all_there(folder, store, container, tmp_path)
    events = Counter(_events(journal))
    assert {path for event, path in events if event == "done"} == {
        path for event, path in events if event == "made"
    }
    assert len([path for event, path in events if event == "done"]) == 12
    assert set(events.values()) == {1}, events  # nothing was made twice, nothing sent twice
    assert not list(tmp_path.glob("cog-browser*"))
    assert not [secret for secret in stack.secrets() if secret in journal.read_text()]

    again = _driver(NO_QGIS + DRIVER, stack, folder, container, journal)
    assert again.communicate(timeout=300)[0] == "{'done': 0, 'failed': 0, 'skipped': 12}\n"


def test_an_upload_that_was_done_but_not_noted_is_recognised(publish, tmp_path):
    publish()
    journal = tmp_path / "journal.jsonl"
    lines = journal.read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if b'"done"' not in line or b"scene 4" not in line]
    journal.write_bytes(b"".join(kept) + b'{"event": "do')  # and the last line was cut off

    result = publish()

    (row,) = [row for row in result.outcomes if row.path == "scene 4.tif"]
    assert (row.state, row.message) == ("skipped", "an interrupted run had published it already")
    assert Counter(_events_of_whole_lines(journal))["done", "scene 4.tif"] == 1
    assert _counts(publish()) == (0, 0, 12, 0)


def _events_of_whole_lines(journal):
    for line in journal.read_bytes().splitlines()[1:]:
        if line.endswith(b"}"):
            found = json.loads(line)
            yield found["event"], found["path"]


def test_a_cog_that_waits_for_its_upload_is_not_made_again(
    stack, folder, container, tmp_path, publish, monkeypatch
):
    journal = tmp_path / "journal.jsonl"
    dies = "import os, cog_browser.cog.publish.local_work as p; p.send = lambda *_: os._exit(9)\n"
    program = NO_QGIS + dies + DRIVER
    died = _driver(program, stack, folder, container, journal).wait(60)
    assert died == 9
    events = _events(journal)
    monkeypatch.setattr("cog_browser.cog.publish.one_file.convert", None)  # would fail

    made = {path for event, path in events}
    for path in made:
        assert _counts(publish(pattern=path)) == (1, 0, 0, 0)
    assert made
    assert "done" not in dict(events)
    assert Counter(event for event, _ in _events(journal))["made"] == len(made)


def test_a_cog_that_could_not_be_uploaded_is_kept_for_the_next_run(
    publish, folder, store, container, tmp_path, monkeypatch
):
    def unreachable(*_):
        raise TransportError("The store does not answer.")

    with monkeypatch.context() as broken:
        broken.setattr("cog_browser.cog.publish.local_work.send", unreachable)
        assert _counts(publish()) == (0, 12, 0, 0)
    assert len(list(next(tmp_path.glob("cog-browser-folder-*")).iterdir())) == 11
    with monkeypatch.context() as broken:
        broken.setattr("cog_browser.cog.publish.one_file.convert", None)  # would fail
        assert _counts(publish()) == (12, 0, 0, 0)
    _assert_all_there(folder, store, container, tmp_path)
    assert not list(tmp_path.glob("cog-browser-folder-*"))
    assert set(
        Counter(e for e in _events(tmp_path / "journal.jsonl") if e[0] == "made").values()
    ) == {1}


def test_a_token_that_is_refused_twice_fails_no_file(
    faulty_store, folder, container, tmp_path, monkeypatch
):
    monkeypatch.setattr("cog_browser.cog.publish.one_file.FRESH", 0.1)
    faulty_store.swift.add(Fault(status=401), method="PUT", path=container, times=2)
    environment = faulty_store.environment("demo")
    with closing(open_store(*Connection.from_environment(environment))) as proxied:
        result = api.publish_folder(folder, proxied, container, jobs=1, journal=tmp_path / "j")
    assert _counts(result) == (12, 0, 0, 0)


def test_bad_files_fail_alone(publish, folder, store, container):
    bad = folder / "scene 5.tif"
    content = bytearray(_raster(bad, 5, tiled="YES").read_bytes())
    bad.write_bytes(content[: len(content) // 2])  # its header is fine
    (folder / "text.tif").write_text("<b>not</b> a raster")
    (folder / "<i>&.tif").write_bytes(b"")

    result = publish()

    assert _counts(result) == (11, 3, 0, 0)
    failed = {row.path: row.message for row in result.outcomes if row.state == "failed"}
    assert set(failed) == {"scene 5.tif", "text.tif", "<i>&.tif"}
    assert "scene 5.tif" in failed["scene 5.tif"]
    assert "can't be opened as a raster" in failed["text.tif"]
    assert len(_keys(store, container)) == 11
    page = result.to_html()
    assert "&lt;i&gt;&amp;.tif" in page
    assert "<i>" not in page
    assert "11 done, 3 failed" in page
    assert page.index("text.tif") < page.index("cog.tif")  # failures first


def test_with_a_fifth_of_all_requests_failing_no_object_is_wrong(
    faulty_store, folder, store, container, tmp_path
):
    rng = random.Random(3)
    faults = [
        Fault(refuse=True),
        Fault(reset_upload_after=20_000),
        Fault(lose_answer=True),
        Fault(status=500),
        Fault(status=503, headers={"Retry-After": "0"}),
        Fault(status=429, headers={"Retry-After": "0"}),
        Fault(status=401),
    ]
    for number in range(60):  # each rule takes one request, a fifth of them all
        faulty_store.swift.add(rng.choice(faults), after=4 * (number + 1), path=container)
    environment = faulty_store.environment("demo")
    with closing(open_store(*Connection.from_environment(environment))) as proxied:
        for _ in range(4):  # as a user would: again, until nothing fails
            result = api.publish_folder(
                folder, proxied, container, "a/b", jobs=2, journal=tmp_path / "journal.jsonl"
            )
            if not result.count("failed"):
                break
    requests = faulty_store.swift.requests
    hit = sum(rule.hits for rule in faulty_store.swift._rules)
    assert hit / len(requests) > 0.15, (hit, len(requests))
    assert not result.count("failed"), [r for r in result.outcomes if r.state == "failed"]
    _assert_all_there(folder, store, container, tmp_path)


def test_cancelling_leaves_nothing_half_done(publish, folder, store, container, tmp_path):
    started = []

    def progress(done, total):
        started.append(time.monotonic())
        return done < 30

    with pytest.raises(Cancelled):
        publish(progress=progress)

    assert time.monotonic() - started[-1] < 10
    names = {p.name for p in tmp_path.iterdir()} - {"scenes"}
    assert names == {"journal.jsonl"}
    assert not list(folder.rglob(".*"))
    there = len(_keys(store, container))
    assert 0 < there < 12
    done = _counts(publish())
    assert done[0] + there >= 12
    assert done[1] == 0
    _assert_all_there(folder, store, container, tmp_path)


def test_a_cancelled_conversion_keeps_no_dataset_open(folder, tmp_path):
    """One that outlives GDAL, as at the end of QGIS, corrupts the memory."""
    gc.collect()
    gc.disable()
    try:
        with pytest.raises(Cancelled):
            api.convert_to_cog(
                folder / "scene 0.tif", tmp_path / "made.tif", progress=lambda done, _: done < 30
            )
        assert not [thing for thing in gc.get_objects() if isinstance(thing, gdal.Dataset)]
    finally:
        gc.enable()


def test_where_nothing_may_be_written_the_rest_is_not_tried(
    faulty_store, folder, container, tmp_path
):
    faulty_store.swift.add(Fault(status=403), method="PUT", times=None)
    environment = faulty_store.environment("demo")
    with closing(open_store(*Connection.from_environment(environment))) as proxied:
        result = api.publish_folder(
            folder, proxied, container, jobs=1, journal=tmp_path / "journal.jsonl"
        )
    assert _counts(result) == (0, 12, 0, 0)
    messages = [row.message for row in result.outcomes]
    assert all("not allowed to (403)" in message for message in messages)
    assert sum(message.startswith("Not tried.") for message in messages) >= 5


def test_a_dry_run_says_what_would_be_done_and_writes_nothing(publish, store, container, tmp_path):
    result = publish(dry_run=True)

    assert _counts(result) == (0, 0, 0, 12)
    rows = {row.path: row.message for row in result.outcomes}
    assert rows["cog.tif"] == "to upload: it is a valid COG already"
    assert rows["scene 0.tif"] == "to convert: it becomes a COG with the profile science"
    assert "12 files: 11 to convert, 1 to upload, 0 to skip" in str(result.plan)
    assert result.plan.largest > 500 * 400 * 2
    assert _keys(store, container) == []
    assert [p.name for p in tmp_path.iterdir()] == ["scenes"]


@pytest.mark.parametrize(
    ("options", "error", "says"),
    [
        ({"template": "{name.__class__}"}, ConfigurationError, "a place that isn't known"),
        ({"template": "{stem!r}"}, ConfigurationError, "a place that isn't known"),
        ({"template": "{stem"}, ConfigurationError, "can't be read"),
        ({"template": "x.tif"}, ConfigurationError, "needs {name} or {stem}"),
        (
            {"template": "{stem}.tif"},
            ConfigurationError,
            "would both get the key “a/b/sce",
        ),
        ({"pattern": "*.jp2"}, ConfigurationError, "No file in"),
        ({"pattern": " ; "}, ConfigurationError, "No pattern is given"),
        ({"profile": "nope"}, ConfigurationError, "There is no profile"),
        ({"temp_folder": "/nowhere"}, ConfigurationError, "can't be used"),
    ],
)
def test_what_is_wrong_with_the_whole_is_said_before_any_work(
    publish, store, container, options, error, says
):
    with pytest.raises(error, match=says.replace("{", r"\{").replace("}", r"\}")):
        publish(**options)
    assert _keys(store, container) == []


def test_a_container_that_is_not_there_is_said_before_any_work(folder, store, tmp_path):
    with pytest.raises(NotFoundError, match="there is no container “nowhere”"):
        api.publish_folder(folder, store, "nowhere", journal=tmp_path / "j")


def test_a_journal_in_use_or_another_file_is_refused(publish, tmp_path):
    other = tmp_path / "diary.txt"
    other.write_text("dear diary\n")
    with pytest.raises(ConfigurationError, match="is no journal of a published folder"):
        publish(journal=other)
    assert other.read_text() == "dear diary\n"

    refused = []

    def meanwhile(done, total):
        if not refused:
            try:
                publish()
            except ConfigurationError as error:
                refused.append(str(error))
        return True

    publish(pattern="cog.tif", progress=meanwhile)
    assert "Another run uses the journal" in refused[0]


def test_a_file_that_changes_meanwhile_is_not_published(folder, tmp_path):
    path = folder / "scene 0.tif"
    found = path.stat()
    goal = tmp_path / "made.tif"
    task = FileTask(str(path), found.st_size, found.st_mtime_ns, "c", "k", str(goal))

    def progress(done, total):
        if done > 50:
            os.utime(path)
        return True

    with pytest.raises(ConversionError, match="has been changed since the plan"):
        make(task, progress)
    assert not goal.exists()


def test_one_file_can_be_sent_to_another_process(folder, store, container, tmp_path):
    path = folder / "scene 0.tif"
    found = path.stat()
    made = str(tmp_path / "made.tif")
    task = FileTask(str(path), found.st_size, found.st_mtime_ns, container, "k.tif", made)
    function, task = pickle.loads(pickle.dumps((publish_file, task)))

    made_file, entry = function(task, store)

    assert pickle.loads(pickle.dumps((made_file, entry)))[1].etag == made_file.md5
    assert _keys(store, container) == ["k.tif"]
    assert not Path(made).exists()
    assert shutil.disk_usage(tmp_path).free  # the folder itself is left alone
