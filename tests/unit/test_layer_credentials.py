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
    assert repr(found) == "LayerCredentials()"


def test_of_a_stranger_s_project_no_option_but_gdal_s_own_gets_into_a_connection():
    known = {"OS_IDENTITY_API_VERSION": "3", "OS_AUTH_URL": "https://k.example.org/v3",
             "OS_USERNAME": "me", "OS_PASSWORD": "p", "OS_PROJECT_NAME": "maps"}  # fmt: skip
    more = {"OS_CACERT": "//evil/share", "OS_DISCOVERY_ENDPOINT": "https://evil.example.org/",
            "OS_IDENTITY_PROVIDER": "evil", "OS_CLIENT_ID": "i", "OS_INTERFACE": "internal",
            "COG_BROWSER_CONTAINERS": "a/b", "OS_STORAGE_URL": "https://evil.example.org/v1/A",
            "OS_USER_ID": "u", "ST_AUTH": "https://evil.example.org/auth"}  # fmt: skip
    plain, _, _, _ = layer_credentials(source("/vsiswift/c/k.tif", **known)).account()
    found, _, _, _ = layer_credentials(source("/vsiswift/c/k.tif", **known, **more)).account()
    assert found.to_dict() == {**plain.to_dict(), "id": found.id}
    for auth_type in ("v3oidcpassword", "v3oidcaccesstoken", "v3totp"):
        options = {**known, **more, "OS_AUTH_TYPE": auth_type, "OS_PROTOCOL": "openid"}
        assert layer_credentials(source("/vsiswift/c/k.tif", **options)).account() is None


@pytest.mark.parametrize(
    ("handler", "options", "fields", "credentials"),
    [
        (
            "/vsis3/",
            {"AWS_ACCESS_KEY_ID": "i", "AWS_SECRET_ACCESS_KEY": "s=", "AWS_SESSION_TOKEN": "t"},
            {"kind": "s3", "auth_mode": "access_key", "endpoint": "", "addressing": "virtual"},
            Credentials(access_key="i", secret_key="s=", session_token="t"),
        ),
        (
            "/vsis3/",
            {"AWS_ACCESS_KEY_ID": "i", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "gra",
             "AWS_S3_ENDPOINT": "s3.example.org", "AWS_VIRTUAL_HOSTING": "FALSE"},
            {"kind": "s3", "endpoint": "https://s3.example.org", "region": "gra",
             "addressing": "path"},
            Credentials(access_key="i", secret_key="s"),
        ),
        (
            "/vsis3/", {"AWS_NO_SIGN_REQUEST": "YES"},
            {"kind": "s3", "auth_mode": "anonymous"}, Credentials(),
        ),
        (
            "/vsigs/",
            {"GS_ACCESS_KEY_ID": "i", "GS_SECRET_ACCESS_KEY": "s"},
            {"kind": "gs", "auth_mode": "hmac"},
            Credentials(access_key="i", secret_key="s"),
        ),
        (
            "/vsigs/",
            {"GS_OAUTH2_PRIVATE_KEY": "PEM\\n", "GS_OAUTH2_CLIENT_EMAIL": "a@b"},
            {"kind": "gs", "auth_mode": "service_account"},
            Credentials(
                service_account='{"type": "service_account", "client_email": "a@b", '
                '"private_key": "PEM\\n", "token_uri": "https://oauth2.googleapis.com/token"}'
            ),
        ),
        (
            "/vsiaz/",
            {"AZURE_STORAGE_ACCOUNT": "me", "AZURE_STORAGE_ACCESS_KEY": "a2V5"},
            {"kind": "azure", "account": "me", "auth_mode": "account_key", "endpoint": ""},
            Credentials(account_key="a2V5"),
        ),
        (
            "/vsiaz/",
            {"AZURE_STORAGE_ACCOUNT": "me", "AZURE_STORAGE_SAS_TOKEN": "sv=1&sig=x"},
            {"kind": "azure", "account": "me", "auth_mode": "sas"},
            Credentials(sas_token="sv=1&sig=x"),
        ),
        (
            "/vsiaz/",
            {"AZURE_STORAGE_CONNECTION_STRING":
             "DefaultEndpointsProtocol=https;AccountName=me;AccountKey=a2V5==;"
             "EndpointSuffix=core.chinacloudapi.cn"},
            {"kind": "azure", "account": "me",
             "endpoint": "https://me.blob.core.chinacloudapi.cn"},
            Credentials(account_key="a2V5=="),
        ),
    ],
)  # fmt: skip
def test_keys_of_other_stores_are_connections(handler, options, fields, credentials):
    found = layer_credentials(source(f"{handler}b/a/c.tif", **options))
    connection, given, container, key = found.account()
    assert {name: getattr(connection, name) for name in fields} == fields
    assert given == credentials
    assert (container, key) == ("b", "a/c.tif")
    assert "a2V5" not in repr(found) + repr(given)


def test_where_a_layer_names_no_end_point_that_of_the_environment_holds_as_for_gdal(monkeypatch):
    monkeypatch.setenv("AWS_S3_ENDPOINT", "s3.example.org")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine")
    clear = {"AWS_ACCESS_KEY_ID": "i", "AWS_SECRET_ACCESS_KEY": "theirs"}
    connection, given, _, _ = layer_credentials(source("/vsis3/b/k.tif", **clear)).account()
    assert (connection.endpoint, given.secret_key) == ("https://s3.example.org", "theirs")
    assert layer_credentials(source("/vsis3/b/k.tif", AWS_ACCESS_KEY_ID="i")).account() is None


def test_a_token_header_is_the_token_of_the_url_s_account():
    url = "/vsicurl/https://s.example.org/v1/AUTH_1/my%20c/k%C3%A9.tif"
    found = layer_credentials(source(url, GDAL_HTTP_HEADERS="X-Auth-Token: t"))
    connection, given, container, key = found.account()
    assert (connection.storage_url, given.token) == ("https://s.example.org/v1/AUTH_1", "t")
    assert (container, key) == ("my c", "ké.tif")


@pytest.mark.parametrize(
    "text",
    [
        source("/vsis3/b/k.tif", AWS_SECRET_ACCESS_KEY="s"),
        source("/vsis3/b/k.tif", AWS_PROFILE="work", AWS_S3_ENDPOINT="trap.example.org"),
        source("/vsis3/b", AWS_SECRET_ACCESS_KEY="s", AWS_ACCESS_KEY_ID="i"),
        source("/vsigs/b/k.tif", GS_OAUTH2_REFRESH_TOKEN="s"),
        source("/vsiaz/c/k.tif", AZURE_STORAGE_ACCESS_KEY="k"),
        source("/vsiaz/c/k.tif", AZURE_STORAGE_ACCOUNT="me"),
        source("/vsiadls/c/k.tif", AZURE_STORAGE_ACCOUNT="me", AZURE_STORAGE_ACCESS_KEY="k"),
        source("/vsiswift/c/k.tif", SWIFT_AUTH_TOKEN="t"),
        source("/vsiswift/c/k.tif", OS_AUTH_URL="https://u:p@k.example.org/v3", OS_PASSWORD="p"),
        source("/vsiswift/c", SWIFT_STORAGE_URL="https://s.example.org", SWIFT_AUTH_TOKEN="t"),
        source("/vsicurl/https://e.org/a.tif", GDAL_HTTP_HEADERS="X-Auth-Token: t"),
        source("/vsicurl/https://e.org/v1/AUTH_1/c/k.tif", GDAL_HTTP_USERPWD="u:p"),
        *(
            source(f"/vsicurl/https://e.org/v1/AUTH_1/{place}", GDAL_HTTP_HEADERS="X-Auth-Token: t")
            for place in ("c/k.tif?temp_url_sig=geheim", "c/k.tif#a", "c?x/k.tif", "c#x/k.tif")
        ),
        source("relative.tif", A="b"),
    ],
)
def test_what_describes_no_account_is_none(text):
    found = layer_credentials(text)
    assert found.account() is None
    assert "geheim" not in repr(found)
