# SPDX-License-Identifier: GPL-2.0-or-later
"""Secrets in clear that QGIS writes into layer sources."""

from __future__ import annotations

import pytest

from cog_browser.storage.config_files.layer_credentials import layer_credentials
from cog_browser.storage.credentials import Credentials


def source(path: str, **options: str) -> str:
    return path + "".join(f"|credential:{name}={value}" for name, value in options.items())


def test_a_source_without_credentials_has_none():
    assert layer_credentials("/vsiswift/c/k.tif") is None
    assert layer_credentials("/vsis3/c/k.tif|option:NUM_THREADS=2") is None


@pytest.mark.parametrize(
    ("options", "mode", "credentials"),
    [
        (
            {"SWIFT_STORAGE_URL": "https://s.example.org/v1/AUTH_1", "SWIFT_AUTH_TOKEN": "t=1="},
            "token",
            Credentials(token="t=1="),
        ),
        (
            {"SWIFT_AUTH_V1_URL": "https://s.example.org/auth/v1.0", "SWIFT_USER": "a:b",
             "SWIFT_KEY": "k"},
            "v1",
            Credentials(password="k"),
        ),
        (
            {"OS_IDENTITY_API_VERSION": "3", "OS_AUTH_URL": "https://k.example.org/v3",
             "OS_USERNAME": "me", "OS_PASSWORD": "p", "OS_PROJECT_NAME": "maps"},
            "password",
            Credentials(password="p"),
        ),
        (
            {"OS_IDENTITY_API_VERSION": "3", "OS_AUTH_URL": "https://k.example.org/v3",
             "OS_AUTH_TYPE": "v3applicationcredential", "OS_APPLICATION_CREDENTIAL_ID": "1",
             "OS_APPLICATION_CREDENTIAL_SECRET": "s"},
            "application_credential",
            Credentials(application_credential_secret="s"),
        ),
    ],
)  # fmt: skip
def test_every_way_in_which_gdal_signs_in_to_swift_is_a_connection(options, mode, credentials):
    found = layer_credentials(source("/vsiswift/c/a/b.tif", **options))
    connection, given, container, key = found.account()
    assert (connection.auth_mode, given) == (mode, credentials)
    assert (container, key) == ("c", "a/b.tif")
    assert repr(found) == "LayerCredentials(path='/vsiswift/c/a/b.tif')"


def test_a_token_header_is_the_token_of_the_url_s_account():
    url = "/vsicurl/https://s.example.org/v1/AUTH_1/my%20c/k%C3%A9.tif"
    found = layer_credentials(source(url, GDAL_HTTP_HEADERS="X-Auth-Token: t"))
    connection, given, container, key = found.account()
    assert (connection.storage_url, given.token) == ("https://s.example.org/v1/AUTH_1", "t")
    assert (container, key) == ("my c", "ké.tif")


@pytest.mark.parametrize(
    "text",
    [
        source("/vsis3/b/k.tif", AWS_SECRET_ACCESS_KEY="s", AWS_ACCESS_KEY_ID="i"),
        source("/vsiswift/c/k.tif", SWIFT_AUTH_TOKEN="t"),
        source("/vsiswift/c/k.tif", OS_AUTH_URL="https://u:p@k.example.org/v3", OS_PASSWORD="p"),
        source("/vsiswift/c", SWIFT_STORAGE_URL="https://s.example.org", SWIFT_AUTH_TOKEN="t"),
        source("/vsicurl/https://e.org/a.tif", GDAL_HTTP_HEADERS="X-Auth-Token: t"),
        source("/vsicurl/https://e.org/v1/AUTH_1/c/k.tif", GDAL_HTTP_USERPWD="u:p"),
        source("relative.tif", A="b"),
    ],
)
def test_what_describes_no_swift_account_is_none(text):
    found = layer_credentials(text)
    assert found.account() is None
    assert found.handler in ("", "/vsis3/", "/vsiswift/", "/vsicurl/")
