# SPDX-License-Identifier: GPL-2.0-or-later
"""Uploads in parts that were killed: they are found, and taken away."""

from __future__ import annotations

import dataclasses
import uuid

import pytest

from cog_browser.storage.errors import ConfigurationError, NotFoundError
from cog_browser.storage.s3 import upload as s3_upload
from cog_browser.storage.transfers.unfinished import SPARED, KeepsUploads
from tests.integration.store_accounts import SERVERS, store_in

KEY = "a b/ü+1.bin"


@pytest.fixture(params=["s3-swift", "s3-moto"])
def store(request, tmp_path):
    found = store_in(request.param, request.getfixturevalue(SERVERS[request.param]), tmp_path)
    yield found
    found.close()


@pytest.fixture
def bucket(store):
    name = f"left-{uuid.uuid4().hex[:12]}"
    store.create_container(name)
    return name


@pytest.fixture
def begun(store, bucket):
    """Begins an upload as a process that is killed does: begun(key, parts)."""

    def make(key, parts=0):
        one = s3_upload._Upload(store, None, (bucket, key), "test", False, None)
        number = one._begin({})
        for part in range(parts):
            query = f"partNumber={part + 1}&uploadId={number}"
            store.call("PUT", (bucket, key), "test", query=query, body=bytes(5 << 20)).close()
        return number

    return make


def test_killed_uploads_are_listed_with_what_was_sent_and_cleaned_up(store, bucket, begun):
    assert isinstance(store, KeepsUploads)
    assert list(store.unfinished_uploads(bucket)) == []
    numbers = {begun(KEY, parts=1), begun("empty.bin")}
    found = {u.key: u for u in store.unfinished_uploads(bucket)}
    assert {u.upload_id for u in found.values()} == numbers
    assert {key: u.sent for key, u in found.items()} == {KEY: 5 << 20, "empty.bin": 0}
    assert 0 <= found[KEY].age < 60  # moto says of an empty one that it began in 2010
    assert not any(u.is_resumable for u in found.values())
    one = found[KEY]
    with pytest.raises(ConfigurationError, match=r"may still run .* Confirm"):
        store.clean_up_upload(one)
    with pytest.raises(ConfigurationError, match="upload the file anew"):
        store.resume_upload(one)
    done = []
    store.clean_up_upload(one, confirmed=True, progress=lambda *n: done.append(n) is None)
    assert done == [(1, 1)]
    assert [u.key for u in store.unfinished_uploads(bucket)] == ["empty.bin"]
    old = dataclasses.replace(found["empty.bin"], age=SPARED + 1.0)
    store.clean_up_upload(old)  # nobody need confirm
    store.clean_up_upload(old)  # nor mind that it is gone
    assert list(store.unfinished_uploads(bucket)) == []
    with pytest.raises(NotFoundError):
        store.head_object(bucket, KEY)


def test_the_whole_account_is_searched_and_own_running_ones_are_spared(store, bucket, begun):
    number = begun(KEY)
    assert number in [u.upload_id for u in store.unfinished_uploads()]
    [found] = store.unfinished_uploads(bucket)
    s3_upload._running.add(number)
    try:
        assert list(store.unfinished_uploads(bucket)) == []
        with pytest.raises(ConfigurationError, match="is running"):
            store.clean_up_upload(found, confirmed=True)
    finally:
        s3_upload._running.discard(number)
    store.clean_up_upload(found, confirmed=True)


def test_an_upload_in_parts_is_known_as_running_until_it_ends(store, bucket, tmp_path):
    file = tmp_path / "large.bin"
    file.write_bytes(bytes(11 << 20))
    seen = []

    def progress(_done, _total):
        seen.append(len(s3_upload.running_uploads()))
        return True

    store.upload(file, bucket, KEY, progress=progress)
    assert max(seen) == 1
    assert s3_upload.running_uploads() == frozenset()
    assert list(store.unfinished_uploads(bucket)) == []


def test_more_uploads_than_fit_a_page_are_all_found(store, bucket, begun, monkeypatch):
    numbers = {begun(f"k{n}.bin") for n in range(5)}
    call = store.call

    def small_pages(method, names, doing, **more):
        if more.get("query", "").endswith("uploads="):
            more["query"] = "&".join(sorted([*more["query"].split("&"), "max-uploads=2"]))
        return call(method, names, doing, **more)

    monkeypatch.setattr(store, "call", small_pages)
    assert {u.upload_id for u in store.unfinished_uploads(bucket)} == numbers
