# SPDX-License-Identifier: GPL-2.0-or-later
"""`ObjectStore`'s promises, kept by SwiftStore against a real Swift."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime, timezone

import pytest

from cog_browser.storage.connection import Connection
from cog_browser.storage.errors import (
    AlreadyExistsError,
    Cancelled,
    ConfigurationError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    TransportError,
)
from cog_browser.storage.stores import open_store
from cog_browser.storage.transfers.control import TransferSettings
from tests.support.faults import Fault
from tests.support.rasters import checksums, make_cog

#: Every character that ever went wrong in a URL, and both normal forms of é.
ODD_KEYS = [
    "plain.tif",
    "a b/c d.tif",
    "hash#question?.tif",
    "percent%41%2F.tif",
    "plus+and&equals=;.tif",
    "quotes'\"`.tif",
    "nfc-\u00e9.tif",
    "nfd-e\u0301.tif",
    "emoji-🛰.tif",
    "control-\x01\n.tif",
    "/leading/slash.tif",
    "double//slash.tif",
    "trailing/",
    "tilde~-._.tif",
    "back\\slash.tif",
    "rtl-\u202ecod.tif",
    "..dots..tif",
    "x" * 1000 + ".tif",
]


@pytest.fixture
def store(stack):
    store = open_store(*Connection.from_environment(stack.environment("demo")))
    yield store
    store.close()


@pytest.fixture
def container(stack, store):
    return store.create_container(stack.unique_name()).name


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "data.bin"
    path.write_bytes(os.urandom(300_000))
    return path


def test_an_object_comes_back_as_it_went(store, container, file, tmp_path):
    entry = store.upload(file, container, "a/b.tif")
    assert entry.size == 300_000
    assert entry.etag == hashlib.md5(file.read_bytes()).hexdigest()
    assert entry.content_type == "image/tiff"
    assert abs((datetime.now(timezone.utc) - entry.last_modified).total_seconds()) < 60
    store.download(container, "a/b.tif", tmp_path / "back.bin")
    assert (tmp_path / "back.bin").read_bytes() == file.read_bytes()
    assert store.read_range(container, "a/b.tif", 17, 4711) == file.read_bytes()[17:4711]
    store.delete_object(container, "a/b.tif")
    with pytest.raises(NotFoundError, match=r"a/b\.tif"):
        store.head_object(container, "a/b.tif")


@pytest.mark.parametrize("key", ODD_KEYS, ids=ascii)
def test_every_key_names_its_own_object_only(store, container, file, tmp_path, key):
    store.upload(file, container, key)
    [page] = [p for p in store.list_objects(container, delimiter="") if p.objects]
    assert [entry.key for entry in page.objects] == [key]
    assert store.head_object(container, key).size == 300_000
    assert store.read_range(container, key, 0, 10) == file.read_bytes()[:10]
    store.download(container, key, tmp_path / "back.bin")
    assert (tmp_path / "back.bin").read_bytes() == file.read_bytes()
    store.delete_object(container, key)
    assert [p.objects for p in store.list_objects(container, delimiter="")] == [()]


@pytest.mark.parametrize("key", ODD_KEYS, ids=ascii)
def test_the_path_goes_out_exactly_as_encoded(faulty_store, stack, key):
    store = open_store(*Connection.from_environment(faulty_store.environment()))
    with pytest.raises(NotFoundError):
        store.head_object("nowhere", key)
    target = faulty_store.swift.requests[-1].target
    assert target == store.source("nowhere", key).removeprefix("/vsicurl/" + faulty_store.swift.url)
    from urllib.parse import unquote

    assert unquote(target).endswith("/nowhere/" + key)


@pytest.mark.parametrize("key", ["..", "a/../b", "./a", "a/.", "../../other"])
def test_dot_segments_are_listed_but_every_operation_on_them_is_refused(
    faulty_store, stack, container, file, tmp_path, key
):
    # Put there by a client that sends the path as it is.
    import http.client
    from urllib.parse import quote, urlsplit

    token, _ = stack.sign_in("demo")
    parts = urlsplit(stack.storage_url())
    raw = http.client.HTTPConnection(parts.hostname, parts.port)
    encoded = quote(key, safe="").replace(".", "%2E")
    raw.request("PUT", f"{parts.path}/{container}/{encoded}", b"x", {"X-Auth-Token": token})
    assert raw.getresponse().status == 201
    raw.close()

    store = open_store(*Connection.from_environment(faulty_store.environment()))
    listed = [e.key for page in store.list_objects(container, delimiter="") for e in page.objects]
    assert listed == [key]
    faulty_store.clear()
    for operation in (
        lambda: store.head_object(container, key),
        lambda: store.download(container, key, tmp_path / "x"),
        lambda: store.upload(file, container, key, overwrite=True),
        lambda: store.delete_object(container, key),
        lambda: store.source(container, key),
        lambda: store.read_range(container, key, 0, 1),
        lambda: store.open_dataset(container, key),
    ):
        with pytest.raises(ConfigurationError, match="segment"):
            operation()
    assert faulty_store.swift.requests == []
    assert [c.name for c in store.list_containers()].count(container) == 1


def test_listing_goes_page_by_page_and_fetches_a_page_only_when_asked(stack, store, container):
    connection = stack.connection()
    for number in range(25):
        connection.put_object(container, f"{number:02d}.tif", b"x")
    mark = stack.mark()
    pages = store.list_objects(container, page_size=10)
    first = next(pages)
    assert [e.key for e in first.objects] == [f"{n:02d}.tif" for n in range(10)]
    assert len(stack.swift_requests(since=mark, within=container)) == 1
    rest = [e.key for page in pages for e in page.objects]
    assert rest == [f"{n:02d}.tif" for n in range(10, 25)]


def test_prefixes_are_folders(stack, store, container):
    connection = stack.connection()
    for key in ("a/1.tif", "a/b/2.tif", "c.tif", "a.tif"):
        connection.put_object(container, key, b"x")
    [top] = [p for p in store.list_objects(container) if p.objects or p.prefixes]
    assert (top.prefixes, [e.key for e in top.objects]) == (("a/",), ["a.tif", "c.tif"])
    [below] = [p for p in store.list_objects(container, "a/") if p.objects or p.prefixes]
    assert (below.prefixes, [e.key for e in below.objects]) == (("a/b/",), ["a/1.tif"])


def test_containers_come_with_their_size(stack, store, container, file):
    store.upload(file, container, "x")
    found = {c.name: c for c in store.list_containers()}
    assert container in found
    assert store.create_container(container).size == 300_000


def test_an_existing_key_is_kept_unless_overwriting_is_asked_for(store, container, file, tmp_path):
    store.upload(file, container, "k")
    other = tmp_path / "other"
    other.write_bytes(b"other")
    with pytest.raises(AlreadyExistsError, match="exists already"):
        store.upload(other, container, "k")
    assert store.head_object(container, "k").size == 300_000
    assert store.upload(other, container, "k", overwrite=True).size == 5


def test_an_upload_into_a_missing_container_sends_no_byte_of_the_file(stack, store, file):
    mark, missing = stack.mark(), stack.unique_name("missing")
    with pytest.raises(NotFoundError, match=f"there is no container “{missing}”"):
        store.upload(file, missing, "k")
    assert [r.method for r in stack.swift_requests(since=mark, within=missing)] == ["HEAD"]


def test_a_cancelled_upload_leaves_nothing(store, container, tmp_path):
    path = tmp_path / "big"
    path.write_bytes(bytes(20 << 20))
    seen = []

    def stop_half_way(done, total):
        seen.append((done, total))
        return done < total / 2

    with pytest.raises(Cancelled):
        store.upload(path, container, "k", progress=stop_half_way)
    assert seen[-1][0] < 20 << 20
    with pytest.raises(NotFoundError):
        store.head_object(container, "k")


def test_a_cancelled_download_leaves_nothing(store, container, file, tmp_path):
    store.upload(file, container, "k")
    with pytest.raises(Cancelled):
        store.download(container, "k", tmp_path / "x", progress=lambda done, total: False)
    assert [p.name for p in tmp_path.iterdir()] == ["data.bin"]


def test_a_download_that_cannot_be_written_says_so(store, container, file, tmp_path):
    store.upload(file, container, "k")
    with pytest.raises(ConfigurationError, match="can't be written"):
        store.download(container, "k", tmp_path / "no such folder" / "x")


def test_a_download_that_breaks_off_keeps_the_old_file(
    faulty_store, store, container, file, tmp_path
):
    store.upload(file, container, "k")
    target = tmp_path / "old"
    target.write_text("old")
    through = open_store(*Connection.from_environment(faulty_store.environment()))
    through.transfers = TransferSettings(first_pause=0.01)
    faulty_store.swift.add(Fault(reset_after=1000), method="GET", path="/k$", times=None)
    with pytest.raises(TransportError):
        through.download(container, "k", target)
    assert target.read_text() == "old"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["data.bin", "old"]


def test_a_reader_role_may_read_but_not_write(stack, store, container, file):
    store.upload(file, container, "k")
    reader = open_store(*Connection.from_environment(stack.environment("reader")))
    assert reader.read_range(container, "k", 0, 3) == file.read_bytes()[:3]
    with pytest.raises(PermissionDeniedError, match="not allowed"):
        reader.upload(file, container, "k2")
    with pytest.raises(PermissionDeniedError):
        reader.delete_object(container, "k")


def test_a_container_that_is_not_empty_is_not_deleted(store, container, file):
    store.upload(file, container, "k")
    with pytest.raises(ProtocolError, match="not empty"):
        store.delete_container(container)
    store.delete_object(container, "k")
    store.delete_container(container)
    assert container not in [c.name for c in store.list_containers()]


@pytest.mark.parametrize("name", ["", "a/b", "x" * 257])
def test_impossible_container_names_are_refused(store, name):
    with pytest.raises(ConfigurationError):
        store.create_container(name)


def test_a_dataset_opens_through_the_gateway_with_three_requests(stack, store, container, tmp_path):
    from osgeo import gdal

    path = make_cog(tmp_path / "a.tif")
    store.upload(path, container, "a b/é.tif")
    mark = stack.mark()
    dataset = store.open_dataset(container, "a b/é.tif")
    overview = dataset.GetRasterBand(1).GetOverview(dataset.GetRasterBand(1).GetOverviewCount() - 1)
    assert overview.ReadRaster()
    requests = stack.swift_requests(since=mark, within=container)
    assert len(requests) <= 3, requests
    assert {r.method for r in requests} <= {"HEAD", "GET"}
    assert checksums(dataset) == checksums(gdal.Open(str(path)))


def test_the_source_names_the_object_and_nothing_else(stack, store, container):
    source = store.source(container, "a b/ü.tif")
    assert source == f"/vsicurl/{stack.storage_url()}/{container}/a%20b/%C3%BC.tif"


def test_closing_a_store_does_not_close_what_is_open(store, container, tmp_path):
    path = make_cog(tmp_path / "a.tif")
    store.upload(path, container, "a.tif")
    dataset = store.open_dataset(container, "a.tif")
    store.close()
    assert all(checksums(dataset))


@pytest.mark.parametrize(
    "fault",
    [
        Fault(refuse=True),
        Fault(status=503, headers={"Retry-After": "0"}),
        Fault(status=500),
        Fault(status=429),
        Fault(status=498),
        Fault(truncate_after=1000),
        Fault(reset_after=1000),
        Fault(status=401),
    ],
    ids=lambda f: next(k for k, v in vars(f).items() if v not in (0.0, False, None, {}, b"")),
)
def test_a_passing_fault_is_repaired_unseen(faulty_store, store, container, file, fault):
    store.upload(file, container, "k")
    through = open_store(*Connection.from_environment(faulty_store.environment()))
    faulty_store.swift.add(fault, method="GET", path="/k$")
    assert through.read_range(container, "k", 5, 200_000) == file.read_bytes()[5:200_000]
    assert faulty_store.swift.requests


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault(ignore_range=True), "ignores the Range"),
        (Fault(gzip=True), "compressed"),
        (Fault(multipart=True), "multipart"),
        (Fault(headers={"Content-Range": "bytes 6-200000/300000"}), "other bytes"),
        (Fault(headers={"Content-Range": None}), "other bytes"),
        (Fault(headers={"ETag": '"other"'}), "replaced since"),
        (Fault(status=412), "replaced since"),
        (Fault(redirect_to="http://127.0.0.1:9"), "redirects to 127.0.0.1:9"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_an_answer_that_cannot_be_trusted_is_refused(
    faulty_store, store, container, file, fault, said
):
    etag = store.upload(file, container, "k").etag
    through = open_store(*Connection.from_environment(faulty_store.environment()))
    faulty_store.swift.add(fault, method="GET", path="/k$", times=None)
    with pytest.raises(ProtocolError, match=said):
        through.read_range(container, "k", 5, 200_000, etag=etag)


def test_a_redirect_is_not_followed_and_no_token_leaves(
    faulty_store, fault_proxy, store, container, file
):
    foreign = fault_proxy(None, answer=Fault(status=200, body=b"x"))
    store.upload(file, container, "k")
    through = open_store(*Connection.from_environment(faulty_store.environment()))
    through.head_object(container, "k")
    for status in (301, 302, 303, 307, 308):
        faulty_store.swift.add(Fault(status=status, redirect_to=foreign.url), path="/k$")
        with pytest.raises(ProtocolError, match="Redirects are refused"):
            through.read_range(container, "k", 0, 10)
    assert foreign.requests == []


def test_neither_netrc_nor_proxy_variables_reach_a_request(
    faulty_store, monkeypatch, tmp_path, fault_proxy
):
    proxy = fault_proxy(None)
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login evil password leaked\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    store = open_store(*Connection.from_environment(faulty_store.environment()))
    list(store.list_containers())
    sent = faulty_store.swift.requests + faulty_store.keystone.requests
    assert sent
    assert not any(request.header("Authorization") for request in sent)
    assert proxy.requests == []
    assert all(request.header("Accept-Encoding") == "identity" for request in sent)


def test_a_broken_upload_is_an_error_and_leaves_nothing(faulty_store, store, container, file):
    through = open_store(*Connection.from_environment(faulty_store.environment()))
    through.transfers = TransferSettings(first_pause=0.01)
    faulty_store.swift.add(Fault(reset_upload_after=100_000), method="PUT", times=None)
    with pytest.raises(Exception, match="broke") as caught:
        through.upload(file, container, "k")
    assert type(caught.value).__name__ == "TransportError"
    with pytest.raises(NotFoundError):
        store.head_object(container, "k")


def test_bytes_damaged_on_the_way_up_are_refused_by_the_store(
    faulty_store, store, container, file, monkeypatch
):
    through = open_store(*Connection.from_environment(faulty_store.environment()))
    from cog_browser.storage.errors import ChecksumError
    from cog_browser.storage.transfers.local_files import FileBody

    honest = FileBody.__iter__

    def damaged(self: FileBody):
        return (chunk.replace(b"\x00", b"\x01") for chunk in honest(self))

    monkeypatch.setattr(FileBody, "__iter__", damaged)
    through.transfers = TransferSettings(first_pause=0.01)
    with pytest.raises(ChecksumError):
        through.upload(file, container, "k")
    with pytest.raises(NotFoundError):
        store.head_object(container, "k")


def test_a_damaged_download_does_not_become_a_file(faulty_store, store, container, file, tmp_path):
    from cog_browser.storage.errors import ChecksumError

    store.upload(file, container, "k")
    through = open_store(*Connection.from_environment(faulty_store.environment()))
    faulty_store.swift.add(Fault(corrupt_at=1234), method="GET", path="/k$")
    with pytest.raises(ChecksumError):
        through.download(container, "k", tmp_path / "x")
    assert [p.name for p in tmp_path.iterdir()] == ["data.bin"]


@pytest.mark.parametrize("compression", ["NONE", "DEFLATE"])
def test_gdal_never_mixes_an_object_with_its_successor(store, container, tmp_path, compression):
    from osgeo import gdal

    def constant(value, size):
        path = tmp_path / f"{value}-{size}.tif"
        memory = gdal.GetDriverByName("MEM").Create("", size, size, 1, gdal.GDT_Byte)
        memory.GetRasterBand(1).Fill(value)
        options = [f"COMPRESS={compression}", "BLOCKSIZE=256", "OVERVIEWS=NONE"]
        gdal.GetDriverByName("COG").CreateCopy(str(path), memory, options=options)
        return path

    def values(dataset):
        found = []
        for x in range(0, dataset.RasterXSize, 256):
            data = dataset.ReadRaster(x, 0, 1, 1)
            found.append(None if data is None else data[0])
        return found

    store.upload(constant(1, 1024), container, "k.tif")
    dataset = store.open_dataset(container, "k.tif")
    assert dataset.ReadRaster(0, 0, 1, 1)[0] == 1
    store.upload(constant(2, 1024), container, "k.tif", overwrite=True)
    gdal.PushErrorHandler("CPLQuietErrorHandler")
    try:
        try:
            after = values(dataset)
        except RuntimeError:
            after = []
    finally:
        gdal.PopErrorHandler()
    assert 2 not in after  # old pixels that GDAL holds, or an error
    assert values(store.open_dataset(container, "k.tif")) == [2, 2, 2, 2]
    store.upload(constant(3, 512), container, "k.tif", overwrite=True)
    again = store.open_dataset(container, "k.tif")
    assert (again.RasterXSize, values(again)) == (512, [3, 3])
