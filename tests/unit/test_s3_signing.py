# SPDX-License-Identifier: GPL-2.0-or-later
"""Signatures, places and keys of S3, without a server."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from urllib.parse import urlsplit

import pytest

from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import AuthenticationError, ConfigurationError
from cog_browser.storage.s3.answers import listing_of
from cog_browser.storage.s3.key_sources import InstanceKeys, ProfileKeys, resolved
from cog_browser.storage.s3.places import Place
from cog_browser.storage.s3.signing import Keys, host_of, query_text, signed_headers, signed_url
from cog_browser.storage.s3.upload import LEAST_PART, MOST_PARTS, part_size
from cog_browser.storage.xml_answers import parse
from tests.support.faults import Fault

# Amazon's documented example: the keys belong to nobody.
KEYS = Keys("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
WHEN = datetime(2013, 5, 24, tzinfo=timezone.utc)
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_amazons_own_example_of_a_signed_url():
    """Amazon S3 API Reference, "Authenticating Requests: Using Query Parameters"."""
    url = "https://examplebucket.s3.amazonaws.com/test.txt"
    signed = signed_url("GET", url, KEYS, "us-east-1", 86400, now=WHEN)
    assert signed.endswith(
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    )


def test_amazons_own_example_of_a_listing():
    """Amazon S3 API Reference, "Signature Calculations: Transferring Payload in a Single Chunk"."""
    query = query_text({"max-keys": "2", "prefix": "J"})
    headers = signed_headers(
        "GET", f"https://examplebucket.s3.amazonaws.com/?{query}", {}, KEYS, "us-east-1",
        payload=EMPTY, now=WHEN,
    )  # fmt: skip
    assert headers["Authorization"].endswith(
        "SignedHeaders=host;x-amz-content-sha256;x-amz-date, "
        "Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"
    )


def test_keys_show_nothing():
    assert repr(Keys("access", "secret", "token")) == "Keys(ends_at=None)"


def test_the_host_is_as_clients_send_it():
    assert host_of("https://h:443/x") == host_of("https://h/x") == "h"
    assert host_of("http://h:443/x") == "h:443"


@pytest.mark.parametrize(
    ("fields", "bucket_url", "object_url"),
    [
        (
            {},
            "https://b-b.s3.us-east-1.amazonaws.com/",
            "https://b-b.s3.us-east-1.amazonaws.com/k",
        ),
        (
            {"region": "eu-west-1"},
            "https://b-b.s3.eu-west-1.amazonaws.com/",
            "https://b-b.s3.eu-west-1.amazonaws.com/k",
        ),
        (
            {"region": "eu-west-1", "addressing": "path"},
            "https://s3.eu-west-1.amazonaws.com/b-b",
            "https://s3.eu-west-1.amazonaws.com/b-b/k",
        ),
        ({"endpoint": "https://s.example"}, "https://s.example/b-b", "https://s.example/b-b/k"),
        (
            {"endpoint": "http://s.example:9000", "addressing": "virtual"},
            "http://b-b.s.example:9000/",
            "http://b-b.s.example:9000/k",
        ),
        ({"kind": "gs"}, "https://storage.googleapis.com/b-b", "https://storage.googleapis.com/b-b/k"),
    ],
)  # fmt: skip
def test_where_a_bucket_is(fields, bucket_url, object_url):
    place = Place(Connection("c", **{"kind": "s3", **fields}))
    assert (place.url("b-b"), place.url("b-b", "k")) == (bucket_url, object_url)


def test_a_dotted_bucket_is_not_in_the_host():
    """No wildcard certificate covers it."""
    place = Place(Connection("c", kind="s3", region="eu-west-1"))
    assert place.url("a.b", "k") == "https://s3.eu-west-1.amazonaws.com/a.b/k"
    with pytest.raises(ConfigurationError, match="begins with a slash"):
        place.url("b-b", "/k")


def test_a_region_never_becomes_a_host():
    for region in ("evil.example.org/", "x@evil", "eu-west-1.evil", "eu-west-1/"):
        place = Place(Connection("c", kind="s3"))
        assert not place.learn_region("b-b", region)
        assert urlsplit(place.url("b-b")).hostname == "b-b.s3.us-east-1.amazonaws.com"
        with pytest.raises(ConfigurationError, match="is no region of Amazon's"):
            _ = Place(Connection("c", kind="s3", region=region)).base


def test_parts_stay_within_s3s_limits():
    assert part_size(1, 64 << 20) == 64 << 20
    assert part_size(1, 1) == LEAST_PART
    assert -(-(5 << 40) // part_size(5 << 40, LEAST_PART)) <= MOST_PARTS


def test_xml_has_no_entities():
    assert parse(b"<a><b>1</b><b>2</b></a>").all("b")[1].text == "2"
    for bad in (
        b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b"<a>" * 30,
        b"<a><b></a>",
        b"<html>",
        b"<a>" + b"<b/>" * 200_000 + b"</a>",
        b"<a>" + b" " * (16 << 20) + b"</a>",
    ):
        with pytest.raises(ValueError):
            parse(bad)


def test_keys_of_a_listing_are_decoded_only_where_they_are_encoded():
    row = "<Contents><Key>a%2Bb+c</Key><Size>1</Size></Contents>"
    plain = parse(f"<L>{row}</L>".encode())
    encoded = parse(f"<L><EncodingType>url</EncodingType>{row}</L>".encode())
    assert listing_of("b", plain, "a", "list").objects[0].key == "a%2Bb+c"
    assert listing_of("b", encoded, "a", "list").objects[0].key == "a+b c"


def test_a_profile_is_read_and_read_again(tmp_path):
    file = tmp_path / "credentials"
    file.write_text(
        "[default]\naws_access_key_id=D\naws_secret_access_key=d\n"
        "[work]\naws_access_key_id = W\naws_secret_access_key = w\naws_session_token = t\n"
    )
    source = ProfileKeys("work", str(file))
    first = source.keys()
    assert first == Keys("W", "w", "t")
    file.write_text(file.read_text().replace("= w", "= new"))
    assert source.keys() == first
    assert source.keys(refused=first) == Keys("W", "new", "t")
    with pytest.raises(ConfigurationError, match="There is no profile “none”"):
        ProfileKeys("none", str(file)).keys()
    file.write_text("[sso]\nsso_session = x\n")
    with pytest.raises(ConfigurationError, match="export-credentials --profile sso"):
        ProfileKeys("sso", str(file)).keys()


def test_the_environment_is_written_out_for_other_processes():
    connection = Connection("c", kind="s3", auth_mode="environment")
    environ = {"AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "S", "AWS_SESSION_TOKEN": "T"}
    plain, credentials = resolved(connection, Credentials(), environ)
    assert (plain.auth_mode, plain.id) == ("access_key", connection.id)
    assert credentials == Credentials(access_key="A", secret_key="S", session_token="T")
    plain, credentials = resolved(connection, Credentials(), {"AWS_PROFILE": "work"})
    assert (plain.auth_mode, plain.profile, credentials) == ("profile", "work", Credentials())


def test_the_variables_of_an_account():
    connection, credentials = Connection.from_environment(
        {"AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "S", "AWS_S3_ENDPOINT": "s.example:1",
         "AWS_HTTPS": "NO", "AWS_VIRTUAL_HOSTING": "FALSE", "AWS_DEFAULT_REGION": "r"}
    )  # fmt: skip
    assert (connection.kind, connection.name, connection.endpoint) == (
        "s3", "env", "http://s.example:1")  # fmt: skip
    assert (connection.addressing, connection.region) == ("path", "r")
    assert credentials == Credentials(access_key="A", secret_key="S")
    both = {"AWS_PROFILE": "p", "OS_AUTH_URL": "https://k.example/v3", "OS_USERNAME": "u"}
    with pytest.raises(ConfigurationError, match="env:swift or env:s3"):
        Connection.from_environment(both)
    assert Connection.from_environment(both, "s3")[0].profile == "p"


def test_a_machines_role_is_renewed_before_it_ends(fault_proxy):
    def role(access: str, ends: str) -> Fault:
        answer = {"AccessKeyId": access, "SecretAccessKey": "s", "Token": "t", "Expiration": ends}
        return Fault(status=200, body=json.dumps(answer).encode())

    machine = fault_proxy()
    machine.add(Fault(status=200, body=b"session"), method="PUT", times=None)
    machine.add(Fault(status=200, body=b"my-role\n"), path="credentials/$", times=None)
    machine.add(role("soon", "2013-05-24T00:00:00Z"), path="my-role$")
    machine.add(role("later", "2113-05-24T00:00:00Z"), path="my-role$")
    source = InstanceKeys(machine.url, environ={})
    assert source.keys().access == "soon"
    later = source.keys()
    assert (later.access, later.token) == ("later", "t")
    asked = len(machine.requests)
    assert source.keys() is later
    assert len(machine.requests) == asked
    with pytest.raises(AuthenticationError, match="has no role"):
        InstanceKeys(fault_proxy().url, environ={}).keys()
