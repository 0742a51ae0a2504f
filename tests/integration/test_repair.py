# SPDX-License-Identifier: GPL-2.0-or-later
"""Repairing an object in a real Swift: it becomes a proper COG, or stays what it was."""

from __future__ import annotations

from contextlib import closing

import pytest
from osgeo import gdal

from cog_browser.cog import repair as repair_module
from cog_browser.cog.repair import plan_repair, prepare_repair, repair
from cog_browser.cog.validate import validate_cog
from cog_browser.storage.connection import Connection
from cog_browser.storage.errors import (
    Cancelled,
    ChecksumError,
    CogBrowserError,
    ConfigurationError,
    ConversionError,
    InvalidCogError,
    ProtocolError,
    TransportError,
)
from cog_browser.storage.models import ObjectRef
from cog_browser.storage.object_names import COG_CONTENT_TYPE
from cog_browser.storage.stores import open_store
from cog_browser.storage.transfers.control import TransferSettings
from tests.support.faults import Fault
from tests.support.rasters import checksums, make_cog

KEY = "dem/2024 ü.tif"


@pytest.fixture(scope="module")
def stripped(tmp_path_factory):
    """A georeferenced TIFF in strips without overviews: no COG."""
    folder = tmp_path_factory.mktemp("stripped")
    cog = make_cog(folder / "cog.tif", 1300, 700)
    path = folder / "strips.tif"
    gdal.GetDriverByName("GTiff").CreateCopy(str(path), gdal.Open(str(cog)), options=["TILED=NO"])
    assert not validate_cog(path).is_valid
    return path


@pytest.fixture
def store(stack):
    with closing(open_store(*Connection.from_environment(stack.environment("demo")))) as store:
        yield store


@pytest.fixture
def proxied(faulty_store):
    environment = faulty_store.environment("demo")
    with closing(open_store(*Connection.from_environment(environment))) as store:
        store.transfers = TransferSettings(first_pause=0.01, longest_pause=0.1)
        yield store


@pytest.fixture
def container(stack, store, stripped):
    name = store.create_container(stack.unique_name()).name
    with closing(stack.connection("demo")) as connection, stripped.open("rb") as file:
        headers = {"X-Object-Meta-Sensor": "radar", "X-Object-Meta-Year": "2024"}
        connection.put_object(name, KEY, file, content_type="image/x-old", headers=headers)
    return name


def test_a_bad_object_becomes_a_proper_cog_with_the_same_pixels(
    stack, store, container, stripped, tmp_path
):
    seen, steps = [], []

    def confirm(prepared):
        assert store.head_object(container, KEY).content_type == "image/x-old"  # not yet
        seen.append(prepared)
        return True

    def progress(done, total):
        steps.append((done, total))
        return True

    entry = repair(store, container, KEY, confirm=confirm, progress=progress, folder=tmp_path)
    [prepared] = seen
    assert prepared.plan.before.errors
    assert prepared.after.is_valid
    assert prepared.size == entry.size
    assert validate_cog(ObjectRef(store, container, KEY)).is_valid
    dataset = store.open_dataset(container, KEY)
    assert checksums(dataset) == checksums(gdal.Open(str(stripped)))
    with closing(stack.connection("demo")) as connection:
        headers = connection.head_object(container, KEY)
    assert headers["content-type"] == COG_CONTENT_TYPE
    assert (headers["x-object-meta-sensor"], headers["x-object-meta-year"]) == ("radar", "2024")
    assert steps == sorted(steps)
    assert steps[-1] == (100, 100)
    assert list(tmp_path.iterdir()) == []


def test_a_proper_cog_is_left_alone(store, container, tmp_path):
    cog = make_cog(tmp_path / "cog.tif", 900, 700)
    before = store.upload(cog, container, "good.tif")
    assert not plan_repair(store, container, "good.tif").is_needed
    with pytest.raises(ConfigurationError, match="valid COG already"):
        repair(store, container, "good.tif", confirm=lambda _: pytest.fail("asked"))
    assert store.head_object(container, "good.tif") == before


@pytest.fixture
def unchanged(store, container, tmp_path):
    """After the test the object is what it was, and nothing is left on disk or in the store."""
    before = store.head_object(container, KEY)
    (tmp_path / "work").mkdir()
    yield tmp_path / "work"
    assert store.head_object(container, KEY) == before
    [page] = store.list_objects(container, delimiter="")
    assert [entry.key for entry in page.objects] == [KEY]
    assert list((tmp_path / "work").iterdir()) == []


def test_without_consent_nothing_changes(store, container, unchanged):
    with pytest.raises(Cancelled):
        repair(store, container, KEY, confirm=lambda _: False, folder=unchanged)


@pytest.mark.parametrize("at", [0, 10, 20, 40, 56, 57, 60, 70, 90])
def test_cancelled_at_any_step_nothing_changes(store, container, unchanged, at):
    with pytest.raises(Cancelled):
        repair(
            store,
            container,
            KEY,
            confirm=lambda _: True,
            progress=lambda done, _total: done < at,
            folder=unchanged,
        )


@pytest.mark.parametrize(
    ("fault", "method", "error"),
    [
        (Fault(truncate_after=5000), "GET", TransportError),
        (Fault(corrupt_at=9000), "GET", (ChecksumError, ConversionError)),
        (Fault(status=500), "PUT", CogBrowserError),
        (Fault(status=507), "PUT", CogBrowserError),
        (Fault(reset_upload_after=100_000), "PUT", TransportError),
        (Fault(refuse=True), "PUT", TransportError),
    ],
    ids=["download cut", "download damaged", "500", "full", "upload cut", "upload refused"],
)
def test_a_failure_at_any_step_changes_nothing(
    proxied, faulty_store, container, unchanged, fault, method, error
):
    plan = plan_repair(proxied, container, KEY)
    faulty_store.swift.add(fault, method=method, path="/dem/", times=None)
    with pytest.raises(error), closing(prepare_repair(proxied, plan, folder=unchanged)) as made:
        made.replace()


def test_a_bad_conversion_changes_nothing(store, container, unchanged, stripped, monkeypatch):
    import shutil

    monkeypatch.setattr(
        repair_module, "convert_to_cog", lambda _s, made, *_: shutil.copy(stripped, made)
    )
    with pytest.raises(InvalidCogError, match="left as it is"):
        repair(store, container, KEY, confirm=lambda _: True, folder=unchanged)


def test_a_full_disk_is_refused_before_the_download(store, container, unchanged, monkeypatch):
    from types import SimpleNamespace

    monkeypatch.setattr(
        repair_module.shutil, "disk_usage", lambda _: SimpleNamespace(total=10**9, free=1000)
    )
    with pytest.raises(ConversionError, match="No room"):
        repair(store, container, KEY, confirm=lambda _: True, folder=unchanged)


def test_an_object_that_only_pretends_to_be_a_tiff_is_not_opened(
    stack, store, container, tmp_path, stripped
):
    """A VRT of that name would put this computer's files into the store."""
    vrt = gdal.GetDriverByName("VRT").CreateCopy(str(tmp_path / "a.vrt"), gdal.Open(str(stripped)))
    vrt.FlushCache()
    store.upload(tmp_path / "a.vrt", container, "evil.tif")
    entry = store.head_object(container, "evil.tif")
    plan = repair_module.RepairPlan(entry, plan_repair(store, container, KEY).before, "science")
    with pytest.raises(ConversionError, match="is no TIFF"):
        prepare_repair(store, plan, folder=tmp_path)
    assert store.head_object(container, "evil.tif") == entry


# Somebody else writes the same object


def overwrite(stack, container, data=b"somebody else's"):
    with closing(stack.connection("demo")) as connection:
        connection.put_object(container, KEY, data)


def content(stack, container):
    with closing(stack.connection("demo")) as connection:
        return connection.get_object(container, KEY)[1]


def test_a_change_while_the_user_thinks_is_not_overwritten(stack, store, container):
    def confirm(_prepared):
        overwrite(stack, container)
        return True

    with pytest.raises(ProtocolError, match="somebody else"):
        repair(store, container, KEY, confirm=confirm)
    assert content(stack, container) == b"somebody else's"


def test_a_change_while_it_is_uploaded_is_not_overwritten(stack, store, container):
    plan = plan_repair(store, container, KEY)
    is_done = []

    def progress(done, total):
        if done > total // 2 and not is_done:
            is_done.append(True)
            overwrite(stack, container)
        return True

    prepared = prepare_repair(store, plan)
    with closing(prepared), pytest.raises(ProtocolError, match="omebody else"):
        prepared.replace(progress)
    assert is_done
    assert content(stack, container) == b"somebody else's"


def test_a_change_during_the_download_is_noticed(stack, store, container):
    plan = plan_repair(store, container, KEY)
    overwrite(stack, container)
    with pytest.raises(ProtocolError, match="somebody else"):
        prepare_repair(store, plan)


def test_a_lost_answer_to_the_upload_is_looked_into(proxied, faulty_store, container):
    plan = plan_repair(proxied, container, KEY)
    with closing(prepare_repair(proxied, plan)) as prepared:
        faulty_store.swift.add(Fault(lose_answer=True), method="PUT", path="/dem/")
        entry = prepared.replace()
    assert entry.size == prepared.size
    assert validate_cog(ObjectRef(proxied, container, KEY)).is_valid


def test_closing_twice_is_harmless(store, container, tmp_path):
    prepared = prepare_repair(store, plan_repair(store, container, KEY), folder=tmp_path)
    assert list(tmp_path.iterdir()) != []
    prepared.close()
    prepared.close()
    assert list(tmp_path.iterdir()) == []
