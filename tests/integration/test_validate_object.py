# SPDX-License-Identifier: GPL-2.0-or-later
"""What a verdict on an object of a real Swift costs, counted on the wire."""

from __future__ import annotations

import pytest

from cog_browser import api
from cog_browser.cog.validate import validate_cog
from cog_browser.storage.connection import Connection
from cog_browser.storage.errors import Cancelled, ProtocolError
from cog_browser.storage.models import ObjectRef
from cog_browser.storage.stores import open_store
from tests.support.cog_mutants import MUTANTS, cog, good, main_image, overview
from tests.support.faults import Fault
from tests.support.rasters import make_cog


@pytest.fixture
def store(faulty_store):
    store = open_store(*Connection.from_environment(faulty_store.environment("demo")))
    yield store
    store.close()


@pytest.fixture
def container(stack, store):
    return store.create_container(stack.unique_name()).name


@pytest.fixture
def put(stack, store, container):
    swift = stack.connection()

    def put(data, key="a.tif"):
        swift.put_object(container, key, data)
        return ObjectRef(store, container, key)

    return put


def reads(faulty_store):
    return [r for r in faulty_store.swift.requests if r.method == "GET" and "a.tif" in r.target]


def pyramid(side, tile=512, **options):
    """Many tiny blocks, so that the block arrays are long and the file is not."""
    images = [main_image(width=side, height=side, tile=tile, **options)]
    while side > tile:
        side //= 2
        images.append(overview(side, side, tile=tile, **options))
    for image in images:
        image.blocks = [b"12345678"] * len(image.blocks)
    return images


@pytest.mark.parametrize("side", [1024, 8192, 32768, 204800])
@pytest.mark.parametrize("big", [False, True])
def test_the_verdict_takes_three_reads_whatever_the_size(faulty_store, put, side, big):
    images = pyramid(side, big=big)
    reference = put(cog(*images, big=big, arrays_last=True).data)
    faulty_store.swift.clear()
    report = validate_cog(reference)
    asked = reads(faulty_store)
    assert len(asked) <= 3
    assert sum(r.bytes_sent for r in asked) <= 65536
    assert report.reading.requests == len(asked)
    assert report.is_valid
    assert report.classes == ("format", "overviews", "keys", "optimized")
    assert report.gdal_verdict == "valid"
    assert report.structure.width == side
    assert report.structure.crs.authid == "EPSG:3857"
    blocks = sum(len(image.blocks) for image in images)
    assert report.reading.blocks == blocks
    assert report.reading.frames_examined >= min(blocks, 15)
    assert report.layout_svg().count("<rect") > len(images)


def test_an_ordinary_cog_is_sampled_with_two_or_three_reads(faulty_store, put, tmp_path):
    path = make_cog(tmp_path / "big.tif", 6000, 5000)
    reference = put(path.read_bytes())
    faulty_store.swift.clear()
    report = validate_cog(reference)
    assert len(reads(faulty_store)) <= 3
    assert sum(r.bytes_sent for r in reads(faulty_store)) <= 65536
    assert report.reading.frames_examined == 20
    assert report.reading.blocks_examined == report.reading.blocks
    local = validate_cog(path)
    assert (report.errors, report.warnings, report.notes) == (
        local.errors, local.warnings, local.notes,
    )  # fmt: skip
    assert report.structure == local.structure
    assert report.layout == local.layout


def test_block_arrays_between_the_ifds_cost_a_read_for_each_place(faulty_store, put):
    reference = put(cog(*pyramid(32768)).data)
    faulty_store.swift.clear()
    report = validate_cog(reference)
    assert report.is_valid
    assert len(reads(faulty_store)) <= 3
    reference = put(cog(*pyramid(204800)).data)
    faulty_store.swift.clear()
    report = validate_cog(reference)
    assert report.is_valid
    assert report.reading.requests == len(reads(faulty_store)) <= 12


def test_a_server_without_many_ranges_costs_no_more(faulty_store, put, monkeypatch, store):
    reference = put(cog(*pyramid(204800), arrays_last=True).data)
    monkeypatch.setattr(store, "read_ranges", lambda *a, **o: None)
    faulty_store.swift.clear()
    report = validate_cog(reference)
    assert len(reads(faulty_store)) <= 3
    assert sum(r.bytes_sent for r in reads(faulty_store)) <= 65536
    assert report.is_valid


def test_a_server_that_answers_a_multiple_range_with_everything_is_not_read(faulty_store, put):
    reference = put(cog(*pyramid(32768), arrays_last=True).data)
    faulty_store.swift.clear()
    faulty_store.swift.add(Fault(ignore_range=True), header=("Range", "bytes=.*,"), times=None)
    report = validate_cog(reference)
    assert report.is_valid
    assert len(reads(faulty_store)) <= 3
    assert report.reading.requests == len(reads(faulty_store))
    assert report.reading.bytes <= 65536


#: Too large, or of files beside it, which nobody asks a server for.
LOCAL = {"F-BIGTIFF", "V-OVR-EXT", "V-MSK-EXT", "T-LONG"}


@pytest.mark.parametrize("name", sorted(set(MUTANTS) - LOCAL))
def test_a_remote_verdict_equals_the_local_one(put, tmp_path, name):
    path = tmp_path / "mutant.tif"
    MUTANTS[name][0](path)
    local, remote = validate_cog(path), validate_cog(put(path.read_bytes()))
    assert [f.id for f in remote.errors] == [f.id for f in local.errors]
    assert [f.id for f in remote.warnings] == [f.id for f in local.warnings]
    assert remote.classes == local.classes


def test_the_full_check_finds_the_one_bad_block_with_few_requests(faulty_store, put):
    written = cog(*pyramid(32768))
    data = bytearray(written.data)
    data[-16 * 1234 - 1] ^= 0xFF  # each block: leader 4, data 8, trailer 4
    reference = put(bytes(data))
    faulty_store.swift.clear()
    calls = []
    report = validate_cog(reference, full=True, progress=lambda d, t: calls.append((d, t)) or True)
    assert {f.id for f in report.errors} == {"G-TRAILER"}
    assert report.reading.frames_examined == report.reading.blocks
    assert len(reads(faulty_store)) < report.reading.blocks / 100
    assert [done for done, _ in calls] == sorted(done for done, _ in calls)


def test_the_full_check_of_an_object_can_be_cancelled(faulty_store, put):
    reference = put(cog(*pyramid(32768), arrays_last=True).data)
    faulty_store.swift.clear()
    with pytest.raises(Cancelled):
        validate_cog(reference, full=True, progress=lambda done, total: done <= 20)
    assert len(reads(faulty_store)) < 20


def test_an_object_that_changes_meanwhile_is_no_verdict(put, store, container, monkeypatch):
    reference = put(cog(*pyramid(204800), arrays_last=True).data)
    many = store.read_ranges

    def replaced(*args, **options):
        put(cog().data)
        return many(*args, **options)

    monkeypatch.setattr(store, "read_ranges", replaced)
    with pytest.raises(ProtocolError, match="replaced"):
        validate_cog(reference)


def test_a_folder_is_a_table_of_verdicts(store, container, put, tmp_path):
    good(tmp_path / "good.tif")
    MUTANTS["F-TILED"][0](tmp_path / "bad.tif")
    for number in range(5):
        put((tmp_path / "good.tif").read_bytes(), f"x/{number}.tif")
    put((tmp_path / "bad.tif").read_bytes(), "x/bad.TIFF")
    put(b"notes", "x/notes.txt")
    put(b"elsewhere", "y/a.tif")
    rows = {j.source.key: j.verdict for j in api.validate_folder(store, container, "x/", jobs=3)}
    assert rows == {**{f"x/{n}.tif": "valid" for n in range(5)}, "x/bad.TIFF": "invalid"}
