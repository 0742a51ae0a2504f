# SPDX-License-Identifier: GPL-2.0-or-later
"""What would break an Earth Engine asset is warned of wherever it is done."""

from __future__ import annotations

import json
import logging
import uuid
from contextlib import closing

import pytest

from cog_browser import api
from cog_browser.storage.earth_engine.registered import (
    RegisteredObjects,
    assets_reading,
    object_url,
    registered_objects,
)
from cog_browser.storage.errors import AlreadyExistsError, Cancelled, ServerError
from cog_browser.storage.stores import open_store
from tests.integration.store_accounts import account_in
from tests.support.rasters import make_cog

ASSET = "projects/maps-123/assets/dem"


@pytest.fixture(autouse=True)
def own_state(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def store(amazon):
    with closing(open_store(*account_in("gs-moto", amazon))) as opened:
        yield opened


@pytest.fixture
def bucket(store, tmp_path):
    """With ``dem.tif``, which an asset reads, and ``other.tif``."""
    name = f"maps-{uuid.uuid4().hex[:12]}"
    store.create_container(name)
    path = tmp_path / "x.bin"
    path.write_bytes(b"pixels")
    for key in ("dem.tif", "other.tif"):
        store.upload(path, name, key)
    registered_objects().remember(ASSET, {object_url(store.connection, name, "dem.tif"): "17"})
    return name


def upload(store, bucket, path):
    store.upload(path, bucket, "dem.tif", overwrite=True)


def copy(store, bucket, _path):
    store.copy_object(bucket, "other.tif", bucket, "dem.tif", overwrite=True)


def delete(store, bucket, _path):
    store.delete_object(bucket, "dem.tif")


def publish(store, bucket, path):
    make_cog(path, 300, 200)
    api.publish(path, store, bucket, "dem.tif", overwrite=True)


@pytest.mark.parametrize("deed", [upload, copy, delete, publish])
def test_what_breaks_an_asset_is_warned_of_once(store, bucket, tmp_path, caplog, deed):
    path = tmp_path / "new.tif"
    path.write_bytes(b"others")
    with caplog.at_level(logging.WARNING, "cog_browser"):
        deed(store, bucket, path)
    [said] = [record.getMessage() for record in caplog.records]
    assert said == (
        f"gs://{bucket}/dem.tif is replaced or deleted, and an Earth Engine asset reads it as it "
        f"was: {ASSET}. It can't be read any more then, unless the bucket keeps versions. Register "
        "it again."
    )
    assert registered_objects().all() == ()  # there is nothing left to break
    caplog.clear()
    path.write_bytes(b"again")
    with caplog.at_level(logging.WARNING, "cog_browser"):
        store.upload(path, bucket, "dem.tif", overwrite=True)
    assert caplog.records == []


def test_what_breaks_nothing_is_silent(store, bucket, tmp_path, caplog):
    path = tmp_path / "x.bin"
    with caplog.at_level(logging.WARNING, "cog_browser"):
        store.upload(path, bucket, "other.tif", overwrite=True)
        with pytest.raises(AlreadyExistsError):
            store.upload(path, bucket, "dem.tif")
        with pytest.raises(AlreadyExistsError):
            store.copy_object(bucket, "other.tif", bucket, "dem.tif")
        store.copy_object(bucket, "dem.tif", bucket, "copy.tif", overwrite=True)
        store.delete_object(bucket, "copy.tif")
    assert caplog.records == []
    assert len(registered_objects().all()) == 1


def test_a_publication_that_was_given_up_is_forgotten_as_a_warning(store, bucket, tmp_path, caplog):
    path = make_cog(tmp_path / "new.tif", 300, 200)
    with caplog.at_level(logging.WARNING, "cog_browser"):
        with pytest.raises(Cancelled):
            api.publish(path, store, bucket, "dem.tif", overwrite=True, progress=lambda *_: False)
        assert len(caplog.records) == 1  # before the long work
        assert len(registered_objects().all()) == 1
        store.delete_object(bucket, "dem.tif")
    assert len(caplog.records) == 2


def test_what_failed_is_still_known(store, bucket, monkeypatch):
    def fail(*_args, **_more):
        raise ServerError("no")

    monkeypatch.setattr(store, "call", fail)
    with pytest.raises(ServerError):
        store.delete_object(bucket, "dem.tif")
    assert len(registered_objects().all()) == 1


def test_only_google_s_objects_are_looked_for(store, bucket, stack):
    swift = open_store(*account_in("swift", stack))
    assert assets_reading(swift.connection, bucket, ["dem.tif"]) == {}
    swift.close()
    found = assets_reading(store.connection, bucket, ["dem.tif", "other.tif", "a/../b"])
    assert found == {"dem.tif": ASSET}


def test_several_assets_read_one_object_and_one_may_be_made_anew(tmp_path):
    path = tmp_path / "deep" / "known.json"
    known = RegisteredObjects(path)
    known.remember("a", {"https://x/b/1": "1", "https://x/b/2": ""})
    known.remember("b", {"https://x/b/1": "1"})
    assert [one.asset for one in known.of("https://x/b/1")] == ["a", "b"]
    known.remember("a", {"https://x/b/3": "5"})  # overwritten: it reads others now
    again = RegisteredObjects(path)
    assert [(one.url, one.asset) for one in again.all()] == [
        ("https://x/b/1", "b"),
        ("https://x/b/3", "a"),
    ]
    assert again.all()[1].when.endswith("Z")
    again.forget("https://x/b/1")
    assert [one.asset for one in known.all()] == ["a"]  # as another program has left it
    assert [file.name for file in path.parent.iterdir()] == ["known.json"]
    assert set(json.loads(path.read_text())[0]) == {"url", "asset", "generation", "when"}


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"a": 1}]', '{"url": 1}'])
def test_a_damaged_file_is_said_and_harms_nothing(tmp_path, caplog, text):
    path = tmp_path / "known.json"
    path.write_text(text)
    known = RegisteredObjects(path)
    with caplog.at_level(logging.WARNING):
        assert known.all() == known.all() == ()
    assert len(caplog.records) == 1
    known.remember("a", {"https://x/b/1": "1"})
    assert len(known.all()) == 1


def test_a_folder_that_can_t_be_written_is_said(tmp_path, caplog):
    (tmp_path / "file").write_text("")
    with caplog.at_level(logging.WARNING):
        RegisteredObjects(tmp_path / "file" / "known.json").remember("a", {"u": ""})
    assert "can't be written" in caplog.text
