# SPDX-License-Identifier: GPL-2.0-or-later
"""The TIFF reader over objects of a real Swift."""

from __future__ import annotations

import pytest

from cog_browser.cog.tiff.byte_sources import open_source
from cog_browser.cog.tiff.read import read_tiff
from cog_browser.storage.connection import Connection
from cog_browser.storage.errors import NotFoundError, ProtocolError
from cog_browser.storage.models import ObjectRef
from cog_browser.storage.stores import open_store
from tests.support.rasters import make_cog


@pytest.fixture
def store(stack):
    store = open_store(*Connection.from_environment(stack.environment("demo")))
    yield store
    store.close()


@pytest.fixture
def container(stack, store):
    return store.create_container(stack.unique_name()).name


def test_an_object_s_header_takes_one_range(store, container, tmp_path, monkeypatch):
    store.upload(make_cog(tmp_path / "a.tif"), container, "a.tif")
    ranges = []
    read_range = store.read_range
    monkeypatch.setattr(
        store,
        "read_range",
        lambda c, k, start, stop, **o: (
            ranges.append((start, stop)) or read_range(c, k, start, stop, **o)
        ),
    )
    with open_source(ObjectRef(store, container, "a.tif")) as source:
        tiff = read_tiff(source.read, source.size)
        assert ranges == [(0, 16384)]
        assert tiff.problems == ()
        assert (tiff.ifds[0].width, tiff.ifds[0].geo.keys[3072]) == (2000, 32631)
        blocks = list(tiff.blocks(tiff.ifds[0]))
        assert len(ranges) == 1
        assert all(frame.is_intact for frame in tiff.frames([blocks[0], blocks[-1]]))
        assert len(blocks) == 12
        assert source.read(source.size - 4, 100) == (tmp_path / "a.tif").read_bytes()[-4:]
        assert source.read(source.size + 1, 100) == b""


def test_an_object_that_changes_meanwhile_is_noticed(store, container, tmp_path):
    store.upload(make_cog(tmp_path / "a.tif"), container, "a.tif")
    with open_source(ObjectRef(store, container, "a.tif")) as source:
        tiff = read_tiff(source.read, source.size)
        other = make_cog(tmp_path / "b.tif", width=2001)
        store.upload(other, container, "a.tif", overwrite=True)
        with pytest.raises(ProtocolError):
            list(tiff.frames(tiff.blocks(tiff.ifds[0], count=1)))


def test_an_object_that_is_not_there(store, container):
    with pytest.raises(NotFoundError), open_source(ObjectRef(store, container, "no.tif")):
        pass
