# SPDX-License-Identifier: GPL-2.0-or-later
"""The CORS rules of S3 buckets: ours among others, which stay."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import uuid
from contextlib import closing

import pytest
import requests

from cog_browser.cog.server.check import check_server
from cog_browser.storage.connection import Connection
from cog_browser.storage.cors import EXPOSED, SetsCors, cors_setter
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import (
    ConfigurationError,
    NotFoundError,
    PermissionDeniedError,
    ProtocolError,
)
from cog_browser.storage.models import ObjectRef
from cog_browser.storage.s3.cors import BucketCors
from cog_browser.storage.stores import open_store
from tests.integration.store_accounts import SERVERS, account_in
from tests.support.faults import Fault
from tests.support.rasters import make_cog

MAPS, OTHER = "https://maps.example.org", "https://other.example.org:8443"
#: Somebody's own: one with an ID and a pattern, and one that looks much like ours.
THEIRS = (
    (
        ("ID", "uploads & more"),
        ("AllowedOrigin", "https://*.theirs.org"),
        ("AllowedMethod", "PUT"),
        ("AllowedMethod", "POST"),
        ("AllowedHeader", "*"),
        ("MaxAgeSeconds", "60"),
    ),
    (("AllowedOrigin", "https://old.org"), ("AllowedMethod", "GET"), ("AllowedMethod", "HEAD")),
)


@pytest.fixture
def store(amazon):
    with closing(open_store(*account_in("s3-moto", amazon))) as store:
        yield store


@pytest.fixture
def bucket(store):
    return store.create_container(f"cors-{uuid.uuid4().hex[:12]}").name


@pytest.fixture
def proxied(amazon, fault_proxy):
    """The same account behind a proxy, and the proxy."""
    proxy = fault_proxy(amazon.url)
    connection, credentials = account_in("s3-moto", amazon)
    found = open_store(dataclasses.replace(connection, endpoint=proxy.url), credentials)
    with closing(found):
        yield found, proxy


def put_theirs(store, bucket):
    rows = "".join(
        "<CORSRule>"
        + "".join(f"<{name}>{text.replace('&', '&amp;')}</{name}>" for name, text in rule)
        + "</CORSRule>"
        for rule in THEIRS
    )
    body = f"<CORSConfiguration>{rows}</CORSConfiguration>".encode()
    store.call("PUT", (bucket,), "set", query="cors=", body=body).close()


def without_ids(setting):
    """As sets, since moto sorts what is in a rule and answers no ID."""
    return [{pair for pair in rule if pair[0] != "ID"} for rule in setting.rules]


def test_a_page_of_an_allowed_origin_may_read(amazon, store, bucket, tmp_path):
    store.upload(make_cog(tmp_path / "a.tif", 600, 500), bucket, "a.tif")
    now = store.read_cors(bucket)
    assert now == BucketCors()
    assert now.text == ""
    assert now.origins == ()
    planned = now.with_origins((MAPS, OTHER))
    assert planned.text.splitlines() == [
        f"AllowedOrigin: {MAPS}, {OTHER}",
        "AllowedMethod: GET, HEAD",
        "AllowedHeader: Range, If-Match, If-Range",
        f"ExposeHeader: {', '.join(EXPOSED)}",
        "MaxAgeSeconds: 3600",
    ]
    found = store.write_cors(bucket, now, (MAPS, OTHER))
    assert without_ids(found) == without_ids(planned)
    assert found.origins == (MAPS, OTHER)
    read = requests.get(
        store.share_url(bucket, "a.tif"),
        headers={"Origin": MAPS, "Range": "bytes=0-15"},
        timeout=20,
    )
    assert read.status_code == 206
    assert "Content-Range" in read.headers["Access-Control-Expose-Headers"]
    public = {"x-amz-acl": "public-read"}  # else moto refuses preflights, unlike Amazon
    store.call("PUT", (bucket, "a.tif"), "open", query="acl=", headers=public).close()
    store.write_cors(bucket, found, (MAPS,))  # of several, moto wrongly answers all
    report = check_server(ObjectRef(store, bucket, "a.tif"), origin=MAPS)
    assert report.is_ok
    assert report.is_web_ready, report.warnings
    assert not check_server(ObjectRef(store, bucket, "a.tif"), origin=OTHER).is_web_ready


@pytest.mark.parametrize("name", ["s3-swift", "s3-moto", "gs-moto", "azure"])
def test_objects_are_checked_with_signed_requests(name, request, fault_proxy, tmp_path):
    connection, credentials = account_in(name, request.getfixturevalue(SERVERS[name]))
    proxy = fault_proxy(connection.endpoint.rpartition("/devstore")[0] or connection.endpoint)
    path = "/devstoreaccount1" if name == "azure" else ""
    behind = dataclasses.replace(connection, endpoint=proxy.url + path)
    with closing(open_store(behind, credentials)) as store:
        bucket = store.create_container(f"check-{uuid.uuid4().hex[:12]}").name
        store.upload(make_cog(tmp_path / "a.tif", 600, 500), bucket, "a b/ü.tif")
        since = len(proxy.requests)
        report = check_server(ObjectRef(store, bucket, "a b/ü.tif"))
    assert report.is_ok, report.findings
    asked = proxy.requests[since:]
    assert {one.method for one in asked} == {"HEAD", "GET", "OPTIONS"}
    unsigned = [one.method for one in asked if not one.header("Authorization")]
    assert unsigned == ["GET", "OPTIONS"]  # whether it is public, and what a browser asks
    shown = report.to_html() + str(report.to_dict()) + repr(report)
    for one in asked:
        signature = (one.header("Authorization") or "never").rpartition("=")[2] or "never"
        assert signature not in shown
    assert "Authorization" not in shown


def test_a_shared_access_signature_is_not_sent_in_a_check(azurite, monkeypatch):
    connection, _ = account_in("azure", azurite)
    sas = dataclasses.replace(connection, auth_mode="sas")
    with closing(open_store(sas, Credentials(sas_token="sv=1&sig=x"))) as store:
        monkeypatch.setattr(store, "head_object", lambda *_names: None)
        with pytest.raises(ConfigurationError, match="shared access signature isn't checked"):
            check_server(ObjectRef(store, "c", "a.tif"))


def test_the_rules_of_others_stay_and_ours_is_changed_and_removed(store, bucket):
    put_theirs(store, bucket)
    theirs = store.read_cors(bucket)
    assert theirs.origins == ()  # theirs are none of ours, however like it
    assert "https://*.theirs.org" in theirs.text

    ours = store.write_cors(bucket, theirs, (MAPS,))
    assert ours.rules[:2] == theirs.rules
    assert ours.origins == (MAPS,)
    changed = store.write_cors(bucket, ours, (OTHER,))
    assert changed.rules[:2] == theirs.rules
    assert len(changed.rules) == 3
    assert changed.origins == (OTHER,)
    assert store.write_cors(bucket, changed, ()) == theirs
    assert store.read_cors(bucket) == theirs


def test_without_other_rules_none_is_left(store, bucket):
    ours = store.write_cors(bucket, BucketCors(), ("*", MAPS))
    assert ours.origins == ("*",)
    assert store.write_cors(bucket, ours, ()) == BucketCors()


def test_ids_and_places_of_rules_are_kept():
    [ours] = BucketCors().with_origins((MAPS,)).rules
    setting = BucketCors(((("ID", "web maps"), *ours), *THEIRS))
    assert setting.origins == (MAPS,)
    changed = setting.with_origins((OTHER,))
    assert changed.rules[1:] == THEIRS
    assert changed.rules[0][:2] == (("ID", "web maps"), ("AllowedOrigin", OTHER))
    assert setting.with_origins(()).rules == THEIRS


def test_a_rule_with_patterns_is_not_taken_for_ours():
    [ours] = BucketCors().with_origins((MAPS,)).rules
    pattern = (("AllowedOrigin", "https://*.example.org"), *ours[1:])
    assert BucketCors((pattern,)).origins == ()
    assert BucketCors((pattern,)).with_origins((MAPS,)).rules == (pattern, ours)


def test_what_is_no_origin_is_refused():
    with pytest.raises(ConfigurationError, match="no origin of web pages"):
        BucketCors().with_origins(("maps.example.org",))


def test_what_somebody_else_has_set_meanwhile_stays(store, bucket):
    now = store.read_cors(bucket)
    put_theirs(store, bucket)
    with pytest.raises(ProtocolError, match="somebody has changed it meanwhile"):
        store.write_cors(bucket, now, (MAPS,))
    assert without_ids(store.read_cors(bucket)) == without_ids(BucketCors(THEIRS))


def test_rules_are_sent_with_their_checksums(proxied, bucket):
    store, proxy = proxied
    put_theirs(store, bucket)
    store.write_cors(bucket, store.read_cors(bucket), (MAPS,))
    sent = [request for request in proxy.requests if request.method == "PUT"][-1]
    digest = base64.b64encode(hashlib.md5(sent.body).digest()).decode()
    assert sent.header("Content-MD5") == digest
    assert sent.header("x-amz-content-sha256") == hashlib.sha256(sent.body).hexdigest()
    assert sent.target.endswith(f"/{bucket}?cors=")


def test_a_bucket_that_is_not_there_is_said(store):
    with pytest.raises(NotFoundError, match="no such bucket"):
        store.read_cors(f"gone-{uuid.uuid4().hex[:12]}")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_who_is_not_the_owner_is_told_so(proxied, bucket, method):
    store, proxy = proxied
    ours = store.write_cors(bucket, BucketCors(), (MAPS,))
    body = b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
    proxy.add(Fault(status=403, body=body), method=method, path=r"\?cors", times=None)
    origins = () if method == "DELETE" else (OTHER,)
    with pytest.raises(PermissionDeniedError, match="only the bucket's owner"):
        store.write_cors(bucket, ours, origins)
    proxy.clear()
    assert store.read_cors(bucket) == ours


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault(status=405, body=b"<Error><Code>MethodNotAllowed</Code></Error>"),
         "this store can't set CORS by bucket .405."),
        (Fault(status=501, body=b"<Error><Code>NotImplemented</Code></Error>"),
         "this store can't set CORS by bucket .501."),
        (Fault(status=400, body=b"<Error><Code>MalformedXML</Code></Error>"),
         "does not understand"),
    ],
)  # fmt: skip
def test_a_store_that_reads_but_does_not_write_rules(proxied, bucket, fault, said):
    store, proxy = proxied
    proxy.add(fault, method="PUT", path=r"\?cors", times=None)
    with pytest.raises(ProtocolError, match=said):
        store.write_cors(bucket, BucketCors(), (MAPS,))


@pytest.mark.parametrize(
    "body", [b"<ListBucketResult/>", b"<html>hello</html>", b"hello", b"<CorsConfig/>"]
)
def test_a_store_that_does_not_know_rules_gets_none(proxied, bucket, body):
    """One that overlooks the query would take the request for the bucket itself."""
    store, proxy = proxied
    proxy.add(Fault(status=200, body=body), method="GET", path=r"\?cors", times=None)
    with pytest.raises(ProtocolError, match="this store can't set CORS by bucket"):
        store.write_cors(bucket, BucketCors(), (MAPS,))
    assert {request.method for request in proxy.requests} == {"GET"}


def test_a_rule_that_would_be_lost_is_not_touched(proxied, bucket):
    store, proxy = proxied
    body = b"<CORSConfiguration><CORSRule><New><Part>x</Part></New></CORSRule></CORSConfiguration>"
    proxy.add(Fault(status=200, body=body), method="GET", path=r"\?cors", times=None)
    with pytest.raises(ConfigurationError, match="doesn't understand, and would lose"):
        store.read_cors(bucket)


def test_a_setting_that_was_not_kept_is_told(proxied, bucket):
    store, proxy = proxied
    proxy.add(Fault(status=200), method="PUT", path=r"\?cors", times=None)
    with pytest.raises(ProtocolError, match="accepted it, but says something else"):
        store.write_cors(bucket, BucketCors(), (MAPS,))


def test_a_setting_that_shows_late_is_waited_for(proxied, bucket):
    store, proxy = proxied
    body = b"<Error><Code>NoSuchCORSConfiguration</Code></Error>"
    proxy.add(Fault(status=404, body=body), method="GET", path=r"\?cors", times=3)
    assert store.write_cors(bucket, BucketCors(), (MAPS,)).origins == (MAPS,)


def test_swift_s_own_s3_says_that_it_has_none(stack):
    with closing(open_store(*account_in("s3-swift", stack))) as store:
        bucket = store.create_container(stack.unique_name()).name
        with pytest.raises(ProtocolError, match=r"this store can't set CORS by bucket .501."):
            store.read_cors(bucket)


def test_which_stores_set_cors(stack, amazon):
    with closing(open_store(*account_in("s3-moto", amazon))) as store:
        assert cors_setter(store) is store
    with closing(open_store(*account_in("swift", stack))) as store:
        assert cors_setter(store) is store
    public = Connection("p", kind="s3", endpoint=amazon.url, auth_mode="anonymous")
    with closing(open_store(public, Credentials())) as store:
        assert isinstance(store, SetsCors)
        assert cors_setter(store) is None
    with closing(open_store(*account_in("gs-moto", amazon))) as store:
        assert cors_setter(store) is None
    azure = Connection("a", kind="azure", account="mine")
    with closing(open_store(azure, Credentials(account_key="bWluZQ=="))) as store:
        assert cors_setter(store) is None
