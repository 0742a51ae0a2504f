# SPDX-License-Identifier: GPL-2.0-or-later
"""What is saved or sent in clear holds no secret, and no name of a request is empty."""

from __future__ import annotations

import pytest

from cog_browser.storage.connection import Connection
from cog_browser.storage.errors import ConfigurationError
from cog_browser.storage.s3.places import Place

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
