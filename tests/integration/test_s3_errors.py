# SPDX-License-Identifier: GPL-2.0-or-later
"""What S3 refuses, as sentences: from Swift's s3api, or told by a proxy in front of it."""

from __future__ import annotations

import dataclasses
import logging
import os
import time
import uuid

import pytest

from cog_browser import api
from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import (
    AuthenticationError,
    ConfigurationError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
    ServerError,
    ThrottledError,
    TransportError,
)
from cog_browser.storage.s3.store import S3Store
from cog_browser.storage.transfers.control import TransferSettings
from tests.support.faults import Fault


def told(code, status=403, **headers):
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>m</Message></Error>"
    return Fault(status=status, body=body.encode(), headers=headers)


@pytest.fixture
def credentials(stack):
    keys = stack.ec2["demo"]
    return Credentials(access_key=keys["access"], secret_key=keys["secret"])


@pytest.fixture
def proxy(stack, fault_proxy):
    return fault_proxy(stack.regions["RegionOne"].url)


@pytest.fixture
def connection(proxy):
    return Connection("s3", kind="s3", endpoint=proxy.url, region="RegionOne")


@pytest.fixture
def store(connection, credentials):
    settings = TransferSettings(
        threshold=6 << 20, segment_size=5 << 20, first_pause=0.01, attempts=3
    )
    return S3Store(connection, credentials, transfers=settings)


@pytest.fixture
def bucket(store, tmp_path):
    name = store.create_container(f"errors-{uuid.uuid4().hex[:12]}").name
    for number in range(5):
        (tmp_path / "f").write_bytes(b"x" * 1000)
        store.upload(tmp_path / "f", name, f"k{number}")
    return name


def test_real_refusals(connection, credentials, bucket):
    for changes, said in (
        ({"access_key": "nobody"}, "secret key does not fit|access key is unknown"),
        ({"secret_key": "wrong"}, "secret key does not fit the access key"),
    ):
        store = S3Store(connection, dataclasses.replace(credentials, **changes))
        for ask in (
            lambda store=store: list(store.list_containers()),
            lambda store=store: list(store.list_objects(bucket)),
            lambda store=store: store.head_object(bucket, "k0"),
            lambda store=store: store.read_range(bucket, "k0", 0, 10),
        ):
            with pytest.raises(AuthenticationError, match=said) as caught:
                ask()
            assert "wrong" not in str(caught.value)
            assert caught.value.request_id


def test_a_wrong_region_is_set_right(connection, credentials, bucket):
    store = S3Store(dataclasses.replace(connection, region="elsewhere"), credentials)
    assert store.head_object(bucket, "k0").size == 1000
    assert store.recipe.connection.region == "RegionOne"
    assert store.recipe.connection.id == connection.id


@pytest.mark.parametrize(
    ("fault", "kind", "said"),
    [
        (told("RequestTimeTooSkewed"), ProtocolError, "clock differs too much from the server's"),
        (told("ExpiredToken", 400), AuthenticationError, "temporary keys have expired"),
        (told("InvalidToken", 400), AuthenticationError, "does not belong to these keys"),
        (told("AccessDenied"), PermissionDeniedError, "these keys are not allowed to"),
        (told("NoSuchBucket", 404), NotFoundError, "there is no such bucket"),
        (told("SlowDown", 503), ThrottledError, r"asks to slow down \(503\)"),
        (told("InternalError", 500), ServerError, r"the server failed \(500\)"),
        (told("PermanentRedirect", 301, Location="http://evil.example.org/"), ProtocolError,
         "it is elsewhere. Set the region"),
        (Fault(status=200, body=b"<html>Sign in to the hotel</html>"), ProtocolError,
         "none of an S3 store. Is the end point right"),
        (Fault(refuse=True), TransportError, "broke"),
    ],
)  # fmt: skip
def test_told_refusals(store, proxy, bucket, fault, kind, said):
    proxy.add(fault, path="list-type", times=None)
    with pytest.raises(kind, match=said):
        list(store.list_objects(bucket))
    assert not [r for r in proxy.requests if "evil" in r.target]


def test_a_listing_never_ends_early_without_a_word(store, proxy, bucket):
    """GDAL 3.6's own ends after the first page for each of these."""
    for fault in (
        told("SlowDown", 503),
        told("ExpiredToken"),
        Fault(refuse=True),
        Fault(truncate_after=300),
        Fault(reset_after=200),
        Fault(status=200, body=b"<html></html>"),
        Fault(status=200, body=b"<ListBucketResult><IsTruncated>true</IsTruncated>"),
        Fault(
            status=200,
            body=b"<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
        ),
    ):
        proxy.clear()
        proxy.add(fault, path="continuation-token", times=None)
        keys = []
        with pytest.raises((ProtocolError, ThrottledError, AuthenticationError, TransportError)):
            for page in store.list_objects(bucket, page_size=2):
                keys += [entry.key for entry in page.objects]
        assert keys == ["k0", "k1"]
    proxy.clear()
    proxy.add(told("SlowDown", 503), path="continuation-token")  # once: it is tried again
    pages = store.list_objects(bucket, page_size=2)
    assert [e.key for page in pages for e in page.objects] == ["k0", "k1", "k2", "k3", "k4"]


def test_reading_may_be_allowed_where_listing_is_not(connection, credentials, proxy, bucket):
    proxy.add(told("AccessDenied"), path="list-type", times=None)
    proxy.add(told("AccessDenied"), path=r"^/$", times=None)
    named = dataclasses.replace(connection, containers=(bucket,))
    store = S3Store(named, credentials)
    assert [each.name for each in store.list_containers()] == [bucket]
    with pytest.raises(PermissionDeniedError, match=f"list bucket “{bucket}”"):
        list(store.list_objects(bucket))
    assert store.read_range(bucket, "k0", 0, 4) == b"xxxx"
    with pytest.raises(PermissionDeniedError, match="Enter the names of those you may read"):
        list(S3Store(connection, credentials).list_containers())


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault(ignore_range=True), "ignores the Range header"),
        (Fault(headers={"Content-Range": "bytes 1-10/1000"}), "other bytes came"),
        (Fault(headers={"ETag": '"0"'}), "replaced since it was opened"),
        (Fault(multipart=True), "multipart/byteranges"),
        (Fault(truncate_after=3), "broke off|too short|connection to"),
        (told("ExpiredToken", 400), "temporary keys have expired"),
    ],
)
def test_a_range_is_checked(store, proxy, bucket, fault, said):
    etag = store.head_object(bucket, "k0").etag
    proxy.add(fault, method="GET", times=None)
    with pytest.raises((ProtocolError, TransportError, AuthenticationError), match=said):
        store.read_range(bucket, "k0", 0, 10, etag=etag)


def test_a_failed_upload_leaves_no_parts(store, proxy, bucket, tmp_path):
    file = tmp_path / "large"
    file.write_bytes(os.urandom(12 << 20))
    proxy.add(told("AccessDenied"), path="partNumber=2", times=None)
    with pytest.raises(PermissionDeniedError):
        store.upload(file, bucket, "large")
    assert [r.method for r in proxy.requests if "uploadId" in r.target][-1] == "DELETE"
    with pytest.raises(NotFoundError):
        store.head_object(bucket, "large")
    response = store.call("GET", (bucket,), "look", query="uploads=")
    assert b"<Upload>" not in response.read(1 << 20)


def test_what_breaks_on_the_way_is_sent_again(store, proxy, bucket, tmp_path):
    file = tmp_path / "large"
    file.write_bytes(os.urandom(12 << 20))
    proxy.add(told("SlowDown", 503), path="partNumber=1")
    proxy.add(Fault(reset_upload_after=1 << 20), path="partNumber=2")
    proxy.add(Fault(lose_answer=True), method="POST", path=r"\?uploadId")
    assert store.upload(file, bucket, "large").size == 12 << 20
    store.download(bucket, "large", tmp_path / "down")
    assert (tmp_path / "down").read_bytes() == file.read_bytes()


def test_tls_needs_the_connections_own_certificates(make_stack):
    secure = make_stack(tls=True)
    keys = secure.ec2["demo"]
    credentials = Credentials(access_key=keys["access"], secret_key=keys["secret"])
    connection = Connection("tls", kind="s3", endpoint=secure.regions["RegionOne"].url)
    with pytest.raises(TransportError, match=r"TLS certificate of .* could not be verified"):
        list(S3Store(connection, credentials).list_containers())
    trusting = dataclasses.replace(connection, ca_bundle=str(secure.ca_file))
    store = S3Store(trusting, credentials)
    name = store.create_container(f"tls-{uuid.uuid4().hex[:12]}").name
    assert name in [each.name for each in store.list_containers()]


def test_the_console_takes_a_connection_and_the_environment(
    connection, credentials, bucket, monkeypatch
):
    store = api.open_store(connection, credentials)
    assert store.head_object(bucket, "k0").size == 1000
    for name, value in {
        "AWS_ACCESS_KEY_ID": credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
        "AWS_ENDPOINT_URL": connection.endpoint,
    }.items():
        monkeypatch.setenv(name, value)
    assert api.open_store("env:s3").head_object(bucket, "k0") == store.head_object(bucket, "k0")


def test_the_requester_pays_where_the_connection_says_so(connection, credentials, proxy, bucket):
    S3Store(connection, credentials).head_object(bucket, "k0")
    assert proxy.requests[-1].header("x-amz-request-payer") is None
    paying = S3Store(dataclasses.replace(connection, requester_pays=True), credentials)
    paying.head_object(bucket, "k0")
    assert proxy.requests[-1].header("x-amz-request-payer") == "requester"


def test_nothing_secret_is_logged(store, connection, credentials, proxy, bucket, caplog):
    caplog.set_level(logging.DEBUG)
    token = "a-session-token-that-is-planted"
    store = S3Store(connection, dataclasses.replace(credentials, session_token=token))
    store.read_range(bucket, "k0", 0, 1)
    assert proxy.requests[-1].header("x-amz-security-token") == token
    link = S3Store(connection, credentials).share_url(bucket, "k0")
    list(S3Store(connection, credentials).list_objects(bucket))
    text = caplog.text + repr(store.recipe) + repr(store)
    for secret in (credentials.secret_key, credentials.access_key, token, link[-64:], "Signature"):
        assert secret not in text
    assert caplog.text


def test_a_copy_to_what_may_be_hidden_is_refused(store, proxy, bucket):
    proxy.add(told("AccessDenied"), path="/hidden$", times=None)
    with pytest.raises(PermissionDeniedError, match="whether something is there already"):
        store.copy_object(bucket, "k0", bucket, "hidden")


def test_a_link_that_does_not_work_is_thrown_away(store, proxy, bucket):
    proxy.add(told("AccessDenied"), path="X-Amz-Signature", times=None)
    with pytest.raises(ProtocolError, match=r"does not answer it \(403\), so it was thrown away"):
        store.share_url(bucket, "k0", 60)
    with pytest.raises(NotFoundError):
        store.share_url(bucket, "none", 60)


def test_no_link_outlives_temporary_keys_and_nobody_signs_none(
    store, connection, bucket, monkeypatch
):
    keys = store._calls._keys.keys()
    ending = dataclasses.replace(keys, ends_at=time.time() + 1800)
    monkeypatch.setattr(store._calls._keys, "keys", lambda **_options: ending)
    with pytest.raises(ConfigurationError, match=r"temporary keys end in 2\d minutes"):
        store.share_url(bucket, "k0", 3600)
    assert "X-Amz-Expires=600" in store.share_url(bucket, "k0", 600)
    stranger = S3Store(dataclasses.replace(connection, auth_mode="anonymous"), Credentials())
    with pytest.raises(ConfigurationError, match="its URL is the link"):
        stranger._calls.signed_url("GET", (bucket, "k0"), 60)
