# SPDX-License-Identifier: GPL-2.0-or-later
"""What is saved or sent in clear holds no secret, and no name of a request is empty."""

from __future__ import annotations

import pytest

from cog_browser.storage.connection import Connection
from cog_browser.storage.credentials import Credentials
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.s3.places import Place
from cog_browser.storage.s3.signing import BearerToken
from cog_browser.storage.stores import open_store

SAS = "https://a.blob.core.windows.net/?sv=2024-11-04&sig=s3cr3t"


@pytest.mark.parametrize(
    ("kind", "field", "url"),
    [
        ("azure", "endpoint", SAS),
        ("s3", "endpoint", "https://s3.example.org/?X-Amz-Signature=s3cr3t"),
        ("swift", "storage_url", "https://s.example.org/v1/A?temp_url_sig=s3cr3t"),
        ("swift", "auth_url", "https://k.example.org/v3#s3cr3t"),
        ("http", "storage_url", "https://w.example.org/folder/#s3cr3t"),
        ("http", "endpoint", "https://w.example.org/folder/?prefix=s3cr3t"),
    ],
)
def test_a_url_that_may_hold_a_secret_is_not_saved(kind, field, url):
    with pytest.raises(ConfigurationError, match="mode “sas”") as caught:
        Connection("c", kind=kind, **{field: url})
    assert "s3cr3t" not in str(caught.value)


def test_a_web_listing_keeps_its_query():
    url = "https://w.example.org/bucket?list-type=2&prefix=a/"
    assert Connection("c", kind="http", storage_url=url).storage_url == url


@pytest.mark.parametrize("addressing", ["path", "virtual"])
def test_an_empty_name_is_no_bucket_and_no_service(addressing):
    place = Place(
        Connection("c", kind="s3", endpoint="https://s3.example.org", addressing=addressing)
    )
    for names in (("bucket", ""), ("",), ("", "key")):
        with pytest.raises(ConfigurationError, match="is empty"):
            place.url(*names)
    assert place.url() == "https://s3.example.org/"


IN_CLEAR = "would travel in clear"


def test_a_shared_access_signature_is_not_sent_in_clear():
    def opened(url):
        connection = Connection("c", kind="azure", auth_mode="sas", endpoint=url)
        return open_store(connection, Credentials(sas_token="sv=1&sig=s3cr3t"))

    with pytest.raises(ConfigurationError, match=IN_CLEAR) as caught:
        opened("http://azure.example.org")
    assert "s3cr3t" not in str(caught.value)
    assert opened("https://azure.example.org") and opened("http://127.0.0.1:1")


def test_a_session_token_is_not_sent_in_clear():
    def signed(url, token):
        connection = Connection("c", kind="s3", endpoint=url)
        keys = Credentials(access_key="a", secret_key="b", session_token=token)
        store = open_store(connection, keys)
        store._calls.signed_url("GET", ("b", "k"), 60)
        return store.signed_request("GET", "b", "k", {})[1]

    with pytest.raises(ConfigurationError, match=IN_CLEAR):
        signed("http://s3.example.org", "t0ken")
    assert signed("http://127.0.0.1:1", "t0ken")["x-amz-security-token"] == "t0ken"
    assert signed("https://s3.example.org", "t0ken")["x-amz-security-token"] == "t0ken"
    assert "Authorization" in signed("http://s3.example.org", None)  # a signature is no secret


def test_nor_is_a_bearer_token(monkeypatch):
    connection = Connection("c", kind="s3", endpoint="http://s3.example.org")
    store = open_store(connection, Credentials(access_key="a", secret_key="b"))
    token = BearerToken("t0ken", "p", 1e10)
    monkeypatch.setattr(store._calls._keys, "keys", lambda **_options: token)
    with pytest.raises(ConfigurationError, match=IN_CLEAR):
        store.head_object("b", "k")
