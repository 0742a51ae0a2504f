# SPDX-License-Identifier: GPL-2.0-or-later
"""Azure: what others do at the same time is neither mixed in nor deleted."""

from __future__ import annotations

import dataclasses
import os
import uuid
from urllib.parse import urlsplit

import pytest

from cog_browser.storage.errors import AlreadyExistsError, NotFoundError, ProtocolError
from cog_browser.storage.stores import open_store
from tests.integration.store_accounts import account_in, store_in
from tests.support.faults import Fault


@pytest.fixture
def store(azurite, tmp_path):
    return store_in("azure", azurite, tmp_path)


@pytest.fixture
def container(store):
    return store.create_container(f"c{uuid.uuid4().hex[:12]}").name


class _Killed(Exception):
    pass


def test_parts_of_two_uploads_to_one_key_are_not_mixed(store, azurite, container, tmp_path):
    mine, others = tmp_path / "mine", tmp_path / "others"
    mine.write_bytes(os.urandom(11 << 20))
    others.write_bytes(os.urandom(11 << 20))
    other = store_in("azure", azurite, tmp_path)
    send, send_other, begun = store.call, other.call, []

    def call(*given, **options):
        if options.get("query") == "comp=blocklist" and not begun:
            begun.append(True)
            with pytest.raises(_Killed):
                other.upload(others, container, "k", overwrite=True)
        return send(*given, **options)

    def killed(*given, **options):
        if options.get("query") == "comp=blocklist":
            raise _Killed
        return send_other(*given, **options)

    store.call, other.call = call, killed
    assert store.upload(mine, container, "k", overwrite=True).size == 11 << 20
    assert begun
    store.download(container, "k", tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == mine.read_bytes()


def test_an_upload_of_another_length_is_not_taken_for_ours(store, container, tmp_path):
    """The digest beside an object is only what an uploader has said."""
    (tmp_path / "f").write_bytes(b"x" * 1000)
    send = store.call

    def call(method, names, doing, **options):
        if method == "PUT" and len(names) == 2:
            digest = {"x-ms-blob-content-md5": options["headers"]["Content-MD5"]}
            send("PUT", names, doing, query="comp=block&blockid=YWFhYWFh", body=b"x" * 999)
            rows = b"<BlockList><Latest>YWFhYWFh</Latest></BlockList>"
            return send("PUT", names, doing, query="comp=blocklist", headers=digest, body=rows)
        return send(method, names, doing, **options)

    store.call = call
    with pytest.raises(ProtocolError, match="another object under this key"):
        store.upload(tmp_path / "f", container, "k")


def test_a_container_whose_first_page_is_empty_is_not_deleted(
    azurite, fault_proxy, store, container, tmp_path
):
    (tmp_path / "f").write_bytes(b"x")
    store.upload(tmp_path / "f", container, "k")
    proxy = fault_proxy(azurite.url)
    connection, credentials = account_in("azure", azurite)
    host = urlsplit(connection.endpoint).netloc
    endpoint = connection.endpoint.replace(host, urlsplit(proxy.url).netloc)
    through = open_store(dataclasses.replace(connection, endpoint=endpoint), credentials)
    page = b"<EnumerationResults><Blobs/><NextMarker>a</NextMarker></EnumerationResults>"
    proxy.add(Fault(status=200, body=page), path="comp=list", times=1)
    with pytest.raises(ProtocolError, match="it is not empty"):
        through.delete_container(container)
    assert store.head_object(container, "k").size == 1
    store.delete_object(container, "k")
    through.delete_container(container)
    with pytest.raises(NotFoundError):
        next(store.list_objects(container))


def test_a_copy_replaces_nothing_that_came_meanwhile(store, container, tmp_path):
    (tmp_path / "f").write_bytes(b"x" * 100)
    store.upload(tmp_path / "f", container, "other")
    send, taken = store.call, []

    def call(method, names, *rest, **options):
        if names[-1:] == ("other",) and method == "HEAD" and not taken:
            taken.append((tmp_path / "f").write_bytes(b"x" * 50))
            store.upload(tmp_path / "f", container, "k")
        return send(method, names, *rest, **options)

    store.call = call
    with pytest.raises(AlreadyExistsError, match="exists already"):
        store.copy_object(container, "other", container, "k")
    assert store.head_object(container, "k").size == 50
