# SPDX-License-Identifier: GPL-2.0-or-later
# ruff: noqa: F811 (fixtures are imported)
"""Downloads: the whole, verified file or none, and no byte fetched twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections import namedtuple
from pathlib import Path

import pytest

from cog_browser.storage.errors import (
    Cancelled,
    ChecksumError,
    ConfigurationError,
    ProtocolError,
    ServerError,
    TransportError,
)
from cog_browser.storage.transfers.control import TransferControl
from tests.integration.transfer_fixtures import (  # noqa: F401 (fixtures)
    SEGMENT,
    SIZE,
    behind,
    container,
    file,
    md5,
    open_with,
    store,
    through,
)
from tests.support.faults import Fault

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(params=["plain", "large"])
def key(request, behind, store, container, file):
    if request.param == "plain":
        behind.put_object(container, "k", file.read_bytes())
    else:
        store.upload(file, container, "k")
    return "k"


@pytest.fixture
def target(tmp_path):
    folder = tmp_path / "target"
    folder.mkdir()
    return folder / "back.tif"


def left(target):
    return sorted(p.name for p in target.parent.iterdir())


def test_ranges_in_parallel_make_the_file(faulty_store, through, container, key, file, target):
    seen = []
    through.download(
        container, key, target, progress=lambda done, total: seen.append((done, total)) is None
    )
    assert md5(target) == md5(file)
    assert left(target) == ["back.tif"]
    assert seen[0] == (0, SIZE)
    assert seen[-1] == (SIZE, SIZE)
    asked = [r for r in faulty_store.swift.requests if r.header("Range")]
    assert len(asked) == 5
    assert all(r.header("If-Match") for r in asked)


def test_what_a_broken_part_has_brought_is_not_fetched_again(
    faulty_store, through, container, key, file, target
):
    faulty_store.swift.add(Fault(reset_after=200_000), method="GET", header=("Range", "bytes=0-"))
    through.download(container, key, target)
    assert md5(target) == md5(file)
    ranges = {r.header("Range") for r in faulty_store.swift.requests if r.header("Range")}
    assert "bytes=0-262143" in ranges
    again = [int(r[6:].split("-")[0]) for r in ranges if r.endswith("-262143")]
    assert max(again) > 100_000


def test_a_download_that_failed_goes_on_later(faulty_store, through, container, key, file, target):
    faulty_store.swift.add(
        Fault(status=500, delay_s=0.3),
        method="GET",
        header=("Range", f"={3 * SEGMENT}-"),
        times=None,
    )
    with pytest.raises(ServerError):
        through.download(container, key, target)
    assert left(target) == [".back.tif.cogb-part", ".back.tif.cogb-part.json"]
    notes = json.loads((target.parent / ".back.tif.cogb-part.json").read_text())
    assert 3 not in notes["done"]
    assert through.token() not in json.dumps(notes)
    faulty_store.clear()
    through.download(container, key, target)
    assert md5(target) == md5(file)
    assert left(target) == ["back.tif"]
    asked = [r for r in faulty_store.swift.requests if r.header("Range")]
    assert len(asked) == 5 - len(notes["done"])


def test_parts_of_an_older_object_are_not_used(
    faulty_store, through, behind, container, file, target
):
    behind.put_object(container, "k", file.read_bytes())
    faulty_store.swift.add(
        Fault(status=500), method="GET", header=("Range", f"={3 * SEGMENT}-"), times=None
    )
    with pytest.raises(ServerError):
        through.download(container, "k", target)
    faulty_store.clear()
    file.write_bytes(os.urandom(SIZE))
    behind.put_object(container, "k", file.read_bytes())
    through.download(container, "k", target)
    assert md5(target) == md5(file)


def test_parts_that_were_damaged_on_disk_are_noticed(
    faulty_store, through, container, key, file, target
):
    faulty_store.swift.add(
        Fault(status=500), method="GET", header=("Range", f"={4 * SEGMENT}-"), times=None
    )
    with pytest.raises(ServerError):
        through.download(container, key, target)
    faulty_store.clear()
    part = target.parent / ".back.tif.cogb-part"
    with part.open("r+b") as damaged:
        damaged.seek(10)
        damaged.write(b"damage")
    with pytest.raises(ChecksumError, match="differ from the checksum"):
        through.download(container, key, target)
    assert left(target) == []
    through.download(container, key, target)
    assert md5(target) == md5(file)


def test_an_object_that_is_replaced_meanwhile_is_not_mixed(
    stack, behind, container, file, target, tmp_path
):
    store = open_with(stack.environment("demo"), tmp_path, part_size=65536, parallel=2)
    behind.put_object(container, "k", file.read_bytes())
    replaced = []

    def replace(done, total):
        if done >= SEGMENT and not replaced:
            replaced.append(behind.put_object(container, "k", os.urandom(SIZE)))
        return True

    with pytest.raises(ProtocolError, match="replaced meanwhile"):
        store.download(
            container, "k", target, progress=replace, control=TransferControl(2 * SEGMENT)
        )
    assert left(target) == []


def test_a_byte_that_flips_on_the_way_makes_no_file(faulty_store, through, container, key, target):
    target.write_text("old")
    faulty_store.swift.add(Fault(corrupt_at=99), method="GET", header=("Range", f"={SEGMENT}-"))
    with pytest.raises(ChecksumError):
        through.download(container, key, target)
    assert left(target) == ["back.tif"]
    assert target.read_text() == "old"


def test_a_full_disk_is_said_before_anything_is_fetched(
    faulty_store, through, container, key, target, monkeypatch
):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr("shutil.disk_usage", lambda path: usage(10, 10, SIZE - 1))
    with pytest.raises(ConfigurationError, match=f"needs {SIZE} bytes.*room for {SIZE - 1}"):
        through.download(container, key, target)
    assert left(target) == []
    assert not [r for r in faulty_store.swift.requests if r.header("Range")]


def test_a_cancelled_download_ends_within_a_second_though_the_server_is_silent(
    faulty_store, through, container, key, target
):
    faulty_store.swift.add(
        Fault(delay_s=30), method="GET", header=("Range", f"={SEGMENT}-"), times=None
    )
    cancelled = []

    def stop(done, total):
        if done >= 2 * SEGMENT and not cancelled:
            cancelled.append(time.monotonic())
        return not cancelled

    with pytest.raises(Cancelled):
        through.download(container, key, target, progress=stop)
    assert time.monotonic() - cancelled[0] < 10
    assert left(target) == []


def test_a_killed_download_goes_on(stack, store, container, key, file, target, tmp_path):
    code = """
import os, sys
from pathlib import Path
from tests.integration.transfer_fixtures import open_with
from cog_browser.storage.transfers.control import TransferControl
store = open_with(os.environ, Path(sys.argv[1]), part_size=65536, parallel=2)
print("READY", flush=True)
store.download(sys.argv[2], "k", sys.argv[3], control=TransferControl(300_000))
"""
    process = subprocess.Popen(
        [sys.executable, "-c", code, tmp_path, container, target],
        cwd=ROOT,
        env={**os.environ, **stack.environment("demo"), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    )
    process.stdout.readline()
    time.sleep(1.5)
    process.kill()
    process.communicate()
    assert not target.exists()
    notes = json.loads((target.parent / ".back.tif.cogb-part.json").read_text())
    assert notes["done"]
    mark = stack.mark()
    again = open_with(stack.environment("demo"), tmp_path, part_size=65536)
    again.download(container, key, target)
    assert md5(target) == md5(file)
    # 499: what the killed process had asked for, and the log tells of late
    requests = stack.swift_requests(since=mark, within=f"{container}/")
    fetched = [r for r in requests if r.range and r.status == 206]
    assert len(fetched) == 17 - len(notes["done"])


def test_two_downloads_to_one_name_do_not_mix(stack, container, key, file, target, tmp_path):
    failures = []

    def run():
        try:
            one = open_with(stack.environment("demo"), tmp_path)
            one.download(container, key, target, control=TransferControl(4 * SEGMENT))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert md5(target) == md5(file)
    assert left(target) == ["back.tif"]


def test_notes_that_make_no_sense_are_ignored(store, container, key, file, target):
    part = target.parent / ".back.tif.cogb-part"
    for notes in (b"", b"[]", b"{}", b'{"done": [99]}', b"\xff", b'{"done": "x"}'):
        part.write_bytes(b"other")
        (target.parent / ".back.tif.cogb-part.json").write_bytes(notes)
        store.download(container, key, target)
        assert md5(target) == md5(file)
        assert left(target) == ["back.tif"]


def test_a_link_in_the_way_is_not_followed(store, container, key, target, tmp_path):
    precious = tmp_path / "precious"
    precious.write_text("precious")
    (target.parent / ".back.tif.cogb-part").symlink_to(precious)
    with pytest.raises(ConfigurationError, match="can't be written"):
        store.download(container, key, target)
    assert precious.read_text() == "precious"


def test_a_dynamic_large_object_and_one_stored_compressed_come_down(
    store, behind, container, target
):
    behind.put_container(f"{container}_parts")
    for number in range(3):
        behind.put_object(f"{container}_parts", f"d/{number}", bytes([number]) * 1000)
    manifest = {"X-Object-Manifest": f"{container}_parts/d/"}
    behind.put_object(container, "dlo", b"", headers=manifest)
    store.download(container, "dlo", target)
    assert target.read_bytes() == b"\0" * 1000 + b"\1" * 1000 + b"\2" * 1000
    behind.put_object(container, "gz", b"as it is", headers={"Content-Encoding": "gzip"})
    store.download(container, "gz", target)
    assert target.read_bytes() == b"as it is"


def test_a_server_that_keeps_breaking_off_is_an_error(
    faulty_store, through, container, key, target
):
    faulty_store.swift.add(Fault(reset_after=100), method="GET", path="/k$", times=None)
    with pytest.raises(TransportError):
        through.download(container, key, target)
    assert left(target) == []


def test_a_reader_without_the_manifest_still_gets_the_object(
    faulty_store, through, store, container, file, target
):
    store.upload(file, container, "k")
    faulty_store.swift.add(Fault(status=403), path="multipart-manifest=get", times=None)
    through.download(container, "k", target)
    assert md5(target) == md5(file)
