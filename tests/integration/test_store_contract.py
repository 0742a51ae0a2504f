# SPDX-License-Identifier: GPL-2.0-or-later
"""What `ObjectStore` promises, asked of every kind of store on a real server.

The tests' own store in memory is asked the same, so that tests which use it can be believed.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import requests
from osgeo import gdal

from cog_browser.storage.errors import (
    AlreadyExistsError,
    Cancelled,
    ConfigurationError,
    NotFoundError,
    ProtocolError,
)
from cog_browser.storage.many_objects import Transfer, remove_original, transfer_all
from cog_browser.storage.recipe import StoreRecipe
from cog_browser.storage.stores import open_store
from tests.integration.store_accounts import SERVERS, store_in
from tests.support.memory_store import MemoryStore
from tests.support.rasters import checksums, make_cog

KEYS = (
    "a b+c/ü x.tif",
    "d/x.tif",
    "d/sub/y.tif",
    "~t*()'!$&,;=:@\"<>[]{}|^`%41#?.tif",
    "plain.tif",
)


@pytest.fixture(params=[*sorted(SERVERS), "memory"])
def store(request: Any, tmp_path: Path) -> Iterator[Any]:
    name = request.param
    if name == "memory":
        opened: Any = MemoryStore()
    else:
        opened = store_in(name, request.getfixturevalue(SERVERS[name]), tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def container(store: Any) -> Iterator[str]:
    name = f"contract-{uuid.uuid4().hex[:12]}"
    store.create_container(name)
    yield name
    for page in store.list_objects(name, delimiter=""):
        for entry in page.objects:
            store.delete_object(name, entry.key)
    store.delete_container(name)


def file_of(tmp_path: Path, size: int) -> Path:
    path = tmp_path / f"{uuid.uuid4().hex}.bin"
    path.write_bytes(os.urandom(size))
    return path


def keys_in(store: Any, container: str, *args: Any, **options: Any) -> list[str]:
    pages = store.list_objects(container, *args, **options)
    return [entry.key for page in pages for entry in page.objects]


def test_a_container_is_made_once_listed_and_deleted(store, container):
    assert store.create_container(container).name == container
    assert container in [each.name for each in store.list_containers()]
    with pytest.raises(NotFoundError, match="other-name-of-none"):
        list(store.list_objects("other-name-of-none"))


def test_what_goes_up_comes_down(store, container, tmp_path):
    """In one piece, empty, and in parts."""
    for size in (0, 1000, 12_000_000):
        file = file_of(tmp_path, size)
        steps: list[int] = []

        def note(done: int, _total: int | None, steps: list[int] = steps) -> bool:
            steps.append(done)
            return True

        entry = store.upload(
            file,
            container,
            "d/x.tif",
            overwrite=True,
            progress=note,
        )
        assert (entry.size, entry.content_type, steps[-1]) == (size, "image/tiff", size)
        assert entry == store.head_object(container, "d/x.tif")
        assert entry.etag
        assert abs(entry.last_modified - datetime.now(timezone.utc)) < timedelta(minutes=5)
        target = tmp_path / "down.bin"
        store.download(container, "d/x.tif", target)
        assert target.read_bytes() == file.read_bytes()
        assert keys_in(store, container, delimiter="") == ["d/x.tif"]


def test_keys_are_taken_as_they_are(store, container, tmp_path):
    file = file_of(tmp_path, 3000)
    for key in KEYS:
        entry = store.upload(file, container, key)
        assert (
            store.read_range(container, key, 100, 200, etag=entry.etag)
            == (file.read_bytes()[100:200])
        )
    assert sorted(keys_in(store, container, delimiter="")) == sorted(KEYS)
    [page] = store.list_objects(container)
    assert sorted(page.prefixes) == ["a b+c/", "d/"]
    assert sorted(entry.key for entry in page.objects) == ["plain.tif", KEYS[3]]
    [page] = store.list_objects(container, "d/")
    assert (page.prefixes, [e.key for e in page.objects]) == (("d/sub/",), ["d/x.tif"])
    assert all(entry.size == 3000 and entry.last_modified for entry in page.objects)
    for operation in (
        lambda: store.head_object(container, "a/../b"),
        lambda: store.delete_object(container, "./b"),
        lambda: store.upload(file, container, ".."),
    ):
        with pytest.raises(ConfigurationError, match="segment"):
            operation()


def test_pages_are_fetched_when_they_are_asked_for(store, container, tmp_path):
    file = file_of(tmp_path, 10)
    for number in range(5):
        store.upload(file, container, f"k{number}")
    pages = store.list_objects(container, delimiter="", page_size=2)
    first = next(pages)
    assert [entry.key for entry in first.objects] == ["k0", "k1"]
    store.delete_object(container, "k4")
    assert [entry.key for page in pages for entry in page.objects] == ["k2", "k3"]


def test_folders_come_once_however_small_the_pages(store, container, tmp_path):
    """A key that ends with the delimiter is a folder from above, and an object in itself."""
    file = file_of(tmp_path, 10)
    for key in ("a", "b/", "b/1", "b/2", "b/c/3", "b-d", "é/4", "z"):
        store.upload(file, container, key)
    for prefix, prefixes, keys in (
        ("", ["b/", "é/"], ["a", "b-d", "z"]),
        ("b/", ["b/c/"], ["b/", "b/1", "b/2"]),
        ("b", ["b/"], ["b-d"]),
        ("none", [], []),
    ):
        pages = list(store.list_objects(container, prefix, page_size=1))
        assert [name for page in pages for name in page.prefixes] == prefixes
        assert [entry.key for page in pages for entry in page.objects] == keys
        assert all(len(page.prefixes) + len(page.objects) <= 1 for page in pages)


def test_a_container_that_holds_something_is_kept(store, container, tmp_path):
    store.upload(file_of(tmp_path, 10), container, "k")
    with pytest.raises(ProtocolError, match="not empty"):
        store.delete_container(container)
    assert keys_in(store, container) == ["k"]


def test_a_cancelled_download_leaves_nothing(store, container, tmp_path):
    store.upload(file_of(tmp_path, 3_000_000), container, "k")
    folder = tmp_path / "down"
    folder.mkdir()
    with pytest.raises(Cancelled):
        store.download(container, "k", folder / "k", progress=lambda done, _: done < 1_000_000)
    assert list(folder.iterdir()) == []


def test_ranges_are_exact_and_of_one_object(store, container, tmp_path):
    file = file_of(tmp_path, 5000)
    entry = store.upload(file, container, "r")
    assert store.read_range(container, "r", 0, 5000) == file.read_bytes()
    assert store.read_range(container, "r", 4999, 5000, etag=entry.etag) == file.read_bytes()[4999:]
    assert store.read_range(container, "r", 7, 7) == b""
    parts = store.read_ranges(container, "r", [(0, 10), (100, 110)], etag=entry.etag)
    assert parts in (None, [file.read_bytes()[:10], file.read_bytes()[100:110]])
    with pytest.raises(ProtocolError):
        store.read_range(container, "r", 4000, 6000, etag=entry.etag)
    store.upload(file_of(tmp_path, 5000), container, "r", overwrite=True)
    with pytest.raises(ProtocolError, match="replaced since it was opened") as caught:
        store.read_range(container, "r", 0, 10, etag=entry.etag)
    assert caught.value.status == 412


def test_nothing_is_overwritten_unasked(store, container, tmp_path):
    first, second = file_of(tmp_path, 100), file_of(tmp_path, 200)
    store.upload(first, container, "k")
    store.upload(second, container, "other")
    with pytest.raises(AlreadyExistsError, match="exists already"):
        store.upload(second, container, "k")
    with pytest.raises(AlreadyExistsError, match="exists already"):
        store.check_upload(container, "k")
    with pytest.raises(AlreadyExistsError, match="exists already"):
        store.copy_object(container, "other", container, "k")
    assert store.head_object(container, "k").size == 100
    assert store.upload(second, container, "k", overwrite=True).size == 200


def test_a_key_that_is_taken_meanwhile_is_not_overwritten(store, container, tmp_path, monkeypatch):
    """In one piece and in parts: these servers all refuse the second writer."""
    store.upload(file_of(tmp_path, 100), container, "k")
    monkeypatch.setattr(store, "check_upload", lambda *_names, **_options: None)
    for size in (2_000_000, 7_000_000):
        with pytest.raises(AlreadyExistsError, match="exists already"):
            store.upload(file_of(tmp_path, size), container, "k")
        assert store.head_object(container, "k").size == 100


def test_a_copy_is_the_same_bytes(store, container, tmp_path):
    for size in (100, 7_000_000):
        file = file_of(tmp_path, size)
        store.upload(file, container, "from ü", content_type="image/tiff", overwrite=True)
        made = store.copy_object(container, "from ü", container, "to/é", overwrite=True)
        assert (made.key, made.size, made.content_type) == ("to/é", size, "image/tiff")
        store.delete_object(container, "from ü")
        store.download(container, "to/é", tmp_path / "copy.bin")
        assert (tmp_path / "copy.bin").read_bytes() == file.read_bytes()


def test_a_move_removes_the_original_unless_it_was_replaced(store, container, tmp_path):
    """In one piece and in parts, of which a copy has another ETag."""
    for size in (100, 7_000_000):
        store.upload(file_of(tmp_path, size), container, "from", overwrite=True)
        moved = Transfer(container, container, (("from", f"to{size}"),))
        assert list(transfer_all(store, moved, lambda _key: True)) == [("from", None)]
        assert store.head_object(container, f"to{size}").size == size
        with pytest.raises(NotFoundError):
            store.head_object(container, "from")
    original = store.upload(file_of(tmp_path, 50), container, "from")
    copy = store.copy_object(container, "from", container, "to")
    store.upload(file_of(tmp_path, 50), container, "from", overwrite=True)
    with pytest.raises(ProtocolError, match="has been replaced"):
        remove_original(store, original, copy)
    assert store.head_object(container, "from").size == 50


def test_what_is_not_there_is_not_found(store, container, tmp_path):
    file = file_of(tmp_path, 10)
    for operation in (
        lambda: store.head_object(container, "none"),
        lambda: store.delete_object(container, "none"),
        lambda: store.read_range(container, "none", 0, 10),
        lambda: store.download(container, "none", tmp_path / "none"),
        lambda: store.copy_object(container, "none", container, "to"),
        lambda: store.upload(file, "other-name-of-none", "k"),
    ):
        with pytest.raises(NotFoundError):
            operation()
    assert not (tmp_path / "none").exists()


def test_a_cancelled_upload_leaves_nothing(store, container, tmp_path):
    for size in (3_000_000, 16_000_000):
        file = file_of(tmp_path, size)
        stopped: list[float] = []

        def stop(done: int, _total: int | None, stopped: list[float] = stopped) -> bool:
            if done > 1_000_000 and not stopped:
                stopped.append(time.monotonic())
            return not stopped

        with pytest.raises(Cancelled):
            store.upload(file, container, "k", progress=stop)
        assert time.monotonic() - stopped[0] < 10
        time.sleep(0.3)
        assert keys_in(store, container, delimiter="") == []


def test_several_threads_read_at_once(store, container, tmp_path):
    file = file_of(tmp_path, 200_000)
    entry = store.upload(file, container, "k")
    digests: list[bytes] = []

    def read(start: int) -> None:
        digests.append(
            hashlib.md5(
                store.read_range(container, "k", start, start + 10_000, etag=entry.etag)
            ).digest()
        )

    threads = [threading.Thread(target=read, args=(i * 10_000,)) for i in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    data = file.read_bytes()
    assert sorted(digests) == sorted(
        hashlib.md5(data[i : i + 10_000]).digest() for i in range(0, 200_000, 10_000)
    )


def test_a_raster_opens_through_the_gateway(store, container, tmp_path):
    cog = make_cog(tmp_path / "c.tif")
    store.upload(cog, container, "2026/scène 1.tif")
    dataset = store.open_dataset(container, "2026/scène 1.tif")
    assert checksums(dataset) == checksums(gdal.Open(str(cog)))


@pytest.mark.parametrize("store", sorted(SERVERS), indirect=True)
def test_a_recipe_opens_the_same_account(store, container, tmp_path):
    store.upload(file_of(tmp_path, 10), container, "k")
    recipe = StoreRecipe.from_document(store.recipe.to_document())
    again = open_store(recipe.connection, recipe.credentials, recipe.settings)
    assert again.head_object(container, "k") == store.head_object(container, "k")
    assert again.source(container, "k") == store.source(container, "k")
    again.close()


def test_a_store_in_memory_has_no_recipe():
    """Its objects are in this process alone; a recipe would open another, empty account."""
    with pytest.raises(ConfigurationError, match="another process"):
        _ = MemoryStore().recipe


@pytest.mark.parametrize("store", sorted({*SERVERS} - {"swift"}), indirect=True)
def test_a_link_is_good_for_a_time(store, container, tmp_path):
    file = file_of(tmp_path, 100)
    store.upload(file, container, "a b/ü.tif")
    url = store.share_url(container, "a b/ü.tif", 600)
    assert requests.get(url, timeout=60).content == file.read_bytes()
    with pytest.raises(ConfigurationError, match="7 days"):
        store.share_url(container, "a b/ü.tif", 8 * 24 * 3600)
